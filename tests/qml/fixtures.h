// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "qml/types/no_network.h"
#include "table/table_model.h"

#include <QObject>
#include <QTcpServer>

namespace muster::test {

/// What the QML tests need of C++: tables with rows, hostile ones among them, and a server that must hear
/// nothing.
class Fixtures : public QObject {
    Q_OBJECT
    Q_PROPERTY(muster::TableModel *table READ table CONSTANT)
    Q_PROPERTY(int requests READ requests)

public:
    explicit Fixtures(const qml::NoNetwork *noNetwork, QObject *parent = nullptr);

    TableModel *table();
    /// Connections that reached the server, and requests refused before they could.
    int requests() const;

    /// `rows` devices d-000 ..., with site, fw and a number; ungrouped, unsorted, nothing selected.
    Q_INVOKABLE void fill(int rows);
    /// The same devices as if the fleet had them; none again for 0.
    Q_INVOKABLE void fillFleet(int rows);
    /// Names that would load, run or garble what shows them, into `table` under each of its text columns.
    Q_INVOKABLE void fillHostile(muster::TableModel *table);
    /// A past run of a fleet of `rows` devices, each with this load in a rack of its own, into the history of the
    /// Query page: the first ones late, others that were not asked besides, and messages that were no answer, of which
    /// the first is known. Without rows, its results are gone.
    Q_INVOKABLE void keepRun(int rows, double load, int late = 0, int unexpected = 0, int rejected = 0);
    /// A past run of this question without results: that round of a watch, 0 for none.
    Q_INVOKABLE void keepQuestion(const QString &where, int round);
    /// The Query page as if `source` had just been asked and nobody had answered yet; as before any run for an
    /// empty one.
    Q_INVOKABLE void ask(const QString &source);
    Q_INVOKABLE QStringList hostileTexts() const;
    /// Sets a cell of `table`; a Date becomes a time, undefined makes the cell absent.
    Q_INVOKABLE void set(const QString &key, const QString &column, const QVariant &value);
    Q_INVOKABLE void remove(const QString &key);
    Q_INVOKABLE void beginRound(double atMillis);
    Q_INVOKABLE void endRounds();
    Q_INVOKABLE QString clipboard() const;

private:
    TableModel m_table;
    QTcpServer m_server;
    const qml::NoNetwork *m_noNetwork;
    int m_connections = 0;
};

} // namespace muster::test
