// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/utc_time.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace muster {

/// One field of a device's row, not owning its text: what the decoder hands on while the message is alive.
/// monostate is "absent": a state of its own, equal to nothing.
using ValueView = std::variant<std::monostate, bool, std::int64_t, double, std::string_view, UtcTime>;

/// The same, owning its text.
using Value = std::variant<std::monostate, bool, std::int64_t, double, std::string, UtcTime>;

ValueView view(const Value &value);
Value own(const ValueView &value);

/// Plain machine text: no grouping, '.' as the decimal point, RFC 3339 for times, "" for absent. Doubles are
/// written with the fewest digits that read back as the same number.
std::string toText(const ValueView &value);

/// A number as toText() writes it, without a string for each.
class NumberText {
public:
    explicit NumberText(std::int64_t number);
    explicit NumberText(double number);
    std::string_view view() const { return {m_text.data(), m_size}; }

private:
    std::array<char, 64> m_text;
    std::size_t m_size;
};

} // namespace muster
