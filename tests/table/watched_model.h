// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/table_model.h"

#include <QAbstractItemModelTester>
#include <QStringList>

#include <string>

namespace muster {

using Tester = QAbstractItemModelTester;

/// A model whose every state is looked at, and a list of lines that follows its signals alone.
class Watched {
public:
    explicit Watched(TableModel &model)
        : m_model(model),
          m_tester(&model, Tester::FailureReportingMode::QtTest)
    {
        QObject::connect(&model, &QAbstractItemModel::rowsInserted, &m_context,
                         [this](const QModelIndex &, int first, int last) {
                             for (int i = first; i <= last; ++i)
                                 m_lines.insert(i, line(i));
                         });
        QObject::connect(
            &model, &QAbstractItemModel::rowsRemoved, &m_context,
            [this](const QModelIndex &, int first, int last) { m_lines.remove(first, last - first + 1); });
        const auto again = [this] { m_lines = now(); };
        QObject::connect(&model, &QAbstractItemModel::layoutChanged, &m_context, again);
        QObject::connect(&model, &QAbstractItemModel::modelReset, &m_context, again);
        m_lines = now();
    }
    bool isTrue() const { return m_lines == now(); }

private:
    QString line(int row) const
    {
        if (!m_model.isGroup(row))
            return m_model.keyAt(row);
        return QStringLiteral("#%1 %2")
            .arg(m_model.data(m_model.index(row, 0), TableModel::DepthRole).toInt())
            .arg(m_model.data(m_model.index(row, 0), TableModel::RawRole).toString());
    }
    QStringList now() const
    {
        QStringList lines;
        for (int i = 0; i < m_model.rowCount(); ++i)
            lines.append(line(i));
        return lines;
    }

    TableModel &m_model;
    Tester m_tester;
    QObject m_context;
    QStringList m_lines;
};

inline void fill(TableModel &model, int devices)
{
    table::Batch batch;
    for (int i = 0; i < devices; ++i) {
        const std::string key = "d" + std::to_string(1000 + i);
        batch.set(key, "group", std::string_view(i % 3 == 0 ? "a" : i % 3 == 1 ? "b" : "c"));
        batch.set(key, "fw", std::string_view(i % 2 == 0 ? "1.9" : "1.10"));
        batch.set(key, "cpu.pct", static_cast<double>(i) / 2);
        batch.set(key, "mem.free", std::int64_t{18'400'000} + i);
    }
    model.apply(batch);
}

inline QStringList keys(const TableModel &model)
{
    QStringList found;
    for (int i = 0; i < model.rowCount(); ++i)
        found.append(model.keyAt(i));
    return found;
}

inline int columnOf(const TableModel &model, const QString &name)
{
    for (int i = 0; i < model.columnCount(); ++i) {
        if (model.columnName(i) == name)
            return i;
    }
    return -1;
}

inline QString shown(const TableModel &model, int row, const char *column)
{
    return model.data(model.index(row, columnOf(model, QString::fromLatin1(column))), Qt::DisplayRole)
        .toString();
}

} // namespace muster
