// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/chunk_pool.h"

#include "table/large_vector.h"

#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <vector>

namespace muster::table {

namespace {

constexpr std::align_val_t cacheLine{64};
constexpr std::size_t slabBytes = std::size_t{2} << 20;
#ifdef __SANITIZE_ADDRESS__
constexpr std::size_t mostPlainBytes =
    std::numeric_limits<std::size_t>::max(); // what it did not give it does not watch
#else
constexpr std::size_t mostPlainBytes = std::size_t{1} << 20;
#endif

std::size_t slotBytesFor(std::size_t bytes)
{
    constexpr auto line = static_cast<std::size_t>(cacheLine);
    return (bytes + line - 1) / line * line;
}

} // namespace

/// One large page, cut into slots.
class ChunkSlab {
public:
    explicit ChunkSlab(std::size_t slotBytes) : m_memory(slabBytes)
    {
        m_free.reserve(slabBytes / slotBytes);
        for (std::size_t end = slabBytes / slotBytes * slotBytes; end > 0; end -= slotBytes)
            m_free.push_back(m_memory.data() + end - slotBytes);
        m_slots = m_free.size();
    }
    bool isFull() const { return m_free.empty(); }
    bool isEmpty() const { return m_free.size() == m_slots; }
    void *take()
    {
        void *slot = m_free.back();
        m_free.pop_back();
        return slot;
    }
    void give(void *slot) { m_free.push_back(slot); } // there is room for all

private:
    LargeVector<std::byte> m_memory;
    std::vector<void *> m_free; // the lowest last
    std::size_t m_slots = 0;
};

namespace {

/// The chunks of one size.
class Pool {
public:
    ChunkPlace take(std::size_t bytes)
    {
        if (bytes <= mostPlainBytes - m_plainBytes) {
            void *memory = ::operator new(bytes, cacheLine);
            m_plainBytes += bytes;
            return {memory, nullptr};
        }
        if (m_open.empty()) {
            m_open.reserve(m_slabs + 1);
            m_open.push_back(std::make_unique<ChunkSlab>(slotBytesFor(bytes)).release());
            ++m_slabs;
        }
        ChunkSlab *slab = m_open.back();
        void *slot = slab->take();
        if (slab->isFull())
            m_open.pop_back();
        return {slot, slab};
    }
    void give(ChunkPlace place, std::size_t bytes)
    {
        if (!place.slab) {
            ::operator delete(place.memory, cacheLine);
            m_plainBytes -= bytes;
            return;
        }
        if (place.slab->isFull())
            m_open.push_back(place.slab); // there is room for all
        place.slab->give(place.memory);
        if (place.slab->isEmpty() && m_open.size() > 1) { // one stays: chunks come and go
            std::erase(m_open, place.slab);
            delete place.slab;
            --m_slabs;
        }
    }

private:
    std::size_t m_plainBytes = 0;
    std::size_t m_slabs = 0;
    std::vector<ChunkSlab *> m_open; // have a slot to give; the full ones are held by their chunks
};

/// The sizes are few: one for each width of cell.
struct Pools {
    std::mutex mutex;
    std::map<std::size_t, Pool> bySize;
};

/// Never destroyed: a chunk may outlive everything else.
Pools &pools()
{
    static auto *const all = new Pools;
    return *all;
}

} // namespace

ChunkPlace takeChunkMemory(std::size_t bytes)
{
    const std::lock_guard lock(pools().mutex);
    return pools().bySize[bytes].take(bytes);
}

void giveChunkMemory(ChunkPlace place, std::size_t bytes) noexcept
{
    const std::lock_guard lock(pools().mutex);
    pools().bySize.find(bytes)->second.give(place, bytes);
}

} // namespace muster::table
