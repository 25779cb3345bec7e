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

/// What a group's heading says.
struct Heading {
    std::uint64_t path; ///< of the values from the outermost group to this one
    int level;
    const Value &value;
    const std::vector<Value> &aggregates;
    std::uint32_t count;
    std::uint32_t group; ///< index in View::groups of the last evaluation
};

/// The lines of a grouped or plain view, and which groups are open. A heading's line is held as long as it is
/// shown: the same path keeps its id through all evaluations, and with it its place in a view's selection and
/// scrolling. Where groups are more than `mostHeld`, lines are numbered anew with each evaluation.
class Lines {
public:
    static constexpr std::size_t mostHeld = 20'000;

    /// `view` is read until the next flatten(), and may be empty in between.
    explicit Lines(const table::View &view) : m_view(view) {}
    /// The lines that the view now has, headings of closed groups without what is below. `isGone` leaves rows
    /// out. Headings that are new or say something else than before are added to `changed`, unless all are
    /// numbered anew.
    std::vector<LineId> flatten(const std::function<bool(table::RowId)> *isGone,
                                std::vector<LineId> *changed);
    /// Whether the last flatten() made ids that have nothing to do with those before.
    bool isNumberedAnew() const { return m_isNumberedAnew; }
    /// Forgets headings that the last flatten() did not use.
    void dropUnused();
    void clear();

    static bool isHeading(LineId line) { return (line & headingBit) != 0; }
    /// Says nothing for a line of another evaluation.
    Heading heading(LineId line) const;
    std::size_t headingLimit() const { return m_held.size(); }
    bool isExpanded(std::uint64_t path) const { return m_expandedByDefault != m_toggled.contains(path); }
    void setExpanded(std::uint64_t path, bool expanded);
    void setAllExpanded(bool expanded);

private:
    struct Held {
        std::uint64_t path = 0;
        int level = 0;
        Value value;
        std::vector<Value> aggregates;
        std::uint32_t count = 0;
        std::uint32_t group = 0;
        std::uint32_t lastSeen = 0;
    };
    LineId headingFor(std::size_t group, std::uint64_t path, bool &changed);
    std::uint64_t pathOfGroup(std::size_t group) const;

    const table::View &m_view;
    std::vector<Held> m_held;
    std::vector<std::uint32_t> m_free;
    std::unordered_map<std::uint64_t, std::uint32_t> m_byPath;
    std::unordered_set<std::uint64_t> m_toggled;
    bool m_expandedByDefault = true;
    bool m_isDirect = false; ///< a heading's id is its group's index
    bool m_isNumberedAnew = false;
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
    /// Set where lists are long and differ in more than one range: only the number of lines is worked out,
    /// the rest is for the views to read again.
    bool replaces = false;
};
LineSteps planSteps(const std::vector<LineId> &from, const std::vector<LineId> &to, std::size_t rowLimit,
                    std::size_t headingLimit);

} // namespace muster
