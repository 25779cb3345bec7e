// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/protocol/messages.h"
#include "core/result.h"
#include "query/composition.h"
#include "query/run.h"
#include "table/table.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace muster::query {

/// A message that was no answer.
struct RejectedMessage {
    protocol::Reject reject;
    UtcTime at; ///< when it was noticed
};

/// What is known of a run that is over.
struct RunRecord {
    std::string id;    ///< the run's own; a new one when empty
    UtcTime at;        ///< when it was asked
    std::string fleet; ///< whom: the connection's name, or the subject root
    std::string name;  ///< of the saved query it was asked by; may be empty
    Composition question;
    Tally tally;
    double seconds = 0;
    bool cancelled = false;
    int round = 0;            ///< of a watch, from 1; 0: of none, or not known
    std::string problem;      ///< what kept answers from their way; empty when nothing did
    std::int64_t rows = 0;    ///< of its results, kept or not
    std::int64_t bytes = 0;   ///< that its results take in the file
    bool resultsKept = false; ///< false: only the question is left
    /// The latest, newest last; they are kept and loaded with the results, and not listed.
    std::vector<RejectedMessage> rejected;
};

/// A past run with its results.
struct KeptRun {
    RunRecord record;
    table::Table table;
};

/// Past runs in the database: every question, and the results of the newest. All or nothing: a crash leaves
/// no half of a run. Any thread, one call at a time; blocks, and so is not for the GUI's thread.
class RunHistory {
public:
    struct Limits {
        std::int64_t runsWithResults = 500;
        std::int64_t resultBytes = std::int64_t{1} << 30;
        std::int64_t runs = 10'000; ///< beyond it the oldest are forgotten
    };
    static Result<std::unique_ptr<RunHistory>> open(const std::string &file);
    static Result<std::unique_ptr<RunHistory>> open(const std::string &file, Limits limits);
    ~RunHistory();

    /// As it was kept: with its id, and resultsKept. A run that is there already is replaced. Results of the
    /// oldest runs go when the limits are passed; those that pass them alone are not kept.
    Result<RunRecord> keep(RunRecord record, const table::Snapshot *results);
    Result<std::vector<RunRecord>> list(std::size_t limit); ///< newest first
    /// "history.unknown", "history.no-results", "history.damaged".
    Result<KeptRun> load(std::string_view id);
    Status remove(std::string_view id); ///< one that is not there is removed
    Status clear();
    /// What opening had to do about a damaged file, for people; empty when nothing.
    const std::string &notice() const;
    /// Whether another program wrote to the file since the last call.
    bool changedByOthers();

private:
    RunHistory();
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace muster::query
