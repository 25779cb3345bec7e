// SPDX-License-Identifier: GPL-3.0-or-later
// What the library has done on its workers: reading and writing the file, following and changing the
// account's.
#include "core/ulid.h"
#include "query/query_library_p.h"
#include "query/query_text.h"

#include <algorithm>

namespace muster {

QueryLibrary::Private::~Private()
{
    if (isLive())
        writeCopy(); // as it was when we left
    stopFollowing();
}

// --- the file ---

void QueryLibrary::Private::readLocal()
{
    useStore([](query::LocalQueries &queries) { return queries.list(); },
             [this](Result<std::vector<SavedQuery>> list) {
                 if (!list) {
                     note(list.error());
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
                     note(copy.error());
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
                     note(kept.error());
             });
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

void QueryLibrary::Private::note(const Error &error)
{
    problem = query::sentence(error);
    Q_EMIT q->problemChanged();
}

void QueryLibrary::Private::fail(const Error &error)
{
    note(error);
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
            localWrites.add(query.id, query.revision, written);
            return written;
        },
        [this, id, done = std::move(done)](const Result<Written> &written) {
            settle(written, id, true, [&](const SavedQuery &saved) {
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
            sharedWrites.add(query.id, query.revision, written);
            onGui([this, link, id = query.id, done, written = std::move(written)] {
                settle(written, id, link == this->link, [&](const SavedQuery &saved) {
                    if (link == this->link)
                        apply(saved);
                    done(saved);
                });
            });
        });
}

void QueryLibrary::Private::removeLocal(const std::string &id, std::uint64_t revision,
                                        std::function<void()> done)
{
    useStore(
        [this, id, revision](query::LocalQueries &queries) {
            const std::uint64_t base = localWrites.base(id, revision);
            localWrites.forget(id);
            return queries.remove(id, base);
        },
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
        const std::uint64_t base = sharedWrites.base(id, revision);
        sharedWrites.forget(id);
        Result<Written> written = queries->remove(id, base);
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
void QueryLibrary::Private::write(const std::string &id, SavedQuery query,
                                  std::function<void(const SavedQuery &)> done)
{
    const SavedQuery *existing = find(id);
    const auto told = [this, done = std::move(done)](const SavedQuery &saved) {
        done(saved);
        Q_EMIT q->saved(QString::fromStdString(saved.id));
    };
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

} // namespace muster
