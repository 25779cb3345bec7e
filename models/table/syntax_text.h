// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/filter/expression.h"

#include <QVariantMap>

namespace muster {

/// What is wrong with a filter, in the operator's language: {column, length, message, expected, unfinished}.
QVariantMap syntaxText(const filter::SyntaxError &error);

} // namespace muster
