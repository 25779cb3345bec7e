// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/plan.h"

#include "core/device_id.h"
#include "table/view.h"

#include <algorithm>
#include <map>
#include <unordered_set>

namespace muster::query {
namespace {

bool contains(const std::vector<std::string> &list, std::string_view text)
{
    return std::find(list.begin(), list.end(), text) != list.end();
}

bool isOurs(std::string_view field)
{
    return field == "device" || field == "presence" || field == "last_seen";
}

const std::string &labelOf(const Scope &scope)
{
    static const std::string site = "site";
    static const std::string group = "group";
    switch (scope.kind) {
    case Scope::Kind::Site:
        return site;
    case Scope::Kind::Group:
        return group;
    case Scope::Kind::All:
    case Scope::Kind::Label:
    case Scope::Kind::Devices:
        break;
    }
    return scope.key;
}

/// Values by label, without what is no label.
std::map<std::string, std::vector<std::string>> byLabel(const std::vector<Scope> &scopes)
{
    std::map<std::string, std::vector<std::string>> labels;
    for (const Scope &scope : scopes) {
        if (scope.kind == Scope::Kind::All || scope.kind == Scope::Kind::Devices)
            continue;
        std::vector<std::string> &values = labels[labelOf(scope)];
        if (!contains(values, scope.value))
            values.push_back(scope.value);
    }
    return labels;
}

using NodePtr = std::shared_ptr<const filter::Node>;

NodePtr isOneOf(const std::string &label, const std::vector<std::string> &values)
{
    auto node = std::make_shared<filter::Node>();
    node->kind = filter::Node::Kind::In;
    node->field = label;
    for (const std::string &value : values)
        node->literals.push_back({Value(value), {}});
    return node;
}

/// The label "group" may hold several groups, joined by commas.
NodePtr isInGroups(const std::vector<std::string> &groups)
{
    auto any = std::make_shared<filter::Node>();
    any->kind = filter::Node::Kind::Or;
    any->children.push_back(isOneOf("group", groups));
    for (const std::string &group : groups) {
        if (!isToken(group))
            continue;
        for (const std::string &glob : {group + ",*", "*," + group, "*," + group + ",*"}) {
            auto node = std::make_shared<filter::Node>();
            node->kind = filter::Node::Kind::Matches;
            node->field = "group";
            node->literals.push_back({Value(glob), {}});
            any->children.push_back(std::move(node));
        }
    }
    return any->children.size() == 1 ? any->children.front() : any;
}

void addOnce(std::vector<std::string> &list, const std::string &text)
{
    if (!contains(list, text))
        list.push_back(text);
}

bool areTokens(const std::vector<std::string> &values)
{
    return std::all_of(values.begin(), values.end(), [](const std::string &value) { return isToken(value); });
}

} // namespace

filter::Expression rosterFilter(const std::vector<Scope> &scopes)
{
    filter::Expression all;
    for (const auto &[label, values] : byLabel(scopes))
        all = filter::Expression::both(
            all, filter::Expression(label == "group" ? isInGroups(values) : isOneOf(label, values)));
    return all;
}

Parts split(const filter::Expression &where, const std::vector<std::string> &labels)
{
    Parts parts;
    if (where.isEmpty())
        return parts;
    std::vector<filter::Expression> terms;
    if (where.root()->kind == filter::Node::Kind::And) {
        for (const std::shared_ptr<const filter::Node> &child : where.root()->children)
            terms.emplace_back(child);
    } else {
        terms.push_back(where);
    }
    for (const filter::Expression &term : terms) {
        const std::vector<std::string> fields = term.fields();
        const bool ours = std::any_of(fields.begin(), fields.end(), isOurs);
        const bool known = std::all_of(fields.begin(), fields.end(), [&labels](const std::string &field) {
            return isOurs(field) || field == "fw" || contains(labels, field);
        });
        if (known) {
            parts.known = filter::Expression::both(parts.known, term);
            parts.knownIsLabels = parts.knownIsLabels && !ours;
            continue;
        }
        parts.asked = filter::Expression::both(parts.asked, term);
        if (!ours)
            parts.pushable = filter::Expression::both(parts.pushable, term);
    }
    return parts;
}

Planner::Planner(const table::Table &devices, std::vector<std::string> labels)
    : m_devices(devices),
      m_labels(std::move(labels)),
      m_snapshot(devices.snapshot()),
      m_presence(devices.column("presence"))
{
}

presence::State Planner::stateOf(table::RowId row) const
{
    const ValueView cell = m_presence < 0 ? ValueView() : m_devices.cell(row, m_presence);
    const auto *text = std::get_if<std::string_view>(&cell);
    for (int i = 0; text && i < presence::stateCount; ++i) {
        if (*text == presence::name(static_cast<presence::State>(i)))
            return static_cast<presence::State>(i);
    }
    return presence::State::Never;
}

/// What is unknown may be there: it is asked.
bool Planner::isAsked(table::RowId row) const
{
    const presence::State state = stateOf(row);
    return state != presence::State::Offline && state != presence::State::Never;
}

std::vector<table::RowId> Planner::rosterRows(const std::vector<Scope> &scopes,
                                              const filter::Expression &known) const
{
    table::ViewSpec spec;
    spec.filter = filter::Expression::both(rosterFilter(scopes), known);
    std::optional<table::View> view = table::evaluate(*m_snapshot, spec);
    std::vector<table::RowId> rows = view ? std::move(view->rows) : std::vector<table::RowId>();

    bool byName = false;
    std::unordered_set<table::RowId> named;
    for (const Scope &scope : scopes) {
        if (scope.kind != Scope::Kind::Devices)
            continue;
        byName = true;
        for (const std::string &device : scope.devices) {
            if (const table::RowId row = m_devices.find(device); row != table::noRow)
                named.insert(row);
        }
    }
    if (byName)
        std::erase_if(rows, [&named](table::RowId row) { return !named.contains(row); });
    return rows;
}

std::int64_t Planner::askedCount(const filter::Expression &filter) const
{
    table::ViewSpec spec;
    spec.filter = filter;
    const std::optional<table::View> view = table::evaluate(*m_snapshot, spec);
    return view ? std::count_if(view->rows.begin(), view->rows.end(),
                                [this](table::RowId row) { return isAsked(row); })
                : 0;
}

std::int64_t Planner::count(const std::vector<Scope> &scopes) const
{
    return static_cast<std::int64_t>(rosterRows(scopes, {}).size());
}

/// The narrowest subjects that reach the roster, unless asking each device on its own is fewer messages in
/// all.
Planner::Asking Planner::asking(const Question &question, const Parts &parts, const Subjects &fleet,
                                std::int64_t online) const
{
    Asking each{{}, {}, online};
    const bool byName = std::any_of(question.scopes.begin(), question.scopes.end(),
                                    [](const Scope &scope) { return scope.kind == Scope::Kind::Devices; });
    const auto labels = byLabel(question.scopes);
    const bool renamed = std::any_of(labels.begin(), labels.end(),
                                     [](const auto &label) { return label.first.starts_with("label."); });
    // Devices beyond the roster have to find out by themselves that they are not asked.
    if (byName || renamed || !parts.knownIsLabels || online <= 1)
        return each;

    Asking shared;
    const auto group = labels.find("group");
    const auto site = labels.find("site");
    const auto region = labels.find("region");
    const auto keep = [&](std::string_view label) {
        for (const Scope &scope : question.scopes) {
            if (scope.kind != Scope::Kind::All && labelOf(scope) == label)
                shared.reached.push_back(scope);
        }
    };
    if (group != labels.end() && areTokens(group->second)) {
        keep("group");
        const bool regions = region != labels.end() && areTokens(region->second);
        if (regions)
            keep("region");
        for (const std::string &value : group->second) {
            if (!regions) {
                shared.subjects.push_back(fleet.queryGroup(value));
                continue;
            }
            for (const std::string &inRegion : region->second)
                shared.subjects.push_back(fleet.queryGroup(value, inRegion));
        }
    } else if (site != labels.end() && areTokens(site->second)) {
        keep("site");
        for (const std::string &value : site->second)
            shared.subjects.push_back(fleet.querySite(value));
    } else {
        shared.subjects.push_back(fleet.queryAll());
    }
    shared.answers = askedCount(rosterFilter(shared.reached));
    const auto messages = static_cast<std::int64_t>(shared.subjects.size());
    return messages + shared.answers <= 2 * online ? shared : each;
}

Reach Planner::reach(const Question &question, const Subjects &fleet) const
{
    const Parts parts = split(question.where, m_labels);
    const std::vector<table::RowId> rows = rosterRows(question.scopes, parts.known);
    Reach reach;
    reach.matching = static_cast<std::int64_t>(rows.size());
    for (const table::RowId row : rows) {
        const bool asked = isAsked(row);
        reach.online += asked ? 1 : 0;
        reach.offline += asked ? 0 : 1;
        reach.unknown += stateOf(row) == presence::State::Unknown ? 1 : 0;
    }
    const Asking asking = this->asking(question, parts, fleet, reach.online);
    reach.answers = asking.answers;
    reach.messages =
        asking.subjects.empty() ? reach.online : static_cast<std::int64_t>(asking.subjects.size());
    return reach;
}

Result<Plan> Planner::plan(const Question &question, const Subjects &fleet) const
{
    const Parts parts = split(question.where, m_labels);
    const std::vector<table::RowId> rows = rosterRows(question.scopes, parts.known);
    if (rows.empty())
        return Error{"query.nobody", "No device is in this scope and matches what is known of it",
                     "Widen the scope or the filter."};

    Plan plan;
    plan.fleet = fleet;
    plan.where = question.where;
    plan.deadlineMs = question.deadlineMs;
    if (!question.select.empty()) {
        plan.select = question.select;
        for (const std::string &field : question.groupBy) {
            if (!isOurs(field))
                addOnce(plan.select, field);
        }
    }
    const auto addKnown = [&](const std::string &field) {
        if (field != "device" && (isOurs(field) || field == "fw" || contains(m_labels, field)))
            addOnce(plan.known, field);
    };
    addKnown("site");
    for (const std::string &field : question.describe)
        addKnown(field);
    for (const std::string &field : question.groupBy)
        addKnown(field);
    for (const std::string &field : question.select)
        addKnown(field);
    for (const std::string &field : question.where.fields())
        addKnown(field);

    std::vector<table::ColumnIndex> columns;
    for (const std::string &field : plan.known)
        columns.push_back(m_devices.column(field));
    std::int64_t online = 0;
    plan.roster.reserve(rows.size());
    for (const table::RowId row : rows) {
        Expected expected{std::string(m_devices.key(row)), isAsked(row), {}};
        expected.known.reserve(columns.size());
        for (const table::ColumnIndex column : columns)
            expected.known.push_back(column < 0 ? Value() : own(m_devices.cell(row, column)));
        online += expected.online ? 1 : 0;
        plan.roster.push_back(std::move(expected));
    }

    Asking asking = this->asking(question, parts, fleet, online);
    plan.subjects = std::move(asking.subjects);
    plan.pushed = parts.pushable;
    if (!plan.subjects.empty()) {
        const filter::Expression scope = filter::Expression::both(rosterFilter(question.scopes), parts.known);
        plan.pushed = filter::Expression::both(scope, parts.pushable);
        std::vector<table::RowId> others = rosterRows(asking.reached, {});
        std::vector<table::RowId> own = rows;
        std::sort(others.begin(), others.end());
        std::sort(own.begin(), own.end());
        std::vector<table::RowId> bystanders;
        std::set_difference(others.begin(), others.end(), own.begin(), own.end(),
                            std::back_inserter(bystanders));
        for (const table::RowId row : bystanders)
            plan.bystanders.emplace_back(m_devices.key(row));
    }
    return plan;
}

} // namespace muster::query
