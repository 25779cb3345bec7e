// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Muster

// The fields of one connection.
Column {
    id: root

    readonly property var form: Connection.form
    readonly property var errors: Connection.formErrors
    readonly property string signIn: form.signIn ?? "none"

    signal submitted

    function focusFirst() {
        nameField.forceActiveFocus()
    }

    function browse(field: string, heading: string) {
        const picker = Qt.createComponent("../dialogs/FilePicker.qml").createObject(root, {
            "title": heading
        })
        picker.chosen.connect(path => Connection.setField(field, path))
        picker.visibleChanged.connect(() => {
            if (!picker.visible)
                picker.destroy()
        })
        picker.open()
    }

    spacing: 12

    FormRow {
        width: parent.width
        label: qsTr("Name")

        FormField {
            id: nameField

            objectName: "formName"
            field: "name"
            label: qsTr("Name")
            mono: false
        }
    }
    FormRow {
        width: parent.width
        label: qsTr("Servers")
        hint: qsTr("Muster tries them in turn and reconnects without asking.")

        FormField {
            objectName: "formServers"
            field: "servers"
            label: qsTr("Servers")
            placeholderText: "nats://127.0.0.1:4222"
        }
    }
    FormRow {
        width: parent.width
        label: qsTr("Sign in with")

        Segmented {
            label: qsTr("Sign in with")
            current: root.signIn
            items: [
                {
                    value: "none",
                    text: qsTr("Nothing")
                },
                {
                    value: "password",
                    text: qsTr("User and password")
                },
                {
                    value: "token",
                    text: qsTr("Token")
                },
                {
                    value: "creds",
                    text: qsTr("Credentials file")
                },
                {
                    value: "nkey",
                    text: qsTr("NKey seed")
                }
            ]
            onChosen: value => Connection.setField("signIn", value)
        }
    }
    FormRow {
        visible: root.signIn === "password"
        width: parent.width
        label: qsTr("User")

        FormField {
            field: "user"
            label: qsTr("User")
        }
    }
    FormRow {
        visible: root.signIn === "password"
        width: parent.width
        label: qsTr("Password")

        FormField {
            field: "password"
            label: qsTr("Password")
            echoMode: TextInput.Password
            Accessible.passwordEdit: true
        }
    }
    FormRow {
        visible: root.signIn === "token"
        width: parent.width
        label: qsTr("Token")

        FormField {
            field: "token"
            label: qsTr("Token")
            echoMode: TextInput.Password
            Accessible.passwordEdit: true
        }
    }
    FormRow {
        visible: root.signIn !== "password" && root.signIn !== "token"
        width: parent.width
        label: qsTr("Credentials file")
        hint: root.signIn === "creds" ? Connection.credsHint : ""
        hintGood: true

        FormFile {
            field: "credsFile"
            label: qsTr("Credentials file")
            enabled: root.signIn === "creds"
            placeholderText: enabled ? "~/keys/name.creds" : qsTr("Only for credentials sign in")
        }
    }
    FormRow {
        visible: root.signIn !== "password" && root.signIn !== "token"
        width: parent.width
        label: qsTr("NKey seed file")

        FormFile {
            field: "nkeyFile"
            label: qsTr("NKey seed file")
            enabled: root.signIn === "nkey"
            placeholderText: enabled ? "~/keys/name.nk" : qsTr("Only for NKey sign in")
        }
    }
    Item {
        width: parent.width
        height: 9

        HLine {
            y: 4
            width: parent.width
        }
    }
    FormRow {
        width: parent.width
        label: qsTr("TLS")

        Row {
            height: 28
            spacing: 16
            Accessible.role: Accessible.Grouping
            Accessible.name: qsTr("TLS")

            MRadio {
                height: parent.height
                text: qsTr("Required")
                held: root.form.tls === "required"
                onClicked: Connection.setField("tls", "required")
            }
            MRadio {
                height: parent.height
                text: qsTr("When the server asks")
                held: root.form.tls === "asked"
                onClicked: Connection.setField("tls", "asked")
            }
            MRadio {
                height: parent.height
                text: qsTr("Off")
                held: root.form.tls === "off"
                onClicked: Connection.setField("tls", "off")
            }
        }
    }
    FormRow {
        width: parent.width
        label: qsTr("CA certificate")

        FormFile {
            field: "caFile"
            label: qsTr("CA certificate")
            enabled: root.form.tls !== "off"
            placeholderText: qsTr("The system's")
        }
    }
    FormRow {
        width: parent.width
        label: qsTr("Client certificate")

        FormFile {
            field: "certFile"
            label: qsTr("Client certificate")
            enabled: root.form.tls !== "off"
            placeholderText: qsTr("None")
        }
    }
    FormRow {
        width: parent.width
        label: qsTr("Client key")

        FormFile {
            field: "keyFile"
            label: qsTr("Client key")
            enabled: root.form.tls !== "off"
            placeholderText: qsTr("None")
        }
    }
    Item {
        width: parent.width
        height: 9

        HLine {
            y: 4
            width: parent.width
        }
    }
    FormRow {
        id: lastFields

        width: parent.width
        label: qsTr("Subject prefix")

        Item {
            readonly property int third: Math.min(176, Math.floor(parent.width * 0.32))

            width: parent.width
            height: Math.max(prefix.height, domain.height)

            FormField {
                id: prefix

                field: "root"
                label: qsTr("Subject prefix")
                width: parent.third
            }
            PlainLabel {
                id: domainLabel

                anchors.right: domain.left
                anchors.rightMargin: 8
                height: 28
                text: qsTr("JetStream domain")
                color: Theme.t2
                Accessible.ignored: true
            }
            FormField {
                id: domain

                anchors.right: parent.right
                field: "domain"
                label: qsTr("JetStream domain")
                width: Math.max(90, parent.width - parent.third - domainLabel.implicitWidth - 32)
                placeholderText: qsTr("Default")
            }
        }
    }
    FormRow {
        width: parent.width
        label: qsTr("On start")

        Row {
            height: 28
            spacing: 16

            MCheck {
                height: parent.height
                text: qsTr("Connect to this one")
                held: root.form.connectOnStart ?? false
                onToggled: Connection.setField("connectOnStart", checked)
            }
            MCheck {
                height: parent.height
                text: qsTr("Read only")
                held: root.form.readOnly ?? false
                onToggled: Connection.setField("readOnly", checked)
            }
        }
    }

    // The form's map is the truth; a field shows it, and writes to it what is typed.
    component FormField: MTextField {
        id: formField

        required property string field
        readonly property string held: root.form[field] ?? ""

        width: parent.width
        text: held
        errorText: root.errors[field] ?? ""
        onHeldChanged: if (text !== held)
            text = held
        onTextEdited: Connection.setField(field, text)
        onAccepted: root.submitted()
    }
    component FormFile: FileField {
        id: formFile

        required property string field
        readonly property string held: root.form[field] ?? ""

        width: parent.width
        text: held
        errorText: enabled ? root.errors[field] ?? "" : ""
        onHeldChanged: if (text !== held)
            text = held
        onEdited: text => Connection.setField(field, text)
        onBrowseRequested: root.browse(field, label)
        onAccepted: root.submitted()
    }
}
