// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace muster {

/// A device's text, fit to be shown: control characters and bidirectional overrides become visible
/// ("\n" as ␤, U+202E as ⟦U+202E⟧), bytes that are not UTF-8 become U+FFFD, and text past `maxBytes` is cut
/// at a character with "…". It does not escape markup: what shows it must show plain text.
std::string displayText(std::string_view raw, std::size_t maxBytes = 4096);

/// Whether `raw` is well-formed UTF-8.
bool isUtf8(std::string_view raw);

} // namespace muster
