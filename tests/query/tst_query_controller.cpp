// SPDX-License-Identifier: GPL-3.0-or-later
#include "demo/demo_fleet.h"
#include "query/query_controller.h"
#include "support/fleet.h"

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>

using namespace muster;
using namespace muster::test;

/// The page's controller against a simulated fleet of 200 on a real server.
class QueryControllerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void cleanupTestCase();

    void composes();
    void countsBeforeAsking();
    void saysWhyItCannotRun();
    void runsAndAccounts();
    void tabsShowTheirDevices();
    void filesSayTheOutcome();
    void asksTheSilentOfItsConnectionOnly();
    void columnsStayFromRunToRun();
    void cancelsAndAsksAgain();
    void scopesNarrow();
    void completes();
    void completesForTheDevicesTable();
    void doubtsAFieldThatNobodyReported();
    void replacesWhatAChipSays();
    void linkLostDuringAQuery();

private:
    bool settled() const;
    int sum() const;

    QTemporaryDir m_folder;
    std::unique_ptr<nats::LocalServer> m_server;
    std::unique_ptr<demo::Simulator> m_simulator;
    std::shared_ptr<nats::Connection> m_operator;
    std::unique_ptr<FleetController> m_fleet;
    std::unique_ptr<QueryController> m_query;
};

void QueryControllerTest::initTestCase()
{
    m_server = startServer(true);
    QVERIFY(m_server);
    m_operator = connectTo(*m_server);
    QVERIFY(m_operator && provision(m_operator));
    demo::SimOptions options;
    options.flappingShare = 0;
    options.slowShare = 0;
    options.silentShare = 0.05;
    options.offlineShare = 0.05;
    options.errorShare = 0.05;
    auto simulator = demo::Simulator::start(m_server->url(), options);
    QVERIFY(simulator.ok());
    m_simulator = std::move(*simulator);
    QVERIFY(m_simulator->waitUntilUp(30'000));
}

void QueryControllerTest::init()
{
    m_fleet = std::make_unique<FleetController>();
    m_query =
        std::make_unique<QueryController>(m_fleet.get(), m_folder.filePath(QStringLiteral("muster.db")));
    m_fleet->follow(m_operator, Subjects(), {});
    m_query->setLink(m_operator, Subjects());
    QTRY_COMPARE(m_fleet->total(), 200);
    QTRY_COMPARE(m_query->composer()->matching(), 200);
}

void QueryControllerTest::cleanup()
{
    m_query.reset();
    m_fleet.reset();
}

void QueryControllerTest::cleanupTestCase()
{
    m_operator.reset();
    m_simulator.reset();
    m_server.reset();
}

bool QueryControllerTest::settled() const
{
    return m_query->live()->filled() && !m_query->running();
}

int QueryControllerTest::sum() const
{
    return m_query->live()->answered() + m_query->live()->empty() + m_query->live()->errors() +
           m_query->live()->silent() + m_query->live()->offline() + m_query->live()->waiting();
}

void QueryControllerTest::composes()
{
    QSignalSpy changed(m_query->composer(), &QueryComposer::changed);
    m_query->composer()->setWhere(QStringLiteral("mem.free < "));
    QCOMPARE(changed.count(), 1);
    QVERIFY(m_query->composer()->whereError().value(QStringLiteral("column")).toInt() > 0);
    QVERIFY(!m_query->composer()->whereError().value(QStringLiteral("message")).toString().isEmpty());
    QCOMPARE(m_query->composer()->where(), QStringLiteral("mem.free < ")); // what was typed stays
    QVERIFY(!m_query->canRun());
    m_query->composer()->setWhere(QStringLiteral("mem.free < 200MB and fw < \"1.5\""));
    QVERIFY(m_query->composer()->whereError().isEmpty());
    QCOMPARE(m_query->composer()->whereTerms(), 2);

    m_query->composer()->addSelect(QStringLiteral("disk.free"));
    m_query->composer()->addSelect(QStringLiteral("disk.free"));
    QCOMPARE(m_query->composer()->select().count(QStringLiteral("disk.free")), 1);
    m_query->composer()->removeSelect(99);
    m_query->composer()->removeSelect(static_cast<int>(m_query->composer()->select().size()) - 1);
    QVERIFY(!m_query->composer()->select().contains(QStringLiteral("disk.free")));
    m_query->composer()->addAggregate(QStringLiteral("nonsense cpu.pct"));
    m_query->composer()->addAggregate(QStringLiteral("p95  cpu.pct"));
    QCOMPARE(m_query->composer()->aggregates().last(), QStringLiteral("p95 cpu.pct"));
    m_query->composer()->addGroupBy(QStringLiteral("site"));
    m_query->composer()->addGroupBy(QStringLiteral("os")); // three at most
    QCOMPARE(m_query->composer()->groupBy().size(), 3);
    m_query->composer()->setDeadlineMs(1);
    QCOMPARE(m_query->composer()->deadlineMs(), 100);
}

void QueryControllerTest::countsBeforeAsking()
{
    QCOMPARE(m_query->composer()->matchingOnline() + m_query->composer()->matchingOffline(), 200);
    QVERIFY(m_query->composer()->matchingOffline() > 0);
    QVERIFY(m_query->composer()->preflightText().startsWith(QStringLiteral("One request, at most")));
    QVERIFY(m_query->composer()->preflightText().contains(QStringLiteral("not asked")));
    const int eu = m_fleet->devices()->countMatching(QStringLiteral("region = \"eu\""));
    QVERIFY(eu > 0);
    m_query->composer()->setWhere(
        QStringLiteral("region = \"eu\" and mem.free < 1TB")); // what only the devices know is asked
    QTRY_COMPARE(m_query->composer()->matching(), eu);
    m_query->composer()->setWhere(QStringLiteral("region = \"nowhere\""));
    QTRY_COMPARE(m_query->composer()->matching(), 0);
    QVERIFY(!m_query->canRun());
}

void QueryControllerTest::saysWhyItCannotRun()
{
    m_query->setLinkUp(false);
    QVERIFY(!m_query->canRun());
    QVERIFY(!m_query->cannotRunReason().isEmpty());
    m_query->run();
    QVERIFY(!m_query->live()->filled());
    QCOMPARE(m_query->problem(), m_query->cannotRunReason());
    m_query->setLinkUp(true);
    QVERIFY(m_query->canRun());
}

void QueryControllerTest::runsAndAccounts()
{
    QAbstractItemModelTester tester(m_query->live()->table(),
                                    QAbstractItemModelTester::FailureReportingMode::QtTest);
    QVERIFY(m_query->canRun());
    int wrongSums = 0;
    connect(m_query.get(), &QueryController::progressChanged, m_query.get(), [this, &wrongSums] {
        if (m_query->live()->filled() && (sum() != 200 || m_query->live()->rosterSize() != 200))
            ++wrongSums;
    });
    m_query->run();
    QVERIFY(m_query->running());
    QVERIFY(!m_query->canRun());
    QTRY_VERIFY_WITH_TIMEOUT(settled(), 10'000);
    QCOMPARE(wrongSums, 0);
    QCOMPARE(m_query->live()->waiting(), 0);
    QVERIFY(m_query->live()->answered() > 150);
    QVERIFY(m_query->live()->errors() > 0);
    QVERIFY(m_query->live()->silent() > 0);
    QCOMPARE(m_query->live()->offline(), m_query->composer()->matchingOffline());
    QCOMPARE(m_query->problem(), QString());
    QTRY_COMPARE(m_query->live()->table()->rowTotal(), 200);
    QTRY_COMPARE(m_query->live()->table()->rowShown(), m_query->live()->answered());

    const auto charted = [this] {
        int replies = 0;
        for (const QVariant &bin : m_query->live()->histogram())
            replies += bin.toInt();
        return replies;
    };
    QTRY_COMPARE(charted(),
                 m_query->live()->answered() + m_query->live()->empty() + m_query->live()->errors());
    QVERIFY(m_query->live()->percentiles().value(QStringLiteral("p99")).toDouble() > 0);
    const auto inGroups = [this](const QString &what) {
        int sum = 0;
        for (const QVariant &group : m_query->live()->byGroup())
            sum += group.toMap().value(what).toInt();
        return sum;
    };
    QTRY_COMPARE(inGroups(QStringLiteral("answered")), m_query->live()->answered());
    QCOMPARE(inGroups(QStringLiteral("total")), 200);
}

void QueryControllerTest::tabsShowTheirDevices()
{
    m_query->run();
    QTRY_VERIFY_WITH_TIMEOUT(settled(), 10'000);
    m_query->live()->setTab(QStringLiteral("errors"));
    QTRY_COMPARE(m_query->live()->table()->rowShown(), m_query->live()->errors());
    m_query->live()->setTab(QStringLiteral("silent"));
    QTRY_COMPARE(m_query->live()->table()->rowShown(), m_query->live()->silent());
    m_query->live()->setTab(QStringLiteral("offline"));
    QTRY_COMPARE(m_query->live()->table()->rowShown(), m_query->live()->offline());
    m_query->live()->setTab(QStringLiteral("nonsense"));
    QCOMPARE(m_query->live()->tab(), QStringLiteral("offline"));
    m_query->live()->setTab(QStringLiteral("results"));
    QTRY_COMPARE(m_query->live()->table()->rowShown(), m_query->live()->answered());
    m_query->live()->setTab(QStringLiteral("all"));
    QTRY_COMPARE(m_query->live()->table()->rowShown(), 200);
    m_query->live()->setTab(QStringLiteral("results"));

    // in no list of their own until now: who had nothing that matches, and who waits once more
    m_query->composer()->setWhere(QStringLiteral("cpu.pct < 0"));
    QTRY_VERIFY(m_query->canRun());
    m_query->live()->setTab(QStringLiteral("empty"));
    m_query->run();
    QTRY_VERIFY_WITH_TIMEOUT(settled(), 10'000);
    QVERIFY(m_query->live()->empty() > 0);
    QTRY_COMPARE(m_query->live()->table()->rowShown(), m_query->live()->empty());
    m_query->composer()->setDeadlineMs(60'000);
    m_query->run();
    QTRY_VERIFY(m_query->live()->waiting() > 0);
    m_query->cancel();
    m_query->askSilentAgain();
    m_query->live()->setTab(QStringLiteral("waiting"));
    QVERIFY(m_query->live()->waiting() > 0);
    QTRY_COMPARE(m_query->live()->table()->rowShown(), m_query->live()->waiting());
    m_query->cancel();
    QTRY_COMPARE(m_query->live()->table()->rowShown(), 0);
}

void QueryControllerTest::filesSayTheOutcome()
{
    m_query->run();
    QTRY_VERIFY_WITH_TIMEOUT(settled(), 10'000);
    QueryResults &live = *m_query->live();
    TableModel &table = *live.table();
    const auto isShown = [&table] {
        for (int column = 0; column < table.columnCount(); ++column) {
            if (table.columnName(column) == QStringLiteral("outcome"))
                return true;
        }
        return false;
    };
    /// Rows by what the file says of them.
    const auto outcomes = [this, &table](const QString &tab) {
        m_query->live()->setTab(tab);
        const QString path = m_folder.filePath(tab + QStringLiteral(".csv"));
        QSignalSpy exported(&table, &TableModel::exportFinished);
        table.exportTo(QUrl::fromLocalFile(path));
        QMap<QString, int> counts;
        if (!exported.wait(10'000))
            return counts;
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly))
            return counts;
        const QList<QByteArray> lines = file.readAll().split('\n');
        const auto place = lines.front().trimmed().split(',').indexOf("outcome");
        for (const QByteArray &line : lines.mid(1)) {
            if (const QList<QByteArray> cells = line.trimmed().split(','); place >= 0 && place < cells.size())
                ++counts[QString::fromUtf8(cells[place])];
        }
        return counts;
    };
    live.table()->setGroupBy({});
    QCOMPARE(outcomes(QStringLiteral("all")),
             (QMap<QString, int>{{QStringLiteral("answered"), live.answered()},
                                 {QStringLiteral("error"), live.errors()},
                                 {QStringLiteral("silent"), live.silent()},
                                 {QStringLiteral("offline"), live.offline()}}));
    QVERIFY(isShown());
    QCOMPARE(outcomes(QStringLiteral("silent")),
             (QMap<QString, int>{{QStringLiteral("silent"), live.silent()}}));
    QVERIFY(!isShown()); // it would say the same in each row
    QCOMPARE(outcomes(QStringLiteral("results")),
             (QMap<QString, int>{{QStringLiteral("answered"), live.answered()}}));

    // what the operator chooses in one tab is of that tab
    table.setColumnVisible(QStringLiteral("outcome"), true);
    live.setTab(QStringLiteral("silent"));
    QVERIFY(!isShown());
    m_query->run();
    QTRY_VERIFY_WITH_TIMEOUT(settled(), 10'000);
    live.setTab(QStringLiteral("results"));
    QVERIFY(isShown());
}

void QueryControllerTest::asksTheSilentOfItsConnectionOnly()
{
    m_query->run();
    QTRY_VERIFY_WITH_TIMEOUT(settled(), 10'000);
    QVERIFY(m_query->live()->silent() > 0);
    QVERIFY2(m_query->canAskAgain(), qPrintable(m_query->cannotAskAgainReason()));
    const auto another = connectTo(*m_server);
    QVERIFY(another);
    m_query->setLink(another, Subjects());
    QVERIFY(!m_query->canAskAgain());
    QVERIFY2(m_query->cannotAskAgainReason().contains(QStringLiteral("a connection that is closed")),
             qPrintable(m_query->cannotAskAgainReason()));
    m_query->askSilentAgain();
    QVERIFY(!m_query->running() && m_query->problem().isEmpty());
    QTRY_VERIFY(m_query->canRun());
    m_query->run();
    QTRY_VERIFY_WITH_TIMEOUT(settled(), 10'000);
    QVERIFY2(m_query->canAskAgain(), qPrintable(m_query->cannotAskAgainReason()));
}

void QueryControllerTest::columnsStayFromRunToRun()
{
    TableModel *results = m_query->live()->table();
    const auto place = [results](const QString &name) {
        for (int column = 0; column < results->columnCount(); ++column) {
            if (results->columnName(column) == name)
                return column;
        }
        return -1;
    };
    const QString uptime = QStringLiteral("uptime");
    const QString error = QStringLiteral("error");
    m_query->run();
    QTRY_VERIFY_WITH_TIMEOUT(settled(), 10'000);
    QVERIFY(place(uptime) >= 0);
    results->setColumnVisible(uptime, false);
    results->setColumnWidth(0, 321);
    results->moveColumn(place(QStringLiteral("temp.soc")), 1);
    const auto kept = [&] {
        return place(uptime) == -1 && results->columnWidth(0) == 321 &&
               place(QStringLiteral("temp.soc")) == 1 && place(error) == -1;
    };
    QVERIFY(kept());
    m_query->run();
    QVERIFY(kept());
    QTRY_VERIFY_WITH_TIMEOUT(settled(), 10'000);
    QVERIFY(kept());

    // another question: what it has in common stays, and what it asks for besides is shown
    m_query->composer()->addSelect(QStringLiteral("disk.free"));
    m_query->composer()->addSelect(
        QStringLiteral("region")); // hidden until now: its values are in the headings
    QCOMPARE(place(QStringLiteral("region")), -1);
    m_query->run();
    QTRY_VERIFY(place(QStringLiteral("disk.free")) >= 0);
    QVERIFY(kept());
    QVERIFY(place(QStringLiteral("region")) >= 0);
    QTRY_VERIFY_WITH_TIMEOUT(settled(), 10'000);

    m_query->live()->setTab(QStringLiteral("errors"));
    QVERIFY(place(error) >= 0);
    m_query->run();
    QVERIFY(place(error) >= 0);
    m_query->live()->setTab(QStringLiteral("results"));
    QVERIFY(kept());
}

void QueryControllerTest::cancelsAndAsksAgain()
{
    m_query->composer()->setDeadlineMs(60'000); // the silent ones keep it waiting
    m_query->run();
    QTRY_VERIFY(m_query->live()->answered() > 0);
    m_query->cancel();
    QVERIFY(!m_query->running());
    QVERIFY(m_query->live()->cancelled());
    QCOMPARE(sum(), 200);
    const int silent = m_query->live()->silent();
    QVERIFY(silent > 0);
    m_query->askSilentAgain();
    QVERIFY(m_query->running());
    QVERIFY(m_query->live()->waiting() > 0 || m_query->live()->answered() > 0);
    QCOMPARE(sum(), 200);
    m_query->cancel();
    QCOMPARE(m_query->live()->waiting(), 0);
}

void QueryControllerTest::scopesNarrow()
{
    QCOMPARE(m_query->composer()->scopes().size(), 2);
    const int eu = m_fleet->devices()->countMatching(QStringLiteral("region = \"eu\""));
    m_query->composer()->addScope(QStringLiteral("region"), QStringLiteral("eu"));
    QCOMPARE(m_query->composer()->scopes().size(), 3);
    QTRY_COMPARE(m_query->composer()->matching(), eu);
    QCOMPARE(m_query->composer()->scopes().at(1).toMap().value(QStringLiteral("count")).toInt(), eu);
    QCOMPARE(m_query->composer()->scopes().at(1).toMap().value(QStringLiteral("label")).toString(),
             QStringLiteral("region = eu"));
    QVERIFY(!m_query->composer()->scopes().at(0).toMap().value(QStringLiteral("on")).toBool());
    m_query->composer()->toggleScope(0);
    QVERIFY(!m_query->composer()->scopes().at(1).toMap().value(QStringLiteral("on")).toBool());
    QTRY_COMPARE(m_query->composer()->matching(), 200);
    m_query->composer()->removeScope(0);
    m_query->composer()->removeScope(1);
    QCOMPARE(m_query->composer()->scopes().size(), 2);

    const QString device = QString::fromStdString(m_simulator->deviceIds().front());
    m_query->composer()->setSelectionScope({device, QStringLiteral("not-there")});
    QTRY_COMPARE(m_query->composer()->matching(), 2); // who is named is on the roster, seen or not
    m_query->composer()->setSelectionScope({});
    QTRY_COMPARE(m_query->composer()->matching(), 200);
}

void QueryControllerTest::completes()
{
    const QVariantList found = m_query->composer()->complete(QStringLiteral("region = "), 9);
    QStringList values;
    for (const QVariant &completion : found)
        values.append(completion.toMap().value(QStringLiteral("insert")).toString());
    QVERIFY(values.contains(QStringLiteral("\"eu\"")));
    QCOMPARE(found.front().toMap().value(QStringLiteral("from")).toInt(), 9);
    // of what is measured, how large it is: of a field that no device of the demo sends meanwhile
    TableModel &devices = *m_fleet->devices();
    table::Batch batch;
    for (int row = 0; row < 100; ++row)
        batch.set(devices.keyAt(row).toStdString(), "mem.cache",
                  1'000'000'000 + std::int64_t{row} * 10'000'001);
    devices.apply(batch);
    values.clear();
    for (const QVariant &size : m_query->composer()->complete(QStringLiteral("mem.cache < "), 12))
        values.append(size.toMap().value(QStringLiteral("insert")).toString());
    QVERIFY2(values.contains(QStringLiteral("1.5GB")), qPrintable(values.join(QLatin1Char(' '))));
    QVERIFY(m_query->composer()->labelNames().contains(QStringLiteral("region")));
    QVERIFY(m_query->composer()->complete(QStringLiteral("\"unclosed"), 400).isEmpty());
}

void QueryControllerTest::completesForTheDevicesTable()
{
    QueryComposer &composer = *m_query->composer();
    composer.setSource(QStringLiteral("services"));
    const auto texts = [](const QVariantList &found) {
        QStringList list;
        for (const QVariant &each : found)
            list.append(each.toMap().value(QStringLiteral("text")).toString());
        return list;
    };
    QVERIFY(texts(composer.complete(QString(), 0)).contains(QStringLiteral("num_requests")));
    QVERIFY(!texts(composer.completeForDevices(QString(), 0)).contains(QStringLiteral("num_requests")));
    QVERIFY(texts(composer.completeForDevices(QString(), 0)).contains(QStringLiteral("device")));
    QVERIFY(texts(composer.completeForDevices(QStringLiteral("region = "), 9))
                .contains(QStringLiteral("\"eu\"")));
}

// Every device would be asked, as one might know it: it is said, and asked all the same.
void QueryControllerTest::doubtsAFieldThatNobodyReported()
{
    QueryComposer &composer = *m_query->composer();
    composer.setWhere(QStringLiteral("regon = \"eu\""));
    QTRY_COMPARE(composer.matching(), 200);
    QCOMPARE(composer.whereDoubt(),
             QStringLiteral("No device has reported \"regon\" yet; did you mean \"region\"? "
                            "The devices are asked all the same."));
    QVERIFY(m_query->canRun());
    composer.setSource(QStringLiteral("services"));
    QCOMPARE(composer.whereDoubt(), QString()); // their fields are not the fleet's
    composer.setWhere(QStringLiteral("regon = \"eu\""));
    QCOMPARE(composer.whereDoubt(), QString());
    composer.setSource(QStringLiteral("fleet"));
    composer.addSeen(query::Source::Fleet, {{"regon", {}, {}}}); // a device answered with it
    QCOMPARE(composer.whereDoubt(), QString());
    composer.setWhere(QStringLiteral("region = \"eu\" and not has site"));
    QCOMPARE(composer.whereDoubt(), QString());
}

void QueryControllerTest::replacesWhatAChipSays()
{
    QueryComposer &composer = *m_query->composer();
    QStringList fields = composer.select();
    composer.replaceSelect(1, QStringLiteral(" disk.free "));
    fields[1] = QStringLiteral("disk.free");
    QCOMPARE(composer.select(), fields);
    composer.replaceSelect(0, QStringLiteral("disk.free")); // it is there
    composer.replaceSelect(0, QString());
    composer.replaceSelect(99, QStringLiteral("os"));
    composer.replaceSelect(-1, QStringLiteral("os"));
    QCOMPARE(composer.select(), fields);
    composer.replaceGroupBy(1, QStringLiteral("site"));
    QCOMPARE(composer.groupBy(), QStringList({QStringLiteral("region"), QStringLiteral("site")}));
    composer.replaceAggregate(0, QStringLiteral("p95  cpu.pct"));
    composer.replaceAggregate(1, QStringLiteral("nonsense cpu.pct"));
    QCOMPARE(composer.aggregates().mid(0, 2),
             QStringList({QStringLiteral("p95 cpu.pct"), QStringLiteral("min mem.free")}));
}

void QueryControllerTest::linkLostDuringAQuery()
{
    m_query->composer()->setDeadlineMs(3000);
    m_query->run();
    QVERIFY(m_query->running());
    m_query->setLinkUp(false);
    QTRY_VERIFY(!m_query->problem().isEmpty());
    m_query->cancel();
    QCOMPARE(sum(), 200);
    QVERIFY(!m_query->canRun());
}

QTEST_MAIN(QueryControllerTest)
#include "tst_query_controller.moc"
