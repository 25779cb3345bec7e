// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Muster

// A live query: composed, asked, and every device accounted for.
FocusScope {
    id: root

    readonly property TableModel model: Query.results
    readonly property bool narrow: width < 1040
    readonly property bool low: height < 700

    property bool panelShown: false ///< in a narrow window, instead of the table

    signal deviceChosen(string device)

    function focusFilter() {
        quick.forceActiveFocus()
    }

    function run() {
        if (Query.canRun && !Query.running) {
            panelShown = false
            Query.run()
        }
    }

    function showState(state: string) {
        if (state === "error")
            Query.tab = "errors"
        else if (state === "empty" || state === "silent" || state === "offline" || state === "waiting")
            Query.tab = state
        else
            Query.tab = "results"
        panelShown = false
    }

    Shortcut {
        sequences: ["Ctrl+Return", "Ctrl+Enter"]
        enabled: root.visible
        onActivated: root.run()
    }
    Shortcut {
        sequence: "Ctrl+Tab"
        enabled: root.visible
        onActivated: tabs.step(1)
    }
    Shortcut {
        sequence: "Ctrl+Shift+Tab"
        enabled: root.visible
        onActivated: tabs.step(-1)
    }
    Shortcut {
        sequence: "Escape"
        enabled: root.visible && Query.running
        onActivated: Query.cancel()
    }

    Rectangle {
        anchors.fill: parent
        color: Theme.panel
    }
    Item {
        id: header

        width: parent.width
        height: Theme.pageHeader

        PlainLabel {
            anchors.left: parent.left
            anchors.leftMargin: 16
            height: parent.height - 1
            text: qsTr("Live Query")
            font.pixelSize: Theme.titleSize
            font.weight: Font.DemiBold
            Accessible.role: Accessible.Heading
        }
        HLine {
            anchors.bottom: parent.bottom
            width: parent.width
        }
    }
    Composer {
        id: composer

        anchors.top: header.bottom
        width: parent.width
        height: implicitHeight
        low: root.low
        focus: true
        onRunRequested: root.run()
    }
    HLine {
        id: composerLine

        anchors.top: composer.bottom
        width: parent.width
    }
    RollCallBar {
        id: rollCall

        objectName: "rollCall"
        anchors.top: composerLine.bottom
        width: parent.width
        total: Query.rosterSize
        segments: [
            {
                state: "answered",
                count: Query.answered,
                text: qsTr("answered")
            },
            {
                state: "empty",
                count: Query.empty,
                text: qsTr("empty")
            },
            {
                state: "error",
                count: Query.errors,
                text: qsTr("error")
            },
            {
                state: "silent",
                count: Query.silent,
                text: qsTr("silent")
            },
            {
                state: "offline",
                count: Query.offline,
                text: qsTr("offline")
            },
            {
                state: "waiting",
                count: Query.waiting,
                text: qsTr("waiting")
            }
        ]
        trailing: [
            PlainLabel {
                visible: Query.cancelled
                height: 20
                text: qsTr("cancelled")
                color: Theme.warn
            },
            Row {
                visible: Query.hasRun
                height: 20
                spacing: 4

                MonoLabel {
                    height: parent.height
                    text: qsTr("%1 s").arg(Words.decimal(Query.elapsedSeconds, 2))
                    font.weight: Font.Medium
                    Accessible.name: text + " " + qsTr("elapsed")
                }
                PlainLabel {
                    height: parent.height
                    text: qsTr("elapsed")
                    color: Theme.t2
                    Accessible.ignored: true
                }
            },
            Row {
                visible: Query.hasRun
                height: 20
                spacing: 4

                MonoLabel {
                    height: parent.height
                    text: Words.count(Query.repliesPerSecond)
                    font.weight: Font.Medium
                    Accessible.name: text + " " + qsTr("replies/s")
                }
                PlainLabel {
                    height: parent.height
                    text: qsTr("replies/s")
                    color: Theme.t2
                    Accessible.ignored: true
                }
            }
        ]
        onChosen: state => root.showState(state)
    }
    HLine {
        id: rollCallLine

        anchors.top: rollCall.bottom
        width: parent.width
    }
    Banner {
        id: problem

        objectName: "queryProblem"
        anchors.top: rollCallLine.bottom
        width: parent.width
        visible: Query.problem !== ""
        shape: "error"
        text: Query.problem
    }
    Item {
        id: toolbar

        anchors.top: problem.visible ? problem.bottom : rollCallLine.bottom
        width: parent.width
        height: 36

        MTabs {
            id: tabs

            objectName: "tabs"
            anchors.left: parent.left
            anchors.leftMargin: 16
            height: parent.height
            current: root.panelShown ? "timing" : Query.tab
            items: {
                const list = [
                    {
                        value: "results",
                        text: qsTr("Results"),
                        count: Query.answered + Query.unexpected
                    },
                    {
                        value: "errors",
                        text: qsTr("Errors"),
                        shape: "error",
                        count: Query.errors
                    },
                    {
                        value: "silent",
                        text: qsTr("Silent"),
                        shape: "silent",
                        count: Query.silent
                    },
                    {
                        value: "offline",
                        text: qsTr("Offline"),
                        shape: "offline",
                        count: Query.offline
                    }
                ]
                if (Query.empty > 0 || Query.tab === "empty")
                    list.splice(1, 0, {
                        value: "empty",
                        text: qsTr("Empty"),
                        shape: "empty",
                        count: Query.empty
                    })
                if (Query.tab === "waiting")
                    list.push({
                        value: "waiting",
                        text: qsTr("Waiting"),
                        shape: "waiting",
                        count: Query.waiting
                    })
                if (root.narrow)
                    list.push({
                        value: "timing",
                        text: qsTr("Timing")
                    })
                return list
            }
            onChosen: value => {
                root.panelShown = value === "timing"
                if (value !== "timing")
                    Query.tab = value
            }
        }
        Row {
            anchors.right: parent.right
            anchors.rightMargin: 16
            y: 6
            spacing: 8

            QuickFilter {
                id: quick

                objectName: "quickFilter"
                width: root.narrow ? 110 : 152
                noMatch: text !== "" && root.model.rowShown === 0
                onEdited: text => root.model.quickFilter = text
            }
            MButton {
                id: columnsButton

                small: true
                text: root.narrow ? "" : qsTr("Columns")
                tip: root.narrow ? qsTr("Columns") : ""
                iconName: "columns"
                onClicked: chooser.open()

                ColumnChooser {
                    id: chooser

                    y: columnsButton.height + 4
                    model: root.model
                }
            }
            MButton {
                small: true
                text: root.model.exportProgress >= 0 ? qsTr("Cancel export, %1 %").arg(root.model.exportProgress) : qsTr("Export CSV")
                iconName: "download"
                enabled: Query.hasRun
                disabledReason: qsTr("There is nothing to export before the first run")
                onClicked: root.model.exportProgress >= 0 ? root.model.cancelExport() : exporter.open()
            }
            MButton {
                objectName: "askAgain"
                small: true
                text: root.narrow ? qsTr("Ask again") : qsTr("Ask the silent again")
                Accessible.name: qsTr("Ask the silent again")
                iconName: "refresh"
                enabled: Query.silent > 0 && !Query.running
                disabledReason: Query.running ? qsTr("The query still runs") : qsTr("No device was silent")
                onClicked: Query.askSilentAgain()
            }
        }
        HLine {
            anchors.bottom: parent.bottom
            width: parent.width
        }
    }
    GroupedTable {
        id: table

        objectName: "resultsTable"
        visible: !root.narrow || !root.panelShown
        anchors.top: toolbar.bottom
        anchors.bottom: parent.bottom
        anchors.left: parent.left
        anchors.right: root.narrow ? parent.right : divider.left
        model: root.model
        label: qsTr("Results")
        layoutKey: "query"
        onActivated: key => root.deviceChosen(key)
    }
    EmptyState {
        anchors.fill: table
        anchors.topMargin: Theme.tableHeader
        visible: table.visible && root.model.rowShown === 0 && !root.model.busy && (!Query.running || Query.tab === "waiting")
        iconName: Query.hasRun ? "search" : "query"
        title: {
            if (!Query.hasRun)
                return qsTr("Nothing asked yet")
            if (root.model.quickFilter !== "")
                return qsTr("No row has \"%1\"").arg(root.model.quickFilter)
            switch (Query.tab) {
            case "empty":
                return qsTr("No device answered without a match")
            case "waiting":
                return Query.waiting > 0 ? qsTr("%1 devices have not answered yet").arg(Words.count(Query.waiting)) : qsTr("No device is waited for")
            case "errors":
                return qsTr("No device answered with an error")
            case "silent":
                return qsTr("No device was silent")
            case "offline":
                return qsTr("No device was offline")
            }
            return qsTr("No device answered with a match")
        }
        text: Query.hasRun ? (Query.tab === "waiting" && Query.waiting > 0 ? qsTr("Each is listed with its outcome as soon as that is known.") : "") : qsTr("The line above says how many devices match. Run asks them, and their answers appear here as they come.")
        actionText: Query.hasRun && root.model.quickFilter !== "" ? qsTr("Clear the filter") : ""
        onAction: {
            quick.clear()
            root.model.quickFilter = ""
        }
    }
    Rectangle {
        id: divider

        visible: !root.narrow
        anchors.top: toolbar.bottom
        anchors.bottom: parent.bottom
        anchors.right: panel.left
        width: 1
        color: Theme.border

        MouseArea {
            property real startX
            property int startWidth

            anchors.fill: parent
            anchors.leftMargin: -4
            anchors.rightMargin: -3
            cursorShape: Qt.SplitHCursor
            preventStealing: true
            onPressed: mouse => {
                startX = mapToItem(root, mouse.x, 0).x
                startWidth = panel.wanted
            }
            onPositionChanged: mouse => {
                const by = (startX - mapToItem(root, mouse.x, 0).x) * (root.LayoutMirroring.enabled ? -1 : 1)
                panel.wanted = Math.max(200, Math.min(400, startWidth + by))
            }
            onReleased: UiSettings.setValue("pane/query", panel.wanted)
            onDoubleClicked: {
                panel.wanted = 263
                UiSettings.setValue("pane/query", panel.wanted)
            }
        }
    }
    ResponsePanel {
        id: panel

        property int wanted: Number(UiSettings.value("pane/query", 263))

        visible: !root.narrow || root.panelShown
        anchors.top: toolbar.bottom
        anchors.bottom: parent.bottom
        anchors.right: parent.right
        width: root.narrow ? parent.width : wanted
        onChosen: state => root.showState(state)
    }
    ExportDialog {
        id: exporter

        model: root.model
        stem: "muster-query-" + Query.tab
    }
}
