// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Templates as T
import Muster

Item {
    id: root

    signal paletteRequested
    signal connectionsRequested

    implicitHeight: Theme.topBar

    Rectangle {
        anchors.fill: parent
        color: Theme.window
    }
    HLine {
        anchors.bottom: parent.bottom
        width: parent.width
    }
    T.AbstractButton {
        id: find

        anchors.left: parent.left
        anchors.leftMargin: Theme.pagePadding
        y: 8
        width: Math.min(400, root.width - right.width - 48)
        height: Theme.controlHeight
        focusPolicy: Qt.StrongFocus
        hoverEnabled: true
        objectName: "find"
        text: qsTr("Find a device, run a command, open a page")
        Accessible.role: Accessible.Button
        Accessible.name: text
        Accessible.onPressAction: root.paletteRequested()
        Keys.onReturnPressed: find.clicked()
        onClicked: root.paletteRequested()

        contentItem: Item {
            Icon {
                x: find.mirrored ? parent.width - 9 - width : 9
                anchors.verticalCenter: parent.verticalCenter
                name: "search"
                color: Theme.t2
            }
            PlainLabel {
                anchors.left: parent.left
                anchors.leftMargin: 33
                anchors.right: key.left
                anchors.rightMargin: 8
                height: parent.height
                text: find.text
                font.pixelSize: Theme.bodySize
                color: Theme.t3
                Accessible.ignored: true
            }
            KeyTag {
                id: key

                anchors.right: parent.right
                anchors.rightMargin: 8
                anchors.verticalCenter: parent.verticalCenter
                text: qsTr("Ctrl K")
            }
        }
        background: Rectangle {
            radius: Theme.radius
            color: find.hovered ? Theme.hover : Theme.input
            border.color: Theme.border

            FocusFrame {
                control: find
                shown: find.visualFocus
            }
        }
    }
    Row {
        id: right

        anchors.right: parent.right
        anchors.rightMargin: Theme.pagePadding
        y: 8
        spacing: 13

        ConnectionChip {
            objectName: "connectionChip"
            narrow: root.width < 960
            onChangeRequested: root.connectionsRequested()
        }
        Row {
            visible: Connection.userName !== ""
            height: Theme.controlHeight
            spacing: 7

            Icon {
                anchors.verticalCenter: parent.verticalCenter
                name: "user"
            }
            PlainLabel {
                height: parent.height
                width: Math.min(implicitWidth, 140)
                text: Connection.userName
                color: Theme.t2
            }
        }
    }
}
