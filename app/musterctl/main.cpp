// SPDX-License-Identifier: GPL-3.0-or-later
// A fleet from the command line: prepare its streams, list its devices, ask them.
#include "commands.h"
#include "common/command_line.h"

#include <csignal>
#include <cstdio>
#include <string_view>

using namespace muster;

namespace {

constexpr const char *help =
    "Usage: musterctl COMMAND [options]\n"
    "Works on a fleet of devices over NATS.\n"
    "\n"
    "  setup    create or check the fleet's streams and buckets\n"
    "  devices  list the devices, with their state and what is known of them\n"
    "  query    ask the devices, NATS services or a subject, and account for everyone\n"
    "\n"
    "  musterctl COMMAND --help lists the options of a command\n"
    "  --help     print this and exit\n"
    "  --version  print the version and exit\n"
    "\n"
    "Ends with 0 when all is done (a query: every device is accounted for), 1 when something failed (a\n"
    "query: nobody could be asked, or the link was lost, in a watch in its last round), 2 when the command\n"
    "line or a filter is wrong, 3 when setup left a difference in place, 4 when query --fail-silent found a\n"
    "device silent, 130 when Ctrl+C ended a query, or a watch in its first round: what was answered until\n"
    "then is shown.\n";

} // namespace

int main(int argc, char *argv[])
{
    std::signal(SIGPIPE, SIG_IGN); // `musterctl devices | head` ends with a failed write, not with a signal
    const std::string_view command = argc > 1 ? argv[1] : "";
    if (command == "setup")
        return ctl::setup(argc - 1, argv + 1);
    if (command == "devices")
        return ctl::devices(argc - 1, argv + 1);
    if (command == "query")
        return ctl::query(argc - 1, argv + 1);
    if (command == "--help" || command == "-h" || command == "help") {
        std::fputs(help, stdout);
        return ctl::Done;
    }
    if (command == "--version") {
        std::printf("musterctl %s\n", app::CommandLine::version().c_str());
        return ctl::Done;
    }
    app::printError("musterctl", {"cli.command",
                                  command.empty() ? "a command is needed"
                                                  : "\"" + std::string(command) + "\" is not a command",
                                  "The commands are setup, devices and query; musterctl --help tells more."});
    return ctl::Usage;
}
