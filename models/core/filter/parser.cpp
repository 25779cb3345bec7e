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
            return error(0, 1, {Fault::TooLong, {std::to_string(m_text.size())}});
        if (!isUtf8(m_text))
            return error(0, 1, {Fault::NotUtf8});
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

    struct Wrong {
        Fault fault;
        std::vector<std::string> arguments = {};
        Wanted wanted = Wanted::Nothing;
    };

    SyntaxError error(std::size_t begin, std::size_t end, Wrong wrong) const
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
        result.fault = wrong.fault;
        result.wanted = wrong.wanted;
        result.message = filledIn(words(wrong.fault), wrong.arguments);
        result.expected = words(wrong.wanted);
        result.arguments = std::move(wrong.arguments);
        return result;
    }

    static std::string filledIn(std::string_view text, const std::vector<std::string> &arguments)
    {
        std::string out;
        for (std::size_t i = 0; i < text.size(); ++i) {
            const std::size_t number = text[i] == '%' && i + 1 < text.size()
                                           ? static_cast<std::size_t>(text[i + 1] - '1')
                                           : SIZE_MAX;
            if (number < arguments.size()) {
                out += arguments[number];
                ++i;
            } else {
                out += text[i];
            }
        }
        return out;
    }

    std::nullptr_t fail(std::size_t begin, std::size_t end, Wrong wrong)
    {
        if (!m_error)
            m_error = error(begin, end, std::move(wrong));
        return nullptr;
    }

    bool refuse(std::size_t begin, std::size_t end, Wrong wrong)
    {
        fail(begin, end, std::move(wrong));
        return false;
    }

    std::nullptr_t failHere(Wrong wrong) { return fail(m_token.begin, m_token.end, std::move(wrong)); }

    bool refuseHere(Wrong wrong) { return refuse(m_token.begin, m_token.end, std::move(wrong)); }

    /// What the operator typed, short and visible.
    static std::string shown(std::string_view source) { return displayText(source, 40); }

    /// The same in quotes; a text has its own.
    static std::string typed(std::string_view source)
    {
        const bool isQuoted = source.starts_with('"') || source.starts_with('\'') || source.starts_with('`');
        return isQuoted ? shown(source) : "\"" + shown(source) + "\"";
    }

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
                    return refuse(begin, m_position, {Fault::NoName});
                return true;
            }
            if (c == '\\' && m_position < m_text.size())
                readEscape(out);
            else
                out += c;
        }
        return refuse(begin, m_text.size(), {quote == '`' ? Fault::BackquoteOpen : Fault::QuoteOpen});
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
            return refuse(begin, m_position, {Fault::NumberTooLarge, {shown(literal.source)}});

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
                return letters ? refuse(m_position, end, {Fault::NotAUnit, {typed(tail)}, Wanted::Unit})
                               : refuse(begin, end, {Fault::NotANumber, {shown(whole)}});
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
            return refuse(begin, m_position, {Fault::NumberTooLarge, {shown(literal.source)}});
        return true;
    }

    bool readSymbol()
    {
        const std::size_t begin = m_position;
        const std::string_view rest = m_text.substr(begin);
        const auto wrong = [&](std::size_t length, Wrong what) {
            m_position = begin + length;
            return refuse(begin, m_position, std::move(what));
        };
        if (rest.starts_with("&"))
            return wrong(rest.starts_with("&&") ? 2 : 1, {Fault::AndSign});
        if (rest.starts_with("|"))
            return wrong(rest.starts_with("||") ? 2 : 1, {Fault::OrSign});
        if (rest.starts_with("<>"))
            return wrong(2, {Fault::DiffersSign});
        if (rest.starts_with("=<"))
            return wrong(2, {Fault::AtMostSign});
        if (rest.starts_with("=>"))
            return wrong(2, {Fault::AtLeastSign});
        if (rest.starts_with("=~") || rest.starts_with("~"))
            return wrong(rest[0] == '=' ? 2 : 1, {Fault::PatternSign});
        if (rest.starts_with("!") && !rest.starts_with("!="))
            return wrong(1, {Fault::NotSign});

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
            return wrong(c.length, {Fault::CurlyQuote, {shown(source)}});
        return wrong(c.length, {Fault::NoMeaning, {shown(source)}});
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
            return failHere({Fault::TooDeep});
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
            return fail(opening.begin, opening.end, {Fault::ParenthesisOpen});
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
            if (!advance() || !readField(*node, Wanted::Field))
                return nullptr;
            return node;
        }
        if (!readField(*node, Wanted::Condition))
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
            return missingOperator(isNot);
        }
        return isNot ? negated(std::move(node)) : NodePtr(std::move(node));
    }

    std::nullptr_t missingOperator(bool afterNot)
    {
        if (m_error)
            return nullptr;
        const Wanted wanted = afterNot ? Wanted::Membership : Wanted::Comparison;
        if (m_token.type == Token::Type::End)
            return afterNot ? failHere({Fault::EndsAfter, {typed(m_previous)}, wanted})
                            : failHere({Fault::EndsAfterField, {shown(m_previous)}, wanted});
        if (m_token.isKeyword("is"))
            return failHere({Fault::IsWord});
        if (m_token.isKeyword("like"))
            return failHere({Fault::PatternSign});
        return failHere({Fault::MisplacedAfter, {typed(m_token.source), typed(m_previous)}, wanted});
    }

    bool readField(Node &node, Wanted wanted)
    {
        if (m_error)
            return false;
        const bool isWord = m_token.type == Token::Type::Word && !isKeyword(m_token.text);
        if (isWord || m_token.type == Token::Type::Field) {
            node.field = m_token.text;
            return advance();
        }
        if (m_token.type == Token::Type::End)
            return refuseHere({Fault::EndsAfter, {typed(m_previous)}, wanted});
        if (wanted == Wanted::Field)
            return refuseHere({Fault::MisplacedAfter, {typed(m_token.source), typed(m_previous)}, wanted});
        if (m_token.type == Token::Type::Text || m_token.type == Token::Type::Number)
            return refuseHere({Fault::FieldFirst, {shown(m_token.source)}});
        const Fault fault = m_token.type == Token::Type::Word ? Fault::MisplacedWord : Fault::Misplaced;
        return refuseHere({fault, {typed(m_token.source)}, wanted});
    }

    bool readLiteral(Node &node, bool textOnly)
    {
        const Wanted wanted = textOnly ? Wanted::Text : Wanted::Value;
        Literal literal;
        if (m_token.type == Token::Type::Text) {
            literal.value = m_token.text;
        } else if (m_token.type == Token::Type::Number && !textOnly) {
            literal = m_token.number;
        } else if (!textOnly && (m_token.isKeyword("true") || m_token.isKeyword("false"))) {
            literal.value = m_token.isKeyword("true");
        } else if (m_token.type == Token::Type::End) {
            return refuseHere({Fault::EndsAfter, {typed(m_previous)}, wanted});
        } else if (m_token.type == Token::Type::Field) {
            return refuseHere({Fault::FieldAsValue, {}, wanted});
        } else if (m_token.type == Token::Type::Number ||
                   (m_token.type == Token::Type::Word && !isConnective(m_token.text))) {
            return refuseHere({Fault::NotQuoted, {shown(m_token.source)}});
        } else {
            return refuseHere({Fault::MisplacedAfter, {typed(m_token.source), typed(m_previous)}, wanted});
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
        if (!m_token.is("("))
            return refuseHere({Fault::ListWithoutParentheses});
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
            if (m_token.type == Token::Type::End)
                return refuse(opening.begin, opening.end, {Fault::ListOpen});
            if (!m_token.is(","))
                return refuseHere({Fault::Misplaced, {typed(m_token.source)}, Wanted::CommaOrClose});
            if (!advance())
                return false;
        }
    }

    std::nullptr_t unexpectedAfterTerm()
    {
        if (m_token.is(")") && m_depth == 0)
            return failHere({Fault::NothingToClose});
        const Wanted wanted = m_depth == 0 ? Wanted::JointOrEnd : Wanted::JointOrClose;
        return failHere({Fault::Misplaced, {typed(m_token.source)}, wanted});
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
