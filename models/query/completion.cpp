// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/completion.h"

#include "core/filter/expression.h"
#include "core/filter/words.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>

namespace muster::query {
namespace {

struct Token {
    enum class Type { Word, Text, Number, Operator, Open, Close, Comma };
    Type type;
    std::size_t begin, end;
    std::string_view text;
    bool isOpenEnded = false; // a quote that is not closed yet
};

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

std::vector<Token> tokens(std::string_view text)
{
    std::vector<Token> out;
    std::size_t at = 0;
    while (at < text.size()) {
        const char c = text[at];
        const std::size_t begin = at;
        const auto add = [&](Token::Type type, bool isOpenEnded = false) {
            out.push_back({type, begin, at, text.substr(begin, at - begin), isOpenEnded});
        };
        if (filter::beginsWord(c)) {
            while (at < text.size() && filter::continuesWord(text[at]))
                ++at;
            add(Token::Type::Word);
        } else if (c == '"' || c == '\'' || c == '`') {
            ++at;
            while (at < text.size() && text[at] != c)
                at += text[at] == '\\' ? 2 : 1;
            const bool isOpenEnded = at >= text.size();
            at = std::min(at + 1, text.size());
            add(c == '`' ? Token::Type::Word : Token::Type::Text, isOpenEnded);
        } else if (isDigit(c) || (c == '-' && at + 1 < text.size() && isDigit(text[at + 1]))) {
            ++at;
            while (at < text.size() && (filter::continuesWord(text[at]) || text[at] == '%'))
                ++at;
            add(Token::Type::Number);
        } else if (c == '=' || c == '!' || c == '<' || c == '>') {
            ++at;
            if (at < text.size() && text[at] == '=')
                ++at;
            add(Token::Type::Operator);
        } else {
            ++at;
            if (c == '(')
                add(Token::Type::Open);
            else if (c == ')')
                add(Token::Type::Close);
            else if (c == ',')
                add(Token::Type::Comma);
        }
    }
    return out;
}

bool isWord(const Token &token, std::string_view keyword)
{
    return token.type == Token::Type::Word && filter::lowered(token.text) == keyword;
}

bool isField(const Token &token)
{
    return token.type == Token::Type::Word && !filter::isKeyword(token.text);
}

bool isComparison(const Token &token)
{
    return token.type == Token::Type::Operator || isWord(token, "matches") || isWord(token, "contains");
}

bool startsLike(std::string_view candidate, std::string_view typed)
{
    return filter::lowered(candidate).starts_with(filter::lowered(typed));
}

std::string fieldText(const std::string &field)
{
    const std::string printed = filter::Expression::equals(field, Value(true)).print();
    return printed.substr(0, printed.rfind(" = "));
}

std::string plainField(std::string_view token)
{
    if (token.starts_with('`'))
        token.remove_prefix(1);
    if (token.ends_with('`'))
        token.remove_suffix(1);
    return std::string(token);
}

/// What comes next, told by the whole tokens before the one at the cursor.
struct Place {
    enum class What { Field, Operator, Value, List, Joint } what = What::Field;
    std::string field; // of Value and List
};

Place placeAfter(const std::vector<Token> &before)
{
    Place place;
    bool inList = false;
    std::optional<std::string> field;
    for (const Token &token : before) {
        switch (place.what) {
        case Place::What::Field:
            if (isField(token)) {
                field = plainField(token.text);
                place.what = Place::What::Operator;
            }
            break; // has, not and ( are followed by a field as well
        case Place::What::Operator:
            if (isComparison(token) || isWord(token, "in")) {
                inList = isWord(token, "in");
                place = {inList ? Place::What::List : Place::What::Value, *field};
            } else if (isWord(token, "and") || isWord(token, "or")) {
                place.what = Place::What::Field; // behind "has field"
            }
            break;
        case Place::What::Value:
            place = {Place::What::Joint, {}};
            break;
        case Place::What::List:
            if (token.type == Token::Type::Close)
                place = {Place::What::Joint, {}};
            break;
        case Place::What::Joint:
            if (isWord(token, "and") || isWord(token, "or"))
                place.what = Place::What::Field;
            break;
        }
    }
    // "has field" is a whole term
    if (place.what == Place::What::Operator && before.size() >= 2 && isWord(before[before.size() - 2], "has"))
        place.what = Place::What::Joint;
    return place;
}

std::optional<double> asNumber(std::string_view value)
{
    double number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc() || end != value.data() + value.size() || !isDigit(value.back()))
        return std::nullopt;
    return number;
}

/// To two digits; bytes in the unit that keeps it short.
std::string rounded(double number, bool isBytes)
{
    std::string_view unit;
    if (isBytes) {
        for (const std::string_view larger : {"kB", "MB", "GB", "TB"}) {
            if (std::abs(number) < 1000)
                break;
            number /= 1000;
            unit = larger;
        }
    }
    const double digits = number == 0 ? 0 : std::floor(std::log10(std::abs(number)));
    const double step = std::pow(10, digits - 1);
    std::array<char, 400> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), std::round(number / step) * step,
                                   std::chars_format::fixed, std::clamp(1 - static_cast<int>(digits), 0, 9))
                         .ptr;
    std::string out(text.data(), end);
    if (out.find('.') != std::string::npos) {
        out.erase(out.find_last_not_of('0') + 1);
        if (out.back() == '.')
            out.pop_back();
    }
    return out.append(unit);
}

/// Letters left out, added, mistaken, or two in the wrong order.
std::size_t slipsBetween(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> before, last, row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        before = std::exchange(last, row);
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
    }
    return row[b.size()];
}

/// A text between quotes of this kind, as a filter writes it.
std::string inQuotes(std::string_view value, char quote)
{
    std::string printed = filter::Expression::equals("x", Value(std::string(value))).print().substr(4);
    if (quote == '"')
        return printed;
    std::string text(1, quote);
    const std::string_view inner = std::string_view(printed).substr(1, printed.size() - 2);
    for (std::size_t at = 0; at < inner.size(); ++at) {
        if (inner.substr(at).starts_with("\\\"")) {
            text += '"';
            ++at;
        } else if (inner[at] == '\\') {
            text += inner.substr(at, 2);
            ++at;
        } else {
            if (inner[at] == quote)
                text += '\\';
            text += inner[at];
        }
    }
    return text + quote;
}

} // namespace

std::vector<std::string> magnitudes(const std::vector<std::string> &values, bool areBytes)
{
    std::vector<double> numbers;
    for (const std::string &value : values) {
        const std::optional<double> number = asNumber(value);
        if (!number)
            return {};
        numbers.push_back(*number);
    }
    std::sort(numbers.begin(), numbers.end());
    std::vector<std::string> out;
    for (const int percent : {5, 25, 50, 75, 95}) {
        if (numbers.empty())
            break;
        std::string text =
            rounded(numbers[(numbers.size() - 1) * static_cast<std::size_t>(percent) / 100], areBytes);
        if (out.empty() || out.back() != text)
            out.push_back(std::move(text));
    }
    return out;
}

std::string likeliest(std::string_view typed, const std::vector<std::string> &fields)
{
    constexpr std::size_t longest = 64; // the work grows with the square
    const std::string mine = filter::lowered(typed);
    std::size_t least =
        std::min<std::size_t>(3, 1 + mine.size() / 3); // of that many slips it is another word
    std::string best;
    for (const std::string &field : fields) {
        if (std::max(mine.size(), field.size()) > longest)
            continue;
        const std::size_t slips = slipsBetween(mine, filter::lowered(field));
        if (slips < least) {
            least = slips;
            best = field;
        }
    }
    return best;
}

std::string quoted(std::string_view value)
{
    if (asNumber(value) || value == "true" || value == "false")
        return std::string(value);
    return inQuotes(value, '"');
}

std::vector<Completion> complete(std::string_view text, std::size_t cursor,
                                 const std::vector<std::string> &fields,
                                 const std::function<Offer(const std::string &)> &valuesOf, std::size_t limit)
{
    cursor = std::min(cursor, text.size());
    std::vector<Token> before = tokens(text.substr(0, cursor));
    std::string_view typed;
    std::size_t from = cursor;
    if (!before.empty() && before.back().end == cursor) {
        const Token &last = before.back();
        const bool growing =
            last.type == Token::Type::Word || last.type == Token::Type::Number || last.isOpenEnded;
        if (growing) {
            typed = last.text;
            from = last.begin;
            before.pop_back();
        }
    }

    std::vector<Completion> found;
    const auto offer = [&](Completion::Kind kind, std::string insert, std::string_view compared) {
        if (found.size() < limit && insert != typed && startsLike(compared, typed))
            found.push_back({kind, std::move(insert), from});
    };
    const Place place = placeAfter(before);
    switch (place.what) {
    case Place::What::Field:
        for (const std::string &field : fields) {
            const std::string insert = fieldText(field);
            offer(Completion::Kind::Field, insert, insert);
        }
        for (const char *word : {"not", "has"})
            offer(Completion::Kind::Keyword, word, word);
        break;
    case Place::What::Operator:
        for (const char *word : {"=", "!=", "<", "<=", ">", ">=", "in", "matches", "contains"})
            offer(Completion::Kind::Operator, word, word);
        break;
    case Place::What::Value:
    case Place::What::List: {
        if (place.what == Place::What::List && !before.empty() && isWord(before.back(), "in")) {
            offer(Completion::Kind::Operator, "(", "(");
            break;
        }
        const Offer offered = valuesOf(place.field);
        const char quote = typed.empty() ? '\0' : typed.front();
        const bool isQuote = quote == '"' || quote == '\'';
        for (const std::string &value : offered.texts) {
            const std::string insert = offered.areLiterals ? value
                                       : isQuote           ? inQuotes(value, quote)
                                                           : quoted(value);
            offer(Completion::Kind::Value, insert, isQuote ? insert : value);
        }
        break;
    }
    case Place::What::Joint:
        // A condition is complete as it is: who wants to go on with it types a blank.
        if (typed.empty() && cursor > 0 && text[cursor - 1] != ' ')
            break;
        for (const char *word : {"and", "or"})
            offer(Completion::Kind::Keyword, word, word);
        break;
    }
    return found;
}

} // namespace muster::query
