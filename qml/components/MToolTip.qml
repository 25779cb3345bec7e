// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Templates as T
import Muster

T.ToolTip {
    id: root

    x: parent ? Math.round((parent.width - implicitWidth) / 2) : 0
    y: parent && parent.mapToItem(null, 0, 0).y < 60 ? parent.height + 4 : -implicitHeight - 4
    implicitWidth: Math.min(480, label.implicitWidth + leftPadding + rightPadding)
    implicitHeight: label.implicitHeight + topPadding + bottomPadding
    margins: 4
    padding: 6
    leftPadding: 8
    rightPadding: 8
    delay: 500
    closePolicy: T.Popup.CloseOnEscape | T.Popup.CloseOnPressOutsideParent

    contentItem: PlainLabel {
        id: label

        text: root.text
        wrapMode: Text.Wrap
        maximumLineCount: 24
        font.pixelSize: Theme.captionSize
    }
    background: Rectangle {
        color: Theme.raised
        border.color: Theme.border2
        radius: Theme.tagRadius
    }
}
