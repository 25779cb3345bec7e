// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device_id.h"
#include "core/display_text.h"
#include "core/json_writer.h"
#include "core/subjects.h"
#include "core/ulid.h"
#include "core/value.h"
#include "text.h"

#include <QTest>

#include <algorithm>
#include <limits>
#include <set>
#include <thread>

using namespace muster;

class TestValues : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void numbersAsText_data();
    void numbersAsText();
    void ownsAndViews();
    void timeReads_data();
    void timeReads();
    void timeRefuses_data();
    void timeRefuses();
    void timeWrites();
    void tokens_data();
    void tokens();
    void deviceIds();
    void subjects();
    void subjectRoots_data();
    void subjectRoots();
    void ulidsSortByCreation();
    void ulidsFromManyThreadsDiffer();
    void ulidsAreRecognised();
    void shownText_data();
    void shownText();
    void shownTextIsBounded();
    void utf8_data();
    void utf8();
    void jsonIsWritten();
    void jsonReplacesWhatItCannotSay();
};

void TestValues::numbersAsText_data()
{
    QTest::addColumn<double>("number");
    QTest::addColumn<QString>("text");
    QTest::newRow("whole") << 100000.0 << "100000";
    QTest::newRow("shortest") << 0.1 << "0.1";
    QTest::newRow("third") << 1.0 / 3 << "0.3333333333333333";
    QTest::newRow("small") << 0.00001 << "0.00001";
    QTest::newRow("very small") << 1e-7 << "1e-07";
    QTest::newRow("large") << 1e300 << "1e+300";
    QTest::newRow("negative") << -2.5 << "-2.5";
    QTest::newRow("zero") << 0.0 << "0";
}

void TestValues::numbersAsText()
{
    QFETCH(double, number);
    QFETCH(QString, text);
    QCOMPARE(qs(toText(number)), text);
    QCOMPARE(text.toDouble(), number);
}

void TestValues::ownsAndViews()
{
    std::string text = "eu";
    const Value owned = own(ValueView(std::string_view(text)));
    text = "us";
    QCOMPARE(qs(toText(view(owned))), QStringLiteral("eu"));
    QCOMPARE(qs(toText(view(Value()))), QString());
    QCOMPARE(qs(toText(view(Value(true)))), QStringLiteral("true"));
    QCOMPARE(qs(toText(view(Value(std::numeric_limits<std::int64_t>::min())))),
             QStringLiteral("-9223372036854775808"));
    QCOMPARE(qs(toText(view(Value(UtcTime{1500})))), QStringLiteral("1970-01-01T00:00:00.001Z"));
}

void TestValues::timeReads_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<qint64>("micros");
    QTest::newRow("epoch") << QByteArray("1970-01-01T00:00:00Z") << qint64(0);
    QTest::newRow("millis") << QByteArray("2026-01-31T08:00:00.123Z") << qint64(1769846400123000);
    QTest::newRow("micros") << QByteArray("1970-01-01T00:00:00.000001Z") << qint64(1);
    QTest::newRow("nanos are cut") << QByteArray("1970-01-01T00:00:00.0000019Z") << qint64(1);
    QTest::newRow("offset") << QByteArray("1970-01-01T02:30:00+02:30") << qint64(0);
    QTest::newRow("negative offset") << QByteArray("1969-12-31T23:00:00-01:00") << qint64(0);
    QTest::newRow("lower case") << QByteArray("1970-01-01t00:00:00z") << qint64(0);
    QTest::newRow("leap second") << QByteArray("1970-01-01T00:00:60Z") << qint64(60000000);
    QTest::newRow("leap day") << QByteArray("1972-02-29T00:00:00Z") << qint64(68169600000000);
    QTest::newRow("before the epoch") << QByteArray("1969-12-31T23:59:59.5Z") << qint64(-500000);
}

void TestValues::timeReads()
{
    QFETCH(QByteArray, text);
    QFETCH(qint64, micros);
    const auto time = UtcTime::parse(text.toStdString());
    QVERIFY(time.has_value());
    QCOMPARE(qint64(time->micros), micros);
}

void TestValues::timeRefuses_data()
{
    QTest::addColumn<QByteArray>("text");
    for (const char *text :
         {"", "2026-01-31", "2026-01-31T08:00:00", "2026-01-31 08:00:00Z", "2026-02-29T00:00:00Z",
          "2026-13-01T00:00:00Z", "2026-01-31T24:00:00Z", "2026-01-31T08:60:00Z", "2026-01-31T08:00:61Z",
          "2026-01-31T08:00:00.Z", "2026-01-31T08:00:00+0100", "2026-01-31T08:00:00Zx",
          "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
          "-001-01-01T00:00:00Z"})
        QTest::newRow(text) << QByteArray(text);
}

void TestValues::timeRefuses()
{
    QFETCH(QByteArray, text);
    QVERIFY(!UtcTime::parse(text.toStdString()));
}

void TestValues::timeWrites()
{
    for (const char *text : {"0001-01-01T00:00:00.000Z", "1969-12-31T23:59:59.999Z",
                             "2024-02-29T12:34:56.789Z", "9999-12-31T23:59:59.999Z"}) {
        const auto time = UtcTime::parse(text);
        QVERIFY(time.has_value());
        QCOMPARE(qs(time->toString()), qs(text));
    }
    // Outside the calendar's years the nearest moment in them, never garbage.
    QCOMPARE(qs(UtcTime{std::numeric_limits<std::int64_t>::max()}.toString()),
             QStringLiteral("9999-12-31T23:59:59.999Z"));
    QCOMPARE(qs(UtcTime{std::numeric_limits<std::int64_t>::min()}.toString()),
             QStringLiteral("0001-01-01T00:00:00.000Z"));
    const UtcTime before = UtcTime::now();
    QVERIFY(before.millis() > 1'600'000'000'000);
}

void TestValues::tokens_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("fits");
    QTest::newRow("plain") << QByteArray("Dev_1-a") << true;
    QTest::newRow("64") << QByteArray(64, 'a') << true;
    QTest::newRow("65") << QByteArray(65, 'a') << false;
    QTest::newRow("empty") << QByteArray() << false;
    for (const char *bad : {"a.b", "a b", "*", ">", "a/b", "\xC3\xA9", "a\n", "<img src=x>"})
        QTest::newRow(bad) << QByteArray(bad) << false;
    QTest::newRow("NUL") << QByteArray("a\0b", 3) << false;
}

void TestValues::tokens()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, fits);
    QCOMPARE(isToken(text.toStdString()), fits);
    QCOMPARE(DeviceId::parse(text.toStdString()).ok(), fits);
}

void TestValues::deviceIds()
{
    const auto refused = DeviceId::parse("pump \xE2\x80\xAE 1");
    QVERIFY(!refused);
    const QString message = qs(refused.error().message);
    QVERIFY2(message.contains(QStringLiteral("device id")), qPrintable(message));
    QVERIFY2(message.contains(QStringLiteral("pump \u27E6U+202E\u27E7 1")), qPrintable(message));
    QVERIFY(!refused.error().remedy.empty());

    const auto a = DeviceId::parse("a");
    const auto b = DeviceId::parse("b");
    QVERIFY(a && b);
    QVERIFY(*a < *b);
    QCOMPARE(std::hash<DeviceId>{}(*a), std::hash<DeviceId>{}(*DeviceId::parse("a")));
}

void TestValues::subjects()
{
    const Subjects usual;
    QCOMPARE(qs(usual.presence("d1")), QStringLiteral("fleet.presence.d1"));
    QCOMPARE(qs(usual.allTelemetry()), QStringLiteral("fleet.telemetry.*"));
    QCOMPARE(qs(usual.allQueries()), QStringLiteral("fleet.query.>"));
    QCOMPARE(qs(usual.queryGroup("canary", "eu")), QStringLiteral("fleet.query.group.canary.eu"));
    QCOMPARE(qs(usual.queryGroup("canary", "")), QStringLiteral("fleet.query.group.canary"));
    QCOMPARE(qs(Subjects::lastToken("fleet.presence.d1")), QStringLiteral("d1"));
    QCOMPARE(qs(Subjects::lastToken("d1")), QStringLiteral("d1"));
    QCOMPARE(qs(Subjects::lastToken("a.")), QString());
    const auto own = Subjects::withRoot("acme.north");
    QVERIFY(own);
    QCOMPARE(qs(own->querySite("berlin")), QStringLiteral("acme.north.query.site.berlin"));
}

void TestValues::subjectRoots_data()
{
    QTest::addColumn<QByteArray>("root");
    for (const char *root : {"", ".", "a.", ".a", "a..b", "a.*", ">", "a b", "$JS.API", "_INBOX.x"})
        QTest::newRow(root) << QByteArray(root);
    QTest::newRow("long") << QByteArray(200, 'a').insert(60, '.').insert(120, '.').insert(180, '.');
}

void TestValues::subjectRoots()
{
    QFETCH(QByteArray, root);
    QVERIFY(!Subjects::withRoot(root.toStdString()));
}

void TestValues::ulidsSortByCreation()
{
    const std::int64_t before = UtcTime::now().millis();
    std::string last;
    for (int i = 0; i < 10000; ++i) {
        const std::string next = newUlid();
        QVERIFY2(last < next, qPrintable(qs(last) + QStringLiteral(" then ") + qs(next)));
        QVERIFY(isUlid(next));
        last = next;
    }
    QVERIFY(ulidTime(last).millis() >= before);
    QVERIFY(ulidTime(last).millis() <= UtcTime::now().millis() + 1000);
}

void TestValues::ulidsFromManyThreadsDiffer()
{
    std::vector<std::vector<std::string>> made(4);
    std::vector<std::thread> threads;
    threads.reserve(made.size());
    for (auto &mine : made)
        threads.emplace_back([&mine] {
            for (int i = 0; i < 2000; ++i)
                mine.push_back(newUlid());
        });
    for (std::thread &thread : threads)
        thread.join();
    std::set<std::string> all;
    for (const auto &mine : made)
        all.insert(mine.begin(), mine.end());
    QCOMPARE(all.size(), std::size_t(8000));
}

void TestValues::ulidsAreRecognised()
{
    QVERIFY(isUlid("01ARZ3NDEKTSV4RRFFQ69G5FAV"));
    QVERIFY(isUlid("01arz3ndektsv4rrffq69g5fav"));
    QCOMPARE(qs(ulidTime("01ARZ3NDEKTSV4RRFFQ69G5FAV").toString()),
             QStringLiteral("2016-07-30T23:54:10.259Z"));
    QVERIFY(!isUlid(""));
    QVERIFY(!isUlid("81ARZ3NDEKTSV4RRFFQ69G5FAV")); // past 48 bits of milliseconds
    QVERIFY(!isUlid("01ARZ3NDEKTSV4RRFFQ69G5FAU")); // U is no digit of it
    QVERIFY(!isUlid("01ARZ3NDEKTSV4RRFFQ69G5FA"));
    QVERIFY(!isUlid("01ARZ3NDEKTSV4RRFFQ69G5FAVV"));
}

void TestValues::shownText_data()
{
    QTest::addColumn<QByteArray>("raw");
    QTest::addColumn<QString>("shown");
    QTest::newRow("plain") << QByteArray("pump 1") << "pump 1";
    QTest::newRow("markup stays") << QByteArray("<img src=x>") << "<img src=x>";
    QTest::newRow("newline") << QByteArray("a\nb") << u"a\u2424b"_qs;
    QTest::newRow("tab") << QByteArray("a\tb") << u"a\u2409b"_qs;
    QTest::newRow("escape") << QByteArray("\x1B[31m") << u"\u241B[31m"_qs;
    QTest::newRow("NUL") << QByteArray("a\0b", 3) << u"a\u2400b"_qs;
    QTest::newRow("delete") << QByteArray("\x7F") << u"\u2421"_qs;
    QTest::newRow("C1") << QByteArray("\xC2\x85") << u"\u27E6U+0085\u27E7"_qs;
    QTest::newRow("override") << QByteArray("a\xE2\x80\xAE"
                                            "b")
                              << u"a\u27E6U+202E\u27E7b"_qs;
    QTest::newRow("isolate") << QByteArray("\xE2\x81\xA6") << u"\u27E6U+2066\u27E7"_qs;
    QTest::newRow("zero width") << QByteArray("\xE2\x80\x8B") << u"\u27E6U+200B\u27E7"_qs;
    QTest::newRow("tag") << QByteArray("\xF3\xA0\x81\x81") << u"\u27E6U+E0041\u27E7"_qs;
    QTest::newRow("other scripts") << QByteArray("\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D \xF0\x9F\x9A\x80")
                                   << u"שלום 🚀"_qs;
    QTest::newRow("not UTF-8") << QByteArray("a\xFF"
                                             "b\xC3")
                               << u"a\uFFFDb\uFFFD"_qs;
    QTest::newRow("surrogate") << QByteArray("\xED\xA0\x80") << u"\uFFFD\uFFFD\uFFFD"_qs;
}

void TestValues::shownText()
{
    QFETCH(QByteArray, raw);
    QFETCH(QString, shown);
    QCOMPARE(qs(displayText(raw.toStdString())), shown);
}

void TestValues::shownTextIsBounded()
{
    QCOMPARE(qs(displayText(std::string(10, 'a'), 10)), QString(10, u'a'));
    QCOMPARE(qs(displayText(std::string(11, 'a'), 10)), QString(10, u'a') + u'\u2026');
    QCOMPARE(qs(displayText("\xC3\xA9\xC3\xA9", 3)), u"é\u2026"_qs);
    // What becomes longer by being shown is bounded as shown.
    std::string overrides;
    for (int i = 0; i < 1000; ++i)
        overrides += "\xE2\x80\xAE";
    const std::string shown = displayText(overrides, 100);
    QVERIFY(shown.size() <= 103);
    QVERIFY(isUtf8(shown));
    QCOMPARE(qs(displayText("abc", 0)), u"\u2026"_qs);
}

void TestValues::utf8_data()
{
    QTest::addColumn<QByteArray>("raw");
    QTest::addColumn<bool>("valid");
    QTest::newRow("empty") << QByteArray() << true;
    QTest::newRow("four bytes") << QByteArray("\xF4\x8F\xBF\xBF") << true;
    QTest::newRow("past the last") << QByteArray("\xF4\x90\x80\x80") << false;
    QTest::newRow("overlong 2") << QByteArray("\xC0\x80") << false;
    QTest::newRow("overlong 3") << QByteArray("\xE0\x80\x80") << false;
    QTest::newRow("overlong 4") << QByteArray("\xF0\x80\x80\x80") << false;
    QTest::newRow("cut") << QByteArray("\xE2\x82") << false;
    QTest::newRow("lone continuation") << QByteArray("\x80") << false;
}

void TestValues::utf8()
{
    QFETCH(QByteArray, raw);
    QFETCH(bool, valid);
    QCOMPARE(isUtf8(raw.toStdString()), valid);
}

void TestValues::jsonIsWritten()
{
    std::string out;
    JsonWriter json(out);
    json.beginObject().member("v", 1).member("name", "a\"\\\n\x01/\xC3\xA9").member("on", true);
    json.key("select").beginArray().value("a").value(2.5).value(ValueView()).endArray();
    json.key("empty").beginObject().endObject().key("none").beginArray().endArray();
    json.key("where").raw(R"({"==":[1,1]})").member("at", UtcTime{0}).endObject();
    QCOMPARE(qs(out),
             QStringLiteral(R"({"v":1,"name":"a\"\\\n\u0001/é","on":true,"select":["a",2.5,null],)"
                            R"("empty":{},"none":[],"where":{"==":[1,1]},"at":"1970-01-01T00:00:00.000Z"})"));
}

void TestValues::jsonReplacesWhatItCannotSay()
{
    std::string out;
    JsonWriter(out)
        .beginArray()
        .value(std::numeric_limits<double>::infinity())
        .value(std::nan(""))
        .value("\xFFx\xE2\x82")
        .endArray();
    QCOMPARE(qs(out), u"[null,null,\"\uFFFDx\uFFFD\"]"_qs);
    QVERIFY(isUtf8(out));
}

QTEST_GUILESS_MAIN(TestValues)
#include "tst_values.moc"
