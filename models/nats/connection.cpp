// SPDX-License-Identifier: GPL-3.0-or-later
#include "nats/connection.h"

#include "nats/connect_settings.h"
#include "nats/nats_error.h"
#include "nats/server_probe.h"

#include <nats/nats.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>

namespace muster::nats {

namespace {

using Clock = std::chrono::steady_clock;
using NatsConnectionPtr = std::shared_ptr<natsConnection>;

constexpr std::size_t maxAsyncErrors = 100;

Error disconnected(std::string_view doing)
{
    return {"nats.disconnected", std::string(doing) + " failed: there is no connection to the server.",
            "Wait until the connection is back; it is tried again by itself."};
}

/// A subject becomes part of a line of the protocol.
bool isSubject(std::string_view subject)
{
    return !subject.empty() && subject.front() != '.' && subject.back() != '.' &&
           subject.find("..") == std::string_view::npos &&
           std::none_of(subject.begin(), subject.end(),
                        [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f; });
}

Error badSubject(std::string_view subject)
{
    std::string shown;
    for (const char c : subject.substr(0, 200))
        shown += static_cast<unsigned char>(c) < ' ' || c == 0x7f ? '?' : c;
    return {"nats.bad-subject", "\"" + shown + "\" cannot be a subject.",
            "A subject is words joined by dots, without spaces."};
}

bool isHeader(const std::pair<std::string, std::string> &h)
{
    const auto breaks = [](const std::string &s) {
        return s.find_first_of(std::string_view("\r\n\0", 3)) != s.npos;
    };
    return !h.first.empty() && h.first.find(':') == std::string::npos && !breaks(h.first) &&
           !breaks(h.second);
}

/// A NUL-terminated copy; on the stack for what is usual.
class CString {
public:
    explicit CString(std::string_view text)
    {
        if (text.size() < m_short.size()) {
            std::copy(text.begin(), text.end(), m_short.begin());
            m_short[text.size()] = '\0';
            m_text = m_short.data();
        } else {
            m_long = text;
            m_text = m_long.c_str();
        }
    }
    CString(const CString &) = delete;
    CString &operator=(const CString &) = delete;
    const char *get() const { return m_text; }

private:
    std::array<char, 256> m_short;
    std::string m_long;
    const char *m_text;
};

std::string_view orEmpty(const char *text)
{
    return text ? std::string_view(text) : std::string_view();
}

/// Messages with payload are what counts; only one without can be the server's own (no responders,
/// heartbeats).
int statusOf(natsMsg *msg)
{
    const char *text = nullptr;
    if (natsMsg_GetDataLength(msg) != 0 || natsMsgHeader_Get(msg, "Status", &text) != NATS_OK || !text)
        return 0;
    return std::atoi(text);
}

MessageView viewOf(natsMsg *msg)
{
    MessageView v;
    v.subject = orEmpty(natsMsg_GetSubject(msg));
    v.reply = orEmpty(natsMsg_GetReply(msg));
    v.data = std::string_view(natsMsg_GetData(msg), static_cast<std::size_t>(natsMsg_GetDataLength(msg)));
    v.status = statusOf(msg);
    v.handle = msg;
    return v;
}

/// nats.c knows no const.
natsMsg *messageOf(const MessageView &view)
{
    return static_cast<natsMsg *>(const_cast<void *>(view.handle));
}

} // namespace

std::string MessageView::header(const char *name) const
{
    const char *value = nullptr;
    if (!handle || natsMsgHeader_Get(messageOf(*this), name, &value) != NATS_OK || !value)
        return {};
    return value;
}

Message MessageView::copy() const
{
    Message m{std::string(subject), std::string(reply), std::string(data), {}, status};
    const char **keys = nullptr;
    int count = 0;
    if (handle && natsMsgHeader_Keys(messageOf(*this), &keys, &count) == NATS_OK) {
        for (int i = 0; i < count; ++i) {
            const char **values = nullptr;
            int n = 0;
            if (natsMsgHeader_Values(messageOf(*this), keys[i], &values, &n) != NATS_OK)
                continue;
            for (int k = 0; k < n; ++k)
                m.headers.emplace_back(keys[i], orEmpty(values[k]));
            std::free(static_cast<void *>(values));
        }
        std::free(static_cast<void *>(keys));
    }
    return m;
}

std::string Message::header(std::string_view name) const
{
    const auto it =
        std::find_if(headers.begin(), headers.end(), [&](const auto &h) { return h.first == name; });
    return it == headers.end() ? std::string() : it->second;
}

// ---------------------------------------------------------------------------------------------------------------

/// One interest over however many natsConnections the Connection goes through.
struct Subscription::Interest : std::enable_shared_from_this<Subscription::Interest> {
    std::weak_ptr<Connection::Private> owner;
    std::string subject, queueGroup;
    MessageHandler handler;

    std::mutex mutex; // attaching and detaching, one at a time
    NatsConnectionPtr attachedTo;
    natsSubscription *sub = nullptr;
    int maxMessages = 0;
    bool ended = false;

    std::atomic<int> delivered{0};
    std::mutex doneMutex;
    std::condition_variable done;
    bool delivering = false; // the subscription's thread may still call us

    static thread_local const Interest *current; // whose handler this thread is in

    Status attach(const NatsConnectionPtr &nc);
    void detach();
    void end();

    static void onMessage(natsConnection *, natsSubscription *, natsMsg *msg, void *closure)
    {
        const auto &self = *static_cast<std::shared_ptr<Interest> *>(closure);
        const Interest *outer = std::exchange(current, self.get());
        self->delivered.fetch_add(1, std::memory_order_relaxed);
        self->handler(viewOf(msg));
        current = outer;
        natsMsg_Destroy(msg);
    }

    static void onComplete(void *closure)
    {
        const std::unique_ptr<std::shared_ptr<Interest>> self(
            static_cast<std::shared_ptr<Interest> *>(closure));
        const std::lock_guard lock((*self)->doneMutex);
        (*self)->delivering = false;
        (*self)->done.notify_all();
    }
};

thread_local const Subscription::Interest *Subscription::Interest::current = nullptr;

// ---------------------------------------------------------------------------------------------------------------

struct Connection::Private : std::enable_shared_from_this<Connection::Private> {
    ConnectSettings settings;
    std::string inboxPrefix; // with the trailing dot

    mutable std::mutex mutex;
    std::condition_variable wake; // of the thread that connects
    NatsConnectionPtr nc;
    std::uintptr_t link = 0; // which natsConnection's callbacks count
    std::string version;
    bool everConnected = false, closed = false, wantsLink = false;
    int reconnections = 0;
    std::vector<std::shared_ptr<Subscription::Interest>> interests;
    std::thread connector;
    std::deque<Error> errors;
    // nats.c before 3.6.1 reads a subscription it has just looked up without holding it (its pull request
    // 638): what we let go of is destroyed when a PONG says that its reading thread has moved on.
    std::vector<std::pair<NatsConnectionPtr, natsSubscription *>> retired;
    std::uint64_t earlierIn = 0, earlierOut = 0, earlierBytes = 0; // of natsConnections gone

    // Events: whoever finds nobody dispatching does it, so that they stay in order and no lock is held in a
    // handler.
    std::mutex eventMutex;
    std::condition_variable eventDone;
    std::map<int, std::shared_ptr<EventHandler>> listeners;
    int nextListener = 0;
    std::deque<Event> events;
    bool dispatching = false, muted = false;
    int calling = -1;
    std::thread::id dispatcher;

    // Requests: one inbox for all, the last token tells which.
    struct Pending {
        std::string subject;
        std::optional<Result<Message>> outcome;
        std::condition_variable done;
    };
    std::mutex requestMutex;
    std::string replyInbox;
    Subscription replies;
    std::uint64_t nextRequest = 0;
    std::unordered_map<std::string, Pending *> pending;

    Private() = default;
    Private(const Private &) = delete;
    Private &operator=(const Private &) = delete;
    ~Private() { destroyRetired(); }

    NatsConnectionPtr current() const
    {
        const std::lock_guard lock(mutex);
        return nc;
    }
    State state() const;
    void post(Event event);
    void mute();
    void remember(const Error &error);
    void failPending(const Error &error, std::string_view subject);
    Result<NatsConnectionPtr> connectOnce();
    bool adopt(const NatsConnectionPtr &made);
    void startConnector();
    void connectorLoop();
    void retire(const NatsConnectionPtr &from, natsSubscription *sub);
    bool collect();
    void destroyRetired();
    Result<Subscription> subscribe(std::string_view subject, MessageHandler handler,
                                   std::string_view queueGroup);

    void onDisconnected(natsConnection *c);
    void onReconnected();
    void onGivenUp(natsConnection *c);
    void onError(natsStatus status, const std::string &text);
};

namespace {

struct Counts {
    std::uint64_t in = 0, inBytes = 0, out = 0;
};

Counts countsOf(const NatsConnectionPtr &c)
{
    natsStatistics *stats = nullptr;
    Counts n;
    std::uint64_t outBytes = 0, again = 0;
    if (c && natsStatistics_Create(&stats) == NATS_OK && natsConnection_GetStats(c.get(), stats) == NATS_OK)
        natsStatistics_GetCounts(stats, &n.in, &n.inBytes, &n.out, &outBytes, &again);
    natsStatistics_Destroy(stats);
    return n;
}

/// nats.c calls back with a number, never a pointer: it may do so after everything of ours is gone.
class Links {
public:
    static Links &instance()
    {
        static Links links;
        return links;
    }
    std::uintptr_t add(std::weak_ptr<Connection::Private> p)
    {
        const std::lock_guard lock(m_mutex);
        m_links.emplace(++m_last, std::move(p));
        return m_last;
    }
    void remove(std::uintptr_t id)
    {
        const std::lock_guard lock(m_mutex);
        m_links.erase(id);
    }
    /// The connection that `closure` stands for, when it still counts.
    std::shared_ptr<Connection::Private> find(void *closure)
    {
        const auto id = reinterpret_cast<std::uintptr_t>(closure);
        std::shared_ptr<Connection::Private> p;
        {
            const std::lock_guard lock(m_mutex);
            const auto it = m_links.find(id);
            if (it != m_links.end())
                p = it->second.lock();
        }
        if (!p)
            return nullptr;
        const std::lock_guard lock(p->mutex);
        return p->link == id && !p->closed ? p : nullptr;
    }

private:
    std::mutex m_mutex;
    std::uintptr_t m_last = 0;
    std::map<std::uintptr_t, std::weak_ptr<Connection::Private>> m_links;
};

std::string lastTextOf(natsConnection *c)
{
    const char *text = nullptr;
    natsConnection_GetLastError(c, &text);
    return std::string(orEmpty(text));
}

void setCallbacks(natsOptions *o, std::uintptr_t id)
{
    void *const closure = reinterpret_cast<void *>(id);
    natsOptions_SetDisconnectedCB(
        o,
        [](natsConnection *c, void *who) {
            if (auto p = Links::instance().find(who))
                p->onDisconnected(c);
        },
        closure);
    natsOptions_SetReconnectedCB(
        o,
        [](natsConnection *, void *who) {
            if (auto p = Links::instance().find(who))
                p->onReconnected();
        },
        closure);
    natsOptions_SetClosedCB(
        o,
        [](natsConnection *c, void *who) {
            if (auto p = Links::instance().find(who))
                p->onGivenUp(c);
            Links::instance().remove(reinterpret_cast<std::uintptr_t>(who));
        },
        closure);
    // The subscription passed here may be freed already (nats.c issue 659): not touched.
    natsOptions_SetErrorHandler(
        o,
        [](natsConnection *c, natsSubscription *, natsStatus status, void *who) {
            if (auto p = Links::instance().find(who)) {
                std::string text = lastNatsText();
                p->onError(status, text.empty() ? lastTextOf(c) : text);
            }
        },
        closure);
}

} // namespace

State Connection::Private::state() const
{
    NatsConnectionPtr c;
    {
        const std::lock_guard lock(mutex);
        if (closed)
            return State::Closed;
        if (!nc)
            return everConnected ? State::Reconnecting : State::Connecting;
        c = nc;
    }
    switch (natsConnection_Status(c.get())) {
    case NATS_CONN_STATUS_CONNECTED:
    case NATS_CONN_STATUS_DRAINING_SUBS:
    case NATS_CONN_STATUS_DRAINING_PUBS:
        return State::Connected;
    case NATS_CONN_STATUS_DISCONNECTED:
    case NATS_CONN_STATUS_CONNECTING:
    case NATS_CONN_STATUS_RECONNECTING:
    case NATS_CONN_STATUS_CLOSED:
        break;
    }
    return State::Reconnecting;
}

void Connection::Private::post(Event event)
{
    std::unique_lock lock(eventMutex);
    if (muted)
        return;
    events.push_back(std::move(event));
    if (dispatching)
        return;
    dispatching = true;
    dispatcher = std::this_thread::get_id();
    while (!events.empty() && !muted) {
        const Event e = std::move(events.front());
        events.pop_front();
        for (auto it = listeners.begin(); it != listeners.end() && !muted;) {
            const std::shared_ptr<EventHandler> handler = it->second;
            calling = it->first;
            lock.unlock();
            (*handler)(e);
            lock.lock();
            it = listeners.upper_bound(std::exchange(calling, -1));
            eventDone.notify_all();
        }
    }
    events.clear();
    dispatching = false;
    eventDone.notify_all();
}

void Connection::Private::mute()
{
    std::unique_lock lock(eventMutex);
    muted = true;
    if (dispatching && dispatcher != std::this_thread::get_id())
        eventDone.wait(lock, [this] { return !dispatching; });
    listeners.clear();
}

void Connection::Private::remember(const Error &error)
{
    const std::lock_guard lock(mutex);
    if (errors.size() == maxAsyncErrors)
        errors.pop_front();
    errors.push_back(error);
}

/// An empty subject means all of them.
void Connection::Private::failPending(const Error &error, std::string_view subject)
{
    const std::lock_guard lock(requestMutex);
    for (auto &[token, p] : pending) {
        if ((subject.empty() || p->subject == subject) && !p->outcome) {
            p->outcome.emplace(error);
            p->done.notify_all();
        }
    }
}

void Connection::Private::onDisconnected(natsConnection *c)
{
    const std::string text = lastTextOf(c);
    Error reason = natsError(NATS_CONNECTION_DISCONNECTED, "The connection to the server", text);
    if (reason.code == "nats.disconnected")
        reason.message = "The connection to the server was lost" + (text.empty() ? "." : ": " + text + ".");
    failPending(disconnected("The request"), {});
    Event e{Event::Kind::Disconnected, reason, 0};
    {
        const std::lock_guard lock(mutex);
        e.attempts = reconnections;
    }
    post(std::move(e));
}

void Connection::Private::onReconnected()
{
    Event e{Event::Kind::Reconnected, {}, 0};
    {
        const std::lock_guard lock(mutex);
        e.attempts = ++reconnections;
    }
    post(std::move(e));
}

/// nats.c closed by itself: refused twice for the same reason, or out of servers.
void Connection::Private::onGivenUp(natsConnection *c)
{
    const char *text = nullptr;
    const natsStatus status = natsConnection_GetLastError(c, &text);
    const Error reason = natsError(status, "Connecting again", orEmpty(text));
    remember(reason);
    post({Event::Kind::Error, reason, 0});
    const std::lock_guard lock(mutex);
    if (closed)
        return;
    wantsLink = true;
    startConnector();
    wake.notify_all();
}

void Connection::Private::onError(natsStatus status, const std::string &text)
{
    const Error e = natsError(
        status, status == NATS_NOT_PERMITTED ? "Using a subject" : "The connection to the server", text);
    remember(e);
    if (status == NATS_NOT_PERMITTED) {
        // "Permissions Violation for Publish to "a.b""
        const auto from = text.find('"');
        const auto to = from == std::string::npos ? from : text.find('"', from + 1);
        const std::string subject =
            to == std::string::npos ? std::string() : text.substr(from + 1, to - from - 1);
        bool own = false;
        {
            const std::lock_guard lock(requestMutex);
            own = !replyInbox.empty() && subject == replyInbox + "*";
        }
        if (!subject.empty())
            failPending(e, own ? std::string_view() : std::string_view(subject));
    }
    post({Event::Kind::Error, e, 0});
}

/// Tries each address once. Blocks for their timeouts; called without the mutex.
Result<NatsConnectionPtr> Connection::Private::connectOnce()
{
    std::optional<ServerInfo> info;
    std::optional<Error> why;
    for (const ServerAddress &a : settings.addresses) {
        auto probed = probeServer(a, settings.options.connectTimeout);
        if (probed) {
            info = std::move(*probed);
            break;
        }
        if (!why)
            why = probed.error();
    }
    if (!info)
        return *why;

    bool secure = settings.secure;
    if (!secure && info->tlsRequired) {
        if (settings.options.tls == Tls::Off)
            return natsError(NATS_SECURE_CONNECTION_REQUIRED, "Connecting", "the server requires TLS");
        secure = true;
    }
    if (secure && !info->tlsRequired && !info->tlsAvailable)
        return natsError(NATS_SECURE_CONNECTION_WANTED, "Connecting",
                         "TLS is asked for and the server offers none");

    auto options = makeNatsOptions(settings, secure);
    if (!options)
        return options.error();
    const std::uintptr_t id = Links::instance().add(weak_from_this());
    setCallbacks(options->get(), id);
    {
        const std::lock_guard lock(mutex);
        link = id;
        version = info->version;
    }
    natsConnection *raw = nullptr;
    const natsStatus s = natsConnection_Connect(&raw, options->get());
    if (s != NATS_OK) {
        const std::string text = lastNatsText();
        Links::instance().remove(id);
        std::string where;
        for (const ServerAddress &a : settings.addresses)
            where += (where.empty() ? "" : ", ") + a.url();
        return natsError(s, "Connecting to " + where, text);
    }
    return NatsConnectionPtr(raw, &natsConnection_Destroy);
}

/// False when closed in the meantime.
bool Connection::Private::adopt(const NatsConnectionPtr &made)
{
    std::vector<std::shared_ptr<Subscription::Interest>> all;
    NatsConnectionPtr old;
    {
        const std::lock_guard lock(mutex);
        if (closed)
            return false;
        old = std::exchange(nc, made);
        all = interests;
    }
    if (old) {
        const Counts n = countsOf(old);
        const std::lock_guard lock(mutex);
        earlierIn += n.in;
        earlierOut += n.out;
        earlierBytes += n.inBytes;
    }
    for (const auto &interest : all) {
        if (const Status s = interest->attach(made); !s)
            remember(s.error());
    }
    return true;
}

/// With the mutex held.
void Connection::Private::startConnector()
{
    if (!connector.joinable())
        connector = std::thread([self = shared_from_this()] { self->connectorLoop(); });
}

void Connection::Private::connectorLoop()
{
    using namespace std::chrono_literals;
    std::unique_lock lock(mutex);
    milliseconds pause{0};
    std::string told;
    for (;;) {
        wake.wait(lock, [this] { return closed || wantsLink || !retired.empty(); });
        if (!closed && !wantsLink) {
            lock.unlock();
            const bool collected = collect();
            lock.lock();
            if (!collected)
                wake.wait_for(lock, 1000ms, [this] { return closed || wantsLink; });
            continue;
        }
        if (!closed && pause.count() > 0)
            wake.wait_for(lock, pause, [this] { return closed; });
        if (closed)
            return;
        wantsLink = false;
        const bool first = !everConnected;
        lock.unlock();
        auto made = connectOnce();
        if (made) {
            if (!adopt(*made))
                return;
            lock.lock();
            everConnected = true;
            reconnections += first ? 0 : 1;
            const Event e{first ? Event::Kind::Connected : Event::Kind::Reconnected, {}, reconnections};
            lock.unlock();
            pause = 1000ms; // should nats.c give up on this one too, the next is not made at once
            told.clear();
            post(e);
            lock.lock();
            continue;
        }
        const Error &error = made.error();
        const bool lasting = error.code != "nats.unreachable" && error.code != "nats.timeout" &&
                             error.code != "nats.disconnected";
        pause =
            lasting ? std::clamp(pause * 2, 1000ms, 10000ms) : std::max(settings.options.reconnectWait, 50ms);
        if (error.message != told) {
            told = error.message;
            remember(error);
            post({Event::Kind::Error, error, 0});
        }
        lock.lock();
        wantsLink = true;
    }
}

Status Subscription::Interest::attach(const NatsConnectionPtr &nc)
{
    const std::lock_guard lock(mutex);
    if (ended || attachedTo == nc || (maxMessages > 0 && delivered.load() >= maxMessages))
        return {};
    detach();

    // The closure keeps the interest alive until the library's thread is through with it.
    auto closure = std::make_unique<std::shared_ptr<Interest>>(shared_from_this());
    natsSubscription *made = nullptr;
    {
        const std::lock_guard doneLock(doneMutex);
        delivering = true;
    }
    const natsStatus s =
        queueGroup.empty()
            ? natsConnection_Subscribe(&made, nc.get(), subject.c_str(), &onMessage, closure.get())
            : natsConnection_QueueSubscribe(&made, nc.get(), subject.c_str(), queueGroup.c_str(), &onMessage,
                                            closure.get());
    if (s != NATS_OK) {
        const std::lock_guard doneLock(doneMutex);
        delivering = false;
        return natsError(s, "Subscribing to \"" + subject + "\"", lastNatsText());
    }
    sub = made;
    attachedTo = nc;
    // Fails only when the connection has been closed since the line above: then the thread is on its way out,
    // and its closure is left to it.
    if (natsSubscription_SetOnCompleteCB(sub, &onComplete, closure.get()) != NATS_OK) {
        const std::lock_guard doneLock(doneMutex);
        delivering = false;
    }
    static_cast<void>(closure.release());
    natsSubscription_SetPendingLimits(sub, -1, -1);
    if (maxMessages > 0)
        natsSubscription_AutoUnsubscribe(sub, maxMessages - delivered.load());
    return {};
}

/// With the mutex held.
void Subscription::Interest::detach()
{
    if (!sub)
        return;
    natsSubscription_Unsubscribe(sub);
    if (current != this) {
        std::unique_lock lock(doneMutex);
        done.wait(lock, [this] { return !delivering; });
    }
    natsSubscription *const gone = std::exchange(sub, nullptr);
    const NatsConnectionPtr from = std::exchange(attachedTo, nullptr);
    if (const auto connection = owner.lock())
        connection->retire(from, gone);
    else
        natsSubscription_Destroy(gone);
}

void Subscription::Interest::end()
{
    const std::lock_guard lock(mutex);
    ended = true;
    detach();
}

void Connection::Private::retire(const NatsConnectionPtr &from, natsSubscription *sub)
{
    const std::lock_guard lock(mutex);
    retired.emplace_back(from, sub);
    if (closed)
        return;
    startConnector();
    wake.notify_all();
}

/// Destroys what no reading thread can be at any more; false when it has to be tried again later.
bool Connection::Private::collect()
{
    std::vector<std::pair<NatsConnectionPtr, natsSubscription *>> all;
    NatsConnectionPtr c;
    {
        const std::lock_guard lock(mutex);
        all.swap(retired);
        c = nc;
    }
    const bool passed = c && natsConnection_FlushTimeout(c.get(), 5000) == NATS_OK;
    std::erase_if(all, [&](const auto &entry) {
        // A connection that has been replaced had closed by itself, from its own reading thread.
        if (!passed && entry.first == c)
            return false;
        natsSubscription_Destroy(entry.second);
        return true;
    });
    const std::lock_guard lock(mutex);
    retired.insert(retired.end(), all.begin(), all.end());
    return all.empty();
}

/// When every natsConnection has been closed.
void Connection::Private::destroyRetired()
{
    std::vector<std::pair<NatsConnectionPtr, natsSubscription *>> all;
    {
        const std::lock_guard lock(mutex);
        all.swap(retired);
    }
    for (const auto &[from, sub] : all)
        natsSubscription_Destroy(sub);
}

Result<Subscription> Connection::Private::subscribe(std::string_view subject, MessageHandler handler,
                                                    std::string_view queueGroup)
{
    if (!isSubject(subject))
        return badSubject(subject);
    if (!queueGroup.empty() && !isSubject(queueGroup))
        return badSubject(queueGroup);
    auto interest = std::make_shared<Subscription::Interest>();
    interest->owner = weak_from_this();
    interest->subject = std::string(subject);
    interest->queueGroup = std::string(queueGroup);
    interest->handler = std::move(handler);
    NatsConnectionPtr c;
    {
        const std::lock_guard lock(mutex);
        if (closed)
            return disconnected("Subscribing to \"" + std::string(subject) + "\"");
        interests.push_back(interest);
        c = nc;
    }
    Subscription made(interest);
    // Without a connection, or with one that nats.c has closed, it is made when there is a new one.
    if (c && natsConnection_Status(c.get()) != NATS_CONN_STATUS_CLOSED) {
        if (const Status s = interest->attach(c); !s && !natsConnection_IsClosed(c.get()))
            return s.error();
    }
    return made;
}

// ---------------------------------------------------------------------------------------------------------------

Subscription::Subscription(Subscription &&) noexcept = default;

Subscription &Subscription::operator=(Subscription &&other) noexcept
{
    if (this != &other) {
        reset();
        m_interest = std::move(other.m_interest);
    }
    return *this;
}

Subscription::~Subscription()
{
    reset();
}

void Subscription::autoUnsubscribe(int max)
{
    if (!m_interest || max <= 0)
        return;
    const std::lock_guard lock(m_interest->mutex);
    m_interest->maxMessages = max;
    if (m_interest->sub)
        natsSubscription_AutoUnsubscribe(m_interest->sub, max);
}

void Subscription::reset()
{
    const std::shared_ptr<Interest> interest = std::move(m_interest);
    m_interest.reset();
    if (!interest)
        return;
    if (const auto owner = interest->owner.lock()) {
        const std::lock_guard lock(owner->mutex);
        std::erase(owner->interests, interest);
    }
    interest->end();
}

// ---------------------------------------------------------------------------------------------------------------

Connection::Connection(std::shared_ptr<Private> p) : d(std::move(p)) {}

Result<std::shared_ptr<Connection>> Connection::open(ConnectOptions options, EventHandler onEvent)
{
    auto settings = checkOptions(std::move(options));
    if (!settings)
        return settings.error();
    auto p = std::make_shared<Private>();
    p->settings = std::move(*settings);
    p->inboxPrefix = p->settings.options.inboxPrefix.empty() ? "_INBOX" : p->settings.options.inboxPrefix;
    while (!p->inboxPrefix.empty() && p->inboxPrefix.back() == '.')
        p->inboxPrefix.pop_back();
    if (!isSubject(p->inboxPrefix))
        return badSubject(p->settings.options.inboxPrefix);
    p->settings.options.inboxPrefix =
        p->settings.options.inboxPrefix.empty() ? std::string() : p->inboxPrefix;
    p->inboxPrefix += '.';
    if (onEvent)
        p->listeners.emplace(p->nextListener++, std::make_shared<EventHandler>(std::move(onEvent)));

    // The object owns from here on, so that every way out closes.
    std::shared_ptr<Connection> connection(new Connection(p));
    if (p->settings.options.retryFirstConnect) {
        const std::lock_guard lock(p->mutex);
        p->wantsLink = true;
        p->startConnector();
        return connection;
    }
    auto made = p->connectOnce();
    if (!made) {
        p->mute();
        return made.error();
    }
    static_cast<void>(p->adopt(*made)); // nobody else has it yet to close it
    {
        const std::lock_guard lock(p->mutex);
        p->everConnected = true;
    }
    p->post({Event::Kind::Connected, {}, 0});
    return connection;
}

Connection::~Connection()
{
    d->mute();
    close();
    std::vector<std::shared_ptr<Subscription::Interest>> all;
    std::thread connector;
    {
        const std::lock_guard lock(d->mutex);
        all.swap(d->interests);
        connector.swap(d->connector);
    }
    if (connector.joinable()) {
        if (connector.get_id() == std::this_thread::get_id())
            connector.detach();
        else
            connector.join();
    }
    for (const auto &interest : all)
        interest->end();
    Subscription replies;
    {
        const std::lock_guard lock(d->requestMutex);
        replies = std::move(d->replies);
    }
    replies.reset();
    d->destroyRetired();
}

void Connection::close()
{
    NatsConnectionPtr c;
    std::uintptr_t link = 0;
    {
        const std::lock_guard lock(d->mutex);
        if (d->closed)
            return;
        d->closed = true;
        c = d->nc;
        link = d->link;
        d->wake.notify_all();
    }
    Links::instance().remove(link);
    if (c)
        natsConnection_Close(c.get());
    d->failPending(disconnected("The request"), {});
    d->post({Event::Kind::Closed, {}, 0});
}

State Connection::state() const
{
    return d->state();
}

const ConnectOptions &Connection::options() const
{
    return d->settings.options;
}

std::string Connection::connectedUrl() const
{
    const NatsConnectionPtr c = d->current();
    std::array<char, 512> url{};
    if (!c || d->state() != State::Connected ||
        natsConnection_GetConnectedUrl(c.get(), url.data(), url.size()) != NATS_OK)
        return {};
    auto address = parseAddress(url.data());
    return address ? address->url() : std::string();
}

std::string Connection::serverVersion() const
{
    const std::lock_guard lock(d->mutex);
    return d->version;
}

std::int64_t Connection::maxPayload() const
{
    const NatsConnectionPtr c = d->current();
    return c ? natsConnection_GetMaxPayload(c.get()) : 0;
}

Result<milliseconds> Connection::roundTrip()
{
    const auto begin = Clock::now();
    if (Status s = flush(); !s)
        return s.error();
    return std::chrono::duration_cast<milliseconds>(Clock::now() - begin);
}

std::uint64_t Connection::messagesIn() const
{
    const Counts n = countsOf(d->current());
    const std::lock_guard lock(d->mutex);
    return d->earlierIn + n.in;
}

std::uint64_t Connection::messagesOut() const
{
    const Counts n = countsOf(d->current());
    const std::lock_guard lock(d->mutex);
    return d->earlierOut + n.out;
}

std::uint64_t Connection::bytesIn() const
{
    const Counts n = countsOf(d->current());
    const std::lock_guard lock(d->mutex);
    return d->earlierBytes + n.inBytes;
}

Status Connection::publish(std::string_view subject, std::string_view data, std::string_view reply,
                           const Headers &headers)
{
    if (!isSubject(subject))
        return badSubject(subject);
    if (!reply.empty() && !isSubject(reply))
        return badSubject(reply);
    const NatsConnectionPtr c = d->current();
    const auto doing = [&] { return "Sending to \"" + std::string(subject) + "\""; };
    if (!c || natsConnection_Status(c.get()) != NATS_CONN_STATUS_CONNECTED)
        return disconnected(doing());
    const std::int64_t limit = natsConnection_GetMaxPayload(c.get());
    if (static_cast<std::int64_t>(data.size()) > limit)
        return natsError(NATS_MAX_PAYLOAD, doing(),
                         std::to_string(data.size()) + " bytes are more than the " + std::to_string(limit) +
                             " that the server takes");

    const CString subjectText(subject), replyText(reply);
    const char *const replyTo = reply.empty() ? nullptr : replyText.get();
    natsStatus s = NATS_OK;
    if (headers.empty()) {
        const int size = static_cast<int>(data.size());
        s = replyTo ? natsConnection_PublishRequest(c.get(), subjectText.get(), replyTo, data.data(), size)
                    : natsConnection_Publish(c.get(), subjectText.get(), data.data(), size);
    } else {
        natsMsg *msg = nullptr;
        s = natsMsg_Create(&msg, subjectText.get(), replyTo, data.data(), static_cast<int>(data.size()));
        for (auto h = headers.begin(); s == NATS_OK && h != headers.end(); ++h) {
            if (!isHeader(*h)) {
                natsMsg_Destroy(msg);
                return Error{"nats.bad-header",
                             doing() + " failed: a header's name or value cannot go over the wire.",
                             "Leave line breaks out of headers, and colons out of their names."};
            }
            s = natsMsgHeader_Add(msg, h->first.c_str(), h->second.c_str());
        }
        if (s == NATS_OK)
            s = natsConnection_PublishMsg(c.get(), msg);
        natsMsg_Destroy(msg);
    }
    if (s != NATS_OK)
        return natsError(s, doing(), lastNatsText());
    // Lost between the look above and the call: nats.c may have kept it and may yet send it.
    if (natsConnection_Status(c.get()) != NATS_CONN_STATUS_CONNECTED)
        return Error{"nats.disconnected",
                     doing() + " met the loss of the connection: whether it arrived is not known.",
                     "Look whether it had its effect before sending it again."};
    return {};
}

Result<Message> Connection::request(std::string_view subject, std::string_view data, milliseconds timeout,
                                    const Headers &headers)
{
    const auto deadline = Clock::now() + timeout;
    Private::Pending mine;
    mine.subject = std::string(subject);
    std::unique_lock lock(d->requestMutex);
    if (d->replyInbox.empty()) {
        const std::string inbox = newInbox() + '.';
        Private *const p = d.get();
        auto made = d->subscribe(inbox + '*',
                                 [p, skip = inbox.size()](const MessageView &m) {
                                     const std::lock_guard guard(p->requestMutex);
                                     const auto it =
                                         m.subject.size() > skip
                                             ? p->pending.find(std::string(m.subject.substr(skip)))
                                             : p->pending.end();
                                     if (it != p->pending.end() && !it->second->outcome) {
                                         it->second->outcome.emplace(m.copy());
                                         it->second->done.notify_all();
                                     }
                                 },
                                 {});
        if (!made)
            return made.error();
        d->replies = std::move(*made);
        d->replyInbox = inbox;
    }
    const std::string token = std::to_string(++d->nextRequest);
    const std::string inbox = d->replyInbox + token;
    d->pending.emplace(token, &mine);
    lock.unlock();
    const Status sent = publish(subject, data, inbox, headers);
    if (sent) {
        // nats.c's flusher waits a millisecond for more; a PING writes it out now.
        if (const NatsConnectionPtr c = d->current())
            natsConnection_FlushTimeout(c.get(), std::max<std::int64_t>(1, timeout.count()));
    }
    lock.lock();
    if (sent)
        mine.done.wait_until(lock, deadline, [&] { return mine.outcome.has_value(); });
    d->pending.erase(token);
    lock.unlock();
    if (!sent)
        return sent.error();
    const std::string doing = "Asking on \"" + mine.subject + "\"";
    if (!mine.outcome)
        return natsError(NATS_TIMEOUT, doing, "no answer within " + std::to_string(timeout.count()) + " ms");
    if (mine.outcome->ok() && mine.outcome->value().status == 503)
        return natsError(NATS_NO_RESPONDERS, doing, "nobody listens there");
    return std::move(*mine.outcome);
}

Result<Subscription> Connection::subscribe(std::string_view subject, MessageHandler handler,
                                           std::string_view queueGroup)
{
    return d->subscribe(subject, std::move(handler), queueGroup);
}

Status Connection::flush(milliseconds timeout)
{
    const NatsConnectionPtr c = d->current();
    if (!c || natsConnection_Status(c.get()) != NATS_CONN_STATUS_CONNECTED)
        return disconnected("Waiting for the server");
    const natsStatus s = natsConnection_FlushTimeout(c.get(), std::max<std::int64_t>(1, timeout.count()));
    if (s != NATS_OK)
        return natsError(s, "Waiting for the server", lastNatsText());
    return {};
}

std::string Connection::newInbox() const
{
    natsInbox *inbox = nullptr; // "_INBOX." and what makes it unique
    if (natsInbox_Create(&inbox) != NATS_OK)
        return {};
    const std::string_view text(inbox);
    std::string made = d->inboxPrefix + std::string(text.substr(text.rfind('.') + 1));
    natsInbox_Destroy(inbox);
    return made;
}

std::shared_ptr<void> Connection::addListener(EventHandler onEvent)
{
    int id = 0;
    {
        const std::lock_guard lock(d->eventMutex);
        id = d->nextListener++;
        d->listeners.emplace(id, std::make_shared<EventHandler>(std::move(onEvent)));
    }
    return {d.get(), [p = d, id](void *) {
                std::unique_lock lock(p->eventMutex);
                p->listeners.erase(id);
                if (p->dispatcher != std::this_thread::get_id())
                    p->eventDone.wait(lock, [&] { return p->calling != id; });
            }};
}

std::vector<Error> Connection::asyncErrors() const
{
    const std::lock_guard lock(d->mutex);
    return {d->errors.begin(), d->errors.end()};
}

} // namespace muster::nats
