// SPDX-License-Identifier: GPL-3.0-or-later
#include "watched_model.h"

#include <QSignalSpy>
#include <QTest>

#include <limits>

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

    void theCurrentRowIsADevicesRow()
    {
        TableModel model("device");
        Watched watched(model);
        fill(model, 50);
        model.sortByColumn(0, false);
        const auto current = [&model] { return model.keyAt(model.currentRow()); };
        QCOMPARE(model.currentRow(), -1);
        model.setCurrentRow(10);
        QCOMPARE(current(), QStringLiteral("d1010"));
        QSignalSpy moved(&model, &TableModel::currentRowChanged);
        Batch batch;
        addDevices(batch, "a", 7); // above
        model.apply(batch);
        QTRY_COMPARE(model.currentRow(), 17);
        QCOMPARE(current(), QStringLiteral("d1010"));
        batch.remove("d1005");
        batch.remove("d1020");
        model.apply(batch);
        QCOMPARE(model.currentRow(), 16);
        QCOMPARE(moved.size(), 2);
        model.sortByColumn(columnOf(model, QStringLiteral("mem.free")), false);
        QCOMPARE(current(), QStringLiteral("d1010"));

        // Out of sight it is nobody, and comes back with its device.
        model.setQuickFilter(QStringLiteral("d1011"));
        QCOMPARE(model.currentRow(), -1);
        model.setQuickFilter(QString());
        QCOMPARE(current(), QStringLiteral("d1010"));
        // Whoever has its id next is not it.
        batch.remove("d1010");
        model.apply(batch);
        QCOMPARE(model.currentRow(), -1);
        addDevices(batch, "reuses", 1);
        model.apply(batch);
        QTRY_VERIFY(model.rowOfKey(QStringLiteral("reuses0")) >= 0);
        QCOMPARE(model.currentRow(), -1);

        model.setGroupBy({QStringLiteral("group")});
        const int heading = model.parentRow(model.rowOfKey(QStringLiteral("d1002")));
        model.setCurrentRow(heading);
        model.setExpanded(0, false);
        QVERIFY(model.currentRow() < heading);
        QVERIFY(model.isGroup(model.currentRow()));
        QCOMPARE(model.currentRow(), model.parentRow(model.rowOfKey(QStringLiteral("d1002"))));
        QVERIFY(watched.isTrue());
        model.clearRows();
        QCOMPARE(model.currentRow(), -1);
    }

    void whatIsInViewIsKeptThere()
    {
        TableModel model("device");
        Watched watched(model);
        fill(model, 200);
        model.sortByColumn(columnOf(model, QStringLiteral("cpu.pct")), false);
        const QString held = model.keyAt(105);
        connect(&model, &TableModel::linesAboutToMove, this, [&model, &held] {
            const int row = model.rowOfKey(held);
            model.keepInView(row - 5, row + 15, row);
        });
        int shift = 0;
        connect(&model, &TableModel::linesMoved, this, [&shift](int by) { shift += by; });
        Batch batch;
        const auto place = [&batch](const char *key, double at) { batch.set(key, "cpu.pct", at); };
        for (const char *key : {"n1", "n2", "n3"})
            place(key, 1.1); // above
        place("n4", 52.6);   // in view, below the row that is held
        place("n5", 90.1);
        model.apply(batch);
        QTRY_VERIFY(model.rowOfKey(QStringLiteral("n5")) >= 0);
        QCOMPARE(shift, 3);
        batch.remove("d1001");
        batch.remove("d1103"); // in view, above it
        model.apply(batch);
        QCOMPARE(shift, 1);
        // Rows that change places around it.
        place("d1190", 0.5);
        place("d1104", 99.5);
        place("d1106", 99.6);
        model.apply(batch);
        QTRY_COMPARE(model.rowOfKey(QStringLiteral("d1106")), model.rowCount() - 1);
        QCOMPARE(model.rowOfKey(held), 105 + shift);
        // It goes somewhere else alone: the rows that it was among stay.
        const int before = shift;
        const int next = model.rowOfKey(QStringLiteral("d1108"));
        place("d1105", 99.7);
        model.apply(batch);
        QTRY_COMPARE(model.rowOfKey(QStringLiteral("d1105")), model.rowCount() - 1);
        QCOMPARE(shift, before);
        QCOMPARE(model.rowOfKey(QStringLiteral("d1108")), next - 1);
        // What the operator does is not made up for.
        model.setExpression(QStringLiteral("cpu.pct > 20"));
        model.sortByColumn(0, false);
        QCOMPARE(shift, before);
        QVERIFY(watched.isTrue());
    }

    void aChangedRowIsPlacedByItself()
    {
        TableModel model("device");
        Watched watched(model);
        fill(model, 40'000);
        QTRY_COMPARE(model.rowShown(), 40'000);
        model.sortByColumn(columnOf(model, QStringLiteral("cpu.pct")), false);
        model.setExpression(QStringLiteral("cpu.pct >= 0"));
        QTRY_VERIFY(!model.busy());
        QSignalSpy busy(&model, &TableModel::busyChanged);
        QSignalSpy moved(&model, &QAbstractItemModel::layoutChanged);
        Batch batch;
        batch.set("d1000", "cpu.pct", 1e6);
        batch.set("d1001", "cpu.pct", -1.0);
        batch.set("d1002", "cpu.pct", 10'000.25);
        model.apply(batch);
        addDevices(batch, "new", 3); // meanwhile, among rows that are not in order
        batch.set("new0", "cpu.pct", 5e5);
        batch.set("new1", "cpu.pct", 10'000.3);
        model.apply(batch);
        QTRY_COMPARE(model.rowOfKey(QStringLiteral("d1000")), model.rowCount() - 1);
        QVERIFY(isEvaluated(model));
        QCOMPARE(model.rowOfKey(QStringLiteral("d1001")), -1);
        QCOMPARE(busy.size(), 0); // the others were not looked at again
        QVERIFY(watched.isTrue());
    }

    void manyRowsArePlacedElsewhere_data()
    {
        QTest::addColumn<bool>("areNew");
        QTest::newRow("new") << true;
        QTest::newRow("changed") << false;
    }
    void manyRowsArePlacedElsewhere()
    {
        QFETCH(bool, areNew);
        TableModel model("device");
        fill(model, 100'000);
        QTRY_COMPARE(model.rowShown(), 100'000);
        model.sortByColumn(columnOf(model, QStringLiteral("mem.free")), true);
        QTRY_VERIFY(!model.busy());
        QSignalSpy busy(&model, &TableModel::busyChanged);
        Batch batch;
        for (int i = 0; i < 1500; ++i)
            batch.set((areNew ? "new" : "d") + std::to_string(1000 + 7 * i), "mem.free",
                      std::int64_t{18'400'000} + i * 61);
        model.apply(batch);
        QTRY_VERIFY(!busy.isEmpty()); // on a worker
        batch.remove("d1014");
        batch.remove("new1007");
        batch.set("d1021", "mem.free", std::int64_t{18'500'000});
        model.apply(batch);
        QTRY_VERIFY(isEvaluated(model));
    }

    /// Inserting does not put off what rows in other places wait for.
    void newRowsDoNotKeepOthersFromTheirPlaces()
    {
        TableModel model("device");
        fill(model, 60'000);
        model.sortByColumn(columnOf(model, QStringLiteral("cpu.pct")), false);
        QTRY_COMPARE(model.rowShown(), 60'000);
        Batch batch;
        batch.set("d1000", "cpu.pct", 1e6);
        model.apply(batch);
        int next = 0;
        const auto isInPlace = [&] {
            for (int i = 0; i < 700; ++i)
                batch.set("new" + std::to_string(next++), "cpu.pct", static_cast<double>(i));
            model.apply(batch);
            return model.rowOfKey(QStringLiteral("d1000")) > 50'000;
        };
        QTRY_VERIFY(isInPlace());
        QVERIFY(next < 700 * 150);
        QTRY_VERIFY(isEvaluated(model));
    }

    void aColumnThatBecomesTextIsSortedAnew()
    {
        TableModel model("device");
        Watched watched(model);
        Batch batch;
        for (int i = 0; i < 2000; ++i)
            batch.set("d" + std::to_string(10'000 + i), "value",
                      i % 50 == 0 ? std::numeric_limits<double>::quiet_NaN() : i / 2.0);
        model.apply(batch);
        model.sortByColumn(columnOf(model, QStringLiteral("value")), false);
        model.sortByColumn(columnOf(model, QStringLiteral("value")), false);
        QCOMPARE(model.keyAt(1999), QStringLiteral("d11950")); // NaN is last whichever the direction
        batch.set("new", "value", std::string_view("text"));
        model.apply(batch);
        QTRY_VERIFY(model.rowOfKey(QStringLiteral("new")) >= 0);
        QTRY_VERIFY(isEvaluated(model));
        QVERIFY(model.rowOfKey(QStringLiteral("d11950")) < 100);
        QVERIFY(watched.isTrue());
    }

private:
    static bool isEvaluated(const TableModel &model)
    {
        const View view = *evaluate(*model.table().snapshot(), model.spec());
        if (static_cast<int>(view.rows.size()) != model.rowCount())
            return false;
        for (int i = 0; i < model.rowCount(); ++i) {
            if (model.keyAt(i).toStdString() != model.table().key(view.rows[static_cast<std::size_t>(i)]))
                return false;
        }
        return true;
    }

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
