// SPDX-License-Identifier: GPL-3.0-or-later
#include "random_table.h"
#include "table/columns.h"
#include "table/filter_kernel.h"
#include "table/order.h"
#include "table/view.h"

#include <QTest>

#include <algorithm>
#include <set>

using namespace muster;
using namespace muster::table;

namespace {

/// 0 a value, 1 NaN, 2 absent.
int lastClass(const ValueView &value)
{
    const auto *number = std::get_if<double>(&value);
    return std::holds_alternative<std::monostate>(value) ? 2 : number && std::isnan(*number) ? 1 : 0;
}

int compareCells(const ValueView &a, const ValueView &b, TextOrder order)
{
    if (const auto *text = std::get_if<std::string_view>(&a))
        return compareTexts(*text, std::get<std::string_view>(b), order);
    if (const auto *flag = std::get_if<bool>(&a))
        return int{*flag} - int{std::get<bool>(b)};
    return filter::compare(a, filter::Op::Less, b) ? -1 : filter::compare(b, filter::Op::Less, a) ? 1 : 0;
}

struct Naive {
    const Snapshot &snapshot;

    ValueView cell(RowId row, std::string_view name) const
    {
        const Column *column = snapshot.column(name);
        return column ? column->cell(row) : ValueView();
    }
    bool passes(RowId row, const ViewSpec &spec) const
    {
        if (!snapshot.isLive(row) ||
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
        const int order = compareCells(left, right, snapshot.column(name)->textOrder());
        return descending ? -order : order;
    }
    std::vector<RowId> rows(const ViewSpec &spec) const
    {
        std::vector<RowId> found;
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

    Value aggregate(const std::vector<RowId> &rows, const Group &group, const Aggregate &what) const
    {
        std::vector<ValueView> values;
        for (std::uint32_t i = group.begin; i < group.end; ++i) {
            const ValueView value = cell(rows[i], what.column);
            if (!std::holds_alternative<std::monostate>(value))
                values.push_back(value);
        }
        if (what.function == Function::Count)
            return static_cast<std::int64_t>(what.column.empty() ? group.end - group.begin : values.size());
        const Column *column = snapshot.column(what.column);
        const TextOrder order = column ? column->textOrder() : TextOrder::Bytes;
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

    static Value ofNumbers(const std::vector<ValueView> &values, Function function)
    {
        std::vector<double> numbers;
        bool areTimes = false;
        bool areIntegers = true;
        long double exact = 0; // 64 bits of mantissa: exact for what these tables hold
        for (const ValueView &value : values) {
            if (const auto *integer = std::get_if<std::int64_t>(&value)) {
                numbers.push_back(static_cast<double>(*integer));
                exact += static_cast<long double>(*integer);
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
            const bool fits = exact >= -0x1p63L && exact < 0x1p63L;
            return areIntegers && fits ? Value(static_cast<std::int64_t>(exact)) : Value(sum);
        }
        if (function == Function::Avg)
            return result(areIntegers ? static_cast<double>(exact / static_cast<long double>(numbers.size()))
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

bool isClose(const Value &a, const Value &b)
{
    const auto *x = std::get_if<double>(&a);
    const auto *y = std::get_if<double>(&b);
    if (x && y)
        return *x == *y || std::abs(*x - *y) <= 1e-9 * std::max(std::abs(*x), std::abs(*y));
    const auto *s = std::get_if<UtcTime>(&a);
    const auto *t = std::get_if<UtcTime>(&b);
    if (s && t)
        return std::abs(s->micros - t->micros) <= 1'000'000;
    return a == b;
}

ViewSpec randomSpec(RandomTable &random, bool grouped)
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

} // namespace

class TestTableView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void agreesWithTheNaive_data()
    {
        QTest::addColumn<unsigned>("seed");
        for (unsigned seed = 1; seed <= 25; ++seed)
            QTest::addRow("seed %u", seed) << seed;
    }
    void agreesWithTheNaive()
    {
        QFETCH(unsigned, seed);
        RandomTable random(seed);
        Table table("device");
        PlainTable plain;
        Batch batch;
        for (int round = 0; round < 3; ++round) {
            random.fill(batch, plain, 10 + random.below(1200));
            table.apply(batch);
            const auto snapshot = table.snapshot();
            const Naive naive{*snapshot};
            for (int i = 0; i < 60; ++i) {
                const ViewSpec spec = randomSpec(random, i % 2 == 1);
                const auto view = evaluate(*snapshot, spec);
                QVERIFY(view.has_value());
                if (view->rows != naive.rows(spec))
                    QFAIL(qPrintable(QString::fromStdString(describe(spec))));
                checkGroups(naive, *view, spec);
                if (QTest::currentTestFailed())
                    QFAIL(qPrintable(QString::fromStdString(describe(spec))));
            }
        }
    }

    void kernelsAgreeRowByRow()
    {
        RandomTable random(77);
        Table table("device");
        PlainTable plain;
        Batch batch;
        random.fill(batch, plain, 800);
        table.apply(batch);
        const auto snapshot = table.snapshot();
        for (int i = 0; i < 300; ++i) {
            ViewSpec spec;
            spec.filter = filter::Expression(random.expression());
            const auto few = compileFilter(*snapshot, spec, Extent::FewRows);
            const auto all = compileFilter(*snapshot, spec, Extent::AllRows);
            Words words;
            for (RowId row = 0; row < snapshot->rowLimit; ++row) {
                if (row % chunkRows == 0)
                    all->pass(row / chunkRows, words);
                if (snapshot->isLive(row))
                    QCOMPARE(few->passes(row), ((words[row / 64] >> (row % 64)) & 1) != 0);
            }
        }
    }

    void updateIsEvaluate_data() { agreesWithTheNaive_data(); }
    void updateIsEvaluate()
    {
        QFETCH(unsigned, seed);
        RandomTable random(seed + 1000);
        Table table("device");
        PlainTable plain;
        Batch batch;
        random.fill(batch, plain, 2000);
        table.apply(batch);
        for (int i = 0; i < 6; ++i) {
            const ViewSpec spec = randomSpec(random, random.chance(25));
            View view = *evaluate(*table.snapshot(), spec);
            for (int round = 0; round < 12; ++round) {
                random.fill(batch, plain, 1 + random.below(random.chance(20) ? 300 : 12));
                const Change change = table.apply(batch);
                const auto before = view.rows;
                const bool changed = update(view, *table.snapshot(), spec, change);
                const View fresh = *evaluate(*table.snapshot(), spec);
                if (view.rows != fresh.rows)
                    QFAIL(qPrintable(QString::fromStdString(describe(spec))));
                QCOMPARE(view.groups.size(), fresh.groups.size());
                if (view.groups.empty())
                    QCOMPARE(changed, before != view.rows);
            }
        }
    }

    /// Enough rows for two threads and every radix pass.
    void largeTablesAgreeToo()
    {
        std::mt19937_64 random(5);
        Table table("device");
        Batch batch;
        constexpr int rows = 150'000;
        for (int i = 0; i < rows; ++i) {
            const std::string key =
                "eu-site-device-" + std::to_string(random() % 10'000'000) + '-' + std::to_string(i);
            const std::string group = "g" + std::to_string(random() % 7);
            const std::string serial = "serial-number-of-" + std::to_string(random() % 50'000);
            const std::vector<protocol::Field> fields = {
                {"n", static_cast<std::int64_t>(random() % 100'000) - 50'000},
                {"x", static_cast<double>(random()) / 1e15 - 9000},
                {"group", std::string_view(group)},
                {"serial", std::string_view(serial)},
                {"flag", (random() & 1) != 0},
            };
            batch.append(key, fields);
        }
        table.apply(batch);
        const auto snapshot = table.snapshot();
        const Naive naive{*snapshot};
        std::vector<ViewSpec> specs(6);
        specs[0].sort = {{"x", false}};
        specs[1].sort = {{"serial", true}, {"n", false}};
        specs[2].sort = {{"device", false}};
        specs[3].filter = *filter::Expression::parse("serial contains \"77\" and n > 0");
        specs[4].groupBy = {"group", "flag"};
        specs[4].aggregates = {
            {Function::Sum, "n"}, {Function::Avg, "x"}, {Function::Distinct, "serial"}, {Function::P95, "n"}};
        specs[4].sort = {{"group", true}, {"n", false}};
        specs[5].groupBy = {"serial"};
        specs[5].aggregates = {{Function::Max, "x"}};
        for (const ViewSpec &spec : specs) {
            const auto view = evaluate(*snapshot, spec);
            QVERIFY(view->rows == naive.rows(spec));
            checkGroups(naive, *view, spec, 40);
        }
    }

    void ordersOfTexts()
    {
        QVERIFY(compareTexts("B", "a", TextOrder::Bytes) < 0);
        QVERIFY(compareTexts("a", std::string_view("a\0", 2), TextOrder::Bytes) < 0);
        QVERIFY(compareTexts("1.9", "1.10", TextOrder::Versions) < 0);
        QVERIFY(compareTexts("9", "10", TextOrder::Smart) < 0);
        QVERIFY(compareTexts("10", "1.2.3", TextOrder::Smart) < 0);
        QVERIFY(compareTexts("1.10.0", "1.9.0", TextOrder::Smart) > 0);
        QVERIFY(compareTexts("1.10.0", "n/a", TextOrder::Smart) < 0);
    }
    /// Long common beginnings, zero bytes, and one text the beginning of another.
    void ranksAreTheOrderOfBytes()
    {
        std::mt19937 random(9);
        Arena arena;
        std::vector<std::string> texts;
        for (int i = 0; i < 20'000; ++i) {
            std::string text = i % 3 == 0 ? std::string(40, 'a') : "prefix-";
            for (std::size_t k = random() % 12; k > 0; --k)
                text += static_cast<char>(random() % 3);
            texts.push_back(std::move(text));
        }
        for (int i = 0; i < 100; ++i)
            texts.push_back(std::string(2000, 'z') + static_cast<char>(random() % 5));
        std::vector<StoredText> stored;
        for (const std::string &text : texts)
            stored.push_back(arena.store(text));
        std::vector<std::uint32_t> ranks(texts.size());
        rankTexts(stored, TextOrder::Bytes, ranks.data());
        const std::set<std::string> distinct(texts.begin(), texts.end());
        std::map<std::string, std::uint32_t> expected;
        for (const std::string &text : distinct)
            expected.emplace(text, static_cast<std::uint32_t>(expected.size()));
        for (std::size_t i = 0; i < texts.size(); ++i)
            QCOMPARE(ranks[i], expected[texts[i]]);
    }
    void finderAgreesWithTheLanguage()
    {
        std::mt19937 random(3);
        Arena arena;
        const auto draw = [&random](std::size_t most) {
            std::string text;
            for (std::size_t i = random() % (most + 1); i > 0; --i)
                text += "aAbB@`["[random() % 7];
            return text;
        };
        for (int i = 0; i < 20'000; ++i) {
            const std::string text = draw(60);
            const std::string part = draw(4);
            QCOMPARE(TextFinder(part).isIn(arena.store(text)), filter::containsText(text, part));
        }
    }

    void cancelledEvaluationGivesNothing()
    {
        RandomTable random(1);
        Table table("device");
        PlainTable plain;
        Batch batch;
        random.fill(batch, plain, 500);
        table.apply(batch);
        const CancelFlag cancel{true};
        QVERIFY(!evaluate(*table.snapshot(), {}, &cancel).has_value());
    }
    void countsValues()
    {
        Table table("device");
        Batch batch;
        for (int i = 0; i < 60; ++i) {
            const std::string key = "d" + std::to_string(i);
            batch.set(key, "fw", std::string_view(i % 3 == 0 ? "1.9" : "1.10"));
            batch.set(key, "n", std::int64_t{i % 4});
        }
        table.apply(batch);
        const auto versions = distinctValues(*table.snapshot(), "fw", 5);
        QCOMPARE(versions.size(), std::size_t{2});
        QCOMPARE(std::get<std::string>(versions[0].value), std::string("1.10"));
        QCOMPARE(versions[0].count, std::size_t{40});
        const auto numbers = distinctValues(*table.snapshot(), "n", 3);
        QCOMPARE(numbers.size(), std::size_t{3});
        QCOMPARE(std::get<std::int64_t>(numbers[0].value), 0);
        QCOMPARE(distinctValues(*table.snapshot(), "device", 2).size(), std::size_t{2});
        QVERIFY(distinctValues(*table.snapshot(), "missing", 2).empty());
    }

private:
    static std::string describe(const ViewSpec &spec)
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

    static void checkGroups(const Naive &naive, const View &view, const ViewSpec &spec,
                            std::size_t most = 1000)
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
                if (!isClose(group.aggregates[a], expected))
                    QFAIL(qPrintable(QString::fromStdString(
                        std::string(muster::table::name(spec.aggregates[a].function)) + ' ' +
                        spec.aggregates[a].column + ": " + toText(muster::view(group.aggregates[a])) +
                        " for " + toText(muster::view(expected)))));
            }
        }
        for (const std::uint32_t end : ends)
            QCOMPARE(end, static_cast<std::uint32_t>(view.rows.size()));
    }
};

QTEST_GUILESS_MAIN(TestTableView)
#include "tst_table_view.moc"
