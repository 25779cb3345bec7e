// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace muster::nats {

/// One address of a server, taken apart. Secrets in it are kept apart from what may be shown.
struct ServerAddress {
    std::string host;
    std::uint16_t port = 4222;
    bool tls = false;
    std::string user, password, token;

    /// Without user, password and token: fit for messages and for nats.c.
    std::string url() const;
};

/// "nats://host:port", "tls://host:port" or "host:port"; "nats.bad-url" says what is wrong.
Result<ServerAddress> parseAddress(std::string_view url);

/// What a server says of itself to anybody who connects.
struct ServerInfo {
    std::string name, version;
    bool tlsRequired = false, tlsAvailable = false, jetStream = false;
};

/// Connects, reads the INFO line, hangs up. Tells apart what nats.c reports as one: an unknown name, a
/// refused connection, silence, and a peer that is no NATS server (which nats.c before 3.8 would read for
/// ever). Blocking.
Result<ServerInfo> probeServer(const ServerAddress &address, std::chrono::milliseconds timeout);

} // namespace muster::nats
