// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/filter/expression.h"
#include "nats/connection.h"
#include "query/gathered_run.h"
#include "query/reply_log.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

/// What ServiceQuery and SubjectQuery are made of. For this folder only.
namespace muster::query {

/// The verdict of a round whose answers were lost with the link.
inline Error answersWereLost()
{
    return {"run.link-lost",
            "The connection was lost during the query: answers sent meanwhile did not arrive. Ask again.",
            {}};
}

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
    std::string id;
    filter::Expression where;
    std::vector<std::string> select;
    int deadlineMs = 0, lateMs = 0;

    mutable std::mutex mutex; // guards everything down to the next blank line, and what derived classes add
    std::condition_variable wake;
    table::Batch batch;
    Columns columns;
    Tally counts;
    ReplyTimes times;
    Rejections rejections;
    Error trouble;
    Hindrance hindrance = Hindrance::None;
    Clock::time_point deadline{};
    Clock::time_point sleepsUntil{}; // of the worker
    bool isFinished = false, isCancelled = false, isStopping = false, linkWasDown = false;
    std::vector<Ask> toAsk; // by the worker, from the front
    std::string inbox;
    nats::Subscription subscription;

    Notifier notifier;
    table::Batch handedOut; // by drainAll(), whose thread has it: for its memory
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
    /// What to tell of a round that is over; may be empty. Not asked when there is trouble already.
    virtual Error verdict() const = 0;
    /// An answer, on the inbox that ends in `token`.
    virtual void take(const nats::MessageView &message, std::string_view token, Clock::time_point now) = 0;
    /// What a refusal of the server that names `subject` means to this run.
    enum class Refusal { Foreign, Partial, Final };
    virtual Refusal refusal(std::string_view subject) const = 0;

    void finish();
    void hinder(Hindrance what) { hindrance = std::max(hindrance, what); }
    void reject(protocol::Rejection why, std::string detail);
    void reject(protocol::Reject why);
    void beginRound();
    /// Lets the worker look at its clock again if it would sleep too long.
    void retime();

    // Without the lock:

    /// Subscribes, sends `first`, starts the worker. The clock starts before the first is sent.
    Status begin(const std::vector<Ask> &first);
    Status listen(); // with the lock
    Status send(const Ask &ask) const;
    void end();
    void onMessage(const nats::MessageView &message);
    void onRefusal(const Error &error);
    void run();
    void askSome(std::unique_lock<std::mutex> &lock);
};

} // namespace muster::query
