// SPDX-License-Identifier: GPL-3.0-or-later
// A fleet of simulated devices.
#include "common/connection_options.h"
#include "common/stop_signals.h"
#include "demo/demo_fleet.h"

#include <cinttypes>
#include <cstdio>

using namespace muster;

namespace {

constexpr const char *program = "muster-sim";

struct Settings {
    app::ConnectionOptions connection;
    demo::SimOptions sim;
    int seed = 1;
    bool embedded = false, quiet = false;
    int port = 0;
};

app::CommandLine commandLine(Settings &settings)
{
    app::CommandLine line(program, "Simulates devices: presence, telemetry, and answers to live queries.");
    demo::SimOptions &sim = settings.sim;
    line.number("devices", "N", "how many (200)", sim.devices, 1, 10'000'000);
    line.number("sites", "N", "on how many sites (4)", sim.sites, 1, 1000);
    line.number("connections", "N", "over how many connections (4)", sim.connections, 1, 256);
    line.real("interval", "SECONDS", "time between heartbeats of a device (10)", sim.heartbeatSeconds, 0.1,
              86400);
    line.real("telemetry", "SECONDS", "time between telemetry messages of a device (10); 0: none",
              sim.telemetrySeconds, 0, 86400);
    line.number("seed", "N", "the same seed makes the same fleet (1)", settings.seed, 0, 2'147'483'647);
    line.real("flapping", "SHARE", "part of the fleet that comes and goes (0.01)", sim.flappingShare, 0, 1);
    line.real("slow", "SHARE", "part that answers after 0.5 to 2 s (0.02)", sim.slowShare, 0, 1);
    line.real("silent", "SHARE", "part that never answers (0.01)", sim.silentShare, 0, 1);
    line.real("offline", "SHARE", "part that is away (0.03)", sim.offlineShare, 0, 1);
    line.real("errors", "SHARE", "part that answers with an error (0.005)", sim.errorShare, 0, 1);
    line.text("id-prefix", "TEXT", "before every device id, so that two simulators can share a fleet",
              sim.idPrefix);
    line.flag("embedded", "start a nats-server for it on this computer, and print its URL",
              [&settings] { settings.embedded = true; });
    line.number("port", "PORT", "port of that server (a free one)", settings.port, 0, 65535);
    line.flag("quiet", "do not print the counts every second", [&settings] { settings.quiet = true; });
    settings.connection.addTo(line);
    return line;
}

/// The simulator, and what it stands on if that is ours.
struct Running {
    std::unique_ptr<demo::DemoFleet> fleet;
    std::unique_ptr<demo::Simulator> own;
    demo::Simulator &simulator() { return fleet ? fleet->simulator() : *own; }
};

Result<Running> start(Settings settings)
{
    settings.sim.seed = static_cast<std::uint32_t>(settings.seed);
    settings.sim.subjectRoot = settings.connection.root;
    Running running;
    if (settings.embedded) {
        demo::DemoFleet::Options options;
        options.sim = std::move(settings.sim);
        options.thisComputer = false;
        options.port = settings.port;
        auto fleet = demo::DemoFleet::start(std::move(options), [&](const std::string &sentence) {
            if (!settings.quiet)
                std::fprintf(stderr, "%s\n", sentence.c_str());
        });
        if (!fleet)
            return fleet.error();
        running.fleet = std::move(*fleet);
        std::printf("%s\n", running.fleet->url().c_str());
        std::fflush(stdout);
        return running;
    }
    auto connection = settings.connection.resolve(program);
    if (!connection)
        return connection.error();
    auto simulator = demo::Simulator::start(std::move(*connection), std::move(settings.sim));
    if (!simulator)
        return simulator.error();
    running.own = std::move(*simulator);
    return running;
}

void printCounts(const demo::Simulator &simulator)
{
    const demo::SimCounters c = simulator.counters();
    std::fprintf(stderr,
                 "%d devices, %s; sent %" PRIu64 " presence, %" PRIu64 " telemetry, %" PRIu64
                 " replies; heard %" PRIu64 " queries, refused %" PRIu64 ", dropped %" PRIu64 "\n",
                 simulator.deviceCount(), simulator.isUp() ? "up" : "coming up", c.presence, c.telemetry,
                 c.replies, c.queries, c.refused, c.dropped);
}

} // namespace

int main(int argc, char *argv[])
{
    app::StopSignals signals;
    Settings settings;
    switch (commandLine(settings).parse(argc, argv)) {
    case app::CommandLine::Outcome::Done:
        return 0;
    case app::CommandLine::Outcome::Wrong:
        return 2;
    case app::CommandLine::Outcome::Go:
        break;
    }
    const bool quiet = settings.quiet;
    auto running = start(std::move(settings));
    if (!running) {
        app::printError(program, running.error());
        return 1;
    }
    do {
        if (!quiet)
            printCounts(running->simulator());
    } while (!signals.waitFor(1000));
    return 0;
}
