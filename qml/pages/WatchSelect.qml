// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Templates as T
import Muster

// How often a question is asked: once, or each so many seconds.
MSelect {
    id: root

    property int seconds: 0
    readonly property var usual: [0, 5, 10, 30, 60]
    readonly property var choices: (usual.includes(seconds) ? usual : usual.concat([seconds])).concat([-1])

    signal chosen(int n)

    small: false
    implicitWidth: 132
    label: qsTr("Watch")
    model: choices.map(n => ({
                value: n,
                text: n < 0 ? qsTr("Other ...") : n === 0 ? qsTr("Ask once") : qsTr("Every %1 s").arg(Words.count(n))
            }))
    currentIndex: choices.indexOf(seconds)
    onActivated: {
        const picked = Number(currentValue)
        if (picked < 0) {
            currentIndex = Qt.binding(() => root.choices.indexOf(root.seconds))
            own.open()
        } else {
            root.chosen(picked)
        }
    }

    T.Popup {
        id: own

        y: root.height + 2
        width: 220
        height: 76
        padding: 8
        margins: 8
        focus: true
        closePolicy: T.Popup.CloseOnEscape | T.Popup.CloseOnPressOutside
        onOpened: {
            field.text = String(root.seconds > 0 ? root.seconds : 15)
            field.forceActiveFocus()
            field.selectAll()
        }

        background: Rectangle {
            color: Theme.raised
            border.color: Theme.border2
            radius: Theme.radius
        }
        contentItem: Column {
            spacing: 8

            PlainLabel {
                text: qsTr("Seconds between two rounds, 1 to 86400")
                font.pixelSize: Theme.captionSize
                color: Theme.t2
            }
            Row {
                spacing: 8

                MTextField {
                    id: field

                    objectName: "ownSeconds"
                    width: 120
                    label: qsTr("Seconds between two rounds, 1 to 86400")
                    inputMethodHints: Qt.ImhDigitsOnly
                    validator: IntValidator {
                        bottom: 1
                        top: 86400
                    }
                    onAccepted: {
                        root.chosen(Number(text))
                        own.close()
                    }
                }
                MButton {
                    text: qsTr("Use")
                    enabled: field.acceptableInput
                    onClicked: field.accepted()
                }
            }
        }
    }
}
