// SPDX-License-Identifier: GPL-3.0-or-later
#include "naive_view.h"
#include "table/filter_kernel.h"
#include "table/order.h"
#include "table/view.h"

#include <QTest>

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

using namespace muster;
using namespace muster::table;

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
        Beginnings beginnings;
        Batch batch;
        for (int round = 0; round < 3; ++round) {
            random.fill(batch, plain, 10 + random.below(1200));
            table.apply(batch);
            const auto snapshot = table.snapshot();
            beginnings.note(plain, *snapshot);
            const Naive naive{*snapshot, beginnings};
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
        const Beginnings beginnings; // no number became a text, and no text is a version
        const Naive naive{*snapshot, beginnings};
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
        QVERIFY(compareTexts("4.10", "5", TextOrder::Versions) < 0);
        QVERIFY(compareTexts("n/a", "4.10", TextOrder::Versions) > 0);
        QVERIFY(compareTexts("9", "10", TextOrder::Smart) < 0);
        QVERIFY(compareTexts("10", "1.2.3", TextOrder::Smart) < 0);
        QVERIFY(compareTexts("1.10.0", "1.9.0", TextOrder::Smart) > 0);
        QVERIFY(compareTexts("1.10.0", "n/a", TextOrder::Smart) < 0);
    }
    void oneOddTextLeavesVersionsInOrder_data()
    {
        QTest::addColumn<QByteArray>("odd");
        QTest::newRow("none") << QByteArray();
        QTest::newRow("a word") << QByteArray("n/a");
        QTest::newRow("a number's text") << QByteArray("7");
    }
    /// What stands before another is what the filter finds to be less.
    void oneOddTextLeavesVersionsInOrder()
    {
        QFETCH(QByteArray, odd);
        Table table("device");
        Batch batch;
        const std::vector<std::string> sorted = {"4.9", "4.9.1", "4.10", "5.0", "5.0.1"};
        for (const std::string &version : {sorted[2], sorted[4], sorted[0], sorted[3], sorted[1]})
            batch.set(version, "fw", std::string_view(version));
        table.apply(batch);
        if (!odd.isEmpty())
            batch.set("odd", "fw", std::string_view(odd.constData()));
        table.apply(batch);

        const auto snapshot = table.snapshot();
        ViewSpec spec;
        spec.sort = {{"fw", false}};
        std::vector<std::string> found;
        const View view = *evaluate(*snapshot, spec);
        for (const RowId row : view.rows)
            found.push_back(toText(snapshot->column("fw")->cell(row)));
        std::vector<std::string> expected = sorted;
        if (!odd.isEmpty())
            expected.push_back(odd.toStdString());
        QCOMPARE(found, expected);
        for (std::size_t i = 0; i < sorted.size(); ++i) {
            ViewSpec less;
            less.filter = *filter::Expression::parse("fw < \"" + sorted[i] + "\" and fw >= \"4.0\"");
            QCOMPARE(evaluate(*snapshot, less)->rows.size(), i);
        }
        ViewSpec grouped;
        grouped.filter = *filter::Expression::parse("device != \"odd\"");
        grouped.groupBy = {"missing"};
        grouped.aggregates = {{Function::Min, "fw"}, {Function::Max, "fw"}};
        const std::vector<Value> extremes = evaluate(*snapshot, grouped)->groups[0].aggregates;
        QCOMPARE(extremes, (std::vector<Value>{std::string("4.9"), std::string("5.0.1")}));
    }
    /// What texts a column began with, not how batches were cut, decides.
    void orderIsByWhatCameFirst()
    {
        const auto orderOf = [](const std::vector<std::vector<ValueView>> &batches) {
            Table table("device");
            Batch batch;
            int row = 0;
            for (const auto &values : batches) {
                for (const ValueView &value : values)
                    batch.set("d" + std::to_string(row++), "x", value);
                table.apply(batch);
            }
            return table.snapshot()->column("x")->textOrder();
        };
        using std::string_view;
        const ValueView four{std::int64_t{4}};
        const ValueView version{string_view("4.10")};
        const ValueView word{string_view("n/a")};
        QCOMPARE(orderOf({{version, word}}), TextOrder::Versions);
        QCOMPARE(orderOf({{word}, {version}}), TextOrder::Versions);
        QCOMPARE(orderOf({{version}, {four}}), TextOrder::Versions);
        QCOMPARE(orderOf({{version, four}}), TextOrder::Versions);
        QCOMPARE(orderOf({{word, version, four}}), TextOrder::Versions);
        QCOMPARE(orderOf({{four}, {version}}), TextOrder::Smart);
        QCOMPARE(orderOf({{four, version}}), TextOrder::Smart);
        QCOMPARE(orderOf({{word}, {four}, {version}}), TextOrder::Smart);
        QCOMPARE(orderOf({{word}, {string_view("4")}}), TextOrder::Bytes);
    }
    /// Cells that were true and false are found as such when the column has come to hold texts, and answers
    /// that are filtered one by one are found alike.
    void truthValuesAreFoundAmongTexts()
    {
        Table table("device");
        Batch batch;
        const std::vector<std::pair<std::string, Value>> given = {
            {"a", true}, {"b", false}, {"c", std::string("unknown")}, {"d", Value()}, {"e", true}};
        for (const auto &[key, value] : given)
            batch.set(key, "door.open", view(value));
        table.apply(batch);
        QCOMPARE(table.columnType(table.column("door.open")), Type::Text);
        for (const auto &[text, keys] :
             std::map<std::string, std::string>{{"door.open = true", "ae"},
                                                {"door.open != true", "bcd"},
                                                {"not door.open = false", "acde"},
                                                {"door.open in (false, 7)", "b"},
                                                {"door.open = \"true\"", "ae"},
                                                {"door.open = \"unknown\"", "c"}}) {
            ViewSpec spec;
            spec.filter = *filter::Expression::parse(text);
            std::string found;
            const View filtered = *evaluate(*table.snapshot(), spec);
            for (const RowId row : filtered.rows)
                found += table.key(row);
            QCOMPARE(found, keys);
            std::string alone;
            for (const auto &[key, value] : given) {
                const auto lookup = [&held = value](std::string_view) { return view(held); };
                alone += spec.filter.matches(lookup) ? key : "";
            }
            QCOMPARE(alone, keys);
        }
    }
    /// The first version among texts puts those that were there in another order, and numbers that become
    /// texts are filtered otherwise.
    void followsAColumnThatComparesOtherwise()
    {
        Table table("device");
        Batch batch;
        for (int i = 0; i < 200; ++i) {
            const std::string key = "d" + std::to_string(1000 + i);
            batch.set(key, "name", std::string_view(i % 2 == 0 ? "10-b" : "9.x"));
            batch.set(key, "n", std::int64_t{i});
            batch.set(key, "t", UtcTime{1'700'000'000'000'000 + i * std::int64_t{250'000}});
        }
        table.apply(batch);
        std::vector<ViewSpec> specs(3);
        specs[0].sort = {{"name", false}};
        specs[1].filter = *filter::Expression::parse("n < \"50\"");
        specs[2].sort = {{"t", true}};
        std::vector<View> views;
        views.reserve(specs.size());
        for (const ViewSpec &spec : specs)
            views.push_back(*evaluate(*table.snapshot(), spec));
        // Three batches, each of one row, make each of the columns another.
        for (const auto &[column, text] : std::map<std::string, std::string>{
                 {"name", "1.0"}, {"n", "n/a"}, {"t", "2023-11-14T22:13:20.5Z"}}) {
            batch.set("d1007", column, std::string_view(text));
            const Change change = table.apply(batch);
            QCOMPARE(change.retyped, std::vector<ColumnIndex>{table.column(column)});
            for (std::size_t i = 0; i < specs.size(); ++i) {
                update(views[i], *table.snapshot(), specs[i], change);
                QCOMPARE(views[i].rows, evaluate(*table.snapshot(), specs[i])->rows);
            }
        }
        batch.set("d1008", "name", std::string_view("2.0"));
        QVERIFY(table.apply(batch).retyped.empty());
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
        stored.reserve(texts.size());
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

    /// At any moment: either nothing, or what comes without a flag.
    void cancelledMidwayGivesNothingOrAll()
    {
        constexpr int rows = 150'000;
        const auto fill = [](Table &table) {
            Batch batch;
            for (int i = 0; i < rows; ++i) {
                const std::string key = "d" + std::to_string((i * 7919LL) % rows);
                batch.set(key, "note", std::string_view("note " + std::to_string((i * 104'729LL) % rows)));
                batch.set(key, "fw", std::string_view("1." + std::to_string((i * 31LL) % rows) + ".0"));
                batch.set(key, "site", std::string_view(i % 3 == 0 ? "a" : "b"));
                batch.set(key, "load", static_cast<double>(i % 977));
            }
            table.apply(batch);
        };
        Table table("device");
        fill(table);
        ViewSpec spec;
        spec.filter = *filter::Expression::parse("note contains \"9\" or fw > \"1.5000\"");
        spec.sort = {{"fw", true}, {"note", false}, {"device", false}};
        spec.groupBy = {"site", "load"};
        spec.aggregates = {{Function::Distinct, "note"},
                           {Function::Max, "fw"},
                           {Function::P95, "load"},
                           {Function::Count, ""}};
        const std::optional<View> all = evaluate(*table.snapshot(), spec);
        QVERIFY(all && !all->groups.empty());
        const auto isAll = [&all](const View &view) {
            return view.rows == all->rows &&
                   std::equal(view.groups.begin(), view.groups.end(), all->groups.begin(), all->groups.end(),
                              [](const Group &a, const Group &b) {
                                  return a.value == b.value && a.aggregates == b.aggregates;
                              });
        };
        // Ever later, until one is done by then.
        int cancelled = 0;
        for (std::size_t turns = 0;; turns = 4 * turns + 1) {
            Table again("device"); // as ranks that were made once are kept
            fill(again);
            const auto snapshot = again.snapshot();
            CancelFlag cancel{false};
            std::atomic<bool> isBegun{false};
            std::optional<View> view;
            std::thread evaluation([&] {
                isBegun = true;
                view = evaluate(*snapshot, spec, &cancel);
            });
            while (!isBegun)
                std::this_thread::yield();
            for (std::size_t turn = 0; turn < turns; ++turn)
                std::this_thread::yield();
            cancel = true;
            evaluation.join();
            if (view) {
                QVERIFY(isAll(*view));
                break;
            }
            ++cancelled;
        }
        QVERIFY(cancelled > 0);
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
};

QTEST_GUILESS_MAIN(TestTableView)
#include "tst_table_view.moc"
