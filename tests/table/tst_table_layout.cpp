// SPDX-License-Identifier: GPL-3.0-or-later
#include "watched_model.h"

#include <QSignalSpy>
#include <QTest>

using namespace muster;
using namespace muster::table;

namespace {

QStringList columns(const TableModel &model)
{
    QStringList names;
    for (int i = 0; i < model.columnCount(); ++i)
        names.append(model.columnName(i));
    return names;
}

QStringList list(const char *names)
{
    return QString::fromLatin1(names).split(u' ');
}

QList<ColumnLayout> own(const char *names)
{
    QList<ColumnLayout> layout;
    for (const QString &name : list(names))
        layout.append({name, name});
    return layout;
}

void report(TableModel &model, const char *fields)
{
    Batch batch;
    for (const QString &field : list(fields))
        batch.set("d1", field.toStdString(), std::int64_t{1});
    model.apply(batch);
}

void move(TableModel &model, const char *column, int to)
{
    model.moveColumn(columnOf(model, QString::fromLatin1(column)), to);
}

void hide(TableModel &model, const char *column)
{
    ColumnListModel &all = *model.columnList();
    for (int i = 0; i < all.rowCount(); ++i) {
        if (all.data(all.index(i), ColumnListModel::NameRole).toString() == QLatin1String(column))
            all.setVisible(i, false);
    }
}

} // namespace

/// What the operator does to columns, and where it is kept.
class TestTableLayout : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void discoveredColumnsReturnToTheirPlaces()
    {
        TableModel model("device");
        Watched watched(model);
        model.setColumns(own("device site"), true);
        report(model, "a b c d");
        move(model, "c", 1);
        move(model, "site", 5);
        QCOMPARE(columns(model), list("device c a b d site"));

        TableModel next("device");
        Watched alsoWatched(next);
        Tester chooser(next.columnList(), Tester::FailureReportingMode::QtTest);
        next.setColumns(own("device site"), true);
        next.restoreLayout(model.saveLayout());
        QCOMPARE(columns(next), list("device site"));
        report(next, "d");
        QCOMPARE(columns(next), list("device d site"));
        report(next, "unseen b c");
        QCOMPARE(columns(next), list("device c b d site unseen"));
        // What is moved meanwhile is what counts for those still to come.
        move(next, "b", 5);
        report(next, "a");
        QCOMPARE(columns(next), list("device c a d site unseen b"));
        QVERIFY(watched.isTrue() && alsoWatched.isTrue());
    }

    void whatIsNotThereIsKept()
    {
        TableModel model("device");
        model.setColumns(own("device"), true);
        report(model, "a b");
        hide(model, "a");
        model.setColumnWidth(columnOf(model, QStringLiteral("b")), 222);

        TableModel idle("device"); // a start without a connection
        idle.setColumns(own("device"), true);
        idle.restoreLayout(model.saveLayout());
        idle.setColumnWidth(0, 111);

        TableModel next("device");
        next.setColumns(own("device"), true);
        next.restoreLayout(idle.saveLayout());
        report(next, "b a");
        QCOMPARE(columns(next), list("device b"));
        QCOMPARE(next.columnWidth(0), 111);
        QCOMPARE(next.columnWidth(1), 222);
        QCOMPARE(next.columnList()->rowCount(), 3);
        QCOMPARE(next.fieldNames(), list("device a b"));
    }

    void columnsAreSetWhereTheyStood()
    {
        TableModel model("device");
        model.setColumns({}, true, QStringLiteral("all"));
        model.setColumns(own("device cpu mem reply"), false, QStringLiteral("some"));
        move(model, "mem", 1);
        hide(model, "cpu");
        model.setColumnWidth(columnOf(model, QStringLiteral("reply")), 333);

        // The next start lays out another question first.
        TableModel next("device");
        Watched watched(next);
        next.setColumns({}, true, QStringLiteral("all"));
        next.restoreLayout(model.saveLayout());
        report(next, "cpu mem");
        QCOMPARE(columns(next), list("device cpu mem"));
        next.setColumns(own("device cpu mem uptime reply"), false, QStringLiteral("some"));
        QCOMPARE(columns(next), list("device mem uptime reply")); // what is new behind its neighbour
        QCOMPARE(next.columnWidth(3), 333);
        next.setColumns({}, true, QStringLiteral("all"));
        QCOMPARE(columns(next), list("device cpu mem"));
        next.setColumns(own("device cpu mem uptime reply"), false, QStringLiteral("some"));
        QCOMPARE(columns(next), list("device mem uptime reply"));
        QVERIFY(watched.isTrue());
    }

    void whatIsAskedForIsShown()
    {
        TableModel model("device");
        const auto set = [&model](const char *shown, const char *hidden) {
            QList<ColumnLayout> layout = own(shown);
            layout.append({QString::fromLatin1(hidden), QString(), false});
            model.setColumns(layout, false);
        };
        set("device cpu", "fw"); // grouped by it
        QCOMPARE(columns(model), list("device cpu"));
        set("device cpu fw", "none");
        QCOMPARE(columns(model), list("device cpu fw"));
        hide(model, "cpu");
        set("device cpu", "fw");
        QCOMPARE(columns(model), list("device"));
    }

    void onlyTheOperatorsEditsAreToBeSaved()
    {
        TableModel model("device");
        QSignalSpy edited(&model, &TableModel::layoutEdited);
        model.setColumns(own("device a b"), true);
        model.setColumnVisible(QStringLiteral("b"), false); // its owner's doing
        report(model, "c");
        model.restoreLayout(model.saveLayout());
        QCOMPARE(edited.size(), 0);
        model.setColumnWidth(0, 100);
        QCOMPARE(edited.size(), 1);
        move(model, "c", 1);
        QCOMPARE(edited.size(), 2);
        hide(model, "c");
        QCOMPARE(edited.size(), 3);
        model.columnList()->move(1, 2);
        QCOMPARE(edited.size(), 4);
        model.sortByColumn(0, false);
        QCOMPARE(edited.size(), 5);
    }

    void theNamesOfRowsArePinned()
    {
        TableModel model("device");
        Watched watched(model);
        Tester chooser(model.columnList(), Tester::FailureReportingMode::QtTest);
        model.setColumns(own("presence device a b"), false);
        ColumnListModel &all = *model.columnList();
        const auto isPinned = [&all](int row) {
            return all.data(all.index(row), ColumnListModel::PinnedRole).toBool();
        };
        QVERIFY(isPinned(1) && !isPinned(0) && !isPinned(2));
        hide(model, "device");
        QVERIFY(!all.move(1, 2) && !all.move(0, 1) && !all.move(3, 0));
        QVERIFY(!model.moveColumn(2, 1) && !model.moveColumn(0, 3));
        QCOMPARE(columns(model), list("presence device a b"));
        QVERIFY(all.move(2, 3));
        hide(model, "presence");
        QCOMPARE(columns(model), list("device b a"));
        // One that its owner hides is not: nothing is said by it.
        QList<ColumnLayout> layout = own("a b");
        layout.prepend({QStringLiteral("device"), QString(), false});
        model.setColumns(layout, false, QStringLiteral("other"));
        QVERIFY(!isPinned(0));
        QVERIFY(all.move(0, 2));
    }

    void whatAViewDropsIsSaidInTheChooser()
    {
        TableModel model("device");
        QList<ColumnLayout> layout = own("device a b c");
        layout[1].priority = 2;
        layout[2].priority = 3;
        model.setColumns(layout, true);
        report(model, "discovered");
        QCOMPARE(model.columnPriority(2), 3);
        QCOMPARE(model.columnPriority(4), 0);
        ColumnListModel &all = *model.columnList();
        const auto isDropped = [&all](int row) {
            return all.data(all.index(row), ColumnListModel::DroppedRole).toBool();
        };
        QSignalSpy changes(&all, &QAbstractItemModel::dataChanged);
        model.setDropped({2});
        QVERIFY(isDropped(2) && !isDropped(1));
        QCOMPARE(changes.size(), 1);
        model.setDropped({2});
        QCOMPARE(changes.size(), 1);
        // Who asks for a column gets it.
        all.setVisible(2, false);
        QVERIFY(!isDropped(2));
        all.setVisible(2, true);
        QCOMPARE(model.columnPriority(2), 0);
        model.setDropped({});
        QVERIFY(!isDropped(2));
    }

    void sortKeysAreRemembered()
    {
        TableModel model("device");
        fill(model, 5);
        model.sortByColumn(columnOf(model, QStringLiteral("group")), false);
        model.sortByColumn(columnOf(model, QStringLiteral("cpu.pct")), true);
        model.sortByColumn(columnOf(model, QStringLiteral("cpu.pct")), true);
        TableModel next("device");
        Watched watched(next);
        fill(next, 5);
        QSignalSpy told(&next, &TableModel::sortChanged);
        next.restoreLayout(model.saveLayout());
        QCOMPARE(told.size(), 1);
        QCOMPARE(next.sortKeys(), model.sortKeys());
        QCOMPARE(keys(next), keys(model));
        QVERIFY(watched.isTrue());
    }

    /// What sorts the services is not asked of the devices.
    void eachLayoutHasItsSort()
    {
        const QList<ColumnLayout> columns = {{QStringLiteral("device"), {}, true, 0, 0},
                                             {QStringLiteral("group"), {}, true, 0, 0},
                                             {QStringLiteral("cpu.pct"), {}, true, 0, 0}};
        TableModel model("device");
        Watched watched(model);
        fill(model, 5);
        model.setColumns(columns, true, QStringLiteral("fleet"));
        const QStringList asTheyCame = keys(model);
        model.sortByColumn(columnOf(model, QStringLiteral("cpu.pct")), false);
        model.sortByColumn(columnOf(model, QStringLiteral("cpu.pct")), false); // the highest first
        const QVariantList fleetSort = model.sortKeys();
        const QStringList byLoad = keys(model);
        QVERIFY(byLoad != asTheyCame);

        QSignalSpy told(&model, &TableModel::sortChanged);
        model.setColumns(columns, true, QStringLiteral("services"));
        QCOMPARE(told.size(), 1);
        QVERIFY(model.sortKeys().isEmpty());
        QCOMPARE(keys(model), asTheyCame);
        model.sortByColumn(columnOf(model, QStringLiteral("group")), false);
        const QVariantList serviceSort = model.sortKeys();

        model.setColumns(columns, true, QStringLiteral("fleet"));
        QCOMPARE(model.sortKeys(), fleetSort);
        QCOMPARE(keys(model), byLoad);
        model.setColumns(columns, true, QStringLiteral("fleet"));
        QCOMPARE(model.sortKeys(), fleetSort);

        TableModel next("device");
        fill(next, 5);
        next.restoreLayout(model.saveLayout());
        next.setColumns(columns, true, QStringLiteral("fleet"));
        QCOMPARE(next.sortKeys(), fleetSort);
        next.setColumns(columns, true, QStringLiteral("services"));
        QCOMPARE(next.sortKeys(), serviceSort);
        QVERIFY(watched.isTrue());
    }
};

QTEST_MAIN(TestTableLayout)
#include "tst_table_layout.moc"
