// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Templates as T
import Muster

// Beside the results: how fast the answers came, from which groups, and what is not among them.
Flickable {
    id: root

    readonly property QueryResults results: Query.shown
    readonly property bool isFleet: results.source === "fleet"
    readonly property var bins: results.histogram
    readonly property var byGroup: results.byGroup
    readonly property int highest: Math.max(1, ...bins.map(n => Number(n)))
    readonly property int replies: bins.reduce((sum, n) => sum + Number(n), 0)

    signal chosen(string state)
    signal groupsRequested

    contentHeight: column.height
    clip: true
    boundsBehavior: Flickable.StopAtBounds
    T.ScrollBar.vertical: SlimScrollBar {}

    /// What stands at a quarter of the plot: milliseconds where the whole is less than a second.
    function axisText(quarter: int): string {
        if (quarter === 0)
            return "0"
        const ms = results.histogramMs * quarter / 4
        const isFast = results.histogramMs < 1000
        const digits = isFast ? (ms % 1 === 0 ? 0 : 1) : results.histogramMs >= 4000 || ms % 100 === 0 ? 1 : 2
        const text = Words.decimal(isFast ? ms : ms / 1000, digits)
        return quarter < 4 ? text : isFast ? qsTr("%1 ms").arg(text) : qsTr("%1 s").arg(text)
    }

    Column {
        id: column

        width: root.width

        Item {
            width: parent.width
            height: 36

            SectionTitle {
                anchors.left: parent.left
                anchors.leftMargin: 16
                height: 35
                text: qsTr("Response time")
            }
            PlainLabel {
                anchors.right: parent.right
                anchors.rightMargin: 16
                height: 35
                text: qsTr("%1 replies").arg(Words.count(root.replies))
                font.pixelSize: Theme.captionSize
                color: Theme.t3
            }
            HLine {
                anchors.bottom: parent.bottom
                width: parent.width
            }
        }
        Item {
            id: plot

            width: parent.width
            height: 144
            Accessible.role: Accessible.Chart
            Accessible.name: qsTr("Response time, %1 replies").arg(Words.count(root.replies))

            readonly property int start: 32
            readonly property int above: 16
            readonly property int span: 72

            Repeater {
                model: [root.highest, root.highest > 1 ? Math.round(root.highest / 2) : -1, 0]

                delegate: Item {
                    id: line

                    required property int index
                    required property int modelData

                    y: plot.above + index * plot.span / 2
                    width: plot.width

                    MonoLabel {
                        width: plot.start - 4
                        y: -8
                        height: 16
                        horizontalAlignment: Text.AlignRight
                        text: line.modelData < 0 || root.replies === 0 && line.index < 2 ? "" : Words.shortCount(line.modelData)
                        font.pixelSize: 10
                        color: Theme.t3
                        Accessible.ignored: true
                    }
                    Rectangle {
                        x: plot.start + 1
                        width: plot.width - 16 - x
                        height: 1
                        color: line.index === 2 ? Theme.border2 : Theme.grid
                    }
                }
            }
            Row {
                id: bars

                x: plot.start + 1
                y: plot.above
                height: plot.span
                width: plot.width - 16 - x
                LayoutMirroring.enabled: false

                Repeater {
                    model: root.bins.length

                    delegate: Item {
                        id: bar

                        required property int index
                        readonly property int value: root.bins[index] ?? 0

                        width: bars.width / root.bins.length
                        height: plot.span

                        Rectangle {
                            x: 1
                            width: parent.width - 2
                            height: bar.value === 0 ? 0 : Math.max(1, Math.round(plot.span * bar.value / root.highest))
                            y: parent.height - height
                            color: Theme.accent
                        }
                        HoverHandler {
                            id: hover
                        }
                        MToolTip {
                            visible: hover.hovered
                            text: qsTr("%1 replies in %2 to %3 ms").arg(Words.count(bar.value)).arg(Words.count(bar.index * root.results.histogramMs / root.bins.length)).arg(Words.count((bar.index + 1) * root.results.histogramMs / root.bins.length))
                        }
                    }
                }
            }
            Repeater {
                model: 5

                delegate: MonoLabel {
                    required property int index

                    readonly property real centre: bars.x + index * bars.width / 4

                    x: index === 4 ? plot.width - 16 - width : Math.max(bars.x, centre - width / 2)
                    // The last, with its unit, needs the room; their letters are all of one width.
                    visible: index !== 3 || width * (0.5 + root.axisText(4).length / text.length) + 4 <= bars.width / 4
                    y: plot.above + plot.span + 4
                    height: 16
                    objectName: "axis" + index
                    text: root.axisText(index)
                    font.pixelSize: 10
                    color: Theme.t3
                    Accessible.ignored: true
                }
            }
            Row {
                x: root.LayoutMirroring.enabled ? parent.width - 16 - width : 16
                y: 116
                height: 20
                spacing: 12

                Repeater {
                    model: ["p50", "p95", "p99"]

                    delegate: Row {
                        id: percentile

                        required property string modelData

                        height: 20
                        spacing: 3

                        PlainLabel {
                            height: parent.height
                            text: percentile.modelData
                            color: Theme.t2
                            Accessible.ignored: true
                        }
                        MonoLabel {
                            height: parent.height
                            readonly property var took: root.results.percentiles[percentile.modelData]

                            objectName: percentile.modelData
                            text: took === undefined ? "-" : Words.responseTime(took)
                            Accessible.name: percentile.modelData + " " + text
                        }
                    }
                }
            }
        }
        HLine {
            visible: root.byGroup.length > 0
            width: parent.width
        }
        Item {
            visible: root.byGroup.length > 0
            width: parent.width
            height: groups.height + (more.visible ? 28 : 0) + 44

            SectionTitle {
                anchors.left: parent.left
                anchors.leftMargin: 16
                y: 6
                height: 20
                width: parent.width - 32
                text: qsTr("Answered by %1").arg(root.results.byGroupKey)
            }
            Column {
                id: groups

                y: 32
                width: parent.width

                // As wide for all, so that the meters can be compared.
                readonly property real numbersWidth: Math.ceil(metrics.averageCharacterWidth * Math.max(8, ...root.byGroup.map(group => (Words.count(group.answered) + "/" + Words.count(group.total)).length)))

                FontMetrics {
                    id: metrics

                    font.family: Theme.mono
                    font.pixelSize: Theme.bodySize
                }
                Repeater {
                    model: root.byGroup

                    delegate: Item {
                        id: group

                        required property var modelData

                        width: groups.width
                        height: 28
                        Accessible.role: Accessible.StaticText
                        Accessible.name: qsTr("%1: %2 of %3 answered").arg(modelData.name).arg(Words.count(modelData.answered)).arg(Words.count(modelData.total))

                        PlainLabel {
                            anchors.left: parent.left
                            anchors.leftMargin: 16
                            width: 64
                            height: parent.height
                            text: group.modelData.name
                            Accessible.ignored: true
                        }
                        Rectangle {
                            id: meter

                            anchors.left: parent.left
                            anchors.leftMargin: 84
                            anchors.right: parent.right
                            anchors.rightMargin: groups.numbersWidth + 32
                            anchors.verticalCenter: parent.verticalCenter
                            height: 8
                            radius: Theme.meterRadius
                            color: Theme.hover

                            Rectangle {
                                width: group.modelData.total > 0 ? parent.width * Math.min(1, group.modelData.answered / group.modelData.total) : 0
                                height: parent.height
                                radius: Theme.meterRadius
                                color: Theme.ok
                            }
                        }
                        Row {
                            anchors.right: parent.right
                            anchors.rightMargin: 16
                            height: parent.height
                            layoutDirection: Qt.RightToLeft
                            LayoutMirroring.enabled: false

                            MonoLabel {
                                height: parent.height
                                text: "/" + Words.count(group.modelData.total)
                                color: Theme.t2
                                Accessible.ignored: true
                            }
                            MonoLabel {
                                height: parent.height
                                text: Words.count(group.modelData.answered)
                                Accessible.ignored: true
                            }
                        }
                    }
                }
            }
            MButton {
                id: more

                objectName: "moreGroups"
                visible: root.results.byGroupMore > 0
                anchors.left: parent.left
                anchors.leftMargin: 8
                anchors.top: groups.bottom
                kind: "ghost"
                small: true
                text: qsTr("and %Ln more", "groups", root.results.byGroupMore)
                onClicked: root.groupsRequested()
            }
        }
        HLine {
            width: parent.width
        }
        Item {
            width: parent.width
            height: notCounted.height + 40

            SectionTitle {
                anchors.left: parent.left
                anchors.leftMargin: 16
                y: 6
                height: 20
                text: qsTr("Not counted in results")
            }
            Column {
                id: notCounted

                y: 30
                width: parent.width

                Missing {
                    shape: "empty"
                    count: root.results.empty
                    text: qsTr("%1 answered, nothing matched").arg(Words.count(count))
                }
                Missing {
                    shape: "error"
                    count: root.results.errors
                    text: qsTr("%1 answered with an error").arg(Words.count(count))
                }
                Missing {
                    shape: "silent"
                    count: root.results.silent
                    // Cancelled, or with nobody listening, it is over long before the deadline.
                    text: qsTr("%1 gave no reply in %2 s").arg(Words.count(count)).arg(Words.decimal(root.results.elapsedSeconds, 1))
                }
                Missing {
                    shape: "waiting"
                    count: root.results.waiting
                    text: qsTr("%1 still working").arg(Words.count(count))
                }
                Missing {
                    visible: root.isFleet || count > 0
                    shape: "offline"
                    count: root.results.offline
                    text: qsTr("%1 not asked").arg(Words.count(count))
                }
                Missing {
                    visible: root.results.lateCount > 0
                    shape: "late"
                    count: root.results.lateCount
                    text: qsTr("%1 came late, and are counted").arg(Words.count(count))
                }
                Missing {
                    visible: root.results.unexpected > 0
                    shape: "unexpected"
                    count: root.results.unexpected
                    text: root.isFleet ? qsTr("%1 from devices that were not asked").arg(Words.count(count)) : qsTr("%1 beyond those expected").arg(Words.count(count))
                }
                Missing {
                    visible: root.results.rejectedCount > 0
                    shape: "error"
                    state_: "rejected"
                    unlisted: root.results.rejectedListed === 0 // kept when what they were was not
                    count: root.results.rejectedCount
                    text: qsTr("%1 could not be read").arg(Words.count(count))
                }
            }
        }
    }

    component Missing: Item {
        id: missing

        property string shape
        property string state_: shape ///< whose list it opens
        property int count
        property string text
        /// Has a list of its own.
        readonly property bool opens: count > 0 && !unlisted
        property bool unlisted: false

        objectName: "missing " + state_

        activeFocusOnTab: opens
        Accessible.role: opens ? Accessible.Button : Accessible.StaticText
        Accessible.name: text
        Accessible.onPressAction: if (opens)
            root.chosen(state_)
        Keys.onReturnPressed: if (opens)
            root.chosen(state_)
        Keys.onEnterPressed: if (opens)
            root.chosen(state_)
        Keys.onSpacePressed: if (opens)
            root.chosen(state_)
        width: column.width
        height: visible ? 24 : 0
        opacity: count > 0 ? 1 : 0.6

        StatusShape {
            x: root.LayoutMirroring.enabled ? parent.width - 16 - width : 16
            anchors.verticalCenter: parent.verticalCenter
            shape: missing.shape
        }
        PlainLabel {
            anchors.left: parent.left
            anchors.leftMargin: 36
            anchors.right: parent.right
            anchors.rightMargin: 16
            height: parent.height
            text: missing.text
            color: pointer.containsMouse ? Theme.t1 : Theme.t2
            Accessible.ignored: true
        }
        FocusFrame {
            control: missing
            shown: missing.activeFocus
        }
        MouseArea {
            id: pointer

            anchors.fill: parent
            enabled: missing.opens
            hoverEnabled: true
            cursorShape: Qt.PointingHandCursor
            onClicked: root.chosen(missing.state_)
        }
    }
}
