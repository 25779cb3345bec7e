// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "query/run.h"

#include <memory>

namespace muster::query {

/// A run whose answers come to an inbox of its own, and whose roster may grow with them. Base of ServiceQuery
/// and SubjectQuery: what they have in common is in its Core.
class GatheredRun : public Run {
public:
    ~GatheredRun() override;

    bool drain(table::Batch &batch) override;
    Tally tally() const override;
    Tally drainAll(const std::function<void(table::Batch &)> &take) override;
    bool finished() const override;
    bool cancelled() const override;
    void cancel() override;
    bool waitFinished(int milliseconds) override;
    void noteLinkDown() override;
    Error trouble() const override;
    Hindrance hindrance() const override;

    const std::string &id() const override;
    std::int64_t elapsedMs() const override;
    double repliesPerSecond() const override;
    std::vector<float> responseTimes() const override;
    std::vector<protocol::Reject> recentRejected() const override;

protected:
    struct Core;
    explicit GatheredRun(std::unique_ptr<Core> core);
    const std::unique_ptr<Core> m_core;
};

} // namespace muster::query
