// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/protocol/messages.h"
#include "core/ulid.h"
#include "demo/demo_fleet.h"
#include "nats/gather.h"
#include "nats/jetstream.h"
#include "nats/local_server.h"
#include "nats/provision.h"

#include <QtTest>

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>

using namespace muster;
using demo::SimOptions;
using demo::Simulator;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

SimOptions steady(int devices)
{
    SimOptions options;
    options.devices = devices;
    options.flappingShare = options.slowShare = options.silentShare = options.offlineShare =
        options.errorShare = 0;
    return options;
}

std::string request(const std::string &where = {}, std::vector<std::string> select = {}, int spreadMs = 0,
                    bool replyEmpty = true)
{
    protocol::QueryRequest r;
    r.id = newUlid();
    r.where = where;
    r.select = std::move(select);
    r.spreadMs = spreadMs;
    r.replyEmpty = replyEmpty;
    return protocol::encode(r);
}

/// What came back to one question, by device.
class Answers {
public:
    Answers(std::shared_ptr<nats::Connection> connection, const std::string &subject,
            const std::string &payload)
    {
        auto gather = nats::Gather::listen(std::move(connection), [this](const nats::MessageView &message) {
            const std::lock_guard lock(m_mutex);
            const auto reply = m_decoder.queryReply(message.data);
            if (!reply) {
                ++m_bad;
            } else {
                ++m_count;
                m_last[std::string(reply->device)] = std::string(message.data);
                m_rows += reply->kind == protocol::QueryReply::Kind::Row ? 1 : 0;
                m_errors += reply->kind == protocol::QueryReply::Kind::Error ? 1 : 0;
            }
            m_changed.notify_all();
        });
        if (gather && (*gather)->ask(subject, payload))
            m_gather = std::move(*gather);
    }

    bool waitFor(std::size_t devices, seconds timeout = seconds(30))
    {
        std::unique_lock lock(m_mutex);
        return m_changed.wait_for(lock, timeout, [&] { return m_last.size() >= devices; });
    }
    std::map<std::string, std::string> all()
    {
        const std::lock_guard lock(m_mutex);
        return m_last;
    }
    std::size_t count() { return locked(m_count); }
    std::size_t rows() { return locked(m_rows); }
    std::size_t errors() { return locked(m_errors); }
    std::size_t bad() { return locked(m_bad); }

private:
    std::size_t locked(const std::size_t &value)
    {
        const std::lock_guard lock(m_mutex);
        return value;
    }
    std::mutex m_mutex;
    std::condition_variable m_changed;
    protocol::Decoder m_decoder;
    std::map<std::string, std::string> m_last;
    std::size_t m_count = 0, m_rows = 0, m_errors = 0, m_bad = 0;
    std::unique_ptr<nats::Gather> m_gather; // last: its handler uses what is above
};

} // namespace

class TestSimulator : public QObject {
    Q_OBJECT

    std::unique_ptr<nats::LocalServer> m_server;
    std::shared_ptr<nats::Connection> m_connection;

    std::unique_ptr<Simulator> start(SimOptions options)
    {
        auto simulator = Simulator::start(m_server->url(), std::move(options));
        if (!simulator || !(*simulator)->waitUntilUp(30'000))
            return nullptr;
        return std::move(*simulator);
    }

    void connect()
    {
        nats::ConnectOptions options;
        options.servers = {m_server->url()};
        auto connection = nats::Connection::open(std::move(options));
        QVERIFY(connection.ok());
        m_connection = std::move(*connection);
    }

private Q_SLOTS:
    void init()
    {
        auto server = nats::LocalServer::start({});
        QVERIFY2(server.ok(), server ? "" : server.error().message.c_str());
        m_server = std::move(*server);
        connect();
        nats::JetStream jetStream(m_connection);
        QVERIFY(nats::prepareFleet(jetStream, Subjects(), 1, false).ok());
    }

    void cleanup()
    {
        m_connection.reset();
        m_server.reset();
    }

    void everyDeviceIsInTheStreamOnceUp()
    {
        SimOptions options;
        options.devices = 2000;
        options.connections = 3;
        auto simulator = start(options);
        QVERIFY(simulator);
        QCOMPARE(simulator->deviceCount(), 2000);
        nats::JetStream jetStream(m_connection);
        const auto info = jetStream.streamInfo("PRESENCE");
        QVERIFY(info.ok());
        QCOMPARE(info->messages, std::uint64_t(2000));

        const auto ids = simulator->deviceIds();
        QCOMPARE(std::set<std::string>(ids.begin(), ids.end()).size(), std::size_t(2000));
        protocol::Decoder decoder;
        std::map<std::string, int> regions;
        std::uint32_t away = 0;
        for (std::size_t i = 0; i < ids.size(); i += 7) {
            const auto record = jetStream.lastMessage("PRESENCE", "fleet.presence." + ids[i]);
            QVERIFY(record.ok());
            const auto presence = decoder.presence(ids[i], record->message.data);
            QVERIFY2(presence.ok(), record->message.data.c_str());
            QVERIFY(isUlid(presence->boot));
            away += presence->state == protocol::DeviceState::Closing ? 1 : 0;
            for (const protocol::Label &label : presence->labels) {
                if (label.key == "region")
                    ++regions[label.value];
            }
        }
        QVERIFY(away > 0 && away < 30); // about 3 % of 286
        QVERIFY(regions.size() >= 2);
    }

    void theSeedMakesTheFleet()
    {
        const auto rows = [this](std::uint32_t seed) {
            SimOptions options = steady(50);
            options.seed = seed;
            options.telemetrySeconds = 0; // nothing drifts
            auto simulator = start(options);
            Answers answers(m_connection, "fleet.query.all",
                            request({}, {"site", "model", "fw", "mem.free", "cpu.pct"}));
            answers.waitFor(50);
            return answers.all();
        };
        const auto first = rows(7);
        QCOMPARE(first.size(), std::size_t(50));
        QVERIFY(first == rows(7));
        QVERIFY(first != rows(8));
    }

    void tenThousandAnswerOnceEach()
    {
        auto simulator = start(steady(10'000));
        QVERIFY(simulator);
        Answers answers(m_connection, "fleet.query.all", request());
        QVERIFY(answers.waitFor(10'000));
        QVERIFY(m_connection->flush());
        QCOMPARE(answers.count(), std::size_t(10'000));
        QCOMPARE(answers.rows(), std::size_t(10'000));
        QCOMPARE(answers.bad(), std::size_t(0));
        QCOMPARE(simulator->queriesAnswered(), std::uint64_t(10'000));
        std::set<std::string> asked;
        for (const std::string &id : simulator->deviceIds())
            asked.insert(id);
        for (const auto &answer : answers.all())
            QVERIFY2(asked.contains(answer.first), answer.first.c_str());
    }

    void allButTheSilentAndTheOfflineAnswer()
    {
        SimOptions options;
        options.devices = 1000;
        options.flappingShare = 0;
        options.slowShare = 0.05;
        options.silentShare = 0.02;
        options.offlineShare = 0.03;
        options.errorShare = 0.01;
        auto simulator = start(options);
        QVERIFY(simulator);
        const demo::SimConducts conducts = simulator->conducts();
        QCOMPARE(conducts.slow, 50u);
        QCOMPARE(conducts.silent, 20u);
        QCOMPARE(conducts.offline, 30u);
        QCOMPARE(conducts.failing, 10u);
        QCOMPARE(conducts.steady, 890u);
        QElapsedTimer timer;
        timer.start();
        Answers answers(m_connection, "fleet.query.all", request());
        QVERIFY(answers.waitFor(900));
        QVERIFY(answers.waitFor(950));
        QVERIFY(timer.elapsed() >= 500); // the slow ones
        QCOMPARE(answers.errors(), std::size_t(10));
        QCOMPARE(answers.count(), std::size_t(950));
    }

    void scopesAndFilters()
    {
        auto simulator = start(steady(400));
        QVERIFY(simulator);
        const auto ids = simulator->deviceIds();
        Answers all(m_connection, "fleet.query.all", request({}, {"site", "group", "region"}));
        QVERIFY(all.waitFor(400));
        const auto having = [&](const std::string &part) {
            const auto replies = all.all();
            return static_cast<std::size_t>(std::count_if(replies.begin(), replies.end(), [&](const auto &r) {
                return r.second.find(part) != std::string::npos;
            }));
        };

        Answers one(m_connection, "fleet.query.device." + ids[17], request());
        QVERIFY(one.waitFor(1));
        QCOMPARE(one.all().begin()->first, ids[17]);

        Answers site(m_connection, "fleet.query.site.fra-01", request());
        QVERIFY(site.waitFor(having(R"("site":"fra-01")")));
        Answers group(m_connection, "fleet.query.group.group_b", request());
        QVERIFY(group.waitFor(having(R"("group":"group_b")")));
        Answers region(m_connection, "fleet.query.group.group_b.eu", request());
        Answers where(
            m_connection, "fleet.query.all",
            request(R"({"and":[{"==":[{"var":"group"},"group_b"]},{"==":[{"var":"region"},"eu"]}]})", {}, 0,
                    false));
        Answers both(m_connection, "fleet.query.all", request(R"({"==":[{"var":"region"},"eu"]})"));
        QVERIFY(both.waitFor(400));
        QCOMPARE(both.rows(), having(R"("region":"eu")"));
        QVERIFY(region.waitFor(1) && where.waitFor(1));
        // The last question was answered to the end, so those before it were too.
        const auto keys = [](const std::map<std::string, std::string> &map) {
            std::set<std::string> set;
            for (const auto &entry : map)
                set.insert(entry.first);
            return set;
        };
        QTRY_VERIFY(keys(region.all()) == keys(where.all()));
        QVERIFY(region.rows() > 10);
        QCOMPARE(site.count(), having(R"("site":"fra-01")"));
        QCOMPARE(group.count(), having(R"("group":"group_b")"));
    }

    void spreadsWhenAsked()
    {
        auto simulator = start(steady(1000));
        QVERIFY(simulator);
        QElapsedTimer timer;
        timer.start();
        Answers answers(m_connection, "fleet.query.all", request({}, {"fw"}, 1500));
        QVERIFY(answers.waitFor(1000));
        QVERIFY(timer.elapsed() > 1200);
        QCOMPARE(answers.count(), std::size_t(1000));
    }

    void ignoresWhatIsNoQuery()
    {
        SimOptions options = steady(20);
        options.connections = 1;
        auto simulator = start(options);
        QVERIFY(simulator);
        const std::string inbox = m_connection->newInbox();
        QVERIFY(m_connection->publish("fleet.query.all", "{", inbox).ok());
        QVERIFY(m_connection->publish("fleet.query.all", request()).ok());
        QVERIFY(m_connection->publish("fleet.query.all", std::string(500'000, '['), inbox).ok());
        for (const char *subject :
             {"fleet.query.device.eu-ams-9999", "fleet.query.device.x", "fleet.query.site.-",
              "fleet.query.group", "fleet.query.nothing.at.all", "fleet.query.all.too"})
            QVERIFY(m_connection->publish(subject, request(), inbox).ok());
        QTRY_COMPARE(simulator->counters().refused, std::uint64_t(3));
        Answers answers(m_connection, "fleet.query.all", request());
        QVERIFY(answers.waitFor(20));
        QCOMPARE(simulator->queriesAnswered(), std::uint64_t(20));
    }

    void comesBackWithTheServer()
    {
        auto simulator = start(steady(3000));
        QVERIFY(simulator);
        const auto before = simulator->counters().presence;
        m_server->kill();
        QTRY_VERIFY(!simulator->isUp());
        QVERIFY(m_server->restart().ok());
        QVERIFY(simulator->waitUntilUp(10'000));
        QVERIFY(simulator->counters().presence >= before + 3000);
        connect();
        Answers answers(m_connection, "fleet.query.all", request({}, {"fw"}));
        QVERIFY(answers.waitFor(3000));
    }

    void saysGoodbye()
    {
        std::mutex mutex;
        std::set<std::string> gone;
        auto subscription = m_connection->subscribe("fleet.presence.*", [&](const nats::MessageView &m) {
            const std::lock_guard lock(mutex);
            if (m.data.find(R"("closing")") != std::string::npos)
                gone.emplace(m.subject);
        });
        QVERIFY(subscription.ok() && m_connection->flush());
        auto simulator = start(steady(500));
        QVERIFY(simulator);
        simulator.reset();
        QTRY_VERIFY(m_connection->flush() && (std::lock_guard(mutex), gone.size() == 500));
    }

    void refusesWhatCannotBe()
    {
        const auto code = [this](const SimOptions &options) {
            auto simulator = Simulator::start(m_server->url(), options);
            return simulator ? std::string() : simulator.error().code;
        };
        QCOMPARE(code(steady(0)), std::string("sim.options"));
        SimOptions shares = steady(10);
        shares.silentShare = shares.slowShare = 0.7;
        QCOMPARE(code(shares), std::string("sim.options"));
        SimOptions prefix = steady(10);
        prefix.idPrefix = "a.b";
        QCOMPARE(code(prefix), std::string("sim.options"));
        SimOptions beat = steady(10);
        beat.heartbeatSeconds = std::numeric_limits<double>::quiet_NaN();
        QCOMPARE(code(beat), std::string("sim.options"));
        SimOptions root = steady(10);
        root.subjectRoot = "a b";
        QVERIFY(!code(root).empty());
    }
};

QTEST_GUILESS_MAIN(TestSimulator)
#include "tst_simulator.moc"
