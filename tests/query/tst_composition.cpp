// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/completion.h"
#include "query/composition.h"
#include "query/seen_fields.h"

#include <QtTest>

#include <random>

using namespace muster;
using namespace muster::query;

class TestComposition : public QObject {
    Q_OBJECT

    static Composition everything()
    {
        Composition c;
        c.source = Source::Subject;
        c.scopes = {{Scope::Kind::All, {}, {}, {}},
                    {Scope::Kind::Site, {}, "lisbon", {}},
                    {Scope::Kind::Group, {}, "pumps", {}},
                    {Scope::Kind::Label, "region", "e\"u", {}},
                    {Scope::Kind::Devices, {}, {}, {"d1", "d2"}}};
        c.where = "region = \"eu\" and";
        c.select = {"os", "mem.free"};
        c.groupBy = {"region"};
        c.aggregates = {"avg cpu.pct", "count"};
        c.deadlineMs = 5000;
        c.service = "thumbs";
        c.subject = "jobs.>";
        c.payload = "{\"a\":\"ä\\n\"}\n\u202E";
        c.expected = 7;
        c.quietMs = 300;
        c.watchSeconds = 10;
        return c;
    }

    static QString codeOf(std::string_view json)
    {
        const Result<Composition> read = decodeComposition(json);
        return read ? QStringLiteral("ok") : QString::fromStdString(read.error().code);
    }

private Q_SLOTS:
    void comesBack()
    {
        for (const Composition &c : {Composition(), everything()}) {
            const Result<Composition> back = decodeComposition(encode(c));
            QVERIFY(back.ok());
            QVERIFY(*back == c);
        }
        for (const Source source : {Source::Fleet, Source::Services, Source::Subject}) {
            Composition c;
            c.source = source;
            QCOMPARE(decodeComposition(encode(c))->source, source);
        }
    }

    void defaultsAreLeftOut()
    {
        QCOMPARE(encode({}), std::string("{\"v\":1}"));
        Composition c;
        c.where = "a = 1";
        c.deadlineMs = 100;
        QCOMPARE(encode(c), std::string("{\"v\":1,\"where\":\"a = 1\",\"deadline_ms\":100}"));
    }

    void whatIsNoQuestionIsRefused_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("text") << QByteArray("\"v\"");
        QTest::newRow("list") << QByteArray("[]");
        QTest::newRow("no version") << QByteArray("{}");
        QTest::newRow("version zero") << QByteArray("{\"v\":0}");
        QTest::newRow("later") << QByteArray("{\"v\":2}");
        QTest::newRow("version as text") << QByteArray("{\"v\":\"1\"}");
        QTest::newRow("source") << QByteArray("{\"v\":1,\"source\":\"moon\"}");
        QTest::newRow("scopes") << QByteArray("{\"v\":1,\"scopes\":{}}");
        QTest::newRow("scope") << QByteArray("{\"v\":1,\"scopes\":[1]}");
        QTest::newRow("scope kind") << QByteArray("{\"v\":1,\"scopes\":[{\"kind\":\"x\"}]}");
        QTest::newRow("scope devices")
            << QByteArray("{\"v\":1,\"scopes\":[{\"kind\":\"devices\",\"devices\":[1]}]}");
        QTest::newRow("where") << QByteArray("{\"v\":1,\"where\":5}");
        QTest::newRow("select") << QByteArray("{\"v\":1,\"select\":\"os\"}");
        QTest::newRow("select item") << QByteArray("{\"v\":1,\"select\":[null]}");
        QTest::newRow("deadline") << QByteArray("{\"v\":1,\"deadline_ms\":\"5\"}");
        QTest::newRow("deadline fraction") << QByteArray("{\"v\":1,\"deadline_ms\":1.5}");
        QTest::newRow("too many fields")
            << QByteArray("{\"v\":1,\"select\":[") + QByteArray("\"a\",").repeated(2000) + "\"a\"]}";
        QTest::newRow("text too long")
            << QByteArray("{\"v\":1,\"payload\":\"") + QByteArray(1100000, 'x') + "\"}";
        QTest::newRow("too deep") << QByteArray("{\"v\":1,\"x\":") + QByteArray(5000, '[') +
                                         QByteArray(5000, ']') + "}";
        QTest::newRow("not UTF-8") << QByteArray("{\"v\":1,\"where\":\"\xff\"}");
    }
    void whatIsNoQuestionIsRefused()
    {
        QFETCH(QByteArray, json);
        const Result<Composition> read =
            decodeComposition({json.constData(), static_cast<std::size_t>(json.size())});
        QVERIFY(!read.ok());
        QCOMPARE(read.error().code, std::string("query.document"));
        QVERIFY(!read.error().message.empty());
    }

    void numbersStayWithinTheirBounds()
    {
        const auto read =
            decodeComposition("{\"v\":1,\"deadline_ms\":1,\"expected\":-4,\"quiet_ms\":99999999999,"
                              "\"watch_seconds\":-1,\"where\":null,\"unknown\":{\"a\":[1]}}");
        QVERIFY(read.ok());
        QCOMPARE(read->deadlineMs, 100);
        QCOMPARE(read->expected, 0);
        QCOMPARE(read->quietMs, 600'000);
        QCOMPARE(read->watchSeconds, 0);
        QVERIFY(read->where.empty());
    }

    void askTheSame()
    {
        const Composition one = everything();
        Composition other = one;
        other.deadlineMs += 100;
        other.watchSeconds += 5;
        other.expected += 1;
        other.quietMs += 100;
        other.groupBy.emplace_back("fw");
        other.aggregates.clear();
        QVERIFY(query::asksTheSame(one, other));
        other.select.emplace_back("uptime");
        QVERIFY(!query::asksTheSame(one, other));
        other = one;
        other.where += " and x = 1";
        QVERIFY(!query::asksTheSame(one, other));
        other = one;
        other.subject += ".more";
        QVERIFY(!query::asksTheSame(one, other));
    }

    void completesInTheQuotesThatWereTyped_data()
    {
        QTest::addColumn<QByteArray>("typed");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QByteArray>("offered");
        QTest::newRow("none") << QByteArray("x = ") << QByteArray("lamp") << QByteArray("\"lamp\"");
        QTest::newRow("begun") << QByteArray("x = la") << QByteArray("lamp") << QByteArray("\"lamp\"");
        QTest::newRow("double") << QByteArray("x = \"la") << QByteArray("lamp") << QByteArray("\"lamp\"");
        QTest::newRow("single") << QByteArray("x = 'LA") << QByteArray("lamp") << QByteArray("'lamp'");
        QTest::newRow("other") << QByteArray("x = 'b") << QByteArray("lamp") << QByteArray();
        QTest::newRow("apostrophe") << QByteArray("x = 'it") << QByteArray("it's \"so\" \\")
                                    << QByteArray("'it\\'s \"so\" \\\\'");
        QTest::newRow("number") << QByteArray("x in ('1") << QByteArray("1.5") << QByteArray("'1.5'");
    }
    void completesInTheQuotesThatWereTyped()
    {
        QFETCH(QByteArray, typed);
        QFETCH(QByteArray, value);
        QFETCH(QByteArray, offered);
        const std::vector<Completion> found =
            complete(typed.toStdString(), static_cast<std::size_t>(typed.size()), {},
                     [&value](const std::string &) { return std::vector{value.toStdString()}; });
        QCOMPARE(found.empty() ? QByteArray() : QByteArray::fromStdString(found.front().insert), offered);
    }

    void whatAnswersHadIsBounded()
    {
        table::Table answers("device");
        table::Batch batch;
        for (int i = 0; i < 20'000; ++i) {
            const std::string unit = i % 3 == 0 ? "kg" : "lb";
            const std::vector<protocol::Field> row{{"outcome", "answered"},
                                                   {"mem.cache", std::int64_t{1'000'000'000} + i * 100'001},
                                                   {"unit", std::string_view(unit)}};
            batch.append("d" + std::to_string(i), row);
        }
        answers.apply(batch);
        const std::vector<SeenField> seen = seenFields(*answers.snapshot());
        QCOMPARE(seen.size(), std::size_t(2));
        QCOMPARE(seen[0].name, std::string("mem.cache"));
        QCOMPARE(seen[0].values.size(), std::size_t(50));
        QVERIFY(std::find(seen[0].sizes.begin(), seen[0].sizes.end(), "2GB") != seen[0].sizes.end());
        QVERIFY((seen[1].values == std::vector<std::string>{"lb", "kg"}));
        QVERIFY(seen[1].sizes.empty());
    }

    void changedBytesAreReadSafely()
    {
        const std::string json = encode(everything());
        std::mt19937 random(7);
        for (int i = 0; i < 20'000; ++i) {
            std::string changed = json;
            for (std::size_t f = 0; f < 1 + random() % 3; ++f)
                changed[random() % changed.size()] = static_cast<char>(random());
            if (random() % 4 == 0)
                changed.resize(random() % changed.size());
            if (const auto read = decodeComposition(changed)) // what is accepted can be kept again
                QCOMPARE(codeOf(encode(*read)), QStringLiteral("ok"));
        }
    }
};

QTEST_GUILESS_MAIN(TestComposition)
#include "tst_composition.moc"
