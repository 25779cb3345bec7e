// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/live_query.h"
#include "support/fleet.h"

#include <QElapsedTimer>

#include <atomic>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <thread>

using namespace muster;
using namespace muster::test;
using query::LiveQuery;
using query::Outcome;

namespace {

filter::Expression parsed(const std::string &text)
{
    auto filter = filter::Expression::parse(text);
    return filter ? *filter : filter::Expression();
}

std::string rowOf(const std::string &device, double cpu = 1.5)
{
    const std::vector<protocol::Field> row{{"fw", std::string_view("1.4.2")}, {"cpu.pct", cpu}};
    return protocol::encodeRow(device, row);
}

/// A query, and the table that its answers come into.
/// Where the answers to what was asked last are to go, for tests that answer when it suits them.
class LastInbox {
public:
    auto keep()
    {
        return [this](const protocol::QueryRequest &, const nats::MessageView &message) {
            const std::lock_guard lock(m_mutex);
            m_inbox = message.reply;
        };
    }
    std::string get() const
    {
        const std::lock_guard lock(m_mutex);
        return m_inbox;
    }

private:
    mutable std::mutex m_mutex;
    std::string m_inbox;
};

struct Asker {
    std::unique_ptr<LiveQuery> query;
    table::Table table{"device"};
    table::Batch batch;

    bool start(const std::shared_ptr<nats::Connection> &connection, query::Plan plan)
    {
        auto started = LiveQuery::start(connection, std::move(plan));
        if (!started)
            qWarning("%s", started.error().message.c_str());
        query = started ? std::move(*started) : nullptr;
        return query != nullptr;
    }
    void drain()
    {
        while (query->drain(batch))
            table.apply(batch);
    }
    std::int64_t of(Outcome outcome) const { return query->tally().of(outcome); }
    std::string text(std::string_view device, std::string_view column)
    {
        drain();
        return textAt(table, device, column);
    }
};

query::Plan planFor(int devices, int deadlineMs = 5000)
{
    query::Plan plan;
    for (int i = 0; i < devices; ++i)
        plan.roster.push_back({"d" + std::to_string(i), true, {}});
    plan.subjects = {Subjects().queryAll()};
    plan.deadlineMs = deadlineMs;
    return plan;
}

} // namespace

class LiveQueryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanup();
    void cleanupTestCase();

    void everyOutcomeAndItsSum();
    void endsWhenNobodyWaits();
    void deadlineMakesSilentAndLateIsMarked();
    void nobodyListens();
    void nobodyListensForSomeOfThem();
    void duplicatesUnexpectedAndHostile();
    void filterIsAppliedAgain();
    void fieldsOfTheFilterAreAskedForAndDropped();
    void knownFillsTheGaps();
    void cancelled();
    void asksTheSilentAgain();
    void rateIsOfTheRound();
    void roundsThatOverlap();
    void offlineThatAnswersCounts();
    void sumHoldsUnderConcurrency();
    void rowsAreThoseCounted();
    void cannotAsk();
    void notPermitted();
    void linkLost();
    void linkDownThatCostNothing();
    void spread();

private:
    using Answer = std::function<void(const protocol::QueryRequest &, const nats::MessageView &)>;
    /// A device side that answers each question as told.
    void onQuery(Answer answer, const std::string &subject = "fleet.query.>");
    void reply(const std::string &to, const std::string &data) { QVERIFY(m_devices->publish(to, data).ok()); }

    std::unique_ptr<nats::LocalServer> m_server;
    std::shared_ptr<nats::Connection> m_devices, m_operator;
    std::vector<nats::Subscription> m_subscriptions;
};

void LiveQueryTest::initTestCase()
{
    m_server = startServer(false);
    QVERIFY(m_server);
    m_devices = connectTo(*m_server);
    m_operator = connectTo(*m_server);
    QVERIFY(m_devices && m_operator);
}

void LiveQueryTest::cleanup()
{
    m_subscriptions.clear();
    QVERIFY(m_devices->flush().ok());
}

void LiveQueryTest::cleanupTestCase()
{
    m_devices.reset();
    m_operator.reset();
    m_server.reset();
}

void LiveQueryTest::onQuery(Answer answer, const std::string &subject)
{
    auto subscribed =
        m_devices->subscribe(subject, [answer = std::move(answer)](const nats::MessageView &message) {
            protocol::Decoder decoder;
            if (const auto request = decoder.queryRequest(message.data))
                answer(*request, message);
        });
    QVERIFY(subscribed.ok());
    m_subscriptions.push_back(std::move(*subscribed));
    QVERIFY(m_devices->flush().ok());
}

void LiveQueryTest::everyOutcomeAndItsSum()
{
    query::Plan plan = planFor(5, 600);
    plan.roster[4].online = false;
    std::mutex mutex;
    std::string inbox;
    onQuery([&](const protocol::QueryRequest &request, const nats::MessageView &message) {
        const std::lock_guard lock(mutex);
        QCOMPARE(request.reply, std::string(message.reply)); // for who cannot see the message's own
        inbox = message.reply;
    });
    Asker asker;
    QVERIFY(asker.start(m_operator, plan));
    const auto check = [&asker](std::array<std::int64_t, query::outcomeCount> expected) {
        const query::Tally tally = asker.query->tally();
        return tally.counts == expected && tally.sum() == 5;
    };
    QVERIFY(check({0, 0, 0, 0, 1, 4}));
    QTRY_VERIFY((std::lock_guard(mutex), !inbox.empty()));
    reply(inbox, rowOf("d0"));
    QTRY_VERIFY(check({1, 0, 0, 0, 1, 3}));
    reply(inbox, protocol::encodeEmpty("d1"));
    QTRY_VERIFY(check({1, 1, 0, 0, 1, 2}));
    reply(inbox, protocol::encodeError("d2", "busy", "the <b>updater</b> has the bus"));
    QTRY_VERIFY(check({1, 1, 1, 0, 1, 1}));
    QVERIFY(!asker.query->finished());
    QTRY_VERIFY(asker.query->finished());
    QVERIFY(check({1, 1, 1, 1, 1, 0}));
    asker.drain();
    QCOMPARE(asker.table.rowCount(), std::size_t(5));
    QCOMPARE(asker.text("d0", "outcome"), std::string("answered"));
    QCOMPARE(asker.text("d0", "cpu.pct"), std::string("1.5"));
    QCOMPARE(asker.text("d1", "outcome"), std::string("empty"));
    QCOMPARE(asker.text("d2", "outcome"), std::string("error"));
    QCOMPARE(asker.text("d2", "error"), std::string("busy: the <b>updater</b> has the bus"));
    QCOMPARE(asker.text("d3", "outcome"), std::string("silent"));
    QCOMPARE(asker.text("d4", "outcome"), std::string("offline"));
    QVERIFY(!asker.text("d0", "reply_ms").empty());
    QCOMPARE(asker.query->responseTimes().size(), std::size_t(3));
}

void LiveQueryTest::endsWhenNobodyWaits()
{
    onQuery([this](const protocol::QueryRequest &, const nats::MessageView &message) {
        for (int i = 0; i < 50; ++i)
            reply(std::string(message.reply), rowOf("d" + std::to_string(i)));
    });
    Asker asker;
    QVERIFY(asker.start(m_operator, planFor(50, 60'000)));
    QVERIFY(asker.query->waitFinished(10'000));
    QVERIFY(asker.query->elapsedMs() < 10'000);
    QCOMPARE(asker.of(Outcome::Answered), 50);
    QVERIFY(asker.query->repliesPerSecond() > 0);
    QVERIFY(!asker.query->cancelled());
    QVERIFY(asker.query->problem().empty());
    QCOMPARE(asker.query->hindrance(), query::Hindrance::None);
}

void LiveQueryTest::deadlineMakesSilentAndLateIsMarked()
{
    LastInbox inbox;
    onQuery(inbox.keep());
    Asker asker;
    QVERIFY(asker.start(m_operator, planFor(3, 300)));
    QVERIFY(asker.query->waitFinished(5000));
    QVERIFY(asker.query->elapsedMs() >= 300);
    QCOMPARE(asker.of(Outcome::Silent), 3);
    QCOMPARE(asker.text("d0", "outcome"), std::string("silent"));

    reply(inbox.get(), rowOf("d0"));
    reply(inbox.get(), protocol::encodeError("d1", "busy", "later"));
    reply(inbox.get(), protocol::encodeEmpty("d2"));
    QTRY_COMPARE(asker.query->tally().late, 3);
    QCOMPARE(asker.of(Outcome::Answered), 1);
    QCOMPARE(asker.of(Outcome::Error), 1);
    QCOMPARE(asker.of(Outcome::Empty), 1);
    QCOMPARE(asker.of(Outcome::Silent), 0);
    QCOMPARE(asker.query->tally().sum(), 3);
    QCOMPARE(asker.text("d0", "outcome"), std::string("answered"));
    QCOMPARE(asker.text("d0", "late"), std::string("true"));
    QCOMPARE(asker.table.rowCount(), std::size_t(3));
}

void LiveQueryTest::nobodyListens()
{
    Asker asker;
    QVERIFY(asker.start(m_operator, planFor(10, 60'000)));
    QVERIFY(asker.query->waitFinished(10'000));
    QCOMPARE(asker.of(Outcome::Silent), 10);
    QVERIFY(asker.query->problem().find("fleet.query.all") != std::string::npos);

    query::Plan each = planFor(10, 60'000);
    each.subjects.clear();
    Asker one;
    QVERIFY(one.start(m_operator, each));
    QVERIFY(one.query->waitFinished(10'000));
    QCOMPARE(one.of(Outcome::Silent), 10);
    QVERIFY(!one.query->problem().empty());
}

void LiveQueryTest::nobodyListensForSomeOfThem()
{
    for (int i = 0; i < 4; ++i) {
        const std::string device = "d" + std::to_string(i);
        onQuery(
            [this, device](const protocol::QueryRequest &, const nats::MessageView &message) {
                reply(std::string(message.reply), rowOf(device));
            },
            Subjects().queryDevice(device));
    }
    query::Plan plan = planFor(10, 60'000);
    plan.subjects.clear();
    Asker asker;
    QVERIFY(asker.start(m_operator, plan));
    QVERIFY(asker.query->waitFinished(10'000));
    QCOMPARE(asker.of(Outcome::Answered), 4);
    QCOMPARE(asker.of(Outcome::Silent), 6);
}

void LiveQueryTest::duplicatesUnexpectedAndHostile()
{
    query::Plan plan = planFor(2, 800);
    plan.subjects.clear();
    onQuery(
        [this](const protocol::QueryRequest &, const nats::MessageView &message) {
            const std::string to(message.reply);
            reply(to, "{\"v\":1,");
            reply(to, "{\"v\":9,\"device\":\"d0\",\"row\":{}}");
            reply(to, "{\"v\":1,\"device\":\"d 0\",\"row\":{}}");
            reply(to, "{\"v\":1,\"device\":\"d0\"}");
            reply(to, std::string(1000, '['));
            reply(to, rowOf("stranger"));
            reply(to, rowOf("stranger"));
            const std::vector<protocol::Field> forged{{"outcome", std::string_view("silent")},
                                                      {"late", true},
                                                      {"reply_ms", std::int64_t{-1}},
                                                      {"device", std::string_view("d1")},
                                                      {"huge", std::string_view("x")}};
            reply(to, protocol::encodeRow("d0", forged));
            reply(to, protocol::encodeEmpty("d0"));
        },
        Subjects().queryDevice("d0"));
    Asker asker;
    QVERIFY(asker.start(m_operator, plan));
    QTRY_COMPARE(asker.of(Outcome::Answered), 1);
    QTRY_COMPARE(asker.query->tally().duplicates, 2);
    QCOMPARE(asker.query->tally().rejected, 5);
    QCOMPARE(asker.query->tally().unexpected, 1);
    QCOMPARE(asker.query->tally().sum(), 2);
    QCOMPARE(asker.query->recentRejected().size(), std::size_t(5));
    QCOMPARE(asker.text("stranger", "outcome"), std::string("unexpected"));
    QCOMPARE(asker.text("d0", "outcome"), std::string("answered"));
    QCOMPARE(asker.text("d0", "field.outcome"), std::string("silent"));
    QCOMPARE(asker.text("d0", "field.device"), std::string("d1"));
    QCOMPARE(asker.text("d0", "late"), std::string());
    asker.query->cancel();
    asker.drain();
    QCOMPARE(asker.table.rowCount(), std::size_t(3));
}

void LiveQueryTest::filterIsAppliedAgain()
{
    query::Plan plan = planFor(2);
    plan.where = parsed("cpu.pct > 50");
    plan.bystanders = {"bystander"};
    onQuery([this](const protocol::QueryRequest &request, const nats::MessageView &message) {
        QVERIFY(!request.where.empty());
        const std::string to(message.reply); // devices that know no JsonLogic
        reply(to, rowOf("outsider", 10));
        reply(to, protocol::encodeError("bystander", "busy", "not asked for"));
        reply(to, rowOf("d0", 10));
        reply(to, rowOf("d1", 90));
    });
    Asker asker;
    QVERIFY(asker.start(m_operator, plan));
    QVERIFY(asker.query->waitFinished(10'000));
    QCOMPARE(asker.of(Outcome::Answered), 1);
    QCOMPARE(asker.of(Outcome::Empty), 1);
    QCOMPARE(asker.query->tally().outside, 2); // a shared subject reached them; they do not match
    QCOMPARE(asker.query->tally().unexpected, 0);
    QCOMPARE(asker.text("d0", "cpu.pct"), std::string());
    QCOMPARE(asker.text("d1", "cpu.pct"), std::string("90"));
}

void LiveQueryTest::fieldsOfTheFilterAreAskedForAndDropped()
{
    query::Plan plan = planFor(1);
    plan.where = parsed("cpu.pct > 50");
    plan.select = {"fw"};
    onQuery([this](const protocol::QueryRequest &request, const nats::MessageView &message) {
        QCOMPARE(request.select, (std::vector<std::string>{"fw", "cpu.pct"}));
        reply(std::string(message.reply), rowOf("d0", 90));
    });
    Asker asker;
    QVERIFY(asker.start(m_operator, plan));
    QVERIFY(asker.query->waitFinished(10'000));
    QCOMPARE(asker.text("d0", "outcome"), std::string("answered"));
    QCOMPARE(asker.text("d0", "fw"), std::string("1.4.2"));
    QCOMPARE(asker.table.column("cpu.pct"), -1);
}

void LiveQueryTest::knownFillsTheGaps()
{
    query::Plan plan = planFor(2, 400);
    plan.known = {"region", "fw"};
    plan.roster[0].known = {Value(std::string("eu")), Value(std::string("0.0.1"))};
    plan.roster[1].known = {Value(std::string("us")), Value(std::string("0.0.2"))};
    plan.where = parsed("region = \"eu\""); // the answer does not have it
    onQuery([this](const protocol::QueryRequest &, const nats::MessageView &message) {
        reply(std::string(message.reply), rowOf("d0"));
    });
    Asker asker;
    QVERIFY(asker.start(m_operator, plan));
    QVERIFY(asker.query->waitFinished(10'000));
    QCOMPARE(asker.text("d0", "outcome"), std::string("answered"));
    QCOMPARE(asker.text("d0", "region"), std::string("eu"));
    QCOMPARE(asker.text("d0", "fw"), std::string("1.4.2")); // what it says itself counts
    QCOMPARE(asker.text("d1", "outcome"), std::string("silent"));
    QCOMPARE(asker.text("d1", "fw"), std::string("0.0.2"));
}

void LiveQueryTest::cancelled()
{
    onQuery([](const protocol::QueryRequest &, const nats::MessageView &) {});
    Asker asker;
    QVERIFY(asker.start(m_operator, planFor(4, 60'000)));
    asker.query->cancel();
    QVERIFY(asker.query->finished());
    QVERIFY(asker.query->cancelled());
    QCOMPARE(asker.of(Outcome::Silent), 4);
    QCOMPARE(asker.query->tally().sum(), 4);
}

void LiveQueryTest::asksTheSilentAgain()
{
    std::atomic<bool> isAwake{false};
    onQuery([&](const protocol::QueryRequest &, const nats::MessageView &message) {
        const std::string to(message.reply);
        if (message.subject == "fleet.query.all")
            reply(to, rowOf("d0"));
        else if (isAwake)
            reply(to, rowOf(std::string(Subjects::lastToken(message.subject))));
    });
    Asker asker;
    QVERIFY(asker.start(m_operator, planFor(3, 400)));
    QVERIFY(asker.query->waitFinished(5000));
    QCOMPARE(asker.of(Outcome::Silent), 2);
    isAwake = true;
    QVERIFY(asker.query->askSilentAgain().ok());
    QCOMPARE(asker.query->tally().sum(), 3);
    QVERIFY(asker.query->waitFinished(5000));
    QCOMPARE(asker.of(Outcome::Answered), 3);
    QCOMPARE(asker.query->tally().late, 0); // they were asked anew
    QCOMPARE(asker.text("d2", "outcome"), std::string("answered"));
    QCOMPARE(asker.table.rowCount(), std::size_t(3));
}

void LiveQueryTest::rateIsOfTheRound()
{
    onQuery([this](const protocol::QueryRequest &, const nats::MessageView &message) {
        const std::string to(message.reply);
        if (message.subject == "fleet.query.all") {
            for (int i = 0; i < 50; ++i)
                reply(to, rowOf("d" + std::to_string(i)));
        } else if (message.subject == "fleet.query.device.d50") {
            reply(to, rowOf("d50"));
        }
    });
    Asker asker;
    QVERIFY(asker.start(m_operator, planFor(52, 400)));
    QVERIFY(asker.query->waitFinished(5000));
    const auto expected = [&asker](int replies) {
        const double seconds = static_cast<double>(asker.query->elapsedMs()) / 1000;
        return std::abs(asker.query->repliesPerSecond() * seconds - replies) < 0.5;
    };
    QCOMPARE(asker.of(Outcome::Silent), 2);
    QVERIFY(expected(50));
    QVERIFY(asker.query->askSilentAgain().ok());
    QVERIFY(asker.query->waitFinished(5000));
    QCOMPARE(asker.of(Outcome::Answered), 51);
    QVERIFY(expected(1)); // not those of the round before
}

void LiveQueryTest::roundsThatOverlap()
{
    constexpr int devices = 200;
    std::atomic<bool> isAwake{false};
    std::string first;
    onQuery([&](const protocol::QueryRequest &, const nats::MessageView &message) {
        if (message.subject == "fleet.query.all") {
            first = message.reply;
        } else if (isAwake) {
            const std::string device(Subjects::lastToken(message.subject));
            reply(first, "no answer"); // to whoever still listens there
            reply(first, "no answer");
            reply(std::string(message.reply), rowOf(device));
        }
    });
    query::Plan plan = planFor(devices, 300);
    plan.lateMs = 0; // the first round's inbox goes while the second one is under way
    Asker asker;
    QVERIFY(asker.start(m_operator, plan));
    QVERIFY(asker.query->waitFinished(5000));
    QCOMPARE(asker.of(Outcome::Silent), devices);
    isAwake = true;
    QVERIFY(asker.query->askSilentAgain().ok());
    QVERIFY(asker.query->waitFinished(5000));
    QCOMPARE(asker.of(Outcome::Answered), devices);
    for (int i = 0; i < devices; ++i)
        QCOMPARE(asker.text("d" + std::to_string(i), "outcome"), std::string("answered"));
}

void LiveQueryTest::offlineThatAnswersCounts()
{
    query::Plan plan = planFor(2, 5000);
    plan.roster[1].online = false;
    onQuery([this](const protocol::QueryRequest &, const nats::MessageView &message) {
        reply(std::string(message.reply), rowOf("d1"));
        reply(std::string(message.reply), rowOf("d0"));
    });
    Asker asker;
    QVERIFY(asker.start(m_operator, plan));
    QVERIFY(asker.query->waitFinished(10'000));
    QCOMPARE(asker.of(Outcome::Answered), 2);
    QCOMPARE(asker.text("d1", "outcome"), std::string("answered"));
    QCOMPARE(asker.table.rowCount(), std::size_t(2));
}

void LiveQueryTest::sumHoldsUnderConcurrency()
{
    constexpr int devices = 4000;
    std::vector<std::shared_ptr<nats::Connection>> connections;
    for (int c = 0; c < 4; ++c) {
        connections.push_back(connectTo(*m_server));
        QVERIFY(connections.back());
        nats::Connection *own = connections.back().get();
        auto subscribed = own->subscribe("fleet.query.>", [own, c](const nats::MessageView &message) {
            const std::string to(message.reply);
            for (int i = c; i < devices; i += 4) {
                const std::string device = "d" + std::to_string(i);
                if (i % 50 == 7)
                    continue; // silent
                (void)own->publish(to, i % 10 == 3   ? protocol::encodeEmpty(device)
                                       : i % 10 == 5 ? protocol::encodeError(device, "busy", "")
                                                     : rowOf(device));
                if (i % 100 == 0)
                    (void)own->publish(to, rowOf(device)); // twice
            }
        });
        QVERIFY(subscribed.ok());
        m_subscriptions.push_back(std::move(*subscribed));
        QVERIFY(own->flush().ok());
    }
    Asker asker;
    QVERIFY(asker.start(m_operator, planFor(devices, 3000)));
    std::atomic<bool> isOver{false};
    std::atomic<int> wrong{0};
    std::atomic<int> looks{0};
    std::thread watcher([&] {
        while (!isOver) {
            const query::Tally tally = asker.query->tally();
            if (tally.sum() != devices || *std::min_element(tally.counts.begin(), tally.counts.end()) < 0)
                ++wrong;
            ++looks;
            std::this_thread::yield();
        }
    });
    while (!asker.query->waitFinished(5))
        asker.drain();
    isOver = true;
    watcher.join();
    asker.drain();
    QCOMPARE(wrong.load(), 0);
    QVERIFY(looks > 0);
    QCOMPARE(asker.of(Outcome::Silent), devices / 50);
    QCOMPARE(asker.query->tally().duplicates, devices / 100);
    QCOMPARE(asker.table.rowCount(), std::size_t(devices));
    m_subscriptions.clear();
}

/// Late answers come in all the while: what is handed out with a tally is what it counts.
void LiveQueryTest::rowsAreThoseCounted()
{
    constexpr int devices = 20'000;
    onQuery([this](const protocol::QueryRequest &, const nats::MessageView &message) {
        for (int i = 0; i < devices; ++i)
            reply(std::string(message.reply), rowOf("d" + std::to_string(i)));
    });
    query::Plan plan = planFor(devices, 100);
    plan.roster[7].online = false;
    Asker asker;
    QVERIFY(asker.start(m_operator, std::move(plan)));
    QVERIFY(asker.query->waitFinished(10'000));
    int looks = 0;
    const auto agree = [&] {
        const query::Tally tally =
            asker.query->drainAll([&asker](table::Batch &batch) { asker.table.apply(batch); });
        query::Tally rows;
        const table::ColumnIndex outcome = asker.table.column("outcome");
        for (table::RowId row = 0; row < asker.table.rowLimit(); ++row) {
            const std::string text = toText(asker.table.cell(row, outcome));
            for (int i = 0; i < query::outcomeCount; ++i)
                rows.counts[static_cast<std::size_t>(i)] +=
                    text == query::name(static_cast<Outcome>(i)) ? 1 : 0;
        }
        ++looks;
        return rows.counts == tally.counts && tally.sum() == devices;
    };
    QElapsedTimer timer;
    timer.start();
    do
        QVERIFY(agree());
    while (asker.of(Outcome::Answered) < devices && timer.elapsed() < 20'000);
    QVERIFY(agree());
    QCOMPARE(asker.of(Outcome::Answered), devices);
    QVERIFY(looks >= 2);
    QVERIFY(!asker.query->drain(asker.batch));
}

void LiveQueryTest::cannotAsk()
{
    QCOMPARE(LiveQuery::start(m_operator, planFor(1, 5)).error().code, std::string("query.deadline"));
    query::Plan forged = planFor(1);
    forged.roster[0].device = "a.b";
    QVERIFY(!LiveQuery::start(m_operator, forged).ok());
    query::Plan nobody = planFor(0);
    Asker asker;
    QVERIFY(asker.start(m_operator, nobody));
    QVERIFY(asker.query->finished());
}

void LiveQueryTest::notPermitted()
{
    const auto server =
        startServer(false, "authorization {\n users = [\n"
                           " { user: a, password: p, permissions: { publish: [fleet.query.device.d0] } }\n"
                           " { user: device, password: p }\n ]\n}\n");
    QVERIFY(server);
    const auto signIn = [&server](const std::string &user) {
        nats::ConnectOptions options;
        options.servers = {server->url()};
        options.user = user;
        options.password = "p";
        auto connection = nats::Connection::open(options);
        return connection ? *connection : nullptr;
    };
    const auto connection = signIn("a");
    const auto devices = signIn("device");
    QVERIFY(connection && devices);
    auto subscribed = devices->subscribe("fleet.query.>", [&](const nats::MessageView &message) {
        (void)devices->publish(message.reply, rowOf("d0"));
    });
    QVERIFY(subscribed.ok() && devices->flush().ok());

    // Long before the deadline, and in words that name the subject.
    Asker asker;
    QVERIFY(asker.start(connection, planFor(2, 60'000)));
    QVERIFY(asker.query->waitFinished(10'000));
    QCOMPARE(asker.of(Outcome::Silent), 2);
    QVERIFY2(asker.query->problem().find("\"fleet.query.all\"") != std::string::npos,
             asker.query->problem().c_str());
    QCOMPARE(asker.query->hindrance(), query::Hindrance::NobodyAsked);

    // Those who can be asked are heard first.
    query::Plan each = planFor(3, 60'000);
    each.subjects.clear();
    QVERIFY(asker.start(connection, each));
    QVERIFY(asker.query->waitFinished(10'000));
    QCOMPARE(asker.of(Outcome::Answered), 1);
    QCOMPARE(asker.of(Outcome::Silent), 2);
    QVERIFY2(asker.query->problem().find("\"fleet.query.device.d") != std::string::npos,
             asker.query->problem().c_str());
    QCOMPARE(asker.query->hindrance(), query::Hindrance::SomeNotAsked);

    // The same refusal again is one of the next round, which asks nobody else.
    QVERIFY(asker.query->askSilentAgain().ok());
    QCOMPARE(asker.query->hindrance(), query::Hindrance::None);
    QVERIFY(asker.query->waitFinished(10'000));
    QCOMPARE(asker.of(Outcome::Silent), 2);
    QCOMPARE(asker.query->hindrance(), query::Hindrance::NobodyAsked);
    subscribed->reset();
}

void LiveQueryTest::linkLost()
{
    auto server = startServer(false);
    QVERIFY(server);
    const auto connection = connectTo(*server);
    QVERIFY(connection);
    const auto devices = connectTo(*server);
    auto subscribed = devices->subscribe("fleet.query.>", [](const nats::MessageView &) {});
    QVERIFY(subscribed.ok() && devices->flush().ok());
    Asker asker;
    QVERIFY(asker.start(connection, planFor(2, 700)));
    server->kill();
    QVERIFY(asker.query->waitFinished(10'000));
    QCOMPARE(asker.of(Outcome::Silent), 2);
    QVERIFY(asker.query->problem().find("connection was lost") != std::string::npos);
    QCOMPARE(asker.query->hindrance(), query::Hindrance::LinkLost);
    QTRY_VERIFY(connection->state() != nats::State::Connected);
    QCOMPARE(LiveQuery::start(connection, planFor(1)).error().code, std::string("nats.disconnected"));
    query::Plan nobodyOnline = planFor(1);
    nobodyOnline.roster[0].online = false;
    QCOMPARE(LiveQuery::start(connection, nobodyOnline).error().code, std::string("nats.disconnected"));
    subscribed->reset();
}

void LiveQueryTest::linkDownThatCostNothing()
{
    LastInbox inbox;
    onQuery(inbox.keep());
    Asker asker;
    QVERIFY(asker.start(m_operator, planFor(2, 20'000)));
    QTRY_VERIFY(!inbox.get().empty());
    asker.query->noteLinkDown();
    QCOMPARE(asker.query->trouble().code, std::string("run.link-down"));
    reply(inbox.get(), rowOf("d0"));
    reply(inbox.get(), rowOf("d1"));
    QVERIFY(asker.query->waitFinished(10'000));
    QCOMPARE(asker.of(Outcome::Answered), 2);
    QCOMPARE(asker.query->problem(), std::string());
}

void LiveQueryTest::spread()
{
    QCOMPARE(query::chosenSpreadMs(10'000, 0, 5000), 0);
    QCOMPARE(query::chosenSpreadMs(100'000, 6, 5000), 0);
    QVERIFY(query::chosenSpreadMs(1'000'000, 6, 30'000) > 5000);
    QCOMPARE(query::chosenSpreadMs(10'000'000, 0, 5000), 2500);
}

QTEST_GUILESS_MAIN(LiveQueryTest)
#include "tst_live_query.moc"
