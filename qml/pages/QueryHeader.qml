// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Templates as T
import Muster

// Which saved query is composed, whether it was edited, and the ways to the history and to saving it.
Item {
    id: root

    readonly property QueryDocument document: Query.document

    readonly property bool dialogOpen: saved.visible || saver.visible || renamer.visible || removal.visible

    signal historyRequested

    function save() {
        if (document.saving)
            return
        if (document.id !== "" && document.edited && !document.saveSurprises)
            document.save()
        else
            saveAs()
    }

    function saveAs() {
        saver.ask(document.name)
    }

    /// Under another name, so that theirs stays.
    function saveMine() {
        saver.ask(qsTr("%1 (mine)").arg(document.name))
    }

    function openSaved() {
        saved.open()
    }

    implicitHeight: Theme.pageHeader

    Shortcut {
        sequence: "Ctrl+Shift+S"
        enabled: root.visible && !root.dialogOpen
        onActivated: root.saveAs()
    }

    PlainLabel {
        id: title

        anchors.left: parent.left
        anchors.leftMargin: 16
        height: parent.height - 1
        text: qsTr("Live Query")
        font.pixelSize: Theme.titleSize
        font.weight: Font.DemiBold
        Accessible.role: Accessible.Heading
    }
    T.AbstractButton {
        id: selector

        objectName: "savedSelector"
        anchors.left: title.right
        anchors.leftMargin: 12
        y: 10
        width: Math.min(248, root.width / 4)
        height: Theme.smallHeight
        focusPolicy: Qt.StrongFocus
        hoverEnabled: true
        text: root.document.name !== "" ? root.document.name : qsTr("Not saved")
        Accessible.role: Accessible.ComboBox
        Accessible.name: qsTr("Saved query")
        Accessible.description: text
        Accessible.onPressAction: selector.clicked()
        Keys.onReturnPressed: selector.clicked()
        Keys.onEnterPressed: selector.clicked()
        Keys.onDownPressed: selector.clicked()
        onClicked: saved.open()

        contentItem: Item {
            Icon {
                x: selector.mirrored ? parent.width - 8 - width : 8
                anchors.verticalCenter: parent.verticalCenter
                name: "bookmark"
                size: 14
            }
            PlainLabel {
                anchors.left: parent.left
                anchors.leftMargin: 29
                anchors.right: parent.right
                anchors.rightMargin: 26
                height: parent.height
                text: selector.text
                color: root.document.name !== "" ? Theme.t1 : Theme.t3
                font.weight: root.document.name !== "" ? Font.Medium : Font.Normal
                Accessible.ignored: true
            }
            Icon {
                x: selector.mirrored ? 8 : parent.width - width - 8
                anchors.verticalCenter: parent.verticalCenter
                name: "chevron-down"
                size: 14
                color: Theme.t3
            }
        }
        background: Rectangle {
            radius: Theme.radius
            color: selector.hovered || saved.visible ? Theme.hover : Theme.input
            border.color: Theme.border2

            FocusFrame {
                control: selector
                shown: selector.visualFocus
            }
        }

        SavedQueries {
            id: saved

            y: selector.height + 4
            onRenameRequested: id => {
                close()
                renamer.ask(id)
            }
            onRemoveRequested: id => {
                close()
                removal.queryId = id
                removal.open()
            }
        }
    }
    PlainLabel {
        anchors.left: selector.right
        anchors.leftMargin: 8
        height: parent.height - 1
        visible: root.document.name !== ""
        text: root.document.saving ? qsTr("saving ...") : root.document.edited ? qsTr("edited") : root.document.shared ? qsTr("shared") : ""
        color: Theme.t3
        objectName: "savedState"
    }
    Row {
        anchors.right: parent.right
        anchors.rightMargin: 16
        y: 8
        spacing: 8

        MButton {
            objectName: "historyButton"
            kind: "ghost"
            iconName: "history"
            text: qsTr("History")
            shortcutText: qsTr("Ctrl H")
            onClicked: root.historyRequested()
        }
        MButton {
            objectName: "saveButton"
            iconName: "bookmark"
            text: qsTr("Save query")
            shortcutText: qsTr("Ctrl S")
            busy: root.document.saving
            onClicked: root.save()
        }
    }
    HLine {
        anchors.bottom: parent.bottom
        width: parent.width
    }
    SaveQueryDialog {
        id: saver
    }
    RenameQueryDialog {
        id: renamer
    }
    ConfirmDialog {
        id: removal

        property string queryId

        title: qsTr("Delete saved query")
        text: Query.library.isShared(queryId) ? qsTr("\"%1\" is removed from the account, for everybody who uses this fleet. What is composed stays.").arg(Query.library.nameOf(queryId)) : qsTr("\"%1\" is removed from this computer. What is composed stays.").arg(Query.library.nameOf(queryId))
        confirmText: qsTr("Delete")
        destructive: true
        onAccepted: Query.library.remove(queryId)
    }
    Connections {
        target: root.document

        function onSaved(name: string) {
            Notices.info(qsTr("Saved \"%1\"").arg(name))
        }
    }
    Connections {
        target: Query.library

        function onFailed(message: string) {
            if (!saver.visible)
                Notices.error(qsTr("The saved queries could not be changed: %1").arg(message))
        }
        function onConflict(id: string) {
            if (root.document.conflictText === "")
                Notices.error(qsTr("Somebody else changed this query meanwhile. Nothing was done; the list shows theirs."))
        }
    }
}
