// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/view.h"

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace muster {

/// What stands on one line of a table: a row, or a group's heading.
using LineId = std::uint32_t;
constexpr LineId headingBit = 1U << 31;

/// A group's heading, held as long as its line is shown. The same path (the values from the outermost group
/// to this one) keeps its id through all evaluations, and with it its place in a view's selection and
/// scrolling.
struct Heading {
    std::uint64_t path = 0;
    int level = 0;
    Value value;
    std::vector<Value> aggregates;
    std::uint32_t count = 0;
    std::uint32_t group = 0; ///< index in View::groups of the last evaluation
    std::uint32_t lastSeen = 0;
};

/// The lines of a grouped or plain view, and which groups are open.
class Lines {
public:
    /// The lines that `view` now has, headings of closed groups without what is below. `isGone` leaves rows
    /// out. Headings that are new or say something else than before are added to `changed`.
    std::vector<LineId> flatten(const table::View &view, const std::function<bool(table::RowId)> *isGone,
                                std::vector<LineId> *changed);
    /// Forgets headings that the last flatten() did not use.
    void dropUnused();
    void clear();

    static bool isHeading(LineId line) { return (line & headingBit) != 0; }
    const Heading &heading(LineId line) const { return m_headings[line & ~headingBit]; }
    std::size_t headingLimit() const { return m_headings.size(); }
    bool isExpanded(std::uint64_t path) const { return m_expandedByDefault != m_toggled.contains(path); }
    void setExpanded(std::uint64_t path, bool expanded);
    void setAllExpanded(bool expanded);

private:
    LineId headingFor(const table::View &view, std::size_t group, std::uint64_t path, bool &changed);

    std::vector<Heading> m_headings;
    std::vector<std::uint32_t> m_free;
    std::unordered_map<std::uint64_t, std::uint32_t> m_byPath;
    std::unordered_set<std::uint64_t> m_toggled;
    bool m_expandedByDefault = true;
    std::uint32_t m_generation = 0;
};

/// How to get from one list of lines to another with what an item model may say: remove, insert, and
/// re-order.
struct LineSteps {
    struct Range {
        std::size_t first, count;
    };
    std::vector<Range> removals;   ///< last first; places in the old list
    std::vector<Range> insertions; ///< first first; places in the new list
    /// Set when lines change places or the ranges are too many: the old lines re-ordered so that what goes is
    /// one range; then `removals`; then `insertions`, of one range at most; then the new list, re-ordered
    /// once more.
    bool reorders = false;
    std::vector<LineId> gathered; ///< the old list's lines, in the order from which one range is removed
    std::vector<LineId> extended; ///< after the insertion; the new list's lines
};
LineSteps planSteps(const std::vector<LineId> &from, const std::vector<LineId> &to, std::size_t rowLimit,
                    std::size_t headingLimit);

} // namespace muster
