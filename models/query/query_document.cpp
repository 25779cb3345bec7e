// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/query_document.h"

#include "query/query_text.h"

#include <QLocale>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace muster {
namespace {

constexpr std::size_t mostDraftDevices = QueryComposer::mostSelected();
constexpr qsizetype mostAside = 5;
constexpr std::array<query::Source, 3> sources{query::Source::Fleet, query::Source::Services,
                                               query::Source::Subject};

QString nameOf(query::Source source)
{
    const std::string_view name = query::name(source);
    return QString::fromLatin1(name.data(), static_cast<qsizetype>(name.size()));
}

} // namespace

struct QueryDocument::Private {
    Private(QueryDocument *owner, QueryComposer *theComposer, QueryLibrary *theLibrary)
        : q(owner),
          composer(theComposer),
          library(theLibrary),
          asLoaded(theComposer->composition())
    {
    }

    QueryDocument *q;
    QueryComposer *composer;
    QueryLibrary *library;
    QString id, name;
    bool shared = false;
    query::Composition asLoaded; // as the composer shows it when nothing is edited
    bool edited = false;
    std::optional<QString> pending; // name of what is being saved
    query::Composition saving;
    QString problem, conflictId, conflictText;
    QVariantList aside;   // drafts, the latest last
    QVariantMap replaced; // what is typed as replace() left it

    /// What is typed, without what was put aside.
    QVariantMap typed() const
    {
        QVariantMap draft{{QStringLiteral("source"), composer->source()},
                          {QStringLiteral("id"), id},
                          {QStringLiteral("name"), name},
                          {QStringLiteral("shared"), shared},
                          {QStringLiteral("saved"), QString::fromStdString(query::encode(asLoaded))}};
        for (const query::Source source : sources) {
            query::Composition typed = composer->compositionOf(source);
            std::erase_if(typed.scopes,
                          [](const query::Scope &scope) { return scope.devices.size() > mostDraftDevices; });
            draft.insert(nameOf(source), QString::fromStdString(query::encode(typed)));
        }
        return draft;
    }

    void putAside(const QVariantMap &draft)
    {
        aside.append(draft);
        if (aside.size() > mostAside)
            aside.removeFirst();
    }

    void compare()
    {
        edited = !(composer->composition() == asLoaded);
        Q_EMIT q->changed();
        Q_EMIT q->draftChanged();
    }

    void adopt(const QString &newId)
    {
        id = newId;
        name = library->nameOf(newId);
        shared = library->isShared(newId);
    }

    int row() const
    {
        for (int i = 0; i < library->rowCount(); ++i) {
            if (library->data(library->index(i), QueryLibrary::IdRole).toString() == conflictId)
                return i;
        }
        return -1;
    }

    void saveTo(const QString &target, const QString &newName, bool toAccount)
    {
        problem.clear();
        conflictId.clear();
        conflictText.clear();
        pending = newName;
        saving = composer->composition();
        Q_EMIT q->changed();
        library->save(target, newName, toAccount, saving);
    }

    void onSaved(const QString &savedId)
    {
        if (!pending) {
            if (savedId == id) { // renamed
                adopt(id);
                Q_EMIT q->changed();
                Q_EMIT q->draftChanged();
            }
            return;
        }
        const QString was = *std::exchange(pending, std::nullopt);
        adopt(savedId);
        name = was;
        asLoaded = saving;
        compare();
        Q_EMIT q->saved(was);
    }

    void onFailed(const QString &message)
    {
        if (!std::exchange(pending, std::nullopt))
            return;
        problem = message;
        Q_EMIT q->changed();
    }

    void onConflict(const QString &theirs)
    {
        if (!std::exchange(pending, std::nullopt))
            return;
        conflictId = theirs;
        const int at = row();
        const QString by =
            at < 0 ? QString() : library->data(library->index(at), QueryLibrary::ByRole).toString();
        const QDateTime when =
            at < 0 ? QDateTime() : library->data(library->index(at), QueryLibrary::AtRole).toDateTime();
        const QString time = QLocale().toString(when.toLocalTime(), QLocale::ShortFormat);
        if (at < 0)
            conflictText = QueryDocument::tr("Somebody removed this query meanwhile. Nothing was saved.");
        else if (by.isEmpty())
            conflictText =
                QueryDocument::tr("This query was changed elsewhere on %1. Nothing was overwritten.")
                    .arg(time);
        else
            conflictText =
                QueryDocument::tr("%1 changed this query on %2. Nothing was overwritten.").arg(by, time);
        Q_EMIT q->changed();
    }
};

QueryDocument::QueryDocument(QueryComposer *composer, QueryLibrary *library, QObject *parent)
    : QObject(parent),
      d(std::make_unique<Private>(this, composer, library))
{
    connect(composer, &QueryComposer::changed, this, [this] { d->compare(); });
    connect(library, &QueryLibrary::saved, this, [this](const QString &id) { d->onSaved(id); });
    connect(library, &QueryLibrary::failed, this, [this](const QString &message) { d->onFailed(message); });
    connect(library, &QueryLibrary::conflict, this, [this](const QString &id) { d->onConflict(id); });
    connect(library, &QueryLibrary::removed, this, [this](const QString &id) {
        if (id == d->id)
            detach();
    });
}

QueryDocument::~QueryDocument() = default;

QString QueryDocument::id() const
{
    return d->id;
}

QString QueryDocument::name() const
{
    return d->name;
}

bool QueryDocument::shared() const
{
    return d->shared;
}

bool QueryDocument::edited() const
{
    return d->edited;
}

bool QueryDocument::saveSurprises() const
{
    return d->shared || d->composer->composition().source != d->asLoaded.source;
}

bool QueryDocument::saving() const
{
    return d->pending.has_value();
}

QString QueryDocument::problem() const
{
    return d->problem;
}

QString QueryDocument::conflictText() const
{
    return d->conflictText;
}

QString QueryDocument::asideText() const
{
    if (d->aside.isEmpty())
        return {};
    const QVariantMap draft = d->aside.last().toMap();
    const QString source = draft.value(QStringLiteral("source")).toString();
    const auto typed = query::decodeComposition(draft.value(source).toString().toStdString());
    return typed ? questionText(*typed) : source;
}

QVariantMap QueryDocument::draft() const
{
    QVariantMap draft = d->typed();
    if (!d->aside.isEmpty())
        draft.insert(QStringLiteral("aside"), d->aside);
    return draft;
}

void QueryDocument::restore(const QVariantMap &draft)
{
    const QString current = draft.value(QStringLiteral("source")).toString();
    const auto typedOf = [&draft](const QString &key) {
        return query::decodeComposition(draft.value(key).toString().toStdString());
    };
    for (const query::Source source : sources) {
        if (nameOf(source) == current)
            continue;
        if (const auto typed = typedOf(nameOf(source)); typed && typed->source == source)
            d->composer->setComposition(*typed);
    }
    if (const auto typed = typedOf(current); typed && nameOf(typed->source) == current)
        d->composer->setComposition(*typed); // last: its source is the one that is shown
    if (const auto saved = typedOf(QStringLiteral("saved"))) {
        d->asLoaded = *saved;
        d->id = draft.value(QStringLiteral("id")).toString();
        d->name = draft.value(QStringLiteral("name")).toString();
        d->shared = draft.value(QStringLiteral("shared")).toBool();
    }
    if (draft.contains(QStringLiteral("aside")))
        d->aside = draft.value(QStringLiteral("aside")).toList().mid(0, mostAside);
    d->compare();
}

void QueryDocument::load(const QString &id)
{
    const std::optional<query::Composition> saved = d->library->composition(id);
    if (!saved)
        return;
    d->problem.clear();
    dismissConflict();
    d->adopt(id);
    d->composer->setComposition(*saved);
    d->asLoaded = d->composer->composition();
    d->compare();
}

void QueryDocument::startAnew()
{
    d->problem.clear();
    dismissConflict();
    detach();
    d->composer->startAnew();
    d->asLoaded = d->composer->composition();
    d->compare();
}

void QueryDocument::save()
{
    if (!d->id.isEmpty())
        d->saveTo(d->id, d->name, d->shared);
}

void QueryDocument::saveAs(const QString &name, bool shared)
{
    d->saveTo(d->library->idOfName(name.trimmed(), shared), name.trimmed(), shared);
}

void QueryDocument::loadTheirs()
{
    const QString theirs = d->conflictId;
    load(theirs);
}

void QueryDocument::dismissConflict()
{
    if (d->conflictText.isEmpty())
        return;
    d->conflictId.clear();
    d->conflictText.clear();
    Q_EMIT changed();
}

void QueryDocument::detach()
{
    d->id.clear();
    d->name.clear();
    d->shared = false;
    Q_EMIT changed();
    Q_EMIT draftChanged();
}

void QueryDocument::replace(const query::Composition &question)
{
    const QVariantMap before = d->typed();
    const bool wasTyped =
        before != d->replaced && (d->edited || !(d->composer->compositionOf(question.source) ==
                                                 QueryComposer::startingFor(question.source)));
    d->problem.clear();
    dismissConflict();
    detach();
    d->composer->setComposition(question);
    if (wasTyped && d->typed() != before)
        d->putAside(before);
    d->replaced = d->typed();
    Q_EMIT draftChanged();
}

void QueryDocument::takeBack()
{
    if (d->aside.isEmpty())
        return;
    const QVariantMap before = d->typed();
    restore(d->aside.takeLast().toMap());
    if (before != d->replaced) // it was gone on with
        d->putAside(before);
    d->replaced = {};
    Q_EMIT draftChanged();
}

void QueryDocument::dropAside()
{
    d->aside.clear();
    Q_EMIT draftChanged();
}

} // namespace muster
