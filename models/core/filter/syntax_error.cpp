// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/filter/expression.h"

/// Where translations/CMakeLists.txt tells lupdate to find the words that the dashboard translates.
#define TRANSLATED(context, text) text

namespace muster::filter {

std::string_view words(Fault fault)
{
    switch (fault) {
    case Fault::TooLong:
        return TRANSLATED("muster::filter", "the filter has %1 bytes, and 65536 is the most");
    case Fault::NotUtf8:
        return TRANSLATED("muster::filter", "the filter is not UTF-8 text");
    case Fault::TooDeep:
        return TRANSLATED("muster::filter", "the filter is nested more than 64 levels deep");
    case Fault::NoName:
        return TRANSLATED("muster::filter", "the field between these backquotes has no name");
    case Fault::QuoteOpen:
        return TRANSLATED("muster::filter", "the quote opened here is never closed");
    case Fault::BackquoteOpen:
        return TRANSLATED("muster::filter", "the backquote opened here is never closed");
    case Fault::ParenthesisOpen:
        return TRANSLATED("muster::filter", "the ( opened here is never closed");
    case Fault::ListOpen:
        return TRANSLATED("muster::filter", "the list opened here is never closed");
    case Fault::NothingToClose:
        return TRANSLATED("muster::filter", "this ) closes nothing");
    case Fault::EndsAfter:
        return TRANSLATED("muster::filter", "the filter ends after %1");
    case Fault::EndsAfterField:
        return TRANSLATED("muster::filter",
                          "the filter ends after the field %1; \"has %1\" asks whether it is there");
    case Fault::Misplaced:
        return TRANSLATED("muster::filter", "%1 does not belong here");
    case Fault::MisplacedAfter:
        return TRANSLATED("muster::filter", "%1 does not belong after %2");
    case Fault::MisplacedWord:
        return TRANSLATED("muster::filter",
                          "the word %1 does not belong here; a field of that name goes between backquotes");
    case Fault::FieldFirst:
        return TRANSLATED("muster::filter", "a condition begins with the field: write that first, then %1");
    case Fault::FieldAsValue:
        return TRANSLATED("muster::filter", "a field is compared with a value, not with another field");
    case Fault::NotQuoted:
        return TRANSLATED("muster::filter", "text stands in quotes: did you mean \"%1\"?");
    case Fault::NotANumber:
        return TRANSLATED("muster::filter",
                          "%1 is not a number; text stands in quotes: did you mean \"%1\"?");
    case Fault::NotAUnit:
        return TRANSLATED("muster::filter", "%1 is not a unit");
    case Fault::NumberTooLarge:
        return TRANSLATED("muster::filter", "the number %1 is too large");
    case Fault::ListWithoutParentheses:
        return TRANSLATED("muster::filter",
                          "the values after \"in\" stand in parentheses: in (\"a\", \"b\")");
    case Fault::AndSign:
        return TRANSLATED("muster::filter", "conditions are joined by the word \"and\"");
    case Fault::OrSign:
        return TRANSLATED("muster::filter", "alternatives are joined by the word \"or\"");
    case Fault::NotSign:
        return TRANSLATED("muster::filter", "negation is the word \"not\"");
    case Fault::DiffersSign:
        return TRANSLATED("muster::filter", "\"differs from\" is written !=");
    case Fault::AtMostSign:
        return TRANSLATED("muster::filter", "\"at most\" is written <=");
    case Fault::AtLeastSign:
        return TRANSLATED("muster::filter", "\"at least\" is written >=");
    case Fault::PatternSign:
        return TRANSLATED("muster::filter", "patterns are written: matches \"glob\"");
    case Fault::IsWord:
        return TRANSLATED("muster::filter", "\"is\" is written =");
    case Fault::CurlyQuote:
        return TRANSLATED("muster::filter", "%1 is not a quote here; use the straight \"");
    case Fault::NoMeaning:
        return TRANSLATED("muster::filter", "%1 has no meaning here; a field name with other characters than "
                                            "letters, digits, _ . - goes between backquotes");
    }
    return {};
}

std::string_view words(Wanted wanted)
{
    switch (wanted) {
    case Wanted::Nothing:
        break;
    case Wanted::Condition:
        return TRANSLATED("muster::filter", "a field name, \"has\", \"not\" or (");
    case Wanted::Field:
        return TRANSLATED("muster::filter", "a field name");
    case Wanted::Comparison:
        return TRANSLATED("muster::filter", "= != < <= > >=, \"in\", \"matches\" or \"contains\"");
    case Wanted::Membership:
        return TRANSLATED("muster::filter", "\"in\", \"matches\" or \"contains\"");
    case Wanted::Value:
        return TRANSLATED("muster::filter", "a number, a quoted text, \"true\" or \"false\"");
    case Wanted::Text:
        return TRANSLATED("muster::filter", "a quoted text");
    case Wanted::Unit:
        return TRANSLATED("muster::filter", "B, kB, MB, GB, TB, KiB, MiB, GiB, TiB, ms, s, m, h, d, w or %");
    case Wanted::JointOrEnd:
        return TRANSLATED("muster::filter", "\"and\", \"or\" or the end");
    case Wanted::JointOrClose:
        return TRANSLATED("muster::filter", "\"and\", \"or\" or )");
    case Wanted::CommaOrClose:
        return TRANSLATED("muster::filter", "a comma or )");
    }
    return {};
}

bool SyntaxError::isUnfinished() const
{
    return fault == Fault::EndsAfter || fault == Fault::EndsAfterField || fault == Fault::QuoteOpen ||
           fault == Fault::BackquoteOpen || fault == Fault::ParenthesisOpen || fault == Fault::ListOpen;
}

} // namespace muster::filter
