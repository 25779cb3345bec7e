// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/lines.h"

#include "table/columns.h"
#include "table/text_store.h"

#include <algorithm>
#include <cmath>

namespace muster {

namespace {

/// Values are told apart as groups are, and by what they are as texts: a column that widens keeps its groups.
std::uint64_t ownPath(const Value &value)
{
    constexpr std::uint64_t ofAbsent = 1;
    if (std::holds_alternative<std::monostate>(value))
        return ofAbsent;
    if (const auto *text = std::get_if<std::string>(&value))
        return table::hashText(*text);
    if (const auto *number = std::get_if<double>(&value); number && std::isnan(*number))
        return table::hashText("nan"); // whatever its sign
    else if (number && *number == 0)
        return table::hashText("0"); // -0 is in its group
    return table::hashText(table::losslessText(view(value)));
}

std::uint64_t pathOf(std::uint64_t parent, const Value &value)
{
    std::uint64_t mixed = (parent + 1) * 0x9E3779B97F4A7C15ULL + ownPath(value);
    mixed = (mixed ^ (mixed >> 32)) * 0xD6E8FEB86659FD93ULL;
    return mixed ^ (mixed >> 32);
}

/// Which lines a list has.
class LineSet {
public:
    LineSet(std::size_t rowLimit, std::size_t headingLimit)
        : m_rows((rowLimit + 63) / 64),
          m_headings((headingLimit + 63) / 64)
    {
    }
    void add(LineId line) { word(line) |= bit(line); }
    bool has(LineId line) { return (word(line) & bit(line)) != 0; }

private:
    std::uint64_t &word(LineId line)
    {
        std::vector<std::uint64_t> &words = Lines::isHeading(line) ? m_headings : m_rows;
        return words[(line & ~headingBit) / 64];
    }
    static std::uint64_t bit(LineId line) { return std::uint64_t{1} << (line % 64); }

    std::vector<std::uint64_t> m_rows, m_headings;
};

} // namespace

LineId Lines::headingFor(std::size_t group, std::uint64_t path, bool &changed)
{
    const table::Group &from = m_view.groups[group];
    const auto [entry, isNew] = m_byPath.try_emplace(path, 0);
    if (isNew) {
        if (m_free.empty()) {
            entry->second = static_cast<std::uint32_t>(m_held.size());
            m_held.emplace_back();
        } else {
            entry->second = m_free.back();
            m_free.pop_back();
        }
    }
    Held &heading = m_held[entry->second];
    const std::uint32_t count = from.end - from.begin;
    const bool isRetyped = heading.value.index() != from.value.index(); // it became a text, or a fraction
    changed = isNew || isRetyped || heading.count != count || heading.aggregates != from.aggregates;
    if (isNew) {
        heading.path = path;
        heading.level = from.level;
    }
    if (isNew || isRetyped)
        heading.value = from.value;
    if (changed) {
        heading.aggregates = from.aggregates;
        heading.count = count;
    }
    heading.group = static_cast<std::uint32_t>(group);
    heading.lastSeen = m_generation;
    return entry->second | headingBit;
}

std::uint64_t Lines::pathOfGroup(std::size_t group) const
{
    const table::Group &own = m_view.groups[group];
    return pathOf(own.parent < 0 ? 0 : pathOfGroup(static_cast<std::size_t>(own.parent)), own.value);
}

Heading Lines::heading(LineId line) const
{
    static const Value noValue;
    static const std::vector<Value> noAggregates;
    const std::uint32_t index = line & ~headingBit;
    if (m_isDirect && index < m_view.groups.size()) {
        const table::Group &group = m_view.groups[index];
        return {pathOfGroup(index),      group.level, group.value, group.aggregates,
                group.end - group.begin, index};
    }
    if (!m_isDirect && index < m_held.size()) {
        const Held &held = m_held[index];
        return {held.path, held.level, held.value, held.aggregates, held.count, held.group};
    }
    return {0, 0, noValue, noAggregates, 0, ~std::uint32_t{0}};
}

std::vector<LineId> Lines::flatten(const std::function<bool(table::RowId)> *isGone,
                                   std::vector<LineId> *changed)
{
    ++m_generation;
    const bool wasDirect = m_isDirect;
    m_isDirect = m_view.groups.size() > mostHeld;
    m_isNumberedAnew = wasDirect || m_isDirect;
    std::vector<LineId> lines;
    const auto addRows = [&](std::uint32_t begin, std::uint32_t end) {
        if (!isGone) {
            lines.insert(lines.end(), m_view.rows.begin() + begin, m_view.rows.begin() + end);
            return;
        }
        for (std::uint32_t i = begin; i < end; ++i) {
            if (!(*isGone)(m_view.rows[i]))
                lines.push_back(m_view.rows[i]);
        }
    };
    if (m_view.groups.empty()) {
        lines.reserve(m_view.rows.size());
        addRows(0, static_cast<std::uint32_t>(m_view.rows.size()));
        return lines;
    }
    const bool needsPaths = !m_isDirect || !m_toggled.empty();
    std::vector<std::uint64_t> paths; // of the groups around, outermost first
    for (std::size_t g = 0; g < m_view.groups.size();) {
        const table::Group &group = m_view.groups[g];
        paths.resize(static_cast<std::size_t>(group.level));
        const std::uint64_t path =
            needsPaths ? pathOf(paths.empty() ? 0 : paths.back(), group.value) : std::uint64_t{0};
        paths.push_back(path);
        if (m_isDirect) {
            lines.push_back(static_cast<LineId>(g) | headingBit);
        } else {
            bool isChanged = false;
            const LineId line = headingFor(g, path, isChanged);
            lines.push_back(line);
            if (isChanged && changed && !m_isNumberedAnew)
                changed->push_back(line);
        }
        ++g;
        const bool hasSubgroups = g < m_view.groups.size() && m_view.groups[g].level > group.level;
        if (needsPaths ? !isExpanded(path) : !m_expandedByDefault) {
            while (g < m_view.groups.size() && m_view.groups[g].level > group.level)
                ++g;
        } else if (!hasSubgroups) {
            addRows(group.begin, group.end);
        }
    }
    return lines;
}

void Lines::dropUnused()
{
    for (auto entry = m_byPath.begin(); entry != m_byPath.end();) {
        if (m_held[entry->second].lastSeen == m_generation) {
            ++entry;
            continue;
        }
        m_free.push_back(entry->second);
        m_held[entry->second] = Held();
        entry = m_byPath.erase(entry);
    }
}

void Lines::clear()
{
    m_toggled.clear();
}

void Lines::setExpanded(std::uint64_t path, bool expanded)
{
    if (expanded == m_expandedByDefault)
        m_toggled.erase(path);
    else
        m_toggled.insert(path);
}

void Lines::setAllExpanded(bool expanded)
{
    m_toggled.clear();
    m_expandedByDefault = expanded;
}

LineSteps planSteps(const std::vector<LineId> &from, const std::vector<LineId> &to, std::size_t rowLimit,
                    std::size_t headingLimit)
{
    LineSteps steps;
    const auto [fromDiffers, toDiffers] = std::mismatch(from.begin(), from.end(), to.begin(), to.end());
    const auto head = static_cast<std::size_t>(fromDiffers - from.begin());
    std::size_t tail = 0;
    while (tail < std::min(from.size(), to.size()) - head &&
           from[from.size() - 1 - tail] == to[to.size() - 1 - tail])
        ++tail;
    const std::size_t fromEnd = from.size() - tail;
    const std::size_t toEnd = to.size() - tail;
    if (head == fromEnd || head == toEnd) {
        if (head < fromEnd)
            steps.removals.push_back({head, fromEnd - head});
        if (head < toEnd)
            steps.insertions.push_back({head, toEnd - head});
        return steps;
    }

    constexpr std::size_t longList = 100'000;
    if (std::max(from.size(), to.size()) > longList) {
        steps.replaces = true;
        return steps;
    }
    LineSet inFrom(rowLimit, headingLimit);
    LineSet inTo(rowLimit, headingLimit);
    for (std::size_t i = head; i < fromEnd; ++i)
        inFrom.add(from[i]);
    for (std::size_t i = head; i < toEnd; ++i)
        inTo.add(to[i]);

    const auto addTo = [](std::vector<LineSteps::Range> &ranges, std::size_t place) {
        if (ranges.empty() || ranges.back().first + ranges.back().count != place)
            ranges.push_back({place, 0});
        ++ranges.back().count;
    };
    std::vector<LineId> keptOld, keptNew, goes, comes;
    for (std::size_t i = head; i < fromEnd; ++i) {
        if (inTo.has(from[i])) {
            keptOld.push_back(from[i]);
        } else {
            goes.push_back(from[i]);
            addTo(steps.removals, i);
        }
    }
    for (std::size_t i = head; i < toEnd; ++i) {
        if (inFrom.has(to[i])) {
            keptNew.push_back(to[i]);
        } else {
            comes.push_back(to[i]);
            addTo(steps.insertions, i);
        }
    }
    constexpr std::size_t fewRanges = 32;
    if (keptOld == keptNew && steps.removals.size() + steps.insertions.size() <= fewRanges) {
        std::reverse(steps.removals.begin(), steps.removals.end());
        return steps;
    }

    steps.reorders = true;
    steps.removals.clear();
    steps.insertions.clear();
    const auto compose = [&](const std::vector<LineId> &middle) {
        std::vector<LineId> list(to.begin(), to.begin() + static_cast<std::ptrdiff_t>(head));
        list.reserve(head + keptNew.size() + middle.size() + tail);
        list.insert(list.end(), keptNew.begin(), keptNew.end());
        list.insert(list.end(), middle.begin(), middle.end());
        list.insert(list.end(), to.end() - static_cast<std::ptrdiff_t>(tail), to.end());
        return list;
    };
    steps.gathered = compose(goes);
    steps.extended = compose(comes);
    if (!goes.empty())
        steps.removals.push_back({head + keptNew.size(), goes.size()});
    if (!comes.empty())
        steps.insertions.push_back({head + keptNew.size(), comes.size()});
    return steps;
}

} // namespace muster
