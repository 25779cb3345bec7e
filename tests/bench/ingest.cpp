// SPDX-License-Identifier: GPL-3.0-or-later
#include "cases.h"
#include "presence/fleet_tracker.h"
#include "raw_nats.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <vector>

namespace muster::bench {
namespace {

QJsonObject failed()
{
    return failure(QStringLiteral("nats-server could not be started: package nats-server"));
}

/// A frame of the window's, which takes a batch as often as it draws.
constexpr std::chrono::milliseconds frame{16};

} // namespace

QJsonObject ingest(const Options &options)
{
    const int devices = static_cast<int>(std::min<std::size_t>(options.rows, 10'000));
    const int messages = 30 * devices;
    nats::LocalServer::Options serverOptions;
    serverOptions.jetStream = false;
    auto server = nats::LocalServer::start(serverOptions);
    if (!server)
        return failed();
    const auto side = connectTo(**server);
    const auto listener = connectTo(**server);
    std::vector<std::string> samples;
    for (int i = 0; i < devices; ++i) {
        const std::vector<protocol::Field> values{{"cpu.pct", (i % 1000) / 10.0},
                                                  {"mem.free", std::int64_t{i} * 4096},
                                                  {"temp.soc", 40 + (i % 300) / 10.0},
                                                  {"uptime", std::int64_t{i}}};
        samples.push_back(protocol::encodeTelemetry(deviceName(i), UtcTime::now(), i, values));
    }
    // Under a root of its own each, so that neither hears what the other is sent.
    const auto publishAll = [&](const std::string &root) {
        for (int i = 0; i < messages; ++i)
            (void)side->publish(root + ".telemetry." + deviceName(i % devices),
                                samples[static_cast<std::size_t>(i % devices)]);
        (void)side->flush(nats::milliseconds(60'000));
    };
    // The tracker stands before the clock starts: it knows the devices, and takes their telemetry alone.
    Wake wake; // outlives the tracker, whose threads notify it
    presence::FleetTracker::Options trackerOptions;
    trackerOptions.onChange = [&wake] { wake.notify(); };
    auto tracker = presence::FleetTracker::start(listener, trackerOptions);
    if (!tracker)
        return failed();
    table::Table table("device");
    table::Batch batch;
    const auto isKnown = [&](int count) {
        if ((*tracker)->drain(batch))
            table.apply(batch);
        return (*tracker)->deviceCount() >= static_cast<std::size_t>(count);
    };
    const auto say = [&](int device) {
        protocol::Presence presence;
        presence.device = deviceName(device);
        (void)side->publish(Subjects().presence(presence.device), protocol::encode(presence));
    };
    // The first is said until the tracker listens; after that each is heard once, in order, so that none is
    // left to come when the clock starts.
    const auto begin = std::chrono::steady_clock::now();
    const auto isLate = [&] { return millisecondsSince(begin) > 60'000; };
    for (; !isKnown(1) && !isLate(); wake.waitOnce(std::chrono::milliseconds(200)))
        say(0);
    for (int i = 1; i < devices; ++i)
        say(i);
    (void)side->flush(nats::milliseconds(30'000));
    while (!isKnown(devices) && !isLate())
        wake.waitOnce(std::chrono::milliseconds(200));
    if (!isKnown(devices))
        return failure(QStringLiteral("the fleet was not heard within a minute"));

    Contest contest;
    std::int64_t lost = 0;
    contest.ours([&] {
        const std::uint64_t before = (*tracker)->messages();
        const auto arrived = [&] { return static_cast<std::int64_t>((*tracker)->messages() - before); };
        std::thread publisher(publishAll, "fleet");
        const auto started = std::chrono::steady_clock::now();
        while (arrived() < messages && millisecondsSince(started) < 120'000) {
            if ((*tracker)->drain(batch))
                table.apply(batch);
            if (arrived() < messages)
                std::this_thread::sleep_for(frame);
        }
        if ((*tracker)->drain(batch))
            table.apply(batch);
        publisher.join();
        lost += messages - arrived();
    });
    contest.floor([&] {
        RawNats raw((*server)->url());
        Arrivals arrivals(messages);
        raw.listen("floor.telemetry.*", arrivals);
        std::thread publisher(publishAll, "floor");
        arrivals.wait();
        publisher.join();
    });
    QJsonObject result = contest.run(options.runs);
    const double ours = messages / result.value(QStringLiteral("ours_ms")).toDouble() * 1000;
    const double floor = messages / result.value(QStringLiteral("floor_ms")).toDouble() * 1000;
    result.insert(QStringLiteral("n"), messages);
    result.insert(QStringLiteral("messages_per_second"), ours);
    result.insert(QStringLiteral("floor_messages_per_second"), floor);
    result.insert(QStringLiteral("ratio_floor_rate"), ours / floor);
    result.insert(QStringLiteral("lost"), static_cast<qint64>(lost));
    return result;
}

} // namespace muster::bench
