// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Muster

// The one table: groups that fold, several sort keys, columns to resize, move and choose, selection by row.
// Arrows, Home, End, PageUp and PageDown move; Left and Right fold; Space selects, Shift makes a range; Ctrl+A, Ctrl+C.
// Ctrl+Left and Ctrl+Right go from cell to cell, Ctrl+F1 says all about one. Tab leads from the titles to the rows.
FocusScope {
    id: root

    required property TableModel model
    property int rowHeight: Theme.denseRow
    property string label
    property string told ///< name of the column that says what a row is about: heard with it, and shown in full at the keys
    property string layoutKey ///< where the columns' layout is remembered; empty: not at all
    property int currentRow: -1 ///< follows the model's, which goes where its row goes
    property int currentColumn: 0

    // TableView lays its columns out from the left in every locale; header and cells go with it.
    LayoutMirroring.enabled: false
    LayoutMirroring.childrenInherit: true

    readonly property int firstVisibleRow: Math.max(0, Math.floor(table.contentY / rowHeight))
    readonly property int rowsPerPage: Math.max(1, Math.floor(table.height / rowHeight) - 1)

    signal activated(string key)

    property var widths: [] ///< 0: dropped
    readonly property int lastColumn: widths.reduce((last, w, i) => w > 0 ? i : last, 0)
    property int revision: 0
    property int spoken: 0 ///< counts changes of the row under the keys
    property int lastRow: 0 ///< where the current row was before it went out of sight

    function layoutColumns() {
        widths = fitter.fit(width)
        ++revision
    }

    function leftOf(column: int): real {
        let x = 0
        for (let i = 0; i < column && i < widths.length; ++i)
            x += widths[i]
        return x
    }

    /// The column at a place of the content; -1 beside them.
    function columnAt(x: real): int {
        let edge = 0
        for (let i = 0; i < widths.length; ++i) {
            edge += widths[i]
            if (x < edge)
                return x < 0 ? -1 : i
        }
        return -1
    }

    /// What a cell's tooltip says; empty when the cell itself says as much.
    function exactText(row: int, column: int): string {
        const exact = model.toolTipText(row, column)
        const cell = table.itemAtCell(Qt.point(column, row)) as TableCell
        return exact !== model.shownText(row, column) || (cell && cell.cut) ? exact : ""
    }

    function showToolTip(row: int, column: int) {
        toolTip.text = exactText(row, column)
        toolTip.history = model.cellHistory(row, column)
        if (toolTip.empty) {
            toolTip.close()
            return
        }
        over.row = row
        over.column = column
        toolTip.open()
    }

    function toldColumn(): int {
        for (let i = 0; told !== "" && i < model.columnCount(); ++i) {
            if (model.columnName(i) === told)
                return i
        }
        return -1
    }

    /// What the row that the keys came to is about, where its cell has no room for all of it.
    function tell() {
        const about = toldColumn()
        if (about >= 0 && (widths[about] ?? 0) > 0 && currentRow >= 0 && rows.activeFocus)
            showToolTip(currentRow, about)
    }

    /// For those who hear the table: what heads the line, and of a group how it stands.
    function spokenRow(row: int): string {
        const text = model.shownText(row, 0)
        if (!model.isGroup(row)) {
            const about = toldColumn()
            return about > 0 ? text + ", " + model.toolTipText(row, about) : text
        }
        const count = Number(model.data(model.index(row, 0), TableModel.CountRole))
        return groupIsOpen(row) ? qsTr("%1, open group of %Ln row(s)", "", count).arg(text) : qsTr("%1, folded group of %Ln row(s)", "", count).arg(text)
    }

    /// For those who hear the table: the cell under the keys, and all that its tooltip would say.
    function spokenDetails(row: int, column: int): string {
        let said = exactText(row, column)
        const add = part => said += said === "" || part === "" ? part : "; " + part
        if (model.isChanged(row, column))
            add(qsTr("changed in this round"))
        for (const entry of model.cellHistory(row, column))
            add(toolTip.line(entry))
        return said
    }

    function moveToColumn(column: int) {
        if (currentRow < 0 || widths.length === 0)
            return
        let next = column
        while (widths[next] === 0)
            next += column < currentColumn ? -1 : 1
        if (next < 0 || next >= widths.length)
            return
        currentColumn = next
        const left = leftOf(currentColumn), right = left + widths[currentColumn]
        if (left < table.contentX)
            table.contentX = left
        else if (right > table.contentX + table.width)
            table.contentX = Math.min(left, right - table.width)
        showToolTip(currentRow, currentColumn)
    }

    function selectRow(row: int, modifiers: int) {
        if (row < 0 || row >= model.rowCount())
            return
        if (modifiers & Qt.ShiftModifier)
            model.select(row, TableModel.Range)
        else
            model.select(row, modifiers & Qt.ControlModifier ? TableModel.Toggle : TableModel.Replace)
    }

    function moveTo(row: int, extend: bool) {
        const count = model.rowCount()
        if (count === 0)
            return
        toolTip.close()
        const to = Math.max(0, Math.min(count - 1, row))
        if (extend)
            model.select(to, TableModel.Range) // from where the arrows were last without Shift
        else
            currentRow = to
        reveal(to)
        if (told !== "")
            telling.restart()
    }

    // From where the row under the keys was, if it is not shown any more.
    function step(by: int, extend: bool) {
        moveTo(currentRow >= 0 ? currentRow + by : by > 0 ? lastRow + by - 1 : lastRow + by, extend)
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

    Component.onCompleted: {
        if (layoutKey !== "")
            TableTools.restoreLayout(model, layoutKey)
        layoutColumns()
        behind.count()
    }
    Component.onDestruction: if (remember.running)
        remember.save()
    onWidthChanged: relayout.restart()
    onModelChanged: {
        currentRow = model.currentRow
        relayout.restart()
        behind.count()
    }
    onCurrentRowChanged: {
        if (currentRow >= 0)
            lastRow = currentRow
        model.currentRow = currentRow
    }

    ColumnWidths {
        id: fitter

        model: root.model
    }
    Timer {
        id: telling

        interval: 0 // when the row has its cells
        onTriggered: root.tell()
    }
    Timer {
        id: relayout

        interval: 0
        onTriggered: root.layoutColumns()
    }
    Timer {
        id: remember

        property TableModel edited ///< who may not be shown any more by then
        property string key

        function later() {
            if (running && (edited !== root.model || key !== root.layoutKey))
                save()
            edited = root.model
            key = root.layoutKey
            restart()
        }

        function save() {
            stop()
            if (key !== "")
                TableTools.saveLayout(edited, key)
        }

        interval: 800
        onTriggered: save()
    }
    // A TableView of Qt 6.4 that is made a little at a time forgets rows that come meanwhile, until it is scrolled: it is
    // reminded.
    Timer {
        id: behind

        property int lines: 0
        property int times: 0

        function count() {
            lines = root.model.rowCount()
        }

        interval: 100
        repeat: true
        running: root.visible && lines !== table.rows
        onTriggered: ++times
    }
    Connections {
        target: root.model

        function onRowsInserted() {
            behind.count()
        }
        function onRowsRemoved() {
            behind.count()
        }
        function onColumnsChanged() {
            relayout.restart()
        }
        function onLayoutEdited() {
            remember.later()
        }
        function onCopyFailed(message: string) {
            Notices.error(message)
        }
        function onSortChanged() {
            ++root.revision
        }
        function onGroupByChanged() {
            relayout.restart()
        }
        function onAggregatesChanged() {
            relayout.restart()
        }
        function onCurrentRowChanged() {
            root.currentRow = root.model.currentRow
        }
        // What is read stays where it is while rows come and go above, first of all the row under the pointer.
        function onLinesAboutToMove() {
            if (table.contentY <= 0 || table.moving || vertical.pressed)
                return
            const last = Math.floor((table.contentY + table.height - 1) / root.rowHeight)
            const held = pointer.hovered ? pointer.row : root.currentRow
            root.model.keepInView(root.firstVisibleRow, last, held >= root.firstVisibleRow && held <= last ? held : root.firstVisibleRow)
        }
        function onLinesMoved(by: int) {
            table.contentY = Math.max(0, table.contentY + by * root.rowHeight)
        }
        function onModelReset() {
            behind.count()
            toolTip.close()
            relayout.restart()
        }
        function onLayoutChanged() {
            toolTip.close()
        }
        function onColumnsInserted() {
            relayout.restart()
        }
        function onColumnsRemoved() {
            relayout.restart()
        }
    }

    Connections {
        target: root.model
        enabled: rows.activeFocus // tables change all the time, and nobody hears them

        function onDataChanged(topLeft: var, bottomRight: var) {
            if (topLeft.row <= root.currentRow && root.currentRow <= bottomRight.row)
                ++root.spoken
        }
    }

    Accessible.role: Accessible.Table
    Accessible.name: label
    Accessible.description: qsTr("%Ln row(s)", "", model.rowShown)

    Keys.onPressed: event => {
        const extend = (event.modifiers & Qt.ShiftModifier) !== 0
        const control = (event.modifiers & Qt.ControlModifier) !== 0
        switch (event.key) {
        case Qt.Key_Down:
            step(1, extend)
            break
        case Qt.Key_Up:
            step(-1, extend)
            break
        case Qt.Key_PageDown:
            step(rowsPerPage, extend)
            break
        case Qt.Key_PageUp:
            step(-rowsPerPage, extend)
            break
        case Qt.Key_Home:
            moveTo(0, extend)
            break
        case Qt.Key_End:
            moveTo(model.rowCount() - 1, extend)
            break
        case Qt.Key_F1:
            if (!control || currentRow < 0)
                return
            showToolTip(currentRow, currentColumn)
            break
        case Qt.Key_Left:
        case Qt.Key_Right:
            if (currentRow < 0)
                return
            if (control)
                moveToColumn(currentColumn + (event.key === Qt.Key_Right ? 1 : -1))
            else if (event.key === Qt.Key_Right) {
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
            if (toolTip.visible) {
                toolTip.close()
                break
            }
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
        lastColumn: root.lastColumn
        contentX: table.contentX
        revision: root.revision
        onResized: (column, width) => root.model.setColumnWidth(column, width)
        onLeftDown: rows.forceActiveFocus(Qt.TabFocusReason)
        onReached: column => {
            const left = root.leftOf(column), right = left + root.widths[column]
            if (left < table.contentX)
                table.contentX = left
            else if (right > table.contentX + table.width)
                table.contentX = Math.min(left, right - table.width)
        }
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
            boundsBehavior: Flickable.StopAtBounds
            flickableDirection: Flickable.AutoFlickIfNeeded
            pixelAligned: true
            reuseItems: true
            keyNavigationEnabled: false
            pointerNavigationEnabled: false
            animate: false
            columnSpacing: 0
            rowSpacing: 1
            // Another function for other widths: the table asks it anew when it can, also while it is still being made.
            columnWidthProvider: {
                const widths = root.widths
                return column => widths[column] ?? 100
            }
            rowHeightProvider: {
                const height = root.rowHeight - 1 + 0 * behind.times // another function with each of them
                return () => height
            }
            delegate: TableCell {
                lastColumn: column === root.lastColumn
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
            onMovementStarted: toolTip.close()

            // The row under the keys, as its frame and as what a screen reader finds where the focus is.
            Rectangle {
                id: rows

                readonly property bool shown: root.currentRow >= 0 && root.currentRow < root.shownRows

                objectName: "currentRow"
                focus: true
                activeFocusOnTab: true
                z: 3
                x: table.contentX
                y: root.currentRow * root.rowHeight - 1
                width: table.width
                height: root.rowHeight + 1
                color: "transparent"
                border.width: activeFocus && shown ? 1 : 0
                border.color: Theme.accent
                Accessible.role: Accessible.Row
                Accessible.focusable: true
                Accessible.selectable: true
                Accessible.selected: root.spoken >= 0 && shown && root.model.selectedCount > 0 && root.model.data(root.model.index(root.currentRow, 0), TableModel.SelectedRole) === true
                Accessible.name: root.spoken < 0 || !activeFocus ? "" : !shown ? qsTr("No row") : qsTr("Row %1 of %2: %3").arg(root.currentRow + 1).arg(root.shownRows).arg(root.spokenRow(root.currentRow))
                Accessible.description: !activeFocus || !shown ? "" : qsTr("%1: %2", "column and cell").arg(root.model.columnTitle(root.currentColumn)).arg(root.model.shownText(root.currentRow, root.currentColumn)) + "; " + root.spokenDetails(root.currentRow, root.currentColumn)

                Rectangle {
                    visible: rows.activeFocus && rows.shown && root.currentColumn > 0
                    x: root.leftOf(root.currentColumn) - table.contentX
                    y: parent.height - 2
                    width: root.widths[root.currentColumn] ?? 0
                    height: 2
                    color: Theme.accent
                }
            }
            Item {
                id: over

                property int row: 0
                property int column: 0

                x: root.leftOf(column)
                y: row * root.rowHeight
                width: root.widths[column] ?? 0
                height: root.rowHeight - 1

                CellToolTip {
                    id: toolTip

                    objectName: "cellToolTip"
                }
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
            readonly property int column: root.columnAt(point.position.x + table.contentX)

            onRowChanged: dwell.over()
            onColumnChanged: dwell.over()
            onHoveredChanged: dwell.over()
        }
        Timer {
            id: dwell

            function over() {
                if (toolTip.visible)
                    toolTip.close()
                if (pointer.hovered)
                    restart()
                else
                    stop()
            }

            interval: 500
            onTriggered: if (!table.moving && pointer.hovered && pointer.row >= 0 && pointer.row < root.shownRows && pointer.column >= 0)
                root.showToolTip(pointer.row, pointer.column)
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
