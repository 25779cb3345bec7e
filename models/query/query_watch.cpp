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
    QTimer tick;
    QElapsedTimer sinceRound; // since the round began
    int seconds = 0;          // 0: off
    int round = 0;
    bool isUnderWay = false, linkUp = true;
    Changes changes;

    int secondsLeft() const
    {
        const qint64 left = seconds * qint64{1000} - sinceRound.elapsed();
        return static_cast<int>(std::max<qint64>(0, (left + 999) / 1000));
    }

    /// A round that takes longer than the time between two is followed by the next at once.
    void look()
    {
        if (seconds > 0 && !isUnderWay && linkUp && secondsLeft() == 0)
            Q_EMIT q->due();
        Q_EMIT q->changed();
    }
};

QueryWatch::QueryWatch(QObject *parent) : QObject(parent), d(std::make_unique<Private>(this))
{
    d->tick.setInterval(250);
    connect(&d->tick, &QTimer::timeout, this, [this] { d->look(); });
}

QueryWatch::~QueryWatch() = default;

bool QueryWatch::active() const
{
    return d->seconds > 0;
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
        parts.append(tr("%1 cells changed in %2 rows").arg(count(d->changes.cells), count(d->changes.rows)));
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
    d->tick.start();
    beginRound();
}

void QueryWatch::stop()
{
    if (!active())
        return;
    d->seconds = 0;
    d->tick.stop();
    Q_EMIT changed();
}

void QueryWatch::beginRound()
{
    ++d->round;
    d->isUnderWay = true;
    d->changes = {};
    d->sinceRound.start();
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
    Q_EMIT changed();
}

} // namespace muster
