// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/protocol/messages.h"

#include <QTest>

#include <array>
#include <bit>
#include <random>
#include <string>

using namespace muster;
using namespace muster::protocol;

namespace {

using Random = std::mt19937_64;

std::size_t upTo(Random &random, std::size_t count)
{
    return random() % count;
}

template <std::size_t N>
std::string oneOf(Random &random, const std::array<const char *, N> &texts)
{
    return texts[upTo(random, N)];
}

std::string number(Random &random)
{
    switch (upTo(random, 6)) {
    case 0:
        return oneOf<18>(random, {"0", "-0", "-0.0", "0.1", "00", "01", "1.", ".5", "-", "1e5", "1E-3",
                                  "-1.50", "9007199254740993", "9223372036854775807", "9223372036854775808",
                                  "1.7976931348623157e308", "12345678.12345678",
                                  "999999999999999.9999999999999999"});
    case 1:
        return std::to_string(static_cast<std::int64_t>(random()));
    case 2:
        return std::to_string(random() % 100'000'000);
    default: {
        std::string digits = upTo(random, 4) == 0 ? "-" : "";
        for (std::size_t n = 1 + upTo(random, 9); n > 0; --n)
            digits += static_cast<char>('0' + upTo(random, 10));
        if (upTo(random, 2) == 0) {
            digits += '.';
            for (std::size_t n = 1 + upTo(random, 9); n > 0; --n)
                digits += static_cast<char>('0' + upTo(random, 10));
        }
        return digits;
    }
    }
}

std::string text(Random &random)
{
    if (upTo(random, 3) == 0)
        return '"' +
               oneOf<12>(random,
                         {"", "online", "closing", "d1", "other", "\\u0041", "a\\\"b", "gr\xC3\xBC\xC3\x9F",
                          "\xFF", "\x7F", "2026-11-24T03:04:05.678Z", "01ARZ3NDEKTSV4RRFFQ69G5FAV"}) +
               '"';
    std::string made = "\"";
    for (std::size_t n = upTo(random, 24); n > 0; --n)
        made += static_cast<char>('!' + upTo(random, 90) + (upTo(random, 40) == 0 ? 4 : 0));
    for (char &c : made) {
        if (&c != made.data() && (c == '"' || c == '\\'))
            c = '_';
    }
    return made + '"';
}

std::string object(Random &random, int depth);

std::string value(Random &random, int depth)
{
    switch (upTo(random, 12)) {
    case 0:
        return oneOf<5>(random, {"true", "false", "null", "tru", "nul"});
    case 1:
        return depth < 10 ? object(random, depth + 1) : "{}";
    case 2:
        return oneOf<3>(random, {"[]", "[1,2]", "[{\"a\":1}]"});
    case 3:
    case 4:
    case 5:
        return text(random);
    default:
        return number(random);
    }
}

std::string object(Random &random, int depth)
{
    std::string made = "{";
    for (std::size_t n = upTo(random, 6); n > 0; --n) {
        made += made.size() > 1 ? "," : "";
        made += upTo(random, 3) == 0
                    ? text(random)
                    : oneOf<5>(random, {"\"a\"", "\"cpu.pct\"", "\"site\"", "\"group\"", "\"rev\""});
        made += ':' + value(random, depth);
    }
    return made + "}";
}

/// A message that is nearly fit: the members of all kinds, most of them as they should be.
std::string message(Random &random)
{
    std::string made = "{";
    const auto add = [&](std::string_view name, const std::string &fit) {
        if (upTo(random, 3) == 0)
            return;
        for (std::size_t n = upTo(random, 40) == 0 ? 2 : 1; n > 0; --n) {
            made += made.size() > 1 ? "," : "";
            made += '"' + std::string(name) + "\":" + (upTo(random, 12) == 0 ? value(random, 1) : fit);
        }
    };
    const auto always = [&](std::string_view name, const std::string &fit) {
        made += (made.size() > 1 ? ",\"" : "\"") + std::string(name) + "\":" + fit;
    };
    if (upTo(random, 20) != 0)
        always("v", upTo(random, 20) == 0 ? number(random) : "1");
    add("device", "\"d1\"");
    add("at", "\"2026-11-24T03:04:05.678Z\"");
    add("seq", std::to_string(random() % 1000));
    add("row", object(random, 1));
    add("values", object(random, 1));
    add("interval", std::to_string(random() % 100'000));
    add("boot", "\"01ARZ3NDEKTSV4RRFFQ69G5FAV\"");
    add("state", "\"online\"");
    add("fw", text(random));
    add("labels", R"({"group":"a,b","os":"linux","site":"s1"})");
    add("config", "{\"rev\":" + number(random) + "}");
    add("empty", "true");
    if (upTo(random, 10) == 0)
        add("error", R"({"code":"busy","message":"later"})");
    if (upTo(random, 10) == 0)
        add("more", value(random, 1));
    return made + '}';
}

/// Only what one kind of message has, so that many are plain.
std::string fitMessage(Random &random)
{
    const std::string row = object(random, 1);
    switch (upTo(random, 4)) {
    case 0:
        return R"({"v":1,"device":"d1","row":)" + row + '}';
    case 1:
        return R"({"v":1,"at":"2026-11-24T03:04:05.678Z","seq":7,"values":)" + row + '}';
    case 2:
        return R"({"v":1,"device":"d1","interval":10,"seq":3,"state":"closing","fw":)" + text(random) +
               R"(,"labels":{"group":"g1","os":)" + text(random) + "}}";
    default:
        return R"({"v":1,"device":"d1","empty":)" + oneOf<2>(random, {"true", "false"}) + '}';
    }
}

std::string damaged(Random &random, std::string made)
{
    for (std::size_t n = upTo(random, 3); n > 0 && !made.empty(); --n) {
        const std::size_t at = upTo(random, made.size());
        switch (upTo(random, 4)) {
        case 0:
            made.erase(at, 1);
            break;
        case 1:
            made.resize(at);
            break;
        case 2:
            made.insert(at, 1, static_cast<char>(random()));
            break;
        default:
            made[at] = oneOf<9>(random, {"\"", "\\", "{", "}", ",", ":", "0", "-", "."})[0];
        }
    }
    return made;
}

std::string shown(const ValueView &value)
{
    std::string made = std::to_string(value.index()) + ':';
    if (const auto *real = std::get_if<double>(&value))
        return made + std::to_string(std::bit_cast<std::uint64_t>(*real));
    return made + toText(value);
}

std::string shown(const std::vector<Field> *fields)
{
    std::string made;
    for (const Field &field : *fields)
        made += std::string(field.name) + '=' + shown(field.value) + '\n';
    return made;
}

std::string shown(const Reject &reject)
{
    return "refused: " + std::string(name(reject.why)) + ": " + reject.detail;
}

std::string reply(Decoder &decoder, const std::string &payload)
{
    const auto read = decoder.queryReply(payload);
    if (!read)
        return shown(read.error());
    std::string made = std::string(read->device) + ' ' + std::to_string(static_cast<int>(read->kind)) + ' ' +
                       std::string(read->errorCode) + ' ' + std::string(read->errorMessage) + '\n';
    return read->row ? made + shown(read->row) : made;
}

std::string telemetry(Decoder &decoder, const std::string &payload)
{
    const auto read = decoder.telemetry("d1", payload);
    if (!read)
        return shown(read.error());
    return std::string(read->device) + ' ' + (read->at ? read->at->toString() : "") + ' ' +
           std::to_string(read->seq) + '\n' + shown(read->values);
}

std::string presence(Decoder &decoder, const std::string &payload)
{
    const auto read = decoder.presence("d1", payload);
    if (!read)
        return shown(read.error());
    std::string made = read->device + ' ' + std::to_string(read->intervalSeconds) + ' ' + read->boot + ' ' +
                       std::to_string(read->seq) + ' ' + std::to_string(static_cast<int>(read->state)) + ' ' +
                       read->firmware + ' ' +
                       (read->configRevision ? std::to_string(*read->configRevision) : "none") + '\n';
    for (const Label &label : read->labels)
        made += label.key + '=' + label.value + '\n';
    return made;
}

} // namespace

/// A message in the plain form is read by another way: white space before it makes it take the long one.
class TestPlainMessages : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void bothWaysReadTheSame();
    void limitsAreTheSame();
    void readingOutlivesThePayload();
};

void TestPlainMessages::bothWaysReadTheSame()
{
    Random random(20261124);
    Decoder plain;
    Decoder longWay;
    int accepted = 0;
    for (int i = 0; i < 60'000; ++i) {
        std::string payload = upTo(random, 2) == 0 ? message(random) : fitMessage(random);
        if (upTo(random, 3) == 0)
            payload = damaged(random, std::move(payload));
        const std::string spaced = ' ' + payload;
        for (const auto read : {&reply, &telemetry, &presence}) {
            const std::string one = read(plain, payload);
            const std::string other = read(longWay, spaced);
            accepted += one.starts_with("refused") ? 0 : 1;
            if (payload.empty()) // the other is not empty
                continue;
            if (one != other)
                qWarning("%s", payload.c_str());
            QCOMPARE(one, other);
        }
    }
    QVERIFY2(accepted > 20'000, qPrintable(QString::number(accepted)));
}

void TestPlainMessages::limitsAreTheSame()
{
    Decoder decoder;
    const auto same = [&](const std::string &payload) {
        return reply(decoder, payload) == reply(decoder, ' ' + payload) &&
               presence(decoder, payload) == presence(decoder, ' ' + payload);
    };
    for (const std::size_t fields : {std::size_t{511}, maxFields, maxFields + 1}) {
        std::string row;
        for (std::size_t i = 0; i < fields; ++i)
            row += (i == 0 ? "\"f" : ",\"f") + std::to_string(i) + "\":1";
        QVERIFY(same(R"({"v":1,"device":"d1","row":{)" + row + "}}"));
    }
    for (const int depth : {maxDepth - 1, maxDepth, maxDepth + 1}) {
        std::string row = "1";
        for (int i = 0; i < depth; ++i)
            row = "{\"x\":" + row + '}';
        QVERIFY(same(R"({"v":1,"device":"d1","row":)" + row + '}'));
    }
    for (const std::size_t bytes : {254, 255, 256, 257}) {
        const std::string long_(bytes, 'x');
        QVERIFY(same(R"({"v":1,"device":"d1","row":{")" + long_ + R"(":1}})"));
        QVERIFY(same(R"({"v":1,"device":"d1","row":{"a":{")" + long_.substr(2) + R"(":1}}})"));
        QVERIFY(same(R"({"v":1,"fw":")" + long_ + R"("})"));
        QVERIFY(same(R"({"v":1,"labels":{")" + long_ + R"(":"x"}})"));
        QVERIFY(same(R"({"v":1,"labels":{"x":")" + long_ + R"("}})"));
    }
    for (const std::size_t labels : {maxLabels, maxLabels + 1}) {
        std::string text;
        for (std::size_t i = 0; i < labels; ++i)
            text += (i == 0 ? "\"l" : ",\"l") + std::to_string(100 + i) + "\":\"x\"";
        QVERIFY(same(R"({"v":1,"labels":{)" + text + "}}"));
    }
    const auto ofBytes = [](std::size_t bytes) {
        const std::string around = R"({"v":1,"device":"d1","row":{"a":""}})";
        return around.substr(0, around.size() - 3) + std::string(bytes - around.size(), 'x') + R"("}})";
    };
    QVERIFY(same(ofBytes(maxPayloadBytes - 1)));
    QVERIFY(decoder.queryReply(ofBytes(maxPayloadBytes)).ok());
    QVERIFY(!decoder.queryReply(ofBytes(maxPayloadBytes + 1)).ok());
}

void TestPlainMessages::readingOutlivesThePayload()
{
    Decoder decoder;
    std::string payload = R"({"v":1,"device":"d1","row":{"fw":"1.4.2","mem":{"free":7}}})";
    const auto read = decoder.queryReply(payload);
    payload.assign(payload.size(), 'x');
    QVERIFY(read.ok());
    QCOMPARE(read->device, std::string_view("d1"));
    QCOMPARE(read->row->size(), std::size_t(2));
    QCOMPARE(read->row->at(0).name, std::string_view("fw"));
    QCOMPARE(std::get<std::string_view>(read->row->at(0).value), std::string_view("1.4.2"));
    QCOMPARE(read->row->at(1).name, std::string_view("mem.free"));
}

QTEST_GUILESS_MAIN(TestPlainMessages)
#include "tst_plain_messages.moc"
