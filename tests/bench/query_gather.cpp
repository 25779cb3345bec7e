// SPDX-License-Identifier: GPL-3.0-or-later
#include "cases.h"
#include "query/live_query.h"
#include "raw_nats.h"

#include <algorithm>

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

QJsonObject failed()
{
    return {
        {QStringLiteral("error"), QStringLiteral("nats-server could not be started: package nats-server")}};
}

} // namespace

QJsonObject queryGather(const Options &options)
{
    const int devices = static_cast<int>(std::min<std::size_t>(options.rows, 100'000));
    nats::LocalServer::Options serverOptions;
    serverOptions.jetStream = false;
    auto server = nats::LocalServer::start(serverOptions);
    if (!server)
        return failed();
    const auto side = connectTo(**server);
    const auto asker = connectTo(**server);
    std::vector<std::string> answers;
    for (int i = 0; i < devices; ++i)
        answers.push_back(answerOf(i));
    auto devicesSide = side->subscribe("fleet.query.>", [&](const nats::MessageView &message) {
        const std::string to(message.reply);
        for (const std::string &answer : answers)
            (void)side->publish(to, answer);
    });
    (void)side->flush();

    query::Plan plan;
    for (int i = 0; i < devices; ++i)
        plan.roster.push_back({deviceName(i), true, {}});
    plan.subjects = {"fleet.query.all"};
    plan.select = {"fw", "cpu.pct", "mem.free", "mem.total", "uptime", "temp.soc"};
    plan.deadlineMs = 60'000;
    plan.spreadMs = 0;
    protocol::QueryRequest request;
    request.id = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    const std::string question = protocol::encode(request);

    Contest contest;
    std::int64_t lost = 0;
    contest.ours([&] {
        table::Table table("device");
        table::Batch batch;
        auto query = query::LiveQuery::start(asker, plan);
        if (!query)
            return;
        while (!(*query)->waitFinished(20)) {
            if ((*query)->drain(batch))
                table.apply(batch);
        }
        while ((*query)->drain(batch))
            table.apply(batch);
        lost += devices - (*query)->tally().of(query::Outcome::Answered);
    });
    contest.floor([&] {
        RawNats raw((*server)->url());
        Arrivals arrivals(devices);
        raw.listen("bench.inbox", arrivals);
        raw.ask("fleet.query.all", "bench.inbox", question);
        arrivals.wait();
    });
    QJsonObject result = contest.run(options.runs);
    result.insert(QStringLiteral("n"), devices);
    result.insert(QStringLiteral("lost"), static_cast<qint64>(lost));
    return result;
}

} // namespace muster::bench
