// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Templates as T
import Muster

// [{value, text, shape, count}]; the current one is underlined. Ctrl+Tab goes round.
FocusScope {
    id: root

    property var items: []
    property string current
    property bool compact: false ///< where there is little room: what has a shape has no word, but the current one
    /// What all of them take with their words.
    readonly property real fullWidth: items.reduce((sum, item) => sum + widthOf(item), row.spacing * Math.max(0, items.length - 1))

    signal chosen(string value)

    implicitWidth: row.implicitWidth
    implicitHeight: 36
    Accessible.role: Accessible.PageTabList
    Accessible.name: qsTr("Answers")

    function widthOf(item: var): real {
        return ((item.shape ?? "") === "" ? 0 : 18) + words.advanceWidth(item.text ?? "") + (item.count === undefined ? 0 : 6 + numbers.advanceWidth(Words.count(item.count)))
    }

    function step(by: int) {
        const at = items.findIndex(item => item.value === current)
        chosen(items[(at + by + items.length) % items.length].value)
    }

    Keys.onLeftPressed: step(LayoutMirroring.enabled ? 1 : -1)
    Keys.onRightPressed: step(LayoutMirroring.enabled ? -1 : 1)

    FontMetrics {
        id: words

        font.family: Theme.sans
        font.pixelSize: Theme.bodySize
        font.weight: Font.Medium
    }
    FontMetrics {
        id: numbers

        font.family: Theme.mono
        font.pixelSize: Theme.bodySize
    }
    Row {
        id: row

        height: parent.height
        spacing: 16

        Repeater {
            model: root.items.length

            delegate: T.AbstractButton {
                id: tab

                required property int index
                readonly property var item: root.items[index] ?? ({})
                readonly property bool on: item.value === root.current

                height: row.height
                implicitWidth: content.implicitWidth
                text: item.text ?? ""
                focus: on
                focusPolicy: on ? Qt.StrongFocus : Qt.ClickFocus
                hoverEnabled: true
                Accessible.role: Accessible.PageTab
                Accessible.name: text
                Accessible.selectable: true
                Accessible.selected: on
                Accessible.description: item.count !== undefined ? Words.count(item.count) : ""
                Accessible.onPressAction: tab.clicked()
                onClicked: root.chosen(tab.item.value)

                contentItem: Item {
                    implicitWidth: content.implicitWidth

                    Row {
                        id: content

                        height: parent.height
                        spacing: 6

                        StatusShape {
                            visible: shape !== ""
                            anchors.verticalCenter: parent.verticalCenter
                            shape: tab.item.shape ?? ""
                        }
                        PlainLabel {
                            id: word

                            visible: !root.compact || tab.on || (tab.item.shape ?? "") === ""
                            anchors.verticalCenter: parent.verticalCenter
                            text: tab.text
                            color: tab.on || tab.hovered ? Theme.t1 : Theme.t2
                            font.weight: tab.on ? Font.Medium : Font.Normal
                            Accessible.ignored: true
                        }
                        MonoLabel {
                            visible: tab.item.count !== undefined
                            anchors.verticalCenter: parent.verticalCenter
                            text: visible ? Words.count(tab.item.count) : ""
                            color: Theme.t2
                            Accessible.ignored: true
                        }
                    }
                }
                background: Item {
                    MToolTip {
                        visible: tab.hovered && !word.visible
                        text: tab.text
                    }
                    Rectangle {
                        visible: tab.on
                        y: parent.height - height
                        width: parent.width
                        height: 2
                        color: Theme.accent
                    }
                    FocusFrame {
                        control: tab
                        shown: tab.visualFocus
                        anchors.margins: -4
                    }
                }
            }
        }
    }
}
