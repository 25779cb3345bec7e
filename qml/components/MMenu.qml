// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Templates as T
import Muster

T.Menu {
    id: root

    implicitWidth: Math.max(200, contentItem.implicitWidth + 2)
    implicitHeight: contentItem.implicitHeight + topPadding + bottomPadding
    margins: 4
    topPadding: 5
    bottomPadding: 5
    leftPadding: 1
    rightPadding: 1
    overlap: 1

    contentItem: ListView {
        implicitHeight: contentHeight
        model: root.contentModel
        interactive: false
        currentIndex: root.currentIndex
    }
    background: Rectangle {
        color: Theme.raised
        border.color: Theme.border2
        radius: Theme.radius
    }
}
