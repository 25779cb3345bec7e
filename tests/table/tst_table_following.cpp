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

    void whoLeavesDuringAnEvaluationTakesNobodyAlong_data()
    {
        QTest::addColumn<bool>("grouped");
        QTest::newRow("plain") << false;
        QTest::newRow("grouped") << true;
    }
    void whoLeavesDuringAnEvaluationTakesNobodyAlong()
    {
        QFETCH(bool, grouped);
        TableModel model("device");
        Watched watched(model);
        fill(model, 30'000);
        if (grouped)
            model.setGroupBy({QStringLiteral("group")});
        QTRY_COMPARE(model.rowShown(), 30'000);
        model.setExpression(QStringLiteral("mem.free > 0"));
        QVERIFY(model.busy());
        Batch batch;
        batch.remove("d1007");
        batch.remove("d1008");
        model.apply(batch);
        addDevices(batch, "reuses", 1); // has the id of one of the two
        model.apply(batch);
        QTRY_VERIFY(!model.busy());
        QCOMPARE(model.rowOfKey(QStringLiteral("d1007")), -1);
        QCOMPARE(model.rowOfKey(QStringLiteral("d1008")), -1);
        QTRY_VERIFY(model.rowOfKey(QStringLiteral("reuses0")) >= 0);
        // Ids that nobody had yet.
        addDevices(batch, "more", 5000);
        model.apply(batch);
        QTRY_COMPARE(model.rowShown(), 34'999);
        QCOMPARE(model.rowTotal(), 34'999);
        QVERIFY(model.rowOfKey(QStringLiteral("more4999")) >= 0);
        model.selectAll();
        QCOMPARE(model.selectedCount(), 34'999);
        QVERIFY(watched.isTrue());
    }

    void whatLeftDuringAPauseGoesWithIt()
    {
        TableModel model("device");
        Watched watched(model);
        fill(model, 30'000);
        QTRY_COMPARE(model.rowShown(), 30'000);
        model.setPaused(true);
        Batch batch;
        batch.remove("d1007");
        model.apply(batch);
        addDevices(batch, "reuses", 1);
        model.apply(batch);
        // An evaluation of what is on screen has everybody who was there.
        model.setExpression(QStringLiteral("mem.free > 0"));
        QTRY_VERIFY(!model.busy());
        QCOMPARE(model.keyAt(7), QStringLiteral("d1007"));
        QCOMPARE(model.rowShown(), 30'000);
        model.setPaused(false);
        QCOMPARE(model.keyAt(7), QStringLiteral("d1008")); // at once: the id is another's now
        QTRY_VERIFY(!model.busy());
        QVERIFY(model.rowOfKey(QStringLiteral("reuses0")) >= 0);
        QCOMPARE(model.rowShown(), 30'000);
        QVERIFY(watched.isTrue());
    }

private:
    static void addDevices(Batch &batch, const std::string &name, int count)
    {
        for (int i = 0; i < count; ++i) {
            batch.set(name + std::to_string(i), "mem.free", std::int64_t{1} + i);
            batch.set(name + std::to_string(i), "group", std::string_view("b"));
        }
    }
};

QTEST_MAIN(TestTableFollowing)
#include "tst_table_following.moc"
