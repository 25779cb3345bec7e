// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/filter/expression.h"
#include "core/json_writer.h"
#include "core/protocol/messages.h"
#include "expressions.h"
#include "text.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTest>

#include <cmath>
#include <limits>

using namespace muster;
using namespace muster::filter;

namespace {

/// JsonLogic as its JavaScript reference evaluates it, conversions included: what a device may well run.
class Reference {
public:
    explicit Reference(QJsonObject row) : m_row(std::move(row)) {}

    bool holds(const QJsonValue &rule) const { return isTrue(apply(rule)); }

private:
    QJsonValue apply(const QJsonValue &rule) const
    {
        if (rule.isArray()) {
            QJsonArray out;
            for (const QJsonValue item : rule.toArray())
                out.append(apply(item));
            return out;
        }
        if (!rule.isObject() || rule.toObject().size() != 1)
            return rule;
        const QString op = rule.toObject().begin().key();
        const QJsonValue given = rule.toObject().begin().value();
        const QJsonArray arguments = given.isArray() ? given.toArray() : QJsonArray{given};

        if (op == QStringLiteral("and") || op == QStringLiteral("or")) {
            QJsonValue last;
            for (const QJsonValue argument : arguments) {
                last = apply(argument);
                if (isTrue(last) == (op == QStringLiteral("or")))
                    return last;
            }
            return last;
        }
        QList<QJsonValue> values;
        for (const QJsonValue argument : arguments)
            values.append(apply(argument));
        if (op == QStringLiteral("var"))
            return variable(values.value(0).toString());
        if (op == QStringLiteral("missing")) {
            QJsonArray out;
            for (const QJsonValue &name : values) {
                const QJsonValue value = variable(name.toString());
                if (value.isNull() || (value.isString() && value.toString().isEmpty()))
                    out.append(name);
            }
            return out;
        }
        if (op == QStringLiteral("!"))
            return !isTrue(values.value(0));
        if (op == QStringLiteral("=="))
            return looselyEqual(values.value(0), values.value(1));
        if (op == QStringLiteral("!="))
            return !looselyEqual(values.value(0), values.value(1));
        if (op == QStringLiteral("in"))
            return in(values.value(0), values.value(1));
        const std::partial_ordering order = ordering(values.value(0), values.value(1));
        if (op == QStringLiteral("<"))
            return std::is_lt(order);
        if (op == QStringLiteral("<="))
            return std::is_lteq(order);
        if (op == QStringLiteral(">"))
            return std::is_gt(order);
        if (op == QStringLiteral(">="))
            return std::is_gteq(order);
        qFatal("not an operator: %s", qPrintable(op));
    }

    /// As the protocol asks: the whole name first, for flat rows, then step by step through objects.
    QJsonValue variable(const QString &name) const
    {
        if (m_row.contains(name))
            return m_row.value(name);
        QJsonValue at = m_row;
        for (const QString &step : name.split(u'.')) {
            const QJsonValue next = at.toObject().value(step);
            if (!at.isObject() || next.isUndefined())
                return QJsonValue::Null;
            at = next;
        }
        return at;
    }

    static bool isTrue(const QJsonValue &value)
    {
        switch (value.type()) {
        case QJsonValue::Bool:
            return value.toBool();
        case QJsonValue::Double:
            return value.toDouble() != 0;
        case QJsonValue::String:
            return !value.toString().isEmpty();
        case QJsonValue::Array:
            return !value.toArray().isEmpty();
        case QJsonValue::Object:
            return true;
        default:
            return false;
        }
    }

    static double toNumber(const QJsonValue &value)
    {
        if (value.isNull())
            return 0;
        if (value.isBool())
            return value.toBool() ? 1 : 0;
        if (value.isDouble())
            return value.toDouble();
        const QString text = toString(value).trimmed();
        if (text.isEmpty())
            return 0;
        static const QRegularExpression decimal(QStringLiteral(R"(^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$)"));
        static const QRegularExpression infinity(QStringLiteral("^[+-]?Infinity$"));
        static const QRegularExpression hex(QStringLiteral("^0[xX][0-9a-fA-F]+$"));
        if (decimal.match(text).hasMatch())
            return text.toDouble();
        if (infinity.match(text).hasMatch())
            return text.startsWith(u'-') ? -std::numeric_limits<double>::infinity()
                                         : std::numeric_limits<double>::infinity();
        if (hex.match(text).hasMatch())
            return double(text.mid(2).toULongLong(nullptr, 16));
        return std::nan("");
    }

    static QString toString(const QJsonValue &value)
    {
        switch (value.type()) {
        case QJsonValue::Bool:
            return value.toBool() ? QStringLiteral("true") : QStringLiteral("false");
        case QJsonValue::Double:
            return QString::number(value.toDouble(), 'g', QLocale::FloatingPointShortest);
        case QJsonValue::String:
            return value.toString();
        case QJsonValue::Array: {
            QStringList parts;
            for (const QJsonValue item : value.toArray())
                parts.append(item.isNull() ? QString() : toString(item));
            return parts.join(u',');
        }
        case QJsonValue::Object:
            return QStringLiteral("[object Object]");
        default:
            return QStringLiteral("null");
        }
    }

    static bool isCompound(const QJsonValue &value) { return value.isArray() || value.isObject(); }

    static bool looselyEqual(const QJsonValue &left, const QJsonValue &right)
    {
        if (left.isNull() || right.isNull())
            return left.isNull() && right.isNull();
        if (isCompound(left) && isCompound(right))
            return false; // two different objects
        if (isCompound(left))
            return looselyEqual(toString(left), right);
        if (isCompound(right))
            return looselyEqual(left, toString(right));
        if (left.isString() && right.isString())
            return left.toString() == right.toString();
        return toNumber(left) == toNumber(right);
    }

    static bool strictlyEqual(const QJsonValue &left, const QJsonValue &right)
    {
        if (left.type() != right.type() || isCompound(left))
            return false;
        return left.isDouble() ? left.toDouble() == right.toDouble() : left == right;
    }

    static std::partial_ordering ordering(const QJsonValue &left, const QJsonValue &right)
    {
        const QJsonValue a = isCompound(left) ? QJsonValue(toString(left)) : left;
        const QJsonValue b = isCompound(right) ? QJsonValue(toString(right)) : right;
        if (a.isString() && b.isString())
            return a.toString().compare(b.toString()) <=> 0;
        return toNumber(a) <=> toNumber(b);
    }

    static bool in(const QJsonValue &part, const QJsonValue &whole)
    {
        if (whole.isString())
            return !whole.toString().isEmpty() && whole.toString().contains(toString(part));
        for (const QJsonValue item : whole.toArray()) {
            if (strictlyEqual(part, item))
                return true;
        }
        return false;
    }

    QJsonObject m_row;
};

/// A random row as JSON: flat or nested, with the values that conversions are about.
struct RandomRow {
    std::string json;
    bool plain = true; ///< nothing but scalars

    explicit RandomRow(std::mt19937 &dice)
    {
        JsonWriter out(json);
        out.beginObject();
        const bool nested = dice() % 3 == 0;
        bool inner = false;
        for (const std::string &field : Expressions::fields()) {
            if (dice() % 4 == 0)
                continue;
            if (nested && field.starts_with("c.")) {
                if (!inner)
                    out.key("c").beginObject();
                inner = true;
                out.key(field.substr(2));
            } else {
                if (inner)
                    out.endObject();
                inner = false;
                out.key(field);
            }
            value(out, dice, nested);
        }
        if (inner)
            out.endObject();
        out.endObject();
    }

private:
    void value(JsonWriter &out, std::mt19937 &dice, bool nested)
    {
        static const std::vector<std::string> raw{"0",
                                                  "1",
                                                  "-1",
                                                  "5",
                                                  "5.0",
                                                  "5.25",
                                                  "0.5",
                                                  "1000",
                                                  "1e300",
                                                  "-0",
                                                  "true",
                                                  "false",
                                                  "null",
                                                  "9007199254740992",
                                                  "9007199254740993",
                                                  "-9007199254740993",
                                                  "-1.5",
                                                  "18446744073709551615",
                                                  "1e-9"};
        static const std::vector<std::string> compound{"[]",     "[5]",          "[\"eu\"]",     "[1,2]",
                                                       "[null]", "[[]]",         "[\"\"]",       "{\"x\":1}",
                                                       "{}",     "[\"5\",true]", "[{\"x\":[1]}]"};
        switch (dice() % 5) {
        case 0:
        case 1:
            out.value(Expressions::texts()[dice() % Expressions::texts().size()]);
            return;
        case 2:
            if (nested) {
                plain = false;
                out.raw(compound[dice() % compound.size()]);
                return;
            }
            [[fallthrough]];
        default:
            out.raw(raw[dice() % raw.size()]);
        }
    }
};

Lookup lookupIn(const std::vector<protocol::Field> &row)
{
    return [&row](std::string_view name) {
        for (const protocol::Field &field : row) {
            if (field.name == name)
                return field.value;
        }
        return ValueView();
    };
}

QJsonValue parsed(const std::string &json)
{
    return QJsonDocument::fromJson(QByteArray::fromStdString("[" + json + "]")).array().at(0);
}

} // namespace

class TestJsonLogic : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void translates_data();
    void translates();
    void neverExcludesAMatch();
    void reads_data();
    void reads();
    void refuses_data();
    void refuses();
    void deepFiltersGoThereAndBack();
    void mutatedRulesNeverFail();
};

void TestJsonLogic::translates_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("json");
    QTest::addColumn<bool>("exact");
    const auto row = [](const char *text, const char *json, bool exact) {
        QTest::newRow(text) << qs(text) << qs(json) << exact;
    };
    row("", "", true);
    row("region = 'eu'", R"({"==":[{"var":"region"},"eu"]})", true);
    row("region != 'eu'", R"({"!":{"in":[{"var":"region"},["eu"]]}})", true);
    row("region in ('eu', 'us')", R"({"in":[{"var":"region"},["eu","us"]]})", true);
    row("region = 'eu' and os = 'linux'",
        R"({"and":[{"==":[{"var":"region"},"eu"]},{"==":[{"var":"os"},"linux"]}]})", true);
    row("on = true", R"({"in":[{"var":"on"},[true,"true"]]})", true);
    row("on != 'false'", R"({"!":{"in":[{"var":"on"},[false,"false"]]}})", true);
    row("on in ('x', true)", R"({"or":[{"in":[{"var":"on"},["x"]]},{"in":[{"var":"on"},[true,"true"]]}]})",
        true);
    row("has a", R"({"or":[{"!":{"missing":["a"]}},{"==":[{"var":"a"},""]}]})", true);
    row("mem < 5kB", R"({"and":[{"!":{"missing":["mem"]}},{"<":[{"var":"mem"},5000]}]})", false);
    row("n = 5", R"({"==":[{"var":"n"},5]})", false);
    row("fw matches 'eu-*'", R"({"in":["eu-",{"var":"fw"}]})", false);
    // What cannot be said keeps the rest.
    row("region = 'eu' and not fw < '1.5'", R"({"==":[{"var":"region"},"eu"]})", false);
    row("region = 'eu' or not fw < '1.5'", "", false);
    row("not n < 5", "", false);
    row("not (a contains 'x' or b = 'y')", R"({"!":{"in":[{"var":"b"},["y"]]}})", false);
    row("a in ()", R"({"and":[{"missing":["x"]},{"!":{"missing":["x"]}}]})", true);
}

void TestJsonLogic::translates()
{
    QFETCH(QString, text);
    QFETCH(QString, json);
    QFETCH(bool, exact);
    const JsonLogic logic = toJsonLogic(*Expression::parse(text.toStdString()));
    QCOMPARE(qs(logic.json), json);
    QCOMPARE(logic.exact, exact);
}

void TestJsonLogic::neverExcludesAMatch()
{
    Expressions random(31);
    protocol::Decoder decoder;
    int matching = 0;
    int pushed = 0;
    int exact = 0;
    for (int i = 0; i < 4000; ++i) {
        const Expression expression = random.next();
        const JsonLogic logic = toJsonLogic(expression);
        const QJsonValue rule = parsed(logic.json);
        QVERIFY2(logic.json.empty() || rule.isObject(), logic.json.c_str());
        const auto back = logic.json.empty() ? Result<Expression>(Expression()) : fromJsonLogic(logic.json);
        QVERIFY2(back, back ? "" : back.error().message.c_str());
        pushed += logic.json.empty() ? 0 : 1;
        exact += logic.exact ? 1 : 0;
        for (int j = 0; j < 40; ++j) {
            const RandomRow row(random.dice());
            const auto fields = decoder.object(row.json);
            QVERIFY2(fields, row.json.c_str());
            const bool ours = expression.matches(lookupIn(**fields));
            const bool theirs = logic.json.empty() || Reference(parsed(row.json).toObject()).holds(rule);
            const std::string about = expression.print() + " | " + logic.json + " | " + row.json;
            QVERIFY2(!ours || theirs, about.c_str());
            QVERIFY2(!ours || back->matches(lookupIn(**fields)), about.c_str());
            if (logic.exact && row.plain)
                QVERIFY2(ours == theirs, about.c_str());
            matching += ours ? 1 : 0;
        }
    }
    // Else the above would say nothing.
    QVERIFY(matching > 20000);
    QVERIFY(pushed > 2000);
    QVERIFY(exact > 500);
}

void TestJsonLogic::reads_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("text");
    const auto row = [](const char *json, const char *text) {
        QTest::newRow(json) << QByteArray(json) << qs(text);
    };
    row("true", "");
    row(R"({"==":[{"var":"os"},"linux"]})", "os = \"linux\"");
    row(R"({"==":["linux",{"var":["os"]}]})", "os = \"linux\"");
    row(R"({"<":[5,{"var":"a"}]})", "a > 5");
    row(R"({">=":[5.5,{"var":"a"}]})", "a <= 5.5");
    row(R"({"<=":[1,{"var":"a"},5]})", "a >= 1 and a <= 5");
    row(R"({"==":[{"var":"a"},null]})", "not has a");
    row(R"({"!=":[null,{"var":"a"}]})", "has a");
    row(R"({"!":[{"missing":["a"]}]})", "has a");
    row(R"({"!":{"missing":"a"}})", "has a");
    row(R"({"missing":["a","b"]})", "not has a or not has b");
    row(R"({"in":[{"var":"a"},["x",1,true]]})", "a in (\"x\", 1, true)");
    row(R"({"in":["x",{"var":"a"}]})", "a contains \"x\"");
    row(R"({"and":[{"or":[{"==":[{"var":"a"},1]},{"==":[{"var":"b"},2]}]},{"!=":[{"var":"c d"},false]}]})",
        "(a = 1 or b = 2) and `c d` != false");
    row(R"({"and":[{"==":[{"var":"a"},1]}]})", "a = 1");
}

void TestJsonLogic::reads()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, text);
    const auto read = fromJsonLogic(json.toStdString());
    QVERIFY2(read, read ? "" : read.error().message.c_str());
    QCOMPARE(qs(read->print()), text);
}

void TestJsonLogic::refuses_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("message");
    const auto row = [](const char *json, const char *message) {
        QTest::newRow(json) << QByteArray(json) << qs(message);
    };
    row("", "empty");
    row("{", "not JSON");
    row("false", "not an object");
    row("{}", "one operator");
    row("[]", "not an object");
    row(R"({"==":[1,1],"!=":[1,1]})", "one operator");
    row(R"({"reduce":[1,2]})", "\"reduce\"");
    row("{\"\xE2\x80\xAE\":1}", "U+202E");
    row(R"({"if":[true,1,2]})", "\"if\"");
    row(R"({"var":"a"})", "\"var\"");
    row(R"({"and":[]})", "no conditions");
    row(R"({"and":[true]})", "not an object");
    row(R"({"!":[{"missing":["a"]},1]})", "one condition");
    row(R"({"==":[1,1]})", "a var and a constant");
    row(R"({"==":[{"var":"a"},{"var":"b"}]})", "a var and a constant");
    row(R"({"==":[{"var":"a"}]})", "1 arguments");
    row(R"({"==":[{"var":""},1]})", "a var and a constant");
    row(R"({"==":[{"var":["a",5]},1]})", "a var and a constant");
    row(R"({"==":[{"var":"a"},[1]]})", "a var and a constant");
    row(R"({"<":[{"var":"a"},null]})", "null");
    row(R"({">":[1,{"var":"a"},2]})", "3 arguments");
    row(R"({"in":[{"var":"a"}]})", "two arguments");
    row(R"({"in":[{"var":"a"},[null]]})", "list");
    row(R"({"in":[1,{"var":"a"}]})", "list of constants");
    row(R"({"missing":[]})", "names of fields");
    row(R"({"missing":[{"var":"a"}]})", "names of fields");
}

void TestJsonLogic::refuses()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, message);
    const auto read = fromJsonLogic(json.toStdString());
    QVERIFY(!read);
    QVERIFY2(qs(read.error().message).contains(message), read.error().message.c_str());
    QVERIFY(!read.error().remedy.empty());
}

void TestJsonLogic::deepFiltersGoThereAndBack()
{
    // As deep as the parser lets one write, through a request and back.
    std::string text;
    for (int i = 0; i < 63; ++i)
        text += "b = 'y' or c != 'z' and (";
    text += "a = 'x'" + std::string(63, ')');
    const auto expression = Expression::parse(text);
    QVERIFY2(expression, expression ? "" : expression.error().message.c_str());
    protocol::QueryRequest request;
    request.id = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    request.where = toJsonLogic(*expression).json;
    protocol::Decoder decoder;
    const auto received = decoder.queryRequest(encode(request));
    QVERIFY2(received, received ? "" : received.error().detail.c_str());
    const auto back = fromJsonLogic(received->where);
    QVERIFY2(back, back ? "" : back.error().message.c_str());
    QVERIFY(
        back->matches([](std::string_view field) { return field == "a" ? ValueView("x") : ValueView(); }));
    QVERIFY(
        !back->matches([](std::string_view field) { return field == "c" ? ValueView("z") : ValueView(); }));

    std::string tooDeep;
    for (int i = 0; i < 10000; ++i)
        tooDeep += R"({"!":)";
    QVERIFY(!fromJsonLogic(tooDeep));
    std::string closed;
    for (int i = 0; i < 200; ++i)
        closed += R"({"!":)";
    closed += R"({"missing":["a"]})" + std::string(200, '}');
    QVERIFY(qs(fromJsonLogic(closed).error().message).contains(QStringLiteral("levels deep")));
    QVERIFY(qs(fromJsonLogic(std::string(70'000, ' ')).error().message).contains(QStringLiteral("65536")));
}

void TestJsonLogic::mutatedRulesNeverFail()
{
    Expressions random(99);
    std::mt19937 &dice = random.dice();
    int accepted = 0;
    for (int i = 0; i < 20000; ++i) {
        std::string json = toJsonLogic(random.next()).json;
        for (auto n = dice() % 3 + 1; n > 0 && !json.empty(); --n) {
            const std::size_t at = dice() % json.size();
            if (dice() % 2)
                json[at] = "{}[],:\"\\x0!\xC3"[dice() % 12];
            else
                json.erase(at, dice() % 4 + 1);
        }
        const auto read = fromJsonLogic(json);
        if (!read) {
            QVERIFY(!read.error().message.empty());
            continue;
        }
        ++accepted;
        (void)read->matches([](std::string_view) { return ValueView("5"); });
        QVERIFY2(Expression::parse(read->print()), json.c_str());
    }
    QVERIFY(accepted > 20);
}

QTEST_GUILESS_MAIN(TestJsonLogic)
#include "tst_json_logic.moc"
