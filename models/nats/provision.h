// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/subjects.h"
#include "nats/jetstream.h"

#include <string>
#include <string_view>
#include <vector>

namespace muster::nats {

/// The name of a fleet's stream: "PRESENCE" for the root "fleet", "acme_north_PRESENCE" for the root
/// "acme.north", since two fleets that share an account each need their own. Roots that come out alike
/// ("a.b", "a_b") show as different streams when checked, never as one.
std::string fleetStream(const Subjects &subjects, std::string_view kind);
/// Likewise the name of a bucket: "config", "acme_north_config".
std::string fleetBucket(const Subjects &subjects, std::string_view name);

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
Result<std::vector<StreamCheck>> prepareFleet(JetStream &jetStream, const Subjects &subjects, int replicas,
                                              bool update);

} // namespace muster::nats
