// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/value.h"
#include "table/format.h"

#include <QString>

namespace muster {

/// A cell as an operator reads it, in the locale's words and figures; `now` is what ages are counted from.
/// Device text is made fit to be shown, and long text is cut.
QString cellText(table::Kind kind, const ValueView &value, UtcTime now);
/// Whether an operator reads both as one, as cellText() has it; quick for values that are far apart.
bool looksTheSame(table::Kind kind, const ValueView &one, const ValueView &other);
/// What a tool tip adds: exact times in UTC and local, bytes to the byte, text in full.
QString cellToolTip(table::Kind kind, const ValueView &value, std::size_t mostBytes = 4096);
/// Machine text, made fit to be shown.
QString plainText(const ValueView &value, std::size_t maxBytes);

} // namespace muster
