// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/table_model.h"

#include "table/cell_text.h"
#include "table/columns.h"
#include "table/table_model_p.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <set>

namespace muster {

using table::ColumnIndex;
using table::Kind;
using table::noRow;
using table::RowId;

namespace {

constexpr std::size_t rowsAtOnce = 20'000; ///< evaluated on the GUI thread: a few milliseconds
constexpr int mostDiscovered = 40;         ///< shown without being asked for; the rest waits in the chooser
constexpr std::uint32_t nowhere = ~std::uint32_t{0};
const QList<int> cellRoles = {Qt::DisplayRole, TableModel::RawRole, TableModel::ToolTipTextRole};
const QList<int> headingRoles = {Qt::DisplayRole, TableModel::RawRole, TableModel::PrefixRole,
                                 TableModel::CountRole, TableModel::ToolTipTextRole};

QString text(std::string_view utf8)
{
    return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
}

int defaultWidth(Kind kind)
{
    switch (kind) {
    case Kind::Identifier:
        return 240;
    case Kind::Time:
        return 160;
    case Kind::Text:
        return 120;
    case Kind::Presence:
    case Kind::Outcome:
        return 104;
    case Kind::Number:
    case Kind::Bytes:
    case Kind::Percent:
    case Kind::Duration:
    case Kind::Celsius:
    case Kind::Age:
    case Kind::Milliseconds:
    case Kind::Version:
    case Kind::Flag:
        return 96;
    }
    return 96;
}

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

QString aggregateText(const table::Aggregate &aggregate)
{
    const QString function = text(table::name(aggregate.function));
    return aggregate.column.empty() ? function : function + u' ' + QString::fromStdString(aggregate.column);
}

QVariantMap syntaxResult(const Result<filter::Expression, filter::SyntaxError> &parsed)
{
    if (parsed)
        return {{QStringLiteral("ok"), true},
                {QStringLiteral("column"), 0},
                {QStringLiteral("length"), 0},
                {QStringLiteral("message"), QString()},
                {QStringLiteral("expected"), QString()}};
    return {{QStringLiteral("ok"), false},
            {QStringLiteral("column"), parsed.error().column},
            {QStringLiteral("length"), parsed.error().length},
            {QStringLiteral("message"), QString::fromStdString(parsed.error().message)},
            {QStringLiteral("expected"), QString::fromStdString(parsed.error().expected)}};
}

table::Format formatOf(const QString &file)
{
    if (file.endsWith(QLatin1String(".tsv"), Qt::CaseInsensitive))
        return table::Format::Tsv;
    if (file.endsWith(QLatin1String(".jsonl"), Qt::CaseInsensitive))
        return table::Format::JsonLines;
    return table::Format::Csv;
}

} // namespace

TableModel::Private::Private(TableModel *model, std::string_view keyColumn)
    : q(model),
      table(keyColumn),
      columnList(new ColumnListModel(model))
{
    settleTimer.setSingleShot(true);
    pool.setMaxThreadCount(3); // an evaluation, the one it took over from while that notices, an export
}

TableModel::Private::~Private()
{
    dropEvaluation();
    if (exporting.cancel)
        exporting.cancel->store(true);
    pool.waitForDone();
}

// Cells

ValueView TableModel::Private::cell(RowId row, ColumnIndex column) const
{
    if (!frozen)
        return table.cell(row, column);
    const auto &columns = frozen->columns;
    return column < 0 || static_cast<std::size_t>(column) >= columns.size()
               ? ValueView()
               : columns[static_cast<std::size_t>(column)].cell(row);
}

std::size_t TableModel::Private::totalRows() const
{
    return frozen ? frozen->rowCount : table.rowCount();
}

std::size_t TableModel::Private::rowLimit() const
{
    return std::max<std::size_t>(table.rowLimit(), frozen ? frozen->rowLimit : 0);
}

std::shared_ptr<const table::Snapshot> TableModel::Private::picture() const
{
    return frozen ? frozen : table.snapshot();
}

QString TableModel::Private::keyOf(RowId row) const
{
    const ValueView key = cell(row, 0);
    const auto *held = std::get_if<std::string_view>(&key);
    return held ? text(*held) : QString();
}

// Columns

Kind TableModel::Private::kindOf(const QString &name) const
{
    const std::string column = name.toStdString();
    const ColumnIndex index = table.column(column);
    return table::fieldKind(column, index < 0 ? table::Type::Empty : table.columnType(index));
}

void TableModel::Private::resolveColumns()
{
    shown.clear();
    for (int i = 0; i < layout.size(); ++i) {
        if (!layout[i].visible)
            continue;
        const std::string name = layout[i].name.toStdString();
        Shown column;
        column.layout = i;
        column.index = table.column(name);
        column.kind = kindOf(layout[i].name);
        const auto aggregate =
            std::find_if(aggregates.begin(), aggregates.end(),
                         [&name](const auto &candidate) { return candidate.column == name; });
        if (aggregate != aggregates.end())
            column.aggregate = static_cast<int>(aggregate - aggregates.begin());
        shown.push_back(column);
    }
}

/// Follows the table's columns and types; true when a cell may look different now.
bool TableModel::Private::kindsChanged()
{
    bool changed = false;
    for (Shown &column : shown) {
        const QString &name = layout[column.layout].name;
        const Kind kind = kindOf(name);
        if (column.index < 0)
            column.index = table.column(name.toStdString());
        changed = changed || kind != column.kind;
        column.kind = kind;
    }
    return changed;
}

void TableModel::Private::discoverColumns()
{
    for (; knownColumns < table.columnCount(); ++knownColumns) {
        const QString name = QString::fromStdString(table.columnName(knownColumns));
        if (std::any_of(layout.begin(), layout.end(),
                        [&name](const auto &column) { return column.name == name; }))
            continue;
        ColumnLayout column;
        column.name = name;
        column.title = plainText(ValueView(std::string_view(table.columnName(knownColumns))), 64);
        column.visible = addDiscovered && static_cast<int>(shown.size()) < mostDiscovered;
        column.priority = static_cast<int>(layout.size());
        if (const auto known = remembered.constFind(name); known != remembered.constEnd()) {
            column.visible = known->visible;
            column.width = known->width;
        }
        const auto place = static_cast<int>(layout.size());
        columnList->beginInsertRows({}, place, place);
        if (column.visible)
            q->beginInsertColumns({}, static_cast<int>(shown.size()), static_cast<int>(shown.size()));
        layout.append(column);
        resolveColumns();
        if (column.visible)
            q->endInsertColumns();
        columnList->endInsertRows();
    }
}

void TableModel::Private::announceLayoutRow(int layoutRow, int role)
{
    const QModelIndex index = columnList->index(layoutRow);
    Q_EMIT columnList->dataChanged(index, index, {role});
}

void TableModel::Private::setVisible(int layoutRow, bool visible)
{
    if (layout[layoutRow].visible == visible)
        return;
    const auto place = static_cast<int>(std::count_if(layout.begin(), layout.begin() + layoutRow,
                                                      [](const auto &column) { return column.visible; }));
    if (visible)
        q->beginInsertColumns({}, place, place);
    else
        q->beginRemoveColumns({}, place, place);
    layout[layoutRow].visible = visible;
    resolveColumns();
    if (visible)
        q->endInsertColumns();
    else
        q->endRemoveColumns();
    announceLayoutRow(layoutRow, ColumnListModel::VisibleRole);
    Q_EMIT q->columnsChanged();
    if (!quickFilter.isEmpty())
        evaluateNow();
    // What heads a group is its first visible column's cell.
    announceRows(std::vector<int>(), 0, static_cast<int>(shown.size()) - 1, {});
}

void TableModel::Private::moveLayout(int from, int to)
{
    const bool isShown = layout[from].visible;
    const auto shownBefore = [this](int row) {
        return static_cast<int>(std::count_if(layout.begin(), layout.begin() + row,
                                              [](const auto &column) { return column.visible; }));
    };
    const int shownFrom = shownBefore(from);
    columnList->beginMoveRows({}, from, from, {}, to > from ? to + 1 : to);
    const int beforeTarget = shownBefore(to > from ? to + 1 : to);
    const bool movesOnScreen = isShown && beforeTarget != shownFrom && beforeTarget != shownFrom + 1;
    if (movesOnScreen)
        q->beginMoveColumns({}, shownFrom, shownFrom, {}, beforeTarget);
    layout.move(from, to);
    resolveColumns();
    if (movesOnScreen)
        q->endMoveColumns();
    columnList->endMoveRows();
    Q_EMIT q->columnsChanged();
}

void TableModel::Private::moveShown(int from, int to)
{
    moveLayout(shown[static_cast<std::size_t>(from)].layout, shown[static_cast<std::size_t>(to)].layout);
}

// Evaluation

table::ViewSpec TableModel::Private::spec() const
{
    table::ViewSpec spec;
    spec.filter = filter::Expression::both(baseFilter, filter);
    spec.quickText = quickFilter.toStdString();
    for (const Shown &column : shown)
        spec.quickColumns.push_back(layout[column.layout].name.toStdString());
    spec.sort = sort;
    for (const QString &name : groupBy)
        spec.groupBy.push_back(name.toStdString());
    spec.aggregates = aggregates;
    return spec;
}

void TableModel::Private::dropEvaluation()
{
    ++generation;
    if (running)
        running->cancel->store(true);
    running.reset();
}

void TableModel::Private::evaluateNow()
{
    dropEvaluation();
    pending = {};
    if (totalRows() > rowsAtOnce) {
        evaluateOnWorker();
        return;
    }
    QElapsedTimer timer;
    timer.start();
    removedDuringEvaluation.clear();
    take(*table::evaluate(*picture(), spec()));
    evaluationMillis = timer.elapsed();
}

void TableModel::Private::evaluateOnWorker()
{
    setBusy(true);
    removedDuringEvaluation.clear();
    running = Evaluation{std::make_shared<table::CancelFlag>(false), generation};
    pool.start([model = q, d = this, snapshot = picture(), spec = spec(), task = *running]() mutable {
        QElapsedTimer timer;
        timer.start();
        auto made =
            std::make_shared<std::optional<table::View>>(table::evaluate(*snapshot, spec, task.cancel.get()));
        snapshot.reset(); // here, so that the GUI thread need not copy what nobody reads any more
        if (!*made)
            return;
        const qint64 millis = timer.elapsed();
        QMetaObject::invokeMethod(
            model,
            [d, made, millis, generation = task.generation] {
                if (generation != d->generation)
                    return;
                d->running.reset();
                d->evaluationMillis = millis;
                d->take(std::move(**made));
                d->scheduleSettling();
            },
            Qt::QueuedConnection);
    });
}

void TableModel::Private::take(table::View made)
{
    view = std::move(made);
    gone.clear();
    hasGone = false;
    if (!removedDuringEvaluation.empty()) {
        gone.resize(rowLimit());
        for (const RowId row : removedDuringEvaluation)
            gone[row] = true;
        hasGone = true;
        removedDuringEvaluation.clear();
    }
    sinceEvaluation.start();
    relayout();
    setBusy(false);
    announceCounts();
}

void TableModel::Private::setBusy(bool value)
{
    if (busy == value)
        return;
    busy = value;
    Q_EMIT q->busyChanged();
}

void TableModel::Private::announceCounts()
{
    const std::size_t total = totalRows();
    const std::size_t rows = shownRows();
    if (total == announcedTotal && rows == announcedShown)
        return;
    announcedTotal = total;
    announcedShown = rows;
    Q_EMIT q->countsChanged();
}

std::size_t TableModel::Private::shownRows() const
{
    if (!hasGone)
        return view.rows.size();
    return static_cast<std::size_t>(
        std::count_if(view.rows.begin(), view.rows.end(), [this](RowId row) { return !gone[row]; }));
}

// Following batches

/// Takes down what a change means for the view.
void TableModel::Private::note(const table::Change &change)
{
    if (change.firstNew != noRow || !change.reused.empty()) {
        pending.rows = true;
        pending.firstNew = std::min(pending.firstNew, change.firstNew);
        pending.reused.insert(pending.reused.end(), change.reused.begin(), change.reused.end());
    }
    if (change.columns.empty())
        return;
    const table::ViewSpec now = spec();
    const std::vector<std::string> fields = now.filter.fields();
    for (const ColumnIndex index : change.columns) {
        const std::string &name = table.columnName(index);
        const auto isIt = [&name](const std::string &other) { return other == name; };
        if (std::any_of(fields.begin(), fields.end(), isIt) ||
            (!now.quickText.empty() && std::any_of(now.quickColumns.begin(), now.quickColumns.end(), isIt)))
            pending.members = true;
        const auto isColumn = [&name](const auto &part) { return part.column == name; };
        if (std::any_of(now.sort.begin(), now.sort.end(), isColumn) ||
            std::any_of(now.groupBy.begin(), now.groupBy.end(), isIt) ||
            (!now.groupBy.empty() && std::any_of(now.aggregates.begin(), now.aggregates.end(), isColumn)))
            pending.order = true;
    }
    // A change to existing rows only: new ones are not yet shown, and are placed by their own rule.
    if (change.changed.empty()) {
        pending.members = false;
        pending.order = false;
    }
}

void TableModel::Private::scheduleSettling()
{
    settle();
}

/// Brings the view up to date as far as it is due: new rows at most ten times a second, since each insertion
/// makes a view rebuild what it shows; re-ordering at most once a second, so that rows do not jump under the
/// pointer.
void TableModel::Private::settle()
{
    if (running || frozen || !pending.any())
        return;
    constexpr qint64 rowsInterval = 100;
    constexpr qint64 membersInterval = 250;
    constexpr qint64 orderInterval = 1000;
    constexpr qint64 share = 6; // evaluations take at most about a seventh of the time
    const auto since = [](const QElapsedTimer &timer) {
        return timer.isValid() ? timer.elapsed() : orderInterval * 60;
    };

    qint64 wait = orderInterval;
    const bool grouped = !groupBy.isEmpty();
    if (pending.order || pending.members || grouped) {
        const bool soon = (pending.rows && grouped) || !pending.order;
        const qint64 interval = std::max(soon ? membersInterval : orderInterval, share * evaluationMillis);
        const qint64 left = interval - since(sinceEvaluation);
        if (left <= 0) {
            evaluateNow();
            return;
        }
        wait = left;
    }
    if (pending.rows && !grouped) {
        const qint64 left = rowsInterval - since(sinceInsertion);
        if (left <= 0) {
            sinceInsertion.start();
            if (!insertPending()) {
                evaluateNow();
                return;
            }
            if (!pending.any())
                return;
        } else {
            wait = std::min(wait, left);
        }
    }
    settleTimer.start(static_cast<int>(wait));
}

/// Puts new rows in their places and leaves the others where they are. False when there are too many.
bool TableModel::Private::insertPending()
{
    constexpr std::size_t fewShare = 16;
    table::Change change;
    change.firstNew = pending.firstNew;
    change.reused = pending.reused;
    const std::size_t limit = table.rowLimit();
    const std::size_t count = change.reused.size() + (limit - std::min<std::size_t>(change.firstNew, limit));
    if (totalRows() > rowsAtOnce && count > totalRows() / fewShare)
        return false;
    table::update(view, *picture(), spec(), change);
    pending.rows = false;
    pending.firstNew = noRow;
    pending.reused.clear();
    relayout();
    announceCounts();
    return true;
}

/// Rows that the table no longer has leave at once: their ids may come to stand for other devices.
void TableModel::Private::removeGone(const std::vector<RowId> &removed)
{
    if (removed.empty())
        return;
    for (const RowId row : removed)
        setSelected(row, false);
    if (running)
        removedDuringEvaluation.insert(removedDuringEvaluation.end(), removed.begin(), removed.end());
    if (view.groups.empty()) {
        std::erase_if(view.rows, [&removed](RowId row) {
            return std::binary_search(removed.begin(), removed.end(), row);
        });
    } else {
        gone.resize(rowLimit());
        for (const RowId row : removed)
            gone[row] = true;
        hasGone = true;
        pending.rows = true;
    }
    relayout();
}

void TableModel::Private::announceCells(const table::Change &change)
{
    if (change.changed.empty() || lines.empty())
        return;
    int first = static_cast<int>(shown.size());
    int last = -1;
    for (std::size_t i = 0; i < shown.size(); ++i) {
        if (std::binary_search(change.columns.begin(), change.columns.end(), shown[i].index)) {
            first = std::min(first, static_cast<int>(i));
            last = std::max(last, static_cast<int>(i));
        }
    }
    if (last < 0)
        return;
    const std::vector<std::uint32_t> &at = places();
    std::vector<int> changedLines;
    changedLines.reserve(change.changed.size());
    for (const RowId row : change.changed) {
        if (row < at.size() && at[row] != nowhere)
            changedLines.push_back(static_cast<int>(at[row]));
    }
    announceRows(std::move(changedLines), first, last, cellRoles);
}

/// One range a run of lines; past a few dozen runs those that lie close together are joined, since a view
/// pays for each signal and re-reads only what is on screen. No lines: all of them.
void TableModel::Private::announceRows(std::vector<int> changed, int firstColumn, int lastColumn,
                                       const QList<int> &roles)
{
    constexpr std::size_t fewRuns = 32;
    if (lines.empty() || firstColumn > lastColumn)
        return;
    const auto announce = [&](int first, int last) {
        Q_EMIT q->dataChanged(q->index(first, firstColumn), q->index(last, lastColumn), roles);
    };
    if (changed.empty()) {
        announce(0, static_cast<int>(lines.size()) - 1);
        return;
    }
    std::sort(changed.begin(), changed.end());
    std::size_t runs = 1;
    for (std::size_t i = 1; i < changed.size(); ++i)
        runs += changed[i] > changed[i - 1] + 1 ? 1 : 0;
    const int span = changed.back() - changed.front();
    const int gap = runs <= fewRuns ? 1 : std::max(1, span / static_cast<int>(fewRuns));
    int first = changed.front();
    for (std::size_t i = 1; i <= changed.size(); ++i) {
        if (i < changed.size() && changed[i] - changed[i - 1] <= gap)
            continue;
        announce(first, changed[i - 1]);
        if (i < changed.size())
            first = changed[i];
    }
}

// Lines

const std::vector<std::uint32_t> &TableModel::Private::places() const
{
    if (!placesAreValid) {
        placesOfRows.assign(rowLimit(), nowhere);
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if (!Lines::isHeading(lines[i]))
                placesOfRows[lines[i]] = static_cast<std::uint32_t>(i);
        }
        placesAreValid = true;
    }
    return placesOfRows;
}

void TableModel::Private::relayout()
{
    const std::function<bool(RowId)> isGone = [this](RowId row) { return gone[row]; };
    std::vector<LineId> changed;
    moveTo(lineage.flatten(view, hasGone ? &isGone : nullptr, &changed));
    lineage.dropUnused();
    if (changed.empty() || shown.empty())
        return;
    const std::set<LineId> headings(changed.begin(), changed.end());
    std::vector<int> at;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (Lines::isHeading(lines[i]) && headings.contains(lines[i]))
            at.push_back(static_cast<int>(i));
    }
    if (!at.empty())
        announceRows(std::move(at), 0, static_cast<int>(shown.size()) - 1, headingRoles);
}

/// Never by a reset, nor by one signal for each of thousands of rows.
void TableModel::Private::moveTo(std::vector<LineId> target)
{
    LineSteps steps = planSteps(lines, target, rowLimit(), lineage.headingLimit());
    if (steps.removals.empty() && steps.insertions.empty() && !steps.reorders)
        return;
    if (steps.reorders)
        permute(std::move(steps.gathered));
    for (const auto &range : steps.removals) {
        const auto begin = lines.begin() + static_cast<std::ptrdiff_t>(range.first);
        q->beginRemoveRows({}, static_cast<int>(range.first),
                           static_cast<int>(range.first + range.count - 1));
        lines.erase(begin, begin + static_cast<std::ptrdiff_t>(range.count));
        placesAreValid = false;
        q->endRemoveRows();
    }
    const std::vector<LineId> &source = steps.reorders ? steps.extended : target;
    for (const auto &range : steps.insertions) {
        const auto from = source.begin() + static_cast<std::ptrdiff_t>(range.first);
        q->beginInsertRows({}, static_cast<int>(range.first),
                           static_cast<int>(range.first + range.count - 1));
        lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(range.first), from,
                     from + static_cast<std::ptrdiff_t>(range.count));
        placesAreValid = false;
        q->endInsertRows();
    }
    if (steps.reorders)
        permute(std::move(target));
}

void TableModel::Private::permute(std::vector<LineId> target)
{
    if (target == lines)
        return;
    Q_EMIT q->layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
    const QModelIndexList held = q->persistentIndexList();
    std::unordered_map<LineId, int> wanted;
    for (const QModelIndex &index : held)
        wanted.emplace(lines[static_cast<std::size_t>(index.row())], -1);
    std::vector<LineId> old = std::exchange(lines, std::move(target));
    placesAreValid = false;
    if (!wanted.empty()) {
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if (const auto found = wanted.find(lines[i]); found != wanted.end())
                found->second = static_cast<int>(i);
        }
        QModelIndexList moved;
        moved.reserve(held.size());
        for (const QModelIndex &index : held)
            moved.append(q->index(wanted[old[static_cast<std::size_t>(index.row())]], index.column()));
        q->changePersistentIndexList(held, moved);
    }
    Q_EMIT q->layoutChanged({}, QAbstractItemModel::VerticalSortHint);
}

// Selection

std::vector<RowId> TableModel::Private::rowsUnder(int line) const
{
    const LineId id = lines[static_cast<std::size_t>(line)];
    if (!Lines::isHeading(id))
        return {id};
    std::vector<RowId> rows;
    const Heading &heading = lineage.heading(id);
    if (heading.group < view.groups.size()) {
        const table::Group &group = view.groups[heading.group];
        for (std::uint32_t i = group.begin; i < group.end; ++i) {
            if (!hasGone || !gone[view.rows[i]])
                rows.push_back(view.rows[i]);
        }
    }
    return rows;
}

void TableModel::Private::setSelected(RowId row, bool value)
{
    if (isSelected(row) == value)
        return;
    if (row >= selected.size())
        selected.resize(std::max<std::size_t>(rowLimit(), row + 1));
    selected[row] = value;
    selectedCount += value ? 1 : -1;
}

void TableModel::Private::announceSelection()
{
    if (!shown.empty())
        announceRows({}, 0, static_cast<int>(shown.size()) - 1, {SelectedRole});
    Q_EMIT q->selectionChanged();
}

/// Those on screen in their order, then those that a filter hides.
std::vector<RowId> TableModel::Private::selectedRows() const
{
    std::vector<RowId> rows;
    rows.reserve(static_cast<std::size_t>(selectedCount));
    std::vector<bool> taken(selected.size());
    for (const RowId row : view.rows) {
        if (isSelected(row) && !(hasGone && gone[row])) {
            rows.push_back(row);
            taken[row] = true;
        }
    }
    for (RowId row = 0; row < selected.size(); ++row) {
        if (selected[row] && !taken[row])
            rows.push_back(row);
    }
    return rows;
}

// Cells as a delegate reads them

QVariant TableModel::Private::groupData(const Heading &heading, const Shown &column, int place,
                                        int role) const
{
    const table::Aggregate *aggregate =
        column.aggregate >= 0 && static_cast<std::size_t>(column.aggregate) < heading.aggregates.size()
            ? &aggregates[static_cast<std::size_t>(column.aggregate)]
            : nullptr;
    const bool counts = aggregate && (aggregate->function == table::Function::Count ||
                                      aggregate->function == table::Function::Distinct);
    const Kind kind = counts ? Kind::Number : column.kind;
    const ValueView total =
        aggregate ? ::muster::view(heading.aggregates[static_cast<std::size_t>(column.aggregate)])
                  : ValueView();
    const ValueView value = ::muster::view(heading.value);
    const QString by = heading.level < groupBy.size() ? groupBy[heading.level] : QString();
    switch (role) {
    case Qt::DisplayRole: {
        if (place != 0)
            return std::holds_alternative<std::monostate>(total) ? QString()
                                                                 : cellText(kind, total, UtcTime::now());
        QString what = std::holds_alternative<std::monostate>(value)
                           ? TableModel::tr("(none)")
                           : cellText(kindOf(by), value, UtcTime::now());
        if (heading.level == 0)
            return what;
        const auto title = std::find_if(layout.begin(), layout.end(),
                                        [&by](const auto &candidate) { return candidate.name == by; });
        return QString((title != layout.end() ? title->title : by) + u' ' + what);
    }
    case RawRole:
        return plainText(place == 0 ? value : total, 4096);
    case PrefixRole:
        return place != 0 && aggregate && !std::holds_alternative<std::monostate>(total)
                   ? text(table::name(aggregate->function))
                   : QString();
    case KindRole:
        return static_cast<int>(place == 0 ? Kind::Text : kind);
    case RightAlignedRole:
        return place != 0 && table::isRightAligned(column.kind);
    case GroupRole:
        return true;
    case DepthRole:
        return heading.level;
    case ExpandedRole:
        return lineage.isExpanded(heading.path);
    case CountRole:
        return static_cast<int>(heading.count);
    case SelectedRole:
        return false;
    case ToolTipTextRole: {
        if (place == 0)
            return plainText(value, 4096);
        QStringList all;
        for (std::size_t i = 0; i < aggregates.size() && i < heading.aggregates.size(); ++i) {
            if (aggregates[i].column == layout[column.layout].name.toStdString())
                all.append(aggregateText(aggregates[i]) + u' ' +
                           plainText(::muster::view(heading.aggregates[i]), 256));
        }
        return all.join(u'\n');
    }
    default:
        return {};
    }
}

QVariant TableModel::Private::rowData(RowId row, const Shown &column, int role) const
{
    switch (role) {
    case Qt::DisplayRole:
        return cellText(column.kind, cell(row, column.index), UtcTime::now());
    case KindRole:
        return static_cast<int>(column.kind);
    case RawRole:
        return plainText(cell(row, column.index), 4096);
    case PrefixRole:
        return QString();
    case GroupRole:
    case ExpandedRole:
        return false;
    case DepthRole:
        return view.groups.empty() ? 0 : static_cast<int>(groupBy.size());
    case CountRole:
        return 0;
    case SelectedRole:
        return isSelected(row);
    case RightAlignedRole:
        return table::isRightAligned(column.kind);
    case ToolTipTextRole:
        return cellToolTip(column.kind, cell(row, column.index));
    default:
        return {};
    }
}

// The model

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
    const table::Change change = d->table.apply(batch);
    const bool hadSelection = d->selectedCount > 0;
    const int selectedBefore = d->selectedCount;
    if (d->frozen) {
        // What is on screen stays; the rows that left are taken off when it goes on.
        d->removedDuringEvaluation.insert(d->removedDuringEvaluation.end(), change.removed.begin(),
                                          change.removed.end());
        for (const RowId row : change.removed)
            d->setSelected(row, false);
    } else {
        d->placesAreValid = d->placesAreValid && change.firstNew == noRow;
        d->note(change);
        d->removeGone(change.removed);
        if (change.newColumns)
            d->discoverColumns();
        if (d->kindsChanged()) {
            if (!d->lines.empty())
                d->announceRows({}, 0, static_cast<int>(d->shown.size()) - 1, {});
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
    if (hadSelection && d->selectedCount != selectedBefore)
        Q_EMIT selectionChanged();
}

void TableModel::clearRows()
{
    d->dropEvaluation();
    d->settleTimer.stop();
    beginResetModel();
    d->table.clear();
    const bool wasPaused = d->frozen != nullptr;
    d->frozen.reset();
    d->view = {};
    d->lines.clear();
    d->lineage.flatten(d->view, nullptr, nullptr);
    d->lineage.dropUnused();
    d->placesAreValid = false;
    d->gone.clear();
    d->hasGone = false;
    d->removedDuringEvaluation.clear();
    d->pending = {};
    d->sinceEvaluation.invalidate();
    d->sinceInsertion.invalidate();
    const bool hadSelection = d->selectedCount > 0;
    d->selected.clear();
    d->selectedCount = 0;
    d->anchor = noRow;
    d->resolveColumns();
    endResetModel();
    if (wasPaused)
        Q_EMIT pausedChanged();
    d->setBusy(false);
    d->announceCounts();
    if (hadSelection)
        Q_EMIT selectionChanged();
}

void TableModel::setColumns(QList<ColumnLayout> columns, bool addDiscovered)
{
    beginResetModel();
    d->columnList->beginResetModel();
    d->layout = std::move(columns);
    for (ColumnLayout &column : d->layout) {
        if (column.title.isEmpty())
            column.title = column.name;
    }
    d->addDiscovered = addDiscovered;
    d->resolveColumns();
    d->columnList->endResetModel();
    endResetModel();
    d->knownColumns = 0;
    d->discoverColumns();
    Q_EMIT columnsChanged();
    if (!d->quickFilter.isEmpty())
        d->evaluateNow();
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
            d->announceRows({}, static_cast<int>(i), static_cast<int>(i), {Qt::DisplayRole});
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

QVariant TableModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const LineId line = d->lines[static_cast<std::size_t>(index.row())];
    const Private::Shown &column = d->shown[static_cast<std::size_t>(index.column())];
    if (Lines::isHeading(line))
        return d->groupData(d->lineage.heading(line), column, index.column(), role);
    return d->rowData(line, column, role);
}

QVariant TableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
        return {};
    if (role == Qt::DisplayRole)
        return columnTitle(section);
    if (role == RightAlignedRole)
        return columnRightAligned(section);
    return {};
}

QHash<int, QByteArray> TableModel::roleNames() const
{
    return {{Qt::DisplayRole, "display"},
            {KindRole, "kind"},
            {RawRole, "raw"},
            {PrefixRole, "prefix"},
            {GroupRole, "isGroup"},
            {DepthRole, "depth"},
            {ExpandedRole, "expanded"},
            {CountRole, "count"},
            {SelectedRole, "rowSelected"},
            {RightAlignedRole, "rightAligned"},
            {ToolTipTextRole, "toolTipText"}};
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
        Q_EMIT pausedChanged();
        return;
    }
    d->frozen.reset();
    d->placesAreValid = false;
    std::vector<RowId> removed = std::exchange(d->removedDuringEvaluation, {});
    std::sort(removed.begin(), removed.end());
    d->dropEvaluation();
    d->removeGone(removed);
    d->discoverColumns();
    d->kindsChanged();
    if (!d->shown.empty())
        d->announceRows({}, 0, static_cast<int>(d->shown.size()) - 1, {});
    d->evaluateNow();
    d->announceCounts();
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

int TableModel::selectedCount() const
{
    return d->selectedCount;
}

ColumnListModel *TableModel::columnList() const
{
    return d->columnList;
}

int TableModel::exportProgress() const
{
    return d->exporting.percent;
}

QString TableModel::columnName(int column) const
{
    return column < 0 || column >= columnCount()
               ? QString()
               : d->layout[d->shown[static_cast<std::size_t>(column)].layout].name;
}

QString TableModel::columnTitle(int column) const
{
    return column < 0 || column >= columnCount()
               ? QString()
               : d->layout[d->shown[static_cast<std::size_t>(column)].layout].title;
}

int TableModel::columnKind(int column) const
{
    const Kind kind =
        column < 0 || column >= columnCount() ? Kind::Text : d->shown[static_cast<std::size_t>(column)].kind;
    return static_cast<int>(kind);
}

bool TableModel::columnRightAligned(int column) const
{
    return column >= 0 && column < columnCount() &&
           table::isRightAligned(d->shown[static_cast<std::size_t>(column)].kind);
}

int TableModel::columnWidth(int column) const
{
    if (column < 0 || column >= columnCount())
        return 0;
    const Private::Shown &shown = d->shown[static_cast<std::size_t>(column)];
    const int width = d->layout[shown.layout].width;
    return width > 0 ? width : defaultWidth(shown.kind);
}

void TableModel::setColumnWidth(int column, int width)
{
    constexpr int narrowest = 32;
    constexpr int widest = 4000;
    if (column < 0 || column >= columnCount())
        return;
    int &held = d->layout[d->shown[static_cast<std::size_t>(column)].layout].width;
    const int wanted = width <= 0 ? 0 : std::clamp(width, narrowest, widest);
    if (held == wanted)
        return;
    held = wanted;
    Q_EMIT columnsChanged();
}

void TableModel::moveColumn(int from, int to)
{
    if (from >= 0 && from < columnCount() && to >= 0 && to < columnCount() && from != to)
        d->moveShown(from, to);
}

void TableModel::setColumnVisible(const QString &name, bool visible)
{
    for (int i = 0; i < d->layout.size(); ++i) {
        if (d->layout[i].name == name) {
            d->setVisible(i, visible);
            return;
        }
    }
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
    d->evaluateNow();
}

bool TableModel::isGroup(int row) const
{
    return row >= 0 && row < rowCount() && Lines::isHeading(d->lines[static_cast<std::size_t>(row)]);
}

void TableModel::setExpanded(int row, bool expanded)
{
    if (!isGroup(row))
        return;
    const std::uint64_t path = d->lineage.heading(d->lines[static_cast<std::size_t>(row)]).path;
    if (d->lineage.isExpanded(path) == expanded)
        return;
    d->lineage.setExpanded(path, expanded);
    if (columnCount() > 0)
        Q_EMIT dataChanged(index(row, 0), index(row, columnCount() - 1), {ExpandedRole});
    d->relayout();
}

void TableModel::setAllExpanded(bool expanded)
{
    d->lineage.setAllExpanded(expanded);
    d->relayout();
    if (columnCount() > 0)
        d->announceRows({}, 0, columnCount() - 1, {ExpandedRole});
}

int TableModel::parentRow(int row) const
{
    if (row < 0 || row >= rowCount())
        return -1;
    const LineId line = d->lines[static_cast<std::size_t>(row)];
    const int level =
        Lines::isHeading(line) ? d->lineage.heading(line).level : static_cast<int>(d->groupBy.size());
    for (int above = row - 1; above >= 0 && !d->view.groups.empty(); --above) {
        const LineId candidate = d->lines[static_cast<std::size_t>(above)];
        if (Lines::isHeading(candidate) && d->lineage.heading(candidate).level < level)
            return above;
    }
    return -1;
}

void TableModel::select(int row, SelectMode mode)
{
    if (row < 0 || row >= rowCount())
        return;
    const std::vector<RowId> rows = d->rowsUnder(row);
    const auto clear = [this] {
        d->selected.assign(d->selected.size(), false);
        d->selectedCount = 0;
    };
    const int anchorLine = d->anchor < d->places().size() && d->places()[d->anchor] != nowhere
                               ? static_cast<int>(d->places()[d->anchor])
                               : row;
    switch (mode) {
    case Replace:
        clear();
        for (const RowId id : rows)
            d->setSelected(id, true);
        break;
    case Toggle: {
        const bool all =
            std::all_of(rows.begin(), rows.end(), [this](RowId id) { return d->isSelected(id); });
        for (const RowId id : rows)
            d->setSelected(id, !all);
        break;
    }
    case Range:
        clear();
        for (int i = std::min(anchorLine, row); i <= std::max(anchorLine, row); ++i) {
            if (!isGroup(i))
                d->setSelected(d->lines[static_cast<std::size_t>(i)], true);
        }
        break;
    }
    if (mode != Range || anchorLine == row)
        d->anchor = rows.empty() ? noRow : rows.front();
    d->announceSelection();
}

void TableModel::selectAll()
{
    for (const RowId row : d->view.rows) {
        if (!d->hasGone || !d->gone[row])
            d->setSelected(row, true);
    }
    d->announceSelection();
}

void TableModel::clearSelection()
{
    if (d->selectedCount == 0)
        return;
    d->selected.assign(d->selected.size(), false);
    d->selectedCount = 0;
    d->anchor = noRow;
    d->announceSelection();
}

QStringList TableModel::selectedKeys() const
{
    QStringList keys;
    for (const RowId row : d->selectedRows())
        keys.append(d->keyOf(row));
    return keys;
}

QString TableModel::keyAt(int row) const
{
    return row < 0 || row >= rowCount() || isGroup(row) ? QString()
                                                        : d->keyOf(d->lines[static_cast<std::size_t>(row)]);
}

int TableModel::rowOfKey(const QString &key) const
{
    const RowId row = d->table.find(key.toStdString());
    const std::vector<std::uint32_t> &at = d->places();
    return row == noRow || row >= at.size() || at[row] == nowhere ? -1 : static_cast<int>(at[row]);
}

QString TableModel::selectionAsTsv() const
{
    table::View chosen;
    chosen.rows = d->selectedRows();
    table::WriteOptions options;
    options.format = table::Format::Tsv;
    for (const Private::Shown &column : d->shown)
        options.columns.push_back(d->layout[column.layout].name.toStdString());
    std::string out;
    const Status written = table::write(*d->picture(), chosen, {}, options, [&out](std::string_view bytes) {
        out += bytes;
        return true;
    });
    return written ? QString::fromStdString(out) : QString();
}

void TableModel::copySelection() const
{
    if (d->selectedCount > 0 && qGuiApp)
        QGuiApplication::clipboard()->setText(selectionAsTsv());
}

void TableModel::exportTo(const QUrl &file, bool raw)
{
    const QString path = file.isLocalFile() ? file.toLocalFile() : file.toString();
    if (d->exporting.percent >= 0) {
        Q_EMIT exportFailed(path, tr("Another export is running. Wait for it to end, or cancel it."));
        return;
    }
    if (!file.isLocalFile() || path.isEmpty()) {
        Q_EMIT exportFailed(path,
                            tr("“%1” is not a file on this computer. Choose a local folder.").arg(path));
        return;
    }
    table::WriteOptions options;
    options.format = formatOf(path);
    options.neutraliseFormulas = !raw;
    for (const Private::Shown &column : d->shown)
        options.columns.push_back(d->layout[column.layout].name.toStdString());
    // What is exported is what is seen: the groups alone when all are closed.
    options.groupsOnly =
        !d->groupBy.isEmpty() && std::none_of(d->lines.begin(), d->lines.end(), [this](LineId line) {
            return !Lines::isHeading(line) || d->lineage.isExpanded(d->lineage.heading(line).path);
        });
    d->exporting = {std::make_shared<table::CancelFlag>(false), 0};
    Q_EMIT exportProgressChanged();

    d->pool.start([this, path, options, snapshot = d->picture(), spec = d->spec(),
                   cancel = d->exporting.cancel] {
        Status status;
        std::size_t rows = 0;
        if (const auto view = table::evaluate(*snapshot, spec, cancel.get())) {
            int announced = 0;
            const std::size_t all = std::max<std::size_t>(view->rows.size(), 1);
            const auto progress = [&](std::size_t lines) {
                rows = lines;
                const auto percent = static_cast<int>(std::min<std::size_t>(lines * 100 / all, 100));
                if (percent == announced)
                    return;
                announced = percent;
                QMetaObject::invokeMethod(
                    this,
                    [this, percent] {
                        if (d->exporting.percent < 0)
                            return;
                        d->exporting.percent = percent;
                        Q_EMIT exportProgressChanged();
                    },
                    Qt::QueuedConnection);
            };
            status =
                table::writeFile(*snapshot, *view, spec, options, path.toStdString(), cancel.get(), progress);
        } else {
            status = Error{"export.cancelled", "The export was cancelled.", ""};
        }
        QMetaObject::invokeMethod(
            this,
            [this, path, status, rows] {
                d->exporting = {};
                Q_EMIT exportProgressChanged();
                if (status)
                    Q_EMIT exportFinished(path, static_cast<int>(rows));
                else if (status.error().code == "export.cancelled")
                    Q_EMIT exportFailed(path, tr("The export was cancelled; no file was written."));
                else
                    Q_EMIT exportFailed(
                        path, QString::fromStdString(status.error().message + ' ' + status.error().remedy));
            },
            Qt::QueuedConnection);
    });
}

void TableModel::cancelExport()
{
    if (d->exporting.cancel)
        d->exporting.cancel->store(true);
}

QStringList TableModel::valuesOf(const QString &column, int limit) const
{
    QStringList values;
    const auto counted = table::distinctValues(*d->table.snapshot(), column.toStdString(),
                                               static_cast<std::size_t>(std::max(limit, 0)));
    for (const table::ValueCount &value : counted)
        values.append(QString::fromStdString(toText(view(value.value))));
    return values;
}

QStringList TableModel::fieldNames() const
{
    QStringList names;
    for (const ColumnLayout &column : d->layout)
        names.append(column.name);
    return names;
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

QByteArray TableModel::saveLayout() const
{
    QJsonArray columns;
    for (const ColumnLayout &column : d->layout)
        columns.append(QJsonObject{{QStringLiteral("name"), column.name},
                                   {QStringLiteral("visible"), column.visible},
                                   {QStringLiteral("width"), column.width}});
    return QJsonDocument(QJsonObject{{QStringLiteral("v"), 1}, {QStringLiteral("columns"), columns}})
        .toJson(QJsonDocument::Compact);
}

void TableModel::restoreLayout(const QByteArray &layout)
{
    const QJsonObject saved = QJsonDocument::fromJson(layout).object();
    if (saved.value(QStringLiteral("v")).toInt() != 1)
        return;
    QList<ColumnLayout> rest = d->layout;
    QList<ColumnLayout> ordered;
    d->remembered.clear();
    for (const QJsonValue &value : saved.value(QStringLiteral("columns")).toArray()) {
        const QJsonObject object = value.toObject();
        const QString name = object.value(QStringLiteral("name")).toString();
        const bool visible = object.value(QStringLiteral("visible")).toBool(true);
        const int width = std::clamp(object.value(QStringLiteral("width")).toInt(), 0, 4000);
        const auto known =
            std::find_if(rest.begin(), rest.end(), [&name](const auto &c) { return c.name == name; });
        if (known == rest.end()) {
            d->remembered.insert(name, {visible, width});
            continue;
        }
        ordered.append(*known);
        ordered.last().visible = visible;
        ordered.last().width = width;
        rest.erase(known);
    }
    beginResetModel();
    d->columnList->beginResetModel();
    d->layout = ordered + rest;
    d->resolveColumns();
    d->columnList->endResetModel();
    endResetModel();
    Q_EMIT columnsChanged();
    if (!d->quickFilter.isEmpty())
        d->evaluateNow();
}

} // namespace muster
