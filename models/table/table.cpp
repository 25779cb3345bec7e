// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/table.h"

#include "core/filter/expression.h"
#include "table/batch_data.h"
#include "table/columns.h"

#include <algorithm>
#include <bit>

namespace muster::table {

namespace {

constexpr std::int64_t largestExact = std::int64_t{1} << 53; // every integer up to here is a double

/// Times to the microsecond: toText() stops at milliseconds, and widening must not lose any.
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

struct Table::Private {
    Snapshot data;
    std::vector<Type> declared; ///< by column
    HashIndex columnIndex;
    HashIndex keyIndex;
    std::vector<RowId> freeRows;
    std::size_t deadKeyBytes = 0;

    Column &keys() { return data.columns.front(); }
    StoredText keyOf(RowId row) const
    {
        return data.columns.front().chunkOf(row)->data<StoredText>()[row % chunkRows];
    }
    RowId find(std::string_view key, std::uint64_t hash) const
    {
        return keyIndex.find(hash, [&](std::uint32_t row) { return textOf(keyOf(row)) == key; });
    }

    ColumnIndex column(std::string_view name) const
    {
        const std::uint32_t index =
            columnIndex.find(hashText(name), [&](std::uint32_t i) { return data.columns[i].name == name; });
        return index == HashIndex::none ? -1 : static_cast<ColumnIndex>(index);
    }
    ColumnIndex addColumn(std::string_view name, Type type);

    RowId newRow(std::string_view key, std::uint64_t hash);
    void dropRow(RowId row, std::uint64_t hash);
    void clearCells(RowId row);

    static bool hasValues(const Column &column);
    static void adopt(Column &column, Type type);
    static void convertToDouble(Column &column);
    static void convertToText(Column &column);
    void prepare(Column &column, const Batch::Private::Column &from);
    static std::uint32_t codeFor(Column &column, std::string_view text, std::uint64_t hash);
    bool merge(Column &column, const Batch::Private::Column &from, const std::vector<RowId> &rows,
               std::vector<std::uint8_t> &touched);
    template <typename Put>
    static bool writeCells(Column &column, const Batch::Private::Column &from, const std::vector<RowId> &rows,
                           std::vector<std::uint8_t> &touched, const Put &put);
    void compact();
    static void compactTexts(Column &column);
    void compactKeys();
};

ColumnIndex Table::Private::addColumn(std::string_view name, Type type)
{
    if (data.columns.size() >= maxColumns)
        return -1;
    const auto index = static_cast<ColumnIndex>(data.columns.size());
    columnIndex.insert(hashText(name), static_cast<std::uint32_t>(index));
    Column column;
    column.name = name;
    adopt(column, type);
    data.columns.push_back(std::move(column));
    declared.push_back(type);
    return index;
}

RowId Table::Private::newRow(std::string_view key, std::uint64_t hash)
{
    RowId row = data.rowLimit;
    if (freeRows.empty()) {
        ++data.rowLimit;
    } else {
        row = freeRows.back();
        freeRows.pop_back();
    }
    Column &column = keys();
    Chunk *chunk = column.writable(row);
    const std::size_t i = row % chunkRows;
    chunk->data<StoredText>()[i] = column.keys->store(key);
    chunk->valid[i / 64] |= std::uint64_t{1} << (i % 64);
    keyIndex.insert(hash, row);
    ++data.rowCount;
    return row;
}

/// Its cells stay until the batch is merged; see clearCells.
void Table::Private::dropRow(RowId row, std::uint64_t hash)
{
    deadKeyBytes += textOf(keyOf(row)).size() + sizeof(std::uint32_t);
    keyIndex.erase(hash, row);
    const std::size_t i = row % chunkRows;
    keys().writable(row)->valid[i / 64] &= ~(std::uint64_t{1} << (i % 64));
    --data.rowCount;
}

void Table::Private::clearCells(RowId row)
{
    const std::size_t i = row % chunkRows;
    for (std::size_t c = 1; c < data.columns.size(); ++c) {
        Column &column = data.columns[c];
        if (!column.has(row))
            continue;
        Chunk *chunk = column.writable(row);
        chunk->valid[i / 64] &= ~(std::uint64_t{1} << (i % 64));
        if (isTextual(column.type))
            chunk->data<std::uint32_t>()[i] = Dictionary::absent;
    }
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
    column.smartOrder = false;
    column.codeLimit = 1;
    if (isTextual(type))
        column.dictionary = std::make_shared<Dictionary>();
    else
        column.dictionary.reset();
}

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
    texts.smartOrder = column.type == Type::Int || column.type == Type::Double;
    for (std::size_t c = 0; c < column.chunks.size(); ++c) {
        const Chunk *old = column.chunk(c);
        if (!old)
            continue;
        const auto first = static_cast<RowId>(c << chunkBits);
        Chunk *made = texts.writable(first);
        made->valid = old->valid;
        for (std::size_t i = 0; i < chunkRows; ++i) {
            if (!old->has(i))
                continue;
            const std::string text = losslessText(column.cell(first + static_cast<RowId>(i)));
            made->data<std::uint32_t>()[i] = texts.dictionary->codeFor(text, hashText(text));
        }
    }
    texts.codeLimit = texts.dictionary->codeLimit();
    column = std::move(texts);
}

std::uint32_t Table::Private::codeFor(Column &column, std::string_view text, std::uint64_t hash)
{
    const std::uint32_t code = column.dictionary->codeFor(text, hash);
    if (code >= column.codeLimit) {
        column.codeLimit = code + 1;
        const bool isVersion = filter::isVersion(text);
        if (column.type == Type::Version && !isVersion) {
            column.smartOrder = code > 1;
            column.type = Type::Text;
        } else if (column.type == Type::Text && isVersion) {
            column.smartOrder = true;
        }
    }
    return code;
}

/// Gives the column a type that holds both what it has and what is coming.
void Table::Private::prepare(Column &column, const Batch::Private::Column &from)
{
    Type coming = Type::Empty;
    for (const Tag tag : {Tag::Bool, Tag::Int, Tag::Double, Tag::Time, Tag::Text}) {
        if (from.tagMask & (1U << static_cast<unsigned>(tag)))
            coming = join(coming, typeOf(tag));
    }
    if (coming == Type::Empty)
        return;
    const bool numbersAndMore =
        coming == Type::Text && (from.tagMask & ((1U << static_cast<unsigned>(Tag::Int)) |
                                                 (1U << static_cast<unsigned>(Tag::Double))));

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
    if (column.type == Type::Double && (from.tagMask & (1U << static_cast<unsigned>(Tag::Int)))) {
        for (const auto &page : from.pages) {
            for (std::size_t i = 0; page && i < Batch::Private::pageRows; ++i) {
                if (page->tags[i] == Tag::Int && !isExact(static_cast<std::int64_t>(page->payload[i]))) {
                    convertToText(column);
                    return;
                }
            }
        }
    }
    if (isTextual(column.type)) {
        const bool notText = (from.tagMask & ~((1U << static_cast<unsigned>(Tag::Text)) |
                                               (1U << static_cast<unsigned>(Tag::Absent)))) != 0;
        if (notText)
            column.type = Type::Text;
        column.smartOrder =
            column.smartOrder || numbersAndMore || coming == Type::Int || coming == Type::Double;
    }
}

template <typename Put>
bool Table::Private::writeCells(Column &column, const Batch::Private::Column &from,
                                const std::vector<RowId> &rows, std::vector<std::uint8_t> &touched,
                                const Put &put)
{
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
            bool changed = false;
            if (tag == Tag::Absent) {
                cached->valid[i / 64] &= ~bit;
                if (isTextual(column.type))
                    cached->data<std::uint32_t>()[i] = Dictionary::absent;
                changed = true;
            } else {
                const bool had = (cached->valid[i / 64] & bit) != 0;
                changed = put(*cached, i, tag, page->payload[k], had);
                cached->valid[i / 64] |= bit;
            }
            touched[first + k] |= static_cast<std::uint8_t>(changed);
            any = any || changed;
        }
    }
    return any;
}

bool Table::Private::merge(Column &column, const Batch::Private::Column &from, const std::vector<RowId> &rows,
                           std::vector<std::uint8_t> &touched)
{
    prepare(column, from);
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
        return writeCells(column, from, rows, touched,
                          [](Chunk &chunk, std::size_t i, Tag, std::uint64_t payload, bool had) {
                              std::uint64_t &word = chunk.data<std::uint64_t>()[i / 64];
                              const std::uint64_t was = (word >> (i % 64)) & 1;
                              word = (word & ~(std::uint64_t{1} << (i % 64))) | (payload << (i % 64));
                              return !had || was != payload;
                          });
    case Type::Int:
    case Type::Time:
        return writeCells(column, from, rows, touched,
                          [&](Chunk &chunk, std::size_t i, Tag, std::uint64_t payload, bool had) {
                              return putWord(chunk, i, payload, had);
                          });
    case Type::Double:
        return writeCells(column, from, rows, touched,
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
    return writeCells(column, from, rows, touched,
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

/// Texts that no cell shows any more go once they are most of a dictionary.
void Table::Private::compact()
{
    constexpr std::size_t worthIt = 4096;
    for (Column &column : data.columns) {
        if (isTextual(column.type) && !column.isKey && column.codeLimit > worthIt &&
            column.codeLimit > 2 * data.rowCount)
            compactTexts(column);
    }
    constexpr std::size_t bytesWorthIt = std::size_t{64} * 1024;
    if (deadKeyBytes > bytesWorthIt && deadKeyBytes > keys().keys->memoryBytes() / 2)
        compactKeys();
}

void Table::Private::compactTexts(Column &column)
{
    auto dictionary = std::make_shared<Dictionary>();
    std::vector<std::uint32_t> codes(column.codeLimit, Dictionary::absent);
    for (std::size_t c = 0; c < column.chunks.size(); ++c) {
        if (!column.chunks[c])
            continue;
        auto *cells = column.writable(static_cast<RowId>(c << chunkBits))->data<std::uint32_t>();
        for (std::size_t i = 0; i < chunkRows; ++i) {
            if (cells[i] == Dictionary::absent)
                continue;
            std::uint32_t &code = codes[cells[i]];
            if (code == Dictionary::absent) {
                const std::string_view text = column.dictionary->text(cells[i]);
                code = dictionary->codeFor(text, hashText(text));
            }
            cells[i] = code;
        }
    }
    column.dictionary = std::move(dictionary);
    column.codeLimit = column.dictionary->codeLimit();
}

void Table::Private::compactKeys()
{
    auto arena = std::make_shared<Arena>();
    Column &column = keys();
    for (std::size_t c = 0; c < column.chunks.size(); ++c) {
        Chunk *chunk = column.writable(static_cast<RowId>(c << chunkBits));
        for (std::size_t i = 0; i < chunkRows; ++i) {
            if (chunk->has(i))
                chunk->data<StoredText>()[i] = arena->store(textOf(chunk->data<StoredText>()[i]));
        }
    }
    column.keys = std::move(arena);
    deadKeyBytes = 0;
}

Table::Table(std::string_view keyColumn) : d(std::make_unique<Private>())
{
    d->addColumn(keyColumn, Type::Empty);
    d->keys().type = Type::Text;
    d->keys().isKey = true;
    d->keys().keys = std::make_shared<Arena>();
}

Table::~Table() = default;
Table::Table(Table &&) noexcept = default;
Table &Table::operator=(Table &&) noexcept = default;

Change Table::apply(Batch &batch)
{
    Change change;
    Batch::Private &from = *batch.d;
    const RowId oldLimit = d->data.rowLimit;
    std::vector<RowId> rows(from.rows.size(), noRow);
    std::vector<std::uint8_t> touched(from.rows.size(), 0);
    std::vector<RowId> wiped;
    bool rowsMoved = false;

    for (std::size_t i = 0; i < from.rows.size(); ++i) {
        constexpr std::size_t ahead = 8;
        if (i + ahead < from.rows.size())
            d->keyIndex.prefetch(from.rows[i + ahead].hash);
        const Batch::Private::Row &row = from.rows[i];
        if (row.isDead)
            continue;
        const std::string_view key = textOf(row.key);
        if (!row.append)
            rows[i] = d->find(key, row.hash);
        if (row.wipe && rows[i] != noRow) {
            if (!row.exists) {
                d->dropRow(rows[i], row.hash);
                change.removed.push_back(rows[i]);
                rows[i] = noRow;
            } else {
                d->clearCells(rows[i]);
                touched[i] = 1;
                wiped.push_back(rows[i]);
            }
        }
        if (rows[i] == noRow && row.exists) {
            rows[i] = d->newRow(key, row.hash);
            if (rows[i] < oldLimit)
                change.reused.push_back(rows[i]);
            rowsMoved = true;
        }
    }
    if (d->data.rowLimit > oldLimit)
        change.firstNew = oldLimit;
    std::sort(change.reused.begin(), change.reused.end());
    std::sort(change.removed.begin(), change.removed.end());

    for (const auto &column : from.columns) {
        if (column->tagMask == 0)
            continue;
        ColumnIndex index = d->column(column->name);
        if (index < 0) {
            index = d->addColumn(column->name, Type::Empty);
            change.newColumns = change.newColumns || index >= 0;
        }
        if (index <= 0) // past maxColumns, or the key, which is not a value
            continue;
        if (d->merge(d->data.columns[static_cast<std::size_t>(index)], *column, rows, touched))
            change.columns.push_back(index);
    }
    if (!wiped.empty()) {
        change.columns.clear();
        for (ColumnIndex i = 1; i < static_cast<ColumnIndex>(d->data.columns.size()); ++i)
            change.columns.push_back(i);
    }
    if (rowsMoved)
        change.columns.insert(change.columns.begin(), 0);
    std::sort(change.columns.begin(), change.columns.end());

    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (touched[i] && rows[i] < oldLimit &&
            !std::binary_search(change.reused.begin(), change.reused.end(), rows[i]) &&
            !std::binary_search(change.removed.begin(), change.removed.end(), rows[i]))
            change.changed.push_back(rows[i]);
    }
    std::sort(change.changed.begin(), change.changed.end());
    change.changed.erase(std::unique(change.changed.begin(), change.changed.end()), change.changed.end());
    for (const RowId row : change.removed) {
        d->clearCells(row);
        d->freeRows.push_back(row);
    }
    d->compact();
    from.clear();
    return change;
}

void Table::clear()
{
    d->keyIndex = HashIndex();
    d->freeRows.clear();
    d->deadKeyBytes = 0;
    d->data.rowLimit = 0;
    d->data.rowCount = 0;
    d->keys().chunks.clear();
    d->keys().keys = std::make_shared<Arena>();
    for (std::size_t i = 1; i < d->data.columns.size(); ++i)
        Private::adopt(d->data.columns[i], d->declared[i]);
}

std::size_t Table::rowCount() const
{
    return d->data.rowCount;
}

std::size_t Table::rowLimit() const
{
    return d->data.rowLimit;
}

bool Table::isLive(RowId row) const
{
    return d->data.isLive(row);
}

RowId Table::find(std::string_view key) const
{
    return d->find(key, hashText(key));
}

std::string_view Table::key(RowId row) const
{
    return isLive(row) ? textOf(d->keyOf(row)) : std::string_view();
}

int Table::columnCount() const
{
    return static_cast<int>(d->data.columns.size());
}

ColumnIndex Table::column(std::string_view name) const
{
    return d->column(name);
}

const std::string &Table::columnName(ColumnIndex column) const
{
    return d->data.columns[static_cast<std::size_t>(column)].name;
}

Type Table::columnType(ColumnIndex column) const
{
    return d->data.columns[static_cast<std::size_t>(column)].type;
}

ColumnIndex Table::ensureColumn(std::string_view name, Type type)
{
    const ColumnIndex index = d->column(name);
    return index >= 0 ? index : d->addColumn(name, type);
}

ValueView Table::cell(RowId row, ColumnIndex column) const
{
    if (column < 0 || column >= columnCount())
        return {};
    return d->data.columns[static_cast<std::size_t>(column)].cell(row);
}

void Table::setCell(RowId row, ColumnIndex column, const ValueView &value)
{
    if (column <= 0 || column >= columnCount() || !isLive(row))
        return;
    Batch::Private::Column from;
    Batch::Private batch;
    batch.set(0, from, value);
    std::vector<std::uint8_t> touched(1);
    d->merge(d->data.columns[static_cast<std::size_t>(column)], from, {row}, touched);
}

std::shared_ptr<const Snapshot> Table::snapshot() const
{
    return std::make_shared<Snapshot>(d->data);
}

std::size_t Table::memoryBytes() const
{
    std::size_t bytes = sizeof(Private) + d->keyIndex.memoryBytes() + d->columnIndex.memoryBytes() +
                        d->freeRows.capacity() * sizeof(RowId);
    for (const Column &column : d->data.columns)
        bytes += column.memoryBytes();
    return bytes;
}

} // namespace muster::table
