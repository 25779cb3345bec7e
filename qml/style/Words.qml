// SPDX-License-Identifier: GPL-3.0-or-later
pragma Singleton
import QtQuick

// Numbers and the names of states, as people of this locale read them.
QtObject {
    function count(n: real): string {
        return Number(n).toLocaleString(Qt.locale(), "f", 0)
    }

    function decimal(n: real, digits: int): string {
        return Number(n).toLocaleString(Qt.locale(), "f", digits)
    }

    /// In up to four characters, where there is no room for all digits: 980, 9.8k, 98k, 1.0M.
    function shortCount(n: real): string {
        if (n < 1000)
            return count(n)
        if (n < 999500)
            return qsTr("%1k", "thousands").arg(decimal(n / 1000, n < 9950 ? 1 : 0))
        return qsTr("%1M", "millions").arg(decimal(n / 1000000, n < 9950000 ? 1 : 0))
    }

    function age(seconds: real): string {
        if (seconds < 10)
            return qsTr("%1 s").arg(decimal(seconds, 1))
        if (seconds < 120)
            return qsTr("%1 s").arg(count(seconds))
        if (seconds < 7200)
            return qsTr("%1 min").arg(count(Math.floor(seconds / 60)))
        if (seconds < 172800)
            return qsTr("%1 h").arg(count(Math.floor(seconds / 3600)))
        return qsTr("%1 d").arg(count(Math.floor(seconds / 86400)))
    }

    /// Of an answer that took so many seconds: as fine as people compare them.
    function responseTime(seconds: real): string {
        const ms = seconds * 1000
        if (ms < 9.95)
            return qsTr("%1 ms").arg(decimal(ms, 1))
        if (ms < 999.5)
            return qsTr("%1 ms").arg(count(ms))
        return qsTr("%1 s").arg(decimal(seconds, seconds < 9.995 ? 2 : 1))
    }

    function state(name: string): string {
        switch (name) {
        case "online":
            return qsTr("Online")
        case "late":
            return qsTr("Late")
        case "offline":
            return qsTr("Offline")
        case "never":
            return qsTr("Never")
        case "unknown":
            return qsTr("Unknown")
        case "answered":
            return qsTr("Answered")
        case "empty":
            return qsTr("Empty")
        case "error":
            return qsTr("Error")
        case "silent":
            return qsTr("Silent")
        case "waiting":
            return qsTr("Waiting")
        case "unexpected":
            return qsTr("Unexpected")
        }
        return name
    }

    // "today 14:02", "yesterday", "3 Jun"
    function lastUse(when: var): string {
        if (!when || isNaN(when.getTime()))
            return ""
        const now = new Date()
        const today = new Date(now.getFullYear(), now.getMonth(), now.getDate())
        const days = Math.floor((today.getTime() - when.getTime()) / 86400000)
        if (when >= today)
            return qsTr("today %1").arg(when.toLocaleTimeString(Qt.locale(), "HH:mm"))
        if (days < 1)
            return qsTr("yesterday")
        return when.toLocaleDateString(Qt.locale(), now.getFullYear() === when.getFullYear() ? "MMM dd" : "MMM yyyy")
    }

    // Exact, for the tooltip of any time.
    function bothTimes(when: var): string {
        if (!when || isNaN(when.getTime()))
            return ""
        return when.toISOString().slice(0, 19).replace("T", " ") + " UTC\n" + when.toLocaleString(Qt.locale(), Locale.LongFormat)
    }
}
