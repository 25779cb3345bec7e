// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/protocol/messages.h"
#include "core/subjects.h"
#include "nats/connection.h"
#include "nats/jetstream.h"
#include "nats/local_server.h"
#include "nats/provision.h"
#include "presence/fleet_tracker.h"
#include "table/table.h"

#include <QtTest>

#include <functional>
#include <memory>
#include <string>

/// A real nats-server and hand-made devices on it, for the tests of what follows a fleet.
namespace muster::test {

inline std::unique_ptr<nats::LocalServer> startServer(bool jetStream, const std::string &extraConfig = {})
{
    nats::LocalServer::Options options;
    options.jetStream = jetStream;
    options.extraConfig = extraConfig;
    Result<std::unique_ptr<nats::LocalServer>> server = nats::LocalServer::start(options);
    if (!server)
        qWarning("%s", server.error().message.c_str());
    return server ? std::move(*server) : nullptr;
}

inline std::shared_ptr<nats::Connection> connectTo(const nats::LocalServer &server,
                                                   nats::EventHandler onEvent = {})
{
    nats::ConnectOptions options;
    options.servers = {server.url()};
    options.reconnectWait = nats::milliseconds(50);
    Result<std::shared_ptr<nats::Connection>> connection =
        nats::Connection::open(options, std::move(onEvent));
    if (!connection)
        qWarning("%s", connection.error().message.c_str());
    return connection ? std::move(*connection) : nullptr;
}

inline bool provision(const std::shared_ptr<nats::Connection> &connection)
{
    nats::JetStream jetStream(connection);
    const auto prepared = nats::prepareFleet(jetStream, Subjects(), 1, false);
    return prepared.ok();
}

inline protocol::Presence presenceOf(const std::string &device, std::int64_t seq = 0, int interval = 10)
{
    protocol::Presence presence;
    presence.device = device;
    presence.intervalSeconds = interval;
    presence.seq = seq;
    presence.firmware = "1.4.2";
    return presence;
}

inline bool publish(nats::Connection &connection, const protocol::Presence &presence)
{
    return connection.publish(Subjects().presence(presence.device), protocol::encode(presence)).ok();
}

inline std::string textAt(const table::Table &table, std::string_view device, std::string_view column)
{
    const table::RowId row = table.find(device);
    const table::ColumnIndex index = table.column(column);
    return row == table::noRow || index < 0 ? std::string() : toText(table.cell(row, index));
}

/// A tracker and the table that its batches go to.
struct Follower {
    std::unique_ptr<presence::FleetTracker> tracker;
    table::Table table{"device"};
    table::Batch batch;

    bool start(std::shared_ptr<nats::Connection> connection, presence::FleetTracker::Options options = {})
    {
        auto started = presence::FleetTracker::start(std::move(connection), std::move(options));
        if (started)
            tracker = std::move(*started);
        return tracker != nullptr;
    }
    void drain()
    {
        if (tracker->drain(batch))
            table.apply(batch);
    }
    std::int64_t count(presence::State state)
    {
        drain();
        return tracker->counts()[static_cast<std::size_t>(state)];
    }
    std::string text(std::string_view device, std::string_view column)
    {
        drain();
        return textAt(table, device, column);
    }
    std::string state(std::string_view device) { return text(device, "presence"); }
};

} // namespace muster::test
