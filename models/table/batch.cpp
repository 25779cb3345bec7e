// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/batch_data.h"

#include <bit>

namespace muster::table {

std::uint32_t Batch::Private::findRow(std::string_view key, std::uint64_t hash) const
{
    return index.find(hash,
                      [&](std::uint32_t row) { return !rows[row].isDead && textOf(rows[row].key) == key; });
}

std::uint32_t Batch::Private::addRow(std::string_view key, std::uint64_t hash)
{
    const auto row = static_cast<std::uint32_t>(rows.size());
    rows.push_back(Row{keys.store(key), hash});
    return row;
}

Batch::Private::Column *Batch::Private::columnFor(std::string_view name)
{
    const std::uint64_t hash = hashText(name);
    const std::uint32_t known =
        columnIndex.find(hash, [&](std::uint32_t i) { return columns[i]->name == name; });
    if (known != HashIndex::none)
        return columns[known].get();
    if (columns.size() >= maxColumns)
        return nullptr;
    columnIndex.insert(hash, static_cast<std::uint32_t>(columns.size()));
    columns.push_back(std::make_unique<Column>());
    columns.back()->name = name;
    return columns.back().get();
}

void Batch::Private::set(std::uint32_t row, Column &column, const ValueView &value)
{
    const std::size_t pageIndex = row / pageRows;
    if (pageIndex >= column.pages.size())
        column.pages.resize(pageIndex + 1);
    auto &page = column.pages[pageIndex];
    if (!page) {
        page = std::make_unique<Page>();
        page->tags.fill(Tag::Unset);
    }
    Tag tag = Tag::Absent;
    std::uint64_t payload = 0;
    if (const auto *text = std::get_if<std::string_view>(&value)) {
        tag = Tag::Text;
        const std::uint64_t hash = hashText(*text);
        const std::uint32_t code = column.texts.codeFor(*text, hash);
        if (code >= column.hashes.size()) {
            column.hashes.resize(code + 1);
            column.hashes[code] = hash;
        }
        payload = code;
    } else if (const auto *integer = std::get_if<std::int64_t>(&value)) {
        tag = Tag::Int;
        payload = static_cast<std::uint64_t>(*integer);
    } else if (const auto *number = std::get_if<double>(&value)) {
        tag = Tag::Double;
        payload = std::bit_cast<std::uint64_t>(*number);
    } else if (const auto *flag = std::get_if<bool>(&value)) {
        tag = Tag::Bool;
        payload = *flag ? 1 : 0;
    } else if (const auto *time = std::get_if<UtcTime>(&value)) {
        tag = Tag::Time;
        payload = static_cast<std::uint64_t>(time->micros);
    }
    Tag &place = page->tags[row % pageRows];
    column.hasOverwritten = column.hasOverwritten || (place != Tag::Unset && place != tag);
    column.tagMask |= 1U << static_cast<unsigned>(tag);
    place = tag;
    page->payload[row % pageRows] = payload;
}

void Batch::Private::setFields(std::uint32_t row, std::span<const protocol::Field> fields)
{
    for (std::size_t i = 0; i < fields.size(); ++i) {
        Column *column = i < lastOrder.size() ? lastOrder[i] : nullptr;
        if (!column || column->name != fields[i].name) {
            column = columnFor(fields[i].name);
            if (i >= lastOrder.size())
                lastOrder.resize(i + 1);
            lastOrder[i] = column;
        }
        if (column)
            set(row, *column, fields[i].value);
    }
}

unsigned Batch::Private::tagsOf(const Column &column) const
{
    if (!column.hasOverwritten && !hasDropped)
        return column.tagMask;
    unsigned mask = 0;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const std::size_t page = row / pageRows;
        if (page >= column.pages.size())
            break;
        const Tag tag = column.pages[page] ? column.pages[page]->tags[row % pageRows] : Tag::Unset;
        if (tag != Tag::Unset && !rows[row].isDead)
            mask |= 1U << static_cast<unsigned>(tag);
    }
    return mask;
}

void Batch::Private::unset(std::uint32_t row)
{
    hasDropped = true;
    for (const auto &column : columns) {
        if (row / pageRows < column->pages.size() && column->pages[row / pageRows])
            column->pages[row / pageRows]->tags[row % pageRows] = Tag::Unset;
    }
}

void Batch::Private::clear()
{
    constexpr std::size_t pagesToKeep = 256;
    rows.clear();
    hasDropped = false;
    keys.clear();
    index.clear();
    for (const auto &column : columns) {
        if (column->pages.size() > pagesToKeep)
            column->pages.resize(pagesToKeep);
        for (const auto &page : column->pages) {
            if (page)
                page->tags.fill(Tag::Unset);
        }
        column->texts.clear();
        column->hashes.clear();
        column->tagMask = 0;
        column->hasOverwritten = false;
        column->ordersAsNumbers = false;
    }
}

Batch::Batch() : d(std::make_unique<Private>()) {}
Batch::~Batch() = default;
Batch::Batch(Batch &&) noexcept = default;
Batch &Batch::operator=(Batch &&) noexcept = default;

void Batch::upsert(std::string_view key, std::span<const protocol::Field> fields)
{
    const std::uint64_t hash = hashText(key);
    std::uint32_t row = d->findRow(key, hash);
    if (row == HashIndex::none) {
        row = d->addRow(key, hash);
        d->index.insert(hash, row);
    }
    d->rows[row].exists = true;
    d->setFields(row, fields);
}

void Batch::set(std::string_view key, std::string_view column, const ValueView &value)
{
    const protocol::Field field{column, value};
    upsert(key, {&field, 1});
}

void Batch::append(std::string_view key, std::span<const protocol::Field> fields)
{
    const std::uint32_t row = d->addRow(key, hashText(key));
    d->rows[row].append = true;
    d->setFields(row, fields);
}

void Batch::replace(std::string_view key, std::span<const protocol::Field> fields)
{
    const std::uint64_t hash = hashText(key);
    std::uint32_t row = d->findRow(key, hash);
    if (row == HashIndex::none) {
        row = d->addRow(key, hash);
        d->index.insert(hash, row);
    } else {
        d->unset(row);
    }
    d->rows[row].wipe = true;
    d->rows[row].exists = true;
    d->setFields(row, fields);
}

void Batch::remove(std::string_view key)
{
    const std::uint64_t hash = hashText(key);
    const std::uint32_t known = d->findRow(key, hash);
    if (known != HashIndex::none) {
        if (!d->rows[known].exists)
            return;
        d->rows[known].isDead = true;
        d->hasDropped = true;
        d->index.erase(hash, known);
    }
    const std::uint32_t row = d->addRow(key, hash);
    d->index.insert(hash, row);
    d->rows[row].wipe = true;
    d->rows[row].exists = false;
}

void Batch::orderAsNumbers(std::string_view column)
{
    if (Private::Column *known = d->columnFor(column))
        known->ordersAsNumbers = true;
}

bool Batch::isEmpty() const
{
    return d->rows.empty();
}

std::size_t Batch::rowCount() const
{
    return d->rows.size();
}

void Batch::clear()
{
    d->clear();
}

} // namespace muster::table
