// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/query_controller.h"

#include "query/latest_job.h"
#include "query/live_query.h"
#include "query/query_text.h"
#include "query/reply_pairs.h"
#include "query/round.h"
#include "query/seen_fields.h"

#include <QElapsedTimer>
#include <QThreadPool>
#include <QTimer>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace muster {
namespace {

using query::sentence;

constexpr int frameMs = 25;
constexpr int chartMs = 250;        // between two looks at all response times
constexpr int keepWatchMs = 60'000; // between two rounds of a watch that are kept
constexpr int lateMs = 11'000;      // after the end nothing is late any more

/// All that a round asks, as it was composed when it was first asked.
struct Ask {
    query::Composition composition;
    query::Question fleet;
    query::ServiceQuestion services;
    query::SubjectQuestion subject;
    std::string groupKey;
};

/// A question that was put, or why it was not.
struct Started {
    std::unique_ptr<query::Run> run;
    std::weak_ptr<nats::Connection> over;
    QString problem;
    std::map<std::string, std::int64_t> groupTotals; // the roster's devices
    std::vector<std::string> gone;                   // rows of the earlier round that are not on the roster
};

std::map<std::string, std::int64_t> countGroups(const query::Plan &plan, const std::string &key)
{
    std::map<std::string, std::int64_t> totals;
    const auto at = std::find(plan.known.begin(), plan.known.end(), key);
    const auto column = static_cast<std::size_t>(at - plan.known.begin());
    for (const query::Expected &expected : plan.roster) {
        const std::vector<Value> &known = expected.known;
        ++totals[column < known.size() ? toText(view(known[column])) : std::string()];
    }
    return totals;
}

template <typename T>
void take(Started &started, Result<std::unique_ptr<T>> run)
{
    if (run)
        started.run = std::move(*run);
    else
        started.problem =
            QueryController::tr("The question could not be asked: %1").arg(sentence(run.error()));
}

} // namespace

struct QueryController::Private {
    Private(QueryController *owner, FleetController *theFleet, const QString &databaseFile)
        : q(owner),
          fleet(theFleet),
          composer(theFleet),
          library(databaseFile),
          history(databaseFile),
          document(&composer, &library),
          comparison(&history),
          startJob(owner),
          mergeJob(owner),
          seenJob(owner)
    {
    }

    QueryController *q;
    FleetController *fleet;
    QueryComposer composer;
    QueryLibrary library;
    QueryHistory history;
    QueryDocument document;
    QueryComparison comparison;
    QueryWatch watch;
    QueryResults live, past;
    bool showsPast = false;
    int wantedPast = 0; // what the history was asked to open; 0: nothing

    std::shared_ptr<nats::Connection> connection;
    Subjects subjects;
    QString fleetName;
    bool linkUp = false, readOnly = false;

    Ask ask;
    std::unique_ptr<query::Run> query;
    std::weak_ptr<nats::Connection> askedOver;
    /// Of a watched source whose rows have to be compared at the end: this round's. Those of late answers
    /// join them until the next.
    std::optional<table::Table> round;
    bool isSettled = false; // all of this round is in the table
    QTimer frame, clock, keepLate;
    QElapsedTimer lastChart, lastKept;
    query::Tally keptTally;
    bool asking = false, cancelWhenStarted = false, isKept = true;
    std::int64_t goneRows = 0;
    qsizetype rowsBefore = 0;
    QString problem, pastProblem;
    bool troubled = false; ///< problem is one that the query told of
    LatestJob<Started> startJob;
    LatestJob<query::RoundChanges> mergeJob;
    LatestJob<std::vector<query::SeenField>> seenJob;
    QThreadPool goners; // runs whose end takes a while

    bool isRepeat() const { return watch.active() && watch.round() > 1; }

    void compose()
    {
        ask.composition = composer.composition();
        ask.fleet = composer.question();
        ask.services = composer.serviceQuestion();
        ask.subject = composer.subjectQuestion();
        ask.groupKey = composer.groupKey();
    }

    /// On a worker, as the roster may be a million: freezes it, and asks.
    void start()
    {
        problem.clear();
        troubled = false;
        asking = true;
        cancelWhenStarted = false;
        std::shared_ptr<const table::Snapshot> before;
        if (isRepeat())
            before = live.table()->table().snapshot();
        startJob.start(
            [planner = query::Planner(fleet->devices()->table(), fleet->labelNames()), what = ask,
             link = connection, to = subjects, before,
             onProgress =
                 [this] {
                     QMetaObject::invokeMethod(
                         q, [this] { wake(); }, Qt::QueuedConnection);
                 }] {
                Started started;
                started.over = link;
                switch (what.composition.source) {
                case query::Source::Services:
                    take(started, query::ServiceQuery::start(link, what.services, onProgress));
                    return started;
                case query::Source::Subject:
                    take(started, query::SubjectQuery::start(link, what.subject, onProgress));
                    return started;
                case query::Source::Fleet:
                    break;
                }
                Result<query::Plan> plan = planner.plan(what.fleet, to);
                if (!plan) {
                    started.problem = sentence(plan.error());
                    return started;
                }
                started.groupTotals = countGroups(*plan, what.groupKey);
                if (before) {
                    plan->repeat = true;
                    started.gone = query::notOnRoster(*before, *plan);
                }
                take(started, query::LiveQuery::start(link, std::move(*plan), onProgress));
                return started;
            },
            [this](Started started) { begin(std::move(started)); });
    }

    void begin(Started started)
    {
        problem = started.problem;
        if (!started.run) {
            asking = query && !query->finished();
            if (watch.active() && watch.round() == 1)
                watch.stop();
            else if (watch.active())
                watch.endRound({});
            Q_EMIT q->progressChanged();
            Q_EMIT q->readyChanged();
            return;
        }
        if (!isRepeat() && query && !mergeJob.busy()) {
            takeAnswers(); // what came late while this one was made ready
            keepIfNew();
        }
        if (query)
            goners.start([gone = std::shared_ptr<query::Run>(std::move(query))] {});
        query = std::move(started.run);
        askedOver = started.over;
        beginResults(std::move(started));
        isKept = false;
        lastChart.invalidate();
        clock.start();
        if (!linkUp)
            query->noteLinkDown();
        if (cancelWhenStarted)
            query->cancel();
        drain();
        Q_EMIT q->readyChanged();
    }

    void beginResults(Started started)
    {
        query::RunRecord record;
        record.id = isRepeat() ? live.record().id : query->id();
        record.at = UtcTime::now();
        record.fleet = fleetName.isEmpty() ? subjects.root() : fleetName.toStdString();
        if (!document.edited())
            record.name = document.name().toStdString();
        record.question = ask.composition;
        record.round = watch.active() ? watch.round() : 0;
        mergeJob.drop();
        round.reset();
        isSettled = false;
        if (!isRepeat()) {
            live.begin(std::move(record), ask.groupKey, std::move(started.groupTotals));
            return;
        }
        live.table()->beginRound(record.at.micros);
        live.beginAgain(std::move(record), std::move(started.groupTotals));
        rowsBefore = live.table()->rowTotal();
        goneRows = static_cast<std::int64_t>(started.gone.size());
        if (ask.composition.source != query::Source::Fleet) {
            round.emplace("device");
            return;
        }
        table::Batch removed;
        for (const std::string &device : started.gone)
            removed.remove(device);
        live.table()->apply(removed);
    }

    /// What there is, with the tally of the same moment. Whether it brought rows.
    bool takeAnswers()
    {
        bool any = false;
        const query::Tally tally = query->drainAll([this, &any](table::Batch &batch) {
            any = any || !batch.isEmpty();
            if (round)
                round->apply(batch);
            else
                live.table()->apply(batch);
        });
        live.setProgress({tally, query->cancelled(), static_cast<double>(query->elapsedMs()) / 1000,
                          query->repliesPerSecond()});
        if (tally.rejected != live.rejectedNoted()) {
            std::vector<protocol::Reject> latest = query->recentRejected();
            if (query->tally().rejected == tally.rejected) // else there is a next look
                live.setRejected(latest, tally.rejected);
        }
        return any;
    }

    void drain()
    {
        if (!query || startJob.busy())
            return;
        if (mergeJob.busy()) { // what comes meanwhile waits
            wake();
            return;
        }
        // Asked first: of a run that is over, all is taken then.
        const bool finished = query->finished();
        const bool any = takeAnswers();
        if (const Error trouble = query->trouble(); !trouble.message.empty()) {
            problem = query::sentence(trouble);
            live.setProblem(problem);
            troubled = true;
        } else if (std::exchange(troubled, false)) { // it came to nothing: all answered
            problem.clear();
            live.setProblem(problem);
        }
        if (asking == finished) {
            asking = !finished;
            lastChart.invalidate();
            if (asking) {
                clock.start();
            } else {
                clock.stop();
                composer.countSoon(0);
                ended();
            }
        } else if (finished && round && any) {
            merge();
        }
        chart();
        Q_EMIT q->progressChanged();
        Q_EMIT q->readyChanged();
    }

    void ended()
    {
        if (round)
            merge();
        else
            settled(goneRows);
    }

    void merge()
    {
        const bool areReplies = ask.composition.source == query::Source::Subject;
        mergeJob.start(
            [before = live.table()->table().snapshot(), after = round->snapshot(), areReplies] {
                return query::roundChanges(
                    *before, areReplies ? *query::pairReplies(*before, *after).snapshot() : *after);
            },
            [this](query::RoundChanges changes) {
                live.table()->apply(changes.batch);
                if (!isSettled)
                    settled(changes.gone);
                drain();
            });
    }

    /// All that this round brought is in the table.
    void settled(std::int64_t gone)
    {
        isSettled = true;
        if (watch.active()) {
            QueryWatch::Changes changes;
            if (watch.round() > 1) {
                changes.cells = live.table()->changedCells();
                changes.rows = live.table()->changedRows();
                changes.gone = gone;
                changes.added = std::max<qint64>(0, live.table()->rowTotal() - (rowsBefore - gone));
            }
            watch.endRound(changes);
            if (!lastKept.isValid() || lastKept.elapsed() >= keepWatchMs)
                keep();
        } else {
            keep();
        }
        keepLate.start(lateMs);
        seenJob.start([answers = live.table()->table().snapshot()] { return query::seenFields(*answers); },
                      [this, source = ask.composition.source](std::vector<query::SeenField> fields) {
                          composer.addSeen(source, std::move(fields));
                      });
    }

    void keep()
    {
        isKept = true;
        keptTally = live.record().tally;
        lastKept.start();
        history.keep(live.record(), live.table()->table().snapshot());
    }

    /// What came since it was kept, or all of it.
    void keepIfNew()
    {
        if (!live.filled() || (query && !query->finished()))
            return;
        if (!isKept || keptTally.counts != live.record().tally.counts ||
            keptTally.unexpected != live.record().tally.unexpected ||
            keptTally.rejected != live.record().tally.rejected)
            keep();
    }

    void chart()
    {
        if (lastChart.isValid() && lastChart.elapsed() < chartMs) {
            if (!clock.isActive())
                frame.start(chartMs); // the last answers are drawn as well
            return;
        }
        lastChart.start();
        live.chart(query->responseTimes());
    }

    void wake()
    {
        if (!frame.isActive())
            frame.start(frameMs);
    }

    void show(bool thePast)
    {
        pastProblem.clear();
        if (showsPast == thePast)
            return;
        showsPast = thePast;
        Q_EMIT q->shownChanged();
        Q_EMIT q->readyChanged();
        Q_EMIT q->progressChanged();
    }

    /// What keeps a question of this source from being asked, whatever it says.
    QString obstacle(query::Source source) const
    {
        if (!connection)
            return QueryController::tr("There is no connection. Connect to a fleet first.");
        if (!linkUp)
            return QueryController::tr("The link is down: nobody can be asked until it is back.");
        if (readOnly && source == query::Source::Subject)
            return QueryController::tr(
                "This connection is read only: what a subject of your choice would do is not known.");
        if (source == query::Source::Fleet && fleet->loading())
            return QueryController::tr("The fleet is still being read.");
        return {};
    }

    void complain(const QString &reason) { (showsPast ? pastProblem : problem) = reason; }
};

QueryController::QueryController(FleetController *fleet, const QString &databaseFile, QObject *parent)
    : QObject(parent),
      d(std::make_unique<Private>(this, fleet, databaseFile))
{
    d->compose();
    d->live.layOut(d->ask.composition);
    d->frame.setSingleShot(true);
    connect(&d->frame, &QTimer::timeout, this, [this] { d->drain(); });
    d->clock.setInterval(100);
    connect(&d->clock, &QTimer::timeout, this, [this] { d->drain(); });
    d->keepLate.setSingleShot(true);
    connect(&d->keepLate, &QTimer::timeout, this, [this] { d->keepIfNew(); });
    connect(&d->composer, &QueryComposer::changed, this, [this] {
        const bool isSame = d->ask.composition.source == d->composer.kind();
        if (isSame || !d->live.filled()) { // answers of another source have other fields
            d->live.table()->setGroupBy(d->composer.groupBy());
            d->live.table()->setAggregates(d->composer.aggregates());
        }
        Q_EMIT readyChanged();
    });
    connect(&d->composer, &QueryComposer::counted, this, &QueryController::readyChanged);
    connect(fleet, &FleetController::activeChanged, this, &QueryController::readyChanged);
    connect(&d->watch, &QueryWatch::due, this, [this] {
        d->watch.beginRound();
        d->start();
        Q_EMIT progressChanged();
    });
    connect(&d->history, &QueryHistory::opened, this,
            [this](const std::shared_ptr<PastRun> &past, int request) {
                if (d->comparison.take(past, request) || request != d->wantedPast)
                    return; // or nobody waits for it any more
                d->wantedPast = 0;
                d->past.showPast(std::move(*past));
                d->show(true);
            });
    connect(&d->history, &QueryHistory::notOpened, this, [this](const QString &message, int request) {
        if (d->comparison.takeFailure(message, request) || request != d->wantedPast)
            return;
        d->wantedPast = 0;
        Q_EMIT pastNotOpened(message);
    });
}

QueryController::~QueryController()
{
    d->keepIfNew();
}

QueryComposer *QueryController::composer() const
{
    return &d->composer;
}

QueryDocument *QueryController::document() const
{
    return &d->document;
}

QueryLibrary *QueryController::library() const
{
    return &d->library;
}

QueryHistory *QueryController::history() const
{
    return &d->history;
}

QueryComparison *QueryController::comparison() const
{
    return &d->comparison;
}

QueryWatch *QueryController::watch() const
{
    return &d->watch;
}

QueryResults *QueryController::live() const
{
    return &d->live;
}

QueryResults *QueryController::past() const
{
    return &d->past;
}

QueryResults *QueryController::shown() const
{
    return d->showsPast ? &d->past : &d->live;
}

bool QueryController::showsPast() const
{
    return d->showsPast;
}

bool QueryController::canRun() const
{
    return cannotRunReason().isEmpty();
}

QString QueryController::cannotRunReason() const
{
    if (running())
        return tr("A query is under way.");
    const QString obstacle = d->obstacle(d->composer.kind());
    return obstacle.isEmpty() ? d->composer.incomplete() : obstacle;
}

bool QueryController::running() const
{
    return d->asking || d->watch.active();
}

bool QueryController::asking() const
{
    return d->asking;
}

bool QueryController::canAskAgain() const
{
    return !d->showsPast && cannotAskAgainReason().isEmpty();
}

QString QueryController::cannotAskAgainReason() const
{
    if (running())
        return tr("A query is under way.");
    if (!d->query || d->live.silent() == 0)
        return tr("Nobody was silent.");
    const query::Source source = d->ask.composition.source;
    if (source == query::Source::Subject)
        return tr("A subject does not tell who is silent. Run the question again.");
    if (d->connection && d->askedOver.lock() != d->connection)
        return tr("They were asked over a connection that is closed. Run the question again.");
    return d->obstacle(source);
}

bool QueryController::canAskPastAgain() const
{
    return d->showsPast && cannotAskPastAgainReason().isEmpty();
}

QString QueryController::cannotAskPastAgainReason() const
{
    if (running())
        return tr("A query is under way.");
    return d->obstacle(d->past.record().question.source);
}

QString QueryController::problem() const
{
    if (!d->showsPast)
        return d->problem;
    return d->pastProblem.isEmpty() ? query::shown(d->past.record().problem) : d->pastProblem;
}

void QueryController::setLink(std::shared_ptr<nats::Connection> connection, const Subjects &subjects,
                              const QString &domain, const QString &name, const QString &operatorName)
{
    if (d->connection != connection) {
        cancel(); // nobody of that fleet can answer here
        d->composer.forgetSeen();
    }
    d->connection = std::move(connection);
    d->subjects = subjects;
    d->fleetName = name;
    d->linkUp = d->connection && d->connection->state() == nats::State::Connected;
    d->composer.setSubjects(subjects);
    d->library.setLink(d->connection, subjects, domain, operatorName);
    d->library.setLinkUp(d->linkUp);
    d->watch.setLinkUp(d->linkUp);
    Q_EMIT readyChanged();
    Q_EMIT progressChanged();
}

void QueryController::setLinkUp(bool up)
{
    if (d->linkUp == up)
        return;
    d->linkUp = up;
    if (!up && d->query)
        d->query->noteLinkDown();
    d->library.setLinkUp(up);
    d->watch.setLinkUp(up);
    d->composer.countSoon(0);
    Q_EMIT readyChanged();
    Q_EMIT progressChanged();
}

void QueryController::setReadOnly(bool readOnly)
{
    d->readOnly = readOnly;
    Q_EMIT readyChanged();
}

void QueryController::run()
{
    if (const QString reason = cannotRunReason(); !reason.isEmpty()) {
        d->complain(reason);
    } else {
        showLive();
        d->compose();
        d->goneRows = 0;
        if (d->ask.composition.watchSeconds > 0)
            d->watch.start(d->ask.composition.watchSeconds);
        d->lastKept.invalidate();
        d->start();
    }
    Q_EMIT progressChanged();
    Q_EMIT readyChanged();
}

void QueryController::cancel()
{
    const bool watched = d->watch.active();
    d->watch.stop();
    if (d->startJob.busy()) {
        d->cancelWhenStarted = true;
    } else if (d->query) {
        d->query->cancel();
        d->drain();
        if (watched)
            d->keepIfNew();
    }
    Q_EMIT progressChanged();
    Q_EMIT readyChanged();
}

void QueryController::askSilentAgain()
{
    if (!canAskAgain() || d->startJob.busy())
        return;
    d->problem.clear();
    if (const Status asked = d->query->askSilentAgain(); !asked)
        d->problem = sentence(asked.error());
    d->keepLate.stop();
    d->drain();
}

void QueryController::showLive()
{
    d->wantedPast = 0;
    d->show(false);
    d->past.clear();
}

void QueryController::openPast(const QString &run)
{
    d->wantedPast = d->history.open(run);
}

void QueryController::askPastAgain()
{
    if (!d->showsPast)
        return;
    if (const QString reason = cannotAskPastAgainReason(); !reason.isEmpty()) {
        d->complain(reason);
        Q_EMIT progressChanged();
        return;
    }
    query::Composition question = d->past.record().question;
    question.watchSeconds = 0;
    d->document.replace(question);
    showLive();
    run();
}

} // namespace muster
