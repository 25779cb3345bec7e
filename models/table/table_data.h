// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/batch_data.h"
#include "table/columns.h"
#include "table/compaction.h"
#include "table/rounds.h"
#include "table/table.h"

namespace muster::table {

struct Table::Private {
    Snapshot data;
    std::vector<Type> declared; ///< by column
    HashIndex columnIndex;
    HashIndex keyIndex;
    std::vector<RowId> freeRows;
    std::size_t deadKeyBytes = 0;
    std::shared_ptr<const Snapshot> picture; ///< of `data` as it is; none: let go of before anything changes
    Rounds *rounds = nullptr;                ///< while a batch is applied
    std::unique_ptr<Compaction> compaction;  ///< one at a time

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
    static bool beginsWithVersion(const Batch::Private::Column &from, const std::vector<RowId> &rows);
    void prepare(Column &column, const Batch::Private::Column &from, unsigned tags,
                 const std::vector<RowId> &rows);
    static std::uint32_t codeFor(Column &column, std::string_view text, std::uint64_t hash);
    /// `tags`: a bit per Tag that comes.
    bool merge(ColumnIndex index, const Batch::Private::Column &from, unsigned tags,
               const std::vector<RowId> &rows, std::vector<std::uint8_t> &touched);
    template <typename Put>
    bool writeCells(ColumnIndex index, const Batch::Private::Column &from, const std::vector<RowId> &rows,
                    std::vector<std::uint8_t> &touched, const Put &put);
    bool clearUnset(ColumnIndex index, const Batch::Private::Column *from, const std::vector<RowId> &rows,
                    const std::vector<std::uint32_t> &wiped, std::vector<std::uint8_t> &touched);
    static void clearCell(Column &column, Chunk &chunk, std::size_t i);
    void compact();
    void compactKeys();
};

} // namespace muster::table
