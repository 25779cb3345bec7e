// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/protocol/messages.h"
#include "core/ulid.h"
#include "support/fleet.h"

#include <QElapsedTimer>

#include <atomic>

using namespace muster;
using namespace muster::test;
using presence::State;

class FleetTrackerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void snapshotThenLive();
    void agesByTheDevicesInterval();
    void oldPresenceIsOfflineFromTheStart();
    void closingIsOfflineAtOnce();
    void reorderedAndRepeatedChangeNothing();
    void willWithoutOrderCounts();
    void flappingIsDamped();
    void refusesWithReasons();
    void rejectionsAreBounded();
    void columnsAreBounded();
    void reservedNamesAreSetAside();
    void labelThatGoesIsCleared();
    void telemetryMakesNoDevice();
    void linkDownIsUnknown();
    void survivesTheServersDeath();
    void liveOnlyWithoutStream();
    void followsTheStreamOfItsRoot();
    void tellsWhyTheStreamIsNotFollowed();
    void problemEndsWithTheLinkBack();

private:
    bool prepare(bool jetStream = true, const std::string &extra = {});
    std::unique_ptr<nats::LocalServer> m_server;
    std::shared_ptr<nats::Connection> m_devices, m_operator;
};

void FleetTrackerTest::init() {}

void FleetTrackerTest::cleanup()
{
    m_devices.reset();
    m_operator.reset();
    m_server.reset();
}

bool FleetTrackerTest::prepare(bool jetStream, const std::string &extra)
{
    m_server = startServer(jetStream, extra);
    if (!m_server)
        return false;
    m_devices = connectTo(*m_server);
    m_operator = connectTo(*m_server);
    return m_devices && m_operator && (!jetStream || provision(m_operator));
}

void FleetTrackerTest::snapshotThenLive()
{
    QVERIFY(prepare());
    for (int i = 0; i < 50; ++i) {
        protocol::Presence presence = presenceOf("d" + std::to_string(i));
        presence.labels = {{"region", i % 2 ? "eu" : "us"}, {"site", "lisbon"}};
        QVERIFY(publish(*m_devices, presence));
    }
    QVERIFY(m_devices->flush().ok());

    Follower fleet;
    QVERIFY(fleet.start(m_operator));
    QTRY_VERIFY(fleet.tracker->snapshotDone());
    QCOMPARE(fleet.count(State::Online), 50);
    QVERIFY(fleet.tracker->followsStream());
    QCOMPARE(fleet.table.rowCount(), std::size_t(50));
    QCOMPARE(fleet.text("d1", "region"), std::string("eu"));
    QCOMPARE(fleet.text("d1", "fw"), std::string("1.4.2"));
    QCOMPARE(fleet.state("d1"), std::string("online"));

    QVERIFY(publish(*m_devices, presenceOf("later")));
    QTRY_COMPARE(fleet.count(State::Online), 51);
    QCOMPARE(fleet.tracker->state("later"), State::Online);
    QCOMPARE(fleet.tracker->messages(), std::uint64_t(51));
    QVERIFY(fleet.tracker->newestMicros() > 0);
}

void FleetTrackerTest::agesByTheDevicesInterval()
{
    QVERIFY(prepare());
    Follower fleet;
    QVERIFY(fleet.start(m_operator));
    QTRY_VERIFY(fleet.tracker->snapshotDone());
    QVERIFY(publish(*m_devices, presenceOf("quick", 1, 1)));
    QVERIFY(publish(*m_devices, presenceOf("slow", 1, 60)));
    QTRY_COMPARE(fleet.count(State::Online), 2);
    QElapsedTimer since;
    since.start();
    QTRY_COMPARE_WITH_TIMEOUT(fleet.state("quick"), std::string("late"), 4000);
    QVERIFY2(since.elapsed() > 1700, "late before the interval and the grace were over");
    QTRY_COMPARE_WITH_TIMEOUT(fleet.state("quick"), std::string("offline"), 4000);
    QVERIFY2(since.elapsed() > 2700, "offline before three intervals were over");
    QCOMPARE(fleet.state("slow"), std::string("online"));

    // telemetry is a sign of life
    const protocol::Field field{"cpu.pct", 12.5};
    const std::string sample = protocol::encodeTelemetry("quick", UtcTime::now(), 1, {field});
    QVERIFY(m_devices->publish(Subjects().telemetry("quick"), sample).ok());
    QTRY_COMPARE(fleet.state("quick"), std::string("online"));
    QCOMPARE(fleet.text("quick", "cpu.pct"), std::string("12.5"));
}

void FleetTrackerTest::oldPresenceIsOfflineFromTheStart()
{
    QVERIFY(prepare());
    QVERIFY(publish(*m_devices, presenceOf("gone", 1, 1)));
    QVERIFY(m_devices->flush().ok());
    {
        Follower witness; // waits until it has been silent for three intervals
        QVERIFY(witness.start(m_operator));
        QTRY_COMPARE_WITH_TIMEOUT(witness.state("gone"), std::string("offline"), 8000);
    }
    Follower fleet;
    QVERIFY(fleet.start(m_operator));
    QTRY_VERIFY(fleet.tracker->snapshotDone());
    QCOMPARE(fleet.tracker->state("gone"), State::Offline);
    QCOMPARE(fleet.count(State::Offline), 1);
    const auto seen = UtcTime::parse(fleet.text("gone", "last_seen"));
    QVERIFY(seen && UtcTime::now().micros - seen->micros > 2'000'000);
}

void FleetTrackerTest::closingIsOfflineAtOnce()
{
    QVERIFY(prepare());
    Follower fleet;
    QVERIFY(fleet.start(m_operator));
    protocol::Presence presence = presenceOf("d1", 1);
    presence.boot = newUlid();
    QVERIFY(publish(*m_devices, presence));
    QTRY_COMPARE(fleet.state("d1"), std::string("online"));
    presence.state = protocol::DeviceState::Closing;
    presence.seq = 2;
    QVERIFY(publish(*m_devices, presence));
    QTRY_COMPARE(fleet.state("d1"), std::string("offline"));

    const protocol::Field field{"marker", std::int64_t{7}};
    QVERIFY(
        m_devices
            ->publish(Subjects().telemetry("d1"), protocol::encodeTelemetry("d1", UtcTime::now(), 1, {field}))
            .ok());
    QTRY_COMPARE(fleet.text("d1", "marker"), std::string("7"));
    QCOMPARE(fleet.state("d1"), std::string("offline"));

    presence.state = protocol::DeviceState::Online;
    presence.boot = newUlid();
    presence.seq = 1;
    QVERIFY(publish(*m_devices, presence));
    QTRY_COMPARE(fleet.state("d1"), std::string("online"));
}

void FleetTrackerTest::reorderedAndRepeatedChangeNothing()
{
    QVERIFY(prepare());
    Follower fleet;
    QVERIFY(fleet.start(m_operator));
    const std::string boot = newUlid();
    protocol::Presence newest = presenceOf("d1", 9);
    newest.boot = boot;
    newest.firmware = "2.0.0";
    QVERIFY(publish(*m_devices, newest));
    QTRY_COMPARE(fleet.text("d1", "fw"), std::string("2.0.0"));

    protocol::Presence late = newest;
    late.seq = 8;
    late.firmware = "1.0.0";
    late.state = protocol::DeviceState::Closing;
    QVERIFY(
        publish(*m_devices, late)); // the stream keeps one of each device: each is awaited before the next
    QTRY_COMPARE(fleet.tracker->reordered(), std::uint64_t(1));
    QVERIFY(publish(*m_devices, newest));
    QTRY_COMPARE(fleet.tracker->reordered(), std::uint64_t(2));
    QCOMPARE(fleet.text("d1", "fw"), std::string("2.0.0"));
    QCOMPARE(fleet.state("d1"), std::string("online"));

    protocol::Presence restarted = newest;
    restarted.boot = newUlid();
    restarted.seq = 1;
    QVERIFY(publish(*m_devices, restarted));
    QTRY_COMPARE(fleet.tracker->messages(), std::uint64_t(2));
    QVERIFY(publish(*m_devices, late)); // of the boot before
    QTRY_COMPARE(fleet.tracker->reordered(), std::uint64_t(3));
    QCOMPARE(fleet.state("d1"), std::string("online"));
}

void FleetTrackerTest::willWithoutOrderCounts()
{
    QVERIFY(prepare());
    Follower fleet;
    QVERIFY(fleet.start(m_operator));
    protocol::Presence presence = presenceOf("mqtt", 12);
    presence.boot = newUlid();
    QVERIFY(publish(*m_devices, presence));
    QTRY_COMPARE(fleet.state("mqtt"), std::string("online"));
    presence.state = protocol::DeviceState::Closing;
    presence.seq = 0; // written when the device connected
    QVERIFY(publish(*m_devices, presence));
    QTRY_COMPARE(fleet.state("mqtt"), std::string("offline"));
}

void FleetTrackerTest::flappingIsDamped()
{
    QVERIFY(prepare());
    Follower fleet;
    QVERIFY(fleet.start(m_operator));
    protocol::Presence presence = presenceOf("flap", 0, 5);
    const auto say = [&](protocol::DeviceState state) {
        presence.state = state;
        ++presence.seq;
        return publish(*m_devices, presence);
    };
    QVERIFY(say(protocol::DeviceState::Online));
    QTRY_COMPARE(fleet.state("flap"), std::string("online"));
    QVERIFY(say(protocol::DeviceState::Closing));
    QTRY_COMPARE(fleet.state("flap"), std::string("offline"));
    QVERIFY(say(protocol::DeviceState::Online));
    QTRY_COMPARE(fleet.state("flap"), std::string("online"));
    QVERIFY(say(protocol::DeviceState::Closing));
    QTRY_COMPARE(fleet.state("flap"), std::string("offline"));
    QVERIFY(say(protocol::DeviceState::Online)); // after three changes once is not enough
    QTRY_COMPARE(fleet.state("flap"), std::string("late"));
    QVERIFY(say(protocol::DeviceState::Online));
    QTRY_COMPARE(fleet.state("flap"), std::string("online"));
}

void FleetTrackerTest::refusesWithReasons()
{
    QVERIFY(prepare(true, "max_payload: 4MB"));
    Follower fleet;
    QVERIFY(fleet.start(m_operator));
    QTRY_VERIFY(fleet.tracker->snapshotDone());
    const auto send = [this](const std::string &subject, const std::string &data) {
        return m_devices->publish(subject, data).ok();
    };
    const std::string root = "fleet.presence.";
    QVERIFY(send(root + "a1", "{\"v\":1,"));
    QVERIFY(send(root + "a2", "{\"v\":2}"));
    QVERIFY(send(root + "a3", "{\"v\":1,\"device\":\"other\"}"));
    QVERIFY(send(root + "a$4", "{\"v\":1}"));
    QVERIFY(send(root + "a5", "{\"v\":1,\"fw\":\"" + std::string(2'000'000, 'x') + "\"}"));
    std::string labels;
    for (int i = 0; i < 1000; ++i)
        labels += (i ? ",\"l" : "\"l") + std::to_string(i) + "\":\"x\"";
    QVERIFY(send(root + "a6", "{\"v\":1,\"labels\":{" + labels + "}}"));
    QVERIFY(send(root + "a7", "{\"v\":1,\"labels\":{\"name\":\"" + std::string(300, 'n') + "\"}}"));
    QVERIFY(send(root + "a8", "{\"v\":1,\"interval\":-5}"));
    QVERIFY(send("fleet.telemetry.good", "not json at all"));
    QVERIFY(send(root + "good", "{\"v\":1,\"labels\":{\"name\":\"<img src=x>\xE2\x80\xAE"
                                "evil\"}}"));
    QTRY_COMPARE(fleet.count(State::Online), 1);
    QTRY_COMPARE(fleet.tracker->rejectedCount(), std::uint64_t(9));
    const auto by = fleet.tracker->rejectedByReason();
    const auto count = [&by](protocol::Rejection reason) { return by[static_cast<std::size_t>(reason)]; };
    QCOMPARE(count(protocol::Rejection::Malformed), std::uint64_t(2));
    QCOMPARE(count(protocol::Rejection::Version), std::uint64_t(1));
    QCOMPARE(count(protocol::Rejection::WrongDevice), std::uint64_t(1));
    QCOMPARE(count(protocol::Rejection::BadId), std::uint64_t(1));
    QCOMPARE(count(protocol::Rejection::Oversize), std::uint64_t(1));
    QCOMPARE(count(protocol::Rejection::TooManyLabels), std::uint64_t(1));
    QCOMPARE(count(protocol::Rejection::BadLabel), std::uint64_t(1));
    QCOMPARE(count(protocol::Rejection::BadMember), std::uint64_t(1));
    QCOMPARE(fleet.table.rowCount(), std::size_t(1));
    // kept as it came: it is made safe where it is shown
    QCOMPARE(fleet.text("good", "name"), std::string("<img src=x>\xE2\x80\xAE"
                                                     "evil"));
    for (const presence::Rejected &rejected : fleet.tracker->recentRejected()) {
        QVERIFY(!rejected.reject.detail.empty());
        QVERIFY(rejected.reject.detail.size() <= 512);
        QVERIFY(rejected.atMicros > 0);
    }
}

void FleetTrackerTest::rejectionsAreBounded()
{
    QVERIFY(prepare());
    Follower fleet;
    QVERIFY(fleet.start(m_operator));
    QTRY_VERIFY(fleet.tracker->snapshotDone());
    for (int i = 0; i < 500; ++i)
        QVERIFY(m_devices->publish("fleet.presence.x" + std::to_string(i), "[]").ok());
    QTRY_COMPARE(fleet.tracker->rejectedCount(), std::uint64_t(500));
    const std::vector<presence::Rejected> recent = fleet.tracker->recentRejected();
    QCOMPARE(recent.size(), std::size_t(200));
    QCOMPARE(recent.front().subject, std::string("fleet.presence.x499"));
}

void FleetTrackerTest::columnsAreBounded()
{
    QVERIFY(prepare());
    Follower fleet;
    presence::FleetTracker::Options options;
    options.maxColumns = 20;
    QVERIFY(fleet.start(m_operator, options));
    QVERIFY(publish(*m_devices, presenceOf("d1")));
    QTRY_COMPARE(fleet.count(State::Online), 1);
    for (int i = 0; i < 100; ++i) {
        const std::string name = "made.up" + std::to_string(i);
        const protocol::Field field{name, std::int64_t{i}};
        QVERIFY(m_devices
                    ->publish(Subjects().telemetry("d1"),
                              protocol::encodeTelemetry("d1", UtcTime::now(), i, {field}))
                    .ok());
    }
    QTRY_VERIFY(fleet.tracker->rejectedCount() >= 80);
    fleet.drain();
    QVERIFY(fleet.table.columnCount() <= 21);
    QCOMPARE(fleet.state("d1"), std::string("online"));
}

void FleetTrackerTest::reservedNamesAreSetAside()
{
    QVERIFY(prepare());
    Follower fleet;
    QVERIFY(fleet.start(m_operator));
    protocol::Presence presence = presenceOf("d1");
    presence.labels = {{"device", "forged"}, {"last_seen", "never"}, {"presence", "offline"}};
    QVERIFY(publish(*m_devices, presence));
    QTRY_COMPARE(fleet.state("d1"), std::string("online"));
    QCOMPARE(fleet.text("d1", "label.presence"), std::string("offline"));
    QCOMPARE(fleet.text("d1", "label.device"), std::string("forged"));
    QCOMPARE(fleet.text("d1", "device"), std::string("d1"));

    const protocol::Field field{"presence", std::string_view("offline")};
    QVERIFY(
        m_devices
            ->publish(Subjects().telemetry("d1"), protocol::encodeTelemetry("d1", UtcTime::now(), 1, {field}))
            .ok());
    QTRY_COMPARE(fleet.text("d1", "field.presence"), std::string("offline"));
    QCOMPARE(fleet.state("d1"), std::string("online"));
}

void FleetTrackerTest::labelThatGoesIsCleared()
{
    QVERIFY(prepare());
    Follower fleet;
    QVERIFY(fleet.start(m_operator));
    protocol::Presence presence = presenceOf("d1", 1);
    presence.labels = {{"region", "eu"}, {"room", "b12"}};
    QVERIFY(publish(*m_devices, presence));
    QTRY_COMPARE(fleet.text("d1", "room"), std::string("b12"));
    presence.labels = {{"region", "us"}};
    presence.seq = 2;
    QVERIFY(publish(*m_devices, presence));
    QTRY_COMPARE(fleet.text("d1", "region"), std::string("us"));
    QCOMPARE(fleet.text("d1", "room"), std::string());
    QCOMPARE(fleet.tracker->labelNames(), (std::vector<std::string>{"region", "room"}));
}

void FleetTrackerTest::telemetryMakesNoDevice()
{
    QVERIFY(prepare());
    Follower fleet;
    QVERIFY(fleet.start(m_operator));
    QTRY_VERIFY(fleet.tracker->snapshotDone());
    const protocol::Field field{"cpu.pct", 1.0};
    QVERIFY(m_devices
                ->publish(Subjects().telemetry("ghost"),
                          protocol::encodeTelemetry("ghost", UtcTime::now(), 1, {field}))
                .ok());
    QTRY_COMPARE(fleet.tracker->unannounced(), std::uint64_t(1));
    fleet.drain();
    QCOMPARE(fleet.tracker->deviceCount(), std::size_t(0));
    QCOMPARE(fleet.table.rowCount(), std::size_t(0));
}

void FleetTrackerTest::linkDownIsUnknown()
{
    QVERIFY(prepare());
    Follower fleet;
    QVERIFY(fleet.start(m_operator));
    QVERIFY(publish(*m_devices, presenceOf("speaks", 1, 1)));
    QVERIFY(publish(*m_devices, presenceOf("silent", 1, 1)));
    protocol::Presence closed = presenceOf("closed", 1, 1);
    closed.state = protocol::DeviceState::Closing;
    QVERIFY(publish(*m_devices, closed));
    QTRY_COMPARE(fleet.count(State::Online), 2);
    QTRY_COMPARE(fleet.count(State::Offline), 1);

    fleet.tracker->setLinkUp(false);
    QCOMPARE(fleet.count(State::Unknown), 3);
    QCOMPARE(fleet.state("closed"), std::string("unknown"));
    fleet.tracker->setLinkUp(true);
    QCOMPARE(fleet.count(State::Unknown), 3); // until somebody speaks
    QVERIFY(publish(*m_devices, presenceOf("speaks", 2, 1)));
    QTRY_COMPARE(fleet.state("speaks"), std::string("online"));
    QCOMPARE(fleet.state("silent"), std::string("unknown"));
    QTRY_COMPARE_WITH_TIMEOUT(fleet.state("silent"), std::string("late"), 5000);
    QTRY_COMPARE_WITH_TIMEOUT(fleet.state("closed"), std::string("offline"), 5000);
    QTRY_COMPARE_WITH_TIMEOUT(fleet.state("silent"), std::string("offline"), 5000);
}

void FleetTrackerTest::survivesTheServersDeath()
{
    m_server = startServer(true);
    QVERIFY(m_server);
    Follower fleet;
    std::mutex mutex;
    presence::FleetTracker *told = nullptr;
    m_operator = connectTo(*m_server, [&](const nats::Event &event) {
        const std::lock_guard lock(mutex);
        if (told)
            told->setLinkUp(event.kind == nats::Event::Kind::Reconnected ||
                            event.kind == nats::Event::Kind::Connected);
    });
    m_devices = connectTo(*m_server);
    QVERIFY(m_operator && m_devices && provision(m_operator));
    QVERIFY(fleet.start(m_operator));
    {
        const std::lock_guard lock(mutex);
        told = fleet.tracker.get();
    }
    protocol::Presence presence = presenceOf("d1", 1);
    QVERIFY(publish(*m_devices, presence));
    QTRY_COMPARE(fleet.state("d1"), std::string("online"));

    m_server->kill();
    QTRY_COMPARE(fleet.state("d1"), std::string("unknown"));
    QVERIFY(m_server->restart().ok());
    QElapsedTimer since;
    since.start();
    const auto speaks = [&] {
        ++presence.seq;
        (void)publish(*m_devices, presence); // refused until its own link is back
        return fleet.state("d1");
    };
    QTRY_COMPARE_WITH_TIMEOUT(speaks(), std::string("online"), 10'000);
    QVERIFY2(since.elapsed() < 3000, qPrintable(QString::number(since.elapsed())));
    {
        const std::lock_guard lock(mutex);
        told = nullptr;
    }
}

void FleetTrackerTest::liveOnlyWithoutStream()
{
    QVERIFY(prepare(false));
    Follower fleet;
    QVERIFY(fleet.start(m_operator));
    QTRY_VERIFY(fleet.tracker->snapshotDone());
    QVERIFY(!fleet.tracker->followsStream());
    protocol::Presence presence = presenceOf("d1", 1);
    const auto speaks = [&] {
        ++presence.seq;
        (void)publish(*m_devices, presence);
        return fleet.count(State::Online);
    };
    QTRY_COMPARE(speaks(), 1);
    QCOMPARE(fleet.tracker->problem(), std::string()); // an account may do without
}

void FleetTrackerTest::followsTheStreamOfItsRoot()
{
    m_server = startServer(true);
    QVERIFY(m_server);
    m_devices = connectTo(*m_server);
    m_operator = connectTo(*m_server);
    QVERIFY(m_devices && m_operator);
    const auto acme = Subjects::withRoot("acme");
    QVERIFY(acme.ok());
    nats::JetStream jetStream(m_operator);
    const auto prepared = nats::prepareFleet(jetStream, *acme, 1, false);
    QVERIFY(prepared.ok());
    for (const nats::StreamCheck &check : *prepared)
        QCOMPARE(check.verdict, nats::StreamCheck::Verdict::Created);
    QVERIFY(m_devices->publish(acme->presence("early"), protocol::encode(presenceOf("early"))).ok());
    QVERIFY(publish(*m_devices, presenceOf("stranger"))); // of another fleet on the same server
    QVERIFY(m_devices->flush().ok());

    Follower fleet;
    presence::FleetTracker::Options options;
    options.subjects = *acme;
    QVERIFY(fleet.start(m_operator, options));
    QTRY_VERIFY(fleet.tracker->snapshotDone());
    QVERIFY(fleet.tracker->followsStream());
    QCOMPARE(fleet.tracker->problem(), std::string());
    QCOMPARE(fleet.state("early"), std::string("online"));
    QVERIFY(m_devices->publish(acme->presence("later"), protocol::encode(presenceOf("later"))).ok());
    QTRY_COMPARE(fleet.count(State::Online), 2);
    QCOMPARE(fleet.tracker->deviceCount(), std::size_t(2));
}

void FleetTrackerTest::tellsWhyTheStreamIsNotFollowed()
{
    QVERIFY(prepare());
    std::atomic<int> told{0};
    Follower fleet;
    presence::FleetTracker::Options options;
    options.presenceStream = "PRES.ENCE"; // JetStream takes no such name, whatever the account has
    options.onChange = [&told] { ++told; };
    QVERIFY(fleet.start(m_operator, options));
    QTRY_VERIFY(!fleet.tracker->problem().empty());
    QTRY_VERIFY(told > 0);
    QVERIFY(fleet.tracker->problem().find("PRES.ENCE") != std::string::npos);
    QVERIFY(!fleet.tracker->followsStream());
    QTRY_VERIFY(fleet.tracker->snapshotDone());
    QVERIFY(m_operator->flush().ok()); // the server has the subscription
    QVERIFY(publish(*m_devices, presenceOf("d1")));
    QTRY_COMPARE(fleet.count(State::Online), 1); // live all the same
    fleet.tracker.reset();                       // before `told` goes
}

void FleetTrackerTest::problemEndsWithTheLinkBack()
{
    QVERIFY(prepare());
    QVERIFY(publish(*m_devices, presenceOf("d1")));
    QVERIFY(m_devices->flush().ok());
    m_server->kill();
    QTRY_VERIFY(m_operator->state() != nats::State::Connected);
    Follower fleet;
    QVERIFY(fleet.start(m_operator));
    fleet.tracker->setLinkUp(false);
    QTRY_VERIFY(!fleet.tracker->problem().empty());
    QVERIFY(m_server->restart().ok());
    QTRY_COMPARE_WITH_TIMEOUT(m_operator->state(), nats::State::Connected, 10'000);
    fleet.tracker->setLinkUp(true);
    QTRY_VERIFY_WITH_TIMEOUT(fleet.tracker->followsStream(), 20'000);
    QTRY_COMPARE(fleet.tracker->problem(), std::string());
    QTRY_COMPARE(fleet.tracker->deviceCount(), std::size_t(1));
}

QTEST_GUILESS_MAIN(FleetTrackerTest)
#include "tst_fleet_tracker.moc"
