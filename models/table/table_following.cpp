// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/columns.h"
#include "table/table_model_p.h"

#include <algorithm>

namespace muster {

using table::ColumnIndex;
using table::noRow;
using table::RowId;

namespace {

constexpr std::size_t rowsAtOnce = 20'000; ///< evaluated on the GUI thread: a few milliseconds
const QList<int> cellRoles = {Qt::DisplayRole, TableModel::RawRole, TableModel::ToolTipTextRole,
                              TableModel::ChangedRole};

} // namespace

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
    if (const table::Rounds::Marks *now = changedOnly ? marks() : nullptr)
        spec.only = now->rowCount == 0 && changedBefore
                        ? changedBefore
                        : std::make_shared<const std::vector<std::uint64_t>>(now->rows);
    return spec;
}

void TableModel::Private::dropEvaluation()
{
    ++generation;
    if (running)
        running->cancel->store(true);
    running.reset();
}

void TableModel::Private::evaluateNow(Mover mover)
{
    dropEvaluation();
    pending = {};
    Evaluation task;
    task.mover = mover;
    if (totalRows() > rowsAtOnce) {
        evaluateOnWorker(std::move(task), {});
        return;
    }
    QElapsedTimer timer;
    timer.start();
    removedDuringEvaluation.clear();
    take(*table::evaluate(*picture(), spec()), {}, task);
    evaluationMillis = timer.elapsed();
}

/// `change`: what the present view lacks; nothing when it is to be made from scratch.
void TableModel::Private::evaluateOnWorker(Evaluation task, std::optional<table::Change> change)
{
    setBusy(true);
    removedDuringEvaluation.clear();
    task.cancel = std::make_shared<table::CancelFlag>(false);
    task.generation = generation;
    running = task;
    pool.start([model = q, d = this, snapshot = picture(), spec = spec(),
                from = change ? view : table::View(), change = std::move(change),
                task = std::move(task)]() mutable {
        QElapsedTimer timer;
        timer.start();
        auto made = std::make_shared<std::optional<table::View>>();
        if (change) {
            table::update(from, *snapshot, spec, *change);
            *made = std::move(from);
        } else {
            *made = table::evaluate(*snapshot, spec, task.cancel.get());
        }
        std::vector<std::uint32_t> places;
        if (*made && (*made)->groups.empty()) {
            places.assign(snapshot->rowLimit, nowhere);
            for (std::size_t i = 0; i < (*made)->rows.size(); ++i)
                places[(*made)->rows[i]] = static_cast<std::uint32_t>(i);
        }
        snapshot.reset(); // here, so that the GUI thread need not copy what nobody reads any more
        if (!*made)
            return;
        const qint64 millis = timer.elapsed();
        QMetaObject::invokeMethod(
            model,
            [d, made, millis, places = std::move(places), task]() mutable {
                if (task.generation != d->generation)
                    return;
                d->running.reset();
                d->evaluationMillis = millis;
                d->take(std::move(**made), std::move(places), task);
                d->scheduleSettling();
            },
            Qt::QueuedConnection);
    });
}

/// `places`: the line of each row, where it is known already.
void TableModel::Private::take(table::View made, std::vector<std::uint32_t> places, const Evaluation &task)
{
    std::swap(view, made);
    constexpr std::size_t manyGroups = 10'000;
    if (made.groups.size() > manyGroups) // theirs are as many small pieces of memory
        pool.start([old = std::make_shared<table::View>(std::move(made))]() mutable { old.reset(); });
    gone.clear();
    hasGone = false;
    const bool areAllThere = removedDuringEvaluation.empty();
    takeOut(std::exchange(removedDuringEvaluation, {}));
    if (!task.onlyInserts)
        sinceEvaluation.start();
    relayout(task.mover);
    if (!places.empty() && areAllThere) {
        placesOfRows = std::move(places);
        placesAreValid = true;
    }
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
        std::count_if(view.rows.begin(), view.rows.end(), [this](RowId row) { return !isGone(row); }));
}

/// Takes down what a change means for the view.
void TableModel::Private::note(const table::Change &change)
{
    if (change.firstNew != noRow || !change.reused.empty()) {
        pending.rows = true;
        pending.firstNew = std::min(pending.firstNew, change.firstNew);
        pending.reused.insert(pending.reused.end(), change.reused.begin(), change.reused.end());
    }
    const table::ViewSpec now = spec();
    const std::vector<std::string> fields = now.filter.fields();
    const auto mark = [&](ColumnIndex index) {
        const std::string &name = table.columnName(index);
        const auto isIt = [&name](const std::string &other) { return other == name; };
        const auto isColumn = [&name](const auto &part) { return part.column == name; };
        const bool filters =
            std::any_of(fields.begin(), fields.end(), isIt) ||
            (!now.quickText.empty() && std::any_of(now.quickColumns.begin(), now.quickColumns.end(), isIt));
        const bool orders =
            std::any_of(now.sort.begin(), now.sort.end(), isColumn) ||
            std::any_of(now.groupBy.begin(), now.groupBy.end(), isIt) ||
            (!now.groupBy.empty() && std::any_of(now.aggregates.begin(), now.aggregates.end(), isColumn));
        pending.members = pending.members || filters;
        pending.order = pending.order || orders;
        return filters || orders;
    };
    // Values that nobody touched stand elsewhere or pass no more when their column came to be of another
    // type.
    for (const ColumnIndex index : change.retyped)
        pending.isMuch = mark(index) || pending.isMuch;
    if (change.changed.empty()) // new rows are not yet shown, and are placed by their own rule
        return;
    if (changedOnly && rounds) {
        pending.members = true;
        pending.isMuch = true; // the first change of a round takes those of the round before away
    }
    bool concerns = false;
    for (const ColumnIndex index : change.columns) {
        if (!mark(index))
            continue;
        concerns = true;
        if (std::find(pending.columns.begin(), pending.columns.end(), index) == pending.columns.end())
            pending.columns.push_back(index);
    }
    if (concerns && groupBy.isEmpty())
        noteChanged(change.changed);
}

void TableModel::Private::noteChanged(const std::vector<RowId> &rows)
{
    if (pending.isMuch)
        return;
    std::vector<RowId> &changed = pending.changed;
    changed.insert(changed.end(), rows.begin(), rows.end());
    if (isWorthFollowing(changed.size()))
        return;
    std::sort(changed.begin(), changed.end());
    changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
    pending.isMuch = !isWorthFollowing(changed.size());
}

/// Past that, evaluating anew is quicker.
bool TableModel::Private::isWorthFollowing(std::size_t rows) const
{
    constexpr std::size_t share = 16;
    constexpr std::size_t shareSorted = 64;
    return rows <= totalRows() / (sort.empty() ? share : shareSorted);
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
            bringUpToDate();
            return;
        }
        wait = left;
    }
    if (pending.rows && !grouped) {
        const qint64 left = rowsInterval - since(sinceInsertion);
        if (left <= 0) {
            sinceInsertion.start();
            insertPending();
            if (running || !pending.any())
                return;
        } else {
            wait = std::min(wait, left);
        }
    }
    settleTimer.start(static_cast<int>(wait));
}

std::size_t TableModel::Private::newRows() const
{
    const std::size_t limit = table.rowLimit();
    return pending.reused.size() + (limit - std::min<std::size_t>(pending.firstNew, limit));
}

void TableModel::Private::bringUpToDate()
{
    if (!groupBy.isEmpty() || pending.isMuch || !isWorthFollowing(pending.changed.size() + newRows())) {
        evaluateNow(Mover::Data);
        return;
    }
    table::Change change;
    change.firstNew = pending.firstNew;
    change.reused = std::move(pending.reused);
    change.changed = std::move(pending.changed);
    change.columns = std::move(pending.columns);
    pending = {};
    follow(std::move(change), false);
}

/// Puts new rows in their places and leaves the others where they are.
void TableModel::Private::insertPending()
{
    if (totalRows() > rowsAtOnce && !isWorthFollowing(newRows())) {
        evaluateNow(Mover::Data);
        return;
    }
    table::Change change;
    change.firstNew = std::exchange(pending.firstNew, noRow);
    change.reused = std::exchange(pending.reused, {});
    pending.rows = false;
    if (pending.order) {
        // They go among rows that are not in order any more, so that their places are to be looked for again.
        std::vector<RowId> rows = change.reused;
        for (RowId row = change.firstNew; row < table.rowLimit(); ++row)
            rows.push_back(row);
        noteChanged(rows);
    }
    follow(std::move(change), true);
}

/// Few rows are placed at once: each is looked for in the list with a dozen comparisons of values.
void TableModel::Private::follow(table::Change change, bool onlyInserts)
{
    constexpr std::size_t mostPlaced = 500;
    const std::size_t limit = table.rowLimit();
    const std::size_t rows = change.changed.size() + change.reused.size() +
                             (limit - std::min<std::size_t>(change.firstNew, limit));
    const table::ViewSpec now = spec();
    const bool isPlain = now.sort.empty() && now.filter.isEmpty() && now.quickText.empty() && !now.only;
    if (totalRows() > rowsAtOnce && rows > mostPlaced && !isPlain) {
        Evaluation task;
        task.mover = Mover::Data;
        task.onlyInserts = onlyInserts;
        evaluateOnWorker(std::move(task), std::move(change));
        return;
    }
    QElapsedTimer timer;
    timer.start();
    table::update(view, *picture(), now, change);
    if (!onlyInserts) {
        evaluationMillis = timer.elapsed();
        sinceEvaluation.start();
    }
    relayout(Mover::Data);
    announceCounts();
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
    takeOut(removed);
    for (HeldLine *held : {&current, &anchor}) {
        if (std::find(removed.begin(), removed.end(), held->line) != removed.end())
            held->line = noLine; // its id may be another's soon
    }
    relayout(Mover::Data);
}

/// Out of a plain view at once: a row that comes under the same id is inserted into it. The groups' rows are
/// ranges, so there they stay until the next evaluation and are not shown.
void TableModel::Private::takeOut(std::vector<RowId> removed)
{
    if (removed.empty())
        return;
    if (view.groups.empty()) {
        std::sort(removed.begin(), removed.end());
        std::erase_if(view.rows, [&removed](RowId row) {
            return std::binary_search(removed.begin(), removed.end(), row);
        });
        return;
    }
    gone.resize(std::max(gone.size(), rowLimit()));
    for (const RowId row : removed)
        gone[row] = true;
    hasGone = true;
    pending.rows = true;
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
/// pays for each signal and re-reads only what is on screen.
void TableModel::Private::announceRows(std::vector<int> changed, int firstColumn, int lastColumn,
                                       const QList<int> &roles)
{
    constexpr std::size_t fewRuns = 32;
    if (changed.empty() || firstColumn > lastColumn)
        return;
    const auto announce = [&](int first, int last) {
        Q_EMIT q->dataChanged(q->index(first, firstColumn), q->index(last, lastColumn), roles);
    };
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

void TableModel::Private::announceAll(int firstColumn, int lastColumn, const QList<int> &roles)
{
    if (!lines.empty() && firstColumn <= lastColumn)
        Q_EMIT q->dataChanged(q->index(0, firstColumn),
                              q->index(static_cast<int>(lines.size()) - 1, lastColumn), roles);
}

} // namespace muster
