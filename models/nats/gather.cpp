// SPDX-License-Identifier: GPL-3.0-or-later
#include "nats/gather.h"

namespace muster::nats {

Result<std::unique_ptr<Gather>> Gather::listen(std::shared_ptr<Connection> connection, MessageHandler onReply)
{
    std::unique_ptr<Gather> gather(new Gather());
    gather->m_inbox = connection->newInbox();
    auto subscription = connection->subscribe(gather->m_inbox, std::move(onReply));
    if (!subscription)
        return subscription.error();
    gather->m_connection = std::move(connection);
    gather->m_subscription = std::move(*subscription);
    return gather;
}

Gather::~Gather() = default;

Status Gather::ask(std::string_view subject, std::string_view data, const Headers &headers)
{
    return m_connection->publish(subject, data, m_inbox, headers);
}

} // namespace muster::nats
