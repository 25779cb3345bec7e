// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/compaction.h"
#include "table/parallel.h"
#include "table/table_data.h"

#include <bit>
#include <cmath>
#include <limits>

namespace muster::table {

// What is done here goes over a whole column, on the thread that a window is drawn by: a million cells must
// not make it wait.

namespace {

/// Calls each(chunk's index, chunk) for one part of the chunks that are there.
template <typename Each>
void forChunks(const Column &column, std::size_t part, std::size_t parts, const Each &each)
{
    const std::size_t end = partBegin(column.chunks.size(), part + 1, parts);
    for (std::size_t c = partBegin(column.chunks.size(), part, parts); c < end; ++c) {
        if (const Chunk *chunk = column.chunk(c))
            each(c, *chunk);
    }
}

/// Calls each(i) for each cell of a chunk that has a value.
template <typename Each>
void forCells(const Chunk &chunk, const Each &each)
{
    for (std::size_t w = 0; w < chunkWords; ++w) {
        for (std::uint64_t left = chunk.valid[w]; left != 0; left &= left - 1)
            each(w * 64 + static_cast<std::size_t>(std::countr_zero(left)));
    }
}

std::size_t cellLimit(const Column &column)
{
    return column.chunks.size() * chunkRows;
}

/// Numbers the words that it is shown, each once, from 0.
class WordNumbers {
public:
    std::uint32_t numberOf(std::uint64_t word, std::uint64_t hash)
    {
        if (m_words.size() * 4 >= m_slots.size() * 3)
            grow();
        const auto tag = static_cast<std::uint32_t>(hash);
        std::size_t i = tag & m_mask;
        for (; m_slots[i].number != none; i = (i + 1) & m_mask) {
            if (m_slots[i].tag == tag && m_words[m_slots[i].number] == word)
                return m_slots[i].number;
        }
        m_slots[i] = {tag, static_cast<std::uint32_t>(m_words.size())};
        m_words.push_back(word);
        return m_slots[i].number;
    }
    const LargeVector<std::uint64_t> &words() const { return m_words; }
    /// The cache line that numberOf() will need.
    void prefetch(std::uint64_t hash) const
    {
        if (!m_slots.empty())
            __builtin_prefetch(&m_slots[static_cast<std::uint32_t>(hash) & m_mask], 1);
    }

private:
    static constexpr std::uint32_t none = ~std::uint32_t{0};
    struct Slot {
        std::uint32_t tag = 0;
        std::uint32_t number = none;
    };
    void grow()
    {
        LargeVector<Slot> slots(std::max<std::size_t>(1024, m_slots.size() * 4));
        m_mask = slots.size() - 1;
        for (const Slot &slot : m_slots) {
            if (slot.number == none)
                continue;
            std::size_t i = slot.tag & m_mask;
            while (slots[i].number != none)
                i = (i + 1) & m_mask;
            slots[i] = slot;
        }
        m_slots.swap(slots);
    }

    LargeVector<std::uint64_t> m_words;
    LargeVector<Slot> m_slots;
    std::size_t m_mask = 0;
};

/// The texts of a column of numbers or times. They repeat, and each is written once.
class WordTexts {
public:
    explicit WordTexts(const Column &from)
        : m_from(from),
          m_parts(workerCount(cellLimit(from))),
          m_numbers(m_parts)
    {
    }

    void into(Column &texts)
    {
        // Each thread takes the words of its share of the hashes, wherever they stand.
        inParallel(m_parts, [&](std::size_t part) {
            WordNumbers &numbers = m_numbers[part];
            forWords(texts, part, [&](const std::vector<Word> &words, std::uint32_t *codes) {
                constexpr std::size_t ahead = 12;
                for (std::size_t k = 0; k < words.size(); ++k) {
                    numbers.prefetch(words[std::min(k + ahead, words.size() - 1)].hash);
                    codes[words[k].cell] = numbers.numberOf(words[k].word, words[k].hash) + 1;
                }
            });
        });
        std::vector<std::uint32_t> before(m_parts + 1, 0);
        for (std::size_t part = 0; part < m_parts; ++part)
            before[part + 1] = before[part] + static_cast<std::uint32_t>(m_numbers[part].words().size());
        Dictionary::Builder builder(before[m_parts], m_parts);
        inParallel(m_parts, [&](std::size_t part) {
            std::uint32_t code = before[part];
            builder.reserve(part, m_numbers[part].words().size() * likelyBytes());
            for (const std::uint64_t word : m_numbers[part].words())
                write(builder, part, ++code, word);
            if (before[part] == 0)
                return;
            forWords(texts, part, [&](const std::vector<Word> &words, std::uint32_t *codes) {
                for (const Word &word : words)
                    codes[word.cell] += before[part];
            });
        });
        texts.dictionary = builder.finish();
    }

private:
    struct Word {
        std::uint64_t word;
        std::uint64_t hash;
        std::size_t cell; ///< of its chunk
    };

    /// Calls each(words, codes' places) for the cells of each chunk whose words are of one part.
    template <typename Each>
    void forWords(Column &texts, std::size_t part, const Each &each) const
    {
        std::vector<Word> words(chunkRows);
        forChunks(m_from, 0, 1, [&](std::size_t c, const Chunk &chunk) {
            const auto *held = chunk.data<std::uint64_t>();
            std::size_t count = 0;
            words.resize(chunkRows);
            forCells(chunk, [&](std::size_t i) {
                const std::uint64_t word = canonical(held[i]);
                const std::uint64_t hash = m_hash(word);
                words[count] = {word, hash, i};
                count += ((hash >> 32) * m_parts) >> 32 == part ? 1 : 0;
            });
            words.resize(count);
            each(words, texts.writable(static_cast<RowId>(c << chunkBits))->data<std::uint32_t>());
        });
    }

    /// What a text is likely to take, by some of them.
    std::size_t likelyBytes() const
    {
        constexpr std::size_t some = 64;
        std::size_t bytes = 0;
        std::size_t count = 0;
        for (const WordNumbers &numbers : m_numbers) {
            const std::size_t step = numbers.words().size() / some + 1;
            for (std::size_t k = 0; k < numbers.words().size(); k += step, ++count)
                bytes += Arena::storedBytes(losslessText(valueOf(numbers.words()[k])));
        }
        return bytes / std::max<std::size_t>(count, 1) + 1;
    }

    ValueView valueOf(std::uint64_t word) const
    {
        if (m_from.type == Type::Int)
            return static_cast<std::int64_t>(word);
        if (m_from.type == Type::Double)
            return std::bit_cast<double>(word);
        return UtcTime{static_cast<std::int64_t>(word)};
    }

    /// NaNs are one text.
    std::uint64_t canonical(std::uint64_t word) const
    {
        if (m_from.type != Type::Double || !std::isnan(std::bit_cast<double>(word)))
            return word;
        constexpr double nan = std::numeric_limits<double>::quiet_NaN();
        return std::bit_cast<std::uint64_t>(std::copysign(nan, std::bit_cast<double>(word)));
    }

    void write(Dictionary::Builder &builder, std::size_t part, std::uint32_t code, std::uint64_t word) const
    {
        const ValueView value = valueOf(word);
        if (const auto *integer = std::get_if<std::int64_t>(&value))
            builder.set(part, code, NumberText(*integer).view());
        else if (const auto *number = std::get_if<double>(&value))
            builder.set(part, code, NumberText(*number).view());
        else
            builder.set(part, code, losslessText(value));
    }

    const Column &m_from;
    std::size_t m_parts;
    std::vector<WordNumbers> m_numbers; ///< by part
    WordHash m_hash;
};

void bitTexts(const Column &from, Column &texts)
{
    std::array<std::uint32_t, 2> codes{};
    for (const bool flag : {false, true}) {
        const std::string text = toText(flag);
        codes[flag ? 1 : 0] = texts.dictionary->codeFor(text, hashText(text));
    }
    const std::size_t parts = workerCount(cellLimit(from));
    inParallel(parts, [&](std::size_t part) {
        forChunks(from, part, parts, [&](std::size_t c, const Chunk &chunk) {
            auto *to = texts.writable(static_cast<RowId>(c << chunkBits))->data<std::uint32_t>();
            const auto *bits = chunk.data<std::uint64_t>();
            forCells(chunk, [&](std::size_t i) { to[i] = codes[(bits[i / 64] >> (i % 64)) & 1]; });
        });
    });
}

} // namespace

void Table::Private::convertToDouble(Column &column)
{
    for (ChunkRef &ref : column.chunks) {
        if (!ref)
            continue;
        Chunk *made = Chunk::make(chunkRows * sizeof(double));
        made->valid = ref->valid;
        for (std::size_t i = 0; i < chunkRows; ++i)
            made->data<double>()[i] = static_cast<double>(ref->data<std::int64_t>()[i]);
        ref = ChunkRef(made);
    }
    column.type = Type::Double;
}

void Table::Private::convertToText(Column &column)
{
    Column texts;
    texts.name = column.name;
    adopt(texts, Type::Text);
    if (column.type == Type::Int || column.type == Type::Double)
        texts.order = TextOrder::Smart;
    texts.chunks.resize(column.chunks.size());
    const std::size_t parts = workerCount(cellLimit(column));
    inParallel(parts, [&](std::size_t part) {
        forChunks(column, part, parts, [&](std::size_t c, const Chunk &chunk) {
            texts.writable(static_cast<RowId>(c << chunkBits))->valid = chunk.valid;
        });
    });
    if (column.type == Type::Bool)
        bitTexts(column, texts);
    else
        WordTexts(column).into(texts);
    texts.codeLimit = texts.dictionary->codeLimit();
    Compaction::plan(texts, texts.dictionary->textBytes());
    column = std::move(texts);
}

} // namespace muster::table
