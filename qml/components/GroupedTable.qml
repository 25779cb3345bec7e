// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Muster

// The one table: groups that fold, several sort keys, columns to resize, move and choose, selection by row.
// Arrows, Home, End, PageUp and PageDown move; Left and Right fold; Space selects, Shift makes a range; Ctrl+A, Ctrl+C.
FocusScope {
    id: root

    required property TableModel model
    property int rowHeight: Theme.denseRow
    property string label
    property string layoutKey ///< where the columns' layout is remembered; empty: not at all
    property int currentRow: -1

    // TableView lays its columns out from the left in every locale; header and cells go with it.
    LayoutMirroring.enabled: false
    LayoutMirroring.childrenInherit: true

    readonly property int firstVisibleRow: Math.max(0, Math.floor(table.contentY / rowHeight))
    readonly property int rowsPerPage: Math.max(1, Math.floor(table.height / rowHeight) - 1)

    signal activated(string key)

    property var widths: []
    property int revision: 0
    property int anchorRow: -1

    /// Columns resized since the start: those do not give way to the others.
    property var resizedColumns: ({})

    // What a column may be narrowed to before the table scrolls sideways.
    function narrowest(column: int): int {
        const title = 7 * model.columnTitle(column).length + 26
        switch (model.columnKind(column)) {
        case CellKind.Identifier:
            return 136
        case CellKind.Presence:
        case CellKind.Outcome:
            return 96
        case CellKind.Time:
            return 150
        case CellKind.Bytes:
        case CellKind.Duration:
        case CellKind.Text:
            return Math.max(84, title)
        }
        return Math.max(72, title)
    }

    // What is left over goes to the column of names, as the eye starts there; what is missing is taken from where
    // there is room to give.
    function layoutColumns() {
        const count = model.columnCount()
        const next = []
        const slack = []
        let sum = 0, slackSum = 0, wide = -1
        for (let i = 0; i < count; ++i) {
            next.push(model.columnWidth(i))
            slack.push(resizedColumns[model.columnName(i)] ? 0 : Math.max(0, next[i] - narrowest(i)))
            sum += next[i]
            slackSum += slack[i]
            if (wide < 0 && model.columnKind(i) === CellKind.Identifier)
                wide = i
        }
        const missing = Math.min(sum - width, slackSum)
        if (missing > 0) {
            for (let i = 0; i < count; ++i)
                next[i] -= Math.ceil(missing * slack[i] / slackSum)
            sum = next.reduce((total, w) => total + w, 0)
        }
        if (count > 0 && sum < width)
            next[Math.max(0, wide)] += Math.floor(width - sum)
        widths = next
        ++revision
        table.forceLayout()
    }

    function resizeColumn(column: int, width: int) {
        resizedColumns[model.columnName(column)] = width > 0
        model.setColumnWidth(column, width)
    }

    function selectRow(row: int, modifiers: int) {
        if (row < 0 || row >= model.rowCount())
            return
        currentRow = row
        if (modifiers & Qt.ShiftModifier) {
            model.select(row, TableModel.Range)
        } else {
            model.select(row, modifiers & Qt.ControlModifier ? TableModel.Toggle : TableModel.Replace)
            anchorRow = row
        }
    }

    function moveTo(row: int, extend: bool) {
        const count = model.rowCount()
        if (count === 0)
            return
        currentRow = Math.max(0, Math.min(count - 1, row))
        reveal(currentRow)
        if (extend)
            model.select(currentRow, TableModel.Range)
    }

    function reveal(row: int) {
        const top = row * rowHeight
        if (top < table.contentY)
            table.contentY = top
        else if (top + rowHeight > table.contentY + table.height)
            table.contentY = top + rowHeight - table.height
    }

    function revealKey(key: string): bool {
        const row = model.rowOfKey(key)
        if (row < 0)
            return false
        selectRow(row, Qt.NoModifier)
        reveal(row)
        return true
    }

    function fold(row: int, open: bool) {
        model.setExpanded(row, open)
    }

    function rememberLayout() {
        if (layoutKey !== "")
            TableTools.saveLayout(model, layoutKey)
    }

    Component.onCompleted: {
        if (layoutKey !== "")
            TableTools.restoreLayout(model, layoutKey)
        layoutColumns()
    }
    onWidthChanged: relayout.restart()
    onModelChanged: relayout.restart()

    Timer {
        id: relayout

        interval: 0
        onTriggered: root.layoutColumns()
    }
    Timer {
        id: remember

        interval: 800
        onTriggered: root.rememberLayout()
    }
    Connections {
        target: root.model

        function onColumnsChanged() {
            relayout.restart()
            remember.restart()
        }
        function onSortChanged() {
            ++root.revision
        }
        function onModelReset() {
            relayout.restart()
        }
        function onColumnsInserted() {
            relayout.restart()
        }
        function onColumnsRemoved() {
            relayout.restart()
        }
    }

    Accessible.role: Accessible.Table
    Accessible.name: label
    Accessible.description: qsTr("%n row(s)", "", model.rowShown)

    Keys.onPressed: event => {
        const extend = (event.modifiers & Qt.ShiftModifier) !== 0
        const control = (event.modifiers & Qt.ControlModifier) !== 0
        switch (event.key) {
        case Qt.Key_Down:
            moveTo(currentRow + 1, extend)
            break
        case Qt.Key_Up:
            moveTo(currentRow - 1, extend)
            break
        case Qt.Key_PageDown:
            moveTo(currentRow + rowsPerPage, extend)
            break
        case Qt.Key_PageUp:
            moveTo(currentRow - rowsPerPage, extend)
            break
        case Qt.Key_Home:
            moveTo(0, extend)
            break
        case Qt.Key_End:
            moveTo(model.rowCount() - 1, extend)
            break
        case Qt.Key_Left:
        case Qt.Key_Right:
            if (currentRow < 0)
                return
            if (event.key === Qt.Key_Right) {
                fold(currentRow, true)
            } else if (model.isGroup(currentRow) && groupIsOpen(currentRow)) {
                fold(currentRow, false)
            } else {
                const parentRow = model.parentRow(currentRow)
                if (parentRow >= 0)
                    moveTo(parentRow, false)
            }
            break
        case Qt.Key_Space:
            if (extend)
                model.select(currentRow, TableModel.Range)
            else if (currentRow >= 0)
                model.select(currentRow, TableModel.Toggle)
            break
        case Qt.Key_Return:
        case Qt.Key_Enter:
            if (control || currentRow < 0) {
                event.accepted = false
                return
            }
            if (model.isGroup(currentRow))
                fold(currentRow, !groupIsOpen(currentRow))
            else
                activated(model.keyAt(currentRow))
            break
        case Qt.Key_A:
            if (!control)
                return
            model.selectAll()
            break
        case Qt.Key_C:
            if (!control)
                return
            model.copySelection()
            break
        case Qt.Key_Escape:
            if (model.selectedCount === 0) {
                event.accepted = false
                return
            }
            model.clearSelection()
            break
        default:
            return
        }
        event.accepted = true
    }

    function onChevron(row: int, x: real): bool {
        if (row < 0 || row >= model.rowCount() || !model.isGroup(row))
            return false
        const depth = Number(model.data(model.index(row, 0), TableModel.DepthRole))
        return x < 16 + 16 * depth + 18
    }

    function groupIsOpen(row: int): bool {
        return model.data(model.index(row, 0), TableModel.ExpandedRole) === true
    }

    TableHeader {
        id: header

        width: parent.width
        model: root.model
        widths: root.widths
        contentX: table.contentX
        revision: root.revision
        onResized: (column, width) => root.resizeColumn(column, width)
    }
    Item {
        anchors.top: header.bottom
        anchors.bottom: parent.bottom
        width: parent.width
        clip: true

        Rectangle {
            width: parent.width
            height: Math.min(parent.height, Math.max(0, root.shownRows * root.rowHeight - table.contentY))
            color: Theme.grid
        }
        TableView {
            id: table

            objectName: "rows"
            anchors.fill: parent
            model: root.model
            focus: true
            activeFocusOnTab: true
            boundsBehavior: Flickable.StopAtBounds
            flickableDirection: Flickable.AutoFlickIfNeeded
            pixelAligned: true
            reuseItems: true
            keyNavigationEnabled: false
            pointerNavigationEnabled: false
            animate: false
            columnSpacing: 0
            rowSpacing: 1
            columnWidthProvider: column => root.widths[column] ?? 100
            rowHeightProvider: () => root.rowHeight - 1
            delegate: TableCell {
                lastColumn: column === root.widths.length - 1
                grouped: root.model.groupBy.length > 0
            }

            Rectangle {
                visible: pointer.hovered && pointer.row >= 0 && pointer.row < root.shownRows && !table.moving
                z: 2
                y: pointer.row * root.rowHeight
                width: Math.max(table.width, table.contentWidth)
                height: root.rowHeight - 1
                color: Theme.hoverVeil
            }
            Rectangle {
                visible: root.activeFocus && root.currentRow >= 0 && root.currentRow < root.shownRows
                z: 3
                x: table.contentX
                y: root.currentRow * root.rowHeight - 1
                width: table.width
                height: root.rowHeight + 1
                color: "transparent"
                border.color: Theme.accent
            }
            TapHandler {
                id: tap

                onTapped: eventPoint => {
                    const row = Math.floor(eventPoint.position.y / root.rowHeight)
                    root.forceActiveFocus(Qt.MouseFocusReason)
                    if (root.onChevron(row, eventPoint.position.x))
                        root.fold(row, !root.groupIsOpen(row))
                    else
                        root.selectRow(row, tap.point.modifiers)
                }
                onDoubleTapped: eventPoint => {
                    const row = Math.floor(eventPoint.position.y / root.rowHeight)
                    if (root.onChevron(row, eventPoint.position.x))
                        return
                    if (root.model.isGroup(row))
                        root.fold(row, !root.groupIsOpen(row))
                    else
                        root.activated(root.model.keyAt(row))
                }
            }
        }
        HoverHandler {
            id: pointer

            readonly property int row: Math.floor((point.position.y + table.contentY) / root.rowHeight)
        }
        SlimScrollBar {
            id: vertical

            anchors.right: parent.right
            height: parent.height
            orientation: Qt.Vertical
            size: table.visibleArea.heightRatio
            position: table.visibleArea.yPosition
            active: table.moving || pointer.hovered
            onPositionChanged: if (pressed)
                table.contentY = position * table.contentHeight
        }
        SlimScrollBar {
            anchors.bottom: parent.bottom
            width: parent.width
            orientation: Qt.Horizontal
            size: table.visibleArea.widthRatio
            position: table.visibleArea.xPosition
            active: table.moving
            onPositionChanged: if (pressed)
                table.contentX = position * table.contentWidth
        }
    }

    readonly property int shownRows: table.rows
}
