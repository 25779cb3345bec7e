// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/filter/expression.h"
#include "core/protocol/messages.h"
#include "core/subjects.h"
#include "nats/connection.h"
#include "table/table.h"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace muster::query {

/// Where a device of a roster stands. Exactly one at any moment.
enum class Outcome { Answered, Empty, Error, Silent, Offline, Waiting };
constexpr int outcomeCount = 6;
std::string_view name(Outcome outcome); ///< "answered", ...
/// What the outcome column says of an answer from outside the roster.
constexpr std::string_view unexpectedName = "unexpected";

/// How many devices of the roster stand where. The sum is the roster's size, at every moment.
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

/// One device of a frozen roster.
struct Expected {
    std::string device;
    bool online = true;       ///< false: listed as offline, not asked
    std::vector<Value> known; ///< in the order of Plan::known; may be shorter
};

struct Plan {
    Subjects fleet;
    std::vector<Expected> roster;
    std::vector<std::string>
        subjects; ///< what to ask on; empty: each device of the roster that is online, on its own
    filter::Expression
        where; ///< applied to every answer; a field that it lacks is looked up in Expected::known
    /// What the devices are asked to apply themselves: never stricter than `where` for a device of the
    /// roster. Not set: `where`.
    std::optional<filter::Expression> pushed;
    /// Devices that a shared subject reaches beside the roster: their errors are not of this query.
    std::vector<std::string> bystanders;
    std::vector<std::string> select; ///< empty: everything
    std::vector<std::string>
        known;             ///< columns filled from what we know of a device where its answer has none
    int deadlineMs = 5000; ///< 100 to 600,000
    int spreadMs = -1;     ///< -1: chosen by the size of the answers to come, see chosenSpreadMs()
    int lateMs = 10'000;   ///< answers are still taken this long after the deadline
};

/// A server cuts a client off that lags by 64 MB. Up to 32 MB of answers (about 100,000 devices that send ten
/// fields) come without a spread; beyond it the devices share the time that 32 MB a second take, at most half
/// the deadline.
int chosenSpreadMs(std::size_t devices, std::size_t fields, int deadlineMs);

/// A live query under way: asks once, takes answers on a NATS thread, types them into batches for a table
/// with the columns device, outcome, reply_ms, error, late, Plan::known and the fields of the rows (a field
/// with the name of one of the first five becomes "field.<name>"). A device's row appears when its outcome is
/// known; who waits has none, or is "waiting" when it is asked again. Ends when nobody waits, when the server
/// says that nobody listens to those who wait, or at the deadline. Thread-safe; drain() belongs to one
/// thread.
class LiveQuery {
public:
    /// `onProgress` is called on a NATS or timer thread, at most once until the next drain(): wake up and
    /// drain. An error when the question could not be asked at all ("nats.disconnected", "query.deadline",
    /// ...).
    static Result<std::unique_ptr<LiveQuery>> start(std::shared_ptr<nats::Connection> connection, Plan plan,
                                                    std::function<void()> onProgress = {});
    ~LiveQuery();

    bool drain(table::Batch &batch); ///< `batch` is emptied first
    Tally tally() const;
    bool finished() const; ///< nobody waits any more, or the deadline passed, or cancelled
    bool cancelled() const;
    void cancel(); ///< those who wait become silent
    /// Asks those who are silent once more, each on its own subject; they wait again until the new deadline.
    Status askSilentAgain();
    /// Blocks until finished() or the time is over; for programs without an event loop.
    bool waitFinished(int milliseconds);
    /// The link went down: what was answered meanwhile is lost, which problem() then says.
    void noteLinkDown();
    /// What kept the question or answers from their way, and what to do; empty when nothing did.
    std::string problem() const;

    const std::string &id() const;
    std::int64_t elapsedMs() const;  ///< since asked, or asked again; until the end, once finished
    double repliesPerSecond() const; ///< over the last second; over all of elapsedMs() once finished
    /// Response times of all answers so far in milliseconds, unsorted.
    std::vector<float> responseTimes() const;
    std::vector<protocol::Reject> recentRejected() const; ///< newest last, at most 50

private:
    LiveQuery();
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace muster::query
