// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/view.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace muster::table {

/// What differs between two tables with the same kind of key: one row a difference, for a table whose columns
/// are the key's name, "change" ("added", "gone" or "changed"), "field", "before" and "after" (the last three
/// absent for rows added or gone). Rows are in the order of the keys, fields in that of `columns`. Such a
/// table's own key must have another name than the compared ones'.
struct Comparison {
    static constexpr std::size_t mostRows = 2'000'000; ///< of `differences`; the counts go on

    Batch differences; ///< the key of a row is "<key>" or "<key> <field>"
    std::int64_t added = 0, gone = 0, changedRows = 0, changedCells = 0, same = 0;
    bool isCut = false; ///< there were more than mostRows
};

/// Of the rows that each view has. Int and Double compare as numbers, values of other types that differ as
/// they read; absent differs from every value. Any thread; nothing when cancelled.
std::optional<Comparison> compare(const Snapshot &before, const View &beforeRows, const Snapshot &after,
                                  const View &afterRows, const std::vector<std::string> &columns,
                                  const CancelFlag *cancel = nullptr);

} // namespace muster::table
