// SPDX-License-Identifier: GPL-3.0-or-later
#include "random_table.h"
#include "table/columns.h"
#include "table/compare.h"

#include <QTest>

#include <algorithm>
#include <set>

using namespace muster;
using namespace muster::table;

namespace {

using Line = std::array<std::string, 5>; ///< device, change, field, before, after

View allRows(const Table &table)
{
    return *evaluate(*table.snapshot(), ViewSpec{});
}

/// In the order in which they were appended.
std::vector<Line> linesOf(Comparison &comparison)
{
    Table table("difference");
    for (const char *name : {"device", "change", "field", "before", "after"})
        table.ensureColumn(name);
    table.apply(comparison.differences);
    std::vector<Line> lines;
    for (RowId row = 0; row < table.rowLimit(); ++row) {
        Line line;
        for (ColumnIndex c = 1; c <= 5; ++c)
            line[static_cast<std::size_t>(c - 1)] = toText(table.cell(row, c));
        lines.push_back(line);
    }
    return lines;
}

/// The plainest comparison there is.
std::vector<Line> naive(const Table &before, const std::set<std::string> &beforeKeys, const Table &after,
                        const std::set<std::string> &afterKeys, const std::vector<std::string> &columns)
{
    const auto isNumber = [](const ValueView &value) {
        return std::holds_alternative<std::int64_t>(value) || std::holds_alternative<double>(value);
    };
    std::set<std::string> keys = beforeKeys;
    keys.insert(afterKeys.begin(), afterKeys.end());
    std::vector<Line> lines;
    for (const std::string &key : keys) {
        if (!beforeKeys.contains(key)) {
            lines.push_back({key, "added", "", "", ""});
        } else if (!afterKeys.contains(key)) {
            lines.push_back({key, "gone", "", "", ""});
        } else {
            for (const std::string &name : columns) {
                const ValueView was = before.cell(before.find(key), before.column(name));
                const ValueView is = after.cell(after.find(key), after.column(name));
                bool same = (was.index() == 0) == (is.index() == 0);
                if (same && isNumber(was) && isNumber(is)) {
                    const auto number = [](const ValueView &value) -> long double {
                        const auto *integer = std::get_if<std::int64_t>(&value);
                        return integer ? static_cast<long double>(*integer) : std::get<double>(value);
                    };
                    same = number(was) == number(is) || (std::isnan(number(was)) && std::isnan(number(is)));
                } else if (same) {
                    same = toText(was) == toText(is);
                }
                if (!same)
                    lines.push_back({key, "changed", name, toText(was), toText(is)});
            }
        }
    }
    return lines;
}

void compareToNaive(const Table &before, const View &beforeRows, const Table &after, const View &afterRows,
                    const std::vector<std::string> &columns)
{
    const auto keysOf = [](const Table &table, const View &view) {
        std::set<std::string> keys;
        for (const RowId row : view.rows)
            keys.insert(std::string(table.key(row)));
        return keys;
    };
    const std::vector<Line> expected =
        naive(before, keysOf(before, beforeRows), after, keysOf(after, afterRows), columns);
    auto found = table::compare(*before.snapshot(), beforeRows, *after.snapshot(), afterRows, columns);
    QVERIFY(found.has_value() && !found->isCut);
    const auto count = [&](const char *change) {
        return std::count_if(expected.begin(), expected.end(),
                             [change](const Line &line) { return line[1] == change; });
    };
    std::set<std::string> changedKeys;
    for (const Line &line : expected) {
        if (line[1] == "changed")
            changedKeys.insert(line[0]);
    }
    QCOMPARE(found->added, count("added"));
    QCOMPARE(found->gone, count("gone"));
    QCOMPARE(found->changedCells, count("changed"));
    QCOMPARE(found->changedRows, static_cast<std::int64_t>(changedKeys.size()));
    QCOMPARE(found->added + found->changedRows + found->same,
             static_cast<std::int64_t>(afterRows.rows.size()));
    QCOMPARE(found->gone + found->changedRows + found->same,
             static_cast<std::int64_t>(beforeRows.rows.size()));
    const std::vector<Line> lines = linesOf(*found);
    QCOMPARE(lines.size(), expected.size());
    for (std::size_t i = 0; i < lines.size(); ++i) {
        for (std::size_t part = 0; part < 5; ++part)
            QCOMPARE(lines[i][part], expected[i][part]);
    }
}

} // namespace

class TestCompare : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void agreesWithTheNaive_data()
    {
        QTest::addColumn<unsigned>("seed");
        for (unsigned seed = 1; seed <= 30; ++seed)
            QTest::addRow("seed %u", seed) << seed;
    }
    void agreesWithTheNaive()
    {
        QFETCH(unsigned, seed);
        RandomTable random(seed);
        Table before("device");
        Table after("device");
        PlainTable plain;
        Batch batch;
        // Most of it is the same on both sides, in another order.
        random.fill(batch, plain, 600);
        before.apply(batch);
        for (auto row = plain.rbegin(); row != plain.rend(); ++row) {
            std::vector<protocol::Field> fields;
            for (const auto &[name, value] : row->second)
                fields.push_back({name, view(value)});
            batch.upsert(row->first, fields);
        }
        after.apply(batch);
        if (seed % 3 > 0) {
            PlainTable other = plain;
            random.fill(batch, other, random.below(200));
            after.apply(batch);
        }
        std::vector<std::string> columns = RandomTable::columns();
        columns.emplace_back("device");
        columns.emplace_back("missing");
        std::shuffle(columns.begin(), columns.end(), std::mt19937(seed));
        compareToNaive(before, allRows(before), after, allRows(after), withoutKey(columns));
        if (QTest::currentTestFailed())
            return;

        ViewSpec spec;
        spec.filter = filter::Expression(random.expression());
        spec.sort.push_back({random.column(), true});
        const View some = *evaluate(*before.snapshot(), spec);
        compareToNaive(before, some, after, allRows(after), withoutKey(columns));
        compareToNaive(after, allRows(after), before, some, withoutKey(columns));
        compareToNaive(before, some, before, some, withoutKey(columns));
    }

    void numbersCompareAsNumbers()
    {
        Table before("device");
        Table after("device");
        Batch batch;
        batch.set("a", "n", std::int64_t{5});
        batch.set("b", "n", std::int64_t{6});
        batch.set("c", "n", std::numeric_limits<std::int64_t>::max());
        before.apply(batch);
        batch.set("a", "n", 5.0);
        batch.set("b", "n", 6.5);
        batch.set("c", "n", 9223372036854775808.0);
        after.apply(batch);
        auto found = table::compare(*before.snapshot(), allRows(before), *after.snapshot(), allRows(after),
                                    {"n", "device"});
        QCOMPARE(found->same, std::int64_t{1});
        const std::vector<Line> lines = linesOf(*found);
        QCOMPARE(lines.size(), std::size_t{2});
        QCOMPARE(lines[0], (Line{"b", "changed", "n", "6", "6.5"}));
        QCOMPARE(lines[1][0], std::string("c"));
    }

    void cancels()
    {
        Table table("device");
        Batch batch;
        batch.set("a", "n", std::int64_t{5});
        table.apply(batch);
        const CancelFlag cancel{true};
        QVERIFY(!table::compare(*table.snapshot(), allRows(table), *table.snapshot(), allRows(table), {"n"},
                                &cancel));
    }

    void aHundredThousandAgainstAsMany()
    {
        Table before("device");
        Table after("device");
        Batch batch;
        constexpr int devices = 100'000;
        const auto fill = [&batch](Table &table, int first, int step) {
            for (int i = 0; i < devices; ++i) {
                const int n = first + i * step;
                const std::string key = "device-" + std::to_string(n);
                const std::array<protocol::Field, 3> fields{
                    protocol::Field{"fw", std::string_view(n % 7 == 0 ? "1.2" : "1.3")},
                    protocol::Field{"n", std::int64_t{n}}, protocol::Field{"up", i * 0.5}};
                batch.append(key, fields);
            }
            table.apply(batch);
        };
        fill(before, 0, 1);
        fill(after, devices + 9, -1); // ten others, and all of it the other way round
        const auto found = table::compare(*before.snapshot(), allRows(before), *after.snapshot(),
                                          allRows(after), {"fw", "n", "up"});
        QCOMPARE(found->added, std::int64_t{10});
        QCOMPARE(found->gone, std::int64_t{10});
        QCOMPARE(found->changedRows + found->same, std::int64_t{devices - 10});
        QCOMPARE(found->changedCells, found->changedRows); // only "up"
    }

private:
    static std::vector<std::string> withoutKey(std::vector<std::string> columns)
    {
        std::erase(columns, "device");
        return columns;
    }
};

QTEST_GUILESS_MAIN(TestCompare)
#include "tst_compare.moc"
