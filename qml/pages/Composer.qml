// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Muster

// What to ask, of whom, and how to show it. In a low window Select and Group by fold to one line.
FocusScope {
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
    readonly property var scopes: Query.composer.scopes
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

    // A row's chips are made anew when their number changes: the keys go on to the chip in their place, or to `add`.
    function keepKeys(chips: Repeater, add: Item, removed: int, change: var) {
        let at = -1
        for (let i = 0; i < chips.count; ++i) {
            if (chips.itemAt(i).activeFocus)
                at = i > removed ? i - 1 : i
        }
        change()
        const next = chips.itemAt(Math.min(at, chips.count - 1)) ?? add
        if (at >= 0)
            next.forceActiveFocus(Qt.TabFocusReason)
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
            label: qsTr("Scope")

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
                id: scopeChips

                model: root.asksFleet ? root.scopes.length : 0

                delegate: Chip {
                    required property int index
                    readonly property var scope: root.scopes[index] ?? ({})

                    objectName: "scopeChip" + index
                    text: scope.label ?? ""
                    countText: scope.count === undefined || scope.count < 0 ? "" : Words.count(scope.count)
                    on: scope.on ?? false
                    toggles: true
                    removable: scope.kind === "label"
                    onClicked: Query.composer.toggleScope(index)
                    onRemoveRequested: root.keepKeys(scopeChips, addScope, index, () => Query.composer.removeScope(index))
                }
            }
            Chip {
                id: addScope

                objectName: "addScope"
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
                doubt: Query.composer.whereDoubt
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

                anchors.right: deadlineLowLabel.left
                anchors.rightMargin: 16
                small: true
                text: qsTr("Edit")
                onClicked: root.unfolded = true
            }
            DeadlineLabel {
                id: deadlineLowLabel

                anchors.right: deadlineLow.left
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
                    id: fieldChips

                    model: root.fields.length

                    delegate: Chip {
                        id: fieldChip

                        required property int index

                        objectName: "selectChip" + index
                        text: root.fields[index] ?? ""
                        mono: true
                        removable: true
                        onClicked: fieldPicker.edit(fieldChip, index, text, qsTr("Field"), Query.composer.fieldNames(), true)
                        onRemoveRequested: root.keepKeys(fieldChips, addField, index, () => Query.composer.removeSelect(index))
                    }
                }
                Chip {
                    id: addField

                    objectName: "addField"
                    add: true
                    text: qsTr("Add field")
                    onClicked: fieldPicker.add(addField, qsTr("Field"), Query.composer.fieldNames(), true)
                }
            }
            DeadlineLabel {
                id: deadlineLabel

                anchors.right: deadline.left
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
                id: groupChips

                model: root.groups.length

                delegate: Chip {
                    id: groupChip

                    required property int index

                    objectName: "groupChip" + index
                    text: root.groups[index] ?? ""
                    mono: true
                    removable: true
                    onClicked: groupPicker.edit(groupChip, index, text, qsTr("Group by"), Query.composer.fieldNames(), true)
                    onRemoveRequested: root.keepKeys(groupChips, addGroup, index, () => Query.composer.removeGroupBy(index))
                }
            }
            Chip {
                id: addGroup

                objectName: "addGroup"
                visible: root.groups.length < 3
                add: true
                text: qsTr("Add")
                Accessible.name: qsTr("Add group")
                onClicked: groupPicker.add(addGroup, qsTr("Group by"), Query.composer.fieldNames(), true)
            }
            PlainLabel {
                leftPadding: 24
                rightPadding: 4
                height: 24
                text: qsTr("Aggregate")
                color: Theme.t2
            }
            Repeater {
                id: aggregateChips

                model: root.aggregates.length

                delegate: Chip {
                    id: aggregateChip

                    required property int index
                    readonly property string aggregate: root.aggregates[index] ?? ""
                    readonly property int space: aggregate.indexOf(" ")

                    objectName: "aggregateChip" + index
                    prefix: space > 0 ? aggregate.slice(0, space) : ""
                    text: aggregate.slice(space + 1)
                    mono: true
                    removable: true
                    onClicked: {
                        aggregatePicker.field = text
                        aggregatePicker.edit(aggregateChip, index, prefix, qsTr("Function"), root.functions, false)
                    }
                    onRemoveRequested: root.keepKeys(aggregateChips, addAggregate, index, () => Query.composer.removeAggregate(index))
                }
            }
            Chip {
                id: addAggregate

                objectName: "addAggregate"
                add: true
                text: qsTr("Add")
                Accessible.name: qsTr("Add aggregate")
                onClicked: {
                    aggregatePicker.field = ""
                    aggregatePicker.add(addAggregate, qsTr("Function"), root.functions, false)
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

    Picker {
        id: fieldPicker

        onPicked: text => editing >= 0 ? Query.composer.replaceSelect(editing, text) : Query.composer.addSelect(text)
    }
    Picker {
        id: groupPicker

        onPicked: text => {
            if (editing >= 0) {
                Query.composer.replaceGroupBy(editing, text)
                return
            }
            Query.composer.addGroupBy(text)
            if (!addGroup.visible)
                groupChips.itemAt(groupChips.count - 1).forceActiveFocus(Qt.TabFocusReason)
        }
    }
    Picker {
        id: aggregatePicker

        property string chosenFunction
        property string field ///< of the aggregate that is edited

        onAboutToShow: if (title === qsTr("Function"))
            chosenFunction = ""
        onPicked: text => {
            if (chosenFunction === "") {
                chosenFunction = text
                openWith(qsTr("%1 of").arg(text), Query.composer.fieldNames(), true)
                if (editing >= 0)
                    startFrom(field)
            } else if (editing >= 0) {
                Query.composer.replaceAggregate(editing, chosenFunction + " " + text)
            } else {
                Query.composer.addAggregate(chosenFunction + " " + text)
            }
        }
    }

    // Opens under a chip: a new one, or another word for what one says.
    component Picker: PickPopup {
        property int editing: -1

        function place(chip: Item) {
            const at = chip.mapToItem(root, 0, chip.height + 2)
            x = at.x
            y = at.y
        }

        function add(chip: Item, heading: string, words: var, anyText: bool) {
            editing = -1
            place(chip)
            openWith(heading, words, anyText)
        }

        function edit(chip: Item, index: int, present: string, heading: string, words: var, anyText: bool) {
            editing = index
            place(chip)
            openWith(heading, words, anyText)
            startFrom(present)
        }
    }
    component DeadlineLabel: PlainLabel {
        anchors.rightMargin: 8
        height: 24
        text: qsTr("Deadline")
        color: Theme.t2
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
