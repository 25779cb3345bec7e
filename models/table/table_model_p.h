// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/lines.h"
#include "table/rounds.h"
#include "table/table_model.h"

#include <QElapsedTimer>
#include <QHash>
#include <QThreadPool>
#include <QTimer>

#include <optional>
#include <vector>

namespace muster {

constexpr std::uint32_t nowhere = ~std::uint32_t{0}; ///< the line of a row that has none
constexpr LineId noLine = ~LineId{0};

QString toQString(std::string_view utf8);
QString aggregateText(const table::Aggregate &aggregate); ///< "avg cpu.pct"

struct TableModel::Private {
    /// A column on screen, and where its cells come from.
    struct Shown {
        int layout = 0;
        table::ColumnIndex index = -1; ///< -1 while no row has had it
        table::Kind kind = table::Kind::Text;
        int aggregate = -1; ///< which aggregate its group cells show
    };
    /// What lines move by: what the operator asks for, or what devices say meanwhile.
    enum class Mover { Operator, Data };
    /// An evaluation on a worker. What it brings is dropped unless `generation` is still the model's.
    struct Evaluation {
        std::shared_ptr<table::CancelFlag> cancel;
        quint64 generation = 0;
        Mover mover = Mover::Operator;
        bool onlyInserts = false; ///< rows that are there already keep their order
    };
    /// A line that is found again wherever it goes: a row by its id, a heading by its path.
    struct HeldLine {
        LineId line = noLine;
        std::uint64_t path = 0;
        int at = -1; ///< -1 while it is not shown
    };
    /// The lines that a view shows, and one on either side.
    struct InView {
        std::vector<LineId> lines;
        int first = 0;
        int held = 0;
    };
    struct Export {
        std::shared_ptr<table::CancelFlag> cancel;
        int percent = -1; ///< -1: none running
    };
    struct LayoutColumn : ColumnLayout {
        bool isOffered = true;  ///< visible unless the operator says otherwise
        bool isDropped = false; ///< by a view without room for it
    };
    /// What is known of a column of a layout, whether it is there now or not. They are in the layout's order.
    struct Remembered {
        QString name;
        bool visible = true;
        int width = 0;
        bool isOffered = true;
    };
    /// What batches did that the view does not show yet.
    struct Pending {
        bool rows = false;
        bool members = false; ///< a column that a filter reads
        bool order = false;   ///< a column that rows are sorted, grouped or added up by
        bool isMuch = false;  ///< more than is worth following row by row
        table::RowId firstNew = table::noRow;
        std::vector<table::RowId> reused;
        std::vector<table::RowId> changed;       ///< who may not pass any more, or stand elsewhere
        std::vector<table::ColumnIndex> columns; ///< by which they do
        bool any() const { return rows || members || order; }
    };

    Private(TableModel *model, std::string_view keyColumn);
    ~Private();

    void startAfresh(std::optional<table::Table> next);

    // Cells, of the live table or of the picture taken when the model was paused.
    ValueView cell(table::RowId row, table::ColumnIndex column) const;
    std::size_t totalRows() const;
    std::size_t rowLimit() const;
    std::shared_ptr<const table::Snapshot> picture() const;
    QString keyOf(table::RowId row) const;

    table::Kind kindOf(const QString &name) const;
    void resolveColumns();
    bool kindsChanged();
    void discoverColumns();
    QList<Remembered> remembered() const;
    QHash<QString, int> ranks() const;
    void recall(LayoutColumn &column) const;
    void arrange();
    void setVisible(int layoutRow, bool visible);
    bool isPinned(int layoutRow) const;
    bool moveLayout(int from, int to);
    int shownBefore(int layoutRow) const;
    void announceLayoutRow(int layoutRow, int role);

    table::ViewSpec spec() const;
    void evaluateNow(Mover mover = Mover::Operator);
    void evaluateOnWorker(Evaluation task, std::optional<table::Change> change);
    void take(table::View view, std::vector<std::uint32_t> places, const Evaluation &task);
    void dropEvaluation();
    void scheduleSettling();
    void settle();
    void bringUpToDate();
    void insertPending();
    void follow(table::Change change, bool onlyInserts);
    bool isWorthFollowing(std::size_t rows) const;
    std::size_t newRows() const;
    void note(const table::Change &change);
    void noteChanged(const std::vector<table::RowId> &rows);
    void announceCells(const table::Change &change);
    void announceRows(std::vector<int> lines, int firstColumn, int lastColumn, const QList<int> &roles);
    void announceAll(int firstColumn, int lastColumn, const QList<int> &roles);
    void removeGone(const std::vector<table::RowId> &removed);
    void takeOut(std::vector<table::RowId> removed);
    bool isGone(table::RowId row) const { return hasGone && row < gone.size() && gone[row]; }

    void relayout(Mover mover);
    void layOutLines();
    void moveTo(std::vector<LineId> target);
    void permute(std::vector<LineId> target);
    void replaceLines(std::vector<LineId> target);
    const std::vector<std::uint32_t> &places() const; ///< line of each row; ~0 where it has none
    HeldLine hold(int line) const;
    void findAgain(HeldLine &held) const;
    void findHeldLines();
    int movedBy() const;
    std::size_t shownRows() const;
    void setBusy(bool value);
    void announceCounts();

    const table::Rounds::Marks *marks() const; ///< null when there is no watch
    void leaveOutClocks();
    void announceRound();

    table::RowList rowsUnder(int line) const;
    table::RowList rowsBetween(int first, int last) const;
    bool isAllSelected(const Heading &heading) const;
    void deselectAll();
    void setSelected(table::RowId row, bool selected);
    bool isSelected(table::RowId row) const { return row < selected.size() && selected[row]; }
    void announceSelection();
    table::RowList selectedRows() const;
    void putOnClipboard(const std::optional<QString> &text, int count);
    std::function<std::optional<QString>(const table::CancelFlag *)> tsvWork(table::RowList rows) const;

    QVariant groupData(const Heading &heading, const Shown &shown, int column, int role) const;
    QVariant rowData(table::RowId row, const Shown &shown, int role) const;

    TableModel *q;
    table::Table table;
    std::shared_ptr<const table::Snapshot> frozen;                   ///< while paused
    std::unique_ptr<table::Rounds> rounds;                           ///< of a watch
    std::optional<table::Rounds::Marks> frozenMarks;                 ///< while paused
    std::shared_ptr<const std::vector<std::uint64_t>> changedBefore; ///< rows that the last round changed
    bool changedOnly = false;
    std::size_t announcedChangedCells = 0;
    ColumnListModel *columnList;
    QList<LayoutColumn> layout;
    QString layoutName;
    QHash<QString, QList<Remembered>> layouts; ///< by name; the present one as of when it was laid out
    QHash<QString, std::vector<table::SortKey>> sorts; ///< of the layouts that are not the present one
    bool addDiscovered = true;
    int knownColumns = 0; ///< of the table, that discoverColumns() has seen
    std::vector<Shown> shown;

    filter::Expression baseFilter;
    filter::Expression filter;
    QString expression;
    QString quickFilter;
    QStringList groupBy;
    std::vector<table::Aggregate> aggregates;
    std::vector<table::SortKey> sort;

    table::View view;
    Lines lineage{view};
    std::vector<LineId> lines;
    mutable std::vector<std::uint32_t> placesOfRows;
    mutable bool placesAreValid = false;
    std::vector<bool> gone; ///< rows of a grouped `view` that were removed since it was made
    bool hasGone = false;
    std::vector<table::RowId> removedDuringEvaluation, removedWhilePaused;

    std::vector<bool> selected;
    int selectedCount = 0;
    mutable std::vector<std::uint32_t>
        selectedUpTo; ///< how many before each row of `view`; empty: not counted
    HeldLine current;
    HeldLine anchor; ///< where a range begins
    InView inView;   ///< while lines move

    std::optional<Evaluation> running;
    quint64 generation = 0;
    Pending pending;
    QTimer settleTimer;
    QElapsedTimer sinceEvaluation;
    qint64 evaluationMillis = 0;
    QElapsedTimer sinceInsertion;
    bool busy = false;
    std::size_t announcedTotal = 0;
    std::size_t announcedShown = 0;

    Export exporting;
    QStringList exportedToo;
    std::shared_ptr<table::CancelFlag> copying, finding;
    QThreadPool pool;
};

} // namespace muster
