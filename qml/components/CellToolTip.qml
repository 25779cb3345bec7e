// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Templates as T
import Muster

// What a cell has no room for: exact times, the text in full, and in a watch what it came to show. One serves a whole
// table; `anchor` lies over the cell it speaks of.
T.ToolTip {
    id: root

    property var history: [] ///< [{at, text}], newest first
    readonly property bool empty: text === "" && past.text === "" // the code Qt 6.4 makes of a list's length crashes
    readonly property int widest: 480
    readonly property int mostLines: 24

    function line(entry: var): string {
        return (entry.at > 0 ? Qt.formatTime(new Date(entry.at), "HH:mm:ss") : qsTr("before", "earlier than the first round")).padEnd(10) + entry.text
    }

    y: parent && parent.mapToItem(null, 0, 0).y + parent.height + implicitHeight + 8 > (T.Overlay.overlay?.height ?? 0) ? -implicitHeight - 4 : (parent ? parent.height + 4 : 0)
    implicitWidth: Math.min(widest, Math.max(label.implicitWidth, past.implicitWidth) + leftPadding + rightPadding)
    implicitHeight: (label.visible ? label.implicitHeight : 0) + (past.visible ? past.implicitHeight + (label.visible ? 4 : 0) : 0) + topPadding + bottomPadding
    margins: 4
    padding: 6
    leftPadding: 8
    rightPadding: 8
    closePolicy: T.Popup.CloseOnEscape | T.Popup.CloseOnPressOutsideParent

    contentItem: Item {
        PlainLabel {
            id: label

            visible: text !== ""
            width: parent.width
            text: root.text
            wrapMode: Text.Wrap
            maximumLineCount: root.mostLines
            font.pixelSize: Theme.captionSize
        }
        MonoLabel {
            id: past

            visible: text !== ""
            y: label.visible ? label.implicitHeight + 4 : 0
            width: parent.width
            text: root.history.map(root.line).join("\n")
            maximumLineCount: root.mostLines
            color: Theme.t2
            font.pixelSize: Theme.captionSize
        }
    }
    background: Rectangle {
        color: Theme.raised
        border.color: Theme.border2
        radius: Theme.tagRadius
    }
}
