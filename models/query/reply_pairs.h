// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/table.h"

namespace muster::query {

/// The replies to a subject are numbered as they come, and the order says nothing about who replied. This is
/// `after` with each reply under the number of the reply of `before` that it goes on from, so that the two
/// can be compared by their keys. Any thread. The rule:
/// - By name, where the replies have one: a field id, device, name, instance, host or hostname, the first of
///   these that every reply of both has, each with a value of its own, at least one of them in both.
/// - Else those with the same content go together, in whatever order they came.
/// - What is left goes together in the order in which it came: those are the replies that changed. Only
///   replies with different names never do.
/// - Replies that are more than there were have the next numbers.
/// The content is all but the time that a reply took and whether it was late.
table::Table pairReplies(const table::Snapshot &before, const table::Snapshot &after);

} // namespace muster::query
