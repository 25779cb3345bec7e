// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Muster

// What just happened. Goes away by itself unless it is an error, which stays until closed.
Rectangle {
    id: root

    property string text
    property bool isError: false

    function show(message: string, error: bool) {
        text = message
        isError = error
        opacity = 1
        visible = true
        if (error)
            life.stop()
        else
            life.restart()
    }

    function close() {
        visible = false
        life.stop()
    }

    visible: false
    width: Math.min(560, label.implicitWidth + 86)
    height: label.height + 16
    radius: Theme.radius
    color: Theme.raised
    border.color: isError ? Theme.err : Theme.border2
    Accessible.role: Accessible.AlertMessage
    Accessible.name: text

    Timer {
        id: life

        interval: 8000
        running: false
        onTriggered: if (hover.hovered)
            restart()
        else
            root.close()
    }
    HoverHandler {
        id: hover
    }
    StatusShape {
        x: root.LayoutMirroring.enabled ? parent.width - 12 - width : 12
        anchors.verticalCenter: parent.verticalCenter
        shape: root.isError ? "error" : "answered"
    }
    PlainLabel {
        id: label

        anchors.left: parent.left
        anchors.leftMargin: 34
        anchors.verticalCenter: parent.verticalCenter
        width: Math.min(implicitWidth, 560 - 86)
        text: root.text
        lineHeight: 20
        lineHeightMode: Text.FixedHeight
        wrapMode: Text.Wrap
        elide: Text.ElideNone
    }
    MButton {
        anchors.right: parent.right
        anchors.rightMargin: 8
        anchors.verticalCenter: parent.verticalCenter
        kind: "ghost"
        small: true
        iconName: "close"
        tip: qsTr("Close")
        onClicked: root.close()
    }
}
