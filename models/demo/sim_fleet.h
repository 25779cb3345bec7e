// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/value.h"
#include "demo/demo_fleet.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace muster::demo {

enum class Conduct : std::uint8_t { Steady, Flapping, Slow, Silent, Offline, Failing };

/// What of a simulated device cannot be worked out from its number. Kept small: there may be a million of
/// them.
struct SimDevice {
    std::uint32_t seq = 0; ///< of presence
    std::uint32_t memFreeKb = 0;
    std::uint32_t diskFreeMb = 0;
    std::uint32_t rxRate = 0; ///< bytes a second
    std::uint32_t txRate = 0;
    std::uint32_t uptimeAtStart = 0; ///< seconds
    std::uint16_t site = 0;
    std::uint16_t cpu = 0;        ///< tenths of a percent
    std::uint16_t load = 0;       ///< hundredths
    std::int16_t temperature = 0; ///< tenths of a degree Celsius
    std::uint8_t group = 0, firmware = 0, model = 0, revision = 0;
    Conduct conduct = Conduct::Steady;
};

/// The fields of a simulated device's row, in the order in which they are sent.
enum class SimField : std::uint8_t {
    Region,
    Site,
    Group,
    Os,
    OsVersion,
    Arch,
    Model,
    Hw,
    Fw,
    Uptime,
    CpuPct,
    CpuCount,
    MemTotal,
    MemFree,
    MemUsed,
    TempSoc,
    Load1,
    DiskTotal,
    DiskFree,
    RxRate,
    TxRate,
    Count,
};
constexpr std::size_t simFieldCount = static_cast<std::size_t>(SimField::Count);

std::string_view name(SimField field);
std::optional<SimField> simField(std::string_view name);
/// Whether a field is a label of the presence message; the rest, but for the firmware, is telemetry.
constexpr bool isLabel(SimField field)
{
    return field < SimField::Fw;
}

/// Where a device is in its life at a moment.
struct SimMoment {
    bool up = true;
    std::uint32_t boots = 0;
    std::uint32_t uptime = 0; ///< seconds
};

/// The devices, as the seed and the options make them, and how each looks on the wire. Devices are numbered
/// from 0. Different threads may work on different devices at once.
class SimFleet {
public:
    /// The options have been checked.
    explicit SimFleet(SimOptions options);

    const SimOptions &options() const { return m_options; }
    std::uint32_t size() const { return static_cast<std::uint32_t>(m_devices.size()); }
    SimDevice &device(std::uint32_t number) { return m_devices[number]; }
    const SimDevice &device(std::uint32_t number) const { return m_devices[number]; }
    SimConducts conducts() const { return m_conducts; }

    void appendId(std::string &out, std::uint32_t number) const;
    std::optional<std::uint32_t> find(std::string_view id) const;

    std::string_view site(const SimDevice &device) const { return m_sites[device.site].name; }
    std::string_view region(const SimDevice &device) const { return m_sites[device.site].region; }
    int siteNumber(std::string_view site) const;    ///< -1: none of ours
    static int groupNumber(std::string_view group); ///< -1: none of ours

    /// `seconds` since the simulation started.
    SimMoment moment(std::uint32_t number, double seconds) const;
    /// Lets the measurements drift one step; `random` is the caller's state of a generator.
    void drift(SimDevice &device, std::uint64_t &random) const;

    ValueView value(const SimDevice &device, SimField field, const SimMoment &moment) const;
    /// `"name":value`, or nothing for a field that this device does not have. Returns whether there was
    /// anything.
    bool appendField(std::string &out, const SimDevice &device, SimField field,
                     const SimMoment &moment) const;
    void appendPresence(std::string &out, std::uint32_t number, const SimMoment &moment, bool closing) const;
    void appendTelemetry(std::string &out, std::uint32_t number, const SimMoment &moment, std::string_view at,
                         std::int64_t seq) const;

private:
    struct Site {
        std::string name, region, idPart;
    };
    void makeSites();
    void makeDevice(std::uint32_t number, Conduct conduct);
    void appendBoot(std::string &out, std::uint32_t number, const SimMoment &moment) const;

    SimOptions m_options;
    SimConducts m_conducts;
    std::vector<Site> m_sites;
    std::vector<SimDevice> m_devices;
    std::size_t m_digits = 4;
    int m_intervalSeconds = 10;
    std::int64_t m_startMillis = 0;
};

} // namespace muster::demo
