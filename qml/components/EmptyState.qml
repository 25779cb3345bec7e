// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Muster

// What fills the place of content that is not there: what this is, why, and the way on.
Item {
    id: root

    property string iconName
    property string title
    property string text
    property string actionText
    property bool actionPrimary: false
    property bool busy: false

    signal action

    Accessible.role: Accessible.Grouping
    Accessible.name: title

    Column {
        anchors.centerIn: parent
        width: Math.min(parent.width - 48, 420)
        spacing: 8

        Icon {
            visible: root.iconName !== ""
            anchors.horizontalCenter: parent.horizontalCenter
            name: root.iconName
            size: 24
            color: Theme.t3
        }
        PlainLabel {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: root.title
            font.pixelSize: Theme.textSize
            font.weight: Font.DemiBold
            wrapMode: Text.Wrap
            elide: Text.ElideNone
        }
        PlainLabel {
            visible: text !== ""
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: root.text
            color: Theme.t2
            lineHeight: 20
            lineHeightMode: Text.FixedHeight
            wrapMode: Text.Wrap
            elide: Text.ElideNone
        }
        Item {
            visible: button.visible
            width: 1
            height: 4
        }
        MButton {
            id: button

            visible: root.actionText !== ""
            anchors.horizontalCenter: parent.horizontalCenter
            text: root.actionText
            kind: root.actionPrimary ? "primary" : "normal"
            busy: root.busy
            onClicked: root.action()
        }
    }
}
