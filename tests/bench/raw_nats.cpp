// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw_nats.h"

#include <chrono>

namespace muster::bench {
namespace {

void count(natsConnection *, natsSubscription *, natsMsg *message, void *closure)
{
    static_cast<Arrivals *>(closure)->one();
    natsMsg_Destroy(message);
}

} // namespace

void Arrivals::one()
{
    if (m_count.fetch_add(1, std::memory_order_relaxed) + 1 != m_wanted)
        return;
    const std::lock_guard lock(m_mutex);
    m_done = true;
    m_wake.notify_one();
}

bool Arrivals::wait()
{
    std::unique_lock lock(m_mutex);
    return m_wake.wait_for(lock, std::chrono::minutes(2), [this] { return m_done; });
}

RawNats::RawNats(const std::string &url)
{
    natsConnection_ConnectTo(&m_connection, url.c_str());
}

RawNats::~RawNats()
{
    natsSubscription_Destroy(m_subscription);
    jsCtx_Destroy(m_jetStream);
    natsConnection_Destroy(m_connection);
}

void RawNats::listen(const std::string &subject, Arrivals &arrivals)
{
    natsConnection_Subscribe(&m_subscription, m_connection, subject.c_str(), count, &arrivals);
    natsSubscription_SetPendingLimits(m_subscription, -1, -1);
    natsConnection_Flush(m_connection);
}

void RawNats::listenLastPerSubject(const std::string &subject, Arrivals &arrivals)
{
    natsConnection_JetStream(&m_jetStream, m_connection, nullptr);
    jsSubOptions options;
    jsSubOptions_Init(&options);
    options.Ordered = true;
    options.Config.DeliverPolicy = js_DeliverLastPerSubject;
    js_Subscribe(&m_subscription, m_jetStream, subject.c_str(), count, &arrivals, nullptr, &options, nullptr);
    natsSubscription_SetPendingLimits(m_subscription, -1, -1);
}

void RawNats::ask(const std::string &subject, const std::string &reply, const std::string &data)
{
    natsConnection_PublishRequest(m_connection, subject.c_str(), reply.c_str(), data.data(),
                                  static_cast<int>(data.size()));
}

std::shared_ptr<nats::Connection> connectTo(const nats::LocalServer &server)
{
    nats::ConnectOptions options;
    options.servers = {server.url()};
    auto connection = nats::Connection::open(options);
    return connection ? *connection : nullptr;
}

std::string deviceName(int i)
{
    return "eu-ams-" + std::to_string(100'000 + i);
}

} // namespace muster::bench
