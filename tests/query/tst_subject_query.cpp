// SPDX-License-Identifier: GPL-3.0-or-later
#include "gather_support.h"
#include "query/reply_pairs.h"
#include "query/subject_query.h"

#include <QElapsedTimer>

#include <atomic>
#include <mutex>

using namespace muster;
using namespace muster::test;
using query::Outcome;
using query::SubjectQuery;

class SubjectQueryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanup();
    void cleanupTestCase();

    void endsOnTheCount();
    void endsOnAQuietGap();
    void endsAtTheDeadline();
    void missingRepliesAreSilentUntilTheyCome();
    void noticesLateRepliesWithoutACount();
    void repliesPastTheCount();
    void payloadGoesOutAsTyped();
    void objectsAreTakenApart();
    void textAndBytes_data();
    void textAndBytes();
    void hostileReplies();
    void errorsAndStatus();
    void filterAndSelection();
    void nobodyListens();
    void nobodyReplies();
    void badQuestions_data();
    void badQuestions();
    void notPermitted();
    void cancelled();
    void linkLost();
    void manyReplies();
    void rowsAreThoseCounted();
    void foundAgain_data();
    void foundAgain();

private:
    using Handler = std::function<void(const nats::MessageView &)>;
    void on(const std::string &subject, Handler handler);
    void answer(const std::string &subject, std::vector<std::string> replies)
    {
        on(subject, [this, replies = std::move(replies)](const nats::MessageView &m) {
            for (const std::string &each : replies)
                QVERIFY(m_services->publish(m.reply, each).ok());
        });
    }
    query::SubjectQuestion question(int expected, int quietMs, int deadlineMs = 60'000)
    {
        query::SubjectQuestion made;
        made.subject = "shop.status";
        made.expected = expected;
        made.quietMs = quietMs;
        made.deadlineMs = deadlineMs;
        return made;
    }
    bool ask(RunAsker &asker, query::SubjectQuestion asked)
    {
        return asker.take(SubjectQuery::start(m_operator, std::move(asked)));
    }

    std::unique_ptr<nats::LocalServer> m_server;
    std::shared_ptr<nats::Connection> m_services, m_operator;
    std::vector<nats::Subscription> m_subscriptions;
};

void SubjectQueryTest::initTestCase()
{
    m_server = startServer(false);
    QVERIFY(m_server);
    m_services = connectTo(*m_server);
    m_operator = connectTo(*m_server);
    QVERIFY(m_services && m_operator);
}

void SubjectQueryTest::cleanup()
{
    m_subscriptions.clear();
    QVERIFY(m_services->flush().ok());
}

void SubjectQueryTest::cleanupTestCase()
{
    m_services.reset();
    m_operator.reset();
    m_server.reset();
}

void SubjectQueryTest::on(const std::string &subject, Handler handler)
{
    auto subscribed = m_services->subscribe(subject, std::move(handler));
    QVERIFY(subscribed.ok());
    m_subscriptions.push_back(std::move(*subscribed));
    QVERIFY(m_services->flush().ok());
}

void SubjectQueryTest::endsOnTheCount()
{
    answer("shop.status", {"one", "two", "three"});
    RunAsker asker;
    QVERIFY(ask(asker, question(3, 0)));
    QVERIFY(asker.run->waitFinished(10'000));
    QCOMPARE(asker.of(Outcome::Answered), 3);
    QCOMPARE(asker.sum(), 3);
    QCOMPARE(asker.rows(), std::size_t(3));
    QCOMPARE(asker.text("2", "reply"), std::string("two"));
    QCOMPARE(asker.text("3", "outcome"), std::string("answered"));
    QVERIFY(!asker.text("1", "reply_ms").empty());
    QVERIFY(asker.run->problem().empty());
    QCOMPARE(asker.run->responseTimes().size(), std::size_t(3));
}

void SubjectQueryTest::endsOnAQuietGap()
{
    answer("shop.status", {"one", "two"});
    RunAsker asker;
    QVERIFY(ask(asker, question(0, 150)));
    QVERIFY(asker.run->waitFinished(10'000));
    QVERIFY(asker.run->elapsedMs() >= 150);
    QCOMPARE(asker.of(Outcome::Answered), 2);
    QCOMPARE(asker.sum(), 2);
    RunAsker counted; // whichever comes first
    QVERIFY(ask(counted, question(5, 150)));
    QVERIFY(counted.run->waitFinished(10'000));
    QCOMPARE(counted.of(Outcome::Answered), 2);
    QCOMPARE(counted.of(Outcome::Silent), 3);
}

void SubjectQueryTest::endsAtTheDeadline()
{
    answer("shop.status", {"one"});
    RunAsker asker;
    QVERIFY(ask(asker, question(0, 0, 600)));
    QVERIFY(asker.run->waitFinished(10'000));
    QVERIFY(asker.run->elapsedMs() >= 600);
    QCOMPARE(asker.sum(), 1);
    QVERIFY(asker.run->problem().empty());
    QVERIFY(asker.run->askSilentAgain().ok()); // nobody is
}

void SubjectQueryTest::missingRepliesAreSilentUntilTheyCome()
{
    std::mutex mutex;
    std::string inbox;
    on("shop.status", [&](const nats::MessageView &m) {
        const std::lock_guard lock(mutex);
        inbox = m.reply;
        QVERIFY(m_services->publish(m.reply, "one").ok());
    });
    RunAsker asker;
    QVERIFY(ask(asker, question(3, 0, 1000)));
    QTRY_COMPARE(asker.of(Outcome::Answered), 1);
    QCOMPARE(asker.of(Outcome::Waiting), 2);
    QCOMPARE(asker.run->askSilentAgain().error().code, std::string("query.running"));
    QVERIFY(asker.run->waitFinished(10'000));
    QCOMPARE(asker.of(Outcome::Silent), 2);
    QCOMPARE(asker.of(Outcome::Waiting), 0);
    QCOMPARE(asker.sum(), 3);
    QCOMPARE(asker.text("3", "outcome"), std::string("silent"));
    QCOMPARE(asker.run->askSilentAgain().error().code, std::string("query.unaddressed"));
    QVERIFY(m_services->publish(inbox, "two").ok());
    QTRY_COMPARE(asker.of(Outcome::Silent), 1);
    QCOMPARE(asker.text("2", "outcome"), std::string("answered"));
    QCOMPARE(asker.text("2", "late"), std::string("true"));
    QCOMPARE(asker.run->tally().late, 1);
    QCOMPARE(asker.sum(), 3);
    QCOMPARE(asker.rows(), std::size_t(3));
}

void SubjectQueryTest::noticesLateRepliesWithoutACount()
{
    std::mutex mutex;
    std::string inbox;
    on("shop.status", [&](const nats::MessageView &m) {
        const std::lock_guard lock(mutex);
        inbox = m.reply;
    });
    RunAsker asker;
    QVERIFY(ask(asker, question(0, 0, 150)));
    QVERIFY(asker.run->waitFinished(10'000));
    QCOMPARE(asker.sum(), 0);
    QVERIFY(m_services->publish(inbox, "late").ok());
    QTRY_COMPARE(asker.sum(), 1);
    QCOMPARE(asker.run->tally().late, 1);
    QCOMPARE(asker.text("1", "late"), std::string("true"));
}

void SubjectQueryTest::repliesPastTheCount()
{
    answer("shop.status", {"one", "two", "three"});
    RunAsker asker;
    QVERIFY(ask(asker, question(2, 0)));
    QVERIFY(asker.run->waitFinished(10'000));
    QTRY_COMPARE(asker.run->tally().unexpected, 1);
    QCOMPARE(asker.sum(), 2);
    QCOMPARE(asker.run->tally().late, 0);
    QCOMPARE(asker.text("3", "outcome"), std::string("unexpected"));
    QCOMPARE(asker.text("3", "reply"), std::string("three"));
}

void SubjectQueryTest::payloadGoesOutAsTyped()
{
    on("shop.status",
       [this](const nats::MessageView &m) { QVERIFY(m_services->publish(m.reply, m.data).ok()); });
    query::SubjectQuestion asked = question(1, 0);
    asked.payload = "not { json \xC3\xA9";
    RunAsker asker;
    QVERIFY(ask(asker, asked));
    QVERIFY(asker.run->waitFinished(10'000));
    QCOMPARE(asker.text("1", "reply"), asked.payload);
    asked.payload = std::string(2'000'000, 'x');
    QCOMPARE(SubjectQuery::start(m_operator, asked).error().code, std::string("nats.too-large"));
}

void SubjectQueryTest::objectsAreTakenApart()
{
    answer("shop.status",
           {R"(  {"id":"till-1","device":"d9","error":"none","mem":{"free":5,"used":{"a":1.5}},)"
            R"("tags":["a",2],"ok":true,"nothing":null})",
            R"({})", R"([1,2])", R"("quoted")", "42"});
    RunAsker asker;
    QVERIFY(ask(asker, question(5, 0)));
    QVERIFY(asker.run->waitFinished(10'000));
    QCOMPARE(asker.of(Outcome::Answered), 5);
    QCOMPARE(asker.text("1", "id"), std::string("till-1"));
    QCOMPARE(asker.text("1", "field.device"), std::string("d9"));
    QCOMPARE(asker.text("1", "field.error"), std::string("none"));
    QCOMPARE(asker.text("1", "error"), std::string());
    QCOMPARE(asker.text("1", "mem.free"), std::string("5"));
    QCOMPARE(asker.text("1", "mem.used.a"), std::string("1.5"));
    QCOMPARE(asker.text("1", "tags"), std::string(R"(["a",2])"));
    QCOMPARE(asker.text("1", "ok"), std::string("true"));
    QCOMPARE(asker.text("1", "reply"), std::string());
    QCOMPARE(asker.text("2", "outcome"), std::string("answered"));
    QCOMPARE(asker.text("3", "reply"), std::string("[1,2]"));
    QCOMPARE(asker.text("4", "reply"), std::string("\"quoted\""));
    QCOMPARE(asker.text("5", "reply"), std::string("42"));
}

void SubjectQueryTest::textAndBytes_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QByteArray>("shown");
    QTest::newRow("nothing") << QByteArray("") << QByteArray("");
    QTest::newRow("lines") << QByteArray("a\tb\r\nc") << QByteArray("a\tb\r\nc");
    QTest::newRow("colours") << QByteArray("\x1b[31mred") << QByteArray("\x1b[31mred");
    QTest::newRow("latin 1") << QByteArray("caf\xe9 au lait") << QByteArray("caf\xEF\xBF\xBD au lait");
    QTest::newRow("protobuf") << QByteArray("\x08\x96\x01\x12", 4) << QByteArray("0x08960112");
    QTest::newRow("nul") << QByteArray("a\0b", 3) << QByteArray("0x610062");
    QTest::newRow("long") << QByteArray(100'000, 'x') << QByteArray(16 * 1024, 'x');
    QTest::newRow("long bytes") << QByteArray(100'000, '\1')
                                << "0x" + QByteArray("01").repeated(8 * 1024 - 1);
    QTest::newRow("cut within a character")
        << QByteArray(16 * 1024 - 1, 'x') + "\xC3\xA9" << QByteArray(16 * 1024 - 1, 'x');
    QTest::newRow("broken object") << QByteArray("{\"a\":") << QByteArray("{\"a\":");
}

void SubjectQueryTest::textAndBytes()
{
    QFETCH(QByteArray, payload);
    QFETCH(QByteArray, shown);
    answer("shop.status", {payload.toStdString()});
    RunAsker asker;
    QVERIFY(ask(asker, question(1, 0)));
    QVERIFY(asker.run->waitFinished(10'000));
    QCOMPARE(asker.of(Outcome::Answered), 1);
    QCOMPARE(QByteArray::fromStdString(asker.text("1", "reply")), shown);
}

void SubjectQueryTest::hostileReplies()
{
    std::string wide = "{";
    for (int i = 0; i < 600; ++i)
        wide += (i > 0 ? ",\"k" : "\"k") + std::to_string(i) + "\":1";
    wide += "}";
    std::string deep;
    for (int i = 0; i < 2000; ++i)
        deep += R"({"a":)";
    deep += "1" + std::string(2000, '}');
    answer("shop.status", {wide, deep, std::string(1000, '['), "{\"" + std::string(300, 'n') + "\":1}",
                           R"({"huge":1e400})", "{\"t\":\"" + std::string(60'000, 'y') + "\"}"});
    RunAsker asker;
    QVERIFY(ask(asker, question(6, 0)));
    QVERIFY(asker.run->waitFinished(10'000));
    QCOMPARE(asker.of(Outcome::Answered), 6);
    QCOMPARE(asker.run->tally().rejected, 0);
    QVERIFY(asker.text("1", "error").find("more than 512 fields") != std::string::npos);
    QVERIFY(asker.text("1", "reply").starts_with("{\"k0\":1"));
    for (const char *key : {"1", "2", "3", "4", "5"})
        QVERIFY2(!asker.text(key, "reply").empty(), key);
    QCOMPARE(asker.text("6", "t").size(), std::size_t(16 * 1024));

    // Each with names of its own: columns end somewhere.
    m_subscriptions.clear();
    on("shop.status", [this](const nats::MessageView &m) {
        for (int i = 0; i < 2000; ++i)
            QVERIFY(m_services->publish(m.reply, "{\"c" + std::to_string(i) + "\":1}").ok());
    });
    RunAsker columns;
    QVERIFY(ask(columns, question(2000, 0)));
    QVERIFY(columns.run->waitFinished(10'000));
    QCOMPARE(columns.of(Outcome::Answered), 2000);
    columns.drain();
    QVERIFY(columns.table.columnCount() <= 1000);
}

void SubjectQueryTest::errorsAndStatus()
{
    on("shop.status", [this](const nats::MessageView &m) {
        QVERIFY(
            m_services
                ->publish(m.reply, "{\"order\":7}", {},
                          {{"Nats-Service-Error-Code", "500"}, {"Nats-Service-Error", "out of \"stock\""}})
                .ok());
        QVERIFY(
            m_services->publish(m.reply, "", {}, {{"Status", "404"}, {"Description", "No Messages"}}).ok());
        QVERIFY(m_services->publish(m.reply, "", {}, {{"Status", "503"}}).ok());
    });
    RunAsker asker;
    QVERIFY(ask(asker, question(3, 0)));
    QVERIFY(asker.run->waitFinished(10'000));
    QCOMPARE(asker.of(Outcome::Error), 3);
    QCOMPARE(asker.text("1", "error"), std::string("500: out of \"stock\""));
    QCOMPARE(asker.text("1", "order"), std::string("7"));
    QVERIFY(asker.text("2", "error").starts_with("404"));
    QVERIFY(asker.text("3", "error").starts_with("503"));
}

void SubjectQueryTest::filterAndSelection()
{
    answer("shop.status", {R"({"id":"a","stock":3})", R"({"id":"b","stock":30})", "text"});
    query::SubjectQuestion asked = question(3, 0);
    asked.where = parsed("stock < 10");
    asked.select = {"stock"};
    RunAsker asker;
    QVERIFY(ask(asker, asked));
    QVERIFY(asker.run->waitFinished(10'000));
    QCOMPARE(asker.of(Outcome::Answered), 1);
    QCOMPARE(asker.of(Outcome::Empty), 2);
    QCOMPARE(asker.sum(), 3);
    QCOMPARE(asker.text("1", "stock"), std::string("3"));
    QCOMPARE(asker.text("2", "outcome"), std::string("empty"));
    QCOMPARE(asker.text("2", "stock"), std::string());
    QVERIFY(asker.table.column("id") < 0);
}

void SubjectQueryTest::nobodyListens()
{
    RunAsker asker;
    QVERIFY(ask(asker, question(3, 0)));
    QVERIFY(asker.run->waitFinished(10'000));
    QCOMPARE(asker.of(Outcome::Silent), 3);
    QCOMPARE(asker.rows(), std::size_t(3));
    QVERIFY(asker.run->problem().find("Nobody listens on shop.status") != std::string::npos);
}

void SubjectQueryTest::nobodyReplies()
{
    on("shop.status", [](const nats::MessageView &) {});
    RunAsker asker;
    QVERIFY(ask(asker, question(0, 100, 200)));
    QVERIFY(asker.run->waitFinished(10'000));
    QVERIFY(asker.run->elapsedMs() >= 200); // a gap follows a reply
    QCOMPARE(asker.sum(), 0);
    QVERIFY(asker.run->problem().find("No reply came on shop.status") != std::string::npos);
}

void SubjectQueryTest::badQuestions_data()
{
    QTest::addColumn<QByteArray>("subject");
    QTest::addColumn<int>("expected");
    QTest::addColumn<int>("quietMs");
    QTest::addColumn<int>("deadlineMs");
    QTest::addColumn<QByteArray>("code");
    const auto subject = [](const char *name, const QByteArray &text) {
        QTest::newRow(name) << text << 0 << 0 << 1000 << QByteArray("query.subject");
    };
    subject("none", "");
    subject("star", "shop.*");
    subject("rest", "shop.>");
    subject("space", "shop status");
    subject("line", "shop\r\nPUB x 0");
    subject("dots", "shop..status");
    subject("ends", "shop.");
    subject("begins", ".shop");
    subject("long", QByteArray(600, 'x'));
    QTest::newRow("count") << QByteArray("a") << 1'000'001 << 0 << 1000 << QByteArray("query.count");
    QTest::newRow("no count") << QByteArray("a") << -1 << 0 << 1000 << QByteArray("query.count");
    QTest::newRow("quiet") << QByteArray("a") << 0 << -1 << 1000 << QByteArray("query.quiet");
    QTest::newRow("deadline") << QByteArray("a") << 0 << 0 << 99 << QByteArray("query.deadline");
}

void SubjectQueryTest::badQuestions()
{
    QFETCH(QByteArray, subject);
    QFETCH(int, expected);
    QFETCH(int, quietMs);
    QFETCH(int, deadlineMs);
    QFETCH(QByteArray, code);
    query::SubjectQuestion asked = question(expected, quietMs, deadlineMs);
    asked.subject = subject.toStdString();
    const auto started = SubjectQuery::start(m_operator, asked);
    QVERIFY(!started.ok());
    QCOMPARE(QByteArray::fromStdString(started.error().code), code);
    QVERIFY(!started.error().message.empty() && !started.error().remedy.empty());
}

void SubjectQueryTest::notPermitted()
{
    const auto server = startServer(false, "authorization {\n default_permissions { publish: \"_INBOX.>\" }\n"
                                           " users = [ { user: a, password: b } ]\n}\n");
    QVERIFY(server);
    nats::ConnectOptions options;
    options.servers = {server->url()};
    options.user = "a";
    options.password = "b";
    auto connection = nats::Connection::open(options);
    QVERIFY(connection.ok());
    RunAsker asker;
    QVERIFY(asker.take(SubjectQuery::start(*connection, question(2, 0))));
    QVERIFY(asker.run->waitFinished(10'000));
    QVERIFY2(asker.run->problem().find("\"shop.status\"") != std::string::npos, asker.run->problem().c_str());
    QCOMPARE(asker.of(Outcome::Silent), 2);
    QCOMPARE(asker.run->hindrance(), query::Hindrance::NobodyAsked);
}

void SubjectQueryTest::cancelled()
{
    answer("shop.status", {"one"});
    RunAsker asker;
    QVERIFY(ask(asker, question(2, 0)));
    QTRY_COMPARE(asker.of(Outcome::Answered), 1);
    asker.run->cancel();
    QVERIFY(asker.run->finished() && asker.run->cancelled());
    QCOMPARE(asker.of(Outcome::Silent), 1);
    QCOMPARE(asker.sum(), 2);
    QVERIFY(asker.run->problem().empty());
}

void SubjectQueryTest::linkLost()
{
    auto server = startServer(false);
    QVERIFY(server);
    auto services = connectTo(*server);
    auto asking = connectTo(*server);
    QVERIFY(services && asking);
    std::atomic<bool> heard{false};
    auto subscribed = services->subscribe("shop.status", [&](const nats::MessageView &) { heard = true; });
    QVERIFY(subscribed.ok() && services->flush().ok());
    RunAsker asker;
    QVERIFY(asker.take(SubjectQuery::start(asking, question(1, 0, 1000))));
    QTRY_VERIFY(heard);
    server->kill();
    asker.run->noteLinkDown();
    QVERIFY(!asker.run->finished());
    QVERIFY(asker.run->problem().find("connection was lost") != std::string::npos);
    QVERIFY(asker.run->waitFinished(10'000));
    QCOMPARE(asker.of(Outcome::Silent), 1);
    QVERIFY(asker.run->problem().find("connection was lost") != std::string::npos);
    QCOMPARE(asker.run->hindrance(), query::Hindrance::LinkLost);
    QCOMPARE(SubjectQuery::start(asking, question(1, 0)).error().code, std::string("nats.disconnected"));
    subscribed->reset();
}

void SubjectQueryTest::manyReplies()
{
    constexpr int count = 50'000;
    on("shop.status", [this](const nats::MessageView &m) {
        for (int i = 0; i < count; ++i)
            QVERIFY(m_services->publish(m.reply, "{\"n\":" + std::to_string(i) + "}").ok());
    });
    std::atomic<int> wakes{0};
    RunAsker asker;
    QVERIFY(asker.take(SubjectQuery::start(m_operator, question(count, 0), [&wakes] { ++wakes; })));
    int drains = 0;
    while (!asker.run->waitFinished(1)) {
        QCOMPARE(asker.sum(), count);
        drains += asker.drain();
    }
    QCOMPARE(asker.of(Outcome::Answered), count);
    QCOMPARE(asker.rows(), std::size_t(count));
    QCOMPARE(asker.text("50000", "n"), std::string("49999"));
    QVERIFY(wakes <= drains + 3); // told once, until it was looked at
}

/// Late replies come in all the while.
void SubjectQueryTest::rowsAreThoseCounted()
{
    constexpr int count = 30'000;
    on("shop.status", [this](const nats::MessageView &m) {
        for (int i = 0; i < count; ++i)
            QVERIFY(m_services->publish(m.reply, "{\"n\":" + std::to_string(i) + "}").ok());
    });
    RunAsker asker;
    QVERIFY(ask(asker, question(0, 0, 100)));
    QVERIFY(asker.run->waitFinished(10'000));
    QElapsedTimer timer;
    timer.start();
    query::Tally tally;
    do {
        tally = asker.run->drainAll([&asker](table::Batch &batch) { asker.table.apply(batch); });
        QCOMPARE(asker.table.rowCount(), static_cast<std::size_t>(tally.sum()));
    } while (tally.sum() < count && timer.elapsed() < 20'000);
    QCOMPARE(tally.sum(), count);
}

void SubjectQueryTest::foundAgain_data()
{
    QTest::addColumn<QStringList>("before");
    QTest::addColumn<QStringList>("after");
    QTest::addColumn<QString>("numbers"); // of `after`, in the order in which they come
    const auto row = [](const char *name, const QStringList &before, const QStringList &after,
                        const char *numbers) {
        QTest::newRow(name) << before << after << QString::fromLatin1(numbers);
    };
    const QString one = QStringLiteral("one");
    const QString two = QStringLiteral("two");
    const QString three = QStringLiteral("three");
    row("constant", {one, two, three}, {three, one, two}, "3 1 2");
    row("alike", {one, one, two}, {two, one, one}, "3 1 2");
    row("one changed", {one, two, three}, {three, QStringLiteral("2"), one}, "3 2 1");
    row("all changed", {one, two}, {QStringLiteral("1"), QStringLiteral("2")}, "1 2");
    row("more", {one, two}, {three, two, one}, "3 2 1");
    row("fewer", {one, two, three}, {three}, "3");
    row("silent", {one, two, three}, {three, one, QString()}, "3 1 2");
    row("speaks again", {one, QString(), QString()}, {two, one, three}, "2 1 3");
    row("nobody before", {}, {one, two}, "1 2");
    const auto named = [](const char *field, const char *name, int load) {
        return QStringLiteral(R"({"%1":"%2","load":%3,"kind":"pump"})")
            .arg(QString::fromLatin1(field), QString::fromLatin1(name), QString::number(load));
    };
    const auto id = [&named](const char *name, int load) { return named("id", name, load); };
    row("by id", {id("a", 1), id("b", 2)}, {id("b", 1), id("a", 2)}, "2 1");
    row("by device", {named("device", "a", 1), named("device", "b", 2)},
        {named("device", "b", 1), named("device", "a", 2)}, "2 1");
    row("another id", {id("a", 1), id("b", 2)}, {id("c", 1), id("b", 2)}, "3 2");
    row("id is silent", {id("a", 1), id("b", 2)}, {id("b", 3), QString()}, "2 1");
    row("ids of one round", {id("r1", 1), id("r2", 2)}, {id("r3", 1), id("r4", 2)}, "1 2");
    row("id that repeats", {id("a", 1), id("a", 2)}, {id("a", 2), id("a", 1)}, "2 1");
    row("not every one has an id", {id("a", 1), one}, {one, id("a", 2)}, "2 1");
    row("by host, id is of the round",
        {QStringLiteral(R"({"id":"1","host":"x"})"), QStringLiteral(R"({"id":"2","host":"y"})")},
        {QStringLiteral(R"({"id":"3","host":"y"})"), QStringLiteral(R"({"id":"4","host":"x"})")}, "2 1");
}

/// Whoever replies first: a reply has the number that it had in the round before.
void SubjectQueryTest::foundAgain()
{
    QFETCH(QStringList, before);
    QFETCH(QStringList, after);
    QFETCH(QString, numbers);
    const auto round = [this](RunAsker &asker, const QStringList &replies) {
        std::vector<std::string> said;
        for (const QString &reply : replies) {
            if (!reply.isNull())
                said.push_back(reply.toStdString());
        }
        m_subscriptions.clear();
        answer("shop.status", said);
        const int count = static_cast<int>(replies.size());
        QVERIFY(ask(asker, question(count, 0, said.size() < static_cast<std::size_t>(count) ? 200 : 10'000)));
        if (count == 0)
            asker.run->cancel();
        QVERIFY(asker.run->waitFinished(20'000));
        asker.run->drainAll([&asker](table::Batch &batch) { asker.table.apply(batch); });
        QCOMPARE(asker.table.rowCount(), static_cast<std::size_t>(count));
    };
    RunAsker first;
    RunAsker second;
    round(first, before);
    round(second, after);
    const table::Table paired = query::pairReplies(*first.table.snapshot(), *second.table.snapshot());
    QCOMPARE(paired.rowCount(), second.table.rowCount());
    const QStringList expected = numbers.split(QLatin1Char(' '));
    QCOMPARE(expected.size(), after.size());
    for (int i = 0; i < after.size(); ++i) {
        const std::string number = expected.at(i).toStdString();
        for (table::ColumnIndex column = 1; column < second.table.columnCount(); ++column) {
            const std::string &name = second.table.columnName(column);
            QCOMPARE(paired.columnName(column), name);
            QCOMPARE(textAt(paired, number, name), textAt(second.table, std::to_string(i + 1), name));
        }
    }
}

QTEST_GUILESS_MAIN(SubjectQueryTest)
#include "tst_subject_query.moc"
