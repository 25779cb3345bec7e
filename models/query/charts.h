// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/filter/expression.h"
#include "table/table.h"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace muster::query {

constexpr int chartBins = 16;

/// What is drawn beside the results: how long answers took, and how many of each group answered.
struct Charts {
    struct Group {
        std::string name; ///< empty: without a value
        std::int64_t answered = 0, total = 0;
    };
    std::array<std::int64_t, chartBins> bins{}; ///< equal ones up to the longest expected; longer in the last
    double p50 = -1, p95 = -1, p99 = -1;        ///< milliseconds, by nearest rank; -1: no answer
    static constexpr std::size_t mostGroups = 10'000;
    std::vector<Group> groups;  ///< the largest first, then by name; at most mostGroups
    std::size_t groupCount = 0; ///< of all
};

struct ChartSpec {
    double longestMs = 2000;
    std::string groupBy; ///< a column; empty: no groups
    /// The roster by that column, where it is known beforehand; empty: what the results have rows of.
    std::map<std::string, std::int64_t> totals;
    bool countInstances = false; ///< rows are endpoints: what counts is their column "instance"
};

/// Any thread. `times` in milliseconds.
Charts chart(std::vector<float> times, const table::Snapshot &results, const ChartSpec &spec);

/// The rows of a roster: all but what came from outside it.
filter::Expression ofRoster();

/// The response times that results themselves have, one a row.
std::vector<float> keptTimes(const table::Snapshot &results);

} // namespace muster::query
