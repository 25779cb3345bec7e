// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QString>

#include <cstddef>
#include <functional>
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
    void ours(std::function<void()> work) { add(QStringLiteral("ours"), std::move(work)); }
    void floor(std::function<void()> work) { add(QStringLiteral("floor"), std::move(work)); }
    void rival(const QString &name, std::function<void()> work) { add(name, std::move(work)); }
    /// Medians: ours_ms, floor_ms, rivals, ratio_floor, speedup.
    QJsonObject run(int runs) const;

private:
    struct Contender {
        QString name;
        std::function<void()> work;
    };
    void add(const QString &name, std::function<void()> work)
    {
        m_contenders.push_back({name, std::move(work)});
    }
    std::vector<Contender> m_contenders;
};

/// Keeps the compiler from leaving out what nobody reads.
void keep(std::size_t value);

} // namespace muster::bench
