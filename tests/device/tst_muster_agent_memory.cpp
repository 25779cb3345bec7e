// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/protocol/messages.h"
#include "core/ulid.h"
#include "message_log.h"
#include "nats/local_server.h"

#include <QtTest>

using namespace muster;
using test::MessageLog;

namespace {

constexpr int limitKb = 10'000; // 10 MB

int residentKb(qint64 pid)
{
    QFile file(QStringLiteral("/proc/%1/status").arg(pid));
    if (!file.open(QIODevice::ReadOnly))
        return -1;
    for (const QByteArray &line : file.readAll().split('\n')) {
        if (line.startsWith("VmRSS:"))
            return line.mid(6).replace("kB", "").trimmed().toInt();
    }
    return -1;
}

} // namespace

/// The agent of a Release build, at work.
class TestMusterAgentMemory : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void staysUnderTenMegabytes()
    {
        nats::LocalServer::Options options;
        options.jetStream = false;
        auto server = nats::LocalServer::start(std::move(options));
        QVERIFY2(server.ok(), server ? "" : server.error().message.c_str());
        auto connection = test::connectTo((*server)->url());
        QVERIFY(connection);
        MessageLog presence(*connection, "fleet.presence.small");
        QProcess agent;
        agent.start(qEnvironmentVariable("MUSTER_BIN_DIR") + QStringLiteral("/muster-agent"),
                    {QStringLiteral("--server"), QString::fromStdString((*server)->url()),
                     QStringLiteral("--id=small"), QStringLiteral("--site=a"), QStringLiteral("--group=b"),
                     QStringLiteral("--region=c"), QStringLiteral("--interval=1")});
        QVERIFY(presence.waitForCount(2));

        protocol::QueryRequest request;
        request.where = R"({"<":[{"var":"mem.free"},1e15]})";
        const char *const subjects[] = {"fleet.query.all", "fleet.query.device.small", "fleet.query.site.a",
                                        "fleet.query.group.b", "fleet.query.group.b.c"};
        for (int i = 0; i < 1000; ++i) {
            request.id = newUlid();
            QVERIFY(connection->request(subjects[i % 5], protocol::encode(request), std::chrono::seconds(10))
                        .ok());
        }
        const std::string padding(60'000, ' '); // large, valid, and to be forgotten afterwards
        for (const char *subject : subjects)
            QVERIFY(connection->request(subject, protocol::encode(request) + padding, std::chrono::seconds(10)).ok());
        const std::string flood(900'000, '[');
        for (const char *subject : subjects)
            QVERIFY(connection->publish(subject, flood, "nowhere").ok());
        const std::size_t seen = presence.size();
        QVERIFY(presence.waitForCount(seen + 5));
        const int resident = residentKb(agent.processId());
        qInfo("muster-agent: %d kB resident", resident);
        QVERIFY(resident > 0);
        QVERIFY2(resident < limitKb, qPrintable(QString::number(resident)));
        agent.terminate();
        QVERIFY(agent.waitForFinished(10'000));
    }
};

QTEST_GUILESS_MAIN(TestMusterAgentMemory)
#include "tst_muster_agent_memory.moc"
