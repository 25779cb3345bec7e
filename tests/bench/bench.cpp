// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench.h"

#include <algorithm>

namespace muster::bench {

double median(std::vector<double> values)
{
    if (values.empty())
        return 0;
    std::sort(values.begin(), values.end());
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double millisecondsSince(std::chrono::steady_clock::time_point begin)
{
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

void keep(std::size_t value)
{
    static volatile std::size_t kept = 0;
    kept = kept + value;
}

QJsonObject resultOf(double oursMs, double floorMs, const QJsonObject &rivals)
{
    QJsonObject speedup;
    for (auto rival = rivals.begin(); rival != rivals.end(); ++rival)
        speedup.insert(rival.key(), rival.value().toDouble() / oursMs);
    return {{QStringLiteral("ours_ms"), oursMs},
            {QStringLiteral("floor_ms"), floorMs},
            {QStringLiteral("ratio_floor"), oursMs / floorMs},
            {QStringLiteral("rivals"), rivals},
            {QStringLiteral("speedup"), speedup}};
}

QJsonObject failure(const QString &reason)
{
    return {{QStringLiteral("error"), reason}};
}

void addMissing(QJsonObject &result, const QString &rival, const QString &reason)
{
    const QString field = QStringLiteral("rivals_missing");
    QJsonObject missing = result.value(field).toObject();
    missing.insert(rival, reason);
    result.insert(field, missing);
}

QJsonObject Contest::run(int runs) const
{
    std::vector<std::vector<double>> times(m_contenders.size());
    for (int round = 0; round < runs; ++round) {
        for (std::size_t i = 0; i < m_contenders.size(); ++i) {
            const Contender &contender = m_contenders[i];
            if (contender.mostRuns > 0 && round >= contender.mostRuns)
                continue;
            if (contender.before)
                contender.before();
            const auto begin = std::chrono::steady_clock::now();
            contender.work();
            times[i].push_back(millisecondsSince(begin));
        }
    }
    double ours = 0;
    double floor = 0;
    QJsonObject rivals;
    QJsonObject fewer;
    for (std::size_t i = 0; i < m_contenders.size(); ++i) {
        const Contender &contender = m_contenders[i];
        const double millis = median(times[i]);
        switch (contender.role) {
        case Role::Ours:
            ours = millis;
            break;
        case Role::Floor:
            floor = millis;
            break;
        case Role::Rival:
            rivals.insert(contender.name, millis);
            if (static_cast<int>(times[i].size()) < runs)
                fewer.insert(contender.name, static_cast<int>(times[i].size()));
            break;
        }
    }
    QJsonObject result = resultOf(ours, floor, rivals);
    result.insert(QStringLiteral("runs"), runs);
    if (!fewer.isEmpty())
        result.insert(QStringLiteral("rivals_runs"), fewer);
    return result;
}

void Wake::notify()
{
    const std::lock_guard lock(m_mutex);
    m_notified = true;
    m_changed.notify_all();
}

bool Wake::waitFor(std::chrono::milliseconds time, const std::function<bool()> &condition)
{
    std::unique_lock lock(m_mutex);
    return m_changed.wait_for(lock, time, condition);
}

void Wake::waitOnce(std::chrono::milliseconds time)
{
    std::unique_lock lock(m_mutex);
    m_changed.wait_for(lock, time, [this] { return m_notified; });
    m_notified = false;
}

} // namespace muster::bench
