// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench.h"

#include <algorithm>
#include <chrono>

namespace muster::bench {

namespace {

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

} // namespace

void keep(std::size_t value)
{
    static volatile std::size_t kept = 0;
    kept = kept + value;
}

QJsonObject Contest::run(int runs) const
{
    std::vector<std::vector<double>> times(m_contenders.size());
    for (int round = 0; round < runs; ++round) {
        for (std::size_t i = 0; i < m_contenders.size(); ++i) {
            const auto begin = std::chrono::steady_clock::now();
            m_contenders[i].work();
            const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - begin;
            times[i].push_back(taken.count());
        }
    }
    QJsonObject result;
    QJsonObject rivals;
    QJsonObject speedup;
    double ours = 0;
    for (std::size_t i = 0; i < m_contenders.size(); ++i) {
        const double millis = median(times[i]);
        const QString &name = m_contenders[i].name;
        if (name == QLatin1String("ours")) {
            ours = millis;
            result.insert(QStringLiteral("ours_ms"), millis);
        } else if (name == QLatin1String("floor")) {
            result.insert(QStringLiteral("floor_ms"), millis);
            result.insert(QStringLiteral("ratio_floor"), ours / millis);
        } else {
            rivals.insert(name, millis);
            speedup.insert(name, millis / ours);
        }
    }
    result.insert(QStringLiteral("rivals"), rivals);
    result.insert(QStringLiteral("speedup"), speedup);
    return result;
}

} // namespace muster::bench
