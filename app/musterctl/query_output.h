// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "query_answers.h"

#include <cstdio>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace muster::ctl {

/// The rows of every round of a watch in one file, CSV or TSV, with the columns "round" and "at" first.
class RoundLog {
public:
    RoundLog(std::string file, table::Format format); ///< "-": the standard output
    Status add(const Answers &answers, int round);

private:
    Status takeColumns(const std::vector<std::string> &names);
    Status widen(std::size_t columns);
    std::string header() const;

    std::string m_file;
    table::Format m_format;
    bool m_isFile = false; ///< else columns cannot be added later
    std::vector<std::string> m_columns;
    std::vector<std::string> m_leftOut; ///< columns that came too late for what is no file
};

/// What `musterctl query` says: the answers where they were asked for, and the roll call.
class QueryOutput {
public:
    explicit QueryOutput(const QueryOptions &options);

    Status print(const Answers &answers);
    /// Of a watch; `before` is the round to compare it with, if there is one.
    Status printRound(const Answers &answers, const Answers *before, int round);
    /// A round in which nobody could be asked: nothing is known of who came and went.
    Status printFailedRound(const Answers &answers, const Error &why, int round);

private:
    struct Round {
        const Answers *before = nullptr;
        int number = 0; ///< 0: no watch
        Changes changes;
    };
    Status printAs(const Answers &answers, const Round &round);
    std::FILE *people() const; ///< where the words go
    std::string groupTable(const Answers &answers, bool compares);
    std::string rowTable(const Answers &answers, const Answers *before) const;
    std::string json(const Answers &answers, const Round &round) const;

    const QueryOptions &m_options;
    RoundLog m_fileLog, m_outputLog;
    std::map<std::string, std::vector<std::string>>
        m_groups; ///< cells of the round to compare with, by their heads
};

} // namespace muster::ctl
