// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/cell_text.h"
#include "table/table_model_p.h"

#include <algorithm>

namespace muster {

using table::ColumnIndex;
using table::Kind;
using table::RowId;

const table::Rounds::Marks *TableModel::Private::marks() const
{
    if (!rounds)
        return nullptr;
    return frozen && frozenMarks ? &*frozenMarks : &rounds->marks();
}

/// Response times and ages are others in every round; marking them would mark every row.
void TableModel::Private::leaveOutClocks()
{
    if (!rounds)
        return;
    for (ColumnIndex i = 0; i < table.columnCount(); ++i) {
        const Kind kind = table::fieldKind(table.columnName(i), table.columnType(i));
        if (kind == Kind::Milliseconds || kind == Kind::Age)
            rounds->leaveOut(i);
    }
}

void TableModel::Private::announceRound()
{
    const table::Rounds::Marks *now = marks();
    const std::size_t cells = now ? now->cellCount : 0;
    if (std::exchange(announcedChangedCells, cells) != cells)
        Q_EMIT q->roundChanged();
}

void TableModel::beginRound(qint64 atMicros)
{
    const bool isFirst = !d->rounds;
    if (isFirst)
        d->rounds = std::make_unique<table::Rounds>(
            [this, known = std::vector<std::pair<table::Type, Kind>>()](
                ColumnIndex column, const ValueView &before, const ValueView &after) mutable {
                // A name is looked at once, not with each of a million cells.
                const auto place = static_cast<std::size_t>(column);
                for (std::size_t i = known.size(); i <= place; ++i)
                    known.emplace_back(table::Type::Empty, Kind::Text);
                if (const table::Type type = d->table.columnType(column); known[place].first != type)
                    known[place] = {type, table::fieldKind(d->table.columnName(column), type)};
                return looksTheSame(known[place].second, before, after);
            });
    d->leaveOutClocks();
    const table::Rounds::Marks &marks = d->rounds->marks();
    const bool hadMarks = marks.cellCount > 0;
    if (hadMarks)
        d->changedBefore = std::make_shared<const std::vector<std::uint64_t>>(marks.rows);
    d->rounds->begin(UtcTime{atMicros});
    if (hadMarks && !d->frozen)
        d->announceAll(0, columnCount() - 1, {ChangedRole});
    d->announceRound();
    if (isFirst)
        Q_EMIT watchedChanged();
}

void TableModel::endRounds()
{
    if (!d->rounds)
        return;
    const bool hadMarks = d->marks()->cellCount > 0;
    d->rounds.reset();
    d->frozenMarks.reset();
    d->changedBefore.reset();
    if (hadMarks)
        d->announceAll(0, columnCount() - 1, {ChangedRole});
    d->announceRound();
    setChangedOnly(false);
    Q_EMIT watchedChanged();
}

bool TableModel::watched() const
{
    return d->rounds != nullptr;
}

int TableModel::changedCells() const
{
    const table::Rounds::Marks *now = d->marks();
    return now ? static_cast<int>(now->cellCount) : 0;
}

int TableModel::changedRows() const
{
    const table::Rounds::Marks *now = d->marks();
    return now ? static_cast<int>(now->rowCount) : 0;
}

bool TableModel::changedOnly() const
{
    return d->changedOnly;
}

void TableModel::setChangedOnly(bool only)
{
    if (only == d->changedOnly || (only && !d->rounds))
        return;
    d->changedOnly = only;
    Q_EMIT changedOnlyChanged();
    d->evaluateNow();
}

QVariantList TableModel::cellHistory(int row, int column) const
{
    if (!d->rounds || row < 0 || row >= rowCount() || column < 0 || column >= columnCount() || isGroup(row))
        return {};
    const RowId id = d->lines[static_cast<std::size_t>(row)];
    const Private::Shown &shown = d->shown[static_cast<std::size_t>(column)];
    QVariantList history;
    for (const table::Rounds::Past &past :
         d->rounds->history(id, shown.index, d->table.cell(id, shown.index)))
        history.append(QVariantMap{
            {QStringLiteral("at"), static_cast<qint64>(past.since.millis())},
            {QStringLiteral("text"), cellText(shown.kind, ::muster::view(past.value), UtcTime::now())}});
    return history;
}

} // namespace muster
