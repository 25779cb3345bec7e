// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace muster {

/// A moment in UTC, in microseconds since 1970-01-01. Years 0001 to 9999.
struct UtcTime {
    std::int64_t micros = 0;

    static UtcTime now();
    /// RFC 3339 with an offset or Z ("2026-01-31T08:00:00.123Z"); nothing for any other text.
    static std::optional<UtcTime> parse(std::string_view text);
    /// RFC 3339 in UTC with milliseconds, as it goes over the wire and into files.
    std::string toString() const;

    std::int64_t millis() const { return micros / 1000; }
    // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the 0 in a comparison for a pointer
    auto operator<=>(const UtcTime &) const = default;
};

/// Milliseconds of a clock that never goes back: for ages and deadlines inside this process.
std::int64_t steadyMillis();

} // namespace muster
