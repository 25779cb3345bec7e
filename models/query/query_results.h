// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/protocol/messages.h"
#include "presence/fleet_controller.h"
#include "query/composition.h"
#include "query/run_history.h"
#include "table/table_model.h"

#include <QDateTime>
#include <QObject>
#include <QVariantList>

#include <map>
#include <memory>
#include <string>

namespace muster {

/// The answers to one question: their table, the roll-call, and what is drawn beside. Those of the run that
/// is under way or was the last, or those of a past one. GUI thread.
///
/// Each tab is a part of the rows: "results" (answered), "empty", "errors", "silent", "offline" and "waiting"
/// an outcome each, "all" the roster, "late" what came after the deadline, "unexpected" what came from
/// outside the roster.
class QueryResults : public QObject {
    Q_OBJECT
    Q_PROPERTY(muster::TableModel *table READ table CONSTANT)
    Q_PROPERTY(QString tab READ tab WRITE setTab NOTIFY tabChanged)
    // what was asked
    Q_PROPERTY(bool filled READ filled NOTIFY askedChanged)        ///< something was asked
    Q_PROPERTY(QString run READ run NOTIFY askedChanged)           ///< its id
    Q_PROPERTY(QString source READ source NOTIFY askedChanged)     ///< "fleet", "services", "subject"
    Q_PROPERTY(QString question READ question NOTIFY askedChanged) ///< in one line
    Q_PROPERTY(QDateTime at READ at NOTIFY askedChanged)
    Q_PROPERTY(QString fleet READ fleet NOTIFY askedChanged)
    // the roll-call
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
    Q_PROPERTY(muster::RejectedListModel *rejected READ rejected CONSTANT) ///< the latest
    /// How many of them are known: none of a past run that was kept before they were.
    Q_PROPERTY(int rejectedListed READ rejectedListed NOTIFY rejectedChanged)
    Q_PROPERTY(double elapsedSeconds READ elapsedSeconds NOTIFY progressChanged)
    Q_PROPERTY(int repliesPerSecond READ repliesPerSecond NOTIFY progressChanged)
    // beside them
    Q_PROPERTY(QVariantList histogram READ histogram NOTIFY chartsChanged)    ///< counts of 16 equal bins
    Q_PROPERTY(double histogramMs READ histogramMs NOTIFY chartsChanged)      ///< where the last bin ends
    Q_PROPERTY(QVariantMap percentiles READ percentiles NOTIFY chartsChanged) ///< {p50, p95, p99} in seconds
    /// [{name, answered, total}], the largest first, at most 12
    Q_PROPERTY(QVariantList byGroup READ byGroup NOTIFY chartsChanged)
    Q_PROPERTY(int byGroupMore READ byGroupMore NOTIFY chartsChanged) ///< groups besides these
    Q_PROPERTY(QString byGroupKey READ byGroupKey NOTIFY chartsChanged)
    /// Of all groups, while they are listed: group, answered, total, missing.
    Q_PROPERTY(muster::TableModel *groups READ groups CONSTANT)
    Q_PROPERTY(bool groupsListed READ groupsListed WRITE setGroupsListed NOTIFY groupsListedChanged)

public:
    /// What a run that goes on says of itself.
    struct Progress {
        query::Tally tally;
        bool cancelled = false;
        double seconds = 0, perSecond = 0;
    };

    explicit QueryResults(QObject *parent = nullptr);
    ~QueryResults() override;

    TableModel *table() const;
    QString tab() const;
    void setTab(const QString &tab);
    bool filled() const;
    QString run() const;
    QString source() const;
    QString question() const;
    QDateTime at() const;
    QString fleet() const;
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
    RejectedListModel *rejected() const;
    int rejectedListed() const;
    double elapsedSeconds() const;
    int repliesPerSecond() const;
    QVariantList histogram() const;
    double histogramMs() const;
    QVariantMap percentiles() const;
    QVariantList byGroup() const;
    int byGroupMore() const;
    QString byGroupKey() const;
    TableModel *groups() const;
    bool groupsListed() const;
    void setGroupsListed(bool listed);

    const query::RunRecord &record() const;

    /// The columns of a question that was not asked yet.
    void layOut(const query::Composition &question);
    /// A new question: the rows go, what the operator did to the columns stays. `groupKey` is what byGroup
    /// counts by, of `groupTotals` where the roster is known beforehand.
    void begin(query::RunRecord record, std::string groupKey,
               std::map<std::string, std::int64_t> groupTotals);
    /// The same once more: the rows stay.
    void beginAgain(query::RunRecord record, std::map<std::string, std::int64_t> groupTotals);
    void setProgress(const Progress &progress);
    void setProblem(const QString &problem); ///< kept with the run
    /// The latest messages that were no answer, newest last, of `count` so far.
    void setRejected(const std::vector<protocol::Reject> &latest, std::int64_t count);
    std::int64_t rejectedNoted() const; ///< `count` of the last time
    /// On a worker; `times` are the response times so far, in milliseconds.
    void chart(std::vector<float> times);
    void showPast(query::KeptRun run);
    void clear();

Q_SIGNALS:
    void tabChanged();
    void askedChanged();
    void progressChanged();
    void chartsChanged();
    void groupsListedChanged();
    void rejectedChanged();

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace muster
