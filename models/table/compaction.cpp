// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/compaction.h"

#include "table/parallel.h"

#include <algorithm>

namespace muster::table {

void Compaction::plan(Column &column, std::size_t liveBytes)
{
    constexpr std::size_t worthIt = std::size_t{256} * 1024;
    const std::size_t cellBytes = column.chunks.size() * chunkRows * sizeof(std::uint32_t);
    column.compactionDue = column.dictionary->textBytes() + std::max({worthIt, liveBytes / 2, cellBytes});
}

bool Compaction::isDue(const Column &column)
{
    return column.dictionary && column.dictionary->textBytes() > column.compactionDue;
}

std::unique_ptr<Compaction> Compaction::start(Column &column, ColumnIndex index)
{
    constexpr std::size_t fewTexts = 32768;
    constexpr std::size_t fewChunks = 32;
    std::unique_ptr<Compaction> made(new Compaction(column, index)); // NOLINT(modernize-make-unique): private
    if (column.codeLimit > fewTexts || column.chunks.size() > fewChunks) {
        try {
            made->m_thread = std::thread([compaction = made.get()] { compaction->run(); });
            return made;
        } catch (const std::system_error &) {
            // No thread to be had: this one does it.
        }
    }
    made->run();
    made->finish(column);
    return nullptr;
}

Compaction::~Compaction()
{
    m_isLeftOff.store(true);
    if (m_thread.joinable())
        m_thread.join();
}

void Compaction::run()
{
    try {
        make();
    } catch (const std::bad_alloc &) {
        m_made.reset(); // the column goes on as it is
    }
    m_isDone.store(true, std::memory_order_release);
}

void Compaction::make()
{
    const Dictionary &from = *m_of.dictionary;
    std::vector<bool> isUsed(m_of.codeLimit);
    for (ChunkRef &chunk : m_of.chunks) {
        for (std::size_t i = 0; chunk && i < chunkRows; ++i)
            isUsed[chunk->data<std::uint32_t>()[i]] = true;
        chunk = {}; // here, so that the table need not copy what it writes to
        if (isLeftOff())
            return;
    }
    constexpr std::uint32_t checkEvery = 4096;
    std::uint32_t count = 0;
    std::size_t storedBytes = 0;
    m_codes.assign(m_of.codeLimit, Dictionary::absent);
    for (std::uint32_t code = 1; code < m_of.codeLimit; ++code) {
        if (code % checkEvery == 0 && isLeftOff())
            return;
        if (!isUsed[code])
            continue;
        m_codes[code] = ++count;
        m_liveBytes += Dictionary::bytesOf(from.text(code));
        storedBytes += Arena::storedBytes(from.text(code));
    }
    if (m_allBytes - m_liveBytes > m_liveBytes) {
        Dictionary::Builder builder(count, 1);
        builder.reserve(0, storedBytes);
        for (std::uint32_t code = 1; code < m_of.codeLimit; ++code) {
            if (code % checkEvery == 0 && isLeftOff())
                return;
            if (isUsed[code])
                builder.set(0, m_codes[code], from.text(code));
        }
        m_made = builder.finish();
    }
}

void Compaction::finish(Column &column)
{
    if (column.dictionary != m_of.dictionary)
        return; // the column has begun anew
    if (!m_made) {
        plan(column, m_liveBytes);
        return;
    }
    const auto keep = [&](std::uint32_t code) {
        const std::string_view text = column.dictionary->text(code);
        m_codes[code] = m_made->codeFor(text, hashText(text));
    };
    const auto before = static_cast<std::uint32_t>(m_codes.size());
    m_codes.resize(column.codeLimit, Dictionary::absent);
    for (std::uint32_t code = before; code < column.codeLimit; ++code)
        keep(code);
    struct Cell {
        std::uint32_t *place;
        std::uint32_t code;
    };
    const std::size_t parts = workerCount(column.chunks.size() * chunkRows);
    std::vector<std::vector<Cell>> revived(parts); // no cell had these texts, and then one got them again
    inParallel(parts, [&](std::size_t part) {
        const std::size_t end = partBegin(column.chunks.size(), part + 1, parts);
        for (std::size_t c = partBegin(column.chunks.size(), part, parts); c < end; ++c) {
            if (!column.chunks[c])
                continue;
            auto *cells = column.writable(static_cast<RowId>(c << chunkBits))->data<std::uint32_t>();
            for (std::size_t i = 0; i < chunkRows; ++i) {
                const std::uint32_t code = m_codes[cells[i]];
                if (code == Dictionary::absent && cells[i] != Dictionary::absent)
                    revived[part].push_back({&cells[i], cells[i]});
                cells[i] = code;
            }
        }
    });
    for (const std::vector<Cell> &cells : revived) {
        for (const Cell &cell : cells) {
            if (m_codes[cell.code] == Dictionary::absent)
                keep(cell.code);
            *cell.place = m_codes[cell.code];
        }
    }
    column.dictionary = std::move(m_made);
    column.codeLimit = column.dictionary->codeLimit();
    plan(column, m_liveBytes);
}

} // namespace muster::table
