// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/display_text.h"
#include "random_table.h"
#include "table/writer.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace muster;
using namespace muster::table;

namespace {

std::string written(const Table &table, const WriteOptions &options, const ViewSpec &spec = {})
{
    std::string out;
    const auto snapshot = table.snapshot();
    const View view = *evaluate(*snapshot, spec);
    const Status status = write(*snapshot, view, spec, options, [&out](std::string_view bytes) {
        out += bytes;
        return true;
    });
    return status ? out : "failed: " + status.error().message;
}

Table tableOf(std::string_view text)
{
    Table table("device");
    Batch batch;
    batch.set("d", "t", text);
    table.apply(batch);
    return table;
}

} // namespace

class TestTableWriter : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cells_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("cell");
        const auto row = [](const char *name, QByteArray text, QByteArray cell) {
            QTest::newRow(name) << std::move(text) << std::move(cell);
        };
        row("plain", "abc", "abc");
        row("empty", "", "\"\"");
        row("comma", "a,b", "\"a,b\"");
        row("quote", "a\"b", "\"a\"\"b\"");
        row("lines", "a\r\nb", "\"a\r\nb\"");
        row("formula", "=1+1", "'=1+1");
        row("plus", "+cmd", "'+cmd");
        row("at", "@SUM(A1)", "'@SUM(A1)");
        row("minus", "-2+3", "'-2+3");
        row("number stays one", "-2.5", "-2.5");
        row("tab first", "\tx", "'\tx");
        row("return first", "\rx", "\"'\rx\"");
        row("quoted formula", "=A1,\"x\"", "\"'=A1,\"\"x\"\"\"");
        row("not UTF-8",
            "a\xff"
            "b",
            "a\xef\xbf\xbd"
            "b");
        row("zero", QByteArray("a\0b", 3),
            "a\xef\xbf\xbd"
            "b");
        row("override",
            "a\u202E"
            "b",
            "a\u202E"
            "b");
        row("64 KB", QByteArray(65536, 'x'), QByteArray(65536, 'x'));
    }
    void cells()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, cell);
        const Table table =
            tableOf(std::string_view(text.constData(), static_cast<std::size_t>(text.size())));
        WriteOptions options;
        options.columns = {"t"};
        options.header = false;
        QCOMPARE(QByteArray::fromStdString(written(table, options)), cell + "\r\n");
    }
    void rawLeavesFormulas()
    {
        WriteOptions options;
        options.columns = {"t"};
        options.header = false;
        options.neutraliseFormulas = false;
        QCOMPARE(written(tableOf("=1+1"), options), std::string("=1+1\r\n"));
    }
    void namesAreNeutralisedToo()
    {
        Table table("device");
        Batch batch;
        batch.set("d", "=HYPERLINK(1)", std::int64_t{1});
        table.apply(batch);
        WriteOptions options;
        options.columns = {"=HYPERLINK(1)"};
        QCOMPARE(written(table, options), std::string("'=HYPERLINK(1)\r\n1\r\n"));
    }

    void pythonReadsTheTable()
    {
        RandomTable random(4);
        Table table("device");
        PlainTable plain;
        Batch batch;
        random.fill(batch, plain, 3000);
        table.apply(batch);
        WriteOptions options;
        options.columns = {"device"};
        options.columns.insert(options.columns.end(), RandomTable::columns().begin(),
                               RandomTable::columns().end());
        options.neutraliseFormulas = false;
        const QString python = QStandardPaths::findExecutable(QStringLiteral("python3"));
        if (python.isEmpty())
            QSKIP("python3 is not installed");
        for (const Format format : {Format::Csv, Format::Tsv}) {
            options.format = format;
            QTemporaryDir folder;
            const QString path = folder.filePath(QStringLiteral("out"));
            const auto snapshot = table.snapshot();
            const View view = *evaluate(*snapshot, {});
            QVERIFY(writeFile(*snapshot, view, {}, options, path.toStdString()).ok());
            QProcess process;
            process.start(
                python,
                {QStringLiteral("-c"),
                 QStringLiteral("import csv, json, sys\n"
                                "rows = csv.DictReader(open(sys.argv[1], newline='', encoding='utf-8'),"
                                " delimiter=sys.argv[2], strict=True)\n"
                                "for row in rows: print(json.dumps(row))\n"),
                 path, QString(QLatin1Char(format == Format::Csv ? ',' : '\t'))});
            QVERIFY(process.waitForFinished());
            QCOMPARE(process.readAllStandardError(), QByteArray());
            const QList<QByteArray> lines = process.readAllStandardOutput().trimmed().split('\n');
            QCOMPARE(lines.size(), static_cast<qsizetype>(plain.size()));
            for (const QByteArray &line : lines) {
                const QJsonObject row = QJsonDocument::fromJson(line).object();
                const auto &held = plain.at(row.value(QStringLiteral("device")).toString().toStdString());
                for (const std::string &name : RandomTable::columns()) {
                    const auto value = held.find(name);
                    std::string expected =
                        value == held.end() ? std::string() : toText(muster::view(value->second));
                    if (!isUtf8(expected)) // U+FFFD for each bad byte
                        expected = "\uFFFD\uFFFD";
                    QCOMPARE(row.value(QString::fromStdString(name)).toString().toStdString(), expected);
                }
            }
        }
    }

    void jsonLines()
    {
        Table table("device");
        Batch batch;
        batch.set("a", "n", std::int64_t{5});
        batch.set("a", "t", std::string_view("=x\n"));
        batch.set("b", "n", std::int64_t{6});
        table.apply(batch);
        WriteOptions options;
        options.format = Format::JsonLines;
        options.columns = {"device", "t", "n"};
        QCOMPARE(written(table, options),
                 std::string("{\"device\":\"a\",\"t\":\"=x\\n\",\"n\":5}\n{\"device\":\"b\",\"n\":6}\n"));
    }
    void groups()
    {
        Table table("device");
        Batch batch;
        for (int i = 0; i < 4; ++i) {
            const std::string key = "d" + std::to_string(i);
            if (i > 0)
                batch.set(key, "g", std::string_view(i % 2 == 0 ? "x,y" : "z"));
            batch.set(key, "n", std::int64_t{i});
        }
        table.apply(batch);
        ViewSpec spec;
        spec.groupBy = {"g"};
        spec.aggregates = {{Function::Sum, "n"}, {Function::Avg, "n"}};
        WriteOptions options;
        options.columns = {"device", "n", "g"};
        QCOMPARE(written(table, options, spec),
                 std::string("g,device,n\r\n\"x,y\",d2,2\r\nz,d1,1\r\nz,d3,3\r\n,d0,0\r\n"));
        options.groupsOnly = true;
        QCOMPARE(written(table, options, spec),
                 std::string("g,count,sum n,avg n\r\n\"x,y\",1,2,2\r\nz,2,4,2\r\n,1,0,0\r\n"));
    }

    void failureLeavesNoFile()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("out.csv"));
        const Table table = tableOf("x");
        const auto snapshot = table.snapshot();
        const View view = *evaluate(*snapshot, {});
        const CancelFlag cancel{true};
        const Status cancelled = writeFile(*snapshot, view, {}, {}, path.toStdString(), &cancel);
        QVERIFY(!cancelled);
        QCOMPARE(cancelled.error().code, std::string("export.cancelled"));
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files).size(), 0);

        QFile old(path);
        QVERIFY(old.open(QIODevice::WriteOnly) && old.write("kept") == 4);
        old.close();
        QVERIFY(!writeFile(*snapshot, view, {}, {}, path.toStdString(), &cancel));
        QVERIFY(old.open(QIODevice::ReadOnly));
        QCOMPARE(old.readAll(), QByteArray("kept"));
        old.close();
        QVERIFY(writeFile(*snapshot, view, {}, {}, path.toStdString()).ok());
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files).size(), 1);

        const Status nowhere =
            writeFile(*snapshot, view, {}, {}, folder.filePath(QStringLiteral("no/out.csv")).toStdString());
        QVERIFY(!nowhere);
        QVERIFY(nowhere.error().message.find("out.csv") != std::string::npos);
    }
    void aFullDiskStops()
    {
        RandomTable random(2);
        Table table("device");
        PlainTable plain;
        Batch batch;
        random.fill(batch, plain, 500);
        table.apply(batch);
        const auto snapshot = table.snapshot();
        const View view = *evaluate(*snapshot, {});
        WriteOptions options;
        options.columns = {"device", "name"};
        int calls = 0;
        const Status status =
            write(*snapshot, view, {}, options, [&calls](std::string_view) { return ++calls < 2; });
        QVERIFY(!status);
        QCOMPARE(status.error().code, std::string("export.write"));
        QCOMPARE(calls, 2);
    }
};

QTEST_GUILESS_MAIN(TestTableWriter)
#include "tst_table_writer.moc"
