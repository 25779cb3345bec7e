// SPDX-License-Identifier: GPL-3.0-or-later
#include "gather_support.h"
#include "query/service_query.h"

#include <QElapsedTimer>

#include <atomic>
#include <mutex>
#include <thread>

using namespace muster;
using namespace muster::test;
using query::Outcome;
using query::ServiceQuery;

namespace {

std::string head(const char *type, const std::string &id, const std::string &service = "orders",
                 const std::string &metadata = R"({"zone":"a"})")
{
    return std::string(R"({"type":"io.nats.micro.v1.)") + type + R"(_response","name":")" + service +
           R"(","id":")" + id + R"(","version":"1.2.3","metadata":)" + metadata;
}
std::string ping(const std::string &id, const std::string &service = "orders")
{
    return head("ping", id, service) + "}";
}
std::string info(const std::string &id, const std::vector<std::string> &endpoints,
                 const std::string &service = "orders")
{
    std::string text = head("info", id, service) + R"(,"description":"takes orders","endpoints":[)";
    for (std::size_t i = 0; i < endpoints.size(); ++i)
        text += std::string(i > 0 ? "," : "") + R"({"name":")" + endpoints[i] + R"(","subject":")" + service +
                "." + endpoints[i] + R"(","queue_group":"q","metadata":{"unit":"kg"}})";
    return text + "]}";
}
std::string stats(const std::string &id, const std::vector<std::string> &endpoints,
                  const std::string &service = "orders", int errors = 0)
{
    std::string text = head("stats", id, service) + R"(,"started":"2026-01-31T08:00:00.5Z","endpoints":[)";
    for (std::size_t i = 0; i < endpoints.size(); ++i)
        text += std::string(i > 0 ? "," : "") + R"({"name":")" + endpoints[i] + R"(","subject":")" + service +
                "." + endpoints[i] + R"(","queue_group":"q","num_requests":)" + std::to_string(10 * (i + 1)) +
                R"(,"num_errors":)" + std::to_string(errors) +
                R"(,"last_error":"","processing_time":2500000,"average_processing_time":250000,)" +
                R"("data":{"cache":{"hits":7}}})";
    return text + "]}";
}

} // namespace

class ServiceQueryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanup();
    void cleanupTestCase();

    void endpointsBecomeRows();
    void oneServiceByName();
    void severalEndpoints();
    void namesThatRepeat();
    void nobodyListens();
    void nobodyAnswers();
    void silentAndAskedAgain();
    void whoHasGone();
    void foundLate();
    void onlyHalfOfIt();
    void lateAnswers();
    void errorsHaveTheirWords();
    void filterAndSelection();
    void duplicatesAndHostile();
    void manyInstancesSum();
    void cancelled();
    void cannotAsk();
    void notPermitted_data();
    void notPermitted();
    void linkLost();

private:
    using Handler = std::function<void(const nats::MessageView &)>;
    void on(const std::string &subject, Handler handler);
    /// An instance that answers all three, on the scatter and by id.
    void instance(const std::string &id, const std::vector<std::string> &endpoints,
                  const std::string &service = "orders");
    void reply(const nats::MessageView &message, const std::string &data, const nats::Headers &headers = {})
    {
        QVERIFY(m_services->publish(message.reply, data, {}, headers).ok());
    }
    bool ask(RunAsker &asker, int deadlineMs = 5000, const std::string &service = {}, int quietMs = 100)
    {
        query::ServiceQuestion question;
        question.service = service;
        question.deadlineMs = deadlineMs;
        question.quietMs = quietMs;
        return asker.take(ServiceQuery::start(m_operator, std::move(question)));
    }

    std::unique_ptr<nats::LocalServer> m_server;
    std::shared_ptr<nats::Connection> m_services, m_operator;
    std::vector<nats::Subscription> m_subscriptions;
};

void ServiceQueryTest::initTestCase()
{
    m_server = startServer(false);
    QVERIFY(m_server);
    m_services = connectTo(*m_server);
    m_operator = connectTo(*m_server);
    QVERIFY(m_services && m_operator);
}

void ServiceQueryTest::cleanup()
{
    m_subscriptions.clear();
    QVERIFY(m_services->flush().ok());
}

void ServiceQueryTest::cleanupTestCase()
{
    m_services.reset();
    m_operator.reset();
    m_server.reset();
}

void ServiceQueryTest::on(const std::string &subject, Handler handler)
{
    auto subscribed = m_services->subscribe(subject, std::move(handler));
    QVERIFY(subscribed.ok());
    m_subscriptions.push_back(std::move(*subscribed));
    QVERIFY(m_services->flush().ok());
}

void ServiceQueryTest::instance(const std::string &id, const std::vector<std::string> &endpoints,
                                const std::string &service)
{
    const auto each = [&](const std::string &verb, const std::string &data) {
        for (const std::string &tail : {std::string(), "." + service, "." + service + "." + id})
            on("$SRV." + verb + tail, [this, data](const nats::MessageView &m) { reply(m, data); });
    };
    each("PING", ping(id, service));
    each("INFO", info(id, endpoints, service));
    each("STATS", stats(id, endpoints, service));
}

void ServiceQueryTest::endpointsBecomeRows()
{
    instance("A1", {"create"});
    instance("B1", {"list"}, "stock");
    RunAsker asker;
    QVERIFY(ask(asker, 60'000));
    QVERIFY(asker.run->waitFinished(10'000));
    QCOMPARE(asker.of(Outcome::Answered), 2);
    QCOMPARE(asker.sum(), 2);
    QCOMPARE(asker.rows(), std::size_t(2));
    QVERIFY(asker.run->problem().empty());
    const std::vector<std::pair<const char *, const char *>> expected{{"outcome", "answered"},
                                                                      {"service", "orders"},
                                                                      {"version", "1.2.3"},
                                                                      {"instance", "A1"},
                                                                      {"description", "takes orders"},
                                                                      {"endpoint", "create"},
                                                                      {"subject", "orders.create"},
                                                                      {"queue_group", "q"},
                                                                      {"num_requests", "10"},
                                                                      {"num_errors", "0"},
                                                                      {"last_error", ""},
                                                                      {"processing_time_ms", "2.5"},
                                                                      {"average_processing_time_ms", "0.25"},
                                                                      {"started", "2026-01-31T08:00:00.500Z"},
                                                                      {"metadata.zone", "a"},
                                                                      {"endpoint_metadata.unit", "kg"},
                                                                      {"data.cache.hits", "7"},
                                                                      {"error", ""},
                                                                      {"late", ""}};
    for (const auto &[column, text] : expected)
        QVERIFY2(asker.text("A1", column) == text,
                 (std::string(column) + ": " + asker.text("A1", column)).c_str());
    QCOMPARE(asker.table.columnType(asker.table.column("started")), table::Type::Time);
    QCOMPARE(asker.text("B1", "service"), std::string("stock"));
    QCOMPARE(asker.run->responseTimes().size(), std::size_t(2));
    QVERIFY(!asker.text("A1", "reply_ms").empty());
    QVERIFY(asker.run->repliesPerSecond() > 0);
    QVERIFY2(asker.run->elapsedMs() < 5000, "ended by the quiet gap, not by the deadline");
}

void ServiceQueryTest::oneServiceByName()
{
    instance("A1", {"create"});
    instance("B1", {"list"}, "stock");
    RunAsker asker;
    QVERIFY(ask(asker, 60'000, "stock"));
    QVERIFY(asker.run->waitFinished(10'000));
    QCOMPARE(asker.sum(), 1);
    QCOMPARE(asker.text("B1", "outcome"), std::string("answered"));
}

void ServiceQueryTest::severalEndpoints()
{
    instance("A1", {"create", "cancel", "list"});
    instance("A2", {});
    RunAsker asker;
    QVERIFY(ask(asker));
    QVERIFY(asker.run->waitFinished(10'000));
    QCOMPARE(asker.of(Outcome::Answered), 2);
    QCOMPARE(asker.sum(), 2);
    QCOMPARE(asker.rows(), std::size_t(4)); // and the one without an endpoint
    QCOMPARE(asker.text("A1/cancel", "num_requests"), std::string("20"));
    QCOMPARE(asker.text("A1/cancel", "instance"), std::string("A1"));
    QCOMPARE(asker.text("A1/list", "endpoint_metadata.unit"), std::string("kg"));
    QCOMPARE(asker.text("A2", "outcome"), std::string("answered"));
    QCOMPARE(asker.table.find("A1"), table::noRow);
}

void ServiceQueryTest::namesThatRepeat()
{
    const std::string endpoints = R"(,"endpoints":[{"name":"get","subject":"v1.get","num_requests":1},)"
                                  R"({"name":"get","subject":"v2.get","num_requests":2},)"
                                  R"({"name":"get","subject":"v2.get","num_requests":3}]})";
    on("$SRV.PING", [this](const nats::MessageView &m) { reply(m, ping("A1")); });
    on("$SRV.INFO",
       [this, endpoints](const nats::MessageView &m) { reply(m, head("info", "A1") + endpoints); });
    on("$SRV.STATS",
       [this, endpoints](const nats::MessageView &m) { reply(m, head("stats", "A1") + endpoints); });
    RunAsker asker;
    QVERIFY(ask(asker));
    QVERIFY(asker.run->waitFinished(10'000));
    QCOMPARE(asker.rows(), std::size_t(2));
    QCOMPARE(asker.text("A1/v1.get", "num_requests"), std::string("1"));
    QCOMPARE(asker.text("A1/v2.get", "num_requests"), std::string("2"));
    QVERIFY(asker.text("A1/v1.get", "error").find("3 endpoints, of which 2") != std::string::npos);
}

void ServiceQueryTest::nobodyListens()
{
    RunAsker asker;
    QVERIFY(ask(asker, 60'000, "orders"));
    QVERIFY(asker.run->waitFinished(10'000));
    QCOMPARE(asker.sum(), 0);
    QCOMPARE(asker.rows(), std::size_t(0));
    QVERIFY(asker.run->problem().find("$SRV.PING.orders") != std::string::npos);
    QVERIFY(asker.run->askSilentAgain().ok());
}

void ServiceQueryTest::nobodyAnswers()
{
    on("$SRV.>", [](const nats::MessageView &) {});
    RunAsker asker;
    QVERIFY(ask(asker, 200));
    QVERIFY(asker.run->waitFinished(10'000));
    QCOMPARE(asker.sum(), 0);
    QVERIFY(asker.run->problem().find("No service answered") != std::string::npos);
}

void ServiceQueryTest::silentAndAskedAgain()
{
    instance("A1", {"create"});
    on("$SRV.PING", [this](const nats::MessageView &m) { reply(m, ping("A2")); });
    std::atomic<bool> answers{false};
    std::atomic<int> asked{0};
    on("$SRV.*.orders.A2", [&](const nats::MessageView &m) {
        ++asked;
        if (!answers)
            return;
        const bool isInfo = m.subject.find("INFO") != std::string_view::npos;
        reply(m, isInfo ? info("A2", {"a", "b"}) : stats("A2", {"a", "b"}));
    });
    RunAsker asker;
    QVERIFY(ask(asker, 2000));
    QTRY_COMPARE(asker.of(Outcome::Waiting), 1);
    QCOMPARE(asker.run->askSilentAgain().error().code, std::string("query.running"));
    QVERIFY(asker.run->waitFinished(10'000));
    QCOMPARE(asker.of(Outcome::Answered), 1);
    QCOMPARE(asker.of(Outcome::Silent), 1);
    QCOMPARE(asker.sum(), 2);
    QCOMPARE(asked, 2); // by id, at half the deadline
    QCOMPARE(asker.text("A2", "outcome"), std::string("silent"));
    QCOMPARE(asker.text("A2", "service"), std::string("orders")); // what PING said of it
    QCOMPARE(asker.rows(), std::size_t(2));

    answers = true;
    QVERIFY(asker.run->askSilentAgain().ok());
    QVERIFY(asker.run->waitFinished(10'000));
    QCOMPARE(asker.of(Outcome::Answered), 2);
    QCOMPARE(asker.sum(), 2);
    QCOMPARE(asker.rows(), std::size_t(3)); // its one row gave way to two
    QCOMPARE(asker.text("A2/b", "num_requests"), std::string("20"));
    QVERIFY2(asker.run->elapsedMs() < 1500, "nobody waits: no reason to go on");
    QCOMPARE(asker.run->tally().duplicates, 0);
}

void ServiceQueryTest::whoHasGone()
{
    on("$SRV.PING", [this](const nats::MessageView &m) { reply(m, ping("A1")); });
    RunAsker asker;
    QVERIFY(ask(asker, 2000));
    QVERIFY(asker.run->waitFinished(10'000));
    QVERIFY2(asker.run->elapsedMs() < 1900, "the server says at once that nobody listens by this id");
    QCOMPARE(asker.of(Outcome::Silent), 1);
    QVERIFY(asker.text("A1", "error").find("gone") != std::string::npos);
}

void ServiceQueryTest::foundLate()
{
    std::mutex mutex;
    std::string inbox;
    on("$SRV.PING", [&](const nats::MessageView &m) {
        const std::lock_guard lock(mutex);
        inbox = m.reply;
    });
    on("$SRV.INFO.orders.*", [this](const nats::MessageView &m) { reply(m, info("A1", {"create"})); });
    on("$SRV.STATS.orders.*", [this](const nats::MessageView &m) { reply(m, stats("A1", {"create"})); });
    RunAsker asker;
    QVERIFY(ask(asker, 2500));
    QTRY_VERIFY(asker.run->elapsedMs() > 1300);
    {
        const std::lock_guard lock(mutex);
        QVERIFY(m_services->publish(inbox, ping("A1")).ok());
    }
    QTRY_COMPARE(asker.of(Outcome::Answered), 1); // asked by id at once
    QVERIFY(asker.run->waitFinished(10'000));
    QVERIFY(m_services->publish(inbox, ping("A2")).ok());
    QTRY_COMPARE(asker.of(Outcome::Silent), 1); // there, and too late to be asked
    QCOMPARE(asker.sum(), 2);
    QCOMPARE(asker.run->tally().late, 0);
    // Whatever it is found by.
    QVERIFY(m_services->publish(inbox, info("A3", {"create"})).ok());
    QVERIFY(m_services->publish(inbox, stats("A4", {"create"})).ok());
    QTRY_COMPARE(asker.of(Outcome::Answered), 3);
    QCOMPARE(asker.run->tally().late, 2);
    QCOMPARE(asker.sum(), 4);
    QCOMPARE(asker.text("A1", "late"), std::string());
    for (const char *id : {"A3", "A4"}) {
        QCOMPARE(asker.text(id, "outcome"), std::string("answered"));
        QCOMPARE(asker.text(id, "late"), std::string("true"));
    }
    QVERIFY(m_services->publish(inbox, stats("A3", {"create"})).ok());
    QTRY_COMPARE(asker.text("A3", "num_requests"), std::string("10"));
    QCOMPARE(asker.run->tally().late, 2);
    QVERIFY(asker.run->askSilentAgain().ok());
}

void ServiceQueryTest::onlyHalfOfIt()
{
    on("$SRV.PING", [this](const nats::MessageView &m) { reply(m, ping("A1")); });
    on("$SRV.PING", [this](const nats::MessageView &m) { reply(m, ping("A2")); });
    on("$SRV.STATS", [this](const nats::MessageView &m) { reply(m, stats("A1", {"create"})); });
    on("$SRV.INFO", [this](const nats::MessageView &m) { reply(m, info("A2", {"create"})); });
    on("$SRV.*.orders.*", [](const nats::MessageView &) {});
    RunAsker asker;
    QVERIFY(ask(asker, 1000));
    QVERIFY(asker.run->waitFinished(10'000));
    QCOMPARE(asker.of(Outcome::Answered), 2);
    QCOMPARE(asker.run->tally().late, 0);
    QCOMPARE(asker.text("A1", "error"), std::string("gave no INFO"));
    QCOMPARE(asker.text("A1", "num_requests"), std::string("10"));
    QCOMPARE(asker.text("A2", "error"), std::string("gave no STATS"));
    QCOMPARE(asker.text("A2", "endpoint"), std::string("create"));
}

void ServiceQueryTest::lateAnswers()
{
    std::mutex mutex;
    std::string inbox;
    on("$SRV.PING", [this](const nats::MessageView &m) { reply(m, ping("A1")); });
    on("$SRV.STATS", [&](const nats::MessageView &m) {
        const std::lock_guard lock(mutex);
        inbox = m.reply;
    });
    on("$SRV.*.orders.*", [](const nats::MessageView &) {});
    RunAsker asker;
    QVERIFY(ask(asker, 1000));
    QVERIFY(asker.run->waitFinished(10'000));
    QCOMPARE(asker.of(Outcome::Silent), 1);
    QVERIFY(m_services->publish(inbox, stats("A1", {"create"})).ok());
    QTRY_COMPARE(asker.of(Outcome::Answered), 1);
    QCOMPARE(asker.of(Outcome::Silent), 0);
    QCOMPARE(asker.run->tally().late, 1);
    QCOMPARE(asker.text("A1", "late"), std::string("true"));
    QVERIFY(m_services->publish(inbox, info("A1", {"create"})).ok());
    QTRY_COMPARE(asker.text("A1", "description"), std::string("takes orders"));
    QCOMPARE(asker.text("A1", "error"), std::string());
    QCOMPARE(asker.text("A1", "num_requests"), std::string("10"));
    QCOMPARE(asker.run->tally().late, 1);
    QCOMPARE(asker.sum(), 1);
}

void ServiceQueryTest::errorsHaveTheirWords()
{
    const nats::Headers refused{{"Nats-Service-Error", "not today"}, {"Nats-Service-Error-Code", "403"}};
    on("$SRV.PING", [this](const nats::MessageView &m) { reply(m, ping("A1")); });
    on("$SRV.PING", [this](const nats::MessageView &m) { reply(m, ping("A2")); });
    on("$SRV.INFO", [this](const nats::MessageView &m) { reply(m, info("A1", {"create"})); });
    on("$SRV.STATS", [this, refused](const nats::MessageView &m) { reply(m, "", refused); }); // whose?
    on("$SRV.*.orders.A1", [this, refused](const nats::MessageView &m) { reply(m, "", refused); });
    on("$SRV.*.orders.A2", [this, refused](const nats::MessageView &m) { reply(m, "", refused); });
    RunAsker asker;
    QVERIFY(ask(asker, 2000));
    QVERIFY(asker.run->waitFinished(10'000));
    QVERIFY(asker.run->elapsedMs() < 1900);
    QCOMPARE(asker.of(Outcome::Error), 2);
    QCOMPARE(asker.sum(), 2);
    QCOMPARE(asker.text("A1", "error"), std::string("STATS: 403: not today"));
    QCOMPARE(asker.text("A1", "endpoint"), std::string("create")); // as far as INFO told
    QCOMPARE(asker.text("A2", "outcome"), std::string("error"));
    QCOMPARE(asker.run->tally().rejected, 1);
    QVERIFY(asker.run->recentRejected().front().detail.find("not today") != std::string::npos);
}

void ServiceQueryTest::filterAndSelection()
{
    instance("A1", {"create", "cancel"});
    instance("B1", {"list"}, "stock");
    query::ServiceQuestion question;
    question.where = parsed("num_requests > 15 and metadata.zone = \"a\"");
    question.select = {"num_requests", "metadata"};
    question.quietMs = 100;
    RunAsker asker;
    QVERIFY(asker.take(ServiceQuery::start(m_operator, question)));
    QVERIFY(asker.run->waitFinished(10'000));
    QCOMPARE(asker.of(Outcome::Answered), 1);
    QCOMPARE(asker.of(Outcome::Empty), 1);
    QCOMPARE(asker.rows(), std::size_t(2));
    QCOMPARE(asker.text("A1/cancel", "num_requests"), std::string("20"));
    QCOMPARE(asker.text("A1/cancel", "metadata.zone"), std::string("a"));
    QCOMPARE(asker.text("B1", "outcome"), std::string("empty"));
    QVERIFY(asker.table.column("subject") < 0);
    question.where = parsed("device = \"B1\"");
    question.select.clear();
    RunAsker byId;
    QVERIFY(byId.take(ServiceQuery::start(m_operator, question)));
    QVERIFY(byId.run->waitFinished(10'000));
    QCOMPARE(byId.of(Outcome::Answered), 1);
    QCOMPARE(byId.text("B1", "num_requests"), std::string("10"));
}

void ServiceQueryTest::duplicatesAndHostile()
{
    instance("A1", {"create"});
    std::string deep = head("stats", "D1") + R"(,"endpoints":[{"name":"e","data":)";
    for (int i = 0; i < 400; ++i)
        deep += R"({"a":)";
    deep += "1" + std::string(400, '}') + "}]}";
    std::string wide = head("stats", "W1") + R"(,"endpoints":[)";
    for (int i = 0; i < 5000; ++i)
        wide += std::string(i > 0 ? "," : "") + R"({"name":"e)" + std::to_string(i) + R"("})";
    wide += "]}";
    const std::vector<std::string> answers{
        ping("A1"), // again
        "",
        "ping",
        "[1,2]",
        R"({"type":"io.nats.micro.v1.pong_response","id":"X","name":"orders"})",
        head("ping", "two words") + "}",
        head("ping", "a.b") + "}",
        head("ping", "*") + "}",
        head("ping", "X1", "or.ders") + "}",
        ping("A1", "stock"), // somebody else's id
        head("stats", "E1", "orders", R"({"k":5,"":1,"n":null,"b":true,"t":"\u202e=1+1"})") +
            R"(,"started":"yesterday","endpoints":[7,{"name":5,"num_requests":"many","processing_time":"x"}]})",
        deep,
        wide,
        "\xff\xfe{",
        std::string(900'000, '{'),
    };
    on("$SRV.PING", [&](const nats::MessageView &m) {
        for (const std::string &answer : answers)
            reply(m, answer);
        reply(m, "", {{"Status", "100"}});
    });
    on("$SRV.*.orders.*", [](const nats::MessageView &) {});
    RunAsker asker;
    QVERIFY(ask(asker, 2500));
    QVERIFY(asker.run->waitFinished(20'000));
    const query::Tally tally = asker.run->tally();
    QCOMPARE(tally.duplicates, 1);
    QCOMPARE(tally.sum(), 4); // A1, and those three that gave STATS of a sort
    QCOMPARE(tally.of(Outcome::Answered), 4);
    QCOMPARE(tally.rejected, 12);
    QVERIFY(asker.run->recentRejected().size() == 12);
    QCOMPARE(asker.text("E1", "metadata.t"), std::string("\xE2\x80\xAE=1+1"));
    QCOMPARE(asker.text("E1", "metadata.k"), std::string("5"));
    QCOMPARE(asker.text("E1", "started"), std::string("yesterday"));
    QCOMPARE(asker.text("E1", "processing_time_ms"), std::string());
    QVERIFY(asker.text("D1", "data").starts_with(R"({"a":{"a":)"));
    QVERIFY(asker.text("W1/e0", "error").find("5000 endpoints, of which 200") != std::string::npos);
    QCOMPARE(asker.text("A1", "service"), std::string("orders"));
    QCOMPARE(asker.rows(), std::size_t(1 + 1 + 1 + 200));
}

void ServiceQueryTest::manyInstancesSum()
{
    constexpr int count = 3000;
    const auto all = [this](const char *verb, auto make) {
        on(std::string("$SRV.") + verb, [this, make](const nats::MessageView &m) {
            for (int i = 0; i < count; ++i)
                reply(m, make("I" + std::to_string(i)));
        });
    };
    all("PING", [](const std::string &id) { return ping(id); });
    all("STATS", [](const std::string &id) { return stats(id, {"a", "b"}); });
    all("INFO", [](const std::string &id) { return info(id, {"a", "b"}); });
    query::ServiceQuestion question;
    question.deadlineMs = 60'000;
    std::atomic<int> wakes{0};
    RunAsker asker;
    QVERIFY(asker.take(ServiceQuery::start(m_operator, question, [&wakes] { ++wakes; })));
    std::int64_t before = 0;
    while (!asker.run->waitFinished(1)) {
        const query::Tally tally = asker.run->tally();
        QVERIFY(tally.sum() >= before && tally.sum() <= count);
        before = tally.sum();
        asker.drain();
    }
    QCOMPARE(asker.of(Outcome::Answered), count);
    QCOMPARE(asker.sum(), count);
    QCOMPARE(asker.rows(), std::size_t(2 * count));
    QVERIFY(wakes > 0);
    QVERIFY(asker.run->elapsedMs() < 30'000);
}

void ServiceQueryTest::cancelled()
{
    on("$SRV.PING", [this](const nats::MessageView &m) { reply(m, ping("A1")); });
    on("$SRV.*.orders.*", [](const nats::MessageView &) {});
    RunAsker asker;
    QVERIFY(ask(asker, 60'000));
    QTRY_COMPARE(asker.of(Outcome::Waiting), 1);
    QVERIFY(!asker.run->finished());
    asker.run->cancel();
    QVERIFY(asker.run->finished() && asker.run->cancelled());
    QCOMPARE(asker.of(Outcome::Silent), 1);
    QCOMPARE(asker.text("A1", "outcome"), std::string("silent"));
}

void ServiceQueryTest::cannotAsk()
{
    query::ServiceQuestion question;
    question.service = "two words";
    QCOMPARE(ServiceQuery::start(m_operator, question).error().code, std::string("query.service"));
    question.service = "a.b";
    QCOMPARE(ServiceQuery::start(m_operator, question).error().code, std::string("query.service"));
    question.service.clear();
    question.deadlineMs = 50;
    QCOMPARE(ServiceQuery::start(m_operator, question).error().code, std::string("query.deadline"));
}

void ServiceQueryTest::notPermitted_data()
{
    QTest::addColumn<QByteArray>("allowed");
    QTest::addColumn<bool>("isFound");
    QTest::newRow("nothing") << QByteArray("[\"x\"]") << false;
    QTest::newRow("only PING and INFO") << QByteArray(R"(["$SRV.PING", "$SRV.INFO"])") << true;
}

void ServiceQueryTest::notPermitted()
{
    QFETCH(QByteArray, allowed);
    QFETCH(bool, isFound);
    const auto server =
        startServer(false, "authorization {\n users = [ { user: a, password: b, permissions: { publish: " +
                               allowed.toStdString() + " } }, { user: c, password: d } ]\n}\n");
    QVERIFY(server);
    nats::ConnectOptions options;
    options.servers = {server->url()};
    options.user = "c";
    options.password = "d";
    auto services = nats::Connection::open(options);
    options.user = "a";
    options.password = "b";
    auto asking = nats::Connection::open(options);
    QVERIFY(services.ok() && asking.ok());
    auto found = (*services)->subscribe("$SRV.PING", [&services](const nats::MessageView &m) {
        (void)(*services)->publish(m.reply, ping("A1"));
    });
    auto told = (*services)->subscribe("$SRV.INFO", [&services](const nats::MessageView &m) {
        (void)(*services)->publish(m.reply, info("A1", {"create"}));
    });
    QVERIFY(found.ok() && told.ok() && (*services)->flush().ok());
    query::ServiceQuestion question;
    question.deadlineMs = isFound ? 1500 : 60'000;
    RunAsker asker;
    QVERIFY(asker.take(ServiceQuery::start(*asking, question)));
    QVERIFY(asker.run->waitFinished(10'000));
    QVERIFY2(asker.run->problem().find("$SRV.") != std::string::npos, asker.run->problem().c_str());
    QCOMPARE(asker.sum(), isFound ? 1 : 0);
    QCOMPARE(asker.run->hindrance(),
             isFound ? query::Hindrance::SomeNotAsked : query::Hindrance::NobodyAsked);
    if (isFound)
        QCOMPARE(asker.text("A1", "error"), std::string("gave no STATS"));
    found->reset();
    told->reset();
}

void ServiceQueryTest::linkLost()
{
    auto server = startServer(false);
    QVERIFY(server);
    auto services = connectTo(*server);
    auto asking = connectTo(*server);
    QVERIFY(services && asking);
    auto subscribed = services->subscribe("$SRV.PING", [&services](const nats::MessageView &m) {
        (void)services->publish(m.reply, ping("A1"));
    });
    QVERIFY(subscribed.ok());
    auto others = services->subscribe("$SRV.*.orders.*", [](const nats::MessageView &) {});
    QVERIFY(others.ok() && services->flush().ok());
    query::ServiceQuestion question;
    question.deadlineMs = 1000;
    RunAsker asker;
    QVERIFY(asker.take(ServiceQuery::start(asking, question)));
    QTRY_COMPARE(asker.of(Outcome::Waiting), 1);
    server->kill();
    asker.run->noteLinkDown();
    QVERIFY(asker.run->problem().find("connection was lost") != std::string::npos);
    QVERIFY(asker.run->waitFinished(10'000));
    QCOMPARE(asker.of(Outcome::Silent), 1);
    QVERIFY(asker.run->problem().find("connection was lost") != std::string::npos);
    QCOMPARE(asker.run->hindrance(), query::Hindrance::LinkLost);
    QCOMPARE(asker.run->askSilentAgain().error().code, std::string("nats.disconnected"));
    query::ServiceQuestion again;
    QCOMPARE(ServiceQuery::start(asking, again).error().code, std::string("nats.disconnected"));
    subscribed->reset();
    others->reset();
}

QTEST_GUILESS_MAIN(ServiceQueryTest)
#include "tst_service_query.moc"
