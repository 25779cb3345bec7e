// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtTest
import Muster
import MusterTest

Item {
    id: root

    property string chosen

    width: 800
    height: 600

    CommandPalette {
        id: palette_

        actions: [
            {
                text: "Do d-07",
                hint: "",
                icon: "query",
                run: () => root.chosen = "action"
            }
        ]
        onDeviceChosen: device => root.chosen = device
    }

    TestCase {
        name: "Palette"
        when: windowShown

        function init() {
            Fixtures.fillFleet(200)
            palette_.open()
            tryVerify(() => palette_.opened)
        }

        function cleanup() {
            palette_.close()
            Fixtures.fillFleet(0)
        }

        function texts(): string {
            return palette_.found.map(entry => entry.text).join()
        }

        function type(text: string) {
            for (const key of text)
                keyClick(key)
        }

        function test_devicesComeByName() {
            compare(texts(), "Do d-07")
            type("d-07")
            tryVerify(() => palette_.found.length === 11)
            compare(palette_.found[0].text, "Do d-07")
            compare(palette_.found[1].text, "d-070")
            type("9")
            compare(texts(), "d-079") // at once, of those that were found
            tryVerify(() => palette_.found.length === 1)
            keyClick(Qt.Key_Return)
            compare(root.chosen, "d-079")
        }

        function test_atMostFifty() {
            type("d")
            tryVerify(() => palette_.found.length === 51)
            keyClick(Qt.Key_Backspace)
            tryVerify(() => palette_.found.length === 1)
            type("zz")
            tryVerify(() => palette_.found.length === 0)
        }
    }
}
