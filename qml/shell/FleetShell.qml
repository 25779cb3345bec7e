// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Templates as T
import Muster

// All of the window but the Connect page: what is around the pages, the pages, and what opens over them. A page is
// made when it is first shown, or behind the window's first frame, a little at a time.
Item {
    id: root

    required property Main host

    function showDevice(device: string) {
        host.openPage("devices")
        const page = devices.item as DevicesPage
        page.showDevice(device)
    }

    function querySelection() {
        Query.composer.setSelectionScope(TableTools.selectedKeys(Fleet.devices))
        host.openPage("query")
    }

    function focusFilter() {
        if (host.page === "devices")
            (devices.item as DevicesPage)?.focusFilter()
        else
            (query.item as QueryPage)?.focusFilter()
    }

    function openPalette() {
        palette_.open()
    }

    function openQuery(): QueryPage {
        host.openPage("query")
        return query.item as QueryPage
    }

    NavRail {
        id: rail

        anchors.top: parent.top
        anchors.bottom: status.top
        anchors.left: parent.left
        width: implicitWidth
        collapsed: root.host.width < 1200
        current: root.host.page
        onOpened: page => root.host.openPage(page)
    }
    TopBar {
        id: top

        anchors.left: rail.right
        anchors.right: parent.right
        onPaletteRequested: root.openPalette()
        onConnectionsRequested: root.host.openPage("connections")
    }
    Loader {
        id: devices

        readonly property bool current: root.host.page === "devices"

        anchors.left: rail.right
        anchors.right: parent.right
        anchors.top: top.bottom
        anchors.bottom: status.top
        active: current || root.host.drawn
        asynchronous: !current
        visible: current
        focus: visible

        sourceComponent: DevicesPage {
            objectName: "devicesPage"
            focus: true
        }
    }
    Connections {
        target: devices.item as DevicesPage

        function onQuerySelected() {
            root.querySelection()
        }
        function onConnectionsRequested() {
            root.host.openPage("connections")
        }
    }
    Loader {
        id: query

        readonly property bool current: root.host.page === "query"

        anchors.fill: devices
        active: current || root.host.drawn
        asynchronous: !current
        visible: current
        focus: visible

        sourceComponent: QueryPage {
            objectName: "queryPage"
            focus: true
        }
    }
    Connections {
        target: query.item as QueryPage

        function onDeviceChosen(device: string) {
            root.showDevice(device)
        }
    }
    StatusBar {
        id: status

        anchors.bottom: parent.bottom
        width: parent.width
        onRejectedRequested: rejected.open()
    }
    OnDemand {
        id: rejected

        host: root

        RejectedDialog {}
    }
    Binding {
        target: palette_.popup
        when: palette_.popup !== null
        property: "x"
        value: rail.width + 16
    }
    OnDemand {
        id: palette_

        host: root

        CommandPalette {
            parent: T.Overlay.overlay
            y: 8
            actions: {
                const list = [
                    {
                        text: qsTr("Devices"),
                        hint: qsTr("page, Ctrl+1"),
                        icon: "devices",
                        run: () => root.host.openPage("devices")
                    },
                    {
                        text: qsTr("Query"),
                        hint: qsTr("page, Ctrl+2"),
                        icon: "query",
                        run: () => root.host.openPage("query")
                    },
                    {
                        text: qsTr("Connections"),
                        hint: qsTr("page"),
                        icon: "plug",
                        run: () => root.host.openPage("connections")
                    },
                    {
                        text: qsTr("Run the query"),
                        hint: qsTr("Ctrl+Enter"),
                        icon: "play",
                        run: () => root.openQuery().run()
                    },
                    {
                        text: qsTr("Saved queries"),
                        hint: qsTr("Query, Ctrl+O"),
                        icon: "bookmark",
                        run: () => root.openQuery().openSaved()
                    },
                    {
                        text: qsTr("Past runs"),
                        hint: qsTr("Query, Ctrl+H"),
                        icon: "history",
                        run: () => root.openQuery().openHistory()
                    },
                    {
                        text: Fleet.devices.paused ? qsTr("Follow the fleet live") : qsTr("Pause the device table"),
                        hint: qsTr("Devices"),
                        icon: Fleet.devices.paused ? "play" : "pause",
                        run: () => Fleet.devices.paused = !Fleet.devices.paused
                    },
                    {
                        text: qsTr("Rejected messages"),
                        hint: Words.count(Fleet.rejectedCount),
                        icon: "info",
                        run: () => rejected.open()
                    },
                    {
                        text: Theme.dark ? qsTr("Use the light theme") : qsTr("Use the dark theme"),
                        hint: qsTr("Settings"),
                        icon: "settings",
                        run: () => UiSettings.theme = Theme.dark ? "light" : "dark"
                    }
                ]
                if (Connection.demoServerDown)
                    list.unshift({
                        text: qsTr("Start the demo server again"),
                        hint: qsTr("Connection"),
                        icon: "refresh",
                        run: () => Connection.restartDemoServer()
                    })
                return list
            }
            onDeviceChosen: device => root.showDevice(device)
        }
    }
}
