// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtTest
import Muster
import MusterTest

Item {
    width: 800
    height: 400

    GroupedTable {
        id: table

        anchors.fill: parent
        model: Fixtures.table
        label: "Results"
    }

    TestCase {
        name: "GroupedTable"
        when: windowShown

        readonly property TableModel model: Fixtures.table

        function init() {
            while (model.sortKeys.length > 0)
                model.sortByColumn(columnOf(model.sortKeys[0].column), false)
            Fixtures.fill(100)
            tryCompare(model, "rowShown", 100)
            tryVerify(() => !model.busy)
            table.currentRow = -1
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

        function test_cellsAreOnScreen() {
            const rows = findChild(table, "rows")
            tryVerify(() => rows.rows === 100)
            wait(0)
            compare(Math.round(rows.contentHeight / 100), 24)
        }
    }
}
