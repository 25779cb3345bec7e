// SPDX-License-Identifier: GPL-3.0-or-later
#include "cases.h"
#include "fleet_data.h"
#include "rivals.h"

#include <QList>

#include <malloc.h>

namespace muster::bench {

namespace {

std::size_t allocated()
{
    const struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

template <typename Make>
double bytesPerRow(std::size_t rows, const Make &make)
{
    const std::size_t before = allocated();
    const auto made = make();
    const std::size_t after = allocated();
    keep(sizeof made);
    return static_cast<double>(after - before) / static_cast<double>(rows);
}

} // namespace

/// What malloc gave out while each was made, so that nobody counts himself.
QJsonObject memory(const Options &options)
{
    const std::vector<Device> fleet = makeFleet(options.rows);
    const double ours = bytesPerRow(options.rows, [&] { return makeTable(fleet); });
    const double rows = bytesPerRow(options.rows, [&] {
        QList<QList<QString>> texts;
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
    });
    std::size_t raw = 0;
    for (const Device &device : fleet)
        raw += device.device.size() + 5 * sizeof(std::uint32_t) + 6 * sizeof(double);
    const double floor = static_cast<double>(raw) / static_cast<double>(options.rows);
    return {{QStringLiteral("n"), static_cast<qint64>(options.rows)},
            {QStringLiteral("bytes_per_row"), ours},
            {QStringLiteral("floor_bytes_per_row"), floor},
            {QStringLiteral("ratio_floor"), ours / floor},
            {QStringLiteral("rivals_bytes_per_row"), QJsonObject{{QStringLiteral("qstring_rows"), rows}}},
            {QStringLiteral("saving"), QJsonObject{{QStringLiteral("qstring_rows"), rows / ours}}}};
}

} // namespace muster::bench
