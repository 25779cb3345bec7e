// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string_view>

namespace muster::app {

/// How many columns of a terminal a text takes: two for what is wide in East Asia and for emoji, none for
/// marks that combine. Of text without control characters.
std::size_t textWidth(std::string_view text);

} // namespace muster::app
