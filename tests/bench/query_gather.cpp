// SPDX-License-Identifier: GPL-3.0-or-later
#include "cases.h"
#include "children.h"
#include "query/live_query.h"
#include "raw_nats.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace muster::bench {
namespace {

std::string answerOf(int i)
{
    const std::string fw = "1.4." + std::to_string(i % 8);
    const std::vector<protocol::Field> row{
        {"fw", std::string_view(fw)},         {"cpu.pct", (i % 1000) / 10.0},
        {"mem.free", std::int64_t{i} * 4096}, {"mem.total", std::int64_t{1} << 30},
        {"uptime", std::int64_t{i}},          {"temp.soc", 40 + (i % 300) / 10.0}};
    return protocol::encodeRow(deviceName(i), row);
}

query::Plan planFor(int devices)
{
    query::Plan plan;
    for (int i = 0; i < devices; ++i)
        plan.roster.push_back({deviceName(i), true, {}});
    plan.subjects = {"fleet.query.all"};
    plan.select = {"fw", "cpu.pct", "mem.free", "mem.total", "uptime", "temp.soc"};
    plan.deadlineMs = 60'000;
    plan.spreadMs = 0;
    return plan;
}

/// One live query as the window makes it: answers are taken into the table once a frame. Returns how many
/// devices did not answer; `firstRowMs` is when the table had its first row.
std::int64_t gather(const std::shared_ptr<nats::Connection> &asker, query::Plan plan, double &firstRowMs)
{
    constexpr int frameMs = 16;
    const auto begin = std::chrono::steady_clock::now();
    Wake wake; // outlives the query, whose threads notify it
    table::Table table("device");
    table::Batch batch;
    const auto devices = static_cast<std::int64_t>(plan.roster.size());
    auto query = query::LiveQuery::start(asker, std::move(plan), [&wake] { wake.notify(); });
    if (!query)
        return devices;
    bool hasRow = false;
    while (!(*query)->finished()) {
        if ((*query)->drain(batch))
            table.apply(batch);
        if (table.rowCount() == 0) {
            wake.waitOnce(std::chrono::milliseconds(frameMs));
        } else {
            if (!std::exchange(hasRow, true))
                firstRowMs = millisecondsSince(begin);
            (*query)->waitFinished(frameMs);
        }
    }
    while ((*query)->drain(batch))
        table.apply(batch);
    if (!hasRow)
        firstRowMs = millisecondsSince(begin);
    return devices - (*query)->tally().of(query::Outcome::Answered);
}

/// A server, and one client that answers a question as so many devices.
class AnsweringFleet {
public:
    static std::unique_ptr<AnsweringFleet> start(int devices)
    {
        nats::LocalServer::Options options;
        options.jetStream = false;
        auto server = nats::LocalServer::start(options);
        if (!server)
            return nullptr;
        std::unique_ptr<AnsweringFleet> fleet(new AnsweringFleet(std::move(*server), devices));
        return fleet->m_side && fleet->m_asker && fleet->m_subscription ? std::move(fleet) : nullptr;
    }
    const std::shared_ptr<nats::Connection> &asker() const { return m_asker; }
    std::string url() const { return m_server->url(); }

private:
    AnsweringFleet(std::unique_ptr<nats::LocalServer> server, int devices)
        : m_server(std::move(server)),
          m_side(connectTo(*m_server)),
          m_asker(connectTo(*m_server))
    {
        for (int i = 0; i < devices; ++i)
            m_answers.push_back(answerOf(i));
        if (!m_side)
            return;
        auto subscription = m_side->subscribe("fleet.query.>", [this](const nats::MessageView &message) {
            const std::string to(message.reply);
            for (const std::string &answer : m_answers)
                (void)m_side->publish(to, answer);
        });
        (void)m_side->flush();
        if (subscription)
            m_subscription = std::move(*subscription);
    }

    std::vector<std::string> m_answers;
    std::unique_ptr<nats::LocalServer> m_server;
    std::shared_ptr<nats::Connection> m_side, m_asker;
    nats::Subscription m_subscription; ///< last: it ends before what it uses
};

enum class NatsJs { LeftOut, TakesPart };

QJsonObject measure(int devices, int runs, NatsJs natsJs)
{
    const auto fleet = AnsweringFleet::start(devices);
    if (!fleet)
        return failure(QStringLiteral("nats-server could not be started: package nats-server"));
    // A query takes its plan: each run has one of its own, made before the clock starts.
    std::vector<query::Plan> plans(static_cast<std::size_t>(runs), planFor(devices));
    protocol::QueryRequest request;
    request.id = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    const std::string question = protocol::encode(request);

    Contest contest;
    std::int64_t lost = 0;
    std::int64_t lostByFloor = 0;
    std::int64_t lostByJs = 0;
    std::vector<double> firstRows;
    contest.ours([&] {
        double firstRowMs = 0;
        lost += gather(fleet->asker(), std::move(plans.back()), firstRowMs);
        plans.pop_back();
        firstRows.push_back(firstRowMs);
    });
    contest.floor([&] {
        RawNats raw(fleet->url());
        Arrivals arrivals(devices);
        raw.listen("bench.inbox", arrivals);
        raw.ask("fleet.query.all", "bench.inbox", question);
        arrivals.wait();
        lostByFloor += devices - arrivals.count();
    });
    JsGatherer js;
    if (natsJs == NatsJs::TakesPart && js.start(fleet->url(), question, devices)) {
        contest.rival(QStringLiteral("nats_js"), [&] { lostByJs += devices - js.gather(true); });
        contest.rival(QStringLiteral("not_knowing"), [&] { lostByJs += devices - js.gather(false); });
    }
    QJsonObject result = contest.run(runs);
    QJsonObject rivals = result.value(QStringLiteral("rivals")).toObject();
    const double notKnowing = rivals.take(QStringLiteral("not_knowing")).toDouble();
    const double ours = result.value(QStringLiteral("ours_ms")).toDouble();
    const double floor = result.value(QStringLiteral("floor_ms")).toDouble();
    QJsonObject form = resultOf(ours, floor, rivals);
    for (auto field = form.begin(); field != form.end(); ++field)
        result.insert(field.key(), field.value());
    if (notKnowing > 0) {
        // We never need the count; the client's iterator that is not told it waits for a quiet moment.
        QJsonObject unknown = resultOf(ours, floor, {{QStringLiteral("nats_js"), notKnowing}});
        unknown.insert(QStringLiteral("n"), devices);
        result.insert(QStringLiteral("count_not_known"), unknown);
        result.insert(QStringLiteral("nats_js_lost"), static_cast<qint64>(lostByJs));
    } else if (natsJs == NatsJs::TakesPart) {
        addMissing(result, QStringLiteral("nats_js"), js.problem());
    }
    result.insert(QStringLiteral("n"), devices);
    result.insert(QStringLiteral("first_row_ms"), median(firstRows));
    result.insert(QStringLiteral("replies_per_second"), devices / ours * 1000);
    result.insert(QStringLiteral("floor_replies_per_second"), devices / floor * 1000);
    result.insert(QStringLiteral("lost"), static_cast<qint64>(lost));
    result.insert(QStringLiteral("floor_lost"), static_cast<qint64>(lostByFloor));
    return result;
}

} // namespace

QJsonObject queryGather(const Options &options)
{
    const auto most = static_cast<int>(std::min<std::size_t>(options.rows, 1'000'000));
    QJsonObject result = measure(std::min(most, 100'000), options.runs, NatsJs::TakesPart);
    if (result.contains(QStringLiteral("error")))
        return result;
    result.insert(QStringLiteral("replies_10000"),
                  measure(std::min(most, 10'000), options.runs, NatsJs::TakesPart));
    result.insert(QStringLiteral("replies_1000000"), measure(most, options.runs, NatsJs::LeftOut));
    return result;
}

} // namespace muster::bench
