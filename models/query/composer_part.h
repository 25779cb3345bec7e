// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/filter/expression.h"
#include "query/composition.h"

#include <QString>
#include <QStringList>
#include <QVariantMap>

namespace muster {

/// What a composer has typed for one source: it stays when another is chosen.
struct ComposerPart {
    QString where;
    filter::Expression filter; ///< the last `where` that could be parsed
    QVariantMap whereError;    ///< {}, or as of syntaxText()
    QStringList select, groupBy, aggregates;

    static ComposerPart startingFor(query::Source source);
    void parse();
};

/// What rows of NATS services have.
QStringList serviceFields();

} // namespace muster
