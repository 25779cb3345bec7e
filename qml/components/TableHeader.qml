// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Muster

// Titles over a GroupedTable: click sorts (with Shift, by several), drag reorders, the grip at the end resizes and
// its double click returns the width to its own. By keys: Left and Right go from title to title, Enter or Space sorts
// (with Shift, by several), Alt+Left and Alt+Right move the column, Shift+Left and Shift+Right resize it, Backspace
// returns the width to its own, Down leads to the rows.
FocusScope {
    id: root

    required property TableModel model
    required property var widths ///< 0: dropped
    required property int lastColumn
    property real contentX: 0
    property int revision: 0 ///< counts changes of the columns, so that the titles are read again

    signal resized(int column, int width)
    signal reached(int column) ///< by keys: it should be in sight
    signal leftDown ///< down to the rows

    property int current: 0

    property int dragFrom: -1
    property int dragTo: -1

    implicitHeight: Theme.tableHeader
    clip: true
    Accessible.role: Accessible.Row
    Accessible.name: qsTr("Columns")

    function leftOf(column: int): real {
        let x = 0
        for (let i = 0; i < column && i < widths.length; ++i)
            x += widths[i]
        return x
    }

    function focusTitle(column: int, step: int) {
        let next = Math.max(0, Math.min(widths.length - 1, column))
        while (widths[next] === 0)
            next += step
        if (!(widths[next] > 0))
            return
        current = next
        const title = titles.itemAt(current)
        if (title)
            title.forceActiveFocus(Qt.TabFocusReason)
        reached(current)
    }

    function moveTitle(column: int, to: int) {
        if (!model.moveColumn(column, to))
            return
        moved.to = to
        moved.step = to < column ? -1 : 1
        moved.restart()
    }

    Timer {
        id: moved

        property int to
        property int step

        interval: 0 // when the titles are in their new places
        onTriggered: root.focusTitle(to, step)
    }

    function columnAt(x: real): int {
        let edge = 0
        for (let i = 0; i < widths.length; ++i) {
            if (x < edge + widths[i] / 2)
                return i
            edge += widths[i]
        }
        return widths.length
    }

    Rectangle {
        anchors.fill: parent
        color: Theme.raised
    }
    HLine {
        anchors.bottom: parent.bottom
        width: parent.width
    }
    Item {
        x: -root.contentX
        height: parent.height
        width: root.leftOf(root.widths.length)

        Repeater {
            id: titles

            model: root.widths.length

            delegate: Item {
                id: title

                required property int index
                readonly property int revision: root.revision
                readonly property string text: revision >= 0 ? root.model.columnTitle(index) : ""
                readonly property bool rightAligned: revision >= 0 && root.model.columnRightAligned(index)
                readonly property int direction: revision >= 0 ? root.model.sortDirection(index) : -1
                readonly property int rank: revision >= 0 ? root.model.sortRank(index) : 0
                readonly property bool manyKeys: revision >= 0 && root.model.sortKeys.length > 1
                readonly property bool lastColumn: index === root.lastColumn

                objectName: "title" + index
                visible: width > 0
                x: root.leftOf(index)
                width: root.widths[index] ?? 0
                height: root.height - 1
                Accessible.role: Accessible.ColumnHeader
                Accessible.name: text
                focus: index === root.current
                activeFocusOnTab: index === root.current
                onActiveFocusChanged: if (activeFocus)
                    root.current = index
                Accessible.focusable: true
                Accessible.description: {
                    if (direction < 0)
                        return qsTr("Not sorted")
                    const order = direction === 0 ? qsTr("Ascending") : qsTr("Descending")
                    return manyKeys ? qsTr("%1, sort key %2").arg(order).arg(rank) : order
                }
                Accessible.onPressAction: root.model.sortByColumn(index, false)

                Keys.onPressed: event => {
                    const shift = (event.modifiers & Qt.ShiftModifier) !== 0
                    switch (event.key) {
                    case Qt.Key_Left:
                    case Qt.Key_Right: {
                        const step = event.key === Qt.Key_Right ? 1 : -1
                        if (event.modifiers & Qt.AltModifier)
                            root.moveTitle(index, index + step)
                        else if (shift)
                            root.resized(index, Math.max(32, width + 8 * step))
                        else
                            root.focusTitle(index + step, step)
                        break
                    }
                    case Qt.Key_Home:
                        root.focusTitle(0, 1)
                        break
                    case Qt.Key_End:
                        root.focusTitle(root.widths.length - 1, -1)
                        break
                    case Qt.Key_Backspace:
                        root.resized(index, 0)
                        break
                    case Qt.Key_Space:
                    case Qt.Key_Return:
                    case Qt.Key_Enter:
                        if (event.modifiers & Qt.ControlModifier) {
                            event.accepted = false
                            return
                        }
                        root.model.sortByColumn(index, shift)
                        break
                    case Qt.Key_Down:
                        root.leftDown()
                        break
                    default:
                        event.accepted = false
                        return
                    }
                    event.accepted = true
                }

                Rectangle {
                    anchors.fill: parent
                    color: Theme.hover
                    visible: hover.hovered || drag.active || title.activeFocus
                }
                Row {
                    readonly property int start: title.index === 0 ? 16 : 8
                    readonly property int end: title.lastColumn ? 16 : 8

                    x: title.rightAligned ? title.width - end - width : start
                    height: parent.height
                    spacing: 6
                    layoutDirection: Qt.LeftToRight

                    PlainLabel {
                        id: words

                        height: parent.height
                        width: Math.min(implicitWidth, title.width - parent.start - parent.end - (mark.visible ? 16 : 0))
                        text: title.text
                        font.pixelSize: Theme.captionSize
                        font.weight: title.direction >= 0 ? Font.DemiBold : Font.Normal
                        color: title.direction >= 0 ? Theme.t1 : Theme.t2
                        Accessible.ignored: true
                    }
                    Icon {
                        id: mark

                        visible: title.direction >= 0
                        anchors.verticalCenter: parent.verticalCenter
                        name: title.direction === 1 ? "triangle-down" : "triangle-up"
                        size: 10
                        color: Theme.accent
                    }
                    MonoLabel {
                        visible: title.direction >= 0 && title.manyKeys
                        height: parent.height
                        text: title.rank
                        font.pixelSize: 10
                        color: Theme.accent
                        Accessible.ignored: true
                    }
                }
                FocusFrame {
                    control: title
                }
                HoverHandler {
                    id: hover
                }
                MToolTip {
                    objectName: "titleTip"
                    visible: words.truncated && hover.hovered && !drag.active && !grip.pressed
                    text: title.text
                }
                TapHandler {
                    id: tap

                    onTapped: root.model.sortByColumn(title.index, (tap.point.modifiers & Qt.ShiftModifier) !== 0)
                }
                DragHandler {
                    id: drag

                    target: null
                    yAxis.enabled: false
                    dragThreshold: 8
                    onActiveChanged: {
                        if (active) {
                            root.dragFrom = title.index
                        } else {
                            const from = root.dragFrom, to = root.dragTo
                            root.dragFrom = -1
                            root.dragTo = -1
                            if (from >= 0 && to >= 0 && to !== from && to !== from + 1)
                                root.model.moveColumn(from, to > from ? to - 1 : to)
                        }
                    }
                    onCentroidChanged: if (active)
                        root.dragTo = root.columnAt(title.x + centroid.position.x)
                }
                MouseArea {
                    id: grip

                    property real startX
                    property int startWidth

                    x: parent.width - 5
                    z: 1
                    width: 9
                    height: parent.height
                    cursorShape: Qt.SplitHCursor
                    preventStealing: true
                    onPressed: mouse => {
                        startX = mapToItem(root, mouse.x, 0).x
                        startWidth = title.width
                    }
                    onPositionChanged: mouse => {
                        if (pressed)
                            root.resized(title.index, Math.max(32, startWidth + mapToItem(root, mouse.x, 0).x - startX))
                    }
                    onDoubleClicked: root.resized(title.index, 0)

                    Rectangle {
                        visible: hover.hovered || grip.pressed
                        anchors.horizontalCenter: parent.horizontalCenter
                        y: 6
                        width: 1
                        height: parent.height - 12
                        color: grip.pressed ? Theme.accent : Theme.border2
                    }
                }
            }
        }
        Rectangle {
            visible: root.dragTo >= 0
            x: root.leftOf(Math.max(0, root.dragTo)) - 1
            width: 2
            height: parent.height
            color: Theme.accent
        }
    }
}
