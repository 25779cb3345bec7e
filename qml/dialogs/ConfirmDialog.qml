// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Templates as T
import Muster

// Says what will happen before it does. With `count` above 100, that number must be typed first.
T.Dialog {
    id: root

    property string text
    property string details
    property string confirmText
    property bool destructive: false
    property int count: 0

    readonly property bool mustType: count > 100

    parent: T.Overlay.overlay
    x: parent ? Math.round((parent.width - width) / 2) : 0
    y: parent ? Math.round((parent.height - height) / 3) : 0
    width: 440
    implicitHeight: body.implicitHeight + 32
    padding: 16
    modal: true
    focus: true
    closePolicy: T.Popup.CloseOnEscape
    onOpened: {
        typed.clear()
        if (mustType)
            typed.forceActiveFocus()
        else
            no.forceActiveFocus(Qt.TabFocusReason)
    }

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
    contentItem: Column {
        id: body

        spacing: 12

        SectionTitle {
            width: parent.width
            text: root.title
            font.pixelSize: Theme.textSize
        }
        PlainLabel {
            width: parent.width
            text: root.text
            color: Theme.t2
            lineHeight: 20
            lineHeightMode: Text.FixedHeight
            wrapMode: Text.Wrap
            elide: Text.ElideNone
        }
        MonoLabel {
            visible: text !== ""
            width: parent.width
            text: root.details
            lineHeight: 20
            lineHeightMode: Text.FixedHeight
            wrapMode: Text.Wrap
            elide: Text.ElideNone
        }
        MTextField {
            id: typed

            visible: root.mustType
            width: parent.width
            label: qsTr("Type %1 to confirm").arg(root.count)
            placeholderText: label
            onAccepted: if (yes.enabled)
                yes.clicked()
        }
        Row {
            anchors.right: parent.right
            spacing: 8

            MButton {
                id: no

                text: qsTr("Cancel")
                onClicked: root.reject()
            }
            MButton {
                id: yes

                text: root.confirmText
                kind: root.destructive ? "destructive" : "primary"
                enabled: !root.mustType || typed.text.trim() === String(root.count)
                disabledReason: typed.label
                onClicked: root.accept()
            }
        }
    }
}
