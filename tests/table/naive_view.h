// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plain_order.h"
#include "random_table.h"
#include "table/columns.h"
#include "table/view.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>
#include <string>
#include <vector>

/// Views the plainest way: every cell is looked at, nothing is remembered.
namespace muster::table {

/// 0 a value, 1 NaN, 2 absent.
inline int lastClass(const ValueView &value)
{
    const auto *number = std::get_if<double>(&value);
    return std::holds_alternative<std::monostate>(value) ? 2 : number && std::isnan(*number) ? 1 : 0;
}

inline int compareCells(const ValueView &a, const ValueView &b, Beginning beginning)
{
    if (const auto *text = std::get_if<std::string_view>(&a))
        return comparePlainTexts(*text, std::get<std::string_view>(b), beginning);
    if (const auto *flag = std::get_if<bool>(&a))
        return int{*flag} - int{std::get<bool>(b)};
    return filter::compare(a, filter::Op::Less, b) ? -1 : filter::compare(b, filter::Op::Less, a) ? 1 : 0;
}

struct Naive {
    const Snapshot &snapshot;
    const Beginnings &beginnings;

    ValueView cell(RowId row, std::string_view name) const
    {
        const Column *column = snapshot.column(name);
        return column ? column->cell(row) : ValueView();
    }
    bool passes(RowId row, const ViewSpec &spec) const
    {
        const bool isOutside =
            spec.only && (row / 64 >= spec.only->size() || (((*spec.only)[row / 64] >> (row % 64)) & 1) == 0);
        if (isOutside || !snapshot.isLive(row) ||
            !spec.filter.matches([&](std::string_view name) { return cell(row, name); }))
            return false;
        return spec.quickText.empty() ||
               std::any_of(spec.quickColumns.begin(), spec.quickColumns.end(), [&](const std::string &name) {
                   const ValueView value = cell(row, name);
                   return !std::holds_alternative<std::monostate>(value) &&
                          filter::containsText(toText(value), spec.quickText);
               });
    }
    int compareBy(RowId a, RowId b, const std::string &name, bool descending) const
    {
        const ValueView left = cell(a, name);
        const ValueView right = cell(b, name);
        if (lastClass(left) != lastClass(right))
            return lastClass(left) - lastClass(right);
        if (lastClass(left) != 0)
            return 0;
        const int order = compareCells(left, right, beginnings.of(name));
        return descending ? -order : order;
    }
    RowList rows(const ViewSpec &spec) const
    {
        RowList found;
        for (RowId row = 0; row < snapshot.rowLimit; ++row) {
            if (passes(row, spec))
                found.push_back(row);
        }
        const auto by = [&](const std::vector<SortKey> &keys) {
            std::stable_sort(found.begin(), found.end(), [&](RowId a, RowId b) {
                for (const SortKey &key : keys) {
                    const int order = compareBy(a, b, key.column, key.descending);
                    if (order != 0)
                        return order < 0;
                }
                return false;
            });
        };
        by(spec.sort);
        by(groupKeys(spec));
        return found;
    }
    std::vector<SortKey> groupKeys(const ViewSpec &spec) const
    {
        std::vector<SortKey> keys;
        for (const std::string &name : spec.groupBy) {
            const auto sort = std::find_if(spec.sort.begin(), spec.sort.end(),
                                           [&name](const SortKey &key) { return key.column == name; });
            keys.push_back({name, sort != spec.sort.end() && sort->descending});
        }
        return keys;
    }
    bool sameGroup(RowId a, RowId b, const std::string &name) const
    {
        return compareBy(a, b, name, false) == 0;
    }

    Value aggregate(const RowList &rows, const Group &group, const Aggregate &what) const
    {
        std::vector<ValueView> values;
        for (std::uint32_t i = group.begin; i < group.end; ++i) {
            const ValueView value = cell(rows[i], what.column);
            if (!std::holds_alternative<std::monostate>(value))
                values.push_back(value);
        }
        if (what.function == Function::Count)
            return static_cast<std::int64_t>(what.column.empty() ? group.end - group.begin : values.size());
        const Beginning order = beginnings.of(what.column);
        if (what.function == Function::Distinct) {
            const auto less = [order](const ValueView &a, const ValueView &b) {
                return lastClass(a) != lastClass(b) ? lastClass(a) < lastClass(b)
                                                    : lastClass(a) == 0 && compareCells(a, b, order) < 0;
            };
            std::set<ValueView, decltype(less)> distinct(less);
            distinct.insert(values.begin(), values.end());
            return static_cast<std::int64_t>(distinct.size());
        }
        std::erase_if(values, [](const ValueView &value) { return lastClass(value) != 0; });
        if (values.empty() || std::holds_alternative<bool>(values.front()))
            return {};
        std::sort(values.begin(), values.end(),
                  [order](const ValueView &a, const ValueView &b) { return compareCells(a, b, order) < 0; });
        if (what.function == Function::Min)
            return own(values.front());
        if (what.function == Function::Max)
            return own(values.back());
        return ofNumbers(values, what.function);
    }

    /// What the rounding of a sum is to be measured by: great numbers may leave little of each other.
    double magnitude(const RowList &rows, const Group &group, const std::string &name) const
    {
        double sum = 0;
        for (std::uint32_t i = group.begin; i < group.end; ++i) {
            const double number = std::strtod(toText(cell(rows[i], name)).c_str(), nullptr);
            if (std::isfinite(number))
                sum += std::abs(number);
        }
        return sum;
    }

    static Value ofNumbers(const std::vector<ValueView> &values, Function function)
    {
        std::vector<double> numbers;
        bool areTimes = false;
        bool areIntegers = true;
        __extension__ __int128 exact = 0;
        for (const ValueView &value : values) {
            if (const auto *integer = std::get_if<std::int64_t>(&value)) {
                numbers.push_back(static_cast<double>(*integer));
                exact += *integer;
                continue;
            }
            areIntegers = false;
            if (const auto *number = std::get_if<double>(&value)) {
                numbers.push_back(*number);
            } else if (const auto *time = std::get_if<UtcTime>(&value)) {
                areTimes = true;
                numbers.push_back(static_cast<double>(time->micros));
            } else if (const auto *text = std::get_if<std::string_view>(&value)) {
                double read = 0;
                const bool plain = text->find_first_not_of("-0123456789.e+") == std::string_view::npos;
                char *end = nullptr;
                const std::string copy(*text);
                read = std::strtod(copy.c_str(), &end);
                if (plain && !copy.empty() && *end == 0)
                    numbers.push_back(read);
            }
        }
        if (numbers.empty())
            return {};
        std::sort(numbers.begin(), numbers.end());
        double sum = 0;
        for (const double number : numbers)
            sum += number;
        const auto result = [&](double number) {
            if (areTimes)
                return Value(UtcTime{static_cast<std::int64_t>(number)});
            return Value(number);
        };
        if (function == Function::Sum) {
            if (areTimes)
                return {};
            const auto narrow = static_cast<std::int64_t>(exact);
            return areIntegers && narrow == exact ? Value(narrow) : Value(sum);
        }
        if (function == Function::Avg)
            return result(areIntegers ? static_cast<double>(exact) / static_cast<double>(numbers.size())
                                      : sum / static_cast<double>(numbers.size()));
        const double share = function == Function::P50 ? 0.5 : function == Function::P95 ? 0.95 : 0.99;
        const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(numbers.size())));
        const double number = numbers[std::max<std::size_t>(rank, 1) - 1];
        if (areIntegers)
            return values[std::max<std::size_t>(rank, 1) - 1].index() == 2
                       ? Value(std::get<std::int64_t>(values[std::max<std::size_t>(rank, 1) - 1]))
                       : Value(number);
        return result(number);
    }
};

inline bool isClose(const Value &a, const Value &b)
{
    const auto *x = std::get_if<double>(&a);
    const auto *y = std::get_if<double>(&b);
    if (x && y && std::isnan(*x) && std::isnan(*y))
        return true; // of infinities, both ways
    if (x && y)
        return *x == *y || (std::isfinite(*x) && std::isfinite(*y) &&
                            std::abs(*x - *y) <= 1e-9 * std::max(std::abs(*x), std::abs(*y)));
    const auto *s = std::get_if<UtcTime>(&a);
    const auto *t = std::get_if<UtcTime>(&b);
    if (s && t)
        return std::abs(s->micros - t->micros) <= 1'000'000;
    return a == b;
}

inline ViewSpec randomSpec(RandomTable &random, bool grouped)
{
    ViewSpec spec;
    if (random.chance(80))
        spec.filter = filter::Expression(random.expression());
    if (random.chance(20)) {
        spec.quickText = random.chance(50) ? "a" : "1";
        spec.quickColumns = {"device", "name", "int", "mixed", "time", "missing", "real", "flag"};
    }
    for (std::size_t i = random.below(4); i > 0; --i)
        spec.sort.push_back({random.chance(15) ? "device" : random.column(), random.chance(50)});
    if (grouped) {
        for (std::size_t i = 1 + random.below(3); i > 0; --i) {
            const std::string name = random.chance(5)   ? "device"
                                     : random.chance(5) ? "missing"
                                                        : random.column();
            if (std::find(spec.groupBy.begin(), spec.groupBy.end(), name) == spec.groupBy.end())
                spec.groupBy.push_back(name);
        }
        for (std::size_t i = random.below(5); i > 0; --i)
            spec.aggregates.push_back({static_cast<Function>(random.below(9)), random.chance(10) ? "device"
                                                                               : random.chance(5)
                                                                                   ? "missing"
                                                                                   : random.column()});
        if (random.chance(30))
            spec.aggregates.push_back({Function::Count, ""});
    }
    return spec;
}

inline std::string describe(const ViewSpec &spec)
{
    std::string text = "filter " + spec.filter.print() + "; quick " + spec.quickText + "; sort";
    for (const SortKey &key : spec.sort)
        text += ' ' + key.column + (key.descending ? "-" : "+");
    text += "; group";
    for (const std::string &name : spec.groupBy)
        text += ' ' + name;
    for (const Aggregate &aggregate : spec.aggregates)
        text += "; " + std::string(name(aggregate.function)) + ' ' + aggregate.column;
    return text;
}

inline void checkGroups(const Naive &naive, const View &view, const ViewSpec &spec, std::size_t most = 1000)
{
    if (spec.groupBy.empty() || view.rows.empty()) {
        QVERIFY(view.groups.empty());
        return;
    }
    std::vector<std::uint32_t> ends(spec.groupBy.size(), 0);
    std::vector<int> open(spec.groupBy.size(), -1);
    for (std::size_t g = 0; g < view.groups.size(); ++g) {
        const Group &group = view.groups[g];
        const auto level = static_cast<std::size_t>(group.level);
        QCOMPARE(group.begin, ends[level]); // no row is left out, none is in two
        QVERIFY(group.begin < group.end);
        QCOMPARE(group.parent, level == 0 ? -1 : open[level - 1]);
        ends[level] = group.end;
        open[level] = static_cast<int>(g);
        const std::string &name = spec.groupBy[level];
        for (std::uint32_t i = group.begin; i < group.end; ++i)
            QVERIFY(naive.sameGroup(view.rows[group.begin], view.rows[i], name));
        const bool sameParentAsNext =
            group.end < view.rows.size() &&
            (level == 0 || group.end < view.groups[static_cast<std::size_t>(group.parent)].end);
        if (sameParentAsNext)
            QVERIFY(!naive.sameGroup(view.rows[group.begin], view.rows[group.end], name));
        QCOMPARE(toText(muster::view(group.value)), toText(naive.cell(view.rows[group.begin], name)));
        QCOMPARE(group.aggregates.size(), spec.aggregates.size());
        for (std::size_t a = 0; g < most && a < spec.aggregates.size(); ++a) {
            const Value expected = naive.aggregate(view.rows, group, spec.aggregates[a]);
            const auto *sum = std::get_if<double>(&group.aggregates[a]);
            const auto *wanted = std::get_if<double>(&expected);
            const double rounding = 1e-12 * naive.magnitude(view.rows, group, spec.aggregates[a].column);
            const bool isRounded = sum && wanted && std::abs(*sum - *wanted) <= rounding;
            if (!isRounded && !isClose(group.aggregates[a], expected))
                QFAIL(qPrintable(QString::fromStdString(
                    std::string(muster::table::name(spec.aggregates[a].function)) + ' ' +
                    spec.aggregates[a].column + ": " + toText(muster::view(group.aggregates[a])) + " for " +
                    toText(muster::view(expected)))));
        }
    }
    for (const std::uint32_t end : ends)
        QCOMPARE(end, static_cast<std::uint32_t>(view.rows.size()));
}

} // namespace muster::table
