// SPDX-License-Identifier: GPL-3.0-or-later
#include "commands.h"
#include "core/utc_time.h"
#include "interrupts.h"
#include "query/saved_queries.h"
#include "query_output.h"

#include <algorithm>
#include <cstdio>

namespace muster::ctl {
namespace {

constexpr const char *program = "musterctl query";

int failed(const Error &error)
{
    app::printError(program, error);
    return Failed;
}

/// Whether its silence may be our link's, so that it says nothing of who came and went.
bool isWhole(const Answers &answers)
{
    return answers.hindrance != query::Hindrance::LinkLost;
}

int cancelled()
{
    std::fputs("Cancelled: who had not answered by then is counted as silent.\n", stderr);
    return Interrupted;
}

int askOnce(Asker &asker, const QueryOptions &options, const Interrupts &interrupts)
{
    Answers answers(options);
    if (Status asked = asker.ask(answers); !asked)
        return interrupts.came() ? Interrupted : failed(asked.error());
    if (Status printed = QueryOutput(options).print(answers); !printed)
        return failed(printed.error());
    if (interrupts.came())
        return cancelled();
    if (!isWhole(answers))
        return Failed;
    return options.failSilent && answers.tally.of(query::Outcome::Silent) > 0 ? WereSilent : Done;
}

/// A round that fails after the first is said, and the next is tried: a watch outlives a lost connection.
/// Each is compared with the one before that was whole.
int watch(Asker &asker, const QueryOptions &options, Interrupts &interrupts)
{
    QueryOutput output(options);
    std::unique_ptr<Answers> before;
    bool wereSilent = false;
    bool isFailed = false;
    for (int round = 1;; ++round) {
        const std::int64_t begun = steadyMillis();
        auto answers = std::make_unique<Answers>(options);
        const Status asked = asker.ask(*answers);
        if (interrupts.came()) {
            if (round > 1)
                break; // half a round is none
            if (!asked)
                return Interrupted;
            if (Status printed = output.printRound(*answers, nullptr, round); !printed)
                return failed(printed.error());
            return cancelled();
        }
        isFailed = !asked || !isWhole(*answers);
        if (!asked) {
            app::printError(program, asked.error());
            if (round == 1)
                return Failed;
            if (Status printed = output.printFailedRound(*answers, asked.error(), round); !printed)
                return failed(printed.error());
        } else {
            if (before)
                renumber(*answers, *before);
            if (Status printed = output.printRound(*answers, isFailed ? nullptr : before.get(), round);
                !printed)
                return failed(printed.error());
            if (!isFailed) {
                wereSilent = wereSilent || answers->tally.of(query::Outcome::Silent) > 0;
                before = std::move(answers);
            }
        }
        if (options.rounds > 0 && round >= options.rounds)
            break;
        const std::int64_t due = begun + std::int64_t{options.question.watchSeconds} * 1000;
        if (interrupts.waitFor(static_cast<int>(std::max<std::int64_t>(0, due - steadyMillis()))))
            break;
    }
    if (isFailed)
        return Failed;
    return options.failSilent && wereSilent ? WereSilent : Done;
}

} // namespace

int query(int argc, char *argv[])
{
    QueryOptions options;
    switch (options.parse(argc, argv)) {
    case app::CommandLine::Outcome::Go:
        break;
    case app::CommandLine::Outcome::Done:
        return Done;
    case app::CommandLine::Outcome::Wrong:
        return Usage;
    }
    if (options.saved.empty() && !options.compose({}))
        return Usage;

    Interrupts interrupts;
    if (options.fleet.demoDevices > 0) // its server has files to clear away
        interrupts.holdBack();
    Result<Session> session = open(options.fleet);
    if (interrupts.came())
        return Interrupted;
    if (!session)
        return failed(session.error());
    if (!options.saved.empty()) {
        const Result<query::SavedQuery> found = query::findSaved(
            options.database, session->connection, session->subjects, session->domain, options.saved);
        if (!found) {
            const std::string &code = found.error().code;
            app::printError(program, found.error());
            return code == "query.unknown" || code == "query.ambiguous" ? Usage : Failed;
        }
        if (!options.compose(found->composition))
            return Usage;
    }

    interrupts.holdBack();
    Asker asker(*session, options, [&] { return interrupts.came(); });
    return options.question.watchSeconds > 0 ? watch(asker, options, interrupts)
                                             : askOnce(asker, options, interrupts);
}

} // namespace muster::ctl
