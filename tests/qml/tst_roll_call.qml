// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtTest
import Muster

Item {
    width: 1280
    height: 100

    RollCallBar {
        id: bar

        width: parent.width
    }

    TestCase {
        name: "RollCallBar"
        when: windowShown

        SignalSpy {
            id: chosen

            target: bar
            signalName: "chosen"
        }

        readonly property var states: ["answered", "empty", "error", "silent", "offline", "waiting"]

        function show(counts: var) {
            let total = 0
            for (const n of counts)
                total += n
            bar.segments = counts.map((n, i) => ({
                        state: states[i],
                        count: n,
                        text: states[i]
                    }))
            bar.total = total
        }

        function init() {
            chosen.clear()
        }

        function test_widthsFillTheBar_data(): var {
            return [
                {
                    tag: "usual",
                    counts: [371, 12, 3, 9, 14, 3]
                },
                {
                    tag: "one",
                    counts: [0, 0, 0, 0, 0, 200]
                },
                {
                    tag: "tiny shares",
                    counts: [1000000, 1, 1, 1, 1, 1]
                },
                {
                    tag: "equal",
                    counts: [7, 7, 7, 7, 7, 7]
                }
            ]
        }

        function test_widthsFillTheBar(data) {
            show(data.counts)
            const widths = bar.widths
            compare(widths.length, data.counts.filter(n => n > 0).length)
            let sum = 2 * (widths.length - 1)
            for (const w of widths) {
                verify(w >= 8)
                sum += w
            }
            compare(sum, bar.width - 32)
        }

        function test_nothingYet() {
            bar.focus = false
            show([0, 0, 0, 0, 0, 0])
            compare(bar.widths.length, 0)
        }

        function test_keysGoBySegment() {
            show([10, 0, 3, 2, 0, 0])
            bar.current = -1
            bar.forceActiveFocus(Qt.TabFocusReason)
            keyClick(Qt.Key_Right)
            keyClick(Qt.Key_Return)
            compare(chosen.count, 1)
            compare(chosen.signalArguments[0][0], "error")
            keyClick(Qt.Key_Right)
            keyClick(Qt.Key_Right)
            keyClick(Qt.Key_Return)
            compare(chosen.signalArguments[1][0], "silent")
        }

        function test_mouseChooses() {
            show([10, 10, 0, 0, 0, 0])
            waitForRendering(bar)
            mouseClick(bar, 40, 42)
            compare(chosen.signalArguments[0][0], "answered")
            mouseClick(bar, bar.width - 40, 42)
            compare(chosen.signalArguments[1][0], "empty")
        }

        function test_aCountOpensItsList() {
            show([371, 12, 0, 9, 14, 3])
            waitForRendering(bar)
            const entry = text => {
                const all = [bar]
                for (let i = 0; i < all.length; ++i) {
                    if (all[i].text === text)
                        return all[i]
                    for (let j = 0; j < all[i].children.length; ++j)
                        all.push(all[i].children[j])
                }
                return null
            }
            mouseClick(entry("silent"))
            compare(chosen.count, 1)
            compare(chosen.signalArguments[0][0], "silent")
            mouseClick(entry("error")) // nobody is in it
            compare(chosen.count, 1)
        }

        function test_sumIsSaid() {
            show([371, 12, 3, 9, 14, 3])
            verify(bar.Accessible.name.endsWith("= 412"), bar.Accessible.name)
        }
    }
}
