// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Muster

// The steps of the last test in two columns, then what stands in the way and what to do about it; it stays until the
// next test.
Column {
    id: root

    signal prepareRequested

    function shapeOf(verdict: int): string {
        switch (verdict) {
        case TestStepModel.Passed:
            return "answered"
        case TestStepModel.Limited:
            return "silent"
        case TestStepModel.Failed:
            return "error"
        case TestStepModel.Running:
            return "running"
        case TestStepModel.Skipped:
            return "offline"
        }
        return "waiting"
    }

    function wordOf(verdict: int): string {
        switch (verdict) {
        case TestStepModel.Passed:
            return qsTr("passed")
        case TestStepModel.Limited:
            return qsTr("limited")
        case TestStepModel.Failed:
            return qsTr("failed")
        case TestStepModel.Running:
            return qsTr("running")
        case TestStepModel.Skipped:
            return qsTr("skipped")
        }
        return qsTr("waiting")
    }

    Row {
        height: 20
        spacing: 8

        SectionTitle {
            height: parent.height
            text: qsTr("Last test")
        }
        MonoLabel {
            height: parent.height
            text: Connection.testing ? qsTr("running") : Connection.testTime
            font.pixelSize: Theme.captionSize
            color: Theme.t3
        }
        PlainLabel {
            visible: steps.count === 0
            height: parent.height
            text: qsTr("none; it says which step fails and what to do")
            color: Theme.t3
        }
    }
    Item {
        width: 1
        height: steps.count > 0 ? 2 : 0
    }
    Grid {
        id: grid

        readonly property int perColumn: Math.ceil(steps.count / 2)

        width: parent.width
        columns: 2
        rows: Math.max(1, perColumn)
        flow: Grid.TopToBottom

        Repeater {
            id: steps

            model: Connection.testSteps

            delegate: Item {
                id: step

                required property string title
                required property string detail
                required property int verdict

                width: Math.min(324, Math.floor(grid.width / 2))
                height: 24
                Accessible.role: Accessible.ListItem
                Accessible.name: title
                Accessible.description: root.wordOf(verdict) + (detail === "" ? "" : ", " + detail)

                StatusShape {
                    id: mark

                    x: root.LayoutMirroring.enabled ? parent.width - width : 0
                    anchors.verticalCenter: parent.verticalCenter
                    shape: root.shapeOf(step.verdict)
                }
                PlainLabel {
                    id: name

                    anchors.left: parent.left
                    anchors.leftMargin: 20
                    height: parent.height
                    width: Math.min(implicitWidth, parent.width - 20)
                    text: step.title
                    color: step.verdict === TestStepModel.Pending || step.verdict === TestStepModel.Skipped ? Theme.t3 : Theme.t1
                    Accessible.ignored: true
                }
                MonoLabel {
                    id: facts

                    anchors.left: name.right
                    anchors.leftMargin: 8
                    anchors.right: parent.right
                    anchors.rightMargin: 12
                    height: parent.height
                    text: step.detail
                    color: Theme.t3
                }
                HoverHandler {
                    id: hover
                }
                MToolTip {
                    visible: hover.hovered && facts.truncated
                    text: step.detail
                }
            }
        }
    }
    Repeater {
        model: Connection.testSteps

        delegate: PlainLabel {
            required property string title
            required property string detail
            required property string remedy
            required property int verdict

            visible: remedy !== "" && (verdict === TestStepModel.Failed || verdict === TestStepModel.Limited)
            width: root.width
            topPadding: 4
            text: title + ": " + detail + (/[.!?]$/.test(detail) || detail === "" ? " " : ". ") + remedy
            color: verdict === TestStepModel.Failed ? Theme.err : Theme.warn
            wrapMode: Text.Wrap
            elide: Text.ElideNone
            lineHeight: 18
            lineHeightMode: Text.FixedHeight
        }
    }
    Item {
        visible: Connection.canPrepare
        width: 1
        height: 6
    }
    MButton {
        visible: Connection.canPrepare
        small: true
        text: qsTr("Prepare the account")
        onClicked: root.prepareRequested()
    }
    PlainLabel {
        objectName: "connectProblem"
        visible: text !== ""
        width: parent.width
        topPadding: 6
        text: Connection.problem
        color: Theme.err
        wrapMode: Text.Wrap
        elide: Text.ElideNone
        lineHeight: 18
        lineHeightMode: Text.FixedHeight
        Accessible.role: Accessible.AlertMessage
    }
}
