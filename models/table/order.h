// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/columns.h"
#include "table/view.h"

#include <span>
#include <string_view>
#include <vector>

namespace muster::table {

/// Total orders of texts: negative, 0 or positive.
int compareTexts(std::string_view left, std::string_view right, TextOrder order);

/// Each text's place among all: equal texts share one, and places leave no gap. Uses both cores.
/// False when cancelled.
bool rankTexts(std::span<const StoredText> texts, TextOrder order, std::uint32_t *ranks,
               const CancelFlag *cancel = nullptr);

/// Numbers that stand for a column's values in its order. Values without a place (absent, NaN) have none.
class OrderKeys {
public:
    /// `rows`: those that will be asked about, which matters for the key column. When cancelled it is not to
    /// be asked.
    OrderKeys(const Snapshot &snapshot, const Column &column, const RowList &rows,
              const CancelFlag *cancel = nullptr);
    const Column &column() const { return m_column; }
    /// False when the row's value has no place.
    bool key(RowId row, std::uint64_t &out) const;

    /// Calls take(i, key) for each row with a place, and skip(i) for the others, in order.
    template <typename Take, typename Skip>
    void forEach(const RowId *rows, std::size_t count, const Take &take, const Skip &skip) const;

    static std::uint64_t ofInteger(std::int64_t value)
    {
        return static_cast<std::uint64_t>(value) ^ (1ULL << 63);
    }
    static std::uint64_t ofDouble(double value);

private:
    const Column &m_column;
    Reader<std::int64_t> m_words; // Int, Time; Double by its bits
    Reader<std::uint32_t> m_codes;
    std::shared_ptr<const std::vector<std::uint32_t>> m_ranks; // by code; of the key column by row
};

/// Sorts rows by one column, keeping the order of equals; NaN and then absent come last, whichever the
/// direction. False when cancelled, and the rows are no longer what they were.
bool stableSort(const OrderKeys &order, bool descending, RowList &rows, const CancelFlag *cancel);

/// Whether a row stands before another by the given keys, then by row id.
class RowOrder {
public:
    RowOrder(const Snapshot &snapshot, const std::vector<SortKey> &keys);
    bool operator()(RowId left, RowId right) const;

private:
    struct Key {
        const Column *column;
        bool descending;
    };
    std::vector<Key> m_keys;
};

template <typename Take, typename Skip>
void OrderKeys::forEach(const RowId *rows, std::size_t count, const Take &take, const Skip &skip) const
{
    const auto each = [&](const auto &reader, const auto &convert) {
        for (std::size_t i = 0; i < count; ++i) {
            if (reader.has(rows[i]))
                take(i, convert(reader[rows[i]]));
            else
                skip(i);
        }
    };
    if (m_column.type == Type::Int || m_column.type == Type::Time) {
        each(m_words, ofInteger);
    } else if (m_ranks && !m_column.isKey) {
        each(m_codes, [ranks = m_ranks->data()](std::uint32_t code) { return std::uint64_t{ranks[code]}; });
    } else {
        for (std::size_t i = 0; i < count; ++i) {
            std::uint64_t value = 0;
            if (key(rows[i], value))
                take(i, value);
            else
                skip(i);
        }
    }
}

} // namespace muster::table
