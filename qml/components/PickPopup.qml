// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Templates as T
import Muster

// Chooses a word from a list that typing narrows; with `free`, what is typed may be taken as it is. With `several` it
// stays open, and says which words are chosen and in what order.
T.Popup {
    id: root

    property string title
    property var entries: []
    property bool free: false
    property bool mono: true
    property bool several: false
    property var chosen: [] ///< with `several`, in order
    property var shown: []
    property int current: 0

    signal picked(string text)

    function openWith(heading: string, words: var, anyText: bool) {
        title = heading
        entries = words
        free = anyText
        field.clear()
        narrow()
        if (!opened)
            open()
        field.forceActiveFocus()
    }

    /// After openWith: another word takes the place of this one.
    function startFrom(present: string) {
        field.text = present
        field.selectAll()
        current = Math.max(0, shown.indexOf(present))
        list.positionViewAtIndex(current, ListView.Contain)
    }

    function narrow() {
        const text = field.text.trim().toLowerCase()
        shown = entries.filter(word => word.toLowerCase().includes(text)).slice(0, 500)
        current = 0
    }

    function take(word: string) {
        if (word === "")
            return
        if (several) {
            field.clear()
            narrow()
            current = Math.max(0, shown.indexOf(word))
        } else {
            close()
        }
        picked(word)
    }

    width: 248
    implicitHeight: field.height + 10 + Math.min(Math.max(1, shown.length), 10) * Theme.smallHeight
    padding: 1
    margins: 8
    focus: true
    closePolicy: T.Popup.CloseOnEscape | T.Popup.CloseOnPressOutside

    background: Rectangle {
        color: Theme.raised
        border.color: Theme.border2
        radius: Theme.radius
    }
    contentItem: Item {
        MTextField {
            id: field

            objectName: "pickField"
            x: 4
            y: 4
            width: parent.width - 8
            small: true
            mono: root.mono
            label: root.title
            placeholderText: root.title
            onTextEdited: root.narrow()
            Keys.onDownPressed: root.current = Math.min(root.shown.length - 1, root.current + 1)
            Keys.onUpPressed: root.current = Math.max(0, root.current - 1)
            onAccepted: {
                const word = root.shown[root.current]
                root.take(word !== undefined ? word : root.free ? text.trim() : "")
            }
        }
        PlainLabel {
            visible: root.shown.length === 0
            x: 12
            anchors.top: field.bottom
            height: Theme.smallHeight
            text: root.free && field.text !== "" ? qsTr("Enter takes it as typed") : qsTr("Nothing matches")
            color: Theme.t3
        }
        ListView {
            id: list

            anchors.top: field.bottom
            anchors.topMargin: 2
            anchors.bottom: parent.bottom
            anchors.bottomMargin: 2
            width: parent.width
            clip: true
            model: root.shown
            currentIndex: root.current
            boundsBehavior: Flickable.StopAtBounds
            Accessible.role: Accessible.List
            Accessible.name: root.title
            T.ScrollBar.vertical: SlimScrollBar {}

            delegate: Rectangle {
                id: entry

                required property int index
                required property string modelData

                width: list.width
                height: Theme.smallHeight
                color: index === root.current ? Theme.select : area.containsMouse ? Theme.hover : "transparent"
                Accessible.role: Accessible.ListItem
                Accessible.name: modelData
                Accessible.checkable: root.several
                Accessible.checked: rank > 0
                Accessible.onPressAction: root.take(modelData)

                readonly property int rank: root.chosen.indexOf(modelData) + 1

                MonoLabel {
                    visible: entry.rank > 0
                    anchors.right: mark.left
                    anchors.rightMargin: 4
                    height: parent.height
                    text: Words.count(entry.rank)
                    color: Theme.t2
                    Accessible.ignored: true
                }
                Icon {
                    id: mark

                    visible: entry.rank > 0
                    anchors.right: parent.right
                    anchors.rightMargin: 10
                    anchors.verticalCenter: parent.verticalCenter
                    name: "check"
                    size: 14
                    color: Theme.accent
                }
                PlainLabel {
                    x: 12
                    width: parent.width - (entry.rank > 0 ? 60 : 24)
                    height: parent.height
                    text: entry.modelData
                    font.family: root.mono ? Theme.mono : Theme.sans
                    Accessible.ignored: true
                }
                MouseArea {
                    id: area

                    anchors.fill: parent
                    hoverEnabled: true
                    onClicked: root.take(entry.modelData)
                }
            }
        }
    }
}
