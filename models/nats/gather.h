// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nats/connection.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace muster::nats {

/// Scatter and gather: one publish, many replies to an inbox of its own. The owner decides when it ends, by
/// destroying it; nothing in here waits or guesses.
class Gather {
public:
    /// Replies arrive on a thread of this gather's own, one at a time. A reply with status 503 means that
    /// nobody listens on the subject.
    static Result<std::unique_ptr<Gather>> listen(std::shared_ptr<Connection> connection,
                                                  MessageHandler onReply);
    /// The same for very many replies, see Connection::subscribeInBulk.
    static Result<std::unique_ptr<Gather>> listenInBulk(std::shared_ptr<Connection> connection,
                                                        BulkHandler onReplies);
    ~Gather();

    const std::string &inbox() const { return m_inbox; }
    /// Sends the question; may be called again (to ask the silent ones again) and on several subjects.
    Status ask(std::string_view subject, std::string_view data, const Headers &headers = {});

private:
    Gather() = default;
    template <typename Subscribe>
    static Result<std::unique_ptr<Gather>> listenBy(std::shared_ptr<Connection> connection,
                                                    const Subscribe &subscribe);
    std::shared_ptr<Connection> m_connection;
    std::string m_inbox;
    Subscription m_subscription;
};

} // namespace muster::nats
