// SPDX-License-Identifier: GPL-3.0-or-later
#include "nats/connection_private.h"
#include "nats/nats_error.h"
#include "nats/server_probe.h"

#include <algorithm>

#ifdef __linux__
#include <sched.h>
#endif

namespace muster::nats {

namespace {

constexpr std::size_t maxAsyncErrors = 100;

/// nats.c calls back with a number, never a pointer: it may do so after everything of ours is gone.
class Links {
public:
    static Links &instance()
    {
        static auto *const only = new Links; // never destroyed: nats.c's threads run until the process is gone
        return *only;
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

/// nats.c frees messages on a thread of its own, which it wakes for each while holding a lock that this
/// thread needs at once. One that takes the place of the thread that handles messages gives it back before it
/// has done anything: twice a change of threads, dearer than the message. A batch thread takes nobody's
/// place; the library's own threads become what the thread is that opens it.
void openLibrary()
{
    static const bool isOpen = [] {
        natsStatus opened = NATS_OK;
        std::thread([&opened] {
#ifdef __linux__
            const sched_param noPriority{};
            sched_setscheduler(0, SCHED_BATCH, &noPriority);
#endif
            opened = nats_Open(-1);
        }).join();
        return opened == NATS_OK;
    }();
    static_cast<void>(isOpen); // what comes next would open it, and says why it cannot
}

std::string lastTextOf(natsConnection *c)
{
    const char *text = nullptr;
    natsConnection_GetLastError(c, &text);
    return std::string(orEmpty(text));
}

void setCallbacks(natsOptions *o, std::uintptr_t id)
{
    // NOLINTNEXTLINE(performance-no-int-to-ptr): a number is what is wanted, see Links
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

void forgetLink(std::uintptr_t link)
{
    Links::instance().remove(link);
}

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
    openLibrary();
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
    return subscribeInBulk(
        subject,
        [handler = std::move(handler)](std::span<const MessageView> messages) { handler(messages.front()); },
        queueGroup, 1);
}

Result<Subscription> Connection::Private::subscribeInBulk(std::string_view subject, BulkHandler handler,
                                                          std::string_view queueGroup,
                                                          std::size_t together)
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
    interest->together = together;
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

} // namespace muster::nats
