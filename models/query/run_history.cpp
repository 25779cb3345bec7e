// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/run_history.h"

#include "core/json_dom.h"
#include "core/ulid.h"
#include "store/database.h"
#include "table/columns.h"
#include "table/page.h"

#include <algorithm>
#include <array>
#include <limits>
#include <mutex>
#include <optional>
#include <utility>

namespace muster::query {

namespace {

constexpr std::size_t rowsPerPage = 8192; // two chunks of the table

struct TallyMember {
    std::string_view name;
    std::int64_t Tally::*member;
};
constexpr std::array<TallyMember, 5> tallyMembers{{{"unexpected", &Tally::unexpected},
                                                   {"outside", &Tally::outside},
                                                   {"late", &Tally::late},
                                                   {"duplicates", &Tally::duplicates},
                                                   {"rejected", &Tally::rejected}}};

std::string encodeTally(const Tally &tally)
{
    std::string out;
    JsonWriter w(out);
    w.beginObject();
    for (int i = 0; i < outcomeCount; ++i)
        w.member(name(static_cast<Outcome>(i)), tally.counts[static_cast<std::size_t>(i)]);
    for (const TallyMember &each : tallyMembers)
        w.member(each.name, tally.*each.member);
    w.endObject();
    return out;
}

Tally decodeTally(std::string_view json)
{
    simdjson::dom::parser parser;
    simdjson::dom::object object;
    Tally tally;
    if (parser.parse(json.data(), json.size()).get(object) != simdjson::SUCCESS)
        return tally;
    const auto read = [&object](std::string_view name, std::int64_t &out) {
        std::int64_t count = 0;
        if (object[name].get(count) == simdjson::SUCCESS && count >= 0)
            out = count;
    };
    for (int i = 0; i < outcomeCount; ++i)
        read(name(static_cast<Outcome>(i)), tally.counts[static_cast<std::size_t>(i)]);
    for (const TallyMember &each : tallyMembers)
        read(each.name, tally.*each.member);
    return tally;
}

std::string encodeRejected(const std::vector<RejectedMessage> &rejected)
{
    std::string out;
    JsonWriter w(out);
    w.beginArray();
    for (const RejectedMessage &message : rejected) {
        w.beginArray().value(protocol::name(message.reject.why));
        w.value(std::string_view(message.reject.detail)).value(message.at.micros);
        w.endArray();
    }
    w.endArray();
    return out;
}

std::vector<RejectedMessage> decodeRejected(std::string_view json)
{
    simdjson::dom::parser parser;
    simdjson::dom::array messages;
    std::vector<RejectedMessage> rejected;
    // A run of before migration 003 has none.
    if (json.empty() || parser.parse(json.data(), json.size()).get(messages) != simdjson::SUCCESS)
        return rejected;
    for (const simdjson::dom::element message : messages) {
        std::string_view why;
        std::string_view detail;
        std::int64_t at = 0;
        if (message.at(0).get(why) != simdjson::SUCCESS || message.at(1).get(detail) != simdjson::SUCCESS ||
            message.at(2).get(at) != simdjson::SUCCESS)
            continue;
        RejectedMessage read{{protocol::Rejection::Malformed, std::string(detail)}, UtcTime{at}};
        for (int i = 0; i < protocol::rejectionCount; ++i) {
            if (const auto known = static_cast<protocol::Rejection>(i); protocol::name(known) == why)
                read.reject.why = known;
        }
        rejected.push_back(std::move(read));
    }
    return rejected;
}

/// [[name, type], ...], the key first.
std::string encodeColumns(const table::Snapshot &snapshot)
{
    std::string out;
    JsonWriter w(out);
    w.beginArray();
    for (const table::Column &column : snapshot.columns) {
        w.beginArray().value(std::string_view(column.name)).value(static_cast<std::int64_t>(column.type));
        w.endArray();
    }
    w.endArray();
    return out;
}

/// A table with the columns in the order in which they stood.
std::optional<table::Table> tableWithColumns(std::string_view json)
{
    simdjson::dom::parser parser;
    simdjson::dom::array columns;
    if (parser.parse(json.data(), json.size()).get(columns) != simdjson::SUCCESS)
        return {};
    std::optional<table::Table> made;
    for (const simdjson::dom::element column : columns) {
        std::string_view name;
        std::int64_t type = 0;
        if (column.at(0).get(name) != simdjson::SUCCESS || column.at(1).get(type) != simdjson::SUCCESS ||
            type < 0 || type > static_cast<std::int64_t>(table::Type::Text))
            return {};
        if (!made)
            made.emplace(name);
        else
            made->ensureColumn(name, static_cast<table::Type>(type));
    }
    return made;
}

constexpr const char *recordColumns =
    "id, at, fleet, name, question, tally, seconds, cancelled, problem, row_count, "
    "kept, bytes, round";
constexpr int columnsColumn = 13; // behind the record's
constexpr int rejectedColumn = 14;

RunRecord readRecord(const store::Statement &row)
{
    RunRecord record;
    record.id = row.text(0);
    record.at = UtcTime{row.integer(1)};
    record.fleet = row.text(2);
    record.name = row.text(3);
    if (Result<Composition> question = decodeComposition(row.text(4)))
        record.question = std::move(*question);
    record.tally = decodeTally(row.text(5));
    record.seconds = row.real(6);
    record.cancelled = row.integer(7) != 0;
    record.problem = row.text(8);
    record.rows = row.integer(9);
    record.resultsKept = row.integer(10) != 0;
    record.bytes = row.integer(11);
    record.round = static_cast<int>(row.integer(12));
    return record;
}

Error unknownRun(std::string_view id)
{
    return {"history.unknown", "The run " + std::string(id) + " is not in the history.",
            "It was removed, or it is of another computer."};
}

} // namespace

struct RunHistory::Private {
    std::mutex mutex;
    std::unique_ptr<store::Database> database;
    Limits limits;

    Status run(const char *sql, std::string_view id = {});
    Result<std::int64_t> putPages(const std::string &id, const table::Snapshot &results);
    Status putRecord(const RunRecord &record, const std::string &columns);
    Status enforceLimits();
    Status giveBackRoom();
};

Status RunHistory::Private::run(const char *sql, std::string_view id)
{
    Result<store::Statement> statement = database->prepare(sql);
    if (!statement)
        return statement.error();
    if (!id.empty())
        statement->bind(1, id);
    return statement->run();
}

/// The bytes written; -1 when they pass the limit for all.
Result<std::int64_t> RunHistory::Private::putPages(const std::string &id, const table::Snapshot &results)
{
    Result<store::Statement> put = database->prepare("INSERT INTO run_pages VALUES (?1, ?2, ?3)");
    if (!put)
        return put.error();
    std::int64_t bytes = 0;
    std::int64_t pages = 0;
    std::vector<table::RowId> rows;
    rows.reserve(rowsPerPage);
    for (table::RowId row = 0; row < results.rowLimit; ++row) {
        if (results.isLive(row))
            rows.push_back(row);
        if (rows.empty() || (rows.size() < rowsPerPage && row + 1 < results.rowLimit))
            continue;
        const std::string page = table::encodePage(results, rows);
        rows.clear();
        bytes += static_cast<std::int64_t>(page.size());
        if (bytes > limits.resultBytes)
            return -1;
        if (Status done = put->bind(1, std::string_view(id)).bind(2, pages++).bindBlob(3, page).run(); !done)
            return done.error();
    }
    return bytes;
}

Status RunHistory::Private::putRecord(const RunRecord &record, const std::string &columns)
{
    Result<store::Statement> put = database->prepare(
        "UPDATE runs SET at = ?2, fleet = ?3, name = ?4, question = ?5, tally = ?6, seconds = ?7, cancelled "
        "= ?8, "
        "problem = ?9, row_count = ?10, kept = ?11, bytes = ?12, columns = ?13, round = ?14, "
        "rejected = ?15 WHERE id = ?1");
    if (!put)
        return put.error();
    put->bind(1, std::string_view(record.id))
        .bind(2, record.at.micros)
        .bind(3, std::string_view(record.fleet));
    put->bind(4, std::string_view(record.name)).bind(5, std::string_view(encode(record.question)));
    put->bind(6, std::string_view(encodeTally(record.tally))).bind(7, record.seconds);
    put->bind(8, std::int64_t{record.cancelled}).bind(9, std::string_view(record.problem));
    put->bind(10, record.rows).bind(11, std::int64_t{record.resultsKept}).bind(12, record.bytes);
    put->bind(13, std::string_view(columns)).bind(14, std::int64_t{record.round});
    const std::string rejected = record.resultsKept ? encodeRejected(record.rejected) : std::string();
    return put->bind(15, std::string_view(rejected)).run();
}

/// From the newest run on, results are kept as long as they are not too many and not too large.
Status RunHistory::Private::enforceLimits()
{
    Result<store::Statement> forget = database->prepare(
        "DELETE FROM runs WHERE id IN (SELECT id FROM runs ORDER BY at DESC, id DESC LIMIT -1 OFFSET ?1)");
    if (!forget)
        return forget.error();
    if (Status done = forget->bind(1, limits.runs).run(); !done)
        return done;

    Result<store::Statement> kept =
        database->prepare("SELECT id, bytes FROM runs WHERE kept ORDER BY at DESC, id DESC");
    if (!kept)
        return kept.error();
    std::vector<std::string> tooMany;
    std::int64_t count = 0;
    std::int64_t bytes = 0;
    while (true) {
        const Result<bool> row = kept->step();
        if (!row)
            return row.error();
        if (!*row)
            break;
        bytes += kept->integer(1);
        if (++count > limits.runsWithResults || bytes > limits.resultBytes)
            tooMany.emplace_back(kept->text(0));
    }
    for (const std::string &id : tooMany) {
        if (Status done = run("DELETE FROM run_pages WHERE run = ?1", id); !done)
            return done;
        if (Status done = run("UPDATE runs SET kept = 0, bytes = 0, rejected = '' WHERE id = ?1", id); !done)
            return done;
    }
    return {};
}

/// Of the file, to the disk; in bites, so that another Muster need not wait long between them.
Status RunHistory::Private::giveBackRoom()
{
    for (std::int64_t before = std::numeric_limits<std::int64_t>::max();;) {
        Result<store::Statement> left = database->prepare("PRAGMA freelist_count");
        if (!left)
            return left.error();
        const Result<bool> row = left->step();
        if (!row)
            return row.error();
        const std::int64_t pages = *row ? left->integer(0) : 0;
        if (pages == 0 || std::exchange(before, pages) <= pages) // nothing, or it does not get less
            return {};
        left->reset();
        if (Status done = database->execute("PRAGMA incremental_vacuum(4096)"); !done)
            return done;
    }
}

RunHistory::RunHistory() : d(std::make_unique<Private>()) {}
RunHistory::~RunHistory() = default;

Result<std::unique_ptr<RunHistory>> RunHistory::open(const std::string &file)
{
    return open(file, Limits());
}

Result<std::unique_ptr<RunHistory>> RunHistory::open(const std::string &file, Limits limits)
{
    Result<std::unique_ptr<store::Database>> database = store::Database::open(file);
    if (!database)
        return database.error();
    std::unique_ptr<RunHistory> history(new RunHistory());
    history->d->database = std::move(*database);
    history->d->limits = limits;
    return history;
}

Result<RunRecord> RunHistory::keep(RunRecord record, const table::Snapshot *results)
{
    if (record.id.empty())
        record.id = newUlid();
    record.rows = results ? static_cast<std::int64_t>(results->rowCount) : record.rows;
    record.bytes = 0;
    record.resultsKept = false;

    const std::lock_guard lock(d->mutex);
    Result<store::Transaction> transaction = store::Transaction::begin(*d->database);
    if (!transaction)
        return transaction.error();
    if (Status done = d->run("DELETE FROM runs WHERE id = ?1", record.id); !done)
        return done.error();
    // The pages name their run, so there must be one before they come; what else it is, is said after them.
    if (Status done =
            d->run("INSERT INTO runs (id, at, fleet, name, question, tally, seconds, cancelled, problem, "
                   "row_count, kept, bytes, columns) "
                   "VALUES (?1, 0, '', '', '', '', 0, 0, '', 0, 0, 0, '')",
                   record.id);
        !done)
        return done.error();
    std::string columns;
    if (results) {
        const Result<std::int64_t> bytes = d->putPages(record.id, *results);
        if (!bytes)
            return bytes.error();
        record.resultsKept = *bytes >= 0;
        if (record.resultsKept) {
            record.bytes = *bytes;
            columns = encodeColumns(*results);
        } else if (Status done = d->run("DELETE FROM run_pages WHERE run = ?1", record.id); !done) {
            return done.error();
        }
    }
    if (Status done = d->putRecord(record, columns); !done)
        return done.error();
    if (Status done = d->enforceLimits(); !done)
        return done.error();
    if (Status done = transaction->commit(); !done)
        return done.error();
    return record;
}

Result<std::vector<RunRecord>> RunHistory::list(std::size_t limit)
{
    const std::lock_guard lock(d->mutex);
    Result<store::Statement> rows = d->database->prepare(std::string("SELECT ") + recordColumns +
                                                         " FROM runs ORDER BY at DESC, id DESC LIMIT ?1");
    if (!rows)
        return rows.error();
    rows->bind(1, static_cast<std::int64_t>(std::min(limit, std::size_t{1} << 40)));
    std::vector<RunRecord> records;
    while (true) {
        const Result<bool> row = rows->step();
        if (!row)
            return row.error();
        if (!*row)
            return records;
        records.push_back(readRecord(*rows));
    }
}

Result<KeptRun> RunHistory::load(std::string_view id)
{
    const std::lock_guard lock(d->mutex);
    // One transaction, so that another Muster does not take the pages away between two of them.
    if (Status begun = d->database->execute("BEGIN"); !begun)
        return begun.error();
    struct End {
        store::Database &database;
        ~End() { static_cast<void>(database.execute("COMMIT")); }
    } end{*d->database};

    Result<store::Statement> found = d->database->prepare(std::string("SELECT ") + recordColumns +
                                                          ", columns, rejected FROM runs WHERE id = ?1");
    if (!found)
        return found.error();
    const Result<bool> there = found->bind(1, id).step();
    if (!there)
        return there.error();
    if (!*there)
        return unknownRun(id);
    RunRecord record = readRecord(*found);
    if (!record.resultsKept)
        return Error{"history.no-results", "The results of this run are gone: only its question was kept.",
                     "Ask the question again."};
    record.rejected = decodeRejected(found->text(rejectedColumn));
    const Error damaged{"history.damaged",
                        "The results of this run in " + d->database->file() + " are damaged.",
                        "Remove the run, and ask its question again."};
    std::optional<table::Table> results = tableWithColumns(found->text(columnsColumn));
    if (!results)
        return damaged;

    Result<store::Statement> pages =
        d->database->prepare("SELECT data FROM run_pages WHERE run = ?1 ORDER BY page");
    if (!pages)
        return pages.error();
    pages->bind(1, id);
    table::Batch batch;
    while (true) {
        const Result<bool> row = pages->step();
        if (!row)
            return row.error();
        if (!*row)
            break;
        if (Status read = table::decodePage(pages->text(0), batch); !read)
            return read.error().code == "page.version" ? read.error() : damaged;
        results->apply(batch);
    }
    if (static_cast<std::int64_t>(results->rowCount()) != record.rows)
        return damaged;
    return KeptRun{std::move(record), std::move(*results)};
}

Status RunHistory::remove(std::string_view id)
{
    const std::lock_guard lock(d->mutex);
    if (Status done = d->run("DELETE FROM runs WHERE id = ?1", id); !done)
        return done;
    return d->giveBackRoom();
}

Status RunHistory::clear()
{
    const std::lock_guard lock(d->mutex);
    if (Status done = d->run("DELETE FROM runs"); !done)
        return done;
    return d->giveBackRoom();
}

const std::string &RunHistory::notice() const
{
    return d->database->notice();
}

bool RunHistory::changedByOthers()
{
    const std::lock_guard lock(d->mutex);
    return d->database->changedByOthers();
}

} // namespace muster::query
