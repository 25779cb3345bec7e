// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/filter/expression.h"
#include "expressions.h"
#include "text.h"

#include <QElapsedTimer>
#include <QTest>

#include <map>

using namespace muster;
using namespace muster::filter;

namespace {

using Row = std::map<std::string, Value, std::less<>>;

Lookup lookupIn(const Row &row)
{
    return [&row](std::string_view field) {
        const auto at = row.find(field);
        return at == row.end() ? ValueView() : view(at->second);
    };
}

const Row device{
    {"os", "linux"},
    {"fw", "1.10.2"},
    {"region", "eu"},
    {"mem.free", std::int64_t{150'000'000}},
    {"cpu", 12.5},
    {"floor", "3"},
    {"enabled", true},
    {"door", "true"},
    {"name", "Pump \xC3\xA9 7"},
    {"empty", ""},
    {"port", std::int64_t{8080}},
    {"gone", std::monostate{}},
    {"my field", std::int64_t{1}},
    {"kernel", "6.1.0-18-amd64"},
    {"seen", *UtcTime::parse("2026-01-31T08:00:00Z")},
    {"big", std::int64_t{9007199254740993}},
};

} // namespace

class TestFilter : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void matches_data();
    void matches();
    void refuses_data();
    void refuses();
    void faultsHaveTheirArguments();
    void prints_data();
    void prints();
    void printedTextReadsBack();
    void hostileTextIsBounded();
    void mutatedTextNeverFails();
    void globs_data();
    void globs();
    void globTakesNoExponentialTime();
    void versions_data();
    void versions();
    void versionsAreOrdered();
    void comparisons();
    void expressionsCombine();
};

void TestFilter::matches_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("expected");
    const auto row = [](const char *text, bool expected) {
        QTest::newRow(text) << QByteArray(text) << expected;
    };

    row("", true);
    row("  \t\n ", true);
    row("os = \"linux\" and mem.free < 200MB and fw < \"1.11\"", true);
    row("OS = 'linux'", false); // names are as they are
    row("os = 'linux' AND NOT region = 'us'", true);
    row("os == 'linux'", true);
    row("os = 'Linux'", false);
    row("region = 'us' or region = 'eu' and os = 'linux'", true);
    row("(region = 'us' or region = 'eu') and os = 'bsd'", false);
    row("region = 'eu' or os = 'bsd' and os = 'x'", true); // and binds closer

    // Absent: false for all but "differs" and "not".
    row("nope = 'x'", false);
    row("nope != 'x'", true);
    row("nope < 5", false);
    row("nope >= 5", false);
    row("nope matches '*'", false);
    row("nope contains ''", false);
    row("nope in ('x')", false);
    row("nope not in ('x')", true);
    row("has nope", false);
    row("not has nope", true);
    row("not nope < 5", true);
    row("has gone", false);
    row("has empty", true);
    row("empty = ''", true);

    row("mem.free = 150MB", true);
    row("mem.free = 150000kB", true);
    row("mem.free > 143MiB", true);
    row("mem.free < 144MiB", true);
    row("mem.free = 0.15 GB", true);
    row("mem.free < 1tb", true);
    row("cpu < 12.5%", false);
    row("cpu <= 12.5 %", true);
    row("cpu > -1e-3", true);
    row("port = 8.08e3", true);
    row("port != 8080", false);
    row("big = 9007199254740993", true);
    row("big = 9007199254740992", false);
    row("big > 9007199254740992.0", true);

    // Text and numbers.
    row("floor = 3", true);
    row("floor = 3.0", true);
    row("floor > 2 and floor < 10", true);
    row("port = '8080'", true);
    row("floor = '3.0'", false); // both text: exact
    row("os > 3", false);
    row("empty = 0", false);
    row("enabled = true", true);
    row("enabled = false", false);
    row("enabled != false", true);
    row("enabled = 1", false);
    row("enabled = 'true'", true);
    row("enabled != 'false' and enabled != 'True' and enabled != 'yes'", true);
    row("enabled in ('false')", false);
    row("door = true and door != false and door in (true)", true);
    row("door < true or door > true", false);
    row("door = 1", false);
    row("enabled > false", false);
    row("port = true", false);

    // Versions.
    row("fw < '1.5'", false);
    row("fw > '1.9'", true);
    row("fw >= 'v1.10.2'", true);
    row("fw = '1.10.2.0'", false);
    row("fw <= '1.10.2.0'", true);
    row("fw > '1.10.2-rc1'", true);
    row("kernel > '6.1.0-9-amd64'", true);
    row("kernel >= '6.1'", true);
    row("kernel < '6.1.1'", true);

    row("seen > '2026-01-31T07:00:00Z'", true);
    row("seen = '2026-01-31T09:00:00+01:00'", true);
    row("seen > 'yesterday'", false);

    row("region in ('us', 'eu')", true);
    row("port in (80, 8080)", true);
    row("port in (80, '8080', true)", true);
    row("region in ()", false);
    row("region not in ()", true);
    row("name contains 'pUMP'", true);
    row("name contains 'x'", false);
    row("name matches 'Pump ? 7'", true);
    row("name matches 'pump*'", false);
    row("name not matches 'P*'", false);
    row("port matches '80*'", true);
    row("enabled matches 'tr*'", true);
    row("name contains '\\u00e9'", true);

    row("`my field` = 1", true);
    row("`os` = \"linux\"", true);
    row("not not os = 'linux'", true);
    row("not (os = 'linux' and port = 1)", true);
}

void TestFilter::matches()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, expected);
    const auto parsed = Expression::parse(text.toStdString());
    QVERIFY2(parsed, parsed ? "" : parsed.error().message.c_str());
    QCOMPARE(parsed->matches(lookupIn(device)), expected);
    const auto again = Expression::parse(parsed->print());
    QVERIFY(again);
    QCOMPARE(again->matches(lookupIn(device)), expected);
}

void TestFilter::refuses_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("column");
    QTest::addColumn<int>("length");
    QTest::addColumn<QString>("message");
    QTest::addColumn<QString>("expected");
    const auto row = [](const QString &text, int column, int length, const char *message,
                        const char *expected) {
        QTest::newRow(qPrintable(text))
            << text << column << length << QString::fromUtf8(message) << QString::fromUtf8(expected);
    };
    row(u"region = eu"_qs, 9, 2, "text stands in quotes: did you mean \"eu\"?", "");
    row(u"fw < 1.4.2"_qs, 5, 5, "1.4.2 is not a number; text stands in quotes: did you mean \"1.4.2\"?", "");
    row(u"day = 2026-01-31"_qs, 6, 10, "did you mean \"2026-01-31\"?", "");
    row(u"a = 1 && b = 2"_qs, 6, 2, "the word \"and\"", "");
    row(u"a = 1 || b = 2"_qs, 6, 2, "the word \"or\"", "");
    row(u"!a = 1"_qs, 0, 1, "the word \"not\"", "");
    row(u"a <> 1"_qs, 2, 2, "written !=", "");
    row(u"a => 1"_qs, 2, 2, "written >=", "");
    row(u"a =< 1"_qs, 2, 2, "written <=", "");
    row(u"a =~ 'x'"_qs, 2, 2, "matches", "");
    row(u"a is 1"_qs, 2, 2, "\"is\" is written =", "");
    row(u"a like 'x'"_qs, 2, 4, "matches \"glob\"", "");
    row(u"a = \"eu"_qs, 4, 3, "quote opened here is never closed", "");
    row(u"a = 'it\\'"_qs, 4, 5, "never closed", "");
    row(u"`a = 1"_qs, 0, 6, "backquote", "");
    row(u"`` = 1"_qs, 0, 2, "no name", "");
    row(u"a = \u201Ceu\u201D"_qs, 4, 1, "straight", "");
    row(u"é = 1"_qs, 0, 1, "backquotes", "");
    row(u"`é` = eu"_qs, 6, 2, "did you mean \"eu\"?", "");
    row(u"a < 5qq"_qs, 5, 2, "\"qq\" is not a unit", "KiB");
    row(u"a < 5M"_qs, 5, 1, "\"M\" is not a unit", "MiB");
    row(u"a < 1e999"_qs, 4, 5, "1e999 is too large", "");
    row(u"a < 9e307TB"_qs, 4, 7, "too large", "");
    row(u"a <"_qs, 3, 1, "the filter ends after \"<\"", "a number, a quoted text, \"true\" or \"false\"");
    row(u"a < "_qs, 4, 1, "ends after \"<\"", "a number");
    row(u"a = 1 and"_qs, 9, 1, "ends after \"and\"", "a field name, \"has\", \"not\" or (");
    row(u"a = 1 and and"_qs, 10, 3, "the word \"and\" does not belong here", "field name");
    row(u"a"_qs, 1, 1, "ends after the field a; \"has a\" asks", "\"in\", \"matches\" or \"contains\"");
    row(u"a b"_qs, 2, 1, "\"b\" does not belong after \"a\"", "contains");
    row(u"a not b"_qs, 6, 1, "\"b\" does not belong after \"not\"", "\"in\", \"matches\"");
    row(u"a not"_qs, 5, 1, "ends after \"not\"", "\"in\", \"matches\"");
    row(u"a = and"_qs, 4, 3, "\"and\" does not belong after \"=\"", "a number");
    row(u"a = `b`"_qs, 4, 3, "another field", "a number");
    row(u"1 = a"_qs, 0, 1, "begins with the field: write that first, then 1", "");
    row(u"'x' = a"_qs, 0, 3, "write that first, then 'x'", "");
    row(u"has 'x'"_qs, 4, 3, "'x' does not belong after \"has\"", "a field name");
    row(u"has"_qs, 3, 1, "ends after \"has\"", "a field name");
    row(u"a matches 5"_qs, 10, 1, "did you mean \"5\"?", "");
    row(u"a matches"_qs, 9, 1, "ends after \"matches\"", "a quoted text");
    row(u"a contains true"_qs, 11, 4, "did you mean \"true\"?", "");
    row(u"a in 'x'"_qs, 5, 3, "parentheses", "");
    row(u"a in ('x'"_qs, 5, 1, "list opened here is never closed", "");
    row(u"a in ('x' 'y')"_qs, 10, 3, "'y' does not belong here", "a comma or )");
    row(u"a in ('x',)"_qs, 10, 1, "\")\" does not belong after \",\"", "a number");
    row(u"a in (eu)"_qs, 6, 2, "did you mean \"eu\"?", "");
    row(u"(a = 1"_qs, 0, 1, "( opened here is never closed", "");
    row(u"(a = 1 os = 2)"_qs, 7, 2, "\"os\" does not belong here", "\"and\", \"or\" or )");
    row(u"a = 1)"_qs, 5, 1, "closes nothing", "");
    row(u"a = 1 os = 2"_qs, 6, 2, "\"os\" does not belong here", "\"and\", \"or\" or the end");
    row(u"()"_qs, 1, 1, "\")\" does not belong here", "field name");
    row(u"a = 5 parsecs"_qs, 6, 7, "\"parsecs\" does not belong here", "the end");
    row(u"a = #"_qs, 4, 1, "# has no meaning", "");
}

void TestFilter::refuses()
{
    QFETCH(QString, text);
    QFETCH(int, column);
    QFETCH(int, length);
    QFETCH(QString, message);
    QFETCH(QString, expected);
    const auto parsed = Expression::parse(text.toStdString());
    QVERIFY(!parsed);
    const SyntaxError &error = parsed.error();
    QCOMPARE(error.column, column);
    QCOMPARE(error.length, length);
    QVERIFY2(qs(error.message).contains(message), error.message.c_str());
    QVERIFY2(qs(error.expected).contains(expected), error.expected.c_str());
    QCOMPARE(error.expected.empty(), expected.isEmpty());
    QVERIFY(!qs(error.message).contains(QStringLiteral("expected")));
}

// Another language is made of the same parts.
void TestFilter::faultsHaveTheirArguments()
{
    const SyntaxError error = Expression::parse("a = 1 and has 7%").error();
    QCOMPARE(error.fault, Fault::MisplacedAfter);
    QCOMPARE(error.wanted, Wanted::Field);
    QCOMPARE(error.arguments, (std::vector<std::string>{"\"7%\"", "\"has\""}));
    QCOMPARE(qs(words(error.fault)), u"%1 does not belong after %2"_qs);
    QCOMPARE(qs(error.message), u"\"7%\" does not belong after \"has\""_qs);
    QCOMPARE(qs(Expression::parse("a = %2").error().message), u"% has no meaning here; a field name with "
                                                              "other characters than letters, digits, _ . - "
                                                              "goes between backquotes"_qs);
    // what is typed is not filled in again
    QCOMPARE(qs(Expression::parse("has '%2'").error().message), u"'%2' does not belong after \"has\""_qs);

    for (const char *unfinished : {"a", "a =", "a = \"x", "`a", "(a = 1", "a in ('x'", "not", "a = 1 or"})
        QVERIFY2(Expression::parse(unfinished).error().isUnfinished(), unfinished);
    for (const char *wrong : {"a b", "a = 1 foo", "a = eu", ")", "a = 1 && b = 2"})
        QVERIFY2(!Expression::parse(wrong).error().isUnfinished(), wrong);
}

void TestFilter::prints_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("printed");
    const auto row = [](const QString &text, const QString &printed) {
        QTest::newRow(qPrintable(text)) << text << printed;
    };
    row(u"os='linux'AND mem.free<200mb"_qs, u"os = \"linux\" and mem.free < 200MB"_qs);
    row(u"(a = 1 and b = 2) and c = 3"_qs, u"a = 1 and b = 2 and c = 3"_qs);
    row(u"a = 1 and (b = 2 or c = 3)"_qs, u"a = 1 and (b = 2 or c = 3)"_qs);
    row(u"(a = 1 and b = 2) or c = 3"_qs, u"a = 1 and b = 2 or c = 3"_qs);
    row(u"not (a = 1 or has b)"_qs, u"not (a = 1 or has b)"_qs);
    row(u"a not in ('x')"_qs, u"not a in (\"x\")"_qs);
    row(u"`a` = 1 and `a b` = 1 and `And` = 1 and `q\\`` = 1"_qs,
        u"a = 1 and `a b` = 1 and `And` = 1 and `q\\`` = 1"_qs);
    row(u"a = 'say \"x\"\\n\\u0001'"_qs, u"a = \"say \\\"x\\\"\\n\\u0001\""_qs);
    row(u"a matches 'x\\*'"_qs, u"a matches \"x\\\\*\""_qs);
    row(u"a > 1.50 and b < 5 % and c < 250ms and d < 2 h"_qs,
        u"a > 1.50 and b < 5% and c < 250ms and d < 2h"_qs);
    row(u"a = TRUE"_qs, u"a = true"_qs);
}

void TestFilter::prints()
{
    QFETCH(QString, text);
    QFETCH(QString, printed);
    const auto parsed = Expression::parse(text.toStdString());
    QVERIFY2(parsed, parsed ? "" : parsed.error().message.c_str());
    QCOMPARE(qs(parsed->print()), printed);
}

void TestFilter::printedTextReadsBack()
{
    Expressions random(20260131);
    for (int i = 0; i < 20000; ++i) {
        const Expression made = random.next();
        const std::string text = made.print();
        const auto read = Expression::parse(text);
        QVERIFY2(read, text.c_str());
        QVERIFY2(same(*made.root(), *read->root()), text.c_str());
        QCOMPARE(qs(read->print()), qs(text));
    }
}

void TestFilter::hostileTextIsBounded()
{
    const auto refused = [](const std::string &text) { return qs(Expression::parse(text).error().message); };
    QVERIFY(refused(std::string(100'000, '(')).contains(QStringLiteral("65536")));
    QVERIFY(refused(std::string(60'000, '(')).contains(QStringLiteral("64 levels")));
    std::string nots;
    for (int i = 0; i < 10'000; ++i)
        nots += "not ";
    QVERIFY(refused(nots + "has a").contains(QStringLiteral("64 levels")));
    QVERIFY(refused("a = '\xFF'").contains(QStringLiteral("UTF-8")));

    const std::string deep = std::string(64, '(') + "a = 1" + std::string(64, ')');
    QVERIFY(Expression::parse(deep));
    std::string wide = "a = 1";
    while (wide.size() < 60'000)
        wide += " and a = 1";
    const auto parsed = Expression::parse(wide);
    QVERIFY(parsed);
    QVERIFY(parsed->termCount() > 5000);
}

void TestFilter::mutatedTextNeverFails()
{
    Expressions random(7);
    std::mt19937 &dice = random.dice();
    int accepted = 0;
    for (int i = 0; i < 30000; ++i) {
        std::string text = random.next().print();
        for (auto n = dice() % 4 + 1; n > 0 && !text.empty(); --n) {
            const std::size_t at = dice() % text.size();
            switch (dice() % 3) {
            case 0:
                text[at] = static_cast<char>(dice());
                break;
            case 1:
                text.erase(at, dice() % 5 + 1);
                break;
            default:
                text.insert(at, 1, "()\"'`\\=<>!,%.-e\xE2 "[dice() % 17]);
            }
        }
        const auto parsed = Expression::parse(text);
        if (!parsed) {
            QVERIFY(!parsed.error().message.empty());
            QVERIFY(parsed.error().column >= 0 && parsed.error().column <= int(text.size()));
            QVERIFY(parsed.error().length >= 1);
            continue;
        }
        ++accepted;
        (void)parsed->matches(lookupIn(device));
        QVERIFY2(Expression::parse(parsed->print()), text.c_str());
    }
    QVERIFY(accepted > 100);
}

void TestFilter::globs_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("glob");
    QTest::addColumn<bool>("expected");
    const auto row = [](const char *text, const char *glob, bool expected) {
        QTest::addRow("%s ~ %s", text, glob) << QByteArray(text) << QByteArray(glob) << expected;
    };
    row("", "", true);
    row("", "*", true);
    row("", "?", false);
    row("a", "", false);
    row("eu-berlin-7", "eu-*-?", true);
    row("eu-berlin-77", "eu-*-?", false);
    row("abcabc", "*abc", true);
    row("abcabd", "*abc", false);
    row("aXbXc", "a*b*c", true);
    row("\xC3\xA9", "?", true);
    row("\xC3\xA9t\xC3\xA9", "?t?", true);
    row("b", "[a-c]", true);
    row("d", "[a-c]", false);
    row("d", "[!a-c]", true);
    row("\xC3\xA9", "[\xC3\xA0-\xC3\xBF]", true);
    row("]", "[]]", true);
    row("-", "[a-]", true);
    row("[x", "[x", true);
    row("a*", "a\\*", true);
    row("ab", "a\\*", false);
    row("\\", "\\", true);
    row("Eu", "eu", false);
    row("a", "[a", false);
    row("x[", "?[", true);
    row("\xFF", "?", true);
    row("\xFF", "\xFF", true);
    row("\xFF", "\xFE", false);
}

void TestFilter::globs()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, glob);
    QFETCH(bool, expected);
    QCOMPARE(matchesGlob(text.toStdString(), glob.toStdString()), expected);
}

void TestFilter::globTakesNoExponentialTime()
{
    std::string glob;
    for (int i = 0; i < 50; ++i)
        glob += "*a";
    QElapsedTimer timer;
    timer.start();
    QVERIFY(!matchesGlob(std::string(20'000, 'a') + "b", glob));
    QVERIFY2(timer.elapsed() < 5000, "exponential matching would not end at all");
}

void TestFilter::versions_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("expected");
    for (const char *text : {"1.5", "1.10.2", "v2.0", "V2.0", "1.4.0-rc1", "1.0+build.5", "6.1.0-18-amd64",
                             "2.36~rc1", "192.168.0.1", "00000000000000000000000001.1"})
        QTest::newRow(text) << QByteArray(text) << true;
    for (const char *text :
         {"", "v", "1", "1.", ".5", "1..2", "1.x", "a.b", "1.5-", "1.5 ", "v1", "1.5rc1", "1.5-\xC3\xA9"})
        QTest::newRow(text) << QByteArray(text) << false;
}

void TestFilter::versions()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, expected);
    QCOMPARE(isVersion(text.toStdString()), expected);
}

void TestFilter::versionsAreOrdered()
{
    const char *ascending[] = {"0.9",
                               "1.0-alpha",
                               "1.0-alpha.1",
                               "1.0-rc1",
                               "1.0-rc2",
                               "1.0-rc10",
                               "1.0",
                               "1.0-1",
                               "1.0-18-a",
                               "1.0.1",
                               "1.2",
                               "1.10",
                               "1.10.0.1",
                               "2.0~rc1",
                               "2.0",
                               "10.0",
                               "99999999999999999999999999.0"};
    const std::size_t count = std::size(ascending);
    for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t j = 0; j < count; ++j) {
            const int order = compareVersions(ascending[i], ascending[j]);
            QVERIFY2((i < j) == (order < 0) && (i == j) == (order == 0), ascending[j]);
        }
    }
    QCOMPARE(compareVersions("1.0", "v1.0.0"), 0);
    QCOMPARE(compareVersions("1.0+a", "1.0+b"), 0);
    QCOMPARE(compareVersions("01.2", "1.02"), 0);
}

void TestFilter::comparisons()
{
    // Every pair of kinds: != is exactly not =, and absent equals nothing, itself included.
    const ValueView values[] = {
        ValueView(), true, false, std::int64_t{0}, std::int64_t{5},       5.0, 0.5, std::nan(""), "", "5",
        "5.0",       "x",  "1.5", UtcTime{0},      "1970-01-01T00:00:00Z"};
    for (const ValueView &left : values) {
        for (const ValueView &right : values) {
            QCOMPARE(compare(left, Op::NotEqual, right), !compare(left, Op::Equal, right));
            QCOMPARE(compare(left, Op::Less, right), compare(right, Op::Greater, left));
            QCOMPARE(compare(left, Op::LessEqual, right), compare(right, Op::GreaterEqual, left));
            QCOMPARE(compare(left, Op::Equal, right), compare(right, Op::Equal, left));
            QVERIFY(!(compare(left, Op::Less, right) && compare(left, Op::GreaterEqual, right)));
        }
    }
    QVERIFY(!compare(ValueView(), Op::Equal, ValueView()));
    QVERIFY(compare(std::int64_t{5}, Op::Equal, 5.0));
    QVERIFY(compare(std::numeric_limits<std::int64_t>::max(), Op::Less, 0x1p63));
    QVERIFY(compare(std::numeric_limits<std::int64_t>::min(), Op::Equal, -0x1p63));
    QVERIFY(compare("1970-01-01T00:00:00+00:00", Op::Equal, UtcTime{0}));
}

void TestFilter::expressionsCombine()
{
    const Expression a = Expression::equals("a", std::int64_t{1});
    const Expression b = *Expression::parse("b = 2 and c = 3");
    QCOMPARE(qs(Expression::both(a, b).print()), QStringLiteral("a = 1 and b = 2 and c = 3"));
    QCOMPARE(qs(Expression::both(Expression(), b).print()), qs(b.print()));
    QCOMPARE(qs(Expression::both(a, Expression()).print()), qs(a.print()));
    QVERIFY(Expression::both(Expression(), Expression()).isEmpty());
    QCOMPARE(qs(Expression::both(a, *Expression::parse("b = 2 or c = 3")).print()),
             QStringLiteral("a = 1 and (b = 2 or c = 3)"));

    QCOMPARE(qs(Expression::equals("a b", "x\"y").print()), QStringLiteral("`a b` = \"x\\\"y\""));
    QCOMPARE(qs(Expression::equals("a", std::monostate{}).print()), QStringLiteral("not has a"));
    QVERIFY(
        Expression::equals("t", UtcTime{0}).matches([](std::string_view) { return ValueView(UtcTime{0}); }));

    const Expression all = *Expression::parse("z = 1 and (has a or not z < 2) and `b c` in (1, 2)");
    QCOMPARE(all.termCount(), 4);
    QCOMPARE(all.fields(), (std::vector<std::string>{"a", "b c", "z"}));
    QCOMPARE(Expression().termCount(), 0);
}

QTEST_GUILESS_MAIN(TestFilter)
#include "tst_filter.moc"
