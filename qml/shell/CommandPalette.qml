// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Templates as T
import Muster

// Ctrl+K: devices by name, pages, and what can be done now. Arrows choose, Enter does it, Esc leaves.
T.Popup {
    id: root

    property var actions: [] ///< [{text, hint, icon, run}]
    property var found: []
    property var matches: [] ///< actions among them
    property var devices: [] ///< found last; what of them still matches stands until others are
    property int current: 0

    signal deviceChosen(string device)

    function search() {
        const text = field.text.trim().toLowerCase()
        const result = actions.filter(action => action.text.toLowerCase().includes(text))
        matches = result
        found = result.concat(devices.filter(device => text !== "" && device.text.toLowerCase().includes(text)))
        current = 0
        // At most 50: a palette is for going somewhere known, the filter of the Devices page is for lists.
        Fleet.devices.findKeys(field.text.trim(), text === "" ? 0 : 50)
    }

    Connections {
        target: Fleet.devices
        enabled: root.visible

        function onKeysFound(text: string, keys: var) {
            if (text !== field.text.trim())
                return
            root.devices = keys.map(key => ({
                        text: key,
                        hint: qsTr("device"),
                        icon: "devices",
                        device: key
                    }))
            root.found = root.matches.concat(root.devices)
        }
    }

    function choose(index: int) {
        const entry = found[index]
        if (!entry)
            return
        close()
        if (entry.device !== undefined)
            deviceChosen(entry.device)
        else
            entry.run()
    }

    width: 520
    implicitHeight: field.height + Math.min(list.contentHeight, 10 * Theme.controlHeight) + (none.visible ? Theme.controlHeight : 0) + 11
    padding: 1
    modal: true
    focus: true
    closePolicy: T.Popup.CloseOnEscape | T.Popup.CloseOnPressOutside
    onAboutToShow: {
        field.clear()
        search()
    }
    onOpened: field.forceActiveFocus(Qt.PopupFocusReason)

    T.Overlay.modal: Rectangle {
        color: Theme.dark ? "#66000000" : "#33161B22"
    }
    background: Rectangle {
        color: Theme.raised
        border.color: Theme.border2
        radius: Theme.radius
    }
    contentItem: Item {
        MTextField {
            id: field

            objectName: "paletteField"
            width: parent.width
            implicitHeight: 36
            background: Item {
                Icon {
                    x: 12
                    anchors.verticalCenter: parent.verticalCenter
                    name: "search"
                }
                PlainLabel {
                    visible: field.text === ""
                    anchors.fill: parent
                    anchors.leftMargin: 36
                    text: field.placeholderText
                    color: Theme.t3
                    Accessible.ignored: true
                }
            }
            leftPadding: 36
            bottomPadding: 0
            mono: false
            label: qsTr("Find")
            placeholderText: qsTr("Find a device, run a command, open a page")
            onTextEdited: root.search()
            Keys.onDownPressed: root.current = Math.min(root.found.length - 1, root.current + 1)
            Keys.onUpPressed: root.current = Math.max(0, root.current - 1)
            Keys.onReturnPressed: root.choose(root.current)
            Keys.onEnterPressed: root.choose(root.current)
        }
        HLine {
            id: line

            anchors.top: field.bottom
            width: parent.width
        }
        PlainLabel {
            id: none

            visible: root.found.length === 0
            anchors.top: line.bottom
            x: 12
            height: Theme.controlHeight
            text: qsTr("Nothing matches")
            color: Theme.t3
        }
        ListView {
            id: list

            anchors.top: line.bottom
            anchors.topMargin: 4
            anchors.bottom: parent.bottom
            anchors.bottomMargin: 4
            width: parent.width
            clip: true
            model: root.found
            currentIndex: root.current
            boundsBehavior: Flickable.StopAtBounds
            Accessible.role: Accessible.List
            Accessible.name: field.label
            T.ScrollBar.vertical: SlimScrollBar {}

            delegate: Rectangle {
                id: entry

                required property int index
                required property var modelData

                width: list.width
                height: Theme.controlHeight
                color: index === root.current ? Theme.select : area.containsMouse ? Theme.hover : "transparent"
                Accessible.role: Accessible.ListItem
                Accessible.name: modelData.text
                Accessible.onPressAction: root.choose(index)

                Icon {
                    x: 12
                    anchors.verticalCenter: parent.verticalCenter
                    name: entry.modelData.icon
                    size: 14
                }
                PlainLabel {
                    x: 36
                    width: parent.width - 36 - hint.width - 24
                    height: parent.height
                    text: entry.modelData.text
                    font.family: entry.modelData.device !== undefined ? Theme.mono : Theme.sans
                    Accessible.ignored: true
                }
                PlainLabel {
                    id: hint

                    anchors.right: parent.right
                    anchors.rightMargin: 12
                    height: parent.height
                    text: entry.modelData.hint
                    color: Theme.t3
                    font.pixelSize: Theme.captionSize
                    Accessible.ignored: true
                }
                MouseArea {
                    id: area

                    anchors.fill: parent
                    hoverEnabled: true
                    onClicked: root.choose(entry.index)
                }
            }
        }
    }
}
