// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device_id.h"
#include "demo/sim_shard.h"

#include <algorithm>
#include <cmath>

namespace muster::demo {

namespace {

constexpr std::size_t longestIdTail = 16; // "eu-ams-" and up to eight digits, and one to spare

Error badOption(std::string what, std::string remedy)
{
    return {"sim.options", std::move(what), std::move(remedy)};
}

Status checkCount(const char *what, int value, int most)
{
    if (value >= 1 && value <= most)
        return {};
    return badOption("cannot simulate " + std::to_string(value) + ' ' + what,
                     "Use 1 to " + std::to_string(most) + '.');
}

Status check(const SimOptions &options)
{
    if (Status s = checkCount("devices", options.devices, 10'000'000); !s)
        return s;
    if (Status s = checkCount("sites", options.sites, 1000); !s)
        return s;
    if (Status s = checkCount("connections", options.connections, 256); !s)
        return s;
    if (!(options.heartbeatSeconds >= 0.1 && options.heartbeatSeconds <= 86400))
        return badOption("a heartbeat every " + toText(options.heartbeatSeconds) + " s cannot be",
                         "Use 0.1 to 86400.");
    if (!(options.telemetrySeconds == 0 ||
          (options.telemetrySeconds >= 0.1 && options.telemetrySeconds <= 86400)))
        return badOption("telemetry every " + toText(options.telemetrySeconds) + " s cannot be",
                         "Use 0.1 to 86400, or 0 for none.");
    double sum = 0;
    for (const double share : {options.flappingShare, options.slowShare, options.silentShare,
                               options.offlineShare, options.errorShare}) {
        if (!(share >= 0 && share <= 1))
            return badOption("a share of " + toText(share) + " cannot be",
                             "Shares are parts of the fleet, 0 to 1.");
        sum += share;
    }
    if (sum > 1 + 1e-9)
        return badOption("the shares of flapping, slow, silent, offline and failing devices come to " +
                             toText(sum),
                         "Together they can be at most 1.");
    const std::string &prefix = options.idPrefix;
    if (!prefix.empty() && (!isToken(prefix) || prefix.size() + longestIdTail > 64))
        return badOption("\"" + prefix + "\" cannot begin a device id",
                         "Use up to 48 letters, digits, '-' and '_'.");
    return {};
}

} // namespace

SimOptions SimOptions::paced(int devices)
{
    constexpr double secondsBetween = 10, mostEachSecond = 2500;
    SimOptions options;
    options.devices = devices;
    options.heartbeatSeconds = options.telemetrySeconds =
        std::max(secondsBetween, std::ceil(devices / mostEachSecond));
    return options;
}

struct Simulator::Private {
    Subjects subjects;
    std::unique_ptr<SimFleet> fleet;
    SimTotals totals;
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::unique_ptr<SimShard>> shards; ///< last: their threads use what is above
};

Simulator::Simulator() : d(std::make_unique<Private>()) {}

Simulator::~Simulator()
{
    for (const auto &shard : d->shards)
        shard->stop();
    d->shards.clear();
}

Result<std::unique_ptr<Simulator>> Simulator::start(const std::string &url, SimOptions options)
{
    nats::ConnectOptions connection;
    connection.servers = {url};
    connection.name = "muster-sim";
    return start(connection, std::move(options));
}

Result<std::unique_ptr<Simulator>> Simulator::start(const nats::ConnectOptions &connection,
                                                    SimOptions options)
{
    if (Status s = check(options); !s)
        return s.error();
    auto subjects = Subjects::withRoot(options.subjectRoot);
    if (!subjects)
        return subjects.error();

    std::unique_ptr<Simulator> simulator(new Simulator);
    Private *const d = simulator->d.get();
    d->subjects = std::move(*subjects);
    const auto connections = static_cast<std::uint64_t>(std::min(options.connections, options.devices));
    d->fleet = std::make_unique<SimFleet>(std::move(options));
    const auto begin = SimShard::Clock::now();
    const auto at = [&](std::uint64_t i) {
        return static_cast<std::uint32_t>(i * d->fleet->size() / connections);
    };
    for (std::uint64_t i = 0; i < connections; ++i) {
        auto shard =
            std::make_unique<SimShard>(*d->fleet, d->subjects, d->totals, at(i), at(i + 1), begin, [d] {
                const std::lock_guard lock(d->mutex);
                d->changed.notify_all();
            });
        if (Status s = shard->start(connection); !s)
            return s.error();
        const std::lock_guard lock(d->mutex);
        d->shards.push_back(std::move(shard));
    }
    return simulator;
}

int Simulator::deviceCount() const
{
    return static_cast<int>(d->fleet->size());
}

bool Simulator::isUp() const
{
    return std::all_of(d->shards.begin(), d->shards.end(), [](const auto &shard) { return shard->isUp(); });
}

bool Simulator::waitUntilUp(int milliseconds)
{
    std::unique_lock lock(d->mutex);
    return d->changed.wait_for(lock, std::chrono::milliseconds(milliseconds), [this] { return isUp(); });
}

std::uint64_t Simulator::queriesAnswered() const
{
    return d->totals.replies.load();
}

SimCounters Simulator::counters() const
{
    const SimTotals &t = d->totals;
    return {t.presence.load(), t.telemetry.load(), t.queries.load(),
            t.replies.load(),  t.refused.load(),   t.dropped.load()};
}

SimConducts Simulator::conducts() const
{
    return d->fleet->conducts();
}

std::vector<std::string> Simulator::deviceIds() const
{
    std::vector<std::string> ids(d->fleet->size());
    for (std::uint32_t i = 0; i < d->fleet->size(); ++i)
        d->fleet->appendId(ids[i], i);
    return ids;
}

} // namespace muster::demo
