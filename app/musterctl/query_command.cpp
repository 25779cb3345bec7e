// SPDX-License-Identifier: GPL-3.0-or-later
#include "commands.h"
#include "core/json_writer.h"
#include "query/plan.h"
#include "session.h"
#include "table/format.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <optional>

namespace muster::ctl {
namespace {

constexpr const char *program = "musterctl query";
constexpr double listenWithoutStream = 11; // a little over the usual interval of heartbeats
using query::Outcome;

struct Settings {
    FleetOptions fleet;
    query::Question question;
    std::string where, csv;
    std::vector<table::Aggregate> aggregates;
    int limit = 50;
    bool json = false, failSilent = false;
};

std::optional<int> milliseconds(const std::string &text)
{
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc())
        return {};
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    const double factor = unit == "ms" ? 1 : unit == "m" ? 60'000 : unit == "s" || unit.empty() ? 1000 : 0;
    const double ms = number * factor;
    if (!(ms >= 100 && ms <= 600'000))
        return {};
    return static_cast<int>(ms);
}

Status takeScope(query::Question &question, const std::string &text)
{
    const std::size_t equals = text.find('=');
    if (equals == 0 || equals == std::string::npos || equals + 1 == text.size())
        return Error{
            "cli.value", "--scope cannot be \"" + text + "\"",
            "Give a label and its value, as region=eu, site=lisbon or group=pumps, or device=d1,d2."};
    query::Scope scope{query::Scope::Kind::Label, text.substr(0, equals), text.substr(equals + 1), {}};
    if (scope.key == "site")
        scope.kind = query::Scope::Kind::Site;
    else if (scope.key == "group")
        scope.kind = query::Scope::Kind::Group;
    else if (scope.key == "device")
        scope = {query::Scope::Kind::Devices, {}, {}, splitList(scope.value)};
    question.scopes.push_back(std::move(scope));
    return {};
}

Status takeAggregate(std::vector<table::Aggregate> &aggregates, const std::string &text)
{
    const std::size_t space = text.find(' ');
    const auto function = table::functionFromName(text.substr(0, space));
    const std::string column = space == std::string::npos ? std::string() : text.substr(space + 1);
    if (!function || (column.empty() && *function != table::Function::Count))
        return Error{"cli.value", "--aggregate cannot be \"" + text + "\"",
                     "Give a function and a field, as \"avg cpu.pct\": count, min, max, avg, sum, distinct, "
                     "p50, p95 or p99."};
    aggregates.push_back({*function, column});
    return {};
}

app::CommandLine commandLine(Settings &settings)
{
    app::CommandLine line(program, "Asks the devices, and accounts for every one of them.");
    query::Question &question = settings.question;
    line.text("where", "FILTER", "ask those that match, as 'region = \"eu\" and mem.free < 200MB'",
              settings.where);
    line.option("scope", "LABEL=VALUE",
                "ask within region=eu, site=..., group=..., device=d1,d2; may be repeated",
                [&question](const std::string &value) { return takeScope(question, value); });
    line.option("select", "A,B,...", "the fields to ask for (all)", [&question](const std::string &value) {
        question.select = splitList(value);
        return Status();
    });
    line.option("group-by", "A,B,...", "up to three fields to group the answers by",
                [&question](const std::string &value) -> Status {
                    question.groupBy = splitList(value);
                    if (question.groupBy.size() <= 3)
                        return {};
                    return Error{"cli.value", "--group-by takes at most three fields", ""};
                });
    line.option("aggregate", "\"FUNCTION FIELD\"", "of each group, as \"avg cpu.pct\"; may be repeated",
                [&settings](const std::string &value) { return takeAggregate(settings.aggregates, value); });
    line.option("deadline", "TIME", "when who did not answer is silent, as 500ms, 5s, 1m (2s)",
                [&question](const std::string &value) -> Status {
                    const auto ms = milliseconds(value);
                    if (!ms)
                        return Error{"cli.value", "--deadline cannot be \"" + value + "\"",
                                     "Give a time from 100ms to 10m."};
                    question.deadlineMs = *ms;
                    return {};
                });
    line.text(
        "csv", "FILE",
        "one row a device of the roster, the silent and offline ones included; - is the standard output",
        settings.csv);
    line.flag("json",
              "one JSON object on the standard output: id, roster, tally, seconds, groups (with --group-by) "
              "and rows",
              [&settings] { settings.json = true; });
    line.number("limit", "N", "rows to print without --group-by (50); files have all", settings.limit, 0,
                1'000'000);
    line.flag("fail-silent", "end with 4 when a device that was online gave no answer",
              [&settings] { settings.failSilent = true; });
    settings.fleet.addTo(line, true);
    return line;
}

/// "answered 371 empty 12 error 3 silent 9 offline 14 = 409"
std::string rollCall(const query::Tally &tally)
{
    std::string text;
    for (const Outcome outcome : {Outcome::Answered, Outcome::Empty, Outcome::Error, Outcome::Silent,
                                  Outcome::Offline, Outcome::Waiting}) {
        if (outcome != Outcome::Waiting || tally.of(outcome) > 0)
            text += std::string(query::name(outcome)) + " " + std::to_string(tally.of(outcome)) + " ";
    }
    text += "= " + std::to_string(tally.sum());
    if (tally.unexpected > 0)
        text += ", and unexpected " + std::to_string(tally.unexpected);
    if (tally.rejected > 0)
        text += "; refused messages " + std::to_string(tally.rejected);
    return text;
}

/// A query that is over, with everything that is known of its roster.
struct Answers {
    const Settings &settings;
    table::Table table{"device"};
    std::string id;
    query::Tally tally;
    double seconds = 0;
    std::string problem;

    /// device, outcome, what was asked for, what we knew, and how the answer came about.
    std::vector<std::string> columns() const
    {
        std::vector<std::string> names{"device", "outcome"};
        const auto add = [&names](const std::string &name) {
            if (std::find(names.begin(), names.end(), name) == names.end())
                names.push_back(name);
        };
        for (const std::string &field : settings.question.select)
            add(field);
        for (const std::string &field : settings.question.groupBy)
            add(field);
        const bool all = settings.question.select.empty();
        std::vector<std::string> found;
        found.reserve(static_cast<std::size_t>(table.columnCount()));
        for (table::ColumnIndex i = 0; i < table.columnCount(); ++i)
            found.push_back(table.columnName(i));
        const std::vector<std::string> last{"reply_ms", "late", "error"};
        if (all) {
            std::sort(found.begin(), found.end());
            for (const std::string &name : found) {
                if (std::find(last.begin(), last.end(), name) == last.end())
                    add(name);
            }
        } else {
            for (const std::string &name : found) { // "mem" asked for all within it
                const auto within = [&name](const std::string &field) {
                    return name.starts_with(field + ".");
                };
                if (std::any_of(settings.question.select.begin(), settings.question.select.end(), within))
                    add(name);
            }
            for (const std::string &field : settings.question.select) {
                const auto within = [&field](const std::string &name) {
                    return name.starts_with(field + ".");
                };
                if (table.column(field) < 0 && std::any_of(found.begin(), found.end(), within))
                    std::erase(names, field);
            }
        }
        for (const std::string &name : last)
            add(name);
        return names;
    }

    std::optional<table::View> answered(const table::Snapshot &snapshot) const
    {
        table::ViewSpec spec;
        spec.filter =
            filter::Expression::equals("outcome", Value(std::string(query::name(Outcome::Answered))));
        spec.groupBy = settings.question.groupBy;
        spec.aggregates = settings.aggregates;
        spec.sort = {{"device", false}};
        return table::evaluate(snapshot, spec);
    }
};

std::string groupTable(const Answers &answers)
{
    const std::shared_ptr<const table::Snapshot> snapshot = answers.table.snapshot();
    const std::optional<table::View> view = answers.answered(*snapshot);
    if (!view)
        return {};
    const std::vector<std::string> &groupBy = answers.settings.question.groupBy;
    std::vector<std::vector<std::string>> rows(1);
    std::vector<bool> right;
    for (const std::string &field : groupBy) {
        rows[0].push_back(field);
        right.push_back(false);
    }
    rows[0].push_back("devices");
    right.push_back(true);
    for (const table::Aggregate &aggregate : answers.settings.aggregates) {
        rows[0].push_back(std::string(table::name(aggregate.function)) +
                          (aggregate.column.empty() ? "" : " " + aggregate.column));
        right.push_back(true);
    }
    std::vector<std::string> heads(groupBy.size());
    for (const table::Group &group : view->groups) {
        const auto level = static_cast<std::size_t>(group.level);
        heads[level] =
            std::holds_alternative<std::monostate>(group.value) ? "-" : cellText(muster::view(group.value));
        if (level + 1 < groupBy.size())
            continue;
        std::vector<std::string> cells = heads;
        cells.push_back(std::to_string(group.end - group.begin));
        for (const Value &aggregate : group.aggregates)
            cells.push_back(cellText(muster::view(aggregate)));
        rows.push_back(std::move(cells));
    }
    return textTable(rows, right);
}

std::string rowTable(const Answers &answers)
{
    const std::shared_ptr<const table::Snapshot> snapshot = answers.table.snapshot();
    const std::optional<table::View> view = answers.answered(*snapshot);
    if (!view)
        return {};
    std::vector<std::vector<std::string>> rows(1);
    std::vector<bool> right;
    std::vector<table::ColumnIndex> columns;
    for (const std::string &name : answers.columns()) {
        if (name == "outcome" || name == "error" || name == "late")
            continue;
        const table::ColumnIndex column = answers.table.column(name);
        const table::Type type = column < 0 ? table::Type::Text : answers.table.columnType(column);
        rows[0].push_back(name);
        right.push_back(table::isRightAligned(table::fieldKind(name, type)));
        columns.push_back(column);
    }
    const auto limit = std::min(static_cast<std::size_t>(answers.settings.limit), view->rows.size());
    for (std::size_t i = 0; i < limit; ++i) {
        std::vector<std::string> cells;
        cells.reserve(columns.size());
        for (const table::ColumnIndex column : columns)
            cells.push_back(column < 0 ? std::string() : cellText(answers.table.cell(view->rows[i], column)));
        rows.push_back(std::move(cells));
    }
    std::string text = limit > 0 ? textTable(rows, right) : std::string();
    if (limit < view->rows.size())
        text +=
            "... and " + std::to_string(view->rows.size() - limit) + " more; --csv FILE writes all of them\n";
    return text;
}

std::string json(const Answers &answers)
{
    std::string out;
    JsonWriter w(out);
    w.beginObject();
    w.member("v", std::int64_t{1}).member("id", std::string_view(answers.id));
    w.member("roster", answers.tally.sum());
    w.key("tally").beginObject();
    for (int i = 0; i < query::outcomeCount; ++i)
        w.member(query::name(static_cast<Outcome>(i)), answers.tally.counts[static_cast<std::size_t>(i)]);
    w.endObject();
    w.member("unexpected", answers.tally.unexpected).member("late", answers.tally.late);
    w.member("duplicates", answers.tally.duplicates).member("rejected", answers.tally.rejected);
    w.member("seconds", answers.seconds);
    if (!answers.problem.empty())
        w.member("problem", std::string_view(answers.problem));

    const std::shared_ptr<const table::Snapshot> snapshot = answers.table.snapshot();
    const std::vector<std::string> &groupBy = answers.settings.question.groupBy;
    if (const auto view = answers.answered(*snapshot); view && !groupBy.empty()) {
        w.key("groups").beginArray();
        std::vector<Value> heads(groupBy.size());
        for (const table::Group &group : view->groups) {
            const auto level = static_cast<std::size_t>(group.level);
            heads[level] = group.value;
            if (level + 1 < groupBy.size())
                continue;
            w.beginObject();
            for (std::size_t i = 0; i < groupBy.size(); ++i)
                w.member(groupBy[i], muster::view(heads[i]));
            w.member("devices", static_cast<std::int64_t>(group.end - group.begin));
            for (std::size_t i = 0; i < group.aggregates.size(); ++i) {
                const table::Aggregate &aggregate = answers.settings.aggregates[i];
                w.member(std::string(table::name(aggregate.function)) + " " + aggregate.column,
                         muster::view(group.aggregates[i]));
            }
            w.endObject();
        }
        w.endArray();
    }
    table::ViewSpec all;
    all.sort = {{"device", false}};
    w.key("rows").beginArray();
    const std::vector<std::string> columns = answers.columns();
    if (const auto view = table::evaluate(*snapshot, all)) {
        for (const table::RowId row : view->rows) {
            w.beginObject();
            for (const std::string &name : columns) {
                const table::ColumnIndex column = answers.table.column(name);
                const ValueView value = column < 0 ? ValueView() : answers.table.cell(row, column);
                if (!std::holds_alternative<std::monostate>(value))
                    w.member(name, value);
            }
            w.endObject();
        }
    }
    w.endArray();
    w.endObject();
    out += '\n';
    return out;
}

/// A roster of nobody has nobody to ask: that is an answer too.
Status ask(const Session &session, const Settings &settings, Answers &answers)
{
    Result<std::unique_ptr<Fleet>> fleet = Fleet::follow(session, false);
    if (!fleet)
        return fleet.error();
    if (Status read = (*fleet)->wait(settings.fleet.timeoutMs(), -1, listenWithoutStream); !read)
        return read;
    const query::Planner planner((*fleet)->table(), (*fleet)->tracker().labelNames());
    Result<query::Plan> plan = planner.plan(settings.question, session.subjects);
    if (!plan)
        return plan.error().code == "query.nobody" ? Status() : Status(plan.error());

    Result<std::unique_ptr<query::LiveQuery>> started =
        query::LiveQuery::start(session.connection, std::move(*plan));
    if (!started)
        return started.error();
    query::LiveQuery &asked = **started;
    table::Batch batch;
    while (!asked.waitFinished(50)) {
        if (session.connection->state() != nats::State::Connected)
            asked.noteLinkDown();
        if (asked.drain(batch))
            answers.table.apply(batch);
    }
    // What is late enough to come between these lines is in neither.
    answers.tally = asked.tally();
    while (asked.drain(batch))
        answers.table.apply(batch);
    answers.id = asked.id();
    answers.seconds = static_cast<double>(asked.elapsedMs()) / 1000;
    answers.problem = asked.problem();
    return {};
}

Status print(const Settings &settings, const Answers &answers)
{
    if (!settings.csv.empty()) {
        if (Status written = writeTable(answers.table, {}, answers.columns(), {"device"}, settings.csv);
            !written)
            return written;
    }
    const bool ownsOutput = settings.json || settings.csv == "-";
    if (settings.json)
        std::fputs(json(answers).c_str(), stdout);
    else if (!ownsOutput && answers.tally.of(Outcome::Answered) > 0)
        std::fputs((settings.question.groupBy.empty() ? rowTable(answers) : groupTable(answers)).c_str(),
                   stdout);
    std::FILE *const people = ownsOutput ? stderr : stdout;
    if (answers.tally.sum() == 0)
        std::fputs("No device is in this scope and matches what is known of it.\n", people);
    if (!answers.problem.empty())
        std::fprintf(stderr, "%s\n", answers.problem.c_str());
    std::fprintf(people, "%s\n", rollCall(answers.tally).c_str());
    if (std::fflush(stdout) != 0)
        return Error{"io.write", "the standard output cannot be written", ""};
    return {};
}

} // namespace

int query(int argc, char *argv[])
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
    if (!parseFilter(program, settings.where, settings.question.where))
        return Usage;
    if (settings.json && settings.csv == "-") {
        app::printError(
            program, {"cli.value", "--json and --csv - both want the standard output", "Give --csv a file."});
        return Usage;
    }
    if (settings.question.groupBy.empty() && !settings.aggregates.empty()) {
        app::printError(program, {"cli.value", "--aggregate needs --group-by", ""});
        return Usage;
    }
    if (!settings.question.select.empty()) {
        for (const table::Aggregate &aggregate : settings.aggregates) {
            std::vector<std::string> &select = settings.question.select;
            if (!aggregate.column.empty() &&
                std::find(select.begin(), select.end(), aggregate.column) == select.end())
                select.push_back(aggregate.column);
        }
    }

    Result<Session> session = open(settings.fleet);
    if (!session) {
        app::printError(program, session.error());
        return Failed;
    }
    Answers answers{settings, table::Table("device"), {}, {}, 0, {}};
    if (Status asked = ask(*session, settings, answers); !asked) {
        app::printError(program, asked.error());
        return Failed;
    }
    if (Status printed = print(settings, answers); !printed) {
        app::printError(program, printed.error());
        return Failed;
    }
    return settings.failSilent && answers.tally.of(Outcome::Silent) > 0 ? WereSilent : Done;
}

} // namespace muster::ctl
