// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nats/connection.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <vector>

namespace muster::test {

/// Keeps every message of a subject, for tests that wait for one.
class MessageLog {
public:
    MessageLog(nats::Connection &connection, std::string_view subject)
    {
        auto made = connection.subscribe(subject, [this](const nats::MessageView &message) {
            const std::lock_guard lock(m_mutex);
            m_messages.push_back(message.copy());
            m_changed.notify_all();
        });
        if (made && connection.flush())
            m_subscription = std::move(*made);
    }
    explicit operator bool() const { return static_cast<bool>(m_subscription); }

    std::vector<nats::Message> messages() const
    {
        const std::lock_guard lock(m_mutex);
        return m_messages;
    }
    std::size_t size() const { return messages().size(); }

    /// Whether at least `count` messages of which `is` holds came within the time.
    bool waitFor(const std::function<bool(const nats::Message &)> &is, std::ptrdiff_t count = 1,
                 std::chrono::seconds timeout = std::chrono::seconds(20)) const
    {
        std::unique_lock lock(m_mutex);
        return m_changed.wait_for(
            lock, timeout, [&] { return std::count_if(m_messages.begin(), m_messages.end(), is) >= count; });
    }
    bool waitForCount(std::size_t count, std::chrono::seconds timeout = std::chrono::seconds(20)) const
    {
        return waitFor([](const nats::Message &) { return true; }, static_cast<std::ptrdiff_t>(count),
                       timeout);
    }

private:
    mutable std::mutex m_mutex;
    mutable std::condition_variable m_changed;
    std::vector<nats::Message> m_messages;
    nats::Subscription m_subscription; // last: its handler uses what is above
};

inline bool holds(const nats::Message &message, std::string_view part)
{
    return message.data.find(part) != std::string::npos;
}

inline std::shared_ptr<nats::Connection> connectTo(const std::string &url)
{
    nats::ConnectOptions options;
    options.servers = {url};
    options.name = "test";
    auto connection = nats::Connection::open(std::move(options));
    return connection ? *connection : nullptr;
}

} // namespace muster::test
