// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/query_results.h"

#include "query/charts.h"
#include "query/latest_job.h"
#include "query/query_library.h"
#include "query/query_text.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace muster {
namespace {

using query::Outcome;

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

filter::Expression rowsOf(const QString &tab)
{
    static const std::map<QString, Outcome> outcomes{{QStringLiteral("errors"), Outcome::Error},
                                                     {QStringLiteral("silent"), Outcome::Silent},
                                                     {QStringLiteral("offline"), Outcome::Offline},
                                                     {QStringLiteral("empty"), Outcome::Empty},
                                                     {QStringLiteral("waiting"), Outcome::Waiting}};
    const auto found = outcomes.find(tab);
    return found == outcomes.end() ? outcomeIs(query::name(Outcome::Answered), query::unexpectedName)
                                   : outcomeIs(query::name(found->second));
}

} // namespace

struct QueryResults::Private {
    explicit Private(QueryResults *owner) : q(owner), table("device"), job(owner) {}

    QueryResults *q;
    TableModel table;
    query::RunRecord record;
    bool filled = false;
    Progress progress;
    QString tab = QStringLiteral("results");
    QStringList laidOut, selected; // the columns of the run before, and which of them were asked for
    bool laidOutEverything = false;
    query::Source laidOutSource = query::Source::Fleet;
    std::string laidOutSubject;
    struct KeptLayout {
        QByteArray columns;
        QStringList selected;
    };
    std::map<std::pair<query::Source, bool>, KeptLayout>
        layouts; // of each source; of all its fields, of some
    std::string groupKey;
    std::map<std::string, std::int64_t> groupTotals;
    query::Charts charts;
    LatestJob<query::Charts> job;

    bool isErrorShown() const { return tab == QLatin1String("errors"); }

    void showTab()
    {
        table.setBaseFilter(rowsOf(tab));
        table.setColumnVisible(QStringLiteral("error"), isErrorShown());
    }

    static constexpr int errorWidth = 236; ///< a device's words are a sentence

    QList<ColumnLayout> columnsOf(const query::Composition &question) const
    {
        QList<ColumnLayout> columns;
        const auto add = [&columns](const QString &name, const QString &title, int priority,
                                    bool visible = true, int width = 0) {
            const bool there =
                std::any_of(columns.begin(), columns.end(),
                            [&name](const ColumnLayout &column) { return column.name == name; });
            if (!there)
                columns.append({name, title, visible, width, priority});
        };
        const QStringList select = query::strings(question.select);
        const auto addSelected = [&add, &select] {
            for (const QString &field : select)
                add(field, field, 1);
        };
        switch (question.source) {
        case query::Source::Fleet:
            add(QStringLiteral("device"), tr("Device"), 0);
            add(QStringLiteral("error"), tr("Error"), 0, isErrorShown(), errorWidth);
            add(QStringLiteral("site"), tr("Site"), 4);
            addSelected();
            break;
        case query::Source::Services:
            add(QStringLiteral("device"), tr("Instance"), 0);
            add(QStringLiteral("error"), tr("Error"), 0, isErrorShown(), errorWidth);
            addSelected();
            if (select.isEmpty()) {
                for (const char *field : {"service", "version", "endpoint", "subject", "num_requests",
                                          "num_errors", "average_processing_time_ms"})
                    add(QString::fromLatin1(field), QString::fromLatin1(field), 1);
                for (const char *field : {"last_error", "processing_time_ms", "queue_group", "started",
                                          "description", "instance"})
                    add(QString::fromLatin1(field), QString::fromLatin1(field), 5, false);
            }
            break;
        case query::Source::Subject:
            add(QStringLiteral("device"), tr("No."), 0);
            add(QStringLiteral("error"), tr("Error"), 0, isErrorShown(), errorWidth);
            addSelected();
            break;
        }
        for (const QString &field : query::strings(question.groupBy))
            add(field, field, 3, false); // its values are in the headings
        add(QStringLiteral("reply_ms"), tr("Reply"), 2);
        add(QStringLiteral("late"), tr("Late"), 5, false);
        add(QStringLiteral("outcome"), tr("Outcome"), 5, false);
        return columns;
    }

    /// What the operator did to the columns of the run before stays.
    void layOut(const query::Composition &question)
    {
        const QList<ColumnLayout> columns = columnsOf(question);
        QStringList names;
        for (const ColumnLayout &column : columns)
            names.append(column.name);
        const QStringList select = query::strings(question.select);
        const bool everything = select.isEmpty() && question.source != query::Source::Services;
        const bool otherAnswers =
            question.source != laidOutSource ||
            (question.source == query::Source::Subject && question.subject != laidOutSubject);
        if (names != laidOut || everything != laidOutEverything || selected != select || otherAnswers) {
            // Asking for everything shows columns that asking for some hides: such a layout is another one.
            if (!laidOut.isEmpty())
                layouts[{laidOutSource, laidOutEverything}] = {table.saveLayout(), selected};
            if (otherAnswers)
                table.takeTable(table::Table("device")); // its columns are those of the answers before
            table.setColumns(columns, everything);
            if (const auto kept = layouts.find({question.source, everything}); kept != layouts.end()) {
                table.restoreLayout(kept->second.columns);
                for (const QString &field : select) {
                    if (!kept->second.selected.contains(field))
                        table.setColumnVisible(field, true); // hidden until now, as a group's or nobody's
                }
            }
            laidOut = names;
            laidOutEverything = everything;
            laidOutSource = question.source;
            laidOutSubject = question.subject;
            selected = select;
        }
        table.setColumnVisible(QStringLiteral("error"), isErrorShown());
        table.setGroupBy(query::strings(question.groupBy));
        table.setAggregates(query::strings(question.aggregates));
    }

    void forgetCharts()
    {
        job.drop();
        charts = {};
        Q_EMIT q->chartsChanged();
    }

    int count(Outcome outcome) const { return static_cast<int>(progress.tally.of(outcome)); }
};

QueryResults::QueryResults(QObject *parent) : QObject(parent), d(std::make_unique<Private>(this))
{
    d->showTab();
}

QueryResults::~QueryResults() = default;

TableModel *QueryResults::table() const
{
    return &d->table;
}

QString QueryResults::tab() const
{
    return d->tab;
}

void QueryResults::setTab(const QString &tab)
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

bool QueryResults::filled() const
{
    return d->filled;
}

QString QueryResults::run() const
{
    return QString::fromStdString(d->record.id);
}

QString QueryResults::source() const
{
    const std::string_view source = query::name(d->record.question.source);
    return QString::fromLatin1(source.data(), static_cast<qsizetype>(source.size()));
}

QString QueryResults::question() const
{
    return questionText(d->record.question);
}

double QueryResults::deadlineMs() const
{
    return d->record.question.deadlineMs;
}

QDateTime QueryResults::at() const
{
    return d->filled ? QDateTime::fromMSecsSinceEpoch(d->record.at.millis()) : QDateTime();
}

QString QueryResults::fleet() const
{
    return query::shown(d->record.fleet);
}

bool QueryResults::cancelled() const
{
    return d->progress.cancelled;
}

int QueryResults::answered() const
{
    return d->count(Outcome::Answered);
}

int QueryResults::empty() const
{
    return d->count(Outcome::Empty);
}

int QueryResults::errors() const
{
    return d->count(Outcome::Error);
}

int QueryResults::silent() const
{
    return d->count(Outcome::Silent);
}

int QueryResults::offline() const
{
    return d->count(Outcome::Offline);
}

int QueryResults::waiting() const
{
    return d->count(Outcome::Waiting);
}

int QueryResults::rosterSize() const
{
    return static_cast<int>(d->progress.tally.sum());
}

int QueryResults::unexpected() const
{
    return static_cast<int>(d->progress.tally.unexpected);
}

int QueryResults::lateCount() const
{
    return static_cast<int>(d->progress.tally.late);
}

int QueryResults::rejectedCount() const
{
    return static_cast<int>(d->progress.tally.rejected);
}

double QueryResults::elapsedSeconds() const
{
    return d->progress.seconds;
}

int QueryResults::repliesPerSecond() const
{
    return static_cast<int>(std::lround(d->progress.perSecond));
}

QVariantList QueryResults::histogram() const
{
    QVariantList list;
    for (const std::int64_t count : d->charts.bins)
        list.append(static_cast<int>(count));
    return list;
}

double QueryResults::histogramMs() const
{
    return d->record.question.deadlineMs;
}

QVariantMap QueryResults::percentiles() const
{
    if (d->charts.p50 < 0)
        return {};
    return {{QStringLiteral("p50"), d->charts.p50 / 1000},
            {QStringLiteral("p95"), d->charts.p95 / 1000},
            {QStringLiteral("p99"), d->charts.p99 / 1000}};
}

QVariantList QueryResults::byGroup() const
{
    QVariantList list;
    for (const query::Charts::Group &group : d->charts.groups) {
        list.append(
            QVariantMap{{QStringLiteral("name"), group.name.empty() ? tr("none") : query::shown(group.name)},
                        {QStringLiteral("answered"), static_cast<int>(group.answered)},
                        {QStringLiteral("total"), static_cast<int>(group.total)}});
    }
    return list;
}

QString QueryResults::byGroupKey() const
{
    return query::shown(d->groupKey);
}

const query::RunRecord &QueryResults::record() const
{
    return d->record;
}

void QueryResults::layOut(const query::Composition &question)
{
    d->layOut(question);
}

void QueryResults::begin(query::RunRecord record, std::string groupKey,
                         std::map<std::string, std::int64_t> groupTotals)
{
    d->table.clearRows();
    d->layOut(record.question);
    d->groupKey = std::move(groupKey);
    d->progress = {};
    d->forgetCharts();
    beginAgain(std::move(record), std::move(groupTotals));
}

void QueryResults::beginAgain(query::RunRecord record, std::map<std::string, std::int64_t> groupTotals)
{
    d->record = std::move(record);
    d->groupTotals = std::move(groupTotals);
    d->filled = true;
    Q_EMIT askedChanged();
}

void QueryResults::setProgress(const Progress &progress)
{
    d->progress = progress;
    d->record.tally = progress.tally;
    d->record.cancelled = progress.cancelled;
    d->record.seconds = progress.seconds;
    Q_EMIT progressChanged();
}

void QueryResults::setProblem(const QString &problem)
{
    d->record.problem = problem.toStdString();
}

void QueryResults::chart(std::vector<float> times)
{
    query::ChartSpec spec;
    spec.longestMs = histogramMs();
    spec.groupBy = d->groupKey;
    spec.totals = d->groupTotals;
    spec.countInstances = d->record.question.source == query::Source::Services;
    d->job.start(
        [times = std::move(times), spec, snapshot = d->table.table().snapshot()]() mutable {
            return query::chart(std::move(times), *snapshot, spec);
        },
        [this](query::Charts charts) {
            d->charts = std::move(charts);
            Q_EMIT chartsChanged();
        });
}

void QueryResults::showPast(query::KeptRun run)
{
    const query::RunRecord &record = run.record;
    setTab(QStringLiteral("results"));
    d->table.setQuickFilter({});
    begin(record, record.question.groupBy.empty() ? std::string() : record.question.groupBy.front(), {});
    d->table.takeTable(std::move(run.table));
    setProgress({record.tally, record.cancelled, record.seconds, 0});
    query::ChartSpec spec;
    spec.longestMs = histogramMs();
    spec.groupBy = d->groupKey;
    spec.countInstances = record.question.source == query::Source::Services;
    d->job.start(
        [spec, snapshot = d->table.table().snapshot()] {
            return query::chart(query::keptTimes(*snapshot), *snapshot, spec);
        },
        [this](query::Charts charts) {
            d->charts = std::move(charts);
            Q_EMIT chartsChanged();
        });
}

void QueryResults::clear()
{
    d->table.clearRows();
    d->record = {};
    d->progress = {};
    d->filled = false;
    d->forgetCharts();
    Q_EMIT askedChanged();
    Q_EMIT progressChanged();
}

} // namespace muster
