// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/rounds.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace muster::table {

namespace {

void setBit(std::vector<std::uint64_t> &bits, RowId row)
{
    if (row / 64 >= bits.size())
        bits.resize(std::max<std::size_t>(row / 64 + 1, bits.size() * 2));
    bits[row / 64] |= std::uint64_t{1} << (row % 64);
}

void clearBit(std::vector<std::uint64_t> &bits, RowId row)
{
    if (row / 64 < bits.size())
        bits[row / 64] &= ~(std::uint64_t{1} << (row % 64));
}

std::size_t bytesOf(const Value &value)
{
    const auto *text = std::get_if<std::string>(&value);
    return text ? text->size() : 0;
}

/// As the table tells whether a cell changed: -0 is not 0, and NaN is NaN.
bool isSame(const Value &held, const ValueView &now)
{
    const auto *number = std::get_if<double>(&held);
    const auto *other = std::get_if<double>(&now);
    if (number && other)
        return std::bit_cast<std::uint64_t>(*number) == std::bit_cast<std::uint64_t>(*other);
    return view(held) == now;
}

} // namespace

void Rounds::begin(UtcTime at)
{
    m_starts.push_back(at);
    for (auto &column : m_marks.columns)
        std::fill(column.begin(), column.end(), 0);
    for (Column &column : m_columns)
        std::fill(column.changed.begin(), column.changed.end(), 0);
    std::fill(m_marks.rows.begin(), m_marks.rows.end(), 0);
    std::fill(m_newRows.begin(), m_newRows.end(), 0);
    std::fill(m_cellsOfRow.begin(), m_cellsOfRow.end(), std::uint16_t{0});
    m_marks.cellCount = 0;
    m_marks.rowCount = 0;
}

void Rounds::leaveOut(ColumnIndex index)
{
    Column &column = columnAt(index);
    column.isLeftOut = true;
    column.newest.clear();
    column.changed.clear();
    const auto place = static_cast<std::size_t>(index);
    for (std::size_t word = 0; word < m_marks.columns[place].size(); ++word) {
        while (m_marks.columns[place][word] != 0)
            unmark(static_cast<RowId>(word * 64) +
                       static_cast<RowId>(std::countr_zero(m_marks.columns[place][word])),
                   place);
    }
}

Rounds::Column &Rounds::columnAt(ColumnIndex column)
{
    const auto index = static_cast<std::size_t>(column);
    if (index >= m_columns.size()) {
        m_columns.resize(index + 1);
        m_marks.columns.resize(index + 1);
    }
    return m_columns[index];
}

std::uint32_t &Rounds::newest(Column &column, RowId row)
{
    const std::size_t page = row / pageRows;
    if (page >= column.newest.size())
        column.newest.resize(page + 1);
    if (!column.newest[page])
        column.newest[page] = std::make_unique<Page>();
    return (*column.newest[page])[row % pageRows];
}

/// Numbers of entries that were forgotten, or that served again since, find nothing.
const Rounds::Entry *Rounds::find(std::uint32_t number, RowId row, std::size_t column) const
{
    const std::uint32_t place = number - m_first;
    if (number < m_first || place >= m_entries.size())
        return nullptr;
    const Entry &entry = m_entries[place];
    return entry.row == row && entry.column == column ? &entry : nullptr;
}

void Rounds::mark(RowId row, std::size_t column)
{
    setBit(m_marks.columns[column], row);
    ++m_marks.cellCount;
    if (row >= m_cellsOfRow.size())
        m_cellsOfRow.resize(std::max<std::size_t>(row + std::size_t{1}, m_cellsOfRow.size() * 2));
    if (m_cellsOfRow[row]++ == 0) {
        setBit(m_marks.rows, row);
        ++m_marks.rowCount;
    }
}

void Rounds::unmark(RowId row, std::size_t column)
{
    clearBit(m_marks.columns[column], row);
    --m_marks.cellCount;
    if (--m_cellsOfRow[row] == 0) {
        clearBit(m_marks.rows, row);
        --m_marks.rowCount;
    }
}

void Rounds::setMarked(RowId row, std::size_t column, bool marked)
{
    if (hasBit(m_marks.columns[column], row) == marked)
        return;
    if (marked)
        mark(row, column);
    else
        unmark(row, column);
}

bool Rounds::differs(std::size_t column, const ValueView &before, const ValueView &after) const
{
    return !m_looksTheSame || !m_looksTheSame(static_cast<ColumnIndex>(column), before, after);
}

void Rounds::note(RowId row, ColumnIndex index, const ValueView &before, const ValueView &after)
{
    Column &column = columnAt(index);
    if (m_starts.empty() || column.isLeftOut || hasBit(m_newRows, row))
        return;
    const auto place = static_cast<std::size_t>(index);
    if (!hasBit(column.changed, row)) {
        setBit(column.changed, row);
        setMarked(row, place, differs(place, before, after));
        keep(row, place, before);
        return;
    }
    std::uint32_t &number = newest(column, row);
    const Entry *held = find(number, row, place);
    if (!held) { // forgotten within the round: against what it was a moment ago, then
        if (differs(place, before, after))
            setMarked(row, place, true);
        return;
    }
    if (held->isCut || !isSame(held->value, after)) {
        setMarked(row, place, differs(place, view(held->value), after));
        return;
    }
    // As it was: the entry stays in its place in the row of all entries, and nothing leads to it any more.
    clearBit(column.changed, row);
    setMarked(row, place, false);
    number = held->before;
}

void Rounds::keep(RowId row, std::size_t column, const ValueView &before)
{
    if (m_first > std::numeric_limits<std::uint32_t>::max() - 2 * mostValues) {
        m_entries.clear();
        m_textBytes = 0;
        m_first = 1;
        for (Column &each : m_columns)
            each.newest.clear();
    }
    std::uint32_t &number = newest(m_columns[column], row);
    Entry entry{row,    static_cast<std::uint16_t>(column),
                false,  static_cast<std::uint32_t>(m_starts.size() - 1),
                number, {}};
    const auto *text = std::get_if<std::string_view>(&before);
    entry.isCut = text && text->size() > textBytes;
    entry.value = entry.isCut ? Value(std::string(text->substr(0, textBytes))) : own(before);
    m_textBytes += bytesOf(entry.value);
    m_entries.push_back(std::move(entry));
    number = m_first + static_cast<std::uint32_t>(m_entries.size() - 1);
    while (m_entries.size() > mostValues || m_textBytes > mostTextBytes)
        dropOldest();
}

void Rounds::dropOldest()
{
    m_textBytes -= bytesOf(m_entries.front().value);
    m_entries.pop_front();
    ++m_first;
}

void Rounds::noteNew(RowId row)
{
    setBit(m_newRows, row);
}

void Rounds::forget(RowId row)
{
    clearBit(m_newRows, row);
    for (std::size_t place = 0; place < m_columns.size(); ++place) {
        if (hasBit(m_marks.columns[place], row))
            unmark(row, place);
        Column &column = m_columns[place];
        clearBit(column.changed, row);
        if (row / pageRows < column.newest.size() && column.newest[row / pageRows])
            newest(column, row) = 0;
    }
}

std::vector<Rounds::Past> Rounds::history(RowId row, ColumnIndex index, const ValueView &now) const
{
    const auto place = static_cast<std::size_t>(index);
    std::vector<Past> past;
    if (place >= m_columns.size() || row / pageRows >= m_columns[place].newest.size() ||
        !m_columns[place].newest[row / pageRows])
        return past;
    const Entry *entry = find((*m_columns[place].newest[row / pageRows])[row % pageRows], row, place);
    if (entry)
        past.push_back({m_starts[entry->round], own(now)});
    while (entry && past.size() < mostPerCell) {
        const Entry *before = entry->before == 0 ? nullptr : find(entry->before, row, place);
        if (entry->before != 0 && !before)
            break; // when it came is forgotten
        past.push_back({before ? m_starts[before->round] : UtcTime{}, entry->value});
        entry = before;
    }
    return past;
}

} // namespace muster::table
