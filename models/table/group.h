// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/columns.h"
#include "table/view.h"

namespace muster::table {

/// Brings the rows of a view, in their order, under the groups of `spec`. False when cancelled.
bool groupRows(const Snapshot &snapshot, const ViewSpec &spec, View &view, const CancelFlag *cancel);

} // namespace muster::table
