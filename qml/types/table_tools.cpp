// SPDX-License-Identifier: GPL-3.0-or-later
#include "table_tools.h"

#include "ui_settings.h"

namespace muster::qml {

TableTools::TableTools(QObject *parent) : QObject(parent) {}

void TableTools::saveLayout(const TableModel *table, const QString &key) const
{
    if (table) {
        UiSettings::instance()->setValue(QStringLiteral("table/") + key, table->saveLayout());
    }
}

void TableTools::restoreLayout(TableModel *table, const QString &key) const
{
    const QByteArray layout = UiSettings::instance()->value(QStringLiteral("table/") + key).toByteArray();
    if (table && !layout.isEmpty()) {
        table->restoreLayout(layout);
    }
}

QStringList TableTools::selectedKeys(const TableModel *table) const
{
    return table ? table->selectedKeys() : QStringList();
}

} // namespace muster::qml
