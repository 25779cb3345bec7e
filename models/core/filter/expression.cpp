// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/filter/expression.h"

#include "core/filter/words.h"
#include "core/utf8.h"

#include <algorithm>
#include <set>

namespace muster::filter {

namespace {

using Kind = Node::Kind;

/// Glob and substring look at any value as its plain text.
class Text {
public:
    explicit Text(const ValueView &value)
    {
        if (const auto *text = std::get_if<std::string_view>(&value)) {
            m_view = *text;
        } else {
            m_held = toText(value);
            m_view = m_held;
        }
    }
    Text(const Text &) = delete;
    Text &operator=(const Text &) = delete;
    std::string_view view() const { return m_view; }

private:
    std::string m_held;
    std::string_view m_view;
};

bool evaluate(const Node &node, const Lookup &lookup)
{
    const auto holds = [&lookup](const auto &child) { return evaluate(*child, lookup); };
    switch (node.kind) {
    case Kind::And:
        return std::all_of(node.children.begin(), node.children.end(), holds);
    case Kind::Or:
        return std::any_of(node.children.begin(), node.children.end(), holds);
    case Kind::Not:
        return !holds(node.children.front());
    case Kind::Compare:
    case Kind::In:
    case Kind::Matches:
    case Kind::Contains:
    case Kind::Has:
        break;
    }

    const ValueView value = lookup(node.field);
    if (node.kind == Kind::Compare)
        return compare(value, node.op, view(node.literals.front().value));
    if (std::holds_alternative<std::monostate>(value))
        return false;
    if (node.kind == Kind::Has)
        return true;
    if (node.kind == Kind::In) {
        return std::any_of(node.literals.begin(), node.literals.end(), [&value](const Literal &literal) {
            return compare(value, Op::Equal, view(literal.value));
        });
    }
    const Text text(value);
    const Text pattern(view(node.literals.front().value));
    return node.kind == Kind::Matches ? matchesGlob(text.view(), pattern.view())
                                      : containsText(text.view(), pattern.view());
}

void appendQuoted(std::string &out, std::string_view text, char quote)
{
    constexpr std::string_view digits = "0123456789abcdef";
    out += quote;
    for (; !text.empty(); text.remove_prefix(utf8::first(text).length)) {
        const utf8::Character c = utf8::first(text);
        if (!c.valid) {
            out += utf8::replacement;
        } else if (c.code == static_cast<unsigned char>(quote) || c.code == '\\') {
            out += '\\';
            out += text.front();
        } else if (c.code == '\n') {
            out += "\\n";
        } else if (c.code == '\r') {
            out += "\\r";
        } else if (c.code == '\t') {
            out += "\\t";
        } else if (c.code < 0x20 || c.code == 0x7F) {
            out += "\\u00";
            out += digits[c.code >> 4];
            out += digits[c.code & 15];
        } else {
            out += text.substr(0, c.length);
        }
    }
    out += quote;
}

void appendField(std::string &out, const std::string &field)
{
    const bool plain = !field.empty() && beginsWord(field.front()) &&
                       std::all_of(field.begin(), field.end(), continuesWord) && !isKeyword(field);
    if (plain)
        out += field;
    else
        appendQuoted(out, field, '`');
}

void appendLiteral(std::string &out, const Literal &literal)
{
    const ValueView value = view(literal.value);
    if (const auto *text = std::get_if<std::string_view>(&value))
        appendQuoted(out, *text, '"');
    else if (std::holds_alternative<UtcTime>(value))
        appendQuoted(out, toText(value), '"');
    else
        out += literal.source.empty() ? toText(value) : literal.source;
}

std::string_view symbol(Op op)
{
    switch (op) {
    case Op::Equal:
        return "=";
    case Op::NotEqual:
        return "!=";
    case Op::Less:
        return "<";
    case Op::LessEqual:
        return "<=";
    case Op::Greater:
        return ">";
    case Op::GreaterEqual:
        return ">=";
    }
    return "=";
}

void append(std::string &out, const Node &node)
{
    const auto child = [&out](const Node &inner, bool parentheses) {
        if (parentheses)
            out += '(';
        append(out, inner);
        if (parentheses)
            out += ')';
    };
    switch (node.kind) {
    case Kind::And:
    case Kind::Or:
        for (std::size_t i = 0; i < node.children.size(); ++i) {
            const Node &inner = *node.children[i];
            if (i > 0)
                out += node.kind == Kind::And ? " and " : " or ";
            child(inner, inner.kind == Kind::Or || inner.kind == node.kind);
        }
        return;
    case Kind::Not: {
        const Node &inner = *node.children.front();
        out += "not ";
        child(inner, inner.kind == Kind::And || inner.kind == Kind::Or);
        return;
    }
    case Kind::Has:
        out += "has ";
        appendField(out, node.field);
        return;
    case Kind::Compare:
        appendField(out, node.field);
        out += ' ';
        out += symbol(node.op);
        out += ' ';
        appendLiteral(out, node.literals.front());
        return;
    case Kind::In:
        appendField(out, node.field);
        out += " in (";
        for (std::size_t i = 0; i < node.literals.size(); ++i) {
            if (i > 0)
                out += ", ";
            appendLiteral(out, node.literals[i]);
        }
        out += ')';
        return;
    case Kind::Matches:
    case Kind::Contains:
        appendField(out, node.field);
        out += node.kind == Kind::Matches ? " matches " : " contains ";
        appendLiteral(out, node.literals.front());
        return;
    }
}

template <typename Visit>
void forEachTerm(const Node &node, const Visit &visit)
{
    if (node.kind == Kind::And || node.kind == Kind::Or || node.kind == Kind::Not) {
        for (const auto &child : node.children)
            forEachTerm(*child, visit);
    } else {
        visit(node);
    }
}

} // namespace

bool Expression::matches(const Lookup &lookup) const
{
    return !m_root || evaluate(*m_root, lookup);
}

std::string Expression::print() const
{
    std::string out;
    if (m_root)
        append(out, *m_root);
    return out;
}

std::vector<std::string> Expression::fields() const
{
    std::set<std::string> names;
    if (m_root)
        forEachTerm(*m_root, [&names](const Node &term) { names.insert(term.field); });
    return {names.begin(), names.end()};
}

int Expression::termCount() const
{
    int count = 0;
    if (m_root)
        forEachTerm(*m_root, [&count](const Node &) { ++count; });
    return count;
}

Expression Expression::both(const Expression &left, const Expression &right)
{
    if (left.isEmpty())
        return right;
    if (right.isEmpty())
        return left;
    auto node = std::make_shared<Node>();
    node->kind = Kind::And;
    for (const auto &side : {left.m_root, right.m_root}) {
        if (side->kind == Kind::And)
            node->children.insert(node->children.end(), side->children.begin(), side->children.end());
        else
            node->children.push_back(side);
    }
    return Expression(std::move(node));
}

Expression Expression::equals(std::string field, Value value)
{
    auto node = std::make_shared<Node>();
    node->field = std::move(field);
    if (std::holds_alternative<std::monostate>(value)) { // nothing equals absent: ask for absence itself
        node->kind = Kind::Has;
        auto negation = std::make_shared<Node>();
        negation->kind = Kind::Not;
        negation->children.push_back(std::move(node));
        return Expression(std::move(negation));
    }
    node->kind = Kind::Compare;
    node->op = Op::Equal;
    node->literals.push_back({std::move(value), {}});
    return Expression(std::move(node));
}

} // namespace muster::filter
