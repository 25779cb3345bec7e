// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "query/query_library.h"
#include "query/saved_queries.h"
#include "store/worker.h"

#include <QTimer>

#include <atomic>
#include <functional>
#include <mutex>
#include <set>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

namespace muster {

using query::SavedQuery;
using query::Written;

/// Our own writes of each query that follow one another with nobody else's between them: a write that is
/// based on one of them is based on the last, whatever the page has been told by then. One worker's.
class OwnWrites {
public:
    std::uint64_t base(const std::string &id, std::uint64_t revision) const
    {
        const auto at = m_chains.find(id);
        return at != m_chains.end() && at->second.contains(revision) ? *at->second.rbegin() : revision;
    }
    void add(const std::string &id, std::uint64_t from, const Result<Written> &written)
    {
        std::set<std::uint64_t> &chain = m_chains[id];
        if (!chain.contains(from))
            chain = {from};
        if (written && !written->conflict)
            chain.insert(written->query.revision);
        else if (written)
            m_chains.erase(id);
    }
    void forget(const std::string &id) { m_chains.erase(id); }

private:
    std::unordered_map<std::string, std::set<std::uint64_t>> m_chains;
};

struct QueryLibrary::Private {
    Private(QueryLibrary *owner, const QString &databaseFile) : q(owner), file(databaseFile.toStdString()) {}
    ~Private();

    QueryLibrary *q;
    const std::string file;
    std::vector<SavedQuery> rows; // what is shown, by name
    std::vector<SavedQuery> local, shared;
    std::optional<UtcTime> asOf, asOfShown; // of `shared`, when it is no longer live
    int skipped = 0;
    mutable std::unordered_map<std::string, std::uint64_t> handedOut; // what was read, by id
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
    void note(const Error &error); // of what nobody waits for
    void fail(const Error &error);
    std::uint64_t baseOf(const SavedQuery &existing) const;
    void putLocal(SavedQuery query, std::function<void(const SavedQuery &)> done);
    void putShared(SavedQuery query, std::function<void(const SavedQuery &)> done);
    void removeLocal(const std::string &id, std::uint64_t revision, std::function<void()> done);
    void removeShared(const std::string &id, std::uint64_t revision, std::function<void()> done);
    template <typename Done>
    void settle(const Result<Written> &written, const std::string &id, bool isCurrent, const Done &done);
    void write(const std::string &id, SavedQuery query, std::function<void(const SavedQuery &)> done);
};

/// Opens the file when it is not open yet: what could not be opened at the start may be in order by now.
/// `use` on the worker, `done` with its Result on the GUI's thread.
template <typename Use, typename Done>
void QueryLibrary::Private::useStore(Use use, Done done)
{
    using Came = std::invoke_result_t<Use &, query::LocalQueries &>;
    fileWorker.post([this, use = std::move(use), done = std::move(done)] {
        if (!store) {
            Result<std::unique_ptr<query::LocalQueries>> opened = query::LocalQueries::open(file);
            if (!opened) {
                onGui([done, error = opened.error()]() mutable { done(Came(error)); });
                return;
            }
            store = std::move(*opened);
            if (!store->notice().empty())
                onGui([this, notice = store->notice()] { note({"store.damaged", notice, {}}); });
        }
        onGui([done, result = use(*store)]() mutable { done(std::move(result)); });
    });
}

} // namespace muster
