// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Muster

// A cell: one rectangle and one text for most, and what few need in a loader. Lines between rows are the ground
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

    property bool lastColumn: false
    property bool grouped: false

    readonly property bool first: column === 0
    readonly property bool shaped: kind === CellKind.Presence || kind === CellKind.Outcome
    readonly property bool monoFace: isGroup ? !first || depth > 0 : kind !== CellKind.Text && kind !== CellKind.Flag && !shaped
    readonly property int indent: first ? 16 + (grouped ? 16 * depth : 0) : 8

    signal folded(int row)

    color: rowSelected ? Theme.select : isGroup ? Theme.raised : Theme.panel
    Accessible.role: Accessible.Cell
    Accessible.name: (prefix === "" ? "" : prefix + " ") + display
    Accessible.selectable: true
    Accessible.selected: rowSelected

    Loader {
        id: lead

        readonly property bool chevron: root.isGroup && root.first

        active: chevron || (root.shaped && root.raw !== "" && !root.isGroup)
        x: mirror ? root.width - root.indent - width : root.indent
        anchors.verticalCenter: parent.verticalCenter
        width: active ? 14 : 0
        sourceComponent: chevron ? chevronPart : shapePart

        readonly property bool mirror: root.LayoutMirroring.enabled
    }
    Text {
        id: label

        textFormat: Text.PlainText
        anchors.fill: parent
        leftPadding: mirror ? end : start
        rightPadding: mirror ? start : end
        text: root.display
        color: root.isGroup ? (root.first || root.prefix !== "" ? Theme.t1 : Theme.t2) : quiet ? Theme.t2 : Theme.t1
        horizontalAlignment: root.rightAligned && !(root.isGroup && root.first) ? Text.AlignRight : Text.AlignLeft
        verticalAlignment: Text.AlignVCenter
        elide: Text.ElideRight
        font.family: root.monoFace ? Theme.mono : Theme.sans
        font.pixelSize: Theme.bodySize
        font.kerning: !root.monoFace
        font.preferShaping: !root.monoFace
        font.weight: root.isGroup && root.first && root.depth === 0 ? Font.DemiBold : Font.Normal
        Accessible.ignored: true

        readonly property bool mirror: root.LayoutMirroring.enabled
        readonly property int start: root.indent + (lead.active ? (lead.chevron ? 14 : 18) : 0)
        readonly property int end: root.lastColumn ? 16 : 8
        readonly property bool quiet: {
            switch (root.kind) {
            case CellKind.Text:
            case CellKind.Flag:
            case CellKind.Duration:
            case CellKind.Milliseconds:
            case CellKind.Age:
            case CellKind.Time:
                return true
            }
            return false
        }
    }
    Loader {
        active: root.isGroup && (root.first ? root.count > 0 : root.prefix !== "")
        anchors.verticalCenter: parent.verticalCenter
        x: {
            const after = label.start + Math.min(label.implicitWidth - label.start - label.end, root.width - label.start - 40) + 8
            const before = Math.max(4, root.width - label.implicitWidth + label.leftPadding - width - 4)
            const ltr = root.first ? after : root.rightAligned ? before : label.start - width
            return label.mirror ? root.width - ltr - width : ltr
        }
        sourceComponent: root.first ? countPart : prefixPart
    }

    Component {
        id: chevronPart

        Item {
            width: 10
            height: 10

            Icon {
                name: root.expanded ? "triangle-down" : label.mirror ? "triangle-left" : "triangle-right"
                size: 10
                color: Theme.t2
            }
            TapHandler {
                margin: 8
                onTapped: root.folded(root.row)
            }
        }
    }
    Component {
        id: shapePart

        StatusShape {
            shape: root.raw
        }
    }
    Component {
        id: countPart

        MonoLabel {
            text: Words.count(root.count)
            color: Theme.t3
            Accessible.ignored: true
        }
    }
    Component {
        id: prefixPart

        PlainLabel {
            text: root.prefix
            color: Theme.t3
            Accessible.ignored: true
        }
    }
}
