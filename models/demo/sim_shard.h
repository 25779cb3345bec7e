// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/filter/expression.h"
#include "core/protocol/messages.h"
#include "core/subjects.h"
#include "demo/sim_fleet.h"
#include "nats/connection.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

namespace muster::demo {

/// What the shards of one simulator count together.
struct SimTotals {
    std::atomic<std::uint64_t> presence{0}, telemetry{0}, queries{0}, replies{0}, refused{0}, dropped{0};
};

/// A run of a fleet's devices behind one connection and one subscription, and the thread that speaks for
/// them: heartbeats and telemetry spread evenly over their interval, queries answered in slices between
/// those.
class SimShard {
public:
    using Clock = std::chrono::steady_clock;

    /// Devices `begin` up to, not including, `end`. `onUp` is called on the shard's thread.
    SimShard(SimFleet &fleet, const Subjects &subjects, SimTotals &totals, std::uint32_t begin,
             std::uint32_t end, Clock::time_point start, std::function<void()> onUp);
    ~SimShard();
    SimShard(const SimShard &) = delete;
    SimShard &operator=(const SimShard &) = delete;

    Status start(nats::ConnectOptions options);
    /// Asks the devices to say goodbye; the destructor waits for that.
    void stop();
    bool isUp() const { return m_up.load(); }

private:
    /// A query as it came; which devices it is for is known from its subject alone.
    struct Arrived {
        std::uint32_t first = 0, last = 0; ///< devices to look at, not including the last
        int site = -1, group = -1;         ///< -1: any
        std::string region;                ///< empty: any
        std::string payload, reply;
    };
    struct Job {
        protocol::QueryRequest request;
        std::string reply;
        filter::Expression where;
        std::vector<SimField> fields;
        Arrived target; ///< payload and reply moved out
        std::uint32_t next = 0;
        std::uint32_t delayed = 0; ///< answers of it that wait in m_delayed
    };
    struct Delayed {
        std::int64_t atMillis = 0; ///< since the start
        std::uint32_t job = 0, number = 0;
    };

    void onQuery(const nats::MessageView &message);
    bool aim(std::string_view subject, Arrived &query) const;
    void onEvent(const nats::Event &event);

    void run();
    void beat(double now);
    void measure(double now);
    bool announce(double now);
    void sayGoodbye();
    bool sendPresence(std::uint32_t number, bool closing, double now, bool confirmed);
    void takeQueries();
    void accept(Arrived query);
    bool work(double now);
    bool isMeant(const Job &job, const SimDevice &device) const;
    void ask(Job &job, std::uint32_t id, std::uint32_t number, double now);
    bool answerDelayed(double now);
    void answer(const Job &job, std::uint32_t number, const SimMoment &moment);
    double seconds() const { return std::chrono::duration<double>(Clock::now() - m_start).count(); }
    std::uint32_t count() const { return m_end - m_begin; }

    SimFleet &m_fleet;
    const Subjects &m_subjects;
    SimTotals &m_totals;
    const std::uint32_t m_begin, m_end;
    const Clock::time_point m_start;
    const std::function<void()> m_onUp;
    std::shared_ptr<nats::Connection> m_connection;
    nats::Subscription m_subscription;
    std::atomic<bool> m_up{false};

    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<Arrived> m_arrived;
    std::size_t m_arrivedBytes = 0;
    bool m_linked = false; ///< the connection came (back); to be announced
    bool m_stopping = false;

    // Of the thread alone:
    protocol::Decoder m_decoder;
    std::uint64_t m_beats = 0, m_measurements = 0; ///< since the start, of all devices
    bool m_announcing = false, m_everAnnounced = false;
    bool m_storeAnswers = true; ///< there is a stream that acknowledges presence
    std::uint32_t m_nextAnnounced = 0;
    double m_announcedSince = 0;
    std::deque<std::uint32_t> m_queue; ///< jobs with devices to look at, in the order they came
    std::unordered_map<std::uint32_t, Job> m_jobs;
    std::uint32_t m_lastJob = 0;
    std::vector<Delayed> m_delayed; ///< a heap, the earliest first
    std::uint64_t m_random;
    std::string m_subject, m_buffer;
    std::thread m_thread;
};

} // namespace muster::demo
