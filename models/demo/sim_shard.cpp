// SPDX-License-Identifier: GPL-3.0-or-later
#include "demo/sim_shard.h"

#include <algorithm>
#include <cmath>

namespace muster::demo {

namespace {

using std::chrono::milliseconds;

constexpr std::uint32_t slice = 1000; ///< devices between two looks at the clock
constexpr milliseconds tick{20};
constexpr milliseconds storeTimeout{2000};
constexpr milliseconds goodbyeTimeout{1000};
constexpr double goodbyeSeconds = 5;
constexpr double reannounceSeconds = 1; ///< a whole fleet that comes back at once is a burst; this spreads it
constexpr int maxSpreadMs = 600'000;
constexpr std::size_t maxArrived = 100'000, maxArrivedBytes = std::size_t{64} * 1024 * 1024;
constexpr std::size_t maxJobs = 100'000, maxDelayed = 8'000'000;

struct Failure {
    std::string_view code, message;
};
constexpr Failure failures[] = {
    {"policy.denied", "the device's policy does not allow this query"},
    {"device.busy", "an update is being installed; try again later"},
    {"sensor.failed", "cannot read /sys/class/thermal/thermal_zone0/temp: Input/output error"},
};

bool laterThan(const auto &a, const auto &b)
{
    return a.atMillis > b.atMillis;
}

} // namespace

SimShard::SimShard(SimFleet &fleet, const Subjects &subjects, SimTotals &totals, std::uint32_t begin,
                   std::uint32_t end, Clock::time_point start, std::function<void()> onUp)
    : m_fleet(fleet),
      m_subjects(subjects),
      m_totals(totals),
      m_begin(begin),
      m_end(end),
      m_start(start),
      m_onUp(std::move(onUp)),
      m_random((std::uint64_t{fleet.options().seed} << 32) + begin + 1)
{
}

SimShard::~SimShard()
{
    stop();
    if (m_thread.joinable())
        m_thread.join();
    m_subscription.reset();
    m_connection.reset();
}

Status SimShard::start(nats::ConnectOptions options)
{
    auto connection =
        nats::Connection::open(std::move(options), [this](const nats::Event &e) { onEvent(e); });
    if (!connection)
        return connection.error();
    m_connection = std::move(*connection);
    // Interest first, presence after: whoever is known can be asked.
    auto subscription =
        m_connection->subscribe(m_subjects.allQueries(), [this](const nats::MessageView &m) { onQuery(m); });
    if (!subscription)
        return subscription.error();
    m_subscription = std::move(*subscription);
    if (Status s = m_connection->flush(); !s)
        return s;
    {
        const std::lock_guard lock(m_mutex);
        m_linked = true;
    }
    m_thread = std::thread([this] { run(); });
    return {};
}

void SimShard::stop()
{
    const std::lock_guard lock(m_mutex);
    m_stopping = true;
    m_wake.notify_one();
}

void SimShard::onEvent(const nats::Event &event)
{
    using Kind = nats::Event::Kind;
    const std::lock_guard lock(m_mutex);
    if (event.kind == Kind::Disconnected)
        m_up = false;
    if (event.kind == Kind::Reconnected || event.kind == Kind::Connected)
        m_linked = true;
    m_wake.notify_one();
}

/// Which devices of ours a query's subject means; false for none.
bool SimShard::aim(std::string_view subject, Arrived &query) const
{
    query.first = m_begin;
    query.last = m_end;
    subject.remove_prefix(
        std::min(subject.size(), m_subjects.root().size() + std::string_view(".query.").size()));
    const std::size_t dot = subject.find('.');
    const std::string_view kind = subject.substr(0, dot);
    std::string_view rest = dot == std::string_view::npos ? std::string_view() : subject.substr(dot + 1);
    if (kind == "all")
        return rest.empty();
    if (kind == "device") {
        const auto number = m_fleet.find(rest);
        if (!number || *number < m_begin || *number >= m_end)
            return false;
        query.first = *number;
        query.last = *number + 1;
        return true;
    }
    if (kind == "site") {
        query.site = m_fleet.siteNumber(rest);
        return query.site >= 0;
    }
    if (kind == "group") {
        const std::size_t second = rest.find('.');
        if (second != std::string_view::npos)
            query.region = rest.substr(second + 1);
        query.group = SimFleet::groupNumber(rest.substr(0, second));
        return query.group >= 0;
    }
    return false;
}

void SimShard::onQuery(const nats::MessageView &message)
{
    m_totals.queries.fetch_add(1, std::memory_order_relaxed);
    Arrived query;
    if (!aim(message.subject, query))
        return;
    if (message.reply.empty()) {
        m_totals.refused.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    const std::lock_guard lock(m_mutex);
    if (m_arrived.size() >= maxArrived || m_arrivedBytes + message.data.size() > maxArrivedBytes) {
        m_totals.dropped.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    query.payload = message.data;
    query.reply = message.reply;
    m_arrivedBytes += query.payload.size();
    m_arrived.push_back(std::move(query));
    m_wake.notify_one();
}

void SimShard::run()
{
    std::unique_lock lock(m_mutex);
    while (!m_stopping) {
        if (std::exchange(m_linked, false)) {
            m_announcing = true;
            m_nextAnnounced = 0;
            m_announcedSince = seconds();
        }
        lock.unlock();
        const double now = seconds();
        beat(now);
        measure(now);
        takeQueries();
        bool busy = announce(now);
        busy = work(now) || busy;
        busy = answerDelayed(now) || busy;
        lock.lock();
        if (busy)
            continue;
        auto until = Clock::now() + tick;
        if (!m_delayed.empty())
            until = std::min(until, m_start + milliseconds(m_delayed.front().atMillis));
        m_wake.wait_until(lock, until, [this] { return m_stopping || m_linked || !m_arrived.empty(); });
    }
    lock.unlock();
    sayGoodbye();
}

/// Every device once an interval, in turn: the n-th beat since the start is due at n / count of an interval.
void SimShard::beat(double now)
{
    const auto target = static_cast<std::uint64_t>(now / m_fleet.options().heartbeatSeconds * count());
    if (target > m_beats + count())
        m_beats = target - count();
    const bool connected = m_connection->state() == nats::State::Connected;
    for (; m_beats < target; ++m_beats) {
        const std::uint32_t number = m_begin + static_cast<std::uint32_t>(m_beats % count());
        if (connected && !(m_announcing && number - m_begin >= m_nextAnnounced))
            sendPresence(number, false, now, false);
    }
}

void SimShard::measure(double now)
{
    if (m_fleet.options().telemetrySeconds <= 0)
        return;
    const auto target = static_cast<std::uint64_t>(now / m_fleet.options().telemetrySeconds * count());
    if (target > m_measurements + count())
        m_measurements = target - count();
    if (m_measurements >= target)
        return;
    // Who has not said that it is there does not speak of itself.
    const bool connected = !m_announcing && m_connection->state() == nats::State::Connected;
    const std::string at = UtcTime::now().toString();
    std::uint64_t sent = 0;
    for (; m_measurements < target; ++m_measurements) {
        // Half an interval off the device's heartbeat.
        const std::uint32_t number =
            m_begin + static_cast<std::uint32_t>((m_measurements + count() / 2) % count());
        const SimMoment moment = m_fleet.moment(number, now);
        if (!moment.up)
            continue;
        m_fleet.drift(m_fleet.device(number), m_random);
        if (!connected)
            continue;
        m_subject = m_subjects.root();
        m_subject += ".telemetry.";
        m_fleet.appendId(m_subject, number);
        m_buffer.clear();
        const auto seq = static_cast<std::int64_t>(m_measurements / count() + 1);
        m_fleet.appendTelemetry(m_buffer, number, moment, at, seq);
        sent += m_connection->publish(m_subject, m_buffer).ok() ? 1 : 0;
    }
    m_totals.telemetry.fetch_add(sent, std::memory_order_relaxed);
}

bool SimShard::sendPresence(std::uint32_t number, bool closing, double now, bool confirmed)
{
    SimDevice &device = m_fleet.device(number);
    const SimMoment moment = m_fleet.moment(number, now);
    if (!moment.up && !closing)
        return !confirmed || m_connection->flush(storeTimeout).ok();
    ++device.seq;
    m_subject = m_subjects.root();
    m_subject += ".presence.";
    m_fleet.appendId(m_subject, number);
    m_buffer.clear();
    m_fleet.appendPresence(m_buffer, number, moment, closing);
    bool sent = false;
    if (confirmed && m_storeAnswers) {
        const auto stored = m_connection->request(m_subject, m_buffer, storeTimeout);
        // Without a stream nobody answers, and never will.
        m_storeAnswers = stored.ok() || stored.error().code == "nats.disconnected";
        sent = stored.ok() || !m_storeAnswers;
    } else {
        sent = m_connection->publish(m_subject, m_buffer).ok() &&
               (!confirmed || m_connection->flush(storeTimeout).ok());
    }
    m_totals.presence.fetch_add(sent ? 1 : 0, std::memory_order_relaxed);
    return sent;
}

/// A slice of the devices says that it is there. The last of them waits for the stream to have stored it, so
/// that the server is never further behind than a slice. Returns whether there is more to do at once.
bool SimShard::announce(double now)
{
    if (!m_announcing)
        return false;
    std::uint32_t limit = count();
    if (m_everAnnounced) {
        const double part = (now - m_announcedSince) / reannounceSeconds;
        limit = static_cast<std::uint32_t>(std::clamp(part, 0.0, 1.0) * count());
    }
    const std::uint32_t last = std::min(limit, m_nextAnnounced + slice);
    while (m_nextAnnounced < last) {
        const std::uint32_t number = m_begin + m_nextAnnounced;
        const bool away = m_fleet.device(number).conduct == Conduct::Offline;
        // Those who are away have said so once.
        if (!sendPresence(number, away && !m_everAnnounced, now, m_nextAnnounced + 1 == last)) {
            m_nextAnnounced -= std::min(m_nextAnnounced, slice);
            m_announcing = m_connection->state() == nats::State::Connected; // else anew when the link is back
            return false;
        }
        ++m_nextAnnounced;
    }
    if (m_nextAnnounced < count())
        return m_nextAnnounced < limit;
    m_announcing = false;
    m_everAnnounced = true;
    {
        const std::lock_guard lock(m_mutex);
        m_up = !m_linked && m_connection->state() == nats::State::Connected;
    }
    m_onUp();
    return false;
}

void SimShard::sayGoodbye()
{
    const double begin = seconds();
    for (std::uint32_t number = m_begin; number < m_end; ++number) {
        if (m_fleet.moment(number, begin).up && !sendPresence(number, true, begin, false))
            return;
        if (number % slice == slice - 1 &&
            (seconds() - begin > goodbyeSeconds || !m_connection->flush(goodbyeTimeout).ok()))
            return;
    }
    // Whether the server read the last of it makes no difference to anybody any more.
    static_cast<void>(m_connection->flush(goodbyeTimeout).ok());
}

void SimShard::takeQueries()
{
    while (m_jobs.size() < maxJobs) {
        Arrived query;
        {
            const std::lock_guard lock(m_mutex);
            if (m_arrived.empty())
                return;
            query = std::move(m_arrived.front());
            m_arrived.pop_front();
            m_arrivedBytes -= query.payload.size();
        }
        accept(std::move(query));
    }
}

void SimShard::accept(Arrived query)
{
    auto request = m_decoder.queryRequest(query.payload);
    if (!request) {
        m_totals.refused.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    Job job;
    job.request = std::move(*request);
    job.request.spreadMs = std::clamp(job.request.spreadMs, 0, maxSpreadMs);
    bool everything = job.request.select.empty();
    if (!job.request.where.empty()) {
        if (auto where = filter::fromJsonLogic(job.request.where))
            job.where = std::move(*where);
        else
            everything = true; // a filter that is beyond us: the asker applies it to all we have
    }
    for (std::size_t i = 0; i < simFieldCount; ++i) {
        const auto field = static_cast<SimField>(i);
        const auto asks = [name = name(field)](std::string_view s) {
            return name.starts_with(s) && (name.size() == s.size() || name[s.size()] == '.');
        };
        if (everything || std::any_of(job.request.select.begin(), job.request.select.end(), asks))
            job.fields.push_back(field);
    }
    job.reply = std::move(query.reply);
    job.next = query.first;
    query.payload.clear();
    job.target = std::move(query);
    while (m_jobs.contains(++m_lastJob)) {
    }
    m_queue.push_back(m_lastJob);
    m_jobs.emplace(m_lastJob, std::move(job));
}

bool SimShard::isMeant(const Job &job, const SimDevice &device) const
{
    const Arrived &target = job.target;
    return (target.site < 0 || target.site == device.site) &&
           (target.group < 0 || target.group == device.group) &&
           (target.region.empty() || target.region == m_fleet.region(device));
}

/// A slice of the oldest query's devices. Returns whether there is more.
bool SimShard::work(double now)
{
    std::uint32_t budget = slice;
    while (budget > 0 && !m_queue.empty()) {
        const std::uint32_t id = m_queue.front();
        const auto it = m_jobs.find(id);
        Job &job = it->second;
        for (; budget > 0 && job.next < job.target.last; ++job.next, --budget)
            ask(job, id, job.next, now);
        if (job.next < job.target.last)
            return true;
        m_queue.pop_front();
        if (job.delayed == 0)
            m_jobs.erase(it);
        budget -= std::min(budget, 1u);
    }
    return !m_queue.empty();
}

void SimShard::ask(Job &job, std::uint32_t id, std::uint32_t number, double now)
{
    const SimDevice &device = m_fleet.device(number);
    if (device.conduct == Conduct::Offline || device.conduct == Conduct::Silent || !isMeant(job, device))
        return;
    const SimMoment moment = m_fleet.moment(number, now);
    if (!moment.up)
        return;
    const auto upTo = [this](std::uint32_t most) {
        m_random ^= m_random << 13;
        m_random ^= m_random >> 7;
        m_random ^= m_random << 17;
        return static_cast<std::int64_t>((m_random >> 16) % (most + 1u));
    };
    std::int64_t delay = 0;
    if (job.request.spreadMs > 0)
        delay = upTo(static_cast<std::uint32_t>(job.request.spreadMs));
    if (device.conduct == Conduct::Slow)
        delay += 500 + upTo(1500);
    if (delay == 0) {
        answer(job, number, moment);
    } else if (m_delayed.size() < maxDelayed) {
        ++job.delayed;
        m_delayed.push_back({static_cast<std::int64_t>(now * 1000) + delay, id, number});
        std::push_heap(m_delayed.begin(), m_delayed.end(), laterThan<Delayed, Delayed>);
    } else {
        m_totals.dropped.fetch_add(1, std::memory_order_relaxed);
    }
}

/// A slice of those whose time has come. Returns whether there are more.
bool SimShard::answerDelayed(double now)
{
    const auto millis = static_cast<std::int64_t>(now * 1000);
    for (std::uint32_t budget = slice; !m_delayed.empty() && m_delayed.front().atMillis <= millis; --budget) {
        if (budget == 0)
            return true;
        std::pop_heap(m_delayed.begin(), m_delayed.end(), laterThan<Delayed, Delayed>);
        const Delayed due = m_delayed.back();
        m_delayed.pop_back();
        const auto it = m_jobs.find(due.job);
        Job &job = it->second;
        if (const SimMoment moment = m_fleet.moment(due.number, now); moment.up)
            answer(job, due.number, moment);
        if (--job.delayed == 0 && job.next >= job.target.last)
            m_jobs.erase(it);
    }
    return false;
}

void SimShard::answer(const Job &job, std::uint32_t number, const SimMoment &moment)
{
    const SimDevice &device = m_fleet.device(number);
    m_buffer.assign(R"({"v":1,"device":")");
    const std::size_t idAt = m_buffer.size();
    m_fleet.appendId(m_buffer, number);
    const std::size_t idEnd = m_buffer.size();
    const auto look = [&](std::string_view field) -> ValueView {
        if (const auto known = simField(field))
            return m_fleet.value(device, *known, moment);
        return field == "device" ? ValueView(std::string_view(m_buffer).substr(idAt, idEnd - idAt))
                                 : ValueView();
    };
    if (device.conduct == Conduct::Failing) {
        const Failure &failure = failures[number % std::size(failures)];
        m_buffer += R"(","error":{"code":")";
        m_buffer += failure.code;
        m_buffer += R"(","message":")";
        m_buffer += failure.message;
        m_buffer += R"("}})";
    } else if (!job.where.isEmpty() && !job.where.matches(std::ref(look))) {
        if (!job.request.replyEmpty)
            return;
        m_buffer += R"(","empty":true})";
    } else {
        m_buffer += R"(","row":{)";
        bool any = false;
        for (const SimField field : job.fields) {
            if (m_fleet.appendField(m_buffer, device, field, moment)) {
                m_buffer += ',';
                any = true;
            }
        }
        if (any)
            m_buffer.pop_back();
        m_buffer += "}}";
    }
    if (m_connection->publish(job.reply, m_buffer).ok())
        m_totals.replies.fetch_add(1, std::memory_order_relaxed);
}

} // namespace muster::demo
