// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Templates as T
import Muster

T.ApplicationWindow {
    id: root

    property string page: startPage !== "" ? startPage : "devices"
    property string startPage
    property bool choosingConnection: false

    /// The fleet is worth a look while there is one, live or not; before that, the Connect page fills the window.
    readonly property bool inFleet: Fleet.active || Connection.state === Connection.Connected || Connection.state === Connection.Reconnecting
    readonly property bool shellShown: (inFleet || withoutFleet) && !choosingConnection
    /// Saved queries and past runs are there without a connection.
    property bool withoutFleet: false

    function openPage(name: string) {
        if (name === "connections") {
            choosingConnection = true
        } else {
            choosingConnection = false
            page = name
        }
    }

    function showDevice(device: string) {
        openPage("devices")
        devices.showDevice(device)
    }

    function querySelection() {
        Query.composer.setSelectionScope(TableTools.selectedKeys(Fleet.devices))
        openPage("query")
    }

    width: 1440
    height: 900
    minimumWidth: 1024
    minimumHeight: 680
    visible: true
    color: Theme.panel
    title: inFleet && Connection.currentName !== "" ? qsTr("Muster - %1").arg(Connection.currentName) : qsTr("Muster")
    font.family: Theme.sans
    font.pixelSize: Theme.textSize
    palette.window: Theme.panel
    palette.windowText: Theme.t1
    palette.base: Theme.input
    palette.text: Theme.t1
    palette.button: Theme.raised
    palette.buttonText: Theme.t1
    palette.highlight: Theme.fill
    palette.highlightedText: Theme.fillText
    palette.mid: Theme.border2
    palette.dark: Theme.t2
    palette.light: Theme.hover
    palette.placeholderText: Theme.t3
    LayoutMirroring.enabled: UiSettings.rightToLeft
    LayoutMirroring.childrenInherit: true

    Component.onCompleted: {
        const saved = UiSettings.value("geometry")
        if (saved && saved.width >= minimumWidth && saved.height >= minimumHeight && saved.width <= Screen.desktopAvailableWidth && saved.height <= Screen.desktopAvailableHeight) {
            width = saved.width
            height = saved.height
        }
    }
    onClosing: if (visibility === Window.Windowed)
        UiSettings.setValue("geometry", Qt.size(width, height))

    Connections {
        target: Connection

        function onLinkOpened() {
            root.choosingConnection = false
            root.withoutFleet = false
        }
    }
    Connections {
        target: Notices

        function onPosted(text: string, isError: bool) {
            toast.show(text, isError)
        }
    }
    Connections {
        target: Fleet.devices

        function onExportFinished(file: string, rows: int) {
            Notices.info(qsTr("Exported %n row(s) to %1", "", rows).arg(file))
        }
        function onExportFailed(file: string, message: string) {
            Notices.error(qsTr("Not exported to %1: %2").arg(file).arg(message))
        }
    }
    Shortcut {
        sequence: "Ctrl+Q"
        onActivated: root.close()
    }
    Shortcut {
        sequence: "Ctrl+1"
        enabled: root.inFleet
        onActivated: root.openPage("devices")
    }
    Shortcut {
        sequence: "Ctrl+2"
        onActivated: {
            root.withoutFleet = !root.inFleet
            root.openPage("query")
        }
    }
    Shortcut {
        sequence: "Ctrl+K"
        enabled: root.shellShown
        onActivated: palette_.open()
    }
    Shortcut {
        sequence: "Ctrl+F"
        enabled: root.shellShown
        onActivated: root.page === "devices" ? devices.focusFilter() : query.focusFilter()
    }

    ConnectPage {
        objectName: "connectPage"
        anchors.fill: parent
        visible: !root.shellShown
        focus: visible
        canGoBack: true
        backText: root.inFleet ? qsTr("Back to the fleet") : qsTr("Saved queries and past results")
        onBackRequested: {
            root.choosingConnection = false
            if (!root.inFleet) {
                root.withoutFleet = true
                root.openPage("query")
            }
        }
    }
    Item {
        anchors.fill: parent
        visible: root.shellShown

        NavRail {
            id: rail

            anchors.top: parent.top
            anchors.bottom: status.top
            anchors.left: parent.left
            width: implicitWidth
            collapsed: root.width < 1200
            current: root.page
            onOpened: page => root.openPage(page)
        }
        TopBar {
            id: top

            anchors.left: rail.right
            anchors.right: parent.right
            onPaletteRequested: palette_.open()
            onConnectionsRequested: root.choosingConnection = true
        }
        Item {
            anchors.left: rail.right
            anchors.right: parent.right
            anchors.top: top.bottom
            anchors.bottom: status.top

            DevicesPage {
                id: devices

                objectName: "devicesPage"
                anchors.fill: parent
                visible: root.page === "devices"
                focus: visible
                onQuerySelected: root.querySelection()
                onConnectionsRequested: root.choosingConnection = true
            }
            QueryPage {
                id: query

                objectName: "queryPage"
                anchors.fill: parent
                visible: root.page === "query"
                focus: visible
                onDeviceChosen: device => root.showDevice(device)
            }
        }
        StatusBar {
            id: status

            anchors.bottom: parent.bottom
            width: parent.width
            onRejectedRequested: rejected.open()
        }
    }
    Toast {
        id: toast

        objectName: "toast"
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.bottom: parent.bottom
        anchors.bottomMargin: 40
        z: 100
    }
    RejectedDialog {
        id: rejected
    }
    CommandPalette {
        id: palette_

        parent: T.Overlay.overlay
        x: rail.width + 16
        y: 8
        actions: {
            const list = [
                {
                    text: qsTr("Devices"),
                    hint: qsTr("page, Ctrl+1"),
                    icon: "devices",
                    run: () => root.openPage("devices")
                },
                {
                    text: qsTr("Query"),
                    hint: qsTr("page, Ctrl+2"),
                    icon: "query",
                    run: () => root.openPage("query")
                },
                {
                    text: qsTr("Connections"),
                    hint: qsTr("page"),
                    icon: "plug",
                    run: () => root.openPage("connections")
                },
                {
                    text: qsTr("Run the query"),
                    hint: qsTr("Ctrl+Enter"),
                    icon: "play",
                    run: () => {
                        root.openPage("query")
                        query.run()
                    }
                },
                {
                    text: qsTr("Saved queries"),
                    hint: qsTr("Query, Ctrl+O"),
                    icon: "bookmark",
                    run: () => {
                        root.openPage("query")
                        query.openSaved()
                    }
                },
                {
                    text: qsTr("Past runs"),
                    hint: qsTr("Query, Ctrl+H"),
                    icon: "history",
                    run: () => {
                        root.openPage("query")
                        query.openHistory()
                    }
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
