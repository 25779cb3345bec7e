// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/query_library.h"

#include "core/ulid.h"
#include "query/query_text.h"
#include "query/saved_queries.h"
#include "store/worker.h"

#include <QDateTime>
#include <QHash>
#include <QTimer>

#include <algorithm>
#include <atomic>
#include <functional>
#include <mutex>
#include <unordered_map>
#include <utility>

namespace muster {

using query::SavedQuery;
using query::Written;

namespace {

using namespace std::chrono_literals;

constexpr auto lookAtFileEvery = 5s;    // for what another Muster writes
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

/// What a write is based on: a write that follows our own on the same text follows it, whatever the page has
/// been told by then. One worker's.
class OwnWrites {
public:
    std::uint64_t base(const std::string &id, std::uint64_t revision) const
    {
        const auto at = m_last.find(id);
        return at != m_last.end() && at->second.first == revision ? at->second.second : revision;
    }
    void add(const std::string &id, std::uint64_t from, std::uint64_t revision)
    {
        m_last[id] = {from, revision};
    }

private:
    std::unordered_map<std::string, std::pair<std::uint64_t, std::uint64_t>> m_last;
};

} // namespace

QString questionText(const query::Composition &composition)
{
    QStringList parts;
    switch (composition.source) {
    case query::Source::Fleet:
        for (const query::Scope &scope : composition.scopes) {
            if (const QString text = scopeText(scope); !text.isEmpty())
                parts.append(text);
        }
        if (!composition.where.empty())
            parts.append(query::shown(composition.where));
        if (parts.isEmpty())
            parts.append(QueryLibrary::tr("all devices"));
        break;
    case query::Source::Services:
        parts.append(composition.service.empty()
                         ? QueryLibrary::tr("all services")
                         : QueryLibrary::tr("service %1").arg(query::shown(composition.service)));
        break;
    case query::Source::Subject:
        parts.append(query::shown(composition.subject));
        break;
    }
    const QString text = parts.join(QStringLiteral(" \u00B7 "));
    return text.size() <= detailLength ? text : text.left(detailLength - 1) + QChar(0x2026);
}

struct QueryLibrary::Private {
    Private(QueryLibrary *owner, const QString &databaseFile) : q(owner), file(databaseFile.toStdString()) {}
    ~Private();

    QueryLibrary *q;
    const std::string file;
    std::vector<SavedQuery> rows; // what is shown, by name
    std::vector<SavedQuery> local, shared;
    std::optional<UtcTime> asOf; // of `shared`, when it is no longer live
    int skipped = 0;
    mutable std::unordered_map<std::string, std::uint64_t> handedOut; // revisions, by id
    QString problem;

    std::shared_ptr<nats::Connection> connection;
    Subjects subjects;
    std::string domain, operatorName, fleet;
    bool linkUp = false, isStarting = false;
    std::uint64_t link = 0; // results of an earlier one are dropped
    std::shared_ptr<query::SharedQueries> following;
    QString notFollowing; // why
    std::shared_ptr<std::atomic<bool>> changePending = std::make_shared<std::atomic<bool>>(false);
    QTimer fileTimer, followTimer, copyTimer;

    std::mutex startedMutex;
    std::vector<std::shared_ptr<query::SharedQueries>> started; // on their way to `following`

    // Of the workers alone.
    std::unique_ptr<query::LocalQueries> store;
    OwnWrites localWrites, sharedWrites;

    // Last, so that they end first.
    store::Worker fileWorker, serverWorker;

    const SavedQuery *find(const std::string &id) const;
    bool isLive() const { return linkUp && following && following->isRead(); }

    template <typename Function>
    void onGui(Function function) // from a worker
    {
        QMetaObject::invokeMethod(q, std::move(function), Qt::QueuedConnection);
    }
    template <typename Use, typename Done>
    void useStore(Use use, Done done);

    void readLocal();
    void readCopy();
    void writeCopy();
    void show();
    void apply(const SavedQuery &written);
    void dropRow(const std::string &id);
    void takeShared();
    void startFollowing();
    void stopFollowing();

    void succeed();
    void fail(const Error &error);
    std::uint64_t baseOf(const SavedQuery &existing) const;
    void putLocal(SavedQuery query, std::function<void(const SavedQuery &)> done);
    void putShared(SavedQuery query, std::function<void(const SavedQuery &)> done);
    void removeLocal(const std::string &id, std::uint64_t revision, std::function<void()> done);
    void removeShared(const std::string &id, std::uint64_t revision, std::function<void()> done);
    template <typename Done>
    void settle(const Result<Written> &written, const std::string &id, bool isCurrent, const Done &done);
    void write(const std::string &id, SavedQuery query);
};

QueryLibrary::Private::~Private()
{
    if (isLive())
        writeCopy(); // as it was when we left
    stopFollowing();
}

// --- the file ---

/// Opens the file when it is not open yet: what could not be opened at the start may be in order by now.
template <typename Use, typename Done>
void QueryLibrary::Private::useStore(Use use, Done done)
{
    fileWorker.post([this, use = std::move(use), done = std::move(done)] {
        if (!store) {
            Result<std::unique_ptr<query::LocalQueries>> opened = query::LocalQueries::open(file);
            if (!opened) {
                onGui([this, error = opened.error()] { fail(error); });
                return;
            }
            store = std::move(*opened);
            if (!store->notice().empty())
                onGui([this, notice = store->notice()] { fail({"store.damaged", notice, {}}); });
        }
        onGui([done, result = use(*store)]() mutable { done(std::move(result)); });
    });
}

void QueryLibrary::Private::readLocal()
{
    useStore([](query::LocalQueries &queries) { return queries.list(); },
             [this](Result<std::vector<SavedQuery>> list) {
                 if (!list) {
                     fail(list.error());
                     return;
                 }
                 local = std::move(*list);
                 show();
             });
}

/// What is known of the shared ones before the server has answered.
void QueryLibrary::Private::readCopy()
{
    useStore([fleet = fleet](query::LocalQueries &queries) { return queries.copyOfShared(fleet); },
             [this, link = link](Result<std::optional<query::LocalQueries::Copy>> copy) {
                 if (!copy) {
                     fail(copy.error());
                     return;
                 }
                 if (link != this->link || isLive())
                     return;
                 shared = *copy ? std::move((*copy)->queries) : std::vector<SavedQuery>();
                 asOf = *copy ? (*copy)->asOf : UtcTime();
                 show();
             });
}

void QueryLibrary::Private::writeCopy()
{
    copyTimer.stop();
    useStore([fleet = fleet, copy = query::LocalQueries::Copy{shared, UtcTime::now()}](
                 query::LocalQueries &queries) { return queries.keepCopyOfShared(fleet, copy); },
             [this](const Status &kept) {
                 if (!kept)
                     fail(kept.error());
             });
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
    QHash<QString, int> isWanted;
    for (const SavedQuery &query : shared)
        isWanted.insert(QString::fromStdString(query.id), 1);
    for (const SavedQuery &query : local) { // one that is just moving stands in both
        if (!isWanted.contains(QString::fromStdString(query.id))) {
            isWanted.insert(QString::fromStdString(query.id), 1);
            wanted.push_back(query);
        }
    }
    std::sort(wanted.begin(), wanted.end(), [](const SavedQuery &a, const SavedQuery &b) {
        const int order =
            QString::localeAwareCompare(QString::fromStdString(a.name), QString::fromStdString(b.name));
        return order != 0 ? order < 0 : a.id < b.id;
    });

    const std::size_t before = rows.size();
    for (std::size_t i = rows.size(); i-- > 0;) {
        if (isWanted.contains(QString::fromStdString(rows[i].id)))
            continue;
        q->beginRemoveRows({}, static_cast<int>(i), static_cast<int>(i));
        rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(i));
        q->endRemoveRows();
    }
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
        rows[i] = wanted[i];
    }
    if (!rows.empty())
        Q_EMIT q->dataChanged(q->index(0), q->index(static_cast<int>(rows.size()) - 1));
    const int nowSkipped = following ? static_cast<int>(following->skipped()) : 0;
    if (rows.size() != before || std::exchange(skipped, nowSkipped) != nowSkipped)
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

// --- the account ---

void QueryLibrary::Private::startFollowing()
{
    if (!connection || !linkUp || following || isStarting)
        return;
    isStarting = true;
    // Called on NATS' threads: many changes are one.
    const auto changed = [this, pending = changePending] {
        if (!pending->exchange(true))
            onGui([this] { takeShared(); });
    };
    serverWorker.post(
        [this, changed, link = link, connection = connection, subjects = subjects, domain = domain] {
            Result<std::unique_ptr<query::SharedQueries>> made =
                query::SharedQueries::follow(connection, subjects, domain, changed);
            std::shared_ptr<query::SharedQueries> queries;
            Error error;
            if (made)
                queries = std::move(*made);
            else
                error = made.error();
            // Not in the call itself: one that is never delivered must not be what ends it.
            const std::weak_ptr<query::SharedQueries> which = queries;
            if (queries) {
                const std::lock_guard lock(startedMutex);
                started.push_back(std::move(queries));
            }
            onGui([this, link, which, error] {
                std::shared_ptr<query::SharedQueries> arrived = which.lock();
                {
                    const std::lock_guard lock(startedMutex);
                    std::erase(started, arrived);
                }
                if (link != this->link) { // ends on the worker, which may wait
                    serverWorker.post([arrived = std::move(arrived)] {});
                    return;
                }
                isStarting = false;
                following = std::move(arrived);
                notFollowing = following ? QString() : query::sentence(error);
                if (!following)
                    followTimer.start();
                Q_EMIT q->linkChanged();
                takeShared();
            });
        });
}

void QueryLibrary::Private::stopFollowing()
{
    ++link;
    isStarting = false;
    followTimer.stop();
    if (following)
        serverWorker.post([queries = std::move(following)] {});
    following.reset();
}

void QueryLibrary::Private::takeShared()
{
    changePending->store(false);
    if (!isLive())
        return;
    shared = following->list();
    asOf.reset();
    copyTimer.start();
    show();
}

// --- writing ---

void QueryLibrary::Private::succeed()
{
    if (problem.isEmpty())
        return;
    problem.clear();
    Q_EMIT q->problemChanged();
}

void QueryLibrary::Private::fail(const Error &error)
{
    problem = query::sentence(error);
    Q_EMIT q->problemChanged();
    Q_EMIT q->failed(problem);
}

std::uint64_t QueryLibrary::Private::baseOf(const SavedQuery &existing) const
{
    const auto at = handedOut.find(existing.id);
    return at == handedOut.end() ? existing.revision : at->second;
}

/// `isCurrent`: still of the link that is shown.
template <typename Done>
void QueryLibrary::Private::settle(const Result<Written> &written, const std::string &id, bool isCurrent,
                                   const Done &done)
{
    if (!written) {
        fail(written.error());
        return;
    }
    if (!written->conflict) {
        succeed();
        done(written->query);
        return;
    }
    if (isCurrent && written->query.id.empty()) {
        dropRow(id);
    } else if (isCurrent) {
        handedOut[id] = written->query.revision; // theirs is now seen
        apply(written->query);
    }
    Q_EMIT q->conflict(QString::fromStdString(id));
}

void QueryLibrary::Private::putLocal(SavedQuery query, std::function<void(const SavedQuery &)> done)
{
    const std::string id = query.id;
    useStore(
        [this, query = std::move(query)](query::LocalQueries &queries) {
            SavedQuery based = query;
            based.revision = localWrites.base(query.id, query.revision);
            Result<Written> written = queries.put(based);
            if (written && !written->conflict)
                localWrites.add(query.id, query.revision, written->query.revision);
            return written;
        },
        [this, id, done = std::move(done)](const Result<Written> &written) {
            settle(written, id, true, [&](const SavedQuery &saved) {
                handedOut[id] = saved.revision;
                apply(saved);
                done(saved);
            });
        });
}

void QueryLibrary::Private::putShared(SavedQuery query, std::function<void(const SavedQuery &)> done)
{
    serverWorker.post(
        [this, link = link, queries = following, query = std::move(query), done = std::move(done)] {
            SavedQuery based = query;
            based.revision = sharedWrites.base(query.id, query.revision);
            Result<Written> written = queries->put(based);
            if (written && !written->conflict)
                sharedWrites.add(query.id, query.revision, written->query.revision);
            onGui([this, link, id = query.id, done, written = std::move(written)] {
                settle(written, id, link == this->link, [&](const SavedQuery &saved) {
                    if (link == this->link) {
                        handedOut[id] = saved.revision;
                        apply(saved);
                    }
                    done(saved);
                });
            });
        });
}

void QueryLibrary::Private::removeLocal(const std::string &id, std::uint64_t revision,
                                        std::function<void()> done)
{
    useStore([this, id, revision](
                 query::LocalQueries &queries) { return queries.remove(id, localWrites.base(id, revision)); },
             [this, id, done = std::move(done)](const Result<Written> &written) {
                 settle(written, id, true, [&](const SavedQuery &) {
                     std::erase_if(local, [&id](const SavedQuery &each) { return each.id == id; });
                     show();
                     done();
                 });
             });
}

void QueryLibrary::Private::removeShared(const std::string &id, std::uint64_t revision,
                                         std::function<void()> done)
{
    serverWorker.post([this, link = link, queries = following, id, revision, done = std::move(done)] {
        Result<Written> written = queries->remove(id, sharedWrites.base(id, revision));
        onGui([this, link, id, done, written = std::move(written)] {
            settle(written, id, link == this->link, [&](const SavedQuery &) {
                if (link == this->link)
                    std::erase_if(shared, [&id](const SavedQuery &each) { return each.id == id; });
                show();
                done();
            });
        });
    });
}

/// `query` as it should be, under the id that it had; its revision is what it is based on.
void QueryLibrary::Private::write(const std::string &id, SavedQuery query)
{
    const SavedQuery *existing = find(id);
    const auto told = [this](const SavedQuery &saved) { Q_EMIT q->saved(QString::fromStdString(saved.id)); };
    const bool moves = existing && existing->shared != query.shared;
    if ((query.shared || moves) && !q->canShare()) {
        fail({"query.not-shared", q->cannotShareReason().toStdString(), {}});
        return;
    }
    query.id = id.empty() ? newUlid() : id;
    query.by = operatorName;
    if (!moves) {
        if (query.shared)
            putShared(std::move(query), told);
        else
            putLocal(std::move(query), told);
        return;
    }
    const std::uint64_t before = existing->revision;
    query.revision = 0;
    handedOut.erase(id);
    if (query.shared) {
        putShared(std::move(query), [this, id, before, told](const SavedQuery &saved) {
            removeLocal(id, before, [] {});
            told(saved);
        });
        return;
    }
    // Colleagues lose it only once it is safely here.
    query.id = newUlid();
    putLocal(std::move(query), [this, id, before, told](const SavedQuery &saved) {
        told(saved);
        if (following)
            removeShared(id, before, [this, id] { Q_EMIT q->removed(QString::fromStdString(id)); });
    });
}

// --- QueryLibrary ---

QueryLibrary::QueryLibrary(QString databaseFile, QObject *parent)
    : QAbstractListModel(parent),
      d(std::make_unique<Private>(this, databaseFile))
{
    d->readLocal();
    d->readCopy();
    d->fileTimer.setInterval(lookAtFileEvery);
    connect(&d->fileTimer, &QTimer::timeout, this, [this] {
        d->useStore([](query::LocalQueries &queries) { return queries.changedByOthers(); },
                    [this](bool changed) {
                        if (changed)
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
    d->write(id.toStdString(), std::move(query));
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
    d->write(query.id, std::move(query));
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
    d->connection = std::move(connection);
    d->subjects = subjects;
    d->domain = domain.toStdString();
    d->operatorName = operatorName.toStdString();
    d->linkUp = false;
    d->notFollowing.clear();
    if (d->connection) {
        d->fleet = query::fleetKey(*d->connection, d->subjects, d->domain);
        d->readCopy();
    } else {
        d->show();
    }
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
