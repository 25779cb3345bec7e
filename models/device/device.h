// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/protocol/messages.h"

#include <string>
#include <vector>

namespace muster::device {

/// One field of a device's row, owning its text.
struct OwnedField {
    std::string name;
    Value value;
};
using Row = std::vector<OwnedField>;

/// What a device can say about itself. Implemented by this computer's probes (muster-agent) and by the
/// simulator. Called from one thread at a time.
class Facts {
public:
    virtual ~Facts() = default;
    virtual std::string firmware() const = 0;
    virtual std::vector<protocol::Label> labels() const = 0;
    /// Everything that a live query can ask for: labels, `fw` and the measurements, flattened.
    virtual Row row() = 0;
    /// The measurements that go out as telemetry.
    virtual Row telemetry() = 0;
};

/// The answer to a live query: filters, selects, and encodes. Empty text: stay silent (empty answer not
/// wanted).
std::string answer(const std::string &device, const protocol::QueryRequest &request, const Row &row);

} // namespace muster::device
