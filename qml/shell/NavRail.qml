// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Templates as T
import Muster

// The pages, by name; below 1200 wide by icon alone. Up and Down move.
FocusScope {
    id: root

    property string current
    property bool collapsed: false

    signal opened(string page)

    implicitWidth: collapsed ? 48 : 160
    Accessible.role: Accessible.PageTabList
    Accessible.name: qsTr("Pages")

    Keys.onUpPressed: nextItemInFocusChain(false).forceActiveFocus(Qt.BacktabFocusReason)
    Keys.onDownPressed: nextItemInFocusChain(true).forceActiveFocus(Qt.TabFocusReason)

    Rectangle {
        anchors.fill: parent
        color: Theme.window
    }
    Rectangle {
        anchors.right: parent.right
        width: 1
        height: parent.height
        color: Theme.border
    }
    Logo {
        x: root.LayoutMirroring.enabled ? parent.width - 16 - width : 16
        y: 13
        nameShown: !root.collapsed
    }
    Column {
        anchors.left: parent.left
        anchors.leftMargin: 8
        y: 52
        width: parent.width - 17
        spacing: 4

        NavItem {
            objectName: "navDevices"
            width: parent.width
            text: qsTr("Devices")
            iconName: "devices"
            shortcutText: qsTr("Ctrl+1")
            badge: Fleet.total > 99999 ? Words.shortCount(Fleet.total) : Fleet.total > 0 ? Words.count(Fleet.total) : ""
            current: root.current === "devices"
            collapsed: root.collapsed
            onClicked: root.opened("devices")
        }
        NavItem {
            objectName: "navQuery"
            width: parent.width
            text: qsTr("Query")
            iconName: "query"
            shortcutText: qsTr("Ctrl+2")
            current: root.current === "query"
            collapsed: root.collapsed
            onClicked: root.opened("query")
        }
    }
    Column {
        anchors.left: parent.left
        anchors.leftMargin: 8
        anchors.bottom: parent.bottom
        anchors.bottomMargin: 8
        width: parent.width - 17
        spacing: 4

        NavItem {
            objectName: "navConnections"
            width: parent.width
            text: qsTr("Connections")
            iconName: "plug"
            current: root.current === "connections"
            collapsed: root.collapsed
            onClicked: root.opened("connections")
        }
        NavItem {
            id: settings

            objectName: "navSettings"
            width: parent.width
            text: qsTr("Settings")
            iconName: "settings"
            current: popup.visible
            collapsed: root.collapsed
            onClicked: popup.visible = !popup.visible

            T.Popup {
                id: popup

                x: root.LayoutMirroring.enabled ? -width : settings.width + 8
                y: settings.height - implicitHeight
                width: 268
                implicitHeight: body.implicitHeight + 32
                padding: 16
                focus: true
                closePolicy: T.Popup.CloseOnEscape | T.Popup.CloseOnPressOutsideParent

                background: Rectangle {
                    color: Theme.raised
                    border.color: Theme.border2
                    radius: Theme.radius
                }
                contentItem: Column {
                    id: body

                    spacing: 12

                    SectionTitle {
                        text: settings.text
                    }
                    Segmented {
                        focus: true
                        label: qsTr("Theme")
                        current: UiSettings.theme
                        items: [
                            {
                                value: "dark",
                                text: qsTr("Dark")
                            },
                            {
                                value: "light",
                                text: qsTr("Light")
                            },
                            {
                                value: "system",
                                text: qsTr("As the system")
                            }
                        ]
                        onChosen: value => UiSettings.theme = value
                    }
                    MCheck {
                        text: qsTr("Reduce motion")
                        held: UiSettings.reducedMotion
                        onToggled: UiSettings.reducedMotion = checked
                    }
                    PlainLabel {
                        text: qsTr("Muster %1").arg(UiSettings.version)
                        color: Theme.t3
                        font.pixelSize: Theme.captionSize
                    }
                }
            }
        }
    }
}
