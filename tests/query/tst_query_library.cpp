// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/query_library.h"
#include "query/saved_queries.h"
#include "support/fleet.h"

#include <QAbstractItemModelTester>
#include <QDateTime>
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

using namespace muster;

class TestQueryLibrary : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    int m_files = 0;
    std::unique_ptr<nats::LocalServer> m_server;

    QString newFile() { return m_folder.filePath(QStringLiteral("%1.db").arg(++m_files)); }

    static query::Composition asking(const std::string &where)
    {
        query::Composition composition;
        composition.where = where;
        return composition;
    }

    /// A library that follows the server's account, as a dashboard has it.
    struct Desk {
        QueryLibrary library;
        std::unique_ptr<QAbstractItemModelTester> tester = std::make_unique<QAbstractItemModelTester>(
            &library, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QSignalSpy saved{&library, &QueryLibrary::saved};
        QSignalSpy removed{&library, &QueryLibrary::removed};
        QSignalSpy failed{&library, &QueryLibrary::failed};
        QSignalSpy conflict{&library, &QueryLibrary::conflict};

        explicit Desk(const QString &file) : library(file) {}
        bool join(const nats::LocalServer &server, const QString &name)
        {
            library.setLink(test::connectTo(server), Subjects(), {}, name);
            library.setLinkUp(true);
            return QTest::qWaitFor([this] { return library.canShare(); }, 10'000);
        }
        /// The id under which it was saved; empty when it was not.
        QString save(const QString &id, const char *name, bool shared, const std::string &where)
        {
            const qsizetype before = saved.count();
            library.save(id, QString::fromUtf8(name), shared, asking(where));
            return QTest::qWaitFor([&] { return saved.count() > before; }, 10'000)
                       ? saved.last().first().toString()
                       : QString();
        }
        QString names() const
        {
            QStringList all;
            for (int row = 0; row < library.rowCount(); ++row)
                all.append(at(row, QueryLibrary::NameRole).toString());
            return all.join(QStringLiteral(", "));
        }
        QVariant at(int row, int role) const { return library.data(library.index(row), role); }
        std::string where(const QString &id) const
        {
            const auto composition = library.composition(id);
            return composition ? composition->where : "none";
        }
    };

private Q_SLOTS:
    void init()
    {
        m_server = test::startServer(true);
        QVERIFY(m_server);
        const auto connection = test::connectTo(*m_server);
        QVERIFY(connection && test::provision(connection));
    }
    void cleanup() { m_server.reset(); }

    void localOnesAreSavedChangedRenamedAndRemoved()
    {
        const QString file = newFile();
        {
            Desk desk(file);
            QVERIFY(!desk.library.canShare());
            QVERIFY(!desk.library.cannotShareReason().isEmpty());
            const QString b = desk.save({}, " b ", false, "x = 1");
            const QString a = desk.save({}, "A", false, "x = 2");
            QCOMPARE(desk.names(), QStringLiteral("A, b"));
            QCOMPARE(desk.library.count(), 2);
            QCOMPARE(desk.library.idOfName(QStringLiteral("b"), false), b);
            QVERIFY(desk.library.idOfName(QStringLiteral("b"), true).isEmpty());
            QCOMPARE(desk.library.nameOf(a), QStringLiteral("A"));
            QVERIFY(!desk.library.isShared(a));
            QCOMPARE(desk.at(1, QueryLibrary::DetailRole).toString(), QStringLiteral("x = 1"));
            QVERIFY(desk.at(0, QueryLibrary::AtRole).toDateTime().secsTo(QDateTime::currentDateTime()) < 60);
            QVERIFY(!desk.at(0, QueryLibrary::AsOfRole).isValid());

            QCOMPARE(desk.save(b, "b", false, "x = 3"), b);
            QCOMPARE(desk.where(b), std::string("x = 3"));
            desk.library.rename(b, QStringLiteral("0"));
            QTRY_COMPARE(desk.names(), QStringLiteral("0, A"));
            QCOMPARE(desk.where(b), std::string("x = 3"));
            desk.library.remove(a);
            QTRY_COMPARE(desk.removed.count(), 1);
            QCOMPARE(desk.removed.first().first().toString(), a);
            QCOMPARE(desk.names(), QStringLiteral("0"));
            QCOMPARE(desk.failed.count(), 0);
            QCOMPARE(desk.conflict.count(), 0);
        }
        Desk again(file);
        QTRY_COMPARE(again.names(), QStringLiteral("0"));
    }

    void manySavesInARowAreOnesOwn()
    {
        Desk desk(newFile());
        QVERIFY(desk.join(*m_server, QStringLiteral("ann")));
        for (const bool shared : {false, true}) {
            const QString id = desk.save({}, "Mine", shared, "x = 0");
            const qsizetype before = desk.saved.count();
            for (int i = 1; i <= 5; ++i) // none waits for the one before
                desk.library.save(id, QStringLiteral("Mine"), shared, asking("x = " + std::to_string(i)));
            QTRY_COMPARE(desk.saved.count(), before + 5);
            QCOMPARE(desk.conflict.count(), 0);
            QCOMPARE(desk.where(id), std::string("x = 5"));
        }
    }

    void whatIsWrongIsSaid()
    {
        Desk desk(newFile());
        desk.library.save({}, QStringLiteral("  "), false, asking("x"));
        QCOMPARE(desk.failed.count(), 1);
        QVERIFY(!desk.library.problem().isEmpty());
        desk.library.save({}, QStringLiteral("Ours"), true, asking("x"));
        QCOMPARE(desk.failed.count(), 2);
        QCOMPARE(desk.library.problem(), desk.library.cannotShareReason());
        QVERIFY(!desk.save({}, "Mine", false, "x").isEmpty());
        QVERIFY(desk.library.problem().isEmpty());

        const QString notAFolder = newFile();
        QFile taken(notAFolder);
        QVERIFY(taken.open(QIODevice::WriteOnly));
        Desk without(notAFolder + QStringLiteral("/below.db"));
        QTRY_VERIFY(without.library.problem().contains(notAFolder));
    }

    void aDamagedFileIsSetAsideAndSaid()
    {
        const QString file = newFile();
        QFile damaged(file);
        QVERIFY(damaged.open(QIODevice::WriteOnly));
        damaged.write(QByteArray(9000, 'x'));
        damaged.close();
        Desk desk(file);
        QTRY_VERIFY(desk.library.problem().contains(QStringLiteral(".damaged-")));
        QVERIFY(!desk.save({}, "New", false, "x").isEmpty());
    }

    void colleaguesShare()
    {
        Desk ann(newFile());
        Desk bob(newFile());
        QVERIFY(ann.join(*m_server, QStringLiteral("ann")));
        QVERIFY(bob.join(*m_server, QStringLiteral("bob")));
        QVERIFY(ann.library.cannotShareReason().isEmpty());
        QVERIFY(!ann.save({}, "Mine", false, "x = 1").isEmpty());
        const QString id = ann.save({}, "Ours", true, "x = 2");
        QVERIFY(!id.isEmpty());
        QTRY_COMPARE(bob.names(), QStringLiteral("Ours"));
        QVERIFY(bob.library.isShared(id));
        QCOMPARE(bob.at(0, QueryLibrary::ByRole).toString(), QStringLiteral("ann"));
        QVERIFY(!bob.at(0, QueryLibrary::AsOfRole).isValid());
        QCOMPARE(bob.where(id), std::string("x = 2"));

        bob.library.rename(id, QStringLiteral("All of ours"));
        QTRY_COMPARE(ann.names(), QStringLiteral("All of ours, Mine"));
        QCOMPARE(ann.at(0, QueryLibrary::ByRole).toString(), QStringLiteral("bob"));
        ann.library.remove(id);
        QTRY_COMPARE(bob.library.count(), 0);
        QCOMPARE(ann.conflict.count() + bob.conflict.count() + ann.failed.count() + bob.failed.count(), 0);
    }

    void onConflictTheirsIsShownAndNothingOverwritten()
    {
        Desk ann(newFile());
        Desk bob(newFile());
        QVERIFY(ann.join(*m_server, QStringLiteral("ann")));
        QVERIFY(bob.join(*m_server, QStringLiteral("bob")));
        const QString id = ann.save({}, "Ours", true, "x = 1");
        QTRY_COMPARE(bob.library.count(), 1);
        QCOMPARE(bob.where(id), std::string("x = 1")); // bob begins to change it
        QCOMPARE(ann.save(id, "Ours", true, "x = 2"), id);
        // By now he has been told, but what he typed is based on what he read.
        QTRY_COMPARE(bob.at(0, QueryLibrary::DetailRole).toString(), QStringLiteral("x = 2"));
        bob.library.save(id, QStringLiteral("Ours"), true, asking("x = 3"));
        QTRY_COMPARE(bob.conflict.count(), 1);
        QCOMPARE(bob.conflict.first().first().toString(), id);
        QCOMPARE(bob.saved.count(), 0);
        QCOMPARE(bob.at(0, QueryLibrary::DetailRole).toString(), QStringLiteral("x = 2"));
        QCOMPARE(ann.where(id), std::string("x = 2"));
        // He has seen theirs, and decides for his own.
        QCOMPARE(bob.save(id, "Ours", true, "x = 3"), id);
        QTRY_COMPARE(ann.at(0, QueryLibrary::DetailRole).toString(), QStringLiteral("x = 3"));

        // Ann, who has read x = 2, finds that bob removed it.
        QCOMPARE(bob.where(id), std::string("x = 3"));
        bob.library.remove(id);
        QTRY_COMPARE(ann.library.count(), 0);
        ann.library.save(id, QStringLiteral("Ours"), true, asking("x = 4"));
        QTRY_COMPARE(ann.conflict.count(), 1);
        QCOMPARE(ann.library.count(), 0);
        QCOMPARE(ann.save(id, "Ours", true, "x = 4"), id); // once more: it is wanted all the same
        QTRY_COMPARE(bob.library.count(), 1);
    }

    void aRenameIsNoLicenceToOverwrite()
    {
        Desk ann(newFile());
        Desk bob(newFile());
        QVERIFY(ann.join(*m_server, QStringLiteral("ann")));
        QVERIFY(bob.join(*m_server, QStringLiteral("bob")));
        const QString id = ann.save({}, "Ours", true, "x = 1");
        QTRY_COMPARE(bob.library.count(), 1);
        QCOMPARE(bob.where(id), std::string("x = 1"));
        QCOMPARE(ann.save(id, "Ours", true, "x = 2"), id);
        QTRY_COMPARE(bob.at(0, QueryLibrary::DetailRole).toString(), QStringLiteral("x = 2"));
        bob.library.rename(id, QStringLiteral("Renamed")); // what ann wrote, as he sees it
        QTRY_COMPARE(ann.names(), QStringLiteral("Renamed"));
        QTRY_COMPARE(bob.saved.count(), 1);
        bob.library.save(id, QStringLiteral("Renamed"), true, asking("x = 3")); // based on x = 1
        QTRY_COMPARE(bob.conflict.count(), 1);
        QCOMPARE(ann.where(id), std::string("x = 2"));
    }

    void twoMustersShareAFile()
    {
        const QString file = newFile();
        Desk one(file);
        Desk other(file);
        const QString id = one.save({}, "Mine", false, "x = 1");
        QTRY_COMPARE_WITH_TIMEOUT(other.names(), QStringLiteral("Mine"), 15'000);
        QCOMPARE(other.where(id), std::string("x = 1"));
        QCOMPARE(one.save(id, "Mine", false, "x = 2"), id);
        other.library.save(id, QStringLiteral("Mine"), false, asking("x = 3"));
        QTRY_COMPARE(other.conflict.count(), 1);
        QCOMPARE(other.where(id), std::string("x = 2"));
        QCOMPARE(other.save(id, "Mine", false, "x = 3"), id);
        QTRY_COMPARE_WITH_TIMEOUT(one.at(0, QueryLibrary::DetailRole).toString(), QStringLiteral("x = 3"),
                                  15'000);
    }

    void aQueryMovesToTheAccountAndBack()
    {
        Desk ann(newFile());
        Desk bob(newFile());
        QVERIFY(ann.join(*m_server, QStringLiteral("ann")));
        QVERIFY(bob.join(*m_server, QStringLiteral("bob")));
        const QString id = ann.save({}, "Mine", false, "x = 1");
        QCOMPARE(ann.save(id, "Ours", true, "x = 1"), id);
        QTRY_COMPARE(bob.names(), QStringLiteral("Ours"));
        QTRY_COMPARE(ann.names(), QStringLiteral("Ours"));
        QVERIFY(ann.library.isShared(id));
        const QString back = ann.save(id, "Mine again", false, "x = 2");
        QVERIFY(!back.isEmpty() && back != id);
        QTRY_COMPARE(bob.library.count(), 0);
        QTRY_COMPARE(ann.names(), QStringLiteral("Mine again"));
        QVERIFY(!ann.library.isShared(back));
        QCOMPARE(ann.failed.count(), 0);
    }

    void sharedOnesAreThereWithoutALink()
    {
        const QString file = newFile();
        QString id;
        {
            Desk desk(file);
            QVERIFY(desk.join(*m_server, QStringLiteral("ann")));
            id = desk.save({}, "Ours", true, "x = 1");
            desk.library.setLinkUp(false);
            QVERIFY(!desk.library.canShare());
            QCOMPARE(desk.names(), QStringLiteral("Ours"));
            QVERIFY(desk.at(0, QueryLibrary::AsOfRole).toDateTime().isValid());
            desk.library.save(id, QStringLiteral("Ours"), true, asking("x = 2"));
            QCOMPARE(desk.failed.count(), 1);
            desk.library.remove(id);
            QCOMPARE(desk.failed.count(), 2);
            desk.library.setLinkUp(true);
            QVERIFY(!desk.at(0, QueryLibrary::AsOfRole).isValid());
        }
        {
            Desk offline(file); // not connected to anything
            QTRY_COMPARE(offline.names(), QStringLiteral("Ours"));
            QVERIFY(offline.library.isShared(id));
            QCOMPARE(offline.where(id), std::string("x = 1"));
            const QDateTime asOf = offline.at(0, QueryLibrary::AsOfRole).toDateTime();
            QVERIFY(asOf.isValid() && asOf.secsTo(QDateTime::currentDateTime()) < 60);
        }
        // Another fleet's are not these.
        const auto other = test::startServer(true);
        QVERIFY(other && test::provision(test::connectTo(*other)));
        Desk elsewhere(file);
        QTRY_COMPARE(elsewhere.library.count(), 1);
        QVERIFY(elsewhere.join(*other, QStringLiteral("ann")));
        QTRY_COMPARE(elsewhere.library.count(), 0);
        QVERIFY(!elsewhere.save({}, "Theirs", true, "x = 9").isEmpty());
        // And back.
        QVERIFY(elsewhere.join(*m_server, QStringLiteral("ann")));
        QTRY_COMPARE(elsewhere.names(), QStringLiteral("Ours"));
        elsewhere.library.setLink(nullptr, Subjects(), {}, {});
        QCOMPARE(elsewhere.names(), QStringLiteral("Ours"));
        QVERIFY(elsewhere.at(0, QueryLibrary::AsOfRole).isValid());
    }

    void anAccountThatIsNotPrepared()
    {
        const auto connection = test::connectTo(*m_server);
        QVERIFY(nats::JetStream(connection).deleteStream("KV_queries").ok());
        Desk desk(newFile());
        desk.library.setLink(connection, Subjects(), {}, QStringLiteral("ann"));
        desk.library.setLinkUp(true);
        QTRY_VERIFY(desk.library.cannotShareReason().contains(QStringLiteral("musterctl setup")));
        QVERIFY(!desk.library.canShare());
        QVERIFY(!desk.save({}, "Mine", false, "x").isEmpty());
        // Prepared, it is found when the link comes back at the latest.
        QVERIFY(test::provision(connection));
        desk.library.setLinkUp(false);
        desk.library.setLinkUp(true);
        QTRY_VERIFY(desk.library.canShare());
    }

    void hostileEntriesAreCounted()
    {
        const auto connection = test::connectTo(*m_server);
        nats::KeyValue bucket(nats::JetStream(connection), "queries");
        QVERIFY(bucket.put("rubbish", "rubbish").ok());
        QVERIFY(bucket
                    .put("01HZZZZZZZZZZZZZZZZZZZZZZZ",
                         "{\"v\":1,\"name\":\"<b>x\",\"by\":\"a\\u202eb\\nc\",\"query\":{\"v\":1,\"where\":"
                         "\"a\\u202e\\u0007\"}}")
                    .ok());
        Desk desk(newFile());
        QVERIFY(desk.join(*m_server, QStringLiteral("ann")));
        QTRY_COMPARE(desk.library.skippedCount(), 1);
        QCOMPARE(desk.library.count(), 1);
        for (const int role : {QueryLibrary::ByRole, QueryLibrary::DetailRole}) {
            const QString text = desk.at(0, role).toString();
            QVERIFY(!text.contains(QChar(0x202E)) && !text.contains(QLatin1Char('\n')) &&
                    !text.contains(QChar(7)));
        }
    }

    void theGuiNeverWaits()
    {
        const auto connection = test::connectTo(*m_server);
        Desk desk(newFile());
        desk.tester.reset(); // looks at every row for each that changes
        QVERIFY(desk.join(*m_server, QStringLiteral("ann")));
        for (int i = 0; i < 500; ++i)
            QVERIFY(connection
                        ->publish("$KV.queries." +
                                      QString::asprintf("01HZZZZZZZZZZZZZZZZZZZZ%03d", i).toStdString(),
                                  "{\"v\":1,\"name\":\"Q" + std::to_string(i) + "\",\"query\":{\"v\":1}}")
                        .ok());
        QTRY_COMPARE(desk.library.count(), 500);
        m_server->kill(); // nobody answers any more, and nobody has said so yet
        QElapsedTimer timer;
        timer.start();
        desk.library.save({}, QStringLiteral("Ours"), true, asking("x"));
        desk.library.save({}, QStringLiteral("Mine"), false, asking("x"));
        desk.library.setLinkUp(false);
        desk.library.setLink(nullptr, Subjects(), {}, {});
        QVERIFY2(timer.elapsed() < 500, qPrintable(QString::number(timer.elapsed())));
        QTRY_COMPARE_WITH_TIMEOUT(desk.failed.count(), 1, 15'000);
        QTRY_COMPARE(desk.saved.count(), 1);
    }

    void whatAQuestionIsInOneLine()
    {
        query::Composition c;
        QCOMPARE(questionText(c), QStringLiteral("all devices"));
        c.scopes = {{query::Scope::Kind::Site, {}, "lisbon", {}},
                    {query::Scope::Kind::Label, "os", "linux", {}}};
        c.where = "x = 1";
        QCOMPARE(questionText(c), QStringLiteral("site lisbon \u00B7 os linux \u00B7 x = 1"));
        c.where = std::string(5000, 'x');
        QCOMPARE(questionText(c).size(), qsizetype(200));
        c.source = query::Source::Services;
        QCOMPARE(questionText(c), QStringLiteral("all services"));
        c.service = "thumbs";
        QCOMPARE(questionText(c), QStringLiteral("service thumbs"));
        c.source = query::Source::Subject;
        c.subject = "jobs.>";
        QCOMPARE(questionText(c), QStringLiteral("jobs.>"));
    }
};

QTEST_GUILESS_MAIN(TestQueryLibrary)
#include "tst_query_library.moc"
