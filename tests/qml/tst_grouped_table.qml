// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtTest
import Muster
import MusterTest

Item {
    id: root

    width: 800
    height: 400

    GroupedTable {
        id: table

        anchors.fill: parent
        model: Fixtures.table
        label: "Results"
        layoutKey: "test"
    }
    Component {
        id: second

        GroupedTable {
            model: Fixtures.table
            layoutKey: "second"
        }
    }
    Component {
        id: narrow

        GroupedTable {
            width: 520
            height: 200
            model: Fleet.devices
        }
    }
    // As the fleet's pages are made behind the first frame.
    Component {
        id: later

        Loader {
            asynchronous: true
            sourceComponent: Item {
                property alias table: inner.item

                Loader {
                    id: inner

                    sourceComponent: GroupedTable {
                        width: 1400
                        height: 900
                        model: Fixtures.table
                    }
                }
                DevicesPage {
                    visible: false
                }
                QueryPage {
                    visible: false
                }
            }
        }
    }
    SignalSpy {
        id: notices

        target: Notices
        signalName: "posted"
    }
    ColumnChooser {
        id: chooser

        model: Fixtures.table
    }

    TestCase {
        name: "GroupedTable"
        when: windowShown

        readonly property TableModel model: Fixtures.table

        function init() {
            model.clearSelection()
            while (model.sortKeys.length > 0)
                model.sortByColumn(columnOf(model.sortKeys[0].column), false)
            Fixtures.fill(100)
            tryCompare(model, "rowShown", 100)
            tryVerify(() => !model.busy)
            table.currentRow = -1
            table.currentColumn = 0
            table.moveTo(0, false)
            table.forceActiveFocus()
            tryVerify(() => table.widths.length === model.columnCount())
        }

        function columnOf(name: string): int {
            for (let i = 0; i < model.columnCount(); ++i) {
                if (model.columnName(i) === name)
                    return i
            }
            return -1
        }

        function clickRow(row: int, modifiers: int) {
            mouseClick(table, 60, 28 + row * 24 + 12 - 0, Qt.LeftButton, modifiers)
        }

        function clickHeader(column: int, modifiers: int) {
            let x = 0
            for (let i = 0; i < column; ++i)
                x += table.widths[i]
            mouseClick(table, x + table.widths[column] / 2, 14, Qt.LeftButton, modifiers)
        }

        function cell(row: int, column: int): string {
            return model.data(model.index(row, column))
        }

        function leftOf(column: int): real {
            let x = 0
            for (let i = 0; i < column; ++i)
                x += table.widths[i]
            return x
        }

        function hover(row: int, column: int) {
            mouseMove(table, leftOf(column) + 20, 28 + row * 24 + 12)
            mouseMove(table, leftOf(column) + 22, 28 + row * 24 + 13)
        }

        function toolTip(): CellToolTip {
            return findChild(table, "cellToolTip") as CellToolTip
        }

        function title(column: int): Item {
            return findChild(table, "title" + column)
        }

        function rowItem(): Item {
            return findChild(table, "currentRow")
        }

        function test_aCutTitleIsToldInFull() {
            const column = 1
            model.setColumnWidth(column, 32)
            waitForRendering(table)
            const title = findChild(table, "title" + column)
            mouseMove(title, title.width / 2, title.height / 2)
            tryVerify(() => findChild(title, "titleTip").visible)
            compare(findChild(title, "titleTip").text, model.columnTitle(column))
            model.setColumnWidth(column, 0)
            tryVerify(() => !findChild(title, "titleTip").visible)
        }

        function test_timesHaveExactToolTips() {
            Fixtures.set("d-000", "seen_at", new Date(Date.UTC(2026, 0, 31, 8, 0, 0, 123)))
            tryVerify(() => columnOf("seen_at") >= 0)
            const at = columnOf("seen_at")
            tryVerify(() => table.widths.length === model.columnCount())
            hover(0, at)
            tryVerify(() => toolTip().visible)
            verify(toolTip().text.startsWith("2026-01-31 08:00:00.123 UTC\n"), toolTip().text)
            verify(toolTip().text.includes("local"))
            hover(3, columnOf("fw")) // says all it has
            tryVerify(() => !toolTip().visible)
            wait(600)
            verify(!toolTip().visible)
            model.setColumnVisible("seen_at", false)
        }

        function test_cutTextsHaveToolTips() {
            const text = "a text that is much longer than any column is wide ".repeat(8)
            Fixtures.set("d-001", "site", text)
            hover(1, columnOf("site"))
            tryVerify(() => toolTip().visible)
            compare(toolTip().text, text)
            verify(toolTip().width <= 480)
            keyClick(Qt.Key_Escape)
            tryVerify(() => !toolTip().visible)
        }

        function test_keysReachEveryCell() {
            const text = "a text that is much longer than any column is wide ".repeat(8)
            Fixtures.set("d-000", "site", text)
            compare(rowItem().activeFocus, true)
            for (let i = 0; i < columnOf("site"); ++i)
                keyClick(Qt.Key_Right, Qt.ControlModifier)
            compare(table.currentColumn, columnOf("site"))
            tryVerify(() => toolTip().visible)
            compare(toolTip().text, text)
            keyClick(Qt.Key_Escape)
            tryVerify(() => !toolTip().visible)
            keyClick(Qt.Key_F1, Qt.ControlModifier)
            tryVerify(() => toolTip().visible)
            keyClick(Qt.Key_Down)
            tryVerify(() => !toolTip().visible)
            keyClick(Qt.Key_Left, Qt.ControlModifier)
            compare(table.currentColumn, columnOf("site") - 1)
        }

        function test_screenReadersHear() {
            compare(table.Accessible.role, Accessible.Table)
            compare(table.Accessible.name, "Results")
            const row = rowItem()
            compare(row.Accessible.role, Accessible.Row)
            verify(row.Accessible.name.includes("1"), row.Accessible.name)
            verify(row.Accessible.name.includes("d-000"), row.Accessible.name)
            const cpu = columnOf("cpu.pct")
            table.moveToColumn(cpu)
            verify(row.Accessible.description.startsWith("cpu.pct: " + cell(0, cpu)), row.Accessible.description)
            const rows = findChild(table, "rows")
            tryVerify(() => rows.itemAtCell(Qt.point(0, 0))?.display === "d-000")
            const item = rows.itemAtCell(Qt.point(0, 0))
            compare(item.Accessible.role, Accessible.Cell)
            compare(item.Accessible.name, "d-000")
            compare(title(cpu).Accessible.role, Accessible.ColumnHeader)
            compare(title(cpu).Accessible.name, "cpu.pct")
            const unsorted = title(cpu).Accessible.description
            model.sortByColumn(cpu, false)
            const ascending = title(cpu).Accessible.description
            model.sortByColumn(cpu, false)
            const descending = title(cpu).Accessible.description
            model.sortByColumn(columnOf("fw"), true)
            verify(title(columnOf("fw")).Accessible.description.includes("2"), title(columnOf("fw")).Accessible.description)
            compare(new Set([unsorted, ascending, descending]).size, 3)
        }

        function test_screenReadersHearOfGroups() {
            const row = rowItem()
            model.setAllExpanded(true)
            model.groupBy = ["site"]
            tryVerify(() => model.isGroup(0))
            table.moveTo(1, false)
            table.moveTo(0, false)
            verify(row.Accessible.name.includes("ams-01, open group of 50 row(s)"), row.Accessible.name)
            compare(row.Accessible.selected, false)
            keyClick(Qt.Key_Left)
            verify(row.Accessible.name.includes("ams-01, folded group of 50 row(s)"), row.Accessible.name)
            keyClick(Qt.Key_Space)
            compare(row.Accessible.selected, true)
            Fixtures.set("more", "site", "ams-01")
            tryVerify(() => row.Accessible.name.includes("51"))
            compare(row.Accessible.selected, false)
            keyClick(Qt.Key_Down)
            verify(row.Accessible.name.includes("waw-02, open"), row.Accessible.name)
        }

        function test_screenReadersHearOfColumns() {
            chooser.parent = table
            chooser.open()
            tryVerify(() => chooser.opened)
            const focused = () => table.Window.window.activeFocusItem
            compare(focused().Accessible.name, "device")
            compare(focused().Accessible.description, "pinned")
            keyClick(Qt.Key_Down)
            compare(focused().Accessible.role, Accessible.CheckBox)
            compare(focused().Accessible.name, "site")
            compare(focused().Accessible.checked, true)
            keyClick(Qt.Key_Space)
            compare(focused().Accessible.checked, false)
            keyClick(Qt.Key_Down, Qt.AltModifier)
            compare(focused().Accessible.name, "site")
            keyClick(Qt.Key_Up, Qt.AltModifier)
            keyClick(Qt.Key_Space)
            keyClick(Qt.Key_Escape)
            tryVerify(() => !chooser.visible)
        }

        function test_roundsMarkCells() {
            const cpu = columnOf("cpu.pct")
            const rows = findChild(table, "rows")
            const before = cell(2, cpu)
            Fixtures.beginRound(Date.now() - 5000)
            Fixtures.set("d-002", "cpu.pct", 99.5)
            tryVerify(() => rows.itemAtCell(Qt.point(cpu, 2))?.changed === true)
            compare(rows.itemAtCell(Qt.point(cpu, 1)).changed, false)
            verify(!Qt.colorEqual(rows.itemAtCell(Qt.point(cpu, 2)).color, rows.itemAtCell(Qt.point(cpu, 1)).color))
            compare(model.changedCells, 1)
            hover(2, cpu)
            tryVerify(() => toolTip().visible)
            compare(toolTip().history.length, 2)
            compare(toolTip().history[0].text, "99.5")
            compare(toolTip().history[1].text, before)
            keyClick(Qt.Key_Escape)
            table.moveTo(2, false)
            table.moveToColumn(cpu)
            verify(rowItem().Accessible.description.includes(before), rowItem().Accessible.description)
            Fixtures.beginRound(Date.now())
            tryVerify(() => !rows.itemAtCell(Qt.point(cpu, 2)).changed)
            Fixtures.endRounds()
            table.moveToColumn(cpu)
            compare(model.cellHistory(2, cpu).length, 0)
        }

        function test_titlesByKeys() {
            const cpu = columnOf("cpu.pct")
            keyClick(Qt.Key_Tab, Qt.ShiftModifier)
            verify(title(0).activeFocus)
            for (let i = 0; i < cpu; ++i)
                keyClick(Qt.Key_Right)
            verify(title(cpu).activeFocus)
            keyClick(Qt.Key_Return)
            compare(model.sortDirection(cpu), 0)
            keyClick(Qt.Key_Space)
            compare(model.sortDirection(cpu), 1)
            keyClick(Qt.Key_Left)
            keyClick(Qt.Key_Return, Qt.ShiftModifier)
            compare(model.sortKeys.length, 2)
            compare(model.sortRank(cpu - 1), 2)
            keyClick(Qt.Key_Right)

            const width = table.widths[cpu]
            keyClick(Qt.Key_Left, Qt.ShiftModifier)
            tryVerify(() => !model.columnWidthIsAutomatic(cpu) && model.columnWidth(cpu) === width - 8)
            keyClick(Qt.Key_Backspace)
            verify(model.columnWidthIsAutomatic(cpu))

            const name = model.columnName(cpu)
            keyClick(Qt.Key_Left, Qt.AltModifier)
            compare(model.columnName(cpu - 1), name)
            tryVerify(() => title(cpu - 1).activeFocus)
            keyClick(Qt.Key_Right, Qt.AltModifier)
            compare(model.columnName(cpu), name)
            tryVerify(() => title(cpu).activeFocus)
            keyClick(Qt.Key_Home)
            verify(title(0).activeFocus)
            keyClick(Qt.Key_End)
            verify(title(model.columnCount() - 1).activeFocus)
            keyClick(Qt.Key_Down)
            verify(rowItem().activeFocus)
        }

        function test_columnsAreChosen() {
            chooser.parent = table
            chooser.open()
            tryVerify(() => chooser.opened)
            const count = model.columnCount()
            keyClick(Qt.Key_Space)
            compare(model.columnCount(), count) // the devices' names are pinned
            keyClick(Qt.Key_Down)
            const name = model.columnName(1)
            keyClick(Qt.Key_Space)
            tryVerify(() => model.columnCount() === count - 1)
            keyClick(Qt.Key_Space)
            tryVerify(() => model.columnCount() === count)
            keyClick(Qt.Key_Up, Qt.AltModifier)
            compare(model.columnName(1), name)
            keyClick(Qt.Key_Down, Qt.AltModifier)
            compare(model.columnName(2), name)
            keyClick(Qt.Key_Up, Qt.AltModifier)
            compare(model.columnName(1), name)
            keyClick(Qt.Key_Escape)
            tryVerify(() => !chooser.visible)
        }

        function test_layoutIsRemembered() {
            const layout = key => String(UiSettings.value("table/" + key, ""))
            const site = columnOf("site")
            model.setColumnWidth(site, 222)
            tryVerify(() => layout("test").includes("222"))
            model.setColumnWidth(site, 111)
            TableTools.restoreLayout(model, "test")
            compare(model.columnWidth(site), 222)
            // Whoever leaves soon after has it kept as well.
            const other = second.createObject(table)
            model.setColumnWidth(site, 333)
            compare(layout("second"), "")
            other.destroy()
            tryVerify(() => layout("second").includes("333"))
            model.setColumnWidth(site, 0)
            tryVerify(() => !layout("test").includes("333"))
        }

        function test_scrollingStaysWhereRowsChangePlaces() {
            const rows = findChild(table, "rows")
            table.moveTo(99, false)
            const y = rows.contentY
            verify(y > 0)
            model.sortByColumn(columnOf("cpu.pct"), false)
            tryVerify(() => !model.busy)
            compare(rows.contentY, y)
        }

        function test_rowsStayUnderThePointerAndTheKeys() {
            const rows = findChild(table, "rows")
            model.sortByColumn(columnOf("device"), false)
            table.moveTo(99, false)
            table.moveTo(70, false)
            keyClick(Qt.Key_Up)
            compare(table.currentRow, 69)
            const name = cell(69, 0)
            const y = rows.contentY
            verify(y > 0)
            const top = () => rows.itemAtCell(Qt.point(0, table.firstVisibleRow))
            tryVerify(() => top() !== null)
            const first = top().display
            Fixtures.set("a-1", "site", "new") // above
            tryCompare(table, "currentRow", 70)
            compare(rows.contentY, y + 24)
            tryVerify(() => top()?.display === first)
            compare(top().y, table.firstVisibleRow * 24)
            compare(cell(table.currentRow, 0), name)
            keyClick(Qt.Key_Space)
            compare(TableTools.selectedKeys(model), [name])

            hover(table.rowsPerPage - 2, 0)
            const under = cell(table.firstVisibleRow + table.rowsPerPage - 2, 0)
            Fixtures.set("a-2", "site", "new")
            Fixtures.set(cell(table.firstVisibleRow + 3, 0) + "-", "site", "new") // in view, above the pointer
            tryVerify(() => model.rowShown === 103)
            compare(cell(table.firstVisibleRow + table.rowsPerPage - 2, 0), under)

            // Out of sight, the keys have nothing, and go on from where it was.
            const was = table.currentRow
            Fixtures.remove(name)
            tryCompare(table, "currentRow", -1)
            keyClick(Qt.Key_Space)
            compare(model.selectedCount, 0)
            keyClick(Qt.Key_Down)
            compare(table.currentRow, was)

            // At the top, what comes is seen.
            table.moveTo(0, false)
            compare(rows.contentY, 0)
            Fixtures.set("a-0", "site", "new")
            tryCompare(table, "currentRow", 1)
            compare(rows.contentY, 0)
        }

        function test_columnsFillTheWidth() {
            let sum = 0
            for (const w of table.widths)
                sum += w
            verify(sum >= table.width)
        }

        function test_arrowsMove() {
            keyClick(Qt.Key_Down)
            keyClick(Qt.Key_Down)
            compare(table.currentRow, 2)
            keyClick(Qt.Key_Up)
            compare(table.currentRow, 1)
            keyClick(Qt.Key_End)
            compare(table.currentRow, 99)
            verify(table.firstVisibleRow > 0)
            keyClick(Qt.Key_Home)
            compare(table.currentRow, 0)
            compare(table.firstVisibleRow, 0)
            keyClick(Qt.Key_PageDown)
            verify(table.currentRow > 5)
            keyClick(Qt.Key_PageUp)
            compare(table.currentRow, 0)
        }

        function test_spaceAndRangesSelect() {
            keyClick(Qt.Key_Space)
            compare(model.selectedCount, 1)
            keyClick(Qt.Key_Down, Qt.ShiftModifier)
            keyClick(Qt.Key_Down, Qt.ShiftModifier)
            compare(model.selectedCount, 3)
            keyClick(Qt.Key_A, Qt.ControlModifier)
            compare(model.selectedCount, 100)
            keyClick(Qt.Key_Escape)
            compare(model.selectedCount, 0)
        }

        function test_rangesBeginWhereTheArrowsWere() {
            keyClick(Qt.Key_Down)
            keyClick(Qt.Key_Down)
            keyClick(Qt.Key_Down, Qt.ShiftModifier)
            compare(model.selectedCount, 2)
            keyClick(Qt.Key_Up, Qt.ShiftModifier)
            keyClick(Qt.Key_Up, Qt.ShiftModifier)
            compare(model.selectedCount, 2)
            compare(TableTools.selectedKeys(model).join(), "d-001,d-002")
            compare(table.currentRow, 1)
        }

        function test_mouseSelects() {
            clickRow(3, Qt.NoModifier)
            compare(model.selectedCount, 1)
            compare(table.currentRow, 3)
            clickRow(6, Qt.ShiftModifier)
            compare(model.selectedCount, 4)
            clickRow(8, Qt.ControlModifier)
            compare(model.selectedCount, 5)
            clickRow(1, Qt.NoModifier)
            compare(model.selectedCount, 1)
        }

        function test_copyIsTsv() {
            clickRow(0, Qt.NoModifier)
            keyClick(Qt.Key_C, Qt.ControlModifier)
            const lines = Fixtures.clipboard().trim().split("\n")
            compare(lines.length, 2)
            verify(lines[0].startsWith("device\t"), lines[0])
            verify(lines[1].startsWith(cell(0, 0) + "\t"), lines[1])
        }

        function test_whatIsTooMuchToCopyIsSaid() {
            notices.clear()
            model.copyFailed("9 rows are too much for the clipboard.")
            compare(notices.count, 1)
            compare(notices.signalArguments[0][0], "9 rows are too much for the clipboard.")
            compare(notices.signalArguments[0][1], true)
        }

        // A number without its function could be any: the number is cut first.
        function test_headingsKeepTheirFunctions() {
            model.aggregates = ["distinct fw", "avg cpu.pct"]
            model.groupBy = ["site"]
            const rows = findChild(table, "rows")
            const cellOf = name => rows.itemAtCell(Qt.point(columnOf(name), 0))
            for (const [name, made] of [["cpu.pct", "avg"], ["fw", "distinct"]]) {
                tryVerify(() => cellOf(name) && cellOf(name).isGroup && cellOf(name).prefix === made)
                for (const width of [160, 64, 32]) {
                    model.setColumnWidth(columnOf(name), width)
                    tryVerify(() => cellOf(name) && cellOf(name).width === width)
                    const beside = findChild(cellOf(name), "beside"), label = findChild(cellOf(name), "label")
                    verify(beside.visible && beside.text === made && beside.x >= 0 && beside.width > 0, name + " " + width)
                    compare(beside.truncated || label.truncated, width < 100 && cellOf(name).cut, name + " " + width)
                    verify(width < 100 || !cellOf(name).cut)
                    verify(beside.x + beside.width <= width)
                }
                verify(table.exactText(0, columnOf(name)).includes(made))
                model.setColumnWidth(columnOf(name), 0)
            }
        }

        function test_headerSorts() {
            const cpu = columnOf("cpu.pct")
            clickHeader(cpu, Qt.NoModifier)
            compare(model.sortDirection(cpu), 0)
            tryVerify(() => !model.busy && Number(model.data(model.index(0, cpu), TableModel.RawRole)) === 0)
            clickHeader(cpu, Qt.NoModifier)
            compare(model.sortDirection(cpu), 1)
            const site = columnOf("site")
            clickHeader(site, Qt.ShiftModifier)
            compare(model.sortKeys.length, 2)
            compare(model.sortRank(site), 2)
            clickHeader(site, Qt.NoModifier)
            compare(model.sortKeys.length, 1)
        }

        function test_groupsFold() {
            model.groupBy = ["site"]
            tryVerify(() => model.isGroup(0))
            model.setAllExpanded(false)
            tryVerify(() => model.rowCount() === 2)
            table.moveTo(0, false)
            keyClick(Qt.Key_Right)
            tryCompare(model, "rowShown", 100)
            tryVerify(() => model.rowCount() === 52)
            keyClick(Qt.Key_Down)
            compare(model.isGroup(table.currentRow), false)
            keyClick(Qt.Key_Left)
            compare(table.currentRow, 0)
            keyClick(Qt.Key_Left)
            tryVerify(() => model.rowCount() === 2)
        }

        function test_columnsAreDroppedByPriority() {
            const devices = Fleet.devices
            const other = narrow.createObject(root) as GroupedTable
            tryVerify(() => other.widths.length === 11)
            const sum = other.widths.reduce((total, w) => total + w, 0)
            verify(sum <= other.width, sum)
            const shown = []
            for (let i = 0; i < 11; ++i) {
                if (other.widths[i] > 0)
                    shown.push(devices.columnName(i))
            }
            compare(shown.join(), "presence,device,site,fw,last_seen") // those that matter most
            const rows = findChild(other, "rows")
            compare(rows.contentWidth <= other.width, true)
            const title = i => findChild(other, "title" + i)
            verify(title(2).visible && !title(3).visible)
            chooser.model = devices
            chooser.parent = table
            chooser.open()
            tryVerify(() => chooser.opened)
            const list = chooser.contentItem.children[1]
            compare(list.itemAtIndex(3).Accessible.description, "no room")
            compare(list.itemAtIndex(2).Accessible.description, "")
            chooser.close()
            chooser.model = model

            // Keys go over what is not there.
            title(2).forceActiveFocus(Qt.TabFocusReason)
            keyClick(Qt.Key_Right)
            verify(title(5).activeFocus)
            keyClick(Qt.Key_Left)
            verify(title(2).activeFocus)
            other.width = 1300
            tryVerify(() => other.widths.every(w => w > 0))
            other.destroy()
        }

        function test_columnsResize() {
            const before = table.widths[1]
            let x = table.widths[0] + table.widths[1]
            mouseDrag(table, x - 1, 14, 40, 0)
            tryVerify(() => table.widths[1] > before + 30)
            mouseDoubleClickSequence(table, table.widths[0] + table.widths[1] - 1, 14)
            tryVerify(() => table.widths[1] === before)
        }

        function test_columnsMove() {
            const first = model.columnName(1), second = model.columnName(2)
            const x = table.widths[0] + 20
            mousePress(table, x, 14)
            for (let by = 4; by <= table.widths[1] + 60; by += 8)
                mouseMove(table, x + by, 14)
            mouseRelease(table, x + table.widths[1] + 60, 14)
            tryVerify(() => model.columnName(1) === second && model.columnName(2) === first)
            model.moveColumn(2, 1)
            compare(model.columnName(1), first)
        }

        // As the pages are made behind the first frame, while a fleet comes in.
        function test_rowsThatComeWhileItIsMade() {
            for (let last = 20; last <= 120; last += 4) {
                Fixtures.fill(1)
                const loader = createTemporaryObject(later, root)
                for (let n = 1; n <= last; ++n) {
                    Fixtures.set("late-" + n, "site", "a")
                    wait(1)
                }
                tryVerify(() => loader.item !== null)
                const rows = findChild(loader.item.table, "rows")
                tryVerify(() => rows.rows === last + 1, 1000, `${rows.rows} of ${last + 1}`)
                loader.destroy()
            }
        }

        function test_cellsAreOnScreen() {
            const rows = findChild(table, "rows")
            tryVerify(() => rows.rows === 100)
            wait(0)
            compare(Math.round(rows.contentHeight / 100), 24)
        }
    }
}
