// SPDX-License-Identifier: GPL-3.0-or-later
pragma Singleton
import QtQuick

// What pages tell the operator in passing; the window shows it as a toast. Errors stay until closed.
QtObject {
    signal posted(string text, bool isError)

    function info(text: string) {
        posted(text, false)
    }

    function error(text: string) {
        posted(text, true)
    }
}
