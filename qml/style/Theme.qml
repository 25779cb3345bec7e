// SPDX-License-Identifier: GPL-3.0-or-later
pragma Singleton
import QtQuick
import Muster

// Every colour, size and duration of the window. Ratios of each text colour on each ground are tested.
QtObject {
    readonly property bool dark: UiSettings.dark

    readonly property color window: dark ? "#0E1116" : "#F2F4F7"
    readonly property color panel: dark ? "#14181E" : "#FFFFFF"
    readonly property color raised: dark ? "#1A1F27" : "#F7F8FA"
    readonly property color input: dark ? "#0F1318" : "#FFFFFF"
    readonly property color hover: dark ? "#212833" : "#EBEEF3"
    readonly property color select: dark ? "#1B2A44" : "#E1EBFD"
    readonly property color border: dark ? "#252C36" : "#DCE1E8"
    readonly property color border2: dark ? "#3A4453" : "#BFC7D2"
    readonly property color grid: dark ? "#20262F" : "#EBEEF2"
    readonly property color t1: dark ? "#E7EBF0" : "#161B22"
    readonly property color t2: dark ? "#AAB4C2" : "#434D5B"
    readonly property color t3: dark ? "#8E99A9" : "#5A6676"
    readonly property color accent: dark ? "#7AABFF" : "#1D5BD0"
    readonly property color fill: dark ? "#2B66D9" : "#1D5BD0"
    readonly property color fillText: "#FFFFFF"
    readonly property color ok: dark ? "#3CC4A2" : "#0A7059"
    readonly property color warn: dark ? "#E3AE45" : "#855300"
    readonly property color err: dark ? "#F58263" : "#B03412"
    readonly property color mute: dark ? "#98A3B3" : "#566272"
    readonly property color unk: dark ? "#CDA4EC" : "#7C3A9C"
    readonly property color keyword: dark ? "#C3A2F0" : "#6B3FC0"
    readonly property color string: dark ? "#D9B77E" : "#7E5210"
    readonly property color number: dark ? "#8CC8E8" : "#0F6286"
    readonly property color okTint: dark ? "#14302C" : "#DDF1EB"
    readonly property color warnTint: dark ? "#332A17" : "#FBEFD6"
    readonly property color errTint: dark ? "#38211C" : "#FBE5DE"
    readonly property color unkTint: dark ? "#2B2336" : "#F1E6F7"
    readonly property color muteTint: dark ? "#222830" : "#E9EDF2"
    readonly property color railCurrent: dark ? "#1A1F27" : "#E1E6ED"
    // Laid over a row of `panel`, this gives `hover` without a binding in each of its cells.
    readonly property color hoverVeil: dark ? "#1996B8F0" : "#19375587"

    readonly property string sans: UiSettings.sansFamily
    readonly property string mono: UiSettings.monoFamily

    readonly property int captionSize: 11
    readonly property int bodySize: 12
    readonly property int textSize: 13
    readonly property int titleSize: 15
    readonly property int countSize: 22

    readonly property int pagePadding: 16
    readonly property int gap: 8
    readonly property int radius: 4
    readonly property int tagRadius: 3
    readonly property int meterRadius: 2

    readonly property int controlHeight: 28
    readonly property int smallHeight: 24
    readonly property int expressionHeight: 32
    readonly property int denseRow: 24
    readonly property int shapeRow: 28
    readonly property int tableHeader: 28
    readonly property int topBar: 44
    readonly property int pageHeader: 44
    readonly property int statusBar: 24

    readonly property int pressTime: UiSettings.reducedMotion ? 0 : 80
    readonly property int expandTime: UiSettings.reducedMotion ? 0 : 120
    readonly property int drawerTime: UiSettings.reducedMotion ? 0 : 160
    readonly property int toastTime: UiSettings.reducedMotion ? 0 : 200

    readonly property var states: ["online", "late", "offline", "never", "unknown", "in_sync", "drifted", "answered", "empty", "error", "silent", "waiting", "unexpected", "running", "draining"]

    function isState(name: string): bool {
        return states.includes(name)
    }

    function stateColor(state: string): color {
        switch (state) {
        case "online":
        case "answered":
        case "done":
        case "in_sync":
            return ok
        case "late":
        case "silent":
        case "unexpected":
        case "drifted":
        case "draining":
            return warn
        case "error":
        case "failed":
            return err
        case "unknown":
            return unk
        case "empty":
            return t2
        case "waiting":
        case "queued":
        case "running":
            return accent
        }
        return mute
    }
}
