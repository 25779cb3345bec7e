// SPDX-License-Identifier: GPL-3.0-or-later
#include "nats/gather.h"

namespace muster::nats {

template <typename Subscribe>
Result<std::unique_ptr<Gather>> Gather::listenBy(std::shared_ptr<Connection> connection,
                                                 const Subscribe &subscribe)
{
    std::unique_ptr<Gather> gather(new Gather());
    gather->m_inbox = connection->newInbox();
    Result<Subscription> subscription = subscribe(*connection, gather->m_inbox);
    if (!subscription)
        return subscription.error();
    gather->m_connection = std::move(connection);
    gather->m_subscription = std::move(*subscription);
    return gather;
}

Result<std::unique_ptr<Gather>> Gather::listen(std::shared_ptr<Connection> connection, MessageHandler onReply)
{
    return listenBy(std::move(connection), [&onReply](Connection &on, const std::string &inbox) {
        return on.subscribe(inbox, std::move(onReply));
    });
}

Result<std::unique_ptr<Gather>> Gather::listenInBulk(std::shared_ptr<Connection> connection,
                                                     BulkHandler onReplies)
{
    return listenBy(std::move(connection), [&onReplies](Connection &on, const std::string &inbox) {
        return on.subscribeInBulk(inbox, std::move(onReplies));
    });
}

Gather::~Gather() = default;

Status Gather::ask(std::string_view subject, std::string_view data, const Headers &headers)
{
    return m_connection->publish(subject, data, m_inbox, headers);
}

} // namespace muster::nats
