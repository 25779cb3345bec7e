// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Templates as T

// A popup that is made when it is first opened.
QtObject {
    id: root

    required property Item host
    default property Component content
    property T.Popup popup: null
    readonly property bool visible: popup !== null && popup.visible

    function open() {
        if (popup === null)
            popup = content.createObject(host) as T.Popup
        popup.open()
    }
}
