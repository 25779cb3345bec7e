// SPDX-License-Identifier: GPL-3.0-or-later
#include "fixtures.h"

#include "qml/types/models.h"

#include <QClipboard>
#include <QDateTime>
#include <QGuiApplication>
#include <QTcpSocket>

#include <string>
#include <vector>

namespace muster::test {

namespace {

void setText(table::Batch &batch, const std::string &key, const char *column, const std::string &text)
{
    batch.set(key, column, ValueView(std::string_view(text)));
}

table::Batch devices(int count)
{
    table::Batch batch;
    for (int i = 0; i < count; ++i) {
        const std::string key = QStringLiteral("d-%1").arg(i, 3, 10, QLatin1Char('0')).toStdString();
        setText(batch, key, "site", i % 2 ? "ams-01" : "waw-02");
        setText(batch, key, "fw", i % 3 ? "1.4.2" : "1.5.0");
        batch.set(key, "cpu.pct", ValueView(double((i * 37) % 100)));
    }
    return batch;
}

} // namespace

Fixtures::Fixtures(const qml::NoNetwork *noNetwork, QObject *parent)
    : QObject(parent),
      m_table("device"),
      m_noNetwork(noNetwork)
{
    m_server.listen(QHostAddress::LocalHost);
    connect(&m_server, &QTcpServer::newConnection, this, [this] {
        ++m_connections;
        m_server.nextPendingConnection()->close();
    });
    QList<ColumnLayout> columns;
    for (const char *name : {"device", "site", "fw", "cpu.pct"}) {
        ColumnLayout column;
        column.name = QString::fromLatin1(name);
        column.title = column.name;
        columns.append(column);
    }
    m_table.setColumns(columns, true);
}

TableModel *Fixtures::table()
{
    return &m_table;
}

int Fixtures::requests() const
{
    return m_connections + m_noNetwork->refused();
}

void Fixtures::fill(int rows)
{
    m_table.clearRows();
    m_table.setGroupBy({});
    m_table.setAggregates({});
    m_table.clearSelection();
    table::Batch batch = devices(rows);
    m_table.apply(batch);
}

void Fixtures::fillFleet(int rows)
{
    TableModel &fleet = *qml::Instances::fleet->devices();
    fleet.clearRows();
    table::Batch batch = devices(rows);
    fleet.apply(batch);
}

void Fixtures::keepRun(int rows, double load, int late, int unexpected, int rejected)
{
    table::Table table("device");
    table::Batch batch;
    for (int i = 0; i < rows + unexpected; ++i) {
        const std::string key = "d-" + std::to_string(i);
        setText(batch, key, "outcome", i < rows ? "answered" : "unexpected");
        if (i < late)
            batch.set(key, "late", ValueView(true));
        batch.set(key, "cpu.pct", ValueView(load));
        batch.set(key, "reply_ms", ValueView(1.0 + i));
        setText(batch, key, "rack", "rack-" + std::to_string(i));
    }
    table.apply(batch);
    query::RunRecord record;
    record.at = UtcTime::now();
    record.fleet = "a <b>plant</b>";
    record.question.where = "cpu.pct > 0";
    record.question.select = {"cpu.pct"};
    record.question.groupBy = {"rack"};
    record.tally.counts[static_cast<std::size_t>(query::Outcome::Answered)] = rows;
    record.tally.late = late;
    record.tally.unexpected = unexpected;
    record.tally.rejected = rejected;
    if (rejected > 1)
        record.rejected.push_back({{protocol::Rejection::BadMember, "\"uptime\" is no number"}, record.at});
    qml::Instances::query->history()->keep(std::move(record), rows > 0 ? table.snapshot() : nullptr);
}

void Fixtures::keepQuestion(const QString &where, int round)
{
    query::RunRecord record;
    record.at = UtcTime::now();
    record.question.where = where.toStdString();
    record.round = round;
    qml::Instances::query->history()->keep(std::move(record), nullptr);
}

void Fixtures::ask(const QString &source)
{
    QueryResults &live = *qml::Instances::query->live();
    if (source.isEmpty()) {
        live.clear();
        return;
    }
    query::RunRecord record;
    for (const query::Source each : {query::Source::Services, query::Source::Subject}) {
        if (query::name(each) == source.toStdString())
            record.question = QueryComposer::startingFor(each);
    }
    live.begin(std::move(record), {}, {});
}

QStringList Fixtures::hostileTexts() const
{
    const QString url = QStringLiteral("http://127.0.0.1:%1/x").arg(m_server.serverPort());
    return {QStringLiteral("<img src=%1>").arg(url),
            QStringLiteral("<img src=\"%1\"/><b>bold</b>").arg(url),
            QStringLiteral("<img src="),
            QStringLiteral("![x](%1)").arg(url),
            QStringLiteral("<a href=\"%1\">here</a>").arg(url),
            QStringLiteral("abc\u202Edcba\u2066"),
            QStringLiteral("two\nlines\r\nand\ttab"),
            QStringLiteral("=cmd|' /C calc'!A0"),
            QString(5000, QLatin1Char('W')),
            QString::fromUtf8("\xEF\xB7\xBA\xF0\x9F\x92\xA9\x00end", 11)};
}

void Fixtures::fillHostile(TableModel *table)
{
    table::Batch batch;
    int n = 0;
    for (const QString &text : hostileTexts()) {
        const std::string bytes = text.toStdString();
        const std::string key = n++ % 2 ? bytes : "device-" + std::to_string(n);
        for (const char *column : {"site", "group", "region", "fw", "presence", "outcome", "error"}) {
            setText(batch, key, column, bytes);
        }
    }
    table->apply(batch);
}

void Fixtures::set(const QString &key, const QString &column, const QVariant &value)
{
    table::Batch batch;
    const std::string text = value.toString().toStdString();
    ValueView cell;
    if (value.metaType().id() == QMetaType::QDateTime)
        cell = UtcTime{value.toDateTime().toMSecsSinceEpoch() * 1000};
    else if (value.metaType().id() == QMetaType::QString)
        cell = std::string_view(text);
    else if (value.isValid())
        cell = value.toDouble();
    batch.set(key.toStdString(), column.toStdString(), cell);
    m_table.apply(batch);
}

void Fixtures::remove(const QString &key)
{
    table::Batch batch;
    batch.remove(key.toStdString());
    m_table.apply(batch);
}

void Fixtures::beginRound(double atMillis)
{
    m_table.beginRound(static_cast<qint64>(atMillis) * 1000);
}

void Fixtures::endRounds()
{
    m_table.endRounds();
}

QString Fixtures::clipboard() const
{
    return QGuiApplication::clipboard()->text();
}

} // namespace muster::test
