// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/table_model.h"
#include "table/table_model_p.h"

namespace muster {

ColumnListModel::ColumnListModel(TableModel *table) : QAbstractListModel(table), m_table(table) {}

int ColumnListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_table->d->layout.size());
}

QVariant ColumnListModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const TableModel::Private::LayoutColumn &column = m_table->d->layout.at(index.row());
    switch (role) {
    case Qt::DisplayRole:
    case TitleRole:
        return column.title;
    case NameRole:
        return column.name;
    case VisibleRole:
        return column.visible;
    case KindRole:
        return static_cast<int>(m_table->d->kindOf(column.name));
    case PinnedRole:
        return m_table->d->isPinned(index.row());
    case DroppedRole:
        return column.visible && column.isDropped;
    default:
        return {};
    }
}

bool ColumnListModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    if (role != VisibleRole || !checkIndex(index, CheckIndexOption::IndexIsValid))
        return false;
    setVisible(index.row(), value.toBool());
    return true;
}

QHash<int, QByteArray> ColumnListModel::roleNames() const
{
    QHash<int, QByteArray> names = QAbstractListModel::roleNames();
    names.insert(NameRole, "name");
    names.insert(TitleRole, "title");
    names.insert(VisibleRole, "columnVisible");
    names.insert(KindRole, "kind");
    names.insert(PinnedRole, "pinned");
    names.insert(DroppedRole, "dropped");
    return names;
}

void ColumnListModel::setVisible(int row, bool visible)
{
    if (row < 0 || row >= rowCount() || m_table->d->isPinned(row))
        return;
    m_table->d->setVisible(row, visible);
    if (visible)
        m_table->d->layout[row].priority = 0; // asked for: not to be dropped
    Q_EMIT m_table->layoutEdited();
}

void ColumnListModel::toggleVisible(int row)
{
    if (row >= 0 && row < rowCount())
        setVisible(row, !m_table->d->layout.at(row).visible);
}

bool ColumnListModel::move(int from, int to)
{
    return from >= 0 && from < rowCount() && to >= 0 && to < rowCount() && from != to &&
           m_table->d->moveLayout(from, to);
}

} // namespace muster
