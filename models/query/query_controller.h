// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "presence/fleet_controller.h"
#include "query/live_query.h"
#include "table/table_model.h"

#include <QObject>
#include <QVariantList>

#include <memory>

namespace muster {

/// The Query page: composes a live query, says whom it would reach, runs it and keeps its answers. GUI thread.
class QueryController : public QObject {
    Q_OBJECT
    // the composer
    Q_PROPERTY(QVariantList scopes READ scopes NOTIFY composerChanged)     ///< [{label, kind, key, value, count, on}]
    Q_PROPERTY(QString where READ where WRITE setWhere NOTIFY composerChanged)
    Q_PROPERTY(QVariantMap whereError READ whereError NOTIFY composerChanged) ///< {} or {column, length, message, expected}
    Q_PROPERTY(int whereTerms READ whereTerms NOTIFY composerChanged)
    Q_PROPERTY(QStringList select READ select NOTIFY composerChanged)
    Q_PROPERTY(QStringList groupBy READ groupBy NOTIFY composerChanged)
    Q_PROPERTY(QStringList aggregates READ aggregates NOTIFY composerChanged) ///< "avg cpu.pct"
    Q_PROPERTY(int deadlineMs READ deadlineMs WRITE setDeadlineMs NOTIFY composerChanged)
    // before asking
    Q_PROPERTY(int matching READ matching NOTIFY preflightChanged) ///< devices in scope that may match; -1: cannot count
    Q_PROPERTY(int matchingOnline READ matchingOnline NOTIFY preflightChanged)
    Q_PROPERTY(int matchingOffline READ matchingOffline NOTIFY preflightChanged)
    Q_PROPERTY(QString preflightText READ preflightText NOTIFY preflightChanged) ///< "One request, at most 398 replies. ..."
    Q_PROPERTY(bool canRun READ canRun NOTIFY preflightChanged)
    Q_PROPERTY(QString cannotRunReason READ cannotRunReason NOTIFY preflightChanged)
    // under way
    Q_PROPERTY(bool running READ running NOTIFY progressChanged)
    Q_PROPERTY(bool hasRun READ hasRun NOTIFY progressChanged)
    Q_PROPERTY(bool cancelled READ cancelled NOTIFY progressChanged)
    Q_PROPERTY(int answered READ answered NOTIFY progressChanged)
    Q_PROPERTY(int empty READ empty NOTIFY progressChanged)
    Q_PROPERTY(int errors READ errors NOTIFY progressChanged)
    Q_PROPERTY(int silent READ silent NOTIFY progressChanged)
    Q_PROPERTY(int offline READ offline NOTIFY progressChanged)
    Q_PROPERTY(int waiting READ waiting NOTIFY progressChanged)
    Q_PROPERTY(int rosterSize READ rosterSize NOTIFY progressChanged)
    Q_PROPERTY(int unexpected READ unexpected NOTIFY progressChanged)
    Q_PROPERTY(int lateCount READ lateCount NOTIFY progressChanged)
    Q_PROPERTY(int rejectedCount READ rejectedCount NOTIFY progressChanged)
    Q_PROPERTY(double elapsedSeconds READ elapsedSeconds NOTIFY progressChanged)
    Q_PROPERTY(int repliesPerSecond READ repliesPerSecond NOTIFY progressChanged)
    Q_PROPERTY(QString problem READ problem NOTIFY progressChanged) ///< why it could not be asked, and what to do; else empty
    // answers
    Q_PROPERTY(muster::TableModel *results READ results CONSTANT)
    Q_PROPERTY(QString tab READ tab WRITE setTab NOTIFY tabChanged) ///< "results", "empty", "errors", "silent", "offline", "waiting"
    Q_PROPERTY(QVariantList histogram READ histogram NOTIFY progressChanged) ///< counts of 16 equal bins up to histogramMs
    Q_PROPERTY(double histogramMs READ histogramMs NOTIFY progressChanged)
    Q_PROPERTY(QVariantMap percentiles READ percentiles NOTIFY progressChanged)   ///< {p50, p95, p99} in seconds
    Q_PROPERTY(QVariantList byGroup READ byGroup NOTIFY progressChanged)          ///< [{name, answered, total}]

public:
    /// `fleet` outlives it.
    explicit QueryController(FleetController *fleet, QObject *parent = nullptr);
    ~QueryController() override;

    QVariantList scopes() const;
    QString where() const;
    void setWhere(const QString &text);
    QVariantMap whereError() const;
    int whereTerms() const;
    QStringList select() const;
    QStringList groupBy() const;
    QStringList aggregates() const;
    int deadlineMs() const;
    void setDeadlineMs(int ms);
    int matching() const;
    int matchingOnline() const;
    int matchingOffline() const;
    QString preflightText() const;
    bool canRun() const;
    QString cannotRunReason() const;
    bool running() const;
    bool hasRun() const;
    bool cancelled() const;
    int answered() const;
    int empty() const;
    int errors() const;
    int silent() const;
    int offline() const;
    int waiting() const;
    int rosterSize() const;
    int unexpected() const;
    int lateCount() const;
    int rejectedCount() const;
    double elapsedSeconds() const;
    int repliesPerSecond() const;
    QString problem() const;
    TableModel *results() const;
    QString tab() const;
    void setTab(const QString &tab);
    QVariantList histogram() const;
    double histogramMs() const;
    QVariantMap percentiles() const;
    QVariantList byGroup() const;

    void setLink(std::shared_ptr<nats::Connection> connection, const Subjects &subjects);
    void setLinkUp(bool up);

    Q_INVOKABLE void toggleScope(int index);
    Q_INVOKABLE void addScope(const QString &label, const QString &value); ///< label "site", "group", "region", ...
    Q_INVOKABLE void removeScope(int index);
    Q_INVOKABLE void setSelectionScope(const QStringList &devices);
    Q_INVOKABLE void addSelect(const QString &field);
    Q_INVOKABLE void removeSelect(int index);
    Q_INVOKABLE void addGroupBy(const QString &field);
    Q_INVOKABLE void removeGroupBy(int index);
    Q_INVOKABLE void addAggregate(const QString &aggregate); ///< "avg cpu.pct"
    Q_INVOKABLE void removeAggregate(int index);
    Q_INVOKABLE QStringList fieldNames() const;
    Q_INVOKABLE QStringList labelNames() const;
    Q_INVOKABLE QStringList valuesOf(const QString &field) const;
    /// Completions at a cursor in `where`: [{text, insert, from, kind}].
    Q_INVOKABLE QVariantList complete(const QString &text, int cursor) const;

    Q_INVOKABLE void run();
    Q_INVOKABLE void cancel();
    Q_INVOKABLE void askSilentAgain();

Q_SIGNALS:
    void composerChanged();
    void preflightChanged();
    void progressChanged();
    void tabChanged();

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace muster
