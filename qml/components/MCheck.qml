// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Templates as T
import Muster

T.CheckBox {
    id: root

    property bool mono: false
    /// What the owner says it is. A click changes `checked` by itself, which would end a binding to it.
    property bool held: false

    onHeldChanged: checked = held
    Component.onCompleted: checked = held

    function flip() {
        toggle()
        toggled()
    }

    implicitHeight: Theme.smallHeight
    implicitWidth: 14 + spacing + label.implicitWidth
    spacing: 8
    focusPolicy: Qt.StrongFocus
    hoverEnabled: true
    Accessible.role: Accessible.CheckBox
    Accessible.name: text
    Accessible.checkable: true
    Accessible.checked: checked
    Accessible.onToggleAction: root.flip()
    Accessible.onPressAction: root.flip()
    Keys.onReturnPressed: root.flip()

    indicator: Rectangle {
        x: root.mirrored ? root.width - width : 0
        y: Math.round((root.height - height) / 2)
        width: 14
        height: 14
        radius: Theme.tagRadius
        color: root.checked ? Theme.fill : root.hovered ? Theme.hover : Theme.input
        border.color: root.checked ? Theme.fill : Theme.border2
        opacity: root.enabled ? 1 : 0.6

        Icon {
            visible: root.checked
            anchors.centerIn: parent
            name: "check"
            size: 12
            color: Theme.fillText
        }
        FocusFrame {
            control: root
            shown: root.visualFocus
            anchors.margins: -3
        }
    }
    contentItem: PlainLabel {
        id: label

        leftPadding: root.mirrored ? 0 : 14 + root.spacing
        rightPadding: root.mirrored ? 14 + root.spacing : 0
        text: root.text
        font.family: root.mono ? Theme.mono : Theme.sans
        color: root.enabled ? Theme.t1 : Theme.t3
        Accessible.ignored: true
    }
}
