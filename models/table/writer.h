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
    /// A text cell or name that a spreadsheet would run as a formula (= + - @ tab CR LF first, and not just a
    /// number) gets a ' before it (OWASP). JSON Lines has no such cells.
    bool neutraliseFormulas = true;
    /// With groups: one line a group of every level instead of one a row, each group before those in it: its
    /// values on all levels, "count", and aggregates as "avg cpu.pct". Of several levels, "group level" says
    /// which, from 1.
    bool groupsOnly = false;
};

/// Takes bytes, in their order; false stops the writing (a full disk). On the caller's thread and others, one
/// at a time.
using Sink = std::function<bool(std::string_view)>;
/// Called now and then with the lines written so far, as the sink is.
using Progress = std::function<void(std::size_t lines)>;

/// CSV is RFC 4180, UTF-8, CRLF; TSV the same with tabs and LF; JSON Lines leaves absent fields out. Absent
/// is an empty cell, empty text is "". Bytes that are not UTF-8 become U+FFFD; so does NUL, but in JSON
/// Lines. Under groups the rows come in the groups' order. Times are exact to the microsecond. Streams:
/// memory does not grow with the rows. Any thread.
Status write(const Snapshot &snapshot, const View &view, const ViewSpec &spec, const WriteOptions &options,
             const Sink &sink, const CancelFlag *cancel = nullptr, const Progress &progress = {});
/// To a temporary file beside `path`, then renamed: a failed export leaves no half file. What is there and no
/// file, a pipe or a device, is written to. Errors name the file; a cancelled one has the code
/// "export.cancelled". `path` is UTF-8.
Status writeFile(const Snapshot &snapshot, const View &view, const ViewSpec &spec,
                 const WriteOptions &options, const std::string &path, const CancelFlag *cancel = nullptr,
                 const Progress &progress = {});

} // namespace muster::table
