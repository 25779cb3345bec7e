// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/columns.h"

#include <cstring>
#include <new>

namespace muster::table {

Chunk *Chunk::makeRaw(std::size_t payloadBytes)
{
    const ChunkPlace place = takeChunkMemory(sizeof(Chunk) + payloadBytes);
    return new (place.memory) Chunk(payloadBytes, place.slab);
}

Chunk *Chunk::make(std::size_t payloadBytes)
{
    Chunk *chunk = makeRaw(payloadBytes);
    std::memset(chunk->data<std::byte>(), 0, payloadBytes);
    return chunk;
}

Chunk *Chunk::clone() const
{
    Chunk *chunk = makeRaw(m_payloadBytes);
    chunk->valid = valid;
    std::memcpy(chunk->data<std::byte>(), data<std::byte>(), m_payloadBytes);
    return chunk;
}

void Chunk::release()
{
    if (m_references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        const ChunkPlace place{this, m_slab};
        const std::size_t bytes = memoryBytes();
        this->~Chunk();
        giveChunkMemory(place, bytes);
    }
}

Chunk *ChunkRef::writable(std::size_t payloadBytes)
{
    if (!m_chunk)
        m_chunk = Chunk::make(payloadBytes);
    else if (m_chunk->isShared())
        std::exchange(m_chunk, m_chunk->clone())->release();
    return m_chunk;
}

std::size_t Column::payloadBytes() const
{
    if (isKey)
        return chunkRows * sizeof(StoredText);
    switch (type) {
    case Type::Empty:
        return 0;
    case Type::Bool:
        return sizeof(Words);
    case Type::Int:
    case Type::Double:
    case Type::Time:
        return chunkRows * sizeof(std::int64_t);
    case Type::Version:
    case Type::Text:
        return chunkRows * sizeof(std::uint32_t);
    }
    return 0;
}

Chunk *Column::writable(RowId row)
{
    const std::size_t index = row >> chunkBits;
    if (index >= chunks.size())
        chunks.resize(index + 1);
    return chunks[index].writable(payloadBytes());
}

ValueView Column::cell(RowId row) const
{
    const Chunk *held = chunkOf(row);
    const std::size_t i = row % chunkRows;
    if (!held || !held->has(i))
        return {};
    if (isKey)
        return textOf(held->data<StoredText>()[i]);
    switch (type) {
    case Type::Empty:
        return {};
    case Type::Bool:
        return ((held->data<std::uint64_t>()[i / 64] >> (i % 64)) & 1) != 0;
    case Type::Int:
        return held->data<std::int64_t>()[i];
    case Type::Double:
        return held->data<double>()[i];
    case Type::Time:
        return UtcTime{held->data<std::int64_t>()[i]};
    case Type::Version:
    case Type::Text:
        return dictionary->text(held->data<std::uint32_t>()[i]);
    }
    return {};
}

std::size_t Column::memoryBytes() const
{
    std::size_t bytes = sizeof *this + chunks.capacity() * sizeof(ChunkRef);
    for (const ChunkRef &chunk : chunks) {
        if (chunk)
            bytes += chunk->memoryBytes();
    }
    if (dictionary)
        bytes += dictionary->memoryBytes();
    if (keys)
        bytes += keys->memoryBytes();
    return bytes;
}

ColumnIndex Snapshot::find(std::string_view name) const
{
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (columns[i].name == name)
            return static_cast<ColumnIndex>(i);
    }
    return -1;
}

} // namespace muster::table
