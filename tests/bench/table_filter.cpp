// SPDX-License-Identifier: GPL-3.0-or-later
#include "cases.h"
#include "fleet_data.h"
#include "rivals.h"
#include "table/view.h"

#include <QSortFilterProxyModel>

#include <algorithm>
#include <functional>
#include <numeric>

namespace muster::bench {

namespace {

/// As Qt's documentation says to filter by anything but a text.
class TestingProxy : public QSortFilterProxyModel {
public:
    using Test = std::function<bool(const QVariant &)>;
    void setTest(int column, Test test)
    {
        m_column = column;
        m_test = std::move(test);
        invalidateFilter();
    }
    bool filterAcceptsRow(int row, const QModelIndex &parent) const override
    {
        return !m_test || m_test(sourceModel()->index(row, m_column, parent).data());
    }

private:
    int m_column = 0;
    Test m_test;
};

constexpr int systemColumn = 5;
constexpr int loadColumn = 8;

/// Clearing takes a QSortFilterProxyModel a time that grows with the square of the rows: beside it a smaller
/// table.
QJsonObject clearing(const std::vector<Device> &fleet, int runs)
{
    const table::Table table = makeTable(fleet);
    const SqliteFleet sqlite(fleet);
    PlainModel plain(fleet);
    QSortFilterProxyModel proxy;
    proxy.setFilterCaseSensitivity(Qt::CaseInsensitive);
    Contest contest;
    contest.ours([&] { keep(table::evaluate(*table.snapshot(), {})->rows.size()); });
    contest.floor([&] {
        std::vector<std::uint32_t> rows(fleet.size());
        std::iota(rows.begin(), rows.end(), 0U);
        keep(rows.back());
    });
    contest.rival(QStringLiteral("sqlite"), [&] { keep(sqlite.query("select rowid from fleet")); });
    contest.rival(
        QStringLiteral("qsfpm"),
        [&] {
            proxy.setFilterFixedString(QString());
            keep(static_cast<std::size_t>(proxy.rowCount()));
        },
        [&] {
            proxy.setSourceModel(nullptr);
            proxy.setFilterFixedString(QStringLiteral("-77"));
            proxy.setSourceModel(&plain);
            keep(static_cast<std::size_t>(proxy.rowCount()));
        });
    QJsonObject result = contest.run(runs);
    result.insert(QStringLiteral("n"), static_cast<qint64>(fleet.size()));
    return result;
}

} // namespace

QJsonObject tableFilter(const Options &options)
{
    const std::vector<Device> fleet = makeFleet(options.rows);
    const table::Table table = makeTable(fleet);
    const SqliteFleet sqlite(fleet);
    PlainModel plain(fleet);
    QSortFilterProxyModel proxy;
    proxy.setFilterCaseSensitivity(Qt::CaseInsensitive);
    TestingProxy testing;

    std::vector<std::string> names;
    std::vector<std::string> systems;
    std::vector<double> loads;
    for (const Device &device : fleet) {
        names.push_back(device.device);
        systems.push_back(device.os);
        loads.push_back(device.load);
    }
    const auto filterBy = [&table](std::string_view expression) {
        table::ViewSpec spec;
        spec.filter = *filter::Expression::parse(expression);
        keep(table::evaluate(*table.snapshot(), spec)->rows.size());
    };
    const auto scan = [](const auto &values, const auto &test) {
        std::vector<std::uint32_t> rows;
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (test(values[i]))
                rows.push_back(static_cast<std::uint32_t>(i));
        }
        keep(rows.size());
    };
    // A proxy that has no rows yet takes them fastest: none has to go first.
    const auto testAll = [&](int column, const TestingProxy::Test &test) {
        testing.setTest(column, test);
        testing.setSourceModel(&plain);
        keep(static_cast<std::size_t>(testing.rowCount()));
    };
    const auto takeRows = [&] { testing.setSourceModel(nullptr); };
    const auto number = static_cast<qint64>(options.rows);

    Contest text;
    text.ours([&] { filterBy("device contains \"-77\""); });
    text.floor(
        [&] { scan(names, [](const std::string &name) { return name.find("-77") != std::string::npos; }); });
    text.rival(QStringLiteral("sqlite"),
               [&] { keep(sqlite.query("select rowid from fleet where device like '%-77%'")); });
    text.rival(
        QStringLiteral("qsfpm"),
        [&] {
            proxy.setFilterFixedString(QStringLiteral("-77"));
            proxy.setSourceModel(&plain);
            keep(static_cast<std::size_t>(proxy.rowCount()));
        },
        [&] { proxy.setSourceModel(nullptr); });
    QJsonObject result = text.run(options.runs);
    proxy.setSourceModel(nullptr);

    Contest numeric;
    numeric.ours([&] { filterBy("load > 6.5"); });
    numeric.floor([&] { scan(loads, [](double load) { return load > 6.5; }); });
    numeric.rival(QStringLiteral("sqlite"),
                  [&] { keep(sqlite.query("select rowid from fleet where load > 6.5")); });
    numeric.rival(
        QStringLiteral("qsfpm"),
        [&] { testAll(loadColumn, [](const QVariant &load) { return load.toDouble() > 6.5; }); }, takeRows);
    QJsonObject nested = numeric.run(options.runs);
    nested.insert(QStringLiteral("n"), number);
    result.insert(QStringLiteral("numeric"), nested);

    Contest equality;
    equality.ours([&] { filterBy("os = \"qnx\""); });
    equality.floor([&] { scan(systems, [](const std::string &system) { return system == "qnx"; }); });
    equality.rival(QStringLiteral("sqlite"),
                   [&] { keep(sqlite.query("select rowid from fleet where os = 'qnx'")); });
    equality.rival(
        QStringLiteral("qsfpm"),
        [&] {
            testAll(systemColumn,
                    [](const QVariant &system) { return system.toString() == QLatin1String("qnx"); });
        },
        takeRows);
    nested = equality.run(options.runs);
    nested.insert(QStringLiteral("n"), number);
    result.insert(QStringLiteral("equality"), nested);

    Contest clear;
    clear.ours([&] { keep(table::evaluate(*table.snapshot(), {})->rows.size()); });
    clear.floor([&] { scan(loads, [](double) { return true; }); });
    clear.rival(QStringLiteral("sqlite"), [&] { keep(sqlite.query("select rowid from fleet")); });
    nested = clear.run(options.runs);
    nested.insert(QStringLiteral("n"), number);
    result.insert(QStringLiteral("clearing"), nested);

    constexpr std::size_t fewer = 100'000;
    result.insert(QStringLiteral("clearing_small"),
                  clearing(makeFleet(std::min(options.rows, fewer)), std::min(options.runs, 5)));
    result.insert(QStringLiteral("n"), number);
    return result;
}

} // namespace muster::bench
