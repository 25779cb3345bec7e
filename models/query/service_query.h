// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/filter/expression.h"
#include "nats/connection.h"
#include "query/gathered_run.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace muster::query {

struct ServiceQuestion {
    std::string service;             ///< the service's name; empty: every service of the account
    filter::Expression where;        ///< applied here, to each endpoint's row
    std::vector<std::string> select; ///< empty: everything
    int deadlineMs = 2000;           ///< 100 to 600,000
    int quietMs = 500;   ///< see ServiceQuery: the shortest gap after which nobody else is expected
    int lateMs = 10'000; ///< answers are still taken this long after the end
};

/// The NATS services of an account (ADR-32). PING, INFO and STATS go out at once on "$SRV.<verb>[.<name>]".
/// The roster are the instances, by id: each joins with its first answer, to PING as a rule, and waits until
/// its INFO and STATS are there. Who owes one at half the deadline, or was found later, is asked for it again
/// by id.
///
/// Ends when nobody waits and, after the latest instance was found, no other came for as long as that one had
/// taken to answer (and at least quietMs); when nobody listens on the subject of PING; or at the deadline. By
/// then an instance is answered when INFO or STATS came ("error" names the one that did not) and an endpoint
/// matches `where`, empty when none does, error when it said so (Nats-Service-Error), else silent.
///
/// The table has a row for each endpoint that matches, under "<instance id>" when the instance has no more
/// than one, else "<instance id>/<endpoint>" ("<instance id>/<subject>" where names repeat); an instance that
/// is empty, silent or in error has one row under its id, so outcomes count instances and rows may be more.
/// Columns: device (the key), outcome, reply_ms, error, late; service, version, description, instance,
/// started, endpoint, subject, queue_group, num_requests, num_errors, last_error (absent when there was
/// none), processing_time_ms and average_processing_time_ms (sum and mean, as doubles); metadata.* of the
/// service, endpoint_metadata.* and data.* of the endpoint.
///
/// Rows replace those of their key that the table has from an earlier round; what is left of that round is
/// for its owner to remove.
///
/// askSilentAgain() asks each silent instance by id. At most 100,000 instances, 200 endpoints of each and
/// 1,000,000 rows are kept; problem() says when there are more.
class ServiceQuery final : public GatheredRun {
public:
    /// `onProgress` is called on a NATS or timer thread, at most once until the next drain(): wake up and
    /// drain. Errors: "query.service" (no name of a service), "query.deadline", "nats.disconnected", ...
    static Result<std::unique_ptr<ServiceQuery>> start(std::shared_ptr<nats::Connection> connection,
                                                       ServiceQuestion question,
                                                       std::function<void()> onProgress = {});
    ~ServiceQuery() override;
    Status askSilentAgain() override;

private:
    struct Private;
    explicit ServiceQuery(std::unique_ptr<Private> p);
    Private *const d;
};

} // namespace muster::query
