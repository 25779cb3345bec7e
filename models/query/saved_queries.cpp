// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/saved_queries.h"

#include "core/display_text.h"
#include "core/json_writer.h"
#include "core/ulid.h"
#include "core/utf8.h"
#include "store/database.h"

#include <algorithm>
#include <filesystem>
#include <mutex>

namespace muster::query {

namespace {

constexpr std::size_t maxNameCharacters = 80;
constexpr std::int64_t fleetsRemembered = 50;
constexpr std::size_t namesListed = 10;

bool isControl(char32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 || // lines and paragraphs
           c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

bool isBlank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

Error badName(std::string_view why)
{
    return {"query.name", "A saved query cannot have this name: " + std::string(why) + ".",
            "Give it a name of 1 to 80 characters."};
}

/// Without regard to the case of Latin letters, with and without accents.
std::string folded(std::string_view name)
{
    std::string out;
    while (!name.empty()) {
        const utf8::Character c = utf8::first(name);
        const bool isUpper =
            (c.code >= U'A' && c.code <= U'Z') || (c.code >= 0xC0 && c.code <= 0xDE && c.code != 0xD7);
        utf8::append(out, isUpper ? c.code + 0x20 : c.code);
        name.remove_prefix(c.length);
    }
    return out;
}

std::string described(const SavedQuery &query)
{
    return query.id + " (" + (query.shared ? "shared" : "of this computer") +
           (query.by.empty() ? "" : ", by " + displayText(query.by, 80)) + ")";
}

Error ambiguous(std::string_view name, const std::vector<SavedQuery> &found)
{
    std::string list;
    for (std::size_t i = 0; i < std::min(found.size(), namesListed); ++i)
        list += (i == 0 ? "" : ", ") + ("\"" + found[i].name + "\" ") + described(found[i]);
    if (found.size() > namesListed)
        list += " and more";
    return {"query.ambiguous",
            "\"" + std::string(name) + "\" is the name of " + std::to_string(found.size()) +
                " saved queries: " + list + ".",
            "Give the id instead of the name."};
}

Error unknown(std::string_view name, const std::vector<SavedQuery> &queries)
{
    std::string list;
    for (std::size_t i = 0; i < std::min(queries.size(), namesListed); ++i)
        list += (i == 0 ? "" : ", ") + ("\"" + queries[i].name + "\"");
    if (queries.size() > namesListed)
        list += " and " + std::to_string(queries.size() - namesListed) + " more";
    return {"query.unknown", "No saved query is called \"" + std::string(name) + "\".",
            list.empty() ? "There is none yet: save one in the dashboard." : "There are " + list + "."};
}

std::string withoutSecrets(const std::string &url)
{
    const std::size_t begin = url.find("://");
    const std::size_t at = url.rfind('@');
    if (begin == std::string::npos || at == std::string::npos || at < begin)
        return url;
    return url.substr(0, begin + 3) + url.substr(at + 1);
}

constexpr const char *savedColumns = "id, name, question, author, at, revision";

/// Nothing for a question that only a later Muster can read: it stays in the file.
std::optional<SavedQuery> readRow(const store::Statement &row, bool shared)
{
    Result<Composition> composition = decodeComposition(row.text(2));
    if (!composition)
        return {};
    SavedQuery query;
    query.id = row.text(0);
    query.name = row.text(1);
    query.composition = std::move(*composition);
    query.shared = shared;
    query.by = row.text(3);
    query.at = UtcTime{row.integer(4)};
    query.revision = static_cast<std::uint64_t>(row.integer(5));
    return query;
}

Result<std::vector<SavedQuery>> readRows(store::Statement &rows, bool shared)
{
    std::vector<SavedQuery> all;
    while (true) {
        const Result<bool> row = rows.step();
        if (!row)
            return row.error();
        if (!*row)
            return all;
        if (std::optional<SavedQuery> query = readRow(rows, shared))
            all.push_back(std::move(*query));
    }
}

} // namespace

Result<std::string> cleanName(std::string_view name)
{
    while (!name.empty() && isBlank(name.front()))
        name.remove_prefix(1);
    while (!name.empty() && isBlank(name.back()))
        name.remove_suffix(1);
    if (name.empty())
        return badName("it is empty");
    std::size_t characters = 0;
    for (std::string_view rest = name; !rest.empty(); ++characters) {
        const utf8::Character c = utf8::first(rest);
        if (!c.valid)
            return badName("it is not UTF-8");
        if (isControl(c.code))
            return badName("it has a control character in it");
        rest.remove_prefix(c.length);
    }
    if (characters > maxNameCharacters)
        return badName("it has " + std::to_string(characters) + " characters");
    return std::string(name);
}

Result<SavedQuery> findByName(const std::vector<SavedQuery> &queries, std::string_view name)
{
    const std::string wanted = folded(name);
    std::vector<SavedQuery> exact;
    std::vector<SavedQuery> alike;
    for (const SavedQuery &query : queries) {
        if (query.id == name)
            return query;
        if (query.name == name)
            exact.push_back(query);
        if (folded(query.name) == wanted)
            alike.push_back(query);
    }
    const std::vector<SavedQuery> &found = exact.empty() ? alike : exact;
    if (found.size() == 1)
        return found.front();
    return found.empty() ? unknown(name, queries) : ambiguous(name, found);
}

std::string fleetKey(const nats::Connection &connection, const Subjects &subjects, const std::string &domain)
{
    const nats::ConnectOptions &options = connection.options();
    std::string key;
    JsonWriter w(key);
    w.beginArray();
    for (const std::string &server : options.servers)
        w.value(std::string_view(withoutSecrets(server)));
    for (const std::string *part :
         {&options.user, &options.credentialsFile, &options.nkeySeedFile, &subjects.root(), &domain})
        w.value(std::string_view(*part));
    w.endArray();
    return key;
}

struct LocalQueries::Private {
    std::mutex mutex;
    std::unique_ptr<store::Database> database;

    /// What stands there instead of what was to be replaced.
    Result<Written> theirs(const std::string &id)
    {
        Result<store::Statement> row =
            database->prepare(std::string("SELECT ") + savedColumns + " FROM saved_queries WHERE id = ?1");
        if (!row)
            return row.error();
        row->bind(1, std::string_view(id));
        Result<std::vector<SavedQuery>> found = readRows(*row, false);
        if (!found)
            return found.error();
        return Written{found->empty() ? SavedQuery() : std::move(found->front()), true};
    }
};

LocalQueries::LocalQueries() : d(std::make_unique<Private>()) {}
LocalQueries::~LocalQueries() = default;

Result<std::unique_ptr<LocalQueries>> LocalQueries::open(const std::string &file)
{
    return open(file, store::OnDamage::MoveAside);
}

Result<std::unique_ptr<LocalQueries>> LocalQueries::open(const std::string &file, store::OnDamage onDamage)
{
    Result<std::unique_ptr<store::Database>> database = store::Database::open(file, onDamage);
    if (!database)
        return database.error();
    std::unique_ptr<LocalQueries> queries(new LocalQueries());
    queries->d->database = std::move(*database);
    return queries;
}

Result<std::vector<SavedQuery>> LocalQueries::list()
{
    const std::lock_guard lock(d->mutex);
    Result<store::Statement> rows =
        d->database->prepare(std::string("SELECT ") + savedColumns + " FROM saved_queries ORDER BY name, id");
    if (!rows)
        return rows.error();
    return readRows(*rows, false);
}

Result<Written> LocalQueries::put(SavedQuery query)
{
    Result<std::string> name = cleanName(query.name);
    if (!name)
        return name.error();
    const std::uint64_t before = query.revision;
    query.name = std::move(*name);
    query.shared = false;
    query.at = UtcTime::now();
    query.revision = before + 1;
    if (query.id.empty())
        query.id = newUlid();

    const std::lock_guard lock(d->mutex);
    Result<store::Statement> write = d->database->prepare(
        before == 0
            ? "INSERT OR IGNORE INTO saved_queries (name, question, author, at, revision, id) "
              "VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
            : "UPDATE saved_queries SET name = ?1, question = ?2, author = ?3, at = ?4, revision = ?5 "
              "WHERE id = ?6 AND revision = ?7");
    if (!write)
        return write.error();
    write->bind(1, std::string_view(query.name)).bind(2, std::string_view(encode(query.composition)));
    write->bind(3, std::string_view(query.by)).bind(4, query.at.micros);
    write->bind(5, static_cast<std::int64_t>(query.revision)).bind(6, std::string_view(query.id));
    if (before != 0)
        write->bind(7, static_cast<std::int64_t>(before));
    if (Status written = write->run(); !written)
        return written.error();
    if (d->database->changes() == 0)
        return d->theirs(query.id);
    return Written{std::move(query), false};
}

Result<Written> LocalQueries::remove(const std::string &id, std::uint64_t revision)
{
    const std::lock_guard lock(d->mutex);
    Result<store::Statement> write =
        d->database->prepare("DELETE FROM saved_queries WHERE id = ?1 AND revision = ?2");
    if (!write)
        return write.error();
    write->bind(1, std::string_view(id)).bind(2, static_cast<std::int64_t>(revision));
    if (Status written = write->run(); !written)
        return written.error();
    if (d->database->changes() > 0)
        return Written{};
    Result<Written> theirs = d->theirs(id);
    if (theirs && theirs->query.id.empty())
        theirs->conflict = false; // somebody else removed it: that is what was wanted
    return theirs;
}

Result<std::optional<LocalQueries::Copy>> LocalQueries::copyOfShared(const std::string &fleet)
{
    const std::lock_guard lock(d->mutex);
    Result<store::Statement> last =
        d->database->prepare(fleet.empty() ? "SELECT fleet, as_of FROM fleets ORDER BY as_of DESC LIMIT 1"
                                           : "SELECT fleet, as_of FROM fleets WHERE fleet = ?1");
    if (!last)
        return last.error();
    if (!fleet.empty())
        last->bind(1, std::string_view(fleet));
    const Result<bool> there = last->step();
    if (!there)
        return there.error();
    if (!*there)
        return std::optional<Copy>();
    Result<store::Statement> rows =
        d->database->prepare(std::string("SELECT ") + savedColumns + " FROM shared_queries WHERE fleet = ?1");
    if (!rows)
        return rows.error();
    rows->bind(1, last->text(0));
    Result<std::vector<SavedQuery>> queries = readRows(*rows, true);
    if (!queries)
        return queries.error();
    return std::optional(Copy{std::move(*queries), UtcTime{last->integer(1)}});
}

Status LocalQueries::keepCopyOfShared(const std::string &fleet, const Copy &copy)
{
    const std::lock_guard lock(d->mutex);
    Result<store::Transaction> transaction = store::Transaction::begin(*d->database);
    if (!transaction)
        return transaction.error();
    Result<store::Statement> drop = d->database->prepare("DELETE FROM fleets WHERE fleet = ?1");
    Result<store::Statement> add = d->database->prepare("INSERT INTO fleets VALUES (?1, ?2)");
    Result<store::Statement> put =
        d->database->prepare("INSERT OR REPLACE INTO shared_queries VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    Result<store::Statement> forget = d->database->prepare(
        "DELETE FROM fleets WHERE fleet NOT IN (SELECT fleet FROM fleets ORDER BY as_of DESC LIMIT ?1)");
    for (const auto *statement : {&drop, &add, &put, &forget}) {
        if (!*statement)
            return statement->error();
    }
    if (Status done = drop->bind(1, std::string_view(fleet)).run(); !done)
        return done;
    if (Status done = add->bind(1, std::string_view(fleet)).bind(2, copy.asOf.micros).run(); !done)
        return done;
    for (const SavedQuery &query : copy.queries) {
        put->bind(1, std::string_view(fleet)).bind(2, std::string_view(query.id));
        put->bind(3, std::string_view(query.name)).bind(4, std::string_view(encode(query.composition)));
        put->bind(5, std::string_view(query.by)).bind(6, query.at.micros);
        if (Status done = put->bind(7, static_cast<std::int64_t>(query.revision)).run(); !done)
            return done;
    }
    if (Status done = forget->bind(1, fleetsRemembered).run(); !done)
        return done;
    return transaction->commit();
}

const std::string &LocalQueries::notice() const
{
    return d->database->notice();
}

bool LocalQueries::changedByOthers()
{
    const std::lock_guard lock(d->mutex);
    return d->database->changedByOthers();
}

Result<SavedQuery> findSaved(const std::string &file, const std::shared_ptr<nats::Connection> &connection,
                             const Subjects &subjects, const std::string &domain, std::string_view name)
{
    constexpr int patience = 5000;
    std::vector<SavedQuery> all;
    std::error_code ignored;
    if (!file.empty() && std::filesystem::exists(std::u8string(file.begin(), file.end()), ignored)) {
        Result<std::unique_ptr<LocalQueries>> local = LocalQueries::open(file, store::OnDamage::Refuse);
        if (!local)
            return local.error();
        Result<std::vector<SavedQuery>> list = (*local)->list();
        if (!list)
            return list.error();
        all = std::move(*list);
    }
    Status sharedRead;
    if (connection) {
        Result<std::unique_ptr<SharedQueries>> shared = SharedQueries::follow(connection, subjects, domain);
        if (!shared) {
            sharedRead = shared.error();
        } else if (!(*shared)->waitRead(patience)) {
            sharedRead = Error{"nats.timeout", "Reading the shared queries took more than 5 s.",
                               "Check the connection, then try again."};
        } else {
            for (SavedQuery &query : (*shared)->list())
                all.push_back(std::move(query));
        }
    }
    std::sort(all.begin(), all.end(),
              [](const SavedQuery &a, const SavedQuery &b) { return a.name < b.name; });
    Result<SavedQuery> found = findByName(all, name);
    // What could not be read may be where it is.
    if (!found && found.error().code == "query.unknown" && !sharedRead)
        return sharedRead.error();
    return found;
}

} // namespace muster::query
