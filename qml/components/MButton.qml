// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Templates as T
import Muster

// Kinds: normal, primary (one a page), ghost, destructive. A disabled one says why when pointed at.
T.Button {
    id: root

    property string kind: "normal"
    property bool small: false
    property bool busy: false
    property string iconName
    property string shortcutText
    property string disabledReason
    property string tip
    property bool menuMark: false
    property bool leftAligned: false

    readonly property bool outlined: kind === "normal" || kind === "destructive"
    readonly property color ink: !enabled ? Theme.t3 : kind === "primary" ? Theme.fillText : kind === "destructive" ? Theme.err : kind === "ghost" ? Theme.t2 : Theme.t1

    implicitHeight: small ? Theme.smallHeight : Theme.controlHeight
    implicitWidth: row.implicitWidth + leftPadding + rightPadding
    leftPadding: text === "" ? 6 : small ? 8 : 11
    rightPadding: leftPadding
    topPadding: 0
    bottomPadding: 0
    focusPolicy: Qt.StrongFocus
    hoverEnabled: true
    font.family: Theme.sans
    font.pixelSize: Theme.bodySize
    font.weight: kind === "ghost" ? Font.Normal : Font.Medium
    Accessible.role: Accessible.Button
    Accessible.name: text !== "" ? text : tip
    Accessible.description: enabled ? "" : disabledReason
    Accessible.onPressAction: if (root.enabled) root.clicked()
    Keys.onReturnPressed: root.clicked()
    Keys.onEnterPressed: root.clicked()

    contentItem: Item {
        implicitWidth: row.implicitWidth

        Row {
            id: row

            x: root.leftAligned ? 2 : Math.round((parent.width - width) / 2)
            anchors.verticalCenter: parent.verticalCenter
            spacing: 7
            opacity: root.enabled ? 1 : 0.6

            Icon {
                id: icon

                visible: root.iconName !== "" || root.busy
                anchors.verticalCenter: parent.verticalCenter
                name: root.busy ? "refresh" : root.iconName
                color: root.ink

                RotationAnimator on rotation {
                    from: 0
                    to: 360
                    duration: 900
                    loops: Animation.Infinite
                    running: root.busy && root.visible && !UiSettings.reducedMotion
                    onStopped: icon.rotation = 0
                }
            }
            PlainLabel {
                visible: text !== ""
                anchors.verticalCenter: parent.verticalCenter
                text: root.text
                font: root.font
                color: root.ink
                Accessible.ignored: true
            }
            KeyTag {
                visible: root.shortcutText !== ""
                anchors.verticalCenter: parent.verticalCenter
                text: root.shortcutText
                textColor: root.kind === "primary" && root.enabled ? Theme.fillText : Theme.t2
                border.color: root.kind === "primary" && root.enabled ? Theme.fillText : Theme.border2
            }
            Icon {
                visible: root.menuMark
                anchors.verticalCenter: parent.verticalCenter
                name: "chevron-down"
                color: root.ink
                size: 14
            }
        }
    }
    background: Rectangle {
        radius: Theme.radius
        color: {
            if (root.kind === "primary")
                return !root.enabled ? Theme.muteTint : root.down ? Qt.darker(Theme.fill, 1.15) : root.hovered ? Qt.lighter(Theme.fill, 1.08) : Theme.fill
            if (root.enabled && (root.hovered || root.down))
                return root.down ? Theme.select : Theme.hover
            return root.outlined ? Theme.raised : "transparent"
        }
        border.width: root.outlined ? 1 : 0
        border.color: root.kind === "destructive" ? Theme.err : root.enabled ? Theme.border2 : Theme.border

        FocusFrame {
            control: root
            shown: root.visualFocus
            border.color: root.kind === "primary" ? Theme.t1 : Theme.accent
        }
    }

    // A disabled control gets no hover of its own.
    HoverHandler {
        id: pointer

        enabled: (root.disabledReason !== "" && !root.enabled) || root.tip !== ""
    }
    MToolTip {
        visible: pointer.hovered && text !== ""
        text: root.enabled ? root.tip : root.disabledReason
    }
}
