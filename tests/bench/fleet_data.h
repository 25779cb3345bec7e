// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/table.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace muster::bench {

/// A made-up fleet, the same at every run: the key and 11 fields a device.
struct Device {
    std::string device, region, group, site, fw, os;
    double cpu, temperature, load;
    std::int64_t memoryFree, uptime;
    UtcTime seen;
};

inline constexpr std::array<std::string_view, 12> columnNames = {
    "device",  "region",   "group", "site",     "fw",     "os",
    "cpu.pct", "temp.soc", "load",  "mem.free", "uptime", "last_seen"};

std::vector<Device> makeFleet(std::size_t count);
table::Table makeTable(const std::vector<Device> &fleet);

} // namespace muster::bench
