// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/plan.h"

#include "core/device_id.h"
#include "table/columns.h"
#include "table/parallel.h"
#include "table/view.h"

#include <algorithm>
#include <array>
#include <map>

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

std::string_view keyOf(const table::Snapshot &devices, table::RowId row)
{
    return table::textOf(
        devices.columns.front().chunkOf(row)->data<table::StoredText>()[row % table::chunkRows]);
}

/// The presence of each device, by a look-up instead of a comparison of texts.
class States {
public:
    explicit States(const table::Snapshot &devices)
    {
        const table::Column *column = devices.column("presence");
        if (!column || !table::isTextual(column->type))
            return;
        m_byCode.assign(column->codeLimit, presence::State::Never);
        for (std::uint32_t code = 1; code < column->codeLimit; ++code) {
            for (int i = 0; i < presence::stateCount; ++i) {
                const auto state = static_cast<presence::State>(i);
                if (column->dictionary->text(code) == presence::name(state))
                    m_byCode[code] = state;
            }
        }
        m_codes.emplace(*column, devices.chunkCount());
    }
    presence::State of(table::RowId row) const
    {
        return m_codes && m_codes->has(row) ? m_byCode[(*m_codes)[row]] : presence::State::Never;
    }
    /// What is unknown may be there: it is asked.
    bool isAsked(table::RowId row) const
    {
        const presence::State state = of(row);
        return state != presence::State::Offline && state != presence::State::Never;
    }
    std::int64_t asked(const table::RowList &rows) const
    {
        return std::count_if(rows.begin(), rows.end(), [this](table::RowId row) { return isAsked(row); });
    }

private:
    std::vector<presence::State> m_byCode;
    std::optional<table::Reader<std::uint32_t>> m_codes;
};

/// Makes what is known of devices, once for each combination of values.
class KnownMaker {
public:
    KnownMaker(const table::Snapshot &devices, const std::vector<std::string> &columns)
    {
        for (const std::string &name : columns)
            m_columns.push_back(devices.column(name));
        m_words.resize(2 * columns.size());
    }

    Known of(table::RowId row)
    {
        // Where every device has values of its own, as with last_seen, looking for the same ones is for
        // nothing.
        constexpr std::size_t fewCombinations = 4096;
        ++m_asked;
        if (m_made.size() > std::max(fewCombinations, m_asked / 2))
            return make(row);
        for (std::size_t i = 0; i < m_columns.size(); ++i) {
            const table::Column *column = m_columns[i];
            const bool has = column && column->type != table::Type::Empty && column->has(row);
            m_words[2 * i] = has ? 1 : 0;
            m_words[2 * i + 1] = has ? word(*column, row) : 0;
        }
        const std::string_view key(reinterpret_cast<const char *>(m_words.data()),
                                   m_words.size() * sizeof m_words.front());
        const std::uint64_t hash = table::hashText(key);
        const std::uint32_t seen = m_index.find(
            hash, [&](std::uint32_t number) { return table::textOf(m_made[number].key) == key; });
        if (seen != table::HashIndex::none)
            return m_made[seen].known;
        m_index.insert(hash, static_cast<std::uint32_t>(m_made.size()));
        m_made.push_back({m_keys.store(key), make(row)});
        return m_made.back().known;
    }

private:
    Known make(table::RowId row) const
    {
        std::vector<Value> values;
        values.reserve(m_columns.size());
        for (const table::Column *column : m_columns)
            values.push_back(column ? own(column->cell(row)) : Value());
        return {std::move(values)};
    }

    /// Equal for equal values of one column.
    static std::uint64_t word(const table::Column &column, table::RowId row)
    {
        const table::Chunk &chunk = *column.chunkOf(row);
        const std::size_t i = row % table::chunkRows;
        if (column.isKey)
            return reinterpret_cast<std::uintptr_t>(chunk.data<table::StoredText>()[i]);
        if (table::isTextual(column.type))
            return chunk.data<std::uint32_t>()[i];
        if (column.type == table::Type::Bool)
            return (chunk.data<std::uint64_t>()[i / 64] >> (i % 64)) & 1;
        return chunk.data<std::uint64_t>()[i];
    }

    struct Made {
        table::StoredText key;
        Known known;
    };
    std::vector<const table::Column *> m_columns;
    std::vector<std::uint64_t> m_words;
    std::size_t m_asked = 0;
    std::vector<Made> m_made;
    table::HashIndex m_index;
    table::Arena m_keys;
};

/// The devices that scopes name, each once. The scopes stay as long as this.
class Named {
public:
    explicit Named(const std::vector<Scope> &scopes)
    {
        for (const Scope &scope : scopes) {
            if (scope.kind != Scope::Kind::Devices)
                continue;
            m_isByName = true;
            for (const std::string &device : scope.devices) {
                if (find(device) != table::HashIndex::none)
                    continue;
                m_index.insert(table::hashText(device), static_cast<std::uint32_t>(m_names.size()));
                m_names.push_back(device);
            }
        }
    }
    bool isByName() const { return m_isByName; }
    const std::vector<std::string_view> &names() const { return m_names; }
    std::uint32_t find(std::string_view device) const
    {
        return m_index.find(table::hashText(device), [&](std::uint32_t i) { return m_names[i] == device; });
    }

private:
    bool m_isByName = false;
    table::HashIndex m_index;
    std::vector<std::string_view> m_names;
};

/// What is known of a device that nobody has seen.
ValueView ofNeverSeen(std::string_view device, std::string_view field)
{
    if (field == "device")
        return device;
    return field == "presence" ? ValueView(presence::name(presence::State::Never)) : ValueView();
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

Planner::Planner(std::shared_ptr<const table::Snapshot> devices, std::vector<std::string> labels)
    : m_devices(std::move(devices)),
      m_labels(std::move(labels))
{
}

Planner::Planner(const table::Table &devices, std::vector<std::string> labels)
    : Planner(devices.snapshot(), std::move(labels))
{
}

Planner::Rows Planner::rosterRows(const std::vector<Scope> &scopes, const filter::Expression &known) const
{
    table::ViewSpec spec;
    spec.filter = filter::Expression::both(rosterFilter(scopes), known);
    std::optional<table::View> view = table::evaluate(*m_devices, spec);
    Rows rows = view ? std::move(view->rows) : Rows();
    if (const Named named(scopes); named.isByName()) {
        std::erase_if(rows, [&](table::RowId row) {
            return named.find(keyOf(*m_devices, row)) == table::HashIndex::none;
        });
    }
    return rows;
}

std::vector<std::string> Planner::neverSeen(const std::vector<Scope> &scopes) const
{
    const Named named(scopes);
    std::vector<bool> isSeen(named.names().size());
    std::size_t missing = isSeen.size();
    for (table::RowId row = 0; row < m_devices->rowLimit && missing > 0; ++row) {
        if (!m_devices->isLive(row))
            continue;
        const std::uint32_t at = named.find(keyOf(*m_devices, row));
        if (at == table::HashIndex::none)
            continue;
        isSeen[at] = true;
        --missing;
    }
    std::vector<std::string> names;
    names.reserve(missing);
    for (std::size_t i = 0; i < isSeen.size(); ++i) {
        if (!isSeen[i])
            names.emplace_back(named.names()[i]);
    }
    return names;
}

/// Those of them that are on the roster.
std::vector<std::string> Planner::neverSeen(const std::vector<Scope> &scopes,
                                            const filter::Expression &known) const
{
    const filter::Expression filter = filter::Expression::both(rosterFilter(scopes), known);
    std::vector<std::string> names = neverSeen(scopes);
    std::erase_if(names, [&filter](const std::string &device) {
        return !filter.matches([&device](std::string_view field) { return ofNeverSeen(device, field); });
    });
    return names;
}

std::int64_t Planner::count(const std::vector<Scope> &scopes) const
{
    return static_cast<std::int64_t>(rosterRows(scopes, {}).size() + neverSeen(scopes, {}).size());
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
    std::vector<Scope> reached;
    const auto group = labels.find("group");
    const auto site = labels.find("site");
    const auto region = labels.find("region");
    const auto keep = [&](std::string_view label) {
        for (const Scope &scope : question.scopes) {
            if (scope.kind != Scope::Kind::All && labelOf(scope) == label)
                reached.push_back(scope);
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
    shared.reached = rosterRows(reached, {});
    shared.answers = States(*m_devices).asked(shared.reached);
    const auto messages = static_cast<std::int64_t>(shared.subjects.size());
    return messages + shared.answers <= 2 * online ? shared : each;
}

Reach Planner::reach(const Question &question, const Subjects &fleet) const
{
    const Parts parts = split(question.where, m_labels);
    const Rows rows = rosterRows(question.scopes, parts.known);
    const States states(*m_devices);
    Reach reach;
    const auto unseen = static_cast<std::int64_t>(neverSeen(question.scopes, parts.known).size());
    reach.matching = static_cast<std::int64_t>(rows.size()) + unseen;
    reach.offline = unseen;
    for (const table::RowId row : rows) {
        const presence::State state = states.of(row);
        reach.offline += state == presence::State::Offline || state == presence::State::Never ? 1 : 0;
        reach.unsure += state == presence::State::Unknown || state == presence::State::Late ? 1 : 0;
    }
    reach.online = reach.matching - reach.offline - reach.unsure;
    const Asking asking = this->asking(question, parts, fleet, reach.asked());
    reach.answers = asking.answers;
    reach.messages =
        asking.subjects.empty() ? reach.asked() : static_cast<std::int64_t>(asking.subjects.size());
    return reach;
}

std::vector<std::string> Planner::knownColumns(const Question &question) const
{
    std::vector<std::string> known;
    const auto add = [&](const std::string &field) {
        if (field != "device" && (isOurs(field) || field == "fw" || contains(m_labels, field)))
            addOnce(known, field);
    };
    add("site");
    for (const std::string &field : question.describe)
        add(field);
    for (const std::string &field : question.groupBy)
        add(field);
    for (const std::string &field : question.select)
        add(field);
    for (const std::string &field : question.where.fields())
        add(field);
    return known;
}

Result<Plan> Planner::plan(const Question &question, const Subjects &fleet) const
{
    const Parts parts = split(question.where, m_labels);
    const Rows rows = rosterRows(question.scopes, parts.known);
    const std::vector<std::string> unseen = neverSeen(question.scopes, parts.known);
    if (rows.empty() && unseen.empty())
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
    plan.known = knownColumns(question);

    const States states(*m_devices);
    const std::size_t workers = table::workerCount(rows.size());
    plan.roster.resize(rows.size());
    table::inParallel(workers, [&](std::size_t part) {
        KnownMaker known(*m_devices, plan.known);
        const std::size_t end = table::partBegin(rows.size(), part + 1, workers);
        for (std::size_t i = table::partBegin(rows.size(), part, workers); i < end; ++i) {
            Expected &expected = plan.roster[i];
            expected.device = keyOf(*m_devices, rows[i]);
            expected.online = states.isAsked(rows[i]);
            expected.known = known.of(rows[i]);
        }
    });
    plan.roster.reserve(rows.size() + unseen.size());
    for (const std::string &device : unseen) {
        std::vector<Value> known;
        known.reserve(plan.known.size());
        for (const std::string &column : plan.known)
            known.push_back(own(ofNeverSeen(device, column)));
        plan.roster.push_back({device, false, std::move(known)});
    }

    Asking asking = this->asking(question, parts, fleet, states.asked(rows));
    plan.subjects = std::move(asking.subjects);
    plan.pushed = parts.pushable;
    if (!plan.subjects.empty()) {
        const filter::Expression scope = filter::Expression::both(rosterFilter(question.scopes), parts.known);
        plan.pushed = filter::Expression::both(scope, parts.pushable);
        Rows bystanders;
        std::set_difference(asking.reached.begin(), asking.reached.end(), rows.begin(), rows.end(),
                            std::back_inserter(bystanders));
        plan.bystanders.reserve(bystanders.size());
        for (const table::RowId row : bystanders)
            plan.bystanders.emplace_back(keyOf(*m_devices, row));
    }
    return plan;
}

} // namespace muster::query
