// SPDX-License-Identifier: GPL-3.0-or-later
// A device that answers a live query with whatever may do harm: over a real server into the table, and from
// there into files that other programs read.
#include "core/display_text.h"
#include "query/live_query.h"
#include "support/fleet.h"
#include "table/columns.h"
#include "table/writer.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>

#include <map>

using namespace muster;
using namespace muster::test;
using query::Outcome;

namespace {

constexpr std::size_t mostCellBytes = std::size_t{16} * 1024; // of an answer's cell: query/answers.cpp

const std::map<std::string, std::string> &hostileTexts()
{
    static const std::map<std::string, std::string> texts = {
        {"quotes", "a\"b\"\"c\""},
        {"lines", "one\ntwo\r\nthree\r"},
        {"tabs", "\tone\ttwo"},
        {"commas", ",a,,b,"},
        {"formula", "=cmd|' /C calc'!A0"},
        {"plus", "+1+1"},
        {"minus", "-1+1"},
        {"at", "@SUM(A1:A9)"},
        {"override", "\u202Egpj.exe"},
        {"isolates", "\u2066a\u2069\u200F"},
        {"html", "<img src=x onerror=alert(1)>&amp;"},
        {"nul", std::string("a\0b", 3)},
        {"controls", "\x1b[2J\x07\x7f"},
        {"wide", "日本 👩\u200D🔧 e\u0301"},
        {"empty", ""},
        {"path", "../../etc/passwd"},
        {"large", std::string(65'536, 'x')},
        {"large quotes", std::string(65'536, '"')},
        {"large wide",
         [] {
             std::string text = "a";
             while (text.size() < 65'536)
                 text += "é";
             return text;
         }()},
    };
    return texts;
}

std::string hostileAnswer(const std::string &device)
{
    std::vector<protocol::Field> row;
    for (const auto &[name, text] : hostileTexts())
        row.push_back({name, std::string_view(text)});
    return protocol::encodeRow(device, row);
}

/// Cut at a character, as an answer's cell is.
std::string bounded(const std::string &text)
{
    if (text.size() <= mostCellBytes)
        return text;
    std::size_t bytes = mostCellBytes;
    while ((static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U)
        --bytes;
    return text.substr(0, bytes);
}

/// A CSV file as Python's csv module reads it: a JSON object a row.
QList<QJsonObject> readByPython(const QString &path)
{
    QProcess python;
    python.start(
        QStringLiteral("python3"),
        {QStringLiteral("-c"),
         QStringLiteral("import csv, json, sys\n"
                        "csv.field_size_limit(1 << 24)\n"
                        "with open(sys.argv[1], newline='', encoding='utf-8') as file:\n"
                        "    for row in csv.DictReader(file, strict=True): print(json.dumps(row))\n"),
         path});
    if (!python.waitForFinished(60'000) || python.exitCode() != 0 ||
        python.error() == QProcess::FailedToStart)
        qCritical("python3: %s %s", qPrintable(python.errorString()),
                  python.readAllStandardError().constData());
    QList<QJsonObject> rows;
    for (const QByteArray &line : python.readAllStandardOutput().trimmed().split('\n'))
        rows.append(QJsonDocument::fromJson(line).object());
    return rows;
}

} // namespace

class HostileAnswersTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_server = startServer(false);
        QVERIFY(m_server);
        m_device = connectTo(*m_server);
        m_operator = connectTo(*m_server);
        QVERIFY(m_device && m_operator);
    }
    void cleanup()
    {
        m_subscription.reset();
        m_device.reset();
        m_operator.reset();
        m_server.reset();
    }

    void textComesThroughAndIsBounded()
    {
        answerWith({hostileAnswer("d0")});
        ask(1);
        QCOMPARE(m_tally.of(Outcome::Answered), std::int64_t{1});
        QCOMPARE(m_tally.sum(), std::int64_t{1});
        QCOMPARE(m_tally.rejected, std::int64_t{0});
        for (const auto &[name, text] : hostileTexts())
            QCOMPARE(QByteArray::fromStdString(textAt(m_table, "d0", name)),
                     QByteArray::fromStdString(bounded(text)));

        // Out as a spreadsheet would take it, and as it is.
        for (const bool neutralise : {true, false}) {
            const QJsonObject row = exported(neutralise);
            for (const auto &[name, text] : hostileTexts()) {
                std::string expected = bounded(text);
                std::replace(expected.begin(), expected.end(), '\0', '\x01');
                const bool isFormula =
                    !text.empty() && std::string_view("=+-@\t\r\n").find(text[0]) != std::string_view::npos;
                QString cell = QString::fromStdString((neutralise && isFormula ? "'" : "") + expected);
                cell.replace(QChar(1), QChar(QChar::ReplacementCharacter));
                QCOMPARE(row.value(QString::fromStdString(name)).toString(), cell);
            }
        }
    }

    /// Names of fields are a device's words as well.
    void namesAreDataToo()
    {
        const std::vector<protocol::Field> fields{{"=HYPERLINK(\"http://x\")", std::int64_t{1}},
                                                  {"a,b\n\"c\"", std::int64_t{2}},
                                                  {"outcome", std::string_view("answered")},
                                                  {"\u202Ename", std::int64_t{4}}};
        answerWith({protocol::encodeRow("d0", fields)});
        ask(1);
        QCOMPARE(m_tally.of(Outcome::Answered), std::int64_t{1});
        QCOMPARE(textAt(m_table, "d0", "outcome"), std::string("answered")); // ours
        QCOMPARE(textAt(m_table, "d0", "field.outcome"), std::string("answered"));
        const QJsonObject row = exported(true);
        QCOMPARE(row.value(QStringLiteral("'=HYPERLINK(\"http://x\")")).toString(), QStringLiteral("1"));
        QCOMPARE(row.value(QStringLiteral("a,b\n\"c\"")).toString(), QStringLiteral("2"));
        QCOMPARE(row.value(QStringLiteral("\u202Ename")).toString(), QStringLiteral("4"));
    }

    /// What is no answer is counted and named, and those beside it are not harmed.
    void whatIsNoAnswerIsCounted()
    {
        const std::vector<std::string> bad = {
            "{\"v\":1,\"device\":\"d0\",\"row\":{\"t\":\"\xff\xfe\"}}", // not UTF-8
            "{\"v\":1,\"device\":\"d0\",\"row\":{\"t\":\"\xed\xa0\x80\"}}",
            "{\"v\":1,\"device\":\"d0\",\"row\":{\"n\":1e999}}",
            "{\"v\":1,\"device\":\"d0\",\"row\":" + nested(9) + "}",
            "{\"v\":1,\"device\":\"d0\",\"row\":" + nested(100'000) + "}",
            "{\"v\":1,\"device\":\"d0\",\"row\":" + fieldsOf(513) + "}",
            "{\"v\":1,\"device\":\"d0\",\"row\":{\"" + std::string(257, 'n') + "\":1}}",
            "{\"v\":1,\"device\":\"../d0\",\"row\":{}}",
            "{\"v\":1,\"device\":\"d0\"",
            "[]",
            std::string(100, '\0'),
            "{\"v\":1,\"device\":\"d0\",\"row\":{\"t\":\"" + std::string(1'100'000, 'x') +
                "\"}}", // cannot be sent
        };
        std::vector<std::string> answers(bad.begin(), bad.end() - 1);
        answers.push_back("{\"v\":1,\"device\":\"d0\",\"row\":{\"t\":\"good\"}}");
        answers.push_back("{\"v\":1,\"device\":\"stranger\",\"row\":{\"t\":\"=1\"}}");
        answers.push_back(hostileAnswer("d1"));
        answerWith(answers);
        ask(2);
        QCOMPARE(m_tally.of(Outcome::Answered), std::int64_t{2});
        QCOMPARE(m_tally.sum(), std::int64_t{2});
        QCOMPARE(m_tally.rejected, static_cast<std::int64_t>(bad.size() - 1));
        QCOMPARE(m_tally.unexpected, std::int64_t{1});
        QCOMPARE(textAt(m_table, "d0", "t"), std::string("good"));
        for (const protocol::Reject &reject : m_rejected)
            QVERIFY(reject.detail.size() <= 512 && isUtf8(reject.detail));
        QVERIFY(!m_device->publish("fleet.too.large", bad.back()).ok());
    }

    /// The words of an error are a device's as well.
    void errorsAreText()
    {
        answerWith(
            {"{\"v\":1,\"device\":\"d0\",\"error\":{\"code\":\"=1+1\",\"message\":\"<b>\\u202Eno\\r\\n\\\"" +
             std::string(70'000, 'e') + "\"}}"});
        ask(1);
        QCOMPARE(m_tally.of(Outcome::Error), std::int64_t{1});
        const std::string error = textAt(m_table, "d0", "error");
        QVERIFY(!error.empty() &&
                error.size() <= 2 * mostCellBytes + 2); // the code and the message, each cut
        const QJsonObject row = exported(true);
        const QString read = row.value(QStringLiteral("error")).toString();
        QVERIFY(!read.startsWith(QLatin1Char('=')));
        QVERIFY(read.contains(QStringLiteral("\u202Eno\r\n\"")));
    }

private:
    static std::string nested(int depth)
    {
        std::string text;
        for (int i = 0; i < depth; ++i)
            text += "{\"a\":";
        return text + "1" + std::string(static_cast<std::size_t>(depth), '}');
    }
    static std::string fieldsOf(int count)
    {
        std::string text = "{";
        for (int i = 0; i < count; ++i)
            text += (i > 0 ? ",\"f" : "\"f") + std::to_string(i) + "\":1";
        return text + "}";
    }

    void answerWith(std::vector<std::string> answers)
    {
        auto subscription =
            m_device->subscribe("fleet.query.all", [this, answers](const nats::MessageView &message) {
                const std::string to(message.reply);
                for (const std::string &answer : answers)
                    (void)m_device->publish(to, answer);
            });
        QVERIFY(subscription);
        m_subscription = std::move(*subscription);
        QVERIFY(m_device->flush().ok());
    }

    void ask(int devices)
    {
        query::Plan plan;
        for (int i = 0; i < devices; ++i)
            plan.roster.push_back({"d" + std::to_string(i), true, {}});
        plan.subjects = {Subjects().queryAll()};
        plan.deadlineMs = 20'000;
        auto query = query::LiveQuery::start(m_operator, plan);
        QVERIFY(query);
        QVERIFY((*query)->waitFinished(30'000));
        m_table = table::Table("device");
        table::Batch batch;
        while ((*query)->drain(batch))
            m_table.apply(batch);
        m_tally = (*query)->tally();
        m_rejected = (*query)->recentRejected();
    }

    /// The row of d0 in a CSV file of the whole table.
    QJsonObject exported(bool neutralise)
    {
        table::WriteOptions options;
        options.neutraliseFormulas = neutralise;
        for (int i = 0; i < m_table.columnCount(); ++i)
            options.columns.push_back(m_table.columnName(i));
        const QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("answers.csv"));
        const auto snapshot = m_table.snapshot();
        const table::View view = *table::evaluate(*snapshot, {});
        if (!table::writeFile(*snapshot, view, {}, options, path.toStdString()))
            return {};
        const QList<QJsonObject> rows = readByPython(path);
        if (rows.size() != static_cast<qsizetype>(m_table.rowCount()))
            qCritical("%lld rows for %zu", static_cast<long long>(rows.size()), m_table.rowCount());
        for (const QJsonObject &row : rows) {
            if (row.value(QStringLiteral("device")).toString() == QLatin1String("d0"))
                return row;
        }
        return {};
    }

    std::unique_ptr<nats::LocalServer> m_server;
    std::shared_ptr<nats::Connection> m_device, m_operator;
    nats::Subscription m_subscription;
    table::Table m_table{"device"};
    query::Tally m_tally;
    std::vector<protocol::Reject> m_rejected;
};

QTEST_GUILESS_MAIN(HostileAnswersTest)
#include "tst_hostile_answers.moc"
