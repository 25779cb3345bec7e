// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/lines.h"

#include "table/text_store.h"

#include <algorithm>

namespace muster {

namespace {

std::uint64_t pathOf(std::uint64_t parent, const Value &value)
{
    std::string text(reinterpret_cast<const char *>(&parent), sizeof parent);
    text += static_cast<char>(value.index());
    text += toText(view(value));
    return table::hashText(text);
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

LineId Lines::headingFor(const table::View &view, std::size_t group, std::uint64_t path, bool &changed)
{
    const table::Group &from = view.groups[group];
    const auto [entry, isNew] = m_byPath.try_emplace(path, 0);
    if (isNew) {
        if (m_free.empty()) {
            entry->second = static_cast<std::uint32_t>(m_headings.size());
            m_headings.emplace_back();
        } else {
            entry->second = m_free.back();
            m_free.pop_back();
        }
    }
    Heading &heading = m_headings[entry->second];
    const std::uint32_t count = from.end - from.begin;
    changed = isNew || heading.count != count || heading.aggregates != from.aggregates;
    if (isNew) {
        heading.path = path;
        heading.level = from.level;
        heading.value = from.value;
    }
    if (changed) {
        heading.aggregates = from.aggregates;
        heading.count = count;
    }
    heading.group = static_cast<std::uint32_t>(group);
    heading.lastSeen = m_generation;
    return entry->second | headingBit;
}

std::vector<LineId> Lines::flatten(const table::View &view, const std::function<bool(table::RowId)> *isGone,
                                   std::vector<LineId> *changed)
{
    ++m_generation;
    std::vector<LineId> lines;
    const auto addRows = [&](std::uint32_t begin, std::uint32_t end) {
        if (!isGone) {
            lines.insert(lines.end(), view.rows.begin() + begin, view.rows.begin() + end);
            return;
        }
        for (std::uint32_t i = begin; i < end; ++i) {
            if (!(*isGone)(view.rows[i]))
                lines.push_back(view.rows[i]);
        }
    };
    if (view.groups.empty()) {
        lines.reserve(view.rows.size());
        addRows(0, static_cast<std::uint32_t>(view.rows.size()));
        return lines;
    }
    std::vector<std::uint64_t> paths; // of the groups around, outermost first
    for (std::size_t g = 0; g < view.groups.size();) {
        const table::Group &group = view.groups[g];
        paths.resize(static_cast<std::size_t>(group.level));
        const std::uint64_t path = pathOf(paths.empty() ? 0 : paths.back(), group.value);
        paths.push_back(path);
        bool isChanged = false;
        const LineId line = headingFor(view, g, path, isChanged);
        lines.push_back(line);
        if (isChanged && changed)
            changed->push_back(line);
        ++g;
        const bool hasSubgroups = g < view.groups.size() && view.groups[g].level > group.level;
        if (!isExpanded(path)) {
            while (g < view.groups.size() && view.groups[g].level > group.level)
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
        if (m_headings[entry->second].lastSeen == m_generation) {
            ++entry;
            continue;
        }
        m_free.push_back(entry->second);
        m_headings[entry->second] = Heading();
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
