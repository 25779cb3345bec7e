// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nats/connection.h"

#include <map>
#include <string>
#include <vector>

namespace muster::nats {

/// A connection as the NATS command line keeps it: <config>/nats/context/<name>.json. Members that Muster
/// does not know stay as they are when it is written again.
struct Context {
    std::string name;
    std::string description;
    ConnectOptions options;
    std::string jetStreamDomain;
    std::vector<std::string>
        unsupported;  ///< "tls_first": what this build cannot do, each a reason not to connect
    std::string json; ///< the file as read, for what is kept untouched
};

/// `$XDG_CONFIG_HOME/nats` or `~/.config/nats`.
std::string contextRoot();
/// Names, sorted. A folder that is not there has none.
std::vector<std::string> contextNames(const std::string &root = contextRoot());
/// The one chosen with `nats context select`; empty when none is.
std::string selectedContext(const std::string &root = contextRoot());
Result<Context> readContext(const std::string &name, const std::string &root = contextRoot());
/// Atomic, mode 0600.
Status writeContext(const Context &context, const std::string &root = contextRoot());

} // namespace muster::nats
