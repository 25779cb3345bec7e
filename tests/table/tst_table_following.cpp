// SPDX-License-Identifier: GPL-3.0-or-later
#include "watched_model.h"

#include <QTest>

using namespace muster;
using namespace muster::table;

/// A model that follows the batches of its table.
class TestTableFollowing : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void newRowsDoNotHideWhatChanged()
    {
        TableModel model("device");
        Watched watched(model);
        fill(model, 20);
        model.setExpression(QStringLiteral("cpu.pct < 100"));
        QCOMPARE(model.rowCount(), 20);
        Batch batch;
        batch.set("d1003", "cpu.pct", 200.0);
        model.apply(batch);
        batch.set("new", "cpu.pct", 1.0);
        model.apply(batch); // before the first of the two has settled
        QTRY_VERIFY(model.rowOfKey(QStringLiteral("new")) >= 0);
        QTRY_COMPARE(model.rowOfKey(QStringLiteral("d1003")), -1);
        QCOMPARE(model.rowCount(), 20);
        QVERIFY(watched.isTrue());
    }
};

QTEST_MAIN(TestTableFollowing)
#include "tst_table_following.moc"
