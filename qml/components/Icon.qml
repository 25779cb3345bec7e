// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Muster

Image {
    id: root

    property string name
    property color color: Theme.t2
    property int size: 16

    source: name === "" ? "" : "image://icon/" + name + "/" + color.toString().slice(-6)
    sourceSize.width: size
    sourceSize.height: size
    width: size
    height: size
    Accessible.ignored: true
}
