// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/filter/expression.h"
#include "core/protocol/messages.h"
#include "core/subjects.h"
#include "nats/connection.h"
#include "query/known.h"
#include "query/run.h"
#include "table/table.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace muster::query {

/// One device of a frozen roster.
struct Expected {
    std::string device;
    bool online = true; ///< false: listed as offline, not asked
    Known known;
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
    /// The table has the rows of an earlier round of the same question: each row replaces the earlier one.
    bool repeat = false;
};

/// A server cuts a client off that lags by 64 MB. Up to 32 MB of answers (about 100,000 devices that send ten
/// fields) come without a spread; beyond it the devices share the time that 32 MB a second take, at most half
/// the deadline.
int chosenSpreadMs(std::size_t devices, std::size_t fields, int deadlineMs);

/// A live query under way: asks once, takes answers on a NATS thread, types them into batches for a table
/// with the columns device, outcome, reply_ms, error, late, Plan::known and the fields of the rows (a field
/// with the name of one of the first five becomes "field.<name>"). A device's row appears when its outcome is
/// known; who waits has none, or is "waiting" when it is asked again. Ends when nobody waits, when the server
/// says that nobody listens to those who wait, or at the deadline.
class LiveQuery final : public Run {
public:
    /// `onProgress` is called on a NATS or timer thread, at most once until the next drain(): wake up and
    /// drain. An error when the question could not be asked at all: "query.deadline", "nats.disconnected"
    /// (without a link, though it be of nobody: who is offline is not known then), ...
    static Result<std::unique_ptr<LiveQuery>> start(std::shared_ptr<nats::Connection> connection, Plan plan,
                                                    std::function<void()> onProgress = {});
    ~LiveQuery() override;

    bool drain(table::Batch &batch) override;
    Tally tally() const override;
    Tally drainAll(const std::function<void(table::Batch &)> &take) override;
    bool finished() const override;
    bool cancelled() const override;
    void cancel() override;
    Status askSilentAgain() override; ///< each on its own subject
    bool waitFinished(int milliseconds) override;
    void noteLinkDown() override;
    Error trouble() const override;
    Hindrance hindrance() const override;

    const std::string &id() const override;
    std::int64_t elapsedMs() const override;
    double repliesPerSecond() const override;
    std::vector<float> responseTimes() const override;
    std::vector<protocol::Reject> recentRejected() const override;

private:
    struct Private;
    explicit LiveQuery(std::unique_ptr<Private> p);
    std::unique_ptr<Private> d;
};

} // namespace muster::query
