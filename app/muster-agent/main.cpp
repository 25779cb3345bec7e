// SPDX-License-Identifier: GPL-3.0-or-later
// This computer as a device of a fleet.
#include "common/connection_options.h"
#include "common/stop_signals.h"
#include "core/device_id.h"
#include "core/display_text.h"
#include "device/agent.h"
#include "device/machine_facts.h"

#include <malloc.h>

#include <cstdio>

using namespace muster;

namespace {

constexpr const char *program = "muster-agent";

struct Settings {
    app::ConnectionOptions connection;
    std::string id = device::MachineFacts::suggestedId();
    std::string site, group, region;
    int interval = 10;
    int telemetry = -1; ///< -1: as the heartbeat
    device::MachineFacts::Options facts;
};

Status addLabel(std::vector<protocol::Label> &labels, const std::string &text)
{
    const std::size_t equals = text.find('=');
    const std::string key = text.substr(0, equals);
    if (equals == std::string::npos || key.empty())
        return Error{"cli.value", "--label cannot be \"" + text + "\"", "Write it as key=value."};
    if (key.size() > protocol::maxLabelBytes || text.size() - equals - 1 > protocol::maxLabelBytes)
        return Error{"cli.value", "the label \"" + key.substr(0, 64) + "\" is too long",
                     "Its key and its value may have 256 bytes each."};
    std::erase_if(labels, [&](const protocol::Label &l) { return l.key == key; });
    if (labels.size() >= protocol::maxLabels)
        return Error{"cli.value", "there are too many labels", "A device may have 32."};
    labels.push_back({key, text.substr(equals + 1)});
    return {};
}

app::CommandLine commandLine(Settings &settings)
{
    app::CommandLine line(program,
                          "Makes this computer a device: presence, telemetry, and answers to live queries.");
    settings.connection.addTo(line);
    line.text("id", "ID", "id of this device (" + settings.id + ")", settings.id);
    const auto place = [&](const char *name, const char *help) {
        line.option(name, "NAME", help, [&settings, name](const std::string &value) -> Status {
            if (!isToken(value))
                return notAToken(name, value);
            return addLabel(settings.facts.labels, std::string(name) + '=' + value);
        });
    };
    place("site", "site it stands at; queries to the site reach it");
    place("group", "group it belongs to; queries to the group reach it");
    place("region", "region it is in");
    line.option("label", "KEY=VALUE", "a further label; may be repeated",
                [&settings](const std::string &value) { return addLabel(settings.facts.labels, value); });
    line.text("fw", "VERSION", "firmware version to report", settings.facts.firmware);
    line.number("interval", "SECONDS", "time between heartbeats (10)", settings.interval, 1, 86400);
    line.number("telemetry", "SECONDS", "time between telemetry messages (as --interval); 0: none",
                settings.telemetry, 0, 86400);
    return line;
}

Result<std::unique_ptr<device::DeviceAgent>> start(Settings settings)
{
    auto connection = settings.connection.resolve(std::string(program) + ' ' + settings.id);
    if (!connection)
        return connection.error();
    auto subjects = settings.connection.subjects();
    if (!subjects)
        return subjects.error();
    device::DeviceAgent::Options options;
    options.connection = std::move(*connection);
    options.connection.retryFirstConnect = true; // a device may well start before its network
    options.subjects = std::move(*subjects);
    options.device = settings.id;
    options.intervalSeconds = settings.interval;
    options.telemetrySeconds = settings.telemetry < 0 ? settings.interval : settings.telemetry;
    auto facts = std::make_unique<device::MachineFacts>(std::move(settings.facts));
    return device::DeviceAgent::start(std::move(options), std::move(facts), [](const std::string &note) {
        std::fprintf(stderr, "%s: %s\n", program, displayText(note).c_str()); // a server's words are in it
    });
}

} // namespace

int main(int argc, char *argv[])
{
    // A small device has better use for memory than an arena a thread.
    mallopt(M_ARENA_MAX, 1);
    // Setting these also keeps glibc from raising them by itself after the first large message.
    mallopt(M_MMAP_THRESHOLD, 64 * 1024);
    mallopt(M_TRIM_THRESHOLD, 64 * 1024);
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
    const std::string id = settings.id;
    auto agent = start(std::move(settings));
    if (!agent) {
        app::printError(program, agent.error());
        return 1;
    }
    std::fprintf(stderr, "%s: this is device %s\n", program, id.c_str());
    signals.wait();
    return 0;
}
