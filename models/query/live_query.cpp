// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/live_query.h"

#include "core/fair_mutex.h"
#include "core/ulid.h"
#include "nats/gather.h"
#include "query/answers.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

namespace muster::query {
namespace {

using Clock = Answers::Clock;
using Lock = std::unique_lock<FairMutex>;
using std::chrono::milliseconds;

constexpr const char *linkDown = "run.link-down";

} // namespace

int chosenSpreadMs(std::size_t devices, std::size_t fields, int deadlineMs)
{
    constexpr std::size_t freeBytes = std::size_t{32} * 1024 * 1024;
    const std::size_t perDevice = 100 + 24 * (fields == 0 ? 40 : fields); // a field is about 24 bytes of JSON
    const std::size_t bytes = devices * perDevice;
    if (bytes <= freeBytes)
        return 0;
    const std::size_t spread = (bytes - freeBytes) / (freeBytes / 1000);
    return static_cast<int>(std::min(spread, static_cast<std::size_t>(deadlineMs / 2)));
}

struct LiveQuery::Private {
    explicit Private(Plan asked) : plan(std::move(asked)), answers(plan) {}

    // fixed once started
    std::shared_ptr<nats::Connection> connection;
    Plan plan;
    std::string id = newUlid();
    protocol::QueryRequest question;
    std::string request;

    // The thread that takes answers has it nearly all the time; it guards everything down to the next blank
    // line.
    mutable FairMutex mutex;
    std::condition_variable_any wake;
    Answers answers;
    Error trouble;
    Hindrance hindrance = Hindrance::None;
    std::size_t roundSize = 0; // devices that wait as this round begins
    Clock::time_point deadline{};
    bool isFinished = false, isCancelled = false, isStopping = false, linkWasDown = false;
    bool ownSubjects = false;                   // this round asks each device on its own subject
    std::size_t noResponders = 0;               // subjects of this round that nobody listens on
    std::set<std::string, std::less<>> refused; // subjects of this round that this user may not ask on
    std::vector<std::uint32_t> toAsk;           // still to be asked, by the worker, from the back

    Notifier notifier;
    std::array<table::Batch, 2> handedOut; // by drainAll(), whose thread has them: for their memory
    std::unique_ptr<nats::Gather> gather;
    std::shared_ptr<void> errorListener;
    std::thread worker;

    void finish()
    {
        if (isFinished)
            return;
        isFinished = true;
        toAsk.clear();
        answers.endRound(Clock::now());
        if (linkWasDown && answers.tally().of(Outcome::Silent) > 0) {
            hinder(Hindrance::LinkLost);
            trouble = {
                "run.link-lost",
                "The connection was lost during the query: answers sent meanwhile did not arrive, so devices "
                "counted as silent may have answered. Ask the silent ones again.",
                {}};
        } else if (trouble.code == linkDown) {
            trouble = {}; // it kept nobody's answer
        }
        wake.notify_all();
    }

    void hinder(Hindrance what) { hindrance = std::max(hindrance, what); }

    void finishWhenSettled()
    {
        const std::size_t waiting = answers.waiting();
        if (waiting == 0) {
            finish();
            return;
        }
        if (!refused.empty()) {
            finishWhenRefused(waiting);
            return;
        }
        if (noResponders == 0)
            return;
        // The server says at once when nobody listens on a subject. Asked one by one, those who have no
        // listener are among those who wait: when there are as many, nobody else can answer.
        const bool nobodyElse = ownSubjects ? waiting <= noResponders : noResponders >= plan.subjects.size();
        if (!nobodyElse)
            return;
        const std::string who = waiting == 1
                                    ? "1 device is online but does not listen"
                                    : std::to_string(waiting) + " devices are online but do not listen";
        if (ownSubjects) {
            trouble = {"run.not-listening",
                       who + " for queries. Permissions or firmware may lack \"subscribe " +
                           plan.fleet.root() + ".query.>\".",
                       {}};
        } else {
            trouble = {"run.nobody-listens",
                       "Nobody listens on " + plan.subjects.front() +
                           (plan.subjects.size() > 1 ? " and the other subjects asked" : "") +
                           ". Check the subject root of this connection, and the devices' permission to "
                           "subscribe to " +
                           plan.fleet.root() + ".query.>.",
                       {}};
        }
        finish();
    }

    void finishWhenRefused(std::size_t waiting)
    {
        const std::size_t unreachable = refused.size() + noResponders;
        if (ownSubjects ? waiting <= unreachable : unreachable >= plan.subjects.size())
            finish();
    }

    /// Another query of this connection may have been refused as well.
    bool wasAskedOn(std::string_view subject) const
    {
        if (!ownSubjects)
            return std::find(plan.subjects.begin(), plan.subjects.end(), subject) != plan.subjects.end();
        const std::string_view device = Subjects::lastToken(subject);
        return subject == plan.fleet.queryDevice(device) && answers.isWaiting(device);
    }

    void onRefusal(const Error &error)
    {
        const std::string_view subject = refusedSubject(error);
        if (subject.empty())
            return;
        {
            const std::lock_guard lock(mutex);
            const bool isInbox = gather && subject.starts_with(gather->inbox());
            if (isFinished || (!isInbox && !wasAskedOn(subject)))
                return;
            if (!isInbox)
                refused.emplace(subject);
            const bool isAll = isInbox || refused.size() >= (ownSubjects ? roundSize : plan.subjects.size());
            hinder(isAll ? Hindrance::NobodyAsked : Hindrance::SomeNotAsked);
            trouble = {
                isAll ? "run.nobody-asked" : "run.some-not-asked", error.message + " " + error.remedy, {}};
            if (isInbox)
                finish();
            else
                finishWhenSettled();
        }
        notifier.notify();
    }

    void onMessages(std::span<const nats::MessageView> messages, protocol::Decoder &decoder)
    {
        const Clock::time_point now = Clock::now();
        {
            const std::lock_guard lock(mutex);
            answers.setNow(now);
            for (const nats::MessageView &message : messages)
                answers.prefetch(message.data);
            for (const nats::MessageView &message : messages)
                take(message, decoder);
        }
        notifier.notify();
    }

    void take(const nats::MessageView &message, protocol::Decoder &decoder)
    {
        if (message.status != 0) {
            noResponders += message.status == 503 && !isFinished ? 1 : 0;
        } else if (const auto reply = decoder.queryReply(message.data)) {
            answers.take(*reply, answers.judge(*reply));
        } else {
            answers.reject(reply.error());
        }
        if (!isFinished)
            finishWhenSettled();
    }

    /// With the lock, or before anybody else is there.
    Status listen()
    {
        // A gather that is going may still be in its handler on another thread: each decodes for itself.
        auto decoder = std::make_shared<protocol::Decoder>();
        Result<std::unique_ptr<nats::Gather>> listening = nats::Gather::listenInBulk(
            connection,
            [this, decoder](std::span<const nats::MessageView> messages) { onMessages(messages, *decoder); });
        if (!listening)
            return listening.error();
        gather = std::move(*listening);
        question.reply = gather->inbox(); // an MQTT device cannot see the message's own
        request = protocol::encode(question);
        return {};
    }

    void beginRound()
    {
        const Clock::time_point now = Clock::now();
        deadline = now + milliseconds(plan.deadlineMs);
        answers.beginRound(now, ownSubjects);
    }

    Status askOnShared()
    {
        for (const std::string &subject : plan.subjects) {
            if (Status asked = gather->ask(subject, request); !asked)
                return asked;
        }
        return {};
    }

    /// What keeps the question from going out shows at once.
    Status askFirst()
    {
        const std::uint32_t device = toAsk.back();
        toAsk.pop_back();
        return gather->ask(plan.fleet.queryDevice(plan.roster[device].device), request);
    }

    Clock::time_point takenUntil() const { return answers.times().endedAt() + milliseconds(plan.lateMs); }

    void run()
    {
        Lock lock(mutex);
        while (!isStopping) {
            if (!toAsk.empty() && gather) {
                askSome(lock);
                continue;
            }
            if (!isFinished) {
                const Clock::time_point until = deadline;
                if (wake.wait_until(lock, until) == std::cv_status::timeout && !isFinished &&
                    Clock::now() >= deadline) {
                    if (connection->state() != nats::State::Connected)
                        linkWasDown = true;
                    finish();
                    lock.unlock();
                    notifier.notify();
                    lock.lock();
                }
                continue;
            }
            if (!gather) {
                wake.wait(lock, [this] { return isStopping || !isFinished; });
                continue;
            }
            wake.wait_until(lock, takenUntil(), [this] { return isStopping || !isFinished; });
            if (isFinished && !isStopping && Clock::now() >= takenUntil()) {
                std::unique_ptr<nats::Gather> over = std::move(gather);
                lock.unlock(); // its handler takes the lock, and has to return before it can go
                over.reset();
                lock.lock();
            }
        }
    }

    void askSome(Lock &lock)
    {
        constexpr std::size_t atATime = 500;
        const std::size_t count = std::min(atATime, toAsk.size());
        const std::vector<std::uint32_t> some(toAsk.end() - static_cast<std::ptrdiff_t>(count), toAsk.end());
        toAsk.resize(toAsk.size() - count);
        lock.unlock();
        Status sent;
        for (const std::uint32_t device : some) {
            sent = gather->ask(plan.fleet.queryDevice(plan.roster[device].device), request);
            if (!sent)
                break;
        }
        lock.lock();
        if (!sent && !isFinished) {
            trouble = {
                "run.some-not-asked",
                "Not every device could be asked: " + sent.error().message +
                    ". Those not asked are counted as silent at the deadline; ask the silent ones again.",
                {}};
            hinder(Hindrance::SomeNotAsked);
            toAsk.clear();
        }
    }
};

LiveQuery::LiveQuery(std::unique_ptr<Private> p) : d(std::move(p)) {}

Result<std::unique_ptr<LiveQuery>> LiveQuery::start(std::shared_ptr<nats::Connection> connection, Plan plan,
                                                    std::function<void()> onProgress)
{
    if (Status inRange = checkDeadline(plan.deadlineMs); !inRange)
        return inRange.error();
    std::unique_ptr<LiveQuery> query(new LiveQuery(std::make_unique<Private>(std::move(plan))));
    Private *p = query->d.get();
    p->connection = std::move(connection);
    p->errorListener = p->connection->addListener([p](const nats::Event &event) {
        if (event.kind == nats::Event::Kind::Error)
            p->onRefusal(event.error);
    });
    p->notifier.set(std::move(onProgress));
    if (Status checked = p->answers.check(); !checked)
        return checked.error();
    if (p->connection->state() != nats::State::Connected)
        return Error{"nats.disconnected", "the devices cannot be asked while the link is down",
                     "Ask when the connection is back."};
    const Plan &asked = p->plan;
    const auto online = static_cast<std::size_t>(std::count_if(
        asked.roster.begin(), asked.roster.end(), [](const Expected &expected) { return expected.online; }));

    const filter::Expression &pushed = asked.pushed ? *asked.pushed : asked.where;
    protocol::QueryRequest &request = p->question;
    request.id = p->id;
    request.deadlineMs = asked.deadlineMs;
    request.where = filter::toJsonLogic(pushed).json;
    if (!asked.select.empty()) {
        request.select = asked.select;
        for (const std::string &field : asked.where.fields()) {
            const bool ours = field == "device" || field == "presence" || field == "last_seen";
            if (!ours && !isNamed(field, request.select))
                request.select.push_back(field);
        }
    }
    request.spreadMs = asked.spreadMs >= 0 ? asked.spreadMs
                                           : chosenSpreadMs(online, request.select.size(), asked.deadlineMs);

    {
        // Answers may come at once: they wait until everything is in place. So do the devices that are asked
        // on a shared subject not wait for the roster to be taken up.
        const std::lock_guard lock(p->mutex);
        p->ownSubjects = asked.subjects.empty();
        if (Status listening = p->listen(); !listening)
            return listening.error();
        p->beginRound();
        if (!p->ownSubjects && online > 0) {
            if (Status sent = p->askOnShared(); !sent)
                return sent.error();
        }
        p->answers.enrol();
        p->roundSize = p->answers.waiting();
        if (p->ownSubjects) {
            for (auto device = static_cast<std::uint32_t>(p->answers.count()); device-- > 0;) {
                if (p->answers.isWaiting(device))
                    p->toAsk.push_back(device);
            }
        }
        if (!p->toAsk.empty()) {
            if (Status sent = p->askFirst(); !sent)
                return sent.error();
        }
        p->finishWhenSettled();
        p->worker = std::thread([p] { p->run(); });
    }
    p->notifier.notify();
    return query;
}

LiveQuery::~LiveQuery()
{
    d->errorListener.reset();
    {
        const std::lock_guard lock(d->mutex);
        d->isStopping = true;
    }
    d->wake.notify_all();
    if (d->worker.joinable())
        d->worker.join();
    d->gather.reset();
}

bool LiveQuery::drain(table::Batch &batch)
{
    batch.clear();
    bool more = false;
    {
        const std::lock_guard lock(d->mutex);
        d->notifier.rearm();
        more = d->answers.drain(batch);
    }
    if (more)
        d->notifier.notify();
    return !batch.isEmpty();
}

Tally LiveQuery::tally() const
{
    const std::lock_guard lock(d->mutex);
    return d->answers.tally();
}

Tally LiveQuery::drainAll(const std::function<void(table::Batch &)> &take)
{
    for (table::Batch &batch : d->handedOut)
        batch.clear();
    std::size_t count = 0;
    Tally tally;
    {
        const std::lock_guard lock(d->mutex);
        d->notifier.rearm();
        for (bool more = true; more; ++count)
            more = d->answers.drain(d->handedOut[count]);
        tally = d->answers.tally();
    }
    for (std::size_t i = 0; i < count; ++i)
        take(d->handedOut[i]);
    return tally;
}

bool LiveQuery::finished() const
{
    const std::lock_guard lock(d->mutex);
    return d->isFinished;
}

bool LiveQuery::cancelled() const
{
    const std::lock_guard lock(d->mutex);
    return d->isCancelled;
}

void LiveQuery::cancel()
{
    {
        const std::lock_guard lock(d->mutex);
        if (d->isFinished)
            return;
        d->isCancelled = true;
        d->finish();
    }
    d->notifier.notify();
}

Status LiveQuery::askSilentAgain()
{
    if (d->connection->state() != nats::State::Connected)
        return Error{"nats.disconnected", "the silent devices cannot be asked while the link is down",
                     "Ask again when the connection is back."};
    {
        const std::lock_guard lock(d->mutex);
        if (!d->isFinished)
            return Error{"query.running", "the query is still under way", "Wait for its end, or cancel it."};
        if (d->answers.tally().of(Outcome::Silent) == 0)
            return {};
        if (!d->gather) {
            if (Status listening = d->listen(); !listening)
                return listening;
        }
        d->isFinished = d->isCancelled = d->linkWasDown = false;
        d->trouble = {};
        d->hindrance = Hindrance::None;
        d->ownSubjects = true;
        d->noResponders = 0;
        d->refused.clear();
        d->beginRound();
        d->answers.silentWaitAgain(d->toAsk);
        d->roundSize = d->answers.waiting();
    }
    d->wake.notify_all();
    d->notifier.notify();
    return {};
}

bool LiveQuery::waitFinished(int milliseconds)
{
    Lock lock(d->mutex);
    return d->wake.wait_for(lock, std::chrono::milliseconds(milliseconds), [this] { return d->isFinished; });
}

void LiveQuery::noteLinkDown()
{
    {
        const std::lock_guard lock(d->mutex);
        if (d->isFinished)
            return;
        d->linkWasDown = true;
        d->trouble = {
            linkDown,
            "The connection was lost: answers sent meanwhile do not arrive. Devices without an answer "
            "are counted as silent at the deadline.",
            {}};
    }
    d->notifier.notify();
}

Error LiveQuery::trouble() const
{
    const std::lock_guard lock(d->mutex);
    return d->trouble;
}

Hindrance LiveQuery::hindrance() const
{
    const std::lock_guard lock(d->mutex);
    return d->hindrance;
}

const std::string &LiveQuery::id() const
{
    return d->id;
}

std::int64_t LiveQuery::elapsedMs() const
{
    const std::lock_guard lock(d->mutex);
    return d->answers.times().elapsedMs(d->isFinished);
}

double LiveQuery::repliesPerSecond() const
{
    const std::lock_guard lock(d->mutex);
    return d->answers.times().perSecond(d->isFinished);
}

std::vector<float> LiveQuery::responseTimes() const
{
    const std::lock_guard lock(d->mutex);
    return d->answers.times().all();
}

std::vector<protocol::Reject> LiveQuery::recentRejected() const
{
    const std::lock_guard lock(d->mutex);
    return d->answers.rejections().recent();
}

} // namespace muster::query
