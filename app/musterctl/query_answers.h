// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "query/run.h"
#include "query_options.h"
#include "table/view.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace muster::ctl {

/// A round of a query that is over, with everything that is known of its roster.
struct Answers {
    const QueryOptions &options;
    table::Table table{"device"}; ///< as `tally` counts it
    std::string id;
    query::Tally tally;
    double seconds = 0;
    std::string problem;
    query::Hindrance hindrance = query::Hindrance::None;
    std::vector<std::string> neverSeen; ///< devices that the scopes name and nobody has seen
    UtcTime at;                         ///< when it was asked

    explicit Answers(const QueryOptions &o) : options(o) {}

    /// device, outcome, what was asked for, what we knew, and how the answer came about.
    std::vector<std::string> columns() const;
    /// Who answered, in groups if so asked.
    std::optional<table::View> answered(const table::Snapshot &snapshot) const;
    /// The order of rows: of arrival where keys are numbers.
    std::vector<std::string> order() const;
    /// All rows to a file, or to the standard output for "-".
    Status writeTo(const std::string &file, table::Format format) const;
    /// What a row is of, as a heading of counts.
    std::string unit() const;
};

/// Asks the question of the options, again and again if need be.
class Asker {
public:
    /// `stopped` is looked at now and then: true ends a round before its time.
    Asker(const Session &session, const QueryOptions &options, std::function<bool()> stopped);

    /// A roster of nobody has nobody to ask: that is an answer too. An error when nobody could be asked of
    /// those who are on it ("nats.disconnected", "query.not-asked", ...), and silence says nothing of them.
    Status ask(Answers &answers);

private:
    Result<std::unique_ptr<query::Run>> start(Answers &answers);
    Result<std::unique_ptr<query::Run>> startFleet(Answers &answers);

    const Session &m_session;
    const QueryOptions &m_options;
    std::function<bool()> m_stopped;
    std::unique_ptr<Fleet> m_fleet;
};

/// Gives the replies of a subject the numbers that the round before has them under. For other sources, who
/// have names, nothing.
void renumber(Answers &answers, const Answers &before);

/// What a round has that the one before had not, of those who answered. Response times are no change.
struct Changes {
    std::vector<std::string> added, gone; ///< keys
    std::int64_t cells = 0, rows = 0;

    Changes() = default;
    Changes(const Answers &before, const Answers &after);
};
/// Whether a cell shows another value than in the round before, in which the row was an answer as well.
bool hasChanged(const Answers &before, const Answers &after, table::RowId row, const std::string &column);

} // namespace muster::ctl
