// SPDX-License-Identifier: GPL-3.0-or-later
#include "nats/connection_private.h"
#include "nats/nats_error.h"

#include <algorithm>
#include <array>

namespace muster::nats {

namespace {

using Clock = std::chrono::steady_clock;

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

} // namespace

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
    forgetLink(link);
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

Result<Subscription> Connection::subscribeInBulk(std::string_view subject, BulkHandler handler)
{
    return d->subscribeInBulk(subject, std::move(handler), {}, maxTogether);
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
