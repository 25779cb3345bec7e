// SPDX-License-Identifier: GPL-3.0-or-later
#include "watched_model.h"

#include <QSignalSpy>
#include <QTest>

using namespace muster;
using namespace muster::table;

class TestTableSearch : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void keysAreFoundWhereverTheyStand()
    {
        Table table("device");
        Batch batch;
        for (int i = 0; i < 9000; ++i)
            batch.set("dev-" + std::to_string(i), "n", std::int64_t{i});
        table.apply(batch);
        batch.remove("dev-8123");
        table.apply(batch);
        batch.set("Pump-8123-B", "n", std::int64_t{1});
        table.apply(batch);
        const auto found = [&table](std::string_view text, std::size_t limit) {
            return keysContaining(*table.snapshot(), text, limit);
        };
        QCOMPARE(found("-8123", 9), std::vector<std::string>{"Pump-8123-B"});
        QCOMPARE(found("pUMP", 9), std::vector<std::string>{"Pump-8123-B"});
        QCOMPARE(found("v-899", 3), (std::vector<std::string>{"dev-899", "dev-8990", "dev-8991"}));
        QCOMPARE(found("", 2), (std::vector<std::string>{"dev-0", "dev-1"}));
        QVERIFY(found("nobody", 9).empty());
        QVERIFY(found("dev", 0).empty());
        const CancelFlag cancel{true};
        QVERIFY(keysContaining(*table.snapshot(), "dev", 9, &cancel).empty());
    }

    void theLastSearchIsAnswered()
    {
        TableModel model("device");
        fill(model, 5000);
        QSignalSpy found(&model, &TableModel::keysFound);
        model.findKeys(QStringLiteral("d1"), 50);
        model.findKeys(QStringLiteral("d19"), 50);
        model.findKeys(QStringLiteral("D5999"), 50); // the last of all
        QTRY_COMPARE(found.size(), 1);
        QCOMPARE(found[0][0].toString(), QStringLiteral("D5999"));
        QCOMPARE(found[0][1].toStringList(), QStringList{QStringLiteral("d5999")});

        // A device's whole name finds it, whatever else has it in its own.
        Batch batch;
        batch.set("100", "n", std::int64_t{1});
        model.apply(batch);
        model.findKeys(QStringLiteral("100"), 3);
        QTRY_COMPARE(found.size(), 2);
        QCOMPARE(found[1][1].toStringList(),
                 (QStringList{QStringLiteral("100"), QStringLiteral("d1000"), QStringLiteral("d1001")}));
        model.findKeys(QStringLiteral("100"), -1);
        QTRY_COMPARE(found.size(), 3);
        QVERIFY(found[2][1].toStringList().isEmpty());
    }

    void goesAwayWhileLooking()
    {
        auto model = std::make_unique<TableModel>("device");
        fill(*model, 5000);
        QSignalSpy found(model.get(), &TableModel::keysFound);
        model->findKeys(QStringLiteral("nobody"), 50);
        model.reset();
        QCoreApplication::processEvents();
        QCOMPARE(found.size(), 0);
    }
};

QTEST_MAIN(TestTableSearch)
#include "tst_table_search.moc"
