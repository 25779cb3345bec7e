// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Muster

// A banner with several ways on: [{text, run, enabled, reason}].
Rectangle {
    id: root

    property string text
    property string shape: "late"
    property var actions: []

    implicitHeight: visible ? Math.max(36, label.implicitHeight + 12) : 0
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
        anchors.right: buttons.left
        anchors.rightMargin: 16
        height: parent.height
        text: root.text
        color: root.shape === "error" ? Theme.err : Theme.warn
        wrapMode: Text.Wrap
        elide: Text.ElideNone
        Accessible.ignored: true
    }
    Row {
        id: buttons

        anchors.right: parent.right
        anchors.rightMargin: 16
        anchors.verticalCenter: parent.verticalCenter
        spacing: 8

        Repeater {
            model: root.actions.length

            delegate: MButton {
                required property int index
                readonly property var entry: root.actions[index] ?? ({})

                small: true
                text: entry.text ?? ""
                enabled: entry.enabled ?? true
                disabledReason: entry.reason ?? ""
                onClicked: entry.run()
            }
        }
    }
    HLine {
        anchors.bottom: parent.bottom
        width: parent.width
    }
}
