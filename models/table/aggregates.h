// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/columns.h"
#include "table/view.h"

#include <cstddef>
#include <memory>
#include <vector>

namespace muster::table {

/// The innermost groups of rows. `begin` has one entry more than there are groups.
struct Leaves {
    std::vector<std::uint32_t> begin;             ///< places in View::rows
    std::vector<std::vector<std::uint32_t>> keys; ///< by level: equal where two leaves share the group
    std::size_t count() const { return begin.size() - 1; }
};

/// At most a chunk's rows, and the leaf of each.
struct Block {
    const RowId *rows;
    const std::uint32_t *leafOf;
    std::size_t count;
    bool isRun; ///< they follow one another, in one chunk
};

/// What one pass over the rows makes of a column's values, by innermost group.
class LeafSums {
public:
    virtual ~LeafSums() = default;
    virtual void start(std::size_t parts, std::size_t leaves) = 0;
    virtual void take(std::size_t part, const Block &block) = 0; ///< a thread has a part of its own
    virtual void join() = 0;
    virtual Value result(std::size_t firstLeaf, std::size_t endLeaf) const = 0;
};

/// The aggregates of a grouped view. Those that are sums of some kind are worked out in one pass, block by
/// block while the rows' groups are in the cache; the others once the groups stand.
class Aggregates {
public:
    Aggregates(const Snapshot &snapshot, const ViewSpec &spec);

    void start(std::size_t parts, std::size_t leaves);
    void take(std::size_t part, const Block &block) const;
    /// Into each group of `view`. False when cancelled.
    bool finish(View &view, const Leaves &leaves, const CancelFlag *cancel);

private:
    const Snapshot &m_snapshot;
    const std::vector<Aggregate> &m_wanted;
    std::vector<std::unique_ptr<LeafSums>> m_sums; ///< by aggregate; null for those that need the groups
};

} // namespace muster::table
