// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "query/query_history.h"
#include "table/compare.h"
#include "table/table_model.h"

#include <QObject>
#include <QString>

#include <memory>

namespace muster {

/// What differs between two past runs. Compared on a worker. GUI thread.
class QueryComparison : public QObject {
    Q_OBJECT
    Q_PROPERTY(muster::TableModel *table READ table CONSTANT) ///< device, change, field, before, after
    Q_PROPERTY(bool active READ active NOTIFY changed)        ///< shown, or being worked out
    Q_PROPERTY(bool busy READ busy NOTIFY changed)
    Q_PROPERTY(QString beforeText READ beforeText NOTIFY changed) ///< when the earlier was asked, and what
    Q_PROPERTY(QString afterText READ afterText NOTIFY changed)
    Q_PROPERTY(bool sameQuestion READ sameQuestion NOTIFY changed)
    Q_PROPERTY(int added READ added NOTIFY changed)
    Q_PROPERTY(int gone READ gone NOTIFY changed)
    Q_PROPERTY(int changedRows READ changedRows NOTIFY changed)
    Q_PROPERTY(int changedCells READ changedCells NOTIFY changed)
    Q_PROPERTY(int same READ same NOTIFY changed)
    Q_PROPERTY(QString problem READ problem NOTIFY changed) ///< why they could not be compared; else empty

public:
    /// Outlives it.
    explicit QueryComparison(QueryHistory *history, QObject *parent = nullptr);
    ~QueryComparison() override;

    TableModel *table() const;
    bool active() const;
    bool busy() const;
    QString beforeText() const;
    QString afterText() const;
    bool sameQuestion() const;
    int added() const;
    int gone() const;
    int changedRows() const;
    int changedCells() const;
    int same() const;
    QString problem() const;

    /// Of two runs, in any order: the older is what was before.
    Q_INVOKABLE void compare(const QString &run, const QString &other);
    Q_INVOKABLE void close();

    /// Whether it was this that asked the history for the run.
    bool take(const std::shared_ptr<PastRun> &past, int request);
    bool takeFailure(const QString &message, int request);

Q_SIGNALS:
    void changed();

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace muster
