// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Templates as T
import Muster

// A live query: composed, asked, and every device accounted for.
FocusScope {
    id: root

    readonly property QueryResults results: Query.shown
    readonly property TableModel model: results.table
    readonly property bool isFleet: !results.filled || results.source === "fleet"
    readonly property bool narrow: width < 1040
    readonly property bool low: height < 700

    property bool panelShown: false ///< in a narrow window, instead of the table

    /// Esc is for what is in front.
    readonly property bool dialogOpen: header.dialogOpen || historyDialog.visible || comparisonDialog.visible || exporter.visible || rejectedDialog.visible || groupsDialog.visible

    readonly property bool popupHasKeys: {
        let item = Window.activeFocusItem
        while (item && item !== T.Overlay.overlay)
            item = item.parent
        return item !== null
    }

    signal deviceChosen(string device)

    function focusFilter() {
        quick.forceActiveFocus()
    }

    function run() {
        if (Query.canRun) {
            panelShown = false
            Query.run()
        }
    }

    function openHistory() {
        historyDialog.open()
    }

    function openSaved() {
        header.openSaved()
    }

    /// The list of what was counted: a tab of the answers, or what was no answer.
    function showState(state: string) {
        if (state === "rejected") {
            rejectedDialog.open()
            return
        }
        if (state === "error")
            root.results.tab = "errors"
        else if (state === "answered")
            root.results.tab = "results"
        else
            root.results.tab = state
        panelShown = false
    }

    Shortcut {
        sequences: ["Ctrl+Return", "Ctrl+Enter"]
        enabled: root.visible
        onActivated: root.run()
    }
    Shortcut {
        sequence: "Ctrl+S"
        enabled: root.visible && !root.dialogOpen
        onActivated: header.save()
    }
    Shortcut {
        sequence: "Ctrl+H"
        enabled: root.visible && !root.dialogOpen
        onActivated: historyDialog.open()
    }
    Shortcut {
        sequence: "Ctrl+O"
        enabled: root.visible && !root.dialogOpen
        onActivated: header.openSaved()
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
    // It comes here when neither a popup nor what has the keys had a use for it; or the keys are outside the page.
    Keys.onEscapePressed: event => {
        if (Query.running)
            Query.cancel()
        else
            event.accepted = false
    }
    Shortcut {
        sequence: "Escape"
        enabled: root.visible && Query.running && !root.activeFocus && !root.popupHasKeys
        onActivated: Query.cancel()
    }

    Rectangle {
        anchors.fill: parent
        color: Theme.panel
    }
    QueryHeader {
        id: header

        width: parent.width
        height: implicitHeight
        onHistoryRequested: historyDialog.open()
    }
    Composer {
        id: composer

        anchors.top: header.bottom
        width: parent.width
        height: implicitHeight
        low: root.low
        focus: true
        onRunRequested: {
            root.run()
            if (Query.running && !whereField.activeFocus)
                table.forceActiveFocus(Qt.TabFocusReason) // the button is gone
        }
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
        total: root.results.rosterSize
        segments: {
            const list = [
                {
                    state: "answered",
                    count: root.results.answered,
                    text: qsTr("answered")
                },
                {
                    state: "empty",
                    count: root.results.empty,
                    text: qsTr("empty")
                },
                {
                    state: "error",
                    count: root.results.errors,
                    text: qsTr("error")
                },
                {
                    state: "silent",
                    count: root.results.silent,
                    text: qsTr("silent")
                }
            ]
            if (root.isFleet)
                list.push({
                    state: "offline",
                    count: root.results.offline,
                    text: qsTr("offline")
                })
            list.push({
                state: "waiting",
                count: root.results.waiting,
                text: qsTr("waiting")
            })
            return list
        }
        trailing: [
            PlainLabel {
                visible: root.results.cancelled
                height: 20
                text: qsTr("cancelled")
                color: Theme.warn
            },
            Row {
                visible: root.results.filled
                height: 20
                spacing: 4

                MonoLabel {
                    height: parent.height
                    text: qsTr("%1 s").arg(Words.decimal(root.results.elapsedSeconds, 2))
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
                visible: root.results.filled && !Query.showsPast
                height: 20
                spacing: 4

                MonoLabel {
                    height: parent.height
                    text: Words.count(root.results.repliesPerSecond)
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
    ActionBanner {
        id: conflict

        objectName: "conflict"
        anchors.top: problem.bottom
        width: parent.width
        visible: Query.document.conflictText !== ""
        shape: "silent"
        text: Query.document.conflictText
        actions: [
            {
                text: qsTr("Load theirs"),
                enabled: Query.library.nameOf(Query.document.id) !== "",
                reason: qsTr("It was removed."),
                run: () => Query.document.loadTheirs()
            },
            {
                text: qsTr("Save mine as a new one"),
                run: () => header.saveMine()
            },
            {
                text: qsTr("Leave it"),
                run: () => Query.document.dismissConflict()
            }
        ]
    }
    ActionBanner {
        id: pastBanner

        objectName: "pastBanner"
        anchors.top: conflict.bottom
        width: parent.width
        visible: Query.showsPast
        shape: "late"
        text: qsTr("Past results, not live: asked on %1, of %2: %3").arg(root.results.at.toLocaleString(Qt.locale(), Locale.ShortFormat)).arg(root.results.fleet).arg(root.results.question)
        actions: [
            {
                text: qsTr("Ask again"),
                enabled: Query.canAskPastAgain,
                reason: Query.cannotAskPastAgainReason,
                run: () => Query.askPastAgain()
            },
            {
                text: qsTr("Back to live"),
                run: () => Query.showLive()
            }
        ]
    }
    ActionBanner {
        id: asideBanner

        objectName: "asideBanner"
        anchors.top: pastBanner.bottom
        width: parent.width
        visible: Query.document.asideText !== ""
        shape: "drifted"
        text: qsTr("What you had composed is put aside: %1").arg(Query.document.asideText)
        actions: [
            {
                text: qsTr("Take it back"),
                run: () => Query.document.takeBack()
            },
            {
                text: qsTr("Drop it"),
                run: () => Query.document.dropAside()
            }
        ]
    }
    Item {
        id: toolbar

        /// How far the buttons give way to the tabs: 1: most are icons; 2: all are, and the filter is short.
        readonly property int level: widthAt(0) <= room ? 0 : widthAt(1) <= room ? 1 : 2
        readonly property real room: width - 48 - tabs.implicitWidth
        readonly property string exportText: root.model.exportProgress >= 0 ? qsTr("Cancel export, %1 %").arg(root.model.exportProgress) : qsTr("Export CSV")

        function widthOf(text: string): real {
            return tools.spacing + 28 + (text === "" ? 0 : 11 + metrics.advanceWidth(text))
        }

        function widthAt(level: int): real {
            let sum = level > 1 ? 110 : 152
            if (root.model.watched)
                sum += widthOf(level > 0 ? "" : qsTr("Changed only"))
            sum += widthOf(level > 0 ? "" : qsTr("Columns"))
            sum += widthOf(level > 1 && root.model.exportProgress < 0 ? "" : exportText)
            sum += widthOf(level > 0 ? "" : qsTr("Compare"))
            if (askAgain.visible)
                sum += widthOf(level > 1 ? "" : level > 0 ? qsTr("Ask again") : qsTr("Ask the silent again"))
            return sum
        }

        anchors.top: asideBanner.bottom
        width: parent.width
        height: 36

        FontMetrics {
            id: metrics

            font.family: Theme.sans
            font.pixelSize: Theme.bodySize
            font.weight: Font.Medium
        }
        HLine {
            anchors.bottom: parent.bottom
            width: parent.width
        }
        MTabs {
            id: tabs

            objectName: "tabs"
            anchors.left: parent.left
            anchors.leftMargin: 16
            height: parent.height
            compact: fullWidth + 48 + toolbar.widthAt(2) > toolbar.width
            current: root.panelShown ? "timing" : root.results.tab
            items: {
                const list = [
                    {
                        value: "results",
                        text: qsTr("Results"),
                        count: root.results.answered
                    },
                    {
                        value: "errors",
                        text: qsTr("Errors"),
                        shape: "error",
                        count: root.results.errors
                    },
                    {
                        value: "silent",
                        text: qsTr("Silent"),
                        shape: "silent",
                        count: root.results.silent
                    }
                ]
                if (root.isFleet)
                    list.push({
                        value: "offline",
                        text: qsTr("Offline"),
                        shape: "offline",
                        count: root.results.offline
                    })
                if (root.results.empty > 0 || root.results.tab === "empty")
                    list.splice(1, 0, {
                        value: "empty",
                        text: qsTr("Empty"),
                        shape: "empty",
                        count: root.results.empty
                    })
                if (root.results.tab === "waiting")
                    list.push({
                        value: "waiting",
                        text: qsTr("Waiting"),
                        shape: "waiting",
                        count: root.results.waiting
                    })
                if (root.results.lateCount > 0 || root.results.tab === "late")
                    list.push({
                        value: "late",
                        text: qsTr("Late"),
                        shape: "late",
                        count: root.results.lateCount
                    })
                if (root.results.unexpected > 0 || root.results.tab === "unexpected")
                    list.push({
                        value: "unexpected",
                        text: qsTr("Unexpected"),
                        shape: "unexpected",
                        count: root.results.unexpected
                    })
                list.push({
                    value: "all",
                    text: qsTr("All", "answers and silences"),
                    count: root.results.rosterSize
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
                    root.results.tab = value
            }
        }
        SortNote {
            id: sortNote

            readonly property bool fits: width >= Math.min(implicitWidth, 240)

            objectName: "sortNote"
            anchors.left: tabs.right
            anchors.leftMargin: 16
            anchors.right: tools.left
            anchors.rightMargin: 12
            height: parent.height
            visible: fits
            model: root.model
        }
        Row {
            id: tools

            objectName: "tools"
            anchors.right: parent.right
            anchors.rightMargin: 16
            y: 6
            spacing: 8

            QuickFilter {
                id: quick

                objectName: "quickFilter"
                implicitWidth: toolbar.level > 1 ? 110 : 152
                noMatch: text !== "" && root.model.rowShown === 0
                onEdited: text => root.model.quickFilter = text
            }
            MButton {
                objectName: "changedOnly"
                visible: root.model.watched
                small: true
                text: toolbar.level > 0 ? "" : qsTr("Changed only")
                tip: toolbar.level > 0 ? qsTr("Changed only") : ""
                Accessible.name: qsTr("Changed only")
                iconName: root.model.changedOnly ? "check" : "filter"
                Accessible.checkable: true
                Accessible.checked: root.model.changedOnly
                onClicked: root.model.changedOnly = !root.model.changedOnly
            }
            MButton {
                id: columnsButton

                small: true
                text: toolbar.level > 0 ? "" : qsTr("Columns")
                tip: toolbar.level > 0 ? qsTr("Columns") : ""
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
                text: toolbar.level > 1 && root.model.exportProgress < 0 ? "" : toolbar.exportText
                tip: toolbar.level > 1 ? toolbar.exportText : ""
                iconName: "download"
                enabled: root.results.filled
                disabledReason: qsTr("There is nothing to export before the first run")
                onClicked: root.model.exportProgress >= 0 ? root.model.cancelExport() : exporter.open()
            }
            MButton {
                objectName: "compareButton"
                small: true
                text: toolbar.level > 0 ? "" : qsTr("Compare")
                iconName: "compare"
                tip: qsTr("What changed since the run before of the same question")
                Accessible.name: qsTr("Compare with the run before")
                enabled: root.olderRun !== ""
                disabledReason: qsTr("There is no earlier run of the same question.")
                onClicked: Query.comparison.compare(root.olderRun, root.results.run)
            }
            MButton {
                id: askAgain

                objectName: "askAgain"
                small: true
                text: toolbar.level > 1 ? "" : toolbar.level > 0 ? qsTr("Ask again") : qsTr("Ask the silent again")
                tip: toolbar.level > 0 ? qsTr("Ask the silent again") : ""
                Accessible.name: qsTr("Ask the silent again")
                iconName: "refresh"
                visible: !Query.showsPast && root.results.source !== "subject"
                enabled: Query.canAskAgain
                disabledReason: Query.cannotAskAgainReason
                onClicked: {
                    Query.askSilentAgain()
                    table.forceActiveFocus(Qt.TabFocusReason) // the button cannot keep the keys: it is off until the end
                }
            }
        }
    }
    // Where the buttons leave no room for it, the note has a line of its own.
    SortNote {
        id: sortLine

        objectName: "sortLine"
        anchors.top: toolbar.bottom
        anchors.left: table.left
        anchors.right: table.right
        leftPadding: 16
        rightPadding: 16
        height: visible ? 24 : 0
        visible: table.visible && text !== "" && !sortNote.fits
        model: root.model
    }
    GroupedTable {
        id: table

        objectName: "resultsTable"
        visible: !root.narrow || !root.panelShown
        anchors.top: sortLine.bottom
        anchors.bottom: parent.bottom
        anchors.left: parent.left
        anchors.right: root.narrow ? parent.right : divider.left
        model: root.model
        label: Query.showsPast ? qsTr("Past results") : qsTr("Results")
        layoutKey: Query.showsPast ? "" : "query" // of whatever was asked: a layout has its source in its name
        onActivated: key => {
            if (root.isFleet && Fleet.active)
                root.deviceChosen(key)
        }
    }
    EmptyState {
        anchors.fill: table
        anchors.topMargin: Theme.tableHeader
        visible: table.visible && root.model.rowShown === 0 && !root.model.busy && (!Query.asking || root.results.tab === "waiting")
        iconName: root.results.filled ? "search" : "query"
        title: {
            if (!root.results.filled)
                return qsTr("Nothing asked yet")
            if (root.model.quickFilter !== "")
                return qsTr("No row has \"%1\"").arg(root.model.quickFilter)
            switch (root.results.tab) {
            case "empty":
                return root.isFleet ? qsTr("No device answered without a match") : qsTr("No answer was without a match")
            case "waiting":
                return root.results.waiting > 0 ? qsTr("%1 devices have not answered yet").arg(Words.count(root.results.waiting)) : qsTr("No device is waited for")
            case "errors":
                return root.isFleet ? qsTr("No device answered with an error") : qsTr("No answer was an error")
            case "silent":
                return root.isFleet ? qsTr("No device was silent") : qsTr("Nobody was silent")
            case "offline":
                return qsTr("No device was offline")
            case "late":
                return qsTr("No answer came late")
            case "unexpected":
                return root.isFleet ? qsTr("No device answered that was not asked") : qsTr("No more answers came than were expected")
            case "all":
                return root.isFleet ? qsTr("No device is on the roster") : qsTr("Nobody is on the roster")
            }
            return root.model.changedOnly ? qsTr("No row changed in this round") : root.isFleet ? qsTr("No device answered with a match") : root.results.empty > 0 ? qsTr("No answer matched") : qsTr("No answer came")
        }
        text: root.results.filled ? (root.results.tab === "waiting" && root.results.waiting > 0 ? qsTr("Each is listed with its outcome as soon as that is known.") : "") : qsTr("The line above says what will be sent. Run asks, and the answers appear here as they come.")
        actionText: root.results.filled && root.model.quickFilter !== "" ? qsTr("Clear the filter") : ""
        onAction: {
            quick.clear()
            root.model.quickFilter = ""
        }
    }
    PaneDivider {
        id: divider

        objectName: "divider"
        visible: !root.narrow
        anchors.top: toolbar.bottom
        anchors.bottom: parent.bottom
        anchors.right: panel.left
        label: qsTr("Width of the panel beside the rows")
        rememberedAs: "pane/query"
        usualValue: 263
        minimumValue: 200
        maximumValue: 400
    }
    ResponsePanel {
        id: panel

        visible: !root.narrow || root.panelShown
        anchors.top: toolbar.bottom
        anchors.bottom: parent.bottom
        anchors.right: parent.right
        width: root.narrow ? parent.width : divider.value
        onChosen: state => root.showState(state)
        onGroupsRequested: groupsDialog.open()
    }
    RejectedDialog {
        id: rejectedDialog

        objectName: "queryRejected"
        title: qsTr("Answers that could not be read")
        model: root.results.rejected
        count: root.results.rejectedCount
        nothing: qsTr("Every answer to this question could be read.")
    }
    GroupsDialog {
        id: groupsDialog

        results: root.results
    }
    ExportDialog {
        id: exporter

        model: root.model
        stem: "muster-query-" + root.results.tab
    }
    HistoryDialog {
        id: historyDialog
    }
    ComparisonDialog {
        id: comparisonDialog
    }

    /// Of the same question, with its results; empty when there is none.
    readonly property string olderRun: Query.history.count > 1 && results.filled && !Query.running ? Query.history.before(results.run) : ""

    // What is composed is kept as it is typed: neither a restart nor a crash loses it.
    Component.onCompleted: {
        try {
            Query.document.restore(JSON.parse(UiSettings.value("queryDraft", "{}")))
        } catch (e) {
            console.warn("The draft of the query cannot be read:", e)
        }
    }
    Component.onDestruction: root.keepDraft()

    function keepDraft() {
        drafts.stop()
        UiSettings.setValue("queryDraft", JSON.stringify(Query.document.draft))
    }

    Timer {
        id: drafts

        interval: 300
        onTriggered: root.keepDraft()
    }
    Connections {
        target: Query.document

        function onDraftChanged() {
            drafts.restart()
        }
    }
    Connections {
        target: Query.comparison

        function onChanged() {
            if (Query.comparison.active && !comparisonDialog.opened)
                comparisonDialog.open()
        }
    }
    Connections {
        target: Query.history

        function onFailed(message: string) {
            Notices.error(qsTr("The past runs could not be changed: %1").arg(message))
        }
    }
    Connections {
        target: Query

        function onPastNotOpened(message: string) {
            Notices.error(qsTr("The past run could not be opened: %1").arg(message))
        }
    }
}
