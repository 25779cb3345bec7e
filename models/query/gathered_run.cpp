// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/gathered_run.h"

#include "core/ulid.h"
#include "query/gathered_core.h"

#include <algorithm>
#include <cmath>

namespace muster::query {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t maxColumns = 1000;
constexpr std::size_t maxNameBytes = 256;
constexpr std::size_t keptRejections = 50;
constexpr std::size_t maxDetailBytes = 512;
constexpr std::array<std::string_view, 5> reserved{"device", "outcome", "reply_ms", "error", "late"};
constexpr std::array<std::string_view, 5> renamed{"field.device", "field.outcome", "field.reply_ms",
                                                  "field.error", "field.late"};

/// "mem" selects mem and all within it.
bool isSelected(std::string_view field, const std::vector<std::string> &select)
{
    return select.empty() || std::any_of(select.begin(), select.end(), [field](const std::string &name) {
               return field.starts_with(name) && (field.size() == name.size() || field[name.size()] == '.');
           });
}

std::size_t rateSlot(std::chrono::steady_clock::time_point at)
{
    return static_cast<std::size_t>(std::chrono::duration_cast<milliseconds>(at.time_since_epoch()).count() /
                                    100);
}

} // namespace

std::string_view cut(std::string_view text, std::size_t maxBytes)
{
    if (text.size() <= maxBytes)
        return text;
    std::size_t bytes = maxBytes;
    while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0u) == 0x80u)
        --bytes; // not within a character
    return text.substr(0, bytes > 0 ? bytes : maxBytes);
}

Status checkDeadline(int milliseconds)
{
    if (milliseconds >= 100 && milliseconds <= 600'000)
        return {};
    return Error{"query.deadline", "a deadline of " + std::to_string(milliseconds) + " ms is out of range",
                 "Choose one from 0.1 s to 10 minutes."};
}

std::string errorText(std::string_view code, std::string_view message)
{
    std::string text(cut(code));
    if (!text.empty() && !message.empty())
        text += ": ";
    text += cut(message);
    return text;
}

GatheredRun::Core::Core() : id(newUlid())
{
    for (const std::string_view column : reserved)
        columns.insert(column);
}

GatheredRun::Core::~Core() = default;

GatheredRun::Core::Clock::time_point GatheredRun::Core::promptsAt() const
{
    return Clock::time_point::max();
}

void GatheredRun::Core::prompt() {}

void GatheredRun::Core::notify()
{
    if (!notified.load(std::memory_order_relaxed) && !notified.exchange(true) && onProgress)
        onProgress();
}

void GatheredRun::Core::finish()
{
    if (isFinished)
        return;
    isFinished = true;
    endedAt = Clock::now();
    toAsk.clear();
    silenceWaiting();
    timesAtEnd = times.size();
    if (problem.empty())
        problem = verdict();
    wake.notify_all();
}

void GatheredRun::Core::reject(protocol::Reject why)
{
    ++counts.rejected;
    why.detail = std::string(cut(why.detail, maxDetailBytes));
    rejections.push_back(std::move(why));
    if (rejections.size() > keptRejections)
        rejections.pop_front();
}

void GatheredRun::Core::reject(protocol::Rejection why, std::string detail)
{
    reject(protocol::Reject{why, std::move(detail)});
}

double GatheredRun::Core::since(Clock::time_point now) const
{
    return std::chrono::duration<double, std::milli>(now - askedAt).count();
}

void GatheredRun::Core::addTime(double ms, Clock::time_point now)
{
    times.push_back(static_cast<float>(ms));
    const std::size_t slot = rateSlot(now);
    advanceRate(slot);
    ++rate[slot % rate.size()];
}

void GatheredRun::Core::advanceRate(std::size_t slot)
{
    if (slot <= rateNewest)
        return;
    if (slot - rateNewest >= rate.size())
        rate.fill(0);
    else
        for (std::size_t i = rateNewest + 1; i <= slot; ++i)
            rate[i % rate.size()] = 0;
    rateNewest = slot;
}

bool GatheredRun::Core::keeps(std::string_view field, std::string_view &column)
{
    if (!isSelected(field, select))
        return false;
    const auto clash = std::find(reserved.begin(), reserved.end(), field);
    column = clash == reserved.end() ? field : renamed[static_cast<std::size_t>(clash - reserved.begin())];
    if (columns.find(column) != NameIndex::none)
        return true;
    if (columns.size() >= maxColumns || column.size() > maxNameBytes)
        return false;
    columns.insert(column);
    return true;
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
        if (event.kind == nats::Event::Kind::Error && event.error.code == "nats.permission")
            onRefusal(event.error);
    });
    {
        // Answers may come before this returns: they wait until everything is in place.
        const std::lock_guard lock(mutex);
        if (Status listening = listen(); !listening)
            return listening;
        askedAt = Clock::now();
        deadline = askedAt + milliseconds(deadlineMs);
        for (const Ask &ask : first) {
            if (Status sent = send(ask); !sent) {
                isFinished = true;
                return sent;
            }
        }
        worker = std::thread([this] { run(); });
    }
    notify();
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
        take(message, dot == std::string_view::npos ? message.subject : message.subject.substr(dot + 1), now);
        if (!isFinished)
            retime();
    }
    notify();
}

void GatheredRun::Core::onRefusal(const Error &error)
{
    // The server's words name the subject: Permissions Violation for Publish to "a.b"
    const std::size_t from = error.message.find('"', error.message.find(" to "));
    const std::size_t to = from == std::string::npos ? from : error.message.find('"', from + 1);
    if (to == std::string::npos)
        return;
    {
        const std::lock_guard lock(mutex);
        const std::string_view subject = std::string_view(error.message).substr(from + 1, to - from - 1);
        const bool isInbox = !inbox.empty() && subject.starts_with(inbox);
        const Refusal means = isInbox ? Refusal::Final : refusal(subject);
        if (isFinished || means == Refusal::Foreign)
            return;
        problem = error.message + " " + error.remedy;
        if (means == Refusal::Final)
            finish();
    }
    notify();
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
            notify();
            lock.lock();
            continue;
        }
        if (!subscription) {
            wake.wait(lock, [this] { return isStopping || !isFinished; });
            continue;
        }
        const Clock::time_point until = endedAt + milliseconds(lateMs);
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
        problem = linkWasDown ? std::string()
                              : "Not everybody could be asked: " + sent.error().message +
                                    " Ask the silent ones again.";
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
    m_core->notified = false;
    std::swap(batch, m_core->batch);
    return !batch.isEmpty();
}

Tally GatheredRun::tally() const
{
    const std::lock_guard lock(m_core->mutex);
    return m_core->counts;
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
    m_core->notify();
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
    m_core->notify();
}

std::string GatheredRun::problem() const
{
    const std::lock_guard lock(m_core->mutex);
    if (m_core->problem.empty() && m_core->linkWasDown && !m_core->isFinished)
        return "The connection was lost: answers sent meanwhile do not arrive.";
    return m_core->problem;
}

const std::string &GatheredRun::id() const
{
    return m_core->id;
}

std::int64_t GatheredRun::elapsedMs() const
{
    const std::lock_guard lock(m_core->mutex);
    const Core::Clock::time_point until = m_core->isFinished ? m_core->endedAt : Core::Clock::now();
    return std::chrono::duration_cast<milliseconds>(until - m_core->askedAt).count();
}

double GatheredRun::repliesPerSecond() const
{
    const std::lock_guard lock(m_core->mutex);
    if (m_core->isFinished) {
        const double seconds = std::chrono::duration<double>(m_core->endedAt - m_core->askedAt).count();
        return static_cast<double>(m_core->timesAtEnd - m_core->timesBefore) / std::max(seconds, 0.001);
    }
    m_core->advanceRate(rateSlot(Core::Clock::now()));
    double sum = 0;
    for (const std::uint32_t count : m_core->rate)
        sum += count;
    return sum;
}

std::vector<float> GatheredRun::responseTimes() const
{
    const std::lock_guard lock(m_core->mutex);
    return m_core->times;
}

std::vector<protocol::Reject> GatheredRun::recentRejected() const
{
    const std::lock_guard lock(m_core->mutex);
    return {m_core->rejections.begin(), m_core->rejections.end()};
}

} // namespace muster::query
