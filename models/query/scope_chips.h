// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/protocol/messages.h"
#include "query/plan.h"

#include <QCoreApplication>
#include <QString>
#include <QStringList>
#include <QVariantList>

#include <cstdint>
#include <utility>
#include <vector>

namespace muster {

/// The scopes to choose from: all devices, one for each label value that was added, and the selection. All is
/// chosen when nothing else is.
class ScopeChips {
    Q_DECLARE_TR_FUNCTIONS(muster::QueryComposer)

public:
    using Counts = std::vector<std::pair<query::Scope, std::int64_t>>;

    ScopeChips();

    QVariantList list() const; ///< [{label, kind, key, value, count, on}]
    std::vector<query::Scope> scopes() const;
    std::vector<query::Scope> chosen() const; ///< All as well
    bool setCounts(const Counts &counts);     ///< whether one is another than before

    bool toggle(int index);
    bool add(const QString &label, const QString &value);
    bool remove(int index);
    void select(const QStringList &devices); ///< these and no others; all when there are none
    void set(const std::vector<query::Scope> &scopes);

private:
    struct Chip {
        query::Scope scope;
        bool on = false;
        std::int64_t count = 0;
    };
    void choose(Chip &chip, bool on);
    Chip &chipFor(const query::Scope &scope);

    std::vector<Chip> m_chips; // all first, the selection last
};

} // namespace muster
