// SPDX-License-Identifier: GPL-3.0-or-later
#include "random_table.h"
#include "table/columns.h"
#include "table/format.h"
#include "table/rounds.h"

#include <QTest>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <thread>

using namespace muster;
using namespace muster::table;

class TestTable : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void holdsWhatBatchesSay_data()
    {
        QTest::addColumn<unsigned>("seed");
        for (unsigned seed = 1; seed <= 12; ++seed)
            QTest::addRow("seed %u", seed) << seed;
    }
    void holdsWhatBatchesSay()
    {
        QFETCH(unsigned, seed);
        RandomTable random(seed);
        Table table("device");
        PlainTable plain;
        Batch batch;
        for (int round = 0; round < 40; ++round) {
            const PlainTable before = plain;
            random.fill(batch, plain, 1 + random.below(120), true, true);
            const Change change = table.apply(batch);
            QVERIFY(batch.isEmpty());
            compare(table, plain);
            compareChange(table, change, before, plain);
        }
    }

    void widensWithoutLoss()
    {
        Table table("device");
        Batch batch;
        batch.set("a", "n", std::int64_t{1} << 53);
        batch.set("b", "n", std::int64_t{3});
        table.apply(batch);
        const ColumnIndex n = table.column("n");
        QCOMPARE(table.columnType(n), Type::Int);
        batch.set("c", "n", 0.5);
        table.apply(batch);
        QCOMPARE(table.columnType(n), Type::Double);
        QCOMPARE(std::get<double>(table.cell(table.find("b"), n)), 3.0);
        // One more than a double can hold.
        batch.set("d", "n", (std::int64_t{1} << 53) + 1);
        table.apply(batch);
        QCOMPARE(table.columnType(n), Type::Text);
        QCOMPARE(toText(table.cell(table.find("a"), n)), std::string("9007199254740992"));
        QCOMPARE(toText(table.cell(table.find("d"), n)), std::string("9007199254740993"));
        QCOMPARE(toText(table.cell(table.find("c"), n)), std::string("0.5"));
    }
    void manyValuesBecomeTheirTexts_data()
    {
        QTest::addColumn<int>("kind");
        QTest::newRow("integers") << 0;
        QTest::newRow("few integers") << 1;
        QTest::newRow("numbers") << 2;
        QTest::newRow("times") << 3;
        QTest::newRow("truth values") << 4;
    }
    /// As many as several threads share; each text is in the dictionary once.
    void manyValuesBecomeTheirTexts()
    {
        QFETCH(int, kind);
        RandomTable random(static_cast<unsigned>(kind));
        Table table("device");
        Batch batch;
        std::vector<Value> given;
        for (std::size_t i = 0; i < 100'000; ++i) {
            Value value;
            if (kind == 0)
                value = random.chance(50) ? random.hugeInteger() : static_cast<std::int64_t>(i * 7919);
            else if (kind == 1)
                value = random.integer();
            else if (kind == 2)
                value = random.chance(50) ? random.oddReal() : static_cast<double>(random.below(90'000)) / 64;
            else if (kind == 3)
                value =
                    UtcTime{1'700'000'000'000'000 + static_cast<std::int64_t>(random.below(70'000)) * 500};
            else
                value = random.chance(50);
            given.push_back(random.chance(5) ? Value() : value);
            const protocol::Field field{"x", view(given.back())};
            batch.append("d" + std::to_string(i), {&field, 1});
        }
        table.apply(batch);
        const auto before = table.snapshot();
        batch.set("odd", "x", std::string_view("n/a"));
        QCOMPARE(table.apply(batch).columns, (std::vector<ColumnIndex>{0, 1}));
        QCOMPARE(table.columnType(1), Type::Text);
        const auto snapshot = table.snapshot();
        const Column &column = snapshot->columns[1];
        std::map<std::string, std::uint32_t> codes;
        for (RowId row = 0; row < given.size(); ++row) {
            QCOMPARE(toText(before->columns[1].cell(row)), toText(view(given[row])));
            QCOMPARE(toText(column.cell(row)), losslessText(view(given[row])));
            QCOMPARE(column.has(row), given[row].index() != 0);
            if (!column.has(row))
                continue;
            const std::uint32_t code = column.chunkOf(row)->data<std::uint32_t>()[row % chunkRows];
            QCOMPARE(codes.try_emplace(toText(column.cell(row)), code).first->second, code);
        }
        QCOMPARE(std::size_t{column.codeLimit}, codes.size() + 2);
        // What comes again is found again.
        for (RowId row = 0; row < given.size(); row += 97) {
            if (column.has(row))
                batch.set("d" + std::to_string(row), "x", column.cell(row));
        }
        QVERIFY(table.apply(batch).columns.empty());
    }
    void largeIntegerKeepsOffDouble()
    {
        Table table("device");
        Batch batch;
        batch.set("a", "n", (std::int64_t{1} << 53) + 1);
        table.apply(batch);
        batch.set("b", "n", 0.5);
        table.apply(batch);
        QCOMPARE(table.columnType(1), Type::Text);
        QCOMPARE(toText(table.cell(0, 1)), std::string("9007199254740993"));
    }
    void timesKeepTheirMicroseconds()
    {
        Table table("device");
        Batch batch;
        batch.set("a", "t", UtcTime{1'700'000'000'123'456});
        batch.set("b", "t", std::string_view("soon"));
        table.apply(batch);
        const std::string held = toText(table.cell(0, 1));
        QCOMPARE(UtcTime::parse(held)->micros, std::int64_t{1'700'000'000'123'456});
    }
    void versionsStayVersionsUntilOneIsNot()
    {
        Table table("device");
        Batch batch;
        batch.set("a", "fw", std::string_view("1.10.2"));
        batch.set("b", "fw", std::string_view("v2.0"));
        table.apply(batch);
        QCOMPARE(table.columnType(1), Type::Version);
        batch.set("c", "fw", std::string_view("unknown"));
        table.apply(batch);
        QCOMPARE(table.columnType(1), Type::Text);
        QCOMPARE(toText(table.cell(0, 1)), std::string("1.10.2"));
    }
    /// What a batch says of a cell in the end is what the column is to hold.
    void whatIsOverwrittenWithinABatchDoesNotWiden()
    {
        const auto typeAfter = [](const auto &fill) {
            Table table("device");
            Batch batch;
            batch.set("a", "n", std::int64_t{1});
            table.apply(batch);
            batch.set("b", "n", std::int64_t{2});
            fill(batch);
            table.apply(batch);
            return table.columnType(table.column("n"));
        };
        const std::string_view word = "n/a";
        const std::array<protocol::Field, 1> three{protocol::Field{"n", std::int64_t{3}}};
        QCOMPARE(typeAfter([&](Batch &batch) { batch.set("c", "n", word); }), Type::Text);
        QCOMPARE(typeAfter([&](Batch &batch) {
                     batch.set("c", "n", word);
                     batch.set("c", "n", std::int64_t{3});
                 }),
                 Type::Int);
        QCOMPARE(typeAfter([&](Batch &batch) {
                     batch.set("c", "n", 0.5);
                     batch.set("c", "n", ValueView());
                 }),
                 Type::Int);
        QCOMPARE(typeAfter([&](Batch &batch) {
                     batch.set("c", "n", word);
                     batch.replace("c", three);
                 }),
                 Type::Int);
        QCOMPARE(typeAfter([&](Batch &batch) {
                     batch.set("c", "n", word);
                     batch.remove("c");
                 }),
                 Type::Int);
        // An integer that no double holds, of a row that is gone.
        QCOMPARE(typeAfter([&](Batch &batch) {
                     batch.set("c", "n", (std::int64_t{1} << 53) + 1);
                     batch.remove("c");
                     batch.set("d", "n", 0.5);
                 }),
                 Type::Double);
        // Another cell still has it, and the next batch is judged by itself.
        QCOMPARE(typeAfter([&](Batch &batch) {
                     batch.set("c", "n", word);
                     batch.set("d", "n", word);
                     batch.set("d", "n", std::int64_t{3});
                 }),
                 Type::Text);
        Table table("device");
        Batch batch;
        batch.set("a", "only", word);
        batch.remove("a");
        table.apply(batch);
        QCOMPARE(table.column("only"), -1);
        batch.set("a", "only", word);
        table.apply(batch);
        QCOMPARE(table.columnType(table.column("only")), Type::Text);
    }
    void declaredTypeYieldsToValues()
    {
        Table table("device");
        const ColumnIndex column = table.ensureColumn("at", Type::Time);
        QCOMPARE(table.columnType(column), Type::Time);
        Batch batch;
        batch.set("a", "at", std::int64_t{5});
        table.apply(batch);
        QCOMPARE(table.columnType(column), Type::Int);
        table.clear();
        QCOMPARE(table.columnType(column), Type::Time);
    }

    void fieldsNotGivenStay()
    {
        Table table("device");
        Batch batch;
        batch.set("a", "x", std::int64_t{1});
        batch.set("a", "y", std::int64_t{2});
        table.apply(batch);
        batch.set("a", "x", ValueView());
        const Change change = table.apply(batch);
        QCOMPARE(change.changed, std::vector<RowId>{0});
        QCOMPARE(change.columns, std::vector<ColumnIndex>{table.column("x")});
        QVERIFY(std::holds_alternative<std::monostate>(table.cell(0, table.column("x"))));
        QCOMPARE(std::get<std::int64_t>(table.cell(0, table.column("y"))), 2);
        batch.set("a", "y", std::int64_t{2});
        const Change same = table.apply(batch);
        QVERIFY(same.changed.empty() && same.columns.empty());
    }
    void removedAndBackAgainStartsEmpty()
    {
        Table table("device");
        Batch batch;
        batch.set("a", "x", std::int64_t{1});
        table.apply(batch);
        batch.remove("a");
        batch.set("a", "y", std::int64_t{2});
        table.apply(batch);
        QCOMPARE(table.rowCount(), std::size_t{1});
        const RowId row = table.find("a");
        QVERIFY(std::holds_alternative<std::monostate>(table.cell(row, table.column("x"))));
        QCOMPARE(std::get<std::int64_t>(table.cell(row, table.column("y"))), 2);
    }
    void replacedRowsHaveWhatIsGiven()
    {
        Table table("device");
        Batch batch;
        batch.set("a", "x", std::int64_t{1});
        batch.set("a", "y", std::int64_t{2});
        batch.set("b", "z", std::string_view("stays"));
        table.apply(batch);
        const RowId row = table.find("a");

        const std::array<protocol::Field, 2> fields{protocol::Field{"x", std::int64_t{1}},
                                                    protocol::Field{"z", std::string_view("new")}};
        batch.replace("a", fields);
        batch.replace("c", fields);
        const Change change = table.apply(batch);
        QCOMPARE(table.find("a"), row);
        QCOMPARE(change.changed, std::vector<RowId>{row});
        QCOMPARE(change.firstNew, table.find("c"));
        QVERIFY(std::holds_alternative<std::monostate>(table.cell(row, table.column("y"))));
        QCOMPARE(toText(table.cell(row, table.column("z"))), std::string("new"));
        QCOMPARE(toText(table.cell(table.find("c"), table.column("x"))), std::string("1"));
        QCOMPARE(toText(table.cell(table.find("b"), table.column("z"))), std::string("stays"));

        batch.replace("a", fields);
        const Change same = table.apply(batch);
        QVERIFY(same.changed.empty() && same.columns.empty());

        // What was set before it in the same batch goes too; what is set after it stays.
        batch.set("a", "y", std::int64_t{3});
        batch.replace("a", {fields.data(), 1});
        batch.set("a", "w", true);
        const Change again = table.apply(batch);
        QCOMPARE(again.columns, (std::vector<ColumnIndex>{table.column("z"), table.column("w")}));
        QVERIFY(std::holds_alternative<std::monostate>(table.cell(row, table.column("y"))));
        QCOMPARE(toText(table.cell(row, table.column("w"))), std::string("true"));

        batch.replace("a", {});
        QCOMPARE(table.apply(batch).changed, std::vector<RowId>{row});
        QCOMPARE(table.find("a"), row);
        batch.remove("a");
        batch.replace("a", fields);
        table.apply(batch);
        QCOMPARE(table.find("a"), row);
    }

    void roundsKnowWhatChanged_data() { holdsWhatBatchesSay_data(); }
    void roundsKnowWhatChanged()
    {
        QFETCH(unsigned, seed);
        RandomTable random(seed);
        Table table("device");
        PlainTable plain;
        Batch batch;
        random.fill(batch, plain, 300);
        table.apply(batch);
        Rounds rounds;
        std::map<std::pair<RowId, ColumnIndex>, std::vector<std::string>> shown; // newest last
        for (int round = 1; round <= 30; ++round) {
            rounds.begin(UtcTime{round * 1'000'000});
            const auto before = table.snapshot();
            const RowId limit = before->rowLimit;
            std::vector<bool> isNew(limit);
            const std::size_t batches = 1 + random.below(3);
            for (std::size_t b = 0; b < batches; ++b) {
                random.fill(batch, plain, 1 + random.below(60), random.chance(30), true);
                const Change change = table.apply(batch, &rounds);
                for (const RowId row : change.removed) {
                    isNew[row] = true;
                    shown.erase(shown.lower_bound({row, 0}), shown.lower_bound({row + 1, 0}));
                }
                for (const RowId row : change.reused) {
                    if (row < limit)
                        isNew[row] = true;
                }
                isNew.resize(std::max<std::size_t>(limit, table.rowLimit()), true);
            }
            std::size_t cells = 0;
            std::size_t rows = 0;
            for (RowId row = 0; row < table.rowLimit(); ++row) {
                std::size_t ofRow = 0;
                for (ColumnIndex c = 1; c < table.columnCount(); ++c) {
                    const ValueView was = static_cast<std::size_t>(c) < before->columns.size()
                                              ? before->columns[static_cast<std::size_t>(c)].cell(row)
                                              : ValueView();
                    const ValueView is = table.cell(row, c);
                    const bool differs =
                        !isNew[row] && (toText(was) != toText(is) || (was.index() == 0) != (is.index() == 0));
                    QCOMPARE(rounds.marks().has(row, c), differs);
                    ofRow += differs ? 1 : 0;
                    if (differs)
                        shown[{row, c}].push_back(toText(was));
                    compareHistory(rounds, table, row, c, shown[{row, c}]);
                }
                cells += ofRow;
                rows += ofRow > 0 ? 1 : 0;
            }
            QCOMPARE(rounds.marks().cellCount, cells);
            QCOMPARE(rounds.marks().rowCount, rows);
        }
    }
    void roundsMarkWhatLooksOtherwise()
    {
        Table table("device");
        Batch batch;
        const auto put = [&](std::int64_t n, Rounds *rounds) {
            batch.set("a", "n", n);
            table.apply(batch, rounds);
        };
        put(100, nullptr);
        const ColumnIndex n = table.column("n");
        Rounds rounds([](ColumnIndex, const ValueView &before, const ValueView &after) {
            return std::get<std::int64_t>(before) / 10 == std::get<std::int64_t>(after) / 10;
        });
        const auto values = [&] {
            std::string text;
            for (const Rounds::Past &past : rounds.history(0, n, table.cell(0, n)))
                text += toText(view(past.value)) + " ";
            return text;
        };
        rounds.begin(UtcTime{1});
        put(105, &rounds);
        QVERIFY(!rounds.marks().has(0, n));
        QCOMPARE(rounds.marks().rowCount, std::size_t(0));
        QCOMPARE(values(), std::string("105 100 ")); // exact all the same
        put(112, &rounds);                           // not 105 is what it is held against
        QVERIFY(rounds.marks().has(0, n));
        QCOMPARE(values(), std::string("112 100 "));
        put(109, &rounds);
        QVERIFY(!rounds.marks().has(0, n));
        QCOMPARE(rounds.marks().cellCount, std::size_t(0));
        put(100, &rounds); // as it was
        QCOMPARE(values(), std::string());
        put(106, &rounds);
        rounds.begin(UtcTime{2});
        put(109, &rounds);
        QVERIFY(!rounds.marks().has(0, n));
        rounds.begin(UtcTime{3});
        put(110, &rounds);
        QVERIFY(rounds.marks().has(0, n));
        QCOMPARE(values(), std::string("110 109 106 100 "));
    }
    void roundsForgetTheOldest()
    {
        Table table("device");
        Batch batch;
        Rounds rounds;
        constexpr std::int64_t devices = 2000;
        const std::string large(5000, 'x');
        for (std::int64_t round = 0; round < 40; ++round) {
            if (round > 0)
                rounds.begin(UtcTime{round});
            for (std::int64_t i = 0; i < devices; ++i) {
                batch.set("d" + std::to_string(i), "n", round);
                batch.set("d" + std::to_string(i), "reply_ms", round);
                batch.set("d" + std::to_string(i), "log", std::string_view(large + std::to_string(round)));
            }
            table.apply(batch, &rounds);
            rounds.leaveOut(table.column("reply_ms"));
        }
        const ColumnIndex n = table.column("n");
        const ColumnIndex log = table.column("log");
        QVERIFY(!rounds.marks().has(7, table.column("reply_ms")));
        QVERIFY(rounds.history(7, table.column("reply_ms"), {}).empty());
        QCOMPARE(rounds.marks().rowCount, std::size_t{devices});
        const auto numbers = rounds.history(7, n, table.cell(7, n));
        // 32 MB hold the texts of some fifteen rounds.
        QVERIFY(numbers.size() > 10 && numbers.size() < Rounds::mostPerCell);
        for (std::size_t i = 0; i < numbers.size(); ++i) {
            QCOMPARE(std::get<std::int64_t>(numbers[i].value), 39 - static_cast<std::int64_t>(i));
            QCOMPARE(numbers[i].since.micros, 39 - static_cast<std::int64_t>(i));
        }
        const auto texts = rounds.history(7, log, table.cell(7, log));
        QCOMPARE(texts.size(), numbers.size());
        QCOMPARE(std::get<std::string>(texts[1].value).size(), Rounds::textBytes);
    }
    void idsOfRemovedRowsServeAgain()
    {
        Table table("device");
        Batch batch;
        batch.set("a", "x", std::int64_t{1});
        batch.set("b", "x", std::int64_t{2});
        table.apply(batch);
        const RowId old = table.find("a");
        batch.remove("a");
        QCOMPARE(table.apply(batch).removed, std::vector<RowId>{old});
        QVERIFY(!table.isLive(old));
        QVERIFY(table.key(old).empty());
        batch.set("c", "y", std::int64_t{3});
        const Change change = table.apply(batch);
        QCOMPARE(change.reused, std::vector<RowId>{old});
        QCOMPARE(table.find("c"), old);
        QVERIFY(std::holds_alternative<std::monostate>(table.cell(old, table.column("x"))));
    }
    void theKeyIsNotAField()
    {
        Table table("device");
        Batch batch;
        batch.set("a", "device", std::string_view("someone-else"));
        table.apply(batch);
        QCOMPARE(table.key(0), std::string_view("a"));
        QCOMPARE(toText(table.cell(0, 0)), std::string("a"));
    }
    void madeUpNamesDoNotGrowForEver()
    {
        Table table("device");
        Batch batch;
        for (int i = 0; i < 5000; ++i)
            batch.set("a", "field" + std::to_string(i), std::int64_t{i});
        table.apply(batch);
        QVERIFY(table.columnCount() <= static_cast<int>(maxColumns));
        QCOMPARE(table.rowCount(), std::size_t{1});
    }
    void textsThatPassDoNotPileUp()
    {
        Table table("device");
        Batch batch;
        for (int round = 0; round < 400; ++round) {
            for (int device = 0; device < 100; ++device)
                batch.set("d" + std::to_string(device), "log",
                          std::string_view("message " + std::to_string(round * 100 + device)));
            table.apply(batch);
        }
        QVERIFY2(table.memoryBytes() < 500'000,
                 qPrintable(QString::number(table.memoryBytes()))); // 40,000 texts passed
        QCOMPARE(toText(table.cell(table.find("d7"), 1)), std::string("message 39907"));
    }
    /// Few texts, but long ones: what counts is what they take.
    void longTextsThatPassDoNotPileUp()
    {
        Table table("device");
        Batch batch;
        for (int i = 0; i < 10'000; ++i)
            batch.set("d" + std::to_string(i), "log", std::string_view("idle " + std::to_string(i)));
        table.apply(batch);
        const std::size_t before = table.memoryBytes();
        std::size_t most = 0;
        std::string log(64'000, 'x');
        for (int report = 0; report < 400; ++report) {
            log += std::to_string(report);
            batch.set("d7", "log", std::string_view(log));
            table.apply(batch);
            most = std::max(most, table.memoryBytes());
        }
        QVERIFY2(most < before + 4'000'000, qPrintable(QString::number(most)));
        QCOMPARE(toText(table.cell(table.find("d7"), 1)), log);
        QCOMPARE(toText(table.cell(table.find("d9999"), 1)), std::string("idle 9999"));
    }
    /// So many that they are gone through elsewhere: meanwhile come new ones, and some that no cell had come
    /// again.
    void manyTextsThatPassDoNotPileUp()
    {
        constexpr std::size_t devices = 40'000;
        std::mt19937 random(11);
        Table table("device");
        Batch batch;
        std::vector<std::string> shown(devices);
        std::uint32_t first = 0; // of the texts in use
        const auto report = [&](std::size_t count) {
            for (std::size_t i = 0; i < count; ++i) {
                const std::size_t device = random() % devices;
                shown[device] = "message " + std::to_string(first + random() % 50'000);
                batch.set("d" + std::to_string(device), "log", std::string_view(shown[device]));
            }
            table.apply(batch);
            first += static_cast<std::uint32_t>(count / 4);
        };
        std::shared_ptr<const Snapshot> early;
        std::vector<std::string> shownEarly;
        std::size_t most = 0;
        for (int round = 0; round < 150; ++round) {
            report(20'000);
            most = std::max(most, table.memoryBytes());
            if (round == 20) {
                early = table.snapshot();
                shownEarly = shown;
            }
            for (std::size_t device = round % 7; device < devices; device += 7)
                QCOMPARE(toText(table.cell(table.find("d" + std::to_string(device)), 1)), shown[device]);
        }
        for (RowId row = 0; row < early->rowLimit; ++row) {
            const std::string key = toText(early->columns[0].cell(row));
            QCOMPARE(toText(early->columns[1].cell(row)), shownEarly[std::stoul(key.substr(1))]);
        }
        early.reset();
        // The last of it is put in place with some batch to come.
        std::size_t settled = table.memoryBytes();
        for (int tries = 0; tries < 5000 && settled >= most; ++tries) {
            report(1);
            settled = table.memoryBytes();
        }
        QVERIFY2(settled < most && table.snapshot()->columns[1].codeLimit < 400'000,
                 qPrintable(QString::number(table.snapshot()->columns[1].codeLimit)));
        const auto snapshot = table.snapshot();
        std::set<std::string_view> texts;
        for (std::uint32_t code = 1; code < snapshot->columns[1].codeLimit; ++code)
            QVERIFY(texts.insert(snapshot->columns[1].dictionary->text(code)).second);
    }
    void goesAwayWhileTextsAreGoneThrough()
    {
        for (int i = 0; i < 5; ++i) {
            Table table("device");
            Batch batch;
            for (int round = 0; round < 5; ++round) {
                for (int device = 0; device < 40'000; ++device)
                    batch.set("d" + std::to_string(device), "log",
                              std::string_view("message " + std::to_string(round * 40'000 + device)));
                table.apply(batch);
            }
            if (i == 3)
                table.clear();
        }
    }
    void keysThatPassDoNotPileUp()
    {
        Table table("device");
        Batch batch;
        std::size_t settled = 0;
        for (int round = 0; round < 300; ++round) {
            for (int device = 0; device < 100; ++device) {
                batch.set("device-" + std::to_string(round * 100 + device), "x", std::int64_t{1});
                if (round > 0)
                    batch.remove("device-" + std::to_string((round - 1) * 100 + device));
            }
            table.apply(batch);
            QCOMPARE(table.rowCount(), std::size_t{100});
            if (round == 150)
                settled = table.memoryBytes();
        }
        QVERIFY(table.memoryBytes() < settled * 2);
        QVERIFY(table.find("device-29950") != noRow);
        QCOMPARE(table.find("device-100"), noRow);
    }

    void snapshotStaysAsItWas()
    {
        Table table("device");
        Batch batch;
        for (int i = 0; i < 10'000; ++i) {
            const std::string key = "d" + std::to_string(i);
            batch.set(key, "n", std::int64_t{i});
            batch.set(key, "t", std::string_view(key));
        }
        table.apply(batch);
        const auto snapshot = table.snapshot();
        std::thread reader([&snapshot] {
            std::int64_t sum = 0;
            for (RowId row = 0; row < snapshot->rowLimit; ++row) {
                sum += std::get<std::int64_t>(snapshot->columns[1].cell(row));
                QVERIFY(toText(snapshot->columns[2].cell(row)) == "d" + std::to_string(row));
            }
            QCOMPARE(sum, std::int64_t{49'995'000});
        });
        for (int i = 0; i < 10'000; ++i) {
            const std::string key = "d" + std::to_string(i);
            batch.set(key, "n", 0.5);
            batch.set(key, "t", std::string_view("new " + key));
            batch.set("more" + std::to_string(i), "n", std::int64_t{1});
        }
        table.apply(batch);
        reader.join();
        QCOMPARE(snapshot->rowCount, std::size_t{10'000});
        QCOMPARE(table.rowCount(), std::size_t{20'000});
    }

    void kindsFollowNames_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<int>("type");
        QTest::addColumn<int>("kind");
        const auto row = [](const char *name, Type type, Kind kind) {
            QTest::newRow(name) << QByteArray(name) << static_cast<int>(type) << static_cast<int>(kind);
        };
        row("mem.free", Type::Int, Kind::Bytes);
        row("disk.root.used", Type::Int, Kind::Bytes);
        row("net.rx_bytes", Type::Int, Kind::Bytes);
        row("cpu.pct", Type::Double, Kind::Percent);
        row("uptime", Type::Int, Kind::Duration);
        row("proc.uptime", Type::Double, Kind::Duration);
        row("temp.soc", Type::Double, Kind::Celsius);
        row("last_seen", Type::Time, Kind::Age);
        row("reply_ms", Type::Int, Kind::Milliseconds);
        row("presence", Type::Text, Kind::Presence);
        row("outcome", Type::Text, Kind::Outcome);
        row("device", Type::Text, Kind::Identifier);
        row("rack.id", Type::Int, Kind::Identifier);
        row("fw", Type::Version, Kind::Version);
        row("seen_at", Type::Time, Kind::Time);
        row("enabled", Type::Bool, Kind::Flag);
        row("late", Type::Bool, Kind::Late);
        row("late", Type::Text, Kind::Text);
        row("load", Type::Double, Kind::Number);
        row("temp.unit", Type::Text, Kind::Text);
    }
    void kindsFollowNames()
    {
        QFETCH(QByteArray, name);
        QFETCH(int, type);
        QFETCH(int, kind);
        QCOMPARE(static_cast<int>(fieldKind(name.toStdString(), static_cast<Type>(type))), kind);
    }

private:
    static void compare(const Table &table, const PlainTable &plain)
    {
        QCOMPARE(table.rowCount(), plain.size());
        for (const auto &[key, row] : plain) {
            const RowId id = table.find(key);
            QVERIFY(id != noRow);
            QVERIFY(table.isLive(id));
            QCOMPARE(table.key(id), std::string_view(key));
            for (const std::string &name : RandomTable::columns()) {
                const auto held = row.find(name);
                const std::string expected = held == row.end() ? std::string() : toText(view(held->second));
                const ValueView cell = table.cell(id, table.column(name));
                QCOMPARE(toText(cell), expected);
                QCOMPARE(std::holds_alternative<std::monostate>(cell),
                         held == row.end() || std::holds_alternative<std::monostate>(held->second));
            }
        }
    }

    static void compareHistory(const Rounds &rounds, const Table &table, RowId row, ColumnIndex column,
                               const std::vector<std::string> &before)
    {
        const auto history = rounds.history(row, column, table.cell(row, column));
        const std::size_t expected =
            before.empty() ? 0 : std::min(before.size() + 1, std::size_t{Rounds::mostPerCell});
        QCOMPARE(history.size(), expected);
        for (std::size_t i = 1; i < history.size(); ++i) {
            QCOMPARE(toText(view(history[i].value)), before[before.size() - i]);
            QVERIFY(history[i].since < history[i - 1].since);
        }
    }

    static void compareChange(const Table &table, const Change &change, const PlainTable &before,
                              const PlainTable &after)
    {
        const auto isNew = [&change](RowId row) {
            return row >= change.firstNew ||
                   std::binary_search(change.reused.begin(), change.reused.end(), row);
        };
        for (const auto &[key, row] : after) {
            const auto old = before.find(key);
            const RowId id = table.find(key);
            if (isNew(id)) // also one that left and came back within the batch
                continue;
            QVERIFY(old != before.end());
            const auto textOf = [](const PlainRow &from) {
                std::string all;
                for (const auto &[name, value] : from) {
                    if (!std::holds_alternative<std::monostate>(value))
                        all += name + '=' + toText(view(value)) + ';';
                }
                return all;
            };
            if (textOf(old->second) != textOf(row))
                QVERIFY(std::binary_search(change.changed.begin(), change.changed.end(), id));
        }
    }
};

QTEST_GUILESS_MAIN(TestTable)
#include "tst_table.moc"
