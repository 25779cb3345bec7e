// SPDX-License-Identifier: GPL-3.0-or-later
#include "cases.h"
#include "fleet_data.h"
#include "rivals.h"
#include "table/view.h"

#include <QSortFilterProxyModel>

namespace muster::bench {

namespace {

table::ViewSpec filterSpec(std::string_view expression)
{
    table::ViewSpec spec;
    spec.filter = *filter::Expression::parse(expression);
    return spec;
}

} // namespace

QJsonObject tableFilter(const Options &options)
{
    const std::vector<Device> fleet = makeFleet(options.rows);
    const table::Table table = makeTable(fleet);
    const auto snapshot = table.snapshot();
    const SqliteFleet sqlite(fleet);
    PlainModel plain(fleet);
    QSortFilterProxyModel proxy;
    proxy.setSourceModel(&plain);
    proxy.setFilterCaseSensitivity(Qt::CaseInsensitive);

    std::vector<std::string> names;
    std::vector<std::string> systems;
    std::vector<double> loads;
    for (const Device &device : fleet) {
        names.push_back(device.device);
        systems.push_back(device.os);
        loads.push_back(device.load);
    }
    const auto evaluateSpec = [&snapshot](const table::ViewSpec &spec) {
        keep(table::evaluate(*snapshot, spec)->rows.size());
    };
    const auto scan = [](const auto &values, const auto &test) {
        std::vector<std::uint32_t> rows;
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (test(values[i]))
                rows.push_back(static_cast<std::uint32_t>(i));
        }
        keep(rows.size());
    };

    const table::ViewSpec contains = filterSpec("device contains \"-77\"");
    Contest text;
    text.ours([&] { evaluateSpec(contains); });
    text.floor(
        [&] { scan(names, [](const std::string &name) { return name.find("-77") != std::string::npos; }); });
    text.rival(QStringLiteral("sqlite"),
               [&] { keep(sqlite.query("select rowid from fleet where device like '%-77%'")); });
    text.rival(QStringLiteral("qsfpm"), [&] {
        proxy.setFilterFixedString(QStringLiteral("-77"));
        keep(static_cast<std::size_t>(proxy.rowCount()));
        proxy.setSourceModel(nullptr); // clearing a scattered filter would take far longer than setting it
        proxy.setFilterFixedString(QString());
        proxy.setSourceModel(&plain);
    });
    QJsonObject result = text.run(options.runs);

    const table::ViewSpec above = filterSpec("load > 6.5");
    Contest number;
    number.ours([&] { evaluateSpec(above); });
    number.floor([&] { scan(loads, [](double load) { return load > 6.5; }); });
    number.rival(QStringLiteral("sqlite"),
                 [&] { keep(sqlite.query("select rowid from fleet where load > 6.5")); });
    result.insert(QStringLiteral("numeric"), number.run(options.runs));

    const table::ViewSpec equals = filterSpec("os = \"qnx\"");
    Contest equality;
    equality.ours([&] { evaluateSpec(equals); });
    equality.floor([&] { scan(systems, [](const std::string &system) { return system == "qnx"; }); });
    equality.rival(QStringLiteral("sqlite"),
                   [&] { keep(sqlite.query("select rowid from fleet where os = 'qnx'")); });
    result.insert(QStringLiteral("equality"), equality.run(options.runs));

    Contest clear;
    clear.ours([&] { evaluateSpec({}); });
    clear.floor([&] { scan(loads, [](double) { return true; }); });
    clear.rival(QStringLiteral("sqlite"), [&] { keep(sqlite.query("select rowid from fleet")); });
    result.insert(QStringLiteral("clearing"), clear.run(options.runs));
    result.insert(QStringLiteral("n"), static_cast<qint64>(options.rows));
    return result;
}

} // namespace muster::bench
