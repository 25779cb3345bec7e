// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "common/connection_options.h"
#include "core/filter/expression.h"
#include "demo/demo_fleet.h"
#include "presence/fleet_tracker.h"
#include "table/table.h"
#include "table/view.h"
#include "table/writer.h"

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace muster::ctl {

/// The options that every command has: where the fleet is. Must outlive the command line they are added to.
struct FleetOptions {
    app::ConnectionOptions connection;
    std::string nkeySeedFile, domain;
    std::string tls = "asked";
    double timeoutSeconds = 5;
    int demoDevices = 0; ///< 0: no embedded fleet

    void addTo(app::CommandLine &commandLine, bool withDemo);
    int timeoutMs() const { return static_cast<int>(timeoutSeconds * 1000); }
};

/// A connection to the fleet that the options name; with --demo, the fleet as well.
struct Session {
    std::unique_ptr<demo::DemoFleet> demo; ///< ends last
    std::shared_ptr<nats::Connection> connection;
    Subjects subjects;
    std::string domain;
};
Result<Session> open(const FleetOptions &options);

/// The fleet as it is now, in a table; while our own link is down its devices are unknown. One thread.
class Fleet {
public:
    static Result<std::unique_ptr<Fleet>> follow(const Session &session, bool telemetry);

    /// Waits until the whole fleet is in the table, at most so long; then listens for `listenSeconds`. A
    /// negative number stands for "as long as it takes": not at all, or `withoutStream` where there is no
    /// stream to read the fleet from. Ends early when `stopped` says so.
    Status wait(int timeoutMs, double listenSeconds, double withoutStream,
                const std::function<bool()> &stopped = {});
    void update(); ///< takes in what came meanwhile
    const table::Table &table() const { return m_table; }
    const presence::FleetTracker &tracker() const { return *m_tracker; }

private:
    void takeUntil(std::int64_t steadyMs, bool untilSnapshot, const std::function<bool()> &stopped);
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_hasChanged = false;
    table::Table m_table{"device"};
    table::Batch m_batch;
    std::mutex m_linkMutex;
    std::unique_ptr<presence::FleetTracker> m_tracker; // calls into what stands above
    std::shared_ptr<void> m_linkListener;              // tells the tracker
};

std::string counted(std::int64_t count, const std::string &one); ///< "1 row", "2 rows"
/// "d1, d2 and 7 more"
std::string listed(const std::vector<std::string> &names,
                   const std::function<std::string(const std::string &)> &text);

/// Parses a filter; an error is printed with the place marked.
bool parseFilter(const char *program, const std::string &text, filter::Expression &filter);

std::vector<std::string> splitList(const std::string &text); ///< "a, b" as {"a", "b"}

/// A cell of a table for people.
struct TextCell {
    std::string text; ///< as it came: shown safely, and cut when it is long
    std::string mark; ///< after it, never cut

    TextCell(std::string cellText, std::string cellMark = {})
        : text(std::move(cellText)),
          mark(std::move(cellMark))
    {
    }
    TextCell(const char *cellText) : text(cellText) {}
};

/// Columns under headings, as wide as they need to be.
std::string textTable(const std::vector<std::vector<TextCell>> &rows, const std::vector<bool> &rightAligned);
/// A value for people: numbers with at most two decimals.
std::string cellText(const ValueView &value);

/// What was printed has to be out: a full disk or a closed pipe is an error.
Status flushOutput();
std::vector<table::SortKey> sortKeys(const std::vector<std::string> &names); ///< "-name": descending
/// To the file, or to the standard output for "-".
Status writeTable(const table::Table &table, const filter::Expression &filter,
                  const std::vector<std::string> &columns, const std::vector<std::string> &sort,
                  const std::string &file, table::Format format = table::Format::Csv);

} // namespace muster::ctl
