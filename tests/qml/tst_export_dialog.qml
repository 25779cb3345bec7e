// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtTest
import Muster
import MusterTest

// What the dialog says will be in the file, and what is.
Item {
    id: root

    width: 900
    height: 600

    Component {
        id: dialogs

        ExportDialog {
            model: Fixtures.table
            stem: "test"
        }
    }
    SignalSpy {
        id: finished

        target: Fixtures.table
        signalName: "exportFinished"
    }

    TestCase {
        name: "ExportDialog"
        when: windowShown

        property var dialog: null
        readonly property TableModel model: Fixtures.table

        function init() {
            Fixtures.fill(30)
            finished.clear()
            dialog = createTemporaryObject(dialogs, root)
            verify(dialog)
        }

        function cleanup() {
            dialog.close()
            tryCompare(dialog, "opened", false)
            Fixtures.fill(0)
        }

        function part(name: string): var {
            const found = findChild(dialog.contentItem, name)
            verify(found, name)
            return found
        }

        function open() {
            dialog.open()
            tryCompare(dialog, "opened", true)
        }

        function written(): int {
            keyClick(Qt.Key_Return)
            tryCompare(finished, "count", 1)
            return finished.signalArguments[0][1]
        }

        function test_rowsWithoutGroups() {
            open()
            verify(!part("exportAs").visible)
            verify(part("exportSummary").text.startsWith("30 row"), part("exportSummary").text)
            compare(written(), 30)
        }

        // Rows are on screen, so rows it is; one key leads to the groups.
        function test_groupsByTheKeyboard() {
            model.groupBy = ["site", "fw"]
            const groups = model.groupTotal()
            verify(groups > 4 && groups < 30)
            model.setExpanded(0, false)
            open()
            compare(part("exportAs").current, "rows")
            keyClick(Qt.Key_Backtab)
            keyClick(Qt.Key_Left)
            compare(part("exportAs").current, "groups")
            verify(root.Window.window.activeFocusItem.visualFocus) // one sees where the keys are
            compare(root.Window.window.activeFocusItem.Accessible.name, "Groups")
            verify(part("exportSummary").text.startsWith(groups + " group"), part("exportSummary").text)
            part("exportPath").forceActiveFocus()
            compare(written(), groups)
        }

        function test_foldedGroupsAreWhatIsSeen() {
            model.groupBy = ["site"]
            const groups = model.groupTotal()
            for (let row = model.rowCount() - 1; row >= 0; --row)
                if (model.isGroup(row))
                    model.setExpanded(row, false)
            open()
            compare(part("exportAs").current, "groups")
            compare(written(), groups)
        }

        function test_rowsOfFoldedGroups() {
            model.groupBy = ["site"]
            for (let row = model.rowCount() - 1; row >= 0; --row)
                if (model.isGroup(row))
                    model.setExpanded(row, false)
            open()
            keyClick(Qt.Key_Backtab)
            keyClick(Qt.Key_Right)
            compare(part("exportAs").current, "rows")
            verify(part("exportSummary").text.startsWith("30 row"), part("exportSummary").text)
            part("exportPath").forceActiveFocus()
            compare(written(), 30)
        }
    }
}
