// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/filter/expression.h"
#include "table/cancel.h"
#include "table/table.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace muster::table {

struct SortKey {
    std::string column;
    bool descending = false;
};

enum class Function { Count, Min, Max, Avg, Sum, Distinct, P50, P95, P99 };
std::string_view name(Function function);
std::optional<Function> functionFromName(std::string_view name);

/// Of the values that are there and not NaN (Count takes NaN too; without a column it counts rows). Text that
/// reads as a number is one to Avg, Sum and percentiles, which are by nearest rank. Nothing to work on gives
/// absent.
struct Aggregate {
    Function function = Function::Count;
    std::string column;
};

/// What of a table to show, in what order, under which headings.
struct ViewSpec {
    filter::Expression filter;
    std::string quickText; ///< shown by rows with this text in any of `quickColumns`, ASCII case ignored
    std::vector<std::string> quickColumns;
    std::vector<SortKey>
        sort; ///< first is strongest; ties keep row order. NaN, then absent, sort last either way
    std::vector<std::string> groupBy;                       ///< up to three columns, outermost first
    std::vector<Aggregate> aggregates;                      ///< computed for each group
    std::shared_ptr<const std::vector<std::uint64_t>> only; ///< rows, a bit each: no others; null: all
};

struct Group {
    int level = 0;                    ///< 0 is outermost
    int parent = -1;                  ///< index of the enclosing group
    std::uint32_t begin = 0, end = 0; ///< its rows in View::rows
    Value value;                      ///< of groupBy[level]; absent is a group of its own
    std::vector<Value> aggregates;    ///< in the order of ViewSpec::aggregates
};

/// Row ids that pass, in order, and the groups over them in display order (a group stands before its
/// subgroups). When a group-by column is also a sort key, groups follow it; else they follow their values,
/// ascending.
struct View {
    RowList rows;
    std::vector<Group> groups;
};

/// Pure and re-entrant; uses both cores for large tables. Nothing when cancelled.
std::optional<View> evaluate(const Snapshot &snapshot, const ViewSpec &spec,
                             const CancelFlag *cancel = nullptr);

/// One live query over a table whose batches it follows: re-filters and re-places only what a change touched
/// where that is cheaper than evaluating again. Returns whether the view changed.
bool update(View &view, const Snapshot &snapshot, const ViewSpec &spec, const Change &change);

/// The distinct values of a column with their row counts, most frequent first, at most `limit`.
struct ValueCount {
    Value value;
    std::size_t count = 0;
};
std::vector<ValueCount> distinctValues(const Snapshot &snapshot, std::string_view column, std::size_t limit);

/// The first keys that have `text` in them, ASCII case ignored, in the order of their rows; nothing when
/// cancelled.
std::vector<std::string> keysContaining(const Snapshot &snapshot, std::string_view text, std::size_t limit,
                                        const CancelFlag *cancel = nullptr);

} // namespace muster::table
