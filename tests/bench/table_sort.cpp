// SPDX-License-Identifier: GPL-3.0-or-later
#include "cases.h"
#include "fleet_data.h"
#include "rivals.h"
#include "table/view.h"

#include <QSortFilterProxyModel>

#include <algorithm>
#include <numeric>

namespace muster::bench {

QJsonObject tableSort(const Options &options)
{
    const std::vector<Device> fleet = makeFleet(options.rows);
    const table::Table table = makeTable(fleet);
    const SqliteFleet sqlite(fleet);
    PlainModel plain(fleet);
    QSortFilterProxyModel proxy;
    proxy.setSourceModel(&plain);
    keep(static_cast<std::size_t>(proxy.rowCount()));

    const auto sortBy = [&table](const char *column) {
        table::ViewSpec spec;
        spec.sort = {{column, false}};
        keep(table::evaluate(*table.snapshot(), spec)->rows.back());
    };
    const auto sortRows = [&fleet](const auto &less) {
        std::vector<std::uint32_t> rows(fleet.size());
        std::iota(rows.begin(), rows.end(), 0U);
        std::sort(rows.begin(), rows.end(), less);
        keep(rows.back());
    };
    const auto sortProxy = [&proxy](int column) {
        proxy.sort(column);
        keep(static_cast<std::size_t>(proxy.mapToSource(proxy.index(0, 0)).row()));
    };
    const auto unsort = [&proxy] { proxy.sort(-1); };
    constexpr int dear = 1; // it takes 10 to 20 seconds
    const auto number = static_cast<qint64>(options.rows);

    Contest numeric;
    numeric.ours([&] { sortBy("mem.free"); });
    numeric.floor([&] {
        sortRows([&](std::uint32_t a, std::uint32_t b) { return fleet[a].memoryFree < fleet[b].memoryFree; });
    });
    numeric.rival(QStringLiteral("sqlite"),
                  [&] { keep(sqlite.query("select rowid from fleet order by free")); });
    numeric.rival(
        QStringLiteral("qsfpm"), [&] { sortProxy(9); }, unsort);
    QJsonObject result = numeric.run(options.runs);

    // The key: as many texts as rows, and nothing kept from the sort before.
    Contest text;
    text.ours([&] { sortBy("device"); });
    text.floor([&] {
        sortRows([&](std::uint32_t a, std::uint32_t b) { return fleet[a].device < fleet[b].device; });
    });
    text.rival(QStringLiteral("sqlite"),
               [&] { keep(sqlite.query("select rowid from fleet order by device")); });
    text.rival(
        QStringLiteral("qsfpm"), [&] { sortProxy(0); }, unsort, dear);
    QJsonObject nested = text.run(options.runs);
    nested.insert(QStringLiteral("n"), number);
    result.insert(QStringLiteral("text"), nested);

    Contest label;
    label.ours([&] { sortBy("site"); });
    label.floor(
        [&] { sortRows([&](std::uint32_t a, std::uint32_t b) { return fleet[a].site < fleet[b].site; }); });
    label.rival(QStringLiteral("sqlite"),
                [&] { keep(sqlite.query("select rowid from fleet order by site")); });
    label.rival(
        QStringLiteral("qsfpm"), [&] { sortProxy(3); }, unsort, dear);
    nested = label.run(options.runs);
    nested.insert(QStringLiteral("n"), number);
    result.insert(QStringLiteral("label"), nested);
    result.insert(QStringLiteral("n"), number);
    return result;
}

} // namespace muster::bench
