// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Templates as T
import Muster

// One line of text. Set `label` to what stands beside it; `errorText` marks it invalid and shows below.
T.TextField {
    id: root

    property string label
    property string errorText
    property bool mono: true
    property string iconName
    property bool small: false

    implicitHeight: (small ? Theme.smallHeight : Theme.controlHeight) + (errorText !== "" ? message.implicitHeight + 4 : 0)
    implicitWidth: 200
    leftPadding: iconName === "" ? 9 : 30
    rightPadding: 9
    topPadding: 0
    bottomPadding: height - frame.height
    verticalAlignment: TextInput.AlignVCenter
    color: enabled ? Theme.t1 : Theme.t3
    selectionColor: Theme.fill
    selectedTextColor: Theme.fillText
    font.family: mono ? Theme.mono : Theme.sans
    font.kerning: !mono
    font.preferShaping: !mono
    font.pixelSize: Theme.bodySize
    selectByMouse: true
    hoverEnabled: true
    Accessible.role: Accessible.EditableText
    Accessible.name: label !== "" ? label : placeholderText
    Accessible.description: errorText

    background: Item {
        Rectangle {
            id: frame

            width: parent.width
            height: root.small ? Theme.smallHeight : Theme.controlHeight
            radius: Theme.radius
            color: root.enabled ? Theme.input : "transparent"
            border.width: root.activeFocus ? 2 : 1
            border.color: root.errorText !== "" ? Theme.err : root.activeFocus ? Theme.accent : root.enabled ? Theme.border2 : Theme.border

            Icon {
                visible: root.iconName !== ""
                x: root.LayoutMirroring.enabled ? parent.width - 8 - width : 8
                anchors.verticalCenter: parent.verticalCenter
                name: root.iconName
                color: Theme.t3
            }
            PlainLabel {
                visible: root.text === "" && root.preeditText === ""
                anchors.fill: parent
                anchors.leftMargin: root.leftPadding
                anchors.rightMargin: root.rightPadding
                text: root.placeholderText
                color: Theme.t3
                Accessible.ignored: true
            }
        }
        PlainLabel {
            id: message

            visible: root.errorText !== ""
            anchors.top: frame.bottom
            anchors.topMargin: 4
            width: parent.width
            text: root.errorText
            color: Theme.err
            font.pixelSize: Theme.captionSize
            wrapMode: Text.Wrap
            elide: Text.ElideNone
        }
    }
}
