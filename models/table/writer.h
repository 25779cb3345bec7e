// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"
#include "table/view.h"

#include <functional>
#include <string>
#include <vector>

namespace muster::table {

enum class Format { Csv, Tsv, JsonLines };

struct WriteOptions {
    Format format = Format::Csv;
    std::vector<std::string> columns; ///< in order; names are the header
    bool header = true;
    /// A text cell that a spreadsheet would run as a formula (= + - @ tab CR first) gets a ' before it (OWASP).
    bool neutraliseFormulas = true;
    /// With groups: one line a group (its values, count and aggregates) instead of one a row.
    bool groupsOnly = false;
};

/// Takes bytes; false stops the writing (a full disk).
using Sink = std::function<bool(std::string_view)>;

/// CSV is RFC 4180, UTF-8, CRLF. Streams: memory does not grow with the rows. Any thread.
Status write(const Snapshot &snapshot, const View &view, const ViewSpec &spec, const WriteOptions &options,
             const Sink &sink, const CancelFlag *cancel = nullptr);
/// To a temporary file beside `path`, then renamed: a failed export leaves no half file. Errors name the file.
Status writeFile(const Snapshot &snapshot, const View &view, const ViewSpec &spec, const WriteOptions &options,
                 const std::string &path, const CancelFlag *cancel = nullptr);

} // namespace muster::table
