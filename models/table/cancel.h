// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>

namespace muster::table {

/// Set from another thread, once, to make work on a table return early, with nothing.
using CancelFlag = std::atomic<bool>;

inline bool isCancelled(const CancelFlag *cancel)
{
    return cancel && cancel->load(std::memory_order_relaxed);
}

} // namespace muster::table
