// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/query_composer.h"

#include "query/completion.h"
#include "query/composer_part.h"
#include "query/latest_job.h"
#include "query/preflight.h"
#include "query/query_text.h"
#include "query/scope_chips.h"
#include "table/format.h"
#include "table/view.h"

#include <QSet>
#include <QTimer>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <unordered_set>
#include <utility>

namespace muster {
namespace {

using query::plain;
using query::shown;

constexpr int typingMs = 80; // from the last key to a new count
constexpr int fleetMs = 500; // from a change of the fleet to a new count
constexpr int slowMs = 300;  // a count that takes longer is shown as under way

constexpr int leastDeadlineMs = 100;
constexpr int mostDeadlineMs = 600'000;
constexpr int defaultQuietMs = 500;
constexpr int mostExpected = 1'000'000;
constexpr int mostWatchSeconds = 86'400;
constexpr int mostGroups = 3;
constexpr std::size_t suggestedValues = 200;
constexpr std::size_t mostSeen = 1'000; // fields of one source

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

struct Counts {
    ScopeChips::Counts chips;
    query::Reach reach;
    bool isComplete = false; // reach is of a filter that could be parsed
    int edits = 0;           // what it is of
};

bool isAggregate(const QString &text)
{
    return table::functionFromName(text.section(QLatin1Char(' '), 0, 0).toStdString()) &&
           !text.section(QLatin1Char(' '), 1).isEmpty();
}

QString kindText(query::Completion::Kind kind)
{
    switch (kind) {
    case query::Completion::Kind::Field:
        return muster::QueryComposer::tr("field");
    case query::Completion::Kind::Operator:
        return muster::QueryComposer::tr("operator");
    case query::Completion::Kind::Keyword:
        return muster::QueryComposer::tr("keyword");
    case query::Completion::Kind::Value:
        return muster::QueryComposer::tr("value");
    }
    return {};
}

} // namespace

struct QueryComposer::Private {
    Private(QueryComposer *owner, FleetController *theFleet) : q(owner), fleet(theFleet), job(owner) {}

    QueryComposer *q;
    FleetController *fleet;
    std::array<std::vector<query::SeenField>, 3> seen; // of each source, what answers had
    Subjects subjects;

    query::Source source = query::Source::Fleet;
    std::array<ComposerPart, 3> parts{ComposerPart::startingFor(query::Source::Fleet),
                                      ComposerPart::startingFor(query::Source::Services),
                                      ComposerPart::startingFor(query::Source::Subject)};
    ScopeChips chips;
    int deadlineMs = 2000;
    QString service, subject, payload;
    int expected = 0, quietMs = defaultQuietMs, watchSeconds = 0;

    query::Reach reach;
    bool counted = false, counting = false;
    int edits = 0;        // so far
    bool isStale = false; // the count is of what was composed before
    QTimer countTimer, slow;
    LatestJob<Counts> job;

    /// What devices reported; of a measured quantity, which hardly ever has one value twice, how large it is.
    query::Offer reportedValues(const std::string &field) const
    {
        constexpr int few = 20;
        constexpr int looked = 10'000;
        const QString name = QString::fromStdString(field);
        std::vector<std::string> values = plain(fleet->valuesOf(name));
        if (values.size() <= few || query::magnitudes(values, false).empty())
            return values;
        const bool areBytes = table::fieldKind(field, table::Type::Double) == table::Kind::Bytes;
        return {query::magnitudes(plain(fleet->devices()->valuesOf(name, looked)), areBytes), true};
    }

    /// With what answers had.
    query::Offer offeredValues(const std::string &field) const
    {
        query::Offer reported =
            source == query::Source::Fleet ? reportedValues(field) : query::Offer(std::vector<std::string>());
        if (reported.areLiterals)
            return reported;
        const query::SeenField *answered = seenField(field);
        if (reported.texts.empty() && answered && !answered->sizes.empty())
            return {answered->sizes, true};
        return withAnswered(std::move(reported.texts), answered);
    }

    static QVariantList completions(const QString &text, int cursor, const QStringList &fields,
                                    const std::function<query::Offer(const std::string &)> &valuesOf)
    {
        const QByteArray before = text.left(cursor).toUtf8();
        const auto length = static_cast<std::size_t>(before.size());
        QVariantList list;
        for (const query::Completion &completion :
             query::complete({before.data(), length}, length, plain(fields), valuesOf)) {
            const QByteArray kept = before.left(static_cast<qsizetype>(completion.from));
            list.append(
                QVariantMap{{QStringLiteral("text"), shown(completion.insert)},
                            {QStringLiteral("insert"), QString::fromStdString(completion.insert)},
                            {QStringLiteral("from"), static_cast<int>(QString::fromUtf8(kept).size())},
                            {QStringLiteral("kind"), kindText(completion.kind)}});
        }
        return list;
    }

    QStringList fieldsOf(query::Source of) const
    {
        QStringList names;
        if (of == query::Source::Fleet)
            names = fleet->fieldNames();
        else if (of == query::Source::Services)
            names = serviceFields();
        QSet<QString> known(names.begin(), names.end());
        for (const query::SeenField &field : seen[static_cast<std::size_t>(of)]) {
            if (const QString name = QString::fromStdString(field.name); !known.contains(name)) {
                known.insert(name);
                names.append(name);
            }
        }
        return names;
    }

    /// Another text takes the place of one in a list, unless it stands there already.
    void replace(QStringList &list, int index, const QString &text)
    {
        if (index < 0 || index >= list.size() || text.isEmpty() || list.contains(text))
            return;
        list[index] = text;
        edited();
    }

    const query::SeenField *seenField(const std::string &name) const
    {
        const std::vector<query::SeenField> &fields = seen[static_cast<std::size_t>(source)];
        const auto at = std::find_if(fields.begin(), fields.end(),
                                     [&name](const query::SeenField &field) { return field.name == name; });
        return at == fields.end() ? nullptr : &*at;
    }

    static std::vector<std::string> withAnswered(std::vector<std::string> values,
                                                 const query::SeenField *answered)
    {
        for (const std::string &value : answered ? answered->values : std::vector<std::string>()) {
            if (values.size() < suggestedValues &&
                std::find(values.begin(), values.end(), value) == values.end())
                values.push_back(value);
        }
        return values;
    }

    /// What is selected, with what the aggregates are over: over what nobody was asked for they are empty.
    std::vector<std::string> selected() const
    {
        const ComposerPart &part = parts[static_cast<std::size_t>(source)];
        std::vector<std::string> fields = plain(part.select);
        const auto add = [&fields](const std::string &field) {
            if (!fields.empty() && !field.empty() &&
                std::find(fields.begin(), fields.end(), field) == fields.end())
                fields.push_back(field);
        };
        for (const QString &aggregate : part.aggregates)
            add(aggregate.section(QLatin1Char(' '), 1).toStdString());
        if (source != query::Source::Fleet) { // the planner adds those of the fleet
            for (const QString &field : part.groupBy)
                add(field.toStdString());
        }
        return fields;
    }

    /// On a worker: a fleet may have a million devices.
    void count()
    {
        if (source != query::Source::Fleet) {
            counted = false;
            Q_EMIT q->counted();
            return;
        }
        const query::Planner planner(fleet->devices()->table(), fleet->labelNames());
        slow.start(slowMs);
        job.start(
            [planner, scopes = chips.scopes(), question = q->question(), fleetSubjects = subjects, of = edits,
             isComplete = part().whereError.isEmpty()] {
                Counts counts;
                counts.edits = of;
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
        const bool another = chips.setCounts(counts.chips);
        counted = counts.isComplete && part().whereError.isEmpty();
        isStale = counts.edits != edits;
        counting = job.busy() && counting;
        reach = counts.reach;
        if (another)
            Q_EMIT q->scopesChanged();
        Q_EMIT q->counted();
    }

    void edited()
    {
        ++edits;
        isStale = true;
        Q_EMIT q->changed();
        countTimer.start(typingMs);
    }

    template <typename T>
    void set(T &member, const T &value)
    {
        if (member == value)
            return;
        member = value;
        edited();
    }

    void scopesEdited()
    {
        Q_EMIT q->scopesChanged();
        edited();
    }

    ComposerPart &part() { return parts[static_cast<std::size_t>(source)]; }

    void parse()
    {
        part().parse();
        if (!part().whereError.isEmpty()) {
            counted = false;
            Q_EMIT q->counted();
        }
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
    return d->chips.list();
}

QString QueryComposer::source() const
{
    const std::string_view source = query::name(d->source);
    return QString::fromLatin1(source.data(), static_cast<qsizetype>(source.size()));
}

void QueryComposer::setSource(const QString &source)
{
    for (const query::Source each : {query::Source::Fleet, query::Source::Services, query::Source::Subject}) {
        if (query::name(each) != source.toStdString() || each == d->source)
            continue;
        d->source = each;
        d->counted = false;
        d->parse();
        d->edited();
        Q_EMIT counted();
    }
}

QString QueryComposer::service() const
{
    return d->service;
}

void QueryComposer::setService(const QString &name)
{
    d->set(d->service, name.trimmed());
}

QString QueryComposer::subject() const
{
    return d->subject;
}

void QueryComposer::setSubject(const QString &subject)
{
    d->set(d->subject, subject.trimmed());
}

QString QueryComposer::payload() const
{
    return d->payload;
}

void QueryComposer::setPayload(const QString &payload)
{
    d->set(d->payload, payload);
}

int QueryComposer::expected() const
{
    return d->expected;
}

void QueryComposer::setExpected(int replies)
{
    d->set(d->expected, std::clamp(replies, 0, mostExpected));
}

int QueryComposer::quietMs() const
{
    return d->quietMs;
}

void QueryComposer::setQuietMs(int ms)
{
    d->set(d->quietMs, std::clamp(ms, 0, mostDeadlineMs));
}

int QueryComposer::watchSeconds() const
{
    return d->watchSeconds;
}

void QueryComposer::setWatchSeconds(int seconds)
{
    d->set(d->watchSeconds, std::clamp(seconds, 0, mostWatchSeconds));
}

QString QueryComposer::where() const
{
    return d->part().where;
}

void QueryComposer::setWhere(const QString &text)
{
    if (text == d->part().where)
        return;
    d->part().where = text;
    d->parse();
    d->edited();
}

QVariantMap QueryComposer::whereError() const
{
    return d->part().whereError;
}

int QueryComposer::whereTerms() const
{
    return d->part().whereError.isEmpty() ? d->part().filter.termCount() : 0;
}

QStringList QueryComposer::select() const
{
    return d->part().select;
}

QStringList QueryComposer::groupBy() const
{
    return d->part().groupBy;
}

QStringList QueryComposer::aggregates() const
{
    return d->part().aggregates;
}

int QueryComposer::deadlineMs() const
{
    return d->deadlineMs;
}

void QueryComposer::setDeadlineMs(int ms)
{
    d->set(d->deadlineMs, std::clamp(ms, leastDeadlineMs, mostDeadlineMs));
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
    if (!incomplete().isEmpty())
        return {};
    switch (d->source) {
    case query::Source::Fleet:
        return d->counted ? Preflight::fleet(d->reach) : QString();
    case query::Source::Services:
        return Preflight::services(composition());
    case query::Source::Subject:
        return Preflight::subject(composition(), d->subjects);
    }
    return {};
}

query::Source QueryComposer::kind() const
{
    return d->source;
}

QString QueryComposer::incomplete() const
{
    const QVariantMap &error = d->part().whereError;
    if (!error.isEmpty()) {
        QString message = error.value(QStringLiteral("message")).toString();
        if (!message.endsWith(QLatin1Char('?')))
            message += QLatin1Char('.');
        return error.value(QStringLiteral("unfinished")).toBool()
                   ? tr("The filter is not complete: %1").arg(message)
                   : tr("The filter is wrong: %1").arg(message);
    }
    switch (d->source) {
    case query::Source::Fleet:
        if (d->counted && !d->isStale && d->reach.matching == 0)
            return tr("No device is in this scope and matches what is known of it.");
        break;
    case query::Source::Services:
        return Preflight::serviceError(d->service);
    case query::Source::Subject:
        return Preflight::subjectError(d->subject);
    }
    return {};
}

query::ServiceQuestion QueryComposer::serviceQuestion() const
{
    query::ServiceQuestion asked;
    asked.service = d->service.toStdString();
    asked.where = d->part().filter;
    asked.select = d->selected();
    asked.deadlineMs = d->deadlineMs;
    return asked;
}

query::SubjectQuestion QueryComposer::subjectQuestion() const
{
    query::SubjectQuestion asked;
    asked.subject = d->subject.toStdString();
    asked.payload = d->payload.toStdString();
    asked.where = d->part().filter;
    asked.select = d->selected();
    asked.expected = d->expected;
    asked.quietMs = d->quietMs;
    asked.deadlineMs = d->deadlineMs;
    return asked;
}

query::Question QueryComposer::question() const
{
    query::Question asked;
    asked.scopes = d->chips.chosen();
    asked.where = d->part().filter;
    asked.select = d->selected();
    asked.groupBy = plain(d->part().groupBy);
    asked.deadlineMs = d->deadlineMs;
    asked.describe = {groupKey()};
    return asked;
}

query::Composition QueryComposer::composition() const
{
    return compositionOf(d->source);
}

query::Composition QueryComposer::compositionOf(query::Source source) const
{
    query::Composition composition;
    composition.source = source;
    const ComposerPart &part = d->parts[static_cast<std::size_t>(source)];
    composition.where = part.where.toStdString();
    composition.select = plain(part.select);
    composition.groupBy = plain(part.groupBy);
    composition.aggregates = plain(part.aggregates);
    composition.deadlineMs = d->deadlineMs;
    composition.watchSeconds = d->watchSeconds;
    switch (source) {
    case query::Source::Fleet:
        composition.scopes = d->chips.chosen();
        std::erase_if(composition.scopes,
                      [](const query::Scope &scope) { return scope.kind == query::Scope::Kind::All; });
        break;
    case query::Source::Services:
        composition.service = d->service.toStdString();
        break;
    case query::Source::Subject:
        composition.subject = d->subject.toStdString();
        composition.payload = d->payload.toStdString();
        composition.expected = d->expected;
        composition.quietMs = d->quietMs;
        break;
    }
    return composition;
}

void QueryComposer::setComposition(const query::Composition &composition)
{
    d->source = composition.source;
    d->counted = false; // that was another question
    ComposerPart &part = d->part();
    part.where = QString::fromStdString(composition.where);
    d->parse();
    part.select = query::strings(composition.select);
    part.groupBy = query::strings(composition.groupBy).mid(0, mostGroups);
    part.aggregates.clear();
    for (const std::string &aggregate : composition.aggregates) {
        if (const QString text = QString::fromStdString(aggregate).simplified(); isAggregate(text))
            part.aggregates.append(text);
    }
    d->deadlineMs = std::clamp(composition.deadlineMs, leastDeadlineMs, mostDeadlineMs);
    d->watchSeconds = std::clamp(composition.watchSeconds, 0, mostWatchSeconds);
    switch (composition.source) {
    case query::Source::Fleet:
        d->chips.set(composition.scopes);
        break;
    case query::Source::Services:
        d->service = QString::fromStdString(composition.service);
        break;
    case query::Source::Subject:
        d->subject = QString::fromStdString(composition.subject);
        d->payload = QString::fromStdString(composition.payload);
        d->expected = std::clamp(composition.expected, 0, mostExpected);
        d->quietMs = std::clamp(composition.quietMs, 0, mostDeadlineMs);
        break;
    }
    d->scopesEdited();
    Q_EMIT counted();
}

query::Composition QueryComposer::startingFor(query::Source source)
{
    const ComposerPart part = ComposerPart::startingFor(source);
    query::Composition fresh;
    fresh.source = source;
    fresh.quietMs = source == query::Source::Subject ? defaultQuietMs : 0;
    fresh.select = plain(part.select);
    fresh.groupBy = plain(part.groupBy);
    fresh.aggregates = plain(part.aggregates);
    return fresh;
}

void QueryComposer::startAnew()
{
    setComposition(startingFor(d->source));
}

std::string QueryComposer::groupKey() const
{
    if (d->source != query::Source::Fleet)
        return d->part().groupBy.isEmpty() ? std::string() : d->part().groupBy.front().toStdString();
    const std::vector<std::string> labels = d->fleet->labelNames();
    const auto isLabel = [&labels](const std::string &name) {
        return name == "fw" || std::find(labels.begin(), labels.end(), name) != labels.end();
    };
    for (const QString &field : d->part().groupBy) {
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
    if (d->chips.toggle(index))
        d->scopesEdited();
}

void QueryComposer::addScope(const QString &label, const QString &value)
{
    if (d->chips.add(label, value))
        d->scopesEdited();
}

void QueryComposer::removeScope(int index)
{
    if (d->chips.remove(index))
        d->scopesEdited();
}

void QueryComposer::setSelectionScope(const QStringList &devices)
{
    d->source = query::Source::Fleet;
    d->chips.select(devices);
    d->scopesEdited();
}

void QueryComposer::addSelect(const QString &field)
{
    if (addOnce(d->part().select, field))
        d->edited();
}

void QueryComposer::replaceSelect(int index, const QString &field)
{
    d->replace(d->part().select, index, field.trimmed());
}

void QueryComposer::removeSelect(int index)
{
    if (removeAt(d->part().select, index))
        d->edited();
}

void QueryComposer::addGroupBy(const QString &field)
{
    if (d->part().groupBy.size() < mostGroups && addOnce(d->part().groupBy, field))
        d->edited();
}

void QueryComposer::replaceGroupBy(int index, const QString &field)
{
    d->replace(d->part().groupBy, index, field.trimmed());
}

void QueryComposer::removeGroupBy(int index)
{
    if (removeAt(d->part().groupBy, index))
        d->edited();
}

void QueryComposer::addAggregate(const QString &aggregate)
{
    const QString text = aggregate.simplified();
    if (isAggregate(text) && addOnce(d->part().aggregates, text))
        d->edited();
}

void QueryComposer::replaceAggregate(int index, const QString &aggregate)
{
    const QString text = aggregate.simplified();
    if (isAggregate(text))
        d->replace(d->part().aggregates, index, text);
}

void QueryComposer::removeAggregate(int index)
{
    if (removeAt(d->part().aggregates, index))
        d->edited();
}

QStringList QueryComposer::fieldNames() const
{
    return d->fieldsOf(d->source);
}

QStringList QueryComposer::labelNames() const
{
    QStringList names = query::strings(d->fleet->labelNames());
    names.sort();
    return names;
}

QStringList QueryComposer::valuesOf(const QString &field) const
{
    std::vector<std::string> values;
    if (d->source == query::Source::Fleet)
        values = plain(d->fleet->valuesOf(field));
    return query::strings(d->withAnswered(std::move(values), d->seenField(field.toStdString())));
}

void QueryComposer::addSeen(query::Source source, std::vector<query::SeenField> fields)
{
    std::vector<query::SeenField> &held = d->seen[static_cast<std::size_t>(source)];
    std::unordered_set<std::string> isNewer;
    for (const query::SeenField &field : fields)
        isNewer.insert(field.name);
    for (query::SeenField &field : held) {
        if (fields.size() < mostSeen && !isNewer.contains(field.name))
            fields.push_back(std::move(field));
    }
    held = std::move(fields);
}

void QueryComposer::forgetSeen()
{
    d->seen = {};
}

QVariantList QueryComposer::complete(const QString &text, int cursor) const
{
    return Private::completions(text, cursor, fieldNames(),
                                [this](const std::string &field) { return d->offeredValues(field); });
}

QVariantList QueryComposer::completeForDevices(const QString &text, int cursor) const
{
    return Private::completions(text, cursor, d->fleet->fieldNames(),
                                [this](const std::string &field) { return d->reportedValues(field); });
}

QString QueryComposer::unknownFieldText(const QString &expression) const
{
    const Result<filter::Expression, filter::SyntaxError> parsed =
        filter::Expression::parse(expression.toStdString());
    if (!parsed || d->fleet->loading() || d->fleet->devices()->rowTotal() == 0)
        return {};
    const std::vector<std::string> known = plain(d->fieldsOf(query::Source::Fleet));
    for (const std::string &field : parsed->fields()) {
        if (std::find(known.begin(), known.end(), field) != known.end())
            continue;
        const std::string like = query::likeliest(field, known);
        return like.empty() ? tr("No device has reported \"%1\" yet.").arg(shown(field))
                            : tr("No device has reported \"%1\" yet; did you mean \"%2\"?")
                                  .arg(shown(field), shown(like));
    }
    return {};
}

QString QueryComposer::whereDoubt() const
{
    const QString unknown = d->source == query::Source::Fleet ? unknownFieldText(where()) : QString();
    return unknown.isEmpty() ? unknown : tr("%1 The devices are asked all the same.").arg(unknown);
}

} // namespace muster
