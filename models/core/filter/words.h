// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace muster::filter {

constexpr bool beginsWord(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

constexpr bool continuesWord(char c)
{
    return beginsWord(c) || (c >= '0' && c <= '9') || c == '.' || c == '-';
}

inline std::string lowered(std::string_view text)
{
    std::string out(text);
    for (char &c : out) {
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c | 0x20);
    }
    return out;
}

/// Words with a meaning of their own, in any case; a field of such a name goes between backquotes.
inline bool isKeyword(std::string_view word)
{
    constexpr std::string_view keywords[] = {"and",      "or",  "not",  "in",   "matches",
                                             "contains", "has", "true", "false"};
    if (word.size() > 8)
        return false;
    const std::string text = lowered(word);
    for (const std::string_view keyword : keywords) {
        if (text == keyword)
            return true;
    }
    return false;
}

/// The deepest nesting of parentheses and `not`: reading, evaluating and printing recurse that far.
constexpr int maxNesting = 64;
constexpr std::size_t maxTextBytes = std::size_t{64} << 10;

} // namespace muster::filter
