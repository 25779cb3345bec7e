// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtTest
import Muster

Item {
    id: root

    width: 640
    height: 480

    PreflightText {
        id: preflight

        y: 400
        width: 500
        height: 28
        matching: 1412
        online: 1398
        offline: 14
        text: "One request, at most 1398 replies, and a sentence that is longer than there is room."
    }
    Column {
        spacing: 12

        MButton {
            id: button

            text: "Run"
            iconName: "play"
            shortcutText: "Ctrl Enter"
        }
        Segmented {
            id: segmented

            label: "State"
            current: "a"
            items: [
                {
                    value: "a",
                    text: "All",
                    count: 3
                },
                {
                    value: "b",
                    text: "Online",
                    shape: "online",
                    count: 2
                },
                {
                    value: "c",
                    text: "Late",
                    shape: "late",
                    count: 1
                }
            ]
            onChosen: value => current = value
        }
        Chip {
            id: chip

            text: "fw"
            removable: true
        }
        MCheck {
            id: check

            text: "Read only"
        }
        MSelect {
            id: select

            label: "Deadline"
            model: [
                {
                    value: 1,
                    text: "1 s"
                },
                {
                    value: 2,
                    text: "2 s"
                }
            ]
        }
        MTextField {
            id: field

            width: 200
            label: "Name"
        }
        MTabs {
            id: tabs

            current: "x"
            items: [
                {
                    value: "x",
                    text: "Results",
                    count: 1
                },
                {
                    value: "y",
                    text: "Errors",
                    shape: "error",
                    count: 0
                }
            ]
            onChosen: value => current = value
        }
    }

    TestCase {
        name: "Controls"
        when: windowShown

        SignalSpy {
            id: clicked

            target: button
            signalName: "clicked"
        }
        SignalSpy {
            id: removed

            target: chip
            signalName: "removeRequested"
        }

        function init() {
            button.enabled = true
            clicked.clear()
            removed.clear()
        }

        function test_buttonByMouseAndKeys() {
            mouseClick(button)
            compare(clicked.count, 1)
            button.forceActiveFocus(Qt.TabFocusReason)
            keyClick(Qt.Key_Space)
            compare(clicked.count, 2)
            keyClick(Qt.Key_Return)
            compare(clicked.count, 3)
            compare(button.height, 28)
        }

        function test_disabledButtonDoesNothing() {
            button.enabled = false
            mouseClick(button)
            compare(clicked.count, 0)
        }

        function test_buttonNameIsItsLabel() {
            compare(button.Accessible.name, "Run")
            compare(button.Accessible.role, Accessible.Button)
        }

        function test_segmentedByMouseAndArrows() {
            segmented.current = "a"
            mouseClick(segmented, segmented.width - 20, 10)
            compare(segmented.current, "c")
            keyClick(Qt.Key_Left)
            compare(segmented.current, "b")
            keyClick(Qt.Key_Right)
            keyClick(Qt.Key_Right)
            compare(segmented.current, "c")
        }

        function test_chipIsRemovedByBackspaceAndCross() {
            chip.forceActiveFocus(Qt.TabFocusReason)
            keyClick(Qt.Key_Backspace)
            compare(removed.count, 1)
            mouseClick(chip, chip.width - 16, chip.height / 2)
            compare(removed.count, 2)
        }

        function test_checkFollowsItsOwnerAfterAClick() {
            check.held = false
            mouseClick(check, 6, 12)
            verify(check.checked)
            check.held = true
            check.held = false
            verify(!check.checked)
            check.forceActiveFocus(Qt.TabFocusReason)
            keyClick(Qt.Key_Space)
            verify(check.checked)
        }

        function test_selectByKeys() {
            select.currentIndex = 0
            select.forceActiveFocus(Qt.TabFocusReason)
            keyClick(Qt.Key_Down)
            compare(select.currentValue, 2)
            mouseClick(select)
            tryVerify(() => select.popup.opened)
            keyClick(Qt.Key_Escape)
            tryVerify(() => !select.popup.visible)
        }

        function test_fieldShowsItsError() {
            const plain = field.height
            field.errorText = "Too long"
            verify(field.height > plain)
            compare(field.Accessible.description, "Too long")
            field.errorText = ""
            compare(field.height, plain)
        }

        // A row's children one behind the other, all of them inside: what does not fit is elided.
        function test_preflightFits() {
            const last = preflight.children[preflight.children.length - 1]
            compare(last.x + last.width, preflight.width)
            verify(last.truncated)
            preflight.width = 900
            tryVerify(() => !last.truncated)
            preflight.width = 500
        }

        // Without a link nobody is known to be online.
        function test_preflightClaimsNothingStale() {
            verify(preflight.Accessible.name.includes("1,398 online"))
            preflight.stale = true
            verify(!preflight.Accessible.name.includes("online"))
            verify(preflight.Accessible.name.startsWith("1,412 device"))
            preflight.stale = false
        }

        function test_tabsStep() {
            tabs.current = "x"
            tabs.step(1)
            compare(tabs.current, "y")
            tabs.step(1)
            compare(tabs.current, "x")
        }
    }
}
