// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/display_text.h"

#include "core/utf8.h"

#include <algorithm>
#include <array>

namespace muster {

namespace {

/// Characters that cannot be seen and change how what is around them looks.
bool isDeceptive(char32_t code)
{
    return (code >= 0x80 && code <= 0x9F)                        // C1 controls
           || code == 0x061C || code == 0x200E || code == 0x200F // direction marks
           || (code >= 0x202A && code <= 0x202E)                 // embeddings and overrides
           || (code >= 0x2066 && code <= 0x2069)                 // isolates
           || code == 0x2028 || code == 0x2029                   // line and paragraph separators
           || code == 0x200B || code == 0x2060 || code == 0xFEFF // widthless spaces
           || (code >= 0xFFF9 && code <= 0xFFFB)                 // interlinear annotations
           || (code >= 0xE0000 && code <= 0xE007F);              // tags
}

void appendCodeName(std::string &out, char32_t code)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    out += "\u27E6U+";
    for (int shift = code > 0xFFFF ? 16 : 12; shift >= 0; shift -= 4)
        out.push_back(digits[(code >> shift) & 0xF]);
    out += "\u27E7";
}

} // namespace

std::string displayText(std::string_view raw, std::size_t maxBytes)
{
    const auto isPlain = [](char c) { return c >= 0x20 && c < 0x7F; };
    if (raw.size() <= maxBytes && std::all_of(raw.begin(), raw.end(), isPlain))
        return std::string(raw);

    std::string out;
    out.reserve(std::min(raw.size(), maxBytes) + 16);
    std::string shown;
    while (!raw.empty()) {
        const utf8::Character c = utf8::first(raw);
        shown.clear();
        if (c.code == '\n')
            shown = "\u2424";
        else if (c.code < 0x20)
            utf8::append(shown, 0x2400 + c.code);
        else if (c.code == 0x7F)
            shown = "\u2421";
        else if (isDeceptive(c.code))
            appendCodeName(shown, c.code);
        else
            utf8::append(shown, c.code);
        if (out.size() + shown.size() > maxBytes) {
            out += "\u2026";
            break;
        }
        out += shown;
        raw.remove_prefix(c.length);
    }
    return out;
}

bool isUtf8(std::string_view raw)
{
    while (!raw.empty()) {
        const utf8::Character c = utf8::first(raw);
        if (!c.valid)
            return false;
        raw.remove_prefix(c.length);
    }
    return true;
}

} // namespace muster
