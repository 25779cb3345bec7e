// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/display_text.h"
#include "query/query_library_p.h"
#include "query/query_text.h"

#include <QDateTime>
#include <QSet>

#include <algorithm>

namespace muster {

namespace {

using namespace std::chrono_literals;

constexpr auto lookAtFileEvery = 2s;    // for what another Muster writes
constexpr auto tryToFollowEvery = 30s;  // an account that is prepared meanwhile
constexpr auto copyAfter = 500ms;       // changes of the shared ones, gathered
constexpr qsizetype detailLength = 200; // characters

QString scopeText(const query::Scope &scope)
{
    const QString value = query::shown(scope.value);
    switch (scope.kind) {
    case query::Scope::Kind::All:
        return {};
    case query::Scope::Kind::Site:
        return QueryLibrary::tr("site %1").arg(value);
    case query::Scope::Kind::Group:
        return QueryLibrary::tr("group %1").arg(value);
    case query::Scope::Kind::Label:
        return QStringLiteral("%1 %2").arg(query::shown(scope.key), value);
    case query::Scope::Kind::Devices:
        return scope.devices.size() == 1
                   ? query::shown(scope.devices.front())
                   : QueryLibrary::tr("%n device(s)", "", static_cast<int>(scope.devices.size()));
    }
    return {};
}

} // namespace

QString wholeQuestionText(const query::Composition &composition)
{
    const auto whole = [](const std::string &typed) { return QString::fromStdString(displayText(typed)); };
    QStringList parts;
    switch (composition.source) {
    case query::Source::Fleet:
        for (const query::Scope &scope : composition.scopes) {
            if (const QString text = scopeText(scope); !text.isEmpty())
                parts.append(text);
        }
        if (!composition.where.empty())
            parts.append(whole(composition.where));
        if (parts.isEmpty())
            parts.append(QueryLibrary::tr("all devices"));
        break;
    case query::Source::Services:
        parts.append(composition.service.empty()
                         ? QueryLibrary::tr("all services")
                         : QueryLibrary::tr("service %1").arg(query::shown(composition.service)));
        break;
    case query::Source::Subject:
        parts.append(whole(composition.subject));
        break;
    }
    return parts.join(QStringLiteral(" \u00B7 "));
}

QString questionText(const query::Composition &composition)
{
    const QString text = wholeQuestionText(composition);
    return text.size() <= detailLength ? text : text.left(detailLength - 1) + QChar(0x2026);
}

// --- what is shown ---

const SavedQuery *QueryLibrary::Private::find(const std::string &id) const
{
    const auto at =
        std::find_if(rows.begin(), rows.end(), [&id](const SavedQuery &row) { return row.id == id; });
    return at == rows.end() ? nullptr : &*at;
}

/// Brings the rows to what `local` and `shared` say, telling what was removed, moved, inserted and changed.
void QueryLibrary::Private::show()
{
    std::vector<SavedQuery> wanted = shared;
    QSet<QString> isWanted;
    for (const SavedQuery &query : shared)
        isWanted.insert(QString::fromStdString(query.id));
    for (const SavedQuery &query : local) { // one that is just moving stands in both
        if (!isWanted.contains(QString::fromStdString(query.id))) {
            isWanted.insert(QString::fromStdString(query.id));
            wanted.push_back(query);
        }
    }
    std::sort(wanted.begin(), wanted.end(), [](const SavedQuery &a, const SavedQuery &b) {
        const int order =
            QString::localeAwareCompare(QString::fromStdString(a.name), QString::fromStdString(b.name));
        return order != 0 ? order < 0 : a.id < b.id;
    });

    const bool agesDiffer = std::exchange(asOfShown, asOf) != asOf;
    const std::size_t before = rows.size();
    for (std::size_t i = rows.size(); i-- > 0;) {
        if (isWanted.contains(QString::fromStdString(rows[i].id)))
            continue;
        q->beginRemoveRows({}, static_cast<int>(i), static_cast<int>(i));
        rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(i));
        q->endRemoveRows();
    }
    std::vector<std::pair<int, int>> changed; // ranges of rows
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const auto from = rows.begin() + static_cast<std::ptrdiff_t>(std::min(i, rows.size()));
        const auto at =
            std::find_if(from, rows.end(), [&](const SavedQuery &row) { return row.id == wanted[i].id; });
        if (at == rows.end()) {
            q->beginInsertRows({}, static_cast<int>(i), static_cast<int>(i));
            rows.insert(from, wanted[i]);
            q->endInsertRows();
            continue;
        }
        if (at != from) {
            const int place = static_cast<int>(at - rows.begin());
            q->beginMoveRows({}, place, place, {}, static_cast<int>(i));
            std::rotate(from, at, at + 1);
            q->endMoveRows();
        }
        if (rows[i] == wanted[i] && !(agesDiffer && rows[i].shared))
            continue;
        rows[i] = wanted[i];
        if (changed.empty() || changed.back().second + 1 != static_cast<int>(i))
            changed.emplace_back(static_cast<int>(i), static_cast<int>(i));
        else
            changed.back().second = static_cast<int>(i);
    }
    for (const auto &[first, last] : changed)
        Q_EMIT q->dataChanged(q->index(first), q->index(last));
    const int nowSkipped = following ? static_cast<int>(following->skipped()) : 0;
    const bool skippedChanged = std::exchange(skipped, nowSkipped) != nowSkipped;
    if (rows.size() != before || skippedChanged)
        Q_EMIT q->countChanged();
}

void QueryLibrary::Private::apply(const SavedQuery &written)
{
    std::vector<SavedQuery> &list = written.shared ? shared : local;
    const auto at =
        std::find_if(list.begin(), list.end(), [&](const SavedQuery &each) { return each.id == written.id; });
    if (at == list.end())
        list.push_back(written);
    else if (at->revision <= written.revision) // the follower may be ahead
        *at = written;
    show();
}

void QueryLibrary::Private::dropRow(const std::string &id)
{
    for (std::vector<SavedQuery> *list : {&local, &shared})
        std::erase_if(*list, [&id](const SavedQuery &each) { return each.id == id; });
    handedOut.erase(id);
    show();
}

// --- QueryLibrary ---

QueryLibrary::QueryLibrary(const QString &databaseFile, QObject *parent)
    : QAbstractListModel(parent),
      d(std::make_unique<Private>(this, databaseFile))
{
    d->readLocal();
    d->readCopy();
    d->fileTimer.setInterval(lookAtFileEvery);
    connect(&d->fileTimer, &QTimer::timeout, this, [this] {
        d->useStore([](query::LocalQueries &queries) { return Result<bool>(queries.changedByOthers()); },
                    [this](const Result<bool> &changed) {
                        if (changed && *changed)
                            d->readLocal();
                    });
    });
    d->fileTimer.start();
    d->followTimer.setSingleShot(true);
    d->followTimer.setInterval(tryToFollowEvery);
    connect(&d->followTimer, &QTimer::timeout, this, [this] { d->startFollowing(); });
    d->copyTimer.setSingleShot(true);
    d->copyTimer.setInterval(copyAfter);
    connect(&d->copyTimer, &QTimer::timeout, this, [this] {
        if (d->isLive())
            d->writeCopy();
    });
}

QueryLibrary::~QueryLibrary() = default;

int QueryLibrary::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(d->rows.size());
}

QVariant QueryLibrary::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const SavedQuery &query = d->rows[static_cast<std::size_t>(index.row())];
    switch (role) {
    case IdRole:
        return QString::fromStdString(query.id);
    case Qt::DisplayRole:
    case NameRole:
        return QString::fromStdString(query.name);
    case SharedRole:
        return query.shared;
    case ByRole:
        return query::shown(query.by);
    case AtRole:
        return QDateTime::fromMSecsSinceEpoch(query.at.millis());
    case DetailRole:
        return questionText(query.composition);
    case AsOfRole:
        return query.shared && d->asOf ? QDateTime::fromMSecsSinceEpoch(d->asOf->millis()) : QVariant();
    default:
        return {};
    }
}

QHash<int, QByteArray> QueryLibrary::roleNames() const
{
    return {{IdRole, "id"}, {NameRole, "name"},     {SharedRole, "shared"}, {ByRole, "by"},
            {AtRole, "at"}, {DetailRole, "detail"}, {AsOfRole, "asOf"}};
}

int QueryLibrary::count() const
{
    return static_cast<int>(d->rows.size());
}

bool QueryLibrary::canShare() const
{
    return d->linkUp && d->following;
}

QString QueryLibrary::cannotShareReason() const
{
    if (canShare())
        return {};
    if (!d->connection)
        return tr("Connect to a NATS system to share queries with colleagues.");
    if (!d->linkUp)
        return tr("The link is down: queries can be shared again once it is back.");
    return d->notFollowing.isEmpty() ? tr("The account's shared queries are being read.") : d->notFollowing;
}

QString QueryLibrary::problem() const
{
    return d->problem;
}

int QueryLibrary::skippedCount() const
{
    return d->skipped;
}

std::optional<query::Composition> QueryLibrary::composition(const QString &id) const
{
    const SavedQuery *query = d->find(id.toStdString());
    if (!query)
        return {};
    d->handedOut[query->id] = query->revision;
    return query->composition;
}

QString QueryLibrary::nameOf(const QString &id) const
{
    const SavedQuery *query = d->find(id.toStdString());
    return query ? QString::fromStdString(query->name) : QString();
}

bool QueryLibrary::isShared(const QString &id) const
{
    const SavedQuery *query = d->find(id.toStdString());
    return query && query->shared;
}

QString QueryLibrary::idOfName(const QString &name, bool shared) const
{
    const std::string wanted = name.trimmed().toStdString();
    for (const SavedQuery &query : d->rows) {
        if (query.shared == shared && query.name == wanted)
            return QString::fromStdString(query.id);
    }
    return {};
}

void QueryLibrary::save(const QString &id, const QString &name, bool shared,
                        const query::Composition &composition)
{
    Result<std::string> clean = query::cleanName(name.toStdString());
    if (!clean) {
        d->fail(clean.error());
        return;
    }
    SavedQuery query;
    query.name = std::move(*clean);
    query.composition = composition;
    query.shared = shared;
    if (const SavedQuery *existing = d->find(id.toStdString())) {
        query.revision = d->baseOf(*existing);
    } else if (const auto at = d->handedOut.find(id.toStdString()); at != d->handedOut.end()) {
        query.revision = at->second; // somebody removed it: that is a conflict
    }
    d->write(id.toStdString(), std::move(query), [this](const SavedQuery &saved) {
        d->handedOut[saved.id] = saved.revision; // who saved it has it before them
    });
}

void QueryLibrary::rename(const QString &id, const QString &name)
{
    const SavedQuery *existing = d->find(id.toStdString());
    Result<std::string> clean = query::cleanName(name.toStdString());
    if (!existing || !clean) {
        if (existing)
            d->fail(clean.error());
        return;
    }
    SavedQuery query = *existing;
    query.name = std::move(*clean);
    d->write(id.toStdString(), std::move(query),
             [](const SavedQuery &) {}); // the name, not what is asked, was seen
}

void QueryLibrary::remove(const QString &id)
{
    const SavedQuery *existing = d->find(id.toStdString());
    if (!existing)
        return;
    const auto told = [this, id] {
        d->handedOut.erase(id.toStdString());
        Q_EMIT removed(id);
    };
    if (!existing->shared)
        d->removeLocal(existing->id, existing->revision, told);
    else if (canShare())
        d->removeShared(existing->id, existing->revision, told);
    else
        d->fail({"query.not-shared", cannotShareReason().toStdString(), {}});
}

void QueryLibrary::setLink(std::shared_ptr<nats::Connection> connection, const Subjects &subjects,
                           const QString &domain, const QString &operatorName)
{
    if (d->isLive()) {
        d->writeCopy();
        d->asOf = UtcTime::now();
    }
    d->stopFollowing();
    if (d->connection) // when this is the last to hold it, it closes there
        d->serverWorker.post([old = std::move(d->connection)] {});
    d->connection = std::move(connection);
    d->subjects = subjects;
    d->domain = domain.toStdString();
    d->operatorName = operatorName.toStdString();
    d->linkUp = false;
    d->notFollowing.clear();
    if (d->connection) {
        std::string fleet = query::fleetKey(*d->connection, d->subjects, d->domain);
        if (std::exchange(d->fleet, fleet) != fleet)
            d->shared.clear(); // of another
        d->readCopy();
    }
    d->show();
    Q_EMIT linkChanged();
}

void QueryLibrary::setLinkUp(bool up)
{
    if (up == d->linkUp)
        return;
    if (!up && d->isLive()) {
        d->writeCopy();
        d->asOf = UtcTime::now();
    }
    d->linkUp = up;
    if (up) {
        d->startFollowing();
        d->takeShared();
    } else {
        d->show();
    }
    Q_EMIT linkChanged();
}

} // namespace muster
