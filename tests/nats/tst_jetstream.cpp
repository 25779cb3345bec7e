// SPDX-License-Identifier: GPL-3.0-or-later
#include "nats/jetstream.h"
#include "nats_test.h"

#include <algorithm>
#include <atomic>
#include <random>
#include <set>
#include <thread>

using namespace muster;
using namespace muster::nats;

namespace {

struct Seen {
    std::string subject, data;
    std::uint64_t sequence = 0;
    bool deleted = false;
};

Seen seen(const StoredMessage &m)
{
    return {std::string(m.subject), std::string(m.data), m.streamSequence, m.deleted};
}

StreamConfig lastOfEach(const std::string &name, const std::string &subject)
{
    StreamConfig c;
    c.name = name;
    c.subjects = {subject};
    c.maxMessagesPerSubject = 1;
    return c;
}

} // namespace

class TestJetStream : public QObject {
    Q_OBJECT

    std::unique_ptr<LocalServer> m_server;
    std::shared_ptr<Connection> m_connection;

    Result<std::unique_ptr<OrderedConsumer>> consume(OrderedConsumer::Options options, Recorder<Seen> &into,
                                                     std::atomic<int> &ends) const
    {
        return OrderedConsumer::start(
            m_connection, std::move(options), [&into](const StoredMessage &m) { into.add(seen(m)); },
            [&ends] { ++ends; });
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

    void tellsWhatTheAccountHas()
    {
        JetStream js(m_connection);
        VERIFY_OK(js.createStream(lastOfEach("A", "a.*")));
        auto info = js.accountInfo();
        VERIFY_OK(info);
        QCOMPARE(info->streams, 1);
        auto elsewhere = JetStream(m_connection, "nowhere", milliseconds(2000)).accountInfo();
        COMPARE_CODE(elsewhere, "jetstream.unavailable");
        QVERIFY(elsewhere.error().message.find("nowhere") != std::string::npos);
    }

    void anAccountWithoutJetStream()
    {
        LocalServer::Options options;
        options.extraConfig = "accounts { WITH: { jetstream: enabled, users: [{user: w, password: w}] }\n"
                              "           WITHOUT: { users: [{user: u, password: u}] } }\n";
        auto server = LocalServer::start(options);
        VERIFY_OK(server);
        ConnectOptions o = optionsFor(**server);
        o.user = o.password = "u";
        auto connection = Connection::open(o);
        VERIFY_OK(connection);
        auto info = JetStream(*connection).accountInfo();
        COMPARE_CODE(info, "jetstream.unavailable");
        QVERIFY(info.error().remedy.find("jetstream") != std::string::npos);
        o.user = o.password = "w";
        auto with = Connection::open(o);
        VERIFY_OK(with);
        VERIFY_OK(JetStream(*with).accountInfo());
    }

    void keepsWhatWasConfigured()
    {
        JetStream js(m_connection);
        StreamConfig c;
        c.name = "S";
        c.subjects = {"s.>", "t.*"};
        c.retention = Retention::WorkQueue;
        c.maxMessages = 100;
        c.maxBytes = 1 << 20;
        c.maxAge = std::chrono::hours(1);
        c.maxConsumers = 7;
        c.allowRollup = true;
        c.republishSource = "s.>";
        c.republishDestination = "echo.>";
        c.republishHeadersOnly = true;
        VERIFY_OK(js.createStream(c));
        auto info = js.streamInfo("S");
        VERIFY_OK(info);
        const StreamConfig &there = info->config;
        QCOMPARE(there.subjects, c.subjects);
        QCOMPARE(there.retention, c.retention);
        QCOMPARE(there.maxMessages, c.maxMessages);
        QCOMPARE(there.maxBytes, c.maxBytes);
        QVERIFY(there.maxAge == c.maxAge);
        QCOMPARE(there.maxConsumers, c.maxConsumers);
        QVERIFY(there.allowRollup && there.allowDirect && !there.denyDelete && !there.discardNew);
        QCOMPARE(there.republishDestination, c.republishDestination);
        QVERIFY(there.republishHeadersOnly);
        c.maxMessages = 200;
        VERIFY_OK(js.updateStream(c));
        QCOMPARE(js.streamInfo("S")->config.maxMessages, std::int64_t(200));
        VERIFY_OK(js.deleteStream("S"));
        COMPARE_CODE(js.streamInfo("S"), "jetstream.not-found");
        COMPARE_CODE(js.updateStream(c), "jetstream.not-found");
        COMPARE_CODE(js.streamInfo("a.b"), "jetstream.bad-name");
    }

    void storesOnceByMessageId()
    {
        JetStream js(m_connection);
        StreamConfig c;
        c.name = "S";
        c.subjects = {"s.*"};
        VERIFY_OK(js.createStream(c));
        auto first = js.publish("s.a", "1", "id-1");
        VERIFY_OK(first);
        QCOMPARE(first->stream, std::string("S"));
        QVERIFY(!first->duplicate);
        auto again = js.publish("s.a", "1", "id-1");
        VERIFY_OK(again);
        QVERIFY(again->duplicate);
        QCOMPARE(again->sequence, first->sequence);
        COMPARE_CODE(js.publish("elsewhere", "1", "id-2"), "jetstream.no-stream");

        VERIFY_OK(js.publish("s.a", "2", "id-3", {{"X", "y"}}));
        VERIFY_OK(js.publish("s.b", "3", "id-4"));
        auto counts = js.subjectCounts("S", "s.*");
        VERIFY_OK(counts);
        QCOMPARE(*counts, (std::map<std::string, std::uint64_t>{{"s.a", 2}, {"s.b", 1}}));
        auto last = js.lastMessage("S", "s.a");
        VERIFY_OK(last);
        QCOMPARE(last->message.data, std::string("2"));
        QCOMPARE(last->message.subject, std::string("s.a"));
        QCOMPARE(last->message.header("X"), std::string("y"));
        QCOMPARE(last->sequence, std::uint64_t(2));
        QVERIFY(!last->time.empty());
        COMPARE_CODE(js.lastMessage("S", "s.none"), "jetstream.not-found");
        JetStream hasty(m_connection, {}, milliseconds(300));
        COMPARE_CODE(hasty.lastMessage("NONE", "s.none"), "jetstream.no-stream");
        VERIFY_OK(js.deleteMessage("S", 2));
        // nats-server 2.9.10 then finds no last message of the subject, though an earlier one is there:
        // counted instead.
        QCOMPARE(js.subjectCounts("S", "s.a")->at("s.a"), std::uint64_t(1));
        auto purged = js.purge("S", "s.a");
        VERIFY_OK(purged);
        QCOMPARE(*purged, std::uint64_t(1));
        QCOMPARE(js.streamInfo("S")->messages, std::uint64_t(1));
    }

    void compareAndSet()
    {
        JetStream js(m_connection);
        StreamConfig c = lastOfEach("KV_b", "$KV.b.>");
        c.maxMessagesPerSubject = 5;
        c.allowRollup = true;
        VERIFY_OK(js.createStream(c));
        KeyValue kv(js, "b");
        COMPARE_CODE(kv.get("k"), "kv.not-found");
        auto one = kv.update("k", "1", 0);
        VERIFY_OK(one);
        COMPARE_CODE(kv.update("k", "x", 0), "kv.conflict");
        auto two = kv.update("k", "2", *one);
        VERIFY_OK(two);
        COMPARE_CODE(kv.update("k", "3", *one), "kv.conflict");
        auto entry = kv.get("k");
        VERIFY_OK(entry);
        QCOMPARE(entry->value, std::string("2"));
        QCOMPARE(entry->revision, *two);
        VERIFY_OK(kv.put("site.a/b=c", "v"));
        QCOMPARE(*kv.keys(), (std::vector<std::string>{"k", "site.a/b=c"}));
        VERIFY_OK(kv.remove("k"));
        COMPARE_CODE(kv.get("k"), "kv.not-found");
        QCOMPARE(*kv.keys(), (std::vector<std::string>{"site.a/b=c"}));
        VERIFY_OK(kv.update("k", "again", 0)); // a removed key can be created
        QCOMPARE(kv.get("k")->value, std::string("again"));
        for (const char *bad : {"", ".a", "a.", "a..b", "a b", "a*", "_kv.x", "a>"})
            COMPARE_CODE(kv.put(bad, "v"), "kv.bad-key");
        COMPARE_CODE(KeyValue(JetStream(m_connection, {}, milliseconds(300)), "none").get("k"),
                     "jetstream.no-stream");
    }

    void deliversASnapshotAndItsEnd()
    {
        JetStream js(m_connection);
        VERIFY_OK(js.createStream(lastOfEach("P", "p.*")));
        constexpr int devices = 5000;
        for (int i = 0; i < 2 * devices; ++i)
            VERIFY_OK(m_connection->publish("p." + std::to_string(i % devices), std::to_string(i)));
        QTRY_COMPARE(js.streamInfo("P")->lastSequence, std::uint64_t(2 * devices));

        Recorder<Seen> got;
        std::atomic<int> ends = 0;
        std::size_t atEnd = 0;
        auto consumer = OrderedConsumer::start(
            m_connection, {.stream = "P", .filter = "p.*", .lastPerSubject = true},
            [&](const StoredMessage &m) { got.add(seen(m)); },
            [&] {
                atEnd = got.count();
                ++ends;
            });
        VERIFY_OK(consumer);
        QTRY_COMPARE(ends.load(), 1);
        QCOMPARE(atEnd, std::size_t(devices));
        QVERIFY((*consumer)->isLive());
        VERIFY_OK(m_connection->publish("p.7", "live"));
        QTRY_COMPARE(got.count(), std::size_t(devices + 1));
        QCOMPARE(got.all().back().data, std::string("live"));
        QCOMPARE(ends.load(), 1);
        consumer->reset();
        QTRY_COMPARE(js.streamInfo("P")->consumers, 0);
        VERIFY_OK(m_connection->publish("p.7", "unheard"));
        VERIFY_OK(m_connection->flush());
        QCOMPARE(got.count(), std::size_t(devices + 1));
    }

    void aSnapshotIsWholeWhileSubjectsChange()
    {
        JetStream js(m_connection);
        VERIFY_OK(js.createStream(lastOfEach("P", "p.*")));
        constexpr int devices = 20'000;
        for (int i = 0; i < devices; ++i)
            VERIFY_OK(m_connection->publish("p." + std::to_string(i), "first"));
        QTRY_COMPARE(js.streamInfo("P")->lastSequence, std::uint64_t(devices));

        // Who speaks again before being read moves behind all that was there when the snapshot began.
        auto speaker = Connection::open(optionsFor(*m_server));
        VERIFY_OK(speaker);
        const std::jthread speaking([&](const std::stop_token &over) {
            std::minstd_rand random(1);
            while (!over.stop_requested()) {
                for (int i = 0; i < 100; ++i)
                    static_cast<void>(
                        (*speaker)->publish("p." + std::to_string(random() % devices), "again"));
                static_cast<void>((*speaker)->flush());
            }
        });
        for (int round = 0; round < 5; ++round) {
            std::set<std::string, std::less<>> subjects;
            std::atomic<std::size_t> atEnd{0};
            auto consumer = OrderedConsumer::start(
                m_connection, {.stream = "P", .filter = "p.*", .lastPerSubject = true},
                [&](const StoredMessage &m) { subjects.emplace(m.subject); },
                [&] { atEnd = subjects.size(); });
            VERIFY_OK(consumer);
            QTRY_VERIFY_WITH_TIMEOUT(atEnd.load() > 0, 20'000);
            consumer->reset();
            QCOMPARE(atEnd.load(), std::size_t(devices));
        }
    }

    void anEmptySnapshotEndsAtOnce()
    {
        JetStream js(m_connection);
        VERIFY_OK(js.createStream(lastOfEach("P", "p.*")));
        VERIFY_OK(js.publish("p.a", "old", "1"));
        Recorder<Seen> got;
        std::atomic<int> ends = 0;
        auto none = consume({.stream = "P", .filter = "p.none", .lastPerSubject = true}, got, ends);
        VERIFY_OK(none);
        QCOMPARE(ends.load(), 1);
        auto fresh = consume({.stream = "P", .filter = "p.*", .newOnly = true}, got, ends);
        VERIFY_OK(fresh);
        QCOMPARE(ends.load(), 2);
        VERIFY_OK(js.publish("p.a", "new", "2"));
        QTRY_COMPARE(got.count(), std::size_t(1));
        QCOMPARE(got.all()[0].data, std::string("new"));
        Recorder<Seen> never;
        COMPARE_CODE(consume({.stream = "NONE", .filter = "x"}, never, ends), "jetstream.not-found");
    }

    void missesNothingWhileTheServerIsGone()
    {
        JetStream js(m_connection);
        VERIFY_OK(js.createStream(lastOfEach("P", "p.*")));
        constexpr int devices = 300;
        for (int i = 0; i < devices; ++i)
            VERIFY_OK(js.publish("p." + std::to_string(i), "before", "b" + std::to_string(i)));
        Recorder<Seen> got, gotNew;
        std::atomic<int> ends = 0, endsNew = 0;
        auto consumer = consume({.stream = "P", .filter = "p.*", .lastPerSubject = true}, got, ends);
        VERIFY_OK(consumer);
        auto fresh = consume({.stream = "P", .filter = "p.*", .newOnly = true}, gotNew, endsNew);
        VERIFY_OK(fresh);
        QTRY_COMPARE(got.count(), std::size_t(devices));

        m_server->kill();
        QTRY_COMPARE(m_connection->state(), State::Reconnecting);
        VERIFY_OK(m_server->restart());
        const auto up = std::chrono::steady_clock::now();
        {
            auto other = Connection::open(optionsFor(*m_server));
            VERIFY_OK(other);
            JetStream elsewhere(*other);
            for (int i = 0; i < 50; ++i)
                VERIFY_OK(elsewhere.publish("p." + std::to_string(i), "during", "d" + std::to_string(i)));
        }
        QTRY_COMPARE_WITH_TIMEOUT(got.count(), std::size_t(devices + 50), 10000);
        QVERIFY2(millisSince(up) < 3000, std::to_string(millisSince(up)).c_str());
        QTRY_COMPARE_WITH_TIMEOUT(gotNew.count(), std::size_t(50), 10000);
        VERIFY_OK(js.publish("p.0", "after", "a0"));
        QTRY_COMPARE(got.all().back().data, std::string("after"));
        QTRY_COMPARE(gotNew.all().back().data, std::string("after"));

        std::set<std::uint64_t> once;
        for (const Seen &s : got.all())
            once.insert(s.sequence);
        QCOMPARE(once.size(), got.count());
        const std::vector<Seen> all = got.all();
        QVERIFY(std::is_sorted(all.begin(), all.end(),
                               [](const Seen &a, const Seen &b) { return a.sequence < b.sequence; }));
        QCOMPARE(ends.load(), 1);
        QTRY_COMPARE(js.streamInfo("P")->consumers, 2); // none left behind
    }

    void goesOnWhenItsConsumerOrStreamIsLost()
    {
        JetStream js(m_connection);
        VERIFY_OK(js.createStream(lastOfEach("P", "p.*")));
        VERIFY_OK(js.publish("p.a", "1", "1"));
        Recorder<Seen> got;
        std::atomic<int> ends = 0;
        auto consumer = consume({.stream = "P", .filter = "p.*", .lastPerSubject = true}, got, ends);
        VERIFY_OK(consumer);
        QTRY_COMPARE(got.count(), std::size_t(1));

        auto names = js.call("CONSUMER.NAMES.P", {});
        VERIFY_OK(names);
        const auto from = names->find("muster-");
        QVERIFY(from != std::string::npos);
        VERIFY_OK(js.call("CONSUMER.DELETE.P." + names->substr(from, names->find('"', from) - from), {}));
        VERIFY_OK(js.publish("p.b", "2", "2"));
        QTRY_COMPARE_WITH_TIMEOUT(got.count(), std::size_t(2), 15000);

        VERIFY_OK(js.deleteStream("P"));
        VERIFY_OK(js.createStream(lastOfEach("P", "p.*")));
        VERIFY_OK(js.publish("p.c", "3", "3"));
        QTRY_COMPARE_WITH_TIMEOUT(got.count(), std::size_t(3), 20000);
        QCOMPARE(got.all().back().data, std::string("3"));
        QCOMPARE(ends.load(), 1);
    }

    void showsRemovalsOfKeys()
    {
        JetStream js(m_connection);
        StreamConfig c = lastOfEach("KV_b", "$KV.b.>");
        VERIFY_OK(js.createStream(c));
        KeyValue kv(js, "b");
        Recorder<Seen> got;
        std::atomic<int> ends = 0;
        auto consumer = consume({.stream = "KV_b", .filter = "$KV.b.>", .lastPerSubject = true}, got, ends);
        VERIFY_OK(consumer);
        VERIFY_OK(kv.put("k", "v"));
        VERIFY_OK(kv.put("k", ""));
        VERIFY_OK(kv.remove("k"));
        QTRY_COMPARE(got.count(), std::size_t(3));
        QVERIFY(!got.all()[0].deleted);
        QVERIFY(!got.all()[1].deleted);
        QVERIFY(got.all()[2].deleted);
    }
};

QTEST_GUILESS_MAIN(TestJetStream)
#include "tst_jetstream.moc"
