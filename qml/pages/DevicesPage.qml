// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Muster

// The live fleet: every device, its state and its last values.
FocusScope {
    id: root

    readonly property TableModel model: Fleet.devices

    signal querySelected
    signal connectionsRequested

    readonly property bool narrow: width < 1100

    function focusFilter() {
        filter.forceActiveFocus()
    }

    function showDevice(device: string) {
        if (!table.revealKey(device)) {
            if (model.groupBy.length > 0)
                model.setAllExpanded(true) // it may be in one that is folded
            if (!table.revealKey(device)) {
                Fleet.stateFilter = ""
                filter.setText("device = \"" + device.replace(/[\\"]/g, "\\$&") + "\"")
                applyFilter()
            }
        }
        table.forceActiveFocus(Qt.OtherFocusReason)
    }

    function applyFilter() {
        typing.stop()
        filterError.value = model.setExpression(filter.text)
        judge()
    }

    function judge() {
        filter.doubt = Query.composer.unknownFieldText(filter.text)
    }

    function toggleGroup(field: string) {
        const groups = Array.from(model.groupBy)
        model.groupBy = groups.includes(field) ? groups.filter(group => group !== field) : [...groups, field]
        UiSettings.setValue("groups/devices", model.groupBy.join("\n"))
    }

    // Each of them is named in the question: of more, what they have in common says it better.
    function querySelection() {
        if (model.selectedCount > Query.composer.mostSelected)
            Notices.error(qsTr("%1 devices are selected, and a query names at most %2. Put a filter that they pass in Where on the Query page instead.").arg(Words.count(model.selectedCount)).arg(Words.count(Query.composer.mostSelected)))
        else
            querySelected()
    }

    // By name until the operator says otherwise: the order in which devices report means nothing.
    Component.onCompleted: {
        for (let column = 0; model.sortKeys.length === 0 && column < model.columnCount(); ++column) {
            if (model.columnName(column) === "device")
                model.sortByColumn(column, false)
        }
        model.aggregates = ["avg cpu.pct", "min mem.free", "max temp.soc"] // of groups, as of those of a query
        model.groupBy = UiSettings.value("groups/devices", "").split("\n").filter(field => field !== "")
    }

    Connections {
        target: root.model

        // A field that nobody had reported may be there now.
        function onColumnsChanged() {
            root.judge()
        }
    }

    QtObject {
        id: filterError

        property var value: ({})
        readonly property bool bad: value.ok === false
    }
    Timer {
        id: typing

        interval: 150
        onTriggered: root.applyFilter()
    }

    Rectangle {
        anchors.fill: parent
        color: Theme.panel
    }
    Item {
        id: header

        width: parent.width
        height: Theme.pageHeader + Math.max(0, filter.implicitHeight - filter.fieldHeight - 4)

        Row {
            id: title

            anchors.left: parent.left
            anchors.leftMargin: Theme.pagePadding
            height: Theme.pageHeader - 1
            spacing: 12

            PlainLabel {
                height: parent.height
                text: qsTr("Devices")
                font.pixelSize: Theme.titleSize
                font.weight: Font.DemiBold
                Accessible.role: Accessible.Heading
            }
            MonoLabel {
                height: parent.height
                text: Words.count(Fleet.total)
                color: Theme.t2
                Accessible.name: qsTr("%Ln device(s)", "", Fleet.total)
            }
        }
        ExpressionField {
            id: filter

            objectName: "deviceFilter"
            anchors.left: title.right
            anchors.leftMargin: 24
            y: 8
            width: Math.max(160, Math.min(400, header.width - title.width - buttons.width - shownLabel.implicitWidth - 112))
            fieldHeight: 28
            messageWidth: header.width - x - Theme.pagePadding
            label: qsTr("Filter devices")
            placeholder: qsTr("Filter, as in region = \"eu\" and cpu.pct > 80")
            iconName: "filter"
            clearable: true
            error: filterError.bad ? filterError.value : ({})
            onCompletionsWanted: (text, cursor) => showCompletions(Query.composer.completeForDevices(text, cursor))
            onEdited: typing.restart()
            onCommitted: root.applyFilter()
        }
        Row {
            id: shownLabel

            anchors.left: filter.right
            anchors.leftMargin: 8
            height: Theme.pageHeader - 1
            spacing: 4
            Accessible.role: Accessible.StaticText
            Accessible.name: (filter.hasError ? qsTr("%1 shown, of the last valid filter") : qsTr("%1 shown")).arg(Words.count(root.model.rowShown))

            MonoLabel {
                height: parent.height
                text: Words.count(root.model.rowShown)
                color: filter.hasError ? Theme.t3 : Theme.t1
                Accessible.ignored: true
            }
            PlainLabel {
                height: parent.height
                objectName: "shownWord"
                text: filter.hasError ? qsTr("shown, of the last valid filter") : root.model.busy ? qsTr("shown, filtering ...") : qsTr("shown")
                color: filter.hasError ? Theme.t3 : Theme.t2
                Accessible.ignored: true
            }
        }
        Row {
            id: buttons

            anchors.right: parent.right
            anchors.rightMargin: Theme.pagePadding
            y: 8
            spacing: 8

            MButton {
                id: columnsButton

                text: qsTr("Columns")
                iconName: "columns"
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
                onClicked: root.model.exportProgress >= 0 ? root.model.cancelExport() : exporter.open()
            }
            MButton {
                objectName: "live"
                text: root.model.paused ? qsTr("Paused") : qsTr("Live")
                iconName: root.model.paused ? "play" : "pause"
                tip: root.model.paused ? qsTr("Follow the fleet again") : qsTr("Hold the table still")
                onClicked: root.model.paused = !root.model.paused
            }
        }
        HLine {
            anchors.bottom: parent.bottom
            width: parent.width
        }
    }
    Item {
        id: toolbar

        anchors.top: header.bottom
        width: parent.width
        height: 40

        Segmented {
            id: states

            objectName: "stateFilter"
            x: root.LayoutMirroring.enabled ? parent.width - 16 - width : 16
            y: 8
            small: true
            label: qsTr("State")
            current: Fleet.stateFilter
            items: [
                {
                    value: "",
                    text: qsTr("All"),
                    count: Fleet.total
                },
                {
                    value: "online",
                    text: Words.state("online"),
                    shape: "online",
                    count: Fleet.online
                },
                {
                    value: "late",
                    text: Words.state("late"),
                    shape: "late",
                    count: Fleet.late
                },
                {
                    value: "offline",
                    text: Words.state("offline"),
                    shape: "offline",
                    count: Fleet.offline
                },
                {
                    value: "never",
                    text: Words.state("never"),
                    shape: "never",
                    count: Fleet.never
                },
                {
                    value: "unknown",
                    text: Words.state("unknown"),
                    shape: "unknown",
                    count: Fleet.unknown
                }
            ]
            onChosen: value => Fleet.stateFilter = value
        }
        SortNote {
            objectName: "sortNote"
            anchors.left: states.right
            anchors.leftMargin: 12
            anchors.right: tools.left
            anchors.rightMargin: 12
            y: 8
            height: Theme.smallHeight
            model: root.model
        }
        Row {
            id: tools

            anchors.right: parent.right
            anchors.rightMargin: Theme.pagePadding
            y: 8
            spacing: 8

            MButton {
                id: groupButton

                readonly property var groups: Array.from(root.model.groupBy)
                readonly property var words: groups.map(group => group.length > 14 ? group.slice(0, 13) + "\u2026" : group)

                objectName: "groupBy"
                small: true
                menuMark: true
                text: groups.length === 0 ? qsTr("Group by") : qsTr("By %1").arg(root.narrow && groups.length > 1 ? words[0] + " +" + (groups.length - 1) : words.join(", "))
                Accessible.name: groups.length === 0 ? qsTr("Group by") : qsTr("Group by %1").arg(groups.join(", "))
                onClicked: groupPicker.openWith(qsTr("Group by up to three"), root.model.fieldNames(), false)

                PickPopup {
                    id: groupPicker

                    y: parent.height + 2
                    several: true
                    chosen: groupButton.groups
                    onPicked: text => root.toggleGroup(text)
                }
            }
            PlainLabel {
                visible: root.model.selectedCount > 0
                height: Theme.smallHeight
                text: qsTr("%1 selected").arg(Words.count(root.model.selectedCount))
                color: Theme.t2
            }
            MButton {
                objectName: "querySelection"
                visible: root.model.selectedCount > 0
                small: true
                text: qsTr("Query")
                iconName: "query"
                tip: qsTr("Ask exactly these devices")
                onClicked: root.querySelection()
            }
        }
        HLine {
            anchors.bottom: parent.bottom
            width: parent.width
        }
    }
    Banner {
        id: stale

        objectName: "staleBanner"
        anchors.top: toolbar.bottom
        width: parent.width
        visible: Fleet.active && !Fleet.live
        text: {
            const age = Fleet.dataAgeSeconds < 0 ? "" : qsTr("This is the fleet as of %1 ago.").arg(Words.age(Fleet.dataAgeSeconds)) + " "
            if (Connection.demoServerDown)
                return age + qsTr("The demo's nats-server has ended.")
            if (Connection.state === Connection.Reconnecting)
                return age + qsTr("The link to %1 has been down for %2 s; reconnecting.").arg(Connection.currentName).arg(Words.count(Connection.downSeconds)) + (Connection.problem === "" ? "" : " " + Connection.problem)
            return age + qsTr("There is no link to the server.")
        }
        actionText: Connection.demoServerDown ? qsTr("Start the demo server again") : ""
        onAction: Connection.restartDemoServer()
    }
    Banner {
        id: problem

        objectName: "problemBanner"
        anchors.top: stale.visible ? stale.bottom : toolbar.bottom
        width: parent.width
        visible: Fleet.live && Fleet.problem !== "" && root.model.rowTotal > 0
        text: qsTr("Devices may be missing. %1").arg(Fleet.problem)
    }
    GroupedTable {
        id: table

        objectName: "devicesTable"
        anchors.top: problem.visible ? problem.bottom : stale.visible ? stale.bottom : toolbar.bottom
        anchors.bottom: parent.bottom
        width: parent.width
        model: root.model
        opacity: filter.hasError ? 0.6 : 1
        rowHeight: Theme.shapeRow
        label: qsTr("Devices")
        layoutKey: "devices"
        focus: true
    }
    EmptyState {
        anchors.top: table.top
        anchors.topMargin: Theme.tableHeader
        anchors.bottom: parent.bottom
        width: parent.width
        visible: root.model.rowTotal === 0 && slow.passed
        iconName: Fleet.problem !== "" ? "info" : !Fleet.active ? "plug" : Fleet.loading ? "refresh" : "devices"
        title: Fleet.problem !== "" ? qsTr("The fleet cannot be read") : !Fleet.active ? qsTr("Not connected") : Fleet.loading ? qsTr("Reading the fleet") : qsTr("No device has reported yet")
        text: Fleet.problem !== "" ? Fleet.problem : !Fleet.active ? qsTr("Connect to a server to see its devices.") : Fleet.loading ? qsTr("Waiting for the presence stream's snapshot.") : Fleet.followsStream ? qsTr("The account has a presence stream, and it is empty. Start muster-agent on a device; it appears here with its first heartbeat.") : qsTr("This account has no presence stream: devices appear with their next heartbeat.")
        actionText: Fleet.active ? "" : qsTr("Choose a connection")
        onAction: root.connectionsRequested()
    }
    EmptyState {
        anchors.top: table.top
        anchors.topMargin: Theme.tableHeader
        anchors.bottom: parent.bottom
        width: parent.width
        visible: root.model.rowTotal > 0 && root.model.rowShown === 0 && !root.model.busy
        opacity: table.opacity
        iconName: "filter"
        title: qsTr("No device matches")
        text: Fleet.stateFilter === "" ? qsTr("None of the %Ln device(s) passes the filter.", "", root.model.rowTotal) : qsTr("No device that is %1 passes the filter.").arg(Words.state(Fleet.stateFilter))
        actionText: qsTr("Show all devices")
        onAction: {
            Fleet.stateFilter = ""
            filter.setText("")
            root.applyFilter()
        }
    }
    Timer {
        id: slow

        property bool passed: false

        interval: 300
        running: root.visible
        onTriggered: passed = true
    }
    ExportDialog {
        id: exporter

        model: root.model
        stem: "muster-devices"
    }
}
