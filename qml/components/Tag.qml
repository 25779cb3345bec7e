// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Muster

Rectangle {
    property alias text: label.text
    property alias textColor: label.color

    implicitWidth: label.implicitWidth + 12
    implicitHeight: 18
    radius: Theme.tagRadius
    color: Theme.muteTint

    PlainLabel {
        id: label

        anchors.centerIn: parent
        font.pixelSize: Theme.captionSize
        color: Theme.t3
    }
}
