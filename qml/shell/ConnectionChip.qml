// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Templates as T
import Muster

// Which server, and how the link to it is. Enter opens the menu.
T.AbstractButton {
    id: root

    readonly property string shape: {
        switch (Connection.state) {
        case Connection.Connected:
            return "online"
        case Connection.Connecting:
        case Connection.Reconnecting:
            return "late"
        case Connection.Failed:
            return "error"
        }
        return "offline"
    }
    readonly property string stateText: {
        switch (Connection.state) {
        case Connection.Connected:
            return Connection.readOnly ? qsTr("connected, read only") : qsTr("connected")
        case Connection.Connecting:
            return qsTr("connecting")
        case Connection.Reconnecting:
            return qsTr("reconnecting, down for %1 s").arg(Words.count(Connection.downSeconds))
        case Connection.Failed:
            return qsTr("failed")
        }
        return qsTr("not connected")
    }
    property bool narrow: false

    signal changeRequested

    implicitHeight: Theme.controlHeight
    implicitWidth: row.implicitWidth
    focusPolicy: Qt.StrongFocus
    hoverEnabled: true
    text: Connection.currentName
    Accessible.role: Accessible.ButtonMenu
    Accessible.name: qsTr("Connection %1, %2").arg(text).arg(stateText)
    Accessible.description: Connection.currentUrl
    Accessible.onPressAction: root.clicked()
    Keys.onReturnPressed: root.clicked()
    Keys.onEnterPressed: root.clicked()
    onClicked: menu.popup(root, LayoutMirroring.enabled ? 0 : width - menu.width, height + 2)

    contentItem: Row {
        id: row

        Row {
            height: Theme.controlHeight
            leftPadding: 9
            rightPadding: 9
            spacing: 7

            StatusShape {
                anchors.verticalCenter: parent.verticalCenter
                shape: root.shape
            }
            PlainLabel {
                height: parent.height
                width: Math.min(implicitWidth, 180)
                text: root.text
                font.weight: Font.DemiBold
                Accessible.ignored: true
            }
            PlainLabel {
                visible: Connection.state !== Connection.Connected || Connection.readOnly
                height: parent.height
                text: root.stateText
                color: Connection.state === Connection.Connected ? Theme.t2 : Theme.warn
                Accessible.ignored: true
            }
        }
        Rectangle {
            visible: url.visible
            width: 1
            height: Theme.controlHeight
            color: Theme.border
        }
        MonoLabel {
            id: url

            visible: !root.narrow
            leftPadding: 8
            rightPadding: 8
            height: Theme.controlHeight
            width: Math.min(implicitWidth, 320)
            text: Connection.currentUrl
            color: Theme.t2
            Accessible.ignored: true
        }
        Rectangle {
            visible: roundTrip.visible
            width: 1
            height: Theme.controlHeight
            color: Theme.border
        }
        Row {
            id: roundTrip

            visible: Connection.roundTripMs >= 0
            leftPadding: 9
            rightPadding: 8
            spacing: 6

            PlainLabel {
                height: Theme.controlHeight
                text: qsTr("RTT")
                color: Theme.t2
                Accessible.ignored: true
            }
            MonoLabel {
                height: Theme.controlHeight
                text: qsTr("%1 ms").arg(Words.count(Connection.roundTripMs))
                Accessible.name: qsTr("RTT") + " " + text
            }
        }
    }
    background: Rectangle {
        radius: Theme.radius
        color: root.hovered ? Theme.hover : Theme.panel
        border.color: Theme.border

        FocusFrame {
            control: root
            shown: root.visualFocus
        }
    }

    MMenu {
        id: menu

        MMenuItem {
            text: qsTr("Change connection")
            onTriggered: root.changeRequested()
        }
        MMenuItem {
            visible: Connection.demoServerDown
            text: qsTr("Start the demo server again")
            onTriggered: Connection.restartDemoServer()
        }
        MMenuItem {
            text: qsTr("Copy the address")
            onTriggered: UiSettings.copyText(Connection.currentUrl)
        }
        MMenuItem {
            text: Connection.demoConnected ? qsTr("Stop the demo fleet") : qsTr("Disconnect")
            destructive: true
            onTriggered: Connection.demoConnected ? Connection.stopDemo() : Connection.disconnectFromServer()
        }
    }
}
