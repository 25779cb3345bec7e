// SPDX-License-Identifier: GPL-3.0-or-later
#include "nats/connection_private.h"
#include "nats/nats_error.h"

#include <algorithm>

namespace muster::nats {

thread_local const Subscription::Interest *Subscription::Interest::current = nullptr;

Status Subscription::Interest::attach(const NatsConnectionPtr &nc)
{
    const std::lock_guard lock(mutex);
    if (ended || attachedTo == nc || (maxMessages > 0 && delivered.load() >= maxMessages))
        return {};
    detach();

    // The closure keeps the interest alive until the library's thread is through with it.
    auto closure = std::make_unique<Delivery>(shared_from_this());
    natsSubscription *made = nullptr;
    {
        const std::lock_guard doneLock(doneMutex);
        delivering = true;
    }
    const natsStatus s =
        queueGroup.empty()
            ? natsConnection_Subscribe(&made, nc.get(), subject.c_str(), &Delivery::onMessage, closure.get())
            : natsConnection_QueueSubscribe(&made, nc.get(), subject.c_str(), queueGroup.c_str(),
                                            &Delivery::onMessage, closure.get());
    if (s != NATS_OK) {
        const std::lock_guard doneLock(doneMutex);
        delivering = false;
        return natsError(s, "Subscribing to \"" + subject + "\"", lastNatsText());
    }
    sub = made;
    attachedTo = nc;
    // Fails only when the connection has been closed since the line above: then the thread is on its way out,
    // and its closure is left to it.
    if (natsSubscription_SetOnCompleteCB(sub, &Delivery::onComplete, closure.get()) != NATS_OK) {
        const std::lock_guard doneLock(doneMutex);
        delivering = false;
    }
    static_cast<void>(closure.release());
    natsSubscription_SetPendingLimits(sub, -1, -1);
    if (maxMessages > 0)
        natsSubscription_AutoUnsubscribe(sub, maxMessages - delivered.load());
    return {};
}

/// With the mutex held.
void Subscription::Interest::detach()
{
    if (!sub)
        return;
    natsSubscription_Unsubscribe(sub);
    if (current != this) {
        std::unique_lock lock(doneMutex);
        done.wait(lock, [this] { return !delivering; });
    }
    natsSubscription *const gone = std::exchange(sub, nullptr);
    const NatsConnectionPtr from = std::exchange(attachedTo, nullptr);
    if (const auto connection = owner.lock())
        connection->retire(from, gone);
    else
        natsSubscription_Destroy(gone);
}

void Subscription::Interest::end()
{
    const std::lock_guard lock(mutex);
    ended = true;
    detach();
}

void Subscription::Interest::Delivery::onMessage(natsConnection *, natsSubscription *from, natsMsg *msg,
                                                 void *closure)
{
    constexpr std::size_t maxUsed = 1024;
    constexpr std::size_t maxUsedBytes = std::size_t{1} << 20;
    constexpr std::size_t maxWaitingBytes = std::size_t{64} << 10;
    constexpr std::size_t cacheLine = 64;
    constexpr std::size_t mostAhead = 512;

    auto &self = *static_cast<Delivery *>(closure);
    const MessageView &view = self.m_waiting.emplace_back(viewOf(msg));
    self.m_used.push_back(msg);
    self.m_waitingBytes += view.data.size();
    if (self.m_ahead > 1 && self.m_interest->together > 1) {
        // Written by another thread, and by now perhaps some time ago: it comes into the cache while others
        // are collected.
        for (std::size_t at = 0; at < std::min(view.data.size(), mostAhead); at += cacheLine)
            __builtin_prefetch(view.data.data() + at);
    }
    --self.m_ahead;
    if (self.m_ahead > 0 && self.m_waiting.size() < self.m_interest->together &&
        self.m_waitingBytes < maxWaitingBytes)
        return;
    self.handOver();
    if (self.m_used.size() >= maxUsed || self.m_usedBytes >= maxUsedBytes)
        self.destroyUsed();
    if (self.m_ahead <= 0)
        self.rest(from);
}

void Subscription::Interest::Delivery::handOver()
{
    if (m_waiting.empty())
        return;
    Interest &interest = *m_interest;
    const Interest *outer = std::exchange(current, &interest);
    interest.delivered.fetch_add(static_cast<int>(m_waiting.size()), std::memory_order_relaxed);
    interest.handler(m_waiting);
    current = outer;
    m_handled += static_cast<int>(m_waiting.size());
    m_usedBytes += m_waitingBytes;
    m_waiting.clear();
    m_waitingBytes = 0;
}

/// The library frees messages on a thread of its own, and wakes it for one as for many.
void Subscription::Interest::Delivery::destroyUsed()
{
    for (natsMsg *msg : m_used)
        natsMsg_Destroy(msg);
    m_used.clear();
    m_usedBytes = 0;
}

/// Once all that was known to wait is handled. The library wakes this thread for each message that finds it
/// waiting, and a change of threads is dearer than a message: in a flood, messages are left to gather.
void Subscription::Interest::Delivery::rest(natsSubscription *from)
{
    constexpr auto window = std::chrono::milliseconds(1);
    constexpr auto pause = std::chrono::microseconds(300);
    constexpr int flood = 20; // messages in a window

    natsSubscription_GetPending(from, &m_ahead, nullptr);
    if (m_ahead > 0)
        return;
    const auto now = std::chrono::steady_clock::now();
    if (const auto taken = now - m_windowBegin; taken >= window) {
        m_isFlooded = m_handled >= flood * (taken / window);
        m_handled = 0;
        m_windowBegin = now;
    }
    if (m_isFlooded) {
        std::this_thread::sleep_for(pause);
        natsSubscription_GetPending(from, &m_ahead, nullptr);
    }
    if (m_ahead <= 0)
        destroyUsed();
}

void Subscription::Interest::Delivery::onComplete(void *closure)
{
    const std::unique_ptr<Delivery> self(static_cast<Delivery *>(closure));
    self->handOver();
    const std::lock_guard lock(self->m_interest->doneMutex);
    self->m_interest->delivering = false;
    self->m_interest->done.notify_all();
}

Subscription::Subscription(Subscription &&) noexcept = default;

Subscription &Subscription::operator=(Subscription &&other) noexcept
{
    if (this != &other) {
        reset();
        m_interest = std::move(other.m_interest);
    }
    return *this;
}

Subscription::~Subscription()
{
    reset();
}

void Subscription::autoUnsubscribe(int max)
{
    if (!m_interest || max <= 0)
        return;
    const std::lock_guard lock(m_interest->mutex);
    m_interest->maxMessages = max;
    if (m_interest->sub)
        natsSubscription_AutoUnsubscribe(m_interest->sub, max);
}

void Subscription::reset()
{
    const std::shared_ptr<Interest> interest = std::move(m_interest);
    m_interest.reset();
    if (!interest)
        return;
    if (const auto owner = interest->owner.lock()) {
        const std::lock_guard lock(owner->mutex);
        std::erase(owner->interests, interest);
    }
    interest->end();
}

} // namespace muster::nats
