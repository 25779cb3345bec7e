// SPDX-License-Identifier: GPL-3.0-or-later
#include "naive_view.h"
#include "table/filter_kernel.h"
#include "table/order.h"
#include "table/view.h"

#include <QTest>

#include <algorithm>
#include <set>

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
};

QTEST_GUILESS_MAIN(TestTableView)
#include "tst_table_view.moc"
