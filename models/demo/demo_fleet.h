// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"
#include "nats/connection.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace muster::demo {

/// How the simulated devices of a fleet are made. The same seed gives the same fleet.
struct SimOptions {
    int devices = 200;
    int sites = 4;
    int connections = 4;
    double heartbeatSeconds = 10;
    double telemetrySeconds = 10;
    double flappingShare = 0.01; ///< of devices that come and go
    double slowShare = 0.02;     ///< that answer after 0.5 to 2 s
    double silentShare = 0.01;   ///< that are online and never answer
    double offlineShare = 0.03;  ///< that were seen once and are away
    double errorShare = 0.005;   ///< that answer with an error
    std::uint32_t seed = 1;
    std::string subjectRoot = "fleet";
    std::string idPrefix; ///< before every id, so that two simulators can share a fleet

    /// So many devices, that speak as often as leaves a computer time for more than hearing them: every 10 s,
    /// and above 25,000 devices so seldom that 2,500 a second do.
    static SimOptions paced(int devices);
};

/// How many devices of a fleet behave in which way. The sum is the fleet.
struct SimConducts {
    std::uint32_t steady = 0, flapping = 0, slow = 0, silent = 0, offline = 0, failing = 0;
};

struct SimCounters {
    std::uint64_t presence = 0, telemetry = 0; ///< messages sent
    std::uint64_t queries = 0; ///< received; each connection of the simulator hears each of them
    std::uint64_t replies = 0;
    std::uint64_t refused = 0; ///< queries that were none, or had nowhere to answer to
    std::uint64_t dropped = 0; ///< queries and answers that came faster than they could be dealt with
};

/// N believable devices on a few connections, speaking the fleet protocol. Runs on threads of its own until
/// destroyed; on a stop each device says that it is closing. All calls from any thread.
class Simulator {
public:
    /// Connects, then returns: the devices announce themselves meanwhile. "sim.options" names the option that
    /// cannot be.
    static Result<std::unique_ptr<Simulator>> start(const std::string &url, SimOptions options);
    static Result<std::unique_ptr<Simulator>> start(const nats::ConnectOptions &connection,
                                                    SimOptions options);
    ~Simulator();

    int deviceCount() const;
    /// Every device that is not offline has said it is there, and where there is a stream for it, it is
    /// stored. Again false from the loss of a connection until all have said so anew.
    bool isUp() const;
    bool waitUntilUp(int milliseconds);
    std::uint64_t queriesAnswered() const; ///< replies sent: one a device and query
    SimCounters counters() const;
    SimConducts conducts() const;
    /// Sorted by the number of the device.
    std::vector<std::string> deviceIds() const;

private:
    Simulator();
    struct Private;
    std::unique_ptr<Private> d;
};

/// A whole fleet on this computer: a nats-server of its own, its streams, simulated devices, and this
/// computer as a device. Blocking calls; not for the GUI thread. Everything ends with the object.
class DemoFleet {
public:
    struct Options {
        SimOptions sim;
        bool thisComputer = true;    ///< run muster-agent as a process beside
        std::string agentExecutable; ///< empty: beside this program
        int port = 0;
    };
    /// `onProgress` gets short sentences ("Starting nats-server on port 40223"), on the caller's thread.
    static Result<std::unique_ptr<DemoFleet>>
    start(Options options, const std::function<void(const std::string &)> &onProgress = {});
    ~DemoFleet();

    std::string url() const;
    int port() const;
    std::int64_t serverPid() const;
    std::int64_t agentPid() const;     ///< -1 without this computer
    std::string serverCommand() const; ///< to start its nats-server again by hand
    bool serverRunning() const;
    Status restartServer(); ///< after it ended: same port, same data
    Simulator &simulator();

private:
    DemoFleet();
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace muster::demo
