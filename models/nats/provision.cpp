// SPDX-License-Identifier: GPL-3.0-or-later
#include "nats/provision.h"

#include <algorithm>

namespace muster::nats {

namespace {

using namespace std::chrono_literals;

/// Said outright because the limit that a server sets by itself differs: none before nats-server 2.15, 1000
/// from there.
constexpr int consumersOfDevices = 100'000; // COMMANDS: one for each device that is fetching just now
constexpr int consumersOfOperators = 1'000;

constexpr int configHistory = 64; // the most that a bucket can keep
constexpr int queryHistory = 8;

std::string prefixOf(const Subjects &subjects)
{
    if (subjects.root() == Subjects().root())
        return {};
    std::string prefix = subjects.root() + "_";
    std::replace(prefix.begin(), prefix.end(), '.', '_');
    return prefix;
}

/// ADR-8: what makes a stream a key-value bucket.
StreamConfig bucket(const Subjects &subjects, std::string_view name, int history, std::string description)
{
    StreamConfig c;
    const std::string bucketName = fleetBucket(subjects, name);
    c.name = "KV_" + bucketName;
    c.description = std::move(description);
    c.subjects = {"$KV." + bucketName + ".>"};
    c.maxMessagesPerSubject = history;
    c.discardNew = true;
    c.allowRollup = true;
    c.denyDelete = true;
    c.maxConsumers = consumersOfOperators;
    return c;
}

std::string shown(bool value)
{
    return value ? "true" : "false";
}

std::string shownLimit(std::int64_t value)
{
    return value > 0 ? std::to_string(value) : std::string("no limit");
}

std::string shownDuration(std::chrono::nanoseconds value)
{
    return value.count() > 0
               ? std::to_string(std::chrono::duration_cast<std::chrono::seconds>(value).count()) + " s"
               : std::string("no limit");
}

std::string shownList(std::vector<std::string> list)
{
    std::sort(list.begin(), list.end());
    std::string text;
    for (const std::string &one : list)
        text += (text.empty() ? "" : ", ") + one;
    return text.empty() ? "none" : text;
}

std::string shownRetention(Retention retention)
{
    switch (retention) {
    case Retention::Limits:
        return "limits";
    case Retention::Interest:
        return "interest";
    case Retention::WorkQueue:
        return "workqueue";
    }
    return {};
}

std::string shownRepublish(const StreamConfig &c)
{
    if (c.republishDestination.empty())
        return "none";
    return c.republishSource + " to " + c.republishDestination +
           (c.republishHeadersOnly ? ", headers only" : "");
}

std::vector<std::string> differencesOf(const StreamConfig &wanted, const StreamConfig &there)
{
    std::vector<std::string> all;
    const auto compare = [&](const char *member, const std::string &w, const std::string &t) {
        if (w != t)
            all.push_back(std::string(member) + ": " + w + " wanted, " + t + " there");
    };
    compare("subjects", shownList(wanted.subjects), shownList(there.subjects));
    compare("retention", shownRetention(wanted.retention), shownRetention(there.retention));
    compare("max_msgs_per_subject", shownLimit(wanted.maxMessagesPerSubject),
            shownLimit(there.maxMessagesPerSubject));
    compare("max_msgs", shownLimit(wanted.maxMessages), shownLimit(there.maxMessages));
    compare("max_bytes", shownLimit(wanted.maxBytes), shownLimit(there.maxBytes));
    compare("max_age", shownDuration(wanted.maxAge), shownDuration(there.maxAge));
    compare("max_consumers", shownLimit(wanted.maxConsumers), shownLimit(there.maxConsumers));
    compare("num_replicas", std::to_string(wanted.replicas), std::to_string(there.replicas));
    compare("discard", wanted.discardNew ? "new" : "old", there.discardNew ? "new" : "old");
    compare("allow_rollup_hdrs", shown(wanted.allowRollup), shown(there.allowRollup));
    compare("deny_delete", shown(wanted.denyDelete), shown(there.denyDelete));
    compare("deny_purge", shown(wanted.denyPurge), shown(there.denyPurge));
    compare("allow_direct", shown(wanted.allowDirect), shown(there.allowDirect));
    compare("republish", shownRepublish(wanted), shownRepublish(there));
    // A server shortens the window of duplicates to the age limit by itself.
    const auto window =
        wanted.maxAge.count() > 0 ? std::min(wanted.duplicateWindow, wanted.maxAge) : wanted.duplicateWindow;
    compare("duplicate_window", shownDuration(window), shownDuration(there.duplicateWindow));
    return all;
}

/// Errors that hold for every stream, so that there is nothing to list.
bool concernsAll(const Error &error)
{
    return error.code.substr(0, 5) == "nats." || error.code == "jetstream.unavailable";
}

} // namespace

std::string fleetStream(const Subjects &subjects, std::string_view kind)
{
    return prefixOf(subjects) + std::string(kind);
}

std::string fleetBucket(const Subjects &subjects, std::string_view name)
{
    return prefixOf(subjects) + std::string(name);
}

std::vector<StreamConfig> fleetStreams(const Subjects &subjects, int replicas)
{
    const std::string root = subjects.root();
    const auto stream = [&](std::string_view kind, const std::string &subject, std::string description) {
        StreamConfig c;
        c.name = fleetStream(subjects, kind);
        c.description = std::move(description);
        c.subjects = {root + "." + subject};
        c.maxConsumers = consumersOfOperators;
        return c;
    };

    StreamConfig presence = stream("PRESENCE", "presence.*", "The last sign of life of each device");
    presence.maxMessagesPerSubject = 1;

    StreamConfig telemetry = stream("TELEMETRY", "telemetry.*", "What devices measure");
    telemetry.maxAge = 7 * 24h;
    telemetry.maxBytes = std::int64_t{2} << 30;

    StreamConfig reported = stream("REPORTED", "reported.*", "The configuration each device has applied");
    reported.maxMessagesPerSubject = 1;

    StreamConfig commands = stream("COMMANDS", "command.>", "Commands that wait for their device");
    commands.retention = Retention::WorkQueue;
    commands.allowRollup = true;
    commands.maxConsumers = consumersOfDevices;
    commands.republishSource = root + ".command.>";
    commands.republishDestination = root + ".bell.>";
    commands.republishHeadersOnly = true;

    StreamConfig executions = stream("EXECUTIONS", "execution.>", "What became of commands");
    executions.maxAge = 30 * 24h;

    StreamConfig audit = stream("AUDIT", "audit.*", "Who did what, when");
    audit.denyDelete = true;
    audit.denyPurge = true;

    StreamConfig config = bucket(subjects, "config", configHistory, "The configuration devices should have");
    config.republishSource = "$KV." + fleetBucket(subjects, "config") + ".>";
    config.republishDestination = root + ".config.>";

    StreamConfig schema =
        bucket(subjects, "config_schema", configHistory, "JSON Schemas of the configuration");

    StreamConfig queries = bucket(subjects, "queries", queryHistory, "Saved queries that colleagues share");

    std::vector<StreamConfig> all{std::move(presence), std::move(telemetry),  std::move(reported),
                                  std::move(commands), std::move(executions), std::move(audit),
                                  std::move(config),   std::move(schema),     std::move(queries)};
    for (StreamConfig &c : all)
        c.replicas = std::max(1, replicas);
    return all;
}

Result<std::vector<StreamCheck>> checkFleet(JetStream &jetStream, const Subjects &subjects, int replicas)
{
    std::vector<StreamCheck> checks;
    for (StreamConfig &wanted : fleetStreams(subjects, replicas)) {
        StreamCheck check;
        const auto there = jetStream.streamInfo(wanted.name);
        if (there) {
            check.differences = differencesOf(wanted, there->config);
            check.verdict =
                check.differences.empty() ? StreamCheck::Verdict::Present : StreamCheck::Verdict::Different;
        } else if (concernsAll(there.error())) {
            return there.error();
        } else if (there.error().code != "jetstream.not-found") {
            check.verdict = StreamCheck::Verdict::Failed;
            check.error = there.error();
        }
        check.wanted = std::move(wanted);
        checks.push_back(std::move(check));
    }
    return checks;
}

Result<std::vector<StreamCheck>> prepareFleet(JetStream &jetStream, const Subjects &subjects, int replicas,
                                              bool update)
{
    auto checks = checkFleet(jetStream, subjects, replicas);
    if (!checks)
        return checks;
    for (StreamCheck &check : *checks) {
        const bool create = check.verdict == StreamCheck::Verdict::Missing;
        const bool change = check.verdict == StreamCheck::Verdict::Different && update;
        if (!create && !change)
            continue;
        const auto made =
            create ? jetStream.createStream(check.wanted) : jetStream.updateStream(check.wanted);
        if (made) {
            check.verdict = create ? StreamCheck::Verdict::Created : StreamCheck::Verdict::Updated;
        } else if (concernsAll(made.error())) {
            return made.error();
        } else {
            check.verdict = StreamCheck::Verdict::Failed;
            check.error = made.error();
        }
    }
    return checks;
}

} // namespace muster::nats
