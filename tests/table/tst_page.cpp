// SPDX-License-Identifier: GPL-3.0-or-later
#include "random_table.h"
#include "table/columns.h"
#include "table/page.h"

#include <QtTest>

#include <cstring>

using namespace muster;
using namespace muster::table;

class TestPage : public QObject {
    Q_OBJECT

    static std::vector<RowId> liveRows(const Snapshot &snapshot)
    {
        std::vector<RowId> rows;
        for (RowId row = 0; row < snapshot.rowLimit; ++row) {
            if (snapshot.isLive(row))
                rows.push_back(row);
        }
        return rows;
    }

    /// The table that its pages of so many rows make.
    static std::optional<Table> throughPages(const Table &from, std::size_t pageRows)
    {
        const std::shared_ptr<const Snapshot> snapshot = from.snapshot();
        const std::vector<RowId> rows = liveRows(*snapshot);
        Table to("device");
        Batch batch;
        for (std::size_t at = 0; at < rows.size(); at += pageRows) {
            const std::string page =
                encodePage(*snapshot, std::span(rows).subspan(at, std::min(pageRows, rows.size() - at)));
            if (const Status read = decodePage(page, batch); !read) {
                qWarning("%s", read.error().message.c_str());
                return {};
            }
            to.apply(batch);
        }
        return to;
    }

    /// NaN is the same as NaN here.
    static bool same(const ValueView &left, const ValueView &right)
    {
        const auto *l = std::get_if<double>(&left);
        const auto *r = std::get_if<double>(&right);
        return l && r ? std::memcmp(l, r, sizeof *l) == 0 : left == right;
    }

    static QString difference(const Table &left, const Table &right, bool typesToo)
    {
        if (left.rowCount() != right.rowCount())
            return QStringLiteral("rows");
        for (ColumnIndex c = 0; c < left.columnCount(); ++c) {
            const std::string &name = left.columnName(c);
            const ColumnIndex other = right.column(name);
            for (RowId row = 0; row < left.rowLimit(); ++row) {
                if (!left.isLive(row))
                    continue;
                const RowId there = right.find(left.key(row));
                if (there == noRow)
                    return QString::fromStdString(std::string(left.key(row)));
                const ValueView a = left.cell(row, c);
                const ValueView b = other < 0 ? ValueView() : right.cell(there, other);
                if (!same(a, b))
                    return QString::fromStdString(name + ": " + toText(a) + " / " + toText(b));
            }
            if (typesToo && other >= 0 && left.columnType(c) != right.columnType(other))
                return QString::fromStdString("type of " + name);
        }
        return {};
    }

    static std::string sealed(std::string body)
    {
        const std::uint64_t sum = pageChecksum(body);
        for (int i = 0; i < 8; ++i)
            body += static_cast<char>((sum >> (8 * i)) & 0xFF);
        return body;
    }

    /// A small page with every type, some cells absent, texts of all kinds.
    static std::string samplePage()
    {
        Table table("device");
        Batch batch;
        const std::string longText(300, 'x');
        const std::vector<protocol::Field> first{{"flag", true},
                                                 {"int", std::int64_t{-5}},
                                                 {"real", 0.25},
                                                 {"text", "a\"b"},
                                                 {"at", UtcTime{1'700'000'000'000'000}},
                                                 {"fw", "1.4.2"}};
        const std::vector<protocol::Field> second{{"flag", false},
                                                  {"int", std::int64_t{70'000}},
                                                  {"text", std::string_view(longText)},
                                                  {"mixed", "n/a"}};
        const std::vector<protocol::Field> third{{"real", -1e300}, {"mixed", std::int64_t{12}}};
        batch.upsert("d1", first);
        batch.upsert("d2", second);
        batch.upsert("", third);
        table.apply(batch);
        return encodePage(*table.snapshot(), liveRows(*table.snapshot()));
    }

private Q_SLOTS:
    void randomTablesComeBack()
    {
        for (unsigned seed = 1; seed <= 60; ++seed) {
            RandomTable random(seed);
            PlainTable plain;
            Table table("device");
            Batch batch;
            for (int i = 0; i < 4; ++i) {
                random.fill(batch, plain, 120);
                table.apply(batch);
            }
            const std::optional<Table> back = throughPages(table, 1 + random.below(200));
            QVERIFY(back);
            // In one page every column has all of its cells, in several the last may lack what made its type.
            QCOMPARE(difference(table, *back, false), QString());
            const std::optional<Table> whole = throughPages(table, maxPageRows);
            QVERIFY(whole);
            QCOMPARE(difference(table, *whole, false), QString());
            QCOMPARE(difference(*whole, table, false), QString());
        }
    }

    void typesAndOrderComeBack()
    {
        Table table("device");
        Batch batch;
        for (int i = 0; i < 300; ++i) {
            std::string fw = "1.";
            fw += std::to_string(i % 20);
            const std::vector<protocol::Field> row{
                {"flag", i % 2 == 0},
                {"int", std::int64_t{i} * 1'000'000'007},
                {"real", i / 8.0},
                {"at", UtcTime{std::int64_t{i} * 1'000'003}},
                {"fw", std::string_view(fw)},
                {"same", "x"},
                {"mixed", i == 7 ? ValueView("n/a") : ValueView(std::int64_t{i})},
                {"tenths", i == 250 ? ValueView("n/a") : ValueView(i / 10.0)},
                {"build", i == 7 ? ValueView("n/a") : ValueView(std::string_view(fw))}};
            batch.append("d" + std::to_string(i), row);
        }
        table.apply(batch);
        const std::optional<Table> back = throughPages(table, 64);
        QVERIFY(back);
        QCOMPARE(difference(table, *back, true), QString());
        // Numbers and versions among the texts of a column stand by their value, as they did.
        QCOMPARE(table.snapshot()->column("mixed")->order, TextOrder::Smart);
        QCOMPARE(table.snapshot()->column("build")->order, TextOrder::Versions);
        for (const char *name : {"mixed", "tenths", "fw", "same", "build"})
            QCOMPARE(back->snapshot()->column(name)->order, table.snapshot()->column(name)->order);
    }

    void extremesComeBack()
    {
        Table table("device");
        Batch batch;
        constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
        constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
        std::size_t i = 0;
        for (const std::int64_t value : {least, most, std::int64_t{0}, std::int64_t{-1}}) {
            const std::vector<protocol::Field> row{
                {"int", value}, {"at", UtcTime{value}}, {"real", std::numeric_limits<double>::quiet_NaN()}};
            batch.append("d" + std::to_string(i++), row);
        }
        table.apply(batch);
        const std::optional<Table> back = throughPages(table, 10);
        QVERIFY(back);
        QCOMPARE(difference(table, *back, true), QString());
    }

    void emptyAndTooMany()
    {
        Table table("device");
        QCOMPARE(throughPages(table, 10)->rowCount(), std::size_t(0));
        Batch batch;
        QVERIFY(decodePage(encodePage(*table.snapshot(), {}), batch).ok());
        QVERIFY(batch.isEmpty());
        const std::vector<RowId> many(maxPageRows + 5, 0);
        batch.append("d", {});
        table.apply(batch);
        QVERIFY(decodePage(encodePage(*table.snapshot(), many), batch).ok());
        QCOMPARE(batch.rowCount(), maxPageRows);
    }

    void everyTruncationIsRefused()
    {
        const std::string page = samplePage();
        for (std::size_t size = 0; size < page.size(); ++size) {
            // In memory of its own, so that a byte read past the end is seen.
            const std::vector<char> cut(page.begin(), page.begin() + static_cast<std::ptrdiff_t>(size));
            Batch batch;
            const Status read = decodePage({cut.data(), cut.size()}, batch);
            QVERIFY(!read.ok());
            QCOMPARE(read.error().code, std::string("page.damaged"));
            QVERIFY(batch.isEmpty());
        }
    }

    void aLaterVersionIsNamed()
    {
        std::string page = samplePage();
        page[3] = 2;
        Batch batch;
        QCOMPARE(decodePage(page, batch).error().code, std::string("page.version"));
    }

    void everyFlippedBitIsRefused()
    {
        const std::string page = samplePage();
        for (std::size_t bit = 0; bit < page.size() * 8; ++bit) {
            std::string flipped = page;
            flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
            Batch batch;
            QVERIFY(!decodePage(flipped, batch).ok());
            QVERIFY(batch.isEmpty());
        }
    }

    /// A page that somebody made up: right checksum, anything inside.
    void madeUpPagesAreReadSafely()
    {
        const std::string page = samplePage();
        const std::string body = page.substr(0, page.size() - 8);
        std::mt19937 random(1);
        int accepted = 0;
        for (int i = 0; i < 40'000; ++i) {
            std::string changed = body;
            const std::size_t flips = 1 + random() % 4;
            for (std::size_t f = 0; f < flips; ++f)
                changed[4 + random() % (changed.size() - 4)] = static_cast<char>(random());
            if (random() % 8 == 0)
                changed.resize(4 + random() % (changed.size() - 4));
            const std::string whole = sealed(changed);
            const std::vector<char> held(whole.begin(), whole.end());
            Batch batch;
            if (!decodePage({held.data(), held.size()}, batch).ok()) {
                QVERIFY(batch.isEmpty());
                continue;
            }
            ++accepted;
            Table table("device");
            table.apply(batch);
            for (RowId row = 0; row < table.rowLimit(); ++row) {
                for (ColumnIndex c = 0; c < table.columnCount(); ++c)
                    static_cast<void>(toText(table.cell(row, c)));
            }
        }
        QVERIFY(accepted > 0);
    }
};

QTEST_GUILESS_MAIN(TestPage)
#include "tst_page.moc"
