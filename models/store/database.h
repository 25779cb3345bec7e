// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace muster::store {

class Database;

/// What to do about a file that is damaged: move it aside and begin a new one, or leave it and say so.
enum class OnDamage { MoveAside, Refuse };

/// A prepared statement. Parameters count from 1, columns from 0. A parameter that cannot be bound makes the
/// next step() fail.
class Statement {
public:
    Statement(Statement &&) noexcept;
    Statement &operator=(Statement &&) = delete;
    ~Statement();

    Statement &bind(int parameter, std::int64_t value);
    Statement &bind(int parameter, double value);
    Statement &bind(int parameter, std::string_view text);      ///< copied
    Statement &bindBlob(int parameter, std::string_view bytes); ///< not copied: valid until it has run

    Result<bool> step(); ///< whether there is a row
    Status run();        ///< to its end; can then be bound and run again
    void reset();

    std::int64_t integer(int column) const;
    double real(int column) const;
    std::string_view text(int column) const; ///< until the next step; bytes of a blob too

private:
    friend class Database;
    Statement(const Database &database, sqlite3_stmt *statement);
    const Database *m_database;
    sqlite3_stmt *m_statement;
    int m_problem = 0;
};

/// An SQLite file with the tables that resources/migrations make. Several programs may have it open at once:
/// a writer waits up to 30 s for another. One thread at a time; blocks. Errors name the file: "store.denied",
/// "store.newer" (a later Muster's), "store.foreign" (no Muster's), "store.busy", "store.full",
/// "store.damaged", "store.failed".
class Database {
public:
    /// Makes the file (mode 0600) and its folder when they are not there. notice() says when a damaged one
    /// was moved aside.
    static Result<std::unique_ptr<Database>> open(const std::string &file,
                                                  OnDamage onDamage = OnDamage::MoveAside);
    ~Database();
    Database(const Database &) = delete;
    Database &operator=(const Database &) = delete;

    Result<Statement> prepare(std::string_view sql);
    Status execute(const char *sql); ///< one statement or several
    int changes() const;             ///< rows that the last statement wrote
    /// Whether another connection wrote to the file since the last call.
    bool changedByOthers();

    const std::string &file() const { return m_file; }
    const std::string &notice() const { return m_notice; }

private:
    friend class Statement;
    explicit Database(std::string file) : m_file(std::move(file)) {}
    Status connect();
    Status migrate();
    Status useWriteAheadLog();
    Result<std::int64_t> number(const char *sql);
    Error error(int code) const;

    std::string m_file, m_notice;
    sqlite3 *m_handle = nullptr;
    std::int64_t m_dataVersion = 0;
};

/// All or nothing: what is not committed is undone by the destructor. Other writers wait from its begin on.
class Transaction {
public:
    static Result<Transaction> begin(Database &database);
    Transaction(Transaction &&other) noexcept;
    Transaction &operator=(Transaction &&) = delete;
    ~Transaction();
    Status commit();

private:
    explicit Transaction(Database &database) : m_database(&database) {}
    Database *m_database; // null once it is over
};

} // namespace muster::store
