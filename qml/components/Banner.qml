// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Muster

// One line across a page for what the operator must know while reading it.
Rectangle {
    id: root

    property string text
    property string shape: "silent"
    property string actionText

    signal action

    implicitHeight: visible ? Math.max(32, label.implicitHeight + 12) : 0
    color: shape === "error" ? Theme.errTint : Theme.warnTint
    Accessible.role: Accessible.AlertMessage
    Accessible.name: text

    StatusShape {
        x: root.LayoutMirroring.enabled ? parent.width - 16 - width : 16
        anchors.verticalCenter: parent.verticalCenter
        shape: root.shape
    }
    PlainLabel {
        id: label

        anchors.left: parent.left
        anchors.leftMargin: 36
        anchors.right: button.visible ? button.left : parent.right
        anchors.rightMargin: 16
        height: parent.height
        text: root.text
        color: root.shape === "error" ? Theme.err : Theme.warn
        wrapMode: Text.Wrap
        elide: Text.ElideNone
    }
    MButton {
        id: button

        visible: root.actionText !== ""
        anchors.right: parent.right
        anchors.rightMargin: 16
        anchors.verticalCenter: parent.verticalCenter
        small: true
        text: root.actionText
        onClicked: root.action()
    }
    HLine {
        anchors.bottom: parent.bottom
        width: parent.width
    }
}
