// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Templates as T
import Muster

// The saved queries, to find one by typing: this computer's, and the account's with who wrote it. Enter loads, F2
// renames, Delete removes.
T.Popup {
    id: root

    readonly property QueryLibrary library: Query.library
    property var shown: []
    property int current: 0

    signal renameRequested(string id)
    signal removeRequested(string id)

    function narrow() {
        const wanted = field.text.trim().toLowerCase()
        const list = []
        for (let row = 0; row < library.rowCount(); ++row) {
            const index = library.index(row, 0)
            const entry = {
                id: library.data(index, QueryLibrary.IdRole),
                name: library.data(index, QueryLibrary.NameRole),
                shared: library.data(index, QueryLibrary.SharedRole),
                by: library.data(index, QueryLibrary.ByRole),
                at: library.data(index, QueryLibrary.AtRole),
                asOf: library.data(index, QueryLibrary.AsOfRole),
                detail: library.data(index, QueryLibrary.DetailRole)
            }
            if ((entry.name + "\n" + entry.detail + "\n" + entry.by).toLowerCase().includes(wanted))
                list.push(entry)
        }
        shown = list
        current = Math.max(0, Math.min(current, list.length - 1))
    }

    function take(index: int) {
        const entry = shown[index]
        if (!entry)
            return
        close()
        Query.document.load(entry.id)
    }

    function step(by: int) {
        current = Math.max(0, Math.min(shown.length - 1, current + by))
        list.positionViewAtIndex(current, ListView.Contain)
    }

    width: 480
    implicitHeight: Math.min(440, field.height + 12 + Math.max(44, list.contentHeight) + footer.height + 10)
    padding: 1
    margins: 8
    focus: true
    closePolicy: T.Popup.CloseOnEscape | T.Popup.CloseOnPressOutsideParent
    onAboutToShow: {
        field.clear()
        current = 0
        narrow()
    }
    onOpened: field.forceActiveFocus(Qt.PopupFocusReason)

    Connections {
        target: root.library
        enabled: root.visible

        function onModelReset() {
            root.narrow()
        }
        function onRowsInserted() {
            root.narrow()
        }
        function onRowsRemoved() {
            root.narrow()
        }
        function onDataChanged() {
            root.narrow()
        }
    }

    background: Rectangle {
        color: Theme.raised
        border.color: Theme.border2
        radius: Theme.radius
    }
    contentItem: Item {
        MTextField {
            id: field

            objectName: "savedField"
            x: 4
            y: 4
            width: parent.width - 8
            small: true
            mono: false
            iconName: "search"
            label: qsTr("Find a saved query")
            placeholderText: label
            onTextEdited: root.narrow()
            onAccepted: root.take(root.current)
            Keys.onDownPressed: root.step(1)
            Keys.onUpPressed: root.step(-1)
            Keys.onPressed: event => {
                const entry = root.shown[root.current]
                if (!entry)
                    return
                if (event.key === Qt.Key_F2) {
                    root.renameRequested(entry.id)
                    event.accepted = true
                } else if (event.key === Qt.Key_Delete && cursorPosition === length) {
                    root.removeRequested(entry.id)
                    event.accepted = true
                }
            }
        }
        PlainLabel {
            visible: root.shown.length === 0
            x: 12
            anchors.top: field.bottom
            width: parent.width - 24
            height: 44
            text: root.library.count === 0 ? qsTr("No query was saved yet. Save query keeps what is composed.") : qsTr("Nothing matches")
            color: Theme.t3
        }
        ListView {
            id: list

            objectName: "savedList"
            anchors.top: field.bottom
            anchors.topMargin: 4
            anchors.bottom: footer.top
            width: parent.width
            clip: true
            model: root.shown
            currentIndex: root.current
            boundsBehavior: Flickable.StopAtBounds
            Accessible.role: Accessible.List
            Accessible.name: field.label
            T.ScrollBar.vertical: SlimScrollBar {}

            delegate: Rectangle {
                id: entry

                required property int index
                required property var modelData
                readonly property string who: modelData.shared ? (modelData.by === "" ? qsTr("account") : qsTr("account, by %1").arg(modelData.by)) : qsTr("this computer")
                readonly property string age: modelData.asOf && !isNaN(modelData.asOf.getTime()) ? qsTr("as of %1").arg(Words.lastUse(modelData.asOf)) : Words.lastUse(modelData.at)

                width: list.width
                height: 44
                color: index === root.current ? Theme.select : area.containsMouse ? Theme.hover : "transparent"
                Accessible.role: Accessible.ListItem
                Accessible.name: modelData.name + ", " + who + ", " + age + ", " + modelData.detail
                Accessible.onPressAction: root.take(index)

                MouseArea {
                    id: area

                    anchors.fill: parent
                    hoverEnabled: true
                    onClicked: root.take(entry.index)
                }
                Icon {
                    x: root.mirrored ? parent.width - 12 - width : 12
                    y: 6
                    name: entry.modelData.shared ? "user" : "laptop"
                    size: 14
                    color: Theme.t3
                }
                PlainLabel {
                    anchors.left: parent.left
                    anchors.leftMargin: 34
                    anchors.right: source.left
                    anchors.rightMargin: 8
                    y: 2
                    height: 20
                    text: entry.modelData.name
                    font.weight: entry.modelData.id === Query.document.id ? Font.DemiBold : Font.Normal
                    Accessible.ignored: true
                }
                PlainLabel {
                    id: source

                    anchors.right: buttons.left
                    anchors.rightMargin: 8
                    y: 2
                    height: 20
                    text: entry.who + "  " + entry.age
                    color: Theme.t3
                    font.pixelSize: Theme.captionSize
                    Accessible.ignored: true
                }
                MonoLabel {
                    anchors.left: parent.left
                    anchors.leftMargin: 34
                    anchors.right: buttons.left
                    anchors.rightMargin: 8
                    y: 22
                    height: 18
                    text: entry.modelData.detail
                    color: Theme.t2
                    font.pixelSize: Theme.captionSize
                    Accessible.ignored: true
                }
                Row {
                    id: buttons

                    readonly property bool wanted: entry.index === root.current || area.containsMouse

                    anchors.right: parent.right
                    anchors.rightMargin: 8
                    anchors.verticalCenter: parent.verticalCenter
                    width: wanted ? implicitWidth : 0
                    visible: wanted

                    MButton {
                        kind: "ghost"
                        small: true
                        text: qsTr("Rename")
                        focusPolicy: Qt.NoFocus
                        onClicked: root.renameRequested(entry.modelData.id)
                    }
                    MButton {
                        kind: "ghost"
                        small: true
                        iconName: "trash"
                        tip: qsTr("Delete")
                        focusPolicy: Qt.NoFocus
                        onClicked: root.removeRequested(entry.modelData.id)
                    }
                }
            }
        }
        Item {
            id: footer

            anchors.bottom: parent.bottom
            width: parent.width
            height: 36 + (trouble.visible ? trouble.implicitHeight + 4 : 0)

            HLine {
                width: parent.width
            }
            PlainLabel {
                id: trouble

                visible: text !== ""
                x: 12
                y: 6
                width: parent.width - 24
                text: root.library.problem !== "" ? root.library.problem : root.library.skippedCount > 0 ? qsTr("%Ln shared entry(s) cannot be read by this version", "", root.library.skippedCount) : ""
                color: root.library.problem !== "" ? Theme.err : Theme.warn
                wrapMode: Text.Wrap
                elide: Text.ElideNone
            }
            MButton {
                anchors.left: parent.left
                anchors.leftMargin: 4
                anchors.bottom: parent.bottom
                anchors.bottomMargin: 4
                kind: "ghost"
                iconName: "plus"
                objectName: "newQuery"
                text: qsTr("New query")
                onClicked: {
                    root.close()
                    Query.document.startAnew()
                }
            }
            PlainLabel {
                anchors.right: parent.right
                anchors.rightMargin: 12
                anchors.bottom: parent.bottom
                anchors.bottomMargin: 4
                height: Theme.controlHeight
                text: qsTr("Enter loads, F2 renames, Delete removes")
                color: Theme.t3
                font.pixelSize: Theme.captionSize
            }
        }
    }
}
