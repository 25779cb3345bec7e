// SPDX-License-Identifier: GPL-3.0-or-later
#include "query_output.h"

#include "core/display_text.h"
#include "core/json_writer.h"
#include "table/format.h"

#include <algorithm>
#include <cstdio>

namespace muster::ctl {
namespace {

using query::Outcome;

/// "answered 371 empty 12 error 3 silent 9 offline 14 = 409"
std::string rollCall(const Answers &answers)
{
    const query::Tally &tally = answers.tally;
    std::string text;
    for (const Outcome outcome : {Outcome::Answered, Outcome::Empty, Outcome::Error, Outcome::Silent,
                                  Outcome::Offline, Outcome::Waiting}) {
        if (outcome != Outcome::Waiting || tally.of(outcome) > 0)
            text += std::string(query::name(outcome)) + " " + std::to_string(tally.of(outcome)) + " ";
    }
    text += "= " + std::to_string(tally.sum());
    if (answers.hindrance == query::Hindrance::SomeNotAsked && tally.of(Outcome::Silent) > 0)
        text += ", not all of the silent ones could be asked";
    if (tally.unexpected > 0)
        text += ", and unexpected " + std::to_string(tally.unexpected);
    if (tally.rejected > 0)
        text += "; refused messages " + std::to_string(tally.rejected);
    return text;
}

std::string shortName(const std::string &key)
{
    return displayText(key, 60);
}

/// "avg cpu.pct"
std::string nameOf(const table::Aggregate &aggregate)
{
    return std::string(table::name(aggregate.function)) +
           (aggregate.column.empty() ? "" : " " + aggregate.column);
}

/// What became of a row that is gone: "d3 (silent)".
std::string fate(const Answers &answers, const std::string &key)
{
    std::string shown = shortName(key);
    const table::RowId row = answers.table.find(key);
    const table::ColumnIndex column = answers.table.column("outcome");
    if (row == table::noRow || column < 0)
        return shown;
    return shown + " (" + toText(answers.table.cell(row, column)) + ")";
}

std::string roundHead(const Answers &answers, int number, bool compares, const Changes &changes)
{
    std::string text = "Round " + std::to_string(number) + ", " + answers.at.toString();
    if (answers.hindrance == query::Hindrance::LinkLost)
        text += ": not whole, the link was lost meanwhile";
    else if (compares)
        text += ": " + counted(changes.cells, "cell") + " changed in " + counted(changes.rows, "row") + ", " +
                std::to_string(changes.added.size()) + " added, " + std::to_string(changes.gone.size()) +
                " gone";
    return text + "\n";
}

bool isEmptyColumn(const table::Table &table, table::ColumnIndex column,
                   const std::vector<table::RowId> &rows)
{
    return column < 0 || std::all_of(rows.begin(), rows.end(), [&](table::RowId row) {
               return std::holds_alternative<std::monostate>(table.cell(row, column));
           });
}

/// What those who answered with an error said.
std::string errorList(const Answers &answers)
{
    constexpr std::size_t most = 10;
    table::ViewSpec spec;
    spec.filter = filter::Expression::equals("outcome", Value(std::string(query::name(Outcome::Error))));
    spec.sort = sortKeys(answers.order());
    const std::optional<table::View> view = table::evaluate(*answers.table.snapshot(), spec);
    const table::ColumnIndex column = answers.table.column("error");
    if (!view || column < 0)
        return {};
    std::string text;
    for (std::size_t i = 0; i < std::min(most, view->rows.size()); ++i)
        text += displayText(answers.table.key(view->rows[i]), 60) +
                " failed: " + displayText(toText(answers.table.cell(view->rows[i], column)), 200) + "\n";
    if (view->rows.size() > most)
        text += "... and " + std::to_string(view->rows.size() - most) + " more with an error\n";
    return text;
}

} // namespace

QueryOutput::QueryOutput(const QueryOptions &options)
    : m_options(options),
      m_fileLog(options.csv, table::Format::Csv),
      m_outputLog("-", options.output == Output::Tsv ? table::Format::Tsv : table::Format::Csv)
{
}

std::string QueryOutput::groupTable(const Answers &answers, bool compares)
{
    const std::shared_ptr<const table::Snapshot> snapshot = answers.table.snapshot();
    const std::optional<table::View> view = answers.answered(*snapshot);
    if (!view)
        return {};
    const std::vector<std::string> &groupBy = m_options.question.groupBy;
    std::vector<std::vector<TextCell>> rows(1);
    std::vector<bool> right;
    for (const std::string &field : groupBy) {
        rows[0].emplace_back(field);
        right.push_back(false);
    }
    rows[0].emplace_back(answers.unit());
    right.push_back(true);
    for (const table::Aggregate &aggregate : m_options.aggregates) {
        rows[0].emplace_back(nameOf(aggregate));
        right.push_back(true);
    }
    std::map<std::string, std::vector<std::string>> groups;
    std::vector<std::string> heads(groupBy.size());
    for (const table::Group &group : view->groups) {
        const auto level = static_cast<std::size_t>(group.level);
        heads[level] =
            std::holds_alternative<std::monostate>(group.value) ? "-" : cellText(muster::view(group.value));
        if (level + 1 < groupBy.size())
            continue;
        std::vector<std::string> cells = heads;
        cells.push_back(std::to_string(group.end - group.begin));
        for (const Value &aggregate : group.aggregates)
            cells.push_back(cellText(muster::view(aggregate)));
        std::string key;
        for (const std::string &head : heads)
            key += head + '\0';
        const auto earlier = m_groups.find(key);
        std::vector<TextCell> &row = rows.emplace_back(cells.begin(), cells.end());
        if (compares && earlier != m_groups.end()) {
            for (std::size_t i = groupBy.size(); i < cells.size(); ++i)
                row[i].mark = cells[i] == earlier->second[i] ? " " : "*";
        }
        groups[key] = std::move(cells);
    }
    if (answers.hindrance != query::Hindrance::LinkLost)
        m_groups = std::move(groups);
    return textTable(rows, right);
}

std::string QueryOutput::rowTable(const Answers &answers, const Answers *before) const
{
    const std::shared_ptr<const table::Snapshot> snapshot = answers.table.snapshot();
    const std::optional<table::View> view = answers.answered(*snapshot);
    if (!view)
        return {};
    const auto limit = std::min(static_cast<std::size_t>(m_options.limit), view->rows.size());
    const std::vector<table::RowId> shown(view->rows.begin(),
                                          view->rows.begin() + static_cast<std::ptrdiff_t>(limit));
    const bool isFleet = m_options.question.source == query::Source::Fleet;
    std::vector<std::vector<TextCell>> rows(1);
    std::vector<bool> right;
    std::vector<std::pair<std::string, table::ColumnIndex>> columns;
    for (const std::string &name : answers.columns()) {
        if (name == "outcome" || name == "error" || name == "late")
            continue;
        const table::ColumnIndex column = answers.table.column(name);
        if (!isFleet && isEmptyColumn(answers.table, column, shown))
            continue;
        const table::Type type = column < 0 ? table::Type::Text : answers.table.columnType(column);
        rows[0].emplace_back(name);
        right.push_back(table::isRightAligned(table::fieldKind(name, type)));
        columns.emplace_back(name, column);
    }
    for (const table::RowId row : shown) {
        std::vector<TextCell> cells;
        cells.reserve(columns.size());
        for (const auto &[name, column] : columns) {
            TextCell cell(column < 0 ? std::string() : cellText(answers.table.cell(row, column)));
            if (before) // numbers stay below each other
                cell.mark = hasChanged(*before, answers, row, name) ? "*" : right[cells.size()] ? " " : "";
            cells.push_back(std::move(cell));
        }
        rows.push_back(std::move(cells));
    }
    std::string text = limit > 0 ? textTable(rows, right) : std::string();
    if (limit < view->rows.size())
        text +=
            "... and " + std::to_string(view->rows.size() - limit) + " more; --csv FILE writes all of them\n";
    return text;
}

std::string QueryOutput::json(const Answers &answers, const Round &round) const
{
    std::string out;
    JsonWriter w(out);
    w.beginObject();
    w.member("v", std::int64_t{1}).member("id", std::string_view(answers.id));
    if (round.number > 0) {
        const std::string at = answers.at.toString();
        w.member("round", std::int64_t{round.number}).member("at", std::string_view(at));
    }
    w.member("roster", answers.tally.sum());
    w.key("tally").beginObject();
    for (int i = 0; i < query::outcomeCount; ++i)
        w.member(query::name(static_cast<Outcome>(i)), answers.tally.counts[static_cast<std::size_t>(i)]);
    w.endObject();
    w.member("unexpected", answers.tally.unexpected).member("late", answers.tally.late);
    w.member("duplicates", answers.tally.duplicates).member("rejected", answers.tally.rejected);
    w.member("seconds", answers.seconds);
    if (!answers.problem.empty())
        w.member("problem", std::string_view(answers.problem));
    if (answers.hindrance != query::Hindrance::None)
        w.member("hindrance", query::name(answers.hindrance));
    if (!answers.neverSeen.empty()) {
        w.key("never_seen").beginArray();
        for (const std::string &device : answers.neverSeen)
            w.value(std::string_view(device));
        w.endArray();
    }
    if (round.before) {
        w.member("changed_cells", round.changes.cells).member("changed_rows", round.changes.rows);
        for (const auto &[name, keys] :
             {std::pair("added", &round.changes.added), std::pair("gone", &round.changes.gone)}) {
            w.key(name).beginArray();
            for (const std::string &key : *keys)
                w.value(std::string_view(key));
            w.endArray();
        }
    }

    const std::shared_ptr<const table::Snapshot> snapshot = answers.table.snapshot();
    const std::vector<std::string> &groupBy = m_options.question.groupBy;
    if (const auto view = answers.answered(*snapshot); view && !groupBy.empty()) {
        w.key("groups").beginArray();
        std::vector<Value> heads(groupBy.size());
        for (const table::Group &group : view->groups) {
            const auto level = static_cast<std::size_t>(group.level);
            heads[level] = group.value;
            if (level + 1 < groupBy.size())
                continue;
            w.beginObject();
            for (std::size_t i = 0; i < groupBy.size(); ++i)
                w.member(groupBy[i], muster::view(heads[i]));
            w.member(answers.unit(), static_cast<std::int64_t>(group.end - group.begin));
            for (std::size_t i = 0; i < group.aggregates.size(); ++i)
                w.member(nameOf(m_options.aggregates[i]), muster::view(group.aggregates[i]));
            w.endObject();
        }
        w.endArray();
    }
    table::ViewSpec all;
    all.sort = sortKeys(answers.order());
    w.key("rows").beginArray();
    const std::vector<std::string> columns = answers.columns();
    if (const auto view = table::evaluate(*snapshot, all)) {
        for (const table::RowId row : view->rows) {
            w.beginObject();
            for (const std::string &name : columns) {
                const table::ColumnIndex column = answers.table.column(name);
                const ValueView value = column < 0 ? ValueView() : answers.table.cell(row, column);
                if (!std::holds_alternative<std::monostate>(value))
                    w.member(name, value);
            }
            w.endObject();
        }
    }
    w.endArray();
    w.endObject();
    out += '\n';
    return out;
}

Status QueryOutput::print(const Answers &answers)
{
    return printAs(answers, {});
}

Status QueryOutput::printRound(const Answers &answers, const Answers *before, int round)
{
    return printAs(answers, {before, round, before ? Changes(*before, answers) : Changes()});
}

Status QueryOutput::printFailedRound(const Answers &answers, const Error &why, int round)
{
    const std::string at = answers.at.toString();
    std::fprintf(people(), "Round %d, %s: failed, nobody was asked\n", round, at.c_str());
    if (m_options.output == Output::Json) {
        std::string out;
        JsonWriter w(out);
        w.beginObject().member("v", std::int64_t{1}).member("round", std::int64_t{round});
        w.member("at", std::string_view(at));
        w.key("failed").beginObject().member("code", std::string_view(why.code));
        w.member("message", std::string_view(why.message)).endObject().endObject();
        std::printf("%s\n", out.c_str());
    }
    return flushOutput();
}

std::FILE *QueryOutput::people() const
{
    return m_options.output == Output::Table ? stdout : stderr;
}

Status QueryOutput::printAs(const Answers &answers, const Round &round)
{
    const bool isWatch = round.number > 0;
    const auto write = [&](RoundLog &log, const std::string &file, table::Format format) {
        return isWatch ? log.add(answers, round.number) : answers.writeTo(file, format);
    };
    if (!m_options.csv.empty()) {
        if (Status written = write(m_fileLog, m_options.csv, table::Format::Csv); !written)
            return written;
    }
    std::FILE *const people = this->people();
    if (isWatch)
        std::fputs(roundHead(answers, round.number, round.before != nullptr, round.changes).c_str(), people);
    switch (m_options.output) {
    case Output::Table:
        if (answers.tally.of(Outcome::Answered) > 0)
            std::fputs((m_options.question.groupBy.empty() ? rowTable(answers, round.before)
                                                           : groupTable(answers, round.before != nullptr))
                           .c_str(),
                       stdout);
        if (answers.tally.of(Outcome::Error) > 0)
            std::fputs(errorList(answers).c_str(), stdout);
        break;
    case Output::Csv:
    case Output::Tsv:
        if (Status written = write(m_outputLog, "-",
                                   m_options.output == Output::Tsv ? table::Format::Tsv : table::Format::Csv);
            !written)
            return written;
        break;
    case Output::Json:
        std::fputs(json(answers, round).c_str(), stdout);
        break;
    }
    if (!round.changes.added.empty())
        std::fprintf(people, "added: %s\n", listed(round.changes.added, shortName).c_str());
    if (!round.changes.gone.empty())
        std::fprintf(people, "gone: %s\n", listed(round.changes.gone, [&](const std::string &key) {
                                               return fate(answers, key);
                                           }).c_str());
    if (!answers.neverSeen.empty())
        std::fprintf(people, "Never seen in this fleet: %s\n", listed(answers.neverSeen, shortName).c_str());
    if (answers.tally.sum() == 0 && m_options.question.source == query::Source::Fleet)
        std::fputs("No device is in this scope and matches what is known of it.\n", people);
    if (!answers.problem.empty())
        std::fprintf(stderr, "%s\n", displayText(answers.problem).c_str());
    std::fprintf(people, "%s\n", rollCall(answers).c_str());
    return flushOutput();
}

} // namespace muster::ctl
