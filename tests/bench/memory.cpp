// SPDX-License-Identifier: GPL-3.0-or-later
#include "cases.h"
#include "fleet_data.h"
#include "rivals.h"

#include <QList>

#include <malloc.h>

#include <array>
#include <memory>
#include <optional>
#include <type_traits>
#include <unordered_map>

namespace muster::bench {

namespace {

using TextRows = QList<QList<QString>>;

/// A column each, nothing else: no names, no absent, no look-up by key.
struct RawColumns {
    std::string keys;
    std::array<std::vector<std::uint32_t>, 5> codes;
    std::array<std::vector<double>, 3> reals;
    std::array<std::vector<std::int64_t>, 3> integers;
};

RawColumns makeRaw(const std::vector<Device> &fleet)
{
    RawColumns raw;
    std::array<std::unordered_map<std::string_view, std::uint32_t>, 5> known;
    std::size_t keyBytes = 0;
    for (const Device &device : fleet)
        keyBytes += device.device.size();
    raw.keys.reserve(keyBytes);
    for (auto &column : raw.codes)
        column.reserve(fleet.size());
    for (auto &column : raw.reals)
        column.reserve(fleet.size());
    for (auto &column : raw.integers)
        column.reserve(fleet.size());
    for (const Device &device : fleet) {
        raw.keys += device.device;
        std::size_t i = 0;
        for (const std::string *text :
             {&device.region, &device.group, &device.site, &device.fw, &device.os}) {
            const auto next = static_cast<std::uint32_t>(known[i].size());
            raw.codes[i].push_back(known[i].try_emplace(*text, next).first->second);
            ++i;
        }
        i = 0;
        for (const double number : {device.cpu, device.temperature, device.load})
            raw.reals[i++].push_back(number);
        i = 0;
        for (const std::int64_t number : {device.memoryFree, device.uptime, device.seen.micros})
            raw.integers[i++].push_back(number);
    }
    return raw;
}

/// What stands under a QSortFilterProxyModel when nobody thought about it.
TextRows makeTextRows(const std::vector<Device> &fleet)
{
    TextRows texts;
    texts.reserve(static_cast<qsizetype>(fleet.size()));
    for (const Device &device : fleet) {
        QList<QString> row;
        row.reserve(12);
        for (const std::string *text :
             {&device.device, &device.region, &device.group, &device.site, &device.fw, &device.os})
            row.append(QString::fromStdString(*text));
        for (const double number : {device.cpu, device.temperature, device.load})
            row.append(QString::number(number));
        for (const std::int64_t number : {device.memoryFree, device.uptime})
            row.append(QString::number(number));
        row.append(QString::fromStdString(device.seen.toString()));
        texts.append(std::move(row));
    }
    return texts;
}

/// What malloc gave out, so that nobody counts himself.
std::size_t allocated()
{
    const struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

/// Makes one of them of the fleet, notes what it takes, and lets the one before go outside the timed part.
template <typename Make>
class Filling {
public:
    Filling(const std::vector<Device> &fleet, Make make) : m_fleet(fleet), m_make(make) {}
    void work()
    {
        const std::size_t before = allocated();
        m_made.emplace(m_make(m_fleet));
        m_bytes = allocated() - before;
    }
    double bytesPerRow() const { return static_cast<double>(m_bytes) / static_cast<double>(m_fleet.size()); }
    void drop() { m_made.reset(); }

private:
    const std::vector<Device> &m_fleet;
    Make m_make;
    std::optional<std::invoke_result_t<Make, const std::vector<Device> &>> m_made;
    std::size_t m_bytes = 0;
};

} // namespace

QJsonObject memory(const Options &options)
{
    const std::vector<Device> fleet = makeFleet(options.rows);
    Filling ours(fleet, makeTable);
    Filling raw(fleet, makeRaw);
    Filling texts(fleet, makeTextRows);
    Filling sqlite(fleet,
                   [](const std::vector<Device> &devices) { return std::make_unique<SqliteFleet>(devices); });
    Contest contest;
    contest.ours([&] { ours.work(); }, [&] { ours.drop(); });
    contest.floor([&] { raw.work(); }, [&] { raw.drop(); });
    contest.rival(
        QStringLiteral("qsfpm"), [&] { texts.work(); }, [&] { texts.drop(); });
    contest.rival(
        QStringLiteral("sqlite"), [&] { sqlite.work(); }, [&] { sqlite.drop(); });
    QJsonObject result = contest.run(options.runs);
    const double bytes = ours.bytesPerRow();
    const double floor = raw.bytesPerRow();
    result.insert(QStringLiteral("n"), static_cast<qint64>(options.rows));
    result.insert(QStringLiteral("bytes_per_row"), bytes);
    result.insert(QStringLiteral("floor_bytes_per_row"), floor);
    result.insert(QStringLiteral("ratio_floor_bytes"), bytes / floor);
    result.insert(QStringLiteral("rivals_bytes_per_row"),
                  QJsonObject{{QStringLiteral("qsfpm"), texts.bytesPerRow()},
                              {QStringLiteral("sqlite"), sqlite.bytesPerRow()}});
    result.insert(QStringLiteral("saving_bytes"),
                  QJsonObject{{QStringLiteral("qsfpm"), texts.bytesPerRow() / bytes},
                              {QStringLiteral("sqlite"), sqlite.bytesPerRow() / bytes}});
    return result;
}

} // namespace muster::bench
