// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Templates as T
import Muster

// Which columns a table shows, and in what order. Drag by the handle, or Alt+Up and Alt+Down; Space shows or hides.
// The rows' names are pinned: always shown, in their place.
T.Popup {
    id: root

    required property TableModel model

    width: 248
    implicitHeight: Math.min(480, title.height + list.contentHeight + 10)
    padding: 1
    modal: false
    focus: true
    closePolicy: T.Popup.CloseOnEscape | T.Popup.CloseOnPressOutside
    margins: 8
    onOpened: list.forceActiveFocus(Qt.PopupFocusReason)

    background: Rectangle {
        color: Theme.raised
        border.color: Theme.border2
        radius: Theme.radius
    }
    contentItem: Item {
        SectionTitle {
            id: title

            x: 12
            height: 32
            width: parent.width - 24
            text: qsTr("Columns")
        }
        ListView {
            id: list

            anchors.top: title.bottom
            anchors.bottom: parent.bottom
            anchors.bottomMargin: 6
            width: parent.width
            clip: true
            model: root.model.columnList
            boundsBehavior: Flickable.StopAtBounds
            Accessible.role: Accessible.List
            Accessible.name: qsTr("Columns")
            T.ScrollBar.vertical: SlimScrollBar {}

            Keys.onPressed: event => {
                if (event.key === Qt.Key_Space && currentItem) {
                    root.model.columnList.toggleVisible(currentIndex)
                    event.accepted = true
                } else if ((event.modifiers & Qt.AltModifier) && (event.key === Qt.Key_Up || event.key === Qt.Key_Down)) {
                    const to = currentIndex + (event.key === Qt.Key_Up ? -1 : 1)
                    if (root.model.columnList.move(currentIndex, to))
                        currentIndex = to
                    event.accepted = true
                }
            }

            delegate: ColumnRow {
                width: list.width
            }
        }
    }

    component ColumnRow: Rectangle {
        id: row

        required property int index
        required property string title
        required property bool columnVisible
        required property bool pinned
        required property bool dropped
        readonly property string note: pinned ? qsTr("pinned") : dropped ? qsTr("no room") : ""

        height: Theme.controlHeight
        focus: ListView.isCurrentItem // a screen reader says what has the keys
        color: ListView.isCurrentItem && list.activeFocus ? Theme.select : area.containsMouse ? Theme.hover : "transparent"
        Accessible.role: pinned ? Accessible.ListItem : Accessible.CheckBox
        Accessible.name: row.title
        Accessible.description: note
        Accessible.focusable: true
        Accessible.checkable: !pinned
        Accessible.checked: columnVisible
        Accessible.onToggleAction: root.model.columnList.toggleVisible(index)
        Accessible.onPressAction: root.model.columnList.toggleVisible(index)

        MouseArea {
            id: area

            anchors.fill: parent
            hoverEnabled: true
            onClicked: {
                list.currentIndex = row.index
                root.model.columnList.toggleVisible(row.index)
            }
        }
        Icon {
            id: handle

            visible: !row.pinned
            x: 8
            anchors.verticalCenter: parent.verticalCenter
            name: "grip"
            size: 14
            color: Theme.t3

            DragHandler {
                target: null
                cursorShape: Qt.SizeVerCursor
                onCentroidChanged: {
                    if (!active)
                        return
                    const at = handle.mapToItem(list.contentItem, centroid.position.x, centroid.position.y)
                    const to = Math.max(0, Math.min(list.count - 1, Math.floor(at.y / row.height)))
                    if (to !== row.index)
                        root.model.columnList.move(row.index, to)
                }
            }
        }
        Icon {
            visible: row.pinned
            x: 30
            anchors.verticalCenter: parent.verticalCenter
            name: "pin"
            size: 14
            color: Theme.t3
        }
        Rectangle {
            visible: !row.pinned
            x: 30
            anchors.verticalCenter: parent.verticalCenter
            width: 14
            height: 14
            radius: Theme.tagRadius
            color: row.columnVisible ? Theme.fill : Theme.input
            border.color: row.columnVisible ? Theme.fill : Theme.border2

            Icon {
                visible: row.columnVisible
                anchors.centerIn: parent
                name: "check"
                size: 12
                color: Theme.fillText
            }
        }
        MonoLabel {
            x: 52
            height: parent.height
            width: parent.width - 60 - (noteLabel.visible ? noteLabel.width + 8 : 0)
            text: row.title
            Accessible.ignored: true
        }
        PlainLabel {
            id: noteLabel

            visible: text !== ""
            anchors.right: parent.right
            anchors.rightMargin: 12
            height: parent.height
            text: row.note
            color: Theme.t3
            font.pixelSize: Theme.captionSize
            Accessible.ignored: true
        }
    }
}
