// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bench.h"

namespace muster::bench {

QJsonObject tableFilter(const Options &options);
QJsonObject tableSort(const Options &options);
QJsonObject tableGroup(const Options &options);
QJsonObject tableCsv(const Options &options);
QJsonObject memory(const Options &options);
QJsonObject queryGather(const Options &options);
QJsonObject ingest(const Options &options);
QJsonObject snapshot(const Options &options);
QJsonObject frames(const Options &options);
QJsonObject startup(const Options &options);

} // namespace muster::bench
