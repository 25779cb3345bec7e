// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/filter/expression.h"
#include "table/compaction.h"
#include "table/table_data.h"

#include <algorithm>
#include <bit>

namespace muster::table {

namespace {

constexpr std::int64_t largestExact = std::int64_t{1} << 53; // every integer up to here is a double

Type typeOf(Tag tag)
{
    switch (tag) {
    case Tag::Unset:
    case Tag::Absent:
        return Type::Empty;
    case Tag::Bool:
        return Type::Bool;
    case Tag::Int:
        return Type::Int;
    case Tag::Double:
        return Type::Double;
    case Tag::Time:
        return Type::Time;
    case Tag::Text:
        return Type::Version;
    }
    return Type::Empty;
}

Type join(Type a, Type b)
{
    if (a == b || b == Type::Empty)
        return a;
    if (a == Type::Empty)
        return b;
    if ((a == Type::Int && b == Type::Double) || (a == Type::Double && b == Type::Int))
        return Type::Double;
    return Type::Text;
}

ValueView valueOf(Tag tag, std::uint64_t payload, const Dictionary &texts)
{
    switch (tag) {
    case Tag::Unset:
    case Tag::Absent:
        return {};
    case Tag::Bool:
        return payload != 0;
    case Tag::Int:
        return static_cast<std::int64_t>(payload);
    case Tag::Double:
        return std::bit_cast<double>(payload);
    case Tag::Time:
        return UtcTime{static_cast<std::int64_t>(payload)};
    case Tag::Text:
        return texts.text(static_cast<std::uint32_t>(payload));
    }
    return {};
}

bool isExact(std::int64_t value)
{
    return value >= -largestExact && value <= largestExact;
}

} // namespace

std::string losslessText(const ValueView &value)
{
    std::string text = toText(value);
    const auto *time = std::get_if<UtcTime>(&value);
    const std::int64_t rest = time ? ((time->micros % 1000) + 1000) % 1000 : 0;
    if (rest != 0) {
        std::string digits = std::to_string(1000 + rest).substr(1);
        text.insert(text.size() - 1, digits);
    }
    return text;
}

void Table::Private::clearCell(Column &column, Chunk &chunk, std::size_t i)
{
    chunk.valid[i / 64] &= ~(std::uint64_t{1} << (i % 64));
    if (isTextual(column.type))
        chunk.data<std::uint32_t>()[i] = Dictionary::absent;
}

/// Of rows that are replaced, the cells that the batch does not set.
bool Table::Private::clearUnset(ColumnIndex index, const Batch::Private::Column *from,
                                const std::vector<RowId> &rows, const std::vector<std::uint32_t> &wiped,
                                std::vector<std::uint8_t> &touched)
{
    Column &column = data.columns[static_cast<std::size_t>(index)];
    bool any = false;
    for (const std::uint32_t i : wiped) {
        const RowId row = rows[i];
        if (!column.has(row))
            continue;
        const std::size_t page = i / Batch::Private::pageRows;
        if (from && page < from->pages.size() && from->pages[page] &&
            from->pages[page]->tags[i % Batch::Private::pageRows] != Tag::Unset)
            continue;
        if (rounds)
            rounds->note(row, index, column.cell(row), {});
        clearCell(column, *column.writable(row), row % chunkRows);
        touched[i] = 1;
        any = true;
    }
    return any;
}

bool Table::Private::hasValues(const Column &column)
{
    return std::any_of(column.chunks.begin(), column.chunks.end(), [](const ChunkRef &chunk) {
        return chunk && std::any_of(chunk->valid.begin(), chunk->valid.end(),
                                    [](std::uint64_t word) { return word != 0; });
    });
}

/// Only for a column without values.
void Table::Private::adopt(Column &column, Type type)
{
    column.chunks.clear();
    column.type = type;
    column.order = type == Type::Version ? TextOrder::Versions : TextOrder::Bytes;
    column.codeLimit = 1;
    column.dictionary.reset();
    if (isTextual(type)) {
        column.dictionary = std::make_shared<Dictionary>();
        Compaction::plan(column, 0);
    }
}

std::uint32_t Table::Private::codeFor(Column &column, std::string_view text, std::uint64_t hash)
{
    const std::uint32_t code = column.dictionary->codeFor(text, hash);
    if (code >= column.codeLimit) {
        column.codeLimit = code + 1;
        const bool isVersion = filter::isVersion(text);
        if (column.type == Type::Version && !isVersion) {
            column.type = Type::Text;
            if (code == 1)
                column.order = TextOrder::Bytes; // it did not begin with a version
        } else if (column.order == TextOrder::Bytes && isVersion) {
            column.order = TextOrder::Versions;
        }
    }
    return code;
}

/// Whether the first of what comes that has an order of its own is a version, and no number: how a batch is
/// cut makes no difference then.
bool Table::Private::beginsWithVersion(const Batch::Private::Column &from, const std::vector<RowId> &rows)
{
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::size_t page = i / Batch::Private::pageRows;
        if (page >= from.pages.size())
            break;
        if (rows[i] == noRow || !from.pages[page])
            continue;
        const std::size_t k = i % Batch::Private::pageRows;
        const Tag tag = from.pages[page]->tags[k];
        if (tag == Tag::Int || tag == Tag::Double)
            return false;
        const auto payload = static_cast<std::uint32_t>(from.pages[page]->payload[k]);
        if (tag == Tag::Text && filter::isVersion(from.texts.text(payload)))
            return true;
    }
    return false;
}

/// Gives the column a type that holds both what it has and what is coming.
void Table::Private::prepare(Column &column, const Batch::Private::Column &from, unsigned tags,
                             const std::vector<RowId> &rows)
{
    Type coming = Type::Empty;
    for (const Tag tag : {Tag::Bool, Tag::Int, Tag::Double, Tag::Time, Tag::Text}) {
        if (tags & (1U << static_cast<unsigned>(tag)))
            coming = join(coming, typeOf(tag));
    }
    if (coming == Type::Empty)
        return;
    const bool hasNumbers =
        (tags & ((1U << static_cast<unsigned>(Tag::Int)) | (1U << static_cast<unsigned>(Tag::Double)))) != 0;

    const bool sameStorage = column.type == coming || (isTextual(column.type) && isTextual(coming));
    if (!sameStorage || column.type == Type::Empty) {
        Type wanted = join(column.type, coming);
        if (wanted == Type::Text && !isTextual(column.type) && !hasValues(column))
            wanted = coming; // a type it was only declared with binds nobody
        if (wanted == Type::Double && column.type == Type::Int) {
            for (std::size_t c = 0; c < column.chunks.size() && wanted == Type::Double; ++c) {
                const Chunk *chunk = column.chunk(c);
                for (std::size_t i = 0; chunk && i < chunkRows; ++i) {
                    if (chunk->has(i) && !isExact(chunk->data<std::int64_t>()[i]))
                        wanted = Type::Text;
                }
            }
        }
        if (wanted != column.type && !hasValues(column))
            adopt(column, wanted);
        else if (wanted == Type::Double && column.type == Type::Int)
            convertToDouble(column);
        else if (wanted == Type::Text && !isTextual(column.type))
            convertToText(column);
    }
    if (column.type == Type::Double && (tags & (1U << static_cast<unsigned>(Tag::Int)))) {
        for (std::size_t i = 0; i < std::min(rows.size(), from.pages.size() * Batch::Private::pageRows);
             ++i) {
            const auto &page = from.pages[i / Batch::Private::pageRows];
            const std::size_t k = i % Batch::Private::pageRows;
            if (page && rows[i] != noRow && page->tags[k] == Tag::Int &&
                !isExact(static_cast<std::int64_t>(page->payload[k]))) {
                convertToText(column);
                return;
            }
        }
    }
    if (isTextual(column.type)) {
        const bool notText = (tags & ~((1U << static_cast<unsigned>(Tag::Text)) |
                                       (1U << static_cast<unsigned>(Tag::Absent)))) != 0;
        if (notText)
            column.type = Type::Text;
        if (from.ordersAsNumbers && (column.order == TextOrder::Bytes || !hasValues(column))) {
            column.type = Type::Text;
            column.order = TextOrder::Smart;
        } else if (hasNumbers && column.order == TextOrder::Bytes) {
            column.order = beginsWithVersion(from, rows) ? TextOrder::Versions : TextOrder::Smart;
        }
    }
}

template <typename Put>
bool Table::Private::writeCells(ColumnIndex index, const Batch::Private::Column &from,
                                const std::vector<RowId> &rows, std::vector<std::uint8_t> &touched,
                                const Put &put)
{
    Column &column = data.columns[static_cast<std::size_t>(index)];
    bool any = false;
    std::size_t cachedIndex = ~std::size_t{0};
    Chunk *cached = nullptr;
    for (std::size_t p = 0; p < from.pages.size(); ++p) {
        const Batch::Private::Page *page = from.pages[p].get();
        const std::size_t first = p * Batch::Private::pageRows;
        const std::size_t end =
            std::min(Batch::Private::pageRows, rows.size() - std::min(rows.size(), first));
        for (std::size_t k = 0; page && k < end; ++k) {
            const RowId row = rows[first + k];
            const Tag tag = page->tags[k];
            if (tag == Tag::Unset || row == noRow)
                continue;
            if (tag == Tag::Absent && !column.has(row))
                continue;
            if (row >> chunkBits != cachedIndex) {
                cachedIndex = row >> chunkBits;
                cached = column.writable(row);
            }
            const std::size_t i = row % chunkRows;
            const std::uint64_t bit = std::uint64_t{1} << (i % 64);
            const ValueView before = rounds ? column.cell(row) : ValueView();
            bool changed = false;
            if (tag == Tag::Absent) {
                clearCell(column, *cached, i);
                changed = true;
            } else {
                const bool had = (cached->valid[i / 64] & bit) != 0;
                changed = put(*cached, i, tag, page->payload[k], had);
                cached->valid[i / 64] |= bit;
            }
            if (changed && rounds)
                rounds->note(row, index, before, column.cell(row));
            touched[first + k] |= static_cast<std::uint8_t>(changed);
            any = any || changed;
        }
    }
    return any;
}

bool Table::Private::merge(ColumnIndex index, const Batch::Private::Column &from, unsigned tags,
                           const std::vector<RowId> &rows, std::vector<std::uint8_t> &touched)
{
    Column &column = data.columns[static_cast<std::size_t>(index)];
    prepare(column, from, tags, rows);
    const auto putWord = [](Chunk &chunk, std::size_t i, std::uint64_t word, bool had) {
        std::uint64_t &place = chunk.data<std::uint64_t>()[i];
        const bool changed = !had || place != word;
        place = word;
        return changed;
    };
    switch (column.type) {
    case Type::Empty: // everything that came is absent
        return false;
    case Type::Bool:
        return writeCells(index, from, rows, touched,
                          [](Chunk &chunk, std::size_t i, Tag, std::uint64_t payload, bool had) {
                              std::uint64_t &word = chunk.data<std::uint64_t>()[i / 64];
                              const std::uint64_t was = (word >> (i % 64)) & 1;
                              word = (word & ~(std::uint64_t{1} << (i % 64))) | (payload << (i % 64));
                              return !had || was != payload;
                          });
    case Type::Int:
    case Type::Time:
        return writeCells(index, from, rows, touched,
                          [&](Chunk &chunk, std::size_t i, Tag, std::uint64_t payload, bool had) {
                              return putWord(chunk, i, payload, had);
                          });
    case Type::Double:
        return writeCells(index, from, rows, touched,
                          [&](Chunk &chunk, std::size_t i, Tag tag, std::uint64_t payload, bool had) {
                              if (tag == Tag::Int)
                                  payload = std::bit_cast<std::uint64_t>(
                                      static_cast<double>(static_cast<std::int64_t>(payload)));
                              return putWord(chunk, i, payload, had);
                          });
    case Type::Version:
    case Type::Text:
        break;
    }
    std::vector<std::uint32_t> codes(from.hashes.size(), Dictionary::absent); // by the batch's codes
    return writeCells(index, from, rows, touched,
                      [&](Chunk &chunk, std::size_t i, Tag tag, std::uint64_t payload, bool had) {
                          std::uint32_t code = Dictionary::absent;
                          if (tag == Tag::Text) {
                              std::uint32_t &known = codes[payload];
                              if (known == Dictionary::absent)
                                  known =
                                      codeFor(column, from.texts.text(static_cast<std::uint32_t>(payload)),
                                              from.hashes[payload]);
                              code = known;
                          } else {
                              const std::string text = losslessText(valueOf(tag, payload, from.texts));
                              code = codeFor(column, text, hashText(text));
                          }
                          std::uint32_t &place = chunk.data<std::uint32_t>()[i];
                          const bool changed = !had || place != code;
                          place = code;
                          return changed;
                      });
}

} // namespace muster::table
