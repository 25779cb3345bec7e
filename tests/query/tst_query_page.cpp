// SPDX-License-Identifier: GPL-3.0-or-later
#include "demo/demo_fleet.h"
#include "query/query_controller.h"
#include "query/query_text.h"
#include "support/fleet.h"

#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QThread>
#include <QTranslator>
#include <QXmlStreamReader>

#include <atomic>
#include <mutex>

using namespace muster;
using namespace muster::test;

/// What the Query page does beside asking a fleet once: other sources, watches, what is saved and kept.
class QueryPageTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void cleanupTestCase();

    void saysWhatIsSent();
    void asksServices();
    void asksASubject();
    void columnsAreThoseOfWhoIsAsked();
    void readOnlyAsksNoSubject();
    void watchesTheFleet();
    void watchFollowsWhoComesAndGoes();
    void watchWaitsForTheLink();
    void watchKeepsItsTime();
    void whatTheEndBringsIsKept();
    void whatTheEndBringsIsNotGone();
    void repliesAreKnownAgainInAnyOrder();
    void lateAnswersAreMarkedAndKept();
    void unexpectedAnswersAreNoResults();
    void whatCannotBeReadIsListed();
    void offersWhatAnswersHad();
    void sizesOfGroupsDecide();
    void errorsAreInTheUsersLanguage();
    void problemsOfRunsAreInGerman();
    void faultsOfTheFilterAreInTheUsersLanguage();
    void draftComesBack();
    void savesLoadsAndKnowsEdits();
    void conflictLosesNothing();
    void keepsRunsAndOpensThemOffline();
    void asksAPastQuestionAgain();
    void comparesRuns();
    void aComparisonThatIsClosedShowsNothing();

private:
    void askSubject(int expected, int deadlineMs);
    QString cellOf(const QString &device, const QString &column) const;
    QStringList columns() const;
    void answerOn(const std::string &subject, std::function<std::string()> reply);
    void instance(const std::string &service, const std::string &id);
    void runToTheEnd();
    std::unique_ptr<QueryController> another();
    QString file() const { return m_folder->filePath(QStringLiteral("muster.db")); }
    QueryComposer &composer() { return *m_query->composer(); }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<nats::LocalServer> m_server;
    std::unique_ptr<demo::Simulator> m_simulator;
    std::shared_ptr<nats::Connection> m_operator, m_others;
    std::vector<nats::Subscription> m_subscriptions;
    std::atomic<int> m_number{0};    // what one answers with
    std::atomic<bool> m_more{false}; // whether another answers as well
    std::unique_ptr<FleetController> m_fleet;
    std::unique_ptr<QueryController> m_query;
};

void QueryPageTest::initTestCase()
{
    m_server = startServer(true);
    QVERIFY(m_server);
    m_operator = connectTo(*m_server);
    m_others = connectTo(*m_server);
    QVERIFY(m_operator && m_others && provision(m_operator));
    demo::SimOptions options;
    options.devices = 40;
    options.flappingShare = options.slowShare = options.silentShare = options.errorShare = 0;
    options.offlineShare = 0.1;
    auto simulator = demo::Simulator::start(m_server->url(), options);
    QVERIFY(simulator.ok());
    m_simulator = std::move(*simulator);
    QVERIFY(m_simulator->waitUntilUp(30'000));
}

void QueryPageTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_number = 0;
    m_more = false;
    m_fleet = std::make_unique<FleetController>();
    m_query = another();
    m_fleet->follow(m_operator, Subjects(), {});
    QTRY_COMPARE(m_fleet->total(), 40);
    QTRY_COMPARE(composer().matching(), 40);
}

void QueryPageTest::cleanup()
{
    m_subscriptions.clear();
    m_query.reset();
    m_fleet.reset();
}

void QueryPageTest::cleanupTestCase()
{
    m_operator.reset();
    m_others.reset();
    m_simulator.reset();
    m_server.reset();
}

std::unique_ptr<QueryController> QueryPageTest::another()
{
    auto query = std::make_unique<QueryController>(m_fleet.get(), file());
    query->setLink(m_operator, Subjects(), {}, QStringLiteral("plant"), QStringLiteral("mara"));
    return query;
}

void QueryPageTest::answerOn(const std::string &subject, std::function<std::string()> reply)
{
    auto subscribed =
        m_others->subscribe(subject, [this, reply = std::move(reply)](const nats::MessageView &message) {
            if (const std::string text = reply(); !text.empty())
                (void)m_others->publish(message.reply, text);
        });
    QVERIFY(subscribed.ok());
    m_subscriptions.push_back(std::move(*subscribed));
    QVERIFY(m_others->flush().ok());
}

void QueryPageTest::instance(const std::string &service, const std::string &id)
{
    const auto head = [service, id](const std::string &type) {
        return R"({"type":"io.nats.micro.v1.)" + type + R"(_response","name":")" + service + R"(","id":")" +
               id + R"(","version":"1.2.3")";
    };
    const std::string endpoint = R"("name":"list","subject":")" + service + R"(.list","queue_group":"q")";
    for (const std::string &tail : {std::string(), "." + service, "." + service + "." + id}) {
        answerOn("$SRV.PING" + tail, [head] { return head("ping") + "}"; });
        answerOn("$SRV.INFO" + tail,
                 [head, endpoint] { return head("info") + R"(,"endpoints":[{)" + endpoint + "}]}"; });
        answerOn("$SRV.STATS" + tail, [head, endpoint] {
            return head("stats") + R"(,"endpoints":[{)" + endpoint +
                   R"(,"num_requests":10,"num_errors":1}]})";
        });
    }
}

void QueryPageTest::askSubject(int expected, int deadlineMs)
{
    composer().setSource(QStringLiteral("subject"));
    composer().setSubject(QStringLiteral("orders.status"));
    composer().setExpected(expected);
    composer().setQuietMs(0);
    composer().setDeadlineMs(deadlineMs);
}

QStringList QueryPageTest::columns() const
{
    const TableModel &table = *m_query->live()->table();
    QStringList names;
    for (int i = 0; i < table.columnCount(); ++i)
        names.append(table.columnName(i));
    return names;
}

/// As the delegate of the cell reads its state; empty where it is not shown.
QString QueryPageTest::cellOf(const QString &device, const QString &column) const
{
    const TableModel &table = *m_query->live()->table();
    const auto place = static_cast<int>(columns().indexOf(column));
    const int row = table.rowOfKey(device);
    return place < 0 || row < 0 ? QString()
                                : table.data(table.index(row, place), TableModel::RawRole).toString();
}

void QueryPageTest::runToTheEnd()
{
    QTRY_VERIFY2(m_query->canRun(), qPrintable(m_query->cannotRunReason()));
    QSignalSpy kept(m_query->history(), &QueryHistory::kept);
    m_query->run();
    QVERIFY(m_query->running());
    QTRY_VERIFY_WITH_TIMEOUT(!m_query->running(), 10'000);
    QTRY_VERIFY(!kept.isEmpty());
    const int runs = m_query->history()->count();
    QTRY_VERIFY(m_query->history()->record(m_query->live()->run()) || m_query->history()->count() > runs);
}

void QueryPageTest::saysWhatIsSent()
{
    QVERIFY(composer().preflightText().startsWith(QStringLiteral("One request, at most")));
    composer().setSource(QStringLiteral("services"));
    QVERIFY(composer().preflightText().contains(QStringLiteral("$SRV.PING, $SRV.INFO and $SRV.STATS")));
    composer().setService(QStringLiteral("orders"));
    QVERIFY(composer().preflightText().contains(QStringLiteral("$SRV.STATS.orders")));
    composer().setService(QStringLiteral("no service"));
    QVERIFY(!m_query->canRun());

    composer().setSource(QStringLiteral("subject"));
    QVERIFY(!m_query->canRun());
    for (const char *wrong : {"a..b", "a.*", "a.>", "a b", ".a", "a."}) {
        composer().setSubject(QString::fromLatin1(wrong));
        QVERIFY2(!m_query->canRun(), wrong);
    }
    composer().setSubject(QStringLiteral("orders.status"));
    composer().setPayload(QStringLiteral("{\"a\":1}"));
    QVERIFY(m_query->canRun());
    QVERIFY(composer().preflightText().contains(QStringLiteral("7 bytes on orders.status")));
    composer().setExpected(3);
    QVERIFY(composer().preflightText().contains(QStringLiteral("after 3 replies")));
    composer().setSubject(QStringLiteral("fleet.run.d1"));
    QVERIFY(composer().preflightText().contains(QStringLiteral("Careful")));

    // what was typed for one source is there when it is chosen again
    composer().setWhere(QStringLiteral("total > 3"));
    composer().setSource(QStringLiteral("fleet"));
    QCOMPARE(composer().where(), QString());
    QTRY_COMPARE(composer().matching(), 40);
    composer().setSource(QStringLiteral("subject"));
    QCOMPARE(composer().where(), QStringLiteral("total > 3"));
    QCOMPARE(composer().matching(), -1);
}

void QueryPageTest::asksServices()
{
    instance("orders", "A1");
    instance("orders", "A2");
    instance("stock", "B1");
    composer().setSource(QStringLiteral("services"));
    runToTheEnd();
    QueryResults &live = *m_query->live();
    QCOMPARE(live.source(), QStringLiteral("services"));
    QCOMPARE(live.answered(), 3);
    QCOMPARE(live.rosterSize(), 3);
    QTRY_COMPARE(live.table()->rowShown(), 3);
    QCOMPARE(live.byGroupKey(), QStringLiteral("service"));
    QTRY_COMPARE(live.byGroup().size(), 2);
    const QVariantMap orders = live.byGroup().front().toMap();
    QCOMPARE(orders.value(QStringLiteral("name")).toString(), QStringLiteral("orders"));
    QCOMPARE(orders.value(QStringLiteral("answered")).toInt(), 2);
    QCOMPARE(orders.value(QStringLiteral("total")).toInt(), 2);
    QVERIFY(live.percentiles().value(QStringLiteral("p50")).toDouble() > 0);
    QVERIFY(composer().fieldNames().contains(QStringLiteral("num_requests")));

    composer().setWhere(QStringLiteral("service = \"stock\""));
    runToTheEnd();
    QCOMPARE(live.answered(), 1);
    QCOMPARE(live.empty(), 2);
    QTRY_COMPARE(live.table()->rowShown(), 1);
}

void QueryPageTest::asksASubject()
{
    answerOn("orders.status", [] { return R"({"total":4,"unit":"kg"})"; });
    answerOn("orders.status", [] { return "plain text"; });
    composer().setSource(QStringLiteral("subject"));
    composer().setSubject(QStringLiteral("orders.status"));
    composer().setExpected(2);
    runToTheEnd();
    QueryResults &live = *m_query->live();
    QCOMPARE(live.answered(), 2);
    QCOMPARE(live.rosterSize(), 2);
    QTRY_COMPARE(live.table()->rowShown(), 2);
    QVERIFY(live.byGroup().isEmpty()); // grouped by nothing
    QVERIFY(!m_query->canAskAgain());

    composer().setExpected(3);
    composer().setDeadlineMs(300);
    runToTheEnd();
    QCOMPARE(live.answered(), 2);
    QCOMPARE(live.silent(), 1);
    QCOMPARE(live.rosterSize(), 3);
    live.setTab(QStringLiteral("silent"));
    QTRY_COMPARE(live.table()->rowShown(), 1);
}

void QueryPageTest::columnsAreThoseOfWhoIsAsked()
{
    TableModel &table = *m_query->live()->table();
    runToTheEnd();
    QTRY_VERIFY(table.rowShown() > 0);
    table.setColumnVisible(QStringLiteral("uptime"), false);
    table.setColumnWidth(0, 222);
    const QStringList ofTheFleet = columns();
    QVERIFY(ofTheFleet.contains(QStringLiteral("mem.free")));

    instance("orders", "A1");
    composer().setSource(QStringLiteral("services"));
    runToTheEnd();
    QTRY_COMPARE(table.rowShown(), 1);
    QCOMPARE(columns(),
             (QStringList{QStringLiteral("device"), QStringLiteral("service"), QStringLiteral("version"),
                          QStringLiteral("endpoint"), QStringLiteral("subject"),
                          QStringLiteral("num_requests"), QStringLiteral("num_errors"),
                          QStringLiteral("average_processing_time_ms"), QStringLiteral("reply_ms")}));
    QVERIFY(!table.fieldNames().contains(QStringLiteral("mem.free")));

    answerOn("orders.status", [] { return R"({"total":"four"})"; });
    answerOn("orders.count", [] { return R"({"total":4,"unit":"kg"})"; });
    composer().setSource(QStringLiteral("subject"));
    composer().setSubject(QStringLiteral("orders.status"));
    composer().setExpected(1);
    runToTheEnd();
    QTRY_COMPARE(columns(), (QStringList{QStringLiteral("device"), QStringLiteral("reply_ms"),
                                         QStringLiteral("total")}));
    composer().setSubject(QStringLiteral("orders.count"));
    runToTheEnd();
    QTRY_COMPARE(columns(), (QStringList{QStringLiteral("device"), QStringLiteral("reply_ms"),
                                         QStringLiteral("total"), QStringLiteral("unit")}));
    QVERIFY(table.columnRightAligned(2)); // a number, whatever the other subject's was

    composer().setSource(QStringLiteral("fleet"));
    runToTheEnd();
    QTRY_VERIFY(table.rowShown() > 0);
    QCOMPARE(columns(), ofTheFleet); // as the operator left them
    QCOMPARE(table.columnWidth(0), 222);
}

void QueryPageTest::readOnlyAsksNoSubject()
{
    m_query->setReadOnly(true);
    QTRY_VERIFY(m_query->canRun());
    composer().setSource(QStringLiteral("subject"));
    composer().setSubject(QStringLiteral("orders.status"));
    QVERIFY(!m_query->canRun());
    QVERIFY(m_query->cannotRunReason().contains(QStringLiteral("read only")));
}

void QueryPageTest::watchesTheFleet()
{
    composer().setWatchSeconds(1);
    QTRY_VERIFY(m_query->canRun());
    QueryWatch &watch = *m_query->watch();
    int wrongSums = 0;
    connect(m_query->live(), &QueryResults::progressChanged, this, [this, &wrongSums] {
        const QueryResults &live = *m_query->live();
        const int sum =
            live.answered() + live.empty() + live.errors() + live.silent() + live.offline() + live.waiting();
        wrongSums += sum == 40 && live.rosterSize() == 40 ? 0 : 1;
    });
    QSignalSpy kept(m_query->history(), &QueryHistory::kept);
    m_query->run();
    QVERIFY(watch.active());
    QTRY_COMPARE_WITH_TIMEOUT(watch.round(), 3, 20'000);
    QVERIFY(m_query->running()); // between two rounds as well
    QVERIFY(!m_query->canRun());
    QTRY_VERIFY_WITH_TIMEOUT(!m_query->asking() && watch.text().contains(QStringLiteral(" changed in ")),
                             10'000);
    QVERIFY(watch.changedCells() > 0); // uptime, if nothing else
    QVERIFY(watch.text().startsWith(QStringLiteral("Round 3, ")));
    QVERIFY(watch.text().contains(QStringLiteral("0 added, 0 gone, next in")));
    TableModel &table = *m_query->live()->table();
    QVERIFY(table.watched());
    QCOMPARE(table.rowTotal(), 40);
    QVERIFY(table.changedRows() > 0 && table.changedRows() <= 36); // the offline say nothing
    QCOMPARE(wrongSums, 0);
    m_query->cancel();
    QVERIFY(!m_query->running() && !watch.active());
    QTRY_VERIFY(m_query->canRun());
    QVERIFY(kept.count() >= 1);
    QTRY_COMPARE(m_query->history()->count(), 1); // one entry for all its rounds
    const auto keptRound = [this] {
        return m_query->history()->record(m_query->history()->newest()).value_or(query::RunRecord()).round;
    };
    QTRY_VERIFY(keptRound() >= 1);

    composer().setWatchSeconds(0);
    runToTheEnd();
    QVERIFY(!table.watched());
    QTRY_COMPARE(m_query->history()->count(), 2);
    QCOMPARE(keptRound(), 0);
    disconnect(m_query->live(), nullptr, this, nullptr);
}

void QueryPageTest::watchFollowsWhoComesAndGoes()
{
    answerOn("orders.status", [this] { return R"({"round":)" + std::to_string(++m_number) + "}"; });
    answerOn("orders.status", [] { return R"({"steady":1})"; });
    answerOn("orders.status", [this] { return m_more ? R"({"extra":1})" : ""; });
    composer().setSource(QStringLiteral("subject"));
    composer().setSubject(QStringLiteral("orders.status"));
    composer().setQuietMs(200);
    composer().setWatchSeconds(1);
    m_query->run();
    TableModel &table = *m_query->live()->table();
    const QueryWatch &watch = *m_query->watch();
    QTRY_COMPARE_WITH_TIMEOUT(watch.round(), 2, 10'000);
    m_more = true;
    QTRY_VERIFY_WITH_TIMEOUT(watch.text().contains(QStringLiteral("1 added, 0 gone")), 10'000);
    QCOMPARE(table.rowTotal(), 3);
    QVERIFY(watch.changedCells() > 0);
    m_more = false;
    QTRY_VERIFY_WITH_TIMEOUT(watch.text().contains(QStringLiteral("0 added, 1 gone")), 10'000);
    QCOMPARE(table.rowTotal(), 2);
    m_query->cancel();
}

void QueryPageTest::watchWaitsForTheLink()
{
    composer().setWatchSeconds(1);
    m_query->run();
    QueryWatch &watch = *m_query->watch();
    QTRY_VERIFY_WITH_TIMEOUT(watch.round() >= 2, 10'000);
    QTRY_VERIFY_WITH_TIMEOUT(!m_query->asking(), 10'000);
    m_query->setLinkUp(false);
    QVERIFY(watch.paused());
    QVERIFY(watch.text().contains(QStringLiteral("the link is down")));
    const int round = watch.round();
    QSignalSpy ticks(&watch, &QueryWatch::changed);
    QTRY_VERIFY_WITH_TIMEOUT(ticks.count() >= 8, 10'000); // two seconds: another round was due
    QCOMPARE(watch.round(), round);
    QVERIFY(m_query->running());
    m_query->setLinkUp(true);
    QTRY_VERIFY_WITH_TIMEOUT(watch.round() > round, 10'000); // by itself
    QVERIFY(!watch.paused());
    m_query->cancel();
}

void QueryPageTest::watchKeepsItsTime()
{
    QueryWatch watch;
    QElapsedTimer since;
    int dues = 0, slowRound = 0;
    qint64 last = 0, afterSlow = 0;
    connect(&watch, &QueryWatch::due, this, [&] {
        last = since.elapsed();
        ++dues;
        watch.beginRound();
        if (dues == slowRound) // takes longer than until the next
            QTimer::singleShot(1300, &watch, [&watch] { watch.endRound({}); });
        else
            watch.endRound({});
        if (slowRound > 0 && dues == slowRound + 1)
            afterSlow = last;
    });
    since.start();
    watch.start(1);
    watch.endRound({});
    QTRY_COMPARE_WITH_TIMEOUT(dues, 7, 15'000);
    QVERIFY2(last >= 6'990 && last < 7'250, qPrintable(QString::number(last))); // late ones do not add up
    slowRound = 8;
    QTRY_COMPARE_WITH_TIMEOUT(dues, 9, 10'000);
    QVERIFY2(afterSlow >= 9'990 && afterSlow < 10'250, qPrintable(QString::number(afterSlow)));
    watch.stop();
}

// While the window is busy with the first rows, the run ends.
void QueryPageTest::whatTheEndBringsIsKept()
{
    answerOn("orders.status", [] { return R"({"total":1})"; });
    askSubject(3, 300);
    QElapsedTimer since;
    const TableModel &table = *m_query->live()->table();
    const auto busy = connect(&table, &TableModel::countsChanged, this, [&since, &table] {
        while (table.rowTotal() == 1 && since.elapsed() < 500)
            QThread::msleep(1);
    });
    since.start();
    runToTheEnd();
    disconnect(busy);
    QCOMPARE(m_query->live()->answered(), 1);
    QCOMPARE(m_query->live()->silent(), 2);
    QTRY_VERIFY(m_query->history()->record(m_query->live()->run()));
    QCOMPARE(m_query->history()->record(m_query->live()->run())->rows, 3);
}

void QueryPageTest::whatTheEndBringsIsNotGone()
{
    answerOn("orders.status", [] { return R"({"total":1})"; });
    askSubject(3, 300);
    composer().setWatchSeconds(1);
    const QueryWatch &watch = *m_query->watch();
    const QueryResults &live = *m_query->live();
    const auto busy = connect(&live, &QueryResults::progressChanged, this, [&watch, &live] {
        if (watch.round() != 2 || live.answered() != 1 || live.waiting() != 2)
            return;
        QElapsedTimer since;
        for (since.start(); since.elapsed() < 350;)
            QThread::msleep(1);
    });
    m_query->run();
    QTRY_VERIFY_WITH_TIMEOUT(watch.text().startsWith(QStringLiteral("Round 2, ")) &&
                                 watch.text().contains(QStringLiteral(" gone")),
                             10'000);
    QVERIFY2(watch.text().contains(QStringLiteral("0 added, 0 gone")), qPrintable(watch.text()));
    QCOMPARE(live.table()->rowTotal(), 3);
    m_query->cancel();
    disconnect(busy);
}

void QueryPageTest::repliesAreKnownAgainInAnyOrder()
{
    auto both = m_others->subscribe("orders.status", [this](const nats::MessageView &message) {
        const std::string a = R"({"id":"a","stock":1})", b = R"({"id":"b","stock":2})";
        const bool turned = ++m_number % 2 == 0;
        (void)m_others->publish(message.reply, turned ? b : a);
        (void)m_others->publish(message.reply, turned ? a : b);
    });
    QVERIFY(both.ok() && m_others->flush().ok());
    askSubject(2, 2000);
    composer().setWatchSeconds(1);
    m_query->run();
    const QueryWatch &watch = *m_query->watch();
    QTRY_VERIFY_WITH_TIMEOUT(watch.text().startsWith(QStringLiteral("Round 2, ")) &&
                                 watch.text().contains(QStringLiteral(" gone")),
                             10'000);
    QCOMPARE(watch.changedCells(), 0);
    m_query->cancel();

    composer().setWatchSeconds(0);
    runToTheEnd();
    const QString first = m_query->live()->run();
    runToTheEnd();
    QTRY_COMPARE(m_query->history()->before(m_query->live()->run()), first);
    QueryComparison &comparison = *m_query->comparison();
    comparison.compare(m_query->live()->run(), first);
    QTRY_VERIFY(!comparison.busy());
    QCOMPARE(comparison.same(), 2);
    comparison.close();
}

void QueryPageTest::lateAnswersAreMarkedAndKept()
{
    std::mutex mutex;
    std::string replyTo; // of who takes its time
    auto slow = m_others->subscribe("orders.status", [&](const nats::MessageView &message) {
        const std::lock_guard lock(mutex);
        replyTo = message.reply;
    });
    QVERIFY(slow.ok() && m_others->flush().ok());
    answerOn("orders.status", [] { return R"({"total":1})"; });
    askSubject(2, 200);
    runToTheEnd();
    QueryResults &live = *m_query->live();
    QCOMPARE(live.silent(), 1);
    QVERIFY(!columns().contains(QStringLiteral("late")));
    {
        const std::lock_guard lock(mutex);
        QVERIFY(m_others->publish(replyTo, R"({"total":2})").ok());
    }
    QTRY_COMPARE(live.lateCount(), 1);
    QCOMPARE(live.answered(), 2);
    QTRY_COMPARE(live.table()->rowShown(), 2);
    QCOMPARE(cellOf(QStringLiteral("1"), QStringLiteral("late")), QString());
    QCOMPARE(cellOf(QStringLiteral("2"), QStringLiteral("late")), QStringLiteral("late"));
    live.setTab(QStringLiteral("late"));
    QTRY_COMPARE(live.table()->rowShown(), 1);
    QCOMPARE(cellOf(QStringLiteral("2"), QStringLiteral("outcome")), QStringLiteral("answered"));
    live.setTab(QStringLiteral("results"));
    QVERIFY(!columns().contains(QStringLiteral("outcome"))); // all of them answered

    // asked again before the run is looked at once more
    const QString run = live.run();
    QVERIFY(m_query->canRun());
    m_query->run();
    QTRY_COMPARE(m_query->history()->record(run)->tally.of(query::Outcome::Answered), 2);
    QTRY_VERIFY_WITH_TIMEOUT(!m_query->running(), 10'000);
    QVERIFY(live.run() != run && live.lateCount() == 0);
    QVERIFY(!columns().contains(QStringLiteral("late")));
}

void QueryPageTest::unexpectedAnswersAreNoResults()
{
    answerOn("orders.status", [] { return R"({"total":1})"; });
    answerOn("orders.status", [] { return R"({"total":1})"; });
    askSubject(1, 2000);
    composer().addGroupBy(QStringLiteral("total"));
    runToTheEnd();
    QueryResults &live = *m_query->live();
    QTRY_COMPARE(live.unexpected(), 1);
    QTRY_COMPARE(live.table()->rowTotal(), 2);
    QCOMPARE(live.answered(), 1);
    QTRY_COMPARE(live.table()->rowShown(), 1);
    QCOMPARE(live.table()->data(live.table()->index(0, 0), TableModel::CountRole).toInt(), 1); // of the group
    live.setTab(QStringLiteral("all"));
    QTRY_COMPARE(live.table()->rowShown(), 1);
    live.setTab(QStringLiteral("unexpected"));
    QTRY_COMPARE(live.table()->rowShown(), 1);
    QTRY_COMPARE(cellOf(QStringLiteral("2"), QStringLiteral("outcome")), QStringLiteral("unexpected"));
}

void QueryPageTest::whatCannotBeReadIsListed()
{
    answerOn("fleet.query.>", [] { return "nonsense"; });
    runToTheEnd();
    QueryResults &live = *m_query->live();
    QTRY_VERIFY(live.rejectedCount() > 0);
    RejectedListModel &rejected = *live.rejected();
    QTRY_COMPARE(rejected.rowCount(), live.rejectedCount());
    QCOMPARE(rejected.data(rejected.index(0), RejectedListModel::ReasonRole).toString(),
             QStringLiteral("malformed"));
    QVERIFY(rejected.data(rejected.index(0), RejectedListModel::TimeRole).toDateTime().isValid());
    m_subscriptions.clear();

    // kept with the run, those that came after its end as well
    QueryHistory &history = *m_query->history();
    const QString run = live.run();
    QTRY_VERIFY_WITH_TIMEOUT(
        history.record(run) && history.record(run)->tally.rejected == live.rejectedCount(), 20'000);
    m_query->openPast(run);
    QTRY_VERIFY(m_query->showsPast());
    const QueryResults &past = *m_query->shown();
    QVERIFY(&past != &live);
    QCOMPARE(past.rejectedCount(), live.rejectedCount());
    QCOMPARE(past.rejectedListed(), live.rejectedCount());
    for (const int role :
         {RejectedListModel::ReasonRole, RejectedListModel::DetailRole, RejectedListModel::TimeRole})
        QCOMPARE(past.rejected()->data(past.rejected()->index(0), role),
                 rejected.data(rejected.index(0), role));
    m_query->showLive();

    runToTheEnd();
    QCOMPARE(live.rejectedCount(), 0);
    QCOMPARE(rejected.rowCount(), 0);
    QCOMPARE(live.rejectedListed(), 0);
}

// A field that no device tells of itself, only when it is asked.
void QueryPageTest::offersWhatAnswersHad()
{
    answerOn("fleet.query.>",
             [] { return R"({"v":1,"device":"stranger","row":{"spare":{"part":"kiosk lamp"}}})"; });
    const QString field = QStringLiteral("spare.part");
    QVERIFY(!composer().fieldNames().contains(field));
    composer().addSelect(field);
    runToTheEnd();
    QTRY_COMPARE(m_query->live()->unexpected(), 1);
    runToTheEnd(); // what came after the end is looked at with the next
    QTRY_VERIFY(composer().fieldNames().contains(field));
    QCOMPARE(composer().valuesOf(field), QStringList{QStringLiteral("kiosk lamp")});
    const auto offered = [this](const QString &typed) {
        QStringList inserts;
        for (const QVariant &each : composer().complete(typed, static_cast<int>(typed.size())))
            inserts.append(each.toMap().value(QStringLiteral("insert")).toString());
        return inserts;
    };
    QVERIFY(offered(QStringLiteral("spa")).contains(field));
    QCOMPARE(offered(QStringLiteral("spare.part = ")), QStringList{QStringLiteral("\"kiosk lamp\"")});
    QCOMPARE(offered(QStringLiteral("spare.part = 'ki")), QStringList{QStringLiteral("'kiosk lamp'")});
    QVERIFY(!composer().fieldNames().contains(QStringLiteral("reply_ms")));
}

void QueryPageTest::sizesOfGroupsDecide()
{
    auto many = m_others->subscribe("orders.status", [this](const nats::MessageView &message) {
        for (int group = 0; group < 15; ++group) {
            for (int i = 0; i <= (group == 7 ? 2 : 0); ++i)
                (void)m_others->publish(message.reply, R"({"g":"g)" + std::to_string(group) + R"("})");
        }
    });
    QVERIFY(many.ok() && m_others->flush().ok());
    askSubject(17, 5000);
    composer().addGroupBy(QStringLiteral("g"));
    runToTheEnd();
    QueryResults &live = *m_query->live();
    QTRY_COMPARE(live.byGroup().size(), 12);
    QTRY_COMPARE(live.byGroupMore(), 3);
    const QVariantMap first = live.byGroup().front().toMap();
    QCOMPARE(first.value(QStringLiteral("name")).toString(), QStringLiteral("g7"));
    QCOMPARE(first.value(QStringLiteral("total")).toInt(), 3);
    QCOMPARE(live.groups()->rowTotal(), 0);
    live.setGroupsListed(true);
    QCOMPARE(live.groups()->rowTotal(), 15);
    QCOMPARE(live.groups()->shownText(0, 0), QStringLiteral("g7"));
    live.setGroupsListed(false);
}

void QueryPageTest::errorsAreInTheUsersLanguage()
{
    struct Foreign : QTranslator {
        QString translate(const char *context, const char *text, const char *, int) const override
        {
            return qstrcmp(context, "muster::ErrorText") == 0
                       ? QStringLiteral("[") + QLatin1String(text) + QLatin1Char(']')
                       : QString();
        }
        bool isEmpty() const override { return false; }
    };
    const Error error{"nats.timeout", "It took 5 s", "Ask again."};
    QCOMPARE(query::sentence(error), QStringLiteral("It took 5 s. Ask again."));
    Foreign foreign;
    QCoreApplication::installTranslator(&foreign);
    const QString known = query::sentence(error);
    const QString unknown = query::sentence({"moon.full", "It is bright", {}});
    QCoreApplication::removeTranslator(&foreign);
    QCOMPARE(known, QStringLiteral("[The server did not answer in time.] (It took 5 s. Ask again.)"));
    QCOMPARE(unknown, QStringLiteral("It is bright."));
}

void QueryPageTest::problemsOfRunsAreInGerman()
{
    struct German : QTranslator {
        QHash<QString, QString> known;
        QString translate(const char *context, const char *text, const char *, int) const override
        {
            return qstrcmp(context, "muster::ErrorText") == 0 ? known.value(QString::fromUtf8(text))
                                                              : QString();
        }
        bool isEmpty() const override { return false; }
    };
    German german;
    QFile file(QFINDTESTDATA("../../translations/muster_de.ts"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QString context, source;
    for (QXmlStreamReader reader(&file); !reader.atEnd(); reader.readNext()) {
        if (!reader.isStartElement())
            continue;
        if (reader.name() == QStringLiteral("name"))
            context = reader.readElementText();
        else if (reader.name() == QStringLiteral("source"))
            source = reader.readElementText();
        else if (reader.name() == QStringLiteral("translation") &&
                 context == QStringLiteral("muster::ErrorText"))
            german.known.insert(source, reader.readElementText(QXmlStreamReader::IncludeChildElements));
    }
    QCoreApplication::installTranslator(&german);
    const auto untranslate = qScopeGuard([&german] { QCoreApplication::removeTranslator(&german); });

    // Every problem that a run can have.
    for (const char *code : {"link-lost", "link-down", "nobody-listens", "not-listening", "no-answer",
                             "too-many-services", "too-many-replies", "some-not-asked", "nobody-asked"}) {
        const QString text = query::sentence({std::string("run.") + code, "In English", {}});
        QVERIFY2(text.endsWith(QStringLiteral(" (In English.)")), code);
    }
    askSubject(1, 300);
    runToTheEnd();
    QVERIFY2(m_query->problem().startsWith(QStringLiteral("Niemand hört ")), qPrintable(m_query->problem()));
    answerOn("orders.status", [] { return std::string(); });
    runToTheEnd();
    QVERIFY2(m_query->problem().startsWith(QStringLiteral("Keine Antwort kam ")),
             qPrintable(m_query->problem()));
    composer().setSource(QStringLiteral("services"));
    composer().setService(QStringLiteral("nobody"));
    runToTheEnd();
    QVERIFY2(m_query->problem().startsWith(QStringLiteral("Niemand hört ")), qPrintable(m_query->problem()));
}

void QueryPageTest::faultsOfTheFilterAreInTheUsersLanguage()
{
    struct Foreign : QTranslator {
        QString translate(const char *context, const char *text, const char *, int) const override
        {
            return qstrcmp(context, "muster::filter") == 0
                       ? QStringLiteral("[") + QLatin1String(text) + QLatin1Char(']')
                       : QString();
        }
        bool isEmpty() const override { return false; }
    };
    Foreign foreign;
    QCoreApplication::installTranslator(&foreign);
    composer().setWhere(QStringLiteral("has '%2'"));
    const QVariantMap error = composer().whereError();
    const QString wrong = composer().incomplete();
    composer().setWhere(QStringLiteral("fw <"));
    const QString unfinished = composer().incomplete();
    const QVariantMap ofTable = m_fleet->devices()->setExpression(QStringLiteral("a b"));
    QCoreApplication::removeTranslator(&foreign);
    QCOMPARE(error.value(QStringLiteral("message")).toString(),
             QStringLiteral("['%2' does not belong after \"has\"]"));
    QCOMPARE(error.value(QStringLiteral("expected")).toString(), QStringLiteral("[a field name]"));
    QCOMPARE(wrong, QStringLiteral("The filter is wrong: ['%2' does not belong after \"has\"]."));
    QCOMPARE(unfinished, QStringLiteral("The filter is not complete: [the filter ends after \"<\"]."));
    QCOMPARE(ofTable.value(QStringLiteral("message")).toString(),
             QStringLiteral("[\"b\" does not belong after \"a\"]"));
}

void QueryPageTest::draftComesBack()
{
    composer().setWhere(QStringLiteral("mem.free < "));
    composer().addScope(QStringLiteral("region"), QStringLiteral("eu"));
    composer().setSource(QStringLiteral("subject"));
    composer().setSubject(QStringLiteral("orders.status"));
    composer().setPayload(QStringLiteral("two\nlines"));
    const QVariantMap draft = m_query->document()->draft();
    m_query = another();
    m_query->document()->restore(draft);
    QCOMPARE(composer().source(), QStringLiteral("subject"));
    QCOMPARE(composer().payload(), QStringLiteral("two\nlines"));
    composer().setSource(QStringLiteral("fleet"));
    QCOMPARE(composer().where(), QStringLiteral("mem.free < ")); // what is not complete, too
    QCOMPARE(composer().scopes().size(), 3);
    QVERIFY(m_query->document()->edited());
    m_query->document()->restore({{QStringLiteral("fleet"), QStringLiteral("nonsense")}});
    QCOMPARE(composer().where(), QStringLiteral("mem.free < "));
}

void QueryPageTest::savesLoadsAndKnowsEdits()
{
    QueryDocument &document = *m_query->document();
    QVERIFY(!document.edited());
    composer().setWhere(QStringLiteral("mem.free < 200MB"));
    QVERIFY(document.edited());
    QSignalSpy saved(&document, &QueryDocument::saved);
    document.saveAs(QStringLiteral("  Low memory "), false);
    QTRY_COMPARE(saved.count(), 1);
    QCOMPARE(document.name(), QStringLiteral("Low memory"));
    QVERIFY(!document.edited() && !document.saving() && !document.shared());
    QVERIFY(!document.saveSurprises());
    composer().setSource(QStringLiteral("services"));
    QVERIFY(document.edited() && document.saveSurprises());
    composer().setSource(QStringLiteral("fleet"));
    composer().setDeadlineMs(5000);
    QVERIFY(document.edited());
    composer().setDeadlineMs(2000);
    QVERIFY(!document.edited());

    composer().setWhere(QStringLiteral("mem.free < 100MB"));
    document.save();
    QTRY_COMPARE(saved.count(), 2);
    QTRY_COMPARE(m_query->library()->count(), 1);
    const QString id = document.id();
    document.startAnew();
    QCOMPARE(composer().where(), QString());
    QVERIFY(document.id().isEmpty());
    document.load(id);
    QCOMPARE(composer().where(), QStringLiteral("mem.free < 100MB"));
    QVERIFY(!document.edited());
    m_query->library()->rename(id, QStringLiteral("Very low memory"));
    QTRY_COMPARE(document.name(), QStringLiteral("Very low memory"));

    // in the account: colleagues have it
    QTRY_VERIFY2(m_query->library()->canShare(), qPrintable(m_query->library()->cannotShareReason()));
    document.saveAs(QStringLiteral("For all"), true);
    QTRY_COMPARE(saved.count(), 3);
    QVERIFY(document.shared() && document.saveSurprises());
    QTRY_COMPARE(m_query->library()->count(), 2);
    m_query->library()->remove(document.id());
    QTRY_COMPARE(m_query->library()->count(), 1);
    QCOMPARE(composer().where(), QStringLiteral("mem.free < 100MB")); // what is composed stays
    QVERIFY(document.id().isEmpty());

    document.saveAs(QString(), false);
    QTRY_VERIFY(!document.problem().isEmpty());
    QVERIFY(!document.saving());
}

void QueryPageTest::conflictLosesNothing()
{
    QueryDocument &document = *m_query->document();
    QTRY_VERIFY2(m_query->library()->canShare(), qPrintable(m_query->library()->cannotShareReason()));
    QSignalSpy saved(&document, &QueryDocument::saved);
    document.saveAs(QStringLiteral("Ours"), true);
    QTRY_COMPARE(saved.count(), 1);
    const QString id = document.id();

    auto colleague =
        std::make_unique<QueryController>(m_fleet.get(), m_folder->filePath(QStringLiteral("b.db")));
    const auto theirLink = connectTo(*m_server);
    colleague->setLink(theirLink, Subjects(), {}, QStringLiteral("plant"), QStringLiteral("jo"));
    QTRY_VERIFY(!colleague->library()->nameOf(id).isEmpty());
    colleague->document()->load(id);
    colleague->composer()->setWhere(QStringLiteral("cpu.pct > 90"));
    QSignalSpy theirs(colleague->document(), &QueryDocument::saved);
    colleague->document()->save();
    QTRY_COMPARE(theirs.count(), 1);

    composer().setWhere(QStringLiteral("cpu.pct > 50"));
    document.save();
    QTRY_VERIFY(!document.conflictText().isEmpty());
    QVERIFY2(document.conflictText().contains(QStringLiteral("jo")), qPrintable(document.conflictText()));
    QCOMPARE(composer().where(), QStringLiteral("cpu.pct > 50"));
    QVERIFY(document.edited());
    document.saveAs(QStringLiteral("Mine"), true);
    QTRY_COMPARE(saved.count(), 2);
    QVERIFY(document.conflictText().isEmpty());
    QVERIFY(document.id() != id);
    document.load(id);
    QCOMPARE(composer().where(), QStringLiteral("cpu.pct > 90"));
}

void QueryPageTest::keepsRunsAndOpensThemOffline()
{
    composer().setWhere(QStringLiteral("os = \"linux\""));
    runToTheEnd();
    QTRY_COMPARE(m_query->history()->count(), 1);
    const QString run = m_query->live()->run();
    const int answered = m_query->live()->answered();
    const int offline = m_query->live()->offline();
    const int roster = m_query->live()->rosterSize();
    QVERIFY(answered > 0);

    // a later start, without a connection
    m_query = std::make_unique<QueryController>(m_fleet.get(), file());
    QTRY_COMPARE(m_query->history()->count(), 1);
    QVERIFY(!m_query->showsPast());
    m_query->openPast(run);
    QTRY_VERIFY(m_query->showsPast());
    QueryResults &past = *m_query->shown();
    QCOMPARE(&past, m_query->past());
    QCOMPARE(past.run(), run);
    QCOMPARE(past.fleet(), QStringLiteral("plant"));
    QVERIFY(past.at().isValid());
    QCOMPARE(past.answered(), answered);
    QCOMPARE(past.rosterSize(), roster);
    QTRY_COMPARE(past.table()->rowShown(), answered);
    past.setTab(QStringLiteral("offline"));
    QTRY_COMPARE(past.table()->rowShown(), offline);
    QTRY_VERIFY(past.percentiles().value(QStringLiteral("p50")).toDouble() > 0);
    QVERIFY(!past.byGroup().isEmpty());
    QVERIFY(!m_query->canAskPastAgain());

    QSignalSpy exported(past.table(), &TableModel::exportFinished);
    past.table()->exportTo(QUrl::fromLocalFile(m_folder->filePath(QStringLiteral("past.csv"))));
    QTRY_COMPARE(exported.count(), 1);
    QCOMPARE(exported.front().at(1).toInt(), offline);

    // asked again, once there is a connection: the live results are shown, the past ones stay kept
    m_query->setLink(m_operator, Subjects(), {}, QStringLiteral("plant"), {});
    QVERIFY(m_query->canAskPastAgain());
    m_query->askPastAgain();
    QVERIFY(!m_query->showsPast());
    QCOMPARE(composer().where(), QStringLiteral("os = \"linux\""));
    QTRY_VERIFY_WITH_TIMEOUT(m_query->live()->filled() && !m_query->running(), 10'000);
    QTRY_COMPARE(m_query->history()->count(), 2);
}

void QueryPageTest::asksAPastQuestionAgain()
{
    composer().setWhere(QStringLiteral("os = \"linux\""));
    runToTheEnd();
    const QString run = m_query->live()->run();
    composer().setWhere(QStringLiteral("region = \"nowhere\""));
    QTRY_COMPARE(composer().matching(), 0);
    QVERIFY(!m_query->canRun());
    m_query->openPast(run);
    QTRY_VERIFY(m_query->showsPast());

    // what cannot be done is said there, and nothing is touched
    m_query->setLinkUp(false);
    QVERIFY(!m_query->canAskPastAgain());
    QVERIFY(m_query->cannotAskPastAgainReason().contains(QStringLiteral("link is down")));
    m_query->askPastAgain();
    QVERIFY(m_query->showsPast());
    QCOMPARE(m_query->problem(), m_query->cannotAskPastAgainReason());
    QCOMPARE(composer().where(), QStringLiteral("region = \"nowhere\""));
    m_query->setLinkUp(true);

    // nobody matches what is composed; of the past question that says nothing
    QVERIFY2(m_query->canAskPastAgain(), qPrintable(m_query->cannotAskPastAgainReason()));
    m_query->askPastAgain();
    QVERIFY(!m_query->showsPast());
    QVERIFY2(m_query->running(), qPrintable(m_query->problem()));
    QCOMPARE(composer().where(), QStringLiteral("os = \"linux\""));
    QTRY_VERIFY_WITH_TIMEOUT(!m_query->running(), 10'000);
    QVERIFY(m_query->live()->answered() > 0);

    // what was typed is there to be taken back, after a restart as well
    const QVariantMap draft = m_query->document()->draft();
    QVERIFY(m_query->document()->asideText().contains(QStringLiteral("nowhere")));
    m_query = another();
    m_query->document()->restore(draft);
    QVERIFY(m_query->document()->asideText().contains(QStringLiteral("nowhere")));
    m_query->document()->takeBack();
    QCOMPARE(composer().where(), QStringLiteral("region = \"nowhere\""));
    QVERIFY(m_query->document()->draft().value(QStringLiteral("aside")).toList().size() <= 1);
    m_query->document()->dropAside();
    QVERIFY(m_query->document()->asideText().isEmpty());

    // of another source: that this connection is read only is the reason, whatever is composed
    composer().setWhere({});
    answerOn("orders.status", [] { return R"({"total":1})"; });
    askSubject(1, 2000);
    runToTheEnd();
    const QString ofASubject = m_query->live()->run();
    composer().setSource(QStringLiteral("fleet"));
    m_query->setReadOnly(true);
    m_query->openPast(ofASubject);
    QTRY_VERIFY(m_query->showsPast());
    QVERIFY(!m_query->canAskPastAgain());
    QVERIFY(m_query->cannotAskPastAgainReason().contains(QStringLiteral("read only")));
}

void QueryPageTest::comparesRuns()
{
    answerOn("orders.status", [this] { return R"({"stock":)" + std::to_string(m_number.load()) + "}"; });
    answerOn("orders.status", [this] { return m_more ? R"({"stock":7})" : ""; });
    composer().setSource(QStringLiteral("subject"));
    composer().setSubject(QStringLiteral("orders.status"));
    composer().setQuietMs(200);
    runToTheEnd();
    const QString first = m_query->live()->run();
    m_number = 2;
    m_more = true;
    composer().setDeadlineMs(composer().deadlineMs() + 1000); // waits longer for the same
    runToTheEnd();
    const QString later = m_query->live()->run();
    QTRY_COMPARE(m_query->history()->count(), 2);
    QTRY_COMPARE(m_query->history()->before(later), first);

    QueryComparison &comparison = *m_query->comparison();
    comparison.compare(later, first); // in any order
    QVERIFY(comparison.active());
    QTRY_VERIFY(!comparison.busy());
    QCOMPARE(comparison.problem(), QString());
    QVERIFY(comparison.sameQuestion());
    QCOMPARE(comparison.added(), 1);
    QCOMPARE(comparison.gone(), 0);
    QCOMPARE(comparison.changedRows(), 1);
    QCOMPARE(comparison.changedCells(), 1);
    QTRY_COMPARE(comparison.table()->rowTotal(), 2);
    QVERIFY(!m_query->showsPast()); // opening them for this shows nothing else

    comparison.compare(later, QStringLiteral("not there"));
    QTRY_VERIFY(!comparison.problem().isEmpty());
    QVERIFY(!comparison.busy());
    comparison.close();
    QVERIFY(!comparison.active());
}

void QueryPageTest::aComparisonThatIsClosedShowsNothing()
{
    answerOn("orders.status", [] { return R"({"stock":1})"; });
    askSubject(1, 2000);
    runToTheEnd();
    const QString first = m_query->live()->run();
    runToTheEnd();
    const QString later = m_query->live()->run();
    QueryHistory &history = *m_query->history();
    QTRY_COMPARE(history.before(later), first);
    QueryComparison &comparison = *m_query->comparison();
    comparison.compare(later, first);
    comparison.close(); // before they are read
    QVERIFY(history.busy());
    QTRY_VERIFY(!history.busy());
    QVERIFY(!m_query->showsPast() && !comparison.active());
    m_query->openPast(first);
    m_query->showLive(); // nobody waits for it any more
    QTRY_VERIFY(!history.busy());
    QVERIFY(!m_query->showsPast());

    // a run whose results went is refused with the reason, before anything is read
    query::RunRecord record = *history.record(first);
    record.id = "gone";
    record.at = UtcTime{record.at.micros - 1'000'000};
    history.keep(record, nullptr);
    QTRY_VERIFY(history.record(QStringLiteral("gone")));
    QVERIFY(!history.hasResults(QStringLiteral("gone")) && history.hasResults(first));
    comparison.compare(later, QStringLiteral("gone"));
    QVERIFY(comparison.active() && !comparison.busy());
    QVERIFY2(comparison.problem().contains(QStringLiteral("are gone")), qPrintable(comparison.problem()));
    comparison.close();
    QSignalSpy notOpened(m_query.get(), &QueryController::pastNotOpened);
    m_query->openPast(QStringLiteral("gone"));
    QTRY_COMPARE(notOpened.count(), 1);
    QVERIFY(!m_query->showsPast());
}

QTEST_MAIN(QueryPageTest)
#include "tst_query_page.moc"
