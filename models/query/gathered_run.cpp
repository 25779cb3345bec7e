// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/gathered_run.h"

#include "core/ulid.h"
#include "query/gathered_core.h"

#include <algorithm>

namespace muster::query {
namespace {

using std::chrono::milliseconds;

} // namespace

GatheredRun::Core::Core() : id(newUlid()) {}

GatheredRun::Core::~Core() = default;

GatheredRun::Core::Clock::time_point GatheredRun::Core::promptsAt() const
{
    return Clock::time_point::max();
}

void GatheredRun::Core::prompt() {}

void GatheredRun::Core::beginRound()
{
    const Clock::time_point now = Clock::now();
    times.beginRound(now);
    deadline = now + milliseconds(deadlineMs);
}

void GatheredRun::Core::finish()
{
    if (isFinished)
        return;
    isFinished = true;
    const Clock::time_point now = Clock::now();
    times.setNow(now);
    toAsk.clear();
    silenceWaiting();
    times.endRound(now);
    if (trouble.message.empty())
        trouble = verdict();
    if (linkWasDown && trouble.code == answersWereLost().code)
        hinder(Hindrance::LinkLost);
    wake.notify_all();
}

void GatheredRun::Core::reject(protocol::Reject why)
{
    ++counts.rejected;
    rejections.add(std::move(why));
}

void GatheredRun::Core::reject(protocol::Rejection why, std::string detail)
{
    reject(protocol::Reject{why, std::move(detail)});
}

void GatheredRun::Core::retime()
{
    if (std::min(endsAt(), promptsAt()) < sleepsUntil || !toAsk.empty())
        wake.notify_all();
}

Status GatheredRun::Core::listen()
{
    inbox = connection->newInbox();
    Result<nats::Subscription> subscribed =
        connection->subscribe(inbox + ".*", [this](const nats::MessageView &message) { onMessage(message); });
    if (!subscribed)
        return subscribed.error();
    subscription = std::move(*subscribed);
    return {};
}

Status GatheredRun::Core::send(const Ask &ask) const
{
    return connection->publish(ask.subject, ask.payload, inbox + "." + ask.token);
}

Status GatheredRun::Core::begin(const std::vector<Ask> &first)
{
    errorListener = connection->addListener([this](const nats::Event &event) {
        if (event.kind == nats::Event::Kind::Error)
            onRefusal(event.error);
    });
    {
        // Answers may come before this returns: they wait until everything is in place.
        const std::lock_guard lock(mutex);
        if (Status listening = listen(); !listening)
            return listening;
        beginRound();
        for (const Ask &ask : first) {
            if (Status sent = send(ask); !sent) {
                isFinished = true;
                return sent;
            }
        }
        worker = std::thread([this] { run(); });
    }
    notifier.notify();
    return {};
}

void GatheredRun::Core::end()
{
    errorListener.reset();
    {
        const std::lock_guard lock(mutex);
        isStopping = true;
    }
    wake.notify_all();
    if (worker.joinable())
        worker.join();
    subscription.reset();
}

void GatheredRun::Core::onMessage(const nats::MessageView &message)
{
    const Clock::time_point now = Clock::now();
    const std::size_t dot = message.subject.rfind('.');
    {
        const std::lock_guard lock(mutex);
        times.setNow(now);
        take(message, dot == std::string_view::npos ? message.subject : message.subject.substr(dot + 1), now);
        if (!isFinished)
            retime();
    }
    notifier.notify();
}

void GatheredRun::Core::onRefusal(const Error &error)
{
    const std::string_view subject = refusedSubject(error);
    if (subject.empty())
        return;
    {
        const std::lock_guard lock(mutex);
        const bool isInbox = !inbox.empty() && subject.starts_with(inbox);
        const Refusal means = isInbox ? Refusal::Final : refusal(subject);
        if (isFinished || means == Refusal::Foreign)
            return;
        const bool isFinal = means == Refusal::Final;
        trouble = {
            isFinal ? "run.nobody-asked" : "run.some-not-asked", error.message + " " + error.remedy, {}};
        hinder(isFinal ? Hindrance::NobodyAsked : Hindrance::SomeNotAsked);
        if (isFinal)
            finish();
    }
    notifier.notify();
}

void GatheredRun::Core::run()
{
    std::unique_lock lock(mutex);
    while (!isStopping) {
        if (!toAsk.empty() && subscription) {
            askSome(lock);
            continue;
        }
        if (!isFinished) {
            sleepsUntil = std::min(endsAt(), promptsAt());
            if (Clock::now() < sleepsUntil) {
                wake.wait_until(lock, sleepsUntil);
                continue;
            }
            if (Clock::now() < endsAt()) {
                prompt();
                continue;
            }
            if (Clock::now() >= deadline && connection->state() != nats::State::Connected)
                linkWasDown = true;
            finish();
            lock.unlock();
            notifier.notify();
            lock.lock();
            continue;
        }
        if (!subscription) {
            wake.wait(lock, [this] { return isStopping || !isFinished; });
            continue;
        }
        const Clock::time_point until = times.endedAt() + milliseconds(lateMs);
        if (wake.wait_until(lock, until, [this] { return isStopping || !isFinished; }))
            continue;
        nats::Subscription over = std::move(subscription);
        lock.unlock(); // its handler takes the lock, and has to return before it can go
        over.reset();
        lock.lock();
    }
}

void GatheredRun::Core::askSome(std::unique_lock<std::mutex> &lock)
{
    constexpr std::size_t atATime = 500;
    const auto count = static_cast<std::ptrdiff_t>(std::min(atATime, toAsk.size()));
    const std::vector<Ask> some(std::make_move_iterator(toAsk.begin()),
                                std::make_move_iterator(toAsk.begin() + count));
    toAsk.erase(toAsk.begin(), toAsk.begin() + count);
    lock.unlock();
    Status sent;
    for (const Ask &ask : some) {
        sent = send(ask);
        if (!sent)
            break;
    }
    lock.lock();
    if (!sent && !isFinished) {
        linkWasDown = linkWasDown || sent.error().code == "nats.disconnected";
        trouble = {};
        if (!linkWasDown)
            trouble = {"run.some-not-asked",
                       "Not everybody could be asked: " + sent.error().message +
                           " Ask the silent ones again.",
                       {}};
        hinder(Hindrance::SomeNotAsked);
        toAsk.clear();
    }
}

GatheredRun::GatheredRun(std::unique_ptr<Core> core) : m_core(std::move(core)) {}

GatheredRun::~GatheredRun()
{
    m_core->end();
}

bool GatheredRun::drain(table::Batch &batch)
{
    batch.clear();
    const std::lock_guard lock(m_core->mutex);
    m_core->notifier.rearm();
    std::swap(batch, m_core->batch);
    return !batch.isEmpty();
}

Tally GatheredRun::tally() const
{
    const std::lock_guard lock(m_core->mutex);
    return m_core->counts;
}

Tally GatheredRun::drainAll(const std::function<void(table::Batch &)> &take)
{
    table::Batch &batch = m_core->handedOut;
    batch.clear();
    Tally tally;
    {
        const std::lock_guard lock(m_core->mutex);
        m_core->notifier.rearm();
        std::swap(batch, m_core->batch);
        tally = m_core->counts;
    }
    take(batch);
    return tally;
}

bool GatheredRun::finished() const
{
    const std::lock_guard lock(m_core->mutex);
    return m_core->isFinished;
}

bool GatheredRun::cancelled() const
{
    const std::lock_guard lock(m_core->mutex);
    return m_core->isCancelled;
}

void GatheredRun::cancel()
{
    {
        const std::lock_guard lock(m_core->mutex);
        if (m_core->isFinished)
            return;
        m_core->isCancelled = true;
        m_core->finish();
    }
    m_core->notifier.notify();
}

bool GatheredRun::waitFinished(int milliseconds)
{
    std::unique_lock lock(m_core->mutex);
    return m_core->wake.wait_for(lock, std::chrono::milliseconds(milliseconds),
                                 [this] { return m_core->isFinished; });
}

void GatheredRun::noteLinkDown()
{
    {
        const std::lock_guard lock(m_core->mutex);
        if (m_core->isFinished)
            return;
        m_core->linkWasDown = true;
    }
    m_core->notifier.notify();
}

Error GatheredRun::trouble() const
{
    const std::lock_guard lock(m_core->mutex);
    if (m_core->trouble.message.empty() && m_core->linkWasDown && !m_core->isFinished)
        return {"run.link-down", "The connection was lost: answers sent meanwhile do not arrive.", {}};
    return m_core->trouble;
}

Hindrance GatheredRun::hindrance() const
{
    const std::lock_guard lock(m_core->mutex);
    return m_core->hindrance;
}

const std::string &GatheredRun::id() const
{
    return m_core->id;
}

std::int64_t GatheredRun::elapsedMs() const
{
    const std::lock_guard lock(m_core->mutex);
    return m_core->times.elapsedMs(m_core->isFinished);
}

double GatheredRun::repliesPerSecond() const
{
    const std::lock_guard lock(m_core->mutex);
    return m_core->times.perSecond(m_core->isFinished);
}

std::vector<float> GatheredRun::responseTimes() const
{
    const std::lock_guard lock(m_core->mutex);
    return m_core->times.all();
}

std::vector<protocol::Reject> GatheredRun::recentRejected() const
{
    const std::lock_guard lock(m_core->mutex);
    return m_core->rejections.recent();
}

} // namespace muster::query
