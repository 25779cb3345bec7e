// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Muster

MDialog {
    id: root

    property string queryId
    readonly property string wanted: name.text.trim()

    function ask(id: string) {
        queryId = id
        name.text = Query.library.nameOf(id)
        open()
    }

    function store() {
        if (wanted === "" || wanted.length > 80)
            return
        Query.library.rename(queryId, wanted)
        close()
    }

    title: qsTr("Rename query")
    width: 420
    implicitHeight: body.implicitHeight + 32
    onOpened: {
        name.forceActiveFocus()
        name.selectAll()
    }

    contentItem: Column {
        id: body

        spacing: 12

        SectionTitle {
            width: parent.width
            text: root.title
            font.pixelSize: Theme.textSize
        }
        MTextField {
            id: name

            objectName: "renameName"
            width: parent.width
            mono: false
            label: qsTr("Name")
            errorText: root.wanted.length > 80 ? qsTr("A name has at most 80 characters.") : ""
            onAccepted: root.store()
        }
        Row {
            anchors.right: parent.right
            spacing: 8

            MButton {
                text: qsTr("Cancel")
                onClicked: root.close()
            }
            MButton {
                text: qsTr("Rename")
                kind: "primary"
                enabled: root.wanted !== "" && root.wanted.length <= 80
                disabledReason: qsTr("Say under which name.")
                onClicked: root.store()
            }
        }
    }
}
