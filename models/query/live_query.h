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
#include <string>
#include <string_view>
#include <vector>

namespace muster::query {

/// Where a device of a roster stands. Exactly one at any moment.
enum class Outcome { Answered, Empty, Error, Silent, Offline, Waiting };
constexpr int outcomeCount = 6;
std::string_view name(Outcome outcome); ///< "answered", ...

/// How many devices of the roster stand where. The sum is the roster's size, at every moment.
struct Tally {
    std::array<std::int64_t, outcomeCount> counts{};
    std::int64_t unexpected = 0; ///< answers of devices outside the roster; not in the sum
    std::int64_t late = 0;       ///< of the answered, empty and error: after the deadline
    std::int64_t duplicates = 0; ///< answers of a device that had answered already; the first counts
    std::int64_t rejected = 0;   ///< messages that were no answer
    std::int64_t of(Outcome outcome) const { return counts[static_cast<std::size_t>(outcome)]; }
    std::int64_t sum() const;
};

/// One device of a frozen roster.
struct Expected {
    std::string device;
    bool online = true; ///< false: listed as offline, not asked
};

struct Plan {
    std::vector<Expected> roster;
    std::vector<std::string> subjects; ///< what to ask on: one for a whole scope, or one a device
    filter::Expression where;          ///< pushed down as far as it goes, applied again here
    std::vector<std::string> select;   ///< empty: everything
    int deadlineMs = 5000;             ///< 100 to 600,000
    int spreadMs = -1;                 ///< -1: chosen by the roster's size
    int lateMs = 10'000;               ///< answers are still taken this long after the deadline
};

/// A live query under way: asks once, takes answers on a NATS thread, types them into batches for a table with the
/// columns device, outcome, reply_ms, error, late and the fields of the rows. Ends when nobody waits, or at the deadline.
/// Rows of every roster device appear in the first batch as waiting (or offline). Thread-safe; drain() belongs to one
/// thread.
class LiveQuery {
public:
    /// `onProgress` is called on a NATS or timer thread, at most once until the next drain(): wake up and drain.
    static Result<std::unique_ptr<LiveQuery>> start(std::shared_ptr<nats::Connection> connection, Plan plan,
                                                    std::function<void()> onProgress = {});
    ~LiveQuery();

    bool drain(table::Batch &batch);
    Tally tally() const;
    bool finished() const;  ///< nobody waits any more, or the deadline passed, or cancelled
    bool cancelled() const;
    void cancel();          ///< those who wait become silent
    /// Asks those who are silent once more, each on its own subject; they wait again until the new deadline.
    Status askSilentAgain();
    /// Blocks until finished() or the time is over; for programs without an event loop.
    bool waitFinished(int milliseconds);

    const std::string &id() const;
    std::int64_t elapsedMs() const;  ///< until the end, once finished
    double repliesPerSecond() const; ///< over the last second; over the whole query once finished
    /// Response times of all answers so far in milliseconds, unsorted.
    std::vector<float> responseTimes() const;

private:
    LiveQuery();
    struct Private;
    std::unique_ptr<Private> d;
};

/// A scope as the operator picks it. The narrowest subject is chosen from it.
struct Scope {
    enum class Kind { All, Site, Group, Label, Devices };
    Kind kind = Kind::All;
    std::string key, value;           ///< Label: any label; Site, Group: value
    std::vector<std::string> devices; ///< Devices
};

/// The scopes as one filter over presence and labels: who is on the roster.
filter::Expression rosterFilter(const std::vector<Scope> &scopes);
/// Subjects for a roster: fleet.query.all, .site.X, .group.G[.R], or one a device when that is fewer messages.
std::vector<std::string> subjectsFor(const Subjects &subjects, const std::vector<Scope> &scopes,
                                     const std::vector<Expected> &roster, std::size_t fleetSize);

} // namespace muster::query
