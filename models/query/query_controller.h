// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "presence/fleet_controller.h"
#include "query/query_composer.h"
#include "table/table_model.h"

#include <QObject>
#include <QVariantList>

#include <memory>

namespace muster {

/// The Query page: runs what its composer says, and keeps the answers. GUI thread.
class QueryController : public QObject {
    Q_OBJECT
    Q_PROPERTY(muster::QueryComposer *composer READ composer CONSTANT)
    Q_PROPERTY(bool canRun READ canRun NOTIFY readyChanged)
    Q_PROPERTY(QString cannotRunReason READ cannotRunReason NOTIFY readyChanged)
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
    Q_PROPERTY(QString problem READ problem NOTIFY
                   progressChanged) ///< why it could not be asked, and what to do; else empty
    // answers
    Q_PROPERTY(muster::TableModel *results READ results CONSTANT)
    Q_PROPERTY(QString tab READ tab WRITE setTab NOTIFY
                   tabChanged) ///< "results", "empty", "errors", "silent", "offline", "waiting"
    Q_PROPERTY(QVariantList histogram READ histogram NOTIFY
                   chartsChanged) ///< counts of 16 equal bins up to histogramMs
    Q_PROPERTY(double histogramMs READ histogramMs NOTIFY chartsChanged)
    Q_PROPERTY(QVariantMap percentiles READ percentiles NOTIFY chartsChanged) ///< {p50, p95, p99} in seconds
    Q_PROPERTY(QVariantList byGroup READ byGroup NOTIFY chartsChanged)        ///< [{name, answered, total}]

public:
    /// `fleet` outlives it.
    explicit QueryController(FleetController *fleet, QObject *parent = nullptr);
    ~QueryController() override;

    QueryComposer *composer() const;
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

    Q_INVOKABLE void run();
    Q_INVOKABLE void cancel();
    Q_INVOKABLE void askSilentAgain();

Q_SIGNALS:
    void readyChanged();
    void progressChanged();
    void chartsChanged();
    void tabChanged();

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace muster
