// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/table_model_p.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace muster {

namespace {

constexpr qsizetype mostRemembered =
    1000; ///< of a layout: names that devices make up must not take all memory

QJsonArray toJson(const std::vector<table::SortKey> &keys)
{
    QJsonArray all;
    for (const table::SortKey &key : keys)
        all.append(QJsonObject{{QStringLiteral("column"), QString::fromStdString(key.column)},
                               {QStringLiteral("descending"), key.descending}});
    return all;
}

std::vector<table::SortKey> sortFrom(const QJsonValue &saved)
{
    std::vector<table::SortKey> keys;
    for (const auto &value : saved.toArray()) {
        const QJsonObject key = value.toObject();
        keys.push_back({key.value(QStringLiteral("column")).toString().toStdString(),
                        key.value(QStringLiteral("descending")).toBool()});
    }
    return keys;
}

} // namespace

/// The columns of the present layout: those that are there as they are, and each other one behind the column
/// that it stood behind.
QList<TableModel::Private::Remembered> TableModel::Private::remembered() const
{
    QHash<QString, QList<Remembered>> followers; // of columns that are there, by name; of none, at the front
    QString before;
    qsizetype left = mostRemembered - layout.size();
    const auto isThere = [this](const QString &name) {
        return std::any_of(layout.begin(), layout.end(), [&name](const auto &c) { return c.name == name; });
    };
    for (const Remembered &column : layouts.value(layoutName)) {
        if (isThere(column.name))
            before = column.name;
        else if (left-- > 0)
            followers[before].append(column);
    }
    QList<Remembered> all = followers.value(QString());
    for (const LayoutColumn &column : layout) {
        all.append({column.name, column.visible, column.width, column.isOffered});
        all.append(followers.value(column.name));
    }
    return all;
}

QHash<QString, int> TableModel::Private::ranks() const
{
    QHash<QString, int> ranks;
    for (const Remembered &column : layouts.value(layoutName))
        ranks.insert(column.name, static_cast<int>(ranks.size()));
    return ranks;
}

/// What the operator did to a column when it was last there.
void TableModel::Private::recall(LayoutColumn &column) const
{
    const QList<Remembered> known = layouts.value(layoutName);
    const auto found =
        std::find_if(known.begin(), known.end(), [&column](const auto &c) { return c.name == column.name; });
    if (found == known.end())
        return;
    column.width = found->width;
    if (found->isOffered != column.isOffered)
        return;
    column.visible = found->visible || (column.isOffered && column.name.toStdString() == table.columnName(0));
    if (column.visible && !column.isOffered)
        column.priority = 0; // asked for: not to be dropped
}

/// Puts the columns where they stood; one that is new stays behind the one that it comes after.
void TableModel::Private::arrange()
{
    const QHash<QString, int> rank = ranks();
    QList<LayoutColumn> arranged;
    for (LayoutColumn &column : layout) {
        recall(column);
        if (rank.contains(column.name))
            arranged.append(column);
    }
    std::sort(arranged.begin(), arranged.end(),
              [&rank](const auto &a, const auto &b) { return rank[a.name] < rank[b.name]; });
    qsizetype place = 0;
    for (const LayoutColumn &column : layout) {
        if (rank.contains(column.name)) {
            const auto found = std::find_if(arranged.begin(), arranged.end(),
                                            [&column](const auto &c) { return c.name == column.name; });
            place = found - arranged.begin() + 1;
        } else {
            arranged.insert(place++, column);
        }
    }
    layout = arranged;
}

QByteArray TableModel::saveLayout() const
{
    QHash<QString, QList<Private::Remembered>> all = d->layouts;
    all[d->layoutName] = d->remembered();
    QJsonObject layouts;
    for (auto layout = all.constBegin(); layout != all.constEnd(); ++layout) {
        QJsonArray columns;
        for (const Private::Remembered &column : layout.value())
            columns.append(QJsonObject{{QStringLiteral("name"), column.name},
                                       {QStringLiteral("visible"), column.visible},
                                       {QStringLiteral("width"), column.width},
                                       {QStringLiteral("offered"), column.isOffered}});
        layouts.insert(layout.key(), columns);
    }
    QJsonObject sorts{{d->layoutName, toJson(d->sort)}};
    for (auto sort = d->sorts.constBegin(); sort != d->sorts.constEnd(); ++sort)
        sorts.insert(sort.key(), toJson(sort.value()));
    return QJsonDocument(QJsonObject{{QStringLiteral("v"), 2},
                                     {QStringLiteral("layouts"), layouts},
                                     {QStringLiteral("sorts"), sorts}})
        .toJson(QJsonDocument::Compact);
}

void TableModel::restoreLayout(const QByteArray &layout)
{
    const QJsonObject saved = QJsonDocument::fromJson(layout).object();
    if (saved.value(QStringLiteral("v")).toInt() != 2)
        return;
    const QJsonObject layouts = saved.value(QStringLiteral("layouts")).toObject();
    d->layouts.clear();
    for (auto kept = layouts.constBegin(); kept != layouts.constEnd(); ++kept) {
        QList<Private::Remembered> &columns = d->layouts[kept.key()];
        for (const auto &value : kept.value().toArray()) {
            const QJsonObject object = value.toObject();
            columns.append({object.value(QStringLiteral("name")).toString(),
                            object.value(QStringLiteral("visible")).toBool(true),
                            std::clamp(object.value(QStringLiteral("width")).toInt(), 0, 4000),
                            object.value(QStringLiteral("offered")).toBool(true)});
        }
    }
    beginResetModel();
    d->columnList->beginResetModel();
    d->arrange();
    d->resolveColumns();
    d->columnList->endResetModel();
    const QJsonObject sorts = saved.value(QStringLiteral("sorts")).toObject();
    d->sorts.clear();
    for (auto sort = sorts.constBegin(); sort != sorts.constEnd(); ++sort)
        d->sorts[sort.key()] = sortFrom(sort.value());
    d->sort = d->sorts.take(d->layoutName);
    endResetModel();
    Q_EMIT columnsChanged();
    Q_EMIT sortChanged();
    d->evaluateNow();
}

} // namespace muster
