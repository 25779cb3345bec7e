// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"

#include <cstdint>
#include <memory>
#include <string>

namespace muster::nats {

/// A nats-server of our own on the loopback interface, for the demo fleet and the tests. It dies with this
/// process, however that ends (PR_SET_PDEATHSIG on Linux), and its directory goes with the object.
class LocalServer {
public:
    struct Options {
        int port = 0; ///< 0: a free one
        bool jetStream = true;
        bool mqtt = false;       ///< also listen for MQTT, on a free port
        std::string directory;   ///< store and configuration; empty: a new temporary one, removed at the end
        std::string extraConfig; ///< appended to the configuration: accounts, users, TLS
        std::string executable;  ///< empty: "nats-server" from PATH, /usr/sbin and /usr/local/bin
    };
    /// Returns when the server takes connections. "server.missing" names the package to install,
    /// "server.port" the port that is taken, "server.failed" quotes the last lines of its log.
    static Result<std::unique_ptr<LocalServer>> start(Options options);
    ~LocalServer();

    std::string url() const; ///< "nats://127.0.0.1:PORT"
    int port() const;
    int mqttPort() const; ///< 0 without MQTT
    std::int64_t pid() const;
    bool isRunning() const;
    const std::string &directory() const;
    std::string configFile() const; ///< nats-server -c <this> starts it again by hand
    std::string logFile() const;

    /// SIGKILL, as a crash would. Waits for the process to be gone.
    void kill();
    /// The same port, directory and configuration.
    Status restart();

private:
    LocalServer();
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace muster::nats
