// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/machine_facts.h"

#include "core/device_id.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>
#include <optional>
#include <set>

namespace muster::device {

namespace {

constexpr auto freshFor = std::chrono::milliseconds(500);
constexpr std::size_t maxDisks = 16;
constexpr std::size_t maxSensors = 24;
constexpr std::size_t maxIdBytes = 64;

std::string_view trimmed(std::string_view text)
{
    constexpr std::string_view blank(" \t\n\r\0", 5);
    const std::size_t first = text.find_first_not_of(blank);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

std::string_view nextLine(std::string_view &rest)
{
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return line;
}

std::string_view nextWord(std::string_view &rest)
{
    const std::size_t first = rest.find_first_not_of(" \t");
    rest.remove_prefix(first == std::string_view::npos ? rest.size() : first);
    const std::size_t end = rest.find_first_of(" \t\n");
    const std::string_view word = rest.substr(0, end);
    rest.remove_prefix(word.size());
    return word;
}

template <typename T>
std::optional<T> number(std::string_view text)
{
    T value{};
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc() || end != text.data() + text.size())
        return {};
    return value;
}

double rounded(double value, double steps)
{
    return std::round(value * steps) / steps;
}

/// A part of a field's name: lower case, with '_' for what is neither a letter nor a digit.
std::string fieldPart(std::string_view text)
{
    std::string part;
    for (const char c : text.substr(0, 40)) {
        const bool upper = c >= 'A' && c <= 'Z';
        const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (upper)
            part += static_cast<char>(c - 'A' + 'a');
        else if (plain)
            part += c;
        else if (!part.empty() && part.back() != '_')
            part += '_';
    }
    while (!part.empty() && part.back() == '_')
        part.pop_back();
    return part;
}

std::string readFile(const std::string &path, std::size_t maxBytes)
{
    std::string text;
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return text;
    char buffer[4096];
    ssize_t n = 0;
    while (text.size() < maxBytes && (n = ::read(file, buffer, sizeof buffer)) > 0)
        text.append(buffer, static_cast<std::size_t>(n));
    close(file);
    return text;
}

std::vector<std::string> entries(const std::string &folder)
{
    std::vector<std::string> names;
    const std::unique_ptr<DIR, int (*)(DIR *)> dir(opendir(folder.c_str()), &closedir);
    while (const dirent *entry = dir ? readdir(dir.get()) : nullptr) {
        if (entry->d_name[0] != '.')
            names.emplace_back(entry->d_name);
    }
    std::sort(names.begin(), names.end());
    return names;
}

/// /proc/mounts writes a space as \040.
std::string unescaped(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto isOctal = [&](std::size_t at) {
            return at < text.size() && text[at] >= '0' && text[at] <= '7';
        };
        if (text[i] == '\\' && isOctal(i + 1) && isOctal(i + 2) && isOctal(i + 3)) {
            out +=
                static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
            i += 3;
        } else {
            out += text[i];
        }
    }
    return out;
}

/// The value of KEY=value or KEY="value" in an os-release file.
std::string releaseValue(std::string_view file, std::string_view key)
{
    while (!file.empty()) {
        std::string_view line = nextLine(file);
        if (!line.starts_with(key) || line.size() <= key.size() || line[key.size()] != '=')
            continue;
        line = trimmed(line.substr(key.size() + 1));
        if (line.size() >= 2 && (line.front() == '"' || line.front() == '\'') && line.back() == line.front())
            line = line.substr(1, line.size() - 2);
        return std::string(line);
    }
    return {};
}

} // namespace

MachineFacts::MachineFacts(Options options) : m_options(std::move(options))
{
    readIdentity();
    measure();
}

std::string MachineFacts::read(const std::string &path, std::size_t maxBytes) const
{
    return readFile(m_options.root + path, maxBytes);
}

void MachineFacts::readIdentity()
{
    const auto line = [this](const char *path) { return std::string(trimmed(read(path))); };
    const std::string release = read("/etc/os-release");
    const auto label = [this](const char *key, const std::string &value) {
        const bool taken =
            std::any_of(m_labels.begin(), m_labels.end(), [&](const auto &l) { return l.key == key; });
        if (!value.empty() && !taken && m_labels.size() < protocol::maxLabels)
            m_labels.push_back({key, value.substr(0, protocol::maxLabelBytes)});
    };

    m_labels = m_options.labels;
    label("hostname", line("/proc/sys/kernel/hostname"));
    label("os", "linux");
    label("distro", releaseValue(release, "ID"));
    label("os_version", releaseValue(release, "VERSION_ID"));
    label("kernel", line("/proc/sys/kernel/osrelease"));
    utsname machine{};
    label("arch", uname(&machine) == 0 ? machine.machine : "");
    std::string model = line("/proc/device-tree/model");
    if (model.empty()) {
        model = line("/sys/class/dmi/id/sys_vendor");
        const std::string product = line("/sys/class/dmi/id/product_name");
        model += (model.empty() || product.empty() ? "" : " ") + product;
    }
    label("model", model);
    std::sort(m_labels.begin(), m_labels.end(), [](const auto &a, const auto &b) { return a.key < b.key; });

    m_firmware = m_options.firmware;
    if (m_firmware.empty())
        m_firmware = releaseValue(release, "IMAGE_VERSION");
    if (m_firmware.empty())
        m_firmware = line("/sys/class/dmi/id/bios_version");
    m_firmware.resize(std::min(m_firmware.size(), protocol::maxLabelBytes));
}

Row MachineFacts::row()
{
    measure();
    Row row;
    row.reserve(m_labels.size() + 1 + m_measured.size());
    for (const protocol::Label &label : m_labels)
        row.push_back({label.key, label.value});
    if (!m_firmware.empty())
        row.push_back({"fw", m_firmware});
    row.insert(row.end(), m_measured.begin(), m_measured.end());
    return row;
}

Row MachineFacts::telemetry()
{
    measure();
    return m_measured;
}

void MachineFacts::measure()
{
    Counters now;
    now.at = Clock::now();
    if (m_before.at != Clock::time_point{} && now.at - m_before.at < freshFor)
        return;
    m_measured.clear();
    readCpu(now);
    readMemory();
    readDisks();
    readNetwork(now);
    readLoad();
    readTemperatures();
    m_before = now;
}

void MachineFacts::readCpu(Counters &now)
{
    const std::string text = read("/proc/stat", 1024u * 1024);
    std::string_view rest = text;
    std::int64_t cores = 0;
    while (!rest.empty()) {
        std::string_view line = nextLine(rest);
        const std::string_view name = nextWord(line);
        if (!name.starts_with("cpu"))
            break;
        if (name != "cpu") {
            ++cores;
            continue;
        }
        // user nice system idle iowait irq softirq steal; what follows is part of the first two
        std::int64_t total = 0, idle = 0;
        for (int i = 0; i < 8; ++i) {
            const std::int64_t ticks = number<std::int64_t>(nextWord(line)).value_or(0);
            total += ticks;
            if (i == 3 || i == 4)
                idle += ticks;
        }
        now.cpuTotal = total;
        now.cpuBusy = total - idle;
    }
    if (m_before.cpuTotal >= 0 && now.cpuTotal > m_before.cpuTotal) {
        const double share = static_cast<double>(now.cpuBusy - m_before.cpuBusy) /
                             static_cast<double>(now.cpuTotal - m_before.cpuTotal);
        add("cpu.pct", rounded(std::clamp(share, 0.0, 1.0) * 100, 10));
    }
    if (cores > 0)
        add("cpu.count", cores);
}

void MachineFacts::readMemory()
{
    const std::string text = read("/proc/meminfo");
    std::optional<std::int64_t> total, available, swapTotal, swapFree;
    std::string_view rest = text;
    while (!rest.empty()) {
        std::string_view line = nextLine(rest);
        const std::string_view name = nextWord(line);
        std::optional<std::int64_t> *const target = name == "MemTotal:"       ? &total
                                                    : name == "MemAvailable:" ? &available
                                                    : name == "SwapTotal:"    ? &swapTotal
                                                    : name == "SwapFree:"     ? &swapFree
                                                                              : nullptr;
        if (const auto kilobytes = target ? number<std::int64_t>(nextWord(line)) : std::nullopt)
            *target = *kilobytes * 1024;
    }
    const auto addAll = [this](const std::string &name, const auto &all, const auto &free) {
        if (all)
            add(name + ".total", *all);
        if (free)
            add(name + ".free", *free);
        if (all && free)
            add(name + ".used", *all - *free);
    };
    addAll("mem", total, available);
    addAll("swap", swapTotal, swapFree);
}

void MachineFacts::readDisks()
{
    const auto measureDisk = [this](const std::string &name, const std::string &path) {
        struct statvfs disk {};
        if (statvfs((m_options.root + path).c_str(), &disk) != 0 || disk.f_blocks == 0)
            return;
        const auto block = static_cast<std::int64_t>(disk.f_frsize);
        add("disk." + name + ".total", static_cast<std::int64_t>(disk.f_blocks) * block);
        add("disk." + name + ".free", static_cast<std::int64_t>(disk.f_bavail) * block);
    };
    measureDisk("root", "/");

    // Devices alone: asking for the space of a network file system can hang.
    const std::string text = read("/proc/self/mounts", 256u * 1024);
    std::set<std::string, std::less<>> sources, names{"root"};
    std::string_view rest = text;
    while (!rest.empty() && names.size() <= maxDisks) {
        std::string_view line = nextLine(rest);
        const std::string_view source = nextWord(line);
        const std::string mount = unescaped(nextWord(line));
        if (!source.starts_with("/dev/") || source.starts_with("/dev/loop"))
            continue;
        if (mount == "/") {
            sources.emplace(source);
            continue;
        }
        struct stat about {};
        if (stat((m_options.root + mount).c_str(), &about) != 0 || !S_ISDIR(about.st_mode))
            continue; // containers mount single files
        const std::string name = fieldPart(mount);
        if (!name.empty() && sources.emplace(source).second && names.insert(name).second)
            measureDisk(name, mount);
    }
}

void MachineFacts::readNetwork(Counters &now)
{
    struct Totals {
        std::int64_t received = 0, sent = 0;
        bool any = false;
    };
    Totals hardware, others;
    const std::string text = read("/proc/net/dev");
    std::string_view rest = text;
    while (!rest.empty()) {
        std::string_view line = nextLine(rest);
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos)
            continue;
        const std::string name(trimmed(line.substr(0, colon)));
        line.remove_prefix(colon + 1);
        const auto received = number<std::int64_t>(nextWord(line));
        for (int i = 0; i < 7; ++i)
            nextWord(line);
        const auto sent = number<std::int64_t>(nextWord(line));
        if (name == "lo" || name.find('/') != std::string::npos || !received || !sent)
            continue;
        // Bridges and tunnels carry what their hardware counts already.
        const bool real = access((m_options.root + "/sys/class/net/" + name + "/device").c_str(), F_OK) == 0;
        Totals &totals = real ? hardware : others;
        totals.received += *received;
        totals.sent += *sent;
        totals.any = true;
    }
    const Totals &totals = hardware.any ? hardware : others;
    if (!totals.any)
        return;
    now.received = totals.received;
    now.sent = totals.sent;
    add("net.rx_bytes", totals.received);
    add("net.tx_bytes", totals.sent);
    const double seconds = std::chrono::duration<double>(now.at - m_before.at).count();
    if (m_before.received >= 0 && now.received >= m_before.received && now.sent >= m_before.sent) {
        add("net.rx_rate", rounded(static_cast<double>(now.received - m_before.received) / seconds, 1));
        add("net.tx_rate", rounded(static_cast<double>(now.sent - m_before.sent) / seconds, 1));
    }
}

void MachineFacts::readLoad()
{
    const std::string load = read("/proc/loadavg");
    std::string_view rest = load;
    for (const char *name : {"load.1", "load.5", "load.15"}) {
        if (const auto value = number<double>(nextWord(rest)))
            add(name, *value);
    }
    const std::string uptime = read("/proc/uptime");
    rest = uptime;
    if (const auto seconds = number<double>(nextWord(rest)); seconds && *seconds >= 0 && *seconds < 1e12)
        add("uptime", static_cast<std::int64_t>(*seconds));
    std::int64_t processes = 0;
    for (const std::string &name : entries(m_options.root + "/proc"))
        processes += name.find_first_not_of("0123456789") == std::string::npos ? 1 : 0;
    if (processes > 0)
        add("proc.count", processes);
}

void MachineFacts::readTemperatures()
{
    std::set<std::string, std::less<>> names;
    std::optional<double> processor, hottest;
    const auto sensor = [&](std::string_view named, const std::string &file) {
        const std::string name = fieldPart(named);
        const auto milli = number<std::int64_t>(trimmed(read(file)));
        // Sensors that are not wired report nonsense.
        if (!milli || *milli < -80'000 || *milli > 200'000 || name.empty() || names.size() >= maxSensors ||
            !names.insert(name).second)
            return;
        const double celsius = rounded(static_cast<double>(*milli) / 1000, 10);
        if (name != "soc")
            add("temp." + name, celsius);
        hottest = std::max(hottest.value_or(celsius), celsius);
        const bool ofProcessor =
            name.find("cpu") != std::string::npos || name.find("soc") != std::string::npos ||
            name.find("x86_pkg") != std::string::npos || name.find("coretemp") != std::string::npos ||
            name.find("k10temp") != std::string::npos;
        if (ofProcessor)
            processor = std::max(processor.value_or(celsius), celsius);
    };

    const std::string zones = "/sys/class/thermal/";
    for (const std::string &zone : entries(m_options.root + zones)) {
        if (zone.starts_with("thermal_zone"))
            sensor(trimmed(read(zones + zone + "/type")), zones + zone + "/temp");
    }
    const std::string chips = "/sys/class/hwmon/";
    for (const std::string &chip : entries(m_options.root + chips)) {
        const std::string folder = chips + chip + '/';
        const std::string chipName(trimmed(read(folder + "name")));
        for (const std::string &file : entries(m_options.root + folder)) {
            if (!file.starts_with("temp") || !file.ends_with("_input"))
                continue;
            const std::string channel = file.substr(0, file.size() - 6);
            const std::string what(trimmed(read(folder + channel + "_label")));
            sensor(chipName + ' ' + (what.empty() ? channel : what), folder + file);
        }
    }
    if (const auto soc = processor ? processor : hottest)
        add("temp.soc", *soc);
}

std::string MachineFacts::suggestedId(const std::string &root)
{
    std::string id;
    const std::string file = readFile(root + "/proc/sys/kernel/hostname", maxIdBytes + 1);
    for (const char c : trimmed(file).substr(0, maxIdBytes))
        id += isToken(std::string_view(&c, 1)) ? c : '-';
    return isToken(id) ? id : "this-computer";
}

} // namespace muster::device
