// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/chunk_pool.h"
#include "table/table.h"
#include "table/text_store.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace muster::table {

constexpr unsigned chunkBits = 12;
constexpr std::size_t chunkRows = std::size_t{1} << chunkBits;
constexpr std::size_t chunkWords = chunkRows / 64;
/// A row has at most 512 fields (protocol::maxFields), a table a few columns of its own. Fields past that are
/// left out: names that devices make up must not take all memory.
constexpr std::size_t maxColumns = 640;

using Words = std::array<std::uint64_t, chunkWords>;

/// One column's cells of chunkRows rows. Shared by snapshots; written only by an owner that is alone.
class Chunk {
public:
    /// All cells absent; payload zero.
    static Chunk *make(std::size_t payloadBytes);
    Chunk *clone() const;
    void retain() { m_references.fetch_add(1, std::memory_order_relaxed); }
    void release();
    /// Acquire: what others did before they let go has happened.
    bool isShared() const { return m_references.load(std::memory_order_acquire) > 1; }

    template <typename T>
    T *data()
    {
        return reinterpret_cast<T *>(reinterpret_cast<std::byte *>(this) + sizeof *this);
    }
    template <typename T>
    const T *data() const
    {
        return reinterpret_cast<const T *>(reinterpret_cast<const std::byte *>(this) + sizeof *this);
    }
    bool has(std::size_t i) const { return (valid[i / 64] >> (i % 64)) & 1; }
    std::size_t memoryBytes() const { return sizeof *this + m_payloadBytes; }

    alignas(64) Words valid{};

private:
    Chunk(std::size_t payloadBytes, ChunkSlab *slab) : m_payloadBytes(payloadBytes), m_slab(slab) {}
    static Chunk *makeRaw(std::size_t payloadBytes); ///< payload as it comes
    std::size_t m_payloadBytes;
    ChunkSlab *m_slab; ///< what it lies in; null: plain memory
    std::atomic<std::uint32_t> m_references{1};
};

class ChunkRef {
public:
    ChunkRef() = default;
    explicit ChunkRef(Chunk *taken) : m_chunk(taken) {}
    ChunkRef(const ChunkRef &other) : m_chunk(other.m_chunk)
    {
        if (m_chunk)
            m_chunk->retain();
    }
    ChunkRef(ChunkRef &&other) noexcept : m_chunk(std::exchange(other.m_chunk, nullptr)) {}
    ChunkRef &operator=(ChunkRef other) noexcept
    {
        std::swap(m_chunk, other.m_chunk);
        return *this;
    }
    ~ChunkRef()
    {
        if (m_chunk)
            m_chunk->release();
    }
    const Chunk *get() const { return m_chunk; }
    explicit operator bool() const { return m_chunk != nullptr; }
    const Chunk *operator->() const { return m_chunk; }
    /// Made when there is none, copied when it is shared.
    Chunk *writable(std::size_t payloadBytes);

private:
    Chunk *m_chunk = nullptr;
};

/// What a cell of a batch or of a column holds.
enum class Tag : std::uint8_t { Unset, Absent, Bool, Int, Double, Time, Text };

/// toText(), but times to the microsecond: widening to text loses nothing.
std::string losslessText(const ValueView &value);

inline bool isTextual(Type type)
{
    return type == Type::Text || type == Type::Version;
}

struct Column {
    std::string name;
    Type type = Type::Empty;
    bool isKey = false;                     ///< cells are StoredText; present where a row is live
    TextOrder order = TextOrder::Bytes;     ///< of its texts; by what it began with, numbers or versions
    std::vector<ChunkRef> chunks;           ///< none: all absent there
    std::shared_ptr<Dictionary> dictionary; ///< of textual columns but the key
    std::uint32_t codeLimit = 1;
    std::size_t compactionDue = 0; ///< the dictionary's textBytes() from which on it is looked through
    std::shared_ptr<Arena> keys;

    const Chunk *chunk(std::size_t index) const
    {
        return index < chunks.size() ? chunks[index].get() : nullptr;
    }
    const Chunk *chunkOf(RowId row) const { return chunk(row >> chunkBits); }
    std::size_t payloadBytes() const;
    Chunk *writable(RowId row);

    bool has(RowId row) const
    {
        const Chunk *held = chunkOf(row);
        return held && held->has(row % chunkRows);
    }
    ValueView cell(RowId row) const;
    TextOrder textOrder() const { return order; }
    std::size_t memoryBytes() const;
};

/// The columns of a table at one moment. Column 0 is the key; a row is live where it has one.
class Snapshot {
public:
    std::vector<Column> columns;
    RowId rowLimit = 0;
    std::size_t rowCount = 0;

    ColumnIndex find(std::string_view name) const;
    const Column *column(std::string_view name) const
    {
        const ColumnIndex index = find(name);
        return index < 0 ? nullptr : &columns[static_cast<std::size_t>(index)];
    }
    bool isLive(RowId row) const { return columns.front().has(row); }
    std::size_t chunkCount() const { return (rowLimit + chunkRows - 1) >> chunkBits; }
};

/// Reads any row of a column without asking whether its chunk is there.
template <typename T>
class Reader {
public:
    explicit Reader(const Column &column, std::size_t chunkCount)
    {
        m_chunks.reserve(chunkCount);
        for (std::size_t i = 0; i < chunkCount; ++i) {
            const Chunk *chunk = column.chunk(i);
            m_chunks.push_back(chunk ? Entry{chunk->data<T>(), chunk->valid.data()}
                                     : Entry{none().data(), noneValid().data()});
        }
    }
    bool has(RowId row) const
    {
        const std::size_t i = row % chunkRows;
        return (m_chunks[row >> chunkBits].valid[i / 64] >> (i % 64)) & 1;
    }
    T operator[](RowId row) const { return m_chunks[row >> chunkBits].data[row % chunkRows]; }
    /// The values of the rows from here to the end of their chunk.
    const T *run(RowId row) const { return m_chunks[row >> chunkBits].data + row % chunkRows; }
    /// Whether so many rows of one chunk all have a value.
    bool hasAll(RowId row, std::size_t count) const
    {
        const std::uint64_t *valid = m_chunks[row >> chunkBits].valid;
        std::size_t i = row % chunkRows;
        const std::size_t end = i + count;
        for (; i < end && i % 64 != 0; ++i) {
            if (((valid[i / 64] >> (i % 64)) & 1) == 0)
                return false;
        }
        for (; i + 64 <= end; i += 64) {
            if (valid[i / 64] != ~std::uint64_t{0})
                return false;
        }
        for (; i < end; ++i) {
            if (((valid[i / 64] >> (i % 64)) & 1) == 0)
                return false;
        }
        return true;
    }

private:
    struct Entry {
        const T *data;
        const std::uint64_t *valid;
    };
    static const std::array<T, chunkRows> &none()
    {
        static const std::array<T, chunkRows> empty{};
        return empty;
    }
    static const Words &noneValid()
    {
        static const Words empty{};
        return empty;
    }
    std::vector<Entry> m_chunks;
};

} // namespace muster::table
