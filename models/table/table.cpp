// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/table.h"

#include "table/parallel.h"
#include "table/table_data.h"

#include <algorithm>

namespace muster::table {

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
        if (column.has(row))
            clearCell(column, *column.writable(row), i);
    }
}

void Table::Private::compact()
{
    if (compaction && compaction->isDone()) {
        compaction->finish(data.columns[static_cast<std::size_t>(compaction->column())]);
        compaction.reset();
    }
    for (std::size_t i = 1; !compaction && i < data.columns.size(); ++i) {
        if (Compaction::isDue(data.columns[i]))
            compaction = Compaction::start(data.columns[i], static_cast<ColumnIndex>(i));
    }
    constexpr std::size_t bytesWorthIt = std::size_t{64} * 1024;
    if (deadKeyBytes > bytesWorthIt && deadKeyBytes > keys().keys->memoryBytes() / 2)
        compactKeys();
}

void Table::Private::compactKeys()
{
    Column &column = keys();
    const std::size_t parts = workerCount(column.chunks.size() * chunkRows);
    std::vector<Arena> arenas(parts);
    inParallel(parts, [&](std::size_t part) {
        arenas[part].reserve((keys().keys->memoryBytes() - deadKeyBytes) / parts);
        const std::size_t end = partBegin(column.chunks.size(), part + 1, parts);
        for (std::size_t c = partBegin(column.chunks.size(), part, parts); c < end; ++c) {
            Chunk *chunk = column.writable(static_cast<RowId>(c << chunkBits));
            for (std::size_t i = 0; i < chunkRows; ++i) {
                StoredText &text = chunk->data<StoredText>()[i];
                if (chunk->has(i))
                    text = arenas[part].store(textOf(text));
            }
        }
    });
    auto arena = std::make_shared<Arena>();
    for (Arena &part : arenas)
        arena->absorb(std::move(part));
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

Change Table::apply(Batch &batch, Rounds *rounds)
{
    Change change;
    d->picture.reset();
    d->rounds = rounds;
    Batch::Private &from = *batch.d;
    const RowId oldLimit = d->data.rowLimit;
    std::vector<RowId> rows(from.rows.size(), noRow);
    std::vector<std::uint8_t> touched(from.rows.size(), 0);
    std::vector<std::uint32_t> wiped; // places in the batch of rows that are replaced
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
                if (rounds)
                    rounds->forget(rows[i]);
                rows[i] = noRow;
            } else {
                wiped.push_back(static_cast<std::uint32_t>(i));
            }
        }
        if (rows[i] == noRow && row.exists) {
            rows[i] = d->newRow(key, row.hash);
            if (rows[i] < oldLimit)
                change.reused.push_back(rows[i]);
            if (rounds)
                rounds->noteNew(rows[i]);
            rowsMoved = true;
        }
    }
    if (d->data.rowLimit > oldLimit)
        change.firstNew = oldLimit;
    std::sort(change.reused.begin(), change.reused.end());
    std::sort(change.removed.begin(), change.removed.end());

    struct Source {
        const Batch::Private::Column *column = nullptr;
        unsigned tags = 0;
    };
    std::vector<Source> sources; // by the table's columns
    for (const auto &column : from.columns) {
        const unsigned tags = from.tagsOf(*column);
        if (tags == 0)
            continue;
        ColumnIndex index = d->column(column->name);
        if (index < 0) {
            index = d->addColumn(column->name, Type::Empty);
            change.newColumns = change.newColumns || index >= 0;
        }
        if (index <= 0) // past maxColumns, or the key, which is not a value
            continue;
        sources.resize(d->data.columns.size());
        sources[static_cast<std::size_t>(index)] = {column.get(), tags};
    }
    sources.resize(d->data.columns.size());
    for (ColumnIndex i = 1; i < static_cast<ColumnIndex>(sources.size()); ++i) {
        const auto [source, tags] = sources[static_cast<std::size_t>(i)];
        const bool cleared = !wiped.empty() && d->clearUnset(i, source, rows, wiped, touched);
        if (!source && !cleared)
            continue;
        const Column &column = d->data.columns[static_cast<std::size_t>(i)];
        const Type type = column.type;
        const TextOrder order = column.order;
        const bool merged = source && d->merge(i, *source, tags, rows, touched);
        const bool isRetyped =
            type != Type::Empty && isTextual(column.type) && (!isTextual(type) || order != column.order);
        if (isRetyped)
            change.retyped.push_back(i);
        if (merged || cleared || isRetyped)
            change.columns.push_back(i);
    }
    if (rowsMoved)
        change.columns.insert(change.columns.begin(), 0);
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
    d->rounds = nullptr;
    from.clear();
    return change;
}

void Table::clear()
{
    d->picture.reset();
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
    if (const ColumnIndex index = d->column(name); index >= 0)
        return index;
    d->picture.reset();
    return d->addColumn(name, type);
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
    d->picture.reset();
    Batch::Private::Column from;
    Batch::Private batch;
    batch.set(0, from, value);
    std::vector<std::uint8_t> touched(1);
    d->merge(column, from, from.tagMask, {row}, touched);
}

std::shared_ptr<const Snapshot> Table::snapshot() const
{
    if (!d->picture)
        d->picture = std::make_shared<Snapshot>(d->data);
    return d->picture;
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
