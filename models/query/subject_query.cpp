// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/subject_query.h"

#include "core/display_text.h"
#include "core/utf8.h"
#include "query/gathered_core.h"

#include <algorithm>
#include <cmath>

namespace muster::query {
namespace {

using std::chrono::milliseconds;

constexpr int maxExpected = 100'000;
constexpr std::int64_t maxReplies = 1'000'000;
constexpr std::size_t maxBytes = std::size_t{512} << 20; // of all replies together
constexpr std::int64_t maxUnexpected = 100'000;          // shown; more are counted
constexpr std::size_t maxSubjectBytes = 512;

Status checkSubject(const std::string &subject)
{
    const auto refused = [&subject](const std::string &why) {
        return Error{"query.subject", "\"" + displayText(subject, 80) + "\" cannot be asked on: " + why,
                     "A subject is words joined by dots, as orders.status."};
    };
    if (subject.empty())
        return Error{"query.subject", "no subject is given", "Name the subject to ask on, as orders.status."};
    if (subject.size() > maxSubjectBytes)
        return refused("it has more than " + std::to_string(maxSubjectBytes) + " bytes");
    for (std::size_t at = 0; at <= subject.size();) {
        const std::size_t dot = std::min(subject.find('.', at), subject.size());
        const std::string_view word = std::string_view(subject).substr(at, dot - at);
        if (word.empty())
            return refused("a word of it is empty");
        if (word == "*" || word == ">")
            return refused("a question goes to one subject, and * and > stand for many");
        if (std::any_of(word.begin(), word.end(),
                        [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f; }))
            return refused("it has a space or a control character");
        at = dot + 1;
    }
    return {};
}

bool isBinary(std::string_view data)
{
    return std::any_of(data.begin(), data.end(), [](char c) {
        return static_cast<unsigned char>(c) < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\x1b';
    });
}

std::string replyText(std::string_view data)
{
    if (isBinary(data)) {
        constexpr std::string_view digits = "0123456789abcdef";
        std::string text = "0x";
        for (const char c : data.substr(0, maxCellBytes / 2 - 1)) {
            text += digits[static_cast<unsigned char>(c) >> 4];
            text += digits[static_cast<unsigned char>(c) & 0x0fu];
        }
        return text;
    }
    std::string_view rest = cut(data);
    if (isUtf8(rest))
        return std::string(rest);
    std::string text;
    while (!rest.empty() && text.size() < maxCellBytes) {
        const utf8::Character c = utf8::first(rest);
        utf8::append(text, c.code);
        rest.remove_prefix(c.length);
    }
    return text;
}

bool looksLikeObject(std::string_view data)
{
    const std::size_t begin = data.find_first_not_of(" \t\r\n");
    return begin != std::string_view::npos && data[begin] == '{';
}

} // namespace

struct SubjectQuery::Private final : GatheredRun::Core {
    std::string subject;
    int expected = 0, quietMs = 0;
    protocol::Decoder decoder;
    std::int64_t replies = 0;
    std::size_t bytes = 0;
    bool nobodyListens = false, isFull = false;
    Clock::time_point lastReply{};

    Clock::time_point endsAt() const override
    {
        return quietMs > 0 && replies > 0 ? std::min(deadline, lastReply + milliseconds(quietMs)) : deadline;
    }

    Refusal refusal(std::string_view named) const override
    {
        return named == subject ? Refusal::Final : Refusal::Foreign;
    }

    void silenceWaiting() override
    {
        const std::int64_t waiting = counts.of(Outcome::Waiting);
        counts.counts[static_cast<std::size_t>(Outcome::Waiting)] = 0;
        counts.counts[static_cast<std::size_t>(Outcome::Silent)] += waiting;
        const protocol::Field silent{"outcome", name(Outcome::Silent)};
        for (std::int64_t i = 1; i <= waiting; ++i)
            batch.replace(std::to_string(replies + i), {&silent, 1});
    }

    Error verdict() const override
    {
        if (nobodyListens)
            return {
                "run.nobody-listens",
                "Nobody listens on " + displayText(subject, 200) +
                    ". Check the subject, that the other side runs, and that it is in the account of this "
                    "connection.",
                {}};
        if (isCancelled || (expected > 0 && counts.of(Outcome::Silent) == 0))
            return {};
        if (linkWasDown)
            return answersWereLost();
        if (replies == 0)
            return {"run.no-answer",
                    "No reply came on " + displayText(subject, 200) + " within " +
                        toText(ValueView(deadlineMs / 1000.0)) +
                        " s. Who listens there may not reply, or need more time.",
                    {}};
        return {};
    }

    void take(const nats::MessageView &message, std::string_view, Clock::time_point now) override
    {
        if (message.status == 503 && replies == 0) {
            if (!isFinished) {
                nobodyListens = true;
                finish();
            }
            return;
        }
        if (isFull || replies >= maxReplies || bytes >= maxBytes) {
            ++counts.rejected;
            if (!isFull) {
                isFull = true;
                trouble = {"run.too-many-replies",
                           "More replies came than are kept (1,000,000, or 512 MiB): the others are only "
                           "counted.",
                           {}};
                finish();
            }
            return;
        }
        ++replies;
        bytes += message.data.size();
        lastReply = now;
        const bool isExtra = expected > 0 && replies > expected;
        if (isExtra && ++counts.unexpected > maxUnexpected)
            return;

        const double ms = times.sinceAsked(now);
        const bool late = isFinished && !isExtra;
        std::vector<protocol::Field> values;
        std::string text, error;
        const Outcome outcome = read(message, values, text, error);
        if (!isExtra) {
            if (expected > 0)
                --counts.counts[static_cast<std::size_t>(isFinished ? Outcome::Silent : Outcome::Waiting)];
            ++counts.counts[static_cast<std::size_t>(outcome)];
            counts.late += late ? 1 : 0;
            times.add(ms);
        }

        std::vector<protocol::Field> row{{"outcome", isExtra ? unexpectedName : name(outcome)},
                                         {"reply_ms", std::round(ms * 10) / 10}};
        if (late)
            row.push_back({"late", true});
        if (!error.empty())
            row.push_back({"error", std::string_view(error)});
        if (outcome != Outcome::Empty) {
            for (const protocol::Field &field : values) {
                std::string_view column;
                if (!columns.keeps(field.name, select, column))
                    continue;
                const auto *value = std::get_if<std::string_view>(&field.value);
                row.push_back({column, value ? ValueView(cut(*value)) : field.value});
            }
        }
        const std::string key = std::to_string(replies);
        if (expected > 0) // may stand there as silent
            batch.replace(key, row);
        else
            batch.append(key, row);
        if (expected > 0 && replies == expected)
            finish();
    }

    /// `values` point into `text`, the decoder or the message.
    Outcome read(const nats::MessageView &message, std::vector<protocol::Field> &values, std::string &text,
                 std::string &error)
    {
        if (message.status != 0) {
            error = errorText(std::to_string(message.status), message.header("Description"));
            return Outcome::Error;
        }
        bool isFlat = false;
        if (looksLikeObject(message.data)) {
            const auto object = decoder.object(message.data);
            isFlat = object.ok();
            if (isFlat)
                values = **object;
            else if (object.error().why != protocol::Rejection::Malformed)
                error = "not taken apart: " + object.error().detail;
        }
        if (!isFlat) {
            text = replyText(message.data);
            values.push_back({"reply", std::string_view(text)});
        }
        const std::string code = message.header("Nats-Service-Error-Code");
        const std::string words = message.header("Nats-Service-Error");
        if (!code.empty() || !words.empty()) {
            error = errorText(code, words);
            return Outcome::Error;
        }
        const bool matches = where.isEmpty() || where.matches([&](std::string_view field) -> ValueView {
            for (const protocol::Field &value : values) {
                if (value.name == field)
                    return value.value;
            }
            return {};
        });
        return matches ? Outcome::Answered : Outcome::Empty;
    }
};

SubjectQuery::SubjectQuery(std::unique_ptr<Private> p)
    : GatheredRun(std::move(p)),
      d(static_cast<Private *>(m_core.get()))
{
}

SubjectQuery::~SubjectQuery() = default;

Result<std::unique_ptr<SubjectQuery>> SubjectQuery::start(std::shared_ptr<nats::Connection> connection,
                                                          SubjectQuestion question,
                                                          std::function<void()> onProgress)
{
    if (Status valid = checkSubject(question.subject); !valid)
        return valid.error();
    if (Status inRange = checkDeadline(question.deadlineMs); !inRange)
        return inRange.error();
    if (question.expected < 0 || question.expected > maxExpected)
        return Error{"query.count", std::to_string(question.expected) + " replies cannot be expected",
                     "Choose up to 100,000, or 0 to end by time."};
    if (question.quietMs < 0)
        return Error{"query.quiet", "a quiet time cannot be negative", "Choose 0 to end without one."};
    auto made = std::make_unique<Private>();
    made->connection = std::move(connection);
    made->notifier.set(std::move(onProgress));
    made->subject = question.subject;
    made->where = std::move(question.where);
    made->select = std::move(question.select);
    made->expected = question.expected;
    made->quietMs = question.quietMs;
    made->deadlineMs = question.deadlineMs;
    made->lateMs = std::max(question.lateMs, 0);
    made->counts.counts[static_cast<std::size_t>(Outcome::Waiting)] = question.expected;
    std::unique_ptr<SubjectQuery> query(new SubjectQuery(std::move(made)));
    if (Status begun = query->d->begin({{std::move(question.subject), std::move(question.payload), "r"}});
        !begun)
        return begun.error();
    return query;
}

Status SubjectQuery::askSilentAgain()
{
    const std::lock_guard lock(d->mutex);
    if (!d->isFinished)
        return Error{"query.running", "the query is still under way", "Wait for its end, or cancel it."};
    if (d->counts.of(Outcome::Silent) == 0)
        return {};
    return Error{"query.unaddressed",
                 "a subject does not tell who is silent: the question would reach those who replied as well",
                 "Ask again from the start."};
}

} // namespace muster::query
