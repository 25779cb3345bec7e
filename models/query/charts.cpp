// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/charts.h"

#include "query/run.h"
#include "table/columns.h"
#include "table/view.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <utility>

namespace muster::query {
namespace {

double percentile(std::vector<float> &times, double share)
{
    const auto rank = static_cast<std::ptrdiff_t>(std::ceil(share * static_cast<double>(times.size()))) - 1;
    const auto at = times.begin() + std::max<std::ptrdiff_t>(rank, 0);
    std::nth_element(times.begin(), at, times.end());
    return static_cast<double>(*at);
}

std::map<std::string, std::int64_t> counts(const table::Snapshot &results, const ChartSpec &spec,
                                           filter::Expression rows)
{
    table::ViewSpec view;
    view.filter = std::move(rows);
    view.groupBy = {spec.groupBy};
    if (spec.countInstances)
        view.aggregates = {{table::Function::Distinct, "instance"}};
    std::map<std::string, std::int64_t> counts;
    const std::optional<table::View> grouped = table::evaluate(results, view);
    for (std::size_t i = 0; grouped && i < grouped->groups.size(); ++i) {
        const table::Group &group = grouped->groups[i];
        const auto *distinct =
            group.aggregates.empty() ? nullptr : std::get_if<std::int64_t>(&group.aggregates.front());
        counts[toText(muster::view(group.value))] =
            distinct ? *distinct : static_cast<std::int64_t>(group.end - group.begin);
    }
    return counts;
}

} // namespace

filter::Expression ofRoster()
{
    auto known = std::make_shared<filter::Node>();
    known->kind = filter::Node::Kind::In;
    known->field = "outcome";
    for (int i = 0; i < outcomeCount; ++i)
        known->literals.push_back({Value(std::string(name(static_cast<Outcome>(i)))), {}});
    return filter::Expression(std::move(known));
}

Charts chart(std::vector<float> times, const table::Snapshot &results, const ChartSpec &spec)
{
    Charts charts;
    for (const float ms : times) {
        const double at = static_cast<double>(ms) * chartBins / spec.longestMs;
        ++charts.bins[static_cast<std::size_t>(std::clamp(at, 0.0, chartBins - 1.0))];
    }
    if (!times.empty()) {
        charts.p50 = percentile(times, 0.50);
        charts.p95 = percentile(times, 0.95);
        charts.p99 = percentile(times, 0.99);
    }
    if (spec.groupBy.empty())
        return charts;

    std::map<std::string, std::int64_t> answered = counts(
        results, spec, filter::Expression::equals("outcome", Value(std::string(name(Outcome::Answered)))));
    for (const auto &[name, total] : spec.totals.empty() ? counts(results, spec, ofRoster()) : spec.totals)
        charts.groups.push_back({name, answered[name], total});
    charts.groupCount = charts.groups.size();
    const std::size_t kept = std::min(charts.groups.size(), Charts::mostGroups);
    std::partial_sort(charts.groups.begin(), charts.groups.begin() + static_cast<std::ptrdiff_t>(kept),
                      charts.groups.end(), [](const Charts::Group &a, const Charts::Group &b) {
                          return a.total != b.total ? a.total > b.total : a.name < b.name;
                      });
    charts.groups.resize(kept);
    return charts;
}

std::vector<float> keptTimes(const table::Snapshot &results)
{
    std::vector<float> times;
    const table::Column *column = results.column("reply_ms");
    for (table::RowId row = 0; column && row < results.rowLimit; ++row) {
        if (!results.isLive(row) || !column->has(row))
            continue;
        const ValueView cell = column->cell(row);
        if (const auto *real = std::get_if<double>(&cell))
            times.push_back(static_cast<float>(*real));
        else if (const auto *whole = std::get_if<std::int64_t>(&cell))
            times.push_back(static_cast<float>(*whole));
    }
    return times;
}

} // namespace muster::query
