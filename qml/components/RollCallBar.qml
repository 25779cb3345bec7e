// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Muster

// Every device asked is in exactly one segment; the counts always sum to the roster. Left and Right go from segment to
// segment, Enter opens the list of the one that is current.
FocusScope {
    id: root

    /// [{state, count, text}] in order; the states of Theme.stateColor
    property var segments: []
    property int total: 0
    property alias trailing: trailingRow.data

    signal chosen(string state)

    readonly property var shown: segments.filter(s => s.count > 0)
    readonly property var widths: computeWidths()
    property int current: -1

    implicitHeight: 56
    activeFocusOnTab: total > 0
    Accessible.role: Accessible.Grouping
    Accessible.name: qsTr("Roll-call") + ": " + segments.map(s => Words.count(s.count) + " " + s.text).join(", ") + " = " + Words.count(total)

    // Shares of the width, none below 8 px, 2 px apart; the largest takes what rounding leaves.
    function computeWidths(): var {
        const n = shown.length
        if (n === 0 || bar.width <= 0)
            return []
        const room = Math.floor(bar.width) - 2 * (n - 1)
        let sum = 0
        for (const s of shown)
            sum += s.count
        const result = []
        let used = 0, largest = 0
        for (let i = 0; i < n; ++i) {
            result.push(Math.max(8, Math.round(room * shown[i].count / sum)))
            used += result[i]
            if (shown[i].count > shown[largest].count)
                largest = i
        }
        result[largest] = Math.max(8, result[largest] + room - used)
        return result
    }

    function step(by: int) {
        current = Math.max(0, Math.min(shown.length - 1, current + by))
    }

    onActiveFocusChanged: current = activeFocus && current < 0 ? 0 : current
    Keys.onLeftPressed: step(LayoutMirroring.enabled ? 1 : -1)
    Keys.onRightPressed: step(LayoutMirroring.enabled ? -1 : 1)
    Keys.onReturnPressed: if (shown[current])
        chosen(shown[current].state)
    Keys.onEnterPressed: if (shown[current])
        chosen(shown[current].state)

    Row {
        id: legend

        x: root.LayoutMirroring.enabled ? root.width - 16 - width : 16
        y: 8
        height: 20
        spacing: root.width < 1100 ? 16 : 32

        Row {
            height: parent.height
            spacing: 12

            SectionTitle {
                height: parent.height
                text: qsTr("Roll-call")
            }
            LegendEntry {
                visible: root.segments.length > 0
                entry: root.segments[0] ?? ({})
            }
        }
        Repeater {
            model: Math.max(0, root.segments.length - 1)

            LegendEntry {
                required property int index

                entry: root.segments[index + 1] ?? ({})
            }
        }
        MonoLabel {
            height: parent.height
            text: "= " + Words.count(root.total)
            color: Theme.t2
        }
    }
    Row {
        id: trailingRow

        anchors.right: parent.right
        anchors.rightMargin: 16
        y: 8
        height: 20
        spacing: 12
        visible: width < root.width - legend.width - 40
    }
    Item {
        id: bar

        x: 16
        y: 36
        width: parent.width - 32
        height: 12

        Rectangle {
            visible: root.shown.length === 0
            anchors.fill: parent
            color: "transparent"
            border.color: Theme.border2
            radius: Theme.meterRadius
        }
        Row {
            spacing: 2
            LayoutMirroring.enabled: root.LayoutMirroring.enabled
            width: parent.width

            Repeater {
                model: root.shown.length

                delegate: Rectangle {
                    id: segment

                    required property int index
                    readonly property var entry: root.shown[index] ?? ({})
                    readonly property string state_: entry.state ?? ""
                    readonly property color ink: Theme.stateColor(state_)

                    width: root.widths[index] ?? 0
                    height: bar.height
                    color: {
                        switch (state_) {
                        case "answered":
                        case "error":
                            return ink
                        case "offline":
                            return Theme.muteTint
                        }
                        return "transparent"
                    }
                    border.width: state_ === "answered" || state_ === "error" || state_ === "silent" ? 0 : 1
                    border.color: ink
                    opacity: pointer.containsMouse ? 0.8 : 1
                    Accessible.role: Accessible.Button
                    Accessible.name: Words.count(entry.count ?? 0) + " " + (entry.text ?? "")
                    Accessible.onPressAction: root.chosen(state_)

                    Image {
                        visible: segment.state_ === "silent"
                        anchors.fill: parent
                        source: visible ? "image://icon/hatch/" + Theme.warn.toString().slice(-6) : ""
                        sourceSize.width: 8
                        sourceSize.height: 8
                        fillMode: Image.Tile
                        horizontalAlignment: Image.AlignLeft
                        verticalAlignment: Image.AlignTop
                    }
                    FocusFrame {
                        control: segment
                        shown: root.activeFocus && root.current === segment.index
                        anchors.margins: -3
                    }
                    MouseArea {
                        id: pointer

                        anchors.fill: parent
                        hoverEnabled: true
                        cursorShape: Qt.PointingHandCursor
                        onClicked: {
                            root.current = segment.index
                            root.chosen(segment.state_)
                        }
                    }
                    MToolTip {
                        visible: pointer.containsMouse
                        text: segment.Accessible.name
                    }
                }
            }
        }
    }

    // For the pointer; the keyboard and screen readers go along the segments.
    component LegendEntry: Item {
        id: legendEntry

        property var entry: ({})
        readonly property bool opens: (entry.count ?? 0) > 0

        width: words.width
        height: 20
        Accessible.role: Accessible.StaticText
        Accessible.name: Words.count(entry.count ?? 0) + " " + (entry.text ?? "")

        Row {
            id: words

            height: parent.height
            spacing: 7

            StatusShape {
                anchors.verticalCenter: parent.verticalCenter
                shape: legendEntry.entry.state ?? ""
            }
            MonoLabel {
                height: parent.height
                text: Words.count(legendEntry.entry.count ?? 0)
                font.weight: Font.Medium
                Accessible.ignored: true
            }
            PlainLabel {
                height: parent.height
                text: legendEntry.entry.text ?? ""
                color: legendPointer.containsMouse ? Theme.t1 : Theme.t2
                Accessible.ignored: true
            }
        }
        MouseArea {
            id: legendPointer

            anchors.fill: parent
            enabled: legendEntry.opens
            hoverEnabled: true
            cursorShape: Qt.PointingHandCursor
            onClicked: root.chosen(legendEntry.entry.state)
        }
    }
}
