// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/json_writer.h"
#include "nats/jetstream.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <condition_variable>
#include <functional>
#include <limits>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace muster::nats {

namespace {

using namespace std::chrono_literals;

constexpr auto heartbeat = 2s;
constexpr auto silenceAllowed = 5s; // two heartbeats and a half
constexpr milliseconds apiTimeout{3000};
constexpr milliseconds createTimeout{15'000}; // the server first looks through the subjects of the stream

struct Delivery {
    std::uint64_t streamSequence = 0, consumerSequence = 0, pending = 0;
    std::int64_t timestamp = 0;
};

template <typename T>
bool readNumber(std::string_view text, T &number)
{
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
    return ec == std::errc() && end == text.data() + text.size();
}

/// "$JS.ACK.<stream>.<consumer>.<n>.<stream seq>.<consumer seq>.<time>.<pending>", with a domain and an
/// account's hash after ACK, and a random token at the end, where the server says them.
std::optional<Delivery> readAckSubject(std::string_view reply)
{
    std::array<std::string_view, 13> tokens;
    std::size_t n = 0;
    while (n < tokens.size()) {
        const auto dot = reply.find('.');
        tokens[n++] = reply.substr(0, dot);
        if (dot == std::string_view::npos)
            break;
        reply.remove_prefix(dot + 1);
    }
    if (n < 9 || n == 10 || tokens[0] != "$JS" || tokens[1] != "ACK")
        return {};
    const std::size_t at = n == 9 ? 5 : 7;
    Delivery d;
    if (!readNumber(tokens[at], d.streamSequence) || !readNumber(tokens[at + 1], d.consumerSequence) ||
        !readNumber(tokens[at + 2], d.timestamp) || !readNumber(tokens[at + 3], d.pending))
        return {};
    return d;
}

/// Counts different subjects, by their hashes.
class SubjectCount {
public:
    void clear() { *this = {}; }
    std::uint64_t count() const { return m_count; }
    void add(std::string_view subject)
    {
        if (2 * (m_count + 1) > m_slots.size())
            grow();
        const std::uint64_t hash = std::hash<std::string_view>()(subject) | 1; // 0 is an empty slot
        m_count += insert(hash) ? 1 : 0;
    }

private:
    bool insert(std::uint64_t hash)
    {
        const std::size_t mask = m_slots.size() - 1;
        for (std::size_t i = (hash >> 1) & mask;; i = (i + 1) & mask) {
            if (m_slots[i] == hash)
                return false;
            if (m_slots[i] == 0) {
                m_slots[i] = hash;
                return true;
            }
        }
    }
    void grow()
    {
        std::vector<std::uint64_t> before(std::max<std::size_t>(4 * m_slots.size(), 1024));
        before.swap(m_slots);
        for (const std::uint64_t hash : before) {
            if (hash != 0)
                insert(hash);
        }
    }

    std::vector<std::uint64_t> m_slots; // a power of two of them
    std::uint64_t m_count = 0;
};

constexpr std::uint64_t notKnown = std::numeric_limits<std::uint64_t>::max();

} // namespace

struct OrderedConsumer::Private {
    Private(std::shared_ptr<Connection> c, Options o)
        : connection(std::move(c)),
          options(std::move(o)),
          jetStream(connection, options.domain, apiTimeout)
    {
    }

    std::shared_ptr<Connection> connection;
    Options options;
    JetStream jetStream;
    std::function<void(const StoredMessage &)> onMessage;
    std::function<void()> onSnapshotEnd;

    std::mutex deliverMutex; // what the owner gave us is called one at a time
    bool snapshotEnded = false;

    // Of the consumer that is there now; its handler's, and ours while there is no subscription.
    Subscription subscription;
    std::string consumerName, streamCreated;
    std::uint64_t streamSequence = 0, consumerSequence = 0, delivered = 0;
    bool resumes = false; // after streamSequence; else by the options
    bool broken = false;
    SubjectCount subjects; // of the snapshot, up to its end
    std::atomic<std::uint64_t> subjectsSeen{0};
    std::atomic<std::uint64_t> expected{notKnown}; // subjects, and messages, that there were at first
    std::chrono::steady_clock::time_point caughtUpAt{};
    std::atomic<std::uint64_t> heard{0};

    std::mutex mutex;
    std::condition_variable wake;
    bool stopping = false, wantsReset = false;
    std::atomic<bool> live{false};
    std::thread keeper;
    std::shared_ptr<void> listener;

    Status begin(bool first);
    void drop();
    void handle(const MessageView &m);
    void handleStatus(const MessageView &m);
    bool isSnapshotEnd(std::string_view subject, std::uint64_t pending);
    void endSnapshot();
    void requestReset();
    void keep();
};

void OrderedConsumer::Private::requestReset()
{
    const std::lock_guard lock(mutex);
    wantsReset = true;
    live = false;
    wake.notify_all();
}

void OrderedConsumer::Private::endSnapshot()
{
    const std::lock_guard lock(deliverMutex);
    if (!std::exchange(snapshotEnded, true) && onSnapshotEnd)
        onSnapshotEnd();
}

void OrderedConsumer::Private::handleStatus(const MessageView &m)
{
    if (m.status != 100) { // the consumer is gone
        broken = true;
        requestReset();
        return;
    }
    // Flow control: the server sends on when we say that we have come this far. Failing to say it ends in a
    // silence.
    if (!m.reply.empty()) {
        static_cast<void>(connection->publish(m.reply, {}));
        return;
    }
    if (const std::string stalled = m.header("Nats-Consumer-Stalled"); !stalled.empty())
        static_cast<void>(connection->publish(stalled, {}));
    std::uint64_t last = 0;
    if (!readNumber(m.header("Nats-Last-Consumer"), last))
        return;
    if (last != consumerSequence) {
        broken = true;
        requestReset();
    } else if (m.header("Nats-Consumer-Stalled").empty()) {
        endSnapshot(); // an idle heartbeat: nothing is left to send
    }
}

void OrderedConsumer::Private::handle(const MessageView &m)
{
    heard.store(heard.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    if (broken)
        return;
    if (m.status != 0) {
        handleStatus(m);
        return;
    }
    const auto delivery = readAckSubject(m.reply);
    if (!delivery)
        return; // not the server's: somebody publishes to our inbox
    if (delivery->consumerSequence != consumerSequence + 1) {
        broken = true;
        requestReset();
        return;
    }
    consumerSequence = delivery->consumerSequence;
    streamSequence = delivery->streamSequence;
    resumes = true;
    ++delivered;

    StoredMessage stored;
    stored.subject = m.subject;
    stored.data = m.data;
    stored.streamSequence = delivery->streamSequence;
    stored.pending = delivery->pending;
    stored.timestampNanos = delivery->timestamp;
    stored.deleted =
        m.data.empty() && (!m.header("KV-Operation").empty() || !m.header("Nats-Marker-Reason").empty());
    bool isSnapshot = false;
    {
        const std::lock_guard lock(deliverMutex);
        onMessage(stored);
        isSnapshot = !snapshotEnded;
    }
    if (isSnapshot && isSnapshotEnd(stored.subject, stored.pending))
        endSnapshot();
}

/// Where subjects change all the time, their messages do not tell: one that changes before it is read moves
/// to the end, one that changes after it was read comes twice, and some message is always pending. So
/// subjects are counted. Should one have been removed meanwhile, it is over a little after as many messages
/// have come.
bool OrderedConsumer::Private::isSnapshotEnd(std::string_view subject, std::uint64_t pending)
{
    subjects.add(subject);
    subjectsSeen = subjects.count();
    const std::uint64_t atFirst = expected;
    if (atFirst == notKnown)
        return false;
    if (subjects.count() >= atFirst)
        return true;
    if (delivered < atFirst && pending > 0)
        return false;
    const auto now = std::chrono::steady_clock::now();
    if (caughtUpAt == std::chrono::steady_clock::time_point())
        caughtUpAt = now;
    return now - caughtUpAt >= heartbeat;
}

/// Makes a consumer that starts after what has been delivered.
Status OrderedConsumer::Private::begin(bool first)
{
    // Where a stream keeps one message a subject, everything is the newest of each: which the server knows at
    // once, while it works out the newest of a million subjects for seconds.
    bool lastPerSubject = options.lastPerSubject;
    auto info = jetStream.streamInfo(options.stream);
    if (!info && info.error().code != "nats.permission")
        return info.error();
    if (info) {
        const bool anew =
            !streamCreated.empty() && (info->created != streamCreated || info->lastSequence < streamSequence);
        if (anew) {
            streamSequence = 0;
            resumes = options.newOnly;
        } else if (first && options.newOnly) {
            streamSequence = info->lastSequence;
            resumes = true;
        }
        streamCreated = info->created;
        lastPerSubject = lastPerSubject && info->config.maxMessagesPerSubject != 1;
    }

    const std::string inbox = connection->newInbox();
    consumerName = "muster-" + inbox.substr(inbox.rfind('.') + 1);
    consumerSequence = 0;
    delivered = 0;
    broken = false;
    subjects.clear();
    subjectsSeen = 0;
    expected = notKnown;
    caughtUpAt = {};
    auto made = connection->subscribe(inbox, [this](const MessageView &m) { handle(m); });
    if (!made)
        return made.error();
    subscription = std::move(*made);

    std::string body;
    JsonWriter w(body);
    w.beginObject().member("stream_name", options.stream).key("config").beginObject();
    w.member("name", consumerName).member("deliver_subject", inbox);
    if (resumes) {
        w.member("deliver_policy", "by_start_sequence");
        w.member("opt_start_seq", static_cast<std::int64_t>(streamSequence + 1));
    } else {
        w.member("deliver_policy", options.newOnly ? "new" : lastPerSubject ? "last_per_subject" : "all");
    }
    if (!options.filter.empty())
        w.member("filter_subject", options.filter);
    w.member("ack_policy", "none").member("max_deliver", std::int64_t{1});
    w.member("flow_control", true);
    w.member("idle_heartbeat", static_cast<std::int64_t>(std::chrono::nanoseconds(heartbeat).count()));
    w.member("inactive_threshold", static_cast<std::int64_t>(std::chrono::nanoseconds(10s).count()));
    w.member("mem_storage", true).member("num_replicas", std::int64_t{1});
    w.endObject().endObject();
    const auto reply = JetStream(connection, options.domain, createTimeout)
                           .call("CONSUMER.CREATE." + options.stream + "." + consumerName +
                                     (options.filter.empty() ? "" : "." + options.filter),
                                 body);
    if (!reply) {
        subscription.reset();
        return reply.error();
    }
    simdjson::dom::parser parser;
    std::uint64_t pending = 0;
    if (parser.parse(*reply)["num_pending"].get(pending) == simdjson::SUCCESS) {
        expected = pending;
        if (subjectsSeen >= pending) // all came before the answer
            endSnapshot();
    }
    live = true;
    return {};
}

void OrderedConsumer::Private::drop()
{
    live = false;
    subscription.reset();
    // Nobody waits for the answer: the server forgets the consumer by itself soon after.
    if (!consumerName.empty())
        static_cast<void>(connection->publish(
            jetStream.apiPrefix() + "CONSUMER.DELETE." + options.stream + "." + consumerName, {}));
}

void OrderedConsumer::Private::keep()
{
    std::unique_lock lock(mutex);
    std::uint64_t heardBefore = heard;
    auto pause = 100ms;
    while (!stopping) {
        const bool told = wake.wait_for(lock, silenceAllowed, [this] { return stopping || wantsReset; });
        if (stopping)
            return;
        const std::uint64_t heardNow = heard;
        if (!told && std::exchange(heardBefore, heardNow) != heardNow)
            continue;
        wantsReset = false;
        lock.unlock();
        drop();
        const bool down = connection->state() != State::Connected;
        const bool begun = !down && begin(false).ok();
        lock.lock();
        heardBefore = heard;
        if (begun) {
            pause = 100ms;
        } else if (!down) {
            // A server that has just come up may need a moment for its streams. Without a connection the
            // listener wakes us.
            wantsReset = wake.wait_for(lock, pause, [this] { return stopping; }) ? wantsReset : true;
            pause = std::min(pause * 2, std::chrono::milliseconds(2000));
        }
    }
}

OrderedConsumer::OrderedConsumer() = default;

Result<std::unique_ptr<OrderedConsumer>>
OrderedConsumer::start(std::shared_ptr<Connection> connection, Options options,
                       std::function<void(const StoredMessage &)> onMessage,
                       std::function<void()> onSnapshotEnd)
{
    std::unique_ptr<OrderedConsumer> consumer(new OrderedConsumer());
    consumer->d = std::make_unique<Private>(std::move(connection), std::move(options));
    Private *const p = consumer->d.get();
    p->onMessage = std::move(onMessage);
    p->onSnapshotEnd = std::move(onSnapshotEnd);
    p->listener = p->connection->addListener([p](const Event &e) {
        if (e.kind == Event::Kind::Connected || e.kind == Event::Kind::Reconnected)
            p->requestReset();
        else if (e.kind == Event::Kind::Disconnected)
            p->live = false;
    });
    if (Status begun = p->begin(true); !begun)
        return begun.error();
    p->keeper = std::thread([p] { p->keep(); });
    return consumer;
}

OrderedConsumer::~OrderedConsumer()
{
    d->listener.reset();
    {
        const std::lock_guard lock(d->mutex);
        d->stopping = true;
        d->wake.notify_all();
    }
    if (d->keeper.joinable())
        d->keeper.join();
    d->drop();
}

bool OrderedConsumer::isLive() const
{
    return d->live;
}

} // namespace muster::nats
