// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Muster

// Five strokes of a tally, and the name.
Row {
    id: root

    property bool nameShown: true
    property int nameSize: Theme.titleSize

    spacing: 10

    Item {
        anchors.verticalCenter: parent.verticalCenter
        width: 18
        height: 18

        Icon {
            name: "logo-strokes"
            size: 18
            color: Theme.t1
        }
        Icon {
            name: "logo-slash"
            size: 18
            color: Theme.accent
        }
    }
    PlainLabel {
        visible: root.nameShown
        anchors.verticalCenter: parent.verticalCenter
        text: qsTr("Muster")
        font.pixelSize: root.nameSize
        font.weight: Font.DemiBold
    }
}
