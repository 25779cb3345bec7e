// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/display_text.h"
#include "random_table.h"
#include "table/parallel.h"
#include "table/writer.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <new>
#include <thread>

#ifdef Q_OS_UNIX
#include <sys/stat.h>
#endif

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

/// Rows by their key, each cell as text under the column's name.
using Rows = std::map<std::string, std::map<std::string, std::string>>;

/// A table that a device made to do harm.
struct HostileTable {
    explicit HostileTable(unsigned seed)
    {
        RandomTable random(seed);
        Batch batch;
        random.fill(batch, plain, 1500, true, true);
        const std::vector<std::string> texts = {"=1+1",
                                                "=cmd|' /C calc'!A0",
                                                "+1",
                                                "+cmd",
                                                "-2+3",
                                                "@SUM(A1)",
                                                "\t=1",
                                                "\r=1",
                                                "\n=1",
                                                "\"",
                                                "\"\"",
                                                "a\"b\"c",
                                                "a,b\tc;d",
                                                "line\nline",
                                                "line\r\nline\r",
                                                "'=1+1",
                                                " =1+1",
                                                "\u202Etxt.exe",
                                                "\\N",
                                                "\\",
                                                "NULL",
                                                ".import x y",
                                                "\xff\xfe\xc3(\xed\xa0\x80",
                                                std::string("a\0b\0", 4),
                                                std::string(65536, '"'),
                                                std::string(65536, 'x') + ",\n",
                                                std::string(65535, '=')};
        for (std::size_t i = 0; i < 60; ++i) {
            const std::string key =
                random.chance(30) ? "=key-" + std::to_string(i) : "h-" + std::to_string(i);
            const std::string &text = texts[i < texts.size() ? i : random.below(texts.size())];
            for (const std::string &name : {nameOfText, nameOfFormula}) {
                plain[key][name] = text;
                batch.set(key, name, std::string_view(text));
            }
        }
        table.apply(batch);
        columns.insert(columns.end(), RandomTable::columns().begin(), RandomTable::columns().end());
        columns.insert(columns.end(), {nameOfText, nameOfFormula});
    }
    const std::string nameOfText = "text, \"quoted\"\nand broken";
    const std::string nameOfFormula = "=HYPERLINK(1)";
    Table table{"device"};
    PlainTable plain;
    std::vector<std::string> columns{"device"};
};

bool isFormula(const std::string &text)
{
    const bool isNumber = QRegularExpression(QStringLiteral("^-?[0-9]*\\.?[0-9]+([eE][-+]?[0-9]+)?$"))
                              .match(QString::fromStdString(text))
                              .hasMatch();
    return !text.empty() && std::string_view("=+-@\t\r\n").find(text.front()) != std::string_view::npos &&
           !isNumber;
}

/// A text as an export has it: each byte that is not UTF-8, and each NUL, is U+FFFD.
std::string expectedText(const std::string &text, const WriteOptions &options)
{
    std::string clean;
    for (std::size_t i = 0; i < text.size();) {
        if (text[i] > 0) {
            clean += text[i++];
            continue;
        }
        std::size_t length = 1;
        while (length < 4 && i + length < text.size() && !isUtf8(text.substr(i, length)))
            ++length;
        const std::string character = text.substr(i, length);
        const bool isNul = character[0] == 0 && options.format != Format::JsonLines;
        const bool isGood = isUtf8(character) && !isNul;
        clean += isGood ? character : "\uFFFD";
        i += isGood ? length : 1;
    }
    const bool marked = options.format != Format::JsonLines && options.neutraliseFormulas && isFormula(text);
    return (marked ? "'" : "") + clean;
}

/// As the table shows the value: columns widen, so it may be text by now. Numbers are as toText() writes
/// them.
std::string expectedCell(const Table &table, const Value &value, const std::string &column,
                         const WriteOptions &options)
{
    const Type type = table.columnType(table.column(column));
    std::string text = toText(muster::view(value));
    const auto *integer = std::get_if<std::int64_t>(&value);
    if (integer && type == Type::Double)
        text = toText(static_cast<double>(*integer));
    const auto *real = std::get_if<double>(&value);
    if (real && !std::isfinite(*real) && type == Type::Double && options.format == Format::JsonLines)
        return {}; // JSON has no such number
    const bool isText =
        std::holds_alternative<std::string>(value) || type == Type::Text || type == Type::Version;
    return isText ? expectedText(text, options) : text;
}

QByteArray outputOf(const QString &program, const QStringList &arguments, const QByteArray &input = {})
{
    QProcess process;
    process.start(program, arguments);
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(60'000) || process.exitCode() != 0 ||
        process.error() == QProcess::FailedToStart)
        qCritical("%s: %s %s", qPrintable(program), qPrintable(process.errorString()),
                  process.readAllStandardError().constData());
    return process.readAllStandardOutput();
}

Rows rowsOf(const QByteArray &jsonLines)
{
    Rows rows;
    for (const QByteArray &line : jsonLines.split('\n')) {
        const QJsonObject object = QJsonDocument::fromJson(line).object();
        std::map<std::string, std::string> row;
        for (auto field = object.begin(); field != object.end(); ++field)
            row[field.key().toStdString()] = field.value().toString().toStdString();
        if (const auto key = row.find("device"); key != row.end())
            rows[key->second] = row;
    }
    return rows;
}

Rows readByPython(const QString &path, Format format)
{
    const QString csv =
        QStringLiteral("import csv, json, sys\n"
                       "csv.field_size_limit(1 << 24)\n"
                       "with open(sys.argv[1], newline='', encoding='utf-8') as file:\n"
                       "    for row in csv.DictReader(file, delimiter=sys.argv[2], strict=True):\n"
                       "        print(json.dumps(row))\n");
    // Numbers as JSON has them, so that no digit is lost or made up.
    const QString lines =
        QStringLiteral("import json, sys\n"
                       "text = lambda value: ('false', 'true')[value] if isinstance(value, bool) else value\n"
                       "with open(sys.argv[1], newline='\\n', encoding='utf-8') as file:\n"
                       "    for line in file:\n"
                       "        row = json.loads(line, parse_float=str, parse_int=str)\n"
                       "        print(json.dumps({name: text(value) for name, value in row.items()}))\n");
    const QString separator(QLatin1Char(format == Format::Csv ? ',' : '\t'));
    return rowsOf(
        outputOf(QStringLiteral("python3"),
                 {QStringLiteral("-c"), format == Format::JsonLines ? lines : csv, path, separator}));
}

/// .import takes the header's names for the columns; all cells are text.
Rows readBySqlite(const QString &path, Format format, const QTemporaryDir &folder)
{
    const QString database = folder.filePath(QStringLiteral("read.db"));
    const QByteArray separators = format == Format::Csv ? "" : ".separator \"\\t\" \"\\n\"\n";
    outputOf(QStringLiteral("sqlite3"), {QStringLiteral("-bail"), database},
             ".mode csv\n" + separators + ".import " + path.toUtf8() + " fleet\n");
    const QString read = QStringLiteral("import json, sqlite3, sys\n"
                                        "connection = sqlite3.connect(sys.argv[1])\n"
                                        "connection.row_factory = sqlite3.Row\n"
                                        "for row in connection.execute('select * from fleet'):\n"
                                        "    print(json.dumps(dict(row)))\n");
    return rowsOf(outputOf(QStringLiteral("python3"), {QStringLiteral("-c"), read, database}));
}

} // namespace

class TestTableWriter : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cells_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("cell");
        const auto row = [](const char *name, const QByteArray &text, const QByteArray &cell) {
            QTest::newRow(name) << text << cell;
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

    void otherProgramsReadTheTable_data()
    {
        QTest::addColumn<QString>("program");
        QTest::addColumn<int>("format");
        QTest::addColumn<bool>("neutralise");
        QTest::newRow("Python's csv, CSV") << "python" << int(Format::Csv) << false;
        QTest::newRow("Python's csv, CSV, formulas neutralised") << "python" << int(Format::Csv) << true;
        QTest::newRow("Python's csv, TSV") << "python" << int(Format::Tsv) << false;
        QTest::newRow("Python's csv, TSV, formulas neutralised") << "python" << int(Format::Tsv) << true;
        QTest::newRow("Python's json, JSON Lines") << "python" << int(Format::JsonLines) << true;
        QTest::newRow("sqlite3, CSV") << "sqlite3" << int(Format::Csv) << false;
        QTest::newRow("sqlite3, CSV, formulas neutralised") << "sqlite3" << int(Format::Csv) << true;
        QTest::newRow("sqlite3, TSV") << "sqlite3" << int(Format::Tsv) << false;
    }
    /// Cell for cell, whatever a device may have sent.
    void otherProgramsReadTheTable()
    {
        QFETCH(QString, program);
        QFETCH(int, format);
        QFETCH(bool, neutralise);
        for (const unsigned seed : {4U, 5U}) {
            const HostileTable hostile(seed);
            WriteOptions options;
            options.format = static_cast<Format>(format);
            options.columns = hostile.columns;
            options.neutraliseFormulas = neutralise;
            QTemporaryDir folder;
            const QString path = folder.filePath(QStringLiteral("out"));
            const auto snapshot = hostile.table.snapshot();
            const View view = *evaluate(*snapshot, {});
            QVERIFY(writeFile(*snapshot, view, {}, options, path.toStdString()).ok());
            const Rows rows = program == QLatin1String("python") ? readByPython(path, options.format)
                                                                 : readBySqlite(path, options.format, folder);
            QCOMPARE(rows.size(), hostile.plain.size());
            for (const auto &[key, held] : hostile.plain) {
                const auto row = rows.find(expectedText(key, options));
                QVERIFY2(row != rows.end(), key.c_str());
                for (const std::string &name : hostile.columns) {
                    const auto value = held.find(name);
                    const Value drawn = name == "device"      ? Value(key)
                                        : value == held.end() ? Value()
                                                              : value->second;
                    const auto read = row->second.find(expectedText(name, options));
                    const std::string cell = read == row->second.end() ? std::string() : read->second;
                    const std::string expected = expectedCell(hostile.table, drawn, name, options);
                    if (cell != expected)
                        QFAIL(qPrintable(QStringLiteral("seed %1, %2 of %3: \"%4\" for \"%5\"")
                                             .arg(seed)
                                             .arg(QString::fromStdString(name), QString::fromStdString(key),
                                                  QString::fromStdString(cell).left(200),
                                                  QString::fromStdString(expected).left(200))));
                }
            }
        }
    }
    /// A line of nothing would not be a row to those who read it.
    void oneColumnKeepsItsEmptyRows()
    {
        Table table("device");
        Batch batch;
        batch.set("a", "t", std::string_view("x"));
        batch.set("b", "n", std::int64_t{1});
        batch.set("c", "t", std::string_view("y"));
        table.apply(batch);
        WriteOptions options;
        options.columns = {"t"};
        QCOMPARE(written(table, options), std::string("t\r\nx\r\n\"\"\r\ny\r\n"));
        options.format = Format::Tsv;
        QCOMPARE(written(table, options), std::string("t\nx\n\"\"\ny\n"));
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
                 std::string("device,n,g\r\nd2,2,\"x,y\"\r\nd1,1,z\r\nd3,3,z\r\nd0,0,\r\n"));
        options.columns = {"n"}; // a column that is not on screen is not in the file
        QCOMPARE(written(table, options, spec), std::string("n\r\n2\r\n1\r\n3\r\n0\r\n"));
        options.groupsOnly = true;
        QCOMPARE(written(table, options, spec),
                 std::string("g,count,sum n,avg n\r\n\"x,y\",1,2,2\r\nz,2,4,2\r\n,1,0,0\r\n"));
    }
    void groupsOfAllLevels()
    {
        Table table("device");
        Batch batch;
        for (int i = 0; i < 5; ++i) {
            const std::string key = "d" + std::to_string(i);
            batch.set(key, "site", std::string_view(i < 3 ? "a" : "b"));
            if (i != 1)
                batch.set(key, "fw", std::string_view(i == 0 ? "1.9" : "1.10"));
        }
        table.apply(batch);
        ViewSpec spec;
        spec.groupBy = {"site", "fw"};
        spec.aggregates = {{Function::Max, "fw"}};
        WriteOptions options;
        options.columns = {"device"};
        options.groupsOnly = true;
        QCOMPARE(written(table, options, spec),
                 std::string("group level,site,fw,count,max fw\r\n"
                             "1,a,,3,1.10\r\n2,a,1.9,1,1.9\r\n2,a,1.10,1,1.10\r\n2,a,,1,\r\n"
                             "1,b,,2,1.10\r\n2,b,1.10,2,1.10\r\n"));
        options.format = Format::JsonLines;
        const std::string lines = written(table, options, spec);
        QCOMPARE(lines.substr(0, lines.find('\n')),
                 std::string(R"({"group level":1,"site":"a","count":3,"max fw":"1.10"})"));
    }

    void timesKeepTheirMicroseconds()
    {
        Table table("device");
        Batch batch;
        batch.set("a", "t", UtcTime{1'700'000'000'123'456});
        batch.set("b", "t", UtcTime{1'700'000'000'123'000});
        table.apply(batch);
        WriteOptions options;
        options.columns = {"t"};
        options.header = false;
        const std::string exact = "2023-11-14T22:13:20.123456Z";
        QCOMPARE(written(table, options), exact + "\r\n2023-11-14T22:13:20.123Z\r\n");
        options.format = Format::JsonLines;
        QCOMPARE(written(table, options),
                 "{\"t\":\"" + exact + "\"}\n{\"t\":\"2023-11-14T22:13:20.123Z\"}\n");
        ViewSpec spec;
        spec.groupBy = {"t"};
        spec.sort = {{"t", true}};
        options.groupsOnly = true;
        QCOMPARE(written(table, options, spec),
                 "{\"t\":\"" + exact + "\",\"count\":1}\n{\"t\":\"2023-11-14T22:13:20.123Z\",\"count\":1}\n");
    }

    void longTextsAreHandedOnInPieces_data()
    {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("longEvery");
        QTest::newRow("one thread, a long text in each row") << 600 << 1;
        QTest::newRow("several threads, one in some") << 70'000 << 150;
    }
    /// One text of 60 KB may stand in a million rows.
    void longTextsAreHandedOnInPieces()
    {
        QFETCH(int, rows);
        QFETCH(int, longEvery);
        Table table("device");
        Batch batch;
        const std::string text = std::string(60'000, 'x') + '"';
        std::string expected;
        for (int i = 0; i < rows; ++i) {
            const std::string key = "d" + std::to_string(i);
            const bool isLong = i % longEvery == 0;
            const protocol::Field field{"t", isLong ? std::string_view(text) : std::string_view("y")};
            batch.append(key, {&field, 1});
            expected.append(key).append(isLong ? ",\"" : ",y").append(isLong ? text + "\"\"\r\n" : "\r\n");
        }
        table.apply(batch);
        WriteOptions options;
        options.columns = {"device", "t"};
        options.header = false;
        const auto snapshot = table.snapshot();
        std::string out;
        std::size_t largest = 0;
        std::size_t lines = 0;
        const Status status = write(
            *snapshot, *evaluate(*snapshot, {}), {}, options,
            [&](std::string_view bytes) {
                largest = std::max(largest, bytes.size());
                out += bytes;
                return true;
            },
            nullptr,
            [&](std::size_t count) {
                QVERIFY(count >= lines);
                lines = count;
            });
        QVERIFY(status.ok());
        QVERIFY(out == expected);
        QVERIFY2(largest < 4'000'000, qPrintable(QString::number(largest)));
        QCOMPARE(lines, static_cast<std::size_t>(rows));
    }
    void cancelsBetweenLongTexts()
    {
        Table table("device");
        Batch batch;
        const std::string text(60'000, 'x');
        for (int i = 0; i < 200; ++i)
            batch.set("d" + std::to_string(i), "t", std::string_view(text));
        table.apply(batch);
        WriteOptions options;
        options.columns = {"t"};
        options.header = false;
        const auto snapshot = table.snapshot();
        CancelFlag cancel{false};
        int pieces = 0;
        const Status status = write(
            *snapshot, *evaluate(*snapshot, {}), {}, options,
            [&](std::string_view) {
                ++pieces;
                cancel = true;
                return true;
            },
            &cancel);
        QVERIFY(!status);
        QCOMPARE(status.error().code, std::string("export.cancelled"));
        QCOMPARE(pieces, 1);
    }
    void tooLittleMemoryIsSaid()
    {
        const Table table = tableOf("x");
        const auto snapshot = table.snapshot();
        WriteOptions options;
        options.columns = {"t"};
        options.header = false;
        const Status status = write(*snapshot, *evaluate(*snapshot, {}), {}, options,
                                    [](std::string_view) -> bool { throw std::bad_alloc(); });
        QVERIFY(!status);
        QCOMPARE(status.error().code, std::string("export.memory"));
    }
    void whatAThreadThrowsIsThrownOnce()
    {
        std::atomic<int> ended{0};
        for (const std::size_t thrower : {0, 1, 3}) {
            ended = 0;
            const auto work = [&](std::size_t part) {
                if (part == thrower)
                    throw std::bad_alloc();
                ++ended;
            };
            QVERIFY_EXCEPTION_THROWN(inParallel(4, work), std::bad_alloc);
            QCOMPARE(ended.load(), 3);
        }
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
#ifdef Q_OS_UNIX
    void whatIsNoFileIsWrittenTo()
    {
        QTemporaryDir folder;
        const Table table = tableOf("x");
        const auto snapshot = table.snapshot();
        const View view = *evaluate(*snapshot, {});
        const std::string expected = written(table, {});

        const std::string pipe = folder.filePath(QStringLiteral("pipe")).toStdString();
        QCOMPARE(mkfifo(pipe.c_str(), 0600), 0);
        std::string read;
        std::thread reader([&] {
            std::ifstream in(pipe, std::ios::binary);
            read.assign(std::istreambuf_iterator<char>(in), {});
        });
        const Status piped = writeFile(*snapshot, view, {}, {}, pipe);
        if (!std::filesystem::is_fifo(pipe)) // who waits at the pipe would do so for ever
            std::exit(1);
        reader.join();
        QVERIFY(piped.ok());
        QCOMPARE(read, expected);

        const std::string real = folder.filePath(QStringLiteral("real.csv")).toStdString();
        const std::string link = folder.filePath(QStringLiteral("link.csv")).toStdString();
        std::ofstream(real) << "old";
        std::filesystem::create_symlink("real.csv", link);
        QVERIFY(writeFile(*snapshot, view, {}, {}, link).ok());
        QVERIFY(std::filesystem::is_symlink(link));
        std::ifstream in(real, std::ios::binary);
        QCOMPARE(std::string(std::istreambuf_iterator<char>(in), {}), expected);
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files | QDir::System).size(), 3);
    }
#endif
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
