// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/run_history.h"
#include "store/database.h"
#include "store/migrations.h"
#include "table/columns.h"
#include "table/page.h"

#include <QElapsedTimer>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include <atomic>
#include <cstdio>
#include <numeric>
#include <thread>

using namespace muster;
using namespace muster::query;

namespace {

/// So many devices' answers, 12 columns with the key.
table::Table answers(std::size_t rows, int round = 0)
{
    table::Table made("device");
    table::Batch batch;
    std::string id;
    std::string fw;
    for (std::size_t i = 0; i < rows; ++i) {
        id = "device-" + std::to_string(i);
        fw = "1." + std::to_string(i % 7) + ".0";
        const std::vector<protocol::Field> row{
            {"outcome", "answered"},
            {"region", i % 3 == 0 ? "eu" : "us"},
            {"site", std::string_view(id).substr(0, 9)},
            {"fw", std::string_view(fw)},
            {"os", i % 2 == 0 ? "linux" : "zephyr"},
            {"cpu.pct", static_cast<double>(i % 1000) / 10},
            {"mem.free", static_cast<std::int64_t>(i * 4096)},
            {"uptime", static_cast<std::int64_t>(i + 1)},
            {"round", std::int64_t{round}},
            {"at", UtcTime{1'700'000'000'000'000 + static_cast<std::int64_t>(i)}},
            {"reply_ms", static_cast<std::int64_t>(i % 400)}};
        batch.append(id, row);
        if (batch.rowCount() == 8192)
            made.apply(batch);
    }
    made.apply(batch);
    return made;
}

RunRecord recordOf(const std::string &id, std::int64_t at)
{
    RunRecord record;
    record.id = id;
    record.at = UtcTime{at};
    record.fleet = "plant";
    record.name = "Hot";
    record.question.where = "cpu.pct > 90";
    record.tally.counts = {371, 12, 3, 9, 14, 0};
    record.tally.unexpected = 1;
    record.tally.outside = 2;
    record.tally.late = 3;
    record.tally.duplicates = 4;
    record.tally.rejected = 5;
    record.rejected = {{{protocol::Rejection::BadId, "\"a b\" is no id"}, UtcTime{at + 1}},
                       {{protocol::Rejection::Oversize, "70,000 bytes \xff"}, UtcTime{at + 2}}};
    record.seconds = 2.5;
    record.cancelled = true;
    record.round = 7;
    record.problem = "The link was down.";
    return record;
}

std::unique_ptr<RunHistory> opened(const std::string &file, RunHistory::Limits limits = {})
{
    auto history = RunHistory::open(file, limits);
    if (!history)
        qWarning("%s", history.error().message.c_str());
    return history ? std::move(*history) : nullptr;
}

/// What the test starts and kills: keeps runs until it is killed, and says when each is kept.
int keepRuns(const std::string &file)
{
    const auto history = opened(file);
    const table::Table results = answers(60'000);
    for (int i = 1;
         history && history->keep(recordOf("run-" + std::to_string(i), i), results.snapshot().get()); ++i) {
        std::printf("%d\n", i);
        std::fflush(stdout);
    }
    return 1;
}

} // namespace

class TestRunHistory : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    int m_files = 0;

    std::string newFile() { return m_folder.filePath(QStringLiteral("%1.db").arg(++m_files)).toStdString(); }

    template <typename R>
    static QString codeOf(const R &result)
    {
        return result.ok() ? QStringLiteral("ok") : QString::fromStdString(result.error().code);
    }
    static QString ids(RunHistory &history)
    {
        QStringList all;
        if (const auto list = history.list(1000)) {
            for (const RunRecord &record : *list)
                all.append(QString::fromStdString(record.id) +
                           (record.resultsKept ? QStringLiteral(" kept") : QString()));
        }
        return all.join(QStringLiteral(", "));
    }
    static std::int64_t pageCount(const std::string &file)
    {
        auto database = store::Database::open(file);
        if (!database)
            return -1;
        auto count = (*database)->prepare("SELECT count(*) FROM run_pages");
        return count && count->step() ? count->integer(0) : -1;
    }

private Q_SLOTS:
    void aRunComesBackWithItsResults()
    {
        const std::string file = newFile();
        table::Table results = answers(20'000);
        table::Batch batch;
        batch.remove("device-7"); // a hole in the rows
        batch.set("device-8", "odd", "n/a");
        results.apply(batch);
        RunRecord kept;
        {
            const auto history = opened(file);
            const auto record = history->keep(recordOf("one", 1000), results.snapshot().get());
            QVERIFY(record.ok());
            kept = *record;
            QVERIFY(kept.resultsKept);
            QCOMPARE(kept.rows, std::int64_t(19'999));
            QVERIFY(kept.bytes > 0);
        }
        const auto history = opened(file);
        auto run = history->load("one");
        QVERIFY2(run.ok(), run.ok() ? "" : run.error().message.c_str());
        const RunRecord &back = run->record;
        const RunRecord asked = recordOf("one", 1000);
        QCOMPARE(back.at.micros, asked.at.micros);
        QCOMPARE(back.fleet, asked.fleet);
        QCOMPARE(back.name, asked.name);
        QVERIFY(back.question == asked.question);
        QVERIFY(back.tally.counts == asked.tally.counts);
        QCOMPARE(back.tally.unexpected, std::int64_t(1));
        QCOMPARE(back.tally.outside, std::int64_t(2));
        QCOMPARE(back.tally.late, std::int64_t(3));
        QCOMPARE(back.tally.duplicates, std::int64_t(4));
        QCOMPARE(back.tally.rejected, std::int64_t(5));
        QCOMPARE(back.seconds, asked.seconds);
        QVERIFY(back.cancelled);
        QCOMPARE(back.round, 7);
        QCOMPARE(back.rejected.size(), std::size_t(2));
        QVERIFY(back.rejected[0].reject.why == protocol::Rejection::BadId);
        QCOMPARE(back.rejected[0].reject.detail, std::string("\"a b\" is no id"));
        QCOMPARE(back.rejected[0].at.micros, std::int64_t(1001));
        QVERIFY(back.rejected[1].reject.why == protocol::Rejection::Oversize);
        QCOMPARE(back.rejected[1].reject.detail, std::string("70,000 bytes \xEF\xBF\xBD"));
        QVERIFY(history->list(1)->front().rejected.empty());
        QCOMPARE(back.problem, asked.problem);
        QCOMPARE(back.rows, kept.rows);
        QCOMPARE(back.bytes, kept.bytes);

        QCOMPARE(run->table.rowCount(), results.rowCount());
        QCOMPARE(run->table.columnCount(), results.columnCount());
        for (table::ColumnIndex c = 0; c < results.columnCount(); ++c) {
            QCOMPARE(run->table.columnName(c), results.columnName(c)); // the same order
            QCOMPARE(run->table.columnType(c), results.columnType(c));
            for (table::RowId row = 0; row < results.rowLimit(); ++row) {
                if (results.isLive(row) &&
                    results.cell(row, c) != run->table.cell(run->table.find(results.key(row)), c))
                    QFAIL(results.columnName(c).c_str());
            }
        }
    }

    /// As the first version wrote it.
    void anOldFileIsReadOn()
    {
        const std::string file = newFile();
        const table::Table results = answers(100);
        const auto snapshot = results.snapshot();
        std::vector<table::RowId> rows(100);
        std::iota(rows.begin(), rows.end(), table::RowId{0});
        std::string columns = "[";
        for (const table::Column &column : snapshot->columns)
            columns += (columns.size() > 1 ? ",[\"" : "[\"") + column.name + "\"," +
                       std::to_string(static_cast<int>(column.type)) + "]";
        {
            auto database = store::Database::open(file);
            QVERIFY(database.ok());
            QVERIFY((*database)
                        ->execute("DROP TABLE run_pages; DROP TABLE runs; DROP TABLE shared_queries;"
                                  "DROP TABLE fleets; DROP TABLE saved_queries; PRAGMA user_version = 1")
                        .ok());
            QVERIFY((*database)->execute(std::string(store::migrations()[0]).c_str()).ok());
            auto run = (*database)->prepare("INSERT INTO runs VALUES ('old', 5, 'plant', 'Hot', "
                                            "'{\"v\":1,\"watchSeconds\":5}', '{\"rejected\":2}', 1.5, 1, '', "
                                            "100, 1, 9, ?1)");
            QVERIFY(run.ok());
            QVERIFY(run->bind(1, std::string_view(columns + "]")).run().ok());
            auto page = (*database)->prepare("INSERT INTO run_pages VALUES ('old', 0, ?1)");
            const std::string data = table::encodePage(*snapshot, rows);
            QVERIFY(page->bindBlob(1, data).run().ok());
        }
        const auto history = opened(file);
        QVERIFY(history);
        QVERIFY(history->notice().empty());
        const auto old = history->load("old");
        QVERIFY2(old.ok(), old.ok() ? "" : old.error().message.c_str());
        QCOMPARE(old->table.rowCount(), std::size_t(100));
        QVERIFY(old->record.cancelled);
        QCOMPARE(old->record.round, 0);
        QCOMPARE(old->record.tally.rejected, std::int64_t(2));
        QVERIFY(old->record.rejected.empty());
        QVERIFY(history->keep(recordOf("new", 6), snapshot.get()).ok());
        QCOMPARE(ids(*history), QStringLiteral("new kept, old kept"));
        QCOMPARE(history->load("new")->record.round, 7);
    }

    void anEmptyRunAndOneWithoutResults()
    {
        const auto history = opened(newFile());
        const table::Table none("service");
        QVERIFY(history->keep(recordOf("empty", 1), none.snapshot().get()).ok());
        auto run = history->load("empty");
        QVERIFY(run.ok());
        QCOMPARE(run->table.rowCount(), std::size_t(0));
        QCOMPARE(run->table.columnName(0), std::string("service"));
        const auto without = history->keep(recordOf({}, 2), nullptr);
        QVERIFY(without.ok() && !without->resultsKept && !without->id.empty());
        QCOMPARE(codeOf(history->load(without->id)), QStringLiteral("history.no-results"));
        QCOMPARE(codeOf(history->load("nothing")), QStringLiteral("history.unknown"));
    }

    void newestFirstAndReplacedAndRemoved()
    {
        const std::string file = newFile();
        const auto history = opened(file);
        const table::Table few = answers(10);
        const table::Table more = answers(30, 1);
        QVERIFY(history->keep(recordOf("b", 2), few.snapshot().get()).ok());
        QVERIFY(history->keep(recordOf("a", 1), few.snapshot().get()).ok());
        QVERIFY(history->keep(recordOf("c", 3), few.snapshot().get()).ok());
        QCOMPARE(ids(*history), QStringLiteral("c kept, b kept, a kept"));
        QCOMPARE(history->list(2)->size(), std::size_t(2));
        // The silent were asked again: the same run, with more in it.
        QVERIFY(history->keep(recordOf("b", 2), more.snapshot().get()).ok());
        QCOMPARE(history->load("b")->table.rowCount(), std::size_t(30));
        QCOMPARE(ids(*history), QStringLiteral("c kept, b kept, a kept"));
        QVERIFY(history->remove("a").ok());
        QVERIFY(history->remove("a").ok());
        QCOMPARE(ids(*history), QStringLiteral("c kept, b kept"));
        QVERIFY(history->clear().ok());
        QVERIFY(ids(*history).isEmpty());
        QCOMPARE(pageCount(file), std::int64_t(0));
    }

    void resultsOfTheOldestGoFirst()
    {
        const std::string file = newFile();
        const table::Table results = answers(1000);
        RunHistory::Limits limits;
        limits.runsWithResults = 3;
        limits.runs = 5;
        {
            const auto history = opened(file, limits);
            for (int i = 1; i <= 7; ++i)
                QVERIFY(history->keep(recordOf(std::to_string(i), i), results.snapshot().get()).ok());
            QCOMPARE(ids(*history), QStringLiteral("7 kept, 6 kept, 5 kept, 4, 3"));
            QCOMPARE(codeOf(history->load("4")), QStringLiteral("history.no-results"));
            QVERIFY(history->load("5").ok());
            QCOMPARE(pageCount(file), std::int64_t(3));
            auto database = store::Database::open(file);
            auto count = (*database)->prepare("SELECT count(*) FROM runs WHERE rejected <> ''");
            QVERIFY(*count->step());
            QCOMPARE(count->integer(0), std::int64_t(3)); // they go with the results
        }
        const std::int64_t one = opened(file)->list(1)->front().bytes;
        limits.resultBytes = one * 2 + one / 2;
        const auto history = opened(file, limits);
        QVERIFY(history->keep(recordOf("8", 8), results.snapshot().get()).ok());
        QCOMPARE(ids(*history), QStringLiteral("8 kept, 7 kept, 6, 5, 4"));
        // One that is too large alone takes nothing away from the others.
        const table::Table large = answers(5000);
        const auto tooLarge = history->keep(recordOf("9", 9), large.snapshot().get());
        QVERIFY(tooLarge.ok());
        QVERIFY(!tooLarge->resultsKept);
        QCOMPARE(tooLarge->rows, std::int64_t(5000));
        QCOMPARE(ids(*history), QStringLiteral("9, 8 kept, 7 kept, 6, 5"));
        QCOMPARE(pageCount(file), std::int64_t(2));
    }

    void damagedResultsAreRefused()
    {
        const std::string file = newFile();
        const auto history = opened(file);
        const table::Table results = answers(20'000);
        for (const char *id : {"flipped", "missing", "columns", "whole"})
            QVERIFY(history->keep(recordOf(id, 1), results.snapshot().get()).ok());
        auto database = store::Database::open(file);
        QVERIFY((*database)
                    ->execute("UPDATE run_pages SET data = CAST(substr(data, 1, 1000) || x'00' || "
                              "substr(data, 1002) AS "
                              "BLOB) WHERE run = 'flipped' AND page = 1;"
                              "DELETE FROM run_pages WHERE run = 'missing' AND page = 1;"
                              "UPDATE runs SET columns = '[[1]]' WHERE id = 'columns';"
                              "UPDATE runs SET question = '{', tally = '[]' WHERE id = 'whole'")
                    .ok());
        QCOMPARE(codeOf(history->load("flipped")), QStringLiteral("history.damaged"));
        QCOMPARE(codeOf(history->load("missing")), QStringLiteral("history.damaged"));
        QCOMPARE(codeOf(history->load("columns")), QStringLiteral("history.damaged"));
        // Where only the question cannot be read, the results can.
        QVERIFY(history->load("whole").ok());
        QCOMPARE(history->list(10)->size(), std::size_t(4));
    }

    void severalMustersShareAFile()
    {
        const std::string file = newFile();
        std::vector<std::thread> programs;
        programs.reserve(4);
        std::atomic<int> failures{0};
        for (int p = 0; p < 4; ++p) {
            programs.emplace_back([&, p] {
                const auto history = opened(file);
                const table::Table results = answers(20'000, p);
                for (int i = 0; i < 5; ++i) {
                    const std::string id = std::to_string(p) + "-" + std::to_string(i);
                    if (!history || !history->keep(recordOf(id, i), results.snapshot().get()) ||
                        !history->load(id))
                        ++failures;
                }
            });
        }
        for (std::thread &program : programs)
            program.join();
        QCOMPARE(failures.load(), 0);
        QCOMPARE(opened(file)->list(100)->size(), std::size_t(20));
    }

    void aKilledMusterLeavesNoHalfRun()
    {
        const std::string file = newFile();
        int kept = 0;
        for (int attempt = 0; attempt < 4; ++attempt) {
            QProcess child;
            child.setProcessChannelMode(QProcess::ForwardedErrorChannel);
            child.start(QCoreApplication::applicationFilePath(),
                        {QStringLiteral("--keep-runs"), QString::fromStdString(file)});
            QVERIFY(child.waitForStarted());
            // Once a run is kept, the next is under way.
            QTRY_VERIFY_WITH_TIMEOUT(child.canReadLine(), 30'000);
            QVERIFY(QTest::qWaitFor([&child] { return child.state() != QProcess::Running; }, attempt * 7) ==
                    false);
            child.kill();
            QVERIFY(child.waitForFinished());
            const QList<QByteArray> lines = child.readAllStandardOutput().trimmed().split('\n');
            kept = std::max(kept, lines.last().toInt());

            const auto history = opened(file);
            QVERIFY(history);
            QVERIFY(history->notice().empty());
            const auto list = history->list(1000);
            QVERIFY(list.ok());
            QVERIFY(static_cast<int>(list->size()) >= kept); // what it said is kept, is
            for (const RunRecord &record : *list) {
                QVERIFY(record.resultsKept);
                const auto run = history->load(record.id);
                QVERIFY(run.ok());
                QCOMPARE(run->table.rowCount(), std::size_t(60'000));
            }
            QCOMPARE(pageCount(file), static_cast<std::int64_t>(list->size()) * 8);
        }
    }

    void aMillionRowsInSeconds()
    {
        const std::string file = newFile();
        const auto history = opened(file);
        const table::Table results = answers(1'000'000);
        QElapsedTimer timer;
        timer.start();
        const auto kept = history->keep(recordOf("million", 1), results.snapshot().get());
        const qint64 keepMs = timer.restart();
        QVERIFY(kept.ok());
        auto run = history->load("million");
        const qint64 loadMs = timer.elapsed();
        QVERIFY(run.ok());
        QCOMPARE(run->table.rowCount(), std::size_t(1'000'000));
        qInfo("1,000,000 rows x 12: kept in %lld ms, %.1f bytes a row; loaded in %lld ms", keepMs,
              static_cast<double>(kept->bytes) / 1e6, loadMs);
        QVERIFY(keepMs < 30'000); // a few seconds, on a machine with nothing else to do
        QVERIFY(loadMs < 30'000);
        timer.restart();
        QVERIFY(history->remove("million").ok());
        qInfo("removed in %lld ms", timer.elapsed());
        QVERIFY(QFileInfo(QString::fromStdString(file)).size() <
                kept->bytes / 2); // the disk has its room back
    }
};

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() == 3 && arguments[1] == QStringLiteral("--keep-runs"))
        return keepRuns(arguments[2].toStdString());
    TestRunHistory test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_run_history.moc"
