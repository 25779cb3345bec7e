// SPDX-License-Identifier: GPL-3.0-or-later
#include "random_table.h"
#include "table/cell_text.h"
#include "watched_model.h"

#include <QClipboard>
#include <QFile>
#include <QGuiApplication>
#include <QLocale>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <array>
#include <cmath>

using namespace muster;
using namespace muster::table;

class TestTableModel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    void everyStateIsSound_data()
    {
        QTest::addColumn<unsigned>("seed");
        for (unsigned seed = 1; seed <= 10; ++seed)
            QTest::addRow("seed %u", seed) << seed;
    }
    void everyStateIsSound()
    {
        QFETCH(unsigned, seed);
        RandomTable random(seed);
        TableModel model("device");
        Watched watched(model);
        Tester columns(model.columnList(), Tester::FailureReportingMode::QtTest);
        PlainTable plain;
        Batch batch;
        for (int step = 0; step < 150; ++step) {
            act(model, random, plain, batch);
            QVERIFY(watched.isTrue());
            if (step % 10 == 0)
                QCoreApplication::processEvents();
        }
        model.setPaused(false);
        model.setAllExpanded(true);
        // What it settles on is what an evaluation of its table gives.
        const auto settled = [&] {
            const View view = *evaluate(*model.table().snapshot(), model.spec());
            QStringList expected;
            for (const RowId row : view.rows)
                expected.append(QString::fromUtf8(model.table().key(row).data(),
                                                  static_cast<qsizetype>(model.table().key(row).size())));
            QStringList held = keys(model);
            held.removeAll(QString());
            return held == expected;
        };
        QTRY_VERIFY(settled());
        QVERIFY(watched.isTrue());
        QCOMPARE(model.rowTotal(), static_cast<int>(plain.size()));
    }

    void showsWhatOperatorsRead()
    {
        TableModel model("device");
        Batch batch;
        batch.set("d1", "mem.free", std::int64_t{18'400'000});
        batch.set("d1", "uptime", std::int64_t{61 * 86400 + 20 * 3600});
        batch.set("d1", "temp.soc", 60.5);
        batch.set("d1", "reply_ms", std::int64_t{635});
        batch.set("d1", "cpu.pct", 38.44);
        batch.set("d1", "ok", true);
        batch.set("d1", "load", 0.25);
        batch.set("d1", "count", std::int64_t{1'234'567});
        batch.set("d1", "presence", std::string_view("online"));
        batch.set("d1", "last_seen", UtcTime{UtcTime::now().micros - 65'000'000});
        batch.set("d1", "note", std::string_view("a\nb\u202Ec\xff"));
        batch.set("d2", "note", std::string_view(std::string(65'536, 'x')));
        model.apply(batch);
        const int d1 = model.rowOfKey(QStringLiteral("d1"));
        const int d2 = model.rowOfKey(QStringLiteral("d2"));
        QCOMPARE(shown(model, d1, "mem.free"), QStringLiteral("18.4 MB"));
        QCOMPARE(shown(model, d1, "uptime"), QStringLiteral("61d 20h"));
        QCOMPARE(shown(model, d1, "temp.soc"), QStringLiteral("60.5 °C"));
        QCOMPARE(shown(model, d1, "reply_ms"), QStringLiteral("635 ms"));
        QCOMPARE(cellText(Kind::Milliseconds, 9.96, {}), QStringLiteral("10 ms"));
        QCOMPARE(cellText(Kind::Milliseconds, 3.24, {}), QStringLiteral("3.2 ms"));
        QCOMPARE(cellText(Kind::Milliseconds, 0.0432, {}), QStringLiteral("0.043 ms"));
        QCOMPARE(cellText(Kind::Milliseconds, std::int64_t{0}, {}), QStringLiteral("0.0 ms"));
        QCOMPARE(shown(model, d1, "cpu.pct"), QStringLiteral("38.4"));
        QCOMPARE(shown(model, d1, "load"), QStringLiteral("0.25"));
        QCOMPARE(shown(model, d1, "count"), QStringLiteral("1,234,567"));
        QCOMPARE(shown(model, d1, "ok"), QStringLiteral("yes"));
        QCOMPARE(shown(model, d1, "presence"), QStringLiteral("online"));
        QCOMPARE(shown(model, d1, "last_seen"), QStringLiteral("1 min"));
        QCOMPARE(shown(model, d2, "last_seen"), QStringLiteral("never"));
        QCOMPARE(shown(model, d2, "mem.free"), QString());
        const QString note = shown(model, d1, "note");
        QVERIFY(!note.contains(u'\n') && !note.contains(QChar(0x202E)) &&
                note.contains(QStringLiteral("U+202E")));
        QVERIFY(shown(model, d2, "note").size() < 1000);
        QCOMPARE(model.data(model.index(d1, columnOf(model, QStringLiteral("cpu.pct"))), TableModel::RawRole)
                     .toString(),
                 QStringLiteral("38.44"));
        QVERIFY(model.columnRightAligned(columnOf(model, QStringLiteral("mem.free"))));
        QLocale::setDefault(QLocale(QLocale::German, QLocale::Germany));
        QCOMPARE(shown(model, d1, "mem.free"), QStringLiteral("18,4 MB"));
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
    }

    /// Each has a line, a count and a fold of its own.
    void groupsWithinAMillisecondAreTwo()
    {
        TableModel model("device");
        Watched watched(model);
        Batch batch;
        constexpr std::int64_t at = 1'700'000'000'123'000;
        for (int i = 0; i < 5; ++i)
            batch.set("d" + std::to_string(i), "t", UtcTime{at + (i < 2 ? 1 : 2)});
        model.apply(batch);
        model.setGroupBy({QStringLiteral("t")});
        QCOMPARE(model.rowCount(), 7);
        const auto countAt = [&model](int row) {
            return model.data(model.index(row, 0), TableModel::CountRole).toInt();
        };
        QCOMPARE(countAt(0), 2);
        QCOMPARE(countAt(3), 3);
        model.setExpanded(0, false);
        QCOMPARE(model.rowCount(), 5);
        QVERIFY(model.isGroup(1));
        QCOMPARE(countAt(1), 3);
        QVERIFY(model.data(model.index(1, 0), TableModel::ExpandedRole).toBool());
        QVERIFY(watched.isTrue());
    }
    void foldsStayWhenAColumnWidens()
    {
        TableModel model("device");
        Watched watched(model);
        Batch batch;
        for (int i = 0; i < 6; ++i)
            batch.set("d" + std::to_string(i), "n", std::int64_t{i % 2});
        model.apply(batch);
        model.setGroupBy({QStringLiteral("n")});
        model.setExpanded(0, false);
        QCOMPARE(model.rowCount(), 5);
        const auto headings = [&model] {
            QStringList texts;
            for (int row = 0; row < model.rowCount(); ++row) {
                if (model.isGroup(row))
                    texts.append(model.data(model.index(row, 0), TableModel::RawRole).toString());
            }
            return texts.join(u' ');
        };
        for (const bool toText : {false, true}) {
            batch.set("other", "n", toText ? ValueView(std::string_view("n/a")) : ValueView(0.5));
            model.apply(batch);
            QTRY_COMPARE(headings(), toText ? QStringLiteral("0 1 n/a") : QStringLiteral("0 0.5 1"));
            QVERIFY(!model.data(model.index(0, 0), TableModel::ExpandedRole).toBool());
            QVERIFY(model.isGroup(1));
            QVERIFY(watched.isTrue());
        }
    }

    void hostileTextStaysInItsLine_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("quotes") << QByteArray("a \"b\" 'c' \"");
        QTest::newRow("newlines") << QByteArray("two\nlines\r\nand more\r");
        QTest::newRow("tabs") << QByteArray("\ta\tb");
        QTest::newRow("formula") << QByteArray("=cmd|' /C calc'!A0");
        QTest::newRow("at") << QByteArray("@SUM(1)");
        QTest::newRow("plus") << QByteArray("+1+1");
        QTest::newRow("64 KB") << QByteArray(65'536, 'W');
        QTest::newRow("64 KB of controls") << QByteArray(65'536, '\x01');
        QTest::newRow("not UTF-8") << QByteArray("\xff\xfe\xc3(\xed\xa0\x80 end \xe2\x82");
        QTest::newRow("override") << QByteArray("abc\xe2\x80\xae"
                                                "dcba\xe2\x81\xa6x\xe2\x80\x8f");
        QTest::newRow("separators") << QByteArray("a\xe2\x80\xa8"
                                                  "b\xe2\x80\xa9"
                                                  "c\xc2\x85"
                                                  "d\x0b\x0c");
        QTest::newRow("NUL") << QByteArray("before\0after", 12);
        QTest::newRow("markup") << QByteArray("<img src=http://127.0.0.1:1/x><b>bold</b>");
    }
    void hostileTextStaysInItsLine()
    {
        QFETCH(QByteArray, text);
        const std::string_view raw(text.constData(), static_cast<std::size_t>(text.size()));
        TableModel model("device");
        Watched watched(model);
        Batch batch;
        batch.set("plain", "note", std::string_view("plain"));
        batch.set("d1", "note", raw);
        batch.set("d1", raw, raw); // a column's name, too
        batch.set(raw, "note", std::string_view("its key"));
        model.apply(batch);
        const auto isFit = [](const QString &shown, int most) {
            return !shown.isEmpty() && shown.size() <= most &&
                   std::none_of(shown.begin(), shown.end(), [](QChar c) {
                       return c.category() == QChar::Other_Control || c.category() == QChar::Other_Format ||
                              c.category() == QChar::Separator_Line ||
                              c.category() == QChar::Separator_Paragraph || c.isSurrogate();
                   });
        };
        const int row = model.rowOfKey(QStringLiteral("d1"));
        const int note = columnOf(model, QStringLiteral("note"));
        const auto at = [&](int line, int column, int role) {
            return model.data(model.index(line, column), role).toString();
        };
        QVERIFY(isFit(at(row, note, Qt::DisplayRole), 260));
        QVERIFY(isFit(at(row, note, TableModel::ToolTipTextRole), 4100));
        QVERIFY(isFit(at(row, note, TableModel::RawRole), 4100));
        for (int line = 0; line < model.rowCount(); ++line)
            QVERIFY(isFit(at(line, 0, Qt::DisplayRole), 260));
        QCOMPARE(model.columnCount(), 3);
        QVERIFY(isFit(model.columnTitle(2), 70));

        model.beginRound(1);
        batch.set("d1", "note", std::string_view("new"));
        model.apply(batch);
        const QVariantList history = model.cellHistory(row, note);
        QCOMPARE(history.size(), 2);
        QVERIFY(isFit(history[1].toMap().value(QStringLiteral("text")).toString(), 260));
        batch.set("d1", "note", raw);
        model.apply(batch);

        // Copied rows are rows again where they are pasted.
        model.selectAll();
        const std::vector<QStringList> pasted = cellsOf(model.selectionAsTsv());
        QCOMPARE(pasted.size(), std::size_t{4});
        for (const QStringList &cells : pasted)
            QCOMPARE(cells.size(), 3);
        QString expected = QString::fromUtf8(text);
        expected.remove(QChar(0));
        QString copied = pasted[static_cast<std::size_t>(row) + 1][note];
        if (copied.startsWith(u'\''))
            copied.remove(0, 1); // no spreadsheet runs it
        else
            QVERIFY(!QStringLiteral("=+@\t").contains(copied.front()));
        if (raw.find('\0') == std::string_view::npos && QByteArray(text).isValidUtf8())
            QCOMPARE(copied, expected);

        model.setGroupBy({QStringLiteral("note"), QString::fromUtf8(text)});
        model.setAggregates({QStringLiteral("max note"), QStringLiteral("max ") + QString::fromUtf8(text)});
        for (int line = 0; line < model.rowCount(); ++line) {
            for (int column = 0; column < model.columnCount(); ++column) {
                if (!at(line, column, Qt::DisplayRole).isEmpty())
                    QVERIFY(isFit(at(line, column, Qt::DisplayRole), 400));
                for (const QString &part : at(line, column, TableModel::ToolTipTextRole).split(u'\n')) {
                    if (!part.isEmpty())
                        QVERIFY(isFit(part, 4100));
                }
            }
        }
        QVERIFY(watched.isTrue());
    }

    void groupsHaveHeadings()
    {
        TableModel model("device");
        Watched watched(model);
        fill(model, 12);
        model.setAggregates(
            {QStringLiteral("avg cpu.pct"), QStringLiteral("nonsense x"), QStringLiteral("min mem.free")});
        QCOMPARE(model.aggregates(),
                 (QStringList{QStringLiteral("avg cpu.pct"), QStringLiteral("min mem.free")}));
        model.setGroupBy({QStringLiteral("group"), QStringLiteral("fw")});
        QCOMPARE(model.rowCount(), 3 + 6 + 12);
        const auto at = [&](int row, int column, int role) {
            return model.data(model.index(row, column), role);
        };
        QVERIFY(model.isGroup(0));
        QCOMPARE(at(0, 0, Qt::DisplayRole).toString(), QStringLiteral("a"));
        QCOMPARE(at(0, 0, TableModel::CountRole).toInt(), 4);
        QCOMPARE(at(1, 0, Qt::DisplayRole).toString(), QStringLiteral("fw 1.9"));
        QCOMPARE(at(1, 0, TableModel::DepthRole).toInt(), 1);
        QCOMPARE(at(2, 0, TableModel::DepthRole).toInt(), 2);
        const int cpu = columnOf(model, QStringLiteral("cpu.pct"));
        QCOMPARE(at(0, cpu, TableModel::PrefixRole).toString(), QStringLiteral("avg"));
        QCOMPARE(at(0, cpu, Qt::DisplayRole).toString(), QStringLiteral("2.3")); // of 0, 1.5, 3, 4.5
        QCOMPARE(model.parentRow(2), 1);
        QCOMPARE(model.parentRow(1), 0);
        QCOMPARE(model.parentRow(0), -1);
        QCOMPARE(model.keyAt(0), QString());

        model.setExpanded(0, false);
        QCOMPARE(model.rowCount(), 3 + 4 + 8);
        QCOMPARE(at(0, 0, TableModel::ExpandedRole).toBool(), false);
        // A closed group stays closed when its values change and when it is filtered away and comes back.
        Batch batch;
        batch.set("d1000", "cpu.pct", 90.0);
        model.apply(batch);
        model.setQuickFilter(QStringLiteral("b"));
        model.setQuickFilter(QString());
        QCOMPARE(model.rowCount(), 3 + 4 + 8);
        QTRY_COMPARE(at(0, cpu, Qt::DisplayRole).toString(), QStringLiteral("24.8"));
        model.setAllExpanded(false);
        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(model.rowShown(), 12);
        model.setAllExpanded(true);
        QCOMPARE(model.rowCount(), 3 + 6 + 12);
        QVERIFY(watched.isTrue());
    }

    void sortsAndFilters()
    {
        TableModel model("device");
        Watched watched(model);
        fill(model, 6);
        const int cpu = columnOf(model, QStringLiteral("cpu.pct"));
        model.sortByColumn(cpu, false);
        QCOMPARE(model.sortDirection(cpu), 0);
        QCOMPARE(model.sortRank(cpu), 1);
        model.sortByColumn(cpu, false);
        QCOMPARE(model.keyAt(0), QStringLiteral("d1005"));
        const int group = columnOf(model, QStringLiteral("group"));
        model.sortByColumn(group, true);
        QCOMPARE(model.sortRank(group), 2);
        model.sortByColumn(cpu, true);
        QCOMPARE(model.sortDirection(cpu), -1);
        QCOMPARE(model.keyAt(0), QStringLiteral("d1000"));

        const QVariantMap bad = model.setExpression(QStringLiteral("cpu.pct <"));
        QCOMPARE(bad.value(QStringLiteral("ok")).toBool(), false);
        QVERIFY(!bad.value(QStringLiteral("message")).toString().isEmpty());
        QCOMPARE(model.rowShown(), 6);
        QVERIFY(model.setExpression(QStringLiteral("fw < \"1.10.0\" and group = \"a\""))
                    .value(QStringLiteral("ok"))
                    .toBool());
        QCOMPARE(keys(model), QStringList{QStringLiteral("d1000")});
        model.setBaseFilter(filter::Expression::equals("group", std::string("b")));
        QCOMPARE(model.rowShown(), 0);
        QCOMPARE(model.rowTotal(), 6);
        QCOMPARE(model.countMatching(QStringLiteral("group = \"b\"")), 2);
        QCOMPARE(model.countMatching(QStringLiteral("group =")), -1);
        QCOMPARE(model.valuesOf(QStringLiteral("fw"), 1).size(), 1);
        QVERIFY(model.fieldNames().contains(QStringLiteral("mem.free")));
    }

    void selectionSurvivesFilters()
    {
        TableModel model("device");
        Watched watched(model);
        fill(model, 9);
        model.select(2, TableModel::Replace);
        model.select(4, TableModel::Range);
        QCOMPARE(model.selectedCount(), 3);
        model.setQuickFilter(QStringLiteral("d1008"));
        QCOMPARE(model.selectedCount(), 3);
        model.select(0, TableModel::Toggle);
        model.setQuickFilter(QString());
        QCOMPARE(model.selectedKeys(), (QStringList{QStringLiteral("d1002"), QStringLiteral("d1003"),
                                                    QStringLiteral("d1004"), QStringLiteral("d1008")}));
        QVERIFY(model.data(model.index(3, 0), TableModel::SelectedRole).toBool());
        // A removed row is not selected, nor is whoever gets its id.
        Batch batch;
        batch.remove("d1003");
        model.apply(batch);
        batch.set("newcomer", "fw", std::string_view("2.0"));
        model.apply(batch);
        QCOMPARE(model.selectedCount(), 3);
        QTRY_VERIFY(model.rowOfKey(QStringLiteral("newcomer")) >= 0);
        QVERIFY(
            !model.data(model.index(model.rowOfKey(QStringLiteral("newcomer")), 0), TableModel::SelectedRole)
                 .toBool());
        const QString tsv = model.selectionAsTsv();
        QCOMPARE(tsv.count(u'\n'), 4);
        QVERIFY(tsv.startsWith(QStringLiteral("device\tgroup\tfw\tcpu.pct\tmem.free\n")));
        model.setGroupBy({QStringLiteral("group")});
        model.select(0, TableModel::Replace); // a heading stands for its rows
        QCOMPARE(model.selectedCount(), 2);
        model.selectAll();
        QCOMPARE(model.selectedCount(), 9);
        model.clearSelection();
        QCOMPARE(model.selectedCount(), 0);
    }

    void changesAreFewRanges()
    {
        TableModel model("device");
        fill(model, 1000);
        QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
        Batch batch;
        for (int i = 100; i < 150; ++i)
            batch.set("d" + std::to_string(1000 + i), "cpu.pct", -1.0);
        model.apply(batch);
        QCOMPARE(changes.size(), 1);
        const int cpu = columnOf(model, QStringLiteral("cpu.pct"));
        QCOMPARE(changes[0][0].toModelIndex(), model.index(100, cpu));
        QCOMPARE(changes[0][1].toModelIndex(), model.index(149, cpu));
        QVERIFY(changes[0][2].value<QList<int>>().contains(int{Qt::DisplayRole}));
        changes.clear();
        for (int i = 0; i < 1000; i += 2)
            batch.set("d" + std::to_string(1000 + i), "cpu.pct", -2.0);
        model.apply(batch);
        QVERIFY(changes.size() <= 64);
    }
    void scatteredFiltersAreFewSignals()
    {
        TableModel model("device");
        Watched watched(model);
        fill(model, 3000);
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        model.setQuickFilter(QStringLiteral("7"));
        model.setQuickFilter(QString());
        QCOMPARE(inserted.size() + removed.size(), 2);
        QCOMPARE(reset.size(), 0);
        QVERIFY(watched.isTrue());
    }
    void persistentIndexesFollowTheirRows()
    {
        TableModel model("device");
        fill(model, 50);
        const QPersistentModelIndex held(model.index(model.rowOfKey(QStringLiteral("d1040")), 1));
        model.sortByColumn(columnOf(model, QStringLiteral("cpu.pct")), false);
        model.sortByColumn(columnOf(model, QStringLiteral("cpu.pct")), false);
        QCOMPARE(model.keyAt(held.row()), QStringLiteral("d1040"));
        model.setQuickFilter(QStringLiteral("d1041"));
        QVERIFY(!held.isValid());
    }
    void rowsDoNotJumpAtOnce()
    {
        TableModel model("device");
        fill(model, 20);
        model.sortByColumn(columnOf(model, QStringLiteral("cpu.pct")), false);
        QCOMPARE(model.keyAt(0), QStringLiteral("d1000"));
        QSignalSpy moved(&model, &QAbstractItemModel::layoutChanged);
        Batch batch;
        batch.set("d1000", "cpu.pct", 100.0);
        model.apply(batch);
        QCOMPARE(model.keyAt(0), QStringLiteral("d1000"));
        QCOMPARE(moved.size(), 0);
        QTRY_COMPARE(model.keyAt(19), QStringLiteral("d1000"));
    }

    void largeTablesAreWorkedOutElsewhere()
    {
        TableModel model("device");
        Batch batch;
        for (int i = 0; i < 40'000; ++i) {
            const std::string key = "d" + std::to_string(i);
            batch.set(key, "n", std::int64_t{i % 1000});
        }
        model.apply(batch);
        QTRY_COMPARE(model.rowShown(), 40'000);
        QSignalSpy busy(&model, &TableModel::busyChanged);
        model.setExpression(QStringLiteral("n = 7"));
        QVERIFY(model.busy());
        model.setExpression(QStringLiteral("n = 8"));
        // Rows that go and come while it works are neither kept nor lost.
        batch.remove("d8");
        batch.set("d1008", "n", std::int64_t{9});
        batch.set("late", "n", std::int64_t{8});
        model.apply(batch);
        QTRY_VERIFY(!model.busy());
        QTRY_VERIFY(keys(model).contains(QStringLiteral("late")));
        QTRY_COMPARE(model.rowShown(), 39);
        QVERIFY(!keys(model).contains(QStringLiteral("d1008")));
        QVERIFY(!keys(model).contains(QStringLiteral("d8")));
        QVERIFY(busy.size() >= 2);
    }
    void longListsAreReplaced()
    {
        TableModel model("device");
        Watched watched(model);
        Batch batch;
        constexpr int devices = 120'000;
        for (int i = 0; i < devices; ++i) {
            const std::string serial = "s" + std::to_string(i / 4);
            const std::array<protocol::Field, 2> fields{protocol::Field{"n", std::int64_t{i % 1000}},
                                                        protocol::Field{"serial", std::string_view(serial)}};
            batch.append("d" + std::to_string(1'000'000 + i), fields);
        }
        model.apply(batch);
        QTRY_COMPARE(model.rowCount(), devices);
        model.select(7, TableModel::Replace);
        const QString chosen = model.keyAt(7);
        const auto isEvaluated = [&] {
            const View view = *evaluate(*model.table().snapshot(), model.spec());
            QStringList expected;
            for (const RowId row : view.rows)
                expected.append(QString::fromStdString(std::string(model.table().key(row))));
            QStringList held = keys(model);
            held.removeAll(QString());
            return held == expected && watched.isTrue();
        };
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        model.setExpression(QStringLiteral("n < 500 or n > 900"));
        QTRY_VERIFY(!model.busy());
        QVERIFY(isEvaluated());
        QCOMPARE(removed.size() + inserted.size(), 1);
        model.sortByColumn(columnOf(model, QStringLiteral("n")), false);
        QTRY_VERIFY(!model.busy());
        QVERIFY(isEvaluated());
        model.setExpression(QString());
        QTRY_VERIFY(!model.busy());
        QVERIFY(isEvaluated());
        QCOMPARE(model.selectedKeys(), QStringList{chosen});
        QVERIFY(model.data(model.index(model.rowOfKey(chosen), 0), TableModel::SelectedRole).toBool());

        // More groups than headings are held for.
        model.setAllExpanded(false);
        model.setGroupBy({QStringLiteral("serial")});
        QTRY_VERIFY(!model.busy());
        QCOMPARE(model.rowCount(), devices / 4);
        QVERIFY(watched.isTrue());
        const QString heading = model.data(model.index(3, 0), Qt::DisplayRole).toString();
        QCOMPARE(model.data(model.index(3, 0), TableModel::CountRole).toInt(), 4);
        model.setExpanded(3, true);
        QCOMPARE(model.rowCount(), devices / 4 + 4);
        QCOMPARE(model.parentRow(5), 3);
        QVERIFY(watched.isTrue());
        model.select(3, TableModel::Replace);
        QCOMPARE(model.selectedCount(), 4);
        batch.remove(model.keyAt(5).toStdString());
        model.apply(batch);
        QTRY_COMPARE(model.rowCount(), devices / 4 + 3);
        QTRY_COMPARE(model.data(model.index(3, 0), TableModel::CountRole).toInt(), 3);
        QCOMPARE(model.data(model.index(3, 0), Qt::DisplayRole).toString(), heading);
        QVERIFY(model.data(model.index(3, 0), TableModel::ExpandedRole).toBool());
        model.setGroupBy({QStringLiteral("n")});
        QTRY_VERIFY(!model.busy());
        QCOMPARE(model.rowCount(), 1000);
        QVERIFY(watched.isTrue());
        model.setGroupBy({});
        QTRY_VERIFY(!model.busy());
        QVERIFY(isEvaluated());
        QCOMPARE(reset.size(), 0);
    }
    void muchIsCopiedInTheBackground()
    {
        TableModel model("device");
        fill(model, 5000);
        QSignalSpy copied(&model, &TableModel::copied);
        QSignalSpy failed(&model, &TableModel::copyFailed);
        model.copySelection();
        QCOMPARE(copied.size(), 0);
        model.selectAll();
        model.copySelection();
        model.select(0, TableModel::Replace);
        model.copySelection(); // the later one counts
        QCOMPARE(copied.size(), 1);
        QCOMPARE(QGuiApplication::clipboard()->text().count(u'\n'), 2);
        model.selectAll();
        model.copySelection();
        QTRY_COMPARE(copied.size(), 2);
        QCOMPARE(copied[1][0].toInt(), 5000);
        QCOMPARE(QGuiApplication::clipboard()->text().count(u'\n'), 5001);

        Batch batch;
        constexpr int few = 1900;
        for (int i = 0; i < few; ++i)
            batch.set("d" + std::to_string(1000 + i), "log",
                      std::string_view(std::to_string(i) + std::string(36'000, 'x')));
        model.apply(batch);
        model.copySelection();
        QTRY_COMPARE(failed.size(), 1);
        QCOMPARE(copied.size(), 2);
        model.select(0, TableModel::Replace);
        model.select(few - 1, TableModel::Range); // few rows, and too much all the same
        model.copySelection();
        QCOMPARE(failed.size(), 2);
        QCOMPARE(QGuiApplication::clipboard()->text().count(u'\n'), 5001);
        QCOMPARE(QGuiApplication::clipboard()->text().count(u'\n'), 5001);
    }
    void valuesOfALargeTable()
    {
        TableModel model("device");
        Batch batch;
        for (int i = 0; i < 30'000; ++i) {
            const std::string ip = "10." + std::to_string(i);
            const std::array<protocol::Field, 3> fields{
                protocol::Field{"fw", std::string_view(i % 5 == 0 ? "1.9" : "1.10")},
                protocol::Field{"ip", std::string_view(ip)},
                protocol::Field{"n", std::int64_t{i % 7 == 0 ? i : -1}}};
            batch.append("d" + std::to_string(i), fields);
        }
        model.apply(batch);
        QCOMPARE(model.valuesOf(QStringLiteral("fw"), 9),
                 (QStringList{QStringLiteral("1.10"), QStringLiteral("1.9")}));
        QCOMPARE(model.valuesOf(QStringLiteral("ip"), 9).size(), 9);
        QCOMPARE(model.valuesOf(QStringLiteral("n"), 9)[0], QStringLiteral("-1"));
        QCOMPARE(model.valuesOf(QStringLiteral("device"), 100'000).size(), 30'000);
        QCOMPARE(model.valuesOf(QStringLiteral("device"), 5).size(), 5);
        QVERIFY(model.valuesOf(QStringLiteral("none"), 5).isEmpty());
        QVERIFY(model.valuesOf(QStringLiteral("ip"), -1).isEmpty());
    }
    void goesAwayWhileBusy()
    {
        auto model = std::make_unique<TableModel>("device");
        Batch batch;
        for (int i = 0; i < 60'000; ++i)
            batch.set("d" + std::to_string(i), "n", std::int64_t{i});
        model->apply(batch);
        model->setExpression(QStringLiteral("n > 7"));
        QTemporaryDir folder;
        model->exportTo(QUrl::fromLocalFile(folder.filePath(QStringLiteral("out.csv"))));
        model.reset();
        QCoreApplication::processEvents();
    }

    void pausedShowsAPicture()
    {
        TableModel model("device");
        Watched watched(model);
        fill(model, 5);
        model.setPaused(true);
        Batch batch;
        batch.set("d1000", "cpu.pct", 77.0);
        batch.set("new", "cpu.pct", 1.0);
        batch.remove("d1001");
        model.apply(batch);
        QCOMPARE(model.rowTotal(), 5);
        QCOMPARE(shown(model, 0, "cpu.pct"), QStringLiteral("0.0"));
        QCOMPARE(model.keyAt(1), QStringLiteral("d1001"));
        model.setExpression(QStringLiteral("cpu.pct < 1"));
        QCOMPARE(keys(model), (QStringList{QStringLiteral("d1000"), QStringLiteral("d1001")}));
        model.setExpression(QString());
        model.setPaused(false);
        QCOMPARE(model.rowTotal(), 5);
        QCOMPARE(shown(model, model.rowOfKey(QStringLiteral("d1000")), "cpu.pct"), QStringLiteral("77.0"));
        QCOMPARE(model.rowOfKey(QStringLiteral("d1001")), -1);
        QVERIFY(model.rowOfKey(QStringLiteral("new")) >= 0);
        QVERIFY(watched.isTrue());
    }

    void roundsMarkWhatChanged()
    {
        TableModel model("device");
        Watched watched(model);
        fill(model, 6);
        Batch batch;
        batch.set("d1000", "reply_ms", 10.0);
        model.apply(batch);
        const auto isMarked = [&](const char *key, const char *column) {
            return model
                .data(model.index(model.rowOfKey(QString::fromLatin1(key)),
                                  columnOf(model, QString::fromLatin1(column))),
                      TableModel::ChangedRole)
                .toBool();
        };
        QSignalSpy told(&model, &TableModel::roundChanged);
        constexpr qint64 second = 1'000'000;
        QVERIFY(!model.watched());
        model.setChangedOnly(true);
        QVERIFY(!model.changedOnly());
        model.beginRound(100 * second);
        QVERIFY(model.watched());
        batch.set("d1000", "cpu.pct", 50.0);
        batch.set("d1000", "reply_ms", 11.0);
        batch.set("d1001", "cpu.pct", 0.5); // as before
        batch.set("d1002", "fw", std::string_view("2.0"));
        batch.set("d1002", "group", std::string_view("z"));
        batch.set("new", "cpu.pct", 1.0);
        model.apply(batch);
        QVERIFY(isMarked("d1000", "cpu.pct"));
        QVERIFY(!isMarked("d1000", "reply_ms"));
        QVERIFY(!isMarked("d1000", "fw"));
        QVERIFY(!isMarked("d1001", "cpu.pct"));
        QTRY_VERIFY(model.rowOfKey(QStringLiteral("new")) >= 0);
        QVERIFY(!isMarked("new", "cpu.pct"));
        QCOMPARE(model.changedCells(), 3);
        QCOMPARE(model.changedRows(), 2);
        QVERIFY(!told.isEmpty());

        model.setChangedOnly(true);
        QCOMPARE(keys(model), (QStringList{QStringLiteral("d1000"), QStringLiteral("d1002")}));
        QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
        model.beginRound(110 * second);
        QCOMPARE(model.changedCells(), 0);
        QVERIFY(!isMarked("d1000", "cpu.pct"));
        QVERIFY(!changes.isEmpty() && changes[0][2].value<QList<int>>().contains(TableModel::ChangedRole));
        QCOMPARE(model.rowCount(), 2); // stays until the round has changed something
        batch.set("d1000", "cpu.pct", 60.0);
        model.apply(batch);
        QTRY_COMPARE(keys(model), QStringList{QStringLiteral("d1000")});
        batch.set("d1000", "cpu.pct", 50.0); // and back
        batch.set("d1003", "cpu.pct", 70.0);
        model.apply(batch);
        QTRY_COMPARE(keys(model), QStringList{QStringLiteral("d1003")});
        QCOMPARE(model.changedCells(), 1);
        model.setChangedOnly(false);
        QCOMPARE(model.rowCount(), 7);

        const auto history = [&](const char *key, const char *column) {
            QStringList lines;
            const QVariantList past = model.cellHistory(model.rowOfKey(QString::fromLatin1(key)),
                                                        columnOf(model, QString::fromLatin1(column)));
            for (const QVariant &entry : past)
                lines.append(entry.toMap().value(QStringLiteral("at")).toString() + u' ' +
                             entry.toMap().value(QStringLiteral("text")).toString());
            return lines;
        };
        QCOMPARE(history("d1000", "cpu.pct"),
                 (QStringList{QStringLiteral("100000 50.0"), QStringLiteral("0 0.0")}));
        QCOMPARE(history("d1003", "cpu.pct"),
                 (QStringList{QStringLiteral("110000 70.0"), QStringLiteral("0 1.5")}));
        QVERIFY(history("d1001", "cpu.pct").isEmpty());
        QVERIFY(history("d1000", "reply_ms").isEmpty());
        QVERIFY(model.cellHistory(-1, 0).isEmpty() && model.cellHistory(0, 99).isEmpty());
        model.beginRound(120 * second);
        batch.set("d1003", "cpu.pct", 71.0);
        model.apply(batch);
        QCOMPARE(history("d1003", "cpu.pct"),
                 (QStringList{QStringLiteral("120000 71.0"), QStringLiteral("110000 70.0"),
                              QStringLiteral("0 1.5")}));

        // Paused, the marks are those of what is shown.
        model.setPaused(true);
        batch.set("d1004", "cpu.pct", 99.0);
        model.apply(batch);
        QVERIFY(!isMarked("d1004", "cpu.pct"));
        QCOMPARE(model.changedCells(), 1);
        model.setPaused(false);
        QVERIFY(isMarked("d1004", "cpu.pct"));
        QCOMPARE(model.changedCells(), 2);

        // Who leaves takes marks and history along; whoever has the id next has none.
        batch.remove("d1004");
        model.apply(batch);
        QCOMPARE(model.changedRows(), 1);
        batch.set("newcomer", "cpu.pct", 3.0);
        model.apply(batch);
        QTRY_VERIFY(model.rowOfKey(QStringLiteral("newcomer")) >= 0);
        QVERIFY(!isMarked("newcomer", "cpu.pct"));
        QVERIFY(history("newcomer", "cpu.pct").isEmpty());

        model.setChangedOnly(true);
        model.endRounds();
        QVERIFY(!model.watched() && !model.changedOnly());
        QCOMPARE(model.changedRows(), 0);
        QVERIFY(!isMarked("d1003", "cpu.pct"));
        QCOMPARE(model.rowCount(), 7);
        QVERIFY(watched.isTrue());
    }

    void roundsMarkWhatIsSeen()
    {
        TableModel model("device");
        Watched watched(model);
        Batch batch;
        constexpr std::int64_t day = 86400;
        const auto put = [&](std::int64_t uptime, double load) {
            batch.set("d", "uptime", uptime);
            batch.set("d", "load", load);
            model.apply(batch);
        };
        put(3 * day, 0.5);
        const auto uptime = [&] { return columnOf(model, QStringLiteral("uptime")); };
        model.beginRound(1);
        put(3 * day + 5, 0.5);
        QVERIFY(!model.isChanged(0, uptime()));
        QCOMPARE(model.changedRows(), 0);
        QCOMPARE(model.cellHistory(0, uptime()).size(), 2);
        put(4 * day, 0.25);
        QVERIFY(model.isChanged(0, uptime()));
        QCOMPARE(model.changedCells(), 2);
        put(3 * day + 6, 0.25);
        QVERIFY(!model.isChanged(0, uptime()));
        QCOMPARE(model.changedCells(), 1);
        QVERIFY(watched.isTrue());
    }

    void looksTheSameAsItIsWritten()
    {
        RandomTable random(7);
        constexpr std::array kinds{Kind::Number,  Kind::Bytes,        Kind::Percent, Kind::Duration,
                                   Kind::Celsius, Kind::Milliseconds, Kind::Text,    Kind::Identifier};
        int same = 0;
        for (int i = 0; i < 40'000; ++i) {
            // Of all magnitudes, a little or much apart.
            const auto power = [&](int from, int to) {
                return std::pow(10, from + static_cast<double>(random.below(1000)) * (to - from) / 1000);
            };
            const double a = (random.chance(10) ? -1 : 1) * power(-6, 19);
            const double b = a + (random.chance(50) ? -1 : 1) * std::abs(a) * power(-6, 1);
            const bool whole = random.chance(40) && std::abs(a) < 1e17;
            const ValueView one = whole ? ValueView(static_cast<std::int64_t>(a)) : ValueView(a);
            const ValueView other = whole ? ValueView(static_cast<std::int64_t>(b)) : ValueView(b);
            const Kind kind = kinds[random.below(kinds.size())];
            const bool reads = cellText(kind, one, {}) == cellText(kind, other, {});
            if (looksTheSame(kind, one, other) != reads)
                QFAIL(qPrintable(QStringLiteral("%1 %2 %3").arg(static_cast<int>(kind)).arg(a).arg(b)));
            same += reads ? 1 : 0;
        }
        QVERIFY(same > 1000);
        QVERIFY(looksTheSame(Kind::Text, std::string_view("a"), std::string_view("a")));
        QVERIFY(!looksTheSame(Kind::Text, std::string_view("a"), {}));
        QVERIFY(looksTheSame(Kind::Time, UtcTime{1'000'000}, UtcTime{1'900'000}));
        QVERIFY(!looksTheSame(Kind::Time, UtcTime{1'000'000}, UtcTime{2'000'000}));
        QVERIFY(!looksTheSame(Kind::Time, UtcTime{-500'000}, UtcTime{500'000}));
        // Where a part is shown, what is not is heard of all the same.
        const std::string log(300, 'x');
        QVERIFY(!looksTheSame(Kind::Text, std::string_view(log), std::string_view(log + "y")));
        QVERIFY(!looksTheSame(Kind::Number, std::int64_t{1'700'000'000'000'000'000},
                              std::int64_t{1'700'000'000'000'000'001}));
    }

    void headingsSayExactlyWhatTheyAmountTo()
    {
        TableModel model("device");
        Watched watched(model);
        Batch batch;
        batch.set("d1", "group", std::string_view("a"));
        batch.set("d1", "mem.free", std::int64_t{218'103'808});
        model.apply(batch);
        model.setGroupBy({QStringLiteral("group")});
        model.setAggregates({QStringLiteral("min mem.free"), QStringLiteral("count mem.free")});
        QVERIFY(model.isGroup(0));
        QCOMPARE(model.toolTipText(0, columnOf(model, QStringLiteral("mem.free"))),
                 QStringLiteral("min mem.free 218,103,808 bytes\ncount mem.free 1"));
        QVERIFY(watched.isTrue());
    }

    /// A comparison has cells of many fields in a column.
    void cellsAreShownAsTheirField()
    {
        TableModel model("key");
        Watched watched(model);
        const QHash<QString, Type> types{
            {QStringLiteral("mem.free"), Type::Int}, {QStringLiteral("uptime"), Type::Int},
            {QStringLiteral("load"), Type::Double},  {QStringLiteral("ok"), Type::Bool},
            {QStringLiteral("boot"), Type::Time},    {QStringLiteral("serial"), Type::Text}};
        const QString field = QStringLiteral("field");
        model.setColumns({{field, {}, true, 0, 0},
                          {QStringLiteral("before"), {}, true, 0, 0, field, types},
                          {QStringLiteral("plain"), {}, true, 0, 0}},
                         false);
        Batch batch;
        const auto add = [&](std::string_view name, const ValueView &value) {
            batch.set(name, "field", name);
            batch.set(name, "before", value);
            batch.set(name, "plain", value);
            model.apply(batch);
        };
        const auto text = [&](const char *row) {
            return shown(model, model.rowOfKey(QString::fromLatin1(row)), "before");
        };
        add("mem.free", std::int64_t{149'195'776});
        QCOMPARE(text("mem.free"), QStringLiteral("149.2 MB"));
        QVERIFY(!model.columnRightAligned(columnOf(model, QStringLiteral("before"))));
        add("uptime", std::int64_t{259'200});
        add("load", 0.25);
        add("ok", true); // the column is of texts from here on
        add("boot", UtcTime{1'700'000'000'000'000});
        add("serial", std::string_view("149195776"));
        add("unknown", std::string_view("12"));
        QTRY_COMPARE(model.rowShown(), 7);
        QCOMPARE(model.table().columnType(model.table().column("before")), Type::Text);
        QCOMPARE(text("mem.free"), QStringLiteral("149.2 MB"));
        QCOMPARE(text("uptime"), QStringLiteral("3d 00h"));
        QCOMPARE(text("load"), QStringLiteral("0.25"));
        QCOMPARE(text("ok"), QStringLiteral("yes"));
        QCOMPARE(text("boot"), cellText(Kind::Time, UtcTime{1'700'000'000'000'000}, {}));
        QCOMPARE(text("serial"), QStringLiteral("149195776"));
        QCOMPARE(text("unknown"), QStringLiteral("12"));
        const int row = model.rowOfKey(QStringLiteral("mem.free"));
        const int column = columnOf(model, QStringLiteral("before"));
        QCOMPARE(model.toolTipText(row, column), QStringLiteral("149,195,776 bytes"));
        QCOMPARE(model.data(model.index(row, column), TableModel::KindRole).toInt(),
                 static_cast<int>(Kind::Bytes));
        QCOMPARE(shown(model, row, "plain"), QStringLiteral("149195776"));
        model.select(row, TableModel::Replace);
        QVERIFY(model.selectionAsTsv().contains(QStringLiteral("mem.free\t149195776\t"))); // raw
        QVERIFY(watched.isTrue());
    }

    void aTableMadeElsewhereIsTaken()
    {
        TableModel model("device");
        Watched watched(model);
        Tester columns(model.columnList(), Tester::FailureReportingMode::QtTest);
        fill(model, 5);
        model.selectAll();
        model.setPaused(true);
        model.beginRound(1);
        model.setExpression(QStringLiteral("cpu.pct >= 1"));
        model.setGroupBy({QStringLiteral("group")});
        QSignalSpy selection(&model, &TableModel::selectionChanged);

        Table past("device");
        Batch batch;
        for (int i = 0; i < 10; ++i) {
            const std::string key = "past" + std::to_string(i);
            batch.set(key, "cpu.pct", static_cast<double>(i));
            batch.set(key, "group", std::string_view("only"));
            batch.set(key, "other", std::int64_t{i});
        }
        past.apply(batch);
        model.takeTable(std::move(past));
        QTRY_COMPARE(model.rowShown(), 9);
        QCOMPARE(model.rowTotal(), 10);
        QCOMPARE(model.rowCount(), 10); // under one heading
        QVERIFY(!model.paused() && !model.watched());
        QCOMPARE(model.selectedCount(), 0);
        QCOMPARE(selection.size(), 1);
        QCOMPARE(shown(model, model.rowOfKey(QStringLiteral("past3")), "other"), QStringLiteral("3"));
        QVERIFY(columnOf(model, QStringLiteral("mem.free")) >= 0); // the layout stays
        QCOMPARE(shown(model, model.rowOfKey(QStringLiteral("past3")), "mem.free"), QString());
        fill(model, 2);
        QTRY_COMPARE(model.rowTotal(), 12);
        QVERIFY(watched.isTrue());
    }

    void clearingEndsAPause()
    {
        TableModel model("device");
        Watched watched(model);
        fill(model, 5);
        model.setPaused(true);
        QSignalSpy told(&model, &TableModel::pausedChanged);
        model.clearRows();
        QVERIFY(!model.paused());
        QCOMPARE(told.count(), 1);
        QCOMPARE(model.rowTotal(), 0);
        QCOMPARE(model.rowCount(), 0);
        fill(model, 3); // the fleet after a reconnect
        QTRY_COMPARE(model.rowCount(), 3);
        QCOMPARE(model.rowTotal(), 3);
        model.clearRows();
        QCOMPARE(told.count(), 1);
        QVERIFY(watched.isTrue());
    }

    void columnsMoveHideAndAreRemembered()
    {
        TableModel model("device");
        Watched watched(model);
        Tester columns(model.columnList(), Tester::FailureReportingMode::QtTest);
        const QList<ColumnLayout> own{{QStringLiteral("device"), QStringLiteral("Device")},
                                      {QStringLiteral("fw"), QString()},
                                      {QStringLiteral("site"), QStringLiteral("Site")}};
        model.setColumns(own, false);
        fill(model, 3);
        QCOMPARE(model.columnCount(), 3);
        QCOMPARE(model.columnTitle(0), QStringLiteral("Device"));
        QCOMPARE(model.columnTitle(1), QStringLiteral("fw"));
        QCOMPARE(model.columnList()->rowCount(), 6);
        model.setColumnVisible(QStringLiteral("cpu.pct"), true);
        QCOMPARE(model.columnName(3), QStringLiteral("cpu.pct"));
        model.moveColumn(3, 1);
        QCOMPARE(model.columnName(1), QStringLiteral("cpu.pct"));
        model.setColumnWidth(1, 333);
        model.setColumnVisible(QStringLiteral("site"), false);
        QVERIFY(model.columnList()->move(2, 5));
        QCOMPARE(model.columnName(model.columnCount() - 1), QStringLiteral("fw"));
        const QByteArray saved = model.saveLayout();

        TableModel other("device");
        Watched alsoWatched(other);
        other.setColumns(own, false);
        other.restoreLayout(QByteArray("{broken"));
        other.restoreLayout(saved);
        fill(other, 3);
        const int cpu = columnOf(other, QStringLiteral("cpu.pct"));
        QCOMPARE(other.columnWidth(cpu), 333);
        QVERIFY(!other.columnWidthIsAutomatic(cpu));
        QVERIFY(other.columnWidthIsAutomatic(columnOf(other, QStringLiteral("fw"))));
        other.setColumnWidth(cpu, 0);
        QVERIFY(other.columnWidthIsAutomatic(cpu) && other.columnWidth(cpu) > 0);
        other.restoreLayout(saved);
        QStringList names;
        for (int i = 0; i < other.columnCount(); ++i)
            names.append(other.columnName(i));
        QCOMPARE(names,
                 (QStringList{QStringLiteral("device"), QStringLiteral("cpu.pct"), QStringLiteral("fw")}));
    }

    void agesTick()
    {
        TableModel model("device");
        Batch batch;
        batch.set("d", "last_seen", UtcTime::now());
        model.apply(batch);
        QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
        model.tick();
        QCOMPARE(changes.size(), 1);
        QCOMPARE(changes[0][0].toModelIndex().column(), columnOf(model, QStringLiteral("last_seen")));
    }

    /// Where no row is on screen its lines are groups, whichever level is folded; otherwise is to be asked
    /// for.
    void exportsGroupsOrRows()
    {
        QTemporaryDir folder;
        TableModel model("device");
        fill(model, 6);
        for (const char *name : {"fw", "mem.free"})
            model.setColumnVisible(QString::fromLatin1(name), false);
        QVERIFY(!model.showsOnlyGroups());
        model.setGroupBy({QStringLiteral("fw"), QStringLiteral("group")});
        model.setAggregates({QStringLiteral("max cpu.pct"), QStringLiteral("count"),
                             QStringLiteral("sum mem.free"), QStringLiteral("min device"),
                             QStringLiteral("min cpu.pct")});
        QVERIFY(!model.showsOnlyGroups());
        const int groups = model.groupTotal();
        const auto lines = [&](const char *name, TableModel::ExportAs as) {
            const QByteArray file = exported(model, folder.filePath(QString::fromLatin1(name)), as);
            return std::vector<QByteArray>{file.left(file.indexOf('\n')),
                                           QByteArray::number(file.count('\n') - 1)};
        };
        // What is hidden is not there, and the aggregates stand as their columns do.
        const std::vector<QByteArray> ofGroups{
            "group level\tfw\tgroup\tcount\tmin device\tmax cpu.pct\tmin cpu.pct",
            QByteArray::number(groups)};
        const std::vector<QByteArray> ofRows{"fw\tdevice\tgroup\tcpu.pct", "6"}; // fw is seen in the headings
        QCOMPARE(lines("groups.tsv", TableModel::ExportGroups), ofGroups);
        for (int row = model.rowCount() - 1; row >= 0; --row) { // the inner groups
            if (model.parentRow(row) >= 0 && model.isGroup(row))
                model.setExpanded(row, false);
        }
        QVERIFY(model.rowCount() == groups && model.showsOnlyGroups());
        model.setAllExpanded(false);
        QVERIFY(model.rowCount() < groups && model.showsOnlyGroups());
        QCOMPARE(lines("folded.tsv", TableModel::ExportGroups), ofGroups);
        QCOMPARE(lines("rows.tsv", TableModel::ExportRows), ofRows);
        model.setQuickFilter(QStringLiteral("nobody has this"));
        QTRY_COMPARE(model.rowCount(), 0);
        QVERIFY(!model.showsOnlyGroups());
        model.setQuickFilter(QString());
        model.setGroupBy({});
        QCOMPARE(model.groupTotal(), 0);
        QCOMPARE(lines("none.tsv", TableModel::ExportGroups),
                 (std::vector<QByteArray>{"device\tgroup\tcpu.pct", "6"}));
    }
    void exportsWhatIsSeen()
    {
        QTemporaryDir folder;
        TableModel model("device");
        fill(model, 9);
        model.setColumnVisible(QStringLiteral("mem.free"), false);
        model.setExpression(QStringLiteral("fw = \"1.9\""));
        model.sortByColumn(0, false);
        model.sortByColumn(0, false);
        QCOMPARE(exported(model, folder.filePath(QStringLiteral("rows.csv"))),
                 QByteArray("device,group,fw,cpu.pct\r\nd1008,c,1.9,4\r\nd1006,a,1.9,3\r\nd1004,b,1.9,2\r\n"
                            "d1002,c,1.9,1\r\nd1000,a,1.9,0\r\n"));
        model.setGroupBy({QStringLiteral("group")});
        model.setAggregates({QStringLiteral("max cpu.pct")});
        QVERIFY(exported(model, folder.filePath(QStringLiteral("grouped.csv")))
                    .startsWith("device,group,fw,cpu.pct\r\nd1006,a,1.9,3\r\n"));
        model.setAllExpanded(false);
        QCOMPARE(exported(model, folder.filePath(QStringLiteral("groups.tsv")), TableModel::ExportGroups),
                 QByteArray("group\tcount\tmax cpu.pct\na\t2\t3\nb\t1\t2\nc\t2\t4\n"));
        QSignalSpy failed(&model, &TableModel::exportFailed);
        model.exportTo(QUrl::fromLocalFile(folder.filePath(QStringLiteral("no/such/folder.csv"))));
        QTRY_COMPARE(failed.size(), 1);
        QVERIFY(failed[0][1].toString().contains(QStringLiteral("folder.csv")));
        QCOMPARE(model.exportProgress(), -1);
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files).size(), 3);
    }

private:
    static QByteArray exported(TableModel &model, const QString &path,
                               TableModel::ExportAs as = TableModel::ExportRows)
    {
        QSignalSpy finished(&model, &TableModel::exportFinished);
        model.exportTo(QUrl::fromLocalFile(path), false, as);
        if (finished.isEmpty() && !finished.wait())
            return "not finished";
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("not there");
    }

    /// As a spreadsheet reads what is pasted.
    static std::vector<QStringList> cellsOf(const QString &tsv)
    {
        std::vector<QStringList> rows(1);
        QString cell;
        bool isQuoted = false;
        for (qsizetype i = 0; i < tsv.size(); ++i) {
            const QChar c = tsv[i];
            if (isQuoted && c == u'"' && i + 1 < tsv.size() && tsv[i + 1] == u'"') {
                cell += c;
                ++i;
            } else if (c == u'"' && (isQuoted || cell.isEmpty())) {
                isQuoted = !isQuoted;
            } else if (!isQuoted && (c == u'\t' || c == u'\n')) {
                rows.back().append(cell);
                cell.clear();
                if (c == u'\n')
                    rows.emplace_back();
            } else {
                cell += c;
            }
        }
        rows.pop_back();
        return rows;
    }

    static QString name(RandomTable &random) { return QString::fromStdString(random.column()); }

    static void act(TableModel &model, RandomTable &random, PlainTable &plain, Batch &batch)
    {
        switch (random.below(18)) {
        case 0:
        case 1:
        case 2:
        case 3:
            random.fill(batch, plain, 1 + random.below(60), true, true);
            model.apply(batch);
            return;
        case 4: {
            QStringList by;
            for (std::size_t i = random.below(4); i > 0; --i)
                by.append(random.chance(60) ? QStringLiteral("group") : name(random));
            model.setGroupBy(by);
            return;
        }
        case 5:
            model.setAggregates({QStringLiteral("avg ") + name(random), QStringLiteral("count")});
            return;
        case 6:
            model.sortByColumn(static_cast<int>(random.below(10)), random.chance(50));
            return;
        case 7:
            model.setExpression(QString::fromStdString(filter::Expression(random.expression(2)).print()));
            return;
        case 8:
            model.setQuickFilter(random.chance(50) ? QString() : QString::number(random.below(20)));
            return;
        case 9:
            if (model.rowCount() > 0) {
                const int row = static_cast<int>(random.below(static_cast<std::size_t>(model.rowCount())));
                model.setExpanded(model.parentRow(row) < 0 ? row : model.parentRow(row), random.chance(40));
            }
            return;
        case 10:
            model.setAllExpanded(random.chance(50));
            return;
        case 11:
            if (model.rowCount() > 0)
                model.select(static_cast<int>(random.below(static_cast<std::size_t>(model.rowCount()))),
                             static_cast<TableModel::SelectMode>(random.below(3)));
            return;
        case 12:
            model.setColumnVisible(name(random), random.chance(60));
            return;
        case 13:
            if (model.columnCount() > 1)
                model.moveColumn(
                    static_cast<int>(random.below(static_cast<std::size_t>(model.columnCount()))),
                    static_cast<int>(random.below(static_cast<std::size_t>(model.columnCount()))));
            return;
        case 14:
            model.setPaused(random.chance(30));
            return;
        case 15:
            if (random.chance(80))
                model.beginRound(static_cast<qint64>(random.below(1'000'000)));
            else
                model.endRounds();
            return;
        case 16:
            model.setChangedOnly(random.chance(50));
            return;
        default:
            if (random.chance(10)) {
                Table made("device");
                plain.clear();
                random.fill(batch, plain, 100, true, true);
                made.apply(batch);
                model.takeTable(std::move(made));
                return;
            }
            model.restoreLayout(model.saveLayout());
            model.tick();
            if (random.chance(5)) {
                model.clearRows();
                plain.clear();
            }
            return;
        }
    }
};

QTEST_MAIN(TestTableModel)
#include "tst_table_model.moc"
