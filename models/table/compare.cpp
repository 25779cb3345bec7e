// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/compare.h"

#include "table/columns.h"
#include "table/order.h"
#include "table/parallel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace muster::table {

namespace {

bool sameNumber(double a, double b)
{
    return a == b || (std::isnan(a) && std::isnan(b));
}

bool sameNumber(std::int64_t a, double b)
{
    constexpr double limit = 9223372036854775808.0; // the first that is no int64 any more
    return b >= -limit && b < limit && static_cast<std::int64_t>(b) == a && std::trunc(b) == b;
}

bool isSame(const ValueView &a, const ValueView &b)
{
    if (a.index() == b.index()) {
        const auto *number = std::get_if<double>(&a);
        return number ? sameNumber(*number, std::get<double>(b)) : a == b;
    }
    if (std::holds_alternative<std::monostate>(a) || std::holds_alternative<std::monostate>(b))
        return false;
    if (const auto *integer = std::get_if<std::int64_t>(&a); integer && std::holds_alternative<double>(b))
        return sameNumber(*integer, std::get<double>(b));
    if (const auto *integer = std::get_if<std::int64_t>(&b); integer && std::holds_alternative<double>(a))
        return sameNumber(*integer, std::get<double>(a));
    return losslessText(a) == losslessText(b);
}

/// The row of each side that has the same key.
struct Pair {
    RowId before, after;
};

/// One column on both sides; null where a side has none of the name.
struct Field {
    std::string name;
    const Column *before, *after;

    ValueView beforeCell(const Pair &pair) const { return before ? before->cell(pair.before) : ValueView(); }
    ValueView afterCell(const Pair &pair) const { return after ? after->cell(pair.after) : ValueView(); }
    bool differs(const Pair &pair) const { return !isSame(beforeCell(pair), afterCell(pair)); }
};

StoredText keyOf(const Snapshot &snapshot, RowId row)
{
    return snapshot.columns.front().chunkOf(row)->data<StoredText>()[row % chunkRows];
}

struct Matches {
    std::vector<Pair> pairs;
    std::vector<RowId> gone, added;
};

/// Two runs over one fleet have most devices in the same order: a row's counterpart is looked for behind the
/// counterpart of the row before it, and by its hash only when it is not there.
Matches match(const Snapshot &before, const View &beforeRows, const Snapshot &after, const View &afterRows,
              const CancelFlag *cancel)
{
    constexpr std::size_t checkEvery = 65536;
    Matches found;
    found.pairs.reserve(std::min(beforeRows.rows.size(), afterRows.rows.size()));
    std::vector<bool> isTaken(afterRows.rows.size());
    HashIndex index; // of places in afterRows
    bool isIndexed = false;
    std::size_t next = 0;
    for (std::size_t i = 0; i < beforeRows.rows.size(); ++i) {
        if (i % checkEvery == 0 && isCancelled(cancel))
            return {};
        const RowId row = beforeRows.rows[i];
        const std::string_view key = textOf(keyOf(before, row));
        std::size_t place = next;
        if (place >= afterRows.rows.size() || textOf(keyOf(after, afterRows.rows[place])) != key) {
            if (!isIndexed) {
                for (std::size_t k = 0; k < afterRows.rows.size(); ++k)
                    index.insert(hashText(textOf(keyOf(after, afterRows.rows[k]))),
                                 static_cast<std::uint32_t>(k));
                isIndexed = true;
            }
            const std::uint32_t held = index.find(hashText(key), [&](std::uint32_t k) {
                return textOf(keyOf(after, afterRows.rows[k])) == key;
            });
            if (held == HashIndex::none) {
                found.gone.push_back(row);
                continue;
            }
            place = held;
        }
        isTaken[place] = true;
        found.pairs.push_back({row, afterRows.rows[place]});
        next = place + 1;
    }
    for (std::size_t k = 0; k < isTaken.size(); ++k) {
        if (!isTaken[k])
            found.added.push_back(afterRows.rows[k]);
    }
    return found;
}

/// Adds one to the count of each pair that differs in a field.
class Counter {
public:
    Counter(const std::vector<Pair> &pairs, std::vector<std::uint16_t> &counts, std::size_t chunksBefore,
            std::size_t chunksAfter)
        : m_pairs(pairs),
          m_counts(counts),
          m_chunksBefore(chunksBefore),
          m_chunksAfter(chunksAfter)
    {
    }

    void add(const Field &field, std::size_t begin, std::size_t end) const
    {
        if (!field.before && !field.after)
            return;
        if (field.before && field.after) {
            const Type type = field.before->type;
            if (type == field.after->type && (type == Type::Int || type == Type::Time)) {
                each<std::int64_t>(field, begin, end, [](std::int64_t a, std::int64_t b) { return a == b; });
                return;
            }
            if (type == field.after->type && type == Type::Double) {
                each<double>(field, begin, end, [](double a, double b) { return sameNumber(a, b); });
                return;
            }
            if (isTextual(type) && isTextual(field.after->type)) {
                addTexts(field, begin, end);
                return;
            }
        }
        for (std::size_t i = begin; i < end; ++i)
            m_counts[i] = static_cast<std::uint16_t>(m_counts[i] + (field.differs(m_pairs[i]) ? 1 : 0));
    }

private:
    template <typename T, typename Same>
    void each(const Field &field, std::size_t begin, std::size_t end, const Same &same) const
    {
        const Reader<T> before(*field.before, m_chunksBefore);
        const Reader<T> after(*field.after, m_chunksAfter);
        for (std::size_t i = begin; i < end; ++i) {
            const Pair &pair = m_pairs[i];
            const bool had = before.has(pair.before);
            const bool has = after.has(pair.after);
            const bool differs = had != has || (had && !same(before[pair.before], after[pair.after]));
            m_counts[i] = static_cast<std::uint16_t>(m_counts[i] + (differs ? 1 : 0));
        }
    }

    /// Codes of two dictionaries that were found to be of the same text are not looked up again.
    void addTexts(const Field &field, std::size_t begin, std::size_t end) const
    {
        std::vector<std::uint32_t> known(field.before->codeLimit, Dictionary::absent);
        each<std::uint32_t>(field, begin, end, [&](std::uint32_t a, std::uint32_t b) {
            if (known[a] == b)
                return true;
            if (field.before->dictionary->text(a) != field.after->dictionary->text(b))
                return false;
            known[a] = b;
            return true;
        });
    }

    const std::vector<Pair> &m_pairs;
    std::vector<std::uint16_t> &m_counts;
    std::size_t m_chunksBefore, m_chunksAfter;
};

/// Where a row of the result comes from.
struct Item {
    StoredText key;
    std::uint32_t pair; ///< or one of these
};
constexpr std::uint32_t isGone = ~std::uint32_t{0};
constexpr std::uint32_t isAdded = isGone - 1;

} // namespace

std::optional<Comparison> compare(const Snapshot &before, const View &beforeRows, const Snapshot &after,
                                  const View &afterRows, const std::vector<std::string> &columns,
                                  const CancelFlag *cancel)
{
    const Matches matches = match(before, beforeRows, after, afterRows, cancel);
    std::vector<Field> fields;
    for (const std::string &name : columns) {
        const Field field{name, before.column(name), after.column(name)};
        const auto isKey = [](const Column *column) { return column && column->isKey; };
        if (!isKey(field.before) && !isKey(field.after))
            fields.push_back(field);
    }
    std::vector<std::uint16_t> counts(matches.pairs.size());
    const Counter counter(matches.pairs, counts, before.chunkCount(), after.chunkCount());
    const std::size_t parts = workerCount(matches.pairs.size());
    inParallel(parts, [&](std::size_t part) {
        const std::size_t begin = partBegin(counts.size(), part, parts);
        const std::size_t end = partBegin(counts.size(), part + 1, parts);
        for (const Field &field : fields) {
            if (!isCancelled(cancel))
                counter.add(field, begin, end);
        }
    });
    if (isCancelled(cancel))
        return {};

    std::optional<Comparison> result(std::in_place);
    result->gone = static_cast<std::int64_t>(matches.gone.size());
    result->added = static_cast<std::int64_t>(matches.added.size());
    std::vector<Item> items;
    for (const RowId row : matches.gone)
        items.push_back({keyOf(before, row), isGone});
    for (const RowId row : matches.added)
        items.push_back({keyOf(after, row), isAdded});
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] == 0) {
            ++result->same;
            continue;
        }
        ++result->changedRows;
        result->changedCells += counts[i];
        items.push_back({keyOf(after, matches.pairs[i].after), static_cast<std::uint32_t>(i)});
    }

    std::vector<StoredText> keys;
    keys.reserve(items.size());
    for (const Item &item : items)
        keys.push_back(item.key);
    std::vector<std::uint32_t> ranks(items.size());
    if (!rankTexts(keys, TextOrder::Bytes, ranks.data(), cancel))
        return {};
    std::vector<std::uint32_t> places(items.size() + 1); // of each rank's first item
    for (const std::uint32_t rank : ranks)
        ++places[rank + 1];
    std::partial_sum(places.begin(), places.end(), places.begin());
    std::vector<std::uint32_t> order(items.size());
    for (std::uint32_t i = 0; i < ranks.size(); ++i)
        order[places[ranks[i]]++] = i;

    const std::string &keyName = after.columns.front().name;
    Batch &differences = result->differences;
    std::string id;
    for (std::size_t n = 0; n < order.size() && !result->isCut; ++n) {
        constexpr std::size_t checkEvery = 4096;
        if (n % checkEvery == 0 && isCancelled(cancel))
            return {};
        const Item &item = items[order[n]];
        const std::string_view key = textOf(item.key);
        if (differences.rowCount() >= Comparison::mostRows) {
            result->isCut = true;
        } else if (item.pair == isGone || item.pair == isAdded) {
            const std::string_view change = item.pair == isGone ? "gone" : "added";
            const std::array<protocol::Field, 2> row{protocol::Field{keyName, key},
                                                     protocol::Field{"change", change}};
            differences.append(key, row);
        } else {
            const Pair &pair = matches.pairs[item.pair];
            for (const Field &field : fields) {
                const ValueView was = field.beforeCell(pair);
                const ValueView is = field.afterCell(pair);
                if (isSame(was, is))
                    continue;
                if (differences.rowCount() >= Comparison::mostRows) {
                    result->isCut = true;
                    break;
                }
                id.assign(key).append(1, ' ').append(field.name);
                const std::array<protocol::Field, 5> row{
                    protocol::Field{keyName, key}, protocol::Field{"change", std::string_view("changed")},
                    protocol::Field{"field", std::string_view(field.name)}, protocol::Field{"before", was},
                    protocol::Field{"after", is}};
                differences.append(id, row);
            }
        }
    }
    return result;
}

} // namespace muster::table
