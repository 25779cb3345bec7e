// SPDX-License-Identifier: GPL-3.0-or-later
// A million devices (or MUSTER_DEVICES) through the models of the window: nothing lost, every sum exact. How
// long each step takes, and for how long the event loop stood still in it, is printed and not judged.
#include "demo/demo_fleet.h"
#include "demo/sim_fleet.h"
#include "query/query_controller.h"
#include "support/fleet.h"

#include <QElapsedTimer>
#include <QEventLoop>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTimer>

#include <malloc.h>
#include <time.h>

#include <functional>
#include <vector>

using namespace muster;
using namespace muster::test;

namespace {

double threadCpuMs()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1000 + static_cast<double>(now.tv_nsec) / 1e6;
}

double residentMb()
{
    QFile status(QStringLiteral("/proc/self/status"));
    if (!status.open(QIODevice::ReadOnly))
        return 0;
    for (const QByteArray &line : status.readAll().split('\n')) {
        if (line.startsWith("VmRSS:"))
            return line.mid(6).trimmed().split(' ').front().toDouble() / 1024;
    }
    return 0;
}

double allocatedMb()
{
    const struct mallinfo2 info = mallinfo2();
    return static_cast<double>(info.uordblks + info.hblkhd) / 1e6;
}

/// Notices for how long the event loop did nothing else, and how much of that this thread worked itself: the
/// rest it waited for a core that others had.
class Watcher : public QObject {
public:
    Watcher()
    {
        m_timer.setTimerType(Qt::PreciseTimer);
        m_timer.setInterval(1);
        connect(&m_timer, &QTimer::timeout, this, [this] { look(); });
        m_timer.start();
        m_clock.start();
        m_step.start();
    }

    /// Ends a step, and says what it was like.
    void report(const char *step)
    {
        look();
        qInfo(
            "%-34s %8.0f ms; event loop stood still at most %6.1f ms (%5.1f of work), over 16 ms %3d times; "
            "RSS %.0f MB, heap %.0f MB",
            step, static_cast<double>(m_step.nsecsElapsed()) / 1e6, m_longest, m_work, m_often, residentMb(),
            allocatedMb());
        m_longest = m_work = 0;
        m_often = 0;
        m_step.start();
    }

private:
    void look()
    {
        const double gap = static_cast<double>(m_clock.nsecsElapsed()) / 1e6;
        const double cpu = threadCpuMs();
        if (gap > m_longest) {
            m_longest = gap;
            m_work = cpu - m_cpu;
        }
        m_often += gap > 16 ? 1 : 0;
        m_cpu = cpu;
        m_clock.start();
    }

    QTimer m_timer;
    QElapsedTimer m_clock, m_step;
    double m_cpu = threadCpuMs(), m_longest = 0, m_work = 0;
    int m_often = 0;
};

/// Runs the event loop until it holds; unlike QTRY_VERIFY, without pauses of its own.
bool until(const std::function<bool()> &condition, int milliseconds = 300'000)
{
    QEventLoop loop;
    QTimer look, over;
    QObject::connect(&look, &QTimer::timeout, &loop, [&] {
        if (condition())
            loop.quit();
    });
    QObject::connect(&over, &QTimer::timeout, &loop, &QEventLoop::quit);
    look.start(5);
    over.start(milliseconds);
    loop.exec();
    return condition();
}

} // namespace

class MillionTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyDeviceIsAccountedFor();
};

void MillionTest::everyDeviceIsAccountedFor()
{
    const int devices = qEnvironmentVariableIntValue("MUSTER_DEVICES") > 0
                            ? qEnvironmentVariableIntValue("MUSTER_DEVICES")
                            : 1'000'000;
    const std::unique_ptr<nats::LocalServer> server = startServer(true);
    QVERIFY(server);
    const std::shared_ptr<nats::Connection> link = connectTo(*server);
    QVERIFY(link && provision(link));

    demo::SimOptions options;
    options.devices = devices;
    options.sites = 48;
    options.heartbeatSeconds = 3600;
    options.telemetrySeconds = 0; // what a device would answer stays as it was made
    options.flappingShare = 0;
    Watcher watcher;
    auto simulator = demo::Simulator::start(server->url(), options);
    QVERIFY2(simulator, simulator ? "" : simulator.error().message.c_str());
    QVERIFY(until([&] { return (*simulator)->isUp(); }));
    watcher.report("the fleet comes up");

    // The same fleet once more, to know what it must answer.
    const demo::SimFleet twin(options);
    const demo::SimConducts conducts = twin.conducts();

    FleetController fleet;
    const QTemporaryDir home;
    QueryController query(&fleet, home.filePath(QStringLiteral("muster.db")));
    query.composer()->setDeadlineMs(60'000);
    query.setLink(link, Subjects());
    watcher.report("controllers");
    fleet.follow(link, Subjects(), {});
    QVERIFY(until([&] { return !fleet.loading() && fleet.total() == devices; }));
    QVERIFY(until([&] { return fleet.devices()->rowShown() == devices; }));
    watcher.report("the snapshot is in the table");
    QCOMPARE(fleet.online(), devices - static_cast<int>(conducts.offline));
    QCOMPARE(fleet.offline(), static_cast<int>(conducts.offline));
    QCOMPARE(fleet.rejectedCount(), 0);
    QCOMPARE(fleet.droppedCount(), 0);
    QVERIFY(until([&] { return query.composer()->matching() == devices; }));
    watcher.report("counted before asking");
    qInfo("the devices' table: %.1f bytes a device",
          static_cast<double>(fleet.devices()->table().memoryBytes()) / devices);

    fleet.devices()->setGroupBy({QStringLiteral("region"), QStringLiteral("fw")});
    QVERIFY(until([&] { return !fleet.devices()->busy() && fleet.devices()->isGroup(0); }));
    watcher.report("devices grouped");
    fleet.devices()->setGroupBy({});
    QVERIFY(until([&] { return !fleet.devices()->busy() && !fleet.devices()->isGroup(0); }));
    watcher.report("devices not grouped");
    fleet.setStateFilter(QStringLiteral("offline"));
    QVERIFY(until([&] { return fleet.devices()->rowShown() == static_cast<int>(conducts.offline); }));
    watcher.report("devices filtered by state");
    fleet.setStateFilter({});
    QVERIFY(until([&] { return fleet.devices()->rowShown() == devices; }));
    watcher.report("devices not filtered");

    // Everybody is asked. By default they are grouped by two labels, with three aggregates.
    QCOMPARE(query.composer()->groupBy().size(), 2);
    query.run();
    QVERIFY(until([&] { return query.live()->filled() && query.running(); }));
    watcher.report("asked");
    const int expected = devices - static_cast<int>(conducts.offline) - static_cast<int>(conducts.silent);
    QVERIFY(until([&] { return query.live()->answered() + query.live()->errors() == expected; }, 60'000));
    watcher.report("all who answer have answered");
    qInfo("%d replies a second while they came", query.live()->repliesPerSecond());
    query.cancel(); // who is silent would be waited for until the deadline
    QVERIFY(until([&] { return !query.running(); }));
    const int answered = static_cast<int>(conducts.steady + conducts.slow);
    QCOMPARE(query.live()->answered(), answered);
    QCOMPARE(query.live()->empty(), 0);
    QCOMPARE(query.live()->errors(), static_cast<int>(conducts.failing));
    QCOMPARE(query.live()->silent(), static_cast<int>(conducts.silent));
    QCOMPARE(query.live()->offline(), static_cast<int>(conducts.offline));
    QCOMPARE(query.live()->waiting(), 0);
    QCOMPARE(query.live()->rosterSize(), devices);
    QCOMPARE(query.live()->unexpected(), 0);
    QCOMPARE(query.live()->rejectedCount(), 0);
    QCOMPARE(query.live()->lateCount(), 0);
    const demo::SimCounters counters = (*simulator)->counters();
    QCOMPARE(counters.replies, static_cast<std::uint64_t>(expected));
    QCOMPARE(counters.dropped, std::uint64_t(0));
    TableModel &results = *query.live()->table();
    QVERIFY(until([&] { return results.rowTotal() == devices; }));
    QVERIFY(until([&] { return results.rowShown() == answered; }));
    QVERIFY(until([&] { return !results.busy(); }));
    watcher.report("the results are in the table");
    qInfo("the results' table: %.1f bytes a device",
          static_cast<double>(results.table().memoryBytes()) / devices);

    // Grouped: every device is under one heading, and the headings say how many.
    QVERIFY(results.isGroup(0));
    int inGroups = 0;
    for (int line = 0; line < results.rowCount(); ++line) {
        const QModelIndex index = results.index(line, 0);
        if (results.isGroup(line) && index.data(TableModel::DepthRole).toInt() == 0)
            inGroups += index.data(TableModel::CountRole).toInt();
    }
    QCOMPARE(inGroups, answered);
    watcher.report("(headings counted)");
    results.setAllExpanded(true);
    QVERIFY(until([&] { return results.rowCount() > answered; }));
    watcher.report("all groups opened");
    results.setAllExpanded(false);
    QVERIFY(until([&] { return results.rowCount() < 100; }));
    watcher.report("all groups closed");

    // Filtered: as many as the simulated devices' own values say.
    const auto filter = filter::Expression::parse("mem.total > 600MB and fw >= \"1.4.2\"");
    QVERIFY(filter.ok());
    int passing = 0;
    for (std::uint32_t number = 0; number < twin.size(); ++number) {
        const demo::SimDevice &device = twin.device(number);
        if (device.conduct != demo::Conduct::Steady && device.conduct != demo::Conduct::Slow)
            continue;
        passing += filter->matches([&](std::string_view field) -> ValueView {
            const auto known = demo::simField(field);
            return known ? twin.value(device, *known, {}) : ValueView();
        });
    }
    watcher.report("(expectation)");
    QVERIFY(results.setExpression(QStringLiteral("mem.total > 600MB and fw >= \"1.4.2\""))
                .value(QStringLiteral("ok"))
                .toBool());
    QVERIFY(until([&] { return results.rowShown() == passing; }));
    watcher.report("results filtered");
    results.setExpression({});
    QVERIFY(until([&] { return results.rowShown() == answered; }));
    watcher.report("results not filtered");
    results.setGroupBy({});
    QVERIFY(until([&] { return !results.busy() && !results.isGroup(0); }));
    watcher.report("results not grouped");
    const QString reply = QStringLiteral("reply_ms");
    for (int column = 0; column < results.columnCount(); ++column) {
        if (results.columnName(column) == reply)
            results.sortByColumn(column, false);
    }
    QVERIFY(until([&] { return !results.busy() && !results.sortKeys().isEmpty(); }));
    watcher.report("results sorted");
    query.live()->setTab(QStringLiteral("silent"));
    QVERIFY(until([&] { return results.rowShown() == static_cast<int>(conducts.silent); }));
    watcher.report("the silent are listed");
    query.live()->setTab(QStringLiteral("results"));
    QVERIFY(until([&] { return results.rowShown() == answered; }));
    watcher.report("the answers are listed again");
    results.selectAll();
    QCOMPARE(results.selectedCount(), answered);
    watcher.report("all selected");
    results.clearSelection();

    // Exported: a line each, every device once.
    const QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("answers.csv"));
    QSignalSpy exported(&results, &TableModel::exportFinished);
    QSignalSpy failed(&results, &TableModel::exportFailed);
    results.exportTo(QUrl::fromLocalFile(file));
    QVERIFY(until([&] { return !exported.isEmpty() || !failed.isEmpty(); }));
    watcher.report("exported");
    QVERIFY2(failed.isEmpty(), failed.isEmpty() ? "" : qPrintable(failed.front().at(1).toString()));
    QCOMPARE(exported.front().at(1).toInt(), answered);
    QFile written(file);
    QVERIFY(written.open(QIODevice::ReadOnly));
    const QList<QByteArray> header = written.readLine().trimmed().split(',');
    const auto deviceAt = header.indexOf("device");
    QVERIFY(deviceAt >= 0);
    std::vector<bool> seen(twin.size());
    int lines = 0;
    while (!written.atEnd()) {
        const QByteArray id = written.readLine().split(',').value(deviceAt);
        const auto number = twin.find({id.constData(), static_cast<std::size_t>(id.size())});
        QVERIFY2(number && !seen[*number], id.constData());
        seen[*number] = true;
        ++lines;
    }
    QCOMPARE(lines, answered);
    watcher.report("(file read)");

    // Once more with a filter that only the devices can decide: who does not match says so.
    query.composer()->setWhere(QStringLiteral("cpu.count >= 4"));
    QVERIFY(until([&] { return query.canRun(); }));
    query.run();
    QVERIFY(until(
        [&] {
            const auto &live = *query.live();
            return live.empty() > 0 && live.answered() + live.errors() + live.empty() == expected;
        },
        90'000));
    watcher.report("asked again, all have answered");
    query.cancel();
    QVERIFY(until([&] { return !query.running(); }));
    int few = 0;
    for (std::uint32_t number = 0; number < twin.size(); ++number) {
        const demo::SimDevice &device = twin.device(number);
        const bool answers = device.conduct == demo::Conduct::Steady || device.conduct == demo::Conduct::Slow;
        few +=
            answers && std::get<std::int64_t>(twin.value(device, demo::SimField::CpuCount, {})) < 4 ? 1 : 0;
    }
    QVERIFY(few > 0);
    QCOMPARE(query.live()->empty(), few);
    QCOMPARE(query.live()->answered(), answered - few);
    QCOMPARE(query.live()->errors(), static_cast<int>(conducts.failing));
    QCOMPARE(query.live()->silent(), static_cast<int>(conducts.silent));
    QCOMPARE(query.live()->offline(), static_cast<int>(conducts.offline));
    QCOMPARE(query.live()->rosterSize(), devices);
    QCOMPARE(query.live()->unexpected(), 0);
    QCOMPARE((*simulator)->counters().replies, static_cast<std::uint64_t>(2 * expected));
    QCOMPARE((*simulator)->counters().dropped, std::uint64_t(0));
    QVERIFY(until([&] { return results.rowShown() == answered - few; }));
    watcher.report("and are in the table");
}

QTEST_MAIN(MillionTest)
#include "tst_million.moc"
