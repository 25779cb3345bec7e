// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Muster

// Says by what a table is sorted where its titles cannot: by columns that are hidden.
PlainLabel {
    id: root

    required property TableModel model

    property int revision: 0 ///< of the columns

    text: {
        const shown = []
        for (let column = 0; revision >= 0 && column < model.columnCount(); ++column)
            shown.push(model.columnName(column))
        const hidden = model.sortKeys.map(key => key.column).filter(name => !shown.includes(name))
        return hidden.length === 0 ? "" : qsTr("Sorted by %1, which is hidden").arg(hidden.join(", "))
    }
    color: Theme.t2

    Connections {
        target: root.model

        function onColumnsChanged() {
            ++root.revision
        }
    }
    HoverHandler {
        id: hover
    }
    MToolTip {
        visible: hover.hovered && root.truncated
        text: root.text
    }
}
