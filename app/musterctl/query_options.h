// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "query/composition.h"
#include "session.h"

#include <optional>
#include <string>
#include <vector>

namespace muster::ctl {

enum class Output { Table, Csv, Tsv, Json };

/// What `musterctl query` was told. First parse(), then compose() once it is known what was saved.
class QueryOptions {
public:
    FleetOptions fleet;
    std::string saved;    ///< name or id; empty: none
    std::string database; ///< where this computer's saved queries are
    std::string csv;      ///< a file beside the output; empty: none
    Output output = Output::Table;
    int limit = 50, rounds = 0; ///< rounds: 0 goes on until stopped
    bool failSilent = false;

    // From compose():
    query::Composition question;
    filter::Expression where;
    std::vector<table::Aggregate> aggregates;

    app::CommandLine::Outcome parse(int argc, char *argv[]);
    /// The question as saved, with the options of the command line in place of what they stand for. False:
    /// the reason is on the standard error.
    bool compose(const query::Composition &base);

private:
    void addTo(app::CommandLine &line);
    Status checkOutput();
    Status checkSource() const;

    std::optional<std::string> m_format, m_where, m_service, m_subject, m_payload;
    bool m_json = false;
    std::optional<query::Source> m_source;
    std::vector<query::Scope> m_scopes;
    std::vector<std::string> m_aggregates;
    std::optional<std::vector<std::string>> m_select, m_groupBy;
    std::optional<int> m_deadlineMs, m_quietMs, m_count, m_watch;
};

} // namespace muster::ctl
