// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/database.h"
#include "store/migrations.h"

#include <QTemporaryDir>
#include <QtTest>

#include <sqlite3.h>

#include <atomic>
#include <thread>

using namespace muster;
using namespace muster::store;

class TestDatabase : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    int m_files = 0;

    QString newFile() { return m_folder.filePath(QStringLiteral("%1/muster.db").arg(++m_files)); }

    static std::unique_ptr<Database> opened(const QString &file)
    {
        Result<std::unique_ptr<Database>> database = Database::open(file.toStdString());
        if (!database)
            qWarning("%s: %s", database.error().code.c_str(), database.error().message.c_str());
        return database ? std::move(*database) : nullptr;
    }
    static QString codeOf(const QString &file)
    {
        const Result<std::unique_ptr<Database>> database = Database::open(file.toStdString());
        if (database)
            return QStringLiteral("ok");
        // What is said names the file, and what to do.
        return QString::fromStdString(database.error().message).contains(file) &&
                       !database.error().remedy.empty()
                   ? QString::fromStdString(database.error().code)
                   : QString::fromStdString(database.error().message);
    }
    static std::int64_t number(Database &database, const char *sql)
    {
        Result<Statement> statement = database.prepare(sql);
        return statement && statement->step() ? statement->integer(0) : -1;
    }
    static void write(const QString &path, const QByteArray &bytes)
    {
        QDir().mkpath(QFileInfo(path).path());
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(bytes), bytes.size());
    }
    static QByteArray read(const QString &path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    static QStringList setAside(const QString &file)
    {
        const QFileInfo info(file);
        return info.dir().entryList({info.fileName() + QStringLiteral(".damaged-*")}, QDir::Files);
    }
    static bool raw(const QString &file, const char *sql)
    {
        sqlite3 *handle = nullptr;
        const bool done = sqlite3_open(file.toUtf8().constData(), &handle) == SQLITE_OK &&
                          sqlite3_exec(handle, sql, nullptr, nullptr, nullptr) == SQLITE_OK;
        sqlite3_close(handle);
        return done;
    }
    static Status insert(Database &database, const std::string &id)
    {
        Result<Statement> statement =
            database.prepare("INSERT INTO saved_queries VALUES (?1, 'n', '{}', 'ann', 1, 1)");
        if (!statement)
            return statement.error();
        return statement->bind(1, std::string_view(id)).run();
    }

private Q_SLOTS:
    void beginsAFileAndFindsItAgain()
    {
        const QString file = newFile();
        {
            const auto database = opened(file);
            QVERIFY(database);
            QVERIFY(database->notice().empty());
            QCOMPARE(number(*database, "PRAGMA user_version"),
                     static_cast<std::int64_t>(migrations().size()));
            QCOMPARE(number(*database, "PRAGMA foreign_keys"), std::int64_t(1));
            QVERIFY(insert(*database, "one").ok());
            QCOMPARE(database->changes(), 1);
        }
        QCOMPARE(QFileInfo(file).permissions() & (QFile::ReadGroup | QFile::ReadOther | QFile::WriteOther),
                 QFile::Permissions());
        const auto again = opened(file);
        QVERIFY(again);
        QCOMPARE(number(*again, "SELECT count(*) FROM saved_queries"), std::int64_t(1));
    }

    void valuesComeBack()
    {
        const auto database = opened(newFile());
        QVERIFY(database);
        QVERIFY(database->execute("CREATE TEMP TABLE t (i INTEGER, r REAL, t TEXT, b BLOB)").ok());
        auto put = database->prepare("INSERT INTO t VALUES (?1, ?2, ?3, ?4)");
        QVERIFY(put.ok());
        const std::string bytes("\0\xff\0", 3);
        QVERIFY(put->bind(1, std::int64_t{-5})
                    .bind(2, 0.5)
                    .bind(3, std::string_view("ä'\""))
                    .bindBlob(4, bytes)
                    .run()
                    .ok());
        QVERIFY(put->bind(1, std::int64_t{6}).bind(3, std::string_view()).bindBlob(4, {}).run().ok());
        auto get = database->prepare("SELECT * FROM t ORDER BY i");
        QVERIFY(get.ok());
        QVERIFY(*get->step());
        QCOMPARE(get->integer(0), std::int64_t(-5));
        QCOMPARE(get->real(1), 0.5);
        QCOMPARE(get->text(2), std::string_view("ä'\""));
        QCOMPARE(get->text(3), std::string_view(bytes));
        QVERIFY(*get->step());
        QCOMPARE(get->text(2), std::string_view());
        QVERIFY(!*get->step());
        QVERIFY(!database->prepare("SELECT nothing FROM nowhere").ok());
        QVERIFY(!put->bind(9, std::int64_t{1}).run().ok());
        QVERIFY(put->run().ok()); // the mistake is told once
    }

    void whatIsNotCommittedIsUndone()
    {
        const auto database = opened(newFile());
        QVERIFY(database);
        {
            auto transaction = Transaction::begin(*database);
            QVERIFY(transaction.ok());
            QVERIFY(insert(*database, "one").ok());
        }
        QCOMPARE(number(*database, "SELECT count(*) FROM saved_queries"), std::int64_t(0));
        {
            auto transaction = Transaction::begin(*database);
            QVERIFY(insert(*database, "two").ok());
            QVERIFY(transaction->commit().ok());
        }
        QCOMPARE(number(*database, "SELECT count(*) FROM saved_queries"), std::int64_t(1));
    }

    void aLaterMustersFileIsRefusedAndLeftAlone()
    {
        const QString file = newFile();
        QVERIFY(opened(file));
        QVERIFY(raw(file, "PRAGMA user_version = 999; PRAGMA journal_mode = DELETE"));
        const QByteArray before = read(file);
        QCOMPARE(codeOf(file), QStringLiteral("store.newer"));
        QCOMPARE(read(file), before);
        QVERIFY(setAside(file).isEmpty());
    }

    void anotherProgramsFileIsRefusedAndLeftAlone()
    {
        const QString file = newFile();
        QDir().mkpath(QFileInfo(file).path());
        QVERIFY(raw(file, "CREATE TABLE mine (x); INSERT INTO mine VALUES (1)"));
        const QByteArray before = read(file);
        QCOMPARE(codeOf(file), QStringLiteral("store.foreign"));
        QCOMPARE(read(file), before);
    }

    void aDamagedFileIsMovedAside_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("no database") << QByteArray(8192, 'x');
        QTest::newRow("a head, then nothing")
            << QByteArray("SQLite format 3\0", 16) + QByteArray(4000, '\xff');
        QTest::newRow("short") << QByteArray("SQLite");
        const QString file = newFile();
        QVERIFY(opened(file));
        QVERIFY(raw(file, "PRAGMA journal_mode = DELETE"));
        QByteArray whole = read(file);
        whole.replace(100, 2000, QByteArray(2000, '\x5a')); // the schema
        QTest::newRow("a schema of garbage") << whole;
    }
    void aDamagedFileIsMovedAside()
    {
        QFETCH(QByteArray, bytes);
        const QString file = newFile();
        write(file, bytes);
        const auto database = opened(file);
        QVERIFY(database);
        QVERIFY(QString::fromStdString(database->notice()).contains(file));
        QVERIFY(insert(*database, "one").ok());
        const QStringList aside = setAside(file);
        QCOMPARE(aside.size(), 1);
        QCOMPARE(read(QFileInfo(file).dir().filePath(aside.first())), bytes);
        QVERIFY(QString::fromStdString(database->notice()).contains(aside.first()));
    }

    void anEmptyFileIsANewOne()
    {
        const QString file = newFile();
        write(file, {});
        const auto database = opened(file);
        QVERIFY(database);
        QVERIFY(database->notice().empty());
    }

    void whatCannotBeWrittenIsNamed()
    {
        const QString file = newFile();
        write(file, "a file");
        QCOMPARE(codeOf(file + QStringLiteral("/below/muster.db")), QStringLiteral("store.denied"));
        QCOMPARE(codeOf(QFileInfo(file).path()), QStringLiteral("store.denied")); // a folder
    }

    void manyBeginTheSameFileAtOnce()
    {
        const std::string file = newFile().toStdString();
        constexpr int programs = 8;
        constexpr int rows = 50;
        std::atomic<int> failures{0};
        std::vector<std::thread> threads;
        for (int p = 0; p < programs; ++p) {
            threads.emplace_back([&, p] {
                Result<std::unique_ptr<Database>> database = Database::open(file);
                if (!database) {
                    ++failures;
                    return;
                }
                for (int i = 0; i < rows; ++i) {
                    if (!insert(**database, std::to_string(p) + "/" + std::to_string(i)))
                        ++failures;
                }
            });
        }
        for (std::thread &thread : threads)
            thread.join();
        QCOMPARE(failures.load(), 0);
        const auto database = opened(QString::fromStdString(file));
        QCOMPARE(number(*database, "SELECT count(*) FROM saved_queries"), std::int64_t(programs * rows));
    }

    void oneSeesWhatAnotherWrote()
    {
        const QString file = newFile();
        const auto one = opened(file);
        const auto other = opened(file);
        QVERIFY(one && other);
        static_cast<void>(one->changedByOthers());
        QVERIFY(!one->changedByOthers());
        QVERIFY(insert(*one, "mine").ok());
        QVERIFY(!one->changedByOthers());
        QVERIFY(insert(*other, "theirs").ok());
        QVERIFY(one->changedByOthers());
        QVERIFY(!one->changedByOthers());
    }
};

QTEST_GUILESS_MAIN(TestDatabase)
#include "tst_database.moc"
