// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/live_query.h"
#include "support/fleet.h"

#include <QElapsedTimer>

#include <array>
#include <mutex>
#include <random>
#include <set>
#include <thread>

using namespace muster;
using namespace muster::test;
using query::LiveQuery;
using query::Outcome;
using query::Tally;

namespace {

constexpr int rosterSize = 24;
constexpr double matching = 90;
constexpr double notMatching = 10;

enum class Answer { Row, OtherRow, Empty, Error };

std::string payload(const std::string &device, Answer answer)
{
    switch (answer) {
    case Answer::Row:
    case Answer::OtherRow:
        return protocol::encodeRow(device, {{"fw", std::string_view("1.4.2")},
                                            {"cpu.pct", answer == Answer::Row ? matching : notMatching}});
    case Answer::Empty:
        return protocol::encodeEmpty(device);
    case Answer::Error:
        return protocol::encodeError(device, "busy", "the updater has the bus");
    }
    return {};
}

Outcome outcomeOf(Answer answer)
{
    return answer == Answer::Row     ? Outcome::Answered
           : answer == Answer::Error ? Outcome::Error
                                     : Outcome::Empty;
}

std::string deviceName(int i)
{
    return "d" + std::to_string(i);
}

/// What the accounts must be, worked out with nothing but the rules.
struct Expected {
    std::array<Outcome, rosterSize> outcomes{};
    std::array<bool, rosterSize> hasRow{}, isLate{};
    std::set<std::string> unexpected;
    Tally tally;
    bool isFinished = false, ownSubjects = false;

    void count()
    {
        tally.counts = {};
        for (const Outcome outcome : outcomes)
            ++tally.counts[static_cast<std::size_t>(outcome)];
        tally.unexpected = static_cast<std::int64_t>(unexpected.size());
        if (!isFinished && tally.of(Outcome::Waiting) == 0)
            isFinished = true;
    }
    void answer(int device, Answer kind)
    {
        Outcome &outcome = outcomes[static_cast<std::size_t>(device)];
        if (outcome == Outcome::Answered || outcome == Outcome::Empty || outcome == Outcome::Error) {
            ++tally.duplicates;
        } else {
            outcome = outcomeOf(kind);
            hasRow[static_cast<std::size_t>(device)] = true;
            isLate[static_cast<std::size_t>(device)] = isFinished;
            tally.late += isFinished ? 1 : 0;
        }
        count();
    }
    void outsider(const std::string &name, Answer kind, bool isBystander)
    {
        const Outcome outcome = outcomeOf(kind);
        if (!ownSubjects && (outcome == Outcome::Empty || (outcome == Outcome::Error && isBystander)))
            ++tally.outside;
        else if (!unexpected.insert(name).second)
            ++tally.duplicates;
        count();
    }
    void end()
    {
        for (std::size_t i = 0; i < rosterSize; ++i) {
            if (outcomes[i] == Outcome::Waiting) {
                outcomes[i] = Outcome::Silent;
                hasRow[i] = true;
            }
        }
        isFinished = true;
        count();
    }
    void askAgain()
    {
        if (tally.of(Outcome::Silent) == 0)
            return;
        for (Outcome &outcome : outcomes)
            outcome = outcome == Outcome::Silent ? Outcome::Waiting : outcome;
        isFinished = false;
        ownSubjects = true;
        count();
    }
};

bool same(const Tally &a, const Tally &b)
{
    return a.counts == b.counts && a.unexpected == b.unexpected && a.outside == b.outside &&
           a.late == b.late && a.duplicates == b.duplicates && a.rejected == b.rejected;
}

QByteArray shown(const Tally &tally)
{
    QByteArray text;
    for (const std::int64_t count : tally.counts)
        text += QByteArray::number(static_cast<qlonglong>(count)) + ' ';
    for (const std::int64_t count :
         {tally.unexpected, tally.outside, tally.late, tally.duplicates, tally.rejected})
        text += "| " + QByteArray::number(static_cast<qlonglong>(count)) + ' ';
    return text;
}

} // namespace

/// Real messages in random order, and after every one of them: each device of the roster is in exactly one
/// place, and the table says the same.
class OutcomeSumTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void afterEveryEvent_data();
    void afterEveryEvent();
    void afterTheDeadline();
    void inARepeatedRound();

private:
    query::Plan plan(std::mt19937 &random, int deadlineMs) const;
    bool begin(query::Plan asked);
    void act(std::mt19937 &random, int events, bool mayAskAgain);
    void oneEvent(std::mt19937 &random, bool mayAskAgain);
    void send(const std::string &data) { QVERIFY(m_devices->publish(inbox(), data).ok()); }
    void check();
    std::string inbox();
    std::string outcomeInTable(const std::string &device) { return textAt(m_table, device, "outcome"); }

    std::unique_ptr<nats::LocalServer> m_server;
    std::shared_ptr<nats::Connection> m_devices, m_operator;
    nats::Subscription m_listening;
    std::mutex m_mutex;
    std::string m_inbox;

    std::unique_ptr<LiveQuery> m_query;
    table::Table m_table{"device"};
    table::Batch m_batch;
    Expected m_expected;
    std::size_t m_rowsBefore = 0; // of an earlier round
};

void OutcomeSumTest::initTestCase()
{
    m_server = startServer(false);
    QVERIFY(m_server);
    m_devices = connectTo(*m_server);
    m_operator = connectTo(*m_server);
    QVERIFY(m_devices && m_operator);
    auto listening = m_devices->subscribe("fleet.query.>", [this](const nats::MessageView &message) {
        // Questions to single devices may still be of the query before.
        const std::lock_guard lock(m_mutex);
        if (message.subject == Subjects().queryAll())
            m_inbox = message.reply;
    });
    QVERIFY(listening.ok());
    m_listening = std::move(*listening);
    QVERIFY(m_devices->flush().ok());
}

void OutcomeSumTest::cleanupTestCase()
{
    m_query.reset();
    m_listening.reset();
    m_devices.reset();
    m_operator.reset();
    m_server.reset();
}

query::Plan OutcomeSumTest::plan(std::mt19937 &random, int deadlineMs) const
{
    query::Plan made;
    for (int i = 0; i < rosterSize; ++i)
        made.roster.push_back({deviceName(i), i == 0 || random() % 5 != 0, {}});
    made.roster.push_back(made.roster.front()); // a device that is named twice is one
    made.subjects = {Subjects().queryAll()};
    made.bystanders = {"bystander"};
    if (const auto where = filter::Expression::parse("cpu.pct > 50"))
        made.where = *where;
    made.deadlineMs = deadlineMs;
    made.lateMs = 60'000;
    return made;
}

std::string OutcomeSumTest::inbox()
{
    const std::lock_guard lock(m_mutex);
    return m_inbox;
}

bool OutcomeSumTest::begin(query::Plan asked)
{
    m_expected = {};
    for (std::size_t i = 0; i < rosterSize; ++i) {
        const bool online = asked.roster[i].online;
        m_expected.outcomes[i] = online ? Outcome::Waiting : Outcome::Offline;
        m_expected.hasRow[i] = !online;
    }
    m_expected.count();
    {
        const std::lock_guard lock(m_mutex);
        m_inbox.clear();
    }
    auto started = LiveQuery::start(m_operator, std::move(asked));
    m_query = started ? std::move(*started) : nullptr;
    return m_query && QTest::qWaitFor([this] { return !inbox().empty(); });
}

/// Waits until the query has taken what was sent, and looks at the sum all the while.
void OutcomeSumTest::check()
{
    QElapsedTimer patience;
    patience.start();
    Tally tally = m_query->tally();
    while (!same(tally, m_expected.tally) && !patience.hasExpired(10'000)) {
        QCOMPARE(tally.sum(), rosterSize);
        std::this_thread::yield();
        tally = m_query->tally();
    }
    QCOMPARE(shown(tally), shown(m_expected.tally));
    QCOMPARE(tally.sum(), rosterSize);
    QCOMPARE(m_query->finished(), m_expected.isFinished);

    while (m_query->drain(m_batch))
        m_table.apply(m_batch);
    std::size_t rows = m_expected.unexpected.size();
    for (std::size_t i = 0; i < rosterSize; ++i) {
        const std::string device = deviceName(static_cast<int>(i));
        rows += m_expected.hasRow[i] ? 1 : 0;
        if (m_expected.hasRow[i]) {
            QCOMPARE(outcomeInTable(device), std::string(query::name(m_expected.outcomes[i])));
            QCOMPARE(textAt(m_table, device, "late"), std::string(m_expected.isLate[i] ? "true" : ""));
        } else {
            QCOMPARE(m_expected.outcomes[i], Outcome::Waiting);
            QVERIFY(m_rowsBefore > 0 || m_table.find(device) == table::noRow);
        }
    }
    for (const std::string &name : m_expected.unexpected)
        QCOMPARE(outcomeInTable(name), std::string(query::unexpectedName));
    QVERIFY(m_rowsBefore > 0 || m_table.rowCount() == rows);
}

void OutcomeSumTest::oneEvent(std::mt19937 &random, bool mayAskAgain)
{
    const auto kind = [&random] { return static_cast<Answer>(random() % 4); };
    switch (random() % 16) {
    case 0: {
        const std::array<const char *, 4> names{"bystander", "stranger", "d999", "visitor"};
        const std::string name = names[random() % names.size()];
        const Answer answer = kind();
        m_expected.outsider(name, answer, name == "bystander");
        send(payload(name, answer));
        break;
    }
    case 1: {
        const std::array<std::string, 5> hostile{"{\"v\":1,", R"({"v":9,"device":"d0","row":{}})",
                                                 R"({"v":1,"device":"d 0","row":{}})",
                                                 R"({"v":1,"device":"d0"})", std::string(1000, '[')};
        ++m_expected.tally.rejected;
        send(hostile[random() % hostile.size()]);
        break;
    }
    case 2:
        if (random() % 4 == 0) {
            if (!m_expected.isFinished)
                m_expected.end();
            m_query->cancel();
        }
        break;
    case 3:
        if (m_expected.isFinished && mayAskAgain) {
            m_expected.askAgain();
            QVERIFY(m_query->askSilentAgain().ok());
        } else if (!m_expected.isFinished) {
            QVERIFY(!m_query->askSilentAgain().ok());
        }
        break;
    default: // several at once, one of them twice at times
        for (std::size_t n = 1 + random() % 3; n > 0; --n) {
            const int device = static_cast<int>(random() % rosterSize);
            const Answer answer = kind();
            m_expected.answer(device, answer);
            send(payload(deviceName(device), answer));
            if (random() % 6 == 0) {
                m_expected.answer(device, Answer::Row);
                send(payload(deviceName(device), Answer::Row));
            }
        }
    }
}

void OutcomeSumTest::act(std::mt19937 &random, int events, bool mayAskAgain)
{
    check();
    for (int i = 0; i < events && !QTest::currentTestFailed(); ++i) {
        oneEvent(random, mayAskAgain);
        check();
    }
}

void OutcomeSumTest::afterEveryEvent_data()
{
    QTest::addColumn<unsigned>("seed");
    for (unsigned seed = 1; seed <= 40; ++seed)
        QTest::newRow(qPrintable(QString::number(seed))) << seed;
}

void OutcomeSumTest::afterEveryEvent()
{
    QFETCH(const unsigned, seed);
    std::mt19937 random(seed);
    m_table = table::Table("device");
    m_rowsBefore = 0;
    QVERIFY(begin(plan(random, 60'000)));
    act(random, 60, true);
}

void OutcomeSumTest::afterTheDeadline()
{
    std::mt19937 random(7);
    m_table = table::Table("device");
    m_rowsBefore = 0;
    QVERIFY(begin(plan(random, 100)));
    QVERIFY(m_query->waitFinished(10'000));
    m_expected.end();
    act(random, 60, false);
    QVERIFY(m_expected.tally.late > 0);
}

void OutcomeSumTest::inARepeatedRound()
{
    std::mt19937 random(8);
    m_table = table::Table("device");
    m_rowsBefore = 0;
    QVERIFY(begin(plan(random, 60'000)));
    act(random, 100, true);
    m_rowsBefore = m_table.rowCount();
    const table::RowId first = m_table.find("d0");
    QVERIFY(first != table::noRow);

    query::Plan again = plan(random, 60'000);
    again.repeat = true;
    QVERIFY(begin(std::move(again)));
    act(random, 30, true);
    m_query->cancel();
    m_expected.end();
    act(random, 30, false);
    QCOMPARE(m_table.find("d0"), first);
}

QTEST_GUILESS_MAIN(OutcomeSumTest)
#include "tst_outcome_sum.moc"
