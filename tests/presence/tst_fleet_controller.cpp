// SPDX-License-Identifier: GPL-3.0-or-later
#include "presence/fleet_controller.h"
#include "support/fleet.h"

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QSignalSpy>

using namespace muster;
using namespace muster::test;

class FleetControllerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void showsTheFleet();
    void stateFilterIsOneSegment();
    void rejectedAreListed();
    void linkDownAndUp();
    void stopKeepsWhatWasKnown();
    void followsAnotherFleet();
    void failedStartIsTold();
    void coalescesBatches();

private:
    std::unique_ptr<nats::LocalServer> m_server;
    std::shared_ptr<nats::Connection> m_devices, m_operator;
};

void FleetControllerTest::init()
{
    m_server = startServer(true);
    QVERIFY(m_server);
    m_devices = connectTo(*m_server);
    m_operator = connectTo(*m_server);
    QVERIFY(m_devices && m_operator && provision(m_operator));
    for (int i = 0; i < 20; ++i) {
        protocol::Presence presence = presenceOf("d" + std::to_string(i));
        presence.labels = {{"region", i < 8 ? "eu" : "us"}};
        if (i == 19)
            presence.state = protocol::DeviceState::Closing;
        QVERIFY(publish(*m_devices, presence));
    }
    QVERIFY(m_devices->flush().ok());
}

void FleetControllerTest::cleanup()
{
    m_devices.reset();
    m_operator.reset();
    m_server.reset();
}

void FleetControllerTest::showsTheFleet()
{
    FleetController fleet;
    QAbstractItemModelTester tester(fleet.devices(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    QVERIFY(!fleet.active());
    QCOMPARE(fleet.dataAgeSeconds(), -1.0);
    fleet.follow(m_operator, Subjects(), {});
    QVERIFY(fleet.active());
    QVERIFY(fleet.live());
    QTRY_COMPARE(fleet.total(), 20);
    QTRY_VERIFY(!fleet.loading());
    QVERIFY(fleet.followsStream());
    QCOMPARE(fleet.online(), 19);
    QCOMPARE(fleet.offline(), 1);
    QCOMPARE(fleet.late() + fleet.never() + fleet.unknown(), 0);
    QTRY_COMPARE(fleet.devices()->rowTotal(), 20);
    QCOMPARE(fleet.devices()->columnName(0), QStringLiteral("presence"));
    QCOMPARE(fleet.devices()->columnName(1), QStringLiteral("device"));
    QCOMPARE(fleet.valuesOf(QStringLiteral("region")),
             (QStringList{QStringLiteral("us"), QStringLiteral("eu")}));
    QVERIFY(fleet.fieldNames().contains(QStringLiteral("region")));
    QTRY_VERIFY(fleet.dataAgeSeconds() >= 0 && fleet.dataAgeSeconds() < 10);

    const protocol::Field field{"cpu.pct", 55.0};
    for (int i = 0; i < 10; ++i)
        QVERIFY(m_devices
                    ->publish(Subjects().telemetry("d1"),
                              protocol::encodeTelemetry("d1", UtcTime::now(), i, {field}))
                    .ok());
    QTRY_VERIFY(fleet.messagesPerSecond() > 0);
    QTRY_VERIFY(textAt(fleet.devices()->table(), "d1", "cpu.pct") == "55");
    QCOMPARE(fleet.droppedCount(), 0);
}

void FleetControllerTest::stateFilterIsOneSegment()
{
    FleetController fleet;
    fleet.follow(m_operator, Subjects(), {});
    QTRY_COMPARE(fleet.devices()->rowTotal(), 20);
    QSignalSpy changed(&fleet, &FleetController::stateFilterChanged);
    fleet.setStateFilter(QStringLiteral("offline"));
    QCOMPARE(changed.count(), 1);
    QTRY_COMPARE(fleet.devices()->rowShown(), 1);
    QCOMPARE(fleet.devices()->keyAt(0), QStringLiteral("d19"));
    fleet.setStateFilter({});
    QTRY_COMPARE(fleet.devices()->rowShown(), 20);
}

void FleetControllerTest::rejectedAreListed()
{
    FleetController fleet;
    QAbstractItemModelTester tester(fleet.rejected(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    fleet.follow(m_operator, Subjects(), {});
    QTRY_VERIFY(!fleet.loading());
    QVERIFY(m_devices->publish("fleet.presence.bad", "{\"v\":1,\"fw\":\"\xE2\x80\xAE\"").ok());
    QTRY_COMPARE(fleet.rejectedCount(), 1);
    for (int i = 0; i < 300; ++i)
        QVERIFY(m_devices->publish("fleet.telemetry.d" + std::to_string(i % 20), "nonsense").ok());
    QTRY_COMPARE(fleet.rejectedCount(), 301);
    QCOMPARE(fleet.rejected()->rowCount(), 200);
    const QModelIndex first = fleet.rejected()->index(0);
    QCOMPARE(first.data(RejectedListModel::ReasonRole).toString(), QStringLiteral("malformed"));
    QVERIFY(
        first.data(RejectedListModel::SubjectRole).toString().startsWith(QStringLiteral("fleet.telemetry.")));
    QVERIFY(first.data(RejectedListModel::TimeRole).isValid());
}

void FleetControllerTest::linkDownAndUp()
{
    FleetController fleet;
    std::atomic<FleetController *> told{&fleet};
    const auto connection = connectTo(*m_server, [&told](const nats::Event &event) {
        FleetController *controller = told;
        const bool up =
            event.kind == nats::Event::Kind::Reconnected || event.kind == nats::Event::Kind::Connected;
        QMetaObject::invokeMethod(
            controller, [controller, up] { controller->setLinkUp(up); }, Qt::QueuedConnection);
    });
    QVERIFY(connection);
    fleet.follow(connection, Subjects(), {});
    QTRY_COMPARE(fleet.online(), 19);

    m_server->kill();
    QTRY_VERIFY(!fleet.live());
    QCOMPARE(fleet.unknown(), 20);
    QCOMPARE(fleet.total(), 20);
    const double age = fleet.dataAgeSeconds();
    QTRY_VERIFY(fleet.dataAgeSeconds() > age + 0.5);

    QVERIFY(m_server->restart().ok());
    QElapsedTimer since;
    since.start();
    protocol::Presence presence = presenceOf("d0", 1);
    const auto speaks = [&] {
        ++presence.seq;
        (void)publish(*m_devices, presence);
        return fleet.live() && fleet.online() == 1;
    };
    QTRY_VERIFY_WITH_TIMEOUT(speaks(), 10'000);
    QVERIFY2(since.elapsed() < 3000, qPrintable(QString::number(since.elapsed())));
    connection->close();
}

void FleetControllerTest::stopKeepsWhatWasKnown()
{
    FleetController fleet;
    fleet.follow(m_operator, Subjects(), {});
    QTRY_COMPARE(fleet.online(), 19);
    fleet.stop();
    QVERIFY(!fleet.active());
    QVERIFY(!fleet.live());
    QCOMPARE(fleet.unknown(), 20);
    QCOMPARE(fleet.devices()->rowTotal(), 20);
}

void FleetControllerTest::followsAnotherFleet()
{
    FleetController fleet;
    fleet.follow(m_operator, Subjects(), {});
    QTRY_COMPARE(fleet.total(), 20);
    const auto other = startServer(false);
    QVERIFY(other);
    const auto connection = connectTo(*other);
    fleet.follow(connection, Subjects(), {});
    QCOMPARE(fleet.total(), 0);
    QCOMPARE(fleet.devices()->rowTotal(), 0);
    QTRY_VERIFY(!fleet.loading());
    QVERIFY(!fleet.followsStream());
}

void FleetControllerTest::failedStartIsTold()
{
    FleetController fleet;
    QSignalSpy changed(&fleet, &FleetController::activeChanged);
    m_operator->close();
    fleet.follow(m_operator, Subjects(), {});
    QVERIFY(!fleet.active());
    QVERIFY(!fleet.problem().isEmpty());
    QCOMPARE(changed.count(), 1);
    fleet.stop();
    QVERIFY(fleet.problem().isEmpty());
    QCOMPARE(changed.count(), 2);
    fleet.follow(m_devices, Subjects(), {});
    QTRY_COMPARE(fleet.total(), 20);
    QVERIFY(fleet.problem().isEmpty());
}

void FleetControllerTest::coalescesBatches()
{
    FleetController fleet;
    fleet.follow(m_operator, Subjects(), {});
    QTRY_COMPARE(fleet.total(), 20);
    QSignalSpy changes(fleet.devices(), &QAbstractItemModel::dataChanged);
    constexpr int samples = 5000;
    for (int i = 0; i < samples; ++i) {
        const protocol::Field field{"marker", std::int64_t{i}};
        QVERIFY(m_devices
                    ->publish(Subjects().telemetry("d1"),
                              protocol::encodeTelemetry("d1", UtcTime::now(), i, {field}))
                    .ok());
    }
    QTRY_COMPARE(textAt(fleet.devices()->table(), "d1", "marker"), std::to_string(samples - 1));
    QVERIFY2(changes.count() < samples / 10, qPrintable(QString::number(changes.count())));
}

QTEST_MAIN(FleetControllerTest)
#include "tst_fleet_controller.moc"
