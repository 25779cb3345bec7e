// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/database.h"

#include "core/utc_time.h"
#include "store/migrations.h"

#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace muster::store {

namespace {

constexpr std::int64_t applicationId = 0x4D555354; // "MUST", in the file's header
constexpr int busyMilliseconds = 30'000;

namespace fs = std::filesystem;

fs::path pathOf(const std::string &file)
{
    return {std::u8string(file.begin(), file.end())};
}

Status makeFolder(const std::string &file)
{
    std::error_code problem;
    const fs::path folder = pathOf(file).parent_path();
    if (!folder.empty())
        fs::create_directories(folder, problem);
    if (!problem)
        return {};
    return Error{"store.denied", "The folder of " + file + " cannot be made: " + problem.message() + ".",
                 "Check who may write there, and whether the disk is full."};
}

/// Where the damaged file now is; SQLite's companions of it go with it.
Result<std::string> moveAside(const std::string &file)
{
    std::string stamp = UtcTime::now().toString();
    std::replace(stamp.begin(), stamp.end(), ':', '-');
    const std::string aside = file + ".damaged-" + stamp;
    for (const char *companion : {"", "-wal", "-shm"}) {
        std::error_code problem;
        fs::rename(pathOf(file + companion), pathOf(aside + companion), problem);
        if (problem && *companion == '\0')
            return Error{"store.damaged",
                         file + " is damaged, and cannot be moved aside: " + problem.message() + ".",
                         "Move it away by hand, then start Muster again."};
    }
    return aside;
}

} // namespace

// --- Statement ---

Statement::Statement(const Database &database, sqlite3_stmt *statement)
    : m_database(&database),
      m_statement(statement)
{
}

Statement::Statement(Statement &&other) noexcept
    : m_database(other.m_database),
      m_statement(std::exchange(other.m_statement, nullptr)),
      m_problem(other.m_problem)
{
}

Statement::~Statement()
{
    sqlite3_finalize(m_statement);
}

Statement &Statement::bind(int parameter, std::int64_t value)
{
    m_problem = std::max(m_problem, sqlite3_bind_int64(m_statement, parameter, value));
    return *this;
}

Statement &Statement::bind(int parameter, double value)
{
    m_problem = std::max(m_problem, sqlite3_bind_double(m_statement, parameter, value));
    return *this;
}

Statement &Statement::bind(int parameter, std::string_view text)
{
    // A null pointer would be NULL, and an empty view may have one.
    m_problem =
        std::max(m_problem, sqlite3_bind_text64(m_statement, parameter, text.empty() ? "" : text.data(),
                                                text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
    return *this;
}

Statement &Statement::bindBlob(int parameter, std::string_view bytes)
{
    m_problem =
        std::max(m_problem, sqlite3_bind_blob64(m_statement, parameter, bytes.empty() ? "" : bytes.data(),
                                                bytes.size(), SQLITE_STATIC));
    return *this;
}

Result<bool> Statement::step()
{
    const int code = m_problem != SQLITE_OK ? std::exchange(m_problem, SQLITE_OK) : sqlite3_step(m_statement);
    if (code == SQLITE_ROW || code == SQLITE_DONE)
        return code == SQLITE_ROW;
    Error error = m_database->error(code);
    sqlite3_reset(m_statement);
    return error;
}

Status Statement::run()
{
    Result<bool> row = true;
    while (row && *row)
        row = step();
    reset();
    return row ? Status() : Status(row.error());
}

void Statement::reset()
{
    sqlite3_reset(m_statement);
}

std::int64_t Statement::integer(int column) const
{
    return sqlite3_column_int64(m_statement, column);
}

double Statement::real(int column) const
{
    return sqlite3_column_double(m_statement, column);
}

std::string_view Statement::text(int column) const
{
    const auto *bytes = static_cast<const char *>(sqlite3_column_blob(m_statement, column));
    const int size = sqlite3_column_bytes(m_statement, column);
    return bytes && size > 0 ? std::string_view(bytes, static_cast<std::size_t>(size)) : std::string_view();
}

// --- Database ---

Result<std::unique_ptr<Database>> Database::open(const std::string &file, OnDamage onDamage)
{
    if (Status made = makeFolder(file); !made)
        return made.error();
    std::unique_ptr<Database> database(new Database(file));
    Status ready = database->connect();
    if (!ready && ready.error().code == "store.damaged") {
        // Once more, in case another Muster has just put a sound one in its place.
        database.reset(new Database(file));
        ready = database->connect();
    }
    if (!ready && ready.error().code == "store.damaged" && onDamage == OnDamage::MoveAside) {
        database.reset(new Database(file));
        const Result<std::string> aside = moveAside(file);
        if (!aside)
            return aside.error();
        ready = database->connect();
        database->m_notice = file + " was damaged. It is now " + *aside + ", and a new one was begun.";
    }
    if (!ready)
        return ready.error();
    return database;
}

Database::~Database()
{
    sqlite3_close(m_handle);
}

Status Database::connect()
{
    std::error_code ignored;
    const bool isNew = !fs::exists(pathOf(m_file), ignored);
    const int opened = sqlite3_open_v2(
        m_file.c_str(), &m_handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    if (opened != SQLITE_OK)
        return error(opened);
    sqlite3_extended_result_codes(m_handle, 1);
    sqlite3_busy_timeout(m_handle, busyMilliseconds);
    if (isNew) // questions and answers are their asker's; what SQLite puts beside it gets the same mode
        fs::permissions(pathOf(m_file), fs::perms::owner_read | fs::perms::owner_write, ignored);

    const Result<std::int64_t> tables = number("SELECT count(*) FROM sqlite_schema");
    if (!tables)
        return tables.error();
    const Result<std::int64_t> owner = number("PRAGMA application_id");
    if (!owner)
        return owner.error();
    if (*tables > 0 && *owner != applicationId)
        return Error{"store.foreign", m_file + " is a database of another program.",
                     "Move it away, or give Muster another file."};
    const Result<std::int64_t> version = number("PRAGMA user_version");
    if (!version)
        return version.error();
    if (*version > static_cast<std::int64_t>(migrations().size()))
        return Error{"store.newer", m_file + " was written by a later Muster.",
                     "Update this Muster, or move the file away to begin a new one."};

    // The room of results that were removed can be given back. Only heeded while the file is empty.
    if (Status set = execute("PRAGMA auto_vacuum = INCREMENTAL"); !set)
        return set;
    if (Status set = useWriteAheadLog(); !set)
        return set;
    if (Status set = execute("PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;"
                             "PRAGMA journal_size_limit = 16777216"); // the log keeps no room of a big write
        !set)
        return set;
    if (Status migrated = migrate(); !migrated)
        return migrated;
    static_cast<void>(changedByOthers());
    return {};
}

/// Two programs that begin the same file find it locked without SQLite waiting for them.
Status Database::useWriteAheadLog()
{
    constexpr int pause = 20;
    for (int waited = 0;; waited += pause) {
        Status set = execute("PRAGMA journal_mode = WAL");
        if (set || set.error().code != "store.busy" || waited >= busyMilliseconds)
            return set;
        sqlite3_sleep(pause);
    }
}

Status Database::migrate()
{
    const std::span<const std::string_view> all = migrations();
    const Result<std::int64_t> before = number("PRAGMA user_version");
    if (!before)
        return before.error();
    if (*before == static_cast<std::int64_t>(all.size()))
        return {};
    Result<Transaction> transaction = Transaction::begin(*this);
    if (!transaction)
        return transaction.error();
    const Result<std::int64_t> version =
        number("PRAGMA user_version"); // another program may have been faster
    if (!version)
        return version.error();
    for (auto i = static_cast<std::size_t>(std::max(*version, std::int64_t{0})); i < all.size(); ++i) {
        if (Status done = execute(std::string(all[i]).c_str()); !done)
            return done;
    }
    const std::string marks = "PRAGMA application_id = " + std::to_string(applicationId) +
                              "; PRAGMA user_version = " + std::to_string(all.size());
    if (Status marked = execute(marks.c_str()); !marked)
        return marked;
    return transaction->commit();
}

Result<std::int64_t> Database::number(const char *sql)
{
    Result<Statement> statement = prepare(sql);
    if (!statement)
        return statement.error();
    const Result<bool> row = statement->step();
    if (!row)
        return row.error();
    return *row ? statement->integer(0) : 0;
}

Result<Statement> Database::prepare(std::string_view sql)
{
    sqlite3_stmt *statement = nullptr;
    const int code =
        sqlite3_prepare_v2(m_handle, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
    if (code != SQLITE_OK)
        return error(code);
    return Statement(*this, statement);
}

Status Database::execute(const char *sql)
{
    const int code = sqlite3_exec(m_handle, sql, nullptr, nullptr, nullptr);
    return code == SQLITE_OK ? Status() : Status(error(code));
}

int Database::changes() const
{
    return sqlite3_changes(m_handle);
}

bool Database::changedByOthers()
{
    const Result<std::int64_t> version = number("PRAGMA data_version");
    return version && std::exchange(m_dataVersion, *version) != *version;
}

Error Database::error(int code) const
{
    const std::string why = m_handle ? sqlite3_errmsg(m_handle) : sqlite3_errstr(code);
    switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return {"store.busy", m_file + " is in use by another program.", "Try again in a moment."};
    case SQLITE_FULL:
        return {"store.full", "The disk that holds " + m_file + " is full.",
                "Make room, or remove runs from the history."};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return {"store.damaged", m_file + " is damaged: " + why + ".",
                "Move it away; Muster then begins a new one."};
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return {"store.denied", m_file + " cannot be opened for writing: " + why + ".",
                "Check who may write to the file and its folder."};
    default:
        return {"store.failed", m_file + " could not be read or written: " + why + ".",
                "Check the disk that it is on, then try again."};
    }
}

// --- Transaction ---

Result<Transaction> Transaction::begin(Database &database)
{
    if (Status begun = database.execute("BEGIN IMMEDIATE"); !begun)
        return begun.error();
    return Transaction(database);
}

Transaction::Transaction(Transaction &&other) noexcept : m_database(std::exchange(other.m_database, nullptr))
{
}

Transaction::~Transaction()
{
    if (m_database)
        static_cast<void>(m_database->execute("ROLLBACK"));
}

Status Transaction::commit()
{
    Status done = m_database->execute("COMMIT");
    if (done)
        m_database = nullptr;
    return done;
}

} // namespace muster::store
