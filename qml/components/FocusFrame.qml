// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Muster

// The mark of keyboard focus around `control`.
Rectangle {
    required property Item control
    property bool shown: control.activeFocus

    anchors.fill: parent
    visible: shown
    color: "transparent"
    border.color: Theme.accent
    border.width: 2
    radius: Theme.radius
}
