// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nats/connection.h"
#include "nats/local_server.h"

#include <nats/nats.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

namespace muster::bench {

/// Waits for a count that a NATS thread reaches.
class Arrivals {
public:
    explicit Arrivals(std::int64_t wanted) : m_wanted(wanted) {}
    void one();
    bool wait(); ///< two minutes at most
    std::int64_t count() const { return m_count.load(std::memory_order_relaxed); }

private:
    const std::int64_t m_wanted;
    std::atomic<std::int64_t> m_count{0};
    std::mutex m_mutex;
    std::condition_variable m_wake;
    bool m_done = false;
};

/// Bare nats.c that counts what arrives: the floor of whatever takes messages.
class RawNats {
public:
    explicit RawNats(const std::string &url);
    ~RawNats();
    RawNats(const RawNats &) = delete;
    RawNats &operator=(const RawNats &) = delete;

    void listen(const std::string &subject, Arrivals &arrivals);
    void listenLastPerSubject(const std::string &subject, Arrivals &arrivals); ///< an ordered consumer
    void ask(const std::string &subject, const std::string &reply, const std::string &data);

private:
    natsConnection *m_connection = nullptr;
    natsSubscription *m_subscription = nullptr;
    jsCtx *m_jetStream = nullptr;
};

std::shared_ptr<nats::Connection> connectTo(const nats::LocalServer &server);
std::string deviceName(int i);

} // namespace muster::bench
