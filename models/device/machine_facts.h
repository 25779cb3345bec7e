// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "device/device.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace muster::device {

/// This computer, as Linux shows it under /proc and /sys: bytes, percent, degrees Celsius, bytes a second.
/// What is not there to be read is absent from the row. Readings are at most half a second old; rates and
/// cpu.pct span the time since the reading before, so the very first has none. One thread.
class MachineFacts : public Facts {
public:
    struct Options {
        std::string root;                    ///< before every path that is read; for tests
        std::string firmware;                ///< empty: the system image's version, or the BIOS's
        std::vector<protocol::Label> labels; ///< beside those of the machine, and before them
    };
    explicit MachineFacts(Options options);

    std::string firmware() const override { return m_firmware; }
    std::vector<protocol::Label> labels() const override { return m_labels; }
    Row row() override;
    Row telemetry() override;

    /// The host's name, made fit to be a device id: what is not allowed becomes '-'.
    static std::string suggestedId(const std::string &root = {});

private:
    using Clock = std::chrono::steady_clock;
    struct Counters {
        Clock::time_point at{};
        std::int64_t cpuBusy = -1, cpuTotal = -1;
        std::int64_t received = -1, sent = -1;
    };

    void readIdentity();
    void measure();
    void readCpu(Counters &now);
    void readMemory();
    void readDisks();
    void readNetwork(Counters &now);
    void readLoad();
    void readTemperatures();
    void add(std::string name, Value value) { m_measured.push_back({std::move(name), std::move(value)}); }
    std::string read(const std::string &path, std::size_t maxBytes = 65536) const;

    Options m_options;
    std::string m_firmware;
    std::vector<protocol::Label> m_labels;
    Row m_measured;
    Counters m_before;
};

} // namespace muster::device
