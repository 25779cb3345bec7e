// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/query_controller.h"

#include "query/charts.h"
#include "query/latest_job.h"
#include "query/live_query.h"
#include "query/plan.h"
#include "query/query_text.h"

#include <QElapsedTimer>
#include <QThreadPool>
#include <QTimer>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace muster {
namespace {

using query::sentence;
using query::shown;

constexpr int frameMs = 25;
constexpr int chartMs = 250; // between two looks at all response times

filter::Expression outcomeIs(std::string_view first, std::string_view second = {})
{
    filter::Expression one = filter::Expression::equals("outcome", Value(std::string(first)));
    if (second.empty())
        return one;
    auto either = std::make_shared<filter::Node>();
    either->kind = filter::Node::Kind::In;
    either->field = "outcome";
    either->literals = {{Value(std::string(first)), {}}, {Value(std::string(second)), {}}};
    return filter::Expression(std::move(either));
}

/// A question that was put, or why it was not.
struct Started {
    std::unique_ptr<query::Run> run;
    QString problem;
    std::string groupKey;
    std::map<std::string, std::int64_t> groupTotals; // the roster's devices
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

} // namespace

struct QueryController::Private {
    Private(QueryController *owner, FleetController *theFleet)
        : q(owner),
          fleet(theFleet),
          composer(theFleet),
          results("device"),
          startJob(owner),
          chartJob(owner)
    {
    }

    QueryController *q;
    FleetController *fleet;
    QueryComposer composer;
    std::shared_ptr<nats::Connection> connection;
    Subjects subjects;
    bool linkUp = false;

    TableModel results;
    std::unique_ptr<query::Run> query;
    table::Batch batch;
    QTimer frame, clock;
    QElapsedTimer lastChart;
    query::Tally tally;
    query::Composition asked; // by the run under way, or the last
    bool running = false, cancelWhenStarted = false;
    LatestJob<Started> startJob;
    QThreadPool goners; // runs whose end takes a while
    QString problem;
    QString tab = QStringLiteral("results");
    QStringList laidOut, selected; // the columns of the run before, and which of them were asked for
    bool laidOutEverything = false;
    query::Charts charts;
    LatestJob<query::Charts> chartJob;
    double histogramMs = 2000;
    std::string groupKey;
    std::map<std::string, std::int64_t> groupTotals;

    void showTab()
    {
        filter::Expression shownRows =
            outcomeIs(query::name(query::Outcome::Answered), query::unexpectedName);
        if (tab == QLatin1String("errors"))
            shownRows = outcomeIs(query::name(query::Outcome::Error));
        else if (tab == QLatin1String("silent"))
            shownRows = outcomeIs(query::name(query::Outcome::Silent));
        else if (tab == QLatin1String("offline"))
            shownRows = outcomeIs(query::name(query::Outcome::Offline));
        else if (tab == QLatin1String("empty"))
            shownRows = outcomeIs(query::name(query::Outcome::Empty));
        else if (tab == QLatin1String("waiting"))
            shownRows = outcomeIs(query::name(query::Outcome::Waiting));
        results.setBaseFilter(shownRows);
        results.setColumnVisible(QStringLiteral("error"), tab == QLatin1String("errors"));
    }

    void layOut()
    {
        QList<ColumnLayout> columns;
        const auto add = [&columns](const QString &name, const QString &title, int priority,
                                    bool visible = true) {
            const bool there =
                std::any_of(columns.begin(), columns.end(),
                            [&name](const ColumnLayout &column) { return column.name == name; });
            if (!there)
                columns.append({name, title, visible, 0, priority});
        };
        add(QStringLiteral("device"), tr("Device"), 0);
        add(QStringLiteral("error"), tr("Error"), 0, tab == QLatin1String("errors"));
        add(QStringLiteral("site"), tr("Site"), 4);
        for (const QString &field : query::strings(asked.select))
            add(field, field, 1);
        for (const QString &field : query::strings(asked.groupBy))
            add(field, field, 3, false); // its values are in the headings
        add(QStringLiteral("reply_ms"), tr("Reply"), 2);
        add(QStringLiteral("late"), tr("Late"), 5, false);
        add(QStringLiteral("outcome"), tr("Outcome"), 5, false);
        keepLayout(columns);
        results.setColumnVisible(QStringLiteral("error"), tab == QLatin1String("errors"));
        results.setGroupBy(composer.groupBy());
        results.setAggregates(composer.aggregates());
    }

    /// What the operator did to the columns of the run before stays.
    void keepLayout(const QList<ColumnLayout> &columns)
    {
        QStringList names;
        for (const ColumnLayout &column : columns)
            names.append(column.name);
        const QStringList select = query::strings(asked.select);
        const bool everything = select.isEmpty();
        if (names == laidOut && everything == laidOutEverything && selected == select)
            return;
        // Asking for everything shows columns that asking for some hides: such a layout is another one.
        const bool keep = !laidOut.isEmpty() && everything == laidOutEverything;
        const QByteArray kept = keep ? results.saveLayout() : QByteArray();
        results.setColumns(columns, everything);
        if (keep)
            results.restoreLayout(kept);
        for (const QString &field : select) {
            if (keep && !selected.contains(field))
                results.setColumnVisible(field, true); // hidden until now, as a group's or nobody's
        }
        laidOut = names;
        laidOutEverything = everything;
        selected = select;
    }

    void drain()
    {
        if (!query || startJob.busy())
            return;
        if (query->drain(batch))
            results.apply(batch);
        tally = query->tally();
        const bool finished = query->finished();
        if (running != !finished) {
            running = !finished;
            if (running) {
                clock.start();
            } else {
                clock.stop();
                composer.countSoon(0);
            }
            lastChart.invalidate();
        }
        if (const std::string why = query->problem(); !why.empty())
            problem = shown(why);
        chart();
        Q_EMIT q->progressChanged();
    }

    void chart()
    {
        if (lastChart.isValid() && lastChart.elapsed() < chartMs) {
            if (!clock.isActive())
                frame.start(chartMs); // the last answers are drawn as well
            return;
        }
        lastChart.start();
        chartJob.start(
            [times = query->responseTimes(), longest = histogramMs, snapshot = results.table().snapshot(),
             key = groupKey, totals = groupTotals]() mutable {
                return query::chart(std::move(times), longest, *snapshot, key, totals);
            },
            [this](query::Charts drawn) {
                charts = std::move(drawn);
                Q_EMIT q->chartsChanged();
            });
    }

    /// On a worker, as the roster may be a million: freezes it, and asks.
    void start()
    {
        problem.clear();
        asked = composer.composition();
        running = true;
        cancelWhenStarted = false;
        startJob.start(
            [planner = query::Planner(fleet->devices()->table(), fleet->labelNames()),
             question = composer.question(), link = connection, to = subjects, key = composer.groupKey(),
             onProgress =
                 [this] {
                     QMetaObject::invokeMethod(
                         q, [this] { wake(); }, Qt::QueuedConnection);
                 }] {
                Started started;
                started.groupKey = key;
                Result<query::Plan> plan = planner.plan(question, to);
                if (!plan) {
                    started.problem = sentence(plan.error());
                    return started;
                }
                started.groupTotals = countGroups(*plan, key);
                Result<std::unique_ptr<query::LiveQuery>> run =
                    query::LiveQuery::start(link, std::move(*plan), onProgress);
                if (run)
                    started.run = std::move(*run);
                else
                    started.problem = tr("The question could not be asked: %1").arg(sentence(run.error()));
                return started;
            },
            [this](Started started) { begin(std::move(started)); });
    }

    void begin(Started started)
    {
        problem = started.problem;
        if (!started.run) {
            running = query && !query->finished();
            Q_EMIT q->progressChanged();
            Q_EMIT q->readyChanged();
            return;
        }
        if (query)
            goners.start([gone = std::shared_ptr<query::Run>(std::move(query))] {});
        query = std::move(started.run);
        groupKey = std::move(started.groupKey);
        groupTotals = std::move(started.groupTotals);
        results.clearRows();
        layOut();
        chartJob.drop();
        charts = {};
        histogramMs = asked.deadlineMs;
        Q_EMIT q->chartsChanged();
        lastChart.invalidate();
        clock.start();
        if (!linkUp)
            query->noteLinkDown();
        if (cancelWhenStarted)
            query->cancel();
        drain();
    }

    void wake()
    {
        if (!frame.isActive())
            frame.start(frameMs);
    }
};

QueryController::QueryController(FleetController *fleet, QObject *parent)
    : QObject(parent),
      d(std::make_unique<Private>(this, fleet))
{
    d->asked = d->composer.composition();
    d->layOut();
    d->showTab();
    d->frame.setSingleShot(true);
    connect(&d->frame, &QTimer::timeout, this, [this] { d->drain(); });
    d->clock.setInterval(100);
    connect(&d->clock, &QTimer::timeout, this, [this] { d->drain(); });
    connect(&d->composer, &QueryComposer::changed, this, [this] {
        d->results.setGroupBy(d->composer.groupBy());
        d->results.setAggregates(d->composer.aggregates());
    });
    connect(&d->composer, &QueryComposer::counted, this, &QueryController::readyChanged);
    connect(fleet, &FleetController::activeChanged, this, &QueryController::readyChanged);
}

QueryController::~QueryController() = default;

QueryComposer *QueryController::composer() const
{
    return &d->composer;
}

bool QueryController::canRun() const
{
    return cannotRunReason().isEmpty();
}

QString QueryController::cannotRunReason() const
{
    if (d->running)
        return tr("A query is under way.");
    if (!d->connection)
        return tr("There is no connection. Connect to a fleet first.");
    if (!d->linkUp)
        return tr("The link is down: nobody can be asked until it is back.");
    if (d->fleet->loading())
        return tr("The fleet is still being read.");
    return d->composer.incomplete();
}

bool QueryController::running() const
{
    return d->running;
}

bool QueryController::hasRun() const
{
    return d->query != nullptr;
}

bool QueryController::cancelled() const
{
    return d->query && d->query->cancelled();
}

int QueryController::answered() const
{
    return static_cast<int>(d->tally.of(query::Outcome::Answered));
}

int QueryController::empty() const
{
    return static_cast<int>(d->tally.of(query::Outcome::Empty));
}

int QueryController::errors() const
{
    return static_cast<int>(d->tally.of(query::Outcome::Error));
}

int QueryController::silent() const
{
    return static_cast<int>(d->tally.of(query::Outcome::Silent));
}

int QueryController::offline() const
{
    return static_cast<int>(d->tally.of(query::Outcome::Offline));
}

int QueryController::waiting() const
{
    return static_cast<int>(d->tally.of(query::Outcome::Waiting));
}

int QueryController::rosterSize() const
{
    return static_cast<int>(d->tally.sum());
}

int QueryController::unexpected() const
{
    return static_cast<int>(d->tally.unexpected);
}

int QueryController::lateCount() const
{
    return static_cast<int>(d->tally.late);
}

int QueryController::rejectedCount() const
{
    return static_cast<int>(d->tally.rejected);
}

double QueryController::elapsedSeconds() const
{
    return d->query ? static_cast<double>(d->query->elapsedMs()) / 1000 : 0;
}

int QueryController::repliesPerSecond() const
{
    return d->query ? static_cast<int>(std::lround(d->query->repliesPerSecond())) : 0;
}

QString QueryController::problem() const
{
    return d->problem;
}

TableModel *QueryController::results() const
{
    return &d->results;
}

QString QueryController::tab() const
{
    return d->tab;
}

void QueryController::setTab(const QString &tab)
{
    static const QStringList known{QStringLiteral("results"), QStringLiteral("empty"),
                                   QStringLiteral("errors"),  QStringLiteral("silent"),
                                   QStringLiteral("offline"), QStringLiteral("waiting")};
    if (tab == d->tab || !known.contains(tab))
        return;
    d->tab = tab;
    d->showTab();
    Q_EMIT tabChanged();
}

QVariantList QueryController::histogram() const
{
    QVariantList list;
    for (const std::int64_t count : d->charts.bins)
        list.append(static_cast<int>(count));
    return list;
}

double QueryController::histogramMs() const
{
    return d->histogramMs;
}

QVariantMap QueryController::percentiles() const
{
    if (d->charts.p50 < 0)
        return {};
    return {{QStringLiteral("p50"), d->charts.p50 / 1000},
            {QStringLiteral("p95"), d->charts.p95 / 1000},
            {QStringLiteral("p99"), d->charts.p99 / 1000}};
}

QVariantList QueryController::byGroup() const
{
    QVariantList list;
    for (const query::Charts::Group &group : d->charts.groups) {
        list.append(QVariantMap{{QStringLiteral("name"), group.name.empty() ? tr("none") : shown(group.name)},
                                {QStringLiteral("answered"), static_cast<int>(group.answered)},
                                {QStringLiteral("total"), static_cast<int>(group.total)}});
    }
    return list;
}

void QueryController::setLink(std::shared_ptr<nats::Connection> connection, const Subjects &subjects)
{
    if (d->connection != connection)
        cancel(); // nobody of that fleet can answer here
    d->connection = std::move(connection);
    d->subjects = subjects;
    d->linkUp = d->connection && d->connection->state() == nats::State::Connected;
    d->composer.countSoon(0);
    Q_EMIT readyChanged();
}

void QueryController::setLinkUp(bool up)
{
    if (d->linkUp == up)
        return;
    d->linkUp = up;
    if (!up && d->query)
        d->query->noteLinkDown();
    d->composer.countSoon(0);
    Q_EMIT readyChanged();
}

void QueryController::run()
{
    if (const QString reason = cannotRunReason(); !reason.isEmpty()) {
        d->problem = reason;
    } else {
        d->start();
    }
    Q_EMIT progressChanged();
    Q_EMIT readyChanged();
}

void QueryController::cancel()
{
    if (d->startJob.busy()) {
        d->cancelWhenStarted = true;
        return;
    }
    if (!d->query)
        return;
    d->query->cancel();
    d->drain();
    Q_EMIT readyChanged();
}

void QueryController::askSilentAgain()
{
    if (!d->query || d->startJob.busy())
        return;
    d->problem.clear();
    if (const Status asked = d->query->askSilentAgain(); !asked)
        d->problem = sentence(asked.error());
    d->drain();
    Q_EMIT readyChanged();
}

} // namespace muster
