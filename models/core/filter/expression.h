// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"
#include "core/value.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace muster::filter {

enum class Op { Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual };

/// How a literal was written, so that printing gives back what the operator typed.
enum class Unit { None, Bytes, Time };

struct Literal {
    Value value;        ///< numbers with a unit are already in bytes or seconds
    std::string source; ///< as typed: "200MB"; empty for one that a program made
};

/// One node of an expression; immutable once parsed, so threads may share it.
struct Node {
    enum class Kind { And, Or, Not, Compare, In, Matches, Contains, Has };

    Kind kind = Kind::And;
    Op op = Op::Equal;             ///< Compare
    std::string field;             ///< Compare, In, Matches, Contains, Has
    std::vector<Literal> literals; ///< one for Compare, Matches, Contains; any number for In
    std::vector<std::shared_ptr<const Node>> children; ///< And, Or: two or more; Not: one
};

/// What is wrong with a text that is no filter.
enum class Fault {
    TooLong,
    NotUtf8,
    TooDeep,
    NoName,
    QuoteOpen,
    BackquoteOpen,
    ParenthesisOpen,
    ListOpen,
    NothingToClose,
    EndsAfter,
    EndsAfterField,
    Misplaced,
    MisplacedAfter,
    MisplacedWord,
    FieldFirst,
    FieldAsValue,
    NotQuoted,
    NotANumber,
    NotAUnit,
    NumberTooLarge,
    ListWithoutParentheses,
    AndSign,
    OrSign,
    NotSign,
    DiffersSign,
    AtMostSign,
    AtLeastSign,
    PatternSign,
    IsWord,
    CurlyQuote,
    NoMeaning
};

/// What could have stood where a filter is wrong; Nothing where the fault says it.
enum class Wanted {
    Nothing,
    Condition,
    Field,
    Comparison,
    Membership,
    Value,
    Text,
    Unit,
    JointOrEnd,
    JointOrClose,
    CommaOrClose
};

/// In English; "%1" stands for the first of the error's arguments. Whoever shows it in another language
/// translates these, in the context "muster::filter".
std::string_view words(Fault fault);
std::string_view words(Wanted wanted);

/// Where a text stopped being an expression, and what would have gone on from there.
struct SyntaxError {
    int column = 0; ///< 0-based, in Unicode characters; the text's length for "ended too soon"
    int length = 1; ///< characters the mark covers, 1 or more
    Fault fault = Fault::Misplaced;
    std::vector<std::string> arguments; ///< what was typed, short and visible
    Wanted wanted = Wanted::Nothing;
    std::string message;  ///< in English: the filter ends after "<"
    std::string expected; ///< in English: a number, a quoted text, "true" or "false"; may be empty

    /// It may be right so far: something is missing at the end.
    bool isUnfinished() const;
};

/// Gives a field's value in the row at hand; monostate when the row does not have it.
using Lookup = std::function<ValueView(std::string_view field)>;

/// A filter over rows. The empty expression matches every row.
///
/// Rules (README.md beside this file): an absent field fails every comparison but `!=` and `not`; dotted
/// versions compare by their numbers; text that reads as a number compares with numbers as one.
class Expression {
public:
    Expression() = default;
    explicit Expression(std::shared_ptr<const Node> root) : m_root(std::move(root)) {}

    static Result<Expression, SyntaxError> parse(std::string_view text);

    bool isEmpty() const { return !m_root; }
    const Node *root() const { return m_root.get(); }

    bool matches(const Lookup &lookup) const;

    /// The canonical text; parse(print()) is the same expression.
    std::string print() const;

    /// Every field named, sorted, once each.
    std::vector<std::string> fields() const;
    /// Number of comparisons, memberships and tests: what the composer calls terms.
    int termCount() const;

    /// Both, or whichever is not empty.
    static Expression both(const Expression &left, const Expression &right);
    /// field = value
    static Expression equals(std::string field, Value value);

private:
    std::shared_ptr<const Node> m_root;
};

/// The comparisons of the language, for whoever evaluates without a Lookup (the table's column kernels).
bool compare(const ValueView &left, Op op, const ValueView &right);
/// Globs over the whole text: `*` any run, `?` one character, `[a-z]` a set; case-sensitive.
bool matchesGlob(std::string_view text, std::string_view glob);
/// Whether the text holds the other, ASCII case ignored.
bool containsText(std::string_view text, std::string_view part);
/// Dotted versions: "1.10.2", "v2.0", "1.4.0-rc1"; at least one dot.
bool isVersion(std::string_view text);
/// Less than, equal or greater than 0, as versions: numbers by value, missing parts as 0, a pre-release
/// before its release. Only for two texts that are versions.
int compareVersions(std::string_view left, std::string_view right);

/// A filter as the devices read it.
struct JsonLogic {
    std::string json;  ///< empty when nothing can be pushed down
    bool exact = true; ///< false: it lets through rows that the expression does not match, never the reverse
};

/// Never leaves out a row that the expression matches, however a device's JsonLogic library compares.
JsonLogic toJsonLogic(const Expression &expression);
/// The subset `and or ! == != < <= > >= in missing var`; anything else is an error that names it.
Result<Expression> fromJsonLogic(std::string_view json);

} // namespace muster::filter
