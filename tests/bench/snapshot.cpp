// SPDX-License-Identifier: GPL-3.0-or-later
#include "cases.h"
#include "nats/jetstream.h"
#include "nats/provision.h"
#include "presence/fleet_tracker.h"
#include "raw_nats.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace muster::bench {
namespace {

QJsonObject failed()
{
    return failure(QStringLiteral("nats-server could not be started: package nats-server"));
}

/// A frame of the window's, which takes a batch as often as it draws.
constexpr std::chrono::milliseconds frame{16};

} // namespace

QJsonObject snapshot(const Options &options)
{
    const int devices = static_cast<int>(std::min<std::size_t>(options.rows, 100'000));
    auto server = nats::LocalServer::start({});
    if (!server)
        return failed();
    const auto side = connectTo(**server);
    nats::JetStream jetStream(side);
    if (!nats::prepareFleet(jetStream, Subjects(), 1, false))
        return failed();
    for (int i = 0; i < devices; ++i) {
        protocol::Presence presence;
        presence.device = deviceName(i);
        presence.boot = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
        presence.seq = 1;
        presence.intervalSeconds = 60;
        presence.firmware = "1.4." + std::to_string(i % 8);
        presence.labels = {{"group", "group_" + std::to_string(i % 4)},
                           {"os", "linux"},
                           {"region", i % 2 ? "eu" : "us"},
                           {"site", "site-" + std::to_string(i % 40)}};
        (void)side->publish(Subjects().presence(presence.device), protocol::encode(presence));
        if (i % 5000 == 4999)
            (void)side->flush(nats::milliseconds(30'000));
    }
    (void)side->flush(nats::milliseconds(30'000));
    const auto isStored = [&] {
        const auto info = jetStream.streamInfo("PRESENCE");
        return info && info->messages >= static_cast<std::uint64_t>(devices);
    };
    // Each look is a request that waits for its answer: what was published before it is stored by and by.
    const auto published = std::chrono::steady_clock::now();
    while (!isStored()) {
        if (millisecondsSince(published) > 60'000)
            return failure(QStringLiteral("the stream did not take the fleet within a minute"));
    }

    Contest contest;
    std::int64_t missing = 0;
    contest.ours([&] {
        table::Table table("device");
        table::Batch batch;
        presence::FleetTracker::Options trackerOptions;
        trackerOptions.telemetry = false;
        auto tracker = presence::FleetTracker::start(side, trackerOptions);
        if (!tracker)
            return;
        for (bool isWhole = false; !isWhole;) {
            isWhole = (*tracker)->snapshotDone();
            if ((*tracker)->drain(batch))
                table.apply(batch);
            if (!isWhole)
                std::this_thread::sleep_for(frame);
        }
        missing += devices - static_cast<std::int64_t>(table.rowCount());
    });
    contest.floor([&] {
        RawNats raw((*server)->url());
        Arrivals arrivals(devices);
        raw.listenLastPerSubject("fleet.presence.*", arrivals);
        arrivals.wait();
    });
    QJsonObject result = contest.run(options.runs);
    result.insert(QStringLiteral("n"), devices);
    result.insert(QStringLiteral("devices_per_second"),
                  devices / result.value(QStringLiteral("ours_ms")).toDouble() * 1000);
    result.insert(QStringLiteral("missing"), static_cast<qint64>(missing));
    return result;
}

} // namespace muster::bench
