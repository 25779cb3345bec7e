// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/writer.h"

#include "core/display_text.h"
#include "core/filter/number_text.h"
#include "core/json_writer.h"
#include "core/utf8.h"
#include "table/columns.h"
#include "table/parallel.h"

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <system_error>

#ifndef _WIN32
#include <unistd.h>
#endif

namespace muster::table {

namespace {

Error cancelled()
{
    return {"export.cancelled", "The export was cancelled.", ""};
}

void appendClean(std::string &out, std::string_view text)
{
    for (; !text.empty(); text.remove_prefix(utf8::first(text).length)) {
        const utf8::Character c = utf8::first(text);
        if (c.valid && c.code != 0)
            out += text.substr(0, c.length);
        else
            out += utf8::replacement;
    }
}

/// Cells between separators: CSV and TSV.
class CellWriter {
public:
    explicit CellWriter(const WriteOptions &options)
        : m_separator(options.format == Format::Tsv ? '\t' : ','),
          m_neutralise(options.neutraliseFormulas)
    {
        m_lineEnd = options.format == Format::Tsv ? "\n" : "\r\n";
    }
    char separator() const { return m_separator; }
    std::string_view lineEnd() const { return m_lineEnd; }

    void text(std::string &out, std::string_view text) const
    {
        if (text.empty()) {
            out += "\"\"";
            return;
        }
        bool quote = false;
        bool clean = true;
        for (const char c : text) {
            quote = quote || c == m_separator || c == '"' || c == '\n' || c == '\r';
            clean = clean && c > 0;
        }
        const bool formula = m_neutralise &&
                             std::string_view("=+-@\t\r\n").find(text.front()) != std::string_view::npos &&
                             std::holds_alternative<std::monostate>(filter::readNumber(text));
        std::string cleaned;
        if (!clean) {
            appendClean(cleaned, text);
            text = cleaned;
        }
        if (quote)
            out += '"';
        if (formula)
            out += '\'';
        if (!quote) {
            out += text;
            return;
        }
        for (const char c : text) {
            if (c == '"')
                out += '"';
            out += c;
        }
        out += '"';
    }

    void value(std::string &out, const ValueView &value) const
    {
        if (const auto *held = std::get_if<std::string_view>(&value))
            text(out, *held);
        else if (const auto *number = std::get_if<double>(&value))
            out += NumberText(*number).view();
        else if (const auto *integer = std::get_if<std::int64_t>(&value))
            out += NumberText(*integer).view();
        else
            out += losslessText(value);
    }

private:
    char m_separator;
    std::string_view m_lineEnd;
    bool m_neutralise;
};

/// Cells of one column; those of few distinct texts, none of them long, are written out once.
class CellSource {
public:
    CellSource(const Column *column, const CellWriter &writer) : m_column(column)
    {
        constexpr std::uint32_t fewTexts = 4096;
        constexpr std::size_t longText = 256;
        if (!column || !isTextual(column->type) || column->isKey || column->codeLimit > fewTexts)
            return;
        m_ready.resize(column->codeLimit);
        for (std::uint32_t code = 1; code < column->codeLimit; ++code) {
            if (const std::string_view text = column->dictionary->text(code); text.size() <= longText)
                writer.text(m_ready[code], text);
        }
    }
    void append(std::string &out, RowId row, const CellWriter &writer) const
    {
        if (!m_column)
            return;
        if (m_ready.empty()) {
            writer.value(out, m_column->cell(row));
        } else if (const Chunk *chunk = m_column->chunkOf(row)) {
            const std::uint32_t code = chunk->data<std::uint32_t>()[row % chunkRows];
            if (!m_ready[code].empty())
                out += m_ready[code];
            else if (code != Dictionary::absent)
                writer.text(out, m_column->dictionary->text(code));
        }
    }

private:
    const Column *m_column;
    std::vector<std::string> m_ready; ///< by code; "" for absent, and for a long text
};

/// Lines in blocks, made on both cores when there are many, and handed on in order: while one thread hands
/// its block on, the others go on making theirs. However long lines are, a thread holds some megabytes and at
/// most a line more.
template <typename AppendLine>
class LineWriter {
public:
    LineWriter(std::size_t count, const AppendLine &appendLine, const Sink &sink, const CancelFlag *cancel,
               const Progress &progress)
        : m_count(count),
          m_appendLine(appendLine),
          m_sink(sink),
          m_cancel(cancel),
          m_progress(progress)
    {
    }
    Status run()
    {
        inParallel(std::min<std::size_t>(workerCount(m_count), 4), [this](std::size_t) {
            try {
                std::string text;
                while (const std::optional<Block> block = claim())
                    write(*block, text);
            } catch (...) {
                stop({}); // nobody waits for the turn of this one
                throw;
            }
        });
        return m_status;
    }

private:
    struct Block {
        std::size_t number, begin, end;
    };

    std::optional<Block> claim()
    {
        const std::lock_guard lock(m_mutex);
        if (m_stopped || m_claimed == m_count)
            return {};
        const std::size_t begin = m_claimed;
        m_claimed += std::min(m_count - begin, m_blockLines);
        return Block{m_blocks++, begin, m_claimed};
    }
    void write(const Block &block, std::string &text)
    {
        std::size_t bytes = 0;
        for (std::size_t line = block.begin; line < block.end;) {
            text.clear();
            for (; line < block.end && text.size() < mostBytes; ++line)
                m_appendLine(text, line);
            if (!waitForTurn(block))
                return;
            if (isCancelled(m_cancel))
                return stop(cancelled());
            if (!m_sink(text))
                return stop(Error{"export.write", "The file could not be written.",
                                  "Check the free space, then export again."});
            bytes += text.size();
            if (m_progress)
                m_progress(line);
        }
        const std::lock_guard lock(m_mutex);
        ++m_turn;
        // As many lines in the next blocks as are likely to have room in them: a block that has to be handed
        // on in pieces keeps the others waiting.
        const std::size_t lines = block.end - block.begin;
        m_blockLines =
            std::clamp<std::size_t>(lines * mostBytes / std::max<std::size_t>(bytes, 1), 1, mostLines);
        m_turned.notify_all();
    }
    bool waitForTurn(const Block &block)
    {
        std::unique_lock lock(m_mutex);
        m_turned.wait(lock, [&] { return m_stopped || m_turn == block.number; });
        return !m_stopped;
    }
    void stop(Status status)
    {
        const std::lock_guard lock(m_mutex);
        m_stopped = true;
        m_status = std::move(status);
        m_turned.notify_all();
    }

    static constexpr std::size_t mostLines = 16384;
    static constexpr std::size_t mostBytes = std::size_t{2} << 20;
    static constexpr std::size_t linesAtFirst = 256;

    const std::size_t m_count;
    const AppendLine &m_appendLine;
    const Sink &m_sink; ///< like the progress, told by the thread whose turn it is
    const CancelFlag *m_cancel;
    const Progress &m_progress;

    std::mutex m_mutex;
    std::condition_variable m_turned;
    std::size_t m_claimed = 0; ///< lines
    std::size_t m_blocks = 0, m_turn = 0;
    std::size_t m_blockLines = linesAtFirst;
    bool m_stopped = false;
    Status m_status;
};

std::vector<std::string> groupHeader(const ViewSpec &spec)
{
    std::vector<std::string> header;
    if (spec.groupBy.size() > 1)
        header.emplace_back("group level");
    header.insert(header.end(), spec.groupBy.begin(), spec.groupBy.end());
    header.emplace_back("count");
    for (const Aggregate &aggregate : spec.aggregates)
        header.push_back(std::string(name(aggregate.function)) +
                         (aggregate.column.empty() ? "" : " " + aggregate.column));
    return header;
}

/// What the line of a group holds, as its header says.
std::vector<ValueView> groupLine(const View &view, const ViewSpec &spec, const Group &group)
{
    std::vector<ValueView> values(spec.groupBy.size());
    for (const Group *at = &group;; at = &view.groups[static_cast<std::size_t>(at->parent)]) {
        values[static_cast<std::size_t>(at->level)] = muster::view(at->value);
        if (at->parent < 0)
            break;
    }
    if (spec.groupBy.size() > 1) // a group of all and one of those without a value look alike but for it
        values.insert(values.begin(), std::int64_t{group.level + 1});
    values.emplace_back(static_cast<std::int64_t>(group.end - group.begin));
    for (const Value &aggregate : group.aggregates)
        values.push_back(muster::view(aggregate));
    return values;
}

void appendHeader(std::string &out, const std::vector<std::string> &names, const CellWriter &writer)
{
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i > 0)
            out += writer.separator();
        writer.text(out, names[i]);
    }
    out += writer.lineEnd();
}

void appendJson(std::string &out, const std::vector<std::string> &names, const std::vector<ValueView> &values)
{
    JsonWriter json(out);
    json.beginObject();
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (std::holds_alternative<UtcTime>(values[i]))
            json.member(names[i], std::string_view(losslessText(values[i])));
        else if (!std::holds_alternative<std::monostate>(values[i]))
            json.member(names[i], values[i]);
    }
    json.endObject();
    out += '\n';
}

Status writeGroups(const View &view, const ViewSpec &spec, const WriteOptions &options, const Sink &sink,
                   const CancelFlag *cancel, const Progress &progress)
{
    const CellWriter writer(options);
    const std::vector<std::string> names = groupHeader(spec);
    const auto appendLine = [&](std::string &out, std::size_t i) {
        const std::vector<ValueView> values = groupLine(view, spec, view.groups[i]);
        if (options.format == Format::JsonLines) {
            appendJson(out, names, values);
            return;
        }
        for (std::size_t c = 0; c < values.size(); ++c) {
            if (c > 0)
                out += writer.separator();
            writer.value(out, values[c]);
        }
        out += writer.lineEnd();
    };
    return LineWriter(view.groups.size(), appendLine, sink, cancel, progress).run();
}

Status writeRows(const Snapshot &snapshot, const View &view, const std::vector<std::string> &names,
                 const WriteOptions &options, const Sink &sink, const CancelFlag *cancel,
                 const Progress &progress)
{
    const CellWriter writer(options);
    if (options.format == Format::JsonLines) {
        std::vector<const Column *> columns;
        columns.reserve(names.size());
        for (const std::string &name : names)
            columns.push_back(snapshot.column(name));
        const auto appendLine = [&](std::string &out, std::size_t i) {
            std::vector<ValueView> values;
            values.reserve(columns.size());
            for (const Column *column : columns)
                values.push_back(column ? column->cell(view.rows[i]) : ValueView());
            appendJson(out, names, values);
        };
        return LineWriter(view.rows.size(), appendLine, sink, cancel, progress).run();
    }
    std::vector<CellSource> columns;
    columns.reserve(names.size());
    for (const std::string &name : names)
        columns.emplace_back(snapshot.column(name), writer);
    const auto appendLine = [&](std::string &out, std::size_t i) {
        const std::size_t begin = out.size();
        for (std::size_t c = 0; c < columns.size(); ++c) {
            if (c > 0)
                out += writer.separator();
            columns[c].append(out, view.rows[i], writer);
        }
        if (out.size() == begin)
            out += "\"\""; // an empty line would be passed over by those who read it
        out += writer.lineEnd();
    };
    return LineWriter(view.rows.size(), appendLine, sink, cancel, progress).run();
}

Error fileError(const std::string &path, int code)
{
    const std::string reason = std::generic_category().message(code);
    return {"export.file", "\"" + displayText(path) + "\" could not be written: " + reason + ".",
            "Check the folder, its permissions and the free space, or choose another place."};
}

struct FileCloser {
    void operator()(std::FILE *file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, FileCloser>;

/// A new file beside `path`; its name is put into `temporary`.
File createBeside(const std::filesystem::path &path, std::filesystem::path &temporary)
{
    constexpr int attempts = 100;
    for (int i = 0; i < attempts; ++i) {
        temporary = path;
        temporary += ".part" + (i == 0 ? std::string() : std::to_string(i));
        File file(std::fopen(temporary.string().c_str(), "wbx"));
        if (file || errno != EEXIST)
            return file;
    }
    return nullptr;
}

bool flush(std::FILE *file)
{
    if (std::fflush(file) != 0)
        return false;
#ifndef _WIN32
    return fsync(fileno(file)) == 0 || errno == EINVAL || errno == ENOTSUP; // a pipe or a device has no disk
#else
    return true;
#endif
}

} // namespace

Status write(const Snapshot &snapshot, const View &view, const ViewSpec &spec, const WriteOptions &options,
             const Sink &sink, const CancelFlag *cancel, const Progress &progress)
{
    const bool groups = options.groupsOnly && !spec.groupBy.empty();
    const std::vector<std::string> names = groups ? groupHeader(spec) : options.columns;
    if (options.header && options.format != Format::JsonLines) {
        std::string header;
        appendHeader(header, names, CellWriter(options));
        if (!sink(header))
            return Error{"export.write", "The file could not be written.",
                         "Check the free space, then export again."};
    }
    try {
        if (groups)
            return writeGroups(view, spec, options, sink, cancel, progress);
        return writeRows(snapshot, view, names, options, sink, cancel, progress);
    } catch (const std::bad_alloc &) {
        return Error{"export.memory", "There is not enough memory to write the rows.",
                     "Close what is not needed, then export again."};
    }
}

Status writeFile(const Snapshot &snapshot, const View &view, const ViewSpec &spec,
                 const WriteOptions &options, const std::string &path, const CancelFlag *cancel,
                 const Progress &progress)
{
    std::filesystem::path target(std::u8string(path.begin(), path.end()));
    std::error_code ignored;
    const std::filesystem::file_status there = std::filesystem::status(target, ignored);
    // A pipe or a device, as /dev/stdout, is written to: a file must not take its place.
    const bool isReplaced = !std::filesystem::exists(there) || std::filesystem::is_regular_file(there) ||
                            std::filesystem::is_directory(there);
    std::filesystem::path temporary;
    File file;
    if (isReplaced) {
        if (auto real = std::filesystem::canonical(target, ignored); !real.empty())
            target = std::move(real); // a link goes on leading there
        file = createBeside(target, temporary);
    } else {
        file.reset(std::fopen(target.string().c_str(), "wb"));
    }
    if (!file)
        return fileError(path, errno);

    int failure = 0;
    const Sink sink = [&](std::string_view bytes) {
        if (std::fwrite(bytes.data(), 1, bytes.size(), file.get()) == bytes.size())
            return true;
        failure = errno;
        return false;
    };
    Status status = write(snapshot, view, spec, options, sink, cancel, progress);
    if (status && !flush(file.get()))
        failure = errno;
    if (std::fclose(file.release()) != 0 && failure == 0)
        failure = errno;
    if (failure != 0)
        status = fileError(path, failure);
    if (!isReplaced)
        return status;
    std::error_code renaming;
    if (status) {
        std::filesystem::rename(temporary, target, renaming);
        if (renaming)
            status = fileError(path, renaming.value());
    }
    if (!status)
        std::filesystem::remove(temporary, ignored);
    return status;
}

} // namespace muster::table
