// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/protocol/messages.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace muster::query {

constexpr std::size_t maxEndpoints = 200; ///< of one instance

/// Columns and what is in them, owning their texts.
using Facts = std::vector<std::pair<std::string, Value>>;
void setFact(Facts &facts, std::string_view name, Value value); ///< replaces one of the same name

struct Endpoint {
    std::string name, subject;
    Facts facts;
};

/// What an instance of a NATS service (ADR-32) says of itself.
struct ServiceAnswer {
    enum class Verb { Ping, Info, Stats };
    Verb verb = Verb::Ping;
    std::string id, service;
    Facts facts;                     ///< service, version, metadata.*, description, started
    std::vector<Endpoint> endpoints; ///< Info and Stats; at most maxEndpoints, each name and subject once
    std::size_t endpointCount = 0;   ///< as many as it names
};

/// Whether a text can be the name of a service.
bool isServiceName(std::string_view text);

/// Reads answers to PING, INFO and STATS; bounds what it keeps of them. One per thread.
class ServiceReader {
public:
    ServiceReader();
    ~ServiceReader();
    Result<ServiceAnswer, protocol::Reject> read(std::string_view payload);

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace muster::query
