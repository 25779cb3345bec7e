// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtTest
import Muster
import MusterTest

// The Query page without a connection: composing, what is saved, what was asked before.
Item {
    id: root

    width: 1200
    height: 800

    Component {
        id: pages

        QueryPage {
            anchors.fill: parent
            focus: true
        }
    }

    TestCase {
        id: test

        name: "QueryPage"
        when: windowShown

        property var page: null

        function init() {
            page = createTemporaryObject(pages, root)
            verify(page)
            page.forceActiveFocus()
            Query.composer.source = "fleet"
        }

        function cleanup() {
            Query.comparison.close()
            Query.showLive()
            Query.document.startAnew()
            Query.document.dropAside()
        }

        function part(name: string): var {
            const found = findChild(page, name)
            verify(found, name)
            return found
        }

        // In a long language or a narrow window the buttons are icons before they cover a tab.
        function test_toolsLeaveRoomForTheTabs() {
            const tabs = part("tabs"), tools = part("tools")
            for (const width of [1280, 1041, 1039, 976, 860]) {
                root.width = width
                tryVerify(() => tools.x + tools.width <= width && tools.x >= tabs.x + tabs.width, 2000, width + ": " + tools.x)
            }
            root.width = 1200
        }

        // Who opens the page can type at once.
        function test_keysGoToTheFilter() {
            verify(part("whereEdit").activeFocus)
            keyClick("f")
            compare(Query.composer.where, "f")
        }

        function test_removedChipsLeaveTheKeysWhereTheyWere() {
            compare(Query.composer.groupBy.join(), "region,fw")
            part("groupChip0").forceActiveFocus(Qt.TabFocusReason)
            keyClick(Qt.Key_Backspace)
            compare(Query.composer.groupBy.join(), "fw")
            verify(part("groupChip0").activeFocus)
            keyClick(Qt.Key_Backspace)
            compare(Query.composer.groupBy.length, 0)
            verify(part("addGroup").activeFocus)

            const last = Query.composer.select.length - 1
            part("selectChip" + last).forceActiveFocus(Qt.TabFocusReason)
            keyClick(Qt.Key_Backspace)
            verify(part("selectChip" + (last - 1)).activeFocus)
            waitForRendering(page)
            const chip = part("selectChip0") // by its cross, while another has the keys
            mouseClick(chip, chip.width - 16, chip.height / 2)
            compare(Query.composer.select.length, last - 1)
            verify(part("selectChip" + (last - 2)).activeFocus)
            part("aggregateChip0").forceActiveFocus(Qt.TabFocusReason)
            keyClick(Qt.Key_Delete)
            verify(part("aggregateChip0").activeFocus)
        }

        function test_enterEditsAChip() {
            const fields = Array.from(Query.composer.select)
            part("selectChip1").forceActiveFocus(Qt.TabFocusReason)
            keyClick(Qt.Key_Return)
            tryVerify(() => root.Window.window.activeFocusItem.objectName === "pickField")
            compare(root.Window.window.activeFocusItem.text, fields[1])
            for (const c of "load")
                keyClick(c)
            keyClick(Qt.Key_Return)
            fields[1] = "load"
            compare(Query.composer.select.join(), fields.join())

            part("groupChip0").forceActiveFocus(Qt.TabFocusReason)
            keyClick(Qt.Key_Enter)
            tryVerify(() => root.Window.window.activeFocusItem.objectName === "pickField")
            keyClick(Qt.Key_Escape)
            compare(Query.composer.groupBy.join(), "region,fw")

            part("aggregateChip0").forceActiveFocus(Qt.TabFocusReason)
            keyClick(Qt.Key_Return)
            tryVerify(() => root.Window.window.activeFocusItem.objectName === "pickField")
            for (const c of "max")
                keyClick(c)
            keyClick(Qt.Key_Return)
            tryCompare(root.Window.window.activeFocusItem, "text", "cpu.pct")
            keyClick(Qt.Key_Return)
            compare(Query.composer.aggregates[0], "max cpu.pct")
        }

        function test_thirdGroupTakesThePlaceOfAdd() {
            part("addGroup").forceActiveFocus(Qt.TabFocusReason)
            keyClick(Qt.Key_Space)
            tryVerify(() => root.Window.window.activeFocusItem.objectName === "pickField")
            for (const c of "site")
                keyClick(c)
            keyClick(Qt.Key_Return)
            compare(Query.composer.groupBy.join(), "region,fw,site")
            tryVerify(() => part("groupChip2").activeFocus)
        }

        function test_scopesAreSwitchedAndRemoved() {
            const names = () => Query.composer.scopes.map(scope => scope.label + (scope.on ? "!" : ""))
            Query.composer.addScope("region", "eu")
            Query.composer.addScope("region", "us")
            compare(names().join(), "All devices,region = eu!,region = us!,Selection")
            part("scopeChip1").forceActiveFocus(Qt.TabFocusReason)
            keyClick(Qt.Key_Space)
            compare(names().join(), "All devices,region = eu,region = us!,Selection")
            verify(part("scopeChip1").activeFocus)
            keyClick(Qt.Key_Backspace) // one that is off as well
            compare(names().join(), "All devices,region = us!,Selection")
            verify(part("scopeChip1").activeFocus)
            waitForRendering(page)
            const chip = part("scopeChip1")
            mouseClick(chip, chip.width - 16, chip.height / 2)
            compare(names().join(), "All devices!,Selection")
            part("scopeChip0").forceActiveFocus(Qt.TabFocusReason)
            keyClick(Qt.Key_Backspace)
            compare(names().join(), "All devices!,Selection")
        }

        function test_sourcesHaveTheirFields() {
            verify(!part("subject").visible)
            verify(!part("service").visible)
            const source = part("source")
            source.forceActiveFocus()
            keyClick(Qt.Key_Right)
            compare(Query.composer.source, "services")
            verify(part("service").visible)
            verify(Query.cannotRunReason !== "")
            keyClick(Qt.Key_Right)
            compare(Query.composer.source, "subject")
            verify(part("subject").visible && part("payload").visible && !part("service").visible)
            part("subject").forceActiveFocus()
            for (const c of "a.b")
                keyClick(c)
            compare(Query.composer.subject, "a.b")
            part("expected").forceActiveFocus()
            part("expected").selectAll()
            keyClick(Qt.Key_7)
            keyClick(Qt.Key_Tab)
            compare(Query.composer.expected, 7)
            source.forceActiveFocus()
            keyClick(Qt.Key_Left)
            keyClick(Qt.Key_Left)
            compare(Query.composer.source, "fleet")
        }

        function test_draftSurvivesThePage() {
            Query.composer.where = "mem.free < 1"
            tryVerify(() => String(UiSettings.value("queryDraft", "")).includes("mem.free < 1"), 3000)
            page.destroy()
            Query.document.startAnew()
            compare(Query.composer.where, "")
            page = createTemporaryObject(pages, root)
            compare(Query.composer.where, "mem.free < 1")
        }

        function test_watchIsChosen() {
            const select = part("watchSelect")
            compare(select.displayText, qsTr("Ask once"))
            select.forceActiveFocus()
            keyClick(Qt.Key_Down)
            keyClick(Qt.Key_Down)
            compare(Query.composer.watchSeconds, 10)
            Query.composer.watchSeconds = 17 // as a saved query may say
            verify(select.displayText.includes("17"), select.displayText)
            Query.composer.watchSeconds = 0
        }

        function test_savesByKeyboard() {
            Query.composer.where = "cpu.pct > 5"
            keyClick(Qt.Key_S, Qt.ControlModifier)
            tryVerify(() => findChild(root.Window.window, "saveName") !== null)
            const name = findChild(root.Window.window, "saveName")
            tryVerify(() => name.activeFocus)
            for (const c of "busy")
                keyClick(c)
            verify(!findChild(root.Window.window, "saveShared").enabled) // there is no link
            keyClick(Qt.Key_Return)
            tryCompare(Query.document, "name", "busy")
            verify(!Query.document.edited)
            tryVerify(() => !name.visible)

            Query.composer.where = "cpu.pct > 6"
            compare(part("savedState").text, qsTr("edited"))
            keyClick(Qt.Key_S, Qt.ControlModifier) // under its name
            tryVerify(() => !Query.document.edited && !Query.document.saving)

            Query.document.startAnew()
            compare(Query.composer.where, "")
            mouseClick(part("savedSelector"))
            const field = findChild(root.Window.window, "savedField")
            tryVerify(() => field.activeFocus)
            for (const c of "bus")
                keyClick(c)
            keyClick(Qt.Key_Return)
            compare(Query.composer.where, "cpu.pct > 6")
            compare(Query.document.name, "busy")
        }

        function test_pastRunsWithoutAConnection() {
            const before = Query.history.count
            Fixtures.keepRun(5, 10)
            tryCompare(Query.history, "count", before + 1)
            keyClick(Qt.Key_H, Qt.ControlModifier)
            const table = findChild(root.Window.window, "historyTable")
            tryVerify(() => table.activeFocus && Query.history.runs.rowShown === before + 1)
            keyClick(Qt.Key_Return)
            tryVerify(() => Query.showsPast)
            verify(part("pastBanner").visible)
            verify(part("pastBanner").text.includes("a <b>plant</b>"))
            compare(Query.shown.answered, 5)
            tryCompare(Query.shown.table, "rowShown", 5)
            compare(part("resultsTable").model, Query.shown.table)
            verify(!Query.canRun && !Query.canAskPastAgain)
            tryVerify(() => Query.shown.percentiles.p50 > 0)
            compare(part("p50").text, "3.0 ms")
            compare(part("p99").text, "5.0 ms")
            compare([0, 1, 2, 3, 4].map(i => part("axis" + i).text), ["0", "0.5", "1.0", "1.5", "2.0 s"])
            const ticks = [0, 1, 2, 3, 4].map(i => part("axis" + i)).filter(tick => tick.visible)
            verify(ticks.length >= 4)
            for (let i = 1; i < ticks.length; ++i)
                verify(ticks[i - 1].x + ticks[i - 1].width < ticks[i].x, ticks[i - 1].text)
            Query.showLive()
            verify(!part("pastBanner").visible)
        }

        function test_historySaysAllThatWasAsked() {
            const before = Query.history.count
            const where = "site = \"berlin\"" + Array(12).fill(" and cpu.pct > 12 and mem.free < 200MB").join("") + " and fw < \"9.9\""
            Fixtures.keepQuestion(where, 7)
            tryCompare(Query.history, "count", before + 1)
            keyClick(Qt.Key_H, Qt.ControlModifier)
            const table = findChild(root.Window.window, "historyTable")
            tryVerify(() => table.activeFocus && Query.history.runs.rowShown === before + 1)
            const row = Query.history.runs.rowOfKey(Query.history.newest())
            compare(row, 0)
            keyClick(Qt.Key_Home)
            const toolTip = findChild(table, "cellToolTip")
            tryVerify(() => toolTip.visible)
            compare(toolTip.text, where)
            verify(findChild(table, "currentRow").Accessible.name.includes(where))
            const column = [...Array(Query.history.runs.columnCount()).keys()].find(i => Query.history.runs.columnName(i) === "note")
            compare(Query.history.runs.shownText(row, column), "round 7 of a watch")
            const label = () => findChild(findChild(table, "rows").itemAtCell(Qt.point(1, 0)), "label")
            tryVerify(() => label().lineCount === 2)
            verify(label().contentHeight <= label().height, label().contentHeight + " in " + label().height)
            keyClick(Qt.Key_Escape)
            keyClick(Qt.Key_Escape)
            tryVerify(() => !table.visible)
            Query.history.remove(Query.history.newest())
            tryCompare(Query.history, "count", before)
        }

        // Layouts of services and of subjects are kept as soon as those of the fleet; those of past results never.
        function test_layoutsOfAllSourcesAreKept() {
            const table = part("resultsTable")
            const kept = () => String.fromCharCode(...new Uint8Array(UiSettings.value("table/query")))
            for (const source of ["services", "subject", "fleet"]) {
                Fixtures.ask(source)
                compare(Query.shown.source, source)
                compare(table.layoutKey, "query")
                const width = 211 + source.length
                table.model.setColumnWidth(table.model.columnCount() - 1, width)
                tryVerify(() => kept().includes("\"" + source) && kept().includes(":" + width), 5000, source)
                table.model.setColumnWidth(table.model.columnCount() - 1, 0)
            }
            Fixtures.ask("")
            const before = Query.history.count
            Fixtures.keepRun(5, 10)
            tryCompare(Query.history, "count", before + 1)
            Query.openPast(Query.history.newest())
            tryVerify(() => Query.showsPast)
            compare(table.layoutKey, "")
        }

        function test_panelIsResizedByKeys() {
            const divider = part("divider"), mark = findChild(divider, "dividerFocus")
            divider.value = 263
            verify(!mark.visible)
            divider.forceActiveFocus(Qt.TabFocusReason)
            verify(mark.visible)
            compare(divider.Accessible.role, Accessible.Slider)
            verify(divider.Accessible.name !== "")
            const rows = part("resultsTable").width
            keyClick(Qt.Key_Left)
            compare(divider.value, 273)
            compare(part("resultsTable").width, rows - 10)
            compare(Number(UiSettings.value("pane/query")), 273)
            keyClick(Qt.Key_Right)
            keyClick(Qt.Key_Right)
            compare(divider.value, 253)
            keyClick(Qt.Key_Home)
            compare(divider.value, divider.maximumValue)
            keyClick(Qt.Key_Left)
            compare(divider.value, divider.maximumValue)
            keyClick(Qt.Key_End)
            compare(divider.value, divider.minimumValue)
            divider.value = 263
            divider.remember()
        }

        // Where the buttons take all the room, it stands below them.
        function test_sortByAHiddenColumnIsSaidAtAnyWidth() {
            const model = Query.shown.table, note = part("sortNote"), line = part("sortLine"), table = part("resultsTable")
            let site = 0
            while (model.columnName(site) !== "site")
                ++site
            model.sortByColumn(site, false)
            compare(note.text, "")
            verify(!line.visible)
            const top = table.y
            model.setColumnVisible("site", false)
            for (const width of [1600, 640]) {
                root.width = width
                tryVerify(() => note.fits !== line.visible, 2000, String(width))
                const shown = note.fits ? note : line
                verify(!shown.truncated && shown.text === "Sorted by site, which is hidden", String(width))
                compare(table.y, note.fits ? top : top + line.height)
                compare(line.visible, width < 700)
            }
            root.width = 1200
            model.setColumnVisible("site", true)
            while (model.sortKeys.length > 0)
                model.sortByColumn(site, false)
            tryVerify(() => !line.visible)
        }

        function test_aRunWithoutItsResultsIsRefusedWithTheReason() {
            const before = Query.history.count
            Fixtures.keepRun(0, 10)
            tryCompare(Query.history, "count", before + 1)
            const run = Query.history.newest()
            verify(!Query.history.hasResults(run))
            keyClick(Qt.Key_H, Qt.ControlModifier)
            const table = findChild(root.Window.window, "historyTable")
            tryVerify(() => table.activeFocus && Query.history.runs.rowShown === before + 1)
            const open = findChild(root.Window.window, "historyOpen"), compareThem = findChild(root.Window.window, "historyCompare")
            tryVerify(() => !open.enabled)
            verify(open.disabledReason.includes("gone"))
            verify(!compareThem.enabled)
            keyClick(Qt.Key_Return)
            verify(table.visible && !Query.showsPast)
            keyClick(Qt.Key_Escape)
            tryVerify(() => !table.visible)
            Query.history.remove(run)
            tryCompare(Query.history, "count", before)
        }

        function test_countsOpenTheirLists() {
            const before = Query.history.count
            Fixtures.keepRun(5, 10, 2, 3)
            tryCompare(Query.history, "count", before + 1)
            Query.openPast(Query.history.newest())
            tryVerify(() => Query.showsPast)
            const tabs = part("tabs")
            const values = () => tabs.items.map(item => item.value)
            verify(values().includes("late") && values().includes("unexpected") && values().includes("all"), values())
            compare(tabs.items.find(item => item.value === "results").count, 5)
            const tools = part("tools")
            for (const width of [1280, 976, 860, 780]) { // all of them fit
                root.width = width
                tryVerify(() => tools.x + tools.width <= width && tools.x >= tabs.x + tabs.width, 2000, width + ": " + tools.x)
            }
            compare(tabs.compact, true)
            root.width = 1200
            tryCompare(tabs, "compact", false)
            for (const [state, tab] of [["late", "late"], ["unexpected", "unexpected"], ["silent", "silent"], ["answered", "results"], ["error", "errors"]]) {
                page.showState(state)
                compare(Query.shown.tab, tab)
            }
            page.showState("late")
            tryCompare(Query.shown.table, "rowShown", 2)
            page.showState("unexpected")
            tryCompare(Query.shown.table, "rowShown", 3)
            page.showState("rejected")
            const dialog = findChild(root.Window.window, "queryRejected")
            tryVerify(() => dialog.opened)
            verify(page.dialogOpen)
            keyClick(Qt.Key_Escape)
            tryVerify(() => !dialog.visible)
        }

        // One that was kept before its messages were says how many there were, and offers no empty list.
        function test_messagesThatWereNoAnswerAreKept_data(): var {
            return [
                {
                    tag: "known",
                    rejected: 2,
                    listed: 1
                },
                {
                    tag: "unknown",
                    rejected: 1,
                    listed: 0
                }
            ]
        }

        function test_messagesThatWereNoAnswerAreKept(data) {
            const before = Query.history.count
            Fixtures.keepRun(5, 10, 0, 0, data.rejected)
            tryCompare(Query.history, "count", before + 1)
            Query.openPast(Query.history.newest())
            tryVerify(() => Query.showsPast)
            compare(Query.shown.rejectedCount, data.rejected)
            compare(Query.shown.rejectedListed, data.listed)
            const line = part("missing rejected")
            verify(line.visible)
            compare(line.opens, data.listed > 0)
            if (data.listed === 0)
                return
            line.forceActiveFocus()
            keyClick(Qt.Key_Return)
            const dialog = findChild(root.Window.window, "queryRejected")
            tryVerify(() => dialog.opened)
            compare(dialog.model.data(dialog.model.index(0, 0), RejectedListModel.DetailRole), "\"uptime\" is no number")
            keyClick(Qt.Key_Escape)
            tryVerify(() => !dialog.visible)
        }

        function test_moreGroupsThanThereIsRoomFor() {
            const before = Query.history.count
            Fixtures.keepRun(15, 10)
            tryCompare(Query.history, "count", before + 1)
            Query.openPast(Query.history.newest())
            tryVerify(() => Query.shown.byGroup.length === 12)
            const more = part("moreGroups")
            tryVerify(() => more.visible && more.text.includes("3"))
            more.clicked()
            const table = findChild(root.Window.window, "groupsTable")
            tryVerify(() => table && table.activeFocus && table.model.rowTotal === 15)
            compare(table.model.shownText(0, 0), "rack-0")
            keyClick(Qt.Key_Escape)
            tryVerify(() => !page.dialogOpen)
        }

        function test_comparesTwo() {
            const before = Query.history.count
            Fixtures.keepRun(5, 10)
            tryCompare(Query.history, "count", before + 1)
            Fixtures.keepRun(6, 20)
            tryCompare(Query.history, "count", before + 2)
            const later = Query.history.newest()
            const earlier = Query.history.before(later)
            verify(earlier !== "")
            Query.comparison.compare(later, earlier)
            tryVerify(() => Query.comparison.active && !Query.comparison.busy)
            compare(Query.comparison.added, 1)
            compare(Query.comparison.changedCells, 5)
            const table = findChild(root.Window.window, "comparisonTable")
            tryVerify(() => table !== null && table.visible && table.model.rowTotal === 6)
            keyClick(Qt.Key_Escape)
            tryVerify(() => !Query.comparison.active)
        }
    }
}
