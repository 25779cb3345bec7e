// SPDX-License-Identifier: GPL-3.0-or-later
// A thousand live queries at once: several connections of this process, musterctl, and the official client
// for JavaScript where it is there.
#include "demo/demo_fleet.h"
#include "demo/sim_fleet.h"
#include "query/plan.h"
#include "support/fleet.h"

#include <QElapsedTimer>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>

#include <malloc.h>

#include <filesystem>
#include <thread>

using namespace muster;
using namespace muster::test;
using demo::Conduct;
using query::Outcome;
using query::Scope;

namespace {

constexpr int total = 1000, connections = 10;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int deadlineMs = 30'000; // for a thousand queries of a program that is several times slower
#else
constexpr int deadlineMs = 10'000; // the slow answer within two seconds
#endif

/// A question, and which devices are on its roster. Which of those answer is told by their own values.
struct Kind {
    const char *name;
    std::vector<Scope> scopes;
    const char *where;
    std::function<bool(std::uint32_t number)> isMeant;
};

std::size_t entriesOf(const char *folder)
{
    std::error_code failure;
    std::size_t count = 0;
    for (auto it = std::filesystem::directory_iterator(folder, failure);
         it != std::filesystem::directory_iterator(); it.increment(failure))
        ++count;
    return count;
}

std::size_t threads()
{
    return entriesOf("/proc/self/task");
}

std::size_t openFiles()
{
    return entriesOf("/proc/self/fd");
}

std::size_t heapBytes()
{
    const struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

} // namespace

class ManyQueriesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void allEndAndAllAreExact();

private:
    struct Asked {
        const Kind *kind = nullptr;
        std::vector<std::string> select;
        std::unique_ptr<query::LiveQuery> query;
    };
    Outcome outcomeOf(const filter::Expression &where, std::uint32_t number) const;
    query::Tally expected(const Kind &kind) const;
    std::vector<std::string> selectOf(int number) const;
    query::Question questionOf(const Kind &kind, int number) const;
    QString wrongWith(Asked &asked) const;
    QString wrongRow(const Asked &asked, const table::Table &table, table::RowId row) const;
    QStringList musterctlArguments(const Kind &kind, int number) const;

    std::unique_ptr<nats::LocalServer> m_server;
    demo::SimOptions m_options;
    std::unique_ptr<demo::Simulator> m_simulator;
    std::unique_ptr<demo::SimFleet> m_twin; // the same fleet once more, to know what it must answer
    std::shared_ptr<nats::Connection> m_operator;
    Follower m_follower;
    std::vector<Kind> m_kinds;
};

void ManyQueriesTest::initTestCase()
{
    m_server = startServer(true);
    QVERIFY(m_server);
    m_operator = connectTo(*m_server);
    QVERIFY(m_operator && provision(m_operator));
    m_options.devices = 240;
    m_options.sites = 6;
    m_options.heartbeatSeconds = 3600;
    m_options.telemetrySeconds = 0; // what a device answers stays as it was made
    m_options.flappingShare = 0;
    m_options.slowShare = m_options.silentShare = m_options.offlineShare = m_options.errorShare = 0.05;
    auto simulator = demo::Simulator::start(m_server->url(), m_options);
    QVERIFY(simulator.ok());
    m_simulator = std::move(*simulator);
    QVERIFY(m_simulator->waitUntilUp(30'000));
    m_twin = std::make_unique<demo::SimFleet>(m_options);
    QVERIFY(m_follower.start(m_operator));
    QTRY_COMPARE(m_follower.count(presence::State::Online), 228);
    QCOMPARE(m_follower.count(presence::State::Offline), 12);

    const auto label = [this](demo::SimField field, std::string_view value) {
        return [this, field, value = std::string(value)](std::uint32_t number) {
            return m_twin->value(m_twin->device(number), field, {}) == ValueView(std::string_view(value));
        };
    };
    const auto everybody = [](std::uint32_t) { return true; };
    const std::string site(m_twin->site(m_twin->device(0)));
    const auto inGroup = label(demo::SimField::Group, "group_a");
    const auto inRegion = label(demo::SimField::Region, "eu");
    // Every seventh, and those who stay silent: no query ends before its deadline.
    const auto isNamed = [this](std::uint32_t number) {
        return number % 7 == 0 || m_twin->device(number).conduct == Conduct::Silent;
    };
    Scope some{Scope::Kind::Devices, {}, {}, {}};
    for (std::uint32_t number = 0; number < m_twin->size(); ++number) {
        if (!isNamed(number))
            continue;
        some.devices.emplace_back();
        m_twin->appendId(some.devices.back(), number);
    }
    m_kinds = {
        {"all", {}, "", everybody},
        {"what only they know", {}, "cpu.count >= 4", everybody},
        {"a site", {{Scope::Kind::Site, "site", site, {}}}, "", label(demo::SimField::Site, site)},
        {"a group",
         {{Scope::Kind::Group, "group", "group_b", {}}},
         "",
         label(demo::SimField::Group, "group_b")},
        {"a group in a region",
         {{Scope::Kind::Group, "group", "group_a", {}}, {Scope::Kind::Label, "region", "eu", {}}},
         "mem.total > 600MB",
         [inGroup, inRegion](std::uint32_t number) { return inGroup(number) && inRegion(number); }},
        {"a label", {{Scope::Kind::Label, "region", "us", {}}}, "", label(demo::SimField::Region, "us")},
        {"a label in the filter", {}, "region = \"eu\" and cpu.count < 8", inRegion},
        {"each on its own", {some}, "", isNamed},
        {"known to us alone",
         {},
         "presence = \"online\" and disk.root.total > 9GB",
         [this](std::uint32_t number) { return m_twin->device(number).conduct != Conduct::Offline; }},
        {"nobody matches", {}, "cpu.count > 100", everybody},
    };
    for (const Kind &kind : m_kinds)
        QVERIFY2(expected(kind).of(Outcome::Silent) > 0, kind.name);
}

void ManyQueriesTest::cleanupTestCase()
{
    m_follower.tracker.reset();
    m_operator.reset();
    m_simulator.reset();
    m_server.reset();
}

Outcome ManyQueriesTest::outcomeOf(const filter::Expression &where, std::uint32_t number) const
{
    const demo::SimDevice &device = m_twin->device(number);
    switch (device.conduct) {
    case Conduct::Offline:
        return Outcome::Offline;
    case Conduct::Silent:
        return Outcome::Silent;
    case Conduct::Failing:
        return Outcome::Error;
    case Conduct::Steady:
    case Conduct::Slow:
    case Conduct::Flapping:
        break;
    }
    const bool matches = where.isEmpty() || where.matches([&](std::string_view name) -> ValueView {
        if (const auto field = demo::simField(name))
            return m_twin->value(device, *field, {});
        return name == "presence" ? ValueView(std::string_view("online")) : ValueView();
    });
    return matches ? Outcome::Answered : Outcome::Empty;
}

query::Tally ManyQueriesTest::expected(const Kind &kind) const
{
    const auto where = filter::Expression::parse(kind.where);
    query::Tally tally;
    for (std::uint32_t number = 0; number < m_twin->size(); ++number) {
        if (kind.isMeant(number))
            ++tally.counts[static_cast<std::size_t>(outcomeOf(*where, number))];
    }
    return tally;
}

/// Neighbours ask for different fields: an answer that went astray would show.
std::vector<std::string> ManyQueriesTest::selectOf(int number) const
{
    const std::vector<std::string> fields{"os_version", "arch",      "model",          "hw",
                                          "cpu.count",  "mem.total", "disk.root.total"};
    const auto at = static_cast<std::size_t>(number);
    return {fields[at % fields.size()], fields[(at + 1 + at / fields.size() % 5) % fields.size()]};
}

query::Question ManyQueriesTest::questionOf(const Kind &kind, int number) const
{
    query::Question question;
    question.scopes = kind.scopes;
    question.where = *filter::Expression::parse(kind.where);
    question.select = selectOf(number);
    question.deadlineMs = deadlineMs;
    return question;
}

QString ManyQueriesTest::wrongRow(const Asked &asked, const table::Table &table, table::RowId row) const
{
    const std::string id(table.key(row));
    const auto number = m_twin->find(id);
    if (!number || !asked.kind->isMeant(*number))
        return QStringLiteral("a row of a device that is not meant");
    const auto where = filter::Expression::parse(asked.kind->where);
    const Outcome outcome = outcomeOf(*where, *number);
    if (textAt(table, id, "outcome") != query::name(outcome))
        return QStringLiteral("another outcome");
    const std::vector<std::string> known{"device", "outcome", "reply_ms", "error", "late", "site"};
    for (table::ColumnIndex column = 0; column < table.columnCount(); ++column) {
        const std::string &name = table.columnName(column);
        const auto field = demo::simField(name);
        const bool isAsked =
            name == "site" ||
            std::find(asked.select.begin(), asked.select.end(), name) != asked.select.end() ||
            std::string_view(asked.kind->where).find(name) != std::string_view::npos;
        const ValueView cell = table.cell(row, column);
        if (!field || std::holds_alternative<std::monostate>(cell))
            continue;
        if (!isAsked)
            return QStringLiteral("a field that was not asked for: ") + QString::fromStdString(name);
        if (toText(cell) != toText(m_twin->value(m_twin->device(*number), *field, {})))
            return QStringLiteral("another value of ") + QString::fromStdString(name);
    }
    for (const std::string &name : asked.select) {
        if (outcome == Outcome::Answered && textAt(table, id, name).empty())
            return QStringLiteral("no value of ") + QString::fromStdString(name);
    }
    return {};
}

/// Empty when all of it is as it must be.
QString ManyQueriesTest::wrongWith(Asked &asked) const
{
    const query::Tally tally = asked.query->tally();
    const query::Tally right = expected(*asked.kind);
    const QString what = QString::fromLatin1(asked.kind->name) + QStringLiteral(": ");
    if (tally.counts != right.counts) {
        QString counts = what;
        for (int i = 0; i < query::outcomeCount; ++i) {
            const std::string_view name = query::name(static_cast<Outcome>(i));
            counts += QStringLiteral("%1 %2 instead of %3, ")
                          .arg(QString::fromLatin1(name.data(), static_cast<qsizetype>(name.size())))
                          .arg(tally.counts[static_cast<std::size_t>(i)])
                          .arg(right.counts[static_cast<std::size_t>(i)]);
        }
        return counts + QString::fromStdString(asked.query->problem());
    }
    if (tally.unexpected + tally.late + tally.duplicates + tally.rejected != 0)
        return what + QStringLiteral("unexpected, late, repeated or refused answers");
    table::Table table("device");
    table::Batch batch;
    while (asked.query->drain(batch))
        table.apply(batch);
    if (static_cast<std::int64_t>(table.rowCount()) != right.sum())
        return what + QStringLiteral("%1 rows").arg(table.rowCount());
    for (table::RowId row = 0; row < table.rowLimit(); ++row) {
        if (const QString wrong = wrongRow(asked, table, row); !wrong.isEmpty())
            return what + wrong;
    }
    return {};
}

QStringList ManyQueriesTest::musterctlArguments(const Kind &kind, int number) const
{
    QStringList arguments{QStringLiteral("query"),      QStringLiteral("--json"),
                          QStringLiteral("--server"),   QString::fromStdString(m_server->url()),
                          QStringLiteral("--deadline"), QStringLiteral("%1ms").arg(deadlineMs),
                          QStringLiteral("--where"),    QString::fromLatin1(kind.where)};
    QStringList select;
    for (const std::string &name : selectOf(number))
        select.append(QString::fromStdString(name));
    arguments += {QStringLiteral("--select"), select.join(QLatin1Char(','))};
    for (const Scope &scope : kind.scopes) {
        std::string text = scope.key + "=" + scope.value;
        if (scope.kind == Scope::Kind::Devices) {
            text = "device=";
            for (const std::string &device : scope.devices)
                text += device + ",";
            text.pop_back();
        }
        arguments += {QStringLiteral("--scope"), QString::fromStdString(text)};
    }
    return arguments;
}

void ManyQueriesTest::allEndAndAllAreExact()
{
    constexpr int others = 20, scripted = 6;
    const QString script = QStringLiteral(MUSTER_INTEROP_DIR "/js_operator.mjs");
    const bool hasScript = QFileInfo::exists(script) &&
                           QFileInfo::exists(QStringLiteral(MUSTER_INTEROP_DIR "/node_modules/nats"));
    const int own = total - others - (hasScript ? scripted : 0);

    std::vector<std::shared_ptr<nats::Connection>> links;
    for (int i = 0; i < connections; ++i) {
        links.push_back(connectTo(*m_server));
        QVERIFY(links.back());
    }
    const query::Planner planner(m_follower.table, m_follower.tracker->labelNames());
    {
        const Result<query::Plan> plan = planner.plan(questionOf(m_kinds.front(), 0), Subjects());
        QVERIFY(plan.ok());
        for (const auto &link : links) { // what is made once for each connection is made
            auto first = query::LiveQuery::start(link, *plan);
            QVERIFY(first.ok());
        }
    }
    const std::size_t threadsBefore = threads(), filesBefore = openFiles(), heapBefore = heapBytes();
    const std::uint64_t repliesBefore = m_simulator->counters().replies;

    QElapsedTimer clock;
    clock.start();
    std::unique_ptr<QProcess> javaScript;
    if (hasScript) {
        javaScript = std::make_unique<QProcess>();
        const QString questions = QStringLiteral(
            R"([{"subject":"fleet.query.all","select":["hw"]},
                {"subject":"fleet.query.group.group_b","select":["arch","model"]},
                {"subject":"fleet.query.all","select":["cpu.count"],"where":{">=":[{"var":"cpu.count"},4]}},
                {"subject":"fleet.query.all","select":["mem.total"]},
                {"subject":"fleet.query.group.group_b","select":["os_version"]},
                {"subject":"fleet.query.all","select":["model"],"where":{">=":[{"var":"cpu.count"},4]}}])");
        javaScript->setProcessChannelMode(QProcess::ForwardedErrorChannel);
        javaScript->start(QStringLiteral(MUSTER_NODE), {script, QString::fromStdString(m_server->url()),
                                                        questions, QString::number(deadlineMs)});
    }
    std::vector<std::unique_ptr<QProcess>> programs;
    for (int i = 0; i < others; ++i) {
        programs.push_back(std::make_unique<QProcess>());
        programs.back()->setProcessChannelMode(QProcess::SeparateChannels);
        programs.back()->start(qEnvironmentVariable("MUSTER_BIN_DIR") + QStringLiteral("/musterctl"),
                               musterctlArguments(m_kinds[static_cast<std::size_t>(i) % m_kinds.size()], i));
    }

    std::vector<Asked> all(static_cast<std::size_t>(own));
    std::vector<std::string> problems(connections);
    std::vector<std::thread> clients;
    clients.reserve(connections);
    for (int client = 0; client < connections; ++client) {
        clients.emplace_back([&, client] {
            for (int number = client; number < own; number += connections) {
                Asked &asked = all[static_cast<std::size_t>(number)];
                asked.kind = &m_kinds[static_cast<std::size_t>(number / connections) % m_kinds.size()];
                asked.select = selectOf(number);
                Result<query::Plan> plan = planner.plan(questionOf(*asked.kind, number), Subjects());
                if (!plan) {
                    problems[static_cast<std::size_t>(client)] = plan.error().message;
                    return;
                }
                auto started =
                    query::LiveQuery::start(links[static_cast<std::size_t>(client)], std::move(*plan));
                if (!started) {
                    problems[static_cast<std::size_t>(client)] = started.error().message;
                    return;
                }
                asked.query = std::move(*started);
            }
        });
    }
    for (std::thread &client : clients)
        client.join();
    for (const std::string &problem : problems)
        QVERIFY2(problem.empty(), problem.c_str());
    const auto underWay =
        std::count_if(all.begin(), all.end(), [](const Asked &asked) { return !asked.query->finished(); });
    qInfo("%d queries asked within %lld ms, %d of them under way at once, %zu threads, %zu files, %zu MB of "
          "heap",
          own, clock.elapsed(), static_cast<int>(underWay), threads(), openFiles(),
          (heapBytes() - std::min(heapBefore, heapBytes())) / 1'000'000);
    for (const Asked &asked : all) { // as each has somebody who is silent until the deadline
        QVERIFY2(!asked.query->finished(),
                 (std::string(asked.kind->name) + ": ended early, " + asked.query->problem() + " " +
                  std::to_string(asked.query->tally().of(Outcome::Silent)) + " silent")
                     .c_str());
    }

    for (const Asked &asked : all)
        QVERIFY(asked.query->waitFinished(3 * deadlineMs));
    qInfo("all have ended after %lld ms; %zu MB of heap", clock.elapsed(),
          (heapBytes() - std::min(heapBefore, heapBytes())) / 1'000'000);
    std::int64_t replies = 0;
    for (Asked &asked : all) {
        const QString wrong = wrongWith(asked);
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
        replies += asked.query->tally().of(Outcome::Answered) + asked.query->tally().of(Outcome::Empty) +
                   asked.query->tally().of(Outcome::Error) + asked.query->tally().outside;
    }

    for (int i = 0; i < others; ++i) {
        QProcess &program = *programs[static_cast<std::size_t>(i)];
        QVERIFY(program.state() == QProcess::NotRunning || program.waitForFinished(60'000));
        QVERIFY2(program.exitCode() == 0, program.readAllStandardError().constData());
        const QJsonObject answer = QJsonDocument::fromJson(program.readAllStandardOutput()).object();
        const Kind &kind = m_kinds[static_cast<std::size_t>(i) % m_kinds.size()];
        const query::Tally right = expected(kind);
        for (int outcome = 0; outcome < query::outcomeCount; ++outcome) {
            const std::string name(query::name(static_cast<Outcome>(outcome)));
            const qint64 count = answer.value(QStringLiteral("tally"))
                                     .toObject()
                                     .value(QString::fromStdString(name))
                                     .toInteger(-1);
            QVERIFY2(
                count == right.counts[static_cast<std::size_t>(outcome)],
                (std::string("musterctl, ") + kind.name + ": " + name + " " + std::to_string(count)).c_str());
        }
        for (const char *none : {"unexpected", "late", "duplicates", "rejected"})
            QCOMPARE(answer.value(QLatin1String(none)).toInt(-1), 0);
        QCOMPARE(answer.value(QStringLiteral("rows")).toArray().size(), static_cast<qsizetype>(right.sum()));
        replies += right.of(Outcome::Answered) + right.of(Outcome::Empty) + right.of(Outcome::Error);
    }

    if (hasScript) {
        QVERIFY(javaScript->state() == QProcess::NotRunning || javaScript->waitForFinished(60'000));
        const QJsonArray answers = QJsonDocument::fromJson(javaScript->readAllStandardOutput()).array();
        QCOMPARE(answers.size(), scripted);
        const std::array<std::size_t, scripted> kinds{0, 3, 1, 0, 3, 1};
        for (int i = 0; i < scripted; ++i) {
            const QJsonObject answer = answers.at(i).toObject();
            const query::Tally right = expected(m_kinds[kinds[static_cast<std::size_t>(i)]]);
            QCOMPARE(answer.value(QStringLiteral("row")).toInt(), right.of(Outcome::Answered));
            QCOMPARE(answer.value(QStringLiteral("empty")).toInt(), right.of(Outcome::Empty));
            QCOMPARE(answer.value(QStringLiteral("error")).toInt(), right.of(Outcome::Error));
            QCOMPARE(answer.value(QStringLiteral("devices")).toInt(),
                     right.sum() - right.of(Outcome::Silent) - right.of(Outcome::Offline));
            QCOMPARE(answer.value(QStringLiteral("foreign")).toInt(), 0);
        }
    }
    qInfo("%llu replies of the fleet, %lld to the queries of this process and of musterctl",
          static_cast<unsigned long long>(m_simulator->counters().replies - repliesBefore),
          static_cast<long long>(replies));
    QCOMPARE(m_simulator->counters().dropped, std::uint64_t(0));
    QCOMPARE(m_simulator->counters().refused, std::uint64_t(0));

    all.clear();
    QTRY_COMPARE_WITH_TIMEOUT(threads(), threadsBefore, 30'000);
    programs.clear();
    javaScript.reset();
    QTRY_COMPARE_WITH_TIMEOUT(openFiles(), filesBefore, 30'000);
    QVERIFY2(heapBytes() < heapBefore + 16'000'000,
             std::to_string((heapBytes() - std::min(heapBefore, heapBytes())) / 1000).c_str());
}

QTEST_GUILESS_MAIN(ManyQueriesTest)
#include "tst_many_queries.moc"
