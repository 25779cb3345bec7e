// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/protocol/messages.h"
#include "core/ulid.h"
#include "message_log.h"
#include "nats/local_server.h"

#include <QTcpServer>
#include <QTcpSocket>
#include <QtTest>

#include <csignal>

using namespace muster;
using test::MessageLog;

namespace {

QString agentPath()
{
    return qEnvironmentVariable("MUSTER_BIN_DIR") + QStringLiteral("/muster-agent");
}

struct Run {
    int exitCode = -1;
    QString out, err;
};

Run run(const QStringList &arguments)
{
    QProcess process;
    process.start(agentPath(), arguments);
    process.waitForFinished(20'000);
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
            QString::fromUtf8(process.readAllStandardOutput()),
            QString::fromUtf8(process.readAllStandardError())};
}

} // namespace

class TestMusterAgent : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void explainsItself()
    {
        const Run help = run({QStringLiteral("--help")});
        QCOMPARE(help.exitCode, 0);
        QVERIFY(help.out.contains(QStringLiteral("--server URL")));
        QVERIFY(run({QStringLiteral("--version")}).out.startsWith(QStringLiteral("muster-agent ")));
    }

    void refusesWhatCannotBe_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("exitCode");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, const QString &arguments, int exitCode, const char *says) {
            QTest::newRow(name) << arguments.split(QLatin1Char(' ')) << exitCode << QString::fromLatin1(says);
        };
        row("unknown", QStringLiteral("--colour red"), 2, "--colour");
        row("no value", QStringLiteral("--server"), 2, "needs a value");
        row("interval", QStringLiteral("--interval 0"), 2, "1 to 86400");
        row("site", QStringLiteral("--site a.b"), 2, "a.b");
        row("label", QStringLiteral("--label colour"), 2, "key=value");
        row("id", QStringLiteral("--id a.b"), 1, "a.b");
        row("root", QStringLiteral("--root a..b"), 1, "root");
        row("creds", QStringLiteral("--creds /nowhere.creds"), 1, "/nowhere.creds");
        row("context", QStringLiteral("--context nowhere-at-all"), 1, "nowhere-at-all");
    }

    void refusesWhatCannotBe()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, exitCode);
        QFETCH(QString, says);
        const Run result = run(arguments);
        QCOMPARE(result.exitCode, exitCode);
        QVERIFY2(result.err.contains(says), qPrintable(result.err));
    }

    void isADevice_data()
    {
        QTest::addColumn<int>("signal");
        QTest::newRow("SIGTERM") << SIGTERM;
        QTest::newRow("SIGINT") << SIGINT;
    }

    void isADevice()
    {
        QFETCH(int, signal);
        nats::LocalServer::Options options;
        options.jetStream = false;
        auto server = nats::LocalServer::start(std::move(options));
        QVERIFY2(server.ok(), server ? "" : server.error().message.c_str());
        auto connection = test::connectTo((*server)->url());
        QVERIFY(connection);
        MessageLog presence(*connection, "plant.presence.pump-7");
        MessageLog telemetry(*connection, "plant.telemetry.pump-7");
        QVERIFY(presence && telemetry);

        QProcess agent;
        agent.start(agentPath(),
                    {QStringLiteral("--server"), QString::fromStdString((*server)->url()),
                     QStringLiteral("--root=plant"), QStringLiteral("--id"), QStringLiteral("pump-7"),
                     QStringLiteral("--site=ams-01"), QStringLiteral("--label"),
                     QStringLiteral("colour=red=green"), QStringLiteral("--interval=1")});
        QVERIFY(agent.waitForStarted());
        QVERIFY(presence.waitForCount(2));
        QVERIFY(telemetry.waitForCount(1));
        QVERIFY(test::holds(presence.messages().front(), R"("colour":"red=green")"));
        QVERIFY(test::holds(presence.messages().front(), R"("site":"ams-01")"));
        QVERIFY(test::holds(telemetry.messages().front(), R"("mem.free":)"));

        protocol::QueryRequest request;
        request.id = newUlid();
        request.select = {"site", "mem.total", "kernel"};
        auto reply = connection->request("plant.query.site.ams-01", protocol::encode(request),
                                         std::chrono::seconds(10));
        QVERIFY(reply.ok());
        QVERIFY(test::holds(*reply, R"("mem.total":)") && test::holds(*reply, R"("kernel":)"));

        QCOMPARE(::kill(static_cast<pid_t>(agent.processId()), signal), 0);
        QVERIFY(agent.waitForFinished(10'000));
        QCOMPARE(agent.exitStatus(), QProcess::NormalExit);
        QCOMPARE(agent.exitCode(), 0);
        QVERIFY(presence.waitFor([](const auto &m) { return test::holds(m, R"("state":"closing")"); }));
    }

    void ignoredSignalsStayIgnored()
    {
        QProcess agent;
        agent.setChildProcessModifier([] { std::signal(SIGHUP, SIG_IGN); }); // as nohup does
        agent.setReadChannel(QProcess::StandardError);
        agent.start(agentPath(), {QStringLiteral("--server=nats://127.0.0.1:1")});
        QVERIFY(agent.waitForReadyRead(10'000)); // it tells who it is once it runs
        QCOMPARE(::kill(static_cast<pid_t>(agent.processId()), SIGHUP), 0);
        QVERIFY(!agent.waitForFinished(500)); // a wrong end would be seen here at once
        agent.terminate();
        QVERIFY(agent.waitForFinished(10'000));
        QCOMPARE(agent.exitCode(), 0);
    }

    // What a server says goes to a terminal, which would obey it.
    void wordsOfTheServerAreShownNotObeyed()
    {
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        connect(&server, &QTcpServer::newConnection, this, [&server] {
            QTcpSocket *socket = server.nextPendingConnection();
            socket->write("INFO {\"server_id\":\"S\",\"version\":\"2.10.0\",\"proto\":1,\"headers\":true,"
                          "\"max_payload\":1048576}\r\n");
            connect(socket, &QTcpSocket::readyRead, socket, [socket] {
                while (socket->canReadLine()) {
                    if (socket->readLine() == "PING\r\n")
                        socket->write("PONG\r\n-ERR 'Permissions Violation for Publish to \"\x1b[2Jx\"'\r\n");
                }
            });
        });
        QProcess agent;
        agent.start(agentPath(), {QStringLiteral("--server=nats://127.0.0.1:%1").arg(server.serverPort())});
        QVERIFY(agent.waitForStarted());
        QByteArray said;
        QTRY_VERIFY_WITH_TIMEOUT((said += agent.readAllStandardError()).contains("Permissions Violation"),
                                 10'000);
        QVERIFY2(!said.contains('\x1b'), said.constData());
        QVERIFY2(said.contains("\xE2\x90\x9B[2Jx"), said.constData()); // as a picture of itself
        agent.terminate();
        QVERIFY(agent.waitForFinished(10'000));
    }

    void waitsForItsServer()
    {
        QProcess agent;
        agent.start(agentPath(), {QStringLiteral("--server=nats://127.0.0.1:1")});
        QVERIFY(agent.waitForStarted());
        QVERIFY(!agent.waitForFinished(500)); // it goes on trying; a wrong end would be seen here at once
        agent.terminate();
        QVERIFY(agent.waitForFinished(10'000));
        QCOMPARE(agent.exitCode(), 0);
    }
};

QTEST_GUILESS_MAIN(TestMusterAgent)
#include "tst_muster_agent.moc"
