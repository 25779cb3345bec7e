// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/display_text.h"
#include "query_output.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <utility>

namespace muster::ctl {
namespace {

Error cannotWrite(const std::string &file)
{
    return {"io.write",
            (file == "-" ? "the standard output" : "\"" + displayText(file, 300) + "\"") +
                " cannot be written",
            file == "-" ? "" : "Check the folder, its permissions and the free space."};
}

/// Where records of CSV or TSV end: not at a line's end within quotes.
class Records {
public:
    /// Whether a record ends with this character.
    bool take(char c)
    {
        m_isQuoted = m_isQuoted != (c == '"');
        return c == '\n' && !m_isQuoted;
    }
    bool isQuoted() const { return m_isQuoted; }

private:
    bool m_isQuoted = false;
};

/// Passes text on with a prefix before each record.
class Prefixer {
public:
    explicit Prefixer(std::string prefix) : m_prefix(std::move(prefix)) {}
    bool write(std::string_view text, std::FILE *file)
    {
        m_out.clear();
        for (const char c : text) {
            if (m_begins)
                m_out += m_prefix;
            m_out += c;
            m_begins = m_records.take(c);
        }
        return std::fwrite(m_out.data(), 1, m_out.size(), file) == m_out.size();
    }

private:
    std::string m_prefix, m_out;
    Records m_records;
    bool m_begins = true;
};

/// A file to close, or the standard output.
class Sink {
public:
    Sink(const std::string &file, const char *mode)
        : m_file(file == "-" ? stdout : std::fopen(file.c_str(), mode)),
          m_isOwn(file != "-")
    {
    }
    Sink(const Sink &) = delete;
    Sink &operator=(const Sink &) = delete;
    ~Sink() { close(); }
    std::FILE *get() const { return m_file; }
    bool close()
    {
        std::FILE *const file = std::exchange(m_file, nullptr);
        if (!file)
            return false;
        return (m_isOwn ? std::fclose(file) : std::fflush(file)) == 0;
    }

private:
    std::FILE *m_file;
    bool m_isOwn;
};

/// The records of a table's rows, or just their header.
Status writeRecords(const table::Table &table, const std::vector<std::string> &columns,
                    const std::vector<std::string> &order, table::Format format, bool header,
                    const table::Sink &sink)
{
    table::ViewSpec spec;
    spec.sort = sortKeys(order);
    const std::shared_ptr<const table::Snapshot> snapshot = table.snapshot();
    const std::optional<table::View> view = table::evaluate(*snapshot, spec);
    table::WriteOptions options;
    options.columns = columns;
    options.format = format;
    options.header = header;
    return view ? table::write(*snapshot, *view, spec, options, sink) : Status();
}

} // namespace

RoundLog::RoundLog(std::string file, table::Format format) : m_file(std::move(file)), m_format(format)
{
    std::error_code ignored;
    const std::filesystem::path path(m_file);
    const std::filesystem::file_status there = std::filesystem::status(path, ignored);
    // A pipe or a device cannot be read again.
    m_isFile = m_file != "-" && (!std::filesystem::exists(there) || std::filesystem::is_regular_file(there));
}

std::string RoundLog::header() const
{
    std::string text = m_format == table::Format::Tsv ? "round\tat\t" : "round,at,";
    const table::Table none("device");
    const Status written = writeRecords(none, m_columns, {}, m_format, true, [&text](std::string_view bytes) {
        text += bytes;
        return true;
    });
    return written ? text : std::string();
}

/// Gives every record written so far empty cells for `columns` more, under a new header.
Status RoundLog::widen(std::size_t columns)
{
    std::error_code failure;
    const std::string real =
        std::filesystem::canonical(m_file, failure).string(); // of a link, what it leads to
    const std::string temporary = real + ".part";
    bool isWhole = false;
    {
        std::ifstream in(real, std::ios::binary);
        std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
        out << header();
        Records records;
        bool isHeader = true;
        for (char c = 0; in.get(c);) {
            const bool ends = records.take(c);
            if (!isHeader) {
                if (c == '\r' && !records.isQuoted())
                    out << std::string(columns, ',');
                out.put(c);
            }
            isHeader = isHeader && !ends;
        }
        out.close();
        isWhole = out && in.eof();
    }
    if (isWhole && std::rename(temporary.c_str(), real.c_str()) == 0)
        return {};
    std::remove(temporary.c_str());
    return cannotWrite(m_file);
}

Status RoundLog::takeColumns(const std::vector<std::string> &names)
{
    const bool isFirst = m_columns.empty();
    std::size_t added = 0;
    for (const std::string &name : names) {
        if (std::find(m_columns.begin(), m_columns.end(), name) != m_columns.end())
            continue;
        if (isFirst || m_isFile) {
            m_columns.push_back(name);
            ++added;
        } else if (std::find(m_leftOut.begin(), m_leftOut.end(), name) == m_leftOut.end()) {
            m_leftOut.push_back(name);
            std::fprintf(stderr,
                         "The column %s came after the first round: it is left out here; a file given "
                         "by --csv has it.\n",
                         displayText(name, 100).c_str());
        }
    }
    if (!isFirst)
        return added > 0 ? widen(added) : Status();
    Sink sink(m_file, "wb");
    const std::string text = header();
    if (!sink.get() || std::fwrite(text.data(), 1, text.size(), sink.get()) != text.size() || !sink.close())
        return cannotWrite(m_file);
    return {};
}

Status RoundLog::add(const Answers &answers, int round)
{
    if (Status taken = takeColumns(answers.columns()); !taken)
        return taken;
    const char *const separator = m_format == table::Format::Tsv ? "\t" : ",";
    Prefixer prefixer(std::to_string(round) + separator + answers.at.toString() + separator);
    Sink sink(m_file, "ab");
    if (!sink.get())
        return cannotWrite(m_file);
    const Status written =
        writeRecords(answers.table, m_columns, answers.order(), m_format, false,
                     [&](std::string_view bytes) { return prefixer.write(bytes, sink.get()); });
    return written && sink.close() ? Status() : Status(cannotWrite(m_file));
}

} // namespace muster::ctl
