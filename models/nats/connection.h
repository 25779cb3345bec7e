// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
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

/// What happened to a connection. Delivered on a nats.c thread, in order.
struct Event {
    enum class Kind { Connected, Disconnected, Reconnected, Closed, Error };
    Kind kind = Kind::Connected;
    Error error;     ///< Disconnected, Closed and Error: the reason, when there is one
    int attempts = 0; ///< reconnections so far
};
using EventHandler = std::function<void(const Event &)>;

/// A message, alive for the duration of a handler's call; its views point into nats.c's buffer.
struct MessageView {
    std::string_view subject, reply, data;
    /// The status code of a message without payload that the server made ("503" no responders); 0 otherwise.
    int status = 0;
    const void *handle = nullptr; ///< for header() only
    std::string header(const char *name) const;
};
using MessageHandler = std::function<void(const MessageView &)>;

/// A message, owning its text.
struct Message {
    std::string subject, reply, data;
    std::vector<std::pair<std::string, std::string>> headers;
    int status = 0;
    std::string header(std::string_view name) const;
};
using Headers = std::vector<std::pair<std::string, std::string>>;

/// One interest. Ends with the object: the destructor returns when the handler is not running and will not run
/// again (so never destroy it from within its own handler).
class Subscription {
public:
    Subscription() = default;
    Subscription(Subscription &&) noexcept;
    Subscription &operator=(Subscription &&) noexcept;
    ~Subscription();

    explicit operator bool() const { return static_cast<bool>(d); }
    /// The server delivers at most this many in all, then drops the interest by itself.
    void autoUnsubscribe(int max);
    void reset();

    struct Private;

private:
    friend class Connection;
    explicit Subscription(std::unique_ptr<Private> p);
    std::unique_ptr<Private> d;
};

/// An owner over one natsConnection: reconnects without limit, has no pending limit (whoever handles messages
/// bounds its own queue and counts what it drops), keeps nothing to send while disconnected. All calls from any
/// thread; request() and flush() block and are not for the GUI thread.
class Connection : public std::enable_shared_from_this<Connection> {
public:
    static Result<std::shared_ptr<Connection>> open(ConnectOptions options, EventHandler onEvent = {});
    ~Connection(); ///< closes, after every handler has returned
    Connection(const Connection &) = delete;
    Connection &operator=(const Connection &) = delete;

    State state() const;
    const ConnectOptions &options() const;
    std::string connectedUrl() const;    ///< empty while not connected
    std::string serverVersion() const;
    std::int64_t maxPayload() const;
    Result<milliseconds> roundTrip();    ///< a PING and its PONG
    std::uint64_t messagesIn() const, messagesOut() const, bytesIn() const;

    /// Refused with "nats.disconnected" while the state is not Connected: nats.c would keep it and send it later.
    Status publish(std::string_view subject, std::string_view data, std::string_view reply = {},
                   const Headers &headers = {});
    /// "nats.no-responders", "nats.timeout", "nats.disconnected", "nats.permission".
    Result<Message> request(std::string_view subject, std::string_view data, milliseconds timeout,
                            const Headers &headers = {});
    /// The handler runs on a thread of this subscription's own, one message at a time; it only decodes and
    /// enqueues. Interest survives reconnects. `queueGroup` may be empty.
    Result<Subscription> subscribe(std::string_view subject, MessageHandler handler, std::string_view queueGroup = {});
    /// Returns when the server has read everything sent before.
    Status flush(milliseconds timeout = milliseconds(2000));
    std::string newInbox() const;

    /// Errors the server reported that belong to no call (a subject we may not use), oldest first, at most 100.
    std::vector<Error> asyncErrors() const;

    void close();
    void *native() const; ///< natsConnection *, for this folder only

private:
    struct Private;
    explicit Connection(std::unique_ptr<Private> p);
    std::unique_ptr<Private> d;
};

} // namespace muster::nats
