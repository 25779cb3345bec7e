// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtTest
import Muster

// What is around the pages.
Item {
    id: root

    width: 1024
    height: 600

    StatusBar {
        id: bar

        width: parent.width
    }
    Toast {
        id: toast

        y: 300
    }
    CommandPalette {
        id: palette_

        actions: Array.from({
            length: 12
        }, (_, i) => ({
                    text: "Action " + i,
                    hint: "",
                    icon: "query",
                    run: () => root.done = i
                }))
    }
    property int done: -1

    TestCase {
        name: "Shell"
        when: windowShown

        function card(name: string): var {
            return findChild(toast, name)
        }

        function cleanup() {
            toast.close()
            palette_.close()
        }

        // An error that nobody has read yet is not replaced by what comes after it.
        function test_errorsStayUntilTheyAreRead() {
            toast.show("first", true)
            toast.show("exported", false)
            toast.show("second", true)
            toast.show("second", true)
            compare(card("errorToast").text, "first")
            compare(card("errorToast").more, 1)
            compare(card("infoToast").text, "exported")
            verify(card("errorToast").visible && card("infoToast").visible)
            card("errorToast").closed()
            compare(card("errorToast").text, "second")
            compare(card("errorToast").more, 0)
            card("errorToast").closed()
            verify(!card("errorToast").visible)
            verify(toast.visible)
            card("infoToast").closed()
            verify(!toast.visible)
        }

        // Without a link nobody knows who is online, nor how JetStream does.
        function test_statusBarClaimsNothingStale() {
            const jetStream = findChild(bar, "jetStream"), word = findChild(bar, "presenceWord")
            bar.jetStreamText = "JetStream ok"
            bar.linkUp = true
            bar.stale = false
            compare(jetStream.text, "JetStream ok")
            compare(word.text, "online")
            bar.linkUp = false
            bar.stale = true
            compare(jetStream.text, "JetStream unknown")
            compare(word.text, "unknown")
            verify(word.parent.Accessible.name.endsWith("unknown"), word.parent.Accessible.name)
        }

        function test_paletteHasAllActions() {
            palette_.open()
            tryVerify(() => palette_.opened)
            compare(palette_.found.length, 12)
            for (let i = 0; i < 11; ++i)
                keyClick(Qt.Key_Down)
            keyClick(Qt.Key_Return)
            compare(root.done, 11)
        }
    }
}
