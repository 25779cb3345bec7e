// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/display_text.h"
#include "core/filter/expression.h"
#include "core/filter/number_text.h"
#include "core/filter/words.h"
#include "core/utf8.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace muster::filter {

namespace {

using Kind = Node::Kind;
using NodePtr = std::shared_ptr<const Node>;

constexpr std::string_view valueExpected = "a number, a quoted text, true or false";
constexpr std::string_view operatorExpected = "= != < <= > >= in, matches or contains";
constexpr std::string_view termExpected = "a field name, has, not or (";
constexpr std::string_view unitNames = "B, kB, MB, GB, TB, KiB, MiB, GiB, TiB, ms, s, m, h, d, w or %";

struct UnitName {
    std::string_view name;
    std::int64_t factor;
};

constexpr UnitName byteUnits[] = {
    {"B", 1},
    {"kB", 1000},
    {"MB", 1'000'000},
    {"GB", 1'000'000'000},
    {"TB", 1'000'000'000'000},
    {"KiB", std::int64_t{1} << 10},
    {"MiB", std::int64_t{1} << 20},
    {"GiB", std::int64_t{1} << 30},
    {"TiB", std::int64_t{1} << 40},
};
constexpr UnitName timeUnits[] = {{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}, {"w", 604800}};

/// Byte units in any case; time units as they are, so that "M" is not taken for minutes.
bool applyUnit(std::string_view unit, Literal &literal)
{
    const auto scale = [&literal](const UnitName &with) {
        const auto *integer = std::get_if<std::int64_t>(&literal.value);
        std::int64_t product = 0;
        if (integer && !__builtin_mul_overflow(*integer, with.factor, &product)) {
            literal.value = product;
        } else {
            double number = integer ? static_cast<double>(*integer) : std::get<double>(literal.value);
            number *= static_cast<double>(with.factor);
            if (number == std::floor(number) && std::abs(number) < 0x1p53)
                literal.value = static_cast<std::int64_t>(number); // "1.5GB" is a whole number of bytes
            else
                literal.value = number;
        }
        literal.source += with.name;
    };
    const std::string name = lowered(unit);
    for (const UnitName &known : byteUnits) {
        if (name == lowered(known.name)) {
            scale(known);
            return true;
        }
    }
    for (const UnitName &known : timeUnits) {
        if (unit == known.name) {
            scale(known);
            return true;
        }
    }
    if (unit == "ms") {
        const auto *integer = std::get_if<std::int64_t>(&literal.value);
        const double millis = integer ? static_cast<double>(*integer) : std::get<double>(literal.value);
        literal.value = millis / 1000;
        literal.source += "ms";
        return true;
    }
    return false;
}

struct Token {
    enum class Type { End, Word, Field, Text, Number, Symbol };

    Type type = Type::End;
    std::size_t begin = 0; ///< in bytes
    std::size_t end = 0;
    std::string text;        ///< Word, Field, Text, Symbol
    Literal number;          ///< Number
    std::string_view source; ///< as typed

    bool is(std::string_view symbol) const { return type == Type::Symbol && text == symbol; }
    bool isKeyword(std::string_view keyword) const { return type == Type::Word && lowered(text) == keyword; }
};

class Parser {
public:
    explicit Parser(std::string_view text) : m_text(text) {}

    Result<Expression, SyntaxError> run()
    {
        if (m_text.size() > maxTextBytes)
            return error(0, 1,
                         "the filter has " + std::to_string(m_text.size()) + " bytes, and 65536 is the most",
                         "a shorter filter");
        if (!isUtf8(m_text))
            return error(0, 1, "the filter is not UTF-8 text", "UTF-8");
        if (!advance())
            return std::move(*m_error);
        if (m_token.type == Token::Type::End)
            return Expression();
        NodePtr root = disjunction();
        if (root && m_token.type != Token::Type::End)
            root = unexpectedAfterTerm();
        if (!root)
            return std::move(*m_error);
        return Expression(std::move(root));
    }

private:
    // --- errors: the first one counts; every caller returns at once ---

    SyntaxError error(std::size_t begin, std::size_t end, std::string message,
                      std::string_view expected) const
    {
        const auto characters = [this](std::size_t from, std::size_t to) {
            int count = 0;
            for (std::string_view rest = m_text.substr(from, to - from); !rest.empty(); ++count)
                rest.remove_prefix(utf8::first(rest).length);
            return count;
        };
        SyntaxError result;
        result.column = characters(0, std::min(begin, m_text.size()));
        result.length = begin < end ? std::max(1, characters(begin, std::min(end, m_text.size()))) : 1;
        result.message = std::move(message);
        result.expected = std::string(expected);
        return result;
    }

    std::nullptr_t fail(std::size_t begin, std::size_t end, std::string message, std::string_view expected)
    {
        if (!m_error)
            m_error = error(begin, end, std::move(message), expected);
        return nullptr;
    }

    bool refuse(std::size_t begin, std::size_t end, std::string message, std::string_view expected)
    {
        fail(begin, end, std::move(message), expected);
        return false;
    }

    std::nullptr_t failHere(std::string message, std::string_view expected)
    {
        return fail(m_token.begin, m_token.end, std::move(message), expected);
    }

    /// What the operator typed, short and visible.
    static std::string shown(std::string_view source) { return displayText(source, 40); }

    static std::string quoted(std::string_view source) { return "\"" + shown(source) + "\""; }

    // --- tokens ---

    char at(std::size_t i) const { return i < m_text.size() ? m_text[i] : '\0'; }

    static bool isDigit(char c) { return c >= '0' && c <= '9'; }

    std::size_t skipBlanks(std::size_t i) const
    {
        while (at(i) == ' ' || at(i) == '\t' || at(i) == '\n' || at(i) == '\r')
            ++i;
        return i;
    }

    /// Reads the next token into m_token; false with m_error set when there is none to make.
    bool advance()
    {
        m_previous = std::string(m_token.source);
        const std::size_t begin = skipBlanks(m_position);
        m_token = Token{};
        m_token.begin = m_token.end = begin;
        m_position = begin;
        if (begin >= m_text.size())
            return true;
        const char c = m_text[begin];
        bool read = false;
        if (beginsWord(c)) {
            m_token.type = Token::Type::Word;
            while (m_position < m_text.size() && continuesWord(m_text[m_position]))
                ++m_position;
            m_token.text = std::string(m_text.substr(begin, m_position - begin));
            read = true;
        } else if (c == '"' || c == '\'' || c == '`') {
            read = readQuoted(c);
        } else if (isDigit(c) || (c == '-' && isDigit(at(begin + 1)))) {
            read = readNumberToken();
        } else {
            read = readSymbol();
        }
        m_token.end = m_position;
        m_token.source = m_text.substr(begin, m_position - begin);
        return read;
    }

    bool readQuoted(char quote)
    {
        const std::size_t begin = m_position++;
        m_token.type = quote == '`' ? Token::Type::Field : Token::Type::Text;
        std::string &out = m_token.text;
        while (m_position < m_text.size()) {
            const char c = m_text[m_position++];
            if (c == quote) {
                if (quote == '`' && out.empty())
                    return refuse(begin, m_position, "the field between these backquotes has no name",
                                  "`a field name`");
                return true;
            }
            if (c == '\\' && m_position < m_text.size())
                readEscape(out);
            else
                out += c;
        }
        fail(begin, m_text.size(),
             std::string("the ") + (quote == '`' ? "backquote" : "quote") + " opened here is never closed",
             std::string("a closing ") + quote);
        return false;
    }

    /// After a backslash. An escape that is none stays as it was typed: "a\*" is a glob's own.
    void readEscape(std::string &out)
    {
        const char c = m_text[m_position++];
        switch (c) {
        case 'n':
            out += '\n';
            return;
        case 'r':
            out += '\r';
            return;
        case 't':
            out += '\t';
            return;
        case '\\':
        case '"':
        case '\'':
        case '`':
            out += c;
            return;
        case 'u': {
            char32_t code = 0;
            std::size_t digits = 0;
            for (; digits < 4; ++digits) {
                const char h = at(m_position + digits);
                const char l = static_cast<char>(h | 0x20);
                if (isDigit(h))
                    code = code * 16 + static_cast<char32_t>(h - '0');
                else if (l >= 'a' && l <= 'f')
                    code = code * 16 + static_cast<char32_t>(l - 'a' + 10);
                else
                    break;
            }
            if (digits == 4 && (code < 0xD800 || code > 0xDFFF)) {
                utf8::append(out, code);
                m_position += 4;
                return;
            }
            break;
        }
        default:
            break;
        }
        out += '\\';
        --m_position; // the character itself is read as any other, so that UTF-8 stays whole
        out += m_text[m_position++];
    }

    bool readNumberToken()
    {
        const std::size_t begin = m_position;
        const auto digits = [this] {
            while (isDigit(at(m_position)))
                ++m_position;
        };
        if (at(m_position) == '-')
            ++m_position;
        digits();
        if (at(m_position) == '.' && isDigit(at(m_position + 1))) {
            ++m_position;
            digits();
        }
        const char sign = at(m_position + 1);
        if ((at(m_position) | 0x20) == 'e' &&
            (isDigit(sign) || ((sign == '-' || sign == '+') && isDigit(at(m_position + 2))))) {
            m_position += 2;
            digits();
        }

        m_token.type = Token::Type::Number;
        Literal &literal = m_token.number;
        literal.source = std::string(m_text.substr(begin, m_position - begin));
        literal.value = own(readNumber(literal.source));
        if (std::holds_alternative<std::monostate>(literal.value))
            return refuse(begin, m_position, "the number " + shown(literal.source) + " is too large",
                          "a number below 1e308");

        // What touches the number is its unit, or shows that it is no number: 1.4.2, 2026-01-31, 10.0.0.1.
        std::size_t end = m_position;
        while (end < m_text.size() && (continuesWord(m_text[end]) || m_text[end] == ':'))
            ++end;
        const std::string_view tail = m_text.substr(m_position, end - m_position);
        if (!tail.empty()) {
            if (applyUnit(tail, literal)) {
                m_position = end;
            } else {
                const bool letters =
                    std::all_of(tail.begin(), tail.end(), [](char c) { return beginsWord(c) && c != '_'; });
                const std::string_view whole = m_text.substr(begin, end - begin);
                if (letters)
                    fail(m_position, end, quoted(tail) + " is not a unit", unitNames);
                else
                    fail(begin, end,
                         shown(whole) + " is not a number; text stands in quotes: did you mean " +
                             quoted(whole) + "?",
                         valueExpected);
                return false;
            }
        } else if (const std::size_t next = skipBlanks(m_position); at(next) == '%') {
            m_position = next + 1;
            literal.source += '%';
        } else {
            end = next;
            while (end < m_text.size() && continuesWord(m_text[end]))
                ++end;
            if (applyUnit(m_text.substr(next, end - next), literal)) // "200 MB"
                m_position = end;
        }
        double number = 0;
        if (const auto *real = std::get_if<double>(&literal.value))
            number = *real;
        if (!std::isfinite(number))
            return refuse(begin, m_position, "the number " + shown(literal.source) + " is too large",
                          "a number below 1e308");
        return true;
    }

    bool readSymbol()
    {
        const std::size_t begin = m_position;
        const std::string_view rest = m_text.substr(begin);
        const auto wrong = [&](std::size_t length, std::string message, std::string_view expected) {
            m_position = begin + length;
            fail(begin, m_position, std::move(message), expected);
            return false;
        };
        if (rest.starts_with("&"))
            return wrong(rest.starts_with("&&") ? 2 : 1, "conditions are joined by the word and", "and");
        if (rest.starts_with("|"))
            return wrong(rest.starts_with("||") ? 2 : 1, "alternatives are joined by the word or", "or");
        if (rest.starts_with("<>"))
            return wrong(2, "\"differs from\" is written !=", "!=");
        if (rest.starts_with("=<") || rest.starts_with("=>"))
            return wrong(2, rest[1] == '<' ? "\"at most\" is written <=" : "\"at least\" is written >=",
                         rest[1] == '<' ? "<=" : ">=");
        if (rest.starts_with("=~") || rest.starts_with("~"))
            return wrong(rest[0] == '=' ? 2 : 1, "patterns are written matches \"glob\"", "matches");
        if (rest.starts_with("!") && !rest.starts_with("!="))
            return wrong(1, "negation is the word not", "not");

        m_token.type = Token::Type::Symbol;
        for (const std::string_view symbol : {"==", "!=", "<=", ">=", "=", "<", ">", "(", ")", ","}) {
            if (rest.starts_with(symbol)) {
                m_position += symbol.size();
                m_token.text = symbol == "==" ? "=" : symbol;
                return true;
            }
        }
        const utf8::Character c = utf8::first(rest);
        const std::string_view source = rest.substr(0, c.length);
        constexpr char32_t curly[] = {0x2018, 0x2019, 0x201A, 0x201C, 0x201D, 0x201E, 0xAB, 0xBB};
        if (std::find(std::begin(curly), std::end(curly), c.code) != std::end(curly))
            return wrong(c.length, shown(source) + " is not a quote here; use the straight \"", "\"");
        return wrong(c.length,
                     shown(source) + " has no meaning here; a field name with other characters than letters, "
                                     "digits, _ . - goes between backquotes",
                     "`field name`");
    }

    // --- grammar; null with m_error set on failure ---

    static NodePtr join(Kind kind, std::vector<NodePtr> parts)
    {
        if (parts.size() == 1)
            return parts.front();
        auto node = std::make_shared<Node>();
        node->kind = kind;
        for (NodePtr &part : parts) { // "(a and b) and c" is one And of three
            if (part->kind == kind)
                node->children.insert(node->children.end(), part->children.begin(), part->children.end());
            else
                node->children.push_back(std::move(part));
        }
        return node;
    }

    NodePtr disjunction()
    {
        std::vector<NodePtr> parts;
        do {
            NodePtr part = conjunction();
            if (!part)
                return nullptr;
            parts.push_back(std::move(part));
        } while (skipKeyword("or"));
        return m_error ? nullptr : join(Kind::Or, std::move(parts));
    }

    NodePtr conjunction()
    {
        std::vector<NodePtr> parts;
        do {
            NodePtr part = negation();
            if (!part)
                return nullptr;
            parts.push_back(std::move(part));
        } while (skipKeyword("and"));
        return m_error ? nullptr : join(Kind::And, std::move(parts));
    }

    bool skipKeyword(std::string_view keyword) { return m_token.isKeyword(keyword) && advance(); }

    NodePtr negation()
    {
        const bool isNot = m_token.isKeyword("not");
        if (!isNot && !m_token.is("("))
            return term();
        if (++m_depth > maxNesting)
            return failHere("the filter is nested more than 64 levels deep", "fewer parentheses");
        const Token opening = m_token;
        if (!advance())
            return nullptr;
        NodePtr inner = isNot ? negation() : disjunction();
        if (!inner)
            return nullptr;
        if (isNot) {
            --m_depth;
            return negated(std::move(inner));
        }
        if (m_token.type == Token::Type::End)
            return fail(opening.begin, opening.end, "the ( opened here is never closed", "and, or or )");
        if (!m_token.is(")"))
            return unexpectedAfterTerm();
        --m_depth;
        return advance() ? inner : nullptr;
    }

    static NodePtr negated(NodePtr inner)
    {
        auto node = std::make_shared<Node>();
        node->kind = Kind::Not;
        node->children.push_back(std::move(inner));
        return node;
    }

    NodePtr term()
    {
        auto node = std::make_shared<Node>();
        if (m_token.isKeyword("has")) {
            node->kind = Kind::Has;
            if (!advance() || !readField(*node, "has wants the name of a field after it", "a field name"))
                return nullptr;
            return node;
        }
        if (!readField(*node, "", termExpected))
            return nullptr;

        if (m_token.type == Token::Type::Symbol && m_token.text != "(" && m_token.text != ")" &&
            m_token.text != ",") {
            node->kind = Kind::Compare;
            node->op = m_token.text == "="    ? Op::Equal
                       : m_token.text == "!=" ? Op::NotEqual
                       : m_token.text == "<"  ? Op::Less
                       : m_token.text == "<=" ? Op::LessEqual
                       : m_token.text == ">"  ? Op::Greater
                                              : Op::GreaterEqual;
            if (!advance() || !readLiteral(*node, false))
                return nullptr;
            return node;
        }
        const bool isNot = m_token.isKeyword("not"); // "x not in (...)"
        if (isNot && !advance())
            return nullptr;
        if (m_token.isKeyword("in")) {
            node->kind = Kind::In;
            if (!advance() || !readList(*node))
                return nullptr;
        } else if (m_token.isKeyword("matches") || m_token.isKeyword("contains")) {
            node->kind = m_token.isKeyword("matches") ? Kind::Matches : Kind::Contains;
            if (!advance() || !readLiteral(*node, true))
                return nullptr;
        } else {
            return missingOperator(node->field, isNot);
        }
        return isNot ? negated(std::move(node)) : NodePtr(std::move(node));
    }

    std::nullptr_t missingOperator(const std::string &field, bool afterNot)
    {
        if (m_error)
            return nullptr;
        if (afterNot)
            return failHere("in, matches or contains goes on after not", "in, matches or contains");
        if (m_token.type == Token::Type::End)
            return failHere("the filter ends after the field " + shown(field) +
                                "; a comparison is missing (has " + shown(field) +
                                " asks whether it is there)",
                            operatorExpected);
        std::string message =
            "expected a comparison after the field " + shown(field) + ", not " + shown(m_token.source);
        if (m_token.isKeyword("is"))
            message += "; \"is\" is written =";
        else if (m_token.isKeyword("like"))
            message += "; patterns are written matches \"glob\"";
        return failHere(std::move(message), operatorExpected);
    }

    bool readField(Node &node, std::string message, std::string_view expected)
    {
        if (m_error)
            return false;
        const bool isWord = m_token.type == Token::Type::Word && !isKeyword(m_token.text);
        if (isWord || m_token.type == Token::Type::Field) {
            node.field = m_token.text;
            return advance();
        }
        if (message.empty()) {
            if (m_token.type == Token::Type::End)
                message = m_previous.empty()
                              ? "the filter ends too soon"
                              : "the filter ends after " + shown(m_previous) + "; a condition is missing";
            else if (m_token.type == Token::Type::Text || m_token.type == Token::Type::Number)
                message =
                    "a condition begins with the field: write the field first, then " + shown(m_token.source);
            else if (m_token.type == Token::Type::Word)
                message = "expected a condition, not the word " + shown(m_token.source) +
                          "; a field of that name goes between backquotes";
            else
                message = "expected a condition, not " + shown(m_token.source);
        }
        failHere(std::move(message), expected);
        return false;
    }

    bool readLiteral(Node &node, bool textOnly)
    {
        const std::string_view expected = textOnly ? std::string_view("a quoted text") : valueExpected;
        const std::string after = shown(m_previous);
        Literal literal;
        if (m_token.type == Token::Type::Text) {
            literal.value = m_token.text;
        } else if (m_token.type == Token::Type::Number && !textOnly) {
            literal = m_token.number;
        } else if (!textOnly && (m_token.isKeyword("true") || m_token.isKeyword("false"))) {
            literal.value = m_token.isKeyword("true");
        } else if (m_token.type == Token::Type::End) {
            failHere("the filter ends after " + after + "; a value is missing", expected);
            return false;
        } else if (m_token.type == Token::Type::Field) {
            failHere("a field is compared with a value, not with another field", expected);
            return false;
        } else if (m_token.type == Token::Type::Number ||
                   (m_token.type == Token::Type::Word && !isConnective(m_token.text))) {
            failHere("text stands in quotes: did you mean " + quoted(m_token.source) + "?", expected);
            return false;
        } else {
            failHere("expected a value after " + after + ", not " + shown(m_token.source), expected);
            return false;
        }
        node.literals.push_back(std::move(literal));
        return advance();
    }

    static bool isConnective(std::string_view word)
    {
        return isKeyword(word) && lowered(word) != "true" && lowered(word) != "false";
    }

    bool readList(Node &node)
    {
        if (!m_token.is("(")) {
            failHere("the values after in stand in parentheses: in (\"a\", \"b\")", "(");
            return false;
        }
        const Token opening = m_token;
        if (!advance())
            return false;
        if (m_token.is(")"))
            return advance();
        for (;;) {
            if (!readLiteral(node, false))
                return false;
            if (m_token.is(")"))
                return advance();
            if (m_token.type == Token::Type::End) {
                fail(opening.begin, opening.end, "the list opened here is never closed", ", or )");
                return false;
            }
            if (!m_token.is(",")) {
                failHere("expected , or ) in the list, not " + shown(m_token.source), ", or )");
                return false;
            }
            if (!advance())
                return false;
        }
    }

    std::nullptr_t unexpectedAfterTerm()
    {
        if (m_token.is(")") && m_depth == 0)
            return failHere("this ) closes nothing", "and, or or the end");
        const std::string_view expected = m_depth == 0 ? "and, or or the end" : "and, or or )";
        return failHere("expected and or or before " + shown(m_token.source), expected);
    }

    std::string_view m_text;
    std::size_t m_position = 0;
    Token m_token;
    std::string m_previous; ///< the token before, as typed
    int m_depth = 0;
    std::optional<SyntaxError> m_error;
};

} // namespace

Result<Expression, SyntaxError> Expression::parse(std::string_view text)
{
    return Parser(text).run();
}

} // namespace muster::filter
