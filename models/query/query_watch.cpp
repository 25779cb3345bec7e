// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/query_watch.h"

#include <QElapsedTimer>
#include <QLocale>
#include <QTimer>

#include <algorithm>

namespace muster {

struct QueryWatch::Private {
    explicit Private(QueryWatch *owner) : q(owner) {}

    QueryWatch *q;
    QTimer next;              // round
    QTimer tick;              // for those who read how long it takes until then
    QElapsedTimer sinceStart; // of the first round
    qint64 dueMs = 0;         // when the next round is, after the first
    int seconds = 0;          // 0: off
    int round = 0;
    bool isUnderWay = false, linkUp = true;
    bool isOwed = false; // a round was due while the link was down
    Changes changes;

    int secondsLeft() const
    {
        const qint64 left = dueMs - sinceStart.elapsed();
        return static_cast<int>(std::max<qint64>(0, (left + 999) / 1000));
    }

    /// From the round that was due, not from when it began: what is late once does not stay late.
    void schedule()
    {
        const qint64 now = sinceStart.elapsed();
        const qint64 between = seconds * qint64{1000};
        while (dueMs <= now)
            dueMs += between;
        next.start(static_cast<int>(dueMs - now));
    }

    void look()
    {
        if (!active())
            return;
        schedule();
        isOwed = !linkUp;
        if (!isUnderWay && linkUp)
            Q_EMIT q->due();
    }

    bool active() const { return seconds > 0; }
};

QueryWatch::QueryWatch(QObject *parent) : QObject(parent), d(std::make_unique<Private>(this))
{
    d->next.setSingleShot(true);
    d->next.setTimerType(Qt::PreciseTimer);
    connect(&d->next, &QTimer::timeout, this, [this] { d->look(); });
    d->tick.setInterval(250);
    connect(&d->tick, &QTimer::timeout, this, &QueryWatch::changed);
}

QueryWatch::~QueryWatch() = default;

bool QueryWatch::active() const
{
    return d->active();
}

bool QueryWatch::paused() const
{
    return active() && !d->linkUp;
}

int QueryWatch::round() const
{
    return d->round;
}

int QueryWatch::changedCells() const
{
    return static_cast<int>(d->changes.cells);
}

QString QueryWatch::text() const
{
    if (!active())
        return {};
    const QLocale locale;
    const auto count = [&locale](qint64 n) { return locale.toString(static_cast<qlonglong>(n)); };
    QStringList parts{tr("Round %1").arg(count(d->round))};
    if (d->round > 1 && !d->isUnderWay) {
        parts.append(tr("%Ln cell(s) changed", "", static_cast<int>(d->changes.cells)) + QLatin1Char(' ') +
                     tr("in %Ln row(s)", "where cells changed", static_cast<int>(d->changes.rows)));
        parts.append(tr("%1 added").arg(count(d->changes.added)));
        parts.append(tr("%1 gone").arg(count(d->changes.gone)));
    }
    if (!d->linkUp)
        parts.append(tr("paused: the link is down, it goes on by itself"));
    else if (d->isUnderWay)
        parts.append(tr("under way"));
    else
        parts.append(tr("next in %1 s").arg(count(d->secondsLeft())));
    return parts.join(QStringLiteral(", "));
}

void QueryWatch::start(int seconds)
{
    d->seconds = std::max(1, seconds);
    d->round = 0;
    d->isOwed = false;
    d->sinceStart.start();
    d->dueMs = 0;
    d->schedule();
    d->tick.start();
    beginRound();
}

void QueryWatch::stop()
{
    if (!active())
        return;
    d->seconds = 0;
    d->next.stop();
    d->tick.stop();
    Q_EMIT changed();
}

void QueryWatch::beginRound()
{
    ++d->round;
    d->isUnderWay = true;
    d->changes = {};
    Q_EMIT changed();
}

void QueryWatch::endRound(const Changes &changes)
{
    d->isUnderWay = false;
    d->changes = changes;
    Q_EMIT changed();
}

void QueryWatch::setLinkUp(bool up)
{
    if (d->linkUp == up)
        return;
    d->linkUp = up;
    if (up && active() && d->isOwed)
        d->next.start(0);
    Q_EMIT changed();
}

} // namespace muster
