// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/protocol/messages.h"
#include "query/run_history.h"
#include "table/table_model.h"

#include <QObject>

#include <memory>
#include <optional>

namespace muster {

/// A past run with its results. The table is moved out by whoever receives it.
using PastRun = query::KeptRun;

/// Past runs and their results. GUI thread; the file is read and written on a worker.
class QueryHistory : public QObject {
    Q_OBJECT
    /// Columns: run (the key, hidden), at, question, source, name, fleet, roster, answered, empty, error,
    /// silent, offline, unexpected, rows, seconds, note ("cancelled", "round 7 of a watch"), results ("kept"
    /// or "gone"); the last two translated. Newest first.
    Q_PROPERTY(muster::TableModel *runs READ runs CONSTANT)
    Q_PROPERTY(int count READ count NOTIFY countChanged)
    Q_PROPERTY(bool busy READ busy NOTIFY busyChanged)
    Q_PROPERTY(QString problem READ problem NOTIFY problemChanged) ///< stays until the next success

public:
    explicit QueryHistory(const QString &databaseFile, QObject *parent = nullptr);
    ~QueryHistory() override; ///< what was given to keep() is kept

    TableModel *runs() const;
    int count() const;
    bool busy() const;
    QString problem() const;

    void keep(query::RunRecord record, std::shared_ptr<const table::Snapshot> results);
    /// Reads a run with its results: opened() or notOpened() tells of it by the number that this gives.
    int open(const QString &run);
    Q_INVOKABLE void remove(const QString &run);
    Q_INVOKABLE void clear();

    Q_INVOKABLE QString newest() const; ///< empty: none
    /// The newest run with results of the same question that is older than `run`: what to compare it with.
    Q_INVOKABLE QString before(const QString &run) const;
    Q_INVOKABLE bool hasResults(const QString &run) const;
    std::optional<query::RunRecord> record(const QString &run) const;

Q_SIGNALS:
    void countChanged();
    void busyChanged();
    void problemChanged();
    void kept(const QString &run);
    void opened(std::shared_ptr<muster::PastRun> past, int request);
    void notOpened(const QString &message, int request);
    void failed(const QString &message); ///< to keep or to remove

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace muster
