// SPDX-License-Identifier: GPL-3.0-or-later
#include "nats/provision.h"
#include "nats_test.h"

#include <algorithm>

using namespace muster;
using namespace muster::nats;
using Verdict = StreamCheck::Verdict;

class TestProvision : public QObject {
    Q_OBJECT

    std::unique_ptr<LocalServer> m_server;
    std::shared_ptr<Connection> m_connection;

    static bool all(const std::vector<StreamCheck> &checks, Verdict verdict)
    {
        for (const StreamCheck &c : checks) {
            if (c.verdict != verdict)
                qWarning("%s: %d, %s %s", c.wanted.name.c_str(), static_cast<int>(c.verdict),
                         c.differences.empty() ? "" : c.differences.front().c_str(), c.error.message.c_str());
        }
        return std::all_of(checks.begin(), checks.end(),
                           [&](const StreamCheck &c) { return c.verdict == verdict; });
    }

private Q_SLOTS:
    void init()
    {
        auto server = LocalServer::start({});
        VERIFY_OK(server);
        m_server = std::move(*server);
        auto connection = Connection::open(optionsFor(*m_server));
        VERIFY_OK(connection);
        m_connection = std::move(*connection);
    }

    void cleanup()
    {
        m_connection.reset();
        m_server.reset();
    }

    void createsAllOnce()
    {
        JetStream js(m_connection);
        const Subjects subjects;
        auto before = checkFleet(js, subjects, 1);
        VERIFY_OK(before);
        QCOMPARE(before->size(), std::size_t(9));
        QVERIFY(all(*before, Verdict::Missing));
        QVERIFY(js.streamNames().value().empty());

        auto made = prepareFleet(js, subjects, 1, false);
        VERIFY_OK(made);
        QVERIFY(all(*made, Verdict::Created));
        auto names = js.streamNames();
        VERIFY_OK(names);
        std::sort(names->begin(), names->end());
        QCOMPARE(*names,
                 (std::vector<std::string>{"AUDIT", "COMMANDS", "EXECUTIONS", "KV_config", "KV_config_schema",
                                           "KV_queries", "PRESENCE", "REPORTED", "TELEMETRY"}));
        auto after = checkFleet(js, subjects, 1);
        VERIFY_OK(after);
        QVERIFY(all(*after, Verdict::Present));
        auto again = prepareFleet(js, subjects, 1, true);
        VERIFY_OK(again);
        QVERIFY(all(*again, Verdict::Present));
    }

    void showsDifferencesAndChangesThemOnlyWhenTold()
    {
        JetStream js(m_connection);
        const Subjects subjects;
        // One that somebody made by hand, with a limit that Muster knows nothing of.
        VERIFY_OK(js.call("STREAM.CREATE.TELEMETRY",
                          "{\"name\":\"TELEMETRY\",\"subjects\":[\"fleet.telemetry.*\"],"
                          "\"storage\":\"file\",\"max_msg_size\":5000}"));
        auto prepared = prepareFleet(js, subjects, 1, false);
        VERIFY_OK(prepared);
        const auto at = std::find_if(prepared->begin(), prepared->end(),
                                     [](const StreamCheck &c) { return c.wanted.name == "TELEMETRY"; });
        QVERIFY(at != prepared->end());
        QCOMPARE(at->verdict, Verdict::Different);
        const std::vector<std::string> &differences = at->differences;
        QVERIFY(std::find(differences.begin(), differences.end(),
                          "max_age: 604800 s wanted, no limit there") != differences.end());
        QVERIFY(std::find(differences.begin(), differences.end(),
                          "max_bytes: 2147483648 wanted, no limit there") != differences.end());
        QCOMPARE(js.streamInfo("TELEMETRY")->config.maxBytes, std::int64_t(0));
        QCOMPARE(checkFleet(js, subjects, 1)->at(0).verdict, Verdict::Present);

        VERIFY_OK(js.deleteStream("TELEMETRY"));
        VERIFY_OK(js.call("STREAM.CREATE.TELEMETRY",
                          "{\"name\":\"TELEMETRY\",\"subjects\":[\"fleet.telemetry.*\"],\"storage\":\"file\","
                          "\"max_msg_size\":5000,"
                          "\"max_consumers\":1000,\"allow_direct\":true}"));
        auto updated = prepareFleet(js, subjects, 1, true);
        VERIFY_OK(updated);
        QCOMPARE(std::count_if(updated->begin(), updated->end(),
                               [](const StreamCheck &c) { return c.verdict == Verdict::Updated; }),
                 std::ptrdiff_t(1));
        QCOMPARE(js.streamInfo("TELEMETRY")->config.maxBytes, std::int64_t(2) << 30);
        auto raw = js.call("STREAM.INFO.TELEMETRY", {});
        VERIFY_OK(raw);
        QVERIFY(raw->find("\"max_msg_size\":5000") != std::string::npos); // kept
        QVERIFY(all(*checkFleet(js, subjects, 1), Verdict::Present));
    }

    void saysWhatTheServerRefuses()
    {
        JetStream js(m_connection);
        StreamConfig other;
        other.name = "OTHER";
        other.subjects = {"fleet.presence.>"};
        VERIFY_OK(js.createStream(other));
        auto prepared = prepareFleet(js, Subjects(), 1, false);
        VERIFY_OK(prepared);
        QCOMPARE(prepared->front().verdict, Verdict::Failed);
        QCOMPARE(prepared->front().error.code, std::string("jetstream.10065"));
        QCOMPARE(prepared->back().verdict, Verdict::Created); // the rest goes on
    }

    void twoFleetsShareAnAccount()
    {
        JetStream js(m_connection);
        auto other = Subjects::withRoot("acme.north");
        VERIFY_OK(other);
        VERIFY_OK(prepareFleet(js, Subjects(), 1, false));
        auto second = prepareFleet(js, *other, 1, false);
        VERIFY_OK(second);
        QVERIFY(all(*second, Verdict::Created));
        QCOMPARE(fleetStream(*other, "PRESENCE"), std::string("acme_north_PRESENCE"));
        QCOMPARE(fleetBucket(*other, "config"), std::string("acme_north_config"));
        QCOMPARE(js.streamInfo("KV_acme_north_queries")->config.maxMessagesPerSubject, std::int64_t(8));
        VERIFY_OK(js.publish("acme.north.presence.d1", "x", "one"));
        QCOMPARE(js.streamInfo("acme_north_PRESENCE")->messages, std::uint64_t(1));
        QCOMPARE(js.streamInfo("PRESENCE")->messages, std::uint64_t(0));
    }

    void republishesConfigAndRingsTheBell()
    {
        JetStream js(m_connection);
        VERIFY_OK(prepareFleet(js, Subjects(), 1, false));
        Recorder<Message> heard;
        auto config =
            m_connection->subscribe("fleet.config.>", [&](const MessageView &m) { heard.add(m.copy()); });
        VERIFY_OK(config);
        auto bell =
            m_connection->subscribe("fleet.bell.>", [&](const MessageView &m) { heard.add(m.copy()); });
        VERIFY_OK(bell);
        VERIFY_OK(m_connection->flush());
        KeyValue kv(js, "config");
        VERIFY_OK(kv.put("device.d1", "{\"a\":1}"));
        QTRY_COMPARE(heard.count(), std::size_t(1));
        QCOMPARE(heard.all()[0].subject, std::string("fleet.config.device.d1"));
        QCOMPARE(heard.all()[0].data, std::string("{\"a\":1}"));
        VERIFY_OK(js.publish("fleet.command.d1.reboot", "{\"v\":1}", "id.d1", {{"Nats-Rollup", "sub"}}));
        QTRY_COMPARE(heard.count(), std::size_t(2));
        QCOMPARE(heard.all()[1].subject, std::string("fleet.bell.d1.reboot"));
        QVERIFY(heard.all()[1].data.empty());
    }

    void auditCannotBeErased()
    {
        JetStream js(m_connection);
        VERIFY_OK(prepareFleet(js, Subjects(), 1, false));
        auto ack = js.publish("fleet.audit.ann", "{}", "one");
        VERIFY_OK(ack);
        QVERIFY(!js.deleteMessage("AUDIT", ack->sequence).ok());
        QVERIFY(!js.purge("AUDIT", "fleet.audit.ann").ok());
        QCOMPARE(js.streamInfo("AUDIT")->messages, std::uint64_t(1));
    }

    void withoutJetStreamThereIsNothingToList()
    {
        LocalServer::Options plain;
        plain.jetStream = false;
        auto server = LocalServer::start(plain);
        VERIFY_OK(server);
        auto connection = Connection::open(optionsFor(**server));
        VERIFY_OK(connection);
        JetStream js(*connection);
        COMPARE_CODE(checkFleet(js, Subjects(), 1), "jetstream.unavailable");
        COMPARE_CODE(prepareFleet(js, Subjects(), 1, true), "jetstream.unavailable");
    }
};

QTEST_GUILESS_MAIN(TestProvision)
#include "tst_provision.moc"
