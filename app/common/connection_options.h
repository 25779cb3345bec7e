// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "common/command_line.h"
#include "core/subjects.h"
#include "nats/connection.h"

#include <string>
#include <vector>

namespace muster::app {

/// The options that say which NATS system to join, and as whom. Must outlive the command line they are added
/// to.
struct ConnectionOptions {
    std::vector<std::string> servers;
    std::string context;
    std::string credentials, user, password, token;
    std::string caFile, certificateFile, keyFile;
    std::string root = "fleet";

    void addTo(CommandLine &commandLine);
    /// A context, overridden by what was given beside it; nats://127.0.0.1:4222 when nothing was. A password
    /// or token that is not given is taken from MUSTER_PASSWORD or MUSTER_TOKEN, where other users of the
    /// machine cannot see it.
    Result<nats::ConnectOptions> resolve(const std::string &connectionName) const;
    Result<Subjects> subjects() const { return Subjects::withRoot(root); }
};

} // namespace muster::app
