// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/protocol/messages.h"
#include "core/result.h"
#include "table/table.h"

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace muster::query {

/// Where a device (or a service's instance) of a roster stands. Exactly one at any moment.
enum class Outcome { Answered, Empty, Error, Silent, Offline, Waiting };
constexpr int outcomeCount = 6;
std::string_view name(Outcome outcome); ///< "answered", ...
/// What the outcome column says of an answer from outside the roster.
constexpr std::string_view unexpectedName = "unexpected";

/// How many of the roster stand where. The sum is the roster's size, at every moment.
struct Tally {
    std::array<std::int64_t, outcomeCount> counts{};
    std::int64_t unexpected = 0; ///< answers of devices outside the roster; not in the sum
    std::int64_t outside = 0; ///< devices outside the roster that a shared subject reached and that did not
                              ///< match, as they should; not shown
    std::int64_t late = 0;    ///< of the answered, empty and error: after the deadline
    std::int64_t duplicates = 0; ///< answers of a device that had answered already; the first counts
    std::int64_t rejected = 0;   ///< messages that were no answer
    std::int64_t of(Outcome outcome) const { return counts[static_cast<std::size_t>(outcome)]; }
    std::int64_t sum() const;
};

/// What stood between a question and its answers, so that a silence may be ours. The later one is the worse.
enum class Hindrance {
    None,
    SomeNotAsked, ///< to some of those who are silent the question could not be put
    LinkLost,     ///< the link was down: what was answered meanwhile did not arrive
    NobodyAsked,  ///< this user may not ask, or may not hear what is answered
};
std::string_view name(Hindrance hindrance); ///< "none", "some-not-asked", ...

/// A question under way, whatever was asked: the fleet, NATS services, or any subject. Answers are typed into
/// batches on NATS threads. Thread-safe; drain() belongs to one thread.
class Run {
public:
    Run(const Run &) = delete;
    Run &operator=(const Run &) = delete;
    virtual ~Run();

    virtual bool drain(table::Batch &batch) = 0; ///< `batch` is emptied first
    virtual Tally tally() const = 0;
    /// All that there is to drain, one batch after another, and the tally of the same moment: once a run is
    /// finished its rows are those that are counted, whatever comes meanwhile. A batch is not to be moved
    /// from.
    virtual Tally drainAll(const std::function<void(table::Batch &)> &take) = 0;
    virtual bool finished() const = 0; ///< nobody waits any more, or the deadline passed, or cancelled
    virtual bool cancelled() const = 0;
    virtual void cancel() = 0; ///< those who wait become silent
    /// Asks those who are silent once more; they wait again until the new deadline.
    virtual Status askSilentAgain() = 0;
    /// Blocks until finished() or the time is over; for programs without an event loop.
    virtual bool waitFinished(int milliseconds) = 0;
    /// The link went down: what was answered meanwhile is lost, which problem() then says.
    virtual void noteLinkDown() = 0;
    /// What kept the question or answers from their way, and what to do; empty when nothing did.
    std::string problem() const { return trouble().message; }
    /// problem() with its code: "run.nobody-listens", ...; no remedy apart.
    virtual Error trouble() const = 0;
    virtual Hindrance hindrance() const = 0; ///< since asked, or asked again

    virtual const std::string &id() const = 0;
    virtual std::int64_t elapsedMs() const = 0; ///< since asked, or asked again; until the end, once finished
    virtual double repliesPerSecond() const = 0; ///< over the last second; once finished, over elapsedMs()
    /// Response times of all answers so far in milliseconds, unsorted.
    virtual std::vector<float> responseTimes() const = 0;
    virtual std::vector<protocol::Reject> recentRejected() const = 0; ///< newest last, at most 50

protected:
    Run() = default;
};

} // namespace muster::query
