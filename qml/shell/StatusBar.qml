// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Templates as T
import Muster

// What comes in, what was refused or lost, and how old all of it is.
Item {
    id: root

    signal rejectedRequested

    implicitHeight: Theme.statusBar

    property bool stale: Fleet.active && !Fleet.live ///< who is online is not known
    property bool linkUp: Connection.state === Connection.Connected
    property string jetStreamText: Connection.jetStreamText

    Rectangle {
        anchors.fill: parent
        color: Theme.window
    }
    HLine {
        width: parent.width
    }
    Row {
        anchors.left: parent.left
        anchors.leftMargin: 12
        height: parent.height
        spacing: 16

        Row {
            height: parent.height
            spacing: 5

            Icon {
                anchors.verticalCenter: parent.verticalCenter
                name: "plug"
                size: 12
                color: Theme.t3
            }
            Caption {
                objectName: "jetStream"
                text: root.jetStreamText === "" ? (root.linkUp ? qsTr("Connected") : qsTr("Not connected")) : root.linkUp ? root.jetStreamText : qsTr("JetStream unknown")
            }
        }
        Row {
            visible: Fleet.active
            height: parent.height
            spacing: 4
            Accessible.role: Accessible.StaticText
            Accessible.name: root.stale ? qsTr("Presence of %1 unknown").arg(Words.count(Fleet.total)) : qsTr("Presence %1 of %2 online").arg(Words.count(Fleet.online)).arg(Words.count(Fleet.total))

            Caption {
                text: qsTr("Presence")
                Accessible.ignored: true
            }
            MonoCaption {
                visible: !root.stale
                text: Words.count(Fleet.online)
                Accessible.ignored: true
            }
            Caption {
                visible: !root.stale
                text: qsTr("of")
                Accessible.ignored: true
            }
            MonoCaption {
                text: Words.count(Fleet.total)
                Accessible.ignored: true
            }
            Caption {
                objectName: "presenceWord"
                text: root.stale ? qsTr("unknown") : qsTr("online")
                Accessible.ignored: true
            }
        }
        Row {
            visible: Fleet.active
            height: parent.height
            spacing: 4

            Caption {
                text: qsTr("In")
                Accessible.ignored: true
            }
            MonoCaption {
                text: qsTr("%1 msg/s").arg(Words.count(Fleet.messagesPerSecond))
                Accessible.name: qsTr("In") + " " + text
            }
        }
        T.AbstractButton {
            id: rejected

            visible: Fleet.rejectedCount > 0
            height: parent.height
            implicitWidth: rejectedLabel.implicitWidth
            focusPolicy: Qt.StrongFocus
            hoverEnabled: true
            text: qsTr("%1 rejected").arg(Words.count(Fleet.rejectedCount))
            Accessible.role: Accessible.Button
            Accessible.name: text
            Accessible.onPressAction: rejected.clicked()
            Keys.onReturnPressed: rejected.clicked()
            onClicked: root.rejectedRequested()

            contentItem: Caption {
                id: rejectedLabel

                text: rejected.text
                color: Theme.warn
                font.underline: rejected.hovered
                Accessible.ignored: true
            }
            background: FocusFrame {
                control: rejected
                shown: rejected.visualFocus
            }
        }
        Caption {
            visible: Fleet.droppedCount > 0
            text: qsTr("%1 dropped").arg(Words.count(Fleet.droppedCount))
            color: Theme.err
        }
        Caption {
            objectName: "dataAge"
            visible: root.stale
            text: Fleet.dataAgeSeconds < 0 ? qsTr("No data yet") : qsTr("Data is %1 old").arg(Words.age(Fleet.dataAgeSeconds))
            color: Theme.warn
        }
    }
    MonoCaption {
        id: clock

        anchors.right: parent.right
        anchors.rightMargin: 12
        height: parent.height
        Accessible.ignored: true

        function read() {
            text = new Date().toISOString().slice(0, 19).replace("T", " ") + " UTC"
        }

        Component.onCompleted: read()

        Timer {
            interval: 1000
            repeat: true
            running: root.visible
            onTriggered: clock.read()
        }
        HoverHandler {
            id: clockHover
        }
        MToolTip {
            visible: clockHover.hovered
            text: visible ? new Date().toLocaleString(Qt.locale(), Locale.LongFormat) : ""
        }
    }

    component Caption: PlainLabel {
        height: parent ? parent.height : 0
        font.pixelSize: Theme.captionSize
        color: Theme.t3
    }
    component MonoCaption: MonoLabel {
        height: parent ? parent.height : 0
        font.pixelSize: Theme.captionSize
        color: Theme.t3
    }
}
