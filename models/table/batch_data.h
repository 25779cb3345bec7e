// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/columns.h"
#include "table/table.h"

namespace muster::table {

struct Batch::Private {
    static constexpr std::size_t pageRows = 64;

    struct Page {
        std::array<std::uint64_t, pageRows> payload;
        std::array<Tag, pageRows> tags;
    };

    struct Column {
        std::string name;
        unsigned tagMask = 0;        ///< bit per Tag that was set
        bool hasOverwritten = false; ///< a cell that had another Tag: it may be the last of its kind
        bool ordersAsNumbers = false;
        std::vector<std::unique_ptr<Page>> pages;
        Dictionary texts;
        std::vector<std::uint64_t> hashes; ///< of texts, by code
    };

    struct Row {
        StoredText key;
        std::uint64_t hash;
        bool append = false;
        bool wipe = false;   ///< what the table has of it goes, but for what is set here
        bool exists = true;  ///< false: it is only removed
        bool isDead = false; ///< a later row of this batch replaced it
    };

    std::vector<Row> rows;
    bool hasDropped = false; ///< cells of whole rows are no more
    Arena keys;
    HashIndex index;
    std::vector<std::unique_ptr<Column>> columns;
    HashIndex columnIndex;
    std::vector<Column *>
        lastOrder; ///< the columns that the last row's fields went to: the next row's are likely these

    std::uint32_t findRow(std::string_view key, std::uint64_t hash) const;
    std::uint32_t addRow(std::string_view key, std::uint64_t hash);
    Column *columnFor(std::string_view name);
    /// A bit per Tag that a cell of the batch has in the end.
    unsigned tagsOf(const Column &column) const;
    void setFields(std::uint32_t row, std::span<const protocol::Field> fields);
    void unset(std::uint32_t row);
    void set(std::uint32_t row, Column &column, const ValueView &value);
    void clear();
};

} // namespace muster::table
