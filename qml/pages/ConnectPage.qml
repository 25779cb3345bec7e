// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Templates as T
import Muster

// The first page: which server, how to sign in, and a test that explains. Or no server at all: the demo fleet.
FocusScope {
    id: root

    property bool canGoBack: false
    property string backText: qsTr("Back to the fleet")

    signal backRequested

    readonly property var formMap: Connection.form
    readonly property string formName: formMap.name ?? ""
    readonly property bool connecting: Connection.state === Connection.Connecting

    function submit() {
        Connection.connectForm()
    }

    Shortcut {
        sequence: "Ctrl+D"
        enabled: root.visible && !Connection.demoStarting && !Connection.demoConnected
        onActivated: Connection.startDemo()
    }

    Rectangle {
        anchors.fill: parent
        color: Theme.panel
    }
    Item {
        id: left

        anchors.top: parent.top
        anchors.bottom: status.top
        width: root.width < 1200 ? 320 : 376

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
        Row {
            x: root.LayoutMirroring.enabled ? parent.width - 25 - width : 25
            height: 64
            spacing: 12

            Logo {
                anchors.verticalCenter: parent.verticalCenter
                nameSize: 18
            }
            PlainLabel {
                height: parent.height
                text: qsTr("the roll-call for device fleets")
                color: Theme.t3
            }
        }
        SectionTitle {
            anchors.left: parent.left
            anchors.leftMargin: 24
            y: 65
            height: 28
            text: qsTr("Saved connections")
        }
        MButton {
            anchors.right: parent.right
            anchors.rightMargin: 24
            y: 65
            kind: "ghost"
            iconName: "plus"
            text: qsTr("New")
            onClicked: {
                Connection.newProfile()
                form.focusFirst()
            }
        }
        Flickable {
            id: lists

            anchors.top: parent.top
            anchors.topMargin: 96
            anchors.bottom: demo.top
            anchors.bottomMargin: 12
            width: parent.width - 1
            contentHeight: column.height
            clip: true
            boundsBehavior: Flickable.StopAtBounds
            T.ScrollBar.vertical: SlimScrollBar {}

            Column {
                id: column

                width: parent.width

                PlainLabel {
                    visible: saved.count === 0
                    leftPadding: 24
                    rightPadding: 24
                    width: parent.width
                    height: 40
                    text: qsTr("None yet. Fill in the form and save it.")
                    color: Theme.t3
                }
                ListView {
                    id: saved

                    objectName: "savedConnections"
                    x: 12
                    width: parent.width - 23
                    height: contentHeight
                    interactive: false
                    activeFocusOnTab: count > 0
                    model: Connection.profiles
                    Accessible.role: Accessible.List
                    Accessible.name: qsTr("Saved connections")
                    Keys.onReturnPressed: if (currentItem)
                        Connection.editProfile((currentItem as SavedConnection).name)

                    delegate: SavedConnection {
                        width: saved.width
                    }
                }
                Item {
                    visible: contexts.count > 0
                    width: parent.width
                    height: 68

                    SectionTitle {
                        anchors.left: parent.left
                        anchors.leftMargin: 24
                        y: 20
                        height: 24
                        text: qsTr("From the NATS command line")
                    }
                    MButton {
                        anchors.right: parent.right
                        anchors.rightMargin: 23
                        y: 20
                        small: true
                        enabled: Connection.contexts.checkedCount > 0
                        disabledReason: qsTr("Check the ones to import")
                        text: Connection.contexts.checkedCount > 0 ? qsTr("Import %1").arg(Connection.contexts.checkedCount) : qsTr("Import")
                        onClicked: Connection.importChecked()
                    }
                    MonoLabel {
                        anchors.left: parent.left
                        anchors.leftMargin: 24
                        y: 48
                        height: 20
                        width: parent.width - 48
                        text: Connection.contextFolder
                        font.pixelSize: Theme.captionSize
                        color: Theme.t3
                    }
                }
                Repeater {
                    id: contexts

                    model: Connection.contexts

                    delegate: Item {
                        id: context

                        required property int index
                        required property string name
                        required property string servers
                        required property bool checked
                        required property string unsupported

                        x: 24
                        width: column.width - 47
                        height: 28

                        MCheck {
                            id: check

                            width: Math.min(implicitWidth, parent.width - 60)
                            height: parent.height
                            mono: true
                            text: context.name
                            held: context.checked
                            enabled: context.unsupported === ""
                            Accessible.description: context.unsupported
                            onToggled: Connection.contexts.setChecked(context.index, checked)
                        }
                        MonoLabel {
                            anchors.left: check.right
                            anchors.leftMargin: 8
                            anchors.right: parent.right
                            height: parent.height
                            horizontalAlignment: Text.AlignRight
                            text: context.servers
                            font.pixelSize: Theme.captionSize
                            color: Theme.t3
                        }
                        HoverHandler {
                            id: contextHover
                        }
                        MToolTip {
                            visible: contextHover.hovered && text !== ""
                            text: context.unsupported
                        }
                    }
                }
            }
        }
        Rectangle {
            id: demo

            x: 12
            anchors.bottom: parent.bottom
            anchors.bottomMargin: 12
            width: parent.width - 25
            height: demoColumn.height + 24
            radius: Theme.radius
            color: Theme.panel
            border.color: Theme.border2

            Column {
                id: demoColumn

                x: 12
                y: 12
                width: parent.width - 24
                spacing: 8

                Row {
                    height: 22
                    spacing: 8

                    Icon {
                        anchors.verticalCenter: parent.verticalCenter
                        name: "laptop"
                    }
                    PlainLabel {
                        height: parent.height
                        text: qsTr("No fleet at hand?")
                        font.pixelSize: Theme.textSize
                        font.weight: Font.Medium
                    }
                }
                PlainLabel {
                    width: parent.width
                    text: qsTr("Starts a NATS server on 127.0.0.1 with 200 simulated devices on 4 sites. Nothing leaves this computer. Stops when Muster closes.")
                    color: Theme.t2
                    lineHeight: 20
                    lineHeightMode: Text.FixedHeight
                    wrapMode: Text.Wrap
                    elide: Text.ElideNone
                }
                PlainLabel {
                    objectName: "demoText"
                    visible: text !== ""
                    width: parent.width
                    text: Connection.demoText
                    color: Connection.demoStarting ? Theme.t2 : Theme.err
                    lineHeight: 20
                    lineHeightMode: Text.FixedHeight
                    wrapMode: Text.Wrap
                    elide: Text.ElideNone
                }
                MButton {
                    objectName: "startDemo"
                    width: parent.width
                    leftAligned: true
                    text: qsTr("Start a demo fleet on this computer")
                    iconName: "play"
                    shortcutText: qsTr("Ctrl D")
                    busy: Connection.demoStarting
                    enabled: !Connection.demoStarting && !Connection.demoConnected
                    disabledReason: Connection.demoConnected ? qsTr("The demo fleet runs") : qsTr("It is starting")
                    onClicked: Connection.startDemo()
                }
            }
        }
    }
    Item {
        id: heading

        anchors.left: left.right
        anchors.right: parent.right
        height: 64

        Row {
            anchors.left: parent.left
            anchors.leftMargin: 32
            height: 63
            spacing: 12

            PlainLabel {
                height: parent.height
                width: Math.min(implicitWidth, heading.width - actions.width - 200)
                text: root.formName === "" ? qsTr("New connection") : root.formName
                font.pixelSize: 18
                font.weight: Font.DemiBold
                Accessible.role: Accessible.Heading
            }
            PlainLabel {
                height: parent.height
                text: Connection.formDirty ? qsTr("edited") : ""
                color: Theme.t3
            }
        }
        Row {
            id: actions

            anchors.right: parent.right
            anchors.rightMargin: 32
            y: 18
            spacing: 8

            MButton {
                visible: root.canGoBack
                kind: "ghost"
                text: root.backText
                onClicked: root.backRequested()
            }
            MButton {
                kind: "ghost"
                text: qsTr("Duplicate")
                onClicked: Connection.duplicate()
            }
            MButton {
                kind: "ghost"
                iconName: "trash"
                text: qsTr("Delete")
                onClicked: removal.open()
            }
        }
        HLine {
            anchors.bottom: parent.bottom
            width: parent.width
        }
    }
    Flickable {
        id: scroller

        anchors.left: left.right
        anchors.right: parent.right
        anchors.top: heading.bottom
        anchors.bottom: footer.top
        contentHeight: form.height + 48
        clip: true
        boundsBehavior: Flickable.StopAtBounds
        T.ScrollBar.vertical: SlimScrollBar {}

        ConnectionForm {
            id: form

            x: root.LayoutMirroring.enabled ? scroller.width - 32 - width : 32
            y: 24
            width: Math.min(776, scroller.width - 64)
            onSubmitted: root.submit()
        }
    }
    Item {
        id: footer

        anchors.left: left.right
        anchors.right: parent.right
        anchors.bottom: status.top
        height: Math.max(128, result.height + 26)

        HLine {
            width: parent.width
        }
        TestResult {
            id: result

            anchors.left: parent.left
            anchors.leftMargin: 32
            anchors.right: buttons.left
            anchors.rightMargin: 24
            y: 13
            onPrepareRequested: preparation.open()
        }
        Row {
            id: buttons

            anchors.right: parent.right
            anchors.rightMargin: 32
            anchors.bottom: parent.bottom
            anchors.bottomMargin: 49
            spacing: 8

            MButton {
                text: Connection.testing ? qsTr("Cancel test") : qsTr("Test")
                iconName: "refresh"
                busy: Connection.testing
                onClicked: Connection.testing ? Connection.cancelTest() : Connection.test()
            }
            MButton {
                text: qsTr("Save")
                iconName: "bookmark"
                onClicked: if (Connection.save())
                    Notices.info(qsTr("Saved %1").arg(root.formName))
            }
            MButton {
                objectName: "connect"
                text: root.connecting ? qsTr("Connecting") : qsTr("Connect")
                kind: "primary"
                iconName: "plug"
                shortcutText: root.connecting ? "" : qsTr("Enter")
                busy: root.connecting
                onClicked: root.submit()
            }
        }
    }
    Item {
        id: status

        anchors.bottom: parent.bottom
        width: parent.width
        height: Theme.statusBar

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

            PlainLabel {
                height: parent.height
                text: qsTr("Muster %1").arg(UiSettings.version)
                font.pixelSize: Theme.captionSize
                color: Theme.t3
            }
            PlainLabel {
                height: parent.height
                text: qsTr("Secrets stay in the files above; Muster stores only their paths.")
                font.pixelSize: Theme.captionSize
                color: Theme.t3
            }
        }
        PlainLabel {
            anchors.right: parent.right
            anchors.rightMargin: 12
            height: parent.height
            text: root.connecting ? qsTr("Connecting") : Connection.state === Connection.Connected ? qsTr("Connected to %1").arg(Connection.currentName) : qsTr("Not connected")
            font.pixelSize: Theme.captionSize
            color: Theme.t3
        }
    }

    ConfirmDialog {
        id: removal

        title: qsTr("Delete this connection?")
        text: qsTr("%1 is removed from the list. The files it names stay where they are.").arg(root.formName === "" ? qsTr("It") : root.formName)
        confirmText: qsTr("Delete connection")
        destructive: true
        onAccepted: Connection.remove()
    }
    ConfirmDialog {
        id: preparation

        title: qsTr("Prepare the account?")
        text: qsTr("Creates these streams and buckets on %1. Nothing that exists is changed.").arg(root.formMap.servers ?? "")
        details: Connection.prepareText
        confirmText: qsTr("Create them")
        onAccepted: Connection.prepare()
    }

    component SavedConnection: T.AbstractButton {
        id: entry

        required property int index
        required property string name
        required property string servers
        required property string signIn
        required property var lastUsed
        required property bool current

        height: 48
        text: name
        focusPolicy: Qt.ClickFocus
        hoverEnabled: true
        Accessible.role: Accessible.ListItem
        Accessible.name: name
        Accessible.description: servers
        Accessible.selectable: true
        Accessible.selected: current
        Accessible.onPressAction: entry.clicked()
        onClicked: {
            saved.currentIndex = index
            Connection.editProfile(name)
        }
        onDoubleClicked: Connection.connectTo(name)

        contentItem: Item {
            Icon {
                x: entry.mirrored ? parent.width - 12 - width : 12
                anchors.verticalCenter: parent.verticalCenter
                name: "plug"
            }
            PlainLabel {
                anchors.left: parent.left
                anchors.leftMargin: 36
                anchors.right: tag.left
                anchors.rightMargin: 8
                y: 5
                height: 20
                text: entry.name
                font.weight: Font.Medium
                Accessible.ignored: true
            }
            Tag {
                id: tag

                anchors.right: parent.right
                anchors.rightMargin: 12
                y: 7
                text: entry.signIn
                visible: entry.signIn !== "" && entry.signIn !== "none"
            }
            MonoLabel {
                anchors.left: parent.left
                anchors.leftMargin: 36
                anchors.right: when.left
                anchors.rightMargin: 8
                y: 25
                height: 16
                text: entry.servers
                font.pixelSize: Theme.captionSize
                color: Theme.t3
                Accessible.ignored: true
            }
            PlainLabel {
                id: when

                anchors.right: parent.right
                anchors.rightMargin: 12
                y: 25
                height: 16
                text: Words.lastUse(entry.lastUsed)
                font.pixelSize: Theme.captionSize
                color: Theme.t3
                Accessible.ignored: true

                HoverHandler {
                    id: whenHover
                }
                MToolTip {
                    visible: whenHover.hovered && when.text !== ""
                    text: visible ? Words.bothTimes(entry.lastUsed) : ""
                }
            }
        }
        background: Rectangle {
            radius: Theme.radius
            color: entry.current ? Theme.select : entry.hovered ? Theme.hover : "transparent"

            FocusFrame {
                control: entry
                shown: saved.activeFocus && entry.ListView.isCurrentItem
            }
        }
    }
}
