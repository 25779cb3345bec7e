// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Templates as T
import Muster

T.AbstractButton {
    id: root

    property string iconName
    property string badge
    property string shortcutText
    property bool current: false
    property bool collapsed: false

    implicitHeight: 28
    focusPolicy: Qt.StrongFocus
    hoverEnabled: true
    Accessible.role: Accessible.PageTab
    Accessible.name: text
    Accessible.description: badge
    Accessible.selectable: true
    Accessible.selected: current
    Accessible.onPressAction: root.clicked()
    Keys.onReturnPressed: root.clicked()

    contentItem: Item {
        Icon {
            id: icon

            x: root.mirrored ? parent.width - 8 - width : 8
            anchors.verticalCenter: parent.verticalCenter
            name: root.iconName
            color: root.current ? Theme.accent : Theme.t2
        }
        PlainLabel {
            visible: !root.collapsed
            anchors.left: parent.left
            anchors.leftMargin: 32
            anchors.right: count.left
            height: parent.height
            text: root.text
            font.pixelSize: Theme.textSize
            font.weight: root.current ? Font.Medium : Font.Normal
            color: root.current ? Theme.t1 : Theme.t2
            Accessible.ignored: true
        }
        MonoLabel {
            id: count

            visible: !root.collapsed
            anchors.right: parent.right
            anchors.rightMargin: 8
            height: parent.height
            text: root.badge
            font.pixelSize: Theme.captionSize
            color: Theme.t3
            Accessible.ignored: true
        }
    }
    background: Rectangle {
        radius: Theme.radius
        color: root.current ? Theme.railCurrent : root.hovered ? Theme.hover : "transparent"

        FocusFrame {
            control: root
            shown: root.visualFocus
        }
    }
    MToolTip {
        x: root.width + 4
        y: 0
        visible: root.collapsed && root.hovered
        text: root.text + (root.shortcutText === "" ? "" : "  " + root.shortcutText)
    }
}
