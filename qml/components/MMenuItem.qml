// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Templates as T
import Muster

T.MenuItem {
    id: root

    property bool destructive: false
    property string mark

    implicitWidth: 240
    implicitHeight: visible ? Theme.controlHeight : 0
    height: implicitHeight
    hoverEnabled: true
    Accessible.role: Accessible.MenuItem
    Accessible.name: text
    Accessible.onPressAction: root.triggered()

    contentItem: PlainLabel {
        leftPadding: 30
        rightPadding: 12
        text: root.text
        color: !root.enabled ? Theme.t3 : root.destructive ? Theme.err : Theme.t1
        Accessible.ignored: true
    }
    background: Rectangle {
        color: root.highlighted || root.hovered ? Theme.hover : "transparent"

        Icon {
            visible: root.mark !== ""
            x: root.mirrored ? parent.width - 9 - width : 9
            anchors.verticalCenter: parent.verticalCenter
            name: root.mark
            size: 14
            color: Theme.accent
        }
    }
}
