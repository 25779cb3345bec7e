// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/table.h"

#include <string_view>

namespace muster::table {

/// How a column is shown: by its name's convention ("mem.free" is bytes, "uptime" seconds), else by its type.
enum class Kind { Text, Number, Bytes, Percent, Duration, Celsius, Time, Age, Milliseconds, Version, Flag, Late, Presence, Outcome, Identifier };

/// uptime, *.uptime: Duration. mem.*, disk.*.{total,free,used}, *.bytes, *_bytes: Bytes. *.pct, *_pct: Percent. temp.*: Celsius.
/// last_seen: Age. reply_ms: Milliseconds. late, true or false: Late. presence: Presence. outcome: Outcome. device, *.id, id: Identifier.
Kind fieldKind(std::string_view column, Type type);
bool isRightAligned(Kind kind);

} // namespace muster::table
