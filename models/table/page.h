// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"
#include "table/table.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace muster::table {

constexpr std::size_t maxPageRows = 16384; ///< what a page can hold; more make it a big bite to read

/// Rows as bytes, to be kept: typed, a version first, no compression beyond few bytes for small numbers and
/// each text once. A later Muster reads what an earlier wrote. At most maxPageRows: the rest is left out.
std::string encodePage(const Snapshot &snapshot, std::span<const RowId> rows);
/// Appends a page's rows to `batch`. "page.damaged" for what is no page, or was changed since, "page.version"
/// for one of a later Muster: nothing is read past its end, and the batch is as it was.
Status decodePage(std::string_view page, Batch &batch);

/// The eight bytes that end a page, made from all before them.
std::uint64_t pageChecksum(std::string_view body);

} // namespace muster::table
