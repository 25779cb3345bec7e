// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/answers.h"

#include "core/device_id.h"

#include <algorithm>
#include <cmath>

namespace muster::query {
namespace {

constexpr std::size_t maxUnexpected = 100'000; // shown; more are counted

} // namespace

Answers::Answers(Plan &plan) : m_plan(plan) {}

Status Answers::check() const
{
    for (const Expected &expected : m_plan.roster) {
        if (!isToken(expected.device))
            return notAToken("device", expected.device);
    }
    return {};
}

void Answers::enrol()
{
    constexpr std::size_t ahead = 8;
    std::vector<Expected> &roster = m_plan.roster;
    m_roster.reserve(roster.size());
    std::size_t kept = 0;
    for (std::size_t i = 0; i < roster.size(); ++i) {
        if (i + ahead < roster.size())
            m_roster.prefetch(roster[i + ahead].device);
        bool added = false;
        m_roster.insert(roster[i].device, added);
        if (!added)
            continue;
        if (kept != i)
            roster[kept] = std::move(roster[i]);
        ++kept;
    }
    roster.resize(kept);
    for (const std::string &device : m_plan.bystanders)
        m_bystanders.insert(device);
    m_plan.bystanders.clear();

    m_standings.resize(kept);
    m_times.reserve(kept);
    m_tally.counts[static_cast<std::size_t>(Outcome::Waiting)] = static_cast<std::int64_t>(kept);
    for (std::uint32_t device = 0; device < kept; ++device) {
        if (roster[device].online)
            continue;
        move(device, Outcome::Offline);
        writeOutcome(device);
    }
}

/// Most answers begin alike. A guess: one that is wrong costs nothing but the time that it would have saved.
void Answers::prefetch(std::string_view payload) const
{
    constexpr std::string_view usual = R"({"v":1,"device":")";
    constexpr std::size_t maxIdBytes = 64;
    if (!payload.starts_with(usual))
        return;
    const std::string_view rest = payload.substr(usual.size(), maxIdBytes + 1);
    m_roster.prefetch(rest.substr(0, rest.find('"')));
}

void Answers::move(std::uint32_t device, Outcome to)
{
    Outcome &outcome = m_standings[device].outcome;
    --m_tally.counts[static_cast<std::size_t>(outcome)];
    ++m_tally.counts[static_cast<std::size_t>(to)];
    outcome = to;
}

/// A device's first row in this run.
void Answers::add(std::string_view key, std::span<const protocol::Field> row)
{
    if (m_plan.repeat)
        m_batch.replace(key, row);
    else
        m_batch.append(key, row);
}

void Answers::write(std::uint32_t device, std::span<const protocol::Field> row)
{
    const std::string &key = m_plan.roster[device].device;
    std::uint32_t &appendedIn = m_standings[device].appendedIn;
    if (appendedIn == 0) {
        appendedIn = m_generation;
        add(key, row);
    } else if (appendedIn == m_generation) {
        m_nextBatch.upsert(key, row);
    } else {
        m_batch.upsert(key, row);
    }
}

void Answers::addField(std::string_view name, const ValueView &value)
{
    if (m_fieldCount == m_fields.size())
        m_fields.emplace_back();
    m_fields[m_fieldCount++] = {name, value};
}

void Answers::addKnown(std::uint32_t device)
{
    const std::vector<Value> &known = m_plan.roster[device].known;
    for (std::size_t i = 0; i < m_plan.known.size() && i < known.size(); ++i)
        addField(m_plan.known[i], view(known[i]));
}

/// A row without an answer.
void Answers::writeOutcome(std::uint32_t device)
{
    m_fieldCount = 0;
    addField("outcome", name(m_standings[device].outcome));
    if (m_standings[device].appendedIn == 0)
        addKnown(device);
    write(device, {m_fields.data(), m_fieldCount});
}

void Answers::beginRound(Clock::time_point at, bool ownSubjects)
{
    m_ownSubjects = ownSubjects;
    m_isRoundOver = false;
    m_times.beginRound(at);
    setNow(at);
}

void Answers::setNow(Clock::time_point now)
{
    m_sinceAsked = m_times.sinceAsked(now);
    m_times.setNow(now);
}

void Answers::endRound(Clock::time_point at)
{
    m_isRoundOver = true;
    m_times.endRound(at);
    if (waiting() == 0)
        return;
    for (std::uint32_t device = 0; device < m_standings.size(); ++device) {
        if (!isWaiting(device))
            continue;
        move(device, Outcome::Silent);
        writeOutcome(device);
    }
}

void Answers::silentWaitAgain(std::vector<std::uint32_t> &silent)
{
    for (std::uint32_t device = 0; device < m_standings.size(); ++device) {
        if (m_standings[device].outcome != Outcome::Silent)
            continue;
        move(device, Outcome::Waiting);
        writeOutcome(device);
        silent.push_back(device);
    }
}

bool Answers::matches(const filter::Expression &filter, const protocol::QueryReply &reply,
                      std::uint32_t device) const
{
    if (filter.isEmpty())
        return true;
    struct Context {
        const Plan &plan;
        const protocol::QueryReply &reply;
        const Expected *expected;
    } context{m_plan, reply, device == NameIndex::none ? nullptr : &m_plan.roster[device]};
    return filter.matches([&context](std::string_view field) -> ValueView {
        for (const protocol::Field &own : *context.reply.row) {
            if (own.name == field)
                return own.value;
        }
        if (field == "device")
            return context.reply.device;
        if (context.expected) {
            const std::vector<std::string> &known = context.plan.known;
            for (std::size_t i = 0; i < known.size() && i < context.expected->known.size(); ++i) {
                if (known[i] == field)
                    return view(context.expected->known[i]);
            }
        }
        return {};
    });
}

Answers::Judged Answers::judge(const protocol::QueryReply &reply) const
{
    Judged judged{m_roster.find(reply.device), Outcome::Empty};
    if (reply.kind == protocol::QueryReply::Kind::Error)
        judged.outcome = Outcome::Error;
    else if (reply.kind == protocol::QueryReply::Kind::Row && matches(m_plan.where, reply, judged.device) &&
             (judged.device != NameIndex::none ||
              matches(m_plan.pushed ? *m_plan.pushed : m_plan.where, reply, judged.device)))
        judged.outcome = Outcome::Answered;
    return judged;
}

void Answers::take(const protocol::QueryReply &reply, Judged judged)
{
    if (judged.device == NameIndex::none) {
        // A shared subject also reaches devices that are not on the roster; that they say so is as it should
        // be.
        const bool isBystander =
            judged.outcome == Outcome::Error && m_bystanders.find(reply.device) != NameIndex::none;
        if (!m_ownSubjects && (judged.outcome == Outcome::Empty || isBystander)) {
            ++m_tally.outside;
            return;
        }
        if (m_unexpected.find(reply.device) != NameIndex::none) {
            ++m_tally.duplicates;
            return;
        }
        ++m_tally.unexpected;
        if (m_unexpected.size() >= maxUnexpected)
            return;
        m_unexpected.insert(reply.device);
    } else {
        const Outcome before = m_standings[judged.device].outcome;
        if (before == Outcome::Answered || before == Outcome::Empty || before == Outcome::Error) {
            ++m_tally.duplicates;
            return;
        }
        move(judged.device, judged.outcome);
        m_times.add(m_sinceAsked);
        m_tally.late += m_isRoundOver ? 1 : 0;
    }
    writeAnswer(reply, judged);
}

void Answers::writeAnswer(const protocol::QueryReply &reply, Judged judged)
{
    const bool isOutsider = judged.device == NameIndex::none;
    m_fieldCount = 0;
    addField("outcome", isOutsider ? unexpectedName : name(judged.outcome));
    addField("reply_ms", std::round(m_sinceAsked * 10) / 10);
    if (m_isRoundOver)
        addField("late", true);
    std::string error;
    if (judged.outcome == Outcome::Error) {
        error = errorText(reply.errorCode, reply.errorMessage);
        addField("error", std::string_view(error));
    }
    if (judged.outcome == Outcome::Answered) {
        const std::vector<protocol::Field> &row = *reply.row;
        if (!hasShape(row))
            learnShape(row);
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (m_shape.columns[i].empty())
                continue;
            const auto *text = std::get_if<std::string_view>(&row[i].value);
            addField(m_shape.columns[i], text ? ValueView(cut(*text)) : row[i].value);
        }
        if (!isOutsider) {
            const std::vector<Value> &known = m_plan.roster[judged.device].known;
            for (const std::size_t i : m_shape.knownToAdd) {
                if (i < known.size())
                    addField(m_plan.known[i], view(known[i]));
            }
        }
    } else if (!isOutsider) {
        addKnown(judged.device);
    }
    const std::span<const protocol::Field> fields(m_fields.data(), m_fieldCount);
    if (isOutsider)
        add(reply.device, fields);
    else
        write(judged.device, fields);
}

bool Answers::hasShape(const std::vector<protocol::Field> &row) const
{
    if (!m_shape.isValid || m_shape.names.size() != row.size())
        return false;
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (row[i].name != m_shape.names[i])
            return false;
    }
    return true;
}

void Answers::learnShape(const std::vector<protocol::Field> &row)
{
    m_shape.names.resize(row.size());
    m_shape.columns.assign(row.size(), {});
    m_shape.knownToAdd.clear();
    for (std::size_t i = 0; i < row.size(); ++i) {
        m_shape.names[i].assign(row[i].name);
        std::string_view column;
        if (m_columns.keeps(row[i].name, m_plan.select, column))
            m_shape.columns[i].assign(column);
    }
    for (std::size_t i = 0; i < m_plan.known.size(); ++i) {
        const auto isIt = [this, i](const std::string &column) { return column == m_plan.known[i]; };
        if (std::none_of(m_shape.columns.begin(), m_shape.columns.end(), isIt))
            m_shape.knownToAdd.push_back(i);
    }
    m_shape.isValid = true;
}

void Answers::reject(protocol::Reject why)
{
    ++m_tally.rejected;
    m_rejections.add(std::move(why));
}

bool Answers::drain(table::Batch &batch)
{
    std::swap(batch, m_batch);
    std::swap(m_batch, m_nextBatch);
    ++m_generation;
    return !m_batch.isEmpty();
}

} // namespace muster::query
