// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

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

namespace muster::presence {

/// What we believe of a device. Unknown is ours (our link is down), never the device's.
enum class State { Online, Late, Offline, Never, Unknown };
constexpr int stateCount = 5;
std::string_view name(State state); ///< "online", ...

using StateCounts = std::array<std::int64_t, stateCount>;

/// A message that was refused, kept to be shown.
struct Rejected {
    std::string subject;     ///< at most 256 bytes
    protocol::Reject reject; ///< its detail at most 512 bytes
    std::int64_t atMicros = 0;
};

/// Where a label or a telemetry field is kept in the fleet's table: its own name, or "label.<name>" and
/// "field.<name>" when that is a column of ours.
std::string labelColumn(std::string_view label);
std::string telemetryColumn(std::string_view field);

/// The one writer of device state. Follows the PRESENCE stream (snapshot, then live) and telemetry, decodes
/// on the NATS threads, ages devices by their own heartbeat interval, damps flapping, and hands out batches
/// for a table with the columns device, presence, site, group, region, fw, last_seen, the other labels, and
/// the last telemetry values. Without a PRESENCE stream it follows live heartbeats only, and looks for the
/// stream again every 15 seconds. Thread-safe; drain() belongs to one thread.
///
/// The rules:
/// - A device is made by a presence. Telemetry of a device that was never announced is passed over.
/// - Online until an interval and a grace (half an interval, at least a second) have passed since it was last
/// heard,
///   late until three intervals, then offline. Presence and telemetry are both heard. What the device's own
///   clock says is never asked: a live message is as old as its arrival, one replayed from the stream as old
///   as the server says that it was stored.
/// - "closing" is offline at once, until its next presence.
/// - A presence with a lower seq of the same boot is late, one with the same seq is a repeat, and one of the
/// boot
///   before is late: they are counted and change nothing. A seq of 0 carries no order (an MQTT will is
///   written before the heartbeats that it follows) and is taken as it comes.
/// - Flapping: a device that went to or from online three times within ten of its intervals is damped. It is
/// then
///   shown as late when it comes back, and as online after its second presence in a row without a gap.
/// - While our link is down all devices are unknown. When it is back, each is what it says; one that says
/// nothing for
///   an interval and a grace is offline if it was, else late, and ages on from the moment the link came back.
class FleetTracker {
public:
    struct Options {
        Subjects subjects;
        std::string presenceStream = "PRESENCE";
        std::string jetStreamDomain;
        bool telemetry = true;
        std::size_t maxDevices = 4'000'000; ///< presences of more are dropped and counted
        std::size_t maxColumns =
            1000; ///< labels and fields of more names are left out and counted as rejected
        /// Rows that may wait for drain(); telemetry past it is dropped and counted, presence is not.
        std::size_t maxQueuedRows = 2'000'000;
        /// Something waits to be drained. On a NATS thread, at most once until the next drain().
        std::function<void()> onChange;
    };
    /// Returns at once; the snapshot arrives afterwards.
    static Result<std::unique_ptr<FleetTracker>> start(std::shared_ptr<nats::Connection> connection,
                                                       Options options);
    /// May wait for a request that is under way: not for the GUI thread.
    ~FleetTracker();

    /// Moves what arrived since the last call, and every state change due by now, into `batch`, which is
    /// emptied first. Returns whether there was anything. Call once a frame, or at least once a second.
    bool drain(table::Batch &batch);
    /// Our link went down or came back.
    void setLinkUp(bool up);

    bool snapshotDone() const;
    bool followsStream() const; ///< false: live heartbeats only
    /// Why the stream is not followed although it may be there, and what to do; empty when it is followed, or
    /// when the account has none. Changes are told by onChange.
    std::string problem() const;
    StateCounts counts() const;
    std::size_t deviceCount() const;
    State state(std::string_view device) const; ///< Never for a device that we do not know
    /// Microseconds since 1970 when the newest message of any device arrived; 0 before the first.
    std::int64_t newestMicros() const;
    std::uint64_t messages() const; ///< presence and telemetry, accepted
    std::uint64_t dropped() const;
    std::uint64_t reordered() const;   ///< presences that came after a later one, or twice
    std::uint64_t unannounced() const; ///< telemetry of devices without a presence
    std::uint64_t rejectedCount() const;
    std::array<std::uint64_t, protocol::rejectionCount> rejectedByReason() const;
    std::vector<Rejected> recentRejected() const; ///< newest first, at most 200
    std::vector<std::string> labelNames() const; ///< labels that any device has shown, in order of appearance

private:
    struct Private;
    explicit FleetTracker(std::unique_ptr<Private> p);
    std::unique_ptr<Private> d;
};

} // namespace muster::presence
