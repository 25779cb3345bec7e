// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/protocol/messages.h"
#include "core/subjects.h"
#include "nats/connection.h"
#include "table/table.h"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace muster::presence {

/// What we believe of a device. Unknown is ours (our link is down), never the device's.
enum class State { Online, Late, Offline, Never, Unknown };
constexpr int stateCount = 5;
std::string_view name(State state); ///< "online", ...

using StateCounts = std::array<std::int64_t, stateCount>;

/// A message that was refused, kept to be shown.
struct Rejected {
    std::string subject;
    protocol::Reject reject;
    std::int64_t atMicros = 0;
};

/// The one writer of device state. Follows the PRESENCE stream (snapshot, then live) and telemetry, decodes on the
/// NATS threads, ages devices by their own heartbeat interval, damps flapping, and hands out batches for a table with
/// the columns device, presence, site, group, region, fw, last_seen, the other labels, and the last telemetry values.
/// Without a PRESENCE stream it follows live heartbeats only. Thread-safe; drain() belongs to one thread.
class FleetTracker {
public:
    struct Options {
        Subjects subjects;
        std::string presenceStream = "PRESENCE";
        std::string jetStreamDomain;
        bool telemetry = true;
        std::size_t maxQueuedRows = 2'000'000; ///< past this, telemetry waits to be drained; the rest is counted as dropped
    };
    /// Returns at once; the snapshot arrives afterwards.
    static Result<std::unique_ptr<FleetTracker>> start(std::shared_ptr<nats::Connection> connection, Options options);
    ~FleetTracker();

    /// Moves what arrived since the last call, and every state change due by now, into `batch`. Returns whether there
    /// was anything. Call once a frame, or at least once a second.
    bool drain(table::Batch &batch);
    /// Our link went down or came back: all become unknown, and are judged anew by what they say afterwards.
    void setLinkUp(bool up);

    bool snapshotDone() const;
    bool followsStream() const; ///< false: live heartbeats only
    StateCounts counts() const;
    std::size_t deviceCount() const;
    State state(std::string_view device) const;
    /// Microseconds since 1970 when the newest message of any device arrived; 0 before the first.
    std::int64_t newestMicros() const;
    std::uint64_t messages() const; ///< presence and telemetry, accepted
    std::uint64_t dropped() const;
    std::uint64_t rejectedCount() const;
    std::array<std::uint64_t, protocol::rejectionCount> rejectedByReason() const;
    std::vector<Rejected> recentRejected() const; ///< newest first, at most 200

private:
    FleetTracker();
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace muster::presence
