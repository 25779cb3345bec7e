// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/cell_text.h"
#include "table/columns.h"
#include "table/table_model_p.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <unordered_map>

namespace muster {

using table::ColumnIndex;
using table::Kind;
using table::RowId;

QString toQString(std::string_view utf8)
{
    return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
}

QString aggregateText(const table::Aggregate &aggregate)
{
    const QString function = toQString(table::name(aggregate.function));
    return aggregate.column.empty() ? function : function + u' ' + QString::fromStdString(aggregate.column);
}

namespace {

struct ShownCell {
    Kind kind;
    ValueView value;
};

template <typename Number>
ValueView numberIn(std::string_view text)
{
    Number number{};
    const char *end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    return error == std::errc() && stop == end ? ValueView(number) : ValueView(text);
}

/// A column of many fields holds texts where one of them has texts: what a text was before.
ValueView valueIn(std::string_view text, table::Type type)
{
    switch (type) {
    case table::Type::Bool:
        return text == "true" || text == "false" ? ValueView(text == "true") : ValueView(text);
    case table::Type::Int:
        return numberIn<std::int64_t>(text);
    case table::Type::Double:
        return numberIn<double>(text);
    case table::Type::Time: {
        const std::optional<UtcTime> time = UtcTime::parse(text);
        return time ? ValueView(*time) : ValueView(text);
    }
    case table::Type::Empty:
    case table::Type::Version:
    case table::Type::Text:
        break;
    }
    return text;
}

/// A cell as the table that the field comes from shows it.
ShownCell asField(const ShownCell &cell, const ValueView &field, const QHash<QString, table::Type> &types)
{
    const auto *name = std::get_if<std::string_view>(&field);
    if (!name)
        return cell;
    const auto type = types.find(toQString(*name));
    if (type == types.end())
        return cell;
    const auto *text = std::get_if<std::string_view>(&cell.value);
    return {table::fieldKind(*name, *type), text ? valueIn(*text, *type) : cell.value};
}

} // namespace

ValueView TableModel::Private::cell(RowId row, ColumnIndex column) const
{
    if (!frozen)
        return table.cell(row, column);
    const auto &columns = frozen->columns;
    return column < 0 || static_cast<std::size_t>(column) >= columns.size()
               ? ValueView()
               : columns[static_cast<std::size_t>(column)].cell(row);
}

std::size_t TableModel::Private::totalRows() const
{
    return frozen ? frozen->rowCount : table.rowCount();
}

std::size_t TableModel::Private::rowLimit() const
{
    return std::max<std::size_t>(table.rowLimit(), frozen ? frozen->rowLimit : 0);
}

std::shared_ptr<const table::Snapshot> TableModel::Private::picture() const
{
    return frozen ? frozen : table.snapshot();
}

QString TableModel::Private::keyOf(RowId row) const
{
    const ValueView key = cell(row, 0);
    const auto *held = std::get_if<std::string_view>(&key);
    return held ? toQString(*held) : QString();
}

QVariant TableModel::Private::groupData(const Heading &heading, const Shown &column, int place,
                                        int role) const
{
    const table::Aggregate *aggregate =
        column.aggregate >= 0 && static_cast<std::size_t>(column.aggregate) < heading.aggregates.size()
            ? &aggregates[static_cast<std::size_t>(column.aggregate)]
            : nullptr;
    const auto kindOfTotal = [&column](table::Function function) {
        const bool counts = function == table::Function::Count || function == table::Function::Distinct;
        return counts ? Kind::Number : column.kind;
    };
    const Kind kind = aggregate ? kindOfTotal(aggregate->function) : column.kind;
    const ValueView total =
        aggregate ? ::muster::view(heading.aggregates[static_cast<std::size_t>(column.aggregate)])
                  : ValueView();
    const ValueView value = ::muster::view(heading.value);
    const QString by = heading.level < groupBy.size() ? groupBy[heading.level] : QString();
    switch (role) {
    case Qt::DisplayRole: {
        if (place != 0)
            return std::holds_alternative<std::monostate>(total) ? QString()
                                                                 : cellText(kind, total, UtcTime::now());
        QString what = std::holds_alternative<std::monostate>(value)
                           ? TableModel::tr("(none)")
                           : cellText(kindOf(by), value, UtcTime::now());
        if (what.isEmpty())
            what = TableModel::tr("(empty)");
        if (heading.level == 0)
            return what;
        const auto title = std::find_if(layout.begin(), layout.end(),
                                        [&by](const auto &candidate) { return candidate.name == by; });
        return title != layout.end() ? title->title + u' ' + what : what;
    }
    case RawRole:
        return plainText(place == 0 ? value : total, 4096);
    case PrefixRole:
        return place != 0 && aggregate && !std::holds_alternative<std::monostate>(total)
                   ? toQString(table::name(aggregate->function))
                   : QString();
    case KindRole:
        return static_cast<int>(place == 0 ? Kind::Text : kind);
    case RightAlignedRole:
        return place != 0 && table::isRightAligned(column.kind);
    case GroupRole:
        return true;
    case DepthRole:
        return heading.level;
    case ExpandedRole:
        return lineage.isExpanded(heading.path);
    case CountRole:
        return static_cast<int>(heading.count);
    case SelectedRole:
        return isAllSelected(heading);
    case ChangedRole:
        return false;
    case ToolTipTextRole: {
        if (place == 0)
            return plainText(value, 4096);
        QStringList all;
        for (std::size_t i = 0; i < aggregates.size() && i < heading.aggregates.size(); ++i) {
            if (aggregates[i].column == layout[column.layout].name.toStdString())
                all.append(toQString(table::name(aggregates[i].function)) + u' ' +
                           layout[column.layout].title + u' ' +
                           cellToolTip(kindOfTotal(aggregates[i].function),
                                       ::muster::view(heading.aggregates[i]), 256));
        }
        return all.join(u'\n');
    }
    default:
        return {};
    }
}

QVariant TableModel::Private::rowData(RowId row, const Shown &column, int role) const
{
    const auto shownCell = [&]() -> ShownCell {
        const ShownCell own{column.kind, cell(row, column.index)};
        const LayoutColumn &laidOut = layout[column.layout];
        if (laidOut.fieldColumn.isEmpty())
            return own;
        const ColumnIndex field = table.column(laidOut.fieldColumn.toStdString());
        return asField(own, cell(row, field), laidOut.fieldTypes);
    };
    switch (role) {
    case Qt::DisplayRole: {
        const auto [kind, value] = shownCell();
        return cellText(kind, value, UtcTime::now());
    }
    case KindRole:
        return static_cast<int>(shownCell().kind);
    case RawRole: {
        const auto [kind, value] = shownCell();
        const auto *flag = kind == Kind::Late ? std::get_if<bool>(&value) : nullptr;
        return flag && *flag ? QStringLiteral("late") : plainText(value, 4096); // the state that it is
    }
    case PrefixRole:
        return QString();
    case GroupRole:
    case ExpandedRole:
        return false;
    case DepthRole:
        return view.groups.empty() ? 0 : static_cast<int>(groupBy.size());
    case CountRole:
        return 0;
    case SelectedRole:
        return isSelected(row);
    case RightAlignedRole:
        return table::isRightAligned(column.kind);
    case ToolTipTextRole: {
        const auto [kind, value] = shownCell();
        return cellToolTip(kind, value);
    }
    case ChangedRole: {
        const table::Rounds::Marks *now = marks();
        return now && now->has(row, column.index);
    }
    default:
        return {};
    }
}

QVariant TableModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const LineId line = d->lines[static_cast<std::size_t>(index.row())];
    const Private::Shown &column = d->shown[static_cast<std::size_t>(index.column())];
    if (Lines::isHeading(line))
        return d->groupData(d->lineage.heading(line), column, index.column(), role);
    return d->rowData(line, column, role);
}

QString TableModel::shownText(int row, int column) const
{
    const QModelIndex at = index(row, column);
    const QString prefix = data(at, PrefixRole).toString();
    const QString text = data(at, Qt::DisplayRole).toString();
    return prefix.isEmpty() ? text : prefix + u' ' + text;
}

QString TableModel::toolTipText(int row, int column) const
{
    return data(index(row, column), ToolTipTextRole).toString();
}

bool TableModel::isChanged(int row, int column) const
{
    return data(index(row, column), ChangedRole).toBool();
}

QVariant TableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
        return {};
    if (role == Qt::DisplayRole)
        return columnTitle(section);
    if (role == RightAlignedRole)
        return columnRightAligned(section);
    return {};
}

QHash<int, QByteArray> TableModel::roleNames() const
{
    return {{Qt::DisplayRole, "display"},
            {KindRole, "kind"},
            {RawRole, "raw"},
            {PrefixRole, "prefix"},
            {GroupRole, "isGroup"},
            {DepthRole, "depth"},
            {ExpandedRole, "expanded"},
            {CountRole, "count"},
            {SelectedRole, "rowSelected"},
            {RightAlignedRole, "rightAligned"},
            {ToolTipTextRole, "toolTipText"},
            {ChangedRole, "changed"}};
}

/// Of a large table's column with many values, those of a sample: what is typed is not to wait.
QStringList TableModel::valuesOf(const QString &column, int limit) const
{
    constexpr std::size_t looked = 10'000;
    const std::string name = column.toStdString();
    const auto most = static_cast<std::size_t>(std::max(limit, 0));
    const auto snapshot = d->table.snapshot();
    const table::Column *held = snapshot->column(name);
    QStringList values;
    if (!held)
        return values;
    if (snapshot->rowLimit <= looked ||
        (table::isTextual(held->type) && !held->isKey && held->codeLimit <= looked)) {
        for (const table::ValueCount &value : table::distinctValues(*snapshot, name, most))
            values.append(QString::fromStdString(toText(view(value.value))));
        return values;
    }
    if (held->isKey) {
        for (RowId row = 0; row < snapshot->rowLimit && values.size() < limit; ++row) {
            if (held->has(row))
                values.append(toQString(std::get<std::string_view>(held->cell(row))));
        }
        return values;
    }
    std::unordered_map<std::string, std::size_t> counts;
    const std::size_t step = snapshot->rowLimit / looked;
    for (std::size_t row = 0; row < snapshot->rowLimit; row += step) {
        if (held->has(static_cast<RowId>(row)))
            ++counts[toText(held->cell(static_cast<RowId>(row)))];
    }
    std::vector<std::pair<std::string, std::size_t>> sorted(counts.begin(), counts.end());
    const std::size_t shownCount = std::min(most, sorted.size());
    std::partial_sort(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(shownCount), sorted.end(),
                      [](const auto &a, const auto &b) {
                          return a.second != b.second ? a.second > b.second : a.first < b.first;
                      });
    for (std::size_t i = 0; i < shownCount; ++i)
        values.append(QString::fromStdString(sorted[i].first));
    return values;
}

void TableModel::findKeys(const QString &text, int limit)
{
    if (d->finding)
        d->finding->store(true); // what was typed last counts
    d->finding = std::make_shared<table::CancelFlag>(false);
    const std::string wanted = text.toStdString();
    const bool isKey = d->table.find(wanted) != table::noRow;
    d->pool.start([this, text, wanted, isKey, most = static_cast<std::size_t>(std::max(limit, 0)),
                   snapshot = d->table.snapshot(), cancel = d->finding]() mutable {
        QStringList keys;
        if (isKey && most > 0)
            keys.append(text);
        for (const std::string &key : table::keysContaining(*snapshot, wanted, most, cancel.get())) {
            if (static_cast<std::size_t>(keys.size()) < most && !(isKey && key == wanted))
                keys.append(QString::fromStdString(key));
        }
        snapshot.reset();
        QMetaObject::invokeMethod(
            this,
            [this, text, keys, cancel] {
                if (d->finding != cancel)
                    return;
                d->finding.reset();
                Q_EMIT keysFound(text, keys);
            },
            Qt::QueuedConnection);
    });
}

} // namespace muster
