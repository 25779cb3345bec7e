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

    readonly property var fields: Query.composer.select
    readonly property var groups: Query.composer.groupBy
    readonly property var aggregates: Query.composer.aggregates
    readonly property var deadlineChoices: [500, 1000, 2000, 5000, 10000, 30000]
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
            label: qsTr("Scope")

            Repeater {
                model: Query.composer.scopes

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
                placeholder: qsTr("All of them; or a condition, as in mem.free < 200MB and fw < \"1.5\"")
                error: Query.composer.whereError
                validText: Query.composer.where === "" ? "" : qsTr("valid, %n term(s)", "", Query.composer.whereTerms)
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
                anchors.left: parent.left
                anchors.leftMargin: 88
                anchors.right: buttons.left
                anchors.rightMargin: 16
                height: 28
                clip: true
                matching: Query.composer.matching
                online: Query.composer.matchingOnline
                offline: Query.composer.matchingOffline
                text: Query.canRun || Query.running || Query.cannotRunReason === "" ? Query.composer.preflightText : Query.cannotRunReason
                stale: !Fleet.live
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
                MButton {
                    visible: Query.running
                    objectName: "cancelQuery"
                    text: qsTr("Cancel")
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
}
