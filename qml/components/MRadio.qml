// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Templates as T
import Muster

T.RadioButton {
    id: root

    /// What the owner says it is. A click changes `checked` by itself, which would end a binding to it.
    property bool held: false

    onHeldChanged: checked = held
    Component.onCompleted: checked = held

    implicitHeight: Theme.smallHeight
    implicitWidth: label.implicitWidth
    spacing: 8
    focusPolicy: Qt.StrongFocus
    hoverEnabled: true
    Accessible.role: Accessible.RadioButton
    Accessible.name: text
    Accessible.checkable: true
    Accessible.checked: checked
    Accessible.onPressAction: {
        root.checked = true
        root.clicked()
    }

    indicator: Rectangle {
        x: root.mirrored ? root.width - width : 0
        y: Math.round((root.height - height) / 2)
        width: 14
        height: 14
        radius: 7
        color: root.hovered ? Theme.hover : Theme.input
        border.color: root.checked ? Theme.accent : Theme.border2

        Rectangle {
            visible: root.checked
            anchors.centerIn: parent
            width: 6
            height: 6
            radius: 3
            color: Theme.accent
        }
        FocusFrame {
            control: root
            shown: root.visualFocus
            anchors.margins: -3
            radius: 10
        }
    }
    contentItem: PlainLabel {
        id: label

        leftPadding: root.mirrored ? 0 : 14 + root.spacing
        rightPadding: root.mirrored ? 14 + root.spacing : 0
        text: root.text
        color: root.enabled ? Theme.t1 : Theme.t3
        Accessible.ignored: true
    }
}
