// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/table_model.h"

#include <QObject>
#include <QStringList>
#include <QtQml/qqmlregistration.h>

namespace muster::qml {

/// What pages do with a table besides showing it.
class TableTools : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_SINGLETON

public:
    explicit TableTools(QObject *parent = nullptr);

    /// Order, widths and visibility of the columns, kept under `key` in UiSettings.
    Q_INVOKABLE void saveLayout(const muster::TableModel *table, const QString &key) const;
    Q_INVOKABLE void restoreLayout(muster::TableModel *table, const QString &key) const;
    Q_INVOKABLE QStringList selectedKeys(const muster::TableModel *table) const;
};

} // namespace muster::qml
