// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/table.h"

#include <string>
#include <vector>

namespace muster::query {

/// A field that answers had, and what was in it. For completion.
struct SeenField {
    std::string name;
    std::vector<std::string> values; ///< the most frequent first, at most 50
    std::vector<std::string> sizes;  ///< of what is measured, how large it is; see magnitudes()
};

/// Of at most 500 fields, by a sample of the rows: what a table of a million costs is the same. Any thread.
std::vector<SeenField> seenFields(const table::Snapshot &answers);

} // namespace muster::query
