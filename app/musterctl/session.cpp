// SPDX-License-Identifier: GPL-3.0-or-later
#include "session.h"

#include "common/text_width.h"
#include "core/display_text.h"
#include "core/utc_time.h"
#include "core/utf8.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace muster::ctl {
namespace {

/// So many characters of the text, from the one at `begin`.
std::string_view characters(std::string_view text, int begin, int count)
{
    const auto skip = [&text](std::size_t at, int steps) {
        for (; steps > 0 && at < text.size(); --steps)
            at += utf8::first(text.substr(at)).length;
        return at;
    };
    const std::size_t from = skip(0, begin);
    return text.substr(from, skip(from, count) - from);
}

} // namespace

void FleetOptions::addTo(app::CommandLine &commandLine, bool withDemo)
{
    connection.addTo(commandLine);
    commandLine.text("nkey", "FILE", "the seed of an nkey", nkeySeedFile);
    commandLine.option("tls", "WHEN", "required, asked (when the server asks for it) or off (asked)",
                       [this](const std::string &value) -> Status {
                           if (value != "required" && value != "asked" && value != "off")
                               return Error{"cli.value", "--tls cannot be \"" + value + "\"",
                                            "Give required, asked or off."};
                           tls = value;
                           return {};
                       });
    commandLine.text("domain", "NAME", "JetStream domain of the fleet's streams", domain);
    commandLine.real("timeout", "SECONDS", "how long to wait for the server (5)", timeoutSeconds, 0.1, 600);
    if (withDemo)
        commandLine.number("demo", "N",
                           "use a fleet of N simulated devices on a server of its own, gone at the end",
                           demoDevices, 1, 1'000'000);
}

Result<Session> open(const FleetOptions &options)
{
    Session session;
    Result<Subjects> subjects = options.connection.subjects();
    if (!subjects)
        return subjects.error();
    session.subjects = *subjects;
    session.domain = options.domain;

    Result<nats::ConnectOptions> resolved = options.connection.resolve("musterctl");
    if (!resolved)
        return resolved.error();
    nats::ConnectOptions connect = std::move(*resolved);
    connect.connectTimeout = nats::milliseconds(options.timeoutMs());
    if (!options.nkeySeedFile.empty())
        connect.nkeySeedFile = options.nkeySeedFile;
    if (options.tls == "required")
        connect.tls = nats::Tls::Required;
    else if (options.tls == "off")
        connect.tls = nats::Tls::Off;

    if (options.demoDevices > 0) {
        demo::DemoFleet::Options demo;
        demo.sim = demo::SimOptions::paced(options.demoDevices);
        demo.sim.subjectRoot = session.subjects.root();
        demo.thisComputer = false;
        Result<std::unique_ptr<demo::DemoFleet>> started = demo::DemoFleet::start(
            demo, [](const std::string &progress) { std::fprintf(stderr, "%s\n", progress.c_str()); });
        if (!started)
            return started.error();
        session.demo = std::move(*started);
        if (!session.demo->simulator().waitUntilUp(120'000))
            return Error{"demo.slow", "the simulated devices did not come up within two minutes",
                         "Ask for fewer devices."};
        connect = nats::ConnectOptions();
        connect.name = "musterctl";
        connect.servers = {session.demo->url()};
    }
    Result<std::shared_ptr<nats::Connection>> opened = nats::Connection::open(connect);
    if (!opened)
        return opened.error();
    session.connection = std::move(*opened);
    return session;
}

Result<std::unique_ptr<Fleet>> Fleet::follow(const Session &session, bool telemetry)
{
    auto fleet = std::make_unique<Fleet>();
    Fleet *self = fleet.get();
    presence::FleetTracker::Options options;
    options.subjects = session.subjects;
    options.jetStreamDomain = session.domain;
    options.telemetry = telemetry;
    options.onChange = [self] {
        const std::lock_guard lock(self->m_mutex);
        self->m_hasChanged = true;
        self->m_changed.notify_one();
    };
    Result<std::unique_ptr<presence::FleetTracker>> tracker =
        presence::FleetTracker::start(session.connection, std::move(options));
    if (!tracker)
        return tracker.error();
    fleet->m_tracker = std::move(*tracker);
    const auto noteLink = [self, link = session.connection.get()] {
        const std::lock_guard lock(self->m_linkMutex); // who looks last tells last
        self->m_tracker->setLinkUp(link->state() == nats::State::Connected);
    };
    fleet->m_linkListener = session.connection->addListener([noteLink](const nats::Event &event) {
        if (event.kind != nats::Event::Kind::Error)
            noteLink();
    });
    noteLink();
    return fleet;
}

void Fleet::takeUntil(std::int64_t steadyMs, bool untilSnapshot, const std::function<bool()> &stopped)
{
    for (;;) {
        const bool isWhole = m_tracker->snapshotDone(); // asked first: what came before it is in the batch
        if (m_tracker->drain(m_batch))
            m_table.apply(m_batch);
        const std::int64_t left = steadyMs - steadyMillis();
        if ((untilSnapshot && isWhole) || left <= 0 || (stopped && stopped()))
            return;
        std::unique_lock lock(m_mutex);
        m_changed.wait_for(lock, std::chrono::milliseconds(std::min<std::int64_t>(left, 500)),
                           [this] { return m_hasChanged; });
        m_hasChanged = false;
    }
}

void Fleet::update()
{
    while (m_tracker->drain(m_batch))
        m_table.apply(m_batch);
}

Status Fleet::wait(int timeoutMs, double listenSeconds, double withoutStream,
                   const std::function<bool()> &stopped)
{
    takeUntil(steadyMillis() + timeoutMs, true, stopped);
    if (!m_tracker->snapshotDone())
        return Error{"fleet.timeout",
                     "the fleet could not be read within " + toText(ValueView(timeoutMs / 1000.0)) + " s",
                     "Give it more time with --timeout."};
    if (!m_tracker->followsStream())
        std::fputs("There is no stream of presences here: only devices that are heard now are known.\n"
                   "`musterctl setup` creates it.\n",
                   stderr);
    if (listenSeconds < 0)
        listenSeconds = m_tracker->followsStream() ? 0 : withoutStream;
    if (listenSeconds > 0)
        takeUntil(steadyMillis() + static_cast<std::int64_t>(listenSeconds * 1000), false, stopped);
    return {};
}

bool parseFilter(const char *program, const std::string &text, filter::Expression &filter)
{
    Result<filter::Expression, filter::SyntaxError> parsed = filter::Expression::parse(text);
    if (parsed) {
        filter = std::move(*parsed);
        return true;
    }
    const filter::SyntaxError &error = parsed.error();
    std::string oneLine = text;
    std::replace_if(
        oneLine.begin(), oneLine.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
    const std::string before = displayText(characters(oneLine, 0, error.column));
    const std::string marked = displayText(characters(oneLine, error.column, error.length));
    const std::size_t length = std::clamp<std::size_t>(app::textWidth(marked), 1, 200);
    std::fprintf(stderr, "%s: the filter is wrong: %s\n\n  %s\n  %s%s\n\n", program,
                 displayText(error.message).c_str(), displayText(oneLine).c_str(),
                 std::string(app::textWidth(before), ' ').c_str(), std::string(length, '^').c_str());
    if (!error.expected.empty())
        std::fprintf(stderr, "Here could stand: %s\n", displayText(error.expected).c_str());
    return false;
}

std::vector<std::string> splitList(const std::string &text)
{
    std::vector<std::string> parts;
    std::size_t at = 0;
    while (at <= text.size()) {
        const std::size_t comma = std::min(text.find(',', at), text.size());
        std::size_t begin = at;
        std::size_t end = comma;
        while (begin < end && text[begin] == ' ')
            ++begin;
        while (end > begin && text[end - 1] == ' ')
            --end;
        if (end > begin)
            parts.push_back(text.substr(begin, end - begin));
        at = comma + 1;
    }
    return parts;
}

std::string counted(std::int64_t count, const std::string &one)
{
    return std::to_string(count) + " " + one + (count == 1 ? "" : "s");
}

std::string listed(const std::vector<std::string> &names,
                   const std::function<std::string(const std::string &)> &text)
{
    constexpr std::size_t most = 10;
    std::string list;
    for (std::size_t i = 0; i < std::min(most, names.size()); ++i)
        list += (i > 0 ? ", " : "") + text(names[i]);
    if (names.size() > most)
        list += " and " + std::to_string(names.size() - most) + " more";
    return list;
}

std::string textTable(const std::vector<std::vector<TextCell>> &rows, const std::vector<bool> &rightAligned)
{
    struct Shown {
        std::string text;
        std::size_t width;
    };
    std::vector<std::vector<Shown>> shown;
    shown.reserve(rows.size());
    std::vector<std::size_t> widths(rightAligned.size(), 0);
    for (const std::vector<TextCell> &row : rows) {
        std::vector<Shown> &cells = shown.emplace_back();
        cells.reserve(row.size());
        for (const TextCell &cell : row) {
            std::string text = displayText(cell.text, 60) + cell.mark;
            const std::size_t width = app::textWidth(text);
            std::size_t &widest = widths[cells.size()];
            widest = std::max(widest, width);
            cells.push_back({std::move(text), width});
        }
    }
    std::string out;
    for (const std::vector<Shown> &row : shown) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string padding(widths[i] - row[i].width, ' ');
            line += i > 0 ? "  " : "";
            line += rightAligned[i] ? padding + row[i].text : row[i].text + padding;
        }
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + '\n';
    }
    return out;
}

std::string cellText(const ValueView &value)
{
    if (const auto *number = std::get_if<double>(&value))
        return toText(ValueView(std::round(*number * 100) / 100));
    return toText(value);
}

Status flushOutput()
{
    // What went out in the middle and failed is not in what fflush() looks at.
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0)
        return {};
    return Error{"io.write", "the standard output cannot be written", ""};
}

std::vector<table::SortKey> sortKeys(const std::vector<std::string> &names)
{
    std::vector<table::SortKey> keys;
    for (const std::string &name : names) {
        const bool descending = name.starts_with('-');
        keys.push_back({descending ? name.substr(1) : name, descending});
    }
    return keys;
}

Status writeTable(const table::Table &table, const filter::Expression &filter,
                  const std::vector<std::string> &columns, const std::vector<std::string> &sort,
                  const std::string &file, table::Format format)
{
    table::ViewSpec spec;
    spec.filter = filter;
    spec.sort = sortKeys(sort);
    const std::shared_ptr<const table::Snapshot> snapshot = table.snapshot();
    const std::optional<table::View> view = table::evaluate(*snapshot, spec);
    if (!view)
        return {};
    table::WriteOptions options;
    options.columns = columns;
    options.format = format;
    if (file != "-")
        return table::writeFile(*snapshot, *view, spec, options, file);
    Status written = table::write(*snapshot, *view, spec, options, [](std::string_view bytes) {
        return std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size();
    });
    if (Status flushed = flushOutput(); !flushed)
        return flushed;
    return written;
}

} // namespace muster::ctl
