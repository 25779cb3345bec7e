// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Muster

// A keyboard shortcut, in a frame.
Rectangle {
    id: root

    property alias text: label.text
    property alias textColor: label.color

    implicitWidth: label.implicitWidth + 10
    implicitHeight: 18
    radius: Theme.tagRadius
    color: "transparent"
    border.color: Theme.border2

    PlainLabel {
        id: label

        anchors.centerIn: parent
        font.pixelSize: Theme.captionSize
        color: Theme.t2
        Accessible.ignored: true
    }
}
