// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"

#include <compare>
#include <functional>
#include <string>
#include <string_view>

namespace muster {

/// Whether `text` can stand as one token of a subject of ours: device ids, sites, groups and command names
/// are [A-Za-z0-9_-]{1,64}.
bool isToken(std::string_view text);

/// The error for a text that is not a token: names `what`, the value and the rule.
Error notAToken(std::string_view what, std::string_view text);

/// The name of a device: a token, checked where it enters.
class DeviceId {
public:
    static Result<DeviceId> parse(std::string_view text);

    const std::string &str() const { return m_text; }
    // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the 0 in a comparison for a pointer
    auto operator<=>(const DeviceId &) const = default;

private:
    explicit DeviceId(std::string text) : m_text(std::move(text)) {}
    std::string m_text;
};

} // namespace muster

template <>
struct std::hash<muster::DeviceId> {
    std::size_t operator()(const muster::DeviceId &id) const noexcept
    {
        return std::hash<std::string>{}(id.str());
    }
};
