// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nats/connect_settings.h"
#include "nats/connection.h"

#include <nats/nats.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>

/// What Connection, Subscription and their callbacks share. For this folder only.
namespace muster::nats {

using NatsConnectionPtr = std::shared_ptr<natsConnection>;

Error disconnected(std::string_view doing);
/// A subject becomes part of a line of the protocol.
bool isSubject(std::string_view subject);
Error badSubject(std::string_view subject);
std::string_view orEmpty(const char *text);
MessageView viewOf(natsMsg *msg);
constexpr std::size_t maxTogether = 64; ///< messages handed over at once

struct Counts {
    std::uint64_t in = 0, inBytes = 0, out = 0;
};
Counts countsOf(const NatsConnectionPtr &c);

/// From here on no callback of nats.c for this natsConnection finds its way to us.
void forgetLink(std::uintptr_t link);

/// One interest over however many natsConnections the Connection goes through.
struct Subscription::Interest : std::enable_shared_from_this<Subscription::Interest> {
    std::weak_ptr<Connection::Private> owner;
    std::string subject, queueGroup;
    BulkHandler handler;
    std::size_t together = 1; // messages that the handler takes at once

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

    /// An interest's way through one natsConnection: what the library's thread for it has.
    class Delivery {
    public:
        explicit Delivery(std::shared_ptr<Interest> interest) : m_interest(std::move(interest)) {}
        Delivery(const Delivery &) = delete;
        Delivery &operator=(const Delivery &) = delete;
        ~Delivery() { destroyUsed(); }

        static void onMessage(natsConnection *, natsSubscription *from, natsMsg *msg, void *closure);
        static void onComplete(void *closure);

    private:
        void handOver();
        void destroyUsed();
        void rest(natsSubscription *from);

        std::shared_ptr<Interest> m_interest;
        std::vector<MessageView> m_waiting; // for the handler, with those that come at once
        std::size_t m_waitingBytes = 0;
        std::vector<natsMsg *> m_used; // and to be destroyed; what waits is in it already
        std::size_t m_usedBytes = 0;
        int m_ahead = 0;   // messages that are known to wait
        int m_handled = 0; // since the window began
        bool m_isFlooded = false;
        std::chrono::steady_clock::time_point m_windowBegin{};
    };
};

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
    Result<Subscription> subscribeInBulk(std::string_view subject, BulkHandler handler,
                                         std::string_view queueGroup, std::size_t together);

    void onDisconnected(natsConnection *c);
    void onReconnected();
    void onGivenUp(natsConnection *c);
    void onError(natsStatus status, const std::string &text);
};

} // namespace muster::nats
