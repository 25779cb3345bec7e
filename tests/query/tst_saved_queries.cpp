// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/protocol/messages.h"
#include "core/ulid.h"
#include "query/saved_queries.h"
#include "store/database.h"
#include "support/fleet.h"

#include <QTemporaryDir>
#include <QtTest>

#include <atomic>

using namespace muster;
using namespace muster::query;

class TestSavedQueries : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    int m_files = 0;
    std::unique_ptr<nats::LocalServer> m_server;
    std::shared_ptr<nats::Connection> m_connection;

    std::string newFile() { return m_folder.filePath(QStringLiteral("%1.db").arg(++m_files)).toStdString(); }

    static std::unique_ptr<LocalQueries> local(const std::string &file)
    {
        auto opened = LocalQueries::open(file);
        return opened ? std::move(*opened) : nullptr;
    }
    static std::unique_ptr<SharedQueries> follow(const std::shared_ptr<nats::Connection> &connection,
                                                 std::function<void()> onChanged = {})
    {
        auto followed = SharedQueries::follow(connection, Subjects(), {}, std::move(onChanged));
        if (!followed)
            qWarning("%s", followed.error().message.c_str());
        return followed && (*followed)->waitRead(5000) ? std::move(*followed) : nullptr;
    }
    static SavedQuery named(const std::string &name, const std::string &where = "cpu.pct > 90")
    {
        SavedQuery query;
        query.name = name;
        query.by = "ann";
        query.composition.where = where;
        return query;
    }
    template <typename R>
    static QString codeOf(const R &result)
    {
        return result.ok() ? QStringLiteral("ok") : QString::fromStdString(result.error().code);
    }
    static std::optional<SavedQuery> only(const SharedQueries &queries)
    {
        const std::vector<SavedQuery> all = queries.list();
        return all.size() == 1 ? std::optional(all.front()) : std::nullopt;
    }

private Q_SLOTS:
    void init()
    {
        m_server = test::startServer(true);
        QVERIFY(m_server);
        m_connection = test::connectTo(*m_server);
        QVERIFY(m_connection);
        QVERIFY(test::provision(m_connection));
    }
    void cleanup()
    {
        m_connection.reset();
        m_server.reset();
    }

    void namesAreCleaned_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("clean"); // empty: refused
        QTest::newRow("plain") << "Low on memory"
                               << "Low on memory";
        QTest::newRow("trimmed") << " \tÄ \n"
                                 << "Ä";
        QTest::newRow("empty") << ""
                               << "";
        QTest::newRow("blanks") << "   "
                                << "";
        QTest::newRow("80") << QString(80, QChar(0x00E4)) << QString(80, QChar(0x00E4));
        QTest::newRow("81") << QString(81, QLatin1Char('x')) << "";
        QTest::newRow("line") << "a\nb"
                              << "";
        QTest::newRow("C1") << QStringLiteral("a\u0085b") << "";
        QTest::newRow("delete") << "a\x7f"
                                << "";
        QTest::newRow("override") << QStringLiteral("a\u202Eb") << "";
        QTest::newRow("emoji") << QString::fromUtf8("\xF0\x9F\x94\xA5")
                               << QString::fromUtf8("\xF0\x9F\x94\xA5");
    }
    void namesAreCleaned()
    {
        QFETCH(QString, name);
        QFETCH(QString, clean);
        const auto cleaned = cleanName(name.toStdString());
        QCOMPARE(cleaned ? QString::fromStdString(*cleaned) : QString(), clean);
        if (!cleaned)
            QCOMPARE(codeOf(cleaned), QStringLiteral("query.name"));
        QCOMPARE(codeOf(cleanName("\xff\xfe")), QStringLiteral("query.name"));
    }

    void findsByName()
    {
        std::vector<SavedQuery> all{named("Disk full"), named("disk FULL"), named("Ölstand"), named("CPU"),
                                    named("CPU")};
        for (SavedQuery &query : all)
            query.id = newUlid();
        all[4].shared = true;
        QCOMPARE(findByName(all, "Disk full")->id, all[0].id);
        QCOMPARE(findByName(all, "ölstand")->id, all[2].id);
        QCOMPARE(findByName(all, all[3].id)->id, all[3].id);
        QCOMPARE(codeOf(findByName(all, "disk full")), QStringLiteral("query.ambiguous"));
        const auto twice = findByName(all, "CPU");
        QCOMPARE(codeOf(twice), QStringLiteral("query.ambiguous"));
        QVERIFY(twice.error().message.find(all[3].id) != std::string::npos);
        QVERIFY(twice.error().message.find(all[4].id + " (shared, by ann)") != std::string::npos);
        all[4].by = "\x1b]0;gotcha\a\nann";
        const auto hostile = findByName(all, "CPU");
        QVERIFY(hostile.error().message.find_first_of("\x1b\a\n") == std::string::npos);
        QVERIFY(hostile.error().message.find("gotcha") != std::string::npos);
        const auto none = findByName(all, "nothing");
        QCOMPARE(codeOf(none), QStringLiteral("query.unknown"));
        QVERIFY(none.error().remedy.find("\"CPU\"") != std::string::npos);
        QCOMPARE(codeOf(findByName({}, "x")), QStringLiteral("query.unknown"));
    }

    void localOnesStayAndAreComparedBeforeTheyAreReplaced()
    {
        const std::string file = newFile();
        SavedQuery made;
        {
            const auto queries = local(file);
            QVERIFY(queries);
            const auto written = queries->put(named("  One "));
            QVERIFY(written.ok() && !written->conflict);
            made = written->query;
            QCOMPARE(made.name, std::string("One"));
            QCOMPARE(made.revision, std::uint64_t(1));
            QVERIFY(isUlid(made.id));
            QCOMPARE(codeOf(queries->put(named(" "))), QStringLiteral("query.name"));
        }
        const auto one = local(file);
        const auto other = local(file); // a second Muster
        QVERIFY(*one->list() == std::vector{made});
        static_cast<void>(one->changedByOthers());

        SavedQuery theirs = made;
        theirs.composition.where = "theirs = 1";
        const auto first = other->put(theirs);
        QVERIFY(first.ok() && !first->conflict);
        QVERIFY(one->changedByOthers());
        SavedQuery mine = made;
        mine.composition.where = "mine = 1";
        const auto second = one->put(mine);
        QVERIFY(second.ok() && second->conflict);
        QVERIFY(second->query == first->query);
        QVERIFY(*one->list() == std::vector{first->query});

        auto gone = one->remove(made.id, made.revision);
        QVERIFY(gone.ok() && gone->conflict);
        gone = one->remove(made.id, first->query.revision);
        QVERIFY(gone.ok() && !gone->conflict);
        QVERIFY(one->list()->empty());
        const auto late = other->put(first->query);
        QVERIFY(late.ok() && late->conflict && late->query.id.empty());
        const auto again = other->remove(made.id, 2);
        QVERIFY(again.ok() && !again->conflict);
    }

    void aQuestionOfALaterMusterStaysInTheFile()
    {
        const std::string file = newFile();
        const auto queries = local(file);
        QVERIFY(queries->put(named("One")).ok());
        auto database = store::Database::open(file);
        QVERIFY(database.ok());
        QVERIFY((*database)
                    ->execute("INSERT INTO saved_queries VALUES ('x', 'later', '{\"v\":7}', '', 1, 1)")
                    .ok());
        QCOMPARE(queries->list()->size(), std::size_t(1));
    }

    void aCopyOfTheSharedOnesIsKeptForEachFleet()
    {
        const auto queries = local(newFile());
        QVERIFY(!queries->copyOfShared({})->has_value());
        SavedQuery a = named("A");
        a.id = newUlid();
        a.shared = true;
        a.revision = 7;
        SavedQuery b = a;
        b.id = newUlid();
        QVERIFY(queries->keepCopyOfShared("one", {{a, b}, UtcTime{100}}).ok());
        QVERIFY(queries->keepCopyOfShared("two", {{b}, UtcTime{200}}).ok());
        QVERIFY(queries->keepCopyOfShared("one", {{a}, UtcTime{150}}).ok());
        const auto one = queries->copyOfShared("one");
        QVERIFY(one.ok() && one->has_value());
        QVERIFY((*one)->queries == std::vector{a});
        QCOMPARE((*one)->asOf.micros, std::int64_t(150));
        QVERIFY((*queries->copyOfShared({}))->queries ==
                std::vector{b}); // of the fleet that was last followed
        QVERIFY(queries->list()->empty());
        for (int i = 0; i < 60; ++i)
            QVERIFY(queries->keepCopyOfShared("f" + std::to_string(i), {{}, UtcTime{1000 + i}}).ok());
        QVERIFY(!queries->copyOfShared("one")->has_value());
        QVERIFY(queries->copyOfShared("f59")->has_value());
    }

    void colleaguesSeeEachOthersQueries()
    {
        const auto colleague = test::connectTo(*m_server);
        std::atomic<int> changes{0};
        const auto mine = follow(m_connection, [&] { ++changes; });
        const auto theirs = follow(colleague);
        QVERIFY(mine && theirs);
        QVERIFY(mine->list().empty());

        const auto written = theirs->put(named("Hot"));
        QVERIFY(written.ok() && !written->conflict);
        QVERIFY(only(*theirs) == written->query); // at once, on the side that wrote
        QTRY_VERIFY(only(*mine) == written->query);
        QVERIFY(changes.load() > 0);
        QCOMPARE(only(*mine)->by, std::string("ann"));

        SavedQuery changed = *only(*mine);
        changed.name = "Hotter";
        const auto second = mine->put(changed);
        QVERIFY(second.ok() && !second->conflict);
        QTRY_VERIFY(only(*theirs) == second->query);

        const auto gone = theirs->remove(changed.id, second->query.revision);
        QVERIFY(gone.ok() && !gone->conflict);
        QVERIFY(theirs->list().empty());
        QTRY_VERIFY(mine->list().empty());
        // A later follower does not see it either.
        QVERIFY(follow(m_connection)->list().empty());
    }

    void nothingOfAColleagueIsOverwritten()
    {
        const auto mine = follow(m_connection);
        const auto theirs = follow(test::connectTo(*m_server));
        QVERIFY(mine && theirs);
        const SavedQuery base = mine->put(named("Base"))->query;
        SavedQuery first = base;
        first.composition.where = "theirs = 1";
        const auto won = theirs->put(first);
        QVERIFY(won.ok() && !won->conflict);

        SavedQuery late = base;
        late.composition.where = "mine = 1";
        const auto lost = mine->put(late);
        QVERIFY(lost.ok() && lost->conflict);
        QVERIFY(lost->query == won->query);
        QTRY_VERIFY(only(*mine) == won->query);
        const auto kept = mine->remove(base.id, base.revision);
        QVERIFY(kept.ok() && kept->conflict);
        QVERIFY(kept->query == won->query);

        // On top of theirs it goes.
        late.revision = lost->query.revision;
        QVERIFY(!mine->put(late)->conflict);
        // One that they removed is not brought back by a change.
        SavedQuery last = *only(*mine);
        QVERIFY(!mine->remove(last.id, last.revision)->conflict);
        const auto dead = theirs->put(last);
        QVERIFY(dead.ok() && dead->conflict && dead->query.id.empty());
        const auto deadToo = theirs->remove(last.id, last.revision);
        QVERIFY(deadToo.ok() && !deadToo->conflict);
        // A new one under its id goes.
        last.revision = 0;
        const auto back = theirs->put(last);
        QVERIFY(back.ok() && !back->conflict);
        QTRY_VERIFY(only(*mine) == back->query);
    }

    void hostileEntriesAreLeftOutAndCounted()
    {
        nats::KeyValue bucket(nats::JetStream(m_connection), "queries");
        const auto mine = follow(m_connection);
        const SavedQuery good = mine->put(named("Good"))->query;
        const std::string deep(3000, '[');
        const std::vector<std::pair<std::string, std::string>> hostile{
            {"not-a-ulid", "{\"v\":1,\"name\":\"x\",\"query\":{\"v\":1}}"},
            {newUlid(), "rubbish"},
            {newUlid(), "{\"v\":2,\"name\":\"x\",\"query\":{\"v\":1}}"},
            {newUlid(), "{\"v\":1,\"name\":\"\",\"query\":{\"v\":1}}"},
            {newUlid(), "{\"v\":1,\"name\":\"a\\u202eb\",\"query\":{\"v\":1}}"},
            {newUlid(), "{\"v\":1,\"name\":\"x\"}"},
            {newUlid(), "{\"v\":1,\"name\":\"x\",\"query\":{\"v\":9}}"},
            {newUlid(), "{\"v\":1,\"name\":\"x\",\"query\":" + deep + std::string(3000, ']') + "}"},
            {newUlid(), std::string(600'000, 'x')}};
        for (const auto &[key, value] : hostile)
            QVERIFY(bucket.put(key, value).ok());
        QTRY_COMPARE(mine->skipped(), static_cast<std::int64_t>(hostile.size()));
        QVERIFY(only(*mine) == good);
        const auto later = follow(m_connection);
        QCOMPARE(later->skipped(), static_cast<std::int64_t>(hostile.size()));
        // One that is put right is there, one that is removed is no longer counted.
        QVERIFY(bucket.put(hostile[1].first, "{\"v\":1,\"name\":\"x\",\"query\":{\"v\":1}}").ok());
        QVERIFY(bucket.remove(hostile[2].first).ok());
        QTRY_COMPARE(mine->list().size(), std::size_t(2));
        QTRY_COMPARE(mine->skipped(), static_cast<std::int64_t>(hostile.size()) - 2);
        // A good one that turns bad goes.
        QVERIFY(bucket.put(good.id, "[]").ok());
        QTRY_COMPARE(mine->list().size(), std::size_t(1));
        const auto unreadable = mine->put(good);
        QCOMPARE(codeOf(unreadable), QStringLiteral("query.document"));
    }

    void aFloodOfEntriesIsBounded()
    {
        nats::KeyValue bucket(nats::JetStream(m_connection), "queries");
        const auto mine = follow(m_connection);
        for (int i = 0; i < 2100; ++i)
            QVERIFY(m_connection
                        ->publish(bucket.subject(newUlid()), "{\"v\":1,\"name\":\"x\",\"query\":{\"v\":1}}")
                        .ok());
        QTRY_COMPARE_WITH_TIMEOUT(mine->list().size(), std::size_t(2000), 20'000);
        QTRY_COMPARE(mine->skipped(), std::int64_t(100));
    }

    void anAccountThatIsNotPreparedSaysSo()
    {
        nats::JetStream jetStream(m_connection);
        QVERIFY(jetStream.deleteStream("KV_queries").ok());
        const auto followed = SharedQueries::follow(m_connection, Subjects(), {});
        QCOMPARE(codeOf(followed), QStringLiteral("query.not-prepared"));
        QVERIFY(followed.error().remedy.find("musterctl setup") != std::string::npos);
        const auto other = Subjects::withRoot("acme.north");
        QVERIFY(SharedQueries::follow(m_connection, *other, {}).error().message.find("acme_north_queries") !=
                std::string::npos);
    }

    void aBucketMadeAnewIsReadAnew()
    {
        const auto mine = follow(m_connection);
        for (int i = 0; i < 5; ++i)
            QVERIFY(mine->put(named("Old " + std::to_string(i))).ok());
        QCOMPARE(mine->list().size(), std::size_t(5));
        nats::JetStream jetStream(m_connection);
        QVERIFY(jetStream.deleteStream("KV_queries").ok());
        QCOMPARE(codeOf(mine->put(named("Lost"))), QStringLiteral("query.not-prepared"));
        QVERIFY(test::provision(m_connection));
        QVERIFY(mine->put(named("New")).ok());
        QTRY_VERIFY_WITH_TIMEOUT(only(*mine) && only(*mine)->name == "New", 20'000);
    }

    void outlivesTheServer()
    {
        const auto mine = follow(m_connection);
        QVERIFY(mine->put(named("Before")).ok());
        m_server->kill();
        QTRY_VERIFY(m_connection->state() != nats::State::Connected);
        QCOMPARE(mine->list().size(), std::size_t(1));
        QVERIFY(!mine->put(named("Meanwhile")).ok());
        QVERIFY(m_server->restart().ok());
        const auto colleague = test::connectTo(*m_server);
        QVERIFY(colleague);
        const auto theirs = follow(colleague);
        QVERIFY(theirs);
        QVERIFY(theirs->put(named("After")).ok());
        QTRY_COMPARE_WITH_TIMEOUT(mine->list().size(), std::size_t(2), 20'000);
    }

    void aProgramFindsThemHereAndThere()
    {
        const std::string file = newFile();
        QCOMPARE(codeOf(findSaved(file, m_connection, Subjects(), {}, "Hot")),
                 QStringLiteral("query.unknown"));
        QVERIFY(!QFile::exists(QString::fromStdString(file)));
        const auto here = local(file);
        const SavedQuery mine = here->put(named("Mine"))->query;
        const SavedQuery ours = follow(m_connection)->put(named("Ours"))->query;
        QVERIFY(*findSaved(file, m_connection, Subjects(), {}, "mine") == mine);
        QVERIFY(*findSaved(file, m_connection, Subjects(), {}, "ours") == ours);
        QVERIFY(*findSaved({}, m_connection, Subjects(), {}, ours.id) == ours);
        QCOMPARE(codeOf(findSaved({}, m_connection, Subjects(), {}, "Mine")),
                 QStringLiteral("query.unknown"));
        QVERIFY(here->put(named("Ours")).ok());
        QCOMPARE(codeOf(findSaved(file, m_connection, Subjects(), {}, "Ours")),
                 QStringLiteral("query.ambiguous"));
        QVERIFY(findSaved(file, nullptr, Subjects(), {}, "Ours").ok());

        QVERIFY(nats::JetStream(m_connection).deleteStream("KV_queries").ok());
        QVERIFY(*findSaved(file, m_connection, Subjects(), {}, "Mine") == mine);
        QCOMPARE(codeOf(findSaved(file, m_connection, Subjects(), {}, "Hot")),
                 QStringLiteral("query.not-prepared"));
    }

    void aProgramLeavesADamagedFileToTheDashboard()
    {
        const std::string file = newFile();
        QFile damaged(QString::fromStdString(file));
        QVERIFY(damaged.open(QIODevice::WriteOnly));
        damaged.write(QByteArray(9000, 'x'));
        damaged.close();
        QCOMPARE(codeOf(findSaved(file, nullptr, Subjects(), {}, "Hot")), QStringLiteral("store.damaged"));
        QVERIFY(damaged.open(QIODevice::ReadOnly));
        QCOMPARE(damaged.readAll(), QByteArray(9000, 'x'));
    }

    void aFleetsKeyHasNoPasswordInIt()
    {
        nats::ConnectOptions options;
        options.servers = {"nats://ann:secret@127.0.0.1:" + std::to_string(m_server->port())};
        auto connection = nats::Connection::open(options);
        QVERIFY(connection.ok());
        const std::string key = fleetKey(**connection, Subjects(), "hub");
        QVERIFY(key.find("secret") == std::string::npos);
        QVERIFY(key.find("127.0.0.1") != std::string::npos);
        QVERIFY(key != fleetKey(**connection, *Subjects::withRoot("acme"), "hub"));
        QVERIFY(key != fleetKey(**connection, Subjects(), ""));
    }
};

QTEST_GUILESS_MAIN(TestSavedQueries)
#include "tst_saved_queries.moc"
