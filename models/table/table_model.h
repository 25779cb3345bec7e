// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/format.h"
#include "table/table.h"
#include "table/view.h"
#include "table/writer.h"

#include <QAbstractListModel>
#include <QAbstractTableModel>
#include <QHash>
#include <QStringList>
#include <QUrl>
#include <QVariantList>

#include <memory>

namespace muster {

/// A table column's place on screen. Rows of ColumnListModel, for the chooser.
struct ColumnLayout {
    QString name;  ///< field name, also the header of exports
    QString title; ///< what the header shows; the name unless the owner says otherwise
    bool visible = true;
    int width = 0;    ///< pixels; 0: by kind
    int priority = 0; ///< those with higher numbers are dropped first where there is no room; 0: none is
    /// The column whose cell says of which field a cell of this one is ("field" of a comparison): the cell is
    /// shown as that field is. Empty: all cells are of this column's own field.
    QString fieldColumn = {};
    QHash<QString, table::Type> fieldTypes = {}; ///< of those fields, where they come from
};

class TableModel;

/// All columns of a TableModel, visible or not, in order.
class ColumnListModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role {
        NameRole = Qt::UserRole + 1,
        TitleRole,
        VisibleRole,
        KindRole,
        PinnedRole, ///< bool: the rows' names, which stay where they are
        DroppedRole ///< bool: visible, but the view has no room for it
    };
    Q_ENUM(Role)
    explicit ColumnListModel(TableModel *table);
    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    bool setData(const QModelIndex &index, const QVariant &value, int role) override; ///< VisibleRole
    QHash<int, QByteArray> roleNames() const override;
    Q_INVOKABLE void setVisible(int row, bool visible);
    Q_INVOKABLE void toggleVisible(int row);
    Q_INVOKABLE bool move(int from, int to); ///< false over a pinned one, which stays

private:
    TableModel *m_table;
    friend class TableModel;
};

/// The one item model over a columnar table: flattened groups, filter, sort, selection by row. Serves every
/// table of the application. GUI thread only; filters and sorts of large tables run on workers and arrive
/// later (busy is true meanwhile). Cells are read from the columns when a delegate asks.
class TableModel : public QAbstractTableModel {
    Q_OBJECT
    Q_PROPERTY(int rowTotal READ rowTotal NOTIFY countsChanged) ///< rows in the table
    Q_PROPERTY(int rowShown READ rowShown NOTIFY
                   countsChanged) ///< rows that pass the filters, collapsed ones included
    Q_PROPERTY(bool busy READ busy NOTIFY busyChanged)
    Q_PROPERTY(bool paused READ paused WRITE setPaused NOTIFY pausedChanged) ///< batches wait; "Live" is off
    Q_PROPERTY(QString quickFilter READ quickFilter WRITE setQuickFilter NOTIFY quickFilterChanged)
    Q_PROPERTY(QString expression READ expression NOTIFY expressionChanged) ///< the last one that was valid
    Q_PROPERTY(QStringList groupBy READ groupBy WRITE setGroupBy NOTIFY groupByChanged)
    Q_PROPERTY(QStringList aggregates READ aggregates WRITE setAggregates NOTIFY
                   aggregatesChanged)                                  ///< "avg cpu.pct"
    Q_PROPERTY(QVariantList sortKeys READ sortKeys NOTIFY sortChanged) ///< [{column, descending}]
    Q_PROPERTY(int selectedCount READ selectedCount NOTIFY selectionChanged)
    /// The line under the keys. It goes where what stands on it goes; -1 when that is not shown, or none was
    /// set.
    Q_PROPERTY(int currentRow READ currentRow WRITE setCurrentRow NOTIFY currentRowChanged)
    Q_PROPERTY(muster::ColumnListModel *columnList READ columnList CONSTANT)
    Q_PROPERTY(bool watched READ watched NOTIFY watchedChanged)        ///< rounds are followed
    Q_PROPERTY(int changedCells READ changedCells NOTIFY roundChanged) ///< in the present round
    Q_PROPERTY(int changedRows READ changedRows NOTIFY roundChanged)
    /// Only rows that the present round changed; those of the round before until it has changed one.
    Q_PROPERTY(bool changedOnly READ changedOnly WRITE setChangedOnly NOTIFY changedOnlyChanged)
    Q_PROPERTY(
        int exportProgress READ exportProgress NOTIFY exportProgressChanged) ///< percent; -1: none running

public:
    enum Role {
        KindRole = Qt::UserRole + 1, ///< Kind as int: how a delegate draws the cell
        RawRole,                     ///< machine text: "online", "0.25"
        PrefixRole,                  ///< "avg" before an aggregate in a group row; else empty
        GroupRole,                   ///< bool: a group's heading
        DepthRole,                   ///< 0 is outermost; rows are one deeper than their innermost group
        ExpandedRole,
        CountRole, ///< rows of a group
        SelectedRole,
        RightAlignedRole,
        ToolTipTextRole, ///< exact times in UTC and local; full text of cut cells
        ChangedRole      ///< bool: looks otherwise than in the round before
    };
    Q_ENUM(Role)
    enum SelectMode { Replace, Toggle, Range };
    Q_ENUM(SelectMode)
    /// What the lines of a file are; of a table without groups, rows.
    enum ExportAs { ExportRows, ExportGroups };
    Q_ENUM(ExportAs)

    explicit TableModel(std::string_view keyColumn, QObject *parent = nullptr);
    ~TableModel() override;

    // for the owner of the data
    const table::Table &table() const;
    void apply(table::Batch &batch);
    void clearRows(); ///< ends a pause and the rounds: what was held is gone
    /// Shows another table's rows instead, as clearRows() and apply() would; quick at any size.
    void takeTable(table::Table table);
    /// A watch: cells that batches make look otherwise from here on are marked (ChangedRole) until the next
    /// round, and what they were before is kept, whether it looks otherwise or not (table::Rounds has the
    /// bounds). Response times and ages are not: they are new each time.
    void beginRound(qint64 atMicros);
    void endRounds();
    /// Columns that stand from the start, in order; what rows bring besides is added behind, hidden when
    /// `addDiscovered` is false. What the operator did to columns when `layout` was shown last comes back;
    /// not whether one was visible that its owner hid then and shows now, or the other way round.
    void setColumns(QList<ColumnLayout> columns, bool addDiscovered, const QString &layout = {});
    /// Columns that exports of rows have at their end where they are not on screen.
    void setExportedToo(const QStringList &columns);
    /// A filter of the owner's own (the state segment of the Devices page), on top of the operator's.
    void setBaseFilter(const filter::Expression &filter);
    /// Times are shown as ages against this clock; call once a second.
    void tick();
    table::ViewSpec spec() const;

    // QAbstractTableModel
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    int rowTotal() const;
    int rowShown() const;
    bool busy() const;
    bool paused() const;
    void setPaused(bool paused);
    QString quickFilter() const;
    void setQuickFilter(const QString &text);
    QString expression() const;
    QStringList groupBy() const;
    void setGroupBy(const QStringList &columns);
    QStringList aggregates() const;
    void setAggregates(const QStringList &aggregates);
    QVariantList sortKeys() const;
    int selectedCount() const;
    int currentRow() const;
    void setCurrentRow(int row);
    ColumnListModel *columnList() const;
    int exportProgress() const;
    bool watched() const;
    int changedCells() const;
    int changedRows() const;
    bool changedOnly() const;
    void setChangedOnly(bool only);

    /// {ok, column, length, message, expected}; a text that does not parse leaves the filter as it was.
    Q_INVOKABLE QVariantMap setExpression(const QString &text);

    Q_INVOKABLE QString columnName(int column) const; ///< by place on screen
    Q_INVOKABLE QString columnTitle(int column) const;
    Q_INVOKABLE int columnKind(int column) const;
    Q_INVOKABLE bool columnRightAligned(int column) const;
    Q_INVOKABLE int columnWidth(int column) const;
    Q_INVOKABLE bool columnWidthIsAutomatic(int column) const; ///< nobody has set it
    Q_INVOKABLE int columnPriority(int column) const;
    /// Which columns a view drops, by place on screen: the chooser says so. Filters, exports and copies have
    /// them all the same.
    Q_INVOKABLE void setDropped(const QList<int> &columns);
    Q_INVOKABLE void setColumnWidth(int column, int width); ///< 0: automatic
    Q_INVOKABLE bool moveColumn(int from, int to);          ///< false over a pinned one, which stays
    Q_INVOKABLE void setColumnVisible(const QString &name, bool visible);
    /// -1 none, 0 ascending, 1 descending; and its rank among the keys, from 1.
    Q_INVOKABLE int sortDirection(int column) const;
    Q_INVOKABLE int sortRank(int column) const;
    /// Ascending, then descending, then none. `additive` keeps the other keys.
    Q_INVOKABLE void sortByColumn(int column, bool additive);

    Q_INVOKABLE bool isGroup(int row) const;
    Q_INVOKABLE void setExpanded(int row, bool expanded);
    Q_INVOKABLE void setAllExpanded(bool expanded);
    Q_INVOKABLE int parentRow(int row) const; ///< the heading above; -1 at the top
    /// A view's answer to linesAboutToMove(): the lines that it shows, and which of them should stay where it
    /// is before all others.
    Q_INVOKABLE void keepInView(int first, int last, int held);

    /// A heading stands for its rows. A range begins where the current row was set or selected last.
    Q_INVOKABLE void select(int row, muster::TableModel::SelectMode mode);
    Q_INVOKABLE void selectAll();
    Q_INVOKABLE void clearSelection();
    QStringList selectedKeys() const;
    Q_INVOKABLE QString keyAt(int row) const; ///< empty for a group's heading
    Q_INVOKABLE int rowOfKey(const QString &key) const;
    Q_INVOKABLE QString shownText(int row, int column) const; ///< as shown, "avg 12" in a group's row
    Q_INVOKABLE QString toolTipText(int row, int column) const;
    Q_INVOKABLE bool isChanged(int row, int column) const;
    /// What a cell of a watch came to show, as [{at, text}], newest first, the present value included; `at`
    /// is in milliseconds since 1970, 0 for what it showed before the first round. Empty when it did not
    /// change.
    Q_INVOKABLE QVariantList cellHistory(int row, int column) const;
    Q_INVOKABLE QString selectionAsTsv() const; ///< with a header line
    /// As TSV, to the clipboard: at once, or in the background where that takes long. At most 64 MB.
    Q_INVOKABLE void copySelection();

    /// In the background; visible columns, current filter, sort and groups. ".tsv" and ".jsonl" choose the
    /// format.
    Q_INVOKABLE void exportTo(const QUrl &file, bool raw = false,
                              muster::TableModel::ExportAs as = ExportRows);
    Q_INVOKABLE bool showsOnlyGroups() const; ///< grouped, and all that is on screen is folded
    Q_INVOKABLE int groupTotal() const;       ///< on all levels, folded ones included
    Q_INVOKABLE void cancelExport();
    /// The most frequent values of a field, as text, for completion; of a large table those of a sample.
    Q_INVOKABLE QStringList valuesOf(const QString &column, int limit) const;
    Q_INVOKABLE QStringList fieldNames() const;
    /// Keys with `text` in them, ASCII case ignored, at most `limit`; the one that equals it is first. They
    /// come by keysFound(), those of the last text alone.
    Q_INVOKABLE void findKeys(const QString &text, int limit);
    /// How many rows of the whole table an expression would match; -1 when it does not parse.
    Q_INVOKABLE int countMatching(const QString &expression) const;

    /// Order, widths and visibility of the columns of all layouts that there were, those included that no row
    /// has had yet, and the sort keys; for remembering.
    QByteArray saveLayout() const;
    void restoreLayout(const QByteArray &layout);

Q_SIGNALS:
    void countsChanged();
    void busyChanged();
    void pausedChanged();
    void quickFilterChanged();
    void expressionChanged();
    void groupByChanged();
    void aggregatesChanged();
    void sortChanged();
    void keysFound(const QString &text, const QStringList &keys);
    void selectionChanged();
    void currentRowChanged();
    /// Lines are about to move because of what devices say, not of what the operator did.
    void linesAboutToMove();
    void linesMoved(int by); ///< what was in view is as many lines further down
    void columnsChanged();   ///< order, visibility, titles; widths too
    void layoutEdited();     ///< by the operator: saveLayout() has something new
    void watchedChanged();
    void roundChanged();
    void changedOnlyChanged();
    void copied(int rows);
    void copyFailed(const QString &message);
    void exportProgressChanged();
    void exportFinished(const QString &file, int rows);
    void exportFailed(const QString &file, const QString &message);

private:
    struct Private;
    std::unique_ptr<Private> d;
    friend class ColumnListModel;
};

} // namespace muster
