// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/filter/expression.h"
#include "core/name_index.h"
#include "nats/connection.h"
#include "query/gathered_run.h"

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

/// What ServiceQuery and SubjectQuery are made of. For this folder only.
namespace muster::query {

constexpr std::size_t maxCellBytes = std::size_t{16} * 1024; ///< of one text in a row

/// The text, or as many whole characters of it as fit.
std::string_view cut(std::string_view text, std::size_t maxBytes = maxCellBytes);
Status checkDeadline(int milliseconds);
constexpr std::string_view answersWereLost =
    "The connection was lost during the query: answers sent meanwhile did not arrive. Ask again.";
/// "code: message", or whichever there is.
std::string errorText(std::string_view code, std::string_view message);

struct GatheredRun::Core {
    using Clock = std::chrono::steady_clock;

    /// A message to send, with where its answers go: "<inbox>.<token>".
    struct Ask {
        std::string subject, payload, token;
    };

    Core();
    Core(const Core &) = delete;
    Core &operator=(const Core &) = delete;
    virtual ~Core();

    // fixed once started
    std::shared_ptr<nats::Connection> connection;
    std::function<void()> onProgress;
    std::string id;
    filter::Expression where;
    std::vector<std::string> select;
    int deadlineMs = 0, lateMs = 0;

    mutable std::mutex mutex; // guards everything down to the next blank line, and what derived classes add
    std::condition_variable wake;
    table::Batch batch;
    NameIndex columns;
    Tally counts;
    std::vector<float> times;
    std::size_t timesBefore = 0, timesAtEnd = 0; // of `times`: before this round, and when it ended
    std::array<std::uint32_t, 10> rate{};
    std::size_t rateNewest = 0;
    std::deque<protocol::Reject> rejections;
    std::string problem;
    Clock::time_point askedAt{}, endedAt{}, deadline{};
    Clock::time_point sleepsUntil{}; // of the worker
    bool isFinished = false, isCancelled = false, isStopping = false, linkWasDown = false;
    std::vector<Ask> toAsk; // by the worker, from the front
    std::string inbox;
    nats::Subscription subscription;

    std::atomic<bool> notified{false};
    std::shared_ptr<void> errorListener;
    std::thread worker;

    // With the lock held:

    /// When the run is over if nothing more comes. Not past `deadline`.
    virtual Clock::time_point endsAt() const = 0;
    /// When prompt() is due; far in the future: never.
    virtual Clock::time_point promptsAt() const;
    virtual void prompt();
    /// Who waits becomes silent, with a row.
    virtual void silenceWaiting() = 0;
    /// What to tell of a round that is over; may be empty. Not asked when there is a problem already.
    virtual std::string verdict() const = 0;
    /// An answer, on the inbox that ends in `token`.
    virtual void take(const nats::MessageView &message, std::string_view token, Clock::time_point now) = 0;
    /// What a refusal of the server that names `subject` means to this run.
    enum class Refusal { Foreign, Partial, Final };
    virtual Refusal refusal(std::string_view subject) const = 0;

    void finish();
    void reject(protocol::Rejection why, std::string detail);
    void reject(protocol::Reject why);
    void addTime(double ms, Clock::time_point now);
    double since(Clock::time_point now) const;
    /// Whether the field is selected and there is room for its column; then the column's name. The view lasts
    /// as long as `field`.
    bool keeps(std::string_view field, std::string_view &column);
    void advanceRate(std::size_t slot);
    /// Lets the worker look at its clock again if it would sleep too long.
    void retime();

    // Without the lock:

    /// Subscribes, sends `first`, starts the worker. The clock starts before the first is sent.
    Status begin(const std::vector<Ask> &first);
    Status listen(); // with the lock
    Status send(const Ask &ask) const;
    void end();
    void notify();
    void onMessage(const nats::MessageView &message);
    void onRefusal(const Error &error);
    void run();
    void askSome(std::unique_lock<std::mutex> &lock);
};

} // namespace muster::query
