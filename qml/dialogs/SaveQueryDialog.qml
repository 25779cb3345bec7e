// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Muster

// Under which name, and for whom, the composed question is kept.
MDialog {
    id: root

    readonly property QueryDocument document: Query.document
    readonly property QueryLibrary library: Query.library
    readonly property string wanted: name.text.trim()
    readonly property bool shares: forAll.checked
    readonly property bool replaces: visible && library.count >= 0 && wanted !== "" && library.idOfName(wanted, shares) !== ""
    readonly property string nameError: wanted.length > 80 ? qsTr("A name has at most 80 characters.") : ""

    function ask(suggested: string) {
        name.text = suggested
        forAll.held = document.shared && library.canShare
        forMe.held = !forAll.held
        forAll.checked = forAll.held
        forMe.checked = forMe.held
        open()
    }

    function store() {
        if (wanted === "" || nameError !== "" || document.saving)
            return
        document.saveAs(wanted, shares)
    }

    title: qsTr("Save query")
    width: 480
    implicitHeight: body.implicitHeight + 32
    onOpened: {
        name.forceActiveFocus()
        name.selectAll()
    }

    Connections {
        target: root.document

        function onSaved() {
            root.close()
        }
        function onChanged() {
            if (root.document.conflictText !== "")
                root.close()
        }
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

            objectName: "saveName"
            width: parent.width
            mono: false
            label: qsTr("Name")
            placeholderText: label
            errorText: root.nameError
            onAccepted: root.store()
        }
        Column {
            width: parent.width

            MRadio {
                id: forMe

                objectName: "saveHere"
                text: qsTr("On this computer")
            }
            MRadio {
                id: forAll

                objectName: "saveShared"
                enabled: root.library.canShare
                text: qsTr("In the account, for everybody who uses this fleet")
            }
            PlainLabel {
                visible: text !== ""
                leftPadding: 22
                width: parent.width
                text: root.library.canShare ? "" : root.library.cannotShareReason
                color: Theme.t3
                wrapMode: Text.Wrap
                elide: Text.ElideNone
            }
        }
        PlainLabel {
            visible: root.replaces
            width: parent.width
            text: root.shares ? qsTr("Replaces the query of this name for everybody. Give it another name to keep both.") : qsTr("Replaces the query that has this name there.")
            color: Theme.warn
            wrapMode: Text.Wrap
            elide: Text.ElideNone
        }
        PlainLabel {
            visible: text !== ""
            width: parent.width
            text: root.document.problem
            color: Theme.err
            wrapMode: Text.Wrap
            elide: Text.ElideNone
            Accessible.role: Accessible.AlertMessage
        }
        Row {
            anchors.right: parent.right
            spacing: 8

            MButton {
                text: qsTr("Cancel")
                onClicked: root.close()
            }
            MButton {
                objectName: "saveStore"
                text: root.replaces ? qsTr("Replace") : qsTr("Save")
                kind: "primary"
                busy: root.document.saving
                enabled: root.wanted !== "" && root.nameError === ""
                disabledReason: root.nameError !== "" ? root.nameError : qsTr("Say under which name.")
                onClicked: root.store()
            }
        }
    }
}
