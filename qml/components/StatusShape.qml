// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Muster

// One of the state shapes: each has a silhouette of its own, so that colour is never the only sign.
Icon {
    id: root

    property string shape

    readonly property var aliases: ({
            "expired": "offline",
            "done": "answered",
            "failed": "error",
            "queued": "waiting"
        })

    name: shape === "" ? "" : "status/" + (aliases[shape] ?? shape)
    color: Theme.stateColor(shape)
    size: 12
}
