// SPDX-License-Identifier: GPL-3.0-or-later
#include "cases.h"
#include "fleet_data.h"
#include "rivals.h"
#include "table/view.h"

#include <numeric>

namespace muster::bench {

QJsonObject tableGroup(const Options &options)
{
    using table::Function;
    const std::vector<Device> fleet = makeFleet(options.rows);
    const table::Table table = makeTable(fleet);
    const SqliteFleet sqlite(fleet);
    std::vector<double> loads;
    for (const Device &device : fleet)
        loads.push_back(device.load);

    table::ViewSpec spec;
    spec.groupBy = {"group", "fw"};
    spec.aggregates = {{Function::Avg, "cpu.pct"},
                       {Function::Min, "mem.free"},
                       {Function::Max, "temp.soc"},
                       {Function::Sum, "uptime"}};
    Contest contest;
    contest.ours([&] { keep(table::evaluate(*table.snapshot(), spec)->groups.size()); });
    contest.floor([&] { keep(static_cast<std::size_t>(std::accumulate(loads.begin(), loads.end(), 0.0))); });
    contest.rival(QStringLiteral("sqlite"), [&] {
        keep(sqlite.query(
            "select grp, fw, avg(cpu), min(free), max(temp), sum(uptime) from fleet group by grp, fw"));
    });
    QJsonObject result = contest.run(options.runs);
    result.insert(QStringLiteral("n"), static_cast<qint64>(options.rows));
    return result;
}

} // namespace muster::bench
