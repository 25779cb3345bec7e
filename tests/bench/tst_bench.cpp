// SPDX-License-Identifier: GPL-3.0-or-later
// muster-bench measures and never judges; here it is seen to say what README.md promises, on small tables.
#include <QDir>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTest>

#include <cmath>

class TestBench : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cases_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<int>("n");
        QTest::addColumn<QStringList>("rivals");
        QTest::addColumn<QStringList>("nested"); // of the same form
        QTest::addColumn<QStringList>("fields"); // numbers, above nothing
        const QStringList small{QStringLiteral("--rows"), QStringLiteral("2000"), QStringLiteral("--runs"),
                                QStringLiteral("1")};
        const auto add = [&](const char *name, const QStringList &options, int n, const char *rivals,
                             const char *nested, const char *fields) {
            const auto words = [](const char *text) {
                return QString::fromLatin1(text).split(QLatin1Char(' '), Qt::SkipEmptyParts);
            };
            QTest::newRow(name) << options << n << words(rivals) << words(nested) << words(fields);
        };
        add("table-filter", small, 2000, "sqlite qsfpm", "numeric equality clearing clearing_small", "runs");
        add("table-sort", small, 2000, "sqlite qsfpm", "text label", "runs");
        add("table-group", small, 2000, "sqlite", "", "runs");
        add("table-csv", small, 2000, "sqlite sqlite3_cli", "", "runs file_bytes megabytes_per_second");
        add("memory", small, 2000, "sqlite qsfpm", "",
            "runs bytes_per_row floor_bytes_per_row ratio_floor_bytes");
        add("query-gather", small, 2000, "nats_js", "replies_10000 replies_1000000 count_not_known",
            "runs first_row_ms replies_per_second");
        add("ingest", small, 60'000, "", "", "runs messages_per_second floor_messages_per_second");
        add("snapshot", small, 2000, "", "", "runs devices_per_second");
        add("frames",
            {QStringLiteral("--devices"), QStringLiteral("50"), QStringLiteral("--seconds"),
             QStringLiteral("1")},
            50, "", "", "p50_ms p99_ms max_ms floor_p50_ms floor_p99_ms floor_max_ms rows_per_second");
        add("startup", {QStringLiteral("--runs"), QStringLiteral("1")}, 1, "", "xvfb",
            "runs floor_software_ms ratio_floor_software");
    }
    void cases()
    {
        QFETCH(QStringList, options);
        QFETCH(int, n);
        QFETCH(QStringList, rivals);
        QFETCH(QStringList, nested);
        QFETCH(QStringList, fields);
        const QString name = QString::fromLatin1(QTest::currentDataTag());
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
        if (name == QLatin1String("memory"))
            QSKIP("a sanitizer's malloc does not say what it gave out");
#endif
        const QByteArray output = run(QStringList{name, QStringLiteral("--json")} + options);
        QCOMPARE(output.count('\n'), 1); // one line, and nothing else
        const QJsonObject result = QJsonDocument::fromJson(output).object();
        QCOMPARE(result.value(QStringLiteral("case")).toString(), name);
        QCOMPARE(result.value(QStringLiteral("n")).toInt(), n);
        checkForm(result);
        // The client for JavaScript is fetched by another test, which may not have been run.
        const bool hasClient =
            !result.value(QStringLiteral("rivals_missing")).toObject().contains(QStringLiteral("nats_js"));
        for (const QString &rival : rivals) {
            if (rival != QLatin1String("nats_js") || hasClient)
                QVERIFY2(result.value(QStringLiteral("rivals")).toObject().contains(rival),
                         qPrintable(rival));
        }
        for (const QString &field : nested) {
            if (field != QLatin1String("count_not_known") || hasClient) {
                QVERIFY2(result.value(field).isObject(), qPrintable(field));
                checkForm(result.value(field).toObject());
            }
        }
        for (const QString &field : fields)
            QVERIFY2(result.value(field).toDouble() > 0, qPrintable(field));
        for (const char *none : {"lost", "missing"})
            QCOMPARE(result.value(QLatin1String(none)).toInt(), 0);
    }
    void namesItsCases()
    {
        const QByteArray list = run({QStringLiteral("--list")});
        for (const char *name : {"table-filter", "table-sort", "table-group", "table-csv", "query-gather",
                                 "ingest", "snapshot", "frames", "memory", "startup"})
            QVERIFY2(list.contains(name), name);
    }
    void refusesWhatItDoesNotKnow()
    {
        run({QStringLiteral("no-such-case")}, 2);
        run({QStringLiteral("memory"), QStringLiteral("--rows"), QStringLiteral("many")}, 2);
    }

private:
    /// ours_ms, floor_ms and their ratio; rivals and how many times faster than each we are.
    static void checkForm(const QJsonObject &result)
    {
        const double ours = result.value(QStringLiteral("ours_ms")).toDouble();
        const double floor = result.value(QStringLiteral("floor_ms")).toDouble();
        QVERIFY(ours > 0);
        QVERIFY(floor > 0);
        QVERIFY(result.value(QStringLiteral("n")).toInt() > 0);
        const auto isClose = [](double a, double b) { return std::abs(a - b) <= 1e-6 * std::abs(b); };
        QVERIFY(isClose(result.value(QStringLiteral("ratio_floor")).toDouble(), ours / floor));
        const QJsonObject rivals = result.value(QStringLiteral("rivals")).toObject();
        const QJsonObject speedup = result.value(QStringLiteral("speedup")).toObject();
        QVERIFY(result.value(QStringLiteral("rivals")).isObject());
        QCOMPARE(speedup.keys(), rivals.keys());
        for (const QString &rival : rivals.keys()) {
            QVERIFY2(rivals.value(rival).toDouble() > 0, qPrintable(rival));
            QVERIFY2(isClose(speedup.value(rival).toDouble(), rivals.value(rival).toDouble() / ours),
                     qPrintable(rival));
        }
    }

    static QByteArray run(const QStringList &arguments, int expected = 0)
    {
        QProcess process;
        process.start(QDir(qEnvironmentVariable("MUSTER_BIN_DIR")).filePath(QStringLiteral("muster-bench")),
                      arguments);
        if (!process.waitForFinished(120'000) || process.exitStatus() != QProcess::NormalExit)
            return "did not end";
        if (process.exitCode() != expected)
            QTest::qFail((process.readAllStandardError() + process.readAllStandardOutput()).constData(),
                         __FILE__, __LINE__);
        return process.readAllStandardOutput();
    }
};

QTEST_GUILESS_MAIN(TestBench)
#include "tst_bench.moc"
