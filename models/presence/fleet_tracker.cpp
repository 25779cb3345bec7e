// SPDX-License-Identifier: GPL-3.0-or-later
#include "presence/fleet_tracker.h"

#include "core/fair_mutex.h"
#include "nats/jetstream.h"
#include "nats/provision.h"
#include "presence/fleet_record.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <numeric>
#include <thread>

namespace muster::presence {
namespace {

constexpr auto streamRetry = std::chrono::seconds(15);

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

} // namespace

struct FleetTracker::Private {
    Private(std::shared_ptr<nats::Connection> link, Options wanted)
        : connection(std::move(link)),
          options(std::move(wanted)),
          record(options)
    {
    }

    std::shared_ptr<nats::Connection> connection;
    Options options;

    // The threads that take messages have it nearly all the time; it guards everything down to the next blank
    // line.
    mutable FairMutex mutex;
    std::condition_variable_any wake;
    FleetRecord record;
    std::string problem; // why the stream, or even live presence, is not followed
    bool stopping = false;
    bool lookAgain = false;

    std::atomic<bool> snapshotDone{false}, followsStream{false}, notified{false};

    // each used by one NATS thread
    protocol::Decoder presenceDecoder, liveDecoder, telemetryDecoder;

    std::thread follower;
    std::unique_ptr<nats::OrderedConsumer> consumer;
    nats::Subscription livePresence, liveTelemetry;

    void notify()
    {
        if (options.onChange && !notified.load(std::memory_order_relaxed) && !notified.exchange(true))
            options.onChange();
    }

    void onPresence(protocol::Decoder &decoder, std::string_view subject, std::string_view data,
                    std::int64_t storedMicros, std::uint64_t pending)
    {
        const std::string_view id = Subjects::lastToken(subject);
        Result<protocol::Presence, protocol::Reject> decoded = decoder.presence(id, data);
        {
            const std::lock_guard lock(mutex);
            record.setNow();
            if (decoded)
                record.takePresence(id, *decoded, subject, storedMicros);
            else
                record.reject(subject, decoded.error());
            if (pending == 0 && snapshotDone)
                record.caughtUp();
        }
        notify();
    }

    void onTelemetry(std::span<const nats::MessageView> messages)
    {
        {
            const std::lock_guard lock(mutex);
            record.setNow();
            for (const nats::MessageView &message : messages)
                record.prefetch(Subjects::lastToken(message.subject));
            for (const nats::MessageView &message : messages) {
                const std::string_view id = Subjects::lastToken(message.subject);
                const auto decoded = telemetryDecoder.telemetry(id, message.data);
                if (decoded)
                    record.takeTelemetry(id, *decoded, message.subject);
                else
                    record.reject(message.subject, decoded.error());
            }
        }
        notify();
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
                        onPresence(liveDecoder, message.subject, message.data, 0, 0);
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
            std::unique_lock<FairMutex> lock(mutex);
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
                onPresence(presenceDecoder, message.subject, message.data, message.timestampNanos / 1000,
                           message.pending);
            },
            [this] {
                {
                    const std::lock_guard lock(mutex);
                    followsStream = true; // may come before follow() holds the consumer
                    snapshotDone = true;
                    record.caughtUp();
                }
                notify();
            });
    }
};

FleetTracker::FleetTracker(std::unique_ptr<Private> p) : d(std::move(p)) {}

Result<std::unique_ptr<FleetTracker>> FleetTracker::start(std::shared_ptr<nats::Connection> connection,
                                                          Options options)
{
    std::unique_ptr<FleetTracker> tracker(
        new FleetTracker(std::make_unique<Private>(std::move(connection), std::move(options))));
    Private *p = tracker->d.get();
    if (p->options.telemetry) {
        Result<nats::Subscription> subscribed = p->connection->subscribeInBulk(
            p->options.subjects.allTelemetry(),
            [p](std::span<const nats::MessageView> messages) { p->onTelemetry(messages); });
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
    d->record.age();
    d->record.drain(batch);
    return !batch.isEmpty();
}

void FleetTracker::setLinkUp(bool up)
{
    {
        const std::lock_guard lock(d->mutex);
        if (d->record.isLinkUp() == up)
            return;
        d->record.setLinkUp(up);
        if (up) {
            d->lookAgain = true;
            d->problem.clear(); // of the time without a link; it is tried again now
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
    return d->record.states();
}

std::size_t FleetTracker::deviceCount() const
{
    const std::lock_guard lock(d->mutex);
    return d->record.deviceCount();
}

State FleetTracker::state(std::string_view device) const
{
    const std::lock_guard lock(d->mutex);
    return d->record.state(device);
}

std::int64_t FleetTracker::newestMicros() const
{
    const std::lock_guard lock(d->mutex);
    return d->record.newestMicros();
}

std::uint64_t FleetTracker::messages() const
{
    const std::lock_guard lock(d->mutex);
    return d->record.counters().accepted;
}

std::uint64_t FleetTracker::dropped() const
{
    const std::lock_guard lock(d->mutex);
    return d->record.counters().dropped;
}

std::uint64_t FleetTracker::reordered() const
{
    const std::lock_guard lock(d->mutex);
    return d->record.counters().reordered;
}

std::uint64_t FleetTracker::unannounced() const
{
    const std::lock_guard lock(d->mutex);
    return d->record.counters().unannounced;
}

std::uint64_t FleetTracker::rejectedCount() const
{
    const std::array<std::uint64_t, protocol::rejectionCount> reasons = rejectedByReason();
    return std::accumulate(reasons.begin(), reasons.end(), std::uint64_t{0});
}

std::array<std::uint64_t, protocol::rejectionCount> FleetTracker::rejectedByReason() const
{
    const std::lock_guard lock(d->mutex);
    return d->record.counters().rejected;
}

std::vector<Rejected> FleetTracker::recentRejected() const
{
    const std::lock_guard lock(d->mutex);
    return {d->record.rejections().begin(), d->record.rejections().end()};
}

std::vector<std::string> FleetTracker::labelNames() const
{
    const std::lock_guard lock(d->mutex);
    return d->record.labels();
}

} // namespace muster::presence
