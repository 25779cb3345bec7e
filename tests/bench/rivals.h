// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fleet_data.h"

#include <QAbstractTableModel>
#include <QString>

#include <memory>
#include <string>

class QIODevice;
struct sqlite3;

namespace muster::bench {

/// The fleet in an SQLite database in memory.
class SqliteFleet {
public:
    explicit SqliteFleet(const std::vector<Device> &fleet);
    /// Reads every column of every row of the answer; returns the rows.
    std::size_t query(const std::string &sql) const;
    /// All of it as the sqlite3 program would write it, the plainest way; returns the rows.
    std::size_t writeCsv(QIODevice &out) const;
    /// A new file with all of it.
    void saveAs(const std::string &path) const;

private:
    struct Closer {
        void operator()(sqlite3 *database) const;
    };
    std::unique_ptr<sqlite3, Closer> m_database;
};

/// The fleet as Qt's own models would have it: rows of QString, numbers as numbers.
class PlainModel : public QAbstractTableModel {
    Q_OBJECT
public:
    explicit PlainModel(const std::vector<Device> &fleet);
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;

private:
    struct Row {
        std::array<QString, 6> texts;
        std::array<double, 6> numbers;
    };
    std::vector<Row> m_rows;
};

} // namespace muster::bench
