// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Templates as T
import Muster

// A term of the composer: normal, on, invalid, or "add" (dashed). Backspace removes; Enter, Space and a click edit or toggle.
T.AbstractButton {
    id: root

    property string prefix
    property string countText
    property bool mono: false
    property bool on: false
    property bool invalid: false
    property bool add: false
    property bool removable: false
    property bool toggles: false ///< a click turns it on or off

    signal removeRequested

    implicitHeight: Theme.smallHeight
    implicitWidth: row.implicitWidth + leftPadding + rightPadding
    leftPadding: 9
    rightPadding: 9
    focusPolicy: Qt.StrongFocus
    hoverEnabled: true
    Accessible.role: Accessible.Button
    Accessible.name: prefix === "" ? text : prefix + " " + text
    Accessible.checkable: toggles
    Accessible.checked: on
    Accessible.onPressAction: root.clicked()
    Keys.onReturnPressed: root.clicked()
    Keys.onEnterPressed: root.clicked()
    Keys.onPressed: event => {
        if (removable && (event.key === Qt.Key_Backspace || event.key === Qt.Key_Delete)) {
            event.accepted = true
            root.removeRequested()
        }
    }

    contentItem: Item {
        implicitWidth: row.implicitWidth

        Row {
            id: row

            anchors.verticalCenter: parent.verticalCenter
            spacing: 6

            Icon {
                visible: root.add
                anchors.verticalCenter: parent.verticalCenter
                name: "plus"
                size: 14
                color: Theme.t3
            }
            PlainLabel {
                visible: root.prefix !== ""
                anchors.verticalCenter: parent.verticalCenter
                text: root.prefix
                Accessible.ignored: true
            }
            PlainLabel {
                anchors.verticalCenter: parent.verticalCenter
                text: root.text
                width: Math.min(implicitWidth, 320)
                font.family: root.mono ? Theme.mono : Theme.sans
                font.kerning: !root.mono
                font.preferShaping: !root.mono
                color: root.invalid ? Theme.err : root.add ? Theme.t3 : Theme.t1
                Accessible.ignored: true
            }
            MonoLabel {
                visible: root.countText !== ""
                anchors.verticalCenter: parent.verticalCenter
                text: root.countText
                color: Theme.t2
                Accessible.ignored: true
            }
            Item {
                visible: root.removable
                anchors.verticalCenter: parent.verticalCenter
                width: 12
                height: 22

                Icon {
                    anchors.centerIn: parent
                    name: "close"
                    size: 12
                    color: cross.containsMouse ? Theme.t1 : Theme.t3
                }
                MouseArea {
                    id: cross

                    anchors.fill: parent
                    anchors.margins: -4
                    hoverEnabled: true
                    onClicked: root.removeRequested()
                    Accessible.role: Accessible.Button
                    Accessible.name: qsTr("Remove %1").arg(root.text)
                    Accessible.onPressAction: root.removeRequested()
                }
            }
        }
    }
    background: Rectangle {
        radius: Theme.radius
        color: root.on ? Theme.select : root.down || root.hovered ? Theme.hover : "transparent"
        border.width: root.add ? 0 : 1
        border.color: root.invalid ? Theme.err : root.on ? Theme.accent : Theme.border2

        DashedFrame {
            visible: root.add
            anchors.fill: parent
            color: Theme.border2
            radius: Theme.radius
        }
        FocusFrame {
            control: root
            shown: root.visualFocus
        }
    }
}
