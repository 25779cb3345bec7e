// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtTest
import Muster
import MusterTest

// Devices may call themselves anything. Nothing of it may crash the window, load anything, or run as markup.
Item {
    id: root

    width: 1440
    height: 900

    DevicesPage {
        id: devices

        anchors.fill: parent
        visible: false
    }
    QueryPage {
        id: query

        anchors.fill: parent
        visible: false
    }
    ConnectPage {
        id: connect

        anchors.fill: parent
        visible: false
    }
    Toast {
        id: toast
    }
    ConfirmDialog {
        id: dialog
    }
    PickPopup {
        id: picker
    }
    GroupedTable {
        id: table

        anchors.fill: parent
        visible: false
        model: Fixtures.table
        label: "Hostile"
    }
    Column {
        id: controls

        visible: false
    }

    TestCase {
        name: "Hostile"
        when: windowShown

        function show(page: Item) {
            for (const other of [devices, query, connect, table, controls])
                other.visible = other === page
        }

        // A real request needs some turns of the loop to be made.
        function letLoad() {
            for (let i = 0; i < 10; ++i)
                wait(10)
        }

        function cleanup() {
            show(null)
            compare(Fixtures.requests, 0)
        }

        function test_devices() {
            show(devices)
            Fixtures.fillHostile(Fleet.devices)
            tryVerify(() => Fleet.devices.rowShown > 0)
            letLoad()
            Fleet.devices.groupBy = ["site", "fw"]
            letLoad()
            Fleet.devices.groupBy = []
            for (const text of Fixtures.hostileTexts())
                devices.showDevice(text)
            letLoad()
        }

        function test_results() {
            show(query)
            Fixtures.fillHostile(Query.live.table)
            letLoad()
            for (const text of Fixtures.hostileTexts()) {
                Query.composer.addSelect(text)
                Query.composer.addGroupBy(text)
                Query.composer.addAggregate("avg " + text)
                Query.composer.addScope("site", text)
                Query.composer.where = text
            }
            letLoad()
        }

        function test_connect() {
            show(connect)
            for (const text of Fixtures.hostileTexts()) {
                Connection.setField("name", text)
                Connection.setField("servers", text)
                Connection.setField("credsFile", text)
            }
            letLoad()
            Connection.newProfile()
        }

        // One line, nothing hidden in it, and no more of it than can be read.
        function verifyFit(text: string, longest: int) {
            verify(text.length <= longest, text.length)
            verify(!/[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/.test(text), text)
        }

        function test_table() {
            show(table)
            Fixtures.fill(3)
            Fixtures.fillHostile(Fixtures.table)
            const model = Fixtures.table
            const rows = findChild(table, "rows")
            const toolTip = findChild(table, "cellToolTip")
            tryVerify(() => rows.rows === model.rowShown && table.widths.length === model.columnCount())
            waitForRendering(table)
            for (const by of [[], ["site"], ["group", "fw"]]) {
                model.groupBy = by
                model.setAllExpanded(true)
                tryVerify(() => rows.rows === model.rowCount() && model.isGroup(0) === by.length > 0)
                waitForRendering(table)
                let seen = 0
                for (let row = 0; row < model.rowCount(); ++row) {
                    for (let column = 0; column < model.columnCount(); ++column) {
                        const cell = rows.itemAtCell(Qt.point(column, row))
                        if (!cell)
                            continue
                        ++seen
                        verifyFit(cell.shown, 400)
                        verifyFit(cell.Accessible.name, 400)
                        compare(cell.height, table.rowHeight - 1)
                        for (let i = 0; i < cell.children.length; ++i) {
                            const label = cell.children[i]
                            if (label.textFormat === undefined || !label.visible)
                                continue
                            compare(label.textFormat, Text.PlainText)
                            compare(label.lineCount, 1)
                            verify(label.contentWidth <= cell.width + 1)
                        }
                    }
                }
                verify(seen > 20)
            }
            model.groupBy = []
            tryVerify(() => !model.isGroup(0))
            for (let row = 0; row < model.rowCount(); ++row) {
                table.showToolTip(row, 1)
                if (!toolTip.visible)
                    continue
                toolTip.text.split("\n").forEach(line => verifyFit(line, 4200))
                verify(toolTip.width <= 480)
                tryVerify(() => toolTip.height < 480)
            }
            toolTip.close()
            model.selectAll()
            table.forceActiveFocus()
            keyClick(Qt.Key_C, Qt.ControlModifier)
            verify(Fixtures.clipboard().startsWith("device\t"))
            model.clearSelection()
        }

        function test_everyControl_data(): var {
            return ["MButton", "Chip", "MCheck", "MRadio", "PlainLabel", "MonoLabel", "Tag", "Banner", "SectionTitle", "EmptyState", "NavItem", "KeyTag", "MTextField"].map(type => ({
                        tag: type
                    }))
        }

        function test_everyControl(data) {
            show(controls)
            const item = createTemporaryQmlObject("import Muster; " + data.tag + " { visible: true }", controls)
            for (const text of Fixtures.hostileTexts()) {
                item.text = text
                if (item.title !== undefined)
                    item.title = text
                wait(0)
            }
            letLoad()
        }

        function test_lists() {
            show(controls)
            const texts = Fixtures.hostileTexts()
            const items = texts.map(text => ({
                        value: text,
                        text: text,
                        count: 1
                    }))
            const segmented = createTemporaryQmlObject("import Muster; Segmented {}", controls)
            segmented.items = items
            const tabs = createTemporaryQmlObject("import Muster; MTabs {}", controls)
            tabs.items = items
            const select = createTemporaryQmlObject("import Muster; MSelect {}", controls)
            select.model = items
            select.popup.open()
            picker.openWith(texts[0], texts, true)
            letLoad()
            select.popup.close()
            picker.close()
        }

        function test_messages() {
            for (const text of Fixtures.hostileTexts()) {
                toast.show(text, true)
                dialog.title = text
                dialog.text = text
                dialog.details = text
            }
            dialog.open()
            letLoad()
            dialog.close()
            toast.close()
        }
    }
}
