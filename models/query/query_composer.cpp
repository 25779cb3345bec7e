// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/query_composer.h"

#include "query/completion.h"
#include "query/latest_job.h"
#include "query/query_text.h"
#include "table/view.h"

#include <QLocale>
#include <QTimer>

#include <algorithm>
#include <map>
#include <utility>

namespace muster {
namespace {

using query::plain;
using query::shown;

constexpr int typingMs = 80; // from the last key to a new count
constexpr int fleetMs = 500; // from a change of the fleet to a new count
constexpr int slowMs = 300;  // a count that takes longer is shown as under way

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

struct Chip {
    query::Scope scope;
    bool on = false;
    std::int64_t count = 0;
};

struct Counts {
    std::vector<std::pair<query::Scope, std::int64_t>> chips;
    query::Reach reach;
    bool isComplete = false; // reach is of a filter that could be parsed
};

std::vector<Chip> standingChips() // all first, the selection last
{
    return {{{query::Scope::Kind::All, {}, {}, {}}, true, 0},
            {{query::Scope::Kind::Devices, {}, {}, {}}, false, 0}};
}

bool isAggregate(const QString &text)
{
    return table::functionFromName(text.section(QLatin1Char(' '), 0, 0).toStdString()) &&
           !text.section(QLatin1Char(' '), 1).isEmpty();
}

} // namespace

struct QueryComposer::Private {
    Private(QueryComposer *owner, FleetController *theFleet) : q(owner), fleet(theFleet), job(owner) {}

    QueryComposer *q;
    FleetController *fleet;
    Subjects subjects;

    std::vector<Chip> chips = standingChips();
    QString where;
    filter::Expression filter;
    QVariantMap whereError;
    QStringList select{QStringLiteral("fw"),        QStringLiteral("cpu.pct"), QStringLiteral("mem.free"),
                       QStringLiteral("mem.total"), QStringLiteral("uptime"),  QStringLiteral("temp.soc")};
    QStringList groupBy{QStringLiteral("region"), QStringLiteral("fw")};
    QStringList aggregates{QStringLiteral("avg cpu.pct"), QStringLiteral("min mem.free"),
                           QStringLiteral("max temp.soc")};
    int deadlineMs = 2000;

    query::Reach reach;
    bool counted = false, counting = false;
    QTimer countTimer, slow;
    LatestJob<Counts> job;

    /// On a worker: a fleet may have a million devices.
    void count()
    {
        std::vector<query::Scope> scopes;
        for (const Chip &chip : chips)
            scopes.push_back(chip.scope);
        const query::Planner planner(fleet->devices()->table(), fleet->labelNames());
        slow.start(slowMs);
        job.start(
            [planner, scopes, question = q->question(), fleetSubjects = subjects,
             isComplete = whereError.isEmpty()] {
                Counts counts;
                counts.isComplete = isComplete;
                for (const query::Scope &scope : scopes)
                    counts.chips.emplace_back(scope, planner.count({scope}));
                if (isComplete)
                    counts.reach = planner.reach(question, fleetSubjects);
                return counts;
            },
            [this](const Counts &counts) { take(counts); });
    }

    void take(const Counts &counts)
    {
        slow.stop();
        bool another = false;
        for (const auto &[scope, count] : counts.chips) {
            for (Chip &chip : chips) {
                another = another || (chip.scope == scope && chip.count != count);
                chip.count = chip.scope == scope ? count : chip.count;
            }
        }
        counted = counts.isComplete && whereError.isEmpty();
        counting = job.busy() && counting;
        reach = counts.reach;
        if (another)
            Q_EMIT q->scopesChanged();
        Q_EMIT q->counted();
    }

    void edited()
    {
        Q_EMIT q->changed();
        countTimer.start(typingMs);
    }

    void scopesEdited()
    {
        Q_EMIT q->scopesChanged();
        edited();
    }

    void parse()
    {
        const Result<filter::Expression, filter::SyntaxError> parsed =
            filter::Expression::parse(where.toStdString());
        if (parsed) {
            filter = *parsed;
            whereError.clear();
            return;
        }
        const filter::SyntaxError &error = parsed.error();
        whereError = {{QStringLiteral("column"), error.column},
                      {QStringLiteral("length"), error.length},
                      {QStringLiteral("message"), shown(error.message)},
                      {QStringLiteral("expected"), shown(error.expected)}};
        counted = false;
        Q_EMIT q->counted();
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

    Chip &chipFor(const query::Scope &scope)
    {
        const auto same = std::find_if(chips.begin(), chips.end(), [&scope](const Chip &chip) {
            return chip.scope.kind == scope.kind && chip.scope.key == scope.key &&
                   chip.scope.value == scope.value;
        });
        return same != chips.end() ? *same : *chips.insert(chips.end() - 1, Chip{scope, false, 0});
    }
};

QueryComposer::QueryComposer(FleetController *fleet, QObject *parent)
    : QObject(parent),
      d(std::make_unique<Private>(this, fleet))
{
    d->countTimer.setSingleShot(true);
    connect(&d->countTimer, &QTimer::timeout, this, [this] { d->count(); });
    d->slow.setSingleShot(true);
    connect(&d->slow, &QTimer::timeout, this, [this] {
        d->counting = true;
        Q_EMIT counted();
    });
    const auto countLater = [this] {
        if (!d->countTimer.isActive())
            d->countTimer.start(fleetMs);
    };
    connect(fleet, &FleetController::countsChanged, this, countLater);
    connect(fleet, &FleetController::activeChanged, this, countLater);
}

QueryComposer::~QueryComposer() = default;

QVariantList QueryComposer::scopes() const
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

QString QueryComposer::where() const
{
    return d->where;
}

void QueryComposer::setWhere(const QString &text)
{
    if (text == d->where)
        return;
    d->where = text;
    d->parse();
    d->edited();
}

QVariantMap QueryComposer::whereError() const
{
    return d->whereError;
}

int QueryComposer::whereTerms() const
{
    return d->whereError.isEmpty() ? d->filter.termCount() : 0;
}

QStringList QueryComposer::select() const
{
    return d->select;
}

QStringList QueryComposer::groupBy() const
{
    return d->groupBy;
}

QStringList QueryComposer::aggregates() const
{
    return d->aggregates;
}

int QueryComposer::deadlineMs() const
{
    return d->deadlineMs;
}

void QueryComposer::setDeadlineMs(int ms)
{
    ms = std::clamp(ms, 100, 600'000);
    if (ms == d->deadlineMs)
        return;
    d->deadlineMs = ms;
    d->edited();
}

int QueryComposer::matching() const
{
    return d->counted ? static_cast<int>(d->reach.matching) : -1;
}

bool QueryComposer::counting() const
{
    return d->counting;
}

int QueryComposer::matchingOnline() const
{
    return static_cast<int>(d->reach.online);
}

int QueryComposer::matchingOffline() const
{
    return static_cast<int>(d->reach.offline);
}

QString QueryComposer::preflightText() const
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

QString QueryComposer::incomplete() const
{
    if (!d->whereError.isEmpty())
        return tr("The filter is not complete: %1.")
            .arg(d->whereError.value(QStringLiteral("message")).toString());
    if (d->counted && d->reach.matching == 0)
        return tr("No device is in this scope and matches what is known of it.");
    return {};
}

query::Question QueryComposer::question() const
{
    query::Question asked;
    for (const Chip &chip : d->chips) {
        if (chip.on)
            asked.scopes.push_back(chip.scope);
    }
    asked.where = d->filter;
    asked.select = plain(d->select);
    asked.groupBy = plain(d->groupBy);
    asked.deadlineMs = d->deadlineMs;
    asked.describe = {groupKey()};
    for (const QString &aggregate : d->aggregates) { // an aggregate over what nobody was asked for is empty
        const std::string field = aggregate.section(QLatin1Char(' '), 1).toStdString();
        const bool isAsked = std::find(asked.select.begin(), asked.select.end(), field) != asked.select.end();
        if (!asked.select.empty() && !field.empty() && !isAsked)
            asked.select.push_back(field);
    }
    return asked;
}

query::Composition QueryComposer::composition() const
{
    query::Composition composition;
    for (const Chip &chip : d->chips) {
        if (chip.on && chip.scope.kind != query::Scope::Kind::All)
            composition.scopes.push_back(chip.scope);
    }
    composition.where = d->where.toStdString();
    composition.select = plain(d->select);
    composition.groupBy = plain(d->groupBy);
    composition.aggregates = plain(d->aggregates);
    composition.deadlineMs = d->deadlineMs;
    return composition;
}

void QueryComposer::setComposition(const query::Composition &composition)
{
    d->chips = standingChips();
    for (const query::Scope &scope : composition.scopes) {
        if (scope.kind == query::Scope::Kind::Devices)
            d->chips.back().scope = scope;
        Chip &chip = scope.kind == query::Scope::Kind::Devices ? d->chips.back() : d->chipFor(scope);
        d->choose(chip, true);
    }
    d->where = QString::fromStdString(composition.where);
    d->parse();
    d->select = query::strings(composition.select);
    d->groupBy = query::strings(composition.groupBy).mid(0, 3);
    d->aggregates.clear();
    for (const std::string &aggregate : composition.aggregates) {
        if (const QString text = QString::fromStdString(aggregate); isAggregate(text))
            d->aggregates.append(text);
    }
    d->deadlineMs = std::clamp(composition.deadlineMs, 100, 600'000);
    d->scopesEdited();
}

std::string QueryComposer::groupKey() const
{
    const std::vector<std::string> labels = d->fleet->labelNames();
    const auto isLabel = [&labels](const std::string &name) {
        return name == "fw" || std::find(labels.begin(), labels.end(), name) != labels.end();
    };
    for (const QString &field : d->groupBy) {
        if (std::string name = field.toStdString(); isLabel(name))
            return name;
    }
    return isLabel("group") ? "group" : "site";
}

void QueryComposer::setSubjects(const Subjects &subjects)
{
    d->subjects = subjects;
    countSoon(0);
}

void QueryComposer::countSoon(int milliseconds)
{
    d->countTimer.start(milliseconds);
}

void QueryComposer::toggleScope(int index)
{
    if (index < 0 || index >= static_cast<int>(d->chips.size()))
        return;
    Chip &chip = d->chips[static_cast<std::size_t>(index)];
    d->choose(chip, !chip.on);
    d->scopesEdited();
}

void QueryComposer::addScope(const QString &label, const QString &value)
{
    const std::string key = label.trimmed().toStdString();
    query::Scope scope{query::Scope::Kind::Label, key, value.toStdString(), {}};
    if (key.empty())
        return;
    if (key == "site")
        scope.kind = query::Scope::Kind::Site;
    else if (key == "group")
        scope.kind = query::Scope::Kind::Group;
    d->choose(d->chipFor(scope), true);
    d->scopesEdited();
}

void QueryComposer::removeScope(int index)
{
    if (index <= 0 || index >= static_cast<int>(d->chips.size()) - 1)
        return;
    const auto chip = d->chips.begin() + index;
    d->choose(*chip, false);
    d->chips.erase(chip);
    d->scopesEdited();
}

void QueryComposer::setSelectionScope(const QStringList &devices)
{
    Chip &selection = d->chips.back();
    selection.scope.devices = plain(devices);
    selection.count = devices.size();
    if (!devices.isEmpty()) {
        for (Chip &chip : d->chips)
            chip.on = false; // exactly these
    }
    d->choose(selection, !devices.isEmpty());
    d->scopesEdited();
}

void QueryComposer::addSelect(const QString &field)
{
    if (addOnce(d->select, field))
        d->edited();
}

void QueryComposer::removeSelect(int index)
{
    if (removeAt(d->select, index))
        d->edited();
}

void QueryComposer::addGroupBy(const QString &field)
{
    if (d->groupBy.size() < 3 && addOnce(d->groupBy, field))
        d->edited();
}

void QueryComposer::removeGroupBy(int index)
{
    if (removeAt(d->groupBy, index))
        d->edited();
}

void QueryComposer::addAggregate(const QString &aggregate)
{
    const QString text = aggregate.simplified();
    if (isAggregate(text) && addOnce(d->aggregates, text))
        d->edited();
}

void QueryComposer::removeAggregate(int index)
{
    if (removeAt(d->aggregates, index))
        d->edited();
}

QStringList QueryComposer::fieldNames() const
{
    return d->fleet->fieldNames();
}

QStringList QueryComposer::labelNames() const
{
    QStringList names = query::strings(d->fleet->labelNames());
    names.sort();
    return names;
}

QStringList QueryComposer::valuesOf(const QString &field) const
{
    return d->fleet->valuesOf(field);
}

QVariantList QueryComposer::complete(const QString &text, int cursor) const
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

} // namespace muster
