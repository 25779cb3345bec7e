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
    readonly property bool wantsShell: (inFleet || withoutFleet) && !choosingConnection
    readonly property bool shellShown: wantsShell && shell.status === Loader.Ready
    /// Saved queries and past runs are there without a connection.
    property bool withoutFleet: false
    /// The first frame is on the screen: time to make what it does not show.
    property bool drawn: false

    function openPage(name: string) {
        if (name === "connections") {
            choosingConnection = true
        } else {
            choosingConnection = false
            page = name
        }
    }

    function inShell(): var { // not by its type, which would be loaded with this file
        return shell.item
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
        target: root
        enabled: !root.drawn

        function onFrameSwapped() {
            root.drawn = true
        }
    }
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
    // Of the application, as those of the window rest while a menu or a dialog is open.
    Shortcut {
        sequence: "Ctrl+Q"
        context: Qt.ApplicationShortcut
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
        onActivated: root.inShell().openPalette()
    }
    Shortcut {
        sequence: "Ctrl+F"
        enabled: root.shellShown
        onActivated: root.inShell().focusFilter()
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
    // By its file's name: even to read the pages' types takes time that the first frame does not have. A little at a
    // time, the Connect page staying until all is there: a loader that is hurried on forgets the properties set here.
    Loader {
        id: shell

        anchors.fill: parent
        active: root.wantsShell || root.drawn
        asynchronous: true
        visible: root.shellShown
        focus: visible
        Component.onCompleted: setSource("shell/FleetShell.qml", {
            "host": root
        })
    }
    Loader {
        id: toast

        function show(text: string, isError: bool) {
            active = true
            const shown = item as Toast
            shown.show(text, isError)
        }

        anchors.horizontalCenter: parent.horizontalCenter
        anchors.bottom: parent.bottom
        anchors.bottomMargin: 40
        z: 100
        active: false

        sourceComponent: Toast {
            objectName: "toast"
        }
    }
}
