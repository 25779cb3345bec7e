// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/subjects.h"
#include "device/device.h"
#include "nats/connection.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace muster::device {

/// A device on a NATS system: says that it is there, sends its measurements, answers live queries. Works on a
/// thread of its own, and goes on through every loss of the connection: what falls into one is not sent
/// later. The facts are asked on that thread alone. The destructor says "closing" and takes at most about a
/// second.
class DeviceAgent {
public:
    struct Options {
        nats::ConnectOptions connection;
        Subjects subjects;
        std::string device;
        int intervalSeconds = 10;  ///< between heartbeats, 1 to 86400
        int telemetrySeconds = 10; ///< between telemetry messages, 1 to 86400; 0: none
    };
    struct Counters {
        std::uint64_t presence = 0, telemetry = 0, answered = 0;
        std::uint64_t refused = 0; ///< queries that were none, too large, or had nowhere to answer to
        std::uint64_t dropped = 0; ///< queries that came faster than they could be answered
    };

    /// Fails for options that cannot be, and, unless `connection.retryFirstConnect`, when no server answers.
    /// `onNote` gets short sentences about the connection, on any thread.
    static Result<std::unique_ptr<DeviceAgent>> start(Options options, std::unique_ptr<Facts> facts,
                                                      std::function<void(const std::string &)> onNote = {});
    ~DeviceAgent();
    DeviceAgent(const DeviceAgent &) = delete;
    DeviceAgent &operator=(const DeviceAgent &) = delete;

    const std::string &boot() const; ///< the ULID of this start
    bool isConnected() const;
    Counters counters() const;

private:
    DeviceAgent();
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace muster::device
