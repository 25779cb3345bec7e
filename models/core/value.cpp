// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/value.h"

#include <array>
#include <charconv>
#include <cmath>
#include <type_traits>

namespace muster {

ValueView view(const Value &value)
{
    return std::visit([](const auto &held) { return ValueView(held); }, value);
}

Value own(const ValueView &value)
{
    return std::visit(
        [](const auto &held) {
            if constexpr (std::is_same_v<std::decay_t<decltype(held)>, std::string_view>)
                return Value(std::string(held));
            else
                return Value(held);
        },
        value);
}

namespace {

template <typename Number, typename... Format>
std::string numberText(Number number, Format... format)
{
    std::array<char, 64> buffer;
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, format...).ptr;
    return {buffer.data(), end};
}

struct ToText {
    std::string operator()(std::monostate) const { return {}; }
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(std::int64_t value) const { return numberText(value); }
    std::string operator()(double value) const
    {
        // Left to itself, to_chars prefers "1e+05" to "100000".
        const double size = std::abs(value);
        if (value == 0 || (size >= 1e-5 && size < 1e16))
            return numberText(value, std::chars_format::fixed);
        return numberText(value);
    }
    std::string operator()(std::string_view value) const { return std::string(value); }
    std::string operator()(UtcTime value) const { return value.toString(); }
};

} // namespace

std::string toText(const ValueView &value)
{
    return std::visit(ToText{}, value);
}

} // namespace muster
