// SPDX-License-Identifier: GPL-3.0-or-later
#include "commands.h"
#include "interrupts.h"
#include "session.h"
#include "table/format.h"

#include <algorithm>
#include <cstdio>

namespace muster::ctl {
namespace {

constexpr const char *program = "musterctl devices";
constexpr double listenWithoutStream = 11; // a little over the usual interval of heartbeats

struct Settings {
    FleetOptions fleet;
    std::string where, csv;
    std::vector<std::string> columns{"device", "presence", "site", "group", "region", "fw", "last_seen"};
    std::vector<std::string> sort{"device"};
    double waitSeconds = -1;
    bool json = false;
};

app::CommandLine commandLine(Settings &settings)
{
    app::CommandLine line(program,
                          "Lists the devices of the fleet, with their state and what is known of them.");
    line.text("where", "FILTER", "only those that match, as 'region = \"eu\" and fw < \"1.5\"'",
              settings.where);
    line.option("columns", "A,B,...", "what to show (device,presence,site,group,region,fw,last_seen)",
                [&settings](const std::string &value) {
                    settings.columns = splitList(value);
                    return Status();
                });
    line.option("sort", "A,-B,...", "by these columns, a - before one for descending (device)",
                [&settings](const std::string &value) {
                    settings.sort = splitList(value);
                    return Status();
                });
    line.text("csv", "FILE", "write all of them as CSV; - is the standard output", settings.csv);
    line.flag("json", "one JSON object a line and device, on the standard output",
              [&settings] { settings.json = true; });
    line.real("wait", "SECONDS", "listen so long for telemetry and heartbeats before listing",
              settings.waitSeconds, 0, 86400);
    settings.fleet.addTo(line, true);
    return line;
}

/// The counts of states, of the whole fleet.
std::string summary(const presence::FleetTracker &tracker)
{
    std::string text = counted(static_cast<std::int64_t>(tracker.deviceCount()), "device");
    const presence::StateCounts counts = tracker.counts();
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] > 0)
            text += ", " + std::to_string(counts[i]) + " " +
                    std::string(presence::name(static_cast<presence::State>(i)));
    }
    if (const auto refused = static_cast<std::int64_t>(tracker.rejectedCount()); refused > 0)
        text += "; " + counted(refused, "message") + (refused == 1 ? " was" : " were") + " refused";
    return text;
}

Status print(const Settings &settings, const table::Table &table, const filter::Expression &filter)
{
    if (!settings.csv.empty()) {
        if (Status written = writeTable(table, filter, settings.columns, settings.sort, settings.csv);
            !written)
            return written;
    }
    if (settings.json)
        return writeTable(table, filter, settings.columns, settings.sort, "-", table::Format::JsonLines);
    if (!settings.csv.empty())
        return {};
    table::ViewSpec spec;
    spec.filter = filter;
    spec.sort = sortKeys(settings.sort);
    const auto view = table::evaluate(*table.snapshot(), spec);
    std::vector<std::vector<TextCell>> rows(1);
    std::vector<bool> right;
    std::vector<table::ColumnIndex> columns;
    for (const std::string &name : settings.columns) {
        rows[0].push_back(name);
        columns.push_back(table.column(name));
        const table::Type type = columns.back() < 0 ? table::Type::Text : table.columnType(columns.back());
        right.push_back(table::isRightAligned(table::fieldKind(name, type)));
    }
    if (view) {
        for (const table::RowId row : view->rows) {
            std::vector<TextCell> cells;
            cells.reserve(columns.size());
            for (const table::ColumnIndex column : columns)
                cells.emplace_back(column < 0 ? std::string() : cellText(table.cell(row, column)));
            rows.push_back(std::move(cells));
        }
    }
    std::fputs(textTable(rows, right).c_str(), stdout);
    return flushOutput();
}

} // namespace

int devices(int argc, char *argv[])
{
    Settings settings;
    switch (commandLine(settings).parse(argc, argv)) {
    case app::CommandLine::Outcome::Go:
        break;
    case app::CommandLine::Outcome::Done:
        return Done;
    case app::CommandLine::Outcome::Wrong:
        return Usage;
    }
    filter::Expression filter;
    if (!parseFilter(program, settings.where, filter))
        return Usage;
    if (settings.columns.empty()) {
        app::printError(program, {"cli.value", "--columns names no column", ""});
        return Usage;
    }

    Interrupts interrupts;
    if (settings.fleet.demoDevices > 0) // its server has files to clear away
        interrupts.holdBack();
    const auto stopped = [&interrupts] { return interrupts.came(); };
    Result<Session> session = open(settings.fleet);
    if (stopped())
        return Interrupted;
    if (!session) {
        app::printError(program, session.error());
        return Failed;
    }
    Result<std::unique_ptr<Fleet>> fleet = Fleet::follow(*session, settings.waitSeconds > 0);
    if (!fleet) {
        app::printError(program, fleet.error());
        return Failed;
    }
    const Status read =
        (*fleet)->wait(settings.fleet.timeoutMs(), settings.waitSeconds, listenWithoutStream, stopped);
    if (stopped())
        return Interrupted;
    if (!read) {
        app::printError(program, read.error());
        return Failed;
    }
    if (Status printed = print(settings, (*fleet)->table(), filter); !printed) {
        app::printError(program, printed.error());
        return Failed;
    }
    std::fprintf(stderr, "%s\n", summary((*fleet)->tracker()).c_str());
    return Done;
}

} // namespace muster::ctl
