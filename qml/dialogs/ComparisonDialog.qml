// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Muster

// What differs between two past runs, grouped by kind of change and field.
MDialog {
    id: root

    readonly property QueryComparison comparison: Query.comparison
    readonly property TableModel model: comparison.table

    title: qsTr("Comparison")
    width: parent ? Math.min(1240, parent.width - 64) : 960
    height: parent ? Math.min(760, parent.height - 64) : 560
    padding: 0
    onOpened: table.forceActiveFocus(Qt.PopupFocusReason)
    onClosed: comparison.close()

    contentItem: Item {
        SectionTitle {
            id: heading

            x: 16
            height: Theme.pageHeader
            text: root.title
        }
        Row {
            anchors.right: parent.right
            anchors.rightMargin: 8
            y: 8
            spacing: 8

            QuickFilter {
                implicitHeight: Theme.controlHeight
                width: 200
                noMatch: text !== "" && root.model.rowShown === 0
                onEdited: text => root.model.quickFilter = text
            }
            MButton {
                id: columnsButton

                iconName: "columns"
                tip: qsTr("Columns")
                onClicked: chooser.open()

                ColumnChooser {
                    id: chooser

                    y: columnsButton.height + 4
                    model: root.model
                }
            }
            MButton {
                text: root.model.exportProgress >= 0 ? qsTr("Cancel export, %1 %").arg(root.model.exportProgress) : qsTr("Export CSV")
                iconName: "download"
                enabled: root.model.rowTotal > 0
                disabledReason: qsTr("There is no difference to export")
                onClicked: root.model.exportProgress >= 0 ? root.model.cancelExport() : exporter.open()
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
        Column {
            id: what

            anchors.top: line.bottom
            anchors.topMargin: 8
            x: 16
            width: parent.width - 32
            spacing: 4

            Side {
                label: qsTr("Before")
                text: root.comparison.beforeText
            }
            Side {
                label: qsTr("After")
                text: root.comparison.afterText
            }
            PlainLabel {
                visible: root.comparison.active && !root.comparison.busy && !root.comparison.sameQuestion
                text: qsTr("These are different questions: what one did not ask for counts as absent.")
                color: Theme.warn
            }
            Row {
                height: 28
                spacing: 16

                Repeater {
                    model: [
                        {
                            count: root.comparison.changedCells,
                            text: qsTr("cells changed")
                        },
                        {
                            count: root.comparison.changedRows,
                            text: qsTr("rows changed")
                        },
                        {
                            count: root.comparison.added,
                            text: qsTr("added")
                        },
                        {
                            count: root.comparison.gone,
                            text: qsTr("gone")
                        },
                        {
                            count: root.comparison.same,
                            text: qsTr("the same")
                        }
                    ]

                    delegate: Row {
                        id: part

                        required property var modelData

                        height: 28
                        spacing: 6

                        MonoLabel {
                            height: parent.height
                            text: Words.count(part.modelData.count)
                            font.weight: Font.DemiBold
                            Accessible.ignored: true
                        }
                        PlainLabel {
                            height: parent.height
                            text: part.modelData.text
                            color: Theme.t2
                            Accessible.name: Words.count(part.modelData.count) + " " + text
                        }
                    }
                }
            }
        }
        HLine {
            id: tableLine

            anchors.top: what.bottom
            width: parent.width
        }
        GroupedTable {
            id: table

            objectName: "comparisonTable"
            anchors.top: tableLine.bottom
            anchors.bottom: parent.bottom
            anchors.bottomMargin: 1
            width: parent.width
            model: root.model
            label: root.title
            layoutKey: "comparison"
            focus: true
        }
        EmptyState {
            anchors.fill: table
            anchors.topMargin: Theme.tableHeader
            visible: root.model.rowShown === 0 && !root.model.busy
            iconName: root.comparison.problem !== "" ? "info" : "compare"
            title: root.comparison.problem !== "" ? qsTr("They cannot be compared") : root.comparison.busy ? qsTr("Comparing ...") : root.model.quickFilter !== "" ? qsTr("No row has \"%1\"").arg(root.model.quickFilter) : qsTr("Nothing differs")
            text: root.comparison.problem
        }
    }

    ExportDialog {
        id: exporter

        model: root.model
        stem: "muster-comparison"
    }

    component Side: Item {
        id: side

        property string label
        property string text

        width: parent ? parent.width : 0
        height: 20

        PlainLabel {
            width: 64
            height: parent.height
            text: side.label
            color: Theme.t3
            Accessible.ignored: true
        }
        PlainLabel {
            x: 64
            width: parent.width - 64
            height: parent.height
            text: side.text
            Accessible.name: side.label + ": " + text
        }
    }
}
