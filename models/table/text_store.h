// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

namespace muster::table {

/// Seeded once a process, so that nobody outside can choose texts that collide.
std::uint64_t hashText(std::string_view text);

/// A text in an Arena: its length, then its bytes; 16 bytes past its end may be read.
using StoredText = const char *;

inline std::string_view textOf(StoredText stored)
{
    std::uint32_t length = 0;
    std::memcpy(&length, stored, sizeof length);
    return {stored + sizeof length, length};
}

/// Texts laid one behind the other; none moves or is given back before the arena is. One writer; what was
/// written before a snapshot was taken may be read by others meanwhile.
class Arena {
public:
    StoredText store(std::string_view text);
    std::size_t memoryBytes() const { return m_bytes; }
    void clear();

private:
    std::vector<std::unique_ptr<char[]>> m_blocks;
    char *m_next = nullptr;
    std::size_t m_left = 0;
    std::size_t m_blockSize = 1024;
    std::size_t m_bytes = 0;
};

/// Open addressing from hashes to ids; what an id stands for is its owner's business.
class HashIndex {
public:
    static constexpr std::uint32_t none = ~std::uint32_t{0};

    template <typename Same>
    std::uint32_t find(std::uint64_t hash, const Same &same) const
    {
        if (m_slots.empty())
            return none;
        const std::uint32_t tag = tagOf(hash);
        for (std::size_t i = tag & m_mask; m_slots[i].id != none; i = (i + 1) & m_mask) {
            if (m_slots[i].tag == tag && same(m_slots[i].id))
                return m_slots[i].id;
        }
        return none;
    }
    void insert(std::uint64_t hash, std::uint32_t id);
    void erase(std::uint64_t hash, std::uint32_t id);
    void clear(); ///< keeps its memory
    std::size_t memoryBytes() const { return m_slots.capacity() * sizeof(Slot); }
    /// The cache line that find() will need.
    void prefetch(std::uint64_t hash) const
    {
        if (!m_slots.empty())
            __builtin_prefetch(&m_slots[tagOf(hash) & m_mask]);
    }

private:
    struct Slot {
        std::uint32_t tag = 0;
        std::uint32_t id = none;
    };
    static std::uint32_t tagOf(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }
    void grow();

    std::vector<Slot> m_slots;
    std::size_t m_mask = 0;
    std::size_t m_count = 0;
};

/// In which order texts stand. One odd value does not spoil a column of versions or numbers.
enum class TextOrder {
    Bytes,
    Versions, ///< versions as the filter language compares them, then the rest by bytes: "4.9" before "4.10"
    Smart     ///< numbers by value, then versions, then the rest: of texts that came about by numbers
};

/// Distinct texts under ascending codes from 1; 0 is "absent". Entries never move or go, so that snapshots
/// read those they know while one writer adds more.
class Dictionary {
public:
    static constexpr std::uint32_t absent = 0;

    std::uint32_t codeFor(std::string_view text, std::uint64_t hash);    ///< adds it when it is not there
    std::uint32_t find(std::string_view text, std::uint64_t hash) const; ///< absent when it is not there
    /// Codes are below it. Only for the writer; others go by the count of their snapshot.
    std::uint32_t codeLimit() const { return m_limit; }
    StoredText stored(std::uint32_t code) const
    {
        const std::uint32_t place = code + firstBlock;
        const int block = 31 - __builtin_clz(place) - firstBlockBits;
        return m_blocks[static_cast<std::size_t>(block)][place - (firstBlock << block)];
    }
    std::string_view text(std::uint32_t code) const { return textOf(stored(code)); }
    std::size_t memoryBytes() const;
    void clear();

    /// The place of each code below `limit` in the given order; [0] is unused. Any thread; kept until more
    /// texts come.
    std::shared_ptr<const std::vector<std::uint32_t>> ranks(std::uint32_t limit, TextOrder order) const;

private:
    static constexpr int firstBlockBits = 5;
    static constexpr std::uint32_t firstBlock = 1U << firstBlockBits;

    std::array<std::unique_ptr<StoredText[]>, 32 - firstBlockBits>
        m_blocks; // each twice the size of the one before
    std::uint32_t m_limit = 1;
    Arena m_arena;
    HashIndex m_index;

    mutable std::mutex m_ranksMutex;
    mutable std::shared_ptr<const std::vector<std::uint32_t>> m_ranks;
    mutable TextOrder m_ranksOrder = TextOrder::Bytes;
};

} // namespace muster::table
