// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QString>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <vector>

namespace muster::bench {

struct Options {
    std::size_t rows = 1'000'000;
    int runs = 5; ///< of each contender, in turns

    // of the cases that run a window on a simulated fleet
    int devices = 10'000;
    double heartbeat = 2; ///< seconds between a device's heartbeats, and between its samples
    int seconds = 20;     ///< how long the window is measured
};

/// One case: measures and says what it found, in the fields that README.md names.
struct Case {
    QString name;
    QString summary;
    std::function<QJsonObject(const Options &)> run;
};
const std::vector<Case> &cases();

/// Contenders for the same work, measured in turns so that whatever else the machine does falls on all of
/// them.
class Contest {
public:
    using Work = std::function<void()>;

    /// `before` is done before each run and not timed. `mostRuns`: a dear rival takes part in the first ones
    /// alone, and rivals_runs says so.
    void ours(Work work, Work before = {})
    {
        m_contenders.push_back({Role::Ours, {}, std::move(work), std::move(before), 0});
    }
    void floor(Work work, Work before = {})
    {
        m_contenders.push_back({Role::Floor, {}, std::move(work), std::move(before), 0});
    }
    void rival(const QString &name, Work work, Work before = {}, int mostRuns = 0)
    {
        m_contenders.push_back({Role::Rival, name, std::move(work), std::move(before), mostRuns});
    }
    /// Medians: ours_ms, floor_ms, rivals, ratio_floor, speedup; and runs.
    QJsonObject run(int runs) const;

private:
    enum class Role { Ours, Floor, Rival };
    struct Contender {
        Role role;
        QString name;
        Work work, before;
        int mostRuns; ///< 0: all
    };
    std::vector<Contender> m_contenders;
};

/// The form of all results, for what a Contest cannot time. `rivals` by name, in milliseconds.
QJsonObject resultOf(double oursMs, double floorMs, const QJsonObject &rivals = {});
/// What kept a case from its work.
QJsonObject failure(const QString &reason);
/// Says in rivals_missing why one did not take part.
void addMissing(QJsonObject &result, const QString &rival, const QString &reason);

double median(std::vector<double> values);
double millisecondsSince(std::chrono::steady_clock::time_point begin);

/// Keeps the compiler from leaving out what nobody reads.
void keep(std::size_t value);

/// Waits for what another thread brings about, and is told by it when to look again.
class Wake {
public:
    void notify();
    /// False when the time was over first.
    bool waitFor(std::chrono::milliseconds time, const std::function<bool()> &condition);
    /// Until notified since the last call, or the time is over.
    void waitOnce(std::chrono::milliseconds time);

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_notified = false;
};

} // namespace muster::bench
