// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/table_model.h"

#include "table/syntax_text.h"
#include "table/table_model_p.h"

#include <algorithm>

namespace muster {

using table::Kind;
using table::noRow;
using table::RowId;

namespace {

std::optional<table::Aggregate> parseAggregate(const QString &text)
{
    const QString trimmed = text.trimmed();
    const auto space = trimmed.indexOf(u' ');
    const std::string name = trimmed.left(space < 0 ? trimmed.size() : space).toStdString();
    const auto function = table::functionFromName(name);
    if (!function || (space < 0 && *function != table::Function::Count))
        return {};
    return table::Aggregate{*function,
                            space < 0 ? std::string() : trimmed.mid(space + 1).trimmed().toStdString()};
}

QVariantMap syntaxResult(const Result<filter::Expression, filter::SyntaxError> &parsed)
{
    QVariantMap result = parsed ? QVariantMap() : syntaxText(parsed.error());
    result.insert(QStringLiteral("ok"), parsed.ok());
    return result;
}

} // namespace

TableModel::Private::Private(TableModel *model, std::string_view keyColumn)
    : q(model),
      table(keyColumn),
      columnList(new ColumnListModel(model))
{
    settleTimer.setSingleShot(true);
    // An evaluation, the one it took over from while that notices, an export, and a search that waits for
    // none.
    pool.setMaxThreadCount(4);
}

TableModel::Private::~Private()
{
    dropEvaluation();
    if (exporting.cancel)
        exporting.cancel->store(true);
    for (const auto &cancel : {copying, finding}) {
        if (cancel)
            cancel->store(true);
    }
    pool.waitForDone();
}

TableModel::TableModel(std::string_view keyColumn, QObject *parent)
    : QAbstractTableModel(parent),
      d(std::make_unique<Private>(this, keyColumn))
{
    connect(&d->settleTimer, &QTimer::timeout, this, [this] { d->settle(); });
    d->discoverColumns();
}

TableModel::~TableModel() = default;

const table::Table &TableModel::table() const
{
    return d->table;
}

void TableModel::apply(table::Batch &batch)
{
    if (batch.isEmpty())
        return;
    const table::Change change = d->table.apply(batch, d->rounds.get());
    const bool hadSelection = d->selectedCount > 0;
    const int selectedBefore = d->selectedCount;
    if (d->frozen) {
        // What is on screen stays; the rows that left are taken off when it goes on.
        d->removedWhilePaused.insert(d->removedWhilePaused.end(), change.removed.begin(),
                                     change.removed.end());
        for (const RowId row : change.removed)
            d->setSelected(row, false);
    } else {
        d->placesAreValid = d->placesAreValid && change.firstNew == noRow;
        d->note(change);
        d->removeGone(change.removed);
        if (change.newColumns) {
            d->leaveOutClocks();
            d->discoverColumns();
        }
        if (d->kindsChanged()) {
            if (!d->lines.empty())
                d->announceAll(0, static_cast<int>(d->shown.size()) - 1, {});
            if (!d->shown.empty())
                Q_EMIT headerDataChanged(Qt::Horizontal, 0, static_cast<int>(d->shown.size()) - 1);
            Q_EMIT columnsChanged();
        } else {
            d->announceCells(change);
            if (change.newColumns)
                Q_EMIT columnsChanged();
        }
        d->scheduleSettling();
        d->announceCounts();
    }
    d->announceRound();
    if (hadSelection && d->selectedCount != selectedBefore)
        Q_EMIT selectionChanged();
}

void TableModel::clearRows()
{
    d->startAfresh({});
}

void TableModel::takeTable(table::Table table)
{
    d->startAfresh(std::move(table));
    d->knownColumns = 0;
    d->discoverColumns();
    Q_EMIT columnsChanged();
    d->evaluateNow();
}

/// Without a table, the one there is loses its rows.
void TableModel::Private::startAfresh(std::optional<table::Table> next)
{
    dropEvaluation();
    settleTimer.stop();
    q->beginResetModel();
    // What is let go of, a million rows' memory, is given back elsewhere.
    if (next) {
        pool.start([old = std::make_shared<table::Table>(std::exchange(table, std::move(*next)))]() mutable {
            old.reset();
        });
    } else {
        pool.start([rows = table.snapshot()]() mutable { rows.reset(); });
        table.clear();
    }
    const bool wasPaused = frozen != nullptr;
    const bool wasWatched = rounds != nullptr;
    const bool wasChangedOnly = std::exchange(changedOnly, false);
    frozen.reset();
    frozenMarks.reset();
    rounds.reset();
    changedBefore.reset();
    view = {};
    lines.clear();
    lineage.flatten(nullptr, nullptr);
    lineage.dropUnused();
    placesAreValid = false;
    gone.clear();
    hasGone = false;
    removedDuringEvaluation.clear();
    removedWhilePaused.clear();
    pending = {};
    sinceEvaluation.invalidate();
    sinceInsertion.invalidate();
    const bool hadSelection = selectedCount > 0;
    selected.clear();
    selectedCount = 0;
    selectedUpTo.clear();
    anchor = {};
    const bool hadCurrent = std::exchange(current, {}).at >= 0;
    resolveColumns();
    q->endResetModel();
    if (hadCurrent)
        Q_EMIT q->currentRowChanged();
    if (wasPaused)
        Q_EMIT q->pausedChanged();
    if (wasWatched)
        Q_EMIT q->watchedChanged();
    if (wasChangedOnly)
        Q_EMIT q->changedOnlyChanged();
    setBusy(false);
    announceCounts();
    announceRound();
    if (hadSelection)
        Q_EMIT q->selectionChanged();
}

void TableModel::setBaseFilter(const filter::Expression &filter)
{
    d->baseFilter = filter;
    d->evaluateNow();
}

void TableModel::tick()
{
    if (d->frozen)
        return;
    for (std::size_t i = 0; i < d->shown.size(); ++i) {
        if (d->shown[i].kind == Kind::Age)
            d->announceAll(static_cast<int>(i), static_cast<int>(i), {Qt::DisplayRole});
    }
}

table::ViewSpec TableModel::spec() const
{
    return d->spec();
}

int TableModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(d->lines.size());
}

int TableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(d->shown.size());
}

int TableModel::rowTotal() const
{
    return static_cast<int>(d->totalRows());
}

int TableModel::rowShown() const
{
    return static_cast<int>(d->shownRows());
}

bool TableModel::busy() const
{
    return d->busy;
}

bool TableModel::paused() const
{
    return d->frozen != nullptr;
}

void TableModel::setPaused(bool paused)
{
    if (paused == (d->frozen != nullptr))
        return;
    if (paused) {
        d->settleTimer.stop();
        d->frozen = d->table.snapshot();
        if (d->rounds)
            d->frozenMarks = d->rounds->marks();
        Q_EMIT pausedChanged();
        return;
    }
    d->frozen.reset();
    d->frozenMarks.reset();
    d->placesAreValid = false;
    const std::vector<RowId> removed = std::exchange(d->removedWhilePaused, {});
    d->dropEvaluation();
    d->removeGone(removed);
    d->discoverColumns();
    d->kindsChanged();
    if (!d->shown.empty())
        d->announceAll(0, static_cast<int>(d->shown.size()) - 1, {});
    d->evaluateNow(Private::Mover::Data);
    d->announceCounts();
    d->announceRound();
    Q_EMIT columnsChanged();
    Q_EMIT pausedChanged();
    if (!removed.empty())
        Q_EMIT selectionChanged();
}

QString TableModel::quickFilter() const
{
    return d->quickFilter;
}

void TableModel::setQuickFilter(const QString &text)
{
    if (text == d->quickFilter)
        return;
    d->quickFilter = text;
    Q_EMIT quickFilterChanged();
    d->evaluateNow();
}

QString TableModel::expression() const
{
    return d->expression;
}

QVariantMap TableModel::setExpression(const QString &text)
{
    const auto parsed = filter::Expression::parse(text.toStdString());
    if (parsed && text != d->expression) {
        d->filter = *parsed;
        d->expression = text;
        Q_EMIT expressionChanged();
        d->evaluateNow();
    }
    return syntaxResult(parsed);
}

QStringList TableModel::groupBy() const
{
    return d->groupBy;
}

void TableModel::setGroupBy(const QStringList &columns)
{
    constexpr int deepest = 3;
    QStringList wanted;
    for (const QString &column : columns) {
        if (!wanted.contains(column) && wanted.size() < deepest)
            wanted.append(column);
    }
    if (wanted == d->groupBy)
        return;
    d->groupBy = wanted;
    d->lineage.clear();
    Q_EMIT groupByChanged();
    d->evaluateNow();
}

QStringList TableModel::aggregates() const
{
    QStringList texts;
    for (const table::Aggregate &aggregate : d->aggregates)
        texts.append(aggregateText(aggregate));
    return texts;
}

void TableModel::setAggregates(const QStringList &aggregates)
{
    std::vector<table::Aggregate> parsed;
    for (const QString &text : aggregates) {
        if (auto aggregate = parseAggregate(text))
            parsed.push_back(std::move(*aggregate));
    }
    const auto same = [](const auto &a, const auto &b) {
        return a.function == b.function && a.column == b.column;
    };
    if (std::equal(parsed.begin(), parsed.end(), d->aggregates.begin(), d->aggregates.end(), same))
        return;
    d->aggregates = std::move(parsed);
    d->resolveColumns();
    Q_EMIT aggregatesChanged();
    d->evaluateNow();
}

QVariantList TableModel::sortKeys() const
{
    QVariantList keys;
    for (const table::SortKey &key : d->sort)
        keys.append(QVariantMap{{QStringLiteral("column"), QString::fromStdString(key.column)},
                                {QStringLiteral("descending"), key.descending}});
    return keys;
}

ColumnListModel *TableModel::columnList() const
{
    return d->columnList;
}

int TableModel::sortDirection(int column) const
{
    const int rank = sortRank(column);
    return rank <= 0 ? -1 : d->sort[static_cast<std::size_t>(rank - 1)].descending ? 1 : 0;
}

int TableModel::sortRank(int column) const
{
    const std::string name = columnName(column).toStdString();
    for (std::size_t i = 0; i < d->sort.size() && !name.empty(); ++i) {
        if (d->sort[i].column == name)
            return static_cast<int>(i) + 1;
    }
    return 0;
}

void TableModel::sortByColumn(int column, bool additive)
{
    const std::string name = columnName(column).toStdString();
    if (name.empty())
        return;
    const int direction = sortDirection(column);
    if (!additive)
        std::erase_if(d->sort, [&name](const auto &key) { return key.column != name; });
    const auto key =
        std::find_if(d->sort.begin(), d->sort.end(), [&name](const auto &k) { return k.column == name; });
    if (direction < 0)
        d->sort.push_back({name, false});
    else if (direction == 0)
        key->descending = true;
    else
        d->sort.erase(key);
    if (!d->shown.empty())
        Q_EMIT headerDataChanged(Qt::Horizontal, 0, columnCount() - 1);
    Q_EMIT sortChanged();
    Q_EMIT layoutEdited();
    d->evaluateNow();
}

int TableModel::countMatching(const QString &expression) const
{
    const auto parsed = filter::Expression::parse(expression.toStdString());
    if (!parsed)
        return -1;
    table::ViewSpec spec;
    spec.filter = *parsed;
    const auto view = table::evaluate(*d->table.snapshot(), spec);
    return static_cast<int>(view->rows.size());
}

} // namespace muster
