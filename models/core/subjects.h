// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"

#include <string>
#include <string_view>

namespace muster {

/// The subjects of one fleet (models/core/protocol/README.md lists them). The root is one or more tokens,
/// "fleet" unless the connection says otherwise, so that two fleets can share an account.
class Subjects {
public:
    Subjects() = default; ///< root "fleet"
    static Result<Subjects> withRoot(std::string_view root);

    const std::string &root() const { return m_root; }

    std::string presence(std::string_view device) const { return join("presence", device); }
    std::string telemetry(std::string_view device) const { return join("telemetry", device); }
    std::string reported(std::string_view device) const { return join("reported", device); }
    std::string queryAll() const { return m_root + ".query.all"; }
    std::string queryDevice(std::string_view device) const { return join("query.device", device); }
    std::string querySite(std::string_view site) const { return join("query.site", site); }
    std::string queryGroup(std::string_view group) const { return join("query.group", group); }
    std::string queryGroup(std::string_view group, std::string_view region) const;

    std::string allPresence() const { return join("presence", "*"); }
    std::string allTelemetry() const { return join("telemetry", "*"); }
    std::string allQueries() const { return join("query", ">"); }

    /// The last token of a subject: the device of a presence or telemetry subject.
    static std::string_view lastToken(std::string_view subject);

private:
    std::string join(std::string_view kind, std::string_view tail) const;
    std::string m_root = "fleet";
};

} // namespace muster
