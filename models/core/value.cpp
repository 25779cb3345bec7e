// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/value.h"

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

NumberText::NumberText(std::int64_t number)
{
    m_size = static_cast<std::size_t>(
        std::to_chars(m_text.data(), m_text.data() + m_text.size(), number).ptr - m_text.data());
}

NumberText::NumberText(double number)
{
    // Left to itself, to_chars prefers "1e+05" to "100000".
    const double size = std::abs(number);
    char *const end = m_text.data() + m_text.size();
    const auto written = number == 0 || (size >= 1e-5 && size < 1e16)
                             ? std::to_chars(m_text.data(), end, number, std::chars_format::fixed)
                             : std::to_chars(m_text.data(), end, number);
    m_size = static_cast<std::size_t>(written.ptr - m_text.data());
}

namespace {

struct ToText {
    std::string operator()(std::monostate) const { return {}; }
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(std::int64_t value) const { return std::string(NumberText(value).view()); }
    std::string operator()(double value) const { return std::string(NumberText(value).view()); }
    std::string operator()(std::string_view value) const { return std::string(value); }
    std::string operator()(UtcTime value) const { return value.toString(); }
};

} // namespace

std::string toText(const ValueView &value)
{
    return std::visit(ToText{}, value);
}

} // namespace muster
