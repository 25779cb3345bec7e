// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/display_text.h"
#include "core/filter/expression.h"
#include "core/filter/number_text.h"
#include "core/filter/words.h"
#include "core/json_dom.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace muster::filter {

namespace {

using Kind = Node::Kind;

// --- to JsonLogic ---
//
// JsonLogic compares as JavaScript does, and we do not. So each condition is translated twice: `over` is true
// for every row that matches and perhaps for more, `under` for none that does not match and perhaps for
// fewer. Negation turns the one into the other. What can be said in neither way is a constant, which the
// connectives fold away.

struct Part {
    enum class Type { Rule, Always, Never };
    Type type = Type::Rule;
    std::string json; ///< Rule
    bool exact = true;
};

const Part always{Part::Type::Always, {}, false};
const Part never{Part::Type::Never, {}, false};

std::string variable(std::string_view field)
{
    std::string out;
    JsonWriter(out).beginObject().member("var", field).endObject();
    return out;
}

std::string rule(std::string_view op, std::initializer_list<std::string_view> arguments)
{
    std::string out;
    JsonWriter json(out);
    json.beginObject().key(op).beginArray();
    for (const std::string_view argument : arguments)
        json.raw(argument);
    json.endArray().endObject();
    return out;
}

std::string constant(const ValueView &value)
{
    std::string out;
    JsonWriter(out).value(value);
    return out;
}

std::string negation(std::string_view json)
{
    return "{\"!\":" + std::string(json) + "}";
}

std::string missing(std::string_view field)
{
    return rule("missing", {constant(field)});
}

/// The truth value that a literal is, or that its text says: both are alike to us, and not there.
std::optional<bool> truth(const ValueView &literal)
{
    if (const auto *flag = std::get_if<bool>(&literal))
        return *flag;
    const auto *text = std::get_if<std::string_view>(&literal);
    return text ? readTruth(*text) : std::nullopt;
}

/// {"in":[x,[values]]} compares without JavaScript's conversions.
std::string identical(std::string_view field, const ValueView &value)
{
    return rule("in", {variable(field), "[" + constant(value) + "]"});
}

/// Whether JavaScript would convert this text to a number, and so find it equal to some that we do not: " 5",
/// "0x5",
/// "" and 0. Generous: a text that cannot begin such a number is none.
bool convertsToNumber(std::string_view text)
{
    if (text.empty())
        return true;
    const char c = text.front();
    return (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.' || c == 'I' || c <= ' ' || c >= 0x7F;
}

/// The double of a number literal that a JavaScript number holds exactly, as every one below 2^53 is.
std::optional<double> number(const ValueView &value)
{
    if (const auto *integer = std::get_if<std::int64_t>(&value))
        return static_cast<double>(*integer);
    if (const auto *real = std::get_if<double>(&value); real && std::isfinite(*real))
        return *real;
    return {};
}

bool isRounded(double value)
{
    return std::abs(value) >= 0x1p53;
}

class Translator {
public:
    static Part translate(const Node &node, bool over)
    {
        switch (node.kind) {
        case Kind::And:
        case Kind::Or:
            return joined(node, over);
        case Kind::Not: {
            Part inner = translate(*node.children.front(), !over);
            if (inner.type != Part::Type::Rule)
                return inner.type == Part::Type::Always ? never : always;
            return {Part::Type::Rule, negation(inner.json), inner.exact};
        }
        case Kind::Has:
            return has(node.field, over);
        case Kind::In:
            return in(node, over);
        case Kind::Matches:
            return over ? matches(node) : never;
        case Kind::Contains:
            // Substrings are compared there with case.
            return over ? atLeastHas(node.field) : never;
        case Kind::Compare:
            break;
        }
        const ValueView literal = view(node.literals.front().value);
        if (node.op == Op::Equal)
            return equal(node.field, literal, over);
        if (node.op == Op::NotEqual) {
            Part inner = equal(node.field, literal, !over);
            if (inner.type != Part::Type::Rule)
                return inner.type == Part::Type::Always ? never : always;
            return {Part::Type::Rule, negation(inner.json), inner.exact};
        }
        return over ? ordered(node.field, node.op, literal) : never;
    }

private:
    static Part joined(const Node &node, bool over)
    {
        const bool isAnd = node.kind == Kind::And;
        const Part::Type neutral = isAnd ? Part::Type::Always : Part::Type::Never;
        const Part::Type decisive = isAnd ? Part::Type::Never : Part::Type::Always;
        bool exact = true;
        std::vector<std::string> rules;
        for (const auto &child : node.children) {
            Part part = translate(*child, over);
            if (part.type == decisive)
                return part;
            exact = exact && part.exact;
            if (part.type != neutral)
                rules.push_back(std::move(part.json));
        }
        if (rules.empty())
            return {neutral, {}, exact};
        return {Part::Type::Rule, connective(isAnd ? "and" : "or", rules), exact};
    }

    static std::string connective(std::string_view op, const std::vector<std::string> &rules)
    {
        if (rules.size() == 1)
            return rules.front();
        std::string out;
        JsonWriter json(out);
        json.beginObject().key(op).beginArray();
        for (const std::string &each : rules)
            json.raw(each);
        json.endArray().endObject();
        return out;
    }

    static Part has(std::string_view field, bool over)
    {
        // `missing` holds for "" as well as for what is not there.
        const std::string there = negation(missing(field));
        const std::string isEmptyText = rule("==", {variable(field), "\"\""});
        if (over)
            return {Part::Type::Rule, rule("or", {there, isEmptyText}), true};
        // Where a row is nested, the name of an object is not a field of ours: only text and numbers are.
        const std::string isScalar =
            rule("or", {rule("in", {"\"\"", variable(field)}), rule("<", {variable(field), "0"}),
                        rule(">=", {variable(field), "0"})});
        return {Part::Type::Rule, rule("or", {isEmptyText, rule("and", {there, isScalar})}), true};
    }

    /// What every comparison but != implies.
    static Part atLeastHas(std::string_view field)
    {
        Part part = has(field, true);
        part.exact = false;
        return part;
    }

    static Part equal(std::string_view field, const ValueView &literal, bool over)
    {
        if (const auto flag = truth(literal)) {
            const std::string both = "[" + constant(*flag) + "," + constant(toText(*flag)) + "]";
            return {Part::Type::Rule, rule("in", {variable(field), both}), true};
        }
        if (const auto *text = std::get_if<std::string_view>(&literal)) {
            const bool exact = !convertsToNumber(*text);
            if (!over)
                return {Part::Type::Rule, identical(field, literal), exact};
            if (text->starts_with('['))
                return atLeastHas(field); // an array's text here is another than there
            return {Part::Type::Rule, rule("==", {variable(field), constant(literal)}), exact};
        }
        if (const auto value = number(literal)) {
            if (over)
                return {Part::Type::Rule, rule("==", {variable(field), constant(literal)}), false};
            return isRounded(*value) ? never : Part{Part::Type::Rule, identical(field, literal), false};
        }
        return over ? always : never;
    }

    static Part in(const Node &node, bool over)
    {
        bool exact = true;
        std::vector<std::string> rules;
        std::string texts; // plain texts share one {"in":[x,[...]]}
        JsonWriter list(texts);
        list.beginArray();
        bool hasTexts = false;
        for (const Literal &literal : node.literals) {
            const ValueView value = view(literal.value);
            const auto *text = truth(value) ? nullptr : std::get_if<std::string_view>(&value);
            if (text && !text->starts_with('[') && (!over || !convertsToNumber(*text))) {
                exact = exact && !convertsToNumber(*text);
                list.value(value);
                hasTexts = true;
                continue;
            }
            Part part = equal(node.field, value, over);
            if (part.type == Part::Type::Always)
                return part;
            exact = exact && part.exact;
            if (part.type == Part::Type::Rule)
                rules.push_back(std::move(part.json));
        }
        list.endArray();
        if (hasTexts)
            rules.insert(rules.begin(), rule("in", {variable(node.field), texts}));
        if (rules.empty())
            return {Part::Type::Never, {}, exact};
        return {Part::Type::Rule, connective("or", rules), exact};
    }

    static Part ordered(std::string_view field, Op op, const ValueView &literal)
    {
        const auto value = number(literal);
        if (!value)
            return atLeastHas(field); // text: versions and bytes are ordered otherwise there
        std::string_view symbol = op == Op::Less        ? "<"
                                  : op == Op::LessEqual ? "<="
                                  : op == Op::Greater   ? ">"
                                                        : ">=";
        if (isRounded(*value)) // neighbours of such a number are the same there
            symbol = op == Op::Less || op == Op::LessEqual ? "<=" : ">=";
        // Nothing converts to 0 there.
        return {Part::Type::Rule,
                rule("and", {negation(missing(field)), rule(symbol, {variable(field), constant(literal)})}),
                false};
    }

    /// A glob that begins with plain text implies that text as a part, if the field is a text: so only for a
    /// beginning that no number, bool or array has.
    static Part matches(const Node &node)
    {
        const ValueView literal = view(node.literals.front().value);
        const auto *glob = std::get_if<std::string_view>(&literal);
        if (!glob)
            return atLeastHas(node.field);
        const std::string_view head = glob->substr(0, glob->find_first_of("*?[\\"));
        if (head.empty() || std::string_view("0123456789-tfin[").find(head.front()) != std::string_view::npos)
            return atLeastHas(node.field);
        return {Part::Type::Rule, rule("in", {constant(head), variable(node.field)}), false};
    }
};

// --- from JsonLogic ---

namespace dom = simdjson::dom;
using NodePtr = std::shared_ptr<const Node>;
using Read = Result<NodePtr>;

/// More than toJsonLogic makes of maxNesting levels, where each may hold an `or` with an `and` in it.
constexpr int maxRuleDepth = 160;

Error unreadable(std::string message)
{
    return {
        "filter.jsonlogic", std::move(message),
        "Use only and, or, !, ==, !=, <, <=, >, >=, in, missing and var, comparing a var with a constant."};
}

NodePtr compound(Kind kind, std::vector<NodePtr> children)
{
    if (children.size() == 1)
        return children.front();
    auto node = std::make_shared<Node>();
    node->kind = kind;
    for (NodePtr &child : children) {
        if (child->kind == kind)
            node->children.insert(node->children.end(), child->children.begin(), child->children.end());
        else
            node->children.push_back(std::move(child));
    }
    return node;
}

NodePtr negated(NodePtr inner)
{
    if (inner->kind == Kind::Not)
        return inner->children.front();
    auto node = std::make_shared<Node>();
    node->kind = Kind::Not;
    node->children.push_back(std::move(inner));
    return node;
}

NodePtr hasField(std::string field)
{
    auto node = std::make_shared<Node>();
    node->kind = Kind::Has;
    node->field = std::move(field);
    return node;
}

/// {"var":"x"} or {"var":["x"]}
std::optional<std::string> variableOf(const dom::element &element)
{
    dom::object object;
    if (element.get(object) != simdjson::SUCCESS || object.size() != 1)
        return {};
    dom::element name;
    if (object.at_key("var").get(name) != simdjson::SUCCESS)
        return {};
    dom::array array;
    if (name.get(array) == simdjson::SUCCESS &&
        (array.size() != 1 || array.at(0).get(name) != simdjson::SUCCESS))
        return {};
    std::string_view text;
    if (name.get(text) != simdjson::SUCCESS || text.empty())
        return {};
    return std::string(text);
}

bool isConstant(const dom::element &element)
{
    return !element.is_object() && !element.is_array();
}

std::optional<Op> comparison(std::string_view op)
{
    if (op == "==")
        return Op::Equal;
    if (op == "!=")
        return Op::NotEqual;
    if (op == "<")
        return Op::Less;
    if (op == "<=")
        return Op::LessEqual;
    if (op == ">")
        return Op::Greater;
    if (op == ">=")
        return Op::GreaterEqual;
    return {};
}

/// The operator that says the same with its sides exchanged.
Op mirrored(Op op)
{
    switch (op) {
    case Op::Less:
        return Op::Greater;
    case Op::LessEqual:
        return Op::GreaterEqual;
    case Op::Greater:
        return Op::Less;
    case Op::GreaterEqual:
        return Op::LessEqual;
    case Op::Equal:
    case Op::NotEqual:
        return op;
    }
    return op;
}

Read readComparison(std::string_view symbol, Op op, const dom::element &left, const dom::element &right)
{
    std::optional<std::string> field = variableOf(left);
    const dom::element *constantSide = &right;
    if (!field) {
        field = variableOf(right);
        constantSide = &left;
        op = mirrored(op);
    }
    if (!field || !isConstant(*constantSide))
        return unreadable("\"" + std::string(symbol) + "\" wants a var and a constant");
    if (constantSide->is_null()) {
        if (op != Op::Equal && op != Op::NotEqual)
            return unreadable("\"" + std::string(symbol) + "\" cannot order by null");
        NodePtr there = hasField(std::move(*field));
        return op == Op::Equal ? negated(std::move(there)) : there;
    }
    auto node = std::make_shared<Node>();
    node->kind = Kind::Compare;
    node->op = op;
    node->field = std::move(*field);
    node->literals.push_back({own(json::scalar(*constantSide)), {}});
    return NodePtr(std::move(node));
}

Read readIn(const std::vector<dom::element> &arguments)
{
    if (arguments.size() != 2)
        return unreadable("\"in\" wants two arguments");
    auto node = std::make_shared<Node>();
    dom::array list;
    std::string_view part;
    if (auto field = variableOf(arguments[0]); field && arguments[1].get(list) == simdjson::SUCCESS) {
        node->kind = Kind::In;
        node->field = std::move(*field);
        for (const dom::element item : list) {
            if (!isConstant(item) || item.is_null())
                return unreadable(
                    "the list of \"in\" holds something else than texts, numbers, true and false");
            node->literals.push_back({own(json::scalar(item)), {}});
        }
        return NodePtr(std::move(node));
    }
    if (auto field = variableOf(arguments[1]); field && arguments[0].get(part) == simdjson::SUCCESS) {
        node->kind = Kind::Contains;
        node->field = std::move(*field);
        node->literals.push_back({std::string(part), {}});
        return NodePtr(std::move(node));
    }
    return unreadable("\"in\" wants a var and a list of constants, or a text and a var");
}

Read readMissing(const std::vector<dom::element> &arguments)
{
    std::vector<NodePtr> parts;
    for (const dom::element &argument : arguments) {
        std::string_view name;
        if (argument.get(name) != simdjson::SUCCESS || name.empty())
            return unreadable("\"missing\" wants the names of fields");
        parts.push_back(negated(hasField(std::string(name))));
    }
    if (parts.empty())
        return unreadable("\"missing\" wants the names of fields");
    return compound(Kind::Or, std::move(parts));
}

Read readRule(const dom::element &element, int depth)
{
    dom::object object;
    if (element.get(object) != simdjson::SUCCESS || object.size() != 1)
        return unreadable("a condition of the filter is not an object with one operator");
    if (depth > maxRuleDepth)
        return unreadable("the filter is nested more than " + std::to_string(maxRuleDepth) + " levels deep");
    const dom::key_value_pair member = *object.begin();
    const std::string_view op = member.key;

    std::vector<dom::element> arguments;
    dom::array array;
    if (member.value.get(array) == simdjson::SUCCESS) {
        for (const dom::element item : array)
            arguments.push_back(item);
    } else {
        arguments.push_back(member.value); // JsonLogic lets a single argument stand alone
    }

    if (op == "and" || op == "or") {
        std::vector<NodePtr> children;
        for (const dom::element &argument : arguments) {
            Read child = readRule(argument, depth + 1);
            if (!child)
                return child;
            children.push_back(std::move(*child));
        }
        if (children.empty())
            return unreadable("\"" + std::string(op) + "\" has no conditions");
        return compound(op == "and" ? Kind::And : Kind::Or, std::move(children));
    }
    if (op == "!") {
        if (arguments.size() != 1)
            return unreadable("\"!\" wants one condition");
        Read inner = readRule(arguments.front(), depth + 1);
        if (!inner)
            return inner;
        return negated(std::move(*inner));
    }
    if (op == "in")
        return readIn(arguments);
    if (op == "missing")
        return readMissing(arguments);
    if (const auto compared = comparison(op)) {
        if (arguments.size() == 2)
            return readComparison(op, *compared, arguments[0], arguments[1]);
        const bool between = arguments.size() == 3 && (*compared == Op::Less || *compared == Op::LessEqual);
        if (!between)
            return unreadable("\"" + std::string(op) + "\" has " + std::to_string(arguments.size()) +
                              " arguments");
        Read low = readComparison(op, *compared, arguments[0], arguments[1]);
        if (!low)
            return low;
        Read high = readComparison(op, *compared, arguments[1], arguments[2]);
        if (!high)
            return high;
        return compound(Kind::And, {std::move(*low), std::move(*high)});
    }
    return unreadable("the operator \"" + displayText(op, 40) + "\" is not one of the filter's");
}

} // namespace

JsonLogic toJsonLogic(const Expression &expression)
{
    if (expression.isEmpty())
        return {{}, true};
    Part part = Translator::translate(*expression.root(), true);
    switch (part.type) {
    case Part::Type::Rule:
        return {std::move(part.json), part.exact};
    case Part::Type::Always:
        return {{}, false};
    case Part::Type::Never:
        break;
    }
    // `x in ()`, which nothing matches, is said as what nothing can be.
    return {R"({"and":[{"missing":["x"]},{"!":{"missing":["x"]}}]})", true};
}

Result<Expression> fromJsonLogic(std::string_view json)
{
    if (json.size() > maxTextBytes)
        return unreadable("the filter has " + std::to_string(json.size()) + " bytes; 65536 is the most");
    if (json.empty())
        return unreadable("the filter is empty");
    dom::parser parser;
    if (parser.allocate(json.size() + 1, json::maxNesting) != simdjson::SUCCESS)
        return unreadable("there is no memory to read the filter");
    dom::element root;
    if (const auto error = parser.parse(json.data(), json.size(), true).get(root); error != simdjson::SUCCESS)
        return unreadable(std::string("the filter is not JSON: ") + simdjson::error_message(error));
    bool everything = false;
    if (root.get(everything) == simdjson::SUCCESS && everything)
        return Expression();
    Read node = readRule(root, 1);
    if (!node)
        return node.error();
    return Expression(std::move(*node));
}

} // namespace muster::filter
