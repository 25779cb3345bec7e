// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string_view>

namespace muster::store {

/// resources/migrations/*.sql in order: the first n make a database of version n.
std::span<const std::string_view> migrations();

} // namespace muster::store
