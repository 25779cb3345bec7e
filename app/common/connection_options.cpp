// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/connection_options.h"

#include "nats/context.h"

#include <cstdlib>

namespace muster::app {

namespace {

std::string fromEnvironment(const char *name)
{
    const char *const value = std::getenv(name);
    return value ? value : "";
}

void override(std::string &target, const std::string &given)
{
    if (!given.empty())
        target = given;
}

} // namespace

void ConnectionOptions::addTo(CommandLine &commandLine)
{
    commandLine.option("server", "URL", "a server of the NATS system, as nats://host:4222; may be repeated",
                       [this](const std::string &url) {
                           servers.push_back(url);
                           return Status();
                       });
    commandLine.text("context", "NAME", "a context of the nats command line", context);
    commandLine.text("creds", "FILE", "credentials: a user JWT and its seed", credentials);
    commandLine.text("user", "NAME", "user name", user);
    commandLine.text("password", "TEXT", "its password; better in the environment, as MUSTER_PASSWORD",
                     password);
    commandLine.text("token", "TEXT", "token; better in the environment, as MUSTER_TOKEN", token);
    commandLine.text("ca", "FILE", "certificate authorities to trust, PEM", caFile);
    commandLine.text("cert", "FILE", "client certificate, PEM", certificateFile);
    commandLine.text("key", "FILE", "its private key, PEM", keyFile);
    commandLine.text("root", "SUBJECT", "subject root of the fleet (fleet)", root);
}

Result<nats::ConnectOptions> ConnectionOptions::resolve(const std::string &connectionName) const
{
    nats::ConnectOptions options;
    if (!context.empty()) {
        auto read = nats::readContext(context);
        if (!read)
            return read.error();
        if (!read->unsupported.empty())
            return Error{"context.unsupported",
                         "the context \"" + context +
                             "\" asks for what this program cannot do: " + read->unsupported.front(),
                         "Use --server and the options beside it."};
        options = std::move(read->options);
    }
    if (!servers.empty())
        options.servers = servers;
    if (options.servers.empty())
        options.servers = {"nats://127.0.0.1:4222"};
    options.name = connectionName;
    override(options.credentialsFile, credentials);
    override(options.user, user);
    override(options.password,
             password.empty() && !user.empty() ? fromEnvironment("MUSTER_PASSWORD") : password);
    override(options.token, token.empty() && options.token.empty() ? fromEnvironment("MUSTER_TOKEN") : token);
    override(options.caFile, caFile);
    override(options.certificateFile, certificateFile);
    override(options.keyFile, keyFile);
    return options;
}

} // namespace muster::app
