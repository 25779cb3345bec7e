// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/protocol/messages.h"
#include "demo/demo_fleet.h"
#include "presence/fleet_tracker.h"
#include "query/live_query.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTest>

#include <signal.h>
#include <unistd.h>

using namespace muster;

/// What takes long: many faults in a row, a large fleet, and time. Label "long".
class EnduranceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void repeatedDeathsOfTheServer();
    void hundredThousandDevicesAnswer();
    void memoryHolds();

private:
    struct Watched {
        std::unique_ptr<demo::DemoFleet> fleet;
        std::shared_ptr<nats::Connection> link;
        std::unique_ptr<presence::FleetTracker> tracker;
        table::Table table{"device"};
        table::Batch batch;

        void drain()
        {
            if (tracker->drain(batch))
                table.apply(batch);
        }
        std::int64_t in(presence::State state) const
        {
            return tracker->counts()[static_cast<std::size_t>(state)];
        }
    };
    static std::unique_ptr<Watched> watch(int devices, double heartbeatSeconds);
};

/// A fleet of devices that are all online and all answer, and a tracker that has seen them.
std::unique_ptr<EnduranceTest::Watched> EnduranceTest::watch(int devices, double heartbeatSeconds)
{
    demo::DemoFleet::Options options;
    options.thisComputer = false;
    options.sim.devices = devices;
    options.sim.heartbeatSeconds = heartbeatSeconds;
    options.sim.telemetrySeconds = heartbeatSeconds;
    options.sim.flappingShare = options.sim.slowShare = options.sim.silentShare = 0;
    options.sim.offlineShare = options.sim.errorShare = 0;
    auto watched = std::make_unique<Watched>();
    auto fleet = demo::DemoFleet::start(options);
    if (!fleet) {
        qWarning("%s", fleet.error().message.c_str());
        return nullptr;
    }
    watched->fleet = std::move(*fleet);
    nats::ConnectOptions to;
    to.servers = {watched->fleet->url()};
    auto link = nats::Connection::open(to);
    if (!link)
        return nullptr;
    watched->link = *link;
    auto tracker = presence::FleetTracker::start(watched->link, {});
    if (!tracker)
        return nullptr;
    watched->tracker = std::move(*tracker);
    return watched;
}

void EnduranceTest::repeatedDeathsOfTheServer()
{
    constexpr int devices = 500, deaths = 20, patienceMs = 20'000;
    const auto watched = watch(devices, 5);
    QVERIFY(watched);
    for (int death = 0; death <= deaths; ++death) {
        QTRY_COMPARE_WITH_TIMEOUT((watched->drain(), watched->in(presence::State::Online)), devices,
                                  patienceMs);
        if (death == deaths)
            break;
        QCOMPARE(::kill(static_cast<pid_t>(watched->fleet->serverPid()), SIGKILL), 0);
        QTRY_VERIFY_WITH_TIMEOUT(!watched->fleet->serverRunning(), patienceMs);
        watched->tracker->setLinkUp(false);
        QCOMPARE(watched->in(presence::State::Unknown), devices);
        QVERIFY(watched->fleet->restartServer().ok());
        QTRY_COMPARE_WITH_TIMEOUT(watched->link->state(), nats::State::Connected, patienceMs);
        watched->tracker->setLinkUp(true);
    }
    QCOMPARE(watched->table.rowCount(), std::size_t{devices});
}

void EnduranceTest::hundredThousandDevicesAnswer()
{
    constexpr int devices = 100'000, patienceMs = 60'000;
    const auto watched = watch(devices, 60);
    QVERIFY(watched);
    QTRY_COMPARE_WITH_TIMEOUT((watched->drain(), watched->in(presence::State::Online)), devices, patienceMs);

    query::Plan plan;
    for (const std::string &device : watched->fleet->simulator().deviceIds()) {
        query::Expected expected;
        expected.device = device;
        plan.roster.push_back(std::move(expected));
    }
    plan.subjects = {Subjects().queryAll()};
    plan.select = {"fw", "cpu.pct"};
    plan.deadlineMs = 30'000;
    auto query = query::LiveQuery::start(watched->link, plan);
    QVERIFY(query.ok());
    table::Table answers("device");
    table::Batch batch;
    while (!(*query)->waitFinished(20)) {
        (*query)->drain(batch);
        answers.apply(batch);
        QCOMPARE((*query)->tally().sum(), std::int64_t{devices}); // at every moment
    }
    (*query)->drain(batch);
    answers.apply(batch);
    QCOMPARE((*query)->tally().of(query::Outcome::Answered), std::int64_t{devices});
    QCOMPARE(answers.rowCount(), std::size_t{devices});
}

void EnduranceTest::memoryHolds()
{
    constexpr int devices = 10'000;
    constexpr qint64 warmUpMs = 60'000, wholeMs = 240'000;
    constexpr double allowedGrowth = 1.05;
    const auto resident = [] {
        QFile file(QStringLiteral("/proc/self/statm"));
        return file.open(QIODevice::ReadOnly) ? file.readAll().split(' ').value(1).toDouble() : 0.0;
    };
    const auto watched = watch(devices, 1);
    QVERIFY(watched);
    double warm = 0;
    QElapsedTimer timer;
    timer.start();
    const auto passed = [&](qint64 milliseconds) {
        watched->drain();
        return timer.elapsed() >= milliseconds;
    };
    QTRY_VERIFY_WITH_TIMEOUT(passed(warmUpMs), int(2 * warmUpMs));
    warm = resident();
    QTRY_VERIFY_WITH_TIMEOUT(passed(wholeMs), int(2 * wholeMs));
    qInfo("%.1f MB after a minute, %.1f MB after four", warm * double(::sysconf(_SC_PAGESIZE)) / 1e6,
          resident() * double(::sysconf(_SC_PAGESIZE)) / 1e6);
    QVERIFY(warm > 0);
    QVERIFY(resident() <= warm * allowedGrowth);
    QCOMPARE(watched->table.rowCount(), std::size_t{devices});
}

QTEST_GUILESS_MAIN(EnduranceTest)
#include "tst_endurance.moc"
