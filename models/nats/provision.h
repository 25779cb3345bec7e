// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/subjects.h"
#include "nats/jetstream.h"

#include <string>
#include <vector>

namespace muster::nats {

/// The streams and buckets of a fleet, as models/core/protocol/README.md lists them.
std::vector<StreamConfig> fleetStreams(const Subjects &subjects, int replicas);

struct StreamCheck {
    enum class Verdict { Present, Missing, Different, Created, Updated, Failed };
    StreamConfig wanted;
    Verdict verdict = Verdict::Missing;
    std::vector<std::string> differences; ///< "max_msgs_per_subject: 64 wanted, 1 there"
    Error error;                          ///< Failed
};

/// Looks, changes nothing.
Result<std::vector<StreamCheck>> checkFleet(JetStream &jetStream, const Subjects &subjects, int replicas);
/// Creates what is missing. A stream that is there and different is left alone unless `update` is set.
Result<std::vector<StreamCheck>> prepareFleet(JetStream &jetStream, const Subjects &subjects, int replicas, bool update);

} // namespace muster::nats
