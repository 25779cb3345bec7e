// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/aggregates.h"

#include "core/filter/number_text.h"
#include "table/order.h"
#include "table/parallel.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>
#include <utility>

namespace muster::table {

namespace {

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
    using Limits = std::numeric_limits<T>;
    static constexpr T highest = Limits::has_infinity ? Limits::infinity() : Limits::max();
    static constexpr T lowest = Limits::has_infinity ? -Limits::infinity() : Limits::lowest();

    bool any = false;
    T value = isLeast ? highest : lowest;

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

/// Texts that read as numbers, as numbers.
class NumberTexts {
public:
    NumberTexts(const Snapshot &snapshot, const Column &column)
        : m_codes(column, snapshot.chunkCount()),
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
    Reader<std::uint32_t> m_codes;
    std::vector<double> m_numbers;
};

template <typename T>
bool isNumber(T value)
{
    if constexpr (std::is_floating_point_v<T>)
        return !std::isnan(value);
    else
        return true;
}

/// `Sum` takes values of type T; make(sum) is what the sum of a group comes to.
template <typename Sum, typename T, typename Values, typename Make>
class ValueSums final : public LeafSums {
public:
    ValueSums(Values values, Make make) : m_values(std::move(values)), m_make(std::move(make)) {}

    void start(std::size_t parts, std::size_t leaves) override
    {
        m_sums.assign(parts, std::vector<Sum>(leaves));
    }
    void take(std::size_t part, const Block &block) override
    {
        Sum *sums = m_sums[part].data();
        if constexpr (std::is_same_v<Values, Reader<T>>) {
            if (block.isRun && m_values.hasAll(block.rows[0], block.count)) {
                const T *values = m_values.run(block.rows[0]);
                for (std::size_t i = 0; i < block.count; ++i) {
                    if (isNumber(values[i]))
                        sums[block.leafOf[i]].take(values[i]);
                }
                return;
            }
        }
        for (std::size_t i = 0; i < block.count; ++i) {
            const RowId row = block.rows[i];
            const T value = m_values[row];
            if (m_values.has(row) && isNumber(value))
                sums[block.leafOf[i]].take(value);
        }
    }
    void join() override
    {
        for (std::size_t part = 1; part < m_sums.size(); ++part) {
            for (std::size_t leaf = 0; leaf < m_sums[0].size(); ++leaf)
                m_sums[0][leaf].take(m_sums[part][leaf]);
        }
    }
    Value result(std::size_t firstLeaf, std::size_t endLeaf) const override
    {
        Sum all;
        for (std::size_t leaf = firstLeaf; leaf < endLeaf; ++leaf)
            all.take(m_sums[0][leaf]);
        return m_make(all);
    }

private:
    Values m_values;
    Make m_make;
    std::vector<std::vector<Sum>> m_sums; ///< by part, by leaf
};

template <typename Sum, typename T, typename Values, typename Make>
std::unique_ptr<LeafSums> sumsOf(Values values, Make make)
{
    return std::make_unique<ValueSums<Sum, T, Values, Make>>(std::move(values), std::move(make));
}

/// How many rows have a value at all.
class Presences {
public:
    Presences(const Snapshot &snapshot, const Column &column) : m_reader(column, snapshot.chunkCount()) {}
    bool has(RowId row) const { return m_reader.has(row); }
    std::int64_t operator[](RowId) const { return 1; }

private:
    Reader<std::uint64_t> m_reader;
};

template <typename T>
Value totalOf(const Total<T> &all, Function function, bool isTime)
{
    if (all.count == 0)
        return {};
    if (function == Function::Avg) {
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

template <typename T, typename Values>
std::unique_ptr<LeafSums> numberSums(Values values, Function function, bool isTime)
{
    const auto value = [isTime](T number) {
        if constexpr (std::is_integral_v<T>) {
            if (isTime)
                return Value(UtcTime{number});
        }
        return Value(number);
    };
    const auto extreme = [value](const auto &all) { return all.any ? value(all.value) : Value(); };
    switch (function) {
    case Function::Min:
        return sumsOf<Extreme<T, true>, T>(std::move(values), extreme);
    case Function::Max:
        return sumsOf<Extreme<T, false>, T>(std::move(values), extreme);
    case Function::Sum:
    case Function::Avg:
        return sumsOf<Total<T>, T>(std::move(values), [function, isTime](const Total<T> &all) {
            return totalOf(all, function, isTime);
        });
    case Function::Count:
    case Function::Distinct:
    case Function::P50:
    case Function::P95:
    case Function::P99:
        return nullptr;
    }
    return nullptr;
}

/// The sums that an aggregate is made of; null when it is none.
std::unique_ptr<LeafSums> leafSums(const Snapshot &snapshot, const Aggregate &aggregate)
{
    const Column *column = snapshot.column(aggregate.column);
    if (!column || (column->type == Type::Empty && !column->isKey))
        return nullptr;
    const std::size_t chunks = snapshot.chunkCount();
    if (aggregate.function == Function::Count)
        return sumsOf<Total<std::int64_t>, std::int64_t>(
            Presences(snapshot, *column),
            [](const Total<std::int64_t> &all) { return Value(static_cast<std::int64_t>(all.count)); });
    if (column->isKey)
        return nullptr;
    switch (column->type) {
    case Type::Empty:
    case Type::Bool:
        return nullptr;
    case Type::Int:
        return numberSums<std::int64_t>(Reader<std::int64_t>(*column, chunks), aggregate.function, false);
    case Type::Time:
        return aggregate.function == Function::Sum
                   ? nullptr
                   : numberSums<std::int64_t>(Reader<std::int64_t>(*column, chunks), aggregate.function,
                                              true);
    case Type::Double:
        return numberSums<double>(Reader<double>(*column, chunks), aggregate.function, false);
    case Type::Version:
    case Type::Text:
        return aggregate.function == Function::Sum || aggregate.function == Function::Avg
                   ? numberSums<double>(NumberTexts(snapshot, *column), aggregate.function, false)
                   : nullptr;
    }
    return nullptr;
}

/// One aggregate that is no sum, from the rows of each group; of some groups when cancelled.
class OfRows {
public:
    OfRows(const Snapshot &snapshot, const View &view, const Aggregate &aggregate, std::vector<Value> &out,
           const CancelFlag *cancel)
        : m_snapshot(snapshot),
          m_view(view),
          m_cancel(cancel),
          m_function(aggregate.function),
          m_out(out)
    {
        m_out.assign(m_view.groups.size(), Value());
        if (m_function == Function::Count && aggregate.column.empty())
            countRows();
        else
            fill(snapshot.column(aggregate.column));
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
        if (m_function == Function::Distinct)
            return countDistinct(*column);
        if (m_function == Function::Min || m_function == Function::Max)
            return extremesOfTexts(*column);
        if (m_function != Function::P50 && m_function != Function::P95 && m_function != Function::P99)
            return;
        const std::size_t chunks = m_snapshot.chunkCount();
        switch (column->isKey ? Type::Empty : column->type) {
        case Type::Empty:
        case Type::Bool:
            return;
        case Type::Int:
            return percentiles<std::int64_t>(Reader<std::int64_t>(*column, chunks),
                                             [](std::int64_t value) { return Value(value); });
        case Type::Time:
            return percentiles<std::int64_t>(Reader<std::int64_t>(*column, chunks),
                                             [](std::int64_t value) { return Value(UtcTime{value}); });
        case Type::Double:
            return percentiles<double>(Reader<double>(*column, chunks),
                                       [](double value) { return Value(value); });
        case Type::Version:
        case Type::Text:
            return percentiles<double>(NumberTexts(m_snapshot, *column),
                                       [](double value) { return Value(value); });
        }
    }

    template <typename T, typename Values, typename Make>
    void percentiles(const Values &values, const Make &make)
    {
        const double share = m_function == Function::P50 ? 0.50 : m_function == Function::P95 ? 0.95 : 0.99;
        std::vector<T> held;
        for (std::size_t g = 0; g < m_out.size() && !isCancelled(m_cancel); ++g) {
            held.clear();
            for (std::uint32_t i = m_view.groups[g].begin; i < m_view.groups[g].end; ++i) {
                const RowId row = m_view.rows[i];
                const T value = values[row];
                if (values.has(row) && isNumber(value))
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

    void extremesOfTexts(const Column &column)
    {
        if (!column.isKey && !isTextual(column.type))
            return; // booleans have none
        const auto ranks =
            column.isKey ? nullptr : column.dictionary->ranks(column.codeLimit, column.textOrder(), m_cancel);
        const Reader<std::uint32_t> codes(column, column.isKey ? 0 : m_snapshot.chunkCount());
        const auto isBefore = [&](RowId a, RowId b) {
            if (ranks)
                return (*ranks)[codes[a]] < (*ranks)[codes[b]];
            return std::get<std::string_view>(column.cell(a)) < std::get<std::string_view>(column.cell(b));
        };
        for (std::size_t g = 0; g < m_out.size() && !isCancelled(m_cancel); ++g) {
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

    void countDistinct(const Column &column)
    {
        const OrderKeys keys(m_snapshot, column, m_view.rows, m_cancel);
        std::vector<std::uint64_t> held;
        for (std::size_t g = 0; g < m_out.size() && !isCancelled(m_cancel); ++g) {
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
    const CancelFlag *m_cancel;
    Function m_function;
    std::vector<Value> &m_out;
};

} // namespace

Aggregates::Aggregates(const Snapshot &snapshot, const ViewSpec &spec)
    : m_snapshot(snapshot),
      m_wanted(spec.aggregates)
{
    for (const Aggregate &aggregate : m_wanted)
        m_sums.push_back(leafSums(snapshot, aggregate));
}

void Aggregates::start(std::size_t parts, std::size_t leaves)
{
    for (const auto &sums : m_sums) {
        if (sums)
            sums->start(parts, leaves);
    }
}

void Aggregates::take(std::size_t part, const Block &block) const
{
    for (const auto &sums : m_sums) {
        if (sums)
            sums->take(part, block);
    }
}

bool Aggregates::finish(View &view, const Leaves &leaves, const CancelFlag *cancel)
{
    std::vector<std::pair<std::size_t, std::size_t>>
        leavesOf; // by group: its first and the one past its last
    leavesOf.reserve(view.groups.size());
    const auto leafAt = [&leaves](std::uint32_t place) {
        return static_cast<std::size_t>(std::lower_bound(leaves.begin.begin(), leaves.begin.end(), place) -
                                        leaves.begin.begin());
    };
    for (Group &group : view.groups) {
        group.aggregates.reserve(m_wanted.size());
        leavesOf.emplace_back(leafAt(group.begin), leafAt(group.end));
    }
    std::vector<Value> values;
    for (std::size_t a = 0; a < m_wanted.size(); ++a) {
        if (isCancelled(cancel))
            return false;
        if (m_sums[a]) {
            m_sums[a]->join();
            for (std::size_t g = 0; g < view.groups.size(); ++g)
                view.groups[g].aggregates.push_back(m_sums[a]->result(leavesOf[g].first, leavesOf[g].second));
            continue;
        }
        const OfRows ofRows(m_snapshot, view, m_wanted[a], values, cancel);
        for (std::size_t g = 0; g < values.size(); ++g)
            view.groups[g].aggregates.push_back(std::move(values[g]));
    }
    return !isCancelled(cancel);
}

} // namespace muster::table
