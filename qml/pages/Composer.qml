// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Muster

// What to ask, of whom, and how to show it. In a low window Select and Group by fold to one line.
Item {
    id: root

    property bool low: false
    property bool unfolded: false

    readonly property bool folded: low && !unfolded
    readonly property alias whereField: where

    signal runRequested

    implicitHeight: column.height + 24

    readonly property var functions: ["count", "min", "max", "avg", "sum", "distinct", "p50", "p95", "p99"]

    readonly property bool asksFleet: Query.composer.source === "fleet"
    readonly property bool asksServices: Query.composer.source === "services"
    readonly property bool asksSubject: Query.composer.source === "subject"
    readonly property var fields: Query.composer.select
    readonly property var groups: Query.composer.groupBy
    readonly property var aggregates: Query.composer.aggregates
    readonly property var usualDeadlines: [500, 1000, 2000, 5000, 10000, 30000]
    readonly property var deadlineChoices: usualDeadlines.includes(Query.composer.deadlineMs) ? usualDeadlines : usualDeadlines.concat([Query.composer.deadlineMs]).sort((a, b) => a - b)
    readonly property var deadlines: deadlineChoices.map(ms => ({
                value: ms,
                text: qsTr("%1 s").arg(Words.decimal(ms / 1000, 1))
            }))

    function focusWhere() {
        where.forceActiveFocus()
    }

    Connections {
        target: Query.composer

        function onChanged() {
            where.setText(Query.composer.where)
        }
    }

    Column {
        id: column

        y: 12
        width: parent.width
        spacing: 8

        ComposerRow {
            label: qsTr("Ask")

            Segmented {
                objectName: "source"
                small: true
                label: qsTr("Whom to ask")
                current: Query.composer.source
                items: [
                    {
                        value: "fleet",
                        text: qsTr("Fleet")
                    },
                    {
                        value: "services",
                        text: qsTr("Services")
                    },
                    {
                        value: "subject",
                        text: qsTr("Subject")
                    }
                ]
                onChosen: value => Query.composer.source = value
            }
            Repeater {
                model: root.asksFleet ? Query.composer.scopes : []

                delegate: Chip {
                    required property var modelData
                    required property int index

                    text: modelData.label
                    countText: modelData.count === undefined || modelData.count < 0 ? "" : Words.count(modelData.count)
                    on: modelData.on ?? false
                    removable: modelData.kind !== "all" && (modelData.on ?? false)
                    onClicked: Query.composer.toggleScope(index)
                    onRemoveRequested: modelData.on ? Query.composer.toggleScope(index) : Query.composer.removeScope(index)
                }
            }
            Chip {
                id: addScope

                visible: root.asksFleet
                add: true
                text: qsTr("Add scope")
                onClicked: scopePicker.openWith(qsTr("Label"), Query.composer.labelNames(), false)

                PickPopup {
                    id: scopePicker

                    property string chosenLabel

                    y: parent.height + 2
                    onAboutToShow: if (title === qsTr("Label"))
                        chosenLabel = ""
                    onPicked: text => {
                        if (chosenLabel === "") {
                            chosenLabel = text
                            openWith(qsTr("%1 is").arg(text), Query.composer.valuesOf(text), true)
                        } else {
                            Query.composer.addScope(chosenLabel, text)
                            chosenLabel = ""
                        }
                    }
                }
            }
            MTextField {
                objectName: "service"
                visible: root.asksServices
                width: 280
                small: true
                label: qsTr("Name of the service")
                placeholderText: qsTr("Every service of the account, or a name")
                text: Query.composer.service
                onTextEdited: Query.composer.service = text
            }
            MTextField {
                objectName: "subject"
                visible: root.asksSubject
                width: 320
                small: true
                label: qsTr("Subject")
                placeholderText: qsTr("Subject, as in orders.status")
                text: Query.composer.subject
                onTextEdited: Query.composer.subject = text
            }
            PlainLabel {
                visible: root.asksSubject
                leftPadding: 16
                height: 24
                text: qsTr("Ends after")
                color: Theme.t2
            }
            NumberField {
                objectName: "expected"
                visible: root.asksSubject
                label: qsTr("Replies after which it ends; 0 for no count")
                value: Query.composer.expected
                most: 1000000
                onEdited: n => Query.composer.expected = n
            }
            PlainLabel {
                visible: root.asksSubject
                height: 24
                text: qsTr("replies, or a gap of")
                color: Theme.t2
            }
            NumberField {
                objectName: "quiet"
                visible: root.asksSubject
                label: qsTr("Milliseconds without a reply after which it ends; 0 for no gap")
                value: Query.composer.quietMs
                most: 600000
                onEdited: n => Query.composer.quietMs = n
            }
            PlainLabel {
                visible: root.asksSubject
                height: 24
                text: qsTr("ms")
                color: Theme.t2
            }
        }
        Item {
            visible: root.asksSubject
            width: parent.width
            height: 28

            RowLabel {
                height: 28
                text: qsTr("Payload")
            }
            MTextField {
                objectName: "payload"
                anchors.left: parent.left
                anchors.leftMargin: 88
                anchors.right: parent.right
                anchors.rightMargin: 16
                label: qsTr("Payload")
                placeholderText: qsTr("Sent as it is; may be empty")
                text: Query.composer.payload
                maximumLength: 1048576
                onTextEdited: Query.composer.payload = text
            }
        }
        Item {
            width: parent.width
            height: where.height

            RowLabel {
                height: Theme.expressionHeight
                text: qsTr("Where")
            }
            ExpressionField {
                id: where

                objectName: "where"
                anchors.left: parent.left
                anchors.leftMargin: 88
                anchors.right: parent.right
                anchors.rightMargin: 16
                height: implicitHeight
                focus: true
                label: qsTr("Where")
                placeholder: root.asksFleet ? qsTr("All of them; or a condition, as in mem.free < 200MB and fw < \"1.5\"") : root.asksServices ? qsTr("All of them; or a condition, as in num_errors > 0") : qsTr("All replies; or a condition on their fields")
                error: Query.composer.whereError
                validText: Query.composer.where === "" ? "" : qsTr("valid, %Ln term(s)", "", Query.composer.whereTerms)
                onCompletionsWanted: (text, cursor) => showCompletions(Query.composer.complete(text, cursor))
                onEdited: text => Query.composer.where = text
                onRunRequested: root.runRequested()
                Component.onCompleted: setText(Query.composer.where)
            }
        }
        Item {
            visible: root.folded
            width: parent.width
            height: 24

            RowLabel {
                text: qsTr("Select")
            }
            MonoLabel {
                anchors.left: parent.left
                anchors.leftMargin: 88
                anchors.right: unfold.left
                anchors.rightMargin: 8
                height: 24
                text: root.fields.join(", ") + (root.groups.length > 0 ? qsTr("  by %1").arg(root.groups.join(", ")) : "") + (root.aggregates.length > 0 ? "  " + root.aggregates.join(", ") : "")
            }
            MButton {
                id: unfold

                anchors.right: deadlineLow.left
                anchors.rightMargin: 8
                small: true
                text: qsTr("Edit")
                onClicked: root.unfolded = true
            }
            DeadlineSelect {
                id: deadlineLow

                anchors.right: parent.right
                anchors.rightMargin: 16
            }
        }
        Item {
            visible: !root.folded
            width: parent.width
            height: selectRow.height

            ComposerRow {
                id: selectRow

                width: parent.width - deadline.width - deadlineLabel.width - 24
                label: qsTr("Select")

                Repeater {
                    model: Query.composer.select

                    delegate: Chip {
                        required property string modelData
                        required property int index

                        text: modelData
                        mono: true
                        removable: true
                        onRemoveRequested: Query.composer.removeSelect(index)
                    }
                }
                Chip {
                    add: true
                    text: qsTr("Add field")
                    onClicked: fieldPicker.openWith(qsTr("Field"), Query.composer.fieldNames(), true)

                    PickPopup {
                        id: fieldPicker

                        y: parent.height + 2
                        onPicked: text => Query.composer.addSelect(text)
                    }
                }
            }
            PlainLabel {
                id: deadlineLabel

                anchors.right: deadline.left
                anchors.rightMargin: 8
                height: 24
                text: qsTr("Deadline")
                color: Theme.t2
            }
            DeadlineSelect {
                id: deadline

                anchors.right: parent.right
                anchors.rightMargin: 16
            }
        }
        ComposerRow {
            visible: !root.folded
            label: qsTr("Group by")

            Repeater {
                model: Query.composer.groupBy

                delegate: Chip {
                    required property string modelData
                    required property int index

                    text: modelData
                    mono: true
                    removable: true
                    onRemoveRequested: Query.composer.removeGroupBy(index)
                }
            }
            Chip {
                visible: Query.composer.groupBy.length < 3
                add: true
                text: qsTr("Add")
                Accessible.name: qsTr("Add group")
                onClicked: groupPicker.openWith(qsTr("Group by"), Query.composer.fieldNames(), true)

                PickPopup {
                    id: groupPicker

                    y: parent.height + 2
                    onPicked: text => Query.composer.addGroupBy(text)
                }
            }
            PlainLabel {
                leftPadding: 24
                rightPadding: 4
                height: 24
                text: qsTr("Aggregate")
                color: Theme.t2
            }
            Repeater {
                model: Query.composer.aggregates

                delegate: Chip {
                    required property string modelData
                    required property int index

                    readonly property int space: modelData.indexOf(" ")

                    prefix: space > 0 ? modelData.slice(0, space) : ""
                    text: modelData.slice(space + 1)
                    mono: true
                    removable: true
                    onRemoveRequested: Query.composer.removeAggregate(index)
                }
            }
            Chip {
                add: true
                text: qsTr("Add")
                Accessible.name: qsTr("Add aggregate")
                onClicked: aggregatePicker.openWith(qsTr("Function"), root.functions, false)

                PickPopup {
                    id: aggregatePicker

                    property string chosenFunction

                    y: parent.height + 2
                    onAboutToShow: if (title === qsTr("Function"))
                        chosenFunction = ""
                    onPicked: text => {
                        if (chosenFunction === "") {
                            chosenFunction = text
                            openWith(qsTr("%1 of").arg(text), Query.composer.fieldNames(), true)
                        } else {
                            Query.composer.addAggregate(chosenFunction + " " + text)
                            chosenFunction = ""
                        }
                    }
                }
            }
        }
        Item {
            width: parent.width
            height: 28

            PreflightText {
                objectName: "preflight"
                visible: !Query.watch.active
                anchors.left: parent.left
                anchors.leftMargin: 88
                anchors.right: buttons.left
                anchors.rightMargin: 16
                height: 28
                clip: true
                matching: root.asksFleet && Fleet.active ? Query.composer.matching : -1
                online: Query.composer.matchingOnline
                offline: Query.composer.matchingOffline
                counting: root.asksFleet && Fleet.active && Query.composer.counting
                text: Query.canRun || Query.running || Query.cannotRunReason === "" ? Query.composer.preflightText : Query.cannotRunReason
                stale: !Fleet.live
            }
            Row {
                visible: Query.watch.active
                anchors.left: parent.left
                anchors.leftMargin: 88
                anchors.right: buttons.left
                anchors.rightMargin: 16
                height: 28
                spacing: 8
                clip: true

                StatusShape {
                    anchors.verticalCenter: parent.verticalCenter
                    shape: Query.watch.paused ? "unknown" : "running"
                }
                PlainLabel {
                    objectName: "watchText"
                    height: parent.height
                    text: Query.watch.text
                    color: Query.watch.paused ? Theme.unk : Theme.t1
                }
            }
            Row {
                id: buttons

                anchors.right: parent.right
                anchors.rightMargin: 16
                spacing: 8

                MButton {
                    visible: root.low && root.unfolded
                    kind: "ghost"
                    text: qsTr("Fold")
                    onClicked: root.unfolded = false
                }
                WatchSelect {
                    objectName: "watchSelect"
                    visible: !Query.running
                    anchors.verticalCenter: parent.verticalCenter
                    seconds: Query.composer.watchSeconds
                    onChosen: n => Query.composer.watchSeconds = n
                }
                MButton {
                    visible: Query.running
                    objectName: "cancelQuery"
                    text: Query.watch.active ? qsTr("Stop") : qsTr("Cancel")
                    iconName: "stop"
                    shortcutText: qsTr("Esc")
                    onClicked: Query.cancel()
                }
                MButton {
                    visible: !Query.running
                    objectName: "runQuery"
                    text: qsTr("Run")
                    kind: "primary"
                    iconName: "play"
                    shortcutText: qsTr("Ctrl Enter")
                    enabled: Query.canRun
                    disabledReason: Query.cannotRunReason
                    onClicked: root.runRequested()
                }
            }
        }
    }

    component RowLabel: PlainLabel {
        anchors.left: parent ? parent.left : undefined
        anchors.leftMargin: 16
        height: 24
        color: Theme.t2
        Accessible.ignored: true
    }
    component ComposerRow: Item {
        id: composerRow

        property string label
        default property alias chips: flow.data

        width: column.width
        height: flow.height

        RowLabel {
            text: composerRow.label
        }
        Flow {
            id: flow

            anchors.left: parent.left
            anchors.leftMargin: 88
            anchors.right: parent.right
            anchors.rightMargin: 16
            spacing: 8
        }
    }
    component DeadlineSelect: MSelect {
        width: 84
        mono: true
        label: qsTr("Deadline")
        model: root.deadlines
        currentIndex: root.deadlines.findIndex(entry => entry.value === Query.composer.deadlineMs)
        onActivated: Query.composer.deadlineMs = currentValue
    }
    component NumberField: MTextField {
        id: numberField

        property int value
        property int most: 1000000

        signal edited(int n)

        width: 72
        small: true
        inputMethodHints: Qt.ImhDigitsOnly
        validator: IntValidator {
            bottom: 0
            top: numberField.most
        }
        text: String(value)
        onEditingFinished: edited(Number(text))
    }
}
