// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/protocol/messages.h"
#include "core/protocol/text_arena.h"

#include <string_view>
#include <vector>

/// Messages in the plain form that most devices send: no white space, texts of ASCII without escapes, no
/// arrays, nothing twice or unheard of. They are read in one pass, straight from the payload.
///
/// False: the message is not plain, or not fit. Then the decoder reads it the long way, which also finds out
/// what is wrong with it; what was filled in means nothing. A plain message means what it means there.
/// Behind a payload stand a NUL and 8 bytes more.
namespace muster::protocol::plain {

bool readReply(std::string_view payload, QueryReply &out, std::vector<Field> &fields, TextArena &arena);
/// `device`: a token.
bool readTelemetry(std::string_view device, std::string_view payload, Telemetry &out,
                   std::vector<Field> &fields, TextArena &arena);
bool readPresence(std::string_view device, std::string_view payload, Presence &out);

} // namespace muster::protocol::plain
