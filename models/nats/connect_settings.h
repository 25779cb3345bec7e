// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nats/connection.h"
#include "nats/server_probe.h"

#include <nats/nats.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace muster::nats {

/// ConnectOptions, checked: addresses taken apart, file names expanded, files seen to be readable and of
/// their kind.
struct ConnectSettings {
    ConnectOptions options; ///< user, password and token include what the addresses said
    std::vector<ServerAddress> addresses;
    bool secure = false; ///< TLS from the start
};

using NatsOptionsPtr = std::unique_ptr<natsOptions, decltype(&natsOptions_Destroy)>;

/// `~`, `~/`, `$NAME` and `${NAME}` as a shell would expand them; an unknown variable is empty.
std::string expandPath(std::string_view path);

/// The whole of a small file; `what` it is goes into the error ("nats.file").
Result<std::string> readSmallFile(std::string_view what, const std::string &path);

/// Asks nothing of the network. "nats.bad-url", "nats.file", "nats.tls".
Result<ConnectSettings> checkOptions(ConnectOptions options);

/// nats.c's options for the settings, without callbacks.
Result<NatsOptionsPtr> makeNatsOptions(const ConnectSettings &settings, bool secure);

} // namespace muster::nats
