// SPDX-License-Identifier: GPL-3.0-or-later
#include "query_options.h"

#include "core/device_id.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

namespace muster::ctl {
namespace {

constexpr const char *program = "musterctl query";
using query::Source;

std::optional<int> milliseconds(const std::string &text, double least)
{
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc())
        return {};
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    const double factor = unit == "ms" ? 1 : unit == "m" ? 60'000 : unit == "s" || unit.empty() ? 1000 : 0;
    const double ms = number * factor;
    if (!(ms >= least && ms <= 600'000))
        return {};
    return static_cast<int>(ms);
}

Status takeTime(std::optional<int> &target, const std::string &name, const std::string &text, double least)
{
    target = milliseconds(text, least);
    if (target)
        return {};
    return Error{"cli.value", "--" + name + " cannot be \"" + text + "\"",
                 "Give a time from " + std::to_string(static_cast<int>(least)) + "ms to 10m."};
}

Status takeScope(std::vector<query::Scope> &scopes, const std::string &text)
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
    for (const std::string &device : scope.devices) {
        if (!isToken(device))
            return notAToken("device", device);
    }
    scopes.push_back(std::move(scope));
    return {};
}

Result<table::Aggregate> aggregateFrom(const std::string &text)
{
    const std::size_t space = text.find(' ');
    const auto function = table::functionFromName(text.substr(0, space));
    const std::string column = space == std::string::npos ? std::string() : text.substr(space + 1);
    if (!function || (column.empty() && *function != table::Function::Count))
        return Error{"cli.value", "--aggregate cannot be \"" + text + "\"",
                     "Give a function and a field, as \"avg cpu.pct\": count, min, max, avg, sum, distinct, "
                     "p50, p95 or p99."};
    return table::Aggregate{*function, column};
}

app::CommandLine::Take into(std::optional<std::string> &target)
{
    return [&target](const std::string &value) {
        target = value;
        return Status();
    };
}

app::CommandLine::Take listInto(std::optional<std::vector<std::string>> &target)
{
    return [&target](const std::string &value) {
        target = splitList(value);
        return Status();
    };
}

app::CommandLine::Take numberInto(std::optional<int> &target, const char *name, int low, int high)
{
    return [&target, name, low, high](const std::string &value) -> Status {
        int number = 0;
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
        if (error != std::errc() || end != value.data() + value.size() || number < low || number > high)
            return Error{"cli.value", "--" + std::string(name) + " cannot be \"" + value + "\"",
                         "Give a number from " + std::to_string(low) + " to " + std::to_string(high) + "."};
        target = number;
        return {};
    };
}

/// Where the dashboard keeps what this computer knows.
std::string defaultDatabase()
{
    const auto environment = [](const char *name) {
        const char *const value = std::getenv(name);
        return std::string(value ? value : "");
    };
    std::string folder = environment("XDG_DATA_HOME");
    if (!folder.starts_with('/'))
        folder = environment("HOME") + "/.local/share";
    return folder + "/muster/muster.db";
}

} // namespace

void QueryOptions::addTo(app::CommandLine &line)
{
    line.option("source", "WHO",
                "ask the devices of the fleet, NATS services, or a subject: fleet, services, "
                "subject (fleet)",
                [this](const std::string &value) -> Status {
                    for (const Source source : {Source::Fleet, Source::Services, Source::Subject}) {
                        if (value == query::name(source)) {
                            m_source = source;
                            return {};
                        }
                    }
                    return Error{"cli.value", "--source cannot be \"" + value + "\"",
                                 "Give fleet, services or subject."};
                });
    line.text("saved", "NAME",
              "ask a saved query, of the account or of this computer; other options replace parts of it",
              saved);
    line.option("where", "FILTER", "ask those that match, as 'region = \"eu\" and mem.free < 200MB'",
                into(m_where));
    line.option("scope", "LABEL=VALUE",
                "ask within region=eu, site=..., group=..., device=d1,d2 (one that nobody knows is offline); "
                "may be repeated",
                [this](const std::string &value) { return takeScope(m_scopes, value); });
    line.option("service", "NAME", "with --source services: this one (all)", into(m_service));
    line.option("subject", "SUBJECT",
                "with --source subject: where to ask. Replies are numbered as they come; a watch finds each "
                "again by its field id, device, name, instance, host or hostname where all replies have one, "
                "else by its content, and takes what is left in the order in which it came",
                into(m_subject));
    line.option("payload", "TEXT", "with --source subject: what to send, text or JSON (nothing)",
                into(m_payload));
    line.option("count", "N", "with --source subject: end after so many replies; who is missing is silent",
                numberInto(m_count, "count", 0, 100'000));
    line.option("quiet", "TIME",
                "with --source subject: end when nothing came for so long after the latest reply",
                [this](const std::string &value) { return takeTime(m_quietMs, "quiet", value, 1); });
    line.option("select", "A,B,...", "the fields to ask for (all)", listInto(m_select));
    line.option("group-by", "A,B,...", "up to three fields to group the answers by",
                [this](const std::string &value) -> Status {
                    m_groupBy = splitList(value);
                    if (m_groupBy->size() <= 3)
                        return {};
                    return Error{"cli.value", "--group-by takes at most three fields", ""};
                });
    line.option("aggregate", "\"FUNCTION FIELD\"", "of each group, as \"avg cpu.pct\"; may be repeated",
                [this](const std::string &value) -> Status {
                    if (Result<table::Aggregate> parsed = aggregateFrom(value); !parsed)
                        return parsed.error();
                    m_aggregates.push_back(value);
                    return {};
                });
    line.option("deadline", "TIME", "when who did not answer is silent, as 500ms, 5s, 1m (2s)",
                [this](const std::string &value) { return takeTime(m_deadlineMs, "deadline", value, 100); });
    line.option(
        "watch", "SECONDS",
        "ask again so often, until Ctrl+C: what changed is marked with *, what came and went is said, and a "
        "round without a link has failed; 0 asks once",
        numberInto(m_watch, "watch", 0, 86'400));
    line.number("rounds", "N", "end a watch after so many rounds", rounds, 1, 1'000'000'000);
    line.option(
        "format", "FORMAT",
        "of the standard output: table (answers or groups, for people), csv or tsv (one row a device of "
        "the roster, the silent and offline ones included), json (as --json). A watch adds the columns "
        "round and at to csv and tsv, which have the columns of its first round",
        into(m_format));
    line.flag("json",
              "one JSON object on the standard output: id, roster, tally, seconds, groups (with --group-by) "
              "and rows; problem and hindrance (some-not-asked, link-lost) when answers may be missing, "
              "never_seen when --scope names a device that nobody knows; a watch writes one a round and "
              "line, with round, at, changed_cells, changed_rows, added and gone, or round, at and failed "
              "when nobody could be asked",
              [this] { m_json = true; });
    line.text(
        "csv", "FILE",
        "one row a device of the roster, as --format csv, in a file beside the output; - is the standard "
        "output. A watch adds each round to the file",
        csv);
    line.number("limit", "N", "rows to print without --group-by (50); files have all", limit, 0, 1'000'000);
    line.flag("fail-silent", "end with 4 when a device that was online gave no answer (in any round)",
              [this] { failSilent = true; });
    line.text("database", "FILE", "where this computer's saved queries are (as the dashboard has it)",
              database);
    fleet.addTo(line, true);
}

app::CommandLine::Outcome QueryOptions::parse(int argc, char *argv[])
{
    database = defaultDatabase();
    app::CommandLine line(program, "Asks the devices, and accounts for every one of them.");
    addTo(line);
    const app::CommandLine::Outcome outcome = line.parse(argc, argv);
    if (outcome != app::CommandLine::Outcome::Go)
        return outcome;
    if (Status fits = checkOutput(); !fits) {
        app::printError(program, fits.error());
        return app::CommandLine::Outcome::Wrong;
    }
    return outcome;
}

Status QueryOptions::checkOutput()
{
    if (m_format) {
        constexpr std::array names{"table", "csv", "tsv", "json"};
        const auto named = std::find(names.begin(), names.end(), *m_format);
        if (named == names.end())
            return Error{"cli.value", "--format cannot be \"" + *m_format + "\"",
                         "Give table, csv, tsv or json."};
        output = static_cast<Output>(named - names.begin());
    }
    if (m_json && m_format && output != Output::Json)
        return Error{"cli.value", "--json and --format " + *m_format + " both want the standard output",
                     "Give one of them."};
    if (m_json)
        output = Output::Json;
    if (csv == "-") {
        if (m_json || (m_format && output != Output::Csv))
            return Error{"cli.value",
                         std::string(m_json ? "--json" : "--format " + *m_format) +
                             " and --csv - both want the standard output",
                         "Give --csv a file."};
        output = Output::Csv;
        csv.clear();
    }
    return {};
}

Status QueryOptions::checkSource() const
{
    const Source source = question.source;
    const std::string asked(query::name(source));
    const auto check = [&](bool given, const std::string &option, Source needed) -> Status {
        if (!given || source == needed)
            return {};
        return Error{"cli.value", "--" + option + " does not go with the source " + asked,
                     "It belongs to --source " + std::string(query::name(needed)) + "."};
    };
    for (const Status &each : {check(!m_scopes.empty(), "scope", Source::Fleet),
                               check(m_service.has_value(), "service", Source::Services),
                               check(m_subject.has_value(), "subject", Source::Subject),
                               check(m_payload.has_value(), "payload", Source::Subject),
                               check(m_count.has_value(), "count", Source::Subject),
                               check(m_quietMs.has_value(), "quiet", Source::Subject)}) {
        if (!each)
            return each;
    }
    if (source == Source::Subject && question.subject.empty())
        return Error{"cli.value", "--source subject needs to know where to ask", "Give --subject."};
    return {};
}

bool QueryOptions::compose(const query::Composition &base)
{
    question = base;
    const auto replace = [](auto &target, const auto &given) {
        if (given)
            target = *given;
    };
    if (m_source)
        question.source = *m_source;
    else if (saved.empty() && m_service)
        question.source = Source::Services;
    else if (saved.empty() && m_subject)
        question.source = Source::Subject;
    if (!m_scopes.empty())
        question.scopes = m_scopes;
    if (!m_aggregates.empty())
        question.aggregates = m_aggregates;
    replace(question.where, m_where);
    replace(question.select, m_select);
    replace(question.groupBy, m_groupBy);
    replace(question.deadlineMs, m_deadlineMs);
    replace(question.service, m_service);
    replace(question.subject, m_subject);
    replace(question.payload, m_payload);
    replace(question.expected, m_count);
    replace(question.quietMs, m_quietMs);
    replace(question.watchSeconds, m_watch);

    const auto refuse = [](const Error &error) {
        app::printError(program, error);
        return false;
    };
    if (Status source = checkSource(); !source)
        return refuse(source.error());
    if (rounds > 0 && question.watchSeconds == 0)
        return refuse({"cli.value", "--rounds needs --watch", ""});
    if (question.groupBy.size() > 3)
        question.groupBy.resize(3);
    if (question.groupBy.empty() && !m_aggregates.empty())
        return refuse({"cli.value", "--aggregate needs --group-by", ""});
    aggregates.clear();
    for (const std::string &text : question.aggregates) {
        Result<table::Aggregate> parsed = aggregateFrom(text);
        if (!parsed)
            return refuse(parsed.error());
        std::vector<std::string> &select = question.select;
        if (!select.empty() && !parsed->column.empty() &&
            std::find(select.begin(), select.end(), parsed->column) == select.end())
            select.push_back(parsed->column);
        aggregates.push_back(std::move(*parsed));
    }
    return parseFilter(program, question.where, where);
}

} // namespace muster::ctl
