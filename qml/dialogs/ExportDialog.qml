// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Dialogs
import QtQuick.Templates as T
import Muster

// Where to write a table, and what will be in the file: the visible columns, and every row that passes the filters or
// every group of them. Says what became of it, also when it is closed by then.
T.Dialog {
    id: root

    required property TableModel model
    property string stem: "muster"
    property int groupTotal: 0 // when it was opened
    property bool groups: false

    parent: T.Overlay.overlay
    x: parent ? Math.round((parent.width - width) / 2) : 0
    y: parent ? Math.round((parent.height - height) / 3) : 0
    width: 560
    implicitHeight: body.implicitHeight + 32
    padding: 16
    modal: true
    focus: true
    title: qsTr("Export CSV")
    closePolicy: T.Popup.CloseOnEscape
    onAboutToShow: {
        path.text = UiSettings.suggestedFile(stem, "csv")
        groupTotal = model.groupTotal()
        groups = model.showsOnlyGroups()
    }
    onOpened: {
        path.forceActiveFocus()
        path.selectAll()
    }

    function write() {
        if (path.errorText !== "")
            return
        UiSettings.rememberFolderOf(path.text)
        model.exportTo(UiSettings.fileUrl(path.text), raw.checked,
                       groups ? TableModel.ExportGroups : TableModel.ExportRows)
        close()
    }

    Connections {
        target: root.model

        function onExportFinished(file: string, lines: int) {
            Notices.info(qsTr("Exported %Ln line(s) to %1", "", lines).arg(file))
        }
        function onExportFailed(file: string, message: string) {
            Notices.error(qsTr("Not exported to %1: %2").arg(file).arg(message))
        }
    }

    T.Overlay.modal: Rectangle {
        color: Theme.dark ? "#99000000" : "#66161B22"
    }
    background: Rectangle {
        color: Theme.panel
        border.color: Theme.border2
        radius: Theme.radius
        Accessible.role: Accessible.Dialog
        Accessible.name: root.title
    }
    contentItem: Column {
        id: body

        spacing: 12

        SectionTitle {
            width: parent.width
            text: root.title
            font.pixelSize: Theme.textSize
        }
        Segmented {
            objectName: "exportAs"
            visible: root.groupTotal > 0
            label: qsTr("Lines of the file")
            items: [
                { value: "groups", text: qsTr("Groups") },
                { value: "rows", text: qsTr("Rows") }
            ]
            current: root.groups ? "groups" : "rows"
            onChosen: value => root.groups = value === "groups"
        }
        PlainLabel {
            objectName: "exportSummary"
            width: parent.width
            text: (root.groups ? qsTr("%Ln group(s) on all levels, folded ones too, with the aggregates of the columns on screen.", "", root.groupTotal) : qsTr("%Ln row(s), with the columns, filter and order on screen.", "", root.model.rowShown)) + " " + qsTr("A name that ends in .tsv or .jsonl chooses that format.")
            color: Theme.t2
            lineHeight: 20
            lineHeightMode: Text.FixedHeight
            wrapMode: Text.Wrap
            elide: Text.ElideNone
        }
        Row {
            width: parent.width
            spacing: 8

            MTextField {
                id: path

                objectName: "exportPath"
                width: parent.width - browse.width - 8
                label: qsTr("File")
                errorText: root.visible ? UiSettings.cannotWrite(text) : ""
                onAccepted: root.write()
            }
            MButton {
                id: browse

                text: qsTr("Browse")
                iconName: "folder"
                onClicked: picker.open()
            }
        }
        PlainLabel {
            visible: root.visible && path.errorText === "" && UiSettings.fileExists(path.text)
            text: qsTr("Replaces the file that is there.")
            color: Theme.warn
        }
        MCheck {
            id: raw

            text: qsTr("Raw: leave cells that a spreadsheet would run as formulas as they are")
        }
        Row {
            anchors.right: parent.right
            spacing: 8

            MButton {
                text: qsTr("Cancel")
                onClicked: root.close()
            }
            MButton {
                objectName: "exportWrite"
                text: qsTr("Export")
                kind: "primary"
                enabled: path.errorText === ""
                disabledReason: path.errorText
                onClicked: root.write()
            }
        }
    }

    FileDialog {
        id: picker

        fileMode: FileDialog.SaveFile
        nameFilters: [qsTr("Tables (*.csv *.tsv *.jsonl)"), qsTr("All files (*)")]
        defaultSuffix: "csv"
        onAccepted: path.text = UiSettings.filePath(selectedFile)
    }
}
