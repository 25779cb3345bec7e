// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Muster

// How many of each group answered, of all groups: the panel beside the results has room for the largest.
MDialog {
    id: root

    required property QueryResults results

    title: qsTr("Answered by %1").arg(results.byGroupKey)
    width: parent ? Math.min(640, parent.width - 64) : 640
    height: parent ? Math.min(560, parent.height - 64) : 560
    padding: 0
    onAboutToShow: results.groupsListed = true
    onOpened: table.forceActiveFocus(Qt.PopupFocusReason)
    onClosed: results.groupsListed = false

    contentItem: Item {
        SectionTitle {
            id: heading

            x: 16
            height: Theme.pageHeader
            width: tools.x - x - 16
            text: root.title
        }
        Row {
            id: tools

            anchors.right: parent.right
            anchors.rightMargin: 8
            y: 8
            spacing: 8

            QuickFilter {
                implicitHeight: Theme.controlHeight
                width: 160
                placeholderText: qsTr("Filter groups")
                noMatch: text !== "" && root.results.groups.rowShown === 0
                onEdited: text => root.results.groups.quickFilter = text
            }
            MButton {
                text: qsTr("Export CSV")
                iconName: "download"
                onClicked: exporter.open()
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

            objectName: "groupsTable"
            anchors.top: line.bottom
            anchors.bottom: parent.bottom
            anchors.bottomMargin: 1
            width: parent.width
            model: root.results.groups
            label: root.title
            focus: true
        }
    }

    ExportDialog {
        id: exporter

        model: root.results.groups
        stem: "muster-groups"
    }
}
