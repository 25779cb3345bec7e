// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/name_index.h"
#include "core/protocol/messages.h"
#include "core/result.h"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// What every run notes of the replies that come. For this folder only; the owner's lock guards it.
namespace muster::query {

constexpr std::size_t maxCellBytes = std::size_t{16} * 1024; ///< of one text in a row

/// The text, or as many whole characters of it as fit.
std::string_view cut(std::string_view text, std::size_t maxBytes = maxCellBytes);
/// "code: message", or whichever there is.
std::string errorText(std::string_view code, std::string_view message);
Status checkDeadline(int milliseconds);
/// The subject that the server did not let us use; empty: the error is of something else.
std::string_view refusedSubject(const Error &error);
/// "mem" names mem and all within it.
bool isNamed(std::string_view field, const std::vector<std::string> &names);

/// When replies came: how long each took, and how many a second.
class ReplyTimes {
public:
    using Clock = std::chrono::steady_clock;

    void reserve(std::size_t replies) { m_all.reserve(replies); }
    void beginRound(Clock::time_point at);
    void endRound(Clock::time_point at);
    void setNow(Clock::time_point now) { m_slot = slotOf(now); } ///< of the replies to add from here on
    void add(double ms)
    {
        m_all.push_back(static_cast<float>(ms));
        advance(m_slot);
        ++m_counts[m_slot % m_counts.size()];
    }

    Clock::time_point askedAt() const { return m_askedAt; }
    Clock::time_point endedAt() const { return m_endedAt; }
    double sinceAsked(Clock::time_point now) const; ///< ms, not negative
    std::int64_t elapsedMs(bool isOver) const;
    const std::vector<float> &all() const { return m_all; } ///< ms
    double perSecond(bool isOver); ///< over the last second; over the whole round once it is over

private:
    static std::size_t slotOf(Clock::time_point at)
    {
        return static_cast<std::size_t>(
            std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count() / 100);
    }
    void advance(std::size_t slot)
    {
        if (slot > m_newest)
            clearUpTo(slot);
    }
    void clearUpTo(std::size_t slot);

    Clock::time_point m_askedAt{}, m_endedAt{};
    std::vector<float> m_all;
    std::size_t m_before = 0, m_atEnd = 0;    // of m_all: before this round, and when it ended
    std::array<std::uint32_t, 10> m_counts{}; // in a tenth of a second
    std::size_t m_newest = 0, m_slot = 0;
};

/// The columns of a run's rows. Those that say how an answer came about are ours: a field with the name of
/// one of them becomes "field.<name>".
class Columns {
public:
    Columns();
    /// Not limited by what is selected.
    static std::string_view nameFor(std::string_view field);
    /// Whether the field is selected and there is room for its column; then the column's name. The view lasts
    /// as long as `field`.
    bool keeps(std::string_view field, const std::vector<std::string> &select, std::string_view &column);

private:
    NameIndex m_names;
};

/// The latest messages that were no answer.
class Rejections {
public:
    void add(protocol::Reject why);
    std::vector<protocol::Reject> recent() const { return {m_recent.begin(), m_recent.end()}; }

private:
    std::deque<protocol::Reject> m_recent;
};

/// Wakes who drains a run, once until it has. Needs no lock.
class Notifier {
public:
    void set(std::function<void()> onProgress) { m_onProgress = std::move(onProgress); }
    void rearm() { m_isNotified = false; }
    void notify()
    {
        if (!m_isNotified.load(std::memory_order_relaxed) && !m_isNotified.exchange(true) && m_onProgress)
            m_onProgress();
    }

private:
    std::function<void()> m_onProgress;
    std::atomic<bool> m_isNotified{false};
};

} // namespace muster::query
