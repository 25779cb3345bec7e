// SPDX-License-Identifier: GPL-3.0-or-later
#include "commands.h"
#include "core/display_text.h"
#include "nats/provision.h"
#include "session.h"

#include <cstdio>

namespace muster::ctl {
namespace {

constexpr const char *program = "musterctl setup";
using Verdict = nats::StreamCheck::Verdict;

const char *word(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Present:
        return "as it should be";
    case Verdict::Missing:
        return "missing";
    case Verdict::Different:
        return "different, left alone";
    case Verdict::Created:
        return "created";
    case Verdict::Updated:
        return "updated";
    case Verdict::Failed:
        return "failed";
    }
    return "failed";
}

std::string joined(const std::vector<std::string> &parts)
{
    std::string text;
    for (const std::string &part : parts)
        text += (text.empty() ? "" : ", ") + part;
    return text;
}

} // namespace

int setup(int argc, char *argv[])
{
    FleetOptions fleet;
    int replicas = 1;
    bool check = false;
    bool update = false;
    app::CommandLine line(
        program, "Creates the streams and buckets that a fleet needs, and checks those that are there. "
                 "A stream that differs is changed with --update only.");
    line.number("replicas", "N", "copies of each stream in a cluster (1)", replicas, 1, 5);
    line.flag("check", "only look, create nothing; ends with 3 when something is missing or different",
              [&check] { check = true; });
    line.flag("update", "change streams that are different", [&update] { update = true; });
    fleet.addTo(line, false);
    switch (line.parse(argc, argv)) {
    case app::CommandLine::Outcome::Go:
        break;
    case app::CommandLine::Outcome::Done:
        return Done;
    case app::CommandLine::Outcome::Wrong:
        return Usage;
    }
    if (check && update) {
        app::printError(program, {"cli.value", "--check and --update exclude each other", ""});
        return Usage;
    }

    Result<Session> session = open(fleet);
    if (!session) {
        app::printError(program, session.error());
        return Failed;
    }
    nats::JetStream jetStream(session->connection, session->domain, nats::milliseconds(fleet.timeoutMs()));
    Result<std::vector<nats::StreamCheck>> checked =
        check ? nats::checkFleet(jetStream, session->subjects, replicas)
              : nats::prepareFleet(jetStream, session->subjects, replicas, update);
    if (!checked) {
        app::printError(program, checked.error());
        return Failed;
    }

    std::vector<std::vector<TextCell>> rows{{"STREAM", "SUBJECTS", "STATE"}};
    int code = Done;
    for (const nats::StreamCheck &stream : *checked) {
        rows.push_back({stream.wanted.name, joined(stream.wanted.subjects), word(stream.verdict)});
        if (stream.verdict == Verdict::Failed)
            code = Failed;
        else if (code == Done && (stream.verdict == Verdict::Missing || stream.verdict == Verdict::Different))
            code = Differs;
    }
    std::fputs(textTable(rows, {false, false, false}).c_str(), stdout);
    for (const nats::StreamCheck &stream : *checked) {
        for (const std::string &difference : stream.differences)
            std::printf("%s: %s\n", stream.wanted.name.c_str(), displayText(difference).c_str());
        if (stream.verdict == Verdict::Failed)
            app::printError(program, {stream.error.code, stream.wanted.name + ": " + stream.error.message,
                                      stream.error.remedy});
    }
    if (code == Differs)
        std::fputs(check ? "`musterctl setup` creates what is missing, `musterctl setup --update` changes "
                           "what is different.\n"
                         : "`musterctl setup --update` changes what is different.\n",
                   stdout);
    if (Status flushed = flushOutput(); !flushed) {
        app::printError(program, flushed.error());
        return Failed;
    }
    return code;
}

} // namespace muster::ctl
