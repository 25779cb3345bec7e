// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Muster

// A path and a button to look for it.
Item {
    id: root

    property alias text: path.text
    property alias placeholderText: path.placeholderText
    property alias errorText: path.errorText
    property alias label: path.label

    signal edited(string text)
    signal browseRequested
    signal accepted

    implicitHeight: path.implicitHeight
    height: implicitHeight

    MTextField {
        id: path

        width: parent.width - browse.width - 8
        onTextEdited: root.edited(text)
        onAccepted: root.accepted()
    }
    MButton {
        id: browse

        anchors.right: parent.right
        text: qsTr("Browse")
        iconName: "folder"
        Accessible.name: qsTr("Browse") + " " + root.label
        onClicked: root.browseRequested()
    }
}
