// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/agent.h"
#include "message_log.h"
#include "nats/gather.h"
#include "nats/local_server.h"

#include <QtTest>

using namespace muster;
using std::chrono::milliseconds;
using test::MessageLog;

namespace {

class FixedFacts : public device::Facts {
public:
    std::string firmware() const override { return "1.4.2"; }
    std::vector<protocol::Label> labels() const override
    {
        return {{"group", "group_a"}, {"os", "linux"}, {"region", "eu"}, {"site", "ams-01"}};
    }
    device::Row row() override { return {{"os", "linux"}, {"fw", "1.4.2"}, {"mem.free", std::int64_t{100}}}; }
    device::Row telemetry() override { return {{"mem.free", std::int64_t{100}}}; }
};

std::string query(const std::string &where = {}, std::vector<std::string> select = {}, int spreadMs = 0)
{
    protocol::QueryRequest request;
    request.id = "01J00000000000000000000000";
    request.where = where;
    request.select = std::move(select);
    request.spreadMs = spreadMs;
    return protocol::encode(request);
}

} // namespace

class TestDeviceAgent : public QObject {
    Q_OBJECT

    std::unique_ptr<nats::LocalServer> m_server;
    std::shared_ptr<nats::Connection> m_connection;

    /// Returns when the server knows the device, and so its subscriptions, which were there first.
    std::unique_ptr<device::DeviceAgent> startAgent(int interval = 10)
    {
        MessageLog presence(*m_connection, "fleet.presence.*");
        device::DeviceAgent::Options options;
        options.connection.servers = {m_server->url()};
        options.device = "d1";
        options.intervalSeconds = interval;
        options.telemetrySeconds = interval;
        auto agent = device::DeviceAgent::start(std::move(options), std::make_unique<FixedFacts>());
        return agent && presence.waitForCount(1) ? std::move(*agent) : nullptr;
    }

    std::string ask(const std::string &subject, const std::string &payload)
    {
        auto reply = m_connection->request(subject, payload, milliseconds(10'000));
        return reply ? reply->data : reply.error().code;
    }

private Q_SLOTS:
    void init()
    {
        nats::LocalServer::Options options;
        options.jetStream = false;
        auto server = nats::LocalServer::start(std::move(options));
        QVERIFY2(server.ok(), server ? "" : server.error().message.c_str());
        m_server = std::move(*server);
        m_connection = test::connectTo(m_server->url());
        QVERIFY(m_connection);
    }

    void cleanup()
    {
        m_connection.reset();
        m_server.reset();
    }

    void saysThatItIsThereAndThatItGoes()
    {
        MessageLog presence(*m_connection, "fleet.presence.*");
        MessageLog telemetry(*m_connection, "fleet.telemetry.*");
        QVERIFY(presence && telemetry);
        auto agent = startAgent(1);
        QVERIFY(agent);
        QVERIFY(presence.waitForCount(2));
        QVERIFY(telemetry.waitForCount(2));
        const std::string boot = agent->boot();
        agent.reset();
        QVERIFY(presence.waitFor([](const auto &m) { return test::holds(m, "\"closing\""); }));

        protocol::Decoder decoder;
        std::int64_t seq = 0;
        for (const nats::Message &message : presence.messages()) {
            const auto said = decoder.presence("d1", message.data);
            QVERIFY2(said.ok(), message.data.c_str());
            QCOMPARE(message.subject, std::string("fleet.presence.d1"));
            QCOMPARE(said->boot, boot);
            QCOMPARE(said->seq, ++seq);
            QCOMPARE(said->intervalSeconds, 1);
            QCOMPARE(said->firmware, std::string("1.4.2"));
            QCOMPARE(said->labels.size(), std::size_t(4));
        }
        const auto measured = decoder.telemetry("d1", telemetry.messages().front().data);
        QVERIFY(measured.ok());
        QVERIFY(measured->at.has_value());
        QCOMPARE(measured->values->size(), std::size_t(1));
    }

    void answersOnEverySubjectOfItsOwn_data()
    {
        QTest::addColumn<QString>("subject");
        for (const char *subject : {"fleet.query.all", "fleet.query.device.d1", "fleet.query.site.ams-01",
                                    "fleet.query.group.group_a", "fleet.query.group.group_a.eu"})
            QTest::newRow(subject) << QString::fromLatin1(subject);
    }

    void answersOnEverySubjectOfItsOwn()
    {
        QFETCH(QString, subject);
        auto agent = startAgent();
        QVERIFY(agent);
        const std::string reply = ask(subject.toStdString(), query({}, {"fw"}));
        QCOMPARE(reply, std::string(R"({"v":1,"device":"d1","row":{"fw":"1.4.2"}})"));
        QCOMPARE(ask("fleet.query.site.elsewhere", query()), std::string("nats.no-responders"));
    }

    void filters()
    {
        auto agent = startAgent();
        QVERIFY(agent);
        QCOMPARE(ask("fleet.query.all", query(R"({"<":[{"var":"mem.free"},200]})", {"mem.free"})),
                 std::string(R"({"v":1,"device":"d1","row":{"mem.free":100}})"));
        QCOMPARE(ask("fleet.query.all", query(R"({"==":[{"var":"os"},"plan9"]})")),
                 std::string(R"({"v":1,"device":"d1","empty":true})"));
    }

    void ignoresWhatIsNoQuery()
    {
        auto agent = startAgent();
        QVERIFY(agent);
        const std::string inbox = m_connection->newInbox();
        MessageLog replies(*m_connection, inbox);
        const std::string bad[] = {"", "{", "[]", R"({"v":99,"id":"x"})", std::string(900'000, '['), query()};
        for (const std::string &payload : bad)
            QVERIFY(m_connection->publish("fleet.query.all", payload, payload == bad[5] ? "" : inbox).ok());
        QTRY_COMPARE(agent->counters().refused, std::uint64_t(6));
        QVERIFY(ask("fleet.query.all", query()).find("\"row\"") != std::string::npos);
        QCOMPARE(replies.size(), std::size_t(0));
    }

    void spreadsItsAnswers()
    {
        auto agent = startAgent();
        QVERIFY(agent);
        const std::string inbox = m_connection->newInbox();
        MessageLog replies(*m_connection, inbox);
        for (int i = 0; i < 40; ++i)
            QVERIFY(m_connection->publish("fleet.query.all", query({}, {"fw"}, 60'000), inbox).ok());
        // One that need not wait is not held up by those that do.
        QVERIFY(ask("fleet.query.all", query()).find("\"row\"") != std::string::npos);
        QVERIFY(replies.size() < 40);
    }

    void boundsWhatItKeeps()
    {
        auto agent = startAgent();
        QVERIFY(agent);
        const std::string inbox = m_connection->newInbox();
        for (int i = 0; i < 400; ++i)
            QVERIFY(m_connection->publish("fleet.query.all", query({}, {"fw"}, 600'000), inbox).ok());
        QTRY_VERIFY(agent->counters().dropped >= 100);
    }

    void comesBackAfterTheServer()
    {
        auto agent = startAgent(600);
        QVERIFY(agent);
        m_server->kill();
        QTRY_VERIFY(!agent->isConnected());
        QVERIFY(m_server->restart().ok());
        // Long before its next heartbeat is due.
        QTRY_VERIFY_WITH_TIMEOUT(agent->counters().presence > 1, 10'000);
        m_connection = test::connectTo(m_server->url());
        QVERIFY(m_connection);
        QVERIFY(ask("fleet.query.device.d1", query()).find("\"row\"") != std::string::npos);
    }

    void refusesWhatCannotBe()
    {
        device::DeviceAgent::Options options;
        options.connection.servers = {m_server->url()};
        options.device = "not a token";
        QVERIFY(!device::DeviceAgent::start(options, std::make_unique<FixedFacts>()).ok());
        options.device = "d1";
        options.intervalSeconds = 0;
        const auto agent = device::DeviceAgent::start(options, std::make_unique<FixedFacts>());
        QVERIFY(!agent.ok());
        QCOMPARE(agent.error().code, std::string("agent.interval"));
    }
};

QTEST_GUILESS_MAIN(TestDeviceAgent)
#include "tst_device_agent.moc"
