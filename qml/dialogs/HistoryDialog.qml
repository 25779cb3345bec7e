// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Muster

// Past runs: to open with their results, to compare, to forget. They are here without a connection as well.
MDialog {
    id: root

    readonly property QueryHistory history: Query.history
    readonly property TableModel model: history.runs
    readonly property var selected: model.selectedCount >= 0 ? TableTools.selectedKeys(model) : []
    readonly property string current: table.currentRow >= 0 && model.rowShown >= 0 ? model.keyAt(table.currentRow) : ""
    readonly property string one: selected.length === 1 ? selected[0] : selected.length === 0 ? current : ""
    readonly property bool kept: history.count >= 0 && (selected.length === 2 ? selected.every(run => history.hasResults(run)) : history.hasResults(one))
    readonly property string other: !kept ? "" : selected.length === 2 ? selected[1] : history.before(one)
    readonly property string goneText: qsTr("Its results are gone: only the question was kept.")

    function openRun(run: string) {
        if (run === "")
            return
        if (!history.hasResults(run)) {
            Notices.error(qsTr("The run cannot be opened. %1").arg(goneText))
            return
        }
        Query.openPast(run)
        close()
    }

    function compareRuns() {
        if (other === "")
            return
        const first = selected.length === 2 ? selected[0] : one
        close()
        Query.comparison.compare(first, other)
    }

    title: qsTr("History")
    width: parent ? Math.min(1200, parent.width - 64) : 960
    height: parent ? Math.min(640, parent.height - 64) : 560
    padding: 0
    onOpened: {
        table.currentRow = Math.max(0, table.currentRow)
        table.forceActiveFocus(Qt.PopupFocusReason)
    }

    contentItem: Item {
        SectionTitle {
            id: heading

            x: 16
            height: Theme.pageHeader
            text: root.title
        }
        MonoLabel {
            anchors.left: heading.right
            anchors.leftMargin: 8
            height: Theme.pageHeader
            text: Words.count(root.history.count)
            color: Theme.t3
        }
        Row {
            anchors.right: parent.right
            anchors.rightMargin: 8
            y: 8
            spacing: 8

            QuickFilter {
                id: quick

                objectName: "historyFilter"
                implicitHeight: Theme.controlHeight
                width: 200
                placeholderText: qsTr("Filter runs")
                noMatch: text !== "" && root.model.rowShown === 0
                onEdited: text => root.model.quickFilter = text
            }
            MButton {
                id: columnsButton

                iconName: "columns"
                tip: qsTr("Columns")
                Accessible.name: qsTr("Columns")
                onClicked: chooser.open()

                ColumnChooser {
                    id: chooser

                    y: columnsButton.height + 4
                    model: root.model
                }
            }
            MButton {
                kind: "ghost"
                iconName: "close"
                tip: qsTr("Close")
                onClicked: root.close()
            }
        }
        HLine {
            id: line

            y: Theme.pageHeader
            width: parent.width
        }
        GroupedTable {
            id: table

            objectName: "historyTable"
            anchors.top: line.bottom
            anchors.bottom: trouble.top
            width: parent.width
            model: root.model
            label: qsTr("Past runs")
            layoutKey: "history"
            told: "question"
            rowHeight: 40 // two lines of a question
            focus: true
            onActivated: key => root.openRun(key)
            Keys.onDeletePressed: if (root.one !== "")
                removal.open()
        }
        EmptyState {
            anchors.fill: table
            anchors.topMargin: Theme.tableHeader
            visible: root.model.rowShown === 0 && !root.model.busy
            iconName: "history"
            title: root.history.busy ? qsTr("Reading the history ...") : root.model.quickFilter !== "" ? qsTr("No run has \"%1\"").arg(root.model.quickFilter) : qsTr("Nothing was asked yet")
            text: root.history.busy || root.model.quickFilter !== "" ? "" : qsTr("Every run is kept here with its results when it ends.")
        }
        Banner {
            id: trouble

            anchors.bottom: footer.top
            width: parent.width
            visible: root.history.problem !== ""
            shape: "error"
            text: root.history.problem
        }
        HLine {
            anchors.bottom: footer.top
            width: parent.width
        }
        Item {
            id: footer

            anchors.bottom: parent.bottom
            width: parent.width
            height: 44

            MButton {
                anchors.left: parent.left
                anchors.leftMargin: 16
                y: 8
                kind: "ghost"
                iconName: "trash"
                text: qsTr("Forget")
                enabled: root.one !== ""
                disabledReason: qsTr("Choose one run.")
                onClicked: removal.open()
            }
            Row {
                anchors.right: parent.right
                anchors.rightMargin: 16
                y: 8
                spacing: 8

                MButton {
                    objectName: "historyCompare"
                    iconName: "compare"
                    text: root.selected.length === 2 ? qsTr("Compare the two") : qsTr("Compare with the one before")
                    enabled: root.other !== ""
                    disabledReason: root.selected.length !== 2 && root.one === "" ? qsTr("Choose one run, or two to compare.") : root.kept ? qsTr("There is no earlier run of the same question with results.") : root.goneText
                    onClicked: root.compareRuns()
                }
                MButton {
                    objectName: "historyOpen"
                    kind: "primary"
                    text: qsTr("Open")
                    busy: root.history.busy
                    enabled: root.one !== "" && root.kept
                    disabledReason: root.one === "" ? qsTr("Choose one run.") : root.goneText
                    onClicked: root.openRun(root.one)
                }
            }
        }
    }

    ConfirmDialog {
        id: removal

        title: qsTr("Forget this run")
        text: qsTr("The run and its results are removed from this computer. Saved queries stay.")
        confirmText: qsTr("Forget")
        destructive: true
        onAccepted: root.history.remove(root.one)
    }
}
