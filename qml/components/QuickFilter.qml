// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Muster

// "Filter rows": any text, in any visible column. Esc clears.
MTextField {
    id: root

    property bool noMatch: false

    signal edited(string text)

    small: true
    mono: false
    iconName: "search"
    placeholderText: qsTr("Filter rows")
    implicitWidth: 152
    errorText: ""
    Accessible.description: noMatch ? qsTr("No row matches") : ""
    color: noMatch ? Theme.warn : Theme.t1
    onTextEdited: root.edited(text)
    Keys.onEscapePressed: event => {
        if (text !== "") {
            clear()
            edited("")
        } else {
            event.accepted = false
        }
    }
}
