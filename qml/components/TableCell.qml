// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Muster

// A cell: one rectangle and one text; the shape, the second text and the mark cost little while hidden. Lines between rows are the ground
// that shows through TableView's row spacing, so they cost nothing.
Rectangle {
    id: root

    required property int row
    required property int column
    required property string display
    required property int kind
    required property string raw
    required property string prefix
    required property bool isGroup
    required property int depth
    required property bool expanded
    required property int count
    required property bool rowSelected
    required property bool rightAligned
    required property bool changed

    property bool lastColumn: false
    property bool grouped: false

    readonly property bool cut: label.truncated || beside.truncated

    readonly property bool first: column === 0
    readonly property bool shaped: (kind === CellKind.Presence || kind === CellKind.Outcome || kind === CellKind.Late) && Theme.isState(raw)
    readonly property bool monoFace: isGroup ? !first || depth > 0 : kind !== CellKind.Text && kind !== CellKind.Flag && kind !== CellKind.Late && kind !== CellKind.Presence && kind !== CellKind.Outcome
    readonly property string shown: shaped && !isGroup ? Words.state(raw) : display
    readonly property int indent: first ? 16 + (grouped ? 16 * depth : 0) : 8

    color: rowSelected ? Theme.select : isGroup ? Theme.raised : changed ? Theme.muteTint : Theme.panel
    Accessible.role: Accessible.Cell
    Accessible.name: (prefix === "" ? "" : prefix + " ") + shown
    Accessible.selectable: true
    Accessible.selected: rowSelected

    Image {
        id: lead

        readonly property bool chevron: root.isGroup && root.first
        readonly property string shape: chevron ? (root.expanded ? "triangle-down" : "triangle-right") : root.shaped && !root.isGroup ? "status/" + root.raw : ""
        readonly property int size: chevron ? 10 : 12

        visible: shape !== ""
        x: root.indent
        y: Math.round((root.height - size) / 2)
        width: size
        height: size
        sourceSize.width: size
        sourceSize.height: size
        source: visible ? "image://icon/" + shape + "/" + (chevron ? Theme.t2 : Theme.stateColor(root.raw)).toString().slice(-6) : ""
    }
    Text {
        id: label

        objectName: "label"
        textFormat: Text.PlainText

        readonly property int start: root.indent + (lead.visible ? (lead.chevron ? 14 : 18) : 0)
        readonly property int end: root.lastColumn ? 16 : 8
        readonly property bool quiet: {
            switch (root.kind) {
            case CellKind.Text:
            case CellKind.Flag:
            case CellKind.Late:
            case CellKind.Duration:
            case CellKind.Milliseconds:
            case CellKind.Age:
            case CellKind.Time:
                return true
            }
            return false
        }

        anchors.fill: parent
        leftPadding: start + (beside.leads ? beside.implicitWidth + 4 : 0)
        rightPadding: end + (root.isGroup && root.first && beside.text !== "" ? beside.implicitWidth + 8 : 0)
        text: root.shown
        color: root.isGroup ? (root.first || root.prefix !== "" ? Theme.t1 : Theme.t2) : quiet ? Theme.t2 : Theme.t1
        horizontalAlignment: root.rightAligned && !(root.isGroup && root.first) ? Text.AlignRight : Text.AlignLeft
        verticalAlignment: Text.AlignVCenter
        elide: Text.ElideRight
        wrapMode: root.height >= 2 * Theme.bodySize + 10 && !root.isGroup ? Text.Wrap : Text.NoWrap // where two lines have room
        maximumLineCount: 2
        font.family: root.monoFace ? Theme.mono : Theme.sans
        font.pixelSize: Theme.bodySize
        font.kerning: !root.monoFace
        font.preferShaping: !root.monoFace
        font.weight: root.isGroup && root.first && root.depth === 0 ? Font.DemiBold : Font.Normal
    }
    // Of a heading: how many rows it has, or what its value was made by. Without that a value says nothing: it is cut first.
    Text {
        id: beside

        objectName: "beside"
        textFormat: Text.PlainText

        readonly property bool leads: !root.first && text !== ""
        readonly property real room: root.width - label.start - label.end

        visible: text !== ""
        x: root.first ? label.start + label.contentWidth + 8 : root.rightAligned ? root.width - label.end - label.contentWidth - width - (label.contentWidth > 0 ? 4 : 0) : label.start
        width: leads ? Math.min(implicitWidth, room) : implicitWidth
        height: root.height
        elide: Text.ElideRight
        verticalAlignment: Text.AlignVCenter
        text: !root.isGroup ? "" : root.first ? (root.count > 0 ? Words.count(root.count) : "") : root.prefix
        color: Theme.t3
        font.family: root.first ? Theme.mono : Theme.sans
        font.pixelSize: Theme.bodySize
        font.preferShaping: !root.first
    }
    // A cell that differs from the round before has a corner, besides its ground.
    Rectangle {
        visible: root.changed
        x: root.width - 6
        width: 6
        height: 6
        color: Theme.accent
    }
}
