// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/filter/expression.h"
#include "core/subjects.h"
#include "presence/fleet_tracker.h"
#include "query/live_query.h"
#include "table/table.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace muster::query {

/// A scope as the operator picks it.
struct Scope {
    enum class Kind { All, Site, Group, Label, Devices };
    Kind kind = Kind::All;
    std::string key, value;           ///< Label: any label; Site, Group: value
    std::vector<std::string> devices; ///< Devices

    bool operator==(const Scope &) const = default;
};

/// The scopes as one filter over labels: several values of one label are alternatives, several labels must
/// all hold. Devices is not in it: that is a list, not a filter.
filter::Expression rosterFilter(const std::vector<Scope> &scopes);

/// A filter's top-level terms, shared out. What our own picture of the fleet decides (labels, firmware,
/// presence) freezes the roster; what only the devices know is asked.
struct Parts {
    filter::Expression known, asked;
    filter::Expression pushable; ///< of `asked`, what names nothing that only we know (presence, last_seen)
    bool knownIsLabels = true;   ///< `known` names labels and firmware alone: a device can decide it too
};
Parts split(const filter::Expression &where, const std::vector<std::string> &labels);

/// What the operator wants to know, of whom.
struct Question {
    std::vector<Scope> scopes;
    filter::Expression where;
    std::vector<std::string> select, groupBy;
    std::vector<std::string>
        describe; ///< labels that every row should have, answered or not, beside those named above
    int deadlineMs = 2000;
};

/// Whom a question would reach, counted before it is asked.
struct Reach {
    std::int64_t matching = 0, online = 0, offline = 0; ///< devices
    std::int64_t unsure = 0; ///< late, or not heard since our link came back: asked as those online are
    std::int64_t asked() const { return online + unsure; }
    std::int64_t messages = 0; ///< requests to send
    std::int64_t answers =
        0; ///< to come back, at most: a shared subject also reaches devices that do not match
};

/// The fleet as questions are put to it: a picture of the devices' table, and which of its columns are
/// labels. Cheap to copy (copies share the picture), and every call may run on any thread, several at once:
/// take Table::snapshot() where the table lives, well under a millisecond, and count and plan on a worker.
class Planner {
public:
    Planner(std::shared_ptr<const table::Snapshot> devices, std::vector<std::string> labels);
    /// On the table's thread.
    Planner(const table::Table &devices, std::vector<std::string> labels);

    Reach reach(const Question &question, const Subjects &fleet) const;
    /// Devices within the scopes alone.
    std::int64_t count(const std::vector<Scope> &scopes) const;
    /// Devices that the scopes name and nobody has seen, each once. As far as the other scopes and the filter
    /// take in a device without labels, they count and are on the roster as offline, with the presence
    /// "never".
    std::vector<std::string> neverSeen(const std::vector<Scope> &scopes) const;
    /// The roster, frozen as of the picture. "query.nobody" when nobody is on the roster.
    Result<Plan> plan(const Question &question, const Subjects &fleet) const;

private:
    using Rows = table::RowList; // ascending
    struct Asking {
        std::vector<std::string> subjects; // empty: each device on its own
        Rows reached;                      // by the subjects
        std::int64_t answers = 0;
    };
    Rows rosterRows(const std::vector<Scope> &scopes, const filter::Expression &known) const;
    std::vector<std::string> neverSeen(const std::vector<Scope> &scopes,
                                       const filter::Expression &known) const;
    std::vector<std::string> knownColumns(const Question &question) const;
    Asking asking(const Question &question, const Parts &parts, const Subjects &fleet,
                  std::int64_t online) const;

    std::shared_ptr<const table::Snapshot> m_devices;
    std::vector<std::string> m_labels;
};

} // namespace muster::query
