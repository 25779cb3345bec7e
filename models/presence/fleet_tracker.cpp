// SPDX-License-Identifier: GPL-3.0-or-later
#include "presence/fleet_tracker.h"

#include "core/device_id.h"
#include "core/name_index.h"
#include "core/utc_time.h"
#include "nats/jetstream.h"
#include "nats/provision.h"

#include <queue>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <limits>
#include <mutex>
#include <optional>
#include <thread>

namespace muster::presence {
namespace {

using Tick =
    std::int32_t; // tenths of a second of the steady clock, from the tracker's start; negative before it
constexpr Tick never = std::numeric_limits<Tick>::min();
constexpr Tick ticksPerSecond = 10;

constexpr std::size_t keptRejections = 200;
constexpr std::size_t maxTextBytes = 4096; // of one cell; a device's row is a picture, not an archive
constexpr std::size_t maxNameBytes = 256;
constexpr auto streamRetry = std::chrono::seconds(15);

constexpr std::array<std::string_view, 4> labelReserved{"device", "presence", "last_seen", "fw"};
constexpr std::array<std::string_view, 7> telemetryReserved{"device", "presence", "last_seen", "fw",
                                                            "site",   "group",    "region"};

template <std::size_t N>
bool isOneOf(std::string_view text, const std::array<std::string_view, N> &names)
{
    return std::find(names.begin(), names.end(), text) != names.end();
}

std::string cut(std::string text, std::size_t bytes)
{
    if (text.size() > bytes)
        text.resize(bytes);
    return text;
}

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

Tick grace(const Device &device)
{
    return device.interval + std::max(device.interval / 2, ticksPerSecond);
}

Tick lateUntil(const Device &device)
{
    return std::max(3 * device.interval, grace(device) + 1);
}

std::string sentences(const Error &error)
{
    return error.remedy.empty() ? error.message : error.message + ' ' + error.remedy;
}

/// An account without the stream, or without JetStream, is followed live: that is no problem.
std::string streamProblem(const Error &error)
{
    if (error.code == "jetstream.not-found" || error.code == "jetstream.unavailable")
        return {};
    return sentences(error);
}

State judge(const Device &device, Tick now)
{
    const std::int64_t silent = std::int64_t{now} - device.heard;
    if (silent <= grace(device))
        return State::Online;
    return silent <= lateUntil(device) ? State::Late : State::Offline;
}

} // namespace

std::string_view name(State state)
{
    switch (state) {
    case State::Online:
        return "online";
    case State::Late:
        return "late";
    case State::Offline:
        return "offline";
    case State::Never:
        return "never";
    case State::Unknown:
        return "unknown";
    }
    return "unknown";
}

std::string labelColumn(std::string_view label)
{
    return (isOneOf(label, labelReserved) ? "label." : "") + std::string(label);
}

std::string telemetryColumn(std::string_view field)
{
    return (isOneOf(field, telemetryReserved) ? "field." : "") + std::string(field);
}

struct FleetTracker::Private {
    std::shared_ptr<nats::Connection> connection;
    Options options;
    std::int64_t startMillis = steadyMillis();

    mutable std::mutex mutex; // guards everything down to the next blank line
    NameIndex names;
    std::vector<Device> devices;
    StateCounts counts{};
    std::priority_queue<Deadline, std::vector<Deadline>, std::greater<>> deadlines;
    table::Batch batch;
    NameIndex columns;
    std::vector<std::string> labels; // columns that labels are in
    bool linkUp = true;
    bool catchingUp = true; // what comes from the stream may have been stored some time ago
    Tick linkUpSince = 0;
    std::int64_t newestMicros = 0;
    std::deque<Rejected> rejections;
    std::array<std::uint64_t, protocol::rejectionCount> rejectedByReason{};
    std::string problem; // why the stream, or even live presence, is not followed
    bool stopping = false;
    bool lookAgain = false;
    std::condition_variable wake;

    std::atomic<std::uint64_t> accepted{0}, dropped{0}, reordered{0}, unannounced{0};
    std::atomic<bool> snapshotDone{false}, followsStream{false}, notified{false};

    // each used by one NATS thread
    protocol::Decoder presenceDecoder, liveDecoder, telemetryDecoder;
    std::vector<protocol::Field> presenceFields, liveFields, telemetryFields;

    std::thread follower;
    std::unique_ptr<nats::OrderedConsumer> consumer;
    nats::Subscription livePresence, liveTelemetry;

    Tick now() const { return static_cast<Tick>((steadyMillis() - startMillis) / 100); }

    void notify()
    {
        if (options.onChange && !notified.load(std::memory_order_relaxed) && !notified.exchange(true))
            options.onChange();
    }

    static State shown(const Device &device) { return device.unknown ? State::Unknown : device.state; }

    /// Runs `change` on the device and keeps the counts right. Returns whether what is shown of it changed.
    template <typename Change>
    bool changing(Device &device, Change change)
    {
        const State before = shown(device);
        change();
        const State after = shown(device);
        if (before == after)
            return false;
        --counts[static_cast<std::size_t>(before)];
        ++counts[static_cast<std::size_t>(after)];
        return true;
    }

    void writeState(std::uint32_t id) { batch.set(names[id], "presence", name(shown(devices[id]))); }

    static void setState(Device &device, State state, Tick at)
    {
        const bool first = device.state == State::Never;
        if (!first && (device.state == State::Online) != (state == State::Online)) {
            std::rotate(device.changes.begin(), device.changes.begin() + 1, device.changes.end());
            device.changes.back() = at;
        }
        device.state = state;
    }

    static bool isDamped(const Device &device, Tick at)
    {
        return device.changes.front() != never &&
               std::int64_t{at} - device.changes.front() <= 10 * std::int64_t{device.interval};
    }

    void enqueue(std::uint32_t id, Tick due)
    {
        if (devices[id].queued == due)
            return;
        devices[id].queued = due;
        deadlines.push({due, id});
    }

    /// Makes sure that the device is looked at when its state could change by itself.
    void enqueue(std::uint32_t id)
    {
        const Device &device = devices[id];
        if (device.unknown || device.state == State::Offline || device.state == State::Never)
            return;
        const Tick due =
            device.heard + (device.state == State::Online ? grace(device) : lateUntil(device)) + 1;
        // An entry that comes earlier finds out by itself that it is too early.
        if (device.queued == never || device.queued > due)
            enqueue(id, due);
    }

    void hear(Device &device, Tick at, Tick heardAt, bool heartbeat)
    {
        const bool inARow = device.heard != never && std::int64_t{heardAt} - device.heard <= grace(device);
        device.heard = std::max(device.heard, heardAt);
        if (linkUp)
            device.unknown = false;
        else
            device.heardSince = true;

        State judged = judge(device, at);
        if (judged == State::Online && device.state != State::Online && isDamped(device, at)) {
            if (heartbeat)
                device.streak =
                    inARow ? static_cast<std::uint8_t>(std::min(device.streak + 1, 2)) : std::uint8_t{1};
            if (device.streak < 2)
                judged = State::Late;
        }
        if (judged == State::Online)
            device.streak = 0;
        setState(device, judged, at);
    }

    /// Everything that became due: few entries a call, whatever the size of the fleet.
    void age()
    {
        if (!linkUp)
            return;
        const Tick at = now();
        while (!deadlines.empty() && deadlines.top().due <= at) {
            const Deadline deadline = deadlines.top();
            deadlines.pop();
            Device &device = devices[deadline.device];
            if (device.queued != deadline.due)
                continue;
            device.queued = never;
            const Tick patience = linkUpSince + grace(device) + 1;
            if (device.unknown && at < patience) {
                enqueue(deadline.device, patience);
                continue;
            }
            const bool changed = changing(device, [&] {
                if (device.unknown) {
                    device.unknown = false;
                    if (device.state == State::Offline || device.state == State::Never)
                        return;
                    device.heard = std::max(device.heard, linkUpSince); // the outage was not its silence
                }
                const State judged = judge(device, at);
                if (judged == State::Online)
                    return;
                if (device.state == State::Online || judged == State::Offline) {
                    device.streak = 0;
                    setState(device, judged, at);
                }
            });
            if (changed)
                writeState(deadline.device);
            enqueue(deadline.device);
        }
    }

    bool admit(std::string_view column)
    {
        if (columns.find(column) != NameIndex::none)
            return true;
        if (columns.size() >= options.maxColumns || column.size() > maxNameBytes)
            return false;
        columns.insert(column);
        return true;
    }

    void reject(std::string_view subject, protocol::Reject why)
    {
        ++rejectedByReason[static_cast<std::size_t>(why.why)];
        why.detail = cut(std::move(why.detail), 512);
        rejections.push_front({cut(std::string(subject), 256), std::move(why), UtcTime::now().micros});
        if (rejections.size() > keptRejections)
            rejections.pop_back();
    }

    void rejectField(std::string_view subject, std::string_view column)
    {
        reject(subject, {protocol::Rejection::TooManyFields,
                         "\"" + cut(std::string(column), 100) + "\" was left out: a fleet shows at most " +
                             std::to_string(options.maxColumns) + " different labels and fields"});
    }

    static std::string_view bounded(std::string_view text)
    {
        if (text.size() <= maxTextBytes)
            return text;
        std::size_t bytes = maxTextBytes;
        while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0u) == 0x80u)
            --bytes; // not within a character
        return text.substr(0, bytes);
    }

    static ValueView bounded(const ValueView &value)
    {
        const auto *text = std::get_if<std::string_view>(&value);
        return text ? ValueView(bounded(*text)) : value;
    }

    static std::uint64_t hashOf(std::string_view text)
    {
        return text.empty() ? 0 : std::hash<std::string_view>{}(text) | 1;
    }

    static std::uint32_t factsOf(const protocol::Presence &presence)
    {
        std::uint64_t hash = hashOf(presence.firmware);
        for (const protocol::Label &label : presence.labels) {
            hash = hash * 1099511628211u + hashOf(label.key);
            hash = hash * 1099511628211u + hashOf(label.value);
        }
        return static_cast<std::uint32_t>(hash ^ (hash >> 32)) | 1;
    }

    /// Whether a presence is older than what we know, or the same again.
    static bool isPast(const Device &device, std::uint64_t boot, std::int64_t seq)
    {
        if (boot == 0 || device.boot == 0)
            return false;
        if (boot == device.bootBefore)
            return true;
        return boot == device.boot && seq > 0 && device.seq > 0 && seq <= device.seq;
    }

    void onPresence(protocol::Decoder &decoder, std::vector<protocol::Field> &fields,
                    std::string_view subject, std::string_view data, std::int64_t storedMicros,
                    std::uint64_t pending)
    {
        const std::string_view id = Subjects::lastToken(subject);
        Result<protocol::Presence, protocol::Reject> decoded = decoder.presence(id, data);
        const std::int64_t micros = UtcTime::now().micros;
        {
            const std::lock_guard lock(mutex);
            if (!decoded)
                reject(subject, decoded.error());
            else
                take(id, *decoded, fields, subject, storedMicros > 0 && catchingUp ? storedMicros : micros,
                     micros);
            if (linkUp && pending == 0 && snapshotDone)
                catchingUp = false;
        }
        notify();
    }

    void take(std::string_view id, const protocol::Presence &presence, std::vector<protocol::Field> &fields,
              std::string_view subject, std::int64_t seenMicros, std::int64_t nowMicros)
    {
        bool isNew = false;
        if (names.size() >= options.maxDevices && names.find(id) == NameIndex::none) {
            ++dropped;
            return;
        }
        const std::uint32_t index = names.insert(id, isNew);
        if (isNew) {
            devices.emplace_back();
            ++counts[static_cast<std::size_t>(State::Never)];
        }
        Device &device = devices[index];
        const std::uint64_t boot = hashOf(presence.boot);
        if (!isNew && isPast(device, boot, presence.seq)) {
            ++reordered;
            return;
        }
        ++accepted;
        if (boot != device.boot) {
            device.bootBefore = device.boot;
            device.boot = boot;
            device.seq = 0;
        }
        device.seq = std::max(device.seq, presence.seq);
        device.interval =
            static_cast<std::int32_t>(std::clamp(presence.intervalSeconds, 1, 86400)) * ticksPerSecond;

        seenMicros = std::min(seenMicros, nowMicros); // a server's clock may be ahead of ours
        newestMicros = std::max(newestMicros, seenMicros);
        const Tick at = now();
        const std::int64_t ago = std::min<std::int64_t>((nowMicros - seenMicros) / 100'000, 1'000'000'000);
        const bool changed = changing(device, [&] {
            device.closing = presence.state == protocol::DeviceState::Closing;
            if (device.closing) {
                device.heard = std::max(device.heard, static_cast<Tick>(at - ago));
                if (linkUp)
                    device.unknown = false;
                else
                    device.heardSince = true;
                device.streak = 0;
                setState(device, State::Offline, at);
            } else {
                hear(device, at, static_cast<Tick>(at - ago), true);
            }
        });
        enqueue(index);

        fields.clear();
        if (changed || isNew)
            fields.push_back({"presence", name(shown(device))});
        fields.push_back({"last_seen", UtcTime{seenMicros}});
        const std::uint32_t facts = factsOf(presence);
        if (facts != device.facts)
            writeFacts(device, facts, presence, fields, subject);
        batch.upsert(id, fields);
    }

    void writeFacts(Device &device, std::uint32_t facts, const protocol::Presence &presence,
                    std::vector<protocol::Field> &fields, std::string_view subject)
    {
        const bool replaces = device.facts != 0;
        device.facts = facts;
        const std::string_view firmware = bounded(std::string_view(presence.firmware));
        fields.push_back({"fw", firmware.empty() ? ValueView() : ValueView(firmware)});
        bool leftOut = false;
        for (const protocol::Label &label : presence.labels) {
            const bool ours = isOneOf(std::string_view(label.key), labelReserved);
            std::string_view column = label.key;
            if (ours) // the few reserved names have their columns' names for good
                column = reservedLabelColumn(column);
            if (!admit(column)) {
                if (!leftOut)
                    rejectField(subject, column);
                leftOut = true;
                continue;
            }
            if (std::find(labels.begin(), labels.end(), column) == labels.end())
                labels.emplace_back(column);
            fields.push_back({column, std::string_view(label.value)});
        }
        if (!replaces)
            return;
        for (const std::string &column : labels) {
            const auto isIt = [&column](const protocol::Field &field) { return field.name == column; };
            if (std::none_of(fields.begin(), fields.end(), isIt))
                fields.push_back({column, ValueView()}); // a label that the device no longer has
        }
    }

    static std::string_view reservedLabelColumn(std::string_view label)
    {
        static const std::array<std::string, labelReserved.size()> columns = [] {
            std::array<std::string, labelReserved.size()> made;
            for (std::size_t i = 0; i < made.size(); ++i)
                made[i] = labelColumn(labelReserved[i]);
            return made;
        }();
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (labelReserved[i] == label)
                return columns[i];
        }
        return label;
    }

    static std::string_view reservedTelemetryColumn(std::string_view field)
    {
        static const std::array<std::string, telemetryReserved.size()> columns = [] {
            std::array<std::string, telemetryReserved.size()> made;
            for (std::size_t i = 0; i < made.size(); ++i)
                made[i] = telemetryColumn(telemetryReserved[i]);
            return made;
        }();
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (telemetryReserved[i] == field)
                return columns[i];
        }
        return field;
    }

    void onTelemetry(std::string_view subject, std::string_view data)
    {
        const std::string_view id = Subjects::lastToken(subject);
        Result<protocol::Telemetry, protocol::Reject> decoded = telemetryDecoder.telemetry(id, data);
        const std::int64_t micros = UtcTime::now().micros;
        {
            const std::lock_guard lock(mutex);
            if (!decoded) {
                reject(subject, decoded.error());
            } else {
                const std::uint32_t index = names.find(id);
                if (index == NameIndex::none) {
                    ++unannounced;
                    return;
                }
                takeTelemetry(index, id, *decoded, subject, micros);
            }
        }
        notify();
    }

    void takeTelemetry(std::uint32_t index, std::string_view id, const protocol::Telemetry &telemetry,
                       std::string_view subject, std::int64_t micros)
    {
        Device &device = devices[index];
        newestMicros = std::max(newestMicros, micros);
        const Tick at = now();
        bool changed = false;
        if (!device.closing) { // one that was on its way when the device said that it is closing
            changed = changing(device, [&] { hear(device, at, at, false); });
            enqueue(index);
        }
        telemetryFields.clear();
        if (changed)
            telemetryFields.push_back({"presence", name(shown(device))});
        telemetryFields.push_back({"last_seen", UtcTime{micros}});
        if (batch.rowCount() >= options.maxQueuedRows) {
            ++dropped;
        } else {
            ++accepted;
            bool leftOut = false;
            for (const protocol::Field &field : *telemetry.values) {
                const std::string_view column = reservedTelemetryColumn(field.name);
                if (admit(column)) {
                    telemetryFields.push_back({column, bounded(field.value)});
                } else if (!leftOut) {
                    rejectField(subject, column);
                    leftOut = true;
                }
            }
        }
        batch.upsert(id, telemetryFields);
    }

    void setProblem(std::string text)
    {
        {
            const std::lock_guard lock(mutex);
            if (text == problem)
                return;
            problem = std::move(text);
        }
        notify();
    }

    void follow()
    {
        for (;;) {
            Result<std::unique_ptr<nats::OrderedConsumer>> started = startConsumer();
            if (started) {
                {
                    const std::lock_guard lock(mutex);
                    problem.clear();
                    consumer = std::move(*started);
                    followsStream = true;
                }
                livePresence.reset(); // outside the lock: its handler takes it
                notify();
                return;
            }
            std::string trouble = streamProblem(started.error());
            if (!livePresence) {
                Result<nats::Subscription> subscribed = connection->subscribe(
                    options.subjects.allPresence(), [this](const nats::MessageView &message) {
                        onPresence(liveDecoder, liveFields, message.subject, message.data, 0, 0);
                    });
                if (subscribed) {
                    livePresence = std::move(*subscribed);
                    snapshotDone = true;
                    notify();
                } else {
                    trouble = sentences(subscribed.error());
                }
            }
            setProblem(std::move(trouble));
            std::unique_lock lock(mutex);
            wake.wait_for(lock, streamRetry, [this] { return stopping || lookAgain; });
            lookAgain = false;
            if (stopping)
                return;
        }
    }

    Result<std::unique_ptr<nats::OrderedConsumer>> startConsumer()
    {
        if (connection->state() != nats::State::Connected)
            return Error{"nats.disconnected",
                         "The fleet's stream cannot be followed while the link to the server is down.",
                         "It is followed as soon as the link is back."};
        nats::OrderedConsumer::Options wanted;
        wanted.stream = nats::fleetStream(options.subjects, options.presenceStream);
        wanted.filter = options.subjects.allPresence();
        wanted.domain = options.jetStreamDomain;
        wanted.lastPerSubject = true;
        return nats::OrderedConsumer::start(
            connection, wanted,
            [this](const nats::StoredMessage &message) {
                onPresence(presenceDecoder, presenceFields, message.subject, message.data,
                           message.timestampNanos / 1000, message.pending);
            },
            [this] {
                {
                    const std::lock_guard lock(mutex);
                    followsStream = true; // may come before follow() holds the consumer
                    snapshotDone = true;
                    if (linkUp)
                        catchingUp = false;
                }
                notify();
            });
    }
};

FleetTracker::FleetTracker() : d(std::make_unique<Private>()) {}

Result<std::unique_ptr<FleetTracker>> FleetTracker::start(std::shared_ptr<nats::Connection> connection,
                                                          Options options)
{
    std::unique_ptr<FleetTracker> tracker(new FleetTracker);
    Private *p = tracker->d.get();
    p->connection = std::move(connection);
    p->options = std::move(options);
    for (const std::string_view column : telemetryReserved)
        p->columns.insert(column);
    if (p->options.telemetry) {
        Result<nats::Subscription> subscribed = p->connection->subscribe(
            p->options.subjects.allTelemetry(),
            [p](const nats::MessageView &message) { p->onTelemetry(message.subject, message.data); });
        if (!subscribed)
            return subscribed.error();
        p->liveTelemetry = std::move(*subscribed);
    }
    p->follower = std::thread([p] { p->follow(); });
    return tracker;
}

FleetTracker::~FleetTracker()
{
    {
        const std::lock_guard lock(d->mutex);
        d->stopping = true;
    }
    d->wake.notify_all();
    if (d->follower.joinable())
        d->follower.join();
    d->consumer.reset();
    d->livePresence.reset();
    d->liveTelemetry.reset();
}

bool FleetTracker::drain(table::Batch &batch)
{
    batch.clear();
    const std::lock_guard lock(d->mutex);
    d->notified = false;
    d->age();
    std::swap(batch, d->batch);
    return !batch.isEmpty();
}

void FleetTracker::setLinkUp(bool up)
{
    {
        const std::lock_guard lock(d->mutex);
        if (d->linkUp == up)
            return;
        d->linkUp = up;
        d->linkUpSince = d->now();
        if (up) {
            d->lookAgain = true;
            d->problem.clear(); // of the time without a link; it is tried again now
        } else {
            d->catchingUp = true;
        }
        for (std::uint32_t id = 0; id < d->devices.size(); ++id) {
            Device &device = d->devices[id];
            const bool changed = d->changing(device, [&] {
                device.unknown = !up || !device.heardSince;
                device.heardSince = false;
            });
            if (changed)
                d->writeState(id);
            if (up && device.unknown)
                d->enqueue(id, d->linkUpSince + grace(device) + 1);
            else if (up)
                d->enqueue(id);
        }
    }
    d->wake.notify_all();
    d->notify();
}

bool FleetTracker::snapshotDone() const
{
    return d->snapshotDone;
}

bool FleetTracker::followsStream() const
{
    return d->followsStream;
}

std::string FleetTracker::problem() const
{
    const std::lock_guard lock(d->mutex);
    return d->problem;
}

StateCounts FleetTracker::counts() const
{
    const std::lock_guard lock(d->mutex);
    return d->counts;
}

std::size_t FleetTracker::deviceCount() const
{
    const std::lock_guard lock(d->mutex);
    return d->devices.size();
}

State FleetTracker::state(std::string_view device) const
{
    const std::lock_guard lock(d->mutex);
    const std::uint32_t id = d->names.find(device);
    return id == NameIndex::none ? State::Never : Private::shown(d->devices[id]);
}

std::int64_t FleetTracker::newestMicros() const
{
    const std::lock_guard lock(d->mutex);
    return d->newestMicros;
}

std::uint64_t FleetTracker::messages() const
{
    return d->accepted;
}

std::uint64_t FleetTracker::dropped() const
{
    return d->dropped;
}

std::uint64_t FleetTracker::reordered() const
{
    return d->reordered;
}

std::uint64_t FleetTracker::unannounced() const
{
    return d->unannounced;
}

std::uint64_t FleetTracker::rejectedCount() const
{
    const std::lock_guard lock(d->mutex);
    std::uint64_t sum = 0;
    for (const std::uint64_t count : d->rejectedByReason)
        sum += count;
    return sum;
}

std::array<std::uint64_t, protocol::rejectionCount> FleetTracker::rejectedByReason() const
{
    const std::lock_guard lock(d->mutex);
    return d->rejectedByReason;
}

std::vector<Rejected> FleetTracker::recentRejected() const
{
    const std::lock_guard lock(d->mutex);
    return {d->rejections.begin(), d->rejections.end()};
}

std::vector<std::string> FleetTracker::labelNames() const
{
    const std::lock_guard lock(d->mutex);
    return d->labels;
}

} // namespace muster::presence
