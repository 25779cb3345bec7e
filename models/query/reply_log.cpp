// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/reply_log.h"

#include <algorithm>

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

std::string errorText(std::string_view code, std::string_view message)
{
    std::string text(cut(code));
    if (!text.empty() && !message.empty())
        text += ": ";
    text += cut(message);
    return text;
}

Status checkDeadline(int milliseconds)
{
    if (milliseconds >= 100 && milliseconds <= 600'000)
        return {};
    return Error{"query.deadline", "a deadline of " + std::to_string(milliseconds) + " ms is out of range",
                 "Choose one from 0.1 s to 10 minutes."};
}

std::string_view refusedSubject(const Error &error)
{
    // The server's words name the subject: Permissions Violation for Publish to "a.b"
    const std::string_view words = error.message;
    const std::size_t to = error.code == "nats.permission" ? words.find(" to ") : std::string_view::npos;
    const std::size_t begin = to == std::string_view::npos ? to : words.find('"', to);
    const std::size_t end = begin == std::string_view::npos ? begin : words.find('"', begin + 1);
    return end == std::string_view::npos ? std::string_view() : words.substr(begin + 1, end - begin - 1);
}

bool isNamed(std::string_view field, const std::vector<std::string> &names)
{
    return std::any_of(names.begin(), names.end(), [field](const std::string &name) {
        return field.starts_with(name) && (field.size() == name.size() || field[name.size()] == '.');
    });
}

void ReplyTimes::beginRound(Clock::time_point at)
{
    m_askedAt = at;
    m_before = m_all.size();
    setNow(at);
}

void ReplyTimes::endRound(Clock::time_point at)
{
    m_endedAt = at;
    m_atEnd = m_all.size();
}

double ReplyTimes::sinceAsked(Clock::time_point now) const
{
    return std::max(std::chrono::duration<double, std::milli>(now - m_askedAt).count(), 0.0);
}

std::int64_t ReplyTimes::elapsedMs(bool isOver) const
{
    return std::chrono::duration_cast<milliseconds>((isOver ? m_endedAt : Clock::now()) - m_askedAt).count();
}

double ReplyTimes::perSecond(bool isOver)
{
    if (isOver) {
        const double seconds = std::chrono::duration<double>(m_endedAt - m_askedAt).count();
        return static_cast<double>(m_atEnd - m_before) / std::max(seconds, 0.001);
    }
    advance(slotOf(Clock::now()));
    double sum = 0;
    for (const std::uint32_t count : m_counts)
        sum += count;
    return sum;
}

void ReplyTimes::clearUpTo(std::size_t slot)
{
    if (slot - m_newest >= m_counts.size())
        m_counts.fill(0);
    else
        for (std::size_t i = m_newest + 1; i <= slot; ++i)
            m_counts[i % m_counts.size()] = 0;
    m_newest = slot;
}

Columns::Columns()
{
    for (const std::string_view column : reserved)
        m_names.insert(column);
}

std::string_view Columns::nameFor(std::string_view field)
{
    const auto clash = std::find(reserved.begin(), reserved.end(), field);
    return clash == reserved.end() ? field : renamed[static_cast<std::size_t>(clash - reserved.begin())];
}

bool Columns::keeps(std::string_view field, const std::vector<std::string> &select, std::string_view &column)
{
    if (!select.empty() && !isNamed(field, select))
        return false;
    column = nameFor(field);
    if (m_names.find(column) != NameIndex::none)
        return true;
    if (m_names.size() >= maxColumns || column.size() > maxNameBytes)
        return false;
    m_names.insert(column);
    return true;
}

void Rejections::add(protocol::Reject why)
{
    why.detail = std::string(cut(why.detail, maxDetailBytes));
    m_recent.push_back(std::move(why));
    if (m_recent.size() > keptRejections)
        m_recent.pop_front();
}

} // namespace muster::query
