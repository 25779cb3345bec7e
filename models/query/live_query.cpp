// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/live_query.h"

#include "core/device_id.h"
#include "core/name_index.h"
#include "core/ulid.h"
#include "nats/gather.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace muster::query {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t maxTextBytes = std::size_t{16} * 1024; // of one cell
constexpr std::size_t maxNameBytes = 256;
constexpr std::size_t maxColumns = 1000;
constexpr std::size_t maxUnexpected = 100'000; // shown; more are counted
constexpr std::size_t keptRejections = 50;
constexpr std::array<std::string_view, 5> reserved{"device", "outcome", "reply_ms", "error", "late"};

std::string_view bounded(std::string_view text)
{
    if (text.size() <= maxTextBytes)
        return text;
    std::size_t bytes = maxTextBytes;
    while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0u) == 0x80u)
        --bytes; // not within a character
    return text.substr(0, bytes);
}

/// "mem" selects mem and all within it.
bool isSelected(std::string_view field, const std::vector<std::string> &select)
{
    return std::any_of(select.begin(), select.end(), [field](const std::string &name) {
        return field.starts_with(name) && (field.size() == name.size() || field[name.size()] == '.');
    });
}

std::size_t rateSlot(Clock::time_point at)
{
    return static_cast<std::size_t>(std::chrono::duration_cast<milliseconds>(at.time_since_epoch()).count() /
                                    100);
}

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
    // fixed once started
    std::shared_ptr<nats::Connection> connection;
    Plan plan;
    std::function<void()> onProgress;
    std::string id = newUlid();
    protocol::QueryRequest question;
    std::string request;
    NameIndex roster, bystanders;
    bool selectsAll = false;

    mutable std::mutex mutex; // guards everything down to the next blank line
    std::condition_variable wake;
    std::vector<Outcome> outcomes;
    std::vector<std::uint32_t>
        appendedIn; // the generation of batches that the device's row was added in; 0: not yet
    std::uint32_t generation = 1;
    table::Batch batch,
        nextBatch; // a row can not be added and changed in one batch: changes wait for the next
    Tally tally;
    NameIndex unexpected;
    NameIndex columns;
    std::vector<float> times;
    std::size_t timesBefore = 0, timesAtEnd = 0; // of `times`: before this round, and when it ended
    std::array<std::uint32_t, 10> rate{};
    std::size_t rateNewest = 0;
    std::deque<protocol::Reject> rejections;
    std::string problem;
    Clock::time_point askedAt{}, endedAt{}, deadline{};
    bool isFinished = false, isCancelled = false, isStopping = false, linkWasDown = false;
    bool ownSubjects = false;         // this round asks each device on its own subject
    std::size_t noResponders = 0;     // subjects of this round that nobody listens on
    std::vector<std::uint32_t> toAsk; // still to be asked, by the worker

    std::atomic<bool> notified{false};

    // of take(), under the lock as well
    struct Shape {
        std::vector<std::string> names;
        std::vector<std::string> columns;    // empty: the field is not kept
        std::vector<std::size_t> knownToAdd; // of Plan::known, what an answer of this shape has not
        bool valid = false;
    } shape;
    std::vector<protocol::Field> fields;

    std::unique_ptr<nats::Gather> gather;
    std::thread worker;

    /// Outside the lock.
    void notify()
    {
        if (!notified.load(std::memory_order_relaxed) && !notified.exchange(true) && onProgress)
            onProgress();
    }

    void move(std::uint32_t device, Outcome to)
    {
        --tally.counts[static_cast<std::size_t>(outcomes[device])];
        ++tally.counts[static_cast<std::size_t>(to)];
        outcomes[device] = to;
    }

    /// The first row of a device in this run.
    void add(std::string_view key, std::span<const protocol::Field> row)
    {
        if (plan.repeat)
            batch.replace(key, row);
        else
            batch.append(key, row);
    }

    void write(std::uint32_t device, std::span<const protocol::Field> row)
    {
        const std::string &key = plan.roster[device].device;
        std::uint32_t &appended = appendedIn[device];
        if (appended == 0) {
            appended = generation;
            add(key, row);
        } else if (appended == generation) {
            nextBatch.upsert(key, row);
        } else {
            batch.upsert(key, row);
        }
    }

    void addKnown(std::uint32_t device, std::vector<protocol::Field> &row) const
    {
        const std::vector<Value> &known = plan.roster[device].known;
        for (std::size_t i = 0; i < plan.known.size() && i < known.size(); ++i)
            row.push_back({plan.known[i], view(known[i])});
    }

    /// A row without an answer.
    void writeOutcome(std::uint32_t device, std::vector<protocol::Field> &scratch)
    {
        scratch.clear();
        scratch.push_back({"outcome", name(outcomes[device])});
        if (appendedIn[device] == 0)
            addKnown(device, scratch);
        write(device, scratch);
    }

    void finish()
    {
        if (isFinished)
            return;
        isFinished = true;
        endedAt = Clock::now();
        timesAtEnd = times.size();
        toAsk.clear();
        std::vector<protocol::Field> scratch;
        for (std::uint32_t device = 0; device < outcomes.size(); ++device) {
            if (outcomes[device] != Outcome::Waiting)
                continue;
            move(device, Outcome::Silent);
            writeOutcome(device, scratch);
        }
        if (linkWasDown && tally.of(Outcome::Silent) > 0)
            problem =
                "The connection was lost during the query: answers sent meanwhile did not arrive, so devices "
                "counted as silent may have answered. Ask the silent ones again.";
        wake.notify_all();
    }

    void finishWhenSettled()
    {
        const auto waiting = static_cast<std::size_t>(tally.of(Outcome::Waiting));
        if (waiting == 0) {
            finish();
            return;
        }
        // The server says at once when nobody listens on a subject. Asked one by one, those who have no
        // listener are among those who wait: when there are as many, nobody else can answer.
        const bool nobodyElse = ownSubjects ? waiting <= noResponders : noResponders >= plan.subjects.size();
        if (!nobodyElse)
            return;
        problem = ownSubjects ? std::to_string(waiting) +
                                    " devices are online but do not listen for queries. Their permissions or "
                                    "firmware may lack "
                                    "\"subscribe " +
                                    plan.fleet.root() + ".query.>\"."
                              : "Nobody listens on " + plan.subjects.front() +
                                    (plan.subjects.size() > 1 ? " and the other subjects asked" : "") +
                                    ". Check the subject root of this connection, and the devices' "
                                    "permission to subscribe to " +
                                    plan.fleet.root() + ".query.>.";
        finish();
    }

    std::string_view columnFor(std::string_view field)
    {
        static const std::array<std::string, reserved.size()> renamed = [] {
            std::array<std::string, reserved.size()> made;
            for (std::size_t i = 0; i < made.size(); ++i)
                made[i] = "field." + std::string(reserved[i]);
            return made;
        }();
        for (std::size_t i = 0; i < reserved.size(); ++i) {
            if (reserved[i] == field)
                return renamed[i];
        }
        return field;
    }

    /// Answers to one question look alike: what to keep of them is worked out once for each look.
    void learnShape(const std::vector<protocol::Field> &row)
    {
        shape.names.resize(row.size());
        shape.columns.assign(row.size(), {});
        shape.knownToAdd.clear();
        for (std::size_t i = 0; i < row.size(); ++i) {
            shape.names[i].assign(row[i].name);
            if (!selectsAll && !isSelected(row[i].name, plan.select))
                continue;
            const std::string_view column = columnFor(row[i].name);
            if (columns.find(column) == NameIndex::none) {
                if (columns.size() >= maxColumns || column.size() > maxNameBytes)
                    continue;
                columns.insert(column);
            }
            shape.columns[i].assign(column);
        }
        for (std::size_t i = 0; i < plan.known.size(); ++i) {
            const auto isIt = [this, i](const std::string &column) { return column == plan.known[i]; };
            if (std::none_of(shape.columns.begin(), shape.columns.end(), isIt))
                shape.knownToAdd.push_back(i);
        }
        shape.valid = true;
    }

    bool hasShape(const std::vector<protocol::Field> &row) const
    {
        if (!shape.valid || shape.names.size() != row.size())
            return false;
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (row[i].name != shape.names[i])
                return false;
        }
        return true;
    }

    bool matches(const filter::Expression &filter, const protocol::QueryReply &reply,
                 std::uint32_t device) const
    {
        struct Context {
            const Private *d;
            const protocol::QueryReply *reply;
            const Expected *expected;
        } context{this, &reply, device == NameIndex::none ? nullptr : &plan.roster[device]};
        return filter.matches([&context](std::string_view field) -> ValueView {
            for (const protocol::Field &own : *context.reply->row) {
                if (own.name == field)
                    return own.value;
            }
            if (field == "device")
                return context.reply->device;
            if (context.expected) {
                const std::vector<std::string> &known = context.d->plan.known;
                for (std::size_t i = 0; i < known.size() && i < context.expected->known.size(); ++i) {
                    if (known[i] == field)
                        return view(context.expected->known[i]);
                }
            }
            return {};
        });
    }

    void onMessage(const nats::MessageView &message, protocol::Decoder &decoder)
    {
        const Clock::time_point now = Clock::now();
        if (message.status != 0) {
            {
                const std::lock_guard lock(mutex);
                if (message.status == 503 && !isFinished) {
                    ++noResponders;
                    finishWhenSettled();
                }
            }
            notify();
            return;
        }
        Result<protocol::QueryReply, protocol::Reject> decoded = decoder.queryReply(message.data);
        if (!decoded) {
            {
                const std::lock_guard lock(mutex);
                ++tally.rejected;
                protocol::Reject reject = decoded.error();
                if (reject.detail.size() > 512)
                    reject.detail.resize(512);
                rejections.push_back(std::move(reject));
                if (rejections.size() > keptRejections)
                    rejections.pop_front();
            }
            notify();
            return;
        }
        const protocol::QueryReply &reply = *decoded;
        const std::uint32_t device = roster.find(reply.device);
        Outcome outcome = reply.kind == protocol::QueryReply::Kind::Error ? Outcome::Error : Outcome::Empty;
        if (reply.kind == protocol::QueryReply::Kind::Row && matches(plan.where, reply, device) &&
            (device != NameIndex::none || matches(plan.pushed.value_or(plan.where), reply, device)))
            outcome = Outcome::Answered;

        {
            const std::lock_guard lock(mutex);
            take(reply, device, outcome, now);
        }
        notify();
    }

    void take(const protocol::QueryReply &reply, std::uint32_t device, Outcome outcome, Clock::time_point now)
    {
        const bool outsider = device == NameIndex::none;
        if (outsider) {
            // A shared subject also reaches devices that are not on the roster; that they say so is as it
            // should be.
            const bool isBystander =
                outcome == Outcome::Error && bystanders.find(reply.device) != NameIndex::none;
            if (!ownSubjects && (outcome == Outcome::Empty || isBystander)) {
                ++tally.outside;
                return;
            }
            if (unexpected.find(reply.device) != NameIndex::none) {
                ++tally.duplicates;
                return;
            }
            ++tally.unexpected;
            if (unexpected.size() >= maxUnexpected)
                return;
            unexpected.insert(reply.device);
        } else {
            const Outcome before = outcomes[device];
            if (before == Outcome::Answered || before == Outcome::Empty || before == Outcome::Error) {
                ++tally.duplicates;
                return;
            }
            move(device, outcome);
        }

        const double ms = std::chrono::duration<double, std::milli>(now - askedAt).count();
        const bool late = isFinished;
        if (!outsider) {
            times.push_back(static_cast<float>(ms));
            tally.late += late ? 1 : 0;
            countRate(now);
        }

        fields.clear();
        fields.push_back({"outcome", outsider ? unexpectedName : name(outcome)});
        fields.push_back({"reply_ms", std::round(ms * 10) / 10});
        if (late)
            fields.push_back({"late", true});
        std::string error;
        if (outcome == Outcome::Error) {
            error.append(bounded(reply.errorCode));
            if (!error.empty() && !reply.errorMessage.empty())
                error += ": ";
            error.append(bounded(reply.errorMessage));
            fields.push_back({"error", std::string_view(error)});
        }
        if (outcome == Outcome::Answered) {
            const std::vector<protocol::Field> &row = *reply.row;
            if (!hasShape(row))
                learnShape(row);
            for (std::size_t i = 0; i < row.size(); ++i) {
                if (shape.columns[i].empty())
                    continue;
                const auto *text = std::get_if<std::string_view>(&row[i].value);
                fields.push_back({shape.columns[i], text ? ValueView(bounded(*text)) : row[i].value});
            }
            if (!outsider) {
                const std::vector<Value> &known = plan.roster[device].known;
                for (const std::size_t i : shape.knownToAdd) {
                    if (i < known.size())
                        fields.push_back({plan.known[i], view(known[i])});
                }
            }
        } else if (!outsider) {
            addKnown(device, fields);
        }
        if (outsider)
            add(reply.device, fields);
        else
            write(device, fields);
        if (!isFinished)
            finishWhenSettled();
    }

    void countRate(Clock::time_point now)
    {
        const std::size_t slot = rateSlot(now);
        advanceRate(slot);
        ++rate[slot % rate.size()];
    }

    void advanceRate(std::size_t slot)
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

    Status listen()
    {
        // A gather that is going may still be in its handler on another thread: each decodes for itself.
        auto decoder = std::make_shared<protocol::Decoder>();
        Result<std::unique_ptr<nats::Gather>> listening = nats::Gather::listen(
            connection, [this, decoder](const nats::MessageView &message) { onMessage(message, *decoder); });
        if (!listening)
            return listening.error();
        gather = std::move(*listening);
        question.reply = gather->inbox(); // an MQTT device cannot see the message's own
        request = protocol::encode(question);
        return {};
    }

    /// Asks on what is shared, or the first device on its own: what keeps the question from going out shows
    /// at once.
    Status askFirst()
    {
        if (!ownSubjects) {
            for (const std::string &subject : plan.subjects) {
                if (Status asked = gather->ask(subject, request); !asked)
                    return asked;
            }
            return {};
        }
        if (toAsk.empty())
            return {};
        const std::uint32_t device = toAsk.back();
        toAsk.pop_back();
        return gather->ask(plan.fleet.queryDevice(plan.roster[device].device), request);
    }

    void run()
    {
        std::unique_lock lock(mutex);
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
                    notify();
                    lock.lock();
                }
                continue;
            }
            if (!gather) {
                wake.wait(lock, [this] { return isStopping || !isFinished; });
                continue;
            }
            const Clock::time_point until = endedAt + milliseconds(plan.lateMs);
            wake.wait_until(lock, until, [this] { return isStopping || !isFinished; });
            if (isFinished && !isStopping && Clock::now() >= endedAt + milliseconds(plan.lateMs)) {
                std::unique_ptr<nats::Gather> over = std::move(gather);
                lock.unlock(); // its handler takes the lock, and has to return before it can go
                over.reset();
                lock.lock();
            }
        }
    }

    void askSome(std::unique_lock<std::mutex> &lock)
    {
        constexpr std::size_t atATime = 500;
        const std::size_t count = std::min(atATime, toAsk.size());
        const std::vector<std::uint32_t> some(toAsk.end() - static_cast<std::ptrdiff_t>(count), toAsk.end());
        toAsk.resize(toAsk.size() - count);
        lock.unlock();
        Status asked;
        for (const std::uint32_t device : some) {
            asked = gather->ask(plan.fleet.queryDevice(plan.roster[device].device), request);
            if (!asked)
                break;
        }
        lock.lock();
        if (!asked && !isFinished) {
            problem = "Not every device could be asked: " + asked.error().message +
                      ". Those not asked are counted as silent at the deadline; ask the silent ones again.";
            toAsk.clear();
        }
    }
};

LiveQuery::LiveQuery() : d(std::make_unique<Private>()) {}

Result<std::unique_ptr<LiveQuery>> LiveQuery::start(std::shared_ptr<nats::Connection> connection, Plan plan,
                                                    std::function<void()> onProgress)
{
    if (plan.deadlineMs < 100 || plan.deadlineMs > 600'000)
        return Error{"query.deadline",
                     "a deadline of " + std::to_string(plan.deadlineMs) + " ms is out of range",
                     "Choose one from 0.1 s to 10 minutes."};
    std::unique_ptr<LiveQuery> query(new LiveQuery);
    Private *p = query->d.get();
    p->connection = std::move(connection);
    p->plan = std::move(plan);
    p->onProgress = std::move(onProgress);
    p->selectsAll = p->plan.select.empty();

    std::vector<Expected> &roster = p->plan.roster;
    p->roster.reserve(roster.size());
    std::size_t kept = 0;
    for (Expected &expected : roster) {
        if (!isToken(expected.device))
            return notAToken("device", expected.device);
        bool added = false;
        p->roster.insert(expected.device, added);
        if (!added)
            continue;
        if (&roster[kept] != &expected)
            roster[kept] = std::move(expected);
        ++kept;
    }
    roster.resize(kept);
    for (const std::string &device : p->plan.bystanders)
        p->bystanders.insert(device);
    p->plan.bystanders.clear();
    p->outcomes.resize(kept, Outcome::Waiting);
    p->appendedIn.resize(kept, 0);
    p->tally.counts[static_cast<std::size_t>(Outcome::Waiting)] = static_cast<std::int64_t>(kept);
    for (const std::string_view column : reserved)
        p->columns.insert(column);
    p->ownSubjects = p->plan.subjects.empty();
    std::vector<protocol::Field> scratch;
    std::size_t online = 0;
    for (std::uint32_t device = 0; device < kept; ++device) {
        if (roster[device].online) {
            ++online;
            if (p->ownSubjects)
                p->toAsk.push_back(device);
        } else {
            p->move(device, Outcome::Offline);
            p->writeOutcome(device, scratch);
        }
    }
    std::reverse(p->toAsk.begin(), p->toAsk.end()); // asked from the back

    const filter::Expression &pushed = p->plan.pushed ? *p->plan.pushed : p->plan.where;
    protocol::QueryRequest &request = p->question;
    request.id = p->id;
    request.deadlineMs = p->plan.deadlineMs;
    request.where = filter::toJsonLogic(pushed).json;
    if (!p->selectsAll) {
        request.select = p->plan.select;
        for (const std::string &field : p->plan.where.fields()) {
            const bool ours = field == "device" || field == "presence" || field == "last_seen";
            if (!ours && !isSelected(field, request.select))
                request.select.push_back(field);
        }
    }
    request.spreadMs = p->plan.spreadMs >= 0
                           ? p->plan.spreadMs
                           : chosenSpreadMs(online, request.select.size(), p->plan.deadlineMs);

    {
        // Answers may come before this returns: they wait until everything is in place.
        const std::lock_guard lock(p->mutex);
        if (Status listening = p->listen(); !listening)
            return listening.error();
        p->askedAt = Clock::now();
        p->deadline = p->askedAt + milliseconds(p->plan.deadlineMs);
        if (online == 0) {
            p->finish();
        } else if (Status asked = p->askFirst(); !asked) {
            p->isFinished = true;
            return asked.error();
        }
        p->worker = std::thread([p] { p->run(); });
    }
    p->notify();
    return query;
}

LiveQuery::~LiveQuery()
{
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
        d->notified = false;
        std::swap(batch, d->batch);
        std::swap(d->batch, d->nextBatch);
        ++d->generation;
        more = !d->batch.isEmpty();
    }
    if (more)
        d->notify();
    return !batch.isEmpty();
}

Tally LiveQuery::tally() const
{
    const std::lock_guard lock(d->mutex);
    return d->tally;
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
    d->notify();
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
        if (d->tally.of(Outcome::Silent) == 0)
            return {};
        if (!d->gather) {
            if (Status listening = d->listen(); !listening)
                return listening;
        }
        d->isFinished = d->isCancelled = d->linkWasDown = false;
        d->problem.clear();
        d->ownSubjects = true;
        d->noResponders = 0;
        d->timesBefore = d->times.size();
        d->askedAt = Clock::now();
        d->deadline = d->askedAt + milliseconds(d->plan.deadlineMs);
        std::vector<protocol::Field> scratch;
        for (std::uint32_t device = 0; device < d->outcomes.size(); ++device) {
            if (d->outcomes[device] != Outcome::Silent)
                continue;
            d->move(device, Outcome::Waiting);
            d->writeOutcome(device, scratch);
            d->toAsk.push_back(device);
        }
    }
    d->wake.notify_all();
    d->notify();
    return {};
}

bool LiveQuery::waitFinished(int milliseconds)
{
    std::unique_lock lock(d->mutex);
    return d->wake.wait_for(lock, std::chrono::milliseconds(milliseconds), [this] { return d->isFinished; });
}

void LiveQuery::noteLinkDown()
{
    {
        const std::lock_guard lock(d->mutex);
        if (d->isFinished)
            return;
        d->linkWasDown = true;
        d->problem =
            "The connection was lost: answers sent meanwhile do not arrive. Devices without an answer are "
            "counted as silent at the deadline.";
    }
    d->notify();
}

std::string LiveQuery::problem() const
{
    const std::lock_guard lock(d->mutex);
    return d->problem;
}

const std::string &LiveQuery::id() const
{
    return d->id;
}

std::int64_t LiveQuery::elapsedMs() const
{
    const std::lock_guard lock(d->mutex);
    const Clock::time_point until = d->isFinished ? d->endedAt : Clock::now();
    return std::chrono::duration_cast<milliseconds>(until - d->askedAt).count();
}

double LiveQuery::repliesPerSecond() const
{
    const std::lock_guard lock(d->mutex);
    if (d->isFinished) {
        const double seconds = std::chrono::duration<double>(d->endedAt - d->askedAt).count();
        return static_cast<double>(d->timesAtEnd - d->timesBefore) / std::max(seconds, 0.001);
    }
    d->advanceRate(rateSlot(Clock::now()));
    double sum = 0;
    for (const std::uint32_t count : d->rate)
        sum += count;
    return sum;
}

std::vector<float> LiveQuery::responseTimes() const
{
    const std::lock_guard lock(d->mutex);
    return d->times;
}

std::vector<protocol::Reject> LiveQuery::recentRejected() const
{
    const std::lock_guard lock(d->mutex);
    return {d->rejections.begin(), d->rejections.end()};
}

} // namespace muster::query
