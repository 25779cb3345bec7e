// SPDX-License-Identifier: GPL-3.0-or-later
#include "nats_test.h"

#include <QProcess>

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>

using namespace muster;
using namespace muster::nats;

namespace {

/// Gone, or dead and not yet collected by whoever inherited it.
bool isGone(qint64 pid)
{
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::string text{std::istreambuf_iterator<char>(stat), std::istreambuf_iterator<char>()};
    const auto end = text.rfind(')');
    return end == std::string::npos || text.substr(end, 3) == ") Z";
}

} // namespace

class TestLocalServer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void startsAndLeavesNothing()
    {
        std::string directory;
        qint64 pid = 0;
        {
            auto server = LocalServer::start({});
            VERIFY_OK(server);
            directory = (*server)->directory();
            pid = (*server)->pid();
            QVERIFY((*server)->isRunning());
            QVERIFY(std::filesystem::exists((*server)->configFile()));
            QVERIFY(std::filesystem::exists((*server)->logFile()));
            auto connection = Connection::open(optionsFor(**server));
            VERIFY_OK(connection);
            QCOMPARE((*connection)->connectedUrl(), (*server)->url());
            QVERIFY(!(*connection)->serverVersion().empty());
        }
        QVERIFY(isGone(pid));
        QVERIFY(!std::filesystem::exists(directory));
    }

    void killsAndStartsAgainOnTheSamePort()
    {
        auto server = LocalServer::start({});
        VERIFY_OK(server);
        const std::string url = (*server)->url();
        const auto pid = (*server)->pid();
        (*server)->kill();
        QVERIFY(!(*server)->isRunning());
        VERIFY_OK((*server)->restart());
        QVERIFY((*server)->isRunning());
        QVERIFY((*server)->pid() != pid);
        QCOMPARE((*server)->url(), url);
    }

    void outlivesTheThreadThatStartedIt()
    {
        std::unique_ptr<LocalServer> server;
        std::thread([&] {
            if (auto made = LocalServer::start({}))
                server = std::move(*made);
        }).join();
        QVERIFY(server);
        auto connection = Connection::open(optionsFor(*server));
        VERIFY_OK(connection);
        VERIFY_OK((*connection)->roundTrip());
        QVERIFY(server->isRunning());
    }

    void diesWithThisProcess()
    {
        QProcess other;
        other.start(QCoreApplication::applicationFilePath(), {QStringLiteral("--serve")});
        QVERIFY(other.waitForStarted());
        QVERIFY(other.waitForReadyRead(20000));
        const QList<QByteArray> said = other.readLine().trimmed().split(' ');
        QCOMPARE(said.size(), 2);
        const qint64 pid = said[0].toLongLong();
        QVERIFY(pid > 0);
        QVERIFY(!isGone(pid));
        other.kill();
        other.waitForFinished();
        QTRY_VERIFY_WITH_TIMEOUT(isGone(pid), 5000);
        const std::string left = said[1].toStdString();
        QVERIFY(std::filesystem::exists(left));

        // What it could not remove goes with the next start, and nothing that is in use does.
        auto next = LocalServer::start({});
        VERIFY_OK(next);
        QVERIFY(!std::filesystem::exists(left));
        auto another = LocalServer::start({});
        VERIFY_OK(another);
        QVERIFY(std::filesystem::exists((*next)->directory() + "/nats-server.conf"));
        QVERIFY((*next)->isRunning());
    }

    void keepsAGivenDirectory()
    {
        QTemporaryDir dir;
        LocalServer::Options options;
        options.directory = dir.filePath(QStringLiteral("a \"quoted\" place")).toStdString();
        {
            auto server = LocalServer::start(options);
            VERIFY_OK(server);
            QCOMPARE((*server)->directory(), options.directory);
        }
        QVERIFY(std::filesystem::exists(options.directory + "/nats-server.conf"));
        VERIFY_OK(LocalServer::start(options));
    }

    void listensForMqtt()
    {
        LocalServer::Options options;
        options.mqtt = true;
        auto server = LocalServer::start(options);
        VERIFY_OK(server);
        QVERIFY((*server)->mqttPort() > 0);
        QVERIFY((*server)->mqttPort() != (*server)->port());
    }

    void namesWhatIsWrong()
    {
        auto first = LocalServer::start({});
        VERIFY_OK(first);
        LocalServer::Options taken;
        taken.port = (*first)->port();
        auto second = LocalServer::start(taken);
        COMPARE_CODE(second, "server.port");
        QVERIFY(second.error().message.find(std::to_string(taken.port)) != std::string::npos);

        LocalServer::Options missing;
        missing.executable = "/nowhere/nats-server";
        auto third = LocalServer::start(missing);
        COMPARE_CODE(third, "server.missing");
        QVERIFY(third.error().remedy.find("nats-server") != std::string::npos);

        LocalServer::Options broken;
        broken.extraConfig = "accounts { A: { users: [ ";
        auto fourth = LocalServer::start(broken);
        COMPARE_CODE(fourth, "server.failed");
        QVERIFY2(fourth.error().message.find("Parse error") != std::string::npos,
                 fourth.error().message.c_str());
    }
};

/// `--serve`: a program that starts a server and is then killed, for diesWithThisProcess().
int main(int argc, char *argv[])
{
    if (argc == 2 && std::string_view(argv[1]) == "--serve") {
        auto server = LocalServer::start({});
        if (!server)
            return 1;
        std::printf("%lld %s\n", static_cast<long long>((*server)->pid()), (*server)->directory().c_str());
        std::fflush(stdout);
        for (;;)
            ::pause();
    }
    QCoreApplication app(argc, argv);
    TestLocalServer test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_local_server.moc"
