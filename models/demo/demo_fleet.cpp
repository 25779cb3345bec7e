// SPDX-License-Identifier: GPL-3.0-or-later
#include "demo/demo_fleet.h"

#include "core/subjects.h"
#include "demo/child_process.h"
#include "nats/jetstream.h"
#include "nats/local_server.h"
#include "nats/provision.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>

namespace muster::demo {

namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds streamTimeout{10'000};

fs::path besideThisProgram(const char *program)
{
    std::error_code failure;
    const fs::path self = fs::read_symlink("/proc/self/exe", failure);
    return self.parent_path() / program;
}

Result<std::string> agentPath(const std::string &given)
{
    const fs::path path = given.empty() ? besideThisProgram("muster-agent") : fs::path(given);
    if (access(path.c_str(), X_OK) == 0)
        return path.string();
    return Error{"demo.agent-missing",
                 "this computer cannot join the demo fleet: there is no program " + path.string(),
                 "Build the target muster-agent, which belongs beside this program."};
}

std::vector<std::string> agentCommand(const std::string &program, const std::string &url,
                                      const SimOptions &sim)
{
    const int interval = std::clamp(static_cast<int>(sim.heartbeatSeconds), 1, 10);
    return {program, "--server", url,     "--root",     sim.subjectRoot,         "--site",
            "local", "--group",  "local", "--interval", std::to_string(interval)};
}

Status prepareStreams(const std::string &url, const std::string &root)
{
    auto subjects = Subjects::withRoot(root);
    if (!subjects)
        return subjects.error();
    nats::ConnectOptions options;
    options.servers = {url};
    options.name = "muster-demo";
    auto connection = nats::Connection::open(std::move(options));
    if (!connection)
        return connection.error();
    nats::JetStream jetStream(*connection, {}, streamTimeout);
    auto checks = nats::prepareFleet(jetStream, *subjects, 1, false);
    if (!checks)
        return checks.error();
    for (const nats::StreamCheck &check : *checks) {
        if (check.verdict == nats::StreamCheck::Verdict::Failed)
            return check.error;
    }
    return {};
}

std::string quoted(const std::string &word)
{
    if (word.find_first_of(" \t'\"\\$") == std::string::npos)
        return word;
    std::string out = "'";
    for (const char c : word) {
        if (c == '\'')
            out += "'\\''";
        else
            out += c;
    }
    return out + '\'';
}

} // namespace

struct DemoFleet::Private {
    // In the order of their dependence: the server goes last.
    std::unique_ptr<nats::LocalServer> server;
    std::unique_ptr<Simulator> simulator;
    std::unique_ptr<ChildProcess> agent;
};

DemoFleet::DemoFleet() : d(std::make_unique<Private>()) {}

DemoFleet::~DemoFleet() = default;

Result<std::unique_ptr<DemoFleet>>
DemoFleet::start(Options options, const std::function<void(const std::string &)> &onProgress)
{
    const auto say = [&](const std::string &sentence) {
        if (onProgress)
            onProgress(sentence);
    };
    std::string agent;
    if (options.thisComputer) {
        auto path = agentPath(options.agentExecutable);
        if (!path)
            return path.error();
        agent = std::move(*path);
    }

    std::unique_ptr<DemoFleet> fleet(new DemoFleet);
    Private *const d = fleet->d.get();
    say(options.port > 0 ? "Starting nats-server on port " + std::to_string(options.port)
                         : std::string("Starting nats-server on a free port"));
    nats::LocalServer::Options serverOptions;
    serverOptions.port = options.port;
    auto server = nats::LocalServer::start(std::move(serverOptions));
    if (!server)
        return server.error();
    d->server = std::move(*server);
    say("nats-server runs on port " + std::to_string(d->server->port()) + "; preparing the fleet's streams");
    if (Status s = prepareStreams(d->server->url(), options.sim.subjectRoot); !s)
        return s.error();

    say("Starting " + std::to_string(options.sim.devices) + " simulated devices on " +
        std::to_string(options.sim.sites) + " sites");
    const SimOptions sim = options.sim;
    auto simulator = Simulator::start(d->server->url(), std::move(options.sim));
    if (!simulator)
        return simulator.error();
    d->simulator = std::move(*simulator);
    if (options.thisComputer) {
        say("Adding this computer as a device");
        auto child = ChildProcess::start(agentCommand(agent, d->server->url(), sim),
                                         (fs::path(d->server->directory()) / "muster-agent.log").string());
        if (!child)
            return child.error();
        d->agent = std::move(*child);
    }
    return fleet;
}

std::string DemoFleet::url() const
{
    return d->server->url();
}

int DemoFleet::port() const
{
    return d->server->port();
}

std::int64_t DemoFleet::serverPid() const
{
    return d->server->pid();
}

std::int64_t DemoFleet::agentPid() const
{
    return d->agent ? d->agent->pid() : -1;
}

std::string DemoFleet::serverCommand() const
{
    std::string program = "nats-server";
    for (const char *path : {"/usr/sbin/nats-server", "/usr/local/bin/nats-server", "/usr/bin/nats-server"}) {
        if (access(path, X_OK) == 0) {
            program = path;
            break;
        }
    }
    return program + " -c " + quoted(d->server->configFile());
}

bool DemoFleet::serverRunning() const
{
    return d->server->isRunning();
}

Status DemoFleet::restartServer()
{
    return d->server->restart();
}

Simulator &DemoFleet::simulator()
{
    return *d->simulator;
}

} // namespace muster::demo
