// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/protocol/messages.h"
#include "core/value.h"
#include "table/large_vector.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace muster::table {

/// The type of a column. It starts as the type of the first value and widens without loss as others arrive:
/// Int to Double, Version to Text, anything to Text. Absent is a state of every cell, not a type.
enum class Type { Empty, Bool, Int, Double, Time, Version, Text };

/// Stable for the life of a row; a removed row's id may serve a later one.
using RowId = std::uint32_t;
constexpr RowId noRow = ~RowId{0};
using RowList = LargeVector<RowId>; ///< for as many as a table has; not zeroed when it grows
using ColumnIndex = int;            ///< order of discovery; -1: no such column

/// Rows made on another thread, typed and dictionary-encoded there, for Table::apply. Several writes to one
/// key within a batch become one row: the latest value of each field wins. One that was moved from can only
/// be assigned to or destroyed.
class Batch {
public:
    Batch();
    ~Batch();
    Batch(Batch &&) noexcept;
    Batch &operator=(Batch &&) noexcept;

    /// Sets the fields given (monostate makes one absent); the row's other fields stay.
    void upsert(std::string_view key, std::span<const protocol::Field> fields);
    void set(std::string_view key, std::string_view column, const ValueView &value);
    /// A row that is known to be new (a query's answers): no look-up on either side.
    void append(std::string_view key, std::span<const protocol::Field> fields);
    /// Sets the fields given and makes all others of the row absent. A row that is there keeps its id, and
    /// cells that stay equal are no change; a row that is not is made.
    void replace(std::string_view key, std::span<const protocol::Field> fields);
    void remove(std::string_view key);
    /// The column's texts came about by numbers, and stand in their order (rows that were kept on disk).
    void orderAsNumbers(std::string_view column);

    bool isEmpty() const;
    std::size_t rowCount() const;
    void clear(); ///< keeps its memory

private:
    friend class Table;
    struct Private;
    std::unique_ptr<Private> d;
};

/// What a batch did, for the views to follow with little work.
struct Change {
    RowId firstNew = noRow;           ///< rows from here to the end are new
    std::vector<RowId> reused;        ///< new rows under the ids of rows removed earlier, ascending
    std::vector<RowId> changed;       ///< existing rows with new values, ascending
    std::vector<RowId> removed;       ///< ascending
    std::vector<ColumnIndex> columns; ///< whose values changed
    /// Of `columns`, those whose other values now compare otherwise too: they became texts, or their texts
    /// stand in another order. What was sorted or filtered by one is to be evaluated anew.
    std::vector<ColumnIndex> retyped;
    bool newColumns = false;
};

/// An immutable picture of a table, cheap to take (chunks are shared, copied on write; the same until
/// something changes): for filters, sorts and exports on other threads while the table goes on.
class Snapshot;
class Rounds;

/// Typed columns in chunks. One thread at a time (the GUI's, under an item model). Not a QObject, holds no
/// QVariant.
class Table {
public:
    /// `keyColumn` names the column that shows the row's key ("device").
    explicit Table(std::string_view keyColumn);
    ~Table();
    Table(Table &&) noexcept;
    Table &operator=(Table &&) noexcept;

    /// Takes the batch's rows, leaves it empty. `rounds` is told which cells changed, when a watch keeps
    /// them.
    Change apply(Batch &batch, Rounds *rounds = nullptr);
    void clear(); ///< rows; columns stay, with the types they were made with

    std::size_t rowCount() const; ///< live rows
    std::size_t rowLimit() const; ///< ids are below this; some may be of removed rows
    bool isLive(RowId row) const;
    RowId find(std::string_view key) const;
    std::string_view key(RowId row) const;

    int columnCount() const;
    ColumnIndex column(std::string_view name) const;
    const std::string &columnName(ColumnIndex column) const;
    Type columnType(ColumnIndex column) const;
    /// Makes the column when it is not there: for columns that should stand before any row has them.
    ColumnIndex ensureColumn(std::string_view name, Type type = Type::Empty);

    ValueView cell(RowId row, ColumnIndex column) const; ///< valid until the next apply()
    void setCell(RowId row, ColumnIndex column, const ValueView &value);

    std::shared_ptr<const Snapshot> snapshot() const; ///< kept: like all here, one thread at a time
    std::size_t memoryBytes() const;                  ///< columns, dictionaries and the key index

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace muster::table
