// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/name_index.h"
#include "core/protocol/messages.h"
#include "presence/fleet_tracker.h"
#include "table/table.h"

#include <queue>

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// For this folder only.
namespace muster::presence {

/// What is known of each device of a fleet, what that makes of it by FleetTracker's rules, and the rows that
/// say so. It is told, and asks nobody. One thread at a time.
class FleetRecord {
public:
    explicit FleetRecord(const FleetTracker::Options &options);

    /// What is taken from here on arrives now.
    void setNow();
    /// `storedMicros`: when the server stored it; 0 for one that comes from no stream.
    void takePresence(std::string_view id, const protocol::Presence &presence, std::string_view subject,
                      std::int64_t storedMicros);
    void takeTelemetry(std::string_view id, const protocol::Telemetry &telemetry, std::string_view subject);
    void reject(std::string_view subject, protocol::Reject why);
    void prefetch(std::string_view id) const { m_names.prefetch(id); } ///< of a message soon to be taken

    void setLinkUp(bool up);
    bool isLinkUp() const { return m_isLinkUp; }
    /// The stream has told what it had stored: what it tells from here on happens now.
    void caughtUp() { m_isCatchingUp = m_isCatchingUp && !m_isLinkUp; }
    void age(); ///< everything that became due: few entries a call, whatever the size of the fleet
    void drain(table::Batch &batch) { std::swap(batch, m_batch); }

    struct Counters {
        std::uint64_t accepted = 0, dropped = 0, reordered = 0, unannounced = 0;
        std::array<std::uint64_t, protocol::rejectionCount> rejected{};
    };
    const Counters &counters() const { return m_counters; }
    const StateCounts &states() const { return m_states; }
    std::size_t deviceCount() const { return m_devices.size(); }
    State state(std::string_view device) const;
    std::int64_t newestMicros() const { return m_newestMicros; }
    const std::deque<Rejected> &rejections() const { return m_rejections; }
    const std::vector<std::string> &labels() const { return m_labels; }

private:
    /// Tenths of a second of the steady clock, from the record's start; negative before it.
    using Tick = std::int32_t;
    static constexpr Tick never = std::numeric_limits<Tick>::min();
    static constexpr Tick ticksPerSecond = 10;

    /// What is held of a device beside its row in the table: 64 bytes.
    struct Device {
        std::int64_t seq = 0;
        std::uint64_t boot = 0, bootBefore = 0;           // hashes
        std::array<Tick, 3> changes{never, never, never}; // to or from online, oldest first
        Tick heard = never;
        Tick queued = never; // its entry among the deadlines; others are stale
        std::int32_t interval = 10 * ticksPerSecond;
        std::uint32_t facts = 0; // hash of firmware and labels: they are written when they change
        State state = State::Never;
        bool closing = false;
        bool unknown = false;    // our link went down, and it has not been heard since
        bool heardSince = false; // heard although we were not told yet that the link is back
        std::uint8_t streak = 0; // presences in a row while damped
    };
    static_assert(sizeof(Device) <= 64);

    struct Deadline {
        Tick due;
        std::uint32_t device;
        bool operator>(const Deadline &other) const { return due > other.due; }
    };

    /// Samples look alike: which columns their fields go to is worked out once for each look.
    struct Shape {
        std::vector<std::string> names;
        std::vector<std::string> columns; ///< empty: there is no room for it
        std::string leftOut;              ///< the first without room
        bool isValid = false;
    };

    static Tick grace(const Device &device);
    static Tick lateUntil(const Device &device);
    static State judge(const Device &device, Tick at);
    static State shown(const Device &device) { return device.unknown ? State::Unknown : device.state; }
    static void setState(Device &device, State state, Tick at);
    static bool isDamped(const Device &device, Tick at);
    static bool isPast(const Device &device, std::uint64_t boot, std::int64_t seq);

    Tick now() const;
    template <typename Change>
    bool changing(Device &device, Change change);
    void writeState(std::uint32_t id);
    void enqueue(std::uint32_t id, Tick due);
    void enqueue(std::uint32_t id);
    void hear(Device &device, Tick heardAt, bool heartbeat);
    void addField(std::string_view name, const ValueView &value);
    void writeFacts(Device &device, std::uint32_t facts, const protocol::Presence &presence,
                    std::string_view subject);
    bool admit(std::string_view column);
    void rejectField(std::string_view subject, std::string_view column);
    bool hasShape(const std::vector<protocol::Field> &values) const;
    void learnShape(const std::vector<protocol::Field> &values);

    const std::size_t m_maxDevices, m_maxColumns, m_maxQueuedRows;
    const std::int64_t m_startMillis;
    Tick m_now = 0;
    std::int64_t m_nowMicros = 0;

    NameIndex m_names;
    std::vector<Device> m_devices;
    StateCounts m_states{};
    std::priority_queue<Deadline, std::vector<Deadline>, std::greater<>> m_deadlines;
    bool m_isLinkUp = true;
    bool m_isCatchingUp = true; ///< what comes from the stream may have been stored some time ago
    Tick m_linkUpSince = 0;
    std::int64_t m_newestMicros = 0;

    table::Batch m_batch;
    NameIndex m_columns;
    std::vector<std::string> m_labels; ///< columns that labels are in
    Shape m_shape;
    std::vector<protocol::Field> m_fields; ///< of the row under way: m_fieldCount of them
    std::size_t m_fieldCount = 0;

    Counters m_counters;
    std::deque<Rejected> m_rejections;
};

} // namespace muster::presence
