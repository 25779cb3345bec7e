// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Templates as T
import Muster

// The frame of a dialog: in the middle of the window, its title read out, Esc closes.
T.Dialog {
    id: root

    parent: T.Overlay.overlay
    x: parent ? Math.round((parent.width - width) / 2) : 0
    y: parent ? Math.round((parent.height - height) / 3) : 0
    padding: 16
    modal: true
    focus: true
    closePolicy: T.Popup.CloseOnEscape

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
}
