// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/query_history.h"

#include "query/query_library.h"
#include "query/query_text.h"
#include "store/worker.h"

#include <QLocale>
#include <QTimer>

#include <algorithm>
#include <type_traits>
#include <unordered_set>
#include <utility>

namespace muster {

using query::Outcome;
using query::RunRecord;

namespace {

using namespace std::chrono_literals;

constexpr auto lookAtFileEvery = 2s; // for what another Muster writes
constexpr std::size_t mostShown = 1'000;

QList<ColumnLayout> layout()
{
    const auto column = [](const char *name, const QString &title, bool visible, int priority,
                           int width = 0) {
        return ColumnLayout{QString::fromLatin1(name), title, visible, width, priority};
    };
    return {column("run", muster::QueryHistory::tr("Run"), false, 9),
            column("at", muster::QueryHistory::tr("Asked"), true, 0, 168),
            column("question", muster::QueryHistory::tr("Question"), true, 0, 240),
            column("note", muster::QueryHistory::tr("Note"), true, 1, 160),
            column("name", muster::QueryHistory::tr("Name"), true, 1),
            column("source", muster::QueryHistory::tr("Source"), false, 4),
            column("fleet", muster::QueryHistory::tr("Fleet"), false, 4),
            column("roster", muster::QueryHistory::tr("Roster"), true, 1),
            column("answered", muster::QueryHistory::tr("Answered"), true, 1),
            column("empty", muster::QueryHistory::tr("Empty"), true, 3),
            column("error", muster::QueryHistory::tr("Errors"), true, 2),
            column("silent", muster::QueryHistory::tr("Silent"), true, 2),
            column("offline", muster::QueryHistory::tr("Offline"), true, 3),
            column("unexpected", muster::QueryHistory::tr("Unexpected"), false, 5),
            column("rows", muster::QueryHistory::tr("Rows"), false, 5),
            column("seconds", muster::QueryHistory::tr("Seconds"), true, 4),
            column("results", muster::QueryHistory::tr("Results"), true, 2)};
}

/// What sets a run apart from a question that was asked once and answered; else empty.
QString noteOf(const RunRecord &record)
{
    QStringList parts;
    if (record.round > 0)
        parts.append(muster::QueryHistory::tr("round %1 of a watch").arg(QLocale().toString(record.round)));
    else if (record.question.watchSeconds > 0)
        parts.append(muster::QueryHistory::tr("of a watch"));
    if (record.cancelled)
        parts.append(muster::QueryHistory::tr("cancelled"));
    return parts.join(QStringLiteral(", "));
}

struct Listed {
    std::vector<RunRecord> records; // newest first
    table::Batch changes;           // of the table
};

} // namespace

struct QueryHistory::Private {
    Private(QueryHistory *owner, const QString &databaseFile)
        : q(owner),
          file(databaseFile.toStdString()),
          runs("run")
    {
        runs.setColumns(layout(), false);
        runs.sortByColumn(0, false);
        runs.sortByColumn(0, false); // descending
    }

    QueryHistory *q;
    const std::string file;
    TableModel runs;
    std::vector<RunRecord> records; // newest first
    int underWay = 0;               // what was asked for and is not done
    int requests = 0;               // to open a run
    QString problem;
    QTimer fileTimer;

    // Of the worker alone.
    std::unique_ptr<query::RunHistory> history;
    std::unordered_set<std::string> shown; // ids of the rows

    store::Worker worker; // last, so that it ends first

    template <typename Function>
    void onGui(Function function) // from the worker
    {
        QMetaObject::invokeMethod(q, std::move(function), Qt::QueuedConnection);
    }
    template <typename Use, typename Done>
    void use(Use task, Done done);
    template <typename Use, typename Done>
    void useAndTell(Use task, Done done);
    void list();
    Result<std::shared_ptr<Listed>> listed();
    const RunRecord *find(const QString &run) const;
    void addUnderWay(int more);
    void succeed();
    void note(const Error &error); // of what nobody waits for
    void fail(const Error &error);
};

/// On the worker, with the file open; `done` with what came of it on the GUI's thread.
template <typename Use, typename Done>
void QueryHistory::Private::use(Use task, Done done)
{
    using Came = std::invoke_result_t<Use &, query::RunHistory &>;
    worker.post([this, task = std::move(task), done = std::move(done)]() mutable {
        if (!history) {
            Result<std::unique_ptr<query::RunHistory>> opened = query::RunHistory::open(file);
            if (!opened) {
                onGui([done, error = opened.error()]() mutable { done(Came(error)); });
                return;
            }
            history = std::move(*opened);
            if (!history->notice().empty())
                onGui([this, notice = history->notice()] { note({"store.damaged", notice, {}}); });
        }
        // In a shared_ptr, since what a queued call carries must be copyable.
        auto result = std::make_shared<Came>(task(*history));
        onGui([done, result]() mutable { done(std::move(*result)); });
    });
}

/// The same for what the operator asked for: it makes the history busy, and says what failed.
template <typename Use, typename Done>
void QueryHistory::Private::useAndTell(Use task, Done done)
{
    addUnderWay(1);
    use(std::move(task), [this, done = std::move(done)](auto result) mutable {
        addUnderWay(-1);
        if (!result) {
            fail(result.error());
            return;
        }
        succeed();
        if constexpr (std::is_invocable_v<Done &>)
            done();
        else
            done(std::move(*result));
    });
}

/// What the file has now, and what the table must change to show it. On the worker.
Result<std::shared_ptr<Listed>> QueryHistory::Private::listed()
{
    Result<std::vector<RunRecord>> list = history->list(mostShown);
    if (!list)
        return list.error();
    auto result = std::make_shared<Listed>();
    const std::string kept = muster::QueryHistory::tr("kept").toStdString();
    const std::string gone = muster::QueryHistory::tr("gone").toStdString();
    std::unordered_set<std::string> now;
    for (const RunRecord &record : *list) {
        const std::string question = wholeQuestionText(record.question).toStdString();
        const std::string note = noteOf(record).toStdString();
        const std::string name = query::shown(record.name).toStdString();
        const std::string fleet = query::shown(record.fleet).toStdString();
        const query::Tally &tally = record.tally;
        const std::vector<protocol::Field> fields{
            {"at", record.at},
            {"question", std::string_view(question)},
            {"note", note.empty() ? ValueView() : ValueView(std::string_view(note))},
            {"name", name.empty() ? ValueView() : ValueView(std::string_view(name))},
            {"source", query::name(record.question.source)},
            {"fleet", std::string_view(fleet)},
            {"roster", tally.sum()},
            {"answered", tally.of(Outcome::Answered)},
            {"empty", tally.of(Outcome::Empty)},
            {"error", tally.of(Outcome::Error)},
            {"silent", tally.of(Outcome::Silent)},
            {"offline", tally.of(Outcome::Offline)},
            {"unexpected", tally.unexpected},
            {"rows", record.rows},
            {"seconds", record.seconds},
            {"results", std::string_view(record.resultsKept ? kept : gone)}};
        result->changes.upsert(record.id, fields);
        now.insert(record.id);
    }
    for (const std::string &id : shown) {
        if (!now.contains(id))
            result->changes.remove(id);
    }
    shown = std::move(now);
    result->records = std::move(*list);
    return result;
}

void QueryHistory::Private::list()
{
    use([this](query::RunHistory &) { return listed(); },
        [this](Result<std::shared_ptr<Listed>> result) {
            if (!result) {
                note(result.error());
                return;
            }
            records = std::move((*result)->records);
            runs.apply((*result)->changes);
            Q_EMIT q->countChanged();
        });
}

const RunRecord *QueryHistory::Private::find(const QString &run) const
{
    const std::string id = run.toStdString();
    const auto at = std::find_if(records.begin(), records.end(),
                                 [&id](const RunRecord &record) { return record.id == id; });
    return at == records.end() ? nullptr : &*at;
}

void QueryHistory::Private::addUnderWay(int more)
{
    const bool was = underWay > 0;
    underWay += more;
    if (was != (underWay > 0))
        Q_EMIT q->busyChanged();
}

void QueryHistory::Private::succeed()
{
    if (problem.isEmpty())
        return;
    problem.clear();
    Q_EMIT q->problemChanged();
}

void QueryHistory::Private::note(const Error &error)
{
    problem = query::sentence(error);
    Q_EMIT q->problemChanged();
}

void QueryHistory::Private::fail(const Error &error)
{
    note(error);
    Q_EMIT q->failed(problem);
}

QueryHistory::QueryHistory(const QString &databaseFile, QObject *parent)
    : QObject(parent),
      d(std::make_unique<Private>(this, databaseFile))
{
    d->list();
    d->fileTimer.setInterval(lookAtFileEvery);
    connect(&d->fileTimer, &QTimer::timeout, this, [this] {
        d->runs.tick();
        d->use([](query::RunHistory &history) { return Result<bool>(history.changedByOthers()); },
               [this](const Result<bool> &changed) {
                   if (changed && *changed)
                       d->list();
               });
    });
    d->fileTimer.start();
}

QueryHistory::~QueryHistory() = default;

TableModel *QueryHistory::runs() const
{
    return &d->runs;
}

int QueryHistory::count() const
{
    return static_cast<int>(d->records.size());
}

bool QueryHistory::busy() const
{
    return d->underWay > 0;
}

QString QueryHistory::problem() const
{
    return d->problem;
}

void QueryHistory::keep(query::RunRecord record, std::shared_ptr<const table::Snapshot> results)
{
    d->useAndTell(
        [record = std::move(record), results = std::move(results)](query::RunHistory &history) mutable {
            Result<RunRecord> kept = history.keep(std::move(record), results.get());
            results.reset();
            return kept;
        },
        [this](const RunRecord &inFile) {
            d->list();
            Q_EMIT kept(QString::fromStdString(inFile.id));
        });
}

int QueryHistory::open(const QString &run)
{
    const int request = ++d->requests;
    d->addUnderWay(1);
    d->use(
        [id = run.toStdString()](query::RunHistory &history) -> Result<std::shared_ptr<PastRun>> {
            Result<query::KeptRun> loaded = history.load(id);
            if (!loaded)
                return loaded.error();
            return std::make_shared<PastRun>(std::move(*loaded));
        },
        [this, request](const Result<std::shared_ptr<PastRun>> &past) {
            d->addUnderWay(-1);
            if (!past) {
                d->note(past.error());
                Q_EMIT notOpened(d->problem, request);
                return;
            }
            d->succeed();
            Q_EMIT opened(*past, request);
        });
    return request;
}

void QueryHistory::remove(const QString &run)
{
    d->useAndTell([id = run.toStdString()](query::RunHistory &history) { return history.remove(id); },
                  [this] { d->list(); });
}

void QueryHistory::clear()
{
    d->useAndTell([](query::RunHistory &history) { return history.clear(); }, [this] { d->list(); });
}

QString QueryHistory::newest() const
{
    return d->records.empty() ? QString() : QString::fromStdString(d->records.front().id);
}

QString QueryHistory::before(const QString &run) const
{
    const RunRecord *later = d->find(run);
    for (const RunRecord *record = later; record && ++record != d->records.data() + d->records.size();) {
        if (record->resultsKept && query::asksTheSame(record->question, later->question))
            return QString::fromStdString(record->id);
    }
    return {};
}

bool QueryHistory::hasResults(const QString &run) const
{
    const RunRecord *record = d->find(run);
    return record && record->resultsKept;
}

std::optional<query::RunRecord> QueryHistory::record(const QString &run) const
{
    const RunRecord *record = d->find(run);
    return record ? std::optional(*record) : std::nullopt;
}

} // namespace muster
