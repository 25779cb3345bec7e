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
    };
    return all;
}

} // namespace muster::bench
