// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/query_controller.h"

#include "core/display_text.h"
#include "query/completion.h"
#include "query/plan.h"
#include "table/view.h"

#include <QElapsedTimer>
#include <QLocale>
#include <QTimer>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

namespace muster {
namespace {

constexpr int frameMs = 25;
constexpr int chartMs = 250; // between two looks at all response times
constexpr int typingMs = 80; // from the last key to a new count
constexpr int histogramBins = 16;
constexpr std::size_t shownGroups = 12;

QString shown(std::string_view raw)
{
    const std::string text = displayText(raw, 512);
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

std::vector<std::string> plain(const QStringList &list)
{
    std::vector<std::string> out;
    for (const QString &text : list)
        out.push_back(text.toStdString());
    return out;
}

QStringList strings(const std::vector<std::string> &list)
{
    QStringList out;
    for (const std::string &text : list)
        out.append(QString::fromStdString(text));
    return out;
}

QString sentence(const Error &error)
{
    QString text = shown(error.message);
    if (!text.isEmpty() && !text.endsWith(QLatin1Char('.')))
        text += QLatin1Char('.');
    if (!error.remedy.empty())
        text += QLatin1Char(' ') + shown(error.remedy);
    return text;
}

bool addOnce(QStringList &list, const QString &text)
{
    const QString trimmed = text.trimmed();
    if (trimmed.isEmpty() || list.contains(trimmed))
        return false;
    list.append(trimmed);
    return true;
}

bool removeAt(QStringList &list, int index)
{
    if (index < 0 || index >= list.size())
        return false;
    list.removeAt(index);
    return true;
}

filter::Expression outcomeIs(std::string_view first, std::string_view second = {})
{
    filter::Expression one = filter::Expression::equals("outcome", Value(std::string(first)));
    if (second.empty())
        return one;
    auto either = std::make_shared<filter::Node>();
    either->kind = filter::Node::Kind::In;
    either->field = "outcome";
    either->literals = {{Value(std::string(first)), {}}, {Value(std::string(second)), {}}};
    return filter::Expression(std::move(either));
}

struct Chip {
    query::Scope scope;
    bool on = false;
    std::int64_t count = 0;
};

} // namespace

struct QueryController::Private {
    Private(QueryController *owner, FleetController *theFleet) : q(owner), fleet(theFleet), results("device")
    {
    }

    QueryController *q;
    FleetController *fleet;
    std::shared_ptr<nats::Connection> connection;
    Subjects subjects;
    bool linkUp = false;

    // the composer
    std::vector<Chip> chips{
        {{query::Scope::Kind::All, {}, {}, {}}, true, 0},
        {{query::Scope::Kind::Devices, {}, {}, {}}, false, 0}}; // all first, the selection last
    QString where;
    filter::Expression filter;
    QVariantMap whereError;
    QStringList select{QStringLiteral("fw"),        QStringLiteral("cpu.pct"), QStringLiteral("mem.free"),
                       QStringLiteral("mem.total"), QStringLiteral("uptime"),  QStringLiteral("temp.soc")};
    QStringList groupBy{QStringLiteral("region"), QStringLiteral("fw")};
    QStringList aggregates{QStringLiteral("avg cpu.pct"), QStringLiteral("min mem.free"),
                           QStringLiteral("max temp.soc")};
    int deadlineMs = 2000;

    // before asking
    query::Reach reach;
    bool counted = false;
    QTimer countSoon;

    // under way
    TableModel results;
    std::unique_ptr<query::LiveQuery> query;
    table::Batch batch;
    QTimer frame, clock;
    QElapsedTimer lastChart;
    query::Tally tally;
    bool running = false;
    QString problem;
    QString tab = QStringLiteral("results");
    QStringList laidOut, selected; // the columns of the run before, and which of them were asked for
    bool laidOutEverything = false;
    std::array<int, histogramBins> histogram{};
    QVariantMap percentiles;
    double histogramMs = 2000;
    std::string groupKey;
    std::map<std::string, int> groupTotals;
    QVariantList byGroup;

    query::Question question() const
    {
        query::Question asked;
        for (const Chip &chip : chips) {
            if (chip.on)
                asked.scopes.push_back(chip.scope);
        }
        asked.where = filter;
        asked.select = plain(select);
        asked.groupBy = plain(groupBy);
        asked.deadlineMs = deadlineMs;
        asked.describe = {groupKeyNow()};
        for (const QString &aggregate :
             aggregates) { // an aggregate over what nobody was asked for would be empty
            const std::string field = aggregate.section(QLatin1Char(' '), 1).toStdString();
            const bool isAsked =
                std::find(asked.select.begin(), asked.select.end(), field) != asked.select.end();
            if (!asked.select.empty() && !field.empty() && !isAsked)
                asked.select.push_back(field);
        }
        return asked;
    }

    /// The label that "Answered by group" counts by.
    std::string groupKeyNow() const
    {
        const std::vector<std::string> labels = fleet->labelNames();
        const auto isLabel = [&labels](const std::string &name) {
            return name == "fw" || std::find(labels.begin(), labels.end(), name) != labels.end();
        };
        for (const QString &field : groupBy) {
            if (std::string name = field.toStdString(); isLabel(name))
                return name;
        }
        return isLabel("group") ? "group" : "site";
    }

    void count()
    {
        const query::Planner planner(fleet->devices()->table(), fleet->labelNames());
        bool changed = false;
        for (Chip &chip : chips) {
            const std::int64_t now = planner.count({chip.scope});
            changed = changed || now != chip.count;
            chip.count = now;
        }
        counted = whereError.isEmpty();
        reach = counted ? planner.reach(question(), subjects) : query::Reach{};
        if (changed)
            Q_EMIT q->composerChanged();
        Q_EMIT q->preflightChanged();
    }

    void composerEdited()
    {
        Q_EMIT q->composerChanged();
        countSoon.start(typingMs);
    }

    void choose(Chip &chip, bool on)
    {
        if (chip.scope.kind == query::Scope::Kind::All) {
            for (Chip &each : chips)
                each.on = false;
            chip.on = true;
            return;
        }
        chip.on = on;
        const bool any =
            std::any_of(chips.begin() + 1, chips.end(), [](const Chip &each) { return each.on; });
        chips.front().on = !any;
    }

    void showTab()
    {
        filter::Expression shownRows =
            outcomeIs(query::name(query::Outcome::Answered), query::unexpectedName);
        if (tab == QLatin1String("errors"))
            shownRows = outcomeIs(query::name(query::Outcome::Error));
        else if (tab == QLatin1String("silent"))
            shownRows = outcomeIs(query::name(query::Outcome::Silent));
        else if (tab == QLatin1String("offline"))
            shownRows = outcomeIs(query::name(query::Outcome::Offline));
        else if (tab == QLatin1String("empty"))
            shownRows = outcomeIs(query::name(query::Outcome::Empty));
        else if (tab == QLatin1String("waiting"))
            shownRows = outcomeIs(query::name(query::Outcome::Waiting));
        results.setBaseFilter(shownRows);
        results.setColumnVisible(QStringLiteral("error"), tab == QLatin1String("errors"));
    }

    void layOut()
    {
        QList<ColumnLayout> columns;
        const auto add = [&columns](const QString &name, const QString &title, int priority,
                                    bool visible = true) {
            const bool there =
                std::any_of(columns.begin(), columns.end(),
                            [&name](const ColumnLayout &column) { return column.name == name; });
            if (!there)
                columns.append({name, title, visible, 0, priority});
        };
        add(QStringLiteral("device"), tr("Device"), 0);
        add(QStringLiteral("error"), tr("Error"), 0, tab == QLatin1String("errors"));
        add(QStringLiteral("site"), tr("Site"), 4);
        for (const QString &field : select)
            add(field, field, 1);
        for (const QString &field : groupBy)
            add(field, field, 3, false); // its values are in the headings
        add(QStringLiteral("reply_ms"), tr("Reply"), 2);
        add(QStringLiteral("late"), tr("Late"), 5, false);
        add(QStringLiteral("outcome"), tr("Outcome"), 5, false);
        keepLayout(columns);
        results.setColumnVisible(QStringLiteral("error"), tab == QLatin1String("errors"));
        results.setGroupBy(groupBy);
        results.setAggregates(aggregates);
    }

    /// What the operator did to the columns of the run before stays.
    void keepLayout(const QList<ColumnLayout> &columns)
    {
        QStringList names;
        for (const ColumnLayout &column : columns)
            names.append(column.name);
        const bool everything = select.isEmpty();
        if (names == laidOut && everything == laidOutEverything && selected == select)
            return;
        // Asking for everything shows columns that asking for some hides: such a layout is another one.
        const bool keep = !laidOut.isEmpty() && everything == laidOutEverything;
        const QByteArray kept = keep ? results.saveLayout() : QByteArray();
        results.setColumns(columns, everything);
        if (keep)
            results.restoreLayout(kept);
        for (const QString &field : select) {
            if (keep && !selected.contains(field))
                results.setColumnVisible(field, true); // hidden until now, as a group's or nobody's
        }
        laidOut = names;
        laidOutEverything = everything;
        selected = select;
    }

    void drain()
    {
        if (!query)
            return;
        if (query->drain(batch))
            results.apply(batch);
        tally = query->tally();
        const bool finished = query->finished();
        if (running != !finished) {
            running = !finished;
            if (running) {
                clock.start();
            } else {
                clock.stop();
                countSoon.start(0);
            }
            lastChart.invalidate();
        }
        if (const std::string why = query->problem(); !why.empty())
            problem = shown(why);
        chart();
        Q_EMIT q->progressChanged();
    }

    /// Sorted out once for all who show them.
    void chartTimes(std::vector<float> times)
    {
        histogram.fill(0);
        for (const float ms : times) {
            const double at = static_cast<double>(ms) * histogramBins / histogramMs;
            ++histogram[static_cast<std::size_t>(std::clamp(at, 0.0, histogramBins - 1.0))];
        }
        percentiles.clear();
        if (times.empty())
            return;
        const auto percentile = [&times](double share) {
            const auto rank =
                static_cast<std::ptrdiff_t>(std::ceil(share * static_cast<double>(times.size()))) - 1;
            const auto at = times.begin() + std::max<std::ptrdiff_t>(rank, 0);
            std::nth_element(times.begin(), at, times.end());
            return static_cast<double>(*at) / 1000;
        };
        percentiles.insert(QStringLiteral("p50"), percentile(0.50));
        percentiles.insert(QStringLiteral("p95"), percentile(0.95));
        percentiles.insert(QStringLiteral("p99"), percentile(0.99));
    }

    void chart()
    {
        if (lastChart.isValid() && lastChart.elapsed() < chartMs) {
            if (!clock.isActive())
                frame.start(chartMs); // the last answers are drawn as well
            return;
        }
        lastChart.start();
        chartTimes(query->responseTimes());
        table::ViewSpec spec;
        spec.filter = outcomeIs(query::name(query::Outcome::Answered));
        spec.groupBy = {groupKey};
        std::map<std::string, int> answered;
        if (const auto view = table::evaluate(*results.table().snapshot(), spec)) {
            for (const table::Group &group : view->groups)
                answered[toText(muster::view(group.value))] = static_cast<int>(group.end - group.begin);
        }
        byGroup.clear();
        for (const auto &[name, total] : groupTotals) {
            if (static_cast<std::size_t>(byGroup.size()) >= shownGroups)
                break;
            byGroup.append(QVariantMap{{QStringLiteral("name"), name.empty() ? tr("none") : shown(name)},
                                       {QStringLiteral("answered"), answered[name]},
                                       {QStringLiteral("total"), total}});
        }
    }

    void countGroups(const query::Plan &plan)
    {
        groupTotals.clear();
        const auto at = std::find(plan.known.begin(), plan.known.end(), groupKey);
        const auto column = static_cast<std::size_t>(at - plan.known.begin());
        for (const query::Expected &expected : plan.roster)
            ++groupTotals[column < expected.known.size() ? toText(muster::view(expected.known[column]))
                                                         : std::string()];
    }

    void start()
    {
        problem.clear();
        const query::Planner planner(fleet->devices()->table(), fleet->labelNames());
        groupKey = groupKeyNow();
        Result<query::Plan> plan = planner.plan(question(), subjects);
        if (!plan) {
            problem = sentence(plan.error());
            return;
        }
        countGroups(*plan);
        Result<std::unique_ptr<query::LiveQuery>> started =
            query::LiveQuery::start(connection, std::move(*plan), [this] {
                QMetaObject::invokeMethod(
                    q, [this] { wake(); }, Qt::QueuedConnection);
            });
        if (!started) {
            problem = tr("The question could not be asked: %1").arg(sentence(started.error()));
            return;
        }
        query = std::move(*started);
        results.clearRows();
        layOut();
        chartTimes({});
        byGroup.clear();
        histogramMs = deadlineMs;
        running = true;
        lastChart.invalidate();
        clock.start();
        drain();
    }

    void wake()
    {
        if (!frame.isActive())
            frame.start(frameMs);
    }
};

QueryController::QueryController(FleetController *fleet, QObject *parent)
    : QObject(parent),
      d(std::make_unique<Private>(this, fleet))
{
    d->layOut();
    d->showTab();
    d->frame.setSingleShot(true);
    connect(&d->frame, &QTimer::timeout, this, [this] { d->drain(); });
    d->clock.setInterval(100);
    connect(&d->clock, &QTimer::timeout, this, [this] { d->drain(); });
    d->countSoon.setSingleShot(true);
    connect(&d->countSoon, &QTimer::timeout, this, [this] { d->count(); });
    const auto countLater = [this] {
        if (!d->countSoon.isActive())
            d->countSoon.start(500);
    };
    connect(fleet, &FleetController::countsChanged, this, countLater);
    connect(fleet, &FleetController::activeChanged, this, countLater);
}

QueryController::~QueryController() = default;

QVariantList QueryController::scopes() const
{
    QVariantList list;
    for (const Chip &chip : d->chips) {
        QString label;
        QString kind = QStringLiteral("label");
        QString key = shown(chip.scope.key);
        switch (chip.scope.kind) {
        case query::Scope::Kind::All:
            label = tr("All devices");
            kind = QStringLiteral("all");
            break;
        case query::Scope::Kind::Devices:
            label = tr("Selection");
            kind = QStringLiteral("selection");
            break;
        case query::Scope::Kind::Site:
            key = QStringLiteral("site");
            break;
        case query::Scope::Kind::Group:
            key = QStringLiteral("group");
            break;
        case query::Scope::Kind::Label:
            break;
        }
        if (label.isEmpty())
            label = key + QStringLiteral(" = ") + shown(chip.scope.value);
        list.append(QVariantMap{{QStringLiteral("label"), label},
                                {QStringLiteral("kind"), kind},
                                {QStringLiteral("key"), key},
                                {QStringLiteral("value"), shown(chip.scope.value)},
                                {QStringLiteral("count"), static_cast<int>(chip.count)},
                                {QStringLiteral("on"), chip.on}});
    }
    return list;
}

QString QueryController::where() const
{
    return d->where;
}

void QueryController::setWhere(const QString &text)
{
    if (text == d->where)
        return;
    d->where = text;
    const Result<filter::Expression, filter::SyntaxError> parsed =
        filter::Expression::parse(text.toStdString());
    if (parsed) {
        d->filter = *parsed;
        d->whereError.clear();
    } else {
        const filter::SyntaxError &error = parsed.error();
        d->whereError = {{QStringLiteral("column"), error.column},
                         {QStringLiteral("length"), error.length},
                         {QStringLiteral("message"), shown(error.message)},
                         {QStringLiteral("expected"), shown(error.expected)}};
        d->counted = false;
        Q_EMIT preflightChanged();
    }
    d->composerEdited();
}

QVariantMap QueryController::whereError() const
{
    return d->whereError;
}

int QueryController::whereTerms() const
{
    return d->whereError.isEmpty() ? d->filter.termCount() : 0;
}

QStringList QueryController::select() const
{
    return d->select;
}

QStringList QueryController::groupBy() const
{
    return d->groupBy;
}

QStringList QueryController::aggregates() const
{
    return d->aggregates;
}

int QueryController::deadlineMs() const
{
    return d->deadlineMs;
}

void QueryController::setDeadlineMs(int ms)
{
    ms = std::clamp(ms, 100, 600'000);
    if (ms == d->deadlineMs)
        return;
    d->deadlineMs = ms;
    d->composerEdited();
}

int QueryController::matching() const
{
    return d->counted ? static_cast<int>(d->reach.matching) : -1;
}

int QueryController::matchingOnline() const
{
    return static_cast<int>(d->reach.online);
}

int QueryController::matchingOffline() const
{
    return static_cast<int>(d->reach.offline);
}

QString QueryController::preflightText() const
{
    if (!d->counted || d->reach.matching == 0)
        return {};
    const QLocale locale;
    QStringList sentences;
    if (d->reach.online == 0) {
        sentences.append(tr("Nobody of these is online: they are listed, and nobody is asked."));
    } else {
        const QString replies = tr("at most %n replies", nullptr, static_cast<int>(d->reach.answers))
                                    .replace(QString::number(d->reach.answers),
                                             locale.toString(static_cast<qlonglong>(d->reach.answers)));
        if (d->reach.messages == 1)
            sentences.append(tr("One request, %1.").arg(replies));
        else
            sentences.append(tr("%1 requests, %2.")
                                 .arg(locale.toString(static_cast<qlonglong>(d->reach.messages)), replies));
        if (d->reach.offline > 0)
            sentences.append(tr("Offline devices are listed, not asked."));
    }
    return sentences.join(QLatin1Char(' '));
}

bool QueryController::canRun() const
{
    return cannotRunReason().isEmpty();
}

QString QueryController::cannotRunReason() const
{
    if (d->running)
        return tr("A query is under way.");
    if (!d->connection)
        return tr("There is no connection. Connect to a fleet first.");
    if (!d->linkUp)
        return tr("The link is down: nobody can be asked until it is back.");
    if (!d->whereError.isEmpty())
        return tr("The filter is not complete: %1.")
            .arg(d->whereError.value(QStringLiteral("message")).toString());
    if (d->fleet->loading())
        return tr("The fleet is still being read.");
    if (d->counted && d->reach.matching == 0)
        return tr("No device is in this scope and matches what is known of it.");
    return {};
}

bool QueryController::running() const
{
    return d->running;
}

bool QueryController::hasRun() const
{
    return d->query != nullptr;
}

bool QueryController::cancelled() const
{
    return d->query && d->query->cancelled();
}

int QueryController::answered() const
{
    return static_cast<int>(d->tally.of(query::Outcome::Answered));
}

int QueryController::empty() const
{
    return static_cast<int>(d->tally.of(query::Outcome::Empty));
}

int QueryController::errors() const
{
    return static_cast<int>(d->tally.of(query::Outcome::Error));
}

int QueryController::silent() const
{
    return static_cast<int>(d->tally.of(query::Outcome::Silent));
}

int QueryController::offline() const
{
    return static_cast<int>(d->tally.of(query::Outcome::Offline));
}

int QueryController::waiting() const
{
    return static_cast<int>(d->tally.of(query::Outcome::Waiting));
}

int QueryController::rosterSize() const
{
    return static_cast<int>(d->tally.sum());
}

int QueryController::unexpected() const
{
    return static_cast<int>(d->tally.unexpected);
}

int QueryController::lateCount() const
{
    return static_cast<int>(d->tally.late);
}

int QueryController::rejectedCount() const
{
    return static_cast<int>(d->tally.rejected);
}

double QueryController::elapsedSeconds() const
{
    return d->query ? static_cast<double>(d->query->elapsedMs()) / 1000 : 0;
}

int QueryController::repliesPerSecond() const
{
    return d->query ? static_cast<int>(std::lround(d->query->repliesPerSecond())) : 0;
}

QString QueryController::problem() const
{
    return d->problem;
}

TableModel *QueryController::results() const
{
    return &d->results;
}

QString QueryController::tab() const
{
    return d->tab;
}

void QueryController::setTab(const QString &tab)
{
    static const QStringList known{QStringLiteral("results"), QStringLiteral("empty"),
                                   QStringLiteral("errors"),  QStringLiteral("silent"),
                                   QStringLiteral("offline"), QStringLiteral("waiting")};
    if (tab == d->tab || !known.contains(tab))
        return;
    d->tab = tab;
    d->showTab();
    Q_EMIT tabChanged();
}

QVariantList QueryController::histogram() const
{
    QVariantList list;
    for (const int count : d->histogram)
        list.append(count);
    return list;
}

double QueryController::histogramMs() const
{
    return d->histogramMs;
}

QVariantMap QueryController::percentiles() const
{
    return d->percentiles;
}

QVariantList QueryController::byGroup() const
{
    return d->byGroup;
}

void QueryController::setLink(std::shared_ptr<nats::Connection> connection, const Subjects &subjects)
{
    if (d->query && d->connection != connection)
        d->query->cancel(); // nobody of that fleet can answer here
    d->connection = std::move(connection);
    d->subjects = subjects;
    d->linkUp = d->connection && d->connection->state() == nats::State::Connected;
    d->countSoon.start(0);
    Q_EMIT preflightChanged();
}

void QueryController::setLinkUp(bool up)
{
    if (d->linkUp == up)
        return;
    d->linkUp = up;
    if (!up && d->query)
        d->query->noteLinkDown();
    d->countSoon.start(0);
    Q_EMIT preflightChanged();
}

void QueryController::toggleScope(int index)
{
    if (index < 0 || index >= static_cast<int>(d->chips.size()))
        return;
    Chip &chip = d->chips[static_cast<std::size_t>(index)];
    d->choose(chip, !chip.on);
    d->composerEdited();
}

void QueryController::addScope(const QString &label, const QString &value)
{
    const std::string key = label.trimmed().toStdString();
    query::Scope scope{query::Scope::Kind::Label, key, value.toStdString(), {}};
    if (key.empty())
        return;
    if (key == "site")
        scope.kind = query::Scope::Kind::Site;
    else if (key == "group")
        scope.kind = query::Scope::Kind::Group;
    const auto same = std::find_if(d->chips.begin(), d->chips.end(), [&scope](const Chip &chip) {
        return chip.scope.kind == scope.kind && chip.scope.key == scope.key &&
               chip.scope.value == scope.value;
    });
    const auto chip =
        same != d->chips.end() ? same : d->chips.insert(d->chips.end() - 1, Chip{scope, false, 0});
    d->choose(*chip, true);
    d->composerEdited();
}

void QueryController::removeScope(int index)
{
    if (index <= 0 || index >= static_cast<int>(d->chips.size()) - 1)
        return;
    const auto chip = d->chips.begin() + index;
    d->choose(*chip, false);
    d->chips.erase(chip);
    d->composerEdited();
}

void QueryController::setSelectionScope(const QStringList &devices)
{
    Chip &selection = d->chips.back();
    selection.scope.devices = plain(devices);
    selection.count = devices.size();
    if (!devices.isEmpty()) {
        for (Chip &chip : d->chips)
            chip.on = false; // exactly these
    }
    d->choose(selection, !devices.isEmpty());
    d->composerEdited();
}

void QueryController::addSelect(const QString &field)
{
    if (addOnce(d->select, field))
        d->composerEdited();
}

void QueryController::removeSelect(int index)
{
    if (removeAt(d->select, index))
        d->composerEdited();
}

void QueryController::addGroupBy(const QString &field)
{
    if (d->groupBy.size() >= 3 || !addOnce(d->groupBy, field))
        return;
    d->results.setGroupBy(d->groupBy);
    d->composerEdited();
}

void QueryController::removeGroupBy(int index)
{
    if (!removeAt(d->groupBy, index))
        return;
    d->results.setGroupBy(d->groupBy);
    d->composerEdited();
}

void QueryController::addAggregate(const QString &aggregate)
{
    const QString text = aggregate.simplified();
    const QString function = text.section(QLatin1Char(' '), 0, 0);
    if (!table::functionFromName(function.toStdString()) || text.section(QLatin1Char(' '), 1).isEmpty() ||
        !addOnce(d->aggregates, text))
        return;
    d->results.setAggregates(d->aggregates);
    d->composerEdited();
}

void QueryController::removeAggregate(int index)
{
    if (!removeAt(d->aggregates, index))
        return;
    d->results.setAggregates(d->aggregates);
    d->composerEdited();
}

QStringList QueryController::fieldNames() const
{
    return d->fleet->fieldNames();
}

QStringList QueryController::labelNames() const
{
    QStringList names = strings(d->fleet->labelNames());
    names.sort();
    return names;
}

QStringList QueryController::valuesOf(const QString &field) const
{
    return d->fleet->valuesOf(field);
}

QVariantList QueryController::complete(const QString &text, int cursor) const
{
    const QByteArray before = text.left(cursor).toUtf8();
    const std::vector<query::Completion> found = query::complete(
        {before.data(), static_cast<std::size_t>(before.size())}, static_cast<std::size_t>(before.size()),
        plain(fieldNames()),
        [this](const std::string &field) { return plain(valuesOf(QString::fromStdString(field))); });
    QVariantList list;
    for (const query::Completion &completion : found) {
        static const std::map<query::Completion::Kind, QString> kinds{
            {query::Completion::Kind::Field, QStringLiteral("field")},
            {query::Completion::Kind::Operator, QStringLiteral("operator")},
            {query::Completion::Kind::Keyword, QStringLiteral("keyword")},
            {query::Completion::Kind::Value, QStringLiteral("value")}};
        list.append(
            QVariantMap{{QStringLiteral("text"), shown(completion.insert)},
                        {QStringLiteral("insert"), QString::fromStdString(completion.insert)},
                        {QStringLiteral("from"),
                         static_cast<int>(
                             QString::fromUtf8(before.left(static_cast<qsizetype>(completion.from))).size())},
                        {QStringLiteral("kind"), kinds.at(completion.kind)}});
    }
    return list;
}

void QueryController::run()
{
    if (const QString reason = cannotRunReason(); !reason.isEmpty()) {
        d->problem = reason;
    } else {
        d->start();
    }
    Q_EMIT progressChanged();
    Q_EMIT preflightChanged();
}

void QueryController::cancel()
{
    if (!d->query)
        return;
    d->query->cancel();
    d->drain();
    Q_EMIT preflightChanged();
}

void QueryController::askSilentAgain()
{
    if (!d->query)
        return;
    d->problem.clear();
    if (const Status asked = d->query->askSilentAgain(); !asked)
        d->problem = sentence(asked.error());
    d->drain();
    Q_EMIT preflightChanged();
}

} // namespace muster
