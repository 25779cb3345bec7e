// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/charts.h"

#include "query/run.h"
#include "table/view.h"

#include <algorithm>
#include <cmath>

namespace muster::query {
namespace {

constexpr std::size_t shownGroups = 12;

double percentile(std::vector<float> &times, double share)
{
    const auto rank = static_cast<std::ptrdiff_t>(std::ceil(share * static_cast<double>(times.size()))) - 1;
    const auto at = times.begin() + std::max<std::ptrdiff_t>(rank, 0);
    std::nth_element(times.begin(), at, times.end());
    return static_cast<double>(*at);
}

} // namespace

Charts chart(std::vector<float> times, double longestMs, const table::Snapshot &results,
             const std::string &groupBy, const std::map<std::string, std::int64_t> &totals)
{
    Charts charts;
    for (const float ms : times) {
        const double at = static_cast<double>(ms) * chartBins / longestMs;
        ++charts.bins[static_cast<std::size_t>(std::clamp(at, 0.0, chartBins - 1.0))];
    }
    if (!times.empty()) {
        charts.p50 = percentile(times, 0.50);
        charts.p95 = percentile(times, 0.95);
        charts.p99 = percentile(times, 0.99);
    }
    if (totals.empty())
        return charts;

    table::ViewSpec spec;
    spec.filter = filter::Expression::equals("outcome", Value(std::string(name(Outcome::Answered))));
    spec.groupBy = {groupBy};
    std::map<std::string, std::int64_t> answered;
    if (const auto view = table::evaluate(results, spec)) {
        for (const table::Group &group : view->groups)
            answered[toText(muster::view(group.value))] = group.end - group.begin;
    }
    for (const auto &[name, total] : totals) {
        if (charts.groups.size() >= shownGroups)
            break;
        charts.groups.push_back({name, answered[name], total});
    }
    return charts;
}

} // namespace muster::query
