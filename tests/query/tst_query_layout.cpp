// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/query_results.h"

#include <QTest>

using namespace muster;

namespace {

query::Composition asking(std::vector<std::string> fields, std::vector<std::string> groups = {})
{
    query::Composition question;
    question.select = std::move(fields);
    question.groupBy = std::move(groups);
    return question;
}

QStringList columns(const TableModel &table)
{
    QStringList names;
    for (int i = 0; i < table.columnCount(); ++i)
        names.append(table.columnName(i));
    return names;
}

} // namespace

/// Columns of questions, over restarts of the program.
class TestQueryLayout : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void chosenFieldsStandAsTheyWereLeft()
    {
        QueryResults before;
        before.layOut(asking({}));
        before.layOut(asking({"fw", "cpu.pct", "uptime"}));
        TableModel &table = *before.table();
        QCOMPARE(columns(table), QStringLiteral("device site fw cpu.pct uptime reply_ms").split(u' '));
        table.moveColumn(3, 1);
        table.setColumnWidth(1, 123);
        ColumnListModel &all = *table.columnList();
        for (int i = 0; i < all.rowCount(); ++i) {
            if (all.data(all.index(i), ColumnListModel::NameRole).toString() == QStringLiteral("fw"))
                all.setVisible(i, false);
        }
        const QStringList left = columns(table);
        QCOMPARE(left, QStringLiteral("device cpu.pct site uptime reply_ms").split(u' '));

        QueryResults after;
        after.layOut(asking({})); // before anything is composed
        after.table()->restoreLayout(table.saveLayout());
        QCOMPARE(columns(*after.table()), QStringLiteral("device site reply_ms").split(u' '));
        after.layOut(asking({"fw", "cpu.pct", "uptime"}));
        QCOMPARE(columns(*after.table()), left);
        QCOMPARE(after.table()->columnWidth(1), 123);

        // Asked for anew, it is shown; its groups' headings have it otherwise.
        after.layOut(asking({"cpu.pct"}, {"fw"}));
        QCOMPARE(columns(*after.table()), QStringLiteral("device cpu.pct site reply_ms").split(u' '));
        after.layOut(asking({"fw", "cpu.pct"}));
        QCOMPARE(columns(*after.table()), QStringLiteral("device cpu.pct site fw reply_ms").split(u' '));
    }
};

QTEST_GUILESS_MAIN(TestQueryLayout)
#include "tst_query_layout.moc"
