// SPDX-License-Identifier: GPL-3.0-or-later
// Random tables of every type against the naive reference: filters, quick text, sorts, groups, and views that
// follow batches. MUSTER_SEEDS=FIRST:COUNT runs others than the usual ones; a failure names its seed.
#include "naive_view.h"
#include "table/filter_kernel.h"

#include <QTest>

#include <memory>
#include <numeric>

using namespace muster;
using namespace muster::table;

namespace {

/// A piece of what some row shows, so that quick text finds something; at times in other letters' case.
std::string quickTextFrom(RandomTable &random, const Snapshot &snapshot,
                          const std::vector<std::string> &columns)
{
    const Column *column = snapshot.column(columns[random.below(columns.size())]);
    if (!column || snapshot.rowLimit == 0)
        return "a";
    std::string text = toText(column->cell(static_cast<RowId>(random.below(snapshot.rowLimit))));
    if (text.empty())
        return "1";
    const std::size_t begin = random.below(text.size());
    text = text.substr(begin, 1 + random.below(6));
    for (char &c : text) {
        if (random.chance(30) && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')))
            c = static_cast<char>(c ^ 0x20);
    }
    return text;
}

ViewSpec drawSpec(RandomTable &random, const Snapshot &snapshot, bool grouped)
{
    ViewSpec spec = randomSpec(random, grouped);
    if (random.chance(30)) {
        spec.quickColumns = {"device", "missing"};
        for (std::size_t i = 1 + random.below(6); i > 0; --i)
            spec.quickColumns.push_back(random.column());
        spec.quickText = quickTextFrom(random, snapshot, spec.quickColumns);
    }
    if (random.chance(10)) {
        std::vector<std::uint64_t> only(random.below(snapshot.rowLimit / 64 + 2));
        for (std::uint64_t &word : only)
            word = random.chance(30) ? ~std::uint64_t{0}
                                     : (std::uint64_t{random.below(1U << 31)} << 32) ^ random.below(1U << 31);
        spec.only = std::make_shared<const std::vector<std::uint64_t>>(std::move(only));
    }
    return spec;
}

/// Rows with keys of their own, all of a type of their own: the widening comes later, from fill().
void appendMany(RandomTable &random, Batch &batch, PlainTable &plain, std::size_t rows)
{
    for (std::size_t i = 0; i < rows; ++i) {
        const std::string key = "many-" + std::to_string(plain.size());
        PlainRow row;
        for (const char *name :
             {"int", "real", "flag", "time", "fw", "name", "group", "huge", "odd", "wide"}) {
            if (random.chance(85))
                row[name] = random.value(name);
        }
        std::vector<protocol::Field> fields;
        fields.reserve(row.size());
        for (const auto &[name, value] : row)
            fields.push_back({name, view(value)});
        batch.append(key, fields);
        plain.emplace(key, std::move(row));
    }
}

bool sameGroups(const std::vector<Group> &left, const std::vector<Group> &right)
{
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [](const Group &a, const Group &b) {
                          return a.level == b.level && a.parent == b.parent && a.begin == b.begin &&
                                 a.end == b.end && toText(view(a.value)) == toText(view(b.value)) &&
                                 std::equal(a.aggregates.begin(), a.aggregates.end(), b.aggregates.begin(),
                                            b.aggregates.end(), isClose);
                      });
}

} // namespace

class TestTableProperties : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void holdsWhatItWasGiven_data() { seeds(40); }
    void holdsWhatItWasGiven()
    {
        QFETCH(unsigned, seed);
        RandomTable random(seed);
        Table table("device");
        PlainTable plain;
        Batch batch;
        std::set<RowId> removed;
        bool wasReused = false;
        for (int round = 0; round < 20; ++round) {
            random.fill(batch, plain, random.below(round == 0 ? 1500 : 150), true, true);
            const Change change = table.apply(batch);
            for (const RowId row : change.reused)
                wasReused = wasReused || removed.contains(row);
            removed.insert(change.removed.begin(), change.removed.end());
            QCOMPARE(table.rowCount(), plain.size());
            for (const auto &[key, held] : plain) {
                const RowId row = table.find(key);
                QVERIFY2(row != noRow && table.isLive(row) && table.key(row) == key, key.c_str());
                for (const std::string &name : RandomTable::columns()) {
                    const ColumnIndex column = table.column(name);
                    const auto value = held.find(name);
                    const std::string expected =
                        value == held.end() ? std::string() : toText(view(value->second));
                    const std::string shown = column < 0 ? std::string() : toText(table.cell(row, column));
                    if (shown != expected &&
                        !isSameNumber(column < 0 ? ValueView() : table.cell(row, column), value->second))
                        QFAIL(qPrintable(
                            QString::fromStdString(key + ' ' + name + ": " + shown + " for " + expected)));
                }
            }
        }
        QVERIFY(wasReused); // else these tables do not show what happens to ids that come again
    }

    void viewsAreTheNaiveOnes_data() { seeds(60); }
    void viewsAreTheNaiveOnes()
    {
        QFETCH(unsigned, seed);
        RandomTable random(seed + 10'000);
        Table table("device");
        PlainTable plain;
        Beginnings beginnings;
        Batch batch;
        for (int round = 0; round < 2; ++round) {
            random.fill(batch, plain, 1 + random.below(900), true, true);
            if (random.chance(25)) // more than one chunk
                appendMany(random, batch, plain, 5000);
            table.apply(batch);
            const auto snapshot = table.snapshot();
            beginnings.note(plain, *snapshot);
            for (int i = 0; i < 24; ++i) {
                check(*snapshot, beginnings, drawSpec(random, *snapshot, i % 2 == 1), 60);
                if (QTest::currentTestFailed())
                    return;
            }
        }
    }

    /// Enough rows for two threads; fewer views, for the naive ones take long.
    void largeViewsAreTheNaiveOnes_data() { seeds(3); }
    void largeViewsAreTheNaiveOnes()
    {
        QFETCH(unsigned, seed);
        RandomTable random(seed + 20'000);
        Table table("device");
        PlainTable plain;
        Beginnings beginnings;
        Batch batch;
        appendMany(random, batch, plain, 70'000);
        table.apply(batch);
        beginnings.note(plain, *table.snapshot());
        random.fill(batch, plain, 2000, true, true);
        table.apply(batch);
        const auto snapshot = table.snapshot();
        beginnings.note(plain, *snapshot);
        for (int i = 0; i < 8; ++i) {
            check(*snapshot, beginnings, drawSpec(random, *snapshot, i % 2 == 1), 20);
            if (QTest::currentTestFailed())
                return;
        }
        ViewSpec all; // the way of its own that groups all rows without a list of them
        all.groupBy = {"group", "flag"};
        for (int function = 0; function <= static_cast<int>(Function::P99); ++function)
            all.aggregates.push_back({static_cast<Function>(function), random.column()});
        check(*snapshot, beginnings, all, 40);
    }

    void viewsFollowBatches_data() { seeds(60); }
    void viewsFollowBatches()
    {
        QFETCH(unsigned, seed);
        RandomTable random(seed + 30'000);
        Table table("device");
        PlainTable plain;
        Beginnings beginnings;
        Batch batch;
        random.fill(batch, plain, 300 + random.below(2500));
        if (random.chance(30))
            appendMany(random, batch, plain, 5000);
        table.apply(batch);
        beginnings.note(plain, *table.snapshot());
        std::vector<ViewSpec> specs;
        std::vector<View> views;
        for (int i = 0; i < 4; ++i) {
            specs.push_back(drawSpec(random, *table.snapshot(), i == 3 || random.chance(20)));
            views.push_back(*evaluate(*table.snapshot(), specs.back()));
        }
        for (int round = 0; round < 15; ++round) {
            random.fill(batch, plain, 1 + random.below(random.chance(20) ? 400 : 10), true, true);
            const Change change = table.apply(batch);
            const auto snapshot = table.snapshot();
            beginnings.note(plain, *snapshot);
            const Naive naive{*snapshot, beginnings};
            for (std::size_t i = 0; i < specs.size(); ++i) {
                const View before = views[i];
                const bool changed = update(views[i], *snapshot, specs[i], change);
                const bool differs =
                    before.rows != views[i].rows || !sameGroups(before.groups, views[i].groups);
                if (views[i].rows != naive.rows(specs[i]))
                    return fail("the rows", specs[i]);
                checkGroups(naive, views[i], specs[i], 30);
                if (QTest::currentTestFailed())
                    return fail("the groups", specs[i]);
                if (differs && !changed)
                    return fail("it changed and does not say so:", specs[i]);
            }
        }
    }

    void kernelsAgreeRowByRow_data() { seeds(20); }
    void kernelsAgreeRowByRow()
    {
        QFETCH(unsigned, seed);
        RandomTable random(seed + 40'000);
        Table table("device");
        PlainTable plain;
        Batch batch;
        random.fill(batch, plain, 600);
        if (random.chance(30))
            appendMany(random, batch, plain, 4500);
        table.apply(batch);
        const auto snapshot = table.snapshot();
        const Beginnings beginnings; // of no matter to filters
        const Naive naive{*snapshot, beginnings};
        for (int i = 0; i < 60; ++i) {
            ViewSpec spec = drawSpec(random, *snapshot, false);
            const auto few = compileFilter(*snapshot, spec, Extent::FewRows);
            const auto all = compileFilter(*snapshot, spec, Extent::AllRows);
            Words words{};
            for (RowId row = 0; row < snapshot->rowLimit; ++row) {
                if (all && row % chunkRows == 0)
                    all->pass(row / chunkRows, words);
                if (!snapshot->isLive(row))
                    continue;
                const bool expected = naive.passes(row, spec);
                const std::size_t place = row % chunkRows;
                if ((few ? few->passes(row) : true) != expected ||
                    (all ? ((words[place / 64] >> (place % 64)) & 1) != 0 : true) != expected)
                    return fail("row by row", spec);
            }
        }
    }

private:
    static void seeds(unsigned count)
    {
        QTest::addColumn<unsigned>("seed");
        unsigned first = 1;
        const QByteArrayList asked = qgetenv("MUSTER_SEEDS").split(':');
        if (asked.size() == 2) {
            first = asked[0].toUInt();
            count = asked[1].toUInt();
        }
        for (unsigned seed = first; seed < first + count; ++seed)
            QTest::addRow("seed %u", seed) << seed;
    }
    static void fail(const std::string &what, const ViewSpec &spec)
    {
        QFAIL(qPrintable(QString::fromStdString(what + ' ' + describe(spec))));
    }
    static void check(const Snapshot &snapshot, const Beginnings &beginnings, const ViewSpec &spec,
                      std::size_t mostGroups)
    {
        const auto view = evaluate(snapshot, spec);
        QVERIFY(view.has_value());
        const Naive naive{snapshot, beginnings};
        if (view->rows != naive.rows(spec))
            return fail("the rows", spec);
        checkGroups(naive, *view, spec, mostGroups);
        if (QTest::currentTestFailed())
            fail("the groups", spec);
    }
    /// 5 and 5.0: a column of both holds doubles.
    static bool isSameNumber(const ValueView &shown, const Value &given)
    {
        const auto *real = std::get_if<double>(&shown);
        const auto *integer = std::get_if<std::int64_t>(&given);
        return real && integer && *real == static_cast<double>(*integer);
    }
};

QTEST_GUILESS_MAIN(TestTableProperties)
#include "tst_table_properties.moc"
