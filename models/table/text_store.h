// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/cancel.h"
#include "table/large_vector.h"

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
/// The same of words.
class WordHash {
public:
    WordHash();
    std::uint64_t operator()(std::uint64_t word) const
    {
        __extension__ using Wide = unsigned __int128;
        const Wide product = Wide(word ^ m_first) * m_second;
        return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
    }

private:
    std::uint64_t m_first, m_second;
};

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
    /// Room for texts of so many bytes, lengths included, in one piece.
    void reserve(std::size_t bytes);
    static std::size_t storedBytes(std::string_view text) { return sizeof(std::uint32_t) + text.size(); }
    /// Takes over another's texts; they stay where they are.
    void absorb(Arena &&other);
    std::size_t memoryBytes() const { return m_bytes; }
    void clear();

private:
    void addBlock(std::size_t size);

    std::vector<LargeVector<char>> m_blocks; ///< the last is being filled
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
    void insert(std::uint64_t hash, std::uint32_t id) { insertTag(tagOf(hash), id); }
    void erase(std::uint64_t hash, std::uint32_t id);
    /// What of a hash is kept.
    static std::uint32_t tagOf(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }
    /// Nothing but the ids from 1 on with these tags, by so many threads at once.
    void build(const LargeVector<std::uint32_t> &tags, std::size_t parts);
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
        std::uint32_t tag;
        std::uint32_t id;
    };
    static constexpr Slot vacant{0, none};
    void insertTag(std::uint32_t tag, std::uint32_t id);
    void grow();

    LargeVector<Slot> m_slots;
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
    class Builder;

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
    /// What its texts take, of the memory that grows with them.
    std::size_t textBytes() const { return m_textBytes; }
    static std::size_t bytesOf(std::string_view text) { return text.size() + entryBytes; } ///< of one
    void clear();

    /// The place of each code below `limit` in the given order; [0] is unused. Any thread; kept until more
    /// texts come. Null when cancelled.
    std::shared_ptr<const std::vector<std::uint32_t>> ranks(std::uint32_t limit, TextOrder order,
                                                            const CancelFlag *cancel = nullptr) const;

private:
    static constexpr int firstBlockBits = 5;
    static constexpr std::uint32_t firstBlock = 1U << firstBlockBits;
    static constexpr std::size_t entryBytes = 24; ///< length, entry and place in the index

    StoredText &entryAt(std::uint32_t code);

    std::array<LargeVector<StoredText>, 32 - firstBlockBits>
        m_blocks; ///< each twice the size of the one before
    std::uint32_t m_limit = 1;
    std::size_t m_textBytes = 0;
    Arena m_arena;
    HashIndex m_index;

    mutable std::mutex m_ranksMutex;
    mutable std::shared_ptr<const std::vector<std::uint32_t>> m_ranks;
    mutable TextOrder m_ranksOrder = TextOrder::Bytes;
};

/// A dictionary of texts that are known to be different, made by several threads at once.
class Dictionary::Builder {
public:
    Builder(std::uint32_t count, std::size_t parts);
    /// What the texts of a part take: Arena::storedBytes().
    void reserve(std::size_t part, std::size_t bytes) { m_parts[part].arena.reserve(bytes); }
    /// Each code from 1 to `count` once; a part is one thread's.
    void set(std::size_t part, std::uint32_t code, std::string_view text);
    std::shared_ptr<Dictionary> finish();

private:
    struct alignas(64) Part {
        Arena arena;
        std::size_t textBytes = 0;
    };
    std::shared_ptr<Dictionary> m_made;
    std::vector<Part> m_parts;
    LargeVector<std::uint32_t> m_tags;
};

} // namespace muster::table
