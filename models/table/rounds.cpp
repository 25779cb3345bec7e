// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/rounds.h"

#include <algorithm>
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

} // namespace

void Rounds::begin(UtcTime at)
{
    m_starts.push_back(at);
    for (Column &column : m_columns)
        std::fill(column.changed.begin(), column.changed.end(), 0);
    std::fill(m_newRows.begin(), m_newRows.end(), 0);
    std::fill(m_changedRows.begin(), m_changedRows.end(), 0);
    std::fill(m_cellsOfRow.begin(), m_cellsOfRow.end(), std::uint16_t{0});
    m_changedCells = 0;
    m_changedRowCount = 0;
}

void Rounds::leaveOut(ColumnIndex column)
{
    columnAt(column).isLeftOut = true;
}

Rounds::Column &Rounds::columnAt(ColumnIndex column)
{
    const auto index = static_cast<std::size_t>(column);
    if (index >= m_columns.size())
        m_columns.resize(index + 1);
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

void Rounds::mark(Column &column, RowId row)
{
    setBit(column.changed, row);
    ++m_changedCells;
    if (row >= m_cellsOfRow.size())
        m_cellsOfRow.resize(std::max<std::size_t>(row + std::size_t{1}, m_cellsOfRow.size() * 2));
    if (m_cellsOfRow[row]++ == 0) {
        setBit(m_changedRows, row);
        ++m_changedRowCount;
    }
}

void Rounds::unmark(Column &column, RowId row)
{
    clearBit(column.changed, row);
    --m_changedCells;
    if (--m_cellsOfRow[row] == 0) {
        clearBit(m_changedRows, row);
        --m_changedRowCount;
    }
}

void Rounds::note(RowId row, ColumnIndex index, const ValueView &before, const ValueView &after)
{
    Column &column = columnAt(index);
    if (m_starts.empty() || column.isLeftOut || hasBit(m_newRows, row))
        return;
    const auto place = static_cast<std::size_t>(index);
    if (!hasBit(column.changed, row)) {
        mark(column, row);
        keep(row, place, before);
        return;
    }
    std::uint32_t &number = newest(column, row);
    const Entry *held = find(number, row, place);
    if (!held || held->isCut || view(held->value) != after)
        return;
    // As it was: the entry stays in its place in the row of all entries, and nothing leads to it any more.
    unmark(column, row);
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
    for (Column &column : m_columns) {
        if (hasBit(column.changed, row))
            unmark(column, row);
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
