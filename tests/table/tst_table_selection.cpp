// SPDX-License-Identifier: GPL-3.0-or-later
#include "watched_model.h"

#include <QSignalSpy>
#include <QTest>

using namespace muster;
using namespace muster::table;

/// What is selected by lines, of rows and of groups.
class TestTableSelection : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rangesGoOverFoldedGroups()
    {
        TableModel model("device");
        Watched watched(model);
        fill(model, 30);
        model.setGroupBy({QStringLiteral("group"), QStringLiteral("fw")});
        model.setAllExpanded(false);
        QCOMPARE(model.rowCount(), 3);
        model.setCurrentRow(0);
        model.select(1, TableModel::Range);
        QCOMPARE(model.selectedCount(), 20);
        QCOMPARE(model.currentRow(), 1);
        model.select(0, TableModel::Range);
        QCOMPARE(model.selectedCount(), 10);
        // An open group's rows are lines of their own.
        model.setExpanded(0, true);
        model.setExpanded(1, true); // its first fw
        QCOMPARE(model.rowCount(), 3 + 2 + 5);
        model.setCurrentRow(0);
        model.select(1, TableModel::Range); // nothing but headings of open groups
        QCOMPARE(model.selectedCount(), 5);
        model.select(3, TableModel::Range);
        QCOMPARE(model.selectedCount(), 2);
        model.select(7, TableModel::Range); // the folded second fw
        QCOMPARE(model.selectedCount(), 10);
        QVERIFY(watched.isTrue());
    }

    void headingsOfSelectedRowsAreSelected()
    {
        TableModel model("device");
        Watched watched(model);
        fill(model, 30);
        model.setGroupBy({QStringLiteral("group"), QStringLiteral("fw")});
        const auto isSelected = [&model](int row) {
            return model.data(model.index(row, 0), TableModel::SelectedRole).toBool();
        };
        QVERIFY(!isSelected(0));
        model.select(0, TableModel::Replace);
        QVERIFY(isSelected(0) && isSelected(1) && isSelected(7) && !isSelected(13));
        model.select(2, TableModel::Toggle);
        QVERIFY(!isSelected(0) && !isSelected(1) && isSelected(7));
        model.select(2, TableModel::Toggle);
        QVERIFY(isSelected(0));

        QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
        const auto isTold = [&changes] {
            return std::any_of(changes.begin(), changes.end(), [](const QList<QVariant> &change) {
                return change[0].toModelIndex().row() == 0 &&
                       change[2].value<QList<int>>().contains(int{TableModel::SelectedRole});
            });
        };
        Batch batch;
        batch.set("new", "group", std::string_view("a"));
        batch.set("new", "fw", std::string_view("1.9"));
        model.apply(batch);
        QTRY_VERIFY(!isSelected(0));
        QVERIFY(isTold());
        changes.clear();
        batch.remove("new");
        model.apply(batch);
        QTRY_VERIFY(isSelected(0));
        QVERIFY(isTold());
        // One that is not selected comes for one that is: the counts stay.
        changes.clear();
        batch.set("d1000", "group", std::string_view("b"));
        batch.set("d1004", "group", std::string_view("a"));
        model.apply(batch);
        QTRY_VERIFY(!isSelected(0));
        QVERIFY(isTold());
        model.selectAll();
        QVERIFY(isSelected(0));
        model.clearSelection();
        QVERIFY(!isSelected(0));
        QVERIFY(watched.isTrue());
    }

    void rangesBeginAtARowWhereverItGoes()
    {
        TableModel model("device");
        Watched watched(model);
        fill(model, 20);
        model.sortByColumn(0, false);
        model.select(5, TableModel::Replace);
        Batch batch;
        batch.set("a", "fw", std::string_view("1.9"));
        model.apply(batch);
        QTRY_VERIFY(model.rowOfKey(QStringLiteral("a")) >= 0);
        model.select(8, TableModel::Range);
        QCOMPARE(model.selectedKeys(),
                 (QStringList{QStringLiteral("d1005"), QStringLiteral("d1006"), QStringLiteral("d1007")}));
        // Where it left, a new one begins; whoever has its id next is not it.
        batch.remove("d1005");
        model.apply(batch);
        batch.set("z", "fw", std::string_view("1.9"));
        model.apply(batch);
        QTRY_VERIFY(model.rowOfKey(QStringLiteral("z")) >= 0);
        model.select(2, TableModel::Range);
        QCOMPARE(model.selectedKeys(), QStringList{QStringLiteral("d1001")});
        QVERIFY(watched.isTrue());
    }

    void groupsOfNothingHaveAName()
    {
        TableModel model("device");
        Batch batch;
        batch.set("d1", "site", std::string_view());
        batch.set("d2", "site", std::string_view("x"));
        batch.set("d3", "fw", std::string_view());
        model.apply(batch);
        model.setGroupBy({QStringLiteral("site"), QStringLiteral("fw")});
        const auto heading = [&model](const char *key, int level) {
            int row = model.parentRow(model.rowOfKey(QString::fromLatin1(key)));
            for (; level < 1; ++level)
                row = model.parentRow(row);
            return model.data(model.index(row, 0), Qt::DisplayRole).toString();
        };
        QCOMPARE(heading("d1", 0), QStringLiteral("(empty)"));
        QCOMPARE(heading("d2", 0), QStringLiteral("x"));
        QCOMPARE(heading("d3", 0), QStringLiteral("(none)"));
        QCOMPARE(heading("d3", 1), QStringLiteral("fw (empty)"));
    }

    void nobodyReadsAgainWhatIsNotShown()
    {
        TableModel model("device");
        fill(model, 50);
        model.setExpression(QStringLiteral("group = \"a\""));
        QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
        Batch batch;
        batch.set("d1001", "cpu.pct", 90.0);
        model.apply(batch);
        QCOMPARE(changes.size(), 0);
        batch.set("d1000", "cpu.pct", 90.0);
        model.apply(batch);
        QCOMPARE(changes.size(), 1);
        QCOMPARE(changes[0][0].toModelIndex().row(), changes[0][1].toModelIndex().row());
    }
};

QTEST_MAIN(TestTableSelection)
#include "tst_table_selection.moc"
