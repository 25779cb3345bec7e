// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device_id.h"
#include "core/display_text.h"
#include "core/protocol/messages.h"
#include "text.h"

#include <QTest>

#include <random>

using namespace muster;
using namespace muster::protocol;

namespace {

constexpr std::string_view ulid = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

template <typename T>
QByteArray why(const Result<T, Reject> &result)
{
    return result ? "accepted"
                  : QByteArray::fromStdString(std::string(name(result.error().why)) + ": " +
                                              result.error().detail);
}

QString valueOf(const std::vector<Field> &row, std::string_view name)
{
    for (const Field &field : row) {
        if (field.name == name)
            return QString::number(qulonglong(field.value.index())) + u':' + qs(toText(field.value));
    }
    return QStringLiteral("none");
}

std::string labelsJson(int count)
{
    std::string json = "{";
    for (int i = 0; i < count; ++i)
        json += (i ? ",\"l" : "\"l") + std::to_string(i) + "\":\"x\"";
    return json + "}";
}

} // namespace

class TestProtocol : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void presenceGoesThereAndBack();
    void presenceHasDefaults();
    void presenceRefuses_data();
    void presenceRefuses();
    void labelLimits();
    void telemetryGoesThereAndBack();
    void telemetryRefuses_data();
    void telemetryRefuses();
    void requestGoesThereAndBack();
    void requestRefuses_data();
    void requestRefuses();
    void repliesGoThereAndBack();
    void rowsAreFlattened();
    void replyRefuses_data();
    void replyRefuses();
    void rowLimits();
    void everyMessageIsRefusedAlike_data();
    void everyMessageIsRefusedAlike();
    void hostilePayloads();
    void readerRecovers();
    void mutatedPayloadsNeverFail();
    void reasonsHaveNames();
};

void TestProtocol::presenceGoesThereAndBack()
{
    Presence sent;
    sent.device = "d1";
    sent.intervalSeconds = 30;
    sent.boot = ulid;
    sent.seq = 17;
    sent.state = DeviceState::Closing;
    sent.firmware = "1.4.2";
    sent.labels = {{"group", "canary,lab"}, {"region", "eu \"north\"\n"}, {"site", "berlin"}};
    sent.configRevision = 42;
    Decoder decoder;
    const auto read = decoder.presence("d1", encode(sent));
    QVERIFY2(read, why(read));
    QCOMPARE(qs(read->device), QStringLiteral("d1"));
    QCOMPARE(read->intervalSeconds, 30);
    QCOMPARE(qs(read->boot), qs(ulid));
    QCOMPARE(read->seq, std::int64_t(17));
    QVERIFY(read->state == DeviceState::Closing);
    QCOMPARE(qs(read->firmware), QStringLiteral("1.4.2"));
    QCOMPARE(read->labels.size(), std::size_t(3));
    QCOMPARE(qs(read->labels[1].value), QStringLiteral("eu \"north\"\n"));
    QCOMPARE(read->configRevision.value_or(0), std::int64_t(42));
}

void TestProtocol::presenceHasDefaults()
{
    Decoder decoder;
    const auto least = decoder.presence("d1", R"({"v":1})");
    QVERIFY2(least, why(least));
    QCOMPARE(least->intervalSeconds, 10);
    QVERIFY(least->state == DeviceState::Online);
    QVERIFY(least->labels.empty() && least->boot.empty() && !least->configRevision);

    const auto more = decoder.presence(
        "d1",
        R"({"later":{"v":[2]},"v":1.0,"interval":10.0,"labels":{"b":"1","a":"2","b":"3","site":""},"config":{}})");
    QVERIFY2(more, why(more));
    QCOMPARE(more->labels.size(), std::size_t(3));
    QCOMPARE(qs(more->labels[0].key), QStringLiteral("a"));
    QCOMPARE(qs(more->labels[1].value), QStringLiteral("3")); // of one name the last counts
}

void TestProtocol::presenceRefuses_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QString>("reason");
    QTest::addColumn<QString>("detail");
    const auto row = [](const char *payload, const char *reason, const char *detail) {
        QTest::newRow(payload) << QByteArray(payload) << qs(reason) << qs(detail);
    };
    row(R"({"v":1,"device":"d2"})", "wrong-device", "\"d2\"");
    row(R"({"v":1,"device":"a b"})", "bad-id", "\"a b\"");
    row(R"({"v":1,"device":5})", "bad-id", "a number");
    row(R"({"v":1,"interval":0})", "bad-member", "between 1 and 86400");
    row(R"({"v":1,"interval":86401})", "bad-member", "86401");
    row(R"({"v":1,"interval":10.5})", "bad-member", "whole number");
    row(R"({"v":1,"interval":1e300})", "bad-member", "whole number");
    row(R"({"v":1,"interval":"10"})", "bad-member", "a text");
    row(R"({"v":1,"interval":null})", "bad-member", "null");
    row(R"({"v":1,"seq":-1})", "bad-member", "\"seq\"");
    row(R"({"v":1,"seq":18446744073709551615})", "bad-member", "\"seq\"");
    row(R"({"v":1,"boot":"yesterday"})", "bad-member", "ULID");
    row(R"({"v":1,"state":"asleep"})", "bad-member", "\"asleep\"");
    row(R"({"v":1,"state":true})", "bad-member", "\"state\"");
    row(R"({"v":1,"fw":1.4})", "bad-member", "\"fw\"");
    row(R"({"v":1,"config":42})", "bad-member", "\"config\"");
    row(R"({"v":1,"config":{"rev":"x"}})", "bad-member", "config.rev");
    row(R"({"v":1,"labels":[]})", "bad-label", "an array");
    row(R"({"v":1,"labels":{"n":5}})", "bad-label", "\"n\"");
    row(R"({"v":1,"labels":{"n":{"a":"b"}}})", "bad-label", "an object");
    row(R"({"v":1,"labels":{"":"x"}})", "bad-label", "empty name");
    row(R"({"v":1,"labels":{"site":"Plant 4"}})", "bad-label", "\"Plant 4\"");
    row(R"({"v":1,"labels":{"group":"a,,b"}})", "bad-label", "group");
    row(R"({"v":1,"labels":{"group":"a.b"}})", "bad-label", "\"a.b\"");
}

void TestProtocol::presenceRefuses()
{
    QFETCH(QByteArray, payload);
    QFETCH(QString, reason);
    QFETCH(QString, detail);
    Decoder decoder;
    const auto read = decoder.presence("d1", payload.toStdString());
    QVERIFY(!read);
    QCOMPARE(qs(name(read.error().why)), reason);
    QVERIFY2(qs(read.error().detail).contains(detail), read.error().detail.c_str());
}

void TestProtocol::labelLimits()
{
    Decoder decoder;
    const auto withLabels = [&decoder](const std::string &labels) {
        return decoder.presence("d1", "{\"v\":1,\"labels\":" + labels + "}");
    };
    QVERIFY(withLabels(labelsJson(32)));
    QCOMPARE(withLabels(labelsJson(33)).error().why, Rejection::TooManyLabels);
    QVERIFY(withLabels("{\"" + std::string(256, 'k') + "\":\"" + std::string(256, 'v') + "\"}"));
    QCOMPARE(withLabels("{\"k\":\"" + std::string(257, 'v') + "\"}").error().why, Rejection::BadLabel);
    QCOMPARE(withLabels("{\"" + std::string(257, 'k') + "\":\"v\"}").error().why, Rejection::BadLabel);
    QVERIFY(withLabels(
        "{\"name\":\"<img src=x>\xE2\x80\xAE\"}")); // text is text: showing it safely is displayText's
    QCOMPARE(decoder.presence("a.b", R"({"v":1})").error().why, Rejection::BadId);
    QCOMPARE(decoder.presence("", R"({"v":1})").error().why, Rejection::BadId);
}

void TestProtocol::telemetryGoesThereAndBack()
{
    const std::vector<Field> values{{"cpu.pct", 12.5},
                                    {"mem.free", std::int64_t{1} << 40},
                                    {"os", "linux"},
                                    {"ok", true},
                                    {"gone", ValueView()}};
    Decoder decoder;
    const auto at = *UtcTime::parse("2026-01-31T08:00:00.123Z");
    const std::string payload = encodeTelemetry("d1", at, 17, values);
    const auto read = decoder.telemetry("d1", payload);
    QVERIFY2(read, why(read));
    QCOMPARE(qs(read->device), QStringLiteral("d1"));
    QVERIFY(read->at == at);
    QCOMPARE(read->seq, std::int64_t(17));
    QCOMPARE(read->values->size(), values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        QCOMPARE(qs((*read->values)[i].name), qs(values[i].name));
        QVERIFY((*read->values)[i].value == values[i].value);
    }
    const auto least = decoder.telemetry("d1", R"({"v":1,"values":{}})");
    QVERIFY2(least, why(least));
    QVERIFY(!least->at && least->values->empty());
}

void TestProtocol::telemetryRefuses_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QString>("reason");
    const auto row = [](const char *payload, const char *reason) {
        QTest::newRow(payload) << QByteArray(payload) << qs(reason);
    };
    row(R"({"v":1})", "bad-member");
    row(R"({"v":1,"values":[]})", "bad-member");
    row(R"({"v":1,"values":{"a":1},"at":"now"})", "bad-member");
    row(R"({"v":1,"values":{"a":1},"at":5})", "bad-member");
    row(R"({"v":1,"values":{"a":1},"seq":-1})", "bad-member");
    row(R"({"v":1,"values":{"a":1},"device":"d2"})", "wrong-device");
    row(R"({"v":1,"values":{"":1}})", "bad-member");
}

void TestProtocol::telemetryRefuses()
{
    QFETCH(QByteArray, payload);
    QFETCH(QString, reason);
    Decoder decoder;
    const auto read = decoder.telemetry("d1", payload.toStdString());
    QVERIFY(!read);
    QCOMPARE(qs(name(read.error().why)), reason);
}

void TestProtocol::requestGoesThereAndBack()
{
    QueryRequest sent;
    sent.id = ulid;
    sent.deadlineMs = 2500;
    sent.spreadMs = 100;
    sent.select = {"os", "mem.free"};
    sent.where = R"({"and":[{"==":[{"var":"os"},"linux"]},{"<":[{"var":"n"},0.5]},{"in":[{"var":"a"},[]]}]})";
    sent.replyEmpty = false;
    sent.reply = "_INBOX.abc.1";
    Decoder decoder;
    const auto read = decoder.queryRequest(encode(sent));
    QVERIFY2(read, why(read));
    QCOMPARE(qs(read->id), qs(sent.id));
    QCOMPARE(read->deadlineMs, 2500);
    QCOMPARE(read->spreadMs, 100);
    QCOMPARE(read->select, sent.select);
    QCOMPARE(qs(read->where), qs(sent.where));
    QCOMPARE(read->replyEmpty, false);
    QCOMPARE(qs(read->reply), qs(sent.reply));

    const auto least = decoder.queryRequest(R"({"v":1,"id":"01ARZ3NDEKTSV4RRFFQ69G5FAV","where":null})");
    QVERIFY2(least, why(least));
    QCOMPARE(least->deadlineMs, 5000);
    QVERIFY(least->replyEmpty && least->select.empty() && least->where.empty());
}

void TestProtocol::requestRefuses_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QString>("reason");
    const auto row = [](const char *members, const char *reason) {
        QTest::newRow(members) << QByteArray(members) << qs(reason);
    };
    row(R"("id":"1")", "bad-id");
    row(R"("id":7)", "bad-id");
    row(R"("deadline_ms":0)", "bad-member");
    row(R"("deadline_ms":3600001)", "bad-member");
    row(R"("spread_ms":-1)", "bad-member");
    row(R"("reply_empty":"yes")", "bad-member");
    row(R"("select":"os")", "bad-member");
    row(R"("select":[1])", "bad-member");
    row(R"("where":"os = 1")", "bad-member");
    row(R"("where":true)", "bad-member");
    row(R"("reply":"a.>")", "bad-member");
    row(R"("reply":"a.*")", "bad-member");
    row(R"("reply":"a b")", "bad-member");
    row(R"("reply":"a\r\nPUB x 0")", "bad-member");
    row(R"("reply":"")", "bad-member");
    row(R"("reply":".a")", "bad-member");
    row(R"("reply":"a..b")", "bad-member");
}

void TestProtocol::requestRefuses()
{
    QFETCH(QByteArray, members);
    QFETCH(QString, reason);
    Decoder decoder;
    const auto read =
        decoder.queryRequest(R"({"v":1,"id":"01ARZ3NDEKTSV4RRFFQ69G5FAV",)" + members.toStdString() + "}");
    QVERIFY(!read);
    QCOMPARE(qs(name(read.error().why)), reason);
    QCOMPARE(decoder.queryRequest(R"({"v":1})").error().why, Rejection::BadId);
    std::string many = R"({"v":1,"select":["a")";
    for (std::size_t i = 0; i < maxFields; ++i)
        many += ",\"a\"";
    QCOMPARE(decoder.queryRequest(many + "]}").error().why, Rejection::TooManyFields);
}

void TestProtocol::repliesGoThereAndBack()
{
    Decoder decoder;
    const std::string row = encodeRow("d1", {{"os", "linux"}, {"n", std::int64_t{5}}});
    const auto answered = decoder.queryReply(row);
    QVERIFY2(answered, why(answered));
    QCOMPARE(answered->kind, QueryReply::Kind::Row);
    QCOMPARE(qs(answered->device), QStringLiteral("d1"));
    QCOMPARE(answered->row->size(), std::size_t(2));

    const std::string none = encodeEmpty("d1");
    const auto empty = decoder.queryReply(none);
    QVERIFY2(empty, why(empty));
    QCOMPARE(empty->kind, QueryReply::Kind::Empty);
    QVERIFY(!empty->row);

    const std::string failed = encodeError("d1", "busy", "the disk \"x\" is\nbusy");
    const auto error = decoder.queryReply(failed);
    QVERIFY2(error, why(error));
    QCOMPARE(error->kind, QueryReply::Kind::Error);
    QCOMPARE(qs(error->errorCode), QStringLiteral("busy"));
    QCOMPARE(qs(error->errorMessage), QStringLiteral("the disk \"x\" is\nbusy"));

    // An error beside a row is an error: half a row is not an answer.
    const auto both = decoder.queryReply(R"({"v":1,"device":"d1","row":{"a":1},"error":{}})");
    QVERIFY2(both, why(both));
    QCOMPARE(both->kind, QueryReply::Kind::Error);
}

void TestProtocol::rowsAreFlattened()
{
    Decoder decoder;
    const auto read = decoder.queryReply(
        R"({"v":1,"device":"d1","row":{"os":"linux","mem":{"free":5,"x":{"y":1.5}},"flat.name":true,"none":null,)"
        R"("list":[1,"x",{"b":[2.5,null]}],"big":18446744073709551615,"neg":-9223372036854775808,"e":{},"t":"2026-01-31T08:00:00Z"}})");
    QVERIFY2(read, why(read));
    const auto &row = *read->row;
    QCOMPARE(row.size(), std::size_t(9));
    QCOMPARE(valueOf(row, "os"), QStringLiteral("4:linux"));
    QCOMPARE(valueOf(row, "mem.free"), QStringLiteral("2:5"));
    QCOMPARE(valueOf(row, "mem.x.y"), QStringLiteral("3:1.5"));
    QCOMPARE(valueOf(row, "flat.name"), QStringLiteral("1:true"));
    QCOMPARE(valueOf(row, "none"), QStringLiteral("0:"));
    QCOMPARE(valueOf(row, "list"), QStringLiteral("4:[1,\"x\",{\"b\":[2.5,null]}]"));
    QCOMPARE(valueOf(row, "big"), QStringLiteral("3:18446744073709551616"));
    QCOMPARE(valueOf(row, "neg"), QStringLiteral("2:-9223372036854775808"));
    QCOMPARE(valueOf(row, "t"), QStringLiteral("4:2026-01-31T08:00:00Z"));
    const auto any = decoder.object(R"({"a":{"b":1}})");
    QVERIFY2(any, why(any));
    QCOMPARE(valueOf(**any, "a.b"), QStringLiteral("2:1"));
}

void TestProtocol::replyRefuses_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QString>("reason");
    const auto row = [](const char *payload, const char *reason) {
        QTest::newRow(payload) << QByteArray(payload) << qs(reason);
    };
    row(R"({"v":1,"row":{}})", "bad-id");
    row(R"({"v":1,"device":"","row":{}})", "bad-id");
    row(R"({"v":1,"device":"<img src=x>","row":{}})", "bad-id");
    row(R"({"v":1,"device":null,"row":{}})", "bad-id");
    row(R"({"v":1,"device":"d1"})", "bad-member");
    row(R"({"v":1,"device":"d1","empty":false})", "bad-member");
    row(R"({"v":1,"device":"d1","empty":1})", "bad-member");
    row(R"({"v":1,"device":"d1","row":[]})", "bad-member");
    row(R"({"v":1,"device":"d1","row":null})", "bad-member");
    row(R"({"v":1,"device":"d1","error":"no"})", "bad-member");
    row(R"({"v":1,"device":"d1","error":{"code":5}})", "bad-member");
}

void TestProtocol::replyRefuses()
{
    QFETCH(QByteArray, payload);
    QFETCH(QString, reason);
    Decoder decoder;
    const auto read = decoder.queryReply(payload.toStdString());
    QVERIFY(!read);
    QCOMPARE(qs(name(read.error().why)), reason);
}

void TestProtocol::rowLimits()
{
    Decoder decoder;
    const auto withFields = [&decoder](int count) {
        return decoder.queryReply("{\"v\":1,\"device\":\"d1\",\"row\":" + labelsJson(count) + "}");
    };
    QVERIFY(withFields(int(maxFields)));
    QCOMPARE(withFields(int(maxFields) + 1).error().why, Rejection::TooManyFields);

    const auto nested = [&decoder](int objects) {
        std::string row;
        for (int i = 0; i < objects; ++i)
            row += "{\"o\":";
        row += '1';
        row.append(static_cast<std::size_t>(objects), '}');
        return decoder.object(row);
    };
    QVERIFY(nested(maxDepth));
    QCOMPARE(nested(maxDepth + 1).error().why, Rejection::TooManyFields);

    QVERIFY(decoder.object("{\"" + std::string(200, 'a') + "\":{\"" + std::string(55, 'b') + "\":1}}"));
    QCOMPARE(decoder.object("{\"" + std::string(200, 'a') + "\":{\"" + std::string(56, 'b') + "\":1}}")
                 .error()
                 .why,
             Rejection::BadMember);

    // Joined names past the first block stay valid.
    std::string wide = "{\"" + std::string(180, 'p') + "\":{";
    for (int i = 0; i < 500; ++i)
        wide += (i ? ",\"n" : "\"n") + std::to_string(i) + "\":" + std::to_string(i);
    const auto read = decoder.object(wide + "}}");
    QVERIFY2(read, why(read));
    for (int i = 0; i < 500; ++i) {
        const Field &field = (**read)[static_cast<std::size_t>(i)];
        QCOMPARE(qs(field.name), QString(180, u'p') + QStringLiteral(".n") + QString::number(i));
        QVERIFY(field.value == ValueView(std::int64_t{i}));
    }
}

void TestProtocol::everyMessageIsRefusedAlike_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QString>("reason");
    QTest::addColumn<QString>("detail");
    const auto row = [](const char *title, const QByteArray &payload, const char *reason,
                        const char *detail) { QTest::newRow(title) << payload << qs(reason) << qs(detail); };
    row("empty", "", "malformed", "empty");
    row("blank", "  ", "malformed", "empty");
    row("text", "hello", "malformed", "not JSON");
    row("cut", R"({"v":1,"device":"d1")", "malformed", "not JSON");
    row("two", R"({"v":1}{"v":1})", "malformed", "not JSON");
    row("array", "[1]", "malformed", "an array");
    row("number", "1", "malformed", "a number");
    row("not UTF-8", "{\"v\":1,\"device\":\"\xFF\"}", "malformed", "UTF-8");
    row("NUL", QByteArray("{\"v\":1}\0", 8), "malformed", "not JSON");
    row("huge number", R"({"v":1,"x":1e999})", "malformed", "number");
    row("no v", R"({"device":"d1"})", "malformed", "\"v\"");
    row("v a text", R"({"v":"1"})", "malformed", "a text");
    row("v null", R"({"v":null})", "malformed", "null");
    row("v 0", R"({"v":0})", "malformed", "0");
    row("v higher", R"({"v":2,"device":"d1"})", "version", "version 2");
    row("v fraction", R"({"v":1.5})", "version", "1.5");
    row("v huge", R"({"v":18446744073709551615})", "version", "version");
}

void TestProtocol::everyMessageIsRefusedAlike()
{
    QFETCH(QByteArray, payload);
    QFETCH(QString, reason);
    QFETCH(QString, detail);
    Decoder decoder;
    const std::string text = payload.toStdString();
    const auto check = [&](const auto &result) {
        QVERIFY(!result);
        QCOMPARE(qs(name(result.error().why)), reason);
        QVERIFY2(qs(result.error().detail).contains(detail), result.error().detail.c_str());
    };
    check(decoder.presence("d1", text));
    check(decoder.telemetry("d1", text));
    check(decoder.queryRequest(text));
    check(decoder.queryReply(text));
}

void TestProtocol::hostilePayloads()
{
    Decoder decoder;
    const std::string twoMegabytes =
        R"({"v":1,"device":"d1","row":{"x":")" + std::string(2 * maxPayloadBytes, 'x') + "\"}}";
    QCOMPARE(decoder.queryReply(twoMegabytes).error().why, Rejection::Oversize);
    QVERIFY(qs(decoder.queryReply(twoMegabytes).error().detail).contains(QStringLiteral("1048576")));
    const std::string oneMegabyte =
        R"({"v":1,"device":"d1","row":{"x":")" + std::string(maxPayloadBytes - 40, 'x') + "\"}}";
    QVERIFY(decoder.queryReply(oneMegabyte));

    QCOMPARE(decoder.presence("d1", "{\"v\":1,\"labels\":" + labelsJson(1'000'000) + "}").error().why,
             Rejection::Oversize);
    QCOMPARE(decoder.presence("d1", "{\"v\":1,\"labels\":" + labelsJson(70'000) + "}").error().why,
             Rejection::TooManyLabels);

    for (const char *unit : {"[", "{\"a\":"}) {
        std::string deep = "{\"v\":1,\"device\":\"d1\",\"row\":{\"a\":";
        for (int i = 0; i < 10'000; ++i)
            deep += unit;
        QCOMPARE(decoder.queryReply(deep).error().why, Rejection::Malformed);
        deep += "1";
        for (int i = 0; i < 10'000; ++i)
            deep += *unit == '[' ? "]" : "}";
        const auto read = decoder.queryReply(deep + "}}");
        QCOMPARE(read.error().why, Rejection::Malformed);
        QVERIFY2(qs(read.error().detail).contains(QStringLiteral("levels deep")),
                 read.error().detail.c_str());
    }

    // The largest array text a message can ask for stays of the order of the message.
    std::string list = "{\"l\":[1e9";
    while (list.size() < 1'000'000)
        list += ",1e9";
    const auto read = decoder.object(list + "]}");
    QVERIFY2(read, why(read));
    QVERIFY(std::get<std::string_view>((**read)[0].value).size() < 8 * list.size());

    const auto override = decoder.queryReply("{\"v\":1,\"device\":\"\xE2\x80\xAE"
                                             "d1\",\"row\":{}}");
    QCOMPARE(override.error().why, Rejection::BadId);
    QVERIFY(!qs(displayText(override.error().detail)).contains(QChar(0x202E)));
}

void TestProtocol::readerRecovers()
{
    Decoder decoder;
    const std::string good = encodeRow("d1", {{"a", std::int64_t{1}}});
    for (const std::string &bad :
         {std::string("{\"v\":1,"), std::string(500'000, '['), std::string(2'000'000, 'x'), std::string()}) {
        QVERIFY(!decoder.queryReply(bad));
        const auto read = decoder.queryReply(good);
        QVERIFY2(read, why(read));
        QCOMPARE(read->row->size(), std::size_t(1));
    }
}

void TestProtocol::mutatedPayloadsNeverFail()
{
    std::mt19937 dice(4);
    const std::string ok[] = {
        R"({"v":1,"interval":10,"boot":"01ARZ3NDEKTSV4RRFFQ69G5FAV","seq":17,"state":"online","fw":"1.4.2","labels":{"site":"a","group":"b,c"},"config":{"rev":42},"device":"d1"})",
        R"({"v":1,"at":"2026-01-31T08:00:00.123Z","seq":17,"values":{"a":{"b":[1,2,{"c":"\u00e9"}]},"n":-1.5e3}})",
        R"({"v":1,"id":"01ARZ3NDEKTSV4RRFFQ69G5FAV","deadline_ms":5000,"spread_ms":0,"select":["os"],"where":{"==":[{"var":"os"},"x"]},"reply_empty":true,"reply":"a.b"})",
        R"({"v":1,"device":"d1","row":{"os":"linux","mem":{"free":5},"x":"\ud83d\ude80"}})",
        R"({"v":1,"device":"d1","error":{"code":"busy","message":"x"}})",
    };
    Decoder decoder;
    int accepted = 0;
    for (int i = 0; i < 40000; ++i) {
        std::string text = ok[dice() % std::size(ok)];
        for (auto n = dice() % 4; n > 0 && !text.empty(); --n) {
            const std::size_t at = dice() % text.size();
            switch (dice() % 5) {
            case 0:
                text[at] = static_cast<char>(dice());
                break;
            case 1:
                text.erase(at, dice() % 8 + 1);
                break;
            case 2:
                text.insert(at, 1, "{}[]\",:\\0-e.\xF0"[dice() % 13]);
                break;
            case 3:
                text.insert(at, text.substr(dice() % text.size(), dice() % 20));
                break;
            default:
                text.resize(at);
            }
        }
        // Exactly as long as the message, so that a read past its end is one past the allocation.
        const std::vector<char> exact(text.begin(), text.end());
        const std::string_view payload(exact.data(), exact.size());

        const auto presence = decoder.presence("d1", payload);
        if (presence) {
            QVERIFY(presence->labels.size() <= maxLabels);
            QVERIFY(presence->intervalSeconds >= 1 && presence->intervalSeconds <= 86400);
        }
        const auto telemetry = decoder.telemetry("d1", payload);
        if (telemetry)
            QVERIFY(telemetry->values->size() <= maxFields);
        const auto request = decoder.queryRequest(payload);
        if (request)
            QVERIFY(isUtf8(request->where));
        const auto reply = decoder.queryReply(payload);
        if (reply) {
            QVERIFY(isToken(reply->device));
            if (reply->row) {
                for (const Field &field : *reply->row)
                    QVERIFY(isUtf8(field.name) && isUtf8(toText(field.value)));
            }
        } else {
            QVERIFY(!reply.error().detail.empty());
        }
        const auto any = decoder.object(payload);
        accepted += presence || telemetry || request || reply ? 1 : 0;
        QVERIFY(!any || any.value()->size() <= maxFields);
    }
    QVERIFY(accepted > 5000 && accepted < 40000);
}

void TestProtocol::reasonsHaveNames()
{
    QStringList names;
    for (int i = 0; i < rejectionCount; ++i)
        names.append(qs(name(static_cast<Rejection>(i))));
    QCOMPARE(names.size(), rejectionCount);
    QCOMPARE(names.removeDuplicates(), 0);
}

QTEST_GUILESS_MAIN(TestProtocol)
#include "tst_protocol.moc"
