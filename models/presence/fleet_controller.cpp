// SPDX-License-Identifier: GPL-3.0-or-later
#include "presence/fleet_controller.h"

#include "core/display_text.h"
#include "core/utc_time.h"

#include <QDateTime>
#include <QThreadPool>
#include <QTimeZone>
#include <QTimer>

#include <algorithm>
#include <mutex>

namespace muster {
namespace {

constexpr int frameMs = 25; // between two batches while messages come in
constexpr int suggestedValues = 50;

QString text(std::string_view raw)
{
    const std::string shown = displayText(raw, 512);
    return QString::fromUtf8(shown.data(), static_cast<qsizetype>(shown.size()));
}

bool isSame(const presence::Rejected &a, const presence::Rejected &b)
{
    return a.atMicros == b.atMicros && a.subject == b.subject && a.reject.why == b.reject.why;
}

} // namespace

RejectedListModel::RejectedListModel(QObject *parent) : QAbstractListModel(parent) {}

int RejectedListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_entries.size());
}

QVariant RejectedListModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const presence::Rejected &entry = m_entries[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
    case SubjectRole:
        return text(entry.subject);
    case ReasonRole:
        return text(protocol::name(entry.reject.why));
    case DetailRole:
        return text(entry.reject.detail);
    case TimeRole:
        return QDateTime::fromMSecsSinceEpoch(entry.atMicros / 1000, QTimeZone::utc());
    default:
        return {};
    }
}

QHash<int, QByteArray> RejectedListModel::roleNames() const
{
    return {{SubjectRole, "subject"}, {ReasonRole, "reason"}, {DetailRole, "detail"}, {TimeRole, "time"}};
}

void RejectedListModel::setEntries(std::vector<presence::Rejected> entries)
{
    // New ones come in front and old ones fall off the end: a reader's place in the list stays.
    const auto oldFirst =
        m_entries.empty() ? entries.end()
                          : std::find_if(entries.begin(), entries.end(), [this](const presence::Rejected &e) {
                                return isSame(e, m_entries.front());
                            });
    const auto fresh = static_cast<int>(oldFirst - entries.begin());
    const int kept = std::min(static_cast<int>(m_entries.size()), static_cast<int>(entries.size()) - fresh);
    if (kept < static_cast<int>(m_entries.size())) {
        beginRemoveRows({}, kept, static_cast<int>(m_entries.size()) - 1);
        m_entries.resize(static_cast<std::size_t>(kept));
        endRemoveRows();
    }
    if (fresh > 0) {
        beginInsertRows({}, 0, fresh - 1);
        m_entries = std::move(entries);
        m_entries.resize(static_cast<std::size_t>(fresh) + static_cast<std::size_t>(kept));
        endInsertRows();
    }
}

namespace {

/// Where trackers call to, also while they end on another thread after the controller did.
struct Waker {
    std::mutex mutex;
    FleetController *target = nullptr;
};

} // namespace

struct FleetController::Private {
    explicit Private(FleetController *owner) : q(owner), devices("device"), rejected(owner) {}

    FleetController *q;
    TableModel devices;
    RejectedListModel rejected;
    std::shared_ptr<Waker> waker = std::make_shared<Waker>();
    std::unique_ptr<presence::FleetTracker> tracker;
    table::Batch batch;
    QTimer frame, second;
    presence::StateCounts counts{};
    QString stateFilter, problem;
    bool linkUp = false;
    bool loading = false, followsStream = false;
    std::uint64_t messages = 0, rejectedCount = 0, dropped = 0;
    int messagesPerSecond = 0;
    std::int64_t newestMicros = 0;

    void drain()
    {
        if (!tracker)
            return;
        if (tracker->drain(batch))
            devices.apply(batch);
        if (const presence::StateCounts now = tracker->counts(); now != counts) {
            counts = now;
            Q_EMIT q->countsChanged();
        }
        const bool stillLoading = !tracker->snapshotDone();
        const bool stream = tracker->followsStream();
        const QString trouble = QString::fromStdString(tracker->problem());
        if (stillLoading != loading || stream != followsStream || trouble != problem) {
            loading = stillLoading;
            followsStream = stream;
            problem = trouble;
            Q_EMIT q->activeChanged();
        }
    }

    void startFrame()
    {
        if (!frame.isActive())
            frame.start();
    }

    void everySecond()
    {
        drain();
        devices.tick();
        if (tracker) {
            const std::uint64_t now = tracker->messages();
            messagesPerSecond = static_cast<int>(now - messages);
            messages = now;
            newestMicros = tracker->newestMicros();
            dropped = tracker->dropped();
            if (const std::uint64_t count = tracker->rejectedCount(); count != rejectedCount) {
                rejectedCount = count;
                rejected.setEntries(tracker->recentRejected());
            }
        }
        Q_EMIT q->statisticsChanged();
    }

    /// A tracker may wait for the server's answer before it ends: never on this thread.
    void release()
    {
        if (!tracker)
            return;
        QThreadPool::globalInstance()->start(
            [over = std::shared_ptr<presence::FleetTracker>(std::move(tracker))]() mutable { over.reset(); });
    }
};

FleetController::FleetController(QObject *parent) : QObject(parent), d(std::make_unique<Private>(this))
{
    const auto column = [](const char *name, const QString &title, int priority, int width = 0) {
        return ColumnLayout{QString::fromLatin1(name), title, true, width, priority};
    };
    d->devices.setColumns(
        {column("presence", tr("Presence"), 0), column("device", tr("Device"), 0),
         column("site", tr("Site"), 1), column("group", tr("Group"), 2), column("region", tr("Region"), 3),
         column("fw", QStringLiteral("fw"), 1), column("cpu.pct", QStringLiteral("cpu.pct"), 2),
         column("mem.free", QStringLiteral("mem.free"), 2), column("temp.soc", QStringLiteral("temp.soc"), 3),
         column("uptime", QStringLiteral("uptime"), 4), column("last_seen", tr("Last seen"), 1)},
        false);

    d->frame.setSingleShot(true);
    d->frame.setInterval(frameMs);
    connect(&d->frame, &QTimer::timeout, this, [this] { d->drain(); });
    d->second.setInterval(1000);
    connect(&d->second, &QTimer::timeout, this, [this] { d->everySecond(); });
    d->second.start();
    d->waker->target = this;
}

FleetController::~FleetController()
{
    {
        const std::lock_guard lock(d->waker->mutex);
        d->waker->target = nullptr;
    }
    d->release();
}

void FleetController::follow(std::shared_ptr<nats::Connection> connection, const Subjects &subjects,
                             const QString &domain)
{
    d->release();
    d->devices.clearRows();
    d->rejected.setEntries({});
    d->messages = d->rejectedCount = d->dropped = 0;
    d->messagesPerSecond = 0;
    d->newestMicros = 0;
    d->counts = {};
    d->loading = false;
    d->followsStream = false;
    d->linkUp = false;
    d->problem.clear();
    if (connection) {
        presence::FleetTracker::Options options;
        options.subjects = subjects;
        options.jetStreamDomain = domain.toStdString();
        options.onChange = [waker = d->waker, start = [this] { d->startFrame(); }] {
            const std::lock_guard lock(waker->mutex);
            if (waker->target)
                QMetaObject::invokeMethod(waker->target, start, Qt::QueuedConnection);
        };
        const bool up = connection->state() == nats::State::Connected;
        Result<std::unique_ptr<presence::FleetTracker>> started =
            presence::FleetTracker::start(std::move(connection), std::move(options));
        if (started) {
            d->tracker = std::move(*started);
            d->linkUp = up;
            d->loading = true;
            if (!up)
                d->tracker->setLinkUp(false);
        } else {
            d->problem =
                QString::fromStdString(started.error().message + ' ' + started.error().remedy).trimmed();
        }
    }
    Q_EMIT countsChanged();
    Q_EMIT statisticsChanged();
    Q_EMIT activeChanged();
}

void FleetController::setLinkUp(bool up)
{
    if (!d->tracker || d->linkUp == up)
        return;
    d->linkUp = up;
    d->tracker->setLinkUp(up);
    d->drain();
    Q_EMIT activeChanged();
    Q_EMIT statisticsChanged();
}

void FleetController::stop()
{
    if (!d->tracker) {
        if (!d->problem.isEmpty()) {
            d->problem.clear();
            Q_EMIT activeChanged();
        }
        return;
    }
    // What was last known stays to be looked at, and is no longer vouched for.
    setLinkUp(false);
    d->frame.stop();
    d->release();
    d->loading = false;
    d->problem.clear();
    d->messagesPerSecond = 0;
    Q_EMIT activeChanged();
    Q_EMIT statisticsChanged();
}

TableModel *FleetController::devices() const
{
    return &d->devices;
}

RejectedListModel *FleetController::rejected() const
{
    return &d->rejected;
}

int FleetController::rejectedCount() const
{
    return static_cast<int>(d->rejectedCount);
}

int FleetController::total() const
{
    std::int64_t sum = 0;
    for (const std::int64_t count : d->counts)
        sum += count;
    return static_cast<int>(sum);
}

int FleetController::online() const
{
    return static_cast<int>(d->counts[static_cast<std::size_t>(presence::State::Online)]);
}

int FleetController::late() const
{
    return static_cast<int>(d->counts[static_cast<std::size_t>(presence::State::Late)]);
}

int FleetController::offline() const
{
    return static_cast<int>(d->counts[static_cast<std::size_t>(presence::State::Offline)]);
}

int FleetController::never() const
{
    return static_cast<int>(d->counts[static_cast<std::size_t>(presence::State::Never)]);
}

int FleetController::unknown() const
{
    return static_cast<int>(d->counts[static_cast<std::size_t>(presence::State::Unknown)]);
}

QString FleetController::stateFilter() const
{
    return d->stateFilter;
}

void FleetController::setStateFilter(const QString &state)
{
    if (state == d->stateFilter)
        return;
    d->stateFilter = state;
    d->devices.setBaseFilter(state.isEmpty()
                                 ? filter::Expression()
                                 : filter::Expression::equals("presence", Value(state.toStdString())));
    Q_EMIT stateFilterChanged();
}

bool FleetController::active() const
{
    return d->tracker != nullptr;
}

bool FleetController::loading() const
{
    return d->tracker && d->loading;
}

bool FleetController::live() const
{
    return d->tracker && d->linkUp;
}

double FleetController::dataAgeSeconds() const
{
    if (d->newestMicros == 0)
        return -1;
    return std::max(0.0, static_cast<double>(UtcTime::now().micros - d->newestMicros) / 1e6);
}

int FleetController::messagesPerSecond() const
{
    return d->messagesPerSecond;
}

int FleetController::droppedCount() const
{
    return static_cast<int>(d->dropped);
}

bool FleetController::followsStream() const
{
    return d->tracker && d->followsStream;
}

QString FleetController::problem() const
{
    return d->problem;
}

const presence::FleetTracker *FleetController::tracker() const
{
    return d->tracker.get();
}

std::vector<std::string> FleetController::labelNames() const
{
    return d->tracker ? d->tracker->labelNames() : std::vector<std::string>();
}

QStringList FleetController::fieldNames() const
{
    return d->devices.fieldNames();
}

QStringList FleetController::valuesOf(const QString &field) const
{
    return d->devices.valuesOf(field, suggestedValues);
}

} // namespace muster
