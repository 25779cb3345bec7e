// SPDX-License-Identifier: GPL-3.0-or-later
#include "nats/connection_private.h"
#include "nats/nats_error.h"

namespace muster::nats {

thread_local const Subscription::Interest *Subscription::Interest::current = nullptr;

Status Subscription::Interest::attach(const NatsConnectionPtr &nc)
{
    const std::lock_guard lock(mutex);
    if (ended || attachedTo == nc || (maxMessages > 0 && delivered.load() >= maxMessages))
        return {};
    detach();

    // The closure keeps the interest alive until the library's thread is through with it.
    auto closure = std::make_unique<std::shared_ptr<Interest>>(shared_from_this());
    natsSubscription *made = nullptr;
    {
        const std::lock_guard doneLock(doneMutex);
        delivering = true;
    }
    const natsStatus s =
        queueGroup.empty()
            ? natsConnection_Subscribe(&made, nc.get(), subject.c_str(), &onMessage, closure.get())
            : natsConnection_QueueSubscribe(&made, nc.get(), subject.c_str(), queueGroup.c_str(), &onMessage,
                                            closure.get());
    if (s != NATS_OK) {
        const std::lock_guard doneLock(doneMutex);
        delivering = false;
        return natsError(s, "Subscribing to \"" + subject + "\"", lastNatsText());
    }
    sub = made;
    attachedTo = nc;
    // Fails only when the connection has been closed since the line above: then the thread is on its way out,
    // and its closure is left to it.
    if (natsSubscription_SetOnCompleteCB(sub, &onComplete, closure.get()) != NATS_OK) {
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
