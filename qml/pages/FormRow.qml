// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Muster

// A row of the connection form: its label at the left, its control at the right, a hint below.
Item {
    id: root

    property string label
    property string hint
    property bool hintGood: false
    default property alias content: holder.data

    property int labelWidth: 136

    implicitHeight: holder.height + (hint === "" ? 0 : 24)
    implicitWidth: 400

    PlainLabel {
        width: root.labelWidth
        height: Math.min(28, holder.height)
        horizontalAlignment: Text.AlignRight
        text: root.label
        color: Theme.t2
        Accessible.ignored: true
    }
    Item {
        id: holder

        anchors.left: parent.left
        anchors.leftMargin: root.labelWidth + 16
        anchors.right: parent.right
        height: childrenRect.height
    }
    Row {
        visible: root.hint !== ""
        anchors.left: holder.left
        anchors.top: holder.bottom
        anchors.topMargin: 4
        height: 20
        spacing: 7

        StatusShape {
            visible: root.hintGood
            anchors.verticalCenter: parent.verticalCenter
            shape: "in_sync"
        }
        PlainLabel {
            height: parent.height
            text: root.hint
            font.pixelSize: Theme.captionSize
            color: root.hintGood ? Theme.ok : Theme.t3
        }
    }
}
