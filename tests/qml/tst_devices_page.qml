// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtTest
import Muster
import MusterTest

// The Devices page with a fleet that stands still.
Item {
    id: root

    width: 1280
    height: 800

    Component {
        id: pages

        DevicesPage {
            anchors.fill: parent
            focus: true
        }
    }

    SignalSpy {
        id: asked

        signalName: "querySelected"
    }
    SignalSpy {
        id: notices

        target: Notices
        signalName: "posted"
    }
    TestCase {
        id: test

        name: "DevicesPage"
        when: windowShown

        property var page: null
        readonly property TableModel model: Fleet.devices

        function init() {
            UiSettings.setValue("groups/devices", "")
            Fixtures.fillFleet(30)
            page = createTemporaryObject(pages, root)
            verify(page)
            page.forceActiveFocus()
            tryCompare(model, "rowShown", 30)
        }

        function cleanup() {
            Query.composer.source = "fleet"
            model.setExpression("")
            model.groupBy = []
            for (const column of ["device", "site"])
                model.setColumnVisible(column, true)
            Fixtures.fillFleet(0)
        }

        function part(name: string): var {
            const found = findChild(page, name)
            verify(found, name)
            return found
        }

        function type(text: string) {
            for (const c of text)
                keyClick(c)
        }

        // Whatever the Query page asks: what is filtered here are devices.
        function test_completesFieldsOfTheFleet() {
            Query.composer.source = "services"
            const offered = Query.composer.completeForDevices("", 0).map(each => each.text)
            verify(offered.includes("cpu.pct"), offered.join())
            verify(!offered.includes("num_requests"))
            const filter = part("deviceFilter")
            filter.forceActiveFocus()
            type("si")
            tryVerify(() => filter.completing)
            keyClick(Qt.Key_Tab)
            compare(filter.text, "site")
        }

        function test_whatIsShownWhileTheFilterIsWrong() {
            const filter = part("deviceFilter"), word = part("shownWord"), table = part("devicesTable")
            filter.forceActiveFocus()
            type("fw = \"1.5.0\"")
            keyClick(Qt.Key_Return)
            tryCompare(model, "rowShown", 10)
            compare(word.text, qsTr("shown"))
            type(" foo")
            keyClick(Qt.Key_Return)
            tryVerify(() => filter.hasError)
            compare(model.rowShown, 10)
            compare(word.text, "shown, of the last valid filter")
            verify(table.opacity < 1)
            const message = findChild(filter, "message")
            verify(message.text.includes("\"foo\" does not belong here"), message.text)
            verify(!message.truncated && message.lineCount === 1)
            keyClick(Qt.Key_Escape)
            tryCompare(model, "rowShown", 30)
            compare(word.text, qsTr("shown"))
            compare(table.opacity, 1)
            wait(50)
            verify(!filter.completing)
        }

        function test_aFieldThatNobodyReported() {
            const filter = part("deviceFilter")
            filter.forceActiveFocus()
            type("sit = \"ams-01\"")
            keyClick(Qt.Key_Return)
            tryVerify(() => filter.hasDoubt)
            compare(filter.doubt, "No device has reported \"sit\" yet; did you mean \"site\"?")
            filter.setText("zzz > 3")
            keyClick(Qt.Key_Return)
            compare(filter.doubt, "No device has reported \"zzz\" yet.")
            filter.setText("site = \"ams-01\" and has device")
            keyClick(Qt.Key_Return)
            compare(filter.doubt, "")
            compare(Query.composer.unknownFieldText("sit = "), "") // that is an error, and said as one
            filter.setText("zzz > 3")
            Fixtures.fillFleet(0) // who does not know the fleet doubts nothing
            compare(Query.composer.unknownFieldText("zzz > 3"), "")
        }

        function test_groups() {
            const button = part("groupBy")
            compare(button.text, "Group by")
            button.forceActiveFocus(Qt.TabFocusReason)
            keyClick(Qt.Key_Return)
            tryVerify(() => root.Window.window.activeFocusItem.objectName === "pickField")
            type("site")
            keyClick(Qt.Key_Return)
            compare(model.groupBy.join(), "site")
            const field = root.Window.window.activeFocusItem // it stays open for the next
            compare(field.objectName, "pickField")
            compare(field.text, "")
            type("fw")
            keyClick(Qt.Key_Return)
            compare(model.groupBy.join(), "site,fw")
            compare(button.text, "By site, fw")
            type("site")
            keyClick(Qt.Key_Return)
            compare(model.groupBy.join(), "fw")
            keyClick(Qt.Key_Escape)

            tryVerify(() => model.isGroup(0))
            const rows = model.rowCount()
            model.setExpanded(0, false)
            verify(model.rowCount() < rows)
            page.showDevice("d-000") // wherever it is
            compare(model.keyAt(model.currentRow), "d-000")
            compare(part("deviceFilter").text, "")

            page.destroy()
            model.groupBy = []
            page = createTemporaryObject(pages, root)
            compare(model.groupBy.join(), "fw")
        }

        function test_groupsFitANarrowWindow() {
            root.width = 976
            model.groupBy = ["site", "fw", "a.very.long.name.of.a.field"]
            compare(part("groupBy").text, "By site +2")
            verify(part("groupBy").mapToItem(page, 0, 0).x > part("stateFilter").x + part("stateFilter").width)
            tryVerify(() => part("devicesTable").widths[0] >= 190) // the inner headings are read
            root.width = 1280
            compare(part("groupBy").text, "By site, fw, a.very.long.n\u2026")
        }

        function test_nestedGroupsDoNotScrollSideways() {
            root.width = 976
            model.groupBy = ["site", "fw"]
            const table = part("devicesTable"), rows = findChild(table, "rows")
            tryVerify(() => table.widths[0] >= 176)
            tryVerify(() => rows.contentWidth <= rows.width, 2000, rows.contentWidth + " of " + rows.width)
            const names = Array.from({
                length: model.columnCount()
            }, (_, i) => model.columnName(i))
            for (const name of ["site", "group", "region", "fw", "cpu.pct", "mem.free", "temp.soc", "last_seen"])
                verify(table.widths[names.indexOf(name)] > 0, name) // short texts give room before a column goes
            const column = names.indexOf("cpu.pct")
            tryVerify(() => rows.itemAtCell(Qt.point(column, 0)) && rows.itemAtCell(Qt.point(column, 0)).prefix === "avg")
            verify(!rows.itemAtCell(Qt.point(column, 0)).cut)
            root.width = 1280
        }

        // A question names each device that is selected.
        function test_tooManySelectedAreNotQueried() {
            const most = Query.composer.mostSelected
            Fixtures.fillFleet(most + 1)
            tryCompare(model, "rowShown", most + 1)
            tryVerify(() => !model.busy)
            model.selectAll()
            const button = part("querySelection")
            tryVerify(() => button.visible)
            asked.target = page
            asked.clear()
            notices.clear()
            button.clicked()
            compare(asked.count, 0)
            compare(notices.count, 1)
            verify(notices.signalArguments[0][0].includes("10,001"), notices.signalArguments[0][0])
            verify(notices.signalArguments[0][1])
            model.clearSelection()
            model.select(0, TableModel.Replace)
            button.clicked()
            compare(asked.count, 1)
            compare(notices.count, 1)
            model.clearSelection()
        }

        function test_sortByAHiddenColumnIsSaid() {
            const note = part("sortNote")
            compare(note.text, "")
            model.setColumnVisible("device", false)
            tryCompare(note, "text", "Sorted by device, which is hidden")
            model.setColumnVisible("device", true)
            tryCompare(note, "text", "")
        }
    }
}
