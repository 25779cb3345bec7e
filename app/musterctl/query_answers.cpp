// SPDX-License-Identifier: GPL-3.0-or-later
#include "query_answers.h"

#include "query/live_query.h"
#include "query/plan.h"
#include "query/reply_pairs.h"
#include "query/service_query.h"
#include "query/subject_query.h"

#include <algorithm>
#include <array>

namespace muster::ctl {
namespace {

constexpr double listenWithoutStream = 11; // a little over the usual interval of heartbeats
constexpr std::array<std::string_view, 3> lastColumns{"reply_ms", "late", "error"};
constexpr std::array<std::string_view, 13> serviceColumns{"service",
                                                          "version",
                                                          "instance",
                                                          "description",
                                                          "started",
                                                          "endpoint",
                                                          "subject",
                                                          "queue_group",
                                                          "num_requests",
                                                          "num_errors",
                                                          "last_error",
                                                          "processing_time_ms",
                                                          "average_processing_time_ms"};

bool contains(const auto &list, std::string_view text)
{
    return std::find(list.begin(), list.end(), text) != list.end();
}

bool hasAnswered(const Answers &answers, table::RowId row)
{
    const table::ColumnIndex column = answers.table.column("outcome");
    return row != table::noRow && column >= 0 &&
           toText(answers.table.cell(row, column)) == query::name(query::Outcome::Answered);
}

/// Within an object that was selected as a whole: "mem" asked for "mem.free".
bool isWithin(std::string_view name, std::string_view field)
{
    return name.size() > field.size() && name.starts_with(field) && name[field.size()] == '.';
}

} // namespace

std::vector<std::string> Answers::columns() const
{
    const query::Composition &question = options.question;
    std::vector<std::string> names{"device", "outcome"};
    const auto add = [&names](std::string_view name) {
        if (!contains(names, name))
            names.emplace_back(name);
    };
    for (const std::string &field : question.select)
        add(field);
    for (const std::string &field : question.groupBy)
        add(field);
    std::vector<std::string> found;
    for (table::ColumnIndex i = 0; i < table.columnCount(); ++i) {
        if (!contains(lastColumns, table.columnName(i)))
            found.push_back(table.columnName(i));
    }
    if (question.select.empty()) {
        if (question.source == query::Source::Services) {
            for (const std::string_view name : serviceColumns) {
                if (contains(found, name))
                    add(name);
            }
        }
        if (question.source != query::Source::Subject) // a reply has an order of its own
            std::sort(found.begin(), found.end());
        for (const std::string &name : found)
            add(name);
    } else {
        for (const std::string &field : question.select) {
            const auto within = [&field](const std::string &name) { return isWithin(name, field); };
            std::copy_if(found.begin(), found.end(), std::back_inserter(names),
                         [&](const std::string &name) { return within(name) && !contains(names, name); });
            if (table.column(field) < 0 && std::any_of(found.begin(), found.end(), within))
                std::erase(names, field);
        }
    }
    for (const std::string_view name : lastColumns)
        add(name);
    return names;
}

std::vector<std::string> Answers::order() const
{
    if (options.question.source == query::Source::Subject)
        return {};
    return {"device"};
}

Status Answers::writeTo(const std::string &file, table::Format format) const
{
    return writeTable(table, {}, columns(), order(), file, format);
}

std::string Answers::unit() const
{
    return options.question.source == query::Source::Fleet ? "devices" : "rows";
}

std::optional<table::View> Answers::answered(const table::Snapshot &snapshot) const
{
    table::ViewSpec spec;
    spec.filter =
        filter::Expression::equals("outcome", Value(std::string(query::name(query::Outcome::Answered))));
    spec.groupBy = options.question.groupBy;
    spec.aggregates = options.aggregates;
    spec.sort = sortKeys(order());
    return table::evaluate(snapshot, spec);
}

Asker::Asker(const Session &session, const QueryOptions &options, std::function<bool()> stopped)
    : m_session(session),
      m_options(options),
      m_stopped(std::move(stopped))
{
}

Result<std::unique_ptr<query::Run>> Asker::startFleet(Answers &answers)
{
    if (m_fleet) {
        m_fleet->update();
    } else {
        Result<std::unique_ptr<Fleet>> fleet = Fleet::follow(m_session, false);
        if (!fleet)
            return fleet.error();
        m_fleet = std::move(*fleet);
        if (Status read = m_fleet->wait(m_options.fleet.timeoutMs(), -1, listenWithoutStream, m_stopped);
            !read) {
            m_fleet.reset();
            return read.error();
        }
    }
    query::Question question;
    question.scopes = m_options.question.scopes;
    question.where = m_options.where;
    question.select = m_options.question.select;
    question.groupBy = m_options.question.groupBy;
    question.deadlineMs = m_options.question.deadlineMs;
    const query::Planner planner(m_fleet->table(), m_fleet->tracker().labelNames());
    answers.neverSeen = planner.neverSeen(question.scopes);
    Result<query::Plan> plan = planner.plan(question, m_session.subjects);
    if (!plan)
        return plan.error();
    Result<std::unique_ptr<query::LiveQuery>> started =
        query::LiveQuery::start(m_session.connection, std::move(*plan));
    if (!started)
        return started.error();
    return std::unique_ptr<query::Run>(std::move(*started));
}

Result<std::unique_ptr<query::Run>> Asker::start(Answers &answers)
{
    const query::Composition &asked = m_options.question;
    if (asked.source == query::Source::Fleet)
        return startFleet(answers);
    if (asked.source == query::Source::Services) {
        query::ServiceQuestion question;
        question.service = asked.service;
        question.where = m_options.where;
        question.select = asked.select;
        question.deadlineMs = asked.deadlineMs;
        Result<std::unique_ptr<query::ServiceQuery>> started =
            query::ServiceQuery::start(m_session.connection, std::move(question));
        if (!started)
            return started.error();
        return std::unique_ptr<query::Run>(std::move(*started));
    }
    query::SubjectQuestion question;
    question.subject = asked.subject;
    question.payload = asked.payload;
    question.where = m_options.where;
    question.select = asked.select;
    question.expected = asked.expected;
    question.quietMs = asked.quietMs;
    question.deadlineMs = asked.deadlineMs;
    Result<std::unique_ptr<query::SubjectQuery>> started =
        query::SubjectQuery::start(m_session.connection, std::move(question));
    if (!started)
        return started.error();
    return std::unique_ptr<query::Run>(std::move(*started));
}

Status Asker::ask(Answers &answers)
{
    answers.at = UtcTime::now();
    if (m_session.connection->state() != nats::State::Connected)
        return Error{"nats.disconnected", "nobody was asked: the link to the server is down",
                     "It is tried again by itself."};
    Result<std::unique_ptr<query::Run>> started = start(answers);
    if (!started)
        return started.error().code == "query.nobody" ? Status() : Status(started.error());
    query::Run &asked = **started;
    table::Batch batch;
    while (!asked.waitFinished(50)) {
        if (m_session.connection->state() != nats::State::Connected)
            asked.noteLinkDown();
        if (m_stopped())
            asked.cancel();
        if (asked.drain(batch))
            answers.table.apply(batch);
    }
    answers.tally = asked.drainAll([&answers](table::Batch &rest) { answers.table.apply(rest); });
    answers.id = asked.id();
    answers.seconds = static_cast<double>(asked.elapsedMs()) / 1000;
    answers.problem = asked.problem();
    answers.hindrance = asked.hindrance();
    if (answers.hindrance == query::Hindrance::NobodyAsked)
        return Error{"query.not-asked", "nobody could be asked: " + answers.problem, ""};
    return {};
}

void renumber(Answers &answers, const Answers &before)
{
    if (answers.options.question.source == query::Source::Subject)
        answers.table = query::pairReplies(*before.table.snapshot(), *answers.table.snapshot());
}

bool hasChanged(const Answers &before, const Answers &after, table::RowId row, const std::string &column)
{
    if (column == "device" || contains(lastColumns, column))
        return false;
    const table::RowId earlier = before.table.find(after.table.key(row));
    if (!hasAnswered(before, earlier))
        return false;
    const auto cell = [&column](const table::Table &table, table::RowId at) {
        const table::ColumnIndex index = table.column(column);
        return index < 0 ? ValueView() : table.cell(at, index);
    };
    const ValueView was = cell(before.table, earlier);
    const ValueView is = cell(after.table, row);
    // A column may have widened meanwhile: 5 and "5" read the same.
    return was != is && toText(was) != toText(is);
}

Changes::Changes(const Answers &before, const Answers &after)
{
    const auto answeredOf = [](const Answers &answers) {
        std::optional<table::View> view = answers.answered(*answers.table.snapshot());
        return view ? std::move(view->rows) : table::RowList();
    };
    const std::vector<std::string> columns = after.columns();
    for (const table::RowId row : answeredOf(after)) {
        const std::string_view key = after.table.key(row);
        if (!hasAnswered(before, before.table.find(key))) {
            added.emplace_back(key);
            continue;
        }
        const auto changed = std::count_if(columns.begin(), columns.end(), [&](const std::string &column) {
            return hasChanged(before, after, row, column);
        });
        cells += changed;
        rows += changed > 0 ? 1 : 0;
    }
    for (const table::RowId row : answeredOf(before)) {
        if (!hasAnswered(after, after.table.find(before.table.key(row))))
            gone.emplace_back(before.table.key(row));
    }
}

} // namespace muster::ctl
