// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Templates as T
import Muster

// Chooses one of [{value, text}].
T.ComboBox {
    id: root

    property string label
    property bool mono: false
    property bool small: true

    textRole: "text"
    valueRole: "value"
    implicitHeight: small ? Theme.smallHeight : Theme.controlHeight
    implicitWidth: 84
    leftPadding: 9
    rightPadding: 26
    focusPolicy: Qt.StrongFocus
    hoverEnabled: true
    font.family: mono ? Theme.mono : Theme.sans
    font.pixelSize: Theme.bodySize
    Accessible.role: Accessible.ComboBox
    Accessible.name: label
    Accessible.description: displayText

    contentItem: PlainLabel {
        text: root.displayText
        font: root.font
        Accessible.ignored: true
    }
    indicator: Icon {
        x: root.mirrored ? 8 : root.width - width - 8
        y: Math.round((root.height - height) / 2)
        name: "chevron-down"
        size: 14
        color: Theme.t3
    }
    background: Rectangle {
        radius: Theme.radius
        color: root.hovered || root.down ? Theme.hover : Theme.input
        border.color: root.activeFocus ? Theme.accent : Theme.border2
        border.width: root.visualFocus ? 2 : 1
    }
    delegate: T.ItemDelegate {
        id: choice

        required property int index
        required property var modelData

        width: ListView.view ? ListView.view.width : 0
        height: Theme.smallHeight
        text: modelData.text
        highlighted: root.highlightedIndex === index
        hoverEnabled: true
        Accessible.role: Accessible.ListItem
        Accessible.name: text

        contentItem: PlainLabel {
            leftPadding: 9
            text: choice.text
            font: root.font
            Accessible.ignored: true
        }
        background: Rectangle {
            color: choice.highlighted ? Theme.hover : root.currentIndex === choice.index ? Theme.select : "transparent"
        }
    }
    popup: T.Popup {
        y: root.height + 2
        width: Math.max(root.width, 96)
        implicitHeight: Math.min(list.contentHeight + 2, 320)
        padding: 1

        contentItem: ListView {
            id: list

            clip: true
            model: root.popup.visible ? root.delegateModel : null
            currentIndex: root.highlightedIndex
            boundsBehavior: Flickable.StopAtBounds
        }
        background: Rectangle {
            color: Theme.raised
            border.color: Theme.border2
            radius: Theme.radius
        }
    }
}
