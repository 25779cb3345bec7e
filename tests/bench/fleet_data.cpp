// SPDX-License-Identifier: GPL-3.0-or-later
#include "fleet_data.h"

#include <cmath>
#include <random>

namespace muster::bench {

std::vector<Device> makeFleet(std::size_t count)
{
    std::mt19937_64 random(42);
    static const std::array<const char *, 6> regions = {"eu", "us", "ap", "sa", "af", "me"};
    static const std::array<const char *, 3> systems = {"linux", "qnx", "zephyr"};
    const auto rounded = [&random](double range, double scale) {
        return std::round(static_cast<double>(random() % 1'000'000) / 1e6 * range * scale) / scale;
    };
    std::vector<Device> fleet;
    fleet.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        Device device;
        const std::size_t site = random() % 50;
        device.region = regions[site % regions.size()];
        device.site = "site-" + std::to_string(site);
        device.device =
            device.region + '-' + std::to_string(site) + '-' + std::to_string(i * 7919 % (count * 4));
        device.group = "group_" + std::to_string(random() % 20);
        device.fw = "1." + std::to_string(random() % 12) + '.' + std::to_string(random() % 3);
        device.os = systems[random() % systems.size()];
        device.cpu = rounded(100, 10);
        device.temperature = 20 + rounded(60, 10);
        device.load = rounded(8, 100);
        device.memoryFree = static_cast<std::int64_t>(random() % 2'000'000'000);
        device.uptime = static_cast<std::int64_t>(random() % 10'000'000);
        device.seen = {(1'750'000'000'000 + static_cast<std::int64_t>(random() % 60'000)) * 1000};
        fleet.push_back(std::move(device));
    }
    return fleet;
}

table::Table makeTable(const std::vector<Device> &fleet)
{
    constexpr std::size_t batchRows = 10'000;
    table::Table table("device");
    table::Batch batch;
    for (const Device &device : fleet) {
        const std::array<protocol::Field, 11> fields = {{{"region", std::string_view(device.region)},
                                                         {"group", std::string_view(device.group)},
                                                         {"site", std::string_view(device.site)},
                                                         {"fw", std::string_view(device.fw)},
                                                         {"os", std::string_view(device.os)},
                                                         {"cpu.pct", device.cpu},
                                                         {"temp.soc", device.temperature},
                                                         {"load", device.load},
                                                         {"mem.free", device.memoryFree},
                                                         {"uptime", device.uptime},
                                                         {"last_seen", device.seen}}};
        batch.upsert(device.device, fields);
        if (batch.rowCount() == batchRows)
            table.apply(batch);
    }
    table.apply(batch);
    return table;
}

} // namespace muster::bench
