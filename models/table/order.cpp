// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/order.h"

#include "core/filter/expression.h"
#include "core/filter/number_text.h"
#include "table/parallel.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

namespace muster::table {

namespace {

template <typename Key>
struct Item {
    Key key;
    std::uint32_t id;
};

/// By the low `bits` of the keys, stable; least significant digit first. In any order when cancelled.
template <typename Key>
void radixSort(Item<Key> *items, Item<Key> *spare, std::size_t count, int bits, const CancelFlag *cancel)
{
    if (count < 256) {
        std::stable_sort(items, items + count, [](const auto &a, const auto &b) { return a.key < b.key; });
        return;
    }
    constexpr int widestDigit = 11;
    const int passes = (bits + widestDigit - 1) / widestDigit;
    const int digit = passes == 0 ? 0 : (bits + passes - 1) / passes;
    const std::size_t buckets = std::size_t{1} << digit;
    const Key mask = static_cast<Key>(buckets - 1);
    std::vector<std::uint32_t> counts(buckets * static_cast<std::size_t>(passes));
    for (std::size_t i = 0; i < count; ++i) {
        Key key = items[i].key;
        for (int pass = 0; pass < passes; ++pass, key = static_cast<Key>(key >> digit))
            ++counts[static_cast<std::size_t>(pass) * buckets + (key & mask)];
    }
    Item<Key> *from = items;
    Item<Key> *to = spare;
    for (int pass = 0; pass < passes && !isCancelled(cancel); ++pass) {
        std::uint32_t *places = counts.data() + static_cast<std::size_t>(pass) * buckets;
        std::exclusive_scan(places, places + buckets, places, 0U);
        const int shift = pass * digit;
        for (std::size_t i = 0; i < count; ++i)
            to[places[(from[i].key >> shift) & mask]++] = from[i];
        std::swap(from, to);
    }
    if (from != items)
        std::copy(from, from + count, items);
}

/// Both halves at once, then merged. In any order when cancelled.
template <typename Key>
void sortItems(LargeVector<Item<Key>> &items, int bits, const CancelFlag *cancel)
{
    LargeVector<Item<Key>> spare(items.size());
    const std::size_t parts = std::min<std::size_t>(workerCount(items.size()), 2);
    const std::size_t middle = partBegin(items.size(), 1, parts);
    inParallel(parts, [&](std::size_t part) {
        const std::size_t begin = partBegin(items.size(), part, parts);
        const std::size_t end = partBegin(items.size(), part + 1, parts);
        radixSort(items.data() + begin, spare.data() + begin, end - begin, bits, cancel);
    });
    if (parts < 2 || isCancelled(cancel))
        return;
    const auto less = [](const auto &a, const auto &b) { return a.key < b.key; };
    const auto half = items.begin() + static_cast<std::ptrdiff_t>(middle);
    // Each core merges what lies on its side of the first half's median; equals of it go to the right.
    const auto leftCut = items.begin() + static_cast<std::ptrdiff_t>(middle / 2);
    const auto leftEdge = std::lower_bound(items.begin(), half, *leftCut, less);
    const auto rightEdge = std::lower_bound(half, items.end(), *leftCut, less);
    const auto join = spare.begin() + ((leftEdge - items.begin()) + (rightEdge - half));
    inParallel(2, [&](std::size_t part) {
        if (part == 0)
            std::merge(items.begin(), leftEdge, half, rightEdge, spare.begin(), less);
        else
            std::merge(leftEdge, half, rightEdge, items.end(), join, less);
    });
    items.swap(spare);
}

template <typename Key>
void sortPlaced(LargeVector<std::uint64_t> &keys, RowId *placed, std::uint64_t least, std::uint64_t most,
                bool descending, const CancelFlag *cancel)
{
    LargeVector<Item<Key>> items(keys.size());
    for (std::size_t i = 0; i < items.size(); ++i)
        items[i] = {static_cast<Key>(descending ? most - keys[i] : keys[i] - least), placed[i]};
    keys = {};
    sortItems(items, static_cast<int>(std::bit_width(most - least)), cancel);
    for (std::size_t i = 0; i < items.size(); ++i)
        placed[i] = items[i].id;
}

std::uint64_t wordAt(std::string_view text, std::size_t depth)
{
    if (depth >= text.size())
        return 0;
    std::uint64_t word = 0; // stored texts may be read past their end
    std::memcpy(&word, text.data() + depth, sizeof word);
    if constexpr (std::endian::native == std::endian::little)
        word = __builtin_bswap64(word);
    const std::size_t left = text.size() - depth;
    if (left < 8)
        word &= ~std::uint64_t{0} << (64 - 8 * left);
    return word;
}

/// Texts by their bytes: eight at a time from the left, then the runs that are still equal by the next eight.
/// In any order when cancelled.
class ByteSort {
public:
    ByteSort(std::span<const StoredText> texts, const CancelFlag *cancel)
        : m_texts(texts),
          m_cancel(cancel),
          m_items(texts.size()),
          m_spare(texts.size())
    {
        for (std::size_t i = 0; i < texts.size(); ++i)
            m_items[i].id = static_cast<std::uint32_t>(i);
    }
    const LargeVector<Item<std::uint64_t>> &sort()
    {
        sortRun(0, m_items.size(), 0, true);
        return m_items;
    }

private:
    using Run = std::pair<std::size_t, std::size_t>;

    void sortRun(std::size_t begin, std::size_t end, std::size_t depth, bool atTop)
    {
        constexpr std::size_t fewTexts = 32;
        constexpr std::size_t deep = 512;
        for (;;) {
            if (end - begin < 2 || isCancelled(m_cancel))
                return;
            if (end - begin < fewTexts || depth > deep) {
                std::sort(m_items.begin() + static_cast<std::ptrdiff_t>(begin),
                          m_items.begin() + static_cast<std::ptrdiff_t>(end),
                          [this](const auto &a, const auto &b) {
                              return textOf(m_texts[a.id]) < textOf(m_texts[b.id]);
                          });
                return;
            }
            bool goesOn = false;
            std::uint64_t common = ~std::uint64_t{0};
            std::uint64_t some = 0;
            for (std::size_t i = begin; i < end; ++i) {
                const std::string_view text = textOf(m_texts[m_items[i].id]);
                m_items[i].key = wordAt(text, depth);
                common &= m_items[i].key;
                some |= m_items[i].key;
                goesOn = goesOn || text.size() > depth + 8;
            }
            if (common != some) {
                sortByWord(begin, end, some ^ common);
                break;
            }
            if (!goesOn) { // equal but for zero bytes at the end
                std::sort(m_items.begin() + static_cast<std::ptrdiff_t>(begin),
                          m_items.begin() + static_cast<std::ptrdiff_t>(end),
                          [this](const auto &a, const auto &b) {
                              return textOf(m_texts[a.id]).size() < textOf(m_texts[b.id]).size();
                          });
                return;
            }
            depth += 8;
        }
        sortEqualRuns(begin, end, depth + 8, atTop);
    }

    void sortByWord(std::size_t begin, std::size_t end, std::uint64_t differing)
    {
        constexpr std::size_t worthRadix = 2048;
        if (differing == 0)
            return;
        // Bits that all have alike would only cost passes: the same letters stand in many names.
        const int shift = std::countr_zero(differing);
        const int bits = static_cast<int>(std::bit_width(differing)) - shift;
        if (end - begin < worthRadix) {
            std::sort(m_items.begin() + static_cast<std::ptrdiff_t>(begin),
                      m_items.begin() + static_cast<std::ptrdiff_t>(end),
                      [](const auto &a, const auto &b) { return a.key < b.key; });
            return;
        }
        const std::uint64_t mask = bits == 64 ? ~std::uint64_t{0} : ((std::uint64_t{1} << bits) - 1);
        for (std::size_t i = begin; i < end; ++i)
            m_items[i].key = (m_items[i].key >> shift) & mask;
        radixSort(m_items.data() + begin, m_spare.data() + begin, end - begin, bits, m_cancel);
    }

    void sortEqualRuns(std::size_t begin, std::size_t end, std::size_t depth, bool atTop)
    {
        std::vector<Run> runs;
        for (std::size_t i = begin; i < end;) {
            std::size_t next = i + 1;
            while (next < end && m_items[next].key == m_items[i].key)
                ++next;
            if (next - i > 1)
                runs.emplace_back(i, next);
            i = next;
        }
        const std::size_t parts = atTop ? workerCount(end - begin) : 1;
        std::atomic<std::size_t> next{0};
        inParallel(std::min(parts, std::max<std::size_t>(runs.size(), 1)), [&](std::size_t) {
            for (std::size_t i = next++; i < runs.size(); i = next++)
                sortRun(runs[i].first, runs[i].second, depth, false);
        });
    }

    std::span<const StoredText> m_texts;
    const CancelFlag *m_cancel;
    LargeVector<Item<std::uint64_t>> m_items, m_spare;
};

template <typename Number>
int sign(Number left, Number right)
{
    return left < right ? -1 : right < left ? 1 : 0;
}

/// Numbers, then versions, then other text; only where texts came about by numbers is one of them read as
/// one.
struct ReadText {
    ReadText(std::string_view text, TextOrder order)
    {
        if (order == TextOrder::Smart)
            number = filter::readNumber(text);
        kind = !std::holds_alternative<std::monostate>(number) ? 0 : filter::isVersion(text) ? 1 : 2;
    }
    int kind = 2;
    ValueView number;
};

int compareRead(const ReadText &a, std::string_view left, const ReadText &b, std::string_view right)
{
    if (a.kind != b.kind)
        return a.kind - b.kind;
    if (a.kind == 0) {
        if (filter::compare(a.number, filter::Op::Less, b.number))
            return -1;
        if (filter::compare(b.number, filter::Op::Less, a.number))
            return 1;
    } else if (a.kind == 1) {
        const int order = filter::compareVersions(left, right);
        if (order != 0)
            return order;
    }
    return left.compare(right);
}

} // namespace

int compareTexts(std::string_view left, std::string_view right, TextOrder order)
{
    if (order == TextOrder::Bytes)
        return left.compare(right);
    return compareRead(ReadText(left, order), left, ReadText(right, order), right);
}

bool rankTexts(std::span<const StoredText> texts, TextOrder order, std::uint32_t *ranks,
               const CancelFlag *cancel)
{
    if (texts.empty())
        return !isCancelled(cancel);
    LargeVector<std::uint32_t> sorted(texts.size());
    if (order == TextOrder::Bytes) {
        ByteSort sort(texts, cancel);
        const auto &items = sort.sort();
        for (std::size_t i = 0; i < items.size(); ++i)
            sorted[i] = items[i].id;
    } else {
        std::iota(sorted.begin(), sorted.end(), 0U);
        std::vector<ReadText> read;
        read.reserve(texts.size());
        for (const StoredText text : texts)
            read.emplace_back(textOf(text), order);
        constexpr std::size_t run = 32768; // sorted for themselves, then merged: between them is asked
        const auto less = [&](std::uint32_t a, std::uint32_t b) {
            return compareRead(read[a], textOf(texts[a]), read[b], textOf(texts[b])) < 0;
        };
        const auto at = [&](std::size_t place) {
            return sorted.begin() + static_cast<std::ptrdiff_t>(std::min(place, sorted.size()));
        };
        for (std::size_t begin = 0; begin < sorted.size() && !isCancelled(cancel); begin += run)
            std::sort(at(begin), at(begin + run), less);
        for (std::size_t width = run; width < sorted.size(); width *= 2) {
            for (std::size_t begin = 0; begin < sorted.size() && !isCancelled(cancel); begin += 2 * width)
                std::inplace_merge(at(begin), at(begin + width), at(begin + 2 * width), less);
        }
    }
    if (isCancelled(cancel))
        return false;
    std::uint32_t rank = 0;
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        if (i > 0 && textOf(texts[sorted[i]]) != textOf(texts[sorted[i - 1]]))
            ++rank;
        ranks[sorted[i]] = rank;
    }
    return true;
}

OrderKeys::OrderKeys(const Snapshot &snapshot, const Column &column, const RowList &rows,
                     const CancelFlag *cancel)
    : m_column(column),
      m_words(column, column.type == Type::Bool ? 0 : snapshot.chunkCount()),
      m_codes(column, snapshot.chunkCount())
{
    if (column.isKey) {
        LargeVector<StoredText> texts(rows.size());
        const Reader<StoredText> keys(column, snapshot.chunkCount());
        for (std::size_t i = 0; i < rows.size(); ++i)
            texts[i] = keys[rows[i]];
        LargeVector<std::uint32_t> ranks(rows.size());
        if (!rankTexts(texts, TextOrder::Bytes, ranks.data(), cancel))
            return;
        auto byRow = std::make_shared<std::vector<std::uint32_t>>(snapshot.rowLimit);
        for (std::size_t i = 0; i < rows.size(); ++i)
            (*byRow)[rows[i]] = ranks[i];
        m_ranks = byRow;
    } else if (isTextual(column.type)) {
        m_ranks = column.dictionary->ranks(column.codeLimit, column.textOrder(), cancel);
    }
}

std::uint64_t OrderKeys::ofDouble(double value)
{
    const auto bits = std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value); // -0 equals 0
    return (bits >> 63) != 0 ? ~bits : bits | (1ULL << 63);
}

bool OrderKeys::key(RowId row, std::uint64_t &out) const
{
    switch (m_column.isKey ? Type::Text : m_column.type) {
    case Type::Empty:
        return false;
    case Type::Bool: {
        const Chunk *chunk = m_column.chunkOf(row);
        const std::size_t i = row % chunkRows;
        if (!chunk || !chunk->has(i))
            return false;
        out = (chunk->data<std::uint64_t>()[i / 64] >> (i % 64)) & 1;
        return true;
    }
    case Type::Int:
    case Type::Time:
        out = ofInteger(m_words[row]);
        return m_words.has(row);
    case Type::Double: {
        const auto value = std::bit_cast<double>(m_words[row]);
        out = ofDouble(value);
        return m_words.has(row) && !std::isnan(value);
    }
    case Type::Version:
    case Type::Text:
        if (m_column.isKey) {
            out = (*m_ranks)[row];
            return m_column.has(row);
        }
        out = (*m_ranks)[m_codes[row]];
        return m_codes.has(row);
    }
    return false;
}

bool stableSort(const OrderKeys &order, bool descending, RowList &rows, const CancelFlag *cancel)
{
    if (isCancelled(cancel)) // and `order` may be without its ranks
        return false;
    LargeVector<std::uint64_t> keys; // of those with a place, which move up to the front
    std::vector<RowId> notNumbers;
    std::vector<RowId> absent;
    keys.reserve(rows.size());
    std::uint64_t least = ~std::uint64_t{0};
    std::uint64_t most = 0;
    order.forEach(
        rows.data(), rows.size(),
        [&](std::size_t i, std::uint64_t key) {
            rows[keys.size()] = rows[i];
            keys.push_back(key);
            least = std::min(least, key);
            most = std::max(most, key);
        },
        [&](std::size_t i) { (order.column().has(rows[i]) ? notNumbers : absent).push_back(rows[i]); });
    if (isCancelled(cancel))
        return false;
    auto end = rows.begin() + static_cast<std::ptrdiff_t>(keys.size());
    end = std::copy(notNumbers.begin(), notNumbers.end(), end);
    std::copy(absent.begin(), absent.end(), end);
    if (keys.size() > 1 && most > least) {
        if (most - least <= ~std::uint32_t{0})
            sortPlaced<std::uint32_t>(keys, rows.data(), least, most, descending, cancel);
        else
            sortPlaced<std::uint64_t>(keys, rows.data(), least, most, descending, cancel);
    }
    return !isCancelled(cancel);
}

RowOrder::RowOrder(const Snapshot &snapshot, const std::vector<SortKey> &keys)
{
    for (const SortKey &key : keys) {
        if (const Column *column = snapshot.column(key.column))
            m_keys.push_back({column, key.descending});
    }
}

bool RowOrder::operator()(RowId left, RowId right) const
{
    const auto last = [](const ValueView &value) {
        const auto *number = std::get_if<double>(&value);
        return std::holds_alternative<std::monostate>(value) ? 2 : number && std::isnan(*number) ? 1 : 0;
    };
    for (const Key &key : m_keys) {
        const ValueView a = key.column->cell(left);
        const ValueView b = key.column->cell(right);
        const int lastA = last(a);
        const int lastB = last(b);
        if (lastA != lastB)
            return lastA < lastB;
        if (lastA != 0)
            continue;
        int order = 0;
        if (const auto *text = std::get_if<std::string_view>(&a))
            order = compareTexts(*text, std::get<std::string_view>(b), key.column->textOrder());
        else if (const auto *integer = std::get_if<std::int64_t>(&a))
            order = sign(*integer, std::get<std::int64_t>(b));
        else if (const auto *number = std::get_if<double>(&a))
            order = sign(*number, std::get<double>(b));
        else if (const auto *time = std::get_if<UtcTime>(&a))
            order = sign(time->micros, std::get<UtcTime>(b).micros);
        else if (const auto *flag = std::get_if<bool>(&a))
            order = sign(*flag, std::get<bool>(b));
        if (order != 0)
            return key.descending ? order > 0 : order < 0;
    }
    return left < right;
}

} // namespace muster::table
