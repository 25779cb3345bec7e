// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/query_comparison.h"

#include "query/latest_job.h"
#include "query/query_library.h"
#include "query/query_text.h"
#include "query/reply_pairs.h"
#include "table/columns.h"

#include <QDateTime>
#include <QHash>
#include <QLocale>
#include <QVector>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

namespace muster {
namespace {

/// New in each run by nature.
bool isOfTheRun(const std::string &column)
{
    return column == "reply_ms" || column == "late";
}

std::vector<std::string> comparedColumns(const table::Table &before, const table::Table &after)
{
    std::vector<std::string> columns;
    for (const table::Table *table : {&before, &after}) {
        for (int i = 1; i < table->columnCount(); ++i) {
            const std::string &name = table->columnName(i);
            if (!isOfTheRun(name) && std::find(columns.begin(), columns.end(), name) == columns.end())
                columns.push_back(name);
        }
    }
    return columns;
}

QString timeOf(const query::RunRecord &record)
{
    return QLocale().toString(QDateTime::fromMSecsSinceEpoch(record.at.millis()), QLocale::ShortFormat);
}

QString describe(const query::RunRecord &record)
{
    return timeOf(record) + QStringLiteral(", ") + questionText(record.question);
}

using FieldTypes = QHash<QString, table::Type>;

FieldTypes fieldTypes(const table::Snapshot &results)
{
    FieldTypes types;
    for (const table::Column &column : results.columns)
        types.insert(QString::fromStdString(column.name), column.type);
    return types;
}

struct Compared {
    table::Comparison comparison;
    FieldTypes before, after; ///< what the fields of each side are
};

Compared compared(const PastRun &before, const PastRun &after)
{
    const auto earlier = before.table.snapshot();
    auto later = after.table.snapshot();
    const auto isOfReplies = [](const PastRun &run) {
        return run.record.question.source == query::Source::Subject;
    };
    if (isOfReplies(before) && isOfReplies(after)) // they are numbered as they came
        later = query::pairReplies(*earlier, *later).snapshot();
    const std::optional<table::View> earlierRows = table::evaluate(*earlier, {});
    const std::optional<table::View> laterRows = table::evaluate(*later, {});
    std::optional<table::Comparison> compared;
    if (earlierRows && laterRows)
        compared = table::compare(*earlier, *earlierRows, *later, *laterRows,
                                  comparedColumns(before.table, after.table));
    return {compared ? std::move(*compared) : table::Comparison(), fieldTypes(*earlier), fieldTypes(*later)};
}

} // namespace

struct QueryComparison::Private {
    Private(QueryComparison *owner, QueryHistory *theHistory)
        : q(owner),
          history(theHistory),
          table("difference"),
          job(owner)
    {
    }

    QueryComparison *q;
    QueryHistory *history;
    TableModel table;
    LatestJob<Compared> job;
    std::array<int, 2> wanted{}; // of the history: the runs that are still to be opened; 0: none
    std::vector<std::shared_ptr<PastRun>> opened;
    bool active = false, isDone = false;
    QString beforeText, afterText, problem;
    bool sameQuestion = true;
    table::Comparison result;

    /// A cell is shown as the results that it comes from show its field.
    void setColumns(const FieldTypes &before, const FieldTypes &after)
    {
        const QString field = QStringLiteral("field");
        table.setColumns(
            {{QStringLiteral("device"), muster::QueryComparison::tr("Device"), true, 0, 0},
             {QStringLiteral("before"), muster::QueryComparison::tr("Before"), true, 220, 1, field, before},
             {QStringLiteral("after"), muster::QueryComparison::tr("After"), true, 220, 1, field, after},
             {field, muster::QueryComparison::tr("Field"), false, 0, 2},
             {QStringLiteral("change"), muster::QueryComparison::tr("Change"), false, 0, 2},
             {QStringLiteral("difference"), muster::QueryComparison::tr("Difference"), false, 0, 5}},
            false);
    }

    int *find(int request)
    {
        const auto awaited = std::find(wanted.begin(), wanted.end(), request);
        return request == 0 || awaited == wanted.end() ? nullptr : &*awaited;
    }

    void work()
    {
        if (opened.front()->record.at > opened.back()->record.at)
            std::swap(opened.front(), opened.back());
        const std::shared_ptr<PastRun> before = opened.front();
        const std::shared_ptr<PastRun> after = opened.back();
        opened.clear();
        beforeText = describe(before->record);
        afterText = describe(after->record);
        sameQuestion = query::asksTheSame(before->record.question, after->record.question);
        Q_EMIT q->changed();
        job.start([before, after] { return compared(*before, *after); },
                  [this](Compared compared) {
                      result = std::move(compared.comparison);
                      table.clearRows();
                      setColumns(compared.before, compared.after);
                      table.apply(result.differences);
                      isDone = true;
                      Q_EMIT q->changed();
                  });
    }

    int shown(std::int64_t count) const { return isDone ? static_cast<int>(count) : 0; }
};

QueryComparison::QueryComparison(QueryHistory *history, QObject *parent)
    : QObject(parent),
      d(std::make_unique<Private>(this, history))
{
    d->setColumns({}, {});
    d->table.setGroupBy({QStringLiteral("change"), QStringLiteral("field")});
}

QueryComparison::~QueryComparison() = default;

TableModel *QueryComparison::table() const
{
    return &d->table;
}

bool QueryComparison::active() const
{
    return d->active;
}

bool QueryComparison::busy() const
{
    return d->active && !d->isDone && d->problem.isEmpty();
}

QString QueryComparison::beforeText() const
{
    return d->beforeText;
}

QString QueryComparison::afterText() const
{
    return d->afterText;
}

bool QueryComparison::sameQuestion() const
{
    return d->sameQuestion;
}

int QueryComparison::added() const
{
    return d->shown(d->result.added);
}

int QueryComparison::gone() const
{
    return d->shown(d->result.gone);
}

int QueryComparison::changedRows() const
{
    return d->shown(d->result.changedRows);
}

int QueryComparison::changedCells() const
{
    return d->shown(d->result.changedCells);
}

int QueryComparison::same() const
{
    return d->shown(d->result.same);
}

QString QueryComparison::problem() const
{
    return d->problem;
}

void QueryComparison::compare(const QString &run, const QString &other)
{
    close();
    if (run.isEmpty() || other.isEmpty() || run == other)
        return;
    d->active = true;
    for (const QString &each : {run, other}) {
        const std::optional<query::RunRecord> record = d->history->record(each);
        if (record && !record->resultsKept)
            d->problem =
                tr("The results of the run of %1 are gone: only its question was kept.").arg(timeOf(*record));
    }
    if (d->problem.isEmpty())
        d->wanted = {d->history->open(run), d->history->open(other)};
    Q_EMIT changed();
}

void QueryComparison::close()
{
    d->job.drop();
    d->wanted = {};
    d->opened.clear();
    d->table.clearRows();
    d->beforeText.clear();
    d->afterText.clear();
    d->problem.clear();
    d->active = false;
    d->isDone = false;
    Q_EMIT changed();
}

bool QueryComparison::take(const std::shared_ptr<PastRun> &past, int request)
{
    int *awaited = d->find(request);
    if (!awaited)
        return false;
    *awaited = 0;
    d->opened.push_back(past);
    if (d->opened.size() == 2)
        d->work();
    return true;
}

bool QueryComparison::takeFailure(const QString &message, int request)
{
    if (!d->find(request))
        return false;
    d->wanted = {};
    d->opened.clear();
    d->problem = message;
    Q_EMIT changed();
    return true;
}

} // namespace muster
