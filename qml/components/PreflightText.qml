// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Muster

// Whom a query would reach, before it is asked: "412 devices match: 398 online, 14 offline. One request ...".
Row {
    id: root

    property int matching: -1
    property int online: 0
    property int offline: 0
    property string text
    property bool counting: false
    property bool stale: false ///< who is online is not known

    spacing: 8
    Accessible.role: Accessible.StaticText
    Accessible.name: matching < 0 ? root.text : qsTr("%Ln device(s) match", "", matching) + (stale ? "" : ", " + qsTr("%1 online").arg(Words.count(online)) + ", " + qsTr("%1 offline").arg(Words.count(offline))) + ". " + root.text

    PlainLabel {
        id: countingLabel

        visible: root.counting
        anchors.verticalCenter: parent.verticalCenter
        text: qsTr("Counting ...")
        color: Theme.t3
    }
    Row {
        id: matchingPart

        visible: root.matching >= 0 && !root.counting
        anchors.verticalCenter: parent.verticalCenter
        spacing: 4
        opacity: root.stale ? 0.7 : 1

        MonoLabel {
            anchors.verticalCenter: parent.verticalCenter
            text: Words.count(root.matching)
            font.weight: Font.DemiBold
            Accessible.ignored: true
        }
        PlainLabel {
            anchors.verticalCenter: parent.verticalCenter
            text: qsTr("device(s) match:", "", root.matching)
            Accessible.ignored: true
        }
    }
    Row {
        id: onlinePart

        visible: matchingPart.visible && !root.stale
        anchors.verticalCenter: parent.verticalCenter
        spacing: 6

        StatusShape {
            anchors.verticalCenter: parent.verticalCenter
            shape: "online"
        }
        PlainLabel {
            anchors.verticalCenter: parent.verticalCenter
            text: qsTr("%1 online,").arg(Words.count(root.online))
            Accessible.ignored: true
        }
    }
    Row {
        id: offlinePart

        visible: matchingPart.visible && !root.stale
        anchors.verticalCenter: parent.verticalCenter
        spacing: 6

        StatusShape {
            anchors.verticalCenter: parent.verticalCenter
            shape: "offline"
        }
        PlainLabel {
            anchors.verticalCenter: parent.verticalCenter
            text: qsTr("%1 offline").arg(Words.count(root.offline))
            Accessible.ignored: true
        }
    }
    PlainLabel {
        id: line

        readonly property real taken: root.counting ? countingLabel.width + root.spacing : root.matching >= 0 ? matchingPart.width + root.spacing + (root.stale ? 0 : onlinePart.width + offlinePart.width + 2 * root.spacing) : 0

        anchors.verticalCenter: parent.verticalCenter
        width: Math.max(0, root.width - taken)
        text: root.text
        color: Theme.t3
        leftPadding: root.matching >= 0 ? 4 : 0
        Accessible.ignored: true

        HoverHandler {
            id: hover
        }
        MToolTip {
            visible: hover.hovered && line.truncated
            text: root.text
        }
    }
}
