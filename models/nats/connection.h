// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace muster::nats {

using std::chrono::milliseconds;

enum class Tls { WhenAsked, Required, Off };

/// How to reach and sign in to a NATS system. Secrets are file paths wherever NATS has files for them.
struct ConnectOptions {
    std::vector<std::string> servers; ///< "nats://host:4222", "tls://..."; tried in turn
    std::string name = "muster";      ///< shown by the server in its connection list
    std::string user, password;
    std::string token;
    std::string credentialsFile; ///< .creds: a user JWT and its seed
    std::string nkeySeedFile;
    Tls tls = Tls::WhenAsked;
    std::string caFile, certificateFile, keyFile;
    std::string inboxPrefix; ///< empty: "_INBOX"
    milliseconds connectTimeout{2000};
    milliseconds pingInterval{15000};
    milliseconds reconnectWait{250}; ///< between attempts; attempts never end
    /// False: open() fails when no server answers. True: open() succeeds at once and goes on trying.
    bool retryFirstConnect = false;
};

enum class State { Connecting, Connected, Reconnecting, Closed };

/// What happened to a connection. Delivered one at a time, in order, on a thread of the library or, for what
/// a call brings about by itself (the first Connected, the Closed of close()), within that call.
/// Disconnected: interest stays, nothing can be sent. Error: the server refused something, or an attempt to
/// connect failed for a reason not told before; attempts go on. Closed: only after close().
struct Event {
    enum class Kind { Connected, Disconnected, Reconnected, Closed, Error };
    Kind kind = Kind::Connected;
    Error error;      ///< Disconnected, Closed and Error: the reason, when there is one
    int attempts = 0; ///< reconnections so far
};
using EventHandler = std::function<void(const Event &)>;

using Headers = std::vector<std::pair<std::string, std::string>>;

/// A message, owning its text.
struct Message {
    std::string subject, reply, data;
    Headers headers;
    int status = 0;
    std::string header(std::string_view name) const;
};

/// A message, alive for the duration of a handler's call; its views point into nats.c's buffer.
struct MessageView {
    std::string_view subject, reply, data;
    /// The status code of a message without payload that the server made ("503" no responders); 0 otherwise.
    int status = 0;
    const void *handle = nullptr; ///< for header() and copy() only
    std::string header(const char *name) const;
    Message copy() const;
};
using MessageHandler = std::function<void(const MessageView &)>;
using BulkHandler = std::function<void(std::span<const MessageView>)>;

/// One interest. Ends with the object: the destructor returns when the handler is not running and will not
/// run again (so never destroy it from within its own handler).
class Subscription {
public:
    Subscription() = default;
    Subscription(Subscription &&) noexcept;
    Subscription &operator=(Subscription &&) noexcept;
    ~Subscription();

    explicit operator bool() const { return static_cast<bool>(m_interest); }
    /// The server delivers at most this many in all, then drops the interest by itself.
    void autoUnsubscribe(int max);
    void reset();

    struct Interest;

private:
    friend class Connection;
    explicit Subscription(std::shared_ptr<Interest> interest) : m_interest(std::move(interest)) {}
    std::shared_ptr<Interest> m_interest;
};

/// An owner over one natsConnection at a time: reconnects without limit (also where nats.c gives up, as after
/// the same refusal to sign in twice: then with a connection of its own making, once every second to ten),
/// has no pending limit (whoever handles messages bounds its own queue and counts what it drops), keeps
/// nothing to send while disconnected. All calls from any thread; open(), request(), roundTrip() and flush()
/// block and are not for the GUI thread.
class Connection : public std::enable_shared_from_this<Connection> {
public:
    static Result<std::shared_ptr<Connection>> open(ConnectOptions options, EventHandler onEvent = {});
    ~Connection(); ///< closes, after every handler has returned; none is called again
    Connection(const Connection &) = delete;
    Connection &operator=(const Connection &) = delete;

    State state() const;
    const ConnectOptions &options() const;
    std::string connectedUrl() const;  ///< empty while not connected
    std::string serverVersion() const; ///< of the server that answered last when a connection was made
    std::int64_t maxPayload() const;
    Result<milliseconds> roundTrip(); ///< a PING and its PONG
    std::uint64_t messagesIn() const, messagesOut() const, bytesIn() const;

    /// Refused with "nats.disconnected" while the state is not Connected: nats.c would keep it and send it
    /// later. Also "nats.too-large", and "nats.bad-subject" for what would break the protocol's line.
    Status publish(std::string_view subject, std::string_view data, std::string_view reply = {},
                   const Headers &headers = {});
    /// "nats.no-responders", "nats.timeout", "nats.disconnected", "nats.permission".
    Result<Message> request(std::string_view subject, std::string_view data, milliseconds timeout,
                            const Headers &headers = {});
    /// The handler runs on a thread of this subscription's own, one message at a time; it only decodes and
    /// enqueues. Interest survives reconnects. `queueGroup` may be empty.
    Result<Subscription> subscribe(std::string_view subject, MessageHandler handler,
                                   std::string_view queueGroup = {});
    /// The same for who is sent very many: messages that wait come together, at most 64 or some 64 KB, oldest
    /// first. None waits for others to come.
    Result<Subscription> subscribeInBulk(std::string_view subject, BulkHandler handler);
    /// Returns when the server has read everything sent before.
    Status flush(milliseconds timeout = milliseconds(2000));
    std::string newInbox() const;

    /// A further listener; the token's destructor returns when it is not running and will not run again.
    [[nodiscard]] std::shared_ptr<void> addListener(EventHandler onEvent);

    /// Errors the server reported that belong to no call (a subject we may not use), oldest first, at most
    /// 100.
    std::vector<Error> asyncErrors() const;

    void close();

    struct Private;

private:
    explicit Connection(std::shared_ptr<Private> p);
    std::shared_ptr<Private> d;
};

} // namespace muster::nats
