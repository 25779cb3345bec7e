// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/device.h"

#include <QtTest>

using namespace muster;

namespace {

const device::Row row{{"os", "linux"},
                      {"fw", "1.4.2"},
                      {"mem.total", std::int64_t{1024}},
                      {"mem.free", std::int64_t{100}},
                      {"memory", std::int64_t{7}},
                      {"cpu.pct", 12.5}};

std::string ask(const std::string &where, std::vector<std::string> select = {}, bool replyEmpty = true)
{
    protocol::QueryRequest request;
    request.id = "01J00000000000000000000000";
    request.where = where;
    request.select = std::move(select);
    request.replyEmpty = replyEmpty;
    return device::answer("d1", request, row);
}

} // namespace

class TestAnswer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everythingWithoutSelect()
    {
        protocol::Decoder decoder;
        const std::string text = ask({});
        const auto reply = decoder.queryReply(text);
        QVERIFY(reply.ok());
        QCOMPARE(std::string(reply->device), std::string("d1"));
        QVERIFY(reply->kind == protocol::QueryReply::Kind::Row);
        QCOMPARE(reply->row->size(), row.size());
    }

    void selectsFieldsAndWhatIsUnderThem()
    {
        const std::string text = ask({}, {"mem", "cpu.pct", "nothing"});
        protocol::Decoder decoder;
        const auto reply = decoder.queryReply(text);
        QVERIFY(reply.ok());
        QCOMPARE(reply->row->size(), std::size_t(3)); // not "memory"
        QCOMPARE(std::string(reply->row->at(0).name), std::string("mem.total"));
        QCOMPARE(std::string(reply->row->at(2).name), std::string("cpu.pct"));
    }

    void whereDecides()
    {
        const std::string low = R"({"<":[{"var":"mem.free"},200]})";
        const std::string high = R"({">":[{"var":"mem.free"},200]})";
        QVERIFY(ask(low).find("\"row\"") != std::string::npos);
        QVERIFY(ask(high).find("\"empty\":true") != std::string::npos);
        QCOMPARE(ask(high, {}, false), std::string());
        QVERIFY(ask(R"({"==":[{"var":"device"},"d1"]})").find("\"row\"") != std::string::npos);
        QVERIFY(ask(R"({"==":[{"var":"device"},"d2"]})").find("\"empty\"") != std::string::npos);
    }

    void aFilterBeyondUsGetsTheWholeRow()
    {
        const std::string text = ask(R"({"substr":["jsonlogic",4]})", {"os"});
        QVERIFY(text.find("\"mem.free\"") != std::string::npos);
        QVERIFY(text.find("\"cpu.pct\"") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestAnswer)
#include "tst_answer.moc"
