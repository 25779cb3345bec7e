// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "connection/connection_controller.h"
#include "presence/fleet_controller.h"
#include "qml/types/no_network.h"
#include "query/query_controller.h"

#include <QQmlApplicationEngine>
#include <QQuickWindow>
#include <QVariantMap>

namespace muster {

/// The dashboard's parts, joined: the link is opened by one controller and followed by the others. One at a
/// time, on the GUI thread, after the QGuiApplication.
class Dashboard {
public:
    Dashboard();

    ConnectionController &connection() { return m_connection; }
    FleetController &fleet() { return m_fleet; }
    QueryController &query() { return m_query; }

    /// Loads the window; null when its QML does not load, which Qt has reported by then.
    QQuickWindow *show(const QVariantMap &initialProperties = {});

private:
    ConnectionController m_connection;
    FleetController m_fleet;
    QueryController m_query;
    qml::NoNetwork m_noNetwork;
    QQmlApplicationEngine m_engine; ///< last: the window goes before what it shows
};

} // namespace muster
