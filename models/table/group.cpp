// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/group.h"

#include "core/filter/number_text.h"
#include "table/order.h"
#include "table/parallel.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>

namespace muster::table {

namespace {

struct Level {
    const Column *column = nullptr; ///< null: no row has it
    bool descending = false;
};

/// Rows in some order, and the innermost group of each. `begin` has one entry more than there are groups.
struct Leaves {
    std::vector<RowId> scan;                      ///< the order that memory likes best
    std::vector<std::uint32_t> leafOf;            ///< by place in `scan`
    std::vector<std::uint32_t> begin;             ///< places in View::rows
    std::vector<std::vector<std::uint32_t>> keys; ///< by level: equal where two leaves share the group
};

bool isCancelled(const CancelFlag *cancel)
{
    return cancel && cancel->load(std::memory_order_relaxed);
}

std::vector<Level> levelsOf(const Snapshot &snapshot, const ViewSpec &spec)
{
    constexpr std::size_t deepest = 3;
    std::vector<Level> levels;
    for (const std::string &name : spec.groupBy) {
        if (levels.size() == deepest)
            break;
        const auto key = std::find_if(spec.sort.begin(), spec.sort.end(),
                                      [&name](const SortKey &sort) { return sort.column == name; });
        levels.push_back({snapshot.column(name), key != spec.sort.end() && key->descending});
    }
    return levels;
}

/// When all levels together have few values, each row's group is a sum of table look-ups and the rows are
/// dealt out by counting. Nothing when there are too many, or values that are not codes.
class Dealer {
public:
    static std::unique_ptr<Dealer> make(const Snapshot &snapshot, const std::vector<Level> &levels)
    {
        constexpr std::size_t most = 65536;
        std::unique_ptr<Dealer> dealer(
            new Dealer); // NOLINT(modernize-make-unique): the constructor is private
        std::size_t product = 1;
        for (const Level &level : levels) {
            std::size_t values = 0;
            if (level.column) {
                if (level.column->isKey)
                    return nullptr;
                if (isTextual(level.column->type))
                    values = level.column->codeLimit - 1;
                else if (level.column->type == Type::Bool)
                    values = 2;
                else if (level.column->type != Type::Empty)
                    return nullptr;
            }
            product *= values + 1;
            if (product > most)
                return nullptr;
            dealer->m_sizes.push_back(static_cast<std::uint32_t>(values + 1));
        }
        dealer->m_groups = product;
        std::uint32_t stride = 1;
        for (std::size_t l = levels.size(); l-- > 0; stride *= dealer->m_sizes[l])
            dealer->addLevel(snapshot, levels[l], dealer->m_sizes[l], stride);
        return dealer;
    }

    bool deal(View &view, Leaves &leaves, const CancelFlag *cancel) const
    {
        leaves.scan = std::move(view.rows);
        const std::vector<RowId> &rows = leaves.scan;
        leaves.leafOf.resize(rows.size());
        const std::size_t parts = workerCount(rows.size());
        std::vector<std::vector<std::uint32_t>> places(parts, std::vector<std::uint32_t>(m_groups));
        inParallel(parts, [&](std::size_t part) {
            const std::size_t end = partBegin(rows.size(), part + 1, parts);
            for (std::size_t i = partBegin(rows.size(), part, parts); i < end; ++i) {
                std::uint32_t group = 0;
                for (const Codes &codes : m_codes)
                    group += codes.places[codes.reader[rows[i]]];
                for (const Flags &flags : m_flags)
                    group += flags.places[flags.index(rows[i])];
                leaves.leafOf[i] = group;
                ++places[part][group];
            }
        });
        if (isCancelled(cancel))
            return false;

        // Groups that no row is in are left out; what is left gets the numbers of the leaves.
        std::vector<std::uint32_t> leafNumber(m_groups);
        std::uint32_t next = 0;
        leaves.keys.assign(m_sizes.size(), {});
        for (std::size_t group = 0; group < m_groups; ++group) {
            const std::uint32_t begin = next;
            for (std::vector<std::uint32_t> &counts : places)
                next += std::exchange(counts[group], next);
            if (next == begin)
                continue;
            leafNumber[group] = static_cast<std::uint32_t>(leaves.begin.size());
            leaves.begin.push_back(begin);
            auto rest = static_cast<std::uint32_t>(group);
            for (std::size_t l = m_sizes.size(); l-- > 0; rest /= m_sizes[l])
                leaves.keys[l].push_back(rest % m_sizes[l]);
        }
        leaves.begin.push_back(next);
        view.rows.resize(rows.size());
        inParallel(parts, [&](std::size_t part) {
            const std::size_t end = partBegin(rows.size(), part + 1, parts);
            for (std::size_t i = partBegin(rows.size(), part, parts); i < end; ++i) {
                std::uint32_t &leaf = leaves.leafOf[i];
                view.rows[places[part][leaf]++] = rows[i];
                leaf = leafNumber[leaf];
            }
        });
        return !isCancelled(cancel);
    }

private:
    struct Codes {
        Reader<std::uint32_t> reader;
        std::vector<std::uint32_t> places; ///< by code, times the stride
    };
    struct Flags {
        const Column *column;
        std::array<std::uint32_t, 3> places; ///< false, true, absent
        std::size_t index(RowId row) const
        {
            const Chunk *chunk = column->chunkOf(row);
            const std::size_t i = row % chunkRows;
            return !chunk || !chunk->has(i) ? 2 : (chunk->data<std::uint64_t>()[i / 64] >> (i % 64)) & 1;
        }
    };

    void addLevel(const Snapshot &snapshot, const Level &level, std::uint32_t size, std::uint32_t stride)
    {
        const std::uint32_t values = size - 1;
        const auto place = [&](std::uint32_t rank) {
            return (level.descending ? values - 1 - rank : rank) * stride;
        };
        if (values == 0) { // all absent, and that is place 0
            return;
        } else if (level.column->type == Type::Bool) {
            m_flags.push_back({level.column, {place(0), place(1), values * stride}});
        } else {
            const auto ranks =
                level.column->dictionary->ranks(level.column->codeLimit, level.column->textOrder());
            std::vector<std::uint32_t> places(level.column->codeLimit);
            places[Dictionary::absent] = values * stride;
            for (std::uint32_t code = 1; code < level.column->codeLimit; ++code)
                places[code] = place((*ranks)[code]);
            m_codes.push_back(
                {Reader<std::uint32_t>(*level.column, snapshot.chunkCount()), std::move(places)});
        }
    }

    std::size_t m_groups = 1;
    std::vector<std::uint32_t> m_sizes; ///< by level: values, and one for absent
    std::vector<Codes> m_codes;
    std::vector<Flags> m_flags;
};

/// Any columns: sorts by them, innermost first, and cuts where a key differs from the one before.
bool sortIntoLeaves(const Snapshot &snapshot, const std::vector<Level> &levels, View &view, Leaves &leaves,
                    const CancelFlag *cancel)
{
    std::vector<std::unique_ptr<OrderKeys>> orders(levels.size());
    for (std::size_t l = levels.size(); l-- > 0;) {
        if (!levels[l].column)
            continue;
        orders[l] = std::make_unique<OrderKeys>(snapshot, *levels[l].column, view.rows);
        if (!stableSort(*orders[l], levels[l].descending, view.rows, cancel))
            return false;
    }
    leaves.scan = view.rows;
    leaves.leafOf.resize(view.rows.size());
    leaves.keys.assign(levels.size(), {});
    struct Place {
        int kind = -1; ///< 0 a key, 1 NaN, 2 absent
        std::uint64_t key = 0;
        bool operator==(const Place &) const = default;
    };
    std::vector<Place> last(levels.size());
    std::vector<std::uint32_t> numbers(levels.size(), 0);
    for (std::size_t i = 0; i < view.rows.size(); ++i) {
        bool cut = i == 0;
        for (std::size_t l = 0; l < levels.size(); ++l) {
            Place place;
            if (!orders[l])
                place.kind = 2;
            else if (orders[l]->key(view.rows[i], place.key))
                place.kind = 0;
            else
                place = {levels[l].column->has(view.rows[i]) ? 1 : 2, 0};
            if (cut || !(place == last[l])) {
                cut = true;
                ++numbers[l];
                last[l] = place;
            }
        }
        if (cut) {
            leaves.begin.push_back(static_cast<std::uint32_t>(i));
            for (std::size_t l = 0; l < levels.size(); ++l)
                leaves.keys[l].push_back(numbers[l]);
        }
        leaves.leafOf[i] = static_cast<std::uint32_t>(leaves.begin.size() - 1);
    }
    leaves.begin.push_back(static_cast<std::uint32_t>(view.rows.size()));
    return !isCancelled(cancel);
}

__extension__ using Wide = __int128; // no sum of 2^32 values leaves it

/// How many values one group has, and their sum.
template <typename T>
struct Total {
    std::uint64_t count = 0;
    std::conditional_t<std::is_integral_v<T>, Wide, T> sum = 0;

    void take(T value)
    {
        ++count;
        sum += value;
    }
    void take(const Total &other)
    {
        count += other.count;
        sum += other.sum;
    }
};

/// The least or the greatest of the values of one group.
template <typename T, bool isLeast>
struct Extreme {
    bool any = false;
    T value = isLeast ? std::numeric_limits<T>::max() : std::numeric_limits<T>::lowest();

    void take(T other)
    {
        any = true;
        value = isLeast ? std::min(value, other) : std::max(value, other);
    }
    void take(const Extreme &other)
    {
        any = any || other.any;
        value = isLeast ? std::min(value, other.value) : std::max(value, other.value);
    }
};

/// Calls each(place, value) for the places of `rows` in [begin, end) with a value.
template <typename T, typename Each>
void scan(const Reader<T> &reader, const std::vector<RowId> &rows, std::size_t begin, std::size_t end,
          const Each &each)
{
    for (std::size_t i = begin; i < end; ++i) {
        const RowId row = rows[i];
        const T value = reader[row];
        if constexpr (std::is_floating_point_v<T>) {
            if (reader.has(row) && !std::isnan(value))
                each(i, value);
        } else {
            if (reader.has(row))
                each(i, value);
        }
    }
}

/// What the values of each innermost group come to.
template <typename Sum, typename T>
std::vector<Sum> sumLeaves(const Leaves &leaves, const Reader<T> &reader)
{
    constexpr std::size_t fewGroups = 65536;
    const std::size_t groups = leaves.begin.size() - 1;
    const std::size_t parts = groups > fewGroups ? 1 : workerCount(leaves.scan.size());
    std::vector<std::vector<Sum>> sums(parts);
    inParallel(parts, [&](std::size_t part) {
        std::vector<Sum> own(groups);
        scan(reader, leaves.scan, partBegin(leaves.scan.size(), part, parts),
             partBegin(leaves.scan.size(), part + 1, parts),
             [&](std::size_t i, T value) { own[leaves.leafOf[i]].take(value); });
        sums[part] = std::move(own);
    });
    for (std::size_t part = 1; part < parts; ++part) {
        for (std::size_t g = 0; g < groups; ++g)
            sums[0][g].take(sums[part][g]);
    }
    return std::move(sums[0]);
}

/// One aggregate over all groups of a view.
class Totals {
public:
    Totals(const Snapshot &snapshot, const View &view, const Leaves &leaves, const Aggregate &aggregate,
           std::vector<Value> &out)
        : m_snapshot(snapshot),
          m_view(view),
          m_leaves(leaves),
          m_function(aggregate.function),
          m_out(out)
    {
        m_out.assign(m_view.groups.size(), Value());
        if (m_function == Function::Count && aggregate.column.empty())
            countRows();
        else
            fill(snapshot.column(aggregate.column));
    }

    /// By group: its first leaf and the one past its last.
    static std::vector<std::pair<std::size_t, std::size_t>> leafRanges(const View &view, const Leaves &leaves)
    {
        std::vector<std::pair<std::size_t, std::size_t>> ranges;
        ranges.reserve(view.groups.size());
        const auto leafAt = [&leaves](std::uint32_t place) {
            return static_cast<std::size_t>(
                std::lower_bound(leaves.begin.begin(), leaves.begin.end(), place) - leaves.begin.begin());
        };
        for (const Group &group : view.groups)
            ranges.emplace_back(leafAt(group.begin), leafAt(group.end));
        return ranges;
    }

private:
    void countRows()
    {
        for (std::size_t g = 0; g < m_out.size(); ++g)
            m_out[g] = static_cast<std::int64_t>(m_view.groups[g].end - m_view.groups[g].begin);
    }

    void fill(const Column *column)
    {
        if (!column || (column->type == Type::Empty && !column->isKey)) {
            if (m_function == Function::Count || m_function == Function::Distinct)
                m_out.assign(m_out.size(), std::int64_t{0});
            return;
        }
        if (m_function == Function::Count)
            return countValues(*column);
        if (m_function == Function::Distinct)
            return countDistinct(*column);
        if (column->isKey)
            return extremesOfTexts(*column, nullptr);
        switch (column->type) {
        case Type::Empty:
        case Type::Bool:
            return;
        case Type::Int:
            return fillNumbers(Reader<std::int64_t>(*column, m_snapshot.chunkCount()),
                               [](std::int64_t value) { return Value(value); });
        case Type::Time:
            if (m_function != Function::Sum)
                fillNumbers(Reader<std::int64_t>(*column, m_snapshot.chunkCount()),
                            [](std::int64_t value) { return Value(UtcTime{value}); });
            return;
        case Type::Double:
            return fillNumbers(Reader<double>(*column, m_snapshot.chunkCount()),
                               [](double value) { return Value(value); });
        case Type::Version:
        case Type::Text: {
            const Reader<std::uint32_t> codes(*column, m_snapshot.chunkCount());
            if (m_function == Function::Min || m_function == Function::Max)
                return extremesOfTexts(*column, &codes);
            return fillNumbers(NumberTexts(*column, codes), [](double value) { return Value(value); });
        }
        }
    }

    /// Texts that read as numbers, as numbers.
    class NumberTexts {
    public:
        NumberTexts(const Column &column, const Reader<std::uint32_t> &codes)
            : m_codes(codes),
              m_numbers(column.codeLimit, std::numeric_limits<double>::quiet_NaN())
        {
            for (std::uint32_t code = 1; code < column.codeLimit; ++code) {
                const ValueView number = filter::readNumber(column.dictionary->text(code));
                if (const auto *integer = std::get_if<std::int64_t>(&number))
                    m_numbers[code] = static_cast<double>(*integer);
                else if (const auto *real = std::get_if<double>(&number))
                    m_numbers[code] = *real;
            }
        }
        bool has(RowId row) const { return m_codes.has(row); }
        double operator[](RowId row) const { return m_numbers[m_codes[row]]; }

    private:
        const Reader<std::uint32_t> &m_codes;
        std::vector<double> m_numbers;
    };

    template <typename Values, typename Make>
    void fillNumbers(const Values &values, const Make &make)
    {
        using T = std::decay_t<decltype(values[RowId{}])>;
        if (m_function == Function::P50 || m_function == Function::P95 || m_function == Function::P99)
            return percentiles<T>(values, make);
        if (m_function == Function::Min) {
            combine<Extreme<T, true>, T>(
                values, [&](const auto &all) { return all.any ? make(all.value) : Value(); });
        } else if (m_function == Function::Max) {
            combine<Extreme<T, false>, T>(
                values, [&](const auto &all) { return all.any ? make(all.value) : Value(); });
        } else {
            const bool isTime = std::holds_alternative<UtcTime>(make(T{}));
            combine<Total<T>, T>(values, [&](const auto &all) { return totalOf(all, isTime); });
        }
    }

    template <typename Sum, typename T, typename Values, typename Result>
    void combine(const Values &values, const Result &result)
    {
        const std::vector<Sum> leaves = sumValues<Sum, T>(values);
        const auto ranges = leafRanges(m_view, m_leaves);
        for (std::size_t g = 0; g < m_out.size(); ++g) {
            Sum all;
            for (std::size_t leaf = ranges[g].first; leaf < ranges[g].second; ++leaf)
                all.take(leaves[leaf]);
            m_out[g] = result(all);
        }
    }

    template <typename Sum, typename T, typename Values>
    std::vector<Sum> sumValues(const Values &values) const
    {
        if constexpr (std::is_same_v<Values, Reader<T>>) {
            return sumLeaves<Sum>(m_leaves, values);
        } else {
            std::vector<Sum> sums(m_leaves.begin.size() - 1);
            for (std::size_t i = 0; i < m_leaves.scan.size(); ++i) {
                const T value = values[m_leaves.scan[i]];
                if (values.has(m_leaves.scan[i]) && !std::isnan(value))
                    sums[m_leaves.leafOf[i]].take(value);
            }
            return sums;
        }
    }

    template <typename T>
    Value totalOf(const Total<T> &all, bool isTime) const
    {
        if (all.count == 0)
            return {};
        if (m_function == Function::Avg) {
            const double mean = static_cast<double>(all.sum) / static_cast<double>(all.count);
            return isTime ? Value(UtcTime{static_cast<std::int64_t>(mean)}) : Value(mean);
        }
        if constexpr (std::is_integral_v<T>) {
            const auto narrow = static_cast<std::int64_t>(all.sum);
            if (narrow == all.sum)
                return narrow;
        }
        return static_cast<double>(all.sum);
    }

    template <typename T, typename Values, typename Make>
    void percentiles(const Values &values, const Make &make)
    {
        const double share = m_function == Function::P50 ? 0.50 : m_function == Function::P95 ? 0.95 : 0.99;
        std::vector<T> held;
        for (std::size_t g = 0; g < m_out.size(); ++g) {
            held.clear();
            for (std::uint32_t i = m_view.groups[g].begin; i < m_view.groups[g].end; ++i) {
                const RowId row = m_view.rows[i];
                const T value = values[row];
                bool isNumber = values.has(row);
                if constexpr (std::is_floating_point_v<T>)
                    isNumber = isNumber && !std::isnan(value);
                if (isNumber)
                    held.push_back(value);
            }
            if (held.empty())
                continue;
            const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(held.size())));
            const auto place = held.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(rank, 1) - 1);
            std::nth_element(held.begin(), place, held.end());
            m_out[g] = make(*place);
        }
    }

    void extremesOfTexts(const Column &column, const Reader<std::uint32_t> *codes)
    {
        if (m_function != Function::Min && m_function != Function::Max)
            return;
        const auto ranks = codes ? column.dictionary->ranks(column.codeLimit, column.textOrder()) : nullptr;
        const auto isBefore = [&](RowId a, RowId b) {
            if (codes)
                return (*ranks)[(*codes)[a]] < (*ranks)[(*codes)[b]];
            return std::get<std::string_view>(column.cell(a)) < std::get<std::string_view>(column.cell(b));
        };
        for (std::size_t g = 0; g < m_out.size(); ++g) {
            RowId best = noRow;
            for (std::uint32_t i = m_view.groups[g].begin; i < m_view.groups[g].end; ++i) {
                const RowId row = m_view.rows[i];
                if (column.has(row) && (best == noRow || (m_function == Function::Min ? isBefore(row, best)
                                                                                      : isBefore(best, row))))
                    best = row;
            }
            if (best != noRow)
                m_out[g] = own(column.cell(best));
        }
    }

    void countValues(const Column &column)
    {
        const Reader<std::uint64_t> reader(column, m_snapshot.chunkCount());
        std::vector<std::int64_t> counts(m_leaves.begin.size() - 1);
        for (std::size_t i = 0; i < m_leaves.scan.size(); ++i)
            counts[m_leaves.leafOf[i]] += reader.has(m_leaves.scan[i]) ? 1 : 0;
        const auto ranges = leafRanges(m_view, m_leaves);
        for (std::size_t g = 0; g < m_out.size(); ++g)
            m_out[g] = std::accumulate(counts.begin() + static_cast<std::ptrdiff_t>(ranges[g].first),
                                       counts.begin() + static_cast<std::ptrdiff_t>(ranges[g].second),
                                       std::int64_t{0});
    }

    void countDistinct(const Column &column)
    {
        const OrderKeys keys(m_snapshot, column, m_view.rows);
        std::vector<std::uint64_t> held;
        for (std::size_t g = 0; g < m_out.size(); ++g) {
            held.clear();
            bool hasNaN = false;
            for (std::uint32_t i = m_view.groups[g].begin; i < m_view.groups[g].end; ++i) {
                std::uint64_t key = 0;
                if (keys.key(m_view.rows[i], key))
                    held.push_back(key);
                else
                    hasNaN = hasNaN || column.has(m_view.rows[i]);
            }
            std::sort(held.begin(), held.end());
            const auto distinct = std::unique(held.begin(), held.end()) - held.begin();
            m_out[g] = static_cast<std::int64_t>(distinct) + (hasNaN ? 1 : 0);
        }
    }

    const Snapshot &m_snapshot;
    const View &m_view;
    const Leaves &m_leaves;
    Function m_function;
    std::vector<Value> &m_out;
};

/// A group stands before its subgroups.
void makeGroups(const std::vector<Level> &levels, const Leaves &leaves, View &view)
{
    std::vector<int> open(levels.size(), -1);
    const std::size_t leafCount = leaves.begin.size() - 1;
    for (std::size_t leaf = 0; leaf < leafCount; ++leaf) {
        bool differs = leaf == 0;
        for (std::size_t l = 0; l < levels.size(); ++l) {
            differs = differs || leaves.keys[l][leaf] != leaves.keys[l][leaf - 1];
            if (!differs)
                continue;
            Group group;
            group.level = static_cast<int>(l);
            group.parent = l == 0 ? -1 : open[l - 1];
            group.begin = leaves.begin[leaf];
            if (levels[l].column)
                group.value = own(levels[l].column->cell(view.rows[group.begin]));
            open[l] = static_cast<int>(view.groups.size());
            view.groups.push_back(std::move(group));
        }
        for (const int group : open)
            view.groups[static_cast<std::size_t>(group)].end = leaves.begin[leaf + 1];
    }
}

} // namespace

bool groupRows(const Snapshot &snapshot, const ViewSpec &spec, View &view, const CancelFlag *cancel)
{
    const std::vector<Level> levels = levelsOf(snapshot, spec);
    if (levels.empty() || view.rows.empty())
        return true;
    Leaves leaves;
    const auto dealer = Dealer::make(snapshot, levels);
    if (dealer ? !dealer->deal(view, leaves, cancel)
               : !sortIntoLeaves(snapshot, levels, view, leaves, cancel))
        return false;
    makeGroups(levels, leaves, view);
    for (Group &group : view.groups)
        group.aggregates.reserve(spec.aggregates.size());
    std::vector<Value> values;
    for (const Aggregate &aggregate : spec.aggregates) {
        if (isCancelled(cancel))
            return false;
        const Totals totals(snapshot, view, leaves, aggregate, values);
        for (std::size_t g = 0; g < values.size(); ++g)
            view.groups[g].aggregates.push_back(std::move(values[g]));
    }
    return !isCancelled(cancel);
}

} // namespace muster::table
