// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/agent.h"

#include "core/device_id.h"
#include "core/ulid.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <random>
#include <thread>

namespace muster::device {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

// A flood of queries must not grow a small device: past these they are dropped, and counted.
constexpr std::size_t maxWaiting = 256;
constexpr std::size_t maxWaitingBytes = 1024u * 1024;
constexpr std::size_t maxQueryBytes = 64u * 1024; // no question needs as much
constexpr int maxSpreadMs = 600'000;
constexpr milliseconds farewell{1000};

struct Arrived {
    std::string payload, reply;
};

struct Due {
    Clock::time_point at;
    protocol::QueryRequest request;
    std::string reply;
    std::size_t bytes = 0;
};

bool later(const Due &a, const Due &b)
{
    return a.at > b.at;
}

std::string labelOf(const std::vector<protocol::Label> &labels, std::string_view key)
{
    const auto it = std::find_if(labels.begin(), labels.end(), [&](const auto &l) { return l.key == key; });
    return it != labels.end() && isToken(it->value) ? it->value : std::string();
}

Status checkSeconds(const char *what, int value, int least)
{
    if (value >= least && value <= 86400)
        return {};
    return Error{"agent.interval",
                 std::string(what) + " cannot be " + std::to_string(value) + " s: it is " +
                     std::to_string(least) + " to 86400 s",
                 "10 is usual."};
}

} // namespace

struct DeviceAgent::Private {
    Options options;
    std::unique_ptr<Facts> facts;
    std::function<void(const std::string &)> onNote;
    std::string boot = newUlid();
    std::shared_ptr<nats::Connection> connection;
    std::vector<nats::Subscription> subscriptions;

    mutable std::mutex mutex;
    std::condition_variable wake;
    std::deque<Arrived> arrived;
    std::size_t waiting = 0, waitingBytes = 0; ///< of `arrived` and `due` together
    bool announce = false;
    bool stopping = false;
    Counters counters;

    // Of the thread alone:
    std::vector<Due> due; ///< a heap, the earliest first
    protocol::Decoder decoder;
    std::minstd_rand random{std::random_device{}()};
    std::int64_t presenceSeq = 0, telemetrySeq = 0;
    std::thread thread;

    Status listen();
    void onQuery(const nats::MessageView &message);
    void onEvent(const nats::Event &event);
    void run();
    void schedule(Arrived query);
    void answerDue(Clock::time_point now);
    void sendPresence(protocol::DeviceState state);
    void sendTelemetry();
    void count(std::uint64_t Counters::*counter)
    {
        const std::lock_guard lock(mutex);
        ++(counters.*counter);
    }
    bool connected() const { return connection && connection->state() == nats::State::Connected; }
};

Status DeviceAgent::Private::listen()
{
    const Subjects &subjects = options.subjects;
    const auto labels = facts->labels();
    std::vector<std::string> wanted{subjects.queryAll(), subjects.queryDevice(options.device)};
    if (const std::string site = labelOf(labels, "site"); !site.empty())
        wanted.push_back(subjects.querySite(site));
    if (const std::string group = labelOf(labels, "group"); !group.empty()) {
        wanted.push_back(subjects.queryGroup(group));
        if (const std::string region = labelOf(labels, "region"); !region.empty())
            wanted.push_back(subjects.queryGroup(group, region));
    }
    for (const std::string &subject : wanted) {
        auto made = connection->subscribe(subject, [this](const nats::MessageView &m) { onQuery(m); });
        if (!made)
            return made.error();
        subscriptions.push_back(std::move(*made));
    }
    return {};
}

void DeviceAgent::Private::onQuery(const nats::MessageView &message)
{
    const std::lock_guard lock(mutex);
    const std::size_t bytes = message.data.size();
    if (message.reply.empty() || bytes > maxQueryBytes) {
        ++counters.refused;
        return;
    }
    if (waiting >= maxWaiting || waitingBytes + bytes > maxWaitingBytes) {
        ++counters.dropped;
        return;
    }
    ++waiting;
    waitingBytes += bytes;
    arrived.push_back({std::string(message.data), std::string(message.reply)});
    wake.notify_one();
}

void DeviceAgent::Private::onEvent(const nats::Event &event)
{
    using Kind = nats::Event::Kind;
    std::string note;
    switch (event.kind) {
    case Kind::Connected:
    case Kind::Reconnected: {
        const std::lock_guard lock(mutex);
        announce = true;
        wake.notify_one();
        note = event.kind == Kind::Connected ? "connected" : "connected again";
        break;
    }
    case Kind::Disconnected:
        note = "connection lost" + (event.error.message.empty() ? "" : ": " + event.error.message);
        break;
    case Kind::Error:
        note = event.error.message;
        break;
    case Kind::Closed:
        break;
    }
    if (onNote && !note.empty())
        onNote(note);
}

void DeviceAgent::Private::run()
{
    auto nextPresence = Clock::time_point::max();
    auto nextTelemetry = Clock::time_point::max();
    std::unique_lock lock(mutex);
    while (!stopping) {
        auto now = Clock::now();
        if (std::exchange(announce, false)) {
            nextPresence = now;
            nextTelemetry = options.telemetrySeconds > 0 ? now : Clock::time_point::max();
        }
        std::deque<Arrived> queries;
        queries.swap(arrived);
        lock.unlock();

        if (now >= nextPresence) {
            sendPresence(protocol::DeviceState::Online);
            nextPresence = now + seconds(options.intervalSeconds);
        }
        for (Arrived &query : queries)
            schedule(std::move(query));
        answerDue(now);
        if (now >= nextTelemetry) {
            sendTelemetry();
            nextTelemetry = now + seconds(options.telemetrySeconds);
        }

        lock.lock();
        auto until = std::min(nextPresence, nextTelemetry);
        if (!due.empty())
            until = std::min(until, due.front().at);
        const auto awaited = [this] { return stopping || announce || !arrived.empty(); };
        if (until == Clock::time_point::max())
            wake.wait(lock, awaited);
        else
            wake.wait_until(lock, until, awaited);
    }
}

void DeviceAgent::Private::schedule(Arrived query)
{
    auto request = decoder.queryRequest(query.payload);
    const std::size_t bytes = query.payload.size();
    if (!request) {
        const std::lock_guard lock(mutex);
        ++counters.refused;
        --waiting;
        waitingBytes -= bytes;
        return;
    }
    const int spread = std::clamp(request->spreadMs, 0, maxSpreadMs);
    const milliseconds delay(spread > 0 ? std::uniform_int_distribution<int>(0, spread)(random) : 0);
    due.push_back({Clock::now() + delay, std::move(*request), std::move(query.reply), bytes});
    std::push_heap(due.begin(), due.end(), later);
}

void DeviceAgent::Private::answerDue(Clock::time_point now)
{
    now = std::max(now, Clock::now());
    while (!due.empty() && due.front().at <= now) {
        std::pop_heap(due.begin(), due.end(), later);
        const Due query = std::move(due.back());
        due.pop_back();
        bool sent = false;
        if (connected()) {
            const std::string text = answer(options.device, query.request, facts->row());
            sent = !text.empty() && connection->publish(query.reply, text).ok();
        }
        const std::lock_guard lock(mutex);
        counters.answered += sent ? 1 : 0;
        --waiting;
        waitingBytes -= query.bytes;
    }
}

void DeviceAgent::Private::sendPresence(protocol::DeviceState state)
{
    if (!connected())
        return;
    protocol::Presence presence;
    presence.device = options.device;
    presence.intervalSeconds = options.intervalSeconds;
    presence.boot = boot;
    presence.seq = ++presenceSeq;
    presence.state = state;
    presence.firmware = facts->firmware();
    presence.labels = facts->labels();
    if (connection->publish(options.subjects.presence(options.device), protocol::encode(presence)).ok())
        count(&Counters::presence);
}

void DeviceAgent::Private::sendTelemetry()
{
    if (!connected())
        return;
    const Row row = facts->telemetry();
    std::vector<protocol::Field> values;
    for (const OwnedField &field : row) {
        if (values.size() < protocol::maxFields)
            values.push_back({field.name, view(field.value)});
    }
    const std::string text =
        protocol::encodeTelemetry(options.device, UtcTime::now(), ++telemetrySeq, values);
    if (connection->publish(options.subjects.telemetry(options.device), text).ok())
        count(&Counters::telemetry);
}

DeviceAgent::DeviceAgent() : d(std::make_unique<Private>()) {}

Result<std::unique_ptr<DeviceAgent>> DeviceAgent::start(Options options, std::unique_ptr<Facts> facts,
                                                        std::function<void(const std::string &)> onNote)
{
    if (auto id = DeviceId::parse(options.device); !id)
        return id.error();
    if (Status s = checkSeconds("the time between heartbeats", options.intervalSeconds, 1); !s)
        return s.error();
    if (Status s = checkSeconds("the time between telemetry messages", options.telemetrySeconds, 0); !s)
        return s.error();

    std::unique_ptr<DeviceAgent> agent(new DeviceAgent);
    Private *const d = agent->d.get();
    d->options = std::move(options);
    d->facts = std::move(facts);
    d->onNote = std::move(onNote);
    auto connection =
        nats::Connection::open(d->options.connection, [d](const nats::Event &e) { d->onEvent(e); });
    if (!connection)
        return connection.error();
    d->connection = std::move(*connection);
    if (Status s = d->listen(); !s)
        return s.error();
    {
        const std::lock_guard lock(d->mutex);
        d->announce = d->announce || d->connected();
    }
    d->thread = std::thread([d] { d->run(); });
    return agent;
}

DeviceAgent::~DeviceAgent()
{
    if (d->thread.joinable()) {
        {
            const std::lock_guard lock(d->mutex);
            d->stopping = true;
            d->wake.notify_one();
        }
        d->thread.join();
    }
    d->subscriptions.clear();
    if (d->presenceSeq > 0 && d->connected()) {
        d->sendPresence(protocol::DeviceState::Closing);
        // Without the answer to a flush, the last words may not have left this computer.
        if (Status s = d->connection->flush(farewell); !s && d->onNote)
            d->onNote("could not say goodbye: " + s.error().message);
    }
    d->connection.reset();
}

const std::string &DeviceAgent::boot() const
{
    return d->boot;
}

bool DeviceAgent::isConnected() const
{
    return d->connected();
}

DeviceAgent::Counters DeviceAgent::counters() const
{
    const std::lock_guard lock(d->mutex);
    return d->counters;
}

} // namespace muster::device
