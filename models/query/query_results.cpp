// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/query_results.h"

#include "query/charts.h"
#include "query/latest_job.h"
#include "query/query_library.h"
#include "query/query_text.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <utility>

namespace muster {
namespace {

using query::Outcome;

constexpr qsizetype drawnGroups = 12;

/// What each tab is called, and the outcome of its rows where they have one.
const std::map<QString, std::optional<Outcome>> &tabs()
{
    static const std::map<QString, std::optional<Outcome>> all{
        {QStringLiteral("results"), Outcome::Answered}, {QStringLiteral("errors"), Outcome::Error},
        {QStringLiteral("silent"), Outcome::Silent},    {QStringLiteral("offline"), Outcome::Offline},
        {QStringLiteral("empty"), Outcome::Empty},      {QStringLiteral("waiting"), Outcome::Waiting},
        {QStringLiteral("all"), std::nullopt},          {QStringLiteral("late"), std::nullopt},
        {QStringLiteral("unexpected"), std::nullopt}};
    return all;
}

filter::Expression rowsOf(const QString &tab)
{
    const auto outcomeIs = [](std::string_view name) {
        return filter::Expression::equals("outcome", Value(std::string(name)));
    };
    if (const std::optional<Outcome> outcome = tabs().at(tab))
        return outcomeIs(query::name(*outcome));
    if (tab == QLatin1String("unexpected"))
        return outcomeIs(query::unexpectedName);
    if (tab == QLatin1String("late"))
        return filter::Expression::both(filter::Expression::equals("late", Value(true)), query::ofRoster());
    return query::ofRoster();
}

} // namespace

struct QueryResults::Private {
    explicit Private(QueryResults *owner) : q(owner), table("device"), job(owner), groups("key")
    {
        groups.setColumns({{QStringLiteral("group"), QueryResults::tr("Group"), true, 240, 0},
                           {QStringLiteral("answered"), QueryResults::tr("Answered"), true, 0, 0},
                           {QStringLiteral("total"), QueryResults::tr("Roster"), true, 0, 0},
                           {QStringLiteral("missing"), QueryResults::tr("Missing"), true, 0, 0}},
                          false);
    }

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
    std::map<std::pair<QString, QString>, bool> chosen; // of a tab and a column that depends on it: visible
    std::string groupKey;
    std::map<std::string, std::int64_t> groupTotals;
    query::Charts charts;
    LatestJob<query::Charts> job;
    TableModel groups;
    std::set<std::string> groupsShown; // keys of its rows
    bool groupsListed = false;
    RejectedListModel rejected;
    std::int64_t rejectedBefore = 0; // how many had come when they were listed

    static const QStringList &columnsOfTabs()
    {
        static const QStringList names{QStringLiteral("error"), QStringLiteral("late"),
                                       QStringLiteral("outcome")};
        return names;
    }

    /// Before the operator chooses otherwise: what is the same in all rows, or in none, is no column.
    bool isWanted(const QString &column) const
    {
        if (column == QLatin1String("error"))
            return tab == QLatin1String("errors");
        if (column == QLatin1String("late"))
            return progress.tally.late > 0;
        return !tabs().at(tab);
    }

    bool isVisible(const QString &column) const
    {
        for (int i = 0; i < table.columnCount(); ++i) {
            if (table.columnName(i) == column)
                return true;
        }
        return false;
    }

    void rememberColumns()
    {
        for (const QString &column : columnsOfTabs()) {
            if (const bool visible = isVisible(column); visible != isWanted(column))
                chosen[{tab, column}] = visible;
            else
                chosen.erase({tab, column});
        }
    }

    void showColumns()
    {
        for (const QString &column : columnsOfTabs()) {
            const auto own = chosen.find({tab, column});
            table.setColumnVisible(column, own != chosen.end() ? own->second : isWanted(column));
        }
    }

    void follow(const Progress &now)
    {
        const bool otherColumns = (now.tally.late > 0) != (progress.tally.late > 0);
        if (otherColumns)
            rememberColumns();
        progress = now;
        if (otherColumns)
            showColumns();
    }

    /// A file says of each row how it came about, also where on screen the tab says it.
    void showTab()
    {
        table.setBaseFilter(rowsOf(tab));
        table.setExportedToo(tabs().at(tab)
                                 ? QStringList{QStringLiteral("outcome")}
                                 : QStringList{QStringLiteral("outcome"), QStringLiteral("error")});
        showColumns();
    }

    static constexpr int errorWidth = 236; ///< a device's words are a sentence
    static constexpr int outcomeWidth = 112;

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
            add(QStringLiteral("outcome"), tr("Outcome"), 0, false, outcomeWidth);
            add(QStringLiteral("error"), tr("Error"), 0, false, errorWidth);
            add(QStringLiteral("site"), tr("Site"), 4);
            addSelected();
            break;
        case query::Source::Services:
            add(QStringLiteral("device"), tr("Instance"), 0);
            add(QStringLiteral("outcome"), tr("Outcome"), 0, false, outcomeWidth);
            add(QStringLiteral("error"), tr("Error"), 0, false, errorWidth);
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
            add(QStringLiteral("outcome"), tr("Outcome"), 0, false, outcomeWidth);
            add(QStringLiteral("error"), tr("Error"), 0, false, errorWidth);
            addSelected();
            break;
        }
        for (const QString &field : query::strings(question.groupBy))
            add(field, field, 3, false); // its values are in the headings
        add(QStringLiteral("reply_ms"), tr("Reply"), 2);
        add(QStringLiteral("late"), tr("Late"), 2, false);
        return columns;
    }

    /// What the operator did to the columns of the run before stays.
    void layOut(const query::Composition &question)
    {
        if (filled)
            rememberColumns(); // not of a layout from the start before, which may be of another tab
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
            if (otherAnswers)
                table.takeTable(table::Table("device")); // its columns are those of the answers before
            // Asking for everything shows columns that asking for some hides: such a layout is another one.
            const std::string_view source = query::name(question.source);
            table.setColumns(columns, everything,
                             QString::fromLatin1(source.data(), static_cast<qsizetype>(source.size())) +
                                 (everything ? QStringLiteral(", everything") : QString()));
            laidOut = names;
            laidOutEverything = everything;
            laidOutSource = question.source;
            laidOutSubject = question.subject;
            selected = select;
        }
        showColumns();
        table.setGroupBy(query::strings(question.groupBy));
        table.setAggregates(query::strings(question.aggregates));
    }

    void forgetCharts()
    {
        job.drop();
        take({});
    }

    void take(query::Charts drawn)
    {
        charts = std::move(drawn);
        if (groupsListed)
            listGroups();
        Q_EMIT q->chartsChanged();
    }

    QString groupName(const std::string &name) const
    {
        return name.empty() ? QueryResults::tr("none") : query::shown(name);
    }

    void listGroups()
    {
        table::Batch batch;
        std::set<std::string> now;
        for (const query::Charts::Group &group : charts.groups) {
            const std::string name = groupName(group.name).toStdString();
            const std::vector<protocol::Field> row{{"group", std::string_view(name)},
                                                   {"answered", group.answered},
                                                   {"total", group.total},
                                                   {"missing", group.total - group.answered}};
            const std::string key = "=" + group.name; // one without a value has a row as well
            batch.upsert(key, row);
            now.insert(key);
        }
        for (const std::string &key : groupsShown) {
            if (!now.contains(key))
                batch.remove(key);
        }
        groupsShown = std::move(now);
        groups.apply(batch);
    }

    /// Those of the record.
    void listRejected()
    {
        std::vector<presence::Rejected> entries;
        for (auto message = record.rejected.rbegin(); message != record.rejected.rend(); ++message)
            entries.push_back({{}, message->reject, message->at.micros});
        rejected.setEntries(std::move(entries));
        Q_EMIT q->rejectedChanged();
    }

    void beginRejected()
    {
        rejectedBefore = 0;
        rejected.setEntries({}); // it would take those of the same moments for the same
        listRejected();
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
    if (tab == d->tab || tabs().find(tab) == tabs().end())
        return;
    d->rememberColumns();
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

RejectedListModel *QueryResults::rejected() const
{
    return &d->rejected;
}

int QueryResults::rejectedListed() const
{
    return d->rejected.rowCount();
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
        if (list.size() >= drawnGroups)
            break;
        list.append(QVariantMap{{QStringLiteral("name"), d->groupName(group.name)},
                                {QStringLiteral("answered"), static_cast<int>(group.answered)},
                                {QStringLiteral("total"), static_cast<int>(group.total)}});
    }
    return list;
}

int QueryResults::byGroupMore() const
{
    return std::max(0, static_cast<int>(d->charts.groupCount) - static_cast<int>(drawnGroups));
}

QString QueryResults::byGroupKey() const
{
    return query::shown(d->groupKey);
}

TableModel *QueryResults::groups() const
{
    return &d->groups;
}

bool QueryResults::groupsListed() const
{
    return d->groupsListed;
}

void QueryResults::setGroupsListed(bool listed)
{
    if (std::exchange(d->groupsListed, listed) == listed)
        return;
    if (listed)
        d->listGroups();
    Q_EMIT groupsListedChanged();
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
    d->follow({});
    d->forgetCharts();
    beginAgain(std::move(record), std::move(groupTotals));
}

void QueryResults::beginAgain(query::RunRecord record, std::map<std::string, std::int64_t> groupTotals)
{
    d->record = std::move(record);
    d->beginRejected();
    d->groupTotals = std::move(groupTotals);
    d->filled = true;
    Q_EMIT askedChanged();
}

void QueryResults::setProgress(const Progress &progress)
{
    d->follow(progress);
    d->record.tally = progress.tally;
    d->record.cancelled = progress.cancelled;
    d->record.seconds = progress.seconds;
    Q_EMIT progressChanged();
}

void QueryResults::setProblem(const QString &problem)
{
    d->record.problem = problem.toStdString();
}

void QueryResults::setRejected(const std::vector<protocol::Reject> &latest, std::int64_t count)
{
    std::vector<query::RejectedMessage> &held = d->record.rejected;
    const auto listed = static_cast<std::int64_t>(latest.size());
    const auto fresh = std::clamp<std::int64_t>(count - d->rejectedBefore, 0, listed);
    const auto known = std::min(static_cast<std::int64_t>(held.size()), listed - fresh);
    d->rejectedBefore = count;
    held.erase(held.begin(), held.end() - known);
    std::int64_t now = UtcTime::now().micros;
    if (!held.empty())
        now = std::max(now, held.back().at.micros + 1); // each has a moment of its own
    for (auto i = held.size(); i < latest.size(); ++i)
        held.push_back({latest[i], UtcTime{now++}});
    d->listRejected();
}

std::int64_t QueryResults::rejectedNoted() const
{
    return d->rejectedBefore;
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
        [this](query::Charts charts) { d->take(std::move(charts)); });
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
        [this](query::Charts charts) { d->take(std::move(charts)); });
}

void QueryResults::clear()
{
    d->table.clearRows();
    d->follow({});
    d->record = {};
    d->filled = false;
    d->forgetCharts();
    d->beginRejected();
    Q_EMIT askedChanged();
    Q_EMIT progressChanged();
}

} // namespace muster
