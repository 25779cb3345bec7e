// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/value.h"

#include <optional>
#include <string_view>

namespace muster::filter {

/// The number that the whole of a text spells in decimal ("-3", "0.5", "1e3"); monostate for any other text,
/// "", "0x10" and " 5" included. int64 when it is one exactly and has no '.' or exponent, else double.
ValueView readNumber(std::string_view text);

/// Of "true" and "false", and of no other text.
std::optional<bool> readTruth(std::string_view text);

} // namespace muster::filter
