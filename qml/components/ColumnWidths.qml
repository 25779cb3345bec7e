// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml
import Muster

// How wide the columns of a table are to be in so much room.
QtObject {
    required property TableModel model

    // What a column may be narrowed to before the table scrolls sideways.
    function narrowest(column: int): int {
        const title = 7 * model.columnTitle(column).length + 26
        const made = functionWidth(column)
        switch (model.columnKind(column)) {
        case CellKind.Identifier:
            return 136 + made
        case CellKind.Presence:
        case CellKind.Outcome:
            return 96 + made
        case CellKind.Time:
            return 150 + made
        case CellKind.Bytes:
        case CellKind.Duration:
            return Math.max(84, 76 + made, title)
        case CellKind.Number:
        case CellKind.Percent:
            return Math.max(72, 56 + made, title)
        }
        return Math.max(72, title, made > 0 ? 72 + made : 0)
    }

    // What the name of the function takes before the values of a column's headings.
    function functionWidth(column: int): int {
        if (column === 0 || model.groupBy.length === 0)
            return 0
        let longest = 0
        for (const aggregate of model.aggregates) {
            const end = aggregate.indexOf(" ")
            if (aggregate.slice(end + 1) === model.columnName(column))
                longest = Math.max(longest, end)
        }
        return longest === 0 ? 0 : 7 * longest + 4
    }

    // The width of each column; 0: dropped. What is left over goes to what a device says went wrong, or to the column of names, as the eye starts there; what
    // is missing is taken from columns that nobody resized, as far as they have room to give; where that is not enough, columns that matter less are dropped.
    function fit(width: real): var {
        const count = model.columnCount()
        const next = []
        const slack = []
        const heading = model.groupBy.length > 0 ? 144 + 16 * model.groupBy.length : 0 // of the innermost groups
        for (let i = 0; i < count; ++i) {
            const automatic = model.columnWidthIsAutomatic(i)
            const least = i === 0 ? Math.max(narrowest(i), heading) : narrowest(i)
            next.push(automatic ? Math.max(model.columnWidth(i), i === 0 ? heading : functionWidth(i) > 0 ? least : 0) : model.columnWidth(i))
            slack.push(automatic ? Math.max(0, next[i] - least) : 0)
        }
        dropColumns(next, slack, width)
        let sum = 0, slackSum = 0, wide = -1, last = 0
        for (let i = 0; i < count; ++i) {
            if (next[i] === 0)
                continue
            last = i
            sum += next[i]
            slackSum += slack[i]
            if (model.columnName(i) === "error")
                wide = i
            else if (wide < 0 && model.columnKind(i) === CellKind.Identifier && model.columnWidthIsAutomatic(i))
                wide = i
        }
        const missing = Math.min(sum - width, slackSum)
        if (missing > 0) {
            for (let i = 0; i < count; ++i)
                next[i] -= Math.ceil(missing * slack[i] / slackSum)
            sum = next.reduce((total, w) => total + w, 0)
        }
        if (count > 0 && sum < width)
            next[wide < 0 ? last : wide] += Math.floor(width - sum)
        return next
    }

    // From the right, those of the highest priority number first, until the others fit at their narrowest.
    function dropColumns(widths: var, slack: var, width: real) {
        const dropped = []
        let needed = widths.reduce((sum, w, i) => sum + w - slack[i], 0)
        while (width > 0 && needed > width) {
            let drop = -1
            for (let i = 0; i < widths.length; ++i) {
                const priority = widths[i] > 0 ? model.columnPriority(i) : 0
                if (priority > 0 && (drop < 0 || priority >= model.columnPriority(drop)))
                    drop = i
            }
            if (drop < 0)
                break
            needed -= widths[drop] - slack[drop]
            widths[drop] = 0
            slack[drop] = 0
            dropped.push(drop)
        }
        model.setDropped(dropped)
    }
}
