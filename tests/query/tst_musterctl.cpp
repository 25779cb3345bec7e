// SPDX-License-Identifier: GPL-3.0-or-later
#include "musterctl_run.h"
#include "support/fleet.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTemporaryDir>

using namespace muster;
using namespace muster::test;

namespace {

QStringList linesOf(const QString &file)
{
    QFile csv(file);
    if (!csv.open(QIODevice::ReadOnly))
        return {};
    QStringList lines = QString::fromUtf8(csv.readAll()).split(QStringLiteral("\r\n"));
    if (!lines.isEmpty() && lines.last().isEmpty())
        lines.removeLast();
    return lines;
}

} // namespace

/// The built program, run as an operator would.
class MusterctlTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();

    void helpAndVersion();
    void usageErrors_data();
    void usageErrors();
    void filterErrorsShowThePlace_data();
    void filterErrorsShowThePlace();
    void errorsCannotSteerTheTerminal();
    void noServer();
    void setsUp();
    void listsDevices();
    void queriesByHand();
    void silentCanFail();
    void demoAccountsForAll();

private:
    QStringList with(QStringList arguments) const
    {
        arguments << QStringLiteral("--server") << QString::fromStdString(m_server->url());
        return arguments;
    }
    QTemporaryDir m_folder;
    std::unique_ptr<nats::LocalServer> m_server;
    std::shared_ptr<nats::Connection> m_devices;
    nats::Subscription m_answers;
};

void MusterctlTest::initTestCase()
{
    m_server = startServer(true);
    QVERIFY(m_server);
    m_devices = connectTo(*m_server);
    QVERIFY(m_devices);
}

void MusterctlTest::cleanupTestCase()
{
    m_answers.reset();
    m_devices.reset();
    m_server.reset();
}

void MusterctlTest::helpAndVersion()
{
    const Run help = run({QStringLiteral("--help")});
    QCOMPARE(help.code, 0);
    QVERIFY(help.out.contains(QStringLiteral("setup")) && help.out.contains(QStringLiteral("query")));
    for (const char *command : {"setup", "devices", "query"}) {
        const Run each = run({QString::fromLatin1(command), QStringLiteral("--help")});
        QCOMPARE(each.code, 0);
        QVERIFY(each.out.contains(QStringLiteral("--server")));
    }
    const Run version = run({QStringLiteral("--version")});
    QCOMPARE(version.code, 0);
    QVERIFY(version.out.startsWith(QStringLiteral("musterctl ")));
}

void MusterctlTest::usageErrors_data()
{
    QTest::addColumn<QStringList>("arguments");
    const auto row = [](const char *name, const char *line) {
        QTest::newRow(name) << QString::fromLatin1(line).split(QLatin1Char(' '), Qt::SkipEmptyParts);
    };
    row("nothing", "");
    row("unknown command", "reboot");
    row("unknown option", "query --colour red");
    row("deadline", "query --deadline soon");
    row("scope", "query --scope region");
    row("no device", "query --scope device=d1,a.b");
    row("aggregate", "query --group-by fw --aggregate median");
    row("aggregate without groups", "query --aggregate count");
    row("two outputs", "query --json --csv -");
    row("tls", "devices --tls maybe");
    row("check and update", "setup --check --update");
}

void MusterctlTest::usageErrors()
{
    QFETCH(QStringList, arguments);
    const Run wrong = run(arguments);
    QCOMPARE(wrong.code, 2);
    QVERIFY(!wrong.err.isEmpty());
    QVERIFY(wrong.out.isEmpty());
}

void MusterctlTest::filterErrorsShowThePlace_data()
{
    QTest::addColumn<QString>("filter");
    QTest::addColumn<QString>("shown");
    QTest::addColumn<int>("column");
    const auto row = [](const char *name, const QString &filter, const QString &shown, int column) {
        QTest::newRow(name) << filter << shown << column;
    };
    const QString plain = QStringLiteral("region = \"eu\" nd x < 1");
    row("plain", plain, plain, 14);
    const QString wide = QStringLiteral(u"city = \"\u5927\u962a\U0001F525\" nd x < 1");
    row("wide", wide, wide, 16);
    const QString combined = QStringLiteral(u"city = \"e\u0301\" nd x < 1");
    row("combined", combined, combined, 11);
    row("made visible", QStringLiteral(u"city = \"\u202E\" nd x < 1"),
        QStringLiteral(u"city = \"\u27E6U+202E\u27E7\" nd x < 1"), 18);
}

void MusterctlTest::filterErrorsShowThePlace()
{
    QFETCH(QString, filter);
    QFETCH(QString, shown);
    QFETCH(int, column);
    const Run wrong = run({QStringLiteral("query"), QStringLiteral("--where"), filter});
    QCOMPARE(wrong.code, 2);
    const QStringList lines = wrong.err.split(QLatin1Char('\n'));
    const int at = static_cast<int>(lines.indexOf(QStringLiteral("  ") + shown));
    QVERIFY2(at >= 0, qPrintable(wrong.err));
    QCOMPARE(lines.at(at + 1),
             QStringLiteral("  ") + QString(column, QLatin1Char(' ')) + QStringLiteral("^^"));
}

void MusterctlTest::errorsCannotSteerTheTerminal()
{
    const Run wrong = run({QStringLiteral("query"), QStringLiteral("--aggregate"),
                           QStringLiteral(u"\u001b[2J\u009b31m\nall is well \u202e")});
    QCOMPARE(wrong.code, 2);
    QCOMPARE(wrong.err.count(QLatin1Char('\n')), 1);
    QVERIFY(!wrong.err.contains(QRegularExpression(QStringLiteral("[\\x{1b}\\x{9b}\\x{202e}]"))));
    QVERIFY(wrong.err.contains(QStringLiteral("all is well")));
}

void MusterctlTest::noServer()
{
    const Run none =
        run({QStringLiteral("devices"), QStringLiteral("--server"), QStringLiteral("nats://127.0.0.1:1"),
             QStringLiteral("--timeout"), QStringLiteral("1")});
    QCOMPARE(none.code, 1);
    QVERIFY(none.err.contains(QStringLiteral("127.0.0.1:1")));
}

void MusterctlTest::setsUp()
{
    Run check = run(with({QStringLiteral("setup"), QStringLiteral("--check")}));
    QCOMPARE(check.code, 3);
    QVERIFY(check.out.contains(QRegularExpression(QStringLiteral("PRESENCE .*missing"))));
    const Run made = run(with({QStringLiteral("setup")}));
    QCOMPARE(made.code, 0);
    QVERIFY(made.out.contains(QRegularExpression(QStringLiteral("PRESENCE .*created"))));
    check = run(with({QStringLiteral("setup"), QStringLiteral("--check")}));
    QCOMPARE(check.code, 0);

    nats::JetStream jetStream(m_devices);
    auto info = jetStream.streamInfo("AUDIT");
    QVERIFY(info.ok());
    info->config.description = "somebody else's";
    info->config.maxBytes = 123'456;
    QVERIFY(jetStream.updateStream(info->config).ok());
    const Run again = run(with({QStringLiteral("setup")}));
    QCOMPARE(again.code, 3);
    QVERIFY(again.out.contains(QRegularExpression(QStringLiteral("AUDIT .*different"))));
    QVERIFY(again.out.contains(QStringLiteral("--update")));
    QCOMPARE(run(with({QStringLiteral("setup"), QStringLiteral("--update")})).code, 0);
    QCOMPARE(run(with({QStringLiteral("setup"), QStringLiteral("--check")})).code, 0);
}

void MusterctlTest::listsDevices()
{
    for (int i = 0; i < 6; ++i) {
        protocol::Presence presence = presenceOf("d" + std::to_string(i), 0, 600);
        presence.labels = {{"name", "=1+1"}, {"region", i < 4 ? "eu" : "us"}};
        if (i == 5)
            presence.state = protocol::DeviceState::Closing;
        QVERIFY(publish(*m_devices, presence));
    }
    QVERIFY(m_devices->flush().ok());
    const Run list =
        run(with({QStringLiteral("devices"), QStringLiteral("--where"), QStringLiteral("region = \"eu\""),
                  QStringLiteral("--sort"), QStringLiteral("-device")}));
    QCOMPARE(list.code, 0);
    QCOMPARE(list.out.count(QLatin1Char('\n')), 5);
    QVERIFY(list.out.indexOf(QStringLiteral("d3")) < list.out.indexOf(QStringLiteral("d0")));
    QVERIFY(list.err.contains(QStringLiteral("6 devices, 5 online, 1 offline")));
    QVERIFY(!list.err.contains(QStringLiteral("refused")));
    QVERIFY(m_devices->publish("fleet.presence.d6", "no presence").ok() && m_devices->flush().ok());
    const Run refusing = run(with({QStringLiteral("devices")}));
    QVERIFY2(refusing.err.contains(QStringLiteral("; 1 message was refused")), qPrintable(refusing.err));

    const Run csv =
        run(with({QStringLiteral("devices"), QStringLiteral("--columns"),
                  QStringLiteral("device,presence,name"), QStringLiteral("--csv"), QStringLiteral("-")}));
    QCOMPARE(csv.code, 0);
    QVERIFY(csv.out.startsWith(QStringLiteral("device,presence,name\r\nd0,online,'=1+1\r\n")));
    QVERIFY(csv.out.contains(QStringLiteral("d5,offline,")));

    const Run json = run(with({QStringLiteral("devices"), QStringLiteral("--json")}));
    QCOMPARE(json.code, 0);
    const QStringList lines = json.out.split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    QCOMPARE(lines.size(), 6);
    QCOMPARE(
        QJsonDocument::fromJson(lines.first().toUtf8()).object().value(QStringLiteral("device")).toString(),
        QStringLiteral("d0"));
    const Run unwritable = run(
        with({QStringLiteral("devices"), QStringLiteral("--csv"), QStringLiteral("/nowhere/at/all.csv")}));
    QCOMPARE(unwritable.code, 1);
    QVERIFY(unwritable.err.contains(QStringLiteral("/nowhere/at/all.csv")));
}

void MusterctlTest::queriesByHand()
{
    auto subscribed = m_devices->subscribe("fleet.query.>", [this](const nats::MessageView &message) {
        const std::string to(message.reply);
        const std::vector<protocol::Field> row{{"fw", std::string_view("1.4.2")}, {"cpu.pct", 12.5}};
        (void)m_devices->publish(to, protocol::encodeRow("d0", row));
        (void)m_devices->publish(to, protocol::encodeEmpty("d1"));
        (void)m_devices->publish(to, protocol::encodeError("d2", "busy", "try later"));
    });
    QVERIFY(subscribed.ok());
    m_answers = std::move(*subscribed);
    QVERIFY(m_devices->flush().ok());

    const QString csv = m_folder.filePath(QStringLiteral("out.csv"));
    const Run asked =
        run(with({QStringLiteral("query"), QStringLiteral("--select"), QStringLiteral("fw,cpu.pct"),
                  QStringLiteral("--group-by"), QStringLiteral("fw"), QStringLiteral("--aggregate"),
                  QStringLiteral("avg cpu.pct"), QStringLiteral("--deadline"), QStringLiteral("700ms"),
                  QStringLiteral("--csv"), csv}));
    QCOMPARE(asked.code, 0);
    QVERIFY(asked.out.contains(QStringLiteral("answered 1 empty 1 error 1 silent 2 offline 1 = 6")));
    QVERIFY(asked.out.contains(QRegularExpression(QStringLiteral("1\\.4\\.2 +1 +12\\.5"))));
    QVERIFY(asked.out.contains(QStringLiteral("d2 failed: busy: try later\n")));
    const QStringList lines = linesOf(csv);
    QCOMPARE(lines.size(), 7);
    QCOMPARE(lines.first(), QStringLiteral("device,outcome,fw,cpu.pct,reply_ms,late,error"));
    QVERIFY(lines.at(1).startsWith(QStringLiteral("d0,answered,1.4.2,12.5,")));
    QVERIFY(lines.at(3).contains(QStringLiteral("busy: try later")));
    QVERIFY(lines.at(4).startsWith(QStringLiteral("d3,silent,")));
    QVERIFY(lines.at(6).startsWith(QStringLiteral("d5,offline,")));

    const Run json = run(with({QStringLiteral("query"), QStringLiteral("--select"), QStringLiteral("fw"),
                               QStringLiteral("--json"), QStringLiteral("--group-by"), QStringLiteral("fw"),
                               QStringLiteral("--deadline"), QStringLiteral("0.5s")}));
    QCOMPARE(json.code, 0);
    const QJsonObject object = QJsonDocument::fromJson(json.out.toUtf8()).object();
    QCOMPARE(object.value(QStringLiteral("roster")).toInt(), 6);
    QCOMPARE(object.value(QStringLiteral("tally")).toObject().value(QStringLiteral("silent")).toInt(), 2);
    QCOMPARE(object.value(QStringLiteral("rows")).toArray().size(), 6);
    QCOMPARE(object.value(QStringLiteral("groups")).toArray().size(), 1);

    const Run nobody =
        run(with({QStringLiteral("query"), QStringLiteral("--where"), QStringLiteral("region = \"mars\"")}));
    QCOMPARE(nobody.code, 0);
    QVERIFY(nobody.out.contains(QStringLiteral("= 0")));
}

void MusterctlTest::silentCanFail()
{
    const Run asked =
        run(with({QStringLiteral("query"), QStringLiteral("--fail-silent"), QStringLiteral("--scope"),
                  QStringLiteral("device=d3,d4"), QStringLiteral("--deadline"), QStringLiteral("300ms")}));
    QCOMPARE(asked.code, 4);
    QVERIFY(asked.out.contains(QStringLiteral("silent 2 offline 0 = 2")));
}

void MusterctlTest::demoAccountsForAll()
{
    const QString csv = m_folder.filePath(QStringLiteral("demo.csv"));
    const Run asked = run({QStringLiteral("query"), QStringLiteral("--demo"), QStringLiteral("500"),
                           QStringLiteral("--where"), QStringLiteral("region = \"eu\""),
                           QStringLiteral("--select"), QStringLiteral("fw,cpu.pct"),
                           QStringLiteral("--group-by"), QStringLiteral("fw"), QStringLiteral("--csv"), csv});
    QCOMPARE(asked.code, 0);
    const QRegularExpression line(
        QStringLiteral("answered (\\d+) empty (\\d+) error (\\d+) silent (\\d+) offline (\\d+) = (\\d+)"));
    const QRegularExpressionMatch match = line.match(asked.out);
    QVERIFY2(match.hasMatch(), qPrintable(asked.out + asked.err));
    int sum = 0;
    for (int i = 1; i <= 5; ++i)
        sum += match.captured(i).toInt();
    QCOMPARE(sum, match.captured(6).toInt());
    QVERIFY(sum > 50);
    QCOMPARE(linesOf(csv).size(), sum + 1);
}

QTEST_GUILESS_MAIN(MusterctlTest)
#include "tst_musterctl.moc"
