// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device_id.h"

#include "core/display_text.h"

#include <algorithm>
#include <array>

namespace muster {

bool isToken(std::string_view text)
{
    static constexpr std::array<bool, 256> allowed = [] {
        std::array<bool, 256> made{};
        for (const char c :
             std::string_view("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"))
            made[static_cast<unsigned char>(c)] = true;
        return made;
    }();
    const auto fits = [](char c) { return allowed[static_cast<unsigned char>(c)]; };
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), fits);
}

Error notAToken(std::string_view what, std::string_view text)
{
    std::string message = "\"" + displayText(text, 80) + "\" cannot be a " + std::string(what) + ": ";
    if (text.empty())
        message += "it is empty";
    else if (text.size() > 64)
        message += "it has " + std::to_string(text.size()) + " bytes, and 64 is the most";
    else
        message += "only letters, digits, _ and - may stand in it";
    return {"core.token", std::move(message), "Use 1 to 64 of A-Z, a-z, 0-9, _ and -."};
}

Result<DeviceId> DeviceId::parse(std::string_view text)
{
    if (!isToken(text))
        return notAToken("device id", text);
    return DeviceId(std::string(text));
}

} // namespace muster
