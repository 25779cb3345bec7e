// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/protocol/messages.h"
#include "core/ulid.h"
#include "demo/demo_fleet.h"
#include "nats/jetstream.h"

#include <QtTest>

#include <csignal>
#include <thread>

using namespace muster;
using demo::DemoFleet;

namespace {

bool isProcess(std::int64_t pid)
{
    return pid > 0 && ::kill(static_cast<pid_t>(pid), 0) == 0;
}

DemoFleet::Options smallFleet()
{
    DemoFleet::Options options;
    options.sim.devices = 30;
    options.agentExecutable =
        (qEnvironmentVariable("MUSTER_BIN_DIR") + QStringLiteral("/muster-agent")).toStdString();
    return options;
}

} // namespace

class TestDemoFleet : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void speaksAsOftenAsAComputerBears()
    {
        QCOMPARE(demo::SimOptions::paced(200).devices, 200);
        QCOMPARE(demo::SimOptions::paced(200).heartbeatSeconds, 10.0);
        QCOMPARE(demo::SimOptions::paced(25'000).heartbeatSeconds, 10.0);
        QCOMPARE(demo::SimOptions::paced(1'000'000).heartbeatSeconds, 400.0);
        QCOMPARE(demo::SimOptions::paced(1'000'000).telemetrySeconds, 400.0);
    }

    void isAWholeFleet()
    {
        std::vector<std::string> sentences;
        auto fleet = DemoFleet::start(smallFleet(), [&](const std::string &s) { sentences.push_back(s); });
        QVERIFY2(fleet.ok(), fleet ? "" : fleet.error().message.c_str());
        DemoFleet &demo = **fleet;
        QVERIFY(sentences.size() >= 3);
        QVERIFY(demo.simulator().waitUntilUp(20'000));
        QVERIFY(demo.serverRunning());
        QVERIFY(isProcess(demo.serverPid()) && isProcess(demo.agentPid()));

        nats::ConnectOptions options;
        options.servers = {demo.url()};
        auto connection = nats::Connection::open(std::move(options));
        QVERIFY(connection.ok());
        nats::JetStream jetStream(*connection);
        // The simulated ones and this computer.
        QTRY_COMPARE_WITH_TIMEOUT(jetStream.streamInfo("PRESENCE")->messages, std::uint64_t(31), 20'000);
        protocol::QueryRequest request;
        request.id = newUlid();
        auto reply =
            (*connection)
                ->request("fleet.query.site.local", protocol::encode(request), std::chrono::seconds(10));
        QVERIFY(reply.ok());
        QVERIFY(reply->data.find("\"kernel\"") != std::string::npos);

        const auto server = demo.serverPid(), agent = demo.agentPid();
        fleet->reset();
        QVERIFY(!isProcess(server));
        QVERIFY(!isProcess(agent));
    }

    void survivesItsServer()
    {
        auto fleet = DemoFleet::start(smallFleet());
        QVERIFY(fleet.ok());
        DemoFleet &demo = **fleet;
        QVERIFY(demo.simulator().waitUntilUp(20'000));
        const int port = demo.port();
        QCOMPARE(::kill(static_cast<pid_t>(demo.serverPid()), SIGKILL), 0);
        QTRY_VERIFY(!demo.serverRunning());
        QTRY_VERIFY(!demo.simulator().isUp());
        QVERIFY(demo.restartServer().ok());
        QCOMPARE(demo.port(), port);
        QElapsedTimer timer;
        timer.start();
        QVERIFY(demo.simulator().waitUntilUp(10'000));
        qInfo("up again %lld ms after the server", static_cast<long long>(timer.elapsed()));
        QVERIFY(demo.serverCommand().find("nats-server -c ") != std::string::npos);
    }

    void outlivesTheThreadThatStartedIt()
    {
        std::unique_ptr<DemoFleet> fleet;
        std::thread([&] {
            if (auto made = DemoFleet::start(smallFleet()))
                fleet = std::move(*made);
        }).join();
        QVERIFY(fleet);
        QVERIFY(fleet->simulator().waitUntilUp(20'000));
        QVERIFY(fleet->serverRunning() && isProcess(fleet->agentPid()));
    }

    void saysWhatIsMissing()
    {
        DemoFleet::Options options = smallFleet();
        options.agentExecutable = "/nowhere/muster-agent";
        auto fleet = DemoFleet::start(options);
        QVERIFY(!fleet.ok());
        QCOMPARE(fleet.error().code, std::string("demo.agent-missing"));

        options = smallFleet();
        auto first = DemoFleet::start(options);
        QVERIFY(first.ok());
        options.port = (*first)->port();
        auto second = DemoFleet::start(options);
        QVERIFY(!second.ok());
        QCOMPARE(second.error().code, std::string("server.port"));
        QVERIFY(second.error().message.find(std::to_string(options.port)) != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestDemoFleet)
#include "tst_demo_fleet.moc"
