// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/round.h"

#include "table/columns.h"

#include <string_view>
#include <unordered_set>

namespace muster::query {
namespace {

std::string_view keyOf(const table::Snapshot &rows, table::RowId row)
{
    const ValueView key = rows.columns.front().cell(row);
    const auto *text = std::get_if<std::string_view>(&key);
    return text ? *text : std::string_view();
}

std::unordered_set<std::string_view> keysOf(const table::Snapshot &rows)
{
    std::unordered_set<std::string_view> keys;
    keys.reserve(rows.rowCount);
    for (table::RowId row = 0; row < rows.rowLimit; ++row) {
        if (rows.isLive(row))
            keys.insert(keyOf(rows, row));
    }
    return keys;
}

/// Calls `visit` with the key of each row of `rows` that is not in `keys`.
template <typename Visit>
void forOthers(const table::Snapshot &rows, const std::unordered_set<std::string_view> &keys, Visit visit)
{
    for (table::RowId row = 0; row < rows.rowLimit; ++row) {
        if (rows.isLive(row) && keys.find(keyOf(rows, row)) == keys.end())
            visit(keyOf(rows, row));
    }
}

} // namespace

RoundChanges roundChanges(const table::Snapshot &results, const table::Snapshot &round)
{
    RoundChanges changes;
    forOthers(results, keysOf(round), [&changes](std::string_view key) {
        changes.batch.remove(key);
        ++changes.gone;
    });
    std::vector<protocol::Field> fields;
    for (table::RowId row = 0; row < round.rowLimit; ++row) {
        if (!round.isLive(row))
            continue;
        fields.clear();
        for (std::size_t i = 1; i < round.columns.size(); ++i) {
            if (round.columns[i].has(row))
                fields.push_back({round.columns[i].name, round.columns[i].cell(row)});
        }
        changes.batch.replace(keyOf(round, row), fields);
    }
    return changes;
}

std::vector<std::string> notOnRoster(const table::Snapshot &results, const Plan &plan)
{
    std::unordered_set<std::string_view> roster;
    roster.reserve(plan.roster.size());
    for (const Expected &expected : plan.roster)
        roster.insert(expected.device);
    std::vector<std::string> gone;
    forOthers(results, roster, [&gone](std::string_view key) { gone.emplace_back(key); });
    return gone;
}

} // namespace muster::query
