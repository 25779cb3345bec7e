// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Templates as T
import Muster

// The messages that were refused, with the reason of each.
T.Dialog {
    id: root

    property RejectedListModel model: Fleet.rejected
    property int count: Fleet.rejectedCount
    property string nothing: qsTr("Every message since the connection could be read.")

    parent: T.Overlay.overlay
    x: parent ? Math.round((parent.width - width) / 2) : 0
    y: parent ? Math.round((parent.height - height) / 3) : 0
    width: parent ? Math.min(760, parent.width - 64) : 760
    height: parent ? Math.min(480, parent.height - 64) : 480
    padding: 0
    modal: true
    focus: true
    title: qsTr("Rejected messages")
    closePolicy: T.Popup.CloseOnEscape | T.Popup.CloseOnPressOutside

    T.Overlay.modal: Rectangle {
        color: Theme.dark ? "#99000000" : "#66161B22"
    }
    background: Rectangle {
        color: Theme.panel
        border.color: Theme.border2
        radius: Theme.radius
        Accessible.role: Accessible.Dialog
        Accessible.name: root.title
    }
    contentItem: Item {
        SectionTitle {
            id: heading

            x: 16
            height: Theme.pageHeader
            text: root.title
        }
        MonoLabel {
            anchors.left: heading.right
            anchors.leftMargin: 8
            height: Theme.pageHeader
            text: Words.count(root.count)
            color: Theme.t3
        }
        MButton {
            anchors.right: parent.right
            anchors.rightMargin: 8
            y: 8
            kind: "ghost"
            iconName: "close"
            tip: qsTr("Close")
            onClicked: root.close()
        }
        HLine {
            id: line

            anchors.top: heading.bottom
            width: parent.width
        }
        EmptyState {
            anchors.top: line.bottom
            anchors.bottom: parent.bottom
            width: parent.width
            visible: list.count === 0
            iconName: "check"
            title: qsTr("Nothing was rejected")
            text: root.nothing
        }
        ListView {
            id: list

            anchors.top: line.bottom
            anchors.bottom: parent.bottom
            anchors.bottomMargin: 1
            width: parent.width
            clip: true
            focus: true
            model: root.model
            boundsBehavior: Flickable.StopAtBounds
            Accessible.role: Accessible.List
            Accessible.name: root.title
            T.ScrollBar.vertical: SlimScrollBar {}

            delegate: Item {
                id: entry

                required property string subject
                required property string reason
                required property string detail
                required property string time

                width: list.width
                height: 40
                Accessible.role: Accessible.ListItem
                Accessible.name: reason + (subject === "" ? "" : ", " + subject) + (detail === "" ? "" : ", " + detail)

                StatusShape {
                    x: 16
                    y: 7
                    shape: "error"
                }
                PlainLabel {
                    x: 36
                    y: 3
                    width: parent.width - 200
                    text: entry.reason
                }
                MonoLabel {
                    anchors.right: parent.right
                    anchors.rightMargin: 16
                    y: 3
                    text: entry.time
                    color: Theme.t3
                    font.pixelSize: Theme.captionSize
                }
                MonoLabel {
                    x: 36
                    y: 20
                    width: parent.width - 52
                    text: entry.subject + (entry.subject === "" || entry.detail === "" ? "" : "  ") + entry.detail
                    color: Theme.t3
                    font.pixelSize: Theme.captionSize
                }
                HLine {
                    anchors.bottom: parent.bottom
                    width: parent.width
                    color: Theme.grid
                }
            }
        }
    }
}
