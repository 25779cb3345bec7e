// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtTest
import Muster

Item {
    width: 640
    height: 300

    ExpressionField {
        id: field

        property var offers: []

        objectName: "field"
        width: 500
        label: "Where"
        clearable: true
        onCompletionsWanted: (text, cursor) => showCompletions(offers)
    }

    Shortcut {
        id: shortcut

        property int count: 0

        sequence: "Ctrl+Return"
        onActivated: ++count
    }

    TestCase {
        name: "ExpressionField"
        when: windowShown

        SignalSpy {
            id: edited

            target: field
            signalName: "edited"
        }
        SignalSpy {
            id: run

            target: field
            signalName: "runRequested"
        }

        function type(text: string) {
            for (const c of text)
                keyClick(c)
        }

        function init() {
            field.offers = []
            field.error = {}
            field.doubt = ""
            field.setText("")
            field.forceActiveFocus()
            edited.clear()
            run.clear()
        }

        /// New colours are a change of the document, too.
        function test_anotherThemeOffersNothing() {
            field.offers = [{ text: "cpu.pct", insert: "cpu.pct", from: 0, kind: "field" }]
            type("cpu > 1")
            tryVerify(() => field.completing)
            keyClick(Qt.Key_Escape)
            edited.clear()
            const before = UiSettings.theme
            UiSettings.theme = Theme.dark ? "light" : "dark"
            wait(0)
            UiSettings.theme = before
            wait(0)
            verify(!field.completing)
            compare(edited.count, 0)
            compare(field.text, "cpu > 1")
        }

        function test_marksTheCharacterBehindAnEmoji() {
            field.setText("\u{1F4A9} \u{1F4A9}= 1")
            field.error = {
                column: 3,
                length: 1,
                message: "no field",
                expected: ""
            }
            tryVerify(() => field.hasError)
            const mark = findChild(field, "errorMark"), edit = findChild(field, "fieldEdit")
            verify(mark.visible)
            compare(mark.x, edit.positionToRectangle(5).x)
            compare(mark.width, Math.max(7, edit.positionToRectangle(6).x - edit.positionToRectangle(5).x))
            verify(edit.positionToRectangle(5).x > edit.positionToRectangle(3).x)
        }

        function test_typing() {
            type("fw < 2")
            compare(field.text, "fw < 2")
            compare(edited.count, 6)
            compare(edited.signalArguments[5][0], "fw < 2")
        }

        function test_typingGoesOnBehindWhatIsThere() {
            field.setText("fw <")
            type(" 2")
            compare(field.text, "fw < 2")
        }

        function test_tabTakesACompletion() {
            field.offers = [
                {
                    text: "cpu.pct",
                    insert: "cpu.pct",
                    from: 0,
                    kind: "number"
                },
                {
                    text: "cpu.cores",
                    insert: "cpu.cores",
                    from: 0,
                    kind: "number"
                }
            ]
            type("cp")
            tryVerify(() => field.completing)
            keyClick(Qt.Key_Down)
            field.offers = []
            keyClick(Qt.Key_Tab)
            compare(field.text, "cpu.cores")
            tryVerify(() => !field.completing)
        }

        function test_escapeClosesCompletionsFirst() {
            field.offers = [
                {
                    text: "fw",
                    insert: "fw",
                    from: 0,
                    kind: ""
                }
            ]
            type("f")
            tryVerify(() => field.completing)
            keyClick(Qt.Key_Escape)
            verify(!field.completing)
            compare(field.text, "f")
            keyClick(Qt.Key_Escape)
            compare(field.text, "")
        }

        function test_controlEnterRuns() {
            type("a")
            keyClick(Qt.Key_Return, Qt.ControlModifier)
            compare(run.count, 1)
            compare(field.text, "a")
        }

        // A shortcut of the page must not take the key: the list would stay open.
        function test_controlEnterClosesTheCompletions() {
            field.offers = [
                {
                    text: "fw",
                    insert: "fw",
                    from: 0,
                    kind: ""
                }
            ]
            type("f")
            tryVerify(() => field.completing)
            keyClick(Qt.Key_Return, Qt.ControlModifier)
            verify(!field.completing)
            compare(run.count, 1)
            compare(shortcut.count, 0)
        }

        function test_clearOffersNothing() {
            field.setText("fw")
            field.offers = [
                {
                    text: "presence",
                    insert: "presence",
                    from: 0,
                    kind: ""
                }
            ]
            keyClick(Qt.Key_Escape)
            compare(field.text, "")
            wait(50)
            verify(!field.completing)
        }

        function message(): var {
            return findChild(field, "message")
        }

        function test_errorIsToldOnce() {
            field.setText("a = 1 foo")
            field.error = {
                column: 6,
                length: 3,
                message: "\"foo\" does not belong here",
                expected: "\"and\", \"or\" or the end"
            }
            tryVerify(() => field.hasError)
            compare(message().text, "Column 7: \"foo\" does not belong here; expected \"and\", \"or\" or the end")
            field.error = {
                column: 4,
                length: 2,
                message: "text stands in quotes: did you mean \"eu\"?",
                expected: ""
            }
            compare(message().text, "Column 5: text stands in quotes: did you mean \"eu\"?")
        }

        // Beside a narrow field there may be room for the whole of it, and else it takes more lines.
        function test_messageIsRead() {
            field.setText("a = 1 foo")
            field.error = {
                column: 6,
                length: 3,
                message: "a sentence that is a good deal longer than the field is wide, as many of them are when it stands in a page's header",
                expected: ""
            }
            tryVerify(() => field.hasError)
            const lines = message().lineCount
            verify(lines > 1)
            verify(!message().truncated)
            compare(field.implicitHeight, field.fieldHeight + 16 * lines + 4)
            field.messageWidth = 2000
            compare(message().lineCount, 1)
            verify(!message().truncated)
            field.messageWidth = Qt.binding(() => field.width)
        }

        function test_doubtIsNoError() {
            field.setText("regon = 1")
            field.doubt = "No device has reported \"regon\" yet; did you mean \"region\"?"
            tryVerify(() => field.hasDoubt)
            verify(!field.hasError)
            compare(message().text, field.doubt)
            compare(message().color, Theme.warn)
            verify(!findChild(field, "errorMark").visible)
            compare(findChild(field, "fieldEdit").Accessible.description, field.doubt)
            field.error = {
                column: 0,
                length: 1,
                message: "no",
                expected: ""
            }
            verify(field.hasError && !field.hasDoubt)
            field.error = {}
            type("x") // what is half typed is not doubted yet
            verify(!field.hasDoubt)
        }

        function test_errorIsShownBelow() {
            const plain = field.implicitHeight
            field.setText("fw <")
            field.error = {
                column: 4,
                length: 1,
                message: "a value is missing",
                expected: "a value"
            }
            tryVerify(() => field.hasError)
            verify(field.implicitHeight > plain)
        }

        function test_stayOnOneLine() {
            field.setText("a = 1\nand b = 2\r\n")
            compare(field.text, "a = 1 and b = 2 ")
        }

        function test_markupStaysText() {
            field.setText("<b>x</b> = \"<img src=x>\"")
            compare(field.text, "<b>x</b> = \"<img src=x>\"")
        }
    }
}
