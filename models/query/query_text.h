// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"

#include <QString>
#include <QStringList>

#include <string>
#include <string_view>
#include <vector>

/// Text between the engine and the page.
namespace muster::query {

QString shown(std::string_view raw); ///< controls and bidirectional characters made visible; at most 512
/// What failed and what to do. In another language than English what the code stands for, then those words.
QString sentence(const Error &error);
std::vector<std::string> plain(const QStringList &list);
QStringList strings(const std::vector<std::string> &list);

} // namespace muster::query
