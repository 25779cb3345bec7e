// SPDX-License-Identifier: GPL-3.0-or-later
#include "presence/fleet_record.h"

#include "core/utc_time.h"

#include <algorithm>

namespace muster::presence {
namespace {

constexpr std::size_t keptRejections = 200;
constexpr std::size_t maxTextBytes = 4096; // of one cell; a device's row is a picture, not an archive
constexpr std::size_t maxNameBytes = 256;

constexpr std::array<std::string_view, 4> labelReserved{"device", "presence", "last_seen", "fw"};
constexpr std::array<std::string_view, 7> telemetryReserved{"device", "presence", "last_seen", "fw",
                                                            "site",   "group",    "region"};

template <std::size_t N>
bool isOneOf(std::string_view text, const std::array<std::string_view, N> &names)
{
    return std::find(names.begin(), names.end(), text) != names.end();
}

std::string cut(std::string text, std::size_t bytes)
{
    if (text.size() > bytes)
        text.resize(bytes);
    return text;
}

std::string_view bounded(std::string_view text)
{
    if (text.size() <= maxTextBytes)
        return text;
    std::size_t bytes = maxTextBytes;
    while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0u) == 0x80u)
        --bytes; // not within a character
    return text.substr(0, bytes);
}

std::uint64_t hashOf(std::string_view text)
{
    return text.empty() ? 0 : std::hash<std::string_view>{}(text) | 1;
}

std::uint32_t factsOf(const protocol::Presence &presence)
{
    std::uint64_t hash = hashOf(presence.firmware);
    for (const protocol::Label &label : presence.labels) {
        hash = hash * 1099511628211u + hashOf(label.key);
        hash = hash * 1099511628211u + hashOf(label.value);
    }
    return static_cast<std::uint32_t>(hash ^ (hash >> 32)) | 1;
}

/// The few reserved names have their columns' names for good.
std::string_view reservedLabelColumn(std::string_view label)
{
    static const std::array<std::string, labelReserved.size()> columns = [] {
        std::array<std::string, labelReserved.size()> made;
        for (std::size_t i = 0; i < made.size(); ++i)
            made[i] = labelColumn(labelReserved[i]);
        return made;
    }();
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (labelReserved[i] == label)
            return columns[i];
    }
    return label;
}

} // namespace

std::string_view name(State state)
{
    switch (state) {
    case State::Online:
        return "online";
    case State::Late:
        return "late";
    case State::Offline:
        return "offline";
    case State::Never:
        return "never";
    case State::Unknown:
        return "unknown";
    }
    return "unknown";
}

std::string labelColumn(std::string_view label)
{
    return (isOneOf(label, labelReserved) ? "label." : "") + std::string(label);
}

std::string telemetryColumn(std::string_view field)
{
    return (isOneOf(field, telemetryReserved) ? "field." : "") + std::string(field);
}

FleetRecord::FleetRecord(const FleetTracker::Options &options)
    : m_maxDevices(options.maxDevices),
      m_maxColumns(options.maxColumns),
      m_maxQueuedRows(options.maxQueuedRows),
      m_startMillis(steadyMillis())
{
    for (const std::string_view column : telemetryReserved)
        m_columns.insert(column);
    setNow();
}

FleetRecord::Tick FleetRecord::now() const
{
    return static_cast<Tick>((steadyMillis() - m_startMillis) / 100);
}

void FleetRecord::setNow()
{
    m_now = now();
    m_nowMicros = UtcTime::now().micros;
}

FleetRecord::Tick FleetRecord::grace(const Device &device)
{
    return device.interval + std::max(device.interval / 2, ticksPerSecond);
}

FleetRecord::Tick FleetRecord::lateUntil(const Device &device)
{
    return std::max(3 * device.interval, grace(device) + 1);
}

State FleetRecord::judge(const Device &device, Tick at)
{
    const std::int64_t silent = std::int64_t{at} - device.heard;
    if (silent <= grace(device))
        return State::Online;
    return silent <= lateUntil(device) ? State::Late : State::Offline;
}

/// Runs `change` on the device and keeps the counts right. Returns whether what is shown of it changed.
template <typename Change>
bool FleetRecord::changing(Device &device, Change change)
{
    const State before = shown(device);
    change();
    const State after = shown(device);
    if (before == after)
        return false;
    --m_states[static_cast<std::size_t>(before)];
    ++m_states[static_cast<std::size_t>(after)];
    return true;
}

void FleetRecord::writeState(std::uint32_t id)
{
    m_batch.set(m_names[id], "presence", name(shown(m_devices[id])));
}

void FleetRecord::setState(Device &device, State state, Tick at)
{
    const bool first = device.state == State::Never;
    if (!first && (device.state == State::Online) != (state == State::Online)) {
        std::rotate(device.changes.begin(), device.changes.begin() + 1, device.changes.end());
        device.changes.back() = at;
    }
    device.state = state;
}

bool FleetRecord::isDamped(const Device &device, Tick at)
{
    return device.changes.front() != never &&
           std::int64_t{at} - device.changes.front() <= 10 * std::int64_t{device.interval};
}

/// Whether a presence is older than what we know, or the same again.
bool FleetRecord::isPast(const Device &device, std::uint64_t boot, std::int64_t seq)
{
    if (boot == 0 || device.boot == 0)
        return false;
    if (boot == device.bootBefore)
        return true;
    return boot == device.boot && seq > 0 && device.seq > 0 && seq <= device.seq;
}

void FleetRecord::enqueue(std::uint32_t id, Tick due)
{
    if (m_devices[id].queued == due)
        return;
    m_devices[id].queued = due;
    m_deadlines.push({due, id});
}

/// Makes sure that the device is looked at when its state could change by itself.
void FleetRecord::enqueue(std::uint32_t id)
{
    const Device &device = m_devices[id];
    if (device.unknown || device.state == State::Offline || device.state == State::Never)
        return;
    const Tick due = device.heard + (device.state == State::Online ? grace(device) : lateUntil(device)) + 1;
    // An entry that comes earlier finds out by itself that it is too early.
    if (device.queued == never || device.queued > due)
        enqueue(id, due);
}

void FleetRecord::hear(Device &device, Tick heardAt, bool heartbeat)
{
    const bool inARow = device.heard != never && std::int64_t{heardAt} - device.heard <= grace(device);
    device.heard = std::max(device.heard, heardAt);
    if (m_isLinkUp)
        device.unknown = false;
    else
        device.heardSince = true;

    State judged = judge(device, m_now);
    if (judged == State::Online && device.state != State::Online && isDamped(device, m_now)) {
        if (heartbeat)
            device.streak =
                inARow ? static_cast<std::uint8_t>(std::min(device.streak + 1, 2)) : std::uint8_t{1};
        if (device.streak < 2)
            judged = State::Late;
    }
    if (judged == State::Online)
        device.streak = 0;
    setState(device, judged, m_now);
}

void FleetRecord::age()
{
    if (!m_isLinkUp)
        return;
    const Tick at = now();
    while (!m_deadlines.empty() && m_deadlines.top().due <= at) {
        const Deadline deadline = m_deadlines.top();
        m_deadlines.pop();
        Device &device = m_devices[deadline.device];
        if (device.queued != deadline.due)
            continue;
        device.queued = never;
        const Tick patience = m_linkUpSince + grace(device) + 1;
        if (device.unknown && at < patience) {
            enqueue(deadline.device, patience);
            continue;
        }
        const bool changed = changing(device, [&] {
            if (device.unknown) {
                device.unknown = false;
                if (device.state == State::Offline || device.state == State::Never)
                    return;
                device.heard = std::max(device.heard, m_linkUpSince); // the outage was not its silence
            }
            const State judged = judge(device, at);
            if (judged == State::Online)
                return;
            if (device.state == State::Online || judged == State::Offline) {
                device.streak = 0;
                setState(device, judged, at);
            }
        });
        if (changed)
            writeState(deadline.device);
        enqueue(deadline.device);
    }
}

void FleetRecord::setLinkUp(bool up)
{
    if (m_isLinkUp == up)
        return;
    m_isLinkUp = up;
    m_linkUpSince = now();
    m_isCatchingUp = m_isCatchingUp || !up;
    for (std::uint32_t id = 0; id < m_devices.size(); ++id) {
        Device &device = m_devices[id];
        const bool changed = changing(device, [&] {
            device.unknown = !up || !device.heardSince;
            device.heardSince = false;
        });
        if (changed)
            writeState(id);
        if (up && device.unknown)
            enqueue(id, m_linkUpSince + grace(device) + 1);
        else if (up)
            enqueue(id);
    }
}

bool FleetRecord::admit(std::string_view column)
{
    if (m_columns.find(column) != NameIndex::none)
        return true;
    if (m_columns.size() >= m_maxColumns || column.size() > maxNameBytes)
        return false;
    m_columns.insert(column);
    return true;
}

void FleetRecord::reject(std::string_view subject, protocol::Reject why)
{
    ++m_counters.rejected[static_cast<std::size_t>(why.why)];
    why.detail = cut(std::move(why.detail), 512);
    m_rejections.push_front({cut(std::string(subject), 256), std::move(why), UtcTime::now().micros});
    if (m_rejections.size() > keptRejections)
        m_rejections.pop_back();
}

void FleetRecord::rejectField(std::string_view subject, std::string_view column)
{
    reject(subject, {protocol::Rejection::TooManyFields,
                     "\"" + cut(std::string(column), 100) + "\" was left out: a fleet shows at most " +
                         std::to_string(m_maxColumns) + " different labels and fields"});
}

void FleetRecord::addField(std::string_view name, const ValueView &value)
{
    if (m_fieldCount == m_fields.size())
        m_fields.emplace_back();
    m_fields[m_fieldCount++] = {name, value};
}

void FleetRecord::takePresence(std::string_view id, const protocol::Presence &presence,
                               std::string_view subject, std::int64_t storedMicros)
{
    if (m_names.size() >= m_maxDevices && m_names.find(id) == NameIndex::none) {
        ++m_counters.dropped;
        return;
    }
    bool isNew = false;
    const std::uint32_t index = m_names.insert(id, isNew);
    if (isNew) {
        m_devices.emplace_back();
        ++m_states[static_cast<std::size_t>(State::Never)];
    }
    Device &device = m_devices[index];
    const std::uint64_t boot = hashOf(presence.boot);
    if (!isNew && isPast(device, boot, presence.seq)) {
        ++m_counters.reordered;
        return;
    }
    ++m_counters.accepted;
    if (boot != device.boot) {
        device.bootBefore = device.boot;
        device.boot = boot;
        device.seq = 0;
    }
    device.seq = std::max(device.seq, presence.seq);
    device.interval =
        static_cast<std::int32_t>(std::clamp(presence.intervalSeconds, 1, 86400)) * ticksPerSecond;

    // A server's clock may be ahead of ours.
    const std::int64_t seenMicros =
        storedMicros > 0 && m_isCatchingUp ? std::min(storedMicros, m_nowMicros) : m_nowMicros;
    m_newestMicros = std::max(m_newestMicros, seenMicros);
    const std::int64_t ago = std::min<std::int64_t>((m_nowMicros - seenMicros) / 100'000, 1'000'000'000);
    const Tick seen = static_cast<Tick>(m_now - ago);
    const bool changed = changing(device, [&] {
        device.closing = presence.state == protocol::DeviceState::Closing;
        if (device.closing) {
            device.heard = std::max(device.heard, seen);
            if (m_isLinkUp)
                device.unknown = false;
            else
                device.heardSince = true;
            device.streak = 0;
            setState(device, State::Offline, m_now);
        } else {
            hear(device, seen, true);
        }
    });
    enqueue(index);

    m_fieldCount = 0;
    if (changed || isNew)
        addField("presence", name(shown(device)));
    addField("last_seen", UtcTime{seenMicros});
    const std::uint32_t facts = factsOf(presence);
    if (facts != device.facts)
        writeFacts(device, facts, presence, subject);
    m_batch.upsert(id, {m_fields.data(), m_fieldCount});
}

void FleetRecord::writeFacts(Device &device, std::uint32_t facts, const protocol::Presence &presence,
                             std::string_view subject)
{
    const bool replaces = device.facts != 0;
    device.facts = facts;
    const std::string_view firmware = bounded(presence.firmware);
    addField("fw", firmware.empty() ? ValueView() : ValueView(firmware));
    bool leftOut = false;
    for (const protocol::Label &label : presence.labels) {
        const std::string_view column = reservedLabelColumn(label.key);
        if (!admit(column)) {
            if (!leftOut)
                rejectField(subject, column);
            leftOut = true;
            continue;
        }
        if (std::find(m_labels.begin(), m_labels.end(), column) == m_labels.end())
            m_labels.emplace_back(column);
        addField(column, std::string_view(label.value));
    }
    if (!replaces)
        return;
    const std::size_t there = m_fieldCount;
    for (const std::string &column : m_labels) {
        const auto isIt = [&column](const protocol::Field &field) { return field.name == column; };
        const auto end = m_fields.begin() + static_cast<std::ptrdiff_t>(there);
        if (std::none_of(m_fields.begin(), end, isIt))
            addField(column, ValueView()); // a label that the device no longer has
    }
}

void FleetRecord::takeTelemetry(std::string_view id, const protocol::Telemetry &telemetry,
                                std::string_view subject)
{
    const std::uint32_t index = m_names.find(id);
    if (index == NameIndex::none) {
        ++m_counters.unannounced;
        return;
    }
    Device &device = m_devices[index];
    m_newestMicros = std::max(m_newestMicros, m_nowMicros);
    bool changed = false;
    if (!device.closing) { // one that was on its way when the device said that it is closing
        changed = changing(device, [&] { hear(device, m_now, false); });
        enqueue(index);
    }
    m_fieldCount = 0;
    if (changed)
        addField("presence", name(shown(device)));
    addField("last_seen", UtcTime{m_nowMicros});
    if (m_batch.rowCount() >= m_maxQueuedRows) {
        ++m_counters.dropped;
    } else {
        ++m_counters.accepted;
        const std::vector<protocol::Field> &values = *telemetry.values;
        if (!hasShape(values))
            learnShape(values);
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (m_shape.columns[i].empty())
                continue;
            const auto *text = std::get_if<std::string_view>(&values[i].value);
            addField(m_shape.columns[i], text ? ValueView(bounded(*text)) : values[i].value);
        }
        if (!m_shape.leftOut.empty())
            rejectField(subject, m_shape.leftOut);
    }
    m_batch.upsert(id, {m_fields.data(), m_fieldCount});
}

bool FleetRecord::hasShape(const std::vector<protocol::Field> &values) const
{
    if (!m_shape.isValid || m_shape.names.size() != values.size())
        return false;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (values[i].name != m_shape.names[i])
            return false;
    }
    return true;
}

void FleetRecord::learnShape(const std::vector<protocol::Field> &values)
{
    m_shape.names.resize(values.size());
    m_shape.columns.resize(values.size());
    m_shape.leftOut.clear();
    for (std::size_t i = 0; i < values.size(); ++i) {
        m_shape.names[i].assign(values[i].name);
        std::string column = telemetryColumn(values[i].name);
        if (!admit(column)) {
            if (m_shape.leftOut.empty())
                m_shape.leftOut = column;
            column.clear();
        }
        m_shape.columns[i] = std::move(column);
    }
    m_shape.isValid = true;
}

State FleetRecord::state(std::string_view device) const
{
    const std::uint32_t id = m_names.find(device);
    return id == NameIndex::none ? State::Never : shown(m_devices[id]);
}

} // namespace muster::presence
