// SPDX-License-Identifier: GPL-3.0-or-later
#include "demo/sim_fleet.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

namespace muster::demo {

namespace {

struct City {
    std::string_view name, region;
};
constexpr std::array<City, 12> cities{{{"ams", "eu"},
                                       {"fra", "eu"},
                                       {"chi", "us"},
                                       {"sin", "ap"},
                                       {"osl", "eu"},
                                       {"gva", "eu"},
                                       {"nyc", "us"},
                                       {"syd", "ap"},
                                       {"waw", "eu"},
                                       {"dal", "us"},
                                       {"tyo", "ap"},
                                       {"gru", "sa"}}};

struct Model {
    std::string_view name, arch, os, osVersion;
    std::uint32_t cores, memoryMb, diskMb;
    bool hasTemperature;
};
constexpr std::array<Model, 4> models{{{"edge-4", "aarch64", "linux", "6.1", 4, 1024, 16'000, true},
                                       {"edge-8", "aarch64", "linux", "6.1", 8, 2048, 64'000, true},
                                       {"gate-2", "armv7l", "linux", "5.10", 2, 512, 8'000, true},
                                       {"panel-x", "x86_64", "android", "13", 4, 2048, 32'000, false}}};
constexpr std::array<int, 4> modelShares{45, 25, 22, 8};

constexpr std::array<std::string_view, 4> groups{"group_a", "group_b", "group_c", "group_d"};
constexpr std::array<int, 4> groupShares{31, 26, 23, 20};
constexpr std::array<std::string_view, 5> firmwares{"1.2.9", "1.3.1", "1.4.2", "1.4.7", "1.5.0"};
constexpr std::array<int, 5> firmwareShares{5, 8, 27, 40, 20};
constexpr std::array<std::string_view, 4> revisions{"A", "B", "C", "D"};

constexpr std::array<std::string_view, simFieldCount> fieldNames{
    "region",         "site",        "group",      "os",       "os_version", "arch",
    "model",          "hw",          "fw",         "uptime",   "cpu.pct",    "cpu.count",
    "mem.total",      "mem.free",    "mem.used",   "temp.soc", "load.1",     "disk.root.total",
    "disk.root.free", "net.rx_rate", "net.tx_rate"};

std::uint64_t mixed(std::uint64_t x)
{
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

/// The generator of what is made once; the drift has a cheaper one.
class Random {
public:
    explicit Random(std::uint64_t seed) : m_state(seed) {}
    std::uint64_t next() { return mixed(m_state++); }
    double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }
    std::uint32_t between(std::uint32_t low, std::uint32_t high)
    {
        return low + static_cast<std::uint32_t>(next() % (high - low + 1));
    }
    template <std::size_t N>
    std::uint8_t pick(const std::array<int, N> &percent)
    {
        int rest = static_cast<int>(next() % 100);
        std::uint8_t at = 0;
        while (at + 1u < N && rest >= percent[at])
            rest -= percent[at++];
        return at;
    }

private:
    std::uint64_t m_state;
};

std::uint64_t deviceSeed(std::uint32_t seed, std::uint32_t number)
{
    return mixed((std::uint64_t{seed} << 32) | number);
}

template <typename T>
void appendNumber(std::string &out, T value)
{
    std::array<char, 24> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

/// `value` in tenths (1 digit) or hundredths (2 digits).
void appendFixed(std::string &out, int value, int digits)
{
    if (value < 0)
        out += '-';
    const int positive = std::abs(value);
    const int scale = digits == 1 ? 10 : 100;
    appendNumber(out, positive / scale);
    out += '.';
    if (digits == 2 && positive % scale < 10)
        out += '0';
    appendNumber(out, positive % scale);
}

constexpr std::int64_t kilo = 1024, mega = kilo * 1024;

std::int64_t memoryTotal(const SimDevice &device)
{
    return models[device.model].memoryMb * mega;
}

} // namespace

std::string_view name(SimField field)
{
    return fieldNames[static_cast<std::size_t>(field)];
}

std::optional<SimField> simField(std::string_view name)
{
    const auto it = std::find(fieldNames.begin(), fieldNames.end(), name);
    if (it == fieldNames.end())
        return {};
    return static_cast<SimField>(it - fieldNames.begin());
}

SimFleet::SimFleet(SimOptions options) : m_options(std::move(options))
{
    const auto count = static_cast<std::uint32_t>(m_options.devices);
    m_devices.resize(count);
    m_digits = std::max<std::size_t>(4, std::to_string(count).size());
    m_intervalSeconds = std::max(1, static_cast<int>(std::ceil(m_options.heartbeatSeconds)));
    m_startMillis = UtcTime::now().millis();
    makeSites();

    std::uint32_t left = count;
    const auto share = [&](double part) {
        const auto wanted = static_cast<std::uint32_t>(std::llround(part * count));
        const std::uint32_t given = std::min(wanted, left);
        left -= given;
        return given;
    };
    m_conducts.offline = share(m_options.offlineShare);
    m_conducts.silent = share(m_options.silentShare);
    m_conducts.slow = share(m_options.slowShare);
    m_conducts.flapping = share(m_options.flappingShare);
    m_conducts.failing = share(m_options.errorShare);
    m_conducts.steady = left;

    // A walk over all devices, each once, that spreads every kind evenly: so the counts are exact.
    std::uint64_t stride =
        static_cast<std::uint64_t>(count * 0.6180339887) + mixed(m_options.seed) % (count / 16 + 1);
    stride = std::max<std::uint64_t>(1, stride);
    while (std::gcd(stride, std::uint64_t{count}) != 1)
        ++stride;
    std::uint64_t at = mixed(m_options.seed + 1u) % count;
    const auto give = [&](std::uint32_t many, Conduct conduct) {
        for (std::uint32_t i = 0; i < many; ++i, at = (at + stride) % count)
            makeDevice(static_cast<std::uint32_t>(at), conduct);
    };
    give(m_conducts.offline, Conduct::Offline);
    give(m_conducts.silent, Conduct::Silent);
    give(m_conducts.slow, Conduct::Slow);
    give(m_conducts.flapping, Conduct::Flapping);
    give(m_conducts.failing, Conduct::Failing);
    give(m_conducts.steady, Conduct::Steady);
}

void SimFleet::makeSites()
{
    for (std::size_t i = 0; i < static_cast<std::size_t>(m_options.sites); ++i) {
        const City &city = cities[i % cities.size()];
        std::string number = std::to_string(i / cities.size() + 1);
        if (number.size() < 2)
            number.insert(0, 1, '0');
        m_sites.push_back(
            {std::string(city.name) + '-' + number, std::string(city.region),
             m_options.idPrefix + std::string(city.region) + '-' + std::string(city.name) + '-'});
    }
}

void SimFleet::makeDevice(std::uint32_t number, Conduct conduct)
{
    Random random(deviceSeed(m_options.seed, number));
    SimDevice &device = m_devices[number];
    device.conduct = conduct;
    // The first sites are the larger ones.
    device.site =
        static_cast<std::uint16_t>(std::pow(random.unit(), 1.3) * static_cast<double>(m_sites.size()));
    device.group = random.pick(groupShares);
    device.firmware = random.pick(firmwareShares);
    device.model = random.pick(modelShares);
    device.revision = static_cast<std::uint8_t>(random.next() % revisions.size());
    const Model &model = models[device.model];
    device.cpu = static_cast<std::uint16_t>(random.between(20, 350) + (random.next() % 8 == 0 ? 400 : 0));
    device.load = static_cast<std::uint16_t>(device.cpu * model.cores / 10);
    device.temperature = static_cast<std::int16_t>(random.between(380, 520) + device.cpu / 6);
    device.memFreeKb = model.memoryMb * 1024 / 100 * random.between(4, 58);
    device.diskFreeMb = model.diskMb / 100 * random.between(5, 80);
    device.rxRate = random.between(200, 60'000);
    device.txRate = random.between(200, 30'000);
    device.uptimeAtStart = random.between(3600, 90 * 86400);
}

void SimFleet::appendId(std::string &out, std::uint32_t number) const
{
    out += m_sites[m_devices[number].site].idPart;
    std::array<char, 12> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number + 1).ptr;
    const auto size = static_cast<std::size_t>(end - digits.data());
    out.append(m_digits - size, '0');
    out.append(digits.data(), size);
}

std::optional<std::uint32_t> SimFleet::find(std::string_view id) const
{
    if (id.size() <= m_digits)
        return {};
    const std::string_view digits = id.substr(id.size() - m_digits);
    std::uint32_t number = 0;
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (failure != std::errc() || end != digits.data() + digits.size() || number == 0 || number > size())
        return {};
    const std::string &part = m_sites[m_devices[number - 1].site].idPart;
    if (id.substr(0, id.size() - m_digits) != part)
        return {};
    return number - 1;
}

int SimFleet::siteNumber(std::string_view site) const
{
    const auto it =
        std::find_if(m_sites.begin(), m_sites.end(), [&](const Site &s) { return s.name == site; });
    return it == m_sites.end() ? -1 : static_cast<int>(it - m_sites.begin());
}

int SimFleet::groupNumber(std::string_view group)
{
    const auto it = std::find(groups.begin(), groups.end(), group);
    return it == groups.end() ? -1 : static_cast<int>(it - groups.begin());
}

SimMoment SimFleet::moment(std::uint32_t number, double seconds) const
{
    const SimDevice &device = m_devices[number];
    if (device.conduct != Conduct::Flapping)
        return {device.conduct != Conduct::Offline, 0,
                device.uptimeAtStart + static_cast<std::uint32_t>(seconds)};
    // Away for longer than three heartbeats each time, so that it is seen to be away; up at the start.
    const std::uint64_t random = deviceSeed(~m_options.seed, number);
    const double away = m_intervalSeconds * 3.5 + static_cast<double>(random % 20);
    const double here = m_intervalSeconds * 4.0 + static_cast<double>((random >> 8) % 60);
    const double since = seconds + here * static_cast<double>((random >> 16) % 90) / 100.0;
    const double cycle = here + away;
    const double within = std::fmod(since, cycle);
    const auto boots = static_cast<std::uint32_t>(since / cycle);
    const double uptime = boots == 0 ? device.uptimeAtStart + seconds : within;
    return {within < here, boots, static_cast<std::uint32_t>(uptime)};
}

void SimFleet::drift(SimDevice &device, std::uint64_t &random) const
{
    random ^= random << 13;
    random ^= random >> 7;
    random ^= random << 17;
    const Model &model = models[device.model];
    // Eight bits of the random number for each: a step about as often up as down, pulled gently to the
    // middle.
    const auto step = [&](int value, int bits, int reach, int low, int high) {
        const int noise = static_cast<int>((random >> bits) & 0xFF) - 128;
        const int pull = ((low + high) / 2 - value) / 64;
        return std::clamp(value + noise * reach / 128 + pull, low, high);
    };
    device.cpu = static_cast<std::uint16_t>(step(device.cpu, 0, 40, 5, 980));
    device.load =
        static_cast<std::uint16_t>((device.load * 7 + device.cpu * static_cast<int>(model.cores) / 10) / 8);
    const int towards = 400 + device.cpu / 4;
    device.temperature = static_cast<std::int16_t>(std::clamp(
        device.temperature + (towards - device.temperature) / 16 + static_cast<int>((random >> 8) & 7) - 3,
        250, 950));
    const int memoryKb = static_cast<int>(model.memoryMb * 1024);
    device.memFreeKb = static_cast<std::uint32_t>(
        step(static_cast<int>(device.memFreeKb), 16, memoryKb / 128, memoryKb / 64, memoryKb * 3 / 4));
    device.rxRate = static_cast<std::uint32_t>(step(static_cast<int>(device.rxRate), 24, 4000, 100, 120'000));
    device.txRate = static_cast<std::uint32_t>(step(static_cast<int>(device.txRate), 32, 2000, 100, 60'000));
    if (((random >> 40) & 0x1F) == 0 && device.diskFreeMb > model.diskMb / 50)
        --device.diskFreeMb;
}

ValueView SimFleet::value(const SimDevice &device, SimField field, const SimMoment &moment) const
{
    const Model &model = models[device.model];
    switch (field) {
    case SimField::Region:
        return region(device);
    case SimField::Site:
        return site(device);
    case SimField::Group:
        return groups[device.group];
    case SimField::Os:
        return model.os;
    case SimField::OsVersion:
        return model.osVersion;
    case SimField::Arch:
        return model.arch;
    case SimField::Model:
        return model.name;
    case SimField::Hw:
        return revisions[device.revision];
    case SimField::Fw:
        return firmwares[device.firmware];
    case SimField::Uptime:
        return std::int64_t{moment.uptime};
    case SimField::CpuPct:
        return device.cpu / 10.0;
    case SimField::CpuCount:
        return std::int64_t{model.cores};
    case SimField::MemTotal:
        return memoryTotal(device);
    case SimField::MemFree:
        return device.memFreeKb * kilo;
    case SimField::MemUsed:
        return memoryTotal(device) - device.memFreeKb * kilo;
    case SimField::TempSoc:
        return model.hasTemperature ? ValueView(device.temperature / 10.0) : ValueView();
    case SimField::Load1:
        return device.load / 100.0;
    case SimField::DiskTotal:
        return model.diskMb * mega;
    case SimField::DiskFree:
        return device.diskFreeMb * mega;
    case SimField::RxRate:
        return std::int64_t{device.rxRate};
    case SimField::TxRate:
        return std::int64_t{device.txRate};
    case SimField::Count:
        break;
    }
    return {};
}

bool SimFleet::appendField(std::string &out, const SimDevice &device, SimField field,
                           const SimMoment &moment) const
{
    if (field == SimField::TempSoc && !models[device.model].hasTemperature)
        return false;
    out += '"';
    out += name(field);
    out += "\":";
    // Doubles are written from the fixed-point numbers they are: shortest-digits printing would cost half the
    // row.
    if (field == SimField::CpuPct) {
        appendFixed(out, device.cpu, 1);
    } else if (field == SimField::TempSoc) {
        appendFixed(out, device.temperature, 1);
    } else if (field == SimField::Load1) {
        appendFixed(out, device.load, 2);
    } else {
        const ValueView v = value(device, field, moment);
        if (const auto *number = std::get_if<std::int64_t>(&v)) {
            appendNumber(out, *number);
        } else if (const auto *text = std::get_if<std::string_view>(&v)) { // of ours: nothing in it to escape
            out += '"';
            out += *text;
            out += '"';
        }
    }
    return true;
}

void SimFleet::appendBoot(std::string &out, std::uint32_t number, const SimMoment &moment) const
{
    constexpr std::string_view base32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    const SimDevice &device = m_devices[number];
    const std::int64_t away =
        moment.boots == 0 ? -std::int64_t{device.uptimeAtStart} : std::int64_t{moment.boots};
    auto millis = static_cast<std::uint64_t>(m_startMillis + away * 1000);
    std::array<char, 26> text;
    for (std::size_t i = 10; i-- > 0; millis >>= 5)
        text[i] = base32[millis & 31];
    std::uint64_t bits = deviceSeed(m_options.seed + 7u * moment.boots, number);
    for (std::size_t i = 10; i < text.size(); ++i) {
        if (i == 18)
            bits = mixed(bits);
        text[i] = base32[bits & 31];
        bits >>= 5;
    }
    out.append(text.data(), text.size());
}

void SimFleet::appendPresence(std::string &out, std::uint32_t number, const SimMoment &moment,
                              bool closing) const
{
    const SimDevice &device = m_devices[number];
    out += R"({"v":1,"device":")";
    appendId(out, number);
    out += R"(","interval":)";
    appendNumber(out, m_intervalSeconds);
    out += R"(,"boot":")";
    appendBoot(out, number, moment);
    out += R"(","seq":)";
    appendNumber(out, device.seq);
    out += closing ? R"(,"state":"closing","fw":")" : R"(,"state":"online","fw":")";
    out += firmwares[device.firmware];
    out += R"(","labels":{)";
    for (std::size_t i = 0; isLabel(static_cast<SimField>(i)); ++i) {
        if (i > 0)
            out += ',';
        appendField(out, device, static_cast<SimField>(i), moment);
    }
    out += "}}";
}

void SimFleet::appendTelemetry(std::string &out, std::uint32_t number, const SimMoment &moment,
                               std::string_view at, std::int64_t seq) const
{
    const SimDevice &device = m_devices[number];
    out += R"({"v":1,"device":")";
    appendId(out, number);
    out += R"(","at":")";
    out += at;
    out += R"(","seq":)";
    appendNumber(out, seq);
    out += R"(,"values":{)";
    for (std::size_t i = static_cast<std::size_t>(SimField::Uptime); i < simFieldCount; ++i) {
        if (appendField(out, device, static_cast<SimField>(i), moment))
            out += ',';
    }
    out.back() = '}';
    out += '}';
}

} // namespace muster::demo
