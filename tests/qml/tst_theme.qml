// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtTest
import Muster

TestCase {
    name: "Theme"

    function channel(c: real): real {
        return c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4)
    }

    function luminance(c: color): real {
        return 0.2126 * channel(c.r) + 0.7152 * channel(c.g) + 0.0722 * channel(c.b)
    }

    function contrast(a: color, b: color): real {
        const la = luminance(a), lb = luminance(b)
        return (Math.max(la, lb) + 0.05) / (Math.min(la, lb) + 0.05)
    }

    function cleanup() {
        UiSettings.theme = "dark"
    }

    function test_textIsReadable_data(): var {
        return [
            {
                tag: "dark"
            },
            {
                tag: "light"
            }
        ]
    }

    function test_textIsReadable(data) {
        UiSettings.theme = data.tag
        compare(Theme.dark, data.tag === "dark")
        const grounds = ["window", "panel", "raised", "hover", "select", "input"]
        for (const text of ["t1", "t2", "t3", "accent", "ok", "warn", "err", "mute", "unk", "keyword", "string", "number"]) {
            for (const ground of grounds)
                verify(contrast(Theme[text], Theme[ground]) >= 4.5, text + " on " + ground + ": " + contrast(Theme[text], Theme[ground]))
        }
        verify(contrast(Theme.fillText, Theme.fill) >= 4.5)
        verify(contrast(Theme.ok, Theme.okTint) >= 4.5)
        verify(contrast(Theme.warn, Theme.warnTint) >= 4.5)
        verify(contrast(Theme.err, Theme.errTint) >= 4.5)
        verify(contrast(Theme.unk, Theme.unkTint) >= 4.5)
        verify(contrast(Theme.t3, Theme.muteTint) >= 4.5)
    }

    function test_responseTimesAreAsFineAsTheyAreShort() {
        const cases = [[0, "0.0 ms"], [0.0032, "3.2 ms"], [0.00994, "9.9 ms"], [0.00996, "10 ms"], [0.3204, "320 ms"], [0.9994, "999 ms"], [0.9996, "1.00 s"], [1.234, "1.23 s"], [9.996, "10.0 s"], [12.34, "12.3 s"]]
        for (const [seconds, text] of cases)
            compare(Words.responseTime(seconds), text)
    }

    // The veil over a hovered row must give the hover colour, in which no cell takes part.
    function test_veilOverPanelIsHover() {
        for (const theme of ["dark", "light"]) {
            UiSettings.theme = theme
            for (const c of ["r", "g", "b"]) {
                const mixed = Theme.panel[c] * (1 - Theme.hoverVeil.a) + Theme.hoverVeil[c] * Theme.hoverVeil.a
                fuzzyCompare(mixed, Theme.hover[c], 2 / 255)
            }
        }
    }

    function test_everyStateHasItsShape() {
        compare(Theme.states.length, 15)
        for (const state of Theme.states) {
            const image = createTemporaryQmlObject('import Muster; StatusShape { shape: "' + state + '" }', this)
            compare(image.status, Image.Ready, state)
            compare(image.sourceSize.width, 12)
        }
    }

    function test_countsFitWhereThereIsLittleRoom() {
        for (const [n, text] of [[0, "0"], [999, "999"], [1000, "1.0k"], [9949, "9.9k"], [9950, "10k"], [999499, "999k"], [999500, "1.0M"], [12400000, "12M"]])
            compare(Words.shortCount(n), text)
    }
}
