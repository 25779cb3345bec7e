// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Muster

// All text of the window. Never markup: what devices say must not be run, loaded or drawn as anything but characters.
Text {
    textFormat: Text.PlainText
    font.family: Theme.sans
    font.pixelSize: Theme.bodySize
    color: Theme.t1
    // Said, so that it mirrors with the layout whatever the language of the text itself.
    horizontalAlignment: Text.AlignLeft
    verticalAlignment: Text.AlignVCenter
    elide: Text.ElideRight
    Accessible.role: Accessible.StaticText
    Accessible.name: text
}
