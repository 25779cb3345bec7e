// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/filter/expression.h"
#include "core/filter/number_text.h"
#include "core/utf8.h"

#include <algorithm>
#include <charconv>
#include <compare>

namespace muster::filter {

namespace {

constexpr bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

constexpr bool isAlnum(char c)
{
    return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

constexpr char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

std::size_t countDigits(std::string_view text)
{
    return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), isDigit) - text.begin());
}

/// Without rounding the integer: beyond 2^53 a double cannot hold every one.
std::partial_ordering orderMixed(std::int64_t integer, double number)
{
    if (number >= 0x1p63)
        return std::partial_ordering::less;
    if (number < -0x1p63)
        return std::partial_ordering::greater;
    if (!(number == number))
        return std::partial_ordering::unordered;
    const auto whole = static_cast<std::int64_t>(number);
    if (integer != whole)
        return integer <=> whole;
    return 0.0 <=> number - static_cast<double>(whole);
}

std::partial_ordering reversed(std::partial_ordering order)
{
    if (std::is_lt(order))
        return std::partial_ordering::greater;
    return std::is_gt(order) ? std::partial_ordering::less : order;
}

struct Order {
    using Ordering = std::partial_ordering;

    Ordering operator()(bool left, bool right) const
    {
        return left == right ? Ordering::equivalent : Ordering::unordered;
    }
    Ordering operator()(std::string_view left, bool right) const
    {
        return readTruth(left) == right ? Ordering::equivalent : Ordering::unordered;
    }
    Ordering operator()(bool left, std::string_view right) const { return Order{}(right, left); }
    Ordering operator()(std::int64_t left, std::int64_t right) const { return left <=> right; }
    Ordering operator()(double left, double right) const { return left <=> right; }
    Ordering operator()(std::int64_t left, double right) const { return orderMixed(left, right); }
    Ordering operator()(double left, std::int64_t right) const { return reversed(orderMixed(right, left)); }
    Ordering operator()(UtcTime left, UtcTime right) const { return left <=> right; }
    Ordering operator()(std::string_view left, std::string_view right) const
    {
        if (isVersion(left) && isVersion(right))
            return compareVersions(left, right) <=> 0;
        return left <=> right;
    }
    Ordering operator()(std::string_view left, std::int64_t right) const { return asNumber(left, right); }
    Ordering operator()(std::string_view left, double right) const { return asNumber(left, right); }
    Ordering operator()(std::int64_t left, std::string_view right) const
    {
        return reversed(asNumber(right, left));
    }
    Ordering operator()(double left, std::string_view right) const { return reversed(asNumber(right, left)); }
    Ordering operator()(std::string_view left, UtcTime right) const
    {
        const auto time = UtcTime::parse(left);
        return time ? Ordering(*time <=> right) : Ordering::unordered;
    }
    Ordering operator()(UtcTime left, std::string_view right) const
    {
        const auto time = UtcTime::parse(right);
        return time ? Ordering(left <=> *time) : Ordering::unordered;
    }
    template <typename Left, typename Right>
    Ordering operator()(const Left &, const Right &) const
    {
        return Ordering::unordered;
    }

private:
    template <typename Number>
    static Ordering asNumber(std::string_view text, Number number)
    {
        const ValueView read = readNumber(text);
        if (const auto *integer = std::get_if<std::int64_t>(&read))
            return Order{}(*integer, number);
        if (const auto *real = std::get_if<double>(&read))
            return Order{}(*real, number);
        return Ordering::unordered;
    }
};

std::partial_ordering order(const ValueView &left, const ValueView &right)
{
    return std::visit(Order{}, left, right);
}

bool equal(const ValueView &left, const ValueView &right)
{
    const auto *leftText = std::get_if<std::string_view>(&left);
    const auto *rightText = std::get_if<std::string_view>(&right);
    if (leftText && rightText)
        return *leftText == *rightText;
    return std::is_eq(order(left, right));
}

/// Text of the same kind, digits or not, off the head.
std::string_view takeRun(std::string_view &text)
{
    const bool digits = isDigit(text.front());
    const auto end =
        std::find_if(text.begin(), text.end(), [digits](char c) { return isDigit(c) != digits; });
    const std::string_view run = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    text.remove_prefix(run.size());
    return run;
}

int sign(std::strong_ordering ordering)
{
    return std::is_lt(ordering) ? -1 : std::is_gt(ordering) ? 1 : 0;
}

int compareDigits(std::string_view left, std::string_view right)
{
    left.remove_prefix(std::min(left.find_first_not_of('0'), left.size()));
    right.remove_prefix(std::min(right.find_first_not_of('0'), right.size()));
    if (left.size() != right.size())
        return left.size() < right.size() ? -1 : 1;
    return sign(left <=> right);
}

/// "rc2" before "rc10": runs of digits by their value, a number before a word, what ends first before what
/// goes on.
int compareSuffixes(std::string_view left, std::string_view right)
{
    while (!left.empty() && !right.empty()) {
        const bool leftDigits = isDigit(left.front());
        const bool rightDigits = isDigit(right.front());
        if (leftDigits != rightDigits)
            return leftDigits ? -1 : 1;
        const std::string_view leftRun = takeRun(left);
        const std::string_view rightRun = takeRun(right);
        const int order = leftDigits ? compareDigits(leftRun, rightRun) : sign(leftRun <=> rightRun);
        if (order != 0)
            return order;
    }
    return (left.empty() ? 0 : 1) - (right.empty() ? 0 : 1);
}

struct Version {
    std::string_view numbers; ///< "1.10.2"
    std::string_view suffix;  ///< "rc1", "18-amd64": what stands between '-' and '+'
    int rank = 0;             ///< -1 a pre-release, 0 the release, 1 a revision packaged after it
};

Version readVersion(std::string_view text)
{
    Version version;
    if (lower(text.front()) == 'v')
        text.remove_prefix(1);
    const std::size_t end = std::min(text.find_first_not_of("0123456789."), text.size());
    version.numbers = text.substr(0, end);
    text.remove_prefix(end);
    if (text.starts_with('-') || text.starts_with('~')) {
        const bool revision = text[0] == '-' && isDigit(text[1]);
        version.rank = revision ? 1 : -1;
        version.suffix = text.substr(1, text.find('+') - 1);
    }
    return version;
}

/// A set of a glob, "[a-z]", at the head of `glob`: whether `code` is in it. Takes it off; false in `closed`
/// and nothing taken when no ']' ends it.
bool takeSet(std::string_view &glob, char32_t code, bool &closed)
{
    std::string_view rest = glob.substr(1);
    const bool negated = rest.starts_with('!') || rest.starts_with('^');
    if (negated)
        rest.remove_prefix(1);
    bool found = false;
    closed = false;
    for (bool begin = true; !rest.empty(); begin = false) {
        if (rest.front() == ']' && !begin) {
            closed = true;
            glob = rest.substr(1);
            return found != negated;
        }
        const utf8::Character from = utf8::first(rest);
        rest.remove_prefix(from.length);
        char32_t to = from.code;
        if (rest.size() >= 2 && rest[0] == '-' && rest[1] != ']') {
            const utf8::Character last = utf8::first(rest.substr(1));
            to = last.code;
            rest.remove_prefix(1 + last.length);
        }
        found = found || (code >= from.code && code <= to);
    }
    return false;
}

/// One step of a glob that is not '*', against one character of the text; takes both off.
bool takeOne(std::string_view &text, std::string_view &glob)
{
    const utf8::Character c = utf8::first(text);
    bool fits = false;
    if (glob.front() == '?') {
        glob.remove_prefix(1);
        fits = true;
    } else {
        bool closed = false;
        const bool found = glob.front() == '[' && takeSet(glob, c.code, closed);
        if (closed) {
            fits = found;
        } else {
            if (glob.front() == '\\' && glob.size() > 1)
                glob.remove_prefix(1);
            // As bytes, so that text that is not UTF-8 still equals itself.
            const std::size_t length = utf8::first(glob).length;
            fits = glob.substr(0, length) == text.substr(0, c.length);
            glob.remove_prefix(length);
        }
    }
    text.remove_prefix(c.length);
    return fits;
}

} // namespace

ValueView readNumber(std::string_view text)
{
    std::string_view rest = text;
    if (rest.starts_with('-'))
        rest.remove_prefix(1);
    const std::size_t whole = countDigits(rest);
    if (whole == 0)
        return {};
    rest.remove_prefix(whole);
    const bool isInteger = rest.empty();
    if (rest.starts_with('.')) {
        rest.remove_prefix(1);
        const std::size_t decimals = countDigits(rest);
        if (decimals == 0)
            return {};
        rest.remove_prefix(decimals);
    }
    if (!rest.empty() && lower(rest.front()) == 'e') {
        rest.remove_prefix(1);
        if (!rest.empty() && (rest.front() == '-' || rest.front() == '+'))
            rest.remove_prefix(1);
        const std::size_t digits = countDigits(rest);
        if (digits == 0)
            return {};
        rest.remove_prefix(digits);
    }
    if (!rest.empty())
        return {};

    const char *end = text.data() + text.size();
    std::int64_t integer = 0;
    if (isInteger && std::from_chars(text.data(), end, integer).ec == std::errc())
        return integer;
    double number = 0;
    if (std::from_chars(text.data(), end, number).ec == std::errc())
        return number;
    return {};
}

std::optional<bool> readTruth(std::string_view text)
{
    if (text == "true")
        return true;
    if (text == "false")
        return false;
    return {};
}

bool compare(const ValueView &left, Op op, const ValueView &right)
{
    switch (op) {
    case Op::Equal:
        return equal(left, right);
    case Op::NotEqual:
        return !equal(left, right);
    case Op::Less:
        return std::is_lt(order(left, right));
    case Op::LessEqual:
        return std::is_lteq(order(left, right));
    case Op::Greater:
        return std::is_gt(order(left, right));
    case Op::GreaterEqual:
        return std::is_gteq(order(left, right));
    }
    return false;
}

bool matchesGlob(std::string_view text, std::string_view glob)
{
    // A later '*' can take up whatever an earlier one could, so going back to the last one is enough: at
    // worst the product of both lengths, never exponential.
    std::string_view starText;
    std::string_view starGlob;
    bool starred = false;
    for (;;) {
        if (glob.starts_with('*')) {
            glob.remove_prefix(1);
            starred = true;
            starText = text;
            starGlob = glob;
            continue;
        }
        if (text.empty() && glob.empty())
            return true;
        if (!text.empty() && !glob.empty() && takeOne(text, glob))
            continue;
        if (!starred || starText.empty())
            return false;
        starText.remove_prefix(utf8::first(starText).length);
        text = starText;
        glob = starGlob;
    }
}

bool containsText(std::string_view text, std::string_view part)
{
    const auto same = [](char a, char b) { return lower(a) == lower(b); };
    return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end() ||
           part.empty();
}

bool isVersion(std::string_view text)
{
    if (!text.empty() && lower(text.front()) == 'v')
        text.remove_prefix(1);
    int parts = 0;
    for (;;) {
        const std::size_t digits = countDigits(text);
        if (digits == 0)
            return false;
        text.remove_prefix(digits);
        ++parts;
        if (!text.starts_with('.'))
            break;
        text.remove_prefix(1);
    }
    if (parts < 2)
        return false;
    if (text.empty())
        return true;
    const auto fits = [](char c) {
        return isAlnum(c) || c == '.' || c == '-' || c == '+' || c == '~' || c == '_';
    };
    return (text.front() == '-' || text.front() == '+' || text.front() == '~') && text.size() > 1 &&
           isAlnum(text[1]) && std::all_of(text.begin() + 1, text.end(), fits);
}

int compareVersions(std::string_view left, std::string_view right)
{
    Version a = readVersion(left);
    Version b = readVersion(right);
    const auto takeNumber = [](std::string_view &numbers) {
        const std::string_view number = numbers.substr(0, numbers.find('.'));
        numbers.remove_prefix(std::min(number.size() + 1, numbers.size()));
        return number;
    };
    while (!a.numbers.empty() || !b.numbers.empty()) {
        const int order = compareDigits(takeNumber(a.numbers), takeNumber(b.numbers));
        if (order != 0)
            return order;
    }
    if (a.rank != b.rank)
        return a.rank < b.rank ? -1 : 1;
    return compareSuffixes(a.suffix, b.suffix);
}

} // namespace muster::filter
