// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/protocol/messages.h"
#include "core/subjects.h"
#include "query/composition.h"
#include "query/plan.h"

#include <QCoreApplication>
#include <QString>

namespace muster {

/// What a question would send, said before it is sent, and what keeps it from being sent.
class Preflight {
    Q_DECLARE_TR_FUNCTIONS(muster::Preflight)

public:
    static QString fleet(const query::Reach &reach);
    static QString services(const query::Composition &question);
    static QString subject(const query::Composition &question, const Subjects &subjects);

    static QString serviceError(const QString &name); ///< empty: it can be asked for
    static QString subjectError(const QString &subject);
};

} // namespace muster
