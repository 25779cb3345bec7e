// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"
#include "table/table.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace muster::table {

/// Rows as bytes, to be kept: typed, a version first, no compression. A later Muster reads what an earlier
/// wrote.
std::string encodePage(const Snapshot &snapshot, std::span<const RowId> rows);
/// Appends a page's rows to `batch`. "page.damaged" for what is no page: nothing is read past its end.
Status decodePage(std::string_view page, Batch &batch);

} // namespace muster::table
