// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Muster

// What just happened. Goes away by itself unless it is an error: those are kept, one after the other, until each is closed.
Column {
    id: root

    property string info
    property var errors: [] ///< not read yet, oldest first

    function show(message: string, error: bool) {
        if (error) {
            if (!errors.includes(message))
                errors = errors.concat([message])
            return
        }
        info = message
        life.restart()
    }

    function closeError() {
        errors = errors.slice(1)
    }

    function close() {
        errors = []
        closeInfo()
    }

    function closeInfo() {
        info = ""
        life.stop()
    }

    visible: info !== "" || errors.length > 0
    spacing: 8

    Timer {
        id: life

        interval: 8000
        onTriggered: if (infoCard.hovered)
            restart()
        else
            root.closeInfo()
    }
    Card {
        id: infoCard

        objectName: "infoToast"
        text: root.info
        shape: "answered"
        onClosed: root.closeInfo()
    }
    Card {
        objectName: "errorToast"
        text: root.errors[0] ?? ""
        more: root.errors.length - 1
        shape: "error"
        border.color: Theme.err
        onClosed: root.closeError()
    }

    component Card: Rectangle {
        id: card

        property string text
        property string shape
        property int more: 0 ///< that wait behind this one
        readonly property alias hovered: hover.hovered

        signal closed

        visible: text !== ""
        anchors.horizontalCenter: parent ? parent.horizontalCenter : undefined
        width: label.width + 86 + (rest.visible ? rest.implicitWidth + 12 : 0)
        height: label.height + 16
        radius: Theme.radius
        color: Theme.raised
        border.color: Theme.border2
        Accessible.role: Accessible.AlertMessage
        Accessible.name: text

        HoverHandler {
            id: hover
        }
        StatusShape {
            x: card.LayoutMirroring.enabled ? parent.width - 12 - width : 12
            anchors.verticalCenter: parent.verticalCenter
            shape: card.shape
        }
        PlainLabel {
            id: label

            anchors.left: parent.left
            anchors.leftMargin: 34
            anchors.verticalCenter: parent.verticalCenter
            width: Math.min(implicitWidth, 474)
            text: card.text
            lineHeight: 20
            lineHeightMode: Text.FixedHeight
            wrapMode: Text.Wrap
            elide: Text.ElideNone
        }
        PlainLabel {
            id: rest

            visible: card.more > 0
            anchors.right: parent.right
            anchors.rightMargin: 44
            anchors.verticalCenter: parent.verticalCenter
            text: qsTr("%1 more").arg(Words.count(card.more))
            color: Theme.t3
        }
        MButton {
            anchors.right: parent.right
            anchors.rightMargin: 8
            anchors.verticalCenter: parent.verticalCenter
            kind: "ghost"
            small: true
            iconName: "close"
            tip: qsTr("Close")
            onClicked: card.closed()
            Keys.onEscapePressed: card.closed()
        }
    }
}
