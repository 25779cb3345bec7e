// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/aggregates.h"
#include "table/columns.h"
#include "table/view.h"

#include <memory>
#include <vector>

namespace muster::table {

/// The groups of a view. `snapshot` and `spec` outlive it.
class Grouping {
public:
    Grouping(const Snapshot &snapshot, const ViewSpec &spec);
    ~Grouping();

    /// Whether groupAll() can be had: the levels have few values together.
    bool canGroupAll() const { return m_dealer != nullptr; }
    /// All live rows, without a list of them. False when cancelled.
    bool groupAll(View &view, const CancelFlag *cancel);
    /// Brings the rows of a view, in their order, under the groups. False when cancelled.
    bool groupRows(View &view, const CancelFlag *cancel);

private:
    class Dealer;
    struct Level {
        const Column *column = nullptr; ///< null: no row has it
        bool descending = false;
    };

    bool sortIntoLeaves(View &view, Leaves &leaves, const CancelFlag *cancel);
    void makeGroups(const Leaves &leaves, View &view) const;

    const Snapshot &m_snapshot;
    const ViewSpec &m_spec;
    std::vector<Level> m_levels;
    std::unique_ptr<Dealer> m_dealer; ///< null when there are too many groups, or values that are not codes
    Aggregates m_aggregates;
};

} // namespace muster::table
