// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>

namespace muster::table {

class ChunkSlab;

/// Memory of a chunk.
struct ChunkPlace {
    void *memory = nullptr;    ///< aligned to a cache line, as the one before left it
    ChunkSlab *slab = nullptr; ///< null: plain memory
};

/// Chunks of large tables lie side by side in large pages, by size: to read a million rows then touches tens
/// of pages instead of thousands, and to touch one that is new or was long not used can cost more than what
/// is then done with it. The first megabyte of a size is plain memory, so that small tables take no more than
/// they need. Any thread; throws std::bad_alloc.
ChunkPlace takeChunkMemory(std::size_t bytes);
void giveChunkMemory(ChunkPlace place, std::size_t bytes) noexcept;

} // namespace muster::table
