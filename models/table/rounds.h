// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/table.h"

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace muster::table {

/// What the rounds of a watch changed: the cells that look otherwise than when the present round began, and
/// all values that cells had before, whether they look otherwise or not. A cell that changes and changes back
/// within a round has not changed. Rows that came in the present round are not marked. One thread.
class Rounds {
public:
    static constexpr std::size_t mostPerCell = 20;         ///< values of a cell, the present one included
    static constexpr std::size_t mostValues = 1'000'000;   ///< past values in all; the oldest are forgotten
    static constexpr std::size_t mostTextBytes = 32 << 20; ///< of all their texts
    static constexpr std::size_t textBytes = 1024;         ///< of one text; what is longer is cut

    struct Past {
        UtcTime since; ///< when the cell came to show it; 0: before the first round
        Value value;
    };

    /// Whether an operator sees two values of a column as one.
    using LooksTheSame = std::function<bool(ColumnIndex, const ValueView &, const ValueView &)>;

    /// Without `looksTheSame` every other value is marked.
    explicit Rounds(LooksTheSame looksTheSame = {}) : m_looksTheSame(std::move(looksTheSame)) {}

    /// Which cells look otherwise than in the round before.
    struct Marks {
        std::vector<std::vector<std::uint64_t>> columns; ///< a bit a row
        std::vector<std::uint64_t> rows;                 ///< those with a cell that differs
        std::size_t cellCount = 0;
        std::size_t rowCount = 0;

        bool has(RowId row, ColumnIndex column) const
        {
            const auto c = static_cast<std::size_t>(column);
            return c < columns.size() && hasBit(columns[c], row);
        }
    };

    /// Cells that change from now on differ from the round before.
    void begin(UtcTime at);
    /// A column whose values are new in each round by nature ("reply_ms"): neither marked nor kept.
    void leaveOut(ColumnIndex column);

    void note(RowId row, ColumnIndex column, const ValueView &before, const ValueView &after);
    void noteNew(RowId row);
    void forget(RowId row); ///< the row is gone; its id may come to stand for another

    const Marks &marks() const { return m_marks; }
    /// What a cell came to show, newest first: `now`, then what was before. Empty when it has not changed, or
    /// when that is forgotten.
    std::vector<Past> history(RowId row, ColumnIndex column, const ValueView &now) const;

private:
    /// What a cell showed before one of its changes.
    struct Entry {
        RowId row;
        std::uint16_t column;
        bool isCut;
        std::uint32_t round;  ///< of the change
        std::uint32_t before; ///< number of the cell's entry before; 0: none
        Value value;
    };
    static constexpr std::size_t pageRows = 4096;
    using Page = std::array<std::uint32_t, pageRows>; ///< number of each row's newest entry; 0: none
    struct Column {
        bool isLeftOut = false;
        std::vector<std::uint64_t> changed; ///< rows with another value than when the round began, a bit each
        std::vector<std::unique_ptr<Page>> newest;
    };

    static bool hasBit(const std::vector<std::uint64_t> &bits, RowId row)
    {
        return row / 64 < bits.size() && ((bits[row / 64] >> (row % 64)) & 1) != 0;
    }
    Column &columnAt(ColumnIndex column);
    static std::uint32_t &newest(Column &column, RowId row);
    const Entry *find(std::uint32_t number, RowId row, std::size_t column) const;
    void keep(RowId row, std::size_t column, const ValueView &before);
    void dropOldest();
    void mark(RowId row, std::size_t column);
    void unmark(RowId row, std::size_t column);
    void setMarked(RowId row, std::size_t column, bool marked);
    bool differs(std::size_t column, const ValueView &before, const ValueView &after) const;

    LooksTheSame m_looksTheSame;
    std::vector<UtcTime> m_starts; ///< of the rounds
    std::vector<Column> m_columns;
    std::vector<std::uint64_t> m_newRows;
    Marks m_marks;
    std::vector<std::uint16_t> m_cellsOfRow; ///< how many are marked

    std::deque<Entry> m_entries;
    std::uint32_t m_first = 1; ///< number of the oldest
    std::size_t m_textBytes = 0;
};

} // namespace muster::table
