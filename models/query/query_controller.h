// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "presence/fleet_controller.h"
#include "query/query_comparison.h"
#include "query/query_composer.h"
#include "query/query_document.h"
#include "query/query_history.h"
#include "query/query_library.h"
#include "query/query_results.h"
#include "query/query_watch.h"

#include <QObject>

#include <memory>

namespace muster {

/// The Query page: asks what its composer says, once or again and again, and keeps every run that ended. A
/// run is kept when it ends, and once more when late answers came or the silent were asked again; of a watch,
/// the latest round, at most once a minute and when it ends. GUI thread.
class QueryController : public QObject {
    Q_OBJECT
    Q_PROPERTY(muster::QueryComposer *composer READ composer CONSTANT)
    Q_PROPERTY(muster::QueryDocument *document READ document CONSTANT)
    Q_PROPERTY(muster::QueryLibrary *library READ library CONSTANT)
    Q_PROPERTY(muster::QueryHistory *history READ history CONSTANT)
    Q_PROPERTY(muster::QueryComparison *comparison READ comparison CONSTANT)
    Q_PROPERTY(muster::QueryWatch *watch READ watch CONSTANT)
    Q_PROPERTY(muster::QueryResults *live READ live CONSTANT) ///< of the run under way, or the last
    Q_PROPERTY(muster::QueryResults *past READ past CONSTANT) ///< of a run opened from the history
    Q_PROPERTY(muster::QueryResults *shown READ shown NOTIFY shownChanged) ///< one of these two
    Q_PROPERTY(bool showsPast READ showsPast NOTIFY shownChanged)
    Q_PROPERTY(bool canRun READ canRun NOTIFY readyChanged)
    Q_PROPERTY(QString cannotRunReason READ cannotRunReason NOTIFY readyChanged)
    Q_PROPERTY(bool running READ running NOTIFY progressChanged) ///< a watch runs until it is stopped
    Q_PROPERTY(bool asking READ asking NOTIFY progressChanged)   ///< answers are waited for
    Q_PROPERTY(bool canAskAgain READ canAskAgain NOTIFY progressChanged)
    Q_PROPERTY(QString cannotAskAgainReason READ cannotAskAgainReason NOTIFY progressChanged)
    Q_PROPERTY(bool canAskPastAgain READ canAskPastAgain NOTIFY readyChanged)
    Q_PROPERTY(QString cannotAskPastAgainReason READ cannotAskPastAgainReason NOTIFY readyChanged)
    /// Of what is shown: why it could not be asked, or what kept answers away, and what to do; else empty.
    Q_PROPERTY(QString problem READ problem NOTIFY progressChanged)

public:
    /// `fleet` outlives it. Saved queries and past runs are in `databaseFile`.
    QueryController(FleetController *fleet, const QString &databaseFile, QObject *parent = nullptr);
    ~QueryController() override;

    QueryComposer *composer() const;
    QueryDocument *document() const;
    QueryLibrary *library() const;
    QueryHistory *history() const;
    QueryComparison *comparison() const;
    QueryWatch *watch() const;
    QueryResults *live() const;
    QueryResults *past() const;
    QueryResults *shown() const;
    bool showsPast() const;
    bool canRun() const;
    QString cannotRunReason() const;
    bool running() const;
    bool asking() const;
    bool canAskAgain() const;
    QString cannotAskAgainReason() const;
    bool canAskPastAgain() const;
    QString cannotAskPastAgainReason() const;
    QString problem() const;

    /// `name` is what the history calls the fleet.
    void setLink(std::shared_ptr<nats::Connection> connection, const Subjects &subjects,
                 const QString &domain = {}, const QString &name = {}, const QString &operatorName = {});
    void setLinkUp(bool up);
    /// Read only: nothing goes to a subject of the operator's choice.
    void setReadOnly(bool readOnly);

    Q_INVOKABLE void run();
    Q_INVOKABLE void cancel(); ///< ends a watch as well
    Q_INVOKABLE void askSilentAgain();
    Q_INVOKABLE void showLive();
    Q_INVOKABLE void openPast(const QString &run);
    /// Composes what was asked then, and asks it now. What was composed is put aside; see QueryDocument.
    Q_INVOKABLE void askPastAgain();

Q_SIGNALS:
    void shownChanged();
    void readyChanged();
    void progressChanged();
    void pastNotOpened(const QString &message);

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace muster
