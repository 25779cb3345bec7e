// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/utc_time.h"

#include <string>
#include <string_view>

namespace muster {

/// A new ULID (26 characters, Crockford base 32): sorts by time, and within one millisecond of one process
/// by order of creation. Any thread.
std::string newUlid();

bool isUlid(std::string_view text);
/// The moment a ULID was made, to the millisecond; only for a text that isUlid().
UtcTime ulidTime(std::string_view ulid);

} // namespace muster
