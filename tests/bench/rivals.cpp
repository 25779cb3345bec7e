// SPDX-License-Identifier: GPL-3.0-or-later
#include "rivals.h"

#include "bench.h"

#include <QIODevice>

#include <sqlite3.h>

namespace muster::bench {

namespace {

struct Finalizer {
    void operator()(sqlite3_stmt *statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, Finalizer>;

Statement prepare(sqlite3 *database, const std::string &sql)
{
    sqlite3_stmt *statement = nullptr;
    if (sqlite3_prepare_v2(database, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK)
        qFatal("SQLite refused \"%s\": %s", sql.c_str(), sqlite3_errmsg(database));
    return Statement(statement);
}

} // namespace

void SqliteFleet::Closer::operator()(sqlite3 *database) const
{
    sqlite3_close(database);
}

SqliteFleet::SqliteFleet(const std::vector<Device> &fleet)
{
    sqlite3 *database = nullptr;
    if (sqlite3_open(":memory:", &database) != SQLITE_OK)
        qFatal("SQLite could not open a database in memory");
    m_database.reset(database);
    const auto run = [&](const char *sql) { sqlite3_exec(database, sql, nullptr, nullptr, nullptr); };
    run("create table fleet(device text, region text, grp text, site text, fw text, os text, cpu real, temp "
        "real, load real,"
        " free integer, uptime integer, seen integer)");
    run("begin");
    const Statement insert = prepare(database, "insert into fleet values(?,?,?,?,?,?,?,?,?,?,?,?)");
    for (const Device &device : fleet) {
        int place = 0;
        for (const std::string *text :
             {&device.device, &device.region, &device.group, &device.site, &device.fw, &device.os})
            sqlite3_bind_text(insert.get(), ++place, text->c_str(), static_cast<int>(text->size()),
                              SQLITE_STATIC);
        for (const double number : {device.cpu, device.temperature, device.load})
            sqlite3_bind_double(insert.get(), ++place, number);
        for (const std::int64_t number : {device.memoryFree, device.uptime, device.seen.micros})
            sqlite3_bind_int64(insert.get(), ++place, number);
        sqlite3_step(insert.get());
        sqlite3_reset(insert.get());
    }
    run("commit");
}

std::size_t SqliteFleet::query(const std::string &sql) const
{
    const Statement statement = prepare(m_database.get(), sql);
    std::size_t rows = 0;
    std::size_t read = 0;
    const int columns = sqlite3_column_count(statement.get());
    for (; sqlite3_step(statement.get()) == SQLITE_ROW; ++rows) {
        for (int i = 0; i < columns; ++i)
            read += static_cast<std::size_t>(sqlite3_column_int64(statement.get(), i));
    }
    keep(read);
    return rows;
}

std::size_t SqliteFleet::writeCsv(QIODevice &out) const
{
    constexpr qsizetype blockBytes = 256 * 1024;
    const Statement statement = prepare(m_database.get(), "select * from fleet");
    QByteArray block;
    std::size_t rows = 0;
    for (; sqlite3_step(statement.get()) == SQLITE_ROW; ++rows) {
        for (int i = 0; i < 12; ++i) {
            if (i > 0)
                block += ',';
            const unsigned char *text = sqlite3_column_text(statement.get(), i);
            block.append(reinterpret_cast<const char *>(text), sqlite3_column_bytes(statement.get(), i));
        }
        block += "\r\n";
        if (block.size() >= blockBytes) {
            out.write(block);
            block.clear();
        }
    }
    out.write(block);
    return rows;
}

void SqliteFleet::saveAs(const std::string &path) const
{
    const Statement statement = prepare(m_database.get(), "vacuum into ?");
    sqlite3_bind_text(statement.get(), 1, path.c_str(), static_cast<int>(path.size()), SQLITE_STATIC);
    if (sqlite3_step(statement.get()) != SQLITE_DONE)
        qFatal("SQLite could not write %s: %s", path.c_str(), sqlite3_errmsg(m_database.get()));
}

PlainModel::PlainModel(const std::vector<Device> &fleet)
{
    m_rows.reserve(fleet.size());
    for (const Device &device : fleet) {
        const auto text = [](const std::string &held) { return QString::fromStdString(held); };
        m_rows.push_back(
            {{text(device.device), text(device.region), text(device.group), text(device.site),
              text(device.fw), text(device.os)},
             {device.cpu, device.temperature, device.load, static_cast<double>(device.memoryFree),
              static_cast<double>(device.uptime), static_cast<double>(device.seen.micros)}});
    }
}

int PlainModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int PlainModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : 12;
}

QVariant PlainModel::data(const QModelIndex &index, int role) const
{
    if (role != Qt::DisplayRole)
        return {};
    const Row &row = m_rows[static_cast<std::size_t>(index.row())];
    const auto column = static_cast<std::size_t>(index.column());
    return column < 6 ? QVariant(row.texts[column]) : QVariant(row.numbers[column - 6]);
}

} // namespace muster::bench
