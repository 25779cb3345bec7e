// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/query_comparison.h"
#include "query/query_history.h"

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

using namespace muster;

class TestQueryHistory : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    int m_files = 0;

    QString newFile() { return m_folder.filePath(QStringLiteral("%1.db").arg(++m_files)); }

    static std::shared_ptr<const table::Snapshot> answers(std::size_t rows)
    {
        table::Table made("device");
        table::Batch batch;
        for (std::size_t i = 0; i < rows; ++i) {
            const std::vector<protocol::Field> row{{"outcome", "answered"},
                                                   {"n", static_cast<std::int64_t>(i)}};
            batch.append("d" + std::to_string(i), row);
        }
        made.apply(batch);
        return made.snapshot();
    }
    static query::RunRecord record(const std::string &id, std::int64_t seconds, const std::string &where)
    {
        query::RunRecord made;
        made.id = id;
        made.at = UtcTime{1'700'000'000'000'000 + seconds * 1'000'000};
        made.fleet = "plant";
        made.question.where = where;
        made.tally.counts = {5, 4, 3, 2, 1, 0};
        made.seconds = 1.5;
        return made;
    }
    static QString cell(const QueryHistory &history, const QString &run, const char *column)
    {
        const table::Table &runs = history.runs()->table();
        const table::RowId row = runs.find(run.toStdString());
        const table::ColumnIndex index = runs.column(column);
        return row == table::noRow || index < 0 ? QStringLiteral("none")
                                                : QString::fromStdString(toText(runs.cell(row, index)));
    }
    static QString keys(const QueryHistory &history)
    {
        QStringList all;
        for (int row = 0; row < history.runs()->rowCount(); ++row)
            all.append(history.runs()->keyAt(row));
        return all.join(QStringLiteral(", "));
    }

private Q_SLOTS:
    void runsAreListedNewestFirstAndOpened()
    {
        const QString file = newFile();
        {
            QueryHistory history(file);
            const QAbstractItemModelTester tester(history.runs());
            QSignalSpy kept(&history, &QueryHistory::kept);
            history.keep(record("one", 1, "x = 1"), answers(100));
            history.keep(record("two", 2, "x = 2"), answers(200));
            history.keep(record("three", 3, "x = 1"), nullptr);
            QVERIFY(history.busy());
            QTRY_COMPARE(kept.count(), 3);
            QTRY_COMPARE(keys(history), QStringLiteral("three, two, one"));
            QVERIFY(!history.busy());
        }
        QueryHistory history(file);
        QTRY_COMPARE(keys(history), QStringLiteral("three, two, one"));
        QCOMPARE(history.count(), 3);
        QCOMPARE(history.newest(), QStringLiteral("three"));
        QCOMPARE(cell(history, QStringLiteral("one"), "roster"), QStringLiteral("15"));
        QCOMPARE(cell(history, QStringLiteral("one"), "answered"), QStringLiteral("5"));
        QCOMPARE(cell(history, QStringLiteral("one"), "silent"), QStringLiteral("2"));
        QCOMPARE(cell(history, QStringLiteral("one"), "question"), QStringLiteral("x = 1"));
        QCOMPARE(cell(history, QStringLiteral("one"), "source"), QStringLiteral("fleet"));
        QCOMPARE(cell(history, QStringLiteral("one"), "rows"), QStringLiteral("100"));
        QCOMPARE(cell(history, QStringLiteral("one"), "results"), QStringLiteral("kept"));
        QCOMPARE(cell(history, QStringLiteral("three"), "results"), QStringLiteral("gone"));
        QVERIFY(history.record(QStringLiteral("two"))->question.where == "x = 2");
        QVERIFY(!history.record(QStringLiteral("four")));

        QSignalSpy notOpened(&history, &QueryHistory::notOpened);
        std::shared_ptr<PastRun> past;
        int request = 0;
        connect(&history, &QueryHistory::opened, this,
                [&past, &request](const std::shared_ptr<PastRun> &opened, int of) {
                    past = opened;
                    request = of;
                });
        const int first = history.open(QStringLiteral("two"));
        QTRY_VERIFY(past);
        QCOMPARE(request, first);
        QCOMPARE(past->record.id, std::string("two"));
        const table::Table moved = std::move(past->table);
        QCOMPARE(moved.rowCount(), std::size_t(200));
        const int second = history.open(QStringLiteral("three"));
        QVERIFY(second != first && !history.hasResults(QStringLiteral("three")));
        QTRY_COMPARE(notOpened.count(), 1);
        QCOMPARE(notOpened.front().at(1).toInt(), second);
        QVERIFY(!history.problem().isEmpty());
        history.open(QStringLiteral("one"));
        QTRY_VERIFY(history.problem().isEmpty());
    }

    void runsSayHowTheyCameAbout()
    {
        const QString file = newFile();
        {
            QueryHistory history(file);
            query::RunRecord made = record("cancelled", 1, "x");
            made.cancelled = true;
            history.keep(made, nullptr);
            made = record("round", 2, std::string(600, 'x') + " end");
            made.question.watchSeconds = 5;
            made.round = 7;
            history.keep(made, nullptr);
            made.id = "both";
            made.cancelled = true;
            history.keep(made, nullptr);
            made.id = "old"; // kept when nobody counted
            made.round = 0;
            made.cancelled = false;
            history.keep(made, nullptr);
            history.keep(record("once", 3, "x"), nullptr);
        }
        QueryHistory history(file);
        QTRY_COMPARE(history.count(), 5);
        const auto note = [&history](const char *run) {
            return cell(history, QString::fromLatin1(run), "note");
        };
        QCOMPARE(note("cancelled"), QStringLiteral("cancelled"));
        QCOMPARE(note("round"), QStringLiteral("round 7 of a watch"));
        QCOMPARE(note("both"), QStringLiteral("round 7 of a watch, cancelled"));
        QCOMPARE(note("old"), QStringLiteral("of a watch"));
        QCOMPARE(note("once"), QString());
        QVERIFY(
            cell(history, QStringLiteral("round"), "question").endsWith(QStringLiteral(" end"))); // all of it
    }

    void theRunBeforeIsOfTheSameQuestion()
    {
        QueryHistory history(newFile());
        history.keep(record("1", 1, "a"), answers(1));
        history.keep(record("2", 2, "a"), answers(1));
        history.keep(record("3", 3, "b"), answers(1));
        history.keep(record("4", 4, "a"), nullptr);
        history.keep(record("5", 5, "a"), answers(1));
        QTRY_COMPARE(history.count(), 5);
        QCOMPARE(history.before(QStringLiteral("5")), QStringLiteral("2")); // 4 has no results
        QCOMPARE(history.before(QStringLiteral("2")), QStringLiteral("1"));
        QCOMPARE(history.before(QStringLiteral("1")), QString());
        QCOMPARE(history.before(QStringLiteral("3")), QString());
        QCOMPARE(history.before(QStringLiteral("9")), QString());
    }

    /// "149.2 MB" on both sides, whatever else is in the column.
    void aComparisonShowsCellsAsResultsDo()
    {
        const auto results = [](std::int64_t free, const char *fw) {
            table::Table made("device");
            table::Batch batch;
            const std::vector<protocol::Field> row{{"mem.free", free}, {"fw", fw}, {"uptime", free / 1000}};
            batch.append("d", row);
            made.apply(batch);
            return made.snapshot();
        };
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        QueryHistory history(newFile());
        QueryComparison comparison(&history);
        connect(&history, &QueryHistory::opened, &comparison, &QueryComparison::take);
        history.keep(record("1", 1, "a"), results(149'195'776, "1.0"));
        history.keep(record("2", 2, "a"), results(99'000'000, "n/a"));
        QTRY_COMPARE(history.count(), 2);
        comparison.compare(QStringLiteral("2"), QStringLiteral("1"));
        QTRY_COMPARE(comparison.table()->rowTotal(), 3);
        TableModel &table = *comparison.table();
        table.setAllExpanded(true);
        const auto shown = [&table](const char *key) {
            const int row = table.rowOfKey(QString::fromLatin1(key));
            return table.shownText(row, 1) + QStringLiteral(" > ") + table.shownText(row, 2);
        };
        QTRY_COMPARE(shown("d mem.free"), QStringLiteral("149.2 MB > 99.0 MB"));
        QCOMPARE(shown("d uptime"), QStringLiteral("1d 17h > 1d 03h"));
        QCOMPARE(shown("d fw"), QStringLiteral("1.0 > n/a"));
        QCOMPARE(table.columnName(1), QStringLiteral("before"));
    }

    void whatIsRemovedIsGone()
    {
        const QString file = newFile();
        QueryHistory history(file);
        const QAbstractItemModelTester tester(history.runs());
        for (int i = 1; i <= 4; ++i)
            history.keep(record(std::to_string(i), i, "x"), answers(10));
        QTRY_COMPARE(history.count(), 4);
        history.remove(QStringLiteral("2"));
        QTRY_COMPARE(keys(history), QStringLiteral("4, 3, 1"));
        // The same run again, with another tally.
        query::RunRecord again = record("3", 3, "x");
        again.tally.counts = {15, 0, 0, 0, 0, 0};
        history.keep(again, answers(15));
        QTRY_COMPARE(cell(history, QStringLiteral("3"), "answered"), QStringLiteral("15"));
        QCOMPARE(history.count(), 3);
        history.clear();
        QTRY_COMPARE(history.count(), 0);
        QTRY_COMPARE(history.runs()->rowCount(), 0);
        QCOMPARE(history.newest(), QString());
    }

    void aRunOfAnotherMusterAppears()
    {
        const QString file = newFile();
        QueryHistory here(file);
        QueryHistory there(file);
        there.keep(record("one", 1, "x"), answers(10));
        QTRY_COMPARE_WITH_TIMEOUT(keys(here), QStringLiteral("one"), 15'000);
        there.clear();
        QTRY_COMPARE_WITH_TIMEOUT(keys(here), QString(), 15'000);
    }

    void theGuiNeverWaitsAndNothingIsLostAtTheEnd()
    {
        const QString file = newFile();
        const auto results = answers(300'000);
        QElapsedTimer timer;
        {
            QueryHistory history(file);
            timer.start();
            for (int i = 1; i <= 5; ++i)
                history.keep(record(std::to_string(i), i, "x"), results);
            QVERIFY2(timer.elapsed() < 50, qPrintable(QString::number(timer.elapsed())));
        }
        QueryHistory history(file);
        QTRY_COMPARE(history.count(), 5);
        QCOMPARE(cell(history, QStringLiteral("5"), "results"), QStringLiteral("kept"));
    }

    void aFileThatCannotBeOpenedIsSaid()
    {
        const QString notAFolder = newFile();
        QFile taken(notAFolder);
        QVERIFY(taken.open(QIODevice::WriteOnly));
        QueryHistory history(notAFolder + QStringLiteral("/below.db"));
        QTRY_VERIFY(history.problem().contains(notAFolder));
        history.keep(record("one", 1, "x"), answers(1));
        QTRY_VERIFY(!history.busy());
        QCOMPARE(history.count(), 0);
    }
};

QTEST_MAIN(TestQueryHistory)
#include "tst_query_history.moc"
