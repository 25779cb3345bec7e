// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"

#include <nats/nats.h>

#include <string>
#include <string_view>

namespace muster::nats {

/// What nats.c says last on this thread, without the place in its source; empty when it says nothing.
std::string lastNatsText();

/// A status of nats.c as an error for people. `doing` is the start of a sentence ("Connecting to
/// nats://h:4222"); `detail` what nats.c or the server added.
Error natsError(natsStatus status, std::string_view doing, std::string_view detail);

} // namespace muster::nats
