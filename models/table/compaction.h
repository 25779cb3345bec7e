// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/columns.h"

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

namespace muster::table {

/// Rids a column of the texts that no cell shows any more, once they are most of its dictionary. A large one
/// is gone through on a thread of its own, and the table goes on meanwhile.
class Compaction {
public:
    /// When it is next worth looking: once so much has come that going over the cells is little beside it.
    static void plan(Column &column, std::size_t liveBytes);
    static bool isDue(const Column &column);
    /// At once where that takes no time; else nothing is done to the column until the one returned is done.
    static std::unique_ptr<Compaction> start(Column &column, ColumnIndex index);

    ~Compaction(); ///< leaves off
    Compaction(const Compaction &) = delete;
    Compaction &operator=(const Compaction &) = delete;

    ColumnIndex column() const { return m_index; }
    bool isDone() const { return m_isDone.load(std::memory_order_acquire); }
    /// Puts what was made in place of what the column has, and of what it has got since.
    void finish(Column &column);

private:
    Compaction(const Column &column, ColumnIndex index)
        : m_of(column),
          m_index(index),
          m_allBytes(column.dictionary->textBytes())
    {
    }
    void run();
    void make();
    bool isLeftOff() const { return m_isLeftOff.load(std::memory_order_relaxed); }

    Column m_of; ///< as it was; its chunks are let go of as they are gone over
    ColumnIndex m_index;
    std::shared_ptr<Dictionary> m_made; ///< none: it was not worth it
    LargeVector<std::uint32_t> m_codes; ///< by those it had: what they are in the one made
    std::size_t m_allBytes, m_liveBytes = 0;
    std::atomic<bool> m_isDone{false}, m_isLeftOff{false};
    std::thread m_thread;
};

} // namespace muster::table
