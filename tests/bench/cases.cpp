// SPDX-License-Identifier: GPL-3.0-or-later
#include "cases.h"

namespace muster::bench {

const std::vector<Case> &cases()
{
    static const std::vector<Case> all = {
        {QStringLiteral("table-filter"), QStringLiteral("filters over a table of 12 columns"), tableFilter},
        {QStringLiteral("table-sort"), QStringLiteral("sorts by a number, a label and the key"), tableSort},
        {QStringLiteral("table-group"), QStringLiteral("groups by two labels with four aggregates"),
         tableGroup},
        {QStringLiteral("table-csv"), QStringLiteral("writes the table as CSV"), tableCsv},
        {QStringLiteral("memory"), QStringLiteral("bytes a row, indices included"), memory},
        {QStringLiteral("query-gather"),
         QStringLiteral("10,000, 100,000 and 1,000,000 answers to a live query, into the table"),
         queryGather},
        {QStringLiteral("ingest"), QStringLiteral("telemetry of 10,000 devices into the live table"), ingest},
        {QStringLiteral("snapshot"), QStringLiteral("a fleet of 100,000 from its stream into the table"),
         snapshot},
        {QStringLiteral("frames"),
         QStringLiteral("the Devices page scrolling over a live fleet, frame by frame"), frames},
        {QStringLiteral("startup"), QStringLiteral("from the start of the dashboard to its first frame"),
         startup},
    };
    return all;
}

} // namespace muster::bench
