// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/table_model_p.h"

#include <algorithm>
#include <set>

namespace muster {

using table::RowId;

namespace {

const QList<int> headingRoles = {Qt::DisplayRole,          TableModel::RawRole,
                                 TableModel::PrefixRole,   TableModel::CountRole,
                                 TableModel::SelectedRole, TableModel::ToolTipTextRole};

} // namespace

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

void TableModel::Private::relayout(Mover mover)
{
    inView = {};
    if (mover == Mover::Data)
        Q_EMIT q->linesAboutToMove();
    layOutLines();
    findHeldLines();
    const int by = movedBy();
    inView = {};
    if (by != 0)
        Q_EMIT q->linesMoved(by);
}

void TableModel::Private::layOutLines()
{
    selectedUpTo.clear();
    const std::function<bool(RowId)> leftOut = [this](RowId row) { return isGone(row); };
    std::vector<LineId> changed;
    moveTo(lineage.flatten(hasGone ? &leftOut : nullptr, &changed));
    lineage.dropUnused();
    // Rows that went from one group to another make both selected or not, also where their counts stay.
    const bool all = selectedCount > 0 && !view.groups.empty() && !lineage.isNumberedAnew();
    if ((changed.empty() && !all) || shown.empty())
        return;
    const std::set<LineId> headings(changed.begin(), changed.end());
    std::vector<int> at;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (Lines::isHeading(lines[i]) && (all || headings.contains(lines[i])))
            at.push_back(static_cast<int>(i));
    }
    announceRows(std::move(at), 0, static_cast<int>(shown.size()) - 1, headingRoles);
}

/// Never by a reset, nor by one signal for each of thousands of rows.
void TableModel::Private::moveTo(std::vector<LineId> target)
{
    if (lineage.isNumberedAnew()) {
        replaceLines(std::move(target));
        return;
    }
    LineSteps steps = planSteps(lines, target, rowLimit(), lineage.headingLimit());
    if (steps.replaces) {
        replaceLines(std::move(target));
        return;
    }
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

/// Where a hundred thousand lines and more change places: their number is brought to what it should be at the
/// end of the list, and the views read again what they show. Their scrolling stays.
void TableModel::Private::replaceLines(std::vector<LineId> target)
{
    if (target.size() < lines.size()) {
        q->beginRemoveRows({}, static_cast<int>(target.size()), static_cast<int>(lines.size()) - 1);
        lines.resize(target.size());
        placesAreValid = false;
        q->endRemoveRows();
    } else if (target.size() > lines.size()) {
        q->beginInsertRows({}, static_cast<int>(lines.size()), static_cast<int>(target.size()) - 1);
        lines.insert(lines.end(), target.begin() + static_cast<std::ptrdiff_t>(lines.size()), target.end());
        placesAreValid = false;
        q->endInsertRows();
    }
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

TableModel::Private::HeldLine TableModel::Private::hold(int line) const
{
    if (line < 0 || static_cast<std::size_t>(line) >= lines.size())
        return {};
    const LineId id = lines[static_cast<std::size_t>(line)];
    return {id, Lines::isHeading(id) ? lineage.heading(id).path : 0, line};
}

void TableModel::Private::findAgain(HeldLine &held) const
{
    if (held.line == noLine) {
        held.at = -1;
        return;
    }
    const bool isHeading = Lines::isHeading(held.line);
    const auto isIt = [this, &held, isHeading](LineId line) {
        return isHeading ? Lines::isHeading(line) && lineage.heading(line).path == held.path
                         : line == held.line;
    };
    if (held.at >= 0 && static_cast<std::size_t>(held.at) < lines.size() &&
        isIt(lines[static_cast<std::size_t>(held.at)]))
        return;
    const auto found = std::find_if(lines.begin(), lines.end(), isIt);
    held.at = found == lines.end() ? -1 : static_cast<int>(found - lines.begin());
}

void TableModel::Private::findHeldLines()
{
    const int before = current.at;
    findAgain(current);
    findAgain(anchor);
    if (current.at != before)
        Q_EMIT q->currentRowChanged();
}

/// As the held line went, or another one in view. One that no neighbour went along with was sorted elsewhere
/// by itself: it is not followed.
int TableModel::Private::movedBy() const
{
    constexpr int mostTried = 8;
    const auto count = static_cast<int>(inView.lines.size());
    const auto isAt = [this](int place, int i) {
        const LineId line = inView.lines[static_cast<std::size_t>(i)];
        return place >= 0 && static_cast<std::size_t>(place) < lines.size() &&
               lines[static_cast<std::size_t>(place)] == line &&
               !(Lines::isHeading(line) && lineage.isNumberedAnew());
    };
    const auto placeOf = [&](int i) {
        if (isAt(inView.first + i, i))
            return inView.first + i;
        const auto found = std::find(lines.begin(), lines.end(), inView.lines[static_cast<std::size_t>(i)]);
        return static_cast<int>(found - lines.begin());
    };
    for (int tried = 0; tried < std::min(count, mostTried); ++tried) {
        const int i = tried == 0 ? inView.held - inView.first : tried;
        if (i < 0 || i >= count)
            continue;
        const int place = placeOf(i);
        if (isAt(place, i) &&
            ((i > 0 && isAt(place - 1, i - 1)) || (i + 1 < count && isAt(place + 1, i + 1))))
            return place - (inView.first + i);
    }
    return 0;
}

void TableModel::keepInView(int first, int last, int held)
{
    const int begin = std::max(first - 1, 0);
    const int end = std::min(last + 2, rowCount());
    if (begin < end)
        d->inView = {{d->lines.begin() + begin, d->lines.begin() + end}, begin, held};
}

int TableModel::currentRow() const
{
    return d->current.at;
}

void TableModel::setCurrentRow(int row)
{
    if (row == d->current.at) // where a line went that is not shown now, too: it may come back
        return;
    d->current = d->hold(row);
    d->anchor = d->current;
    Q_EMIT currentRowChanged();
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
    d->relayout(Private::Mover::Operator);
}

void TableModel::setAllExpanded(bool expanded)
{
    d->lineage.setAllExpanded(expanded);
    d->relayout(Private::Mover::Operator);
    if (columnCount() > 0)
        d->announceAll(0, columnCount() - 1, {ExpandedRole});
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

} // namespace muster
