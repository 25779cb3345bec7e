// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/name_index.h"
#include "core/protocol/messages.h"
#include "query/live_query.h"
#include "query/reply_log.h"
#include "query/run.h"
#include "table/table.h"

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// For this folder only.
namespace muster::query {

/// The accounts of a live query: where each device of the roster stands, and the rows that say so. It asks
/// nobody and waits for nothing. One thread at a time.
class Answers {
public:
    using Clock = std::chrono::steady_clock;

    /// An answer and what it counts as, before it is counted.
    struct Judged {
        std::uint32_t device = NameIndex::none; ///< none: not on the roster
        Outcome outcome = Outcome::Waiting;
    };

    /// `plan` outlives this, and changes no more but by enrol().
    explicit Answers(Plan &plan);

    /// Refuses a roster with a name that is none.
    Status check() const;
    /// Takes up the roster, each device once: those online wait, the others are offline and have their rows.
    void enrol();

    void prefetch(std::string_view payload) const; ///< of an answer, some time before it is judged
    Judged judge(const protocol::QueryReply &reply) const;

    /// A round begins, or goes on: answers from here on are of this moment.
    void beginRound(Clock::time_point at, bool ownSubjects);
    void setNow(Clock::time_point now);
    void take(const protocol::QueryReply &reply, Judged judged);
    void reject(protocol::Reject why);
    /// Who waits is silent from here on; answers that come are late.
    void endRound(Clock::time_point at);
    /// Who is silent waits again. They are given to `silent`.
    void silentWaitAgain(std::vector<std::uint32_t> &silent);

    bool isRoundOver() const { return m_isRoundOver; }
    const Tally &tally() const { return m_tally; }
    std::size_t waiting() const { return static_cast<std::size_t>(m_tally.of(Outcome::Waiting)); }
    std::size_t count() const { return m_standings.size(); }
    bool isWaiting(std::uint32_t device) const { return m_standings[device].outcome == Outcome::Waiting; }
    bool isWaiting(std::string_view device) const
    {
        const std::uint32_t found = m_roster.find(device);
        return found != NameIndex::none && isWaiting(found);
    }
    ReplyTimes &times() { return m_times; }
    const ReplyTimes &times() const { return m_times; }
    const Rejections &rejections() const { return m_rejections; }

    /// Takes what there is; true: there is more, which is all when it is taken at once.
    bool drain(table::Batch &batch);

private:
    struct Standing {
        Outcome outcome = Outcome::Waiting;
        std::uint32_t appendedIn = 0; ///< the generation of batches that the row was added in; 0: not yet
    };
    /// Answers to one question look alike: what to keep of them is worked out once for each look.
    struct Shape {
        std::vector<std::string> names;
        std::vector<std::string> columns;    ///< empty: the field is not kept
        std::vector<std::size_t> knownToAdd; ///< of Plan::known, what an answer of this shape has not
        bool isValid = false;
    };

    void move(std::uint32_t device, Outcome to);
    void add(std::string_view key, std::span<const protocol::Field> row);
    void write(std::uint32_t device, std::span<const protocol::Field> row);
    void writeOutcome(std::uint32_t device);
    void writeAnswer(const protocol::QueryReply &reply, Judged judged);
    void addField(std::string_view name, const ValueView &value);
    void addKnown(std::uint32_t device);
    bool hasShape(const std::vector<protocol::Field> &row) const;
    void learnShape(const std::vector<protocol::Field> &row);
    bool matches(const filter::Expression &filter, const protocol::QueryReply &reply,
                 std::uint32_t device) const;

    Plan &m_plan;
    NameIndex m_roster, m_bystanders;
    std::vector<Standing> m_standings;
    Tally m_tally;
    NameIndex m_unexpected;

    table::Batch m_batch;
    table::Batch m_nextBatch; ///< a row can not be added and changed in one batch: changes wait for the next
    std::uint32_t m_generation = 1;
    Columns m_columns;
    Shape m_shape;
    std::vector<protocol::Field> m_fields; ///< of the row under way: m_fieldCount of them
    std::size_t m_fieldCount = 0;

    bool m_ownSubjects = false, m_isRoundOver = false;
    double m_sinceAsked = 0; ///< of the answer at hand, in ms
    ReplyTimes m_times;
    Rejections m_rejections;
};

} // namespace muster::query
