// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/table_model_p.h"

#include <QClipboard>
#include <QGuiApplication>

#include <algorithm>

namespace muster {

using table::noRow;
using table::RowId;
using table::RowList;

RowList TableModel::Private::rowsUnder(int line) const
{
    const LineId id = lines[static_cast<std::size_t>(line)];
    if (!Lines::isHeading(id))
        return {id};
    RowList rows;
    const Heading &heading = lineage.heading(id);
    if (heading.group < view.groups.size()) {
        const table::Group &group = view.groups[heading.group];
        for (std::uint32_t i = group.begin; i < group.end; ++i) {
            if (!isGone(view.rows[i]))
                rows.push_back(view.rows[i]);
        }
    }
    return rows;
}

/// A closed group's heading stands for its rows; those of an open one have lines of their own.
RowList TableModel::Private::rowsBetween(int first, int last) const
{
    RowList rows;
    for (int i = first; i <= last; ++i) {
        const LineId line = lines[static_cast<std::size_t>(i)];
        if (!Lines::isHeading(line)) {
            rows.push_back(line);
        } else if (!lineage.isExpanded(lineage.heading(line).path)) {
            const RowList under = rowsUnder(i);
            rows.insert(rows.end(), under.begin(), under.end());
        }
    }
    return rows;
}

/// Counted once for all headings, when one is asked about.
bool TableModel::Private::isAllSelected(const Heading &heading) const
{
    if (selectedCount == 0 || heading.group >= view.groups.size())
        return false;
    if (selectedUpTo.empty()) {
        selectedUpTo.reserve(view.rows.size() + 1);
        selectedUpTo.push_back(0);
        for (const RowId row : view.rows)
            selectedUpTo.push_back(selectedUpTo.back() + (isSelected(row) || isGone(row) ? 1 : 0));
    }
    const table::Group &group = view.groups[heading.group];
    return group.end > group.begin &&
           selectedUpTo[group.end] - selectedUpTo[group.begin] == group.end - group.begin;
}

void TableModel::Private::deselectAll()
{
    selected.assign(selected.size(), false);
    selectedCount = 0;
    selectedUpTo.clear();
}

void TableModel::Private::setSelected(RowId row, bool value)
{
    if (isSelected(row) == value)
        return;
    selectedUpTo.clear();
    if (row >= selected.size())
        selected.resize(std::max<std::size_t>(rowLimit(), row + 1));
    selected[row] = value;
    selectedCount += value ? 1 : -1;
}

void TableModel::Private::announceSelection()
{
    if (!shown.empty())
        announceAll(0, static_cast<int>(shown.size()) - 1, {SelectedRole});
    Q_EMIT q->selectionChanged();
}

/// Those on screen in their order, then those that a filter hides.
RowList TableModel::Private::selectedRows() const
{
    RowList rows;
    rows.reserve(static_cast<std::size_t>(selectedCount));
    std::vector<bool> taken(selected.size());
    for (const RowId row : view.rows) {
        if (isSelected(row) && !isGone(row)) {
            rows.push_back(row);
            taken[row] = true;
        }
    }
    for (RowId row = 0; row < selected.size(); ++row) {
        if (selected[row] && !taken[row])
            rows.push_back(row);
    }
    return rows;
}

int TableModel::selectedCount() const
{
    return d->selectedCount;
}

void TableModel::select(int row, SelectMode mode)
{
    if (row < 0 || row >= rowCount())
        return;
    if (mode != Range || d->anchor.at < 0)
        d->anchor = d->hold(row);
    RowList rows;
    switch (mode) {
    case Replace:
    case Toggle:
        rows = d->rowsUnder(row);
        break;
    case Range:
        rows = d->rowsBetween(std::min(d->anchor.at, row), std::max(d->anchor.at, row));
        if (rows.empty()) // headings of open groups alone
            rows = d->rowsUnder(row);
        break;
    }
    const bool value = mode != Toggle ||
                       !std::all_of(rows.begin(), rows.end(), [this](RowId id) { return d->isSelected(id); });
    if (mode != Toggle)
        d->deselectAll();
    for (const RowId id : rows)
        d->setSelected(id, value);
    const int before = d->current.at;
    d->current = d->hold(row);
    if (d->current.at != before)
        Q_EMIT currentRowChanged();
    d->announceSelection();
}

void TableModel::selectAll()
{
    for (const RowId row : d->view.rows) {
        if (!d->isGone(row))
            d->setSelected(row, true);
    }
    d->announceSelection();
}

void TableModel::clearSelection()
{
    if (d->selectedCount == 0)
        return;
    d->deselectAll();
    d->anchor = d->current;
    d->announceSelection();
}

QStringList TableModel::selectedKeys() const
{
    QStringList keys;
    for (const RowId row : d->selectedRows())
        keys.append(d->keyOf(row));
    return keys;
}

QString TableModel::keyAt(int row) const
{
    return row < 0 || row >= rowCount() || isGroup(row) ? QString()
                                                        : d->keyOf(d->lines[static_cast<std::size_t>(row)]);
}

int TableModel::rowOfKey(const QString &key) const
{
    const RowId row = d->table.find(key.toStdString());
    const std::vector<std::uint32_t> &at = d->places();
    return row == noRow || row >= at.size() || at[row] == nowhere ? -1 : static_cast<int>(at[row]);
}

QString TableModel::selectionAsTsv() const
{
    return d->tsvWork(d->selectedRows())(nullptr).value_or(QString());
}

void TableModel::Private::putOnClipboard(const std::optional<QString> &text, int count)
{
    if (text) {
        QGuiApplication::clipboard()->setText(*text);
        Q_EMIT q->copied(count);
    } else {
        Q_EMIT q->copyFailed(
            tr("%n row(s) are too much for the clipboard. Export them to a file instead.", "", count));
    }
}

void TableModel::copySelection()
{
    constexpr int rowsAtOnce = 2000;
    if (d->copying)
        d->copying->store(true); // what is copied last counts
    d->copying.reset();
    if (d->selectedCount == 0 || !qGuiApp)
        return;
    const int count = d->selectedCount;
    if (count <= rowsAtOnce) {
        d->putOnClipboard(d->tsvWork(d->selectedRows())(nullptr), count);
        return;
    }
    d->copying = std::make_shared<table::CancelFlag>(false);
    d->pool.start([this, work = d->tsvWork(d->selectedRows()), count, cancel = d->copying]() mutable {
        std::optional<QString> text = work(cancel.get());
        work = {};
        QMetaObject::invokeMethod(
            this,
            [this, text = std::move(text), count, cancel] {
                if (d->copying != cancel)
                    return;
                d->copying.reset();
                d->putOnClipboard(text, count);
            },
            Qt::QueuedConnection);
    });
}

/// Makes the text of rows on any thread; nothing when cancelled, or when it is more than a clipboard should
/// hold.
std::function<std::optional<QString>(const table::CancelFlag *)>
TableModel::Private::tsvWork(RowList rows) const
{
    table::WriteOptions options;
    options.format = table::Format::Tsv;
    for (const Shown &column : shown)
        options.columns.push_back(layout[column.layout].name.toStdString());
    return [chosen = table::View{std::move(rows), {}}, options = std::move(options),
            snapshot = picture()](const table::CancelFlag *cancel) -> std::optional<QString> {
        constexpr std::size_t mostBytes = std::size_t{64} << 20;
        std::string out;
        const Status written = table::write(*snapshot, chosen, {}, options, [&](std::string_view bytes) {
            out += bytes;
            return out.size() <= mostBytes && !(cancel && cancel->load());
        });
        return written ? std::optional(QString::fromStdString(out)) : std::nullopt;
    };
}

} // namespace muster
