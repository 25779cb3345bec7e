// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTest>

class TestBench : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void saysWhatItMeasured()
    {
        const QJsonObject result =
            QJsonDocument::fromJson(run({QStringLiteral("table-filter"), QStringLiteral("--json"),
                                         QStringLiteral("--rows"), QStringLiteral("20000")}))
                .object();
        QCOMPARE(result.value(QStringLiteral("case")).toString(), QStringLiteral("table-filter"));
        QCOMPARE(result.value(QStringLiteral("n")).toInt(), 20000);
        for (const char *field : {"ours_ms", "floor_ms", "ratio_floor"})
            QVERIFY2(result.value(QLatin1String(field)).toDouble() > 0, field);
        for (const char *rival : {"sqlite", "qsfpm"}) {
            QVERIFY2(
                result.value(QStringLiteral("rivals")).toObject().value(QLatin1String(rival)).toDouble() > 0,
                rival);
            QVERIFY2(
                result.value(QStringLiteral("speedup")).toObject().value(QLatin1String(rival)).toDouble() > 0,
                rival);
        }
    }
    void measuresBesideBareNats()
    {
        for (const char *name : {"query-gather", "ingest", "snapshot"}) {
            const QJsonObject result =
                QJsonDocument::fromJson(
                    run({QString::fromLatin1(name), QStringLiteral("--json"), QStringLiteral("--rows"),
                         QStringLiteral("500"), QStringLiteral("--runs"), QStringLiteral("1")}))
                    .object();
            QVERIFY2(result.value(QStringLiteral("ratio_floor")).toDouble() > 0, name);
            QCOMPARE(result.value(QStringLiteral("lost")).toInt() +
                         result.value(QStringLiteral("missing")).toInt(),
                     0);
        }
    }
    void namesItsCases()
    {
        const QByteArray list = run({QStringLiteral("--list")});
        for (const char *name : {"table-filter", "table-sort", "table-group", "table-csv", "memory",
                                 "query-gather", "ingest", "snapshot"})
            QVERIFY2(list.contains(name), name);
    }
    void refusesWhatItDoesNotKnow()
    {
        run({QStringLiteral("no-such-case")}, 2);
        run({QStringLiteral("memory"), QStringLiteral("--rows"), QStringLiteral("many")}, 2);
    }

private:
    static QByteArray run(const QStringList &arguments, int expected = 0)
    {
        QProcess process;
        process.start(QDir(qEnvironmentVariable("MUSTER_BIN_DIR")).filePath(QStringLiteral("muster-bench")),
                      arguments);
        if (!process.waitForFinished(60'000) || process.exitStatus() != QProcess::NormalExit)
            return "did not end";
        if (process.exitCode() != expected)
            QTest::qFail(process.readAllStandardError().constData(), __FILE__, __LINE__);
        return process.readAllStandardOutput();
    }
};

QTEST_GUILESS_MAIN(TestBench)
#include "tst_bench.moc"
