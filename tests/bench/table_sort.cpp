// SPDX-License-Identifier: GPL-3.0-or-later
#include "cases.h"
#include "fleet_data.h"
#include "rivals.h"
#include "table/view.h"

#include <QSortFilterProxyModel>

#include <algorithm>
#include <numeric>
#include <optional>

namespace muster::bench {

QJsonObject tableSort(const Options &options)
{
    const std::vector<Device> fleet = makeFleet(options.rows);
    std::optional<table::Table> table = makeTable(fleet);
    const SqliteFleet sqlite(fleet);
    PlainModel plain(fleet);
    QSortFilterProxyModel proxy;
    proxy.setSourceModel(&plain);

    const auto sortBy = [&table](const char *column) {
        table::ViewSpec spec;
        spec.sort = {{column, false}};
        keep(table::evaluate(*table->snapshot(), spec)->rows.back());
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
        proxy.sort(-1);
    };

    Contest number;
    number.ours([&] { sortBy("mem.free"); });
    number.floor([&] {
        sortRows([&](std::uint32_t a, std::uint32_t b) { return fleet[a].memoryFree < fleet[b].memoryFree; });
    });
    number.rival(QStringLiteral("sqlite"),
                 [&] { keep(sqlite.query("select rowid from fleet order by free")); });
    number.rival(QStringLiteral("qsfpm"), [&] { sortProxy(9); });
    QJsonObject result = number.run(options.runs);

    // The key: as many texts as rows, and nothing kept from the sort before.
    Contest text;
    text.ours([&] { sortBy("device"); });
    text.floor([&] {
        sortRows([&](std::uint32_t a, std::uint32_t b) { return fleet[a].device < fleet[b].device; });
    });
    text.rival(QStringLiteral("sqlite"),
               [&] { keep(sqlite.query("select rowid from fleet order by device")); });
    result.insert(QStringLiteral("text"), text.run(options.runs));

    Contest label;
    label.ours([&] { sortBy("site"); });
    label.floor(
        [&] { sortRows([&](std::uint32_t a, std::uint32_t b) { return fleet[a].site < fleet[b].site; }); });
    label.rival(QStringLiteral("sqlite"),
                [&] { keep(sqlite.query("select rowid from fleet order by site")); });
    result.insert(QStringLiteral("label"), label.run(options.runs));
    result.insert(QStringLiteral("n"), static_cast<qint64>(options.rows));
    return result;
}

} // namespace muster::bench
