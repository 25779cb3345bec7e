// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Templates as T
import Muster

// A choice among few: [{value, text, shape, count}]. Left and Right move, as the items are one stop for Tab.
FocusScope {
    id: root

    property var items: []
    property string current
    property bool small: false
    property string label

    signal chosen(string value)

    implicitWidth: row.implicitWidth + 2
    implicitHeight: small ? Theme.smallHeight : Theme.controlHeight
    opacity: enabled ? 1 : 0.6
    Accessible.role: Accessible.Grouping
    Accessible.name: label

    function step(by: int) {
        const at = items.findIndex(item => item.value === current)
        const next = Math.max(0, Math.min(items.length - 1, at + by))
        if (next !== at) {
            segments.itemAt(next).forceActiveFocus(Qt.TabFocusReason) // first: to be chosen gives the focus without its frame
            chosen(items[next].value)
        }
    }

    Keys.onLeftPressed: step(mirrored ? 1 : -1)
    Keys.onRightPressed: step(mirrored ? -1 : 1)

    readonly property bool mirrored: LayoutMirroring.enabled

    Rectangle {
        anchors.fill: parent
        radius: Theme.radius
        color: Theme.input
    }
    Row {
        id: row

        x: 1
        y: 1

        Repeater {
            id: segments

            model: root.items.length

            delegate: T.AbstractButton {
                id: segment

                required property int index
                readonly property var item: root.items[index] ?? ({})
                readonly property bool on: item.value === root.current

                implicitWidth: content.implicitWidth + leftPadding + rightPadding
                height: root.height - 2
                leftPadding: root.small ? 8 : 10
                rightPadding: leftPadding
                text: item.text ?? ""
                focus: on
                focusPolicy: on ? Qt.StrongFocus : Qt.ClickFocus
                hoverEnabled: true
                Accessible.role: Accessible.RadioButton
                Accessible.name: text
                Accessible.checkable: true
                Accessible.checked: on
                Accessible.description: item.count !== undefined ? Words.count(item.count) : ""
                Accessible.onPressAction: segment.clicked()
                onClicked: root.chosen(segment.item.value)

                contentItem: Item {
                    implicitWidth: content.implicitWidth

                    Row {
                        id: content

                        anchors.centerIn: parent
                        spacing: 6

                        StatusShape {
                            visible: shape !== ""
                            anchors.verticalCenter: parent.verticalCenter
                            shape: segment.item.shape ?? ""
                        }
                        PlainLabel {
                            anchors.verticalCenter: parent.verticalCenter
                            text: segment.text
                            color: segment.on ? Theme.t1 : Theme.t2
                            font.weight: segment.on ? Font.DemiBold : Font.Normal
                            Accessible.ignored: true
                        }
                        MonoLabel {
                            visible: segment.item.count !== undefined
                            anchors.verticalCenter: parent.verticalCenter
                            text: visible ? Words.count(segment.item.count) : ""
                            color: segment.on ? Theme.t1 : Theme.t2
                            Accessible.ignored: true
                        }
                    }
                }
                background: Rectangle {
                    radius: 3
                    color: segment.on ? Theme.select : segment.hovered ? Theme.hover : "transparent"

                    Rectangle {
                        visible: segment.index > 0
                        width: 1
                        height: parent.height
                        color: Theme.border
                    }
                    FocusFrame {
                        control: segment
                        shown: segment.visualFocus
                    }
                }
            }
        }
    }
    Rectangle {
        anchors.fill: parent
        radius: Theme.radius
        color: "transparent"
        border.color: Theme.border2
    }
}
