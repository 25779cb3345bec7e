// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "query/live_query.h"
#include "table/table.h"

#include <cstdint>
#include <string>
#include <vector>

namespace muster::query {

/// What another round of the same question makes of the results. Any thread.
struct RoundChanges {
    table::Batch batch;    ///< for the results: the round's rows in place of theirs
    std::int64_t gone = 0; ///< rows that the round has not
};
RoundChanges roundChanges(const table::Snapshot &results, const table::Snapshot &round);

/// The keys of `results` that are no device of the roster.
std::vector<std::string> notOnRoster(const table::Snapshot &results, const Plan &plan);

} // namespace muster::query
