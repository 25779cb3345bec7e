// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/cell_text.h"
#include "table/table_model_p.h"

#include <algorithm>
#include <utility>

namespace muster {

using table::ColumnIndex;
using table::Kind;

namespace {

constexpr int mostDiscovered = 40; ///< shown without being asked for; the rest waits in the chooser

/// Devices make up names of columns as well.
QString titleOf(const QString &name)
{
    constexpr std::size_t titleBytes = 64;
    const std::string raw = name.toStdString();
    return plainText(ValueView(std::string_view(raw)), titleBytes);
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
    case Kind::Late:
        return 96;
    }
    return 96;
}

} // namespace

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
        column.kind = layout[i].fieldColumn.isEmpty() ? kindOf(layout[i].name) : Kind::Text;
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
        const Kind kind = layout[column.layout].fieldColumn.isEmpty() ? kindOf(name) : Kind::Text;
        if (column.index < 0)
            column.index = table.column(name.toStdString());
        changed = changed || kind != column.kind;
        column.kind = kind;
    }
    return changed;
}

void TableModel::Private::discoverColumns()
{
    const QHash<QString, int> rank = ranks();
    /// Behind those that stood before it; one that was never seen comes last.
    const auto placeOf = [this, &rank](const QString &name) {
        const int own = rank.value(name, -1);
        int place = own < 0 ? static_cast<int>(layout.size()) : 0;
        for (int i = 0; own >= 0 && i < layout.size(); ++i) {
            if (const int other = rank.value(layout[i].name, -1); other >= 0 && other < own)
                place = i + 1;
        }
        return place;
    };
    for (; knownColumns < table.columnCount(); ++knownColumns) {
        const QString name = QString::fromStdString(table.columnName(knownColumns));
        if (std::any_of(layout.begin(), layout.end(),
                        [&name](const auto &column) { return column.name == name; }))
            continue;
        LayoutColumn column;
        column.name = name;
        column.title = titleOf(name);
        column.visible = addDiscovered && static_cast<int>(shown.size()) < mostDiscovered;
        column.isOffered = column.visible;
        recall(column);
        const int place = placeOf(name);
        columnList->beginInsertRows({}, place, place);
        if (column.visible)
            q->beginInsertColumns({}, shownBefore(place), shownBefore(place));
        layout.insert(place, column);
        resolveColumns();
        if (column.visible)
            q->endInsertColumns();
        columnList->endInsertRows();
    }
}

/// How many columns before this one of the layout are on screen.
int TableModel::Private::shownBefore(int layoutRow) const
{
    return static_cast<int>(std::count_if(layout.begin(), layout.begin() + layoutRow,
                                          [](const auto &column) { return column.visible; }));
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
    const int place = shownBefore(layoutRow);
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
    announceAll(0, static_cast<int>(shown.size()) - 1, {});
}

/// The key's column, unless its owner hides it: rows without their names say nothing.
bool TableModel::Private::isPinned(int layoutRow) const
{
    const LayoutColumn &column = layout[layoutRow];
    return column.isOffered && column.name.toStdString() == table.columnName(0);
}

bool TableModel::Private::moveLayout(int from, int to)
{
    for (int i = std::min(from, to); i <= std::max(from, to); ++i) {
        if (isPinned(i))
            return false;
    }
    const bool isShown = layout[from].visible;
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
    layouts[layoutName] = remembered(); // what is discovered later goes by it
    Q_EMIT q->columnsChanged();
    Q_EMIT q->layoutEdited();
    return true;
}

void TableModel::setColumns(QList<ColumnLayout> columns, bool addDiscovered, const QString &layout)
{
    d->layouts[d->layoutName] = d->remembered();
    beginResetModel();
    d->columnList->beginResetModel();
    const bool sortsAnew = layout != d->layoutName;
    if (sortsAnew) {
        d->sorts[d->layoutName] = std::exchange(d->sort, d->sorts.take(layout));
        d->layoutName = layout;
    }
    d->layout.clear();
    for (ColumnLayout &column : columns) {
        column.title = titleOf(column.title.isEmpty() ? column.name : column.title);
        d->layout.append({column, column.visible});
    }
    d->addDiscovered = addDiscovered;
    d->arrange();
    d->resolveColumns();
    d->columnList->endResetModel();
    endResetModel();
    d->knownColumns = 0;
    d->discoverColumns();
    Q_EMIT columnsChanged();
    if (sortsAnew)
        Q_EMIT sortChanged();
    if (sortsAnew || !d->quickFilter.isEmpty())
        d->evaluateNow();
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

bool TableModel::columnWidthIsAutomatic(int column) const
{
    return column < 0 || column >= columnCount() ||
           d->layout[d->shown[static_cast<std::size_t>(column)].layout].width <= 0;
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
    Q_EMIT layoutEdited();
}

int TableModel::columnPriority(int column) const
{
    return column < 0 || column >= columnCount()
               ? 0
               : d->layout[d->shown[static_cast<std::size_t>(column)].layout].priority;
}

void TableModel::setDropped(const QList<int> &columns)
{
    for (std::size_t i = 0; i < d->shown.size(); ++i) {
        const int row = d->shown[i].layout;
        const bool isDropped = columns.contains(static_cast<int>(i));
        if (std::exchange(d->layout[row].isDropped, isDropped) != isDropped)
            d->announceLayoutRow(row, ColumnListModel::DroppedRole);
    }
}

bool TableModel::moveColumn(int from, int to)
{
    return from >= 0 && from < columnCount() && to >= 0 && to < columnCount() && from != to &&
           d->moveLayout(d->shown[static_cast<std::size_t>(from)].layout,
                         d->shown[static_cast<std::size_t>(to)].layout);
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

QStringList TableModel::fieldNames() const
{
    QStringList names;
    for (const ColumnLayout &column : d->layout)
        names.append(column.name);
    return names;
}

} // namespace muster
