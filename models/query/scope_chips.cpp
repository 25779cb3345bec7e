// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/scope_chips.h"

#include "query/query_text.h"

#include <algorithm>

namespace muster {

using query::shown;

ScopeChips::ScopeChips()
    : m_chips{{{query::Scope::Kind::All, {}, {}, {}}, true, 0},
              {{query::Scope::Kind::Devices, {}, {}, {}}, false, 0}}
{
}

QVariantList ScopeChips::list() const
{
    QVariantList list;
    for (const Chip &chip : m_chips) {
        QString label;
        QString kind = QStringLiteral("label");
        QString key = shown(chip.scope.key);
        switch (chip.scope.kind) {
        case query::Scope::Kind::All:
            label = tr("All devices");
            kind = QStringLiteral("all");
            break;
        case query::Scope::Kind::Devices:
            label = tr("Selection");
            kind = QStringLiteral("selection");
            break;
        case query::Scope::Kind::Site:
            key = QStringLiteral("site");
            break;
        case query::Scope::Kind::Group:
            key = QStringLiteral("group");
            break;
        case query::Scope::Kind::Label:
            break;
        }
        if (label.isEmpty())
            label = key + QStringLiteral(" = ") + shown(chip.scope.value);
        list.append(QVariantMap{{QStringLiteral("label"), label},
                                {QStringLiteral("kind"), kind},
                                {QStringLiteral("key"), key},
                                {QStringLiteral("value"), shown(chip.scope.value)},
                                {QStringLiteral("count"), static_cast<int>(chip.count)},
                                {QStringLiteral("on"), chip.on}});
    }
    return list;
}

std::vector<query::Scope> ScopeChips::scopes() const
{
    std::vector<query::Scope> scopes;
    for (const Chip &chip : m_chips)
        scopes.push_back(chip.scope);
    return scopes;
}

std::vector<query::Scope> ScopeChips::chosen() const
{
    std::vector<query::Scope> scopes;
    for (const Chip &chip : m_chips) {
        if (chip.on)
            scopes.push_back(chip.scope);
    }
    return scopes;
}

bool ScopeChips::setCounts(const Counts &counts)
{
    bool another = false;
    for (const auto &[scope, count] : counts) {
        for (Chip &chip : m_chips) {
            another = another || (chip.scope == scope && chip.count != count);
            chip.count = chip.scope == scope ? count : chip.count;
        }
    }
    return another;
}

bool ScopeChips::toggle(int index)
{
    if (index < 0 || index >= static_cast<int>(m_chips.size()))
        return false;
    Chip &chip = m_chips[static_cast<std::size_t>(index)];
    choose(chip, !chip.on);
    return true;
}

bool ScopeChips::add(const QString &label, const QString &value)
{
    const std::string key = label.trimmed().toStdString();
    query::Scope scope{query::Scope::Kind::Label, key, value.toStdString(), {}};
    if (key.empty())
        return false;
    if (key == "site")
        scope.kind = query::Scope::Kind::Site;
    else if (key == "group")
        scope.kind = query::Scope::Kind::Group;
    choose(chipFor(scope), true);
    return true;
}

bool ScopeChips::remove(int index)
{
    if (index <= 0 || index >= static_cast<int>(m_chips.size()) - 1)
        return false;
    const auto chip = m_chips.begin() + index;
    choose(*chip, false);
    m_chips.erase(chip);
    return true;
}

void ScopeChips::select(const QStringList &devices)
{
    Chip &selection = m_chips.back();
    selection.scope.devices = query::plain(devices);
    selection.count = devices.size();
    if (!devices.isEmpty()) {
        for (Chip &chip : m_chips)
            chip.on = false; // exactly these
    }
    choose(selection, !devices.isEmpty());
}

void ScopeChips::set(const std::vector<query::Scope> &scopes)
{
    *this = ScopeChips();
    for (const query::Scope &scope : scopes) {
        switch (scope.kind) {
        case query::Scope::Kind::All:
            choose(m_chips.front(), true);
            break;
        case query::Scope::Kind::Devices:
            m_chips.back().scope = scope;
            choose(m_chips.back(), true);
            break;
        case query::Scope::Kind::Site:
        case query::Scope::Kind::Group:
        case query::Scope::Kind::Label:
            choose(chipFor(scope), true);
            break;
        }
    }
}

void ScopeChips::choose(Chip &chip, bool on)
{
    if (chip.scope.kind == query::Scope::Kind::All) {
        for (Chip &each : m_chips)
            each.on = false;
        chip.on = true;
        return;
    }
    chip.on = on;
    const bool any =
        std::any_of(m_chips.begin() + 1, m_chips.end(), [](const Chip &each) { return each.on; });
    m_chips.front().on = !any;
}

ScopeChips::Chip &ScopeChips::chipFor(const query::Scope &scope)
{
    const auto same = std::find_if(m_chips.begin(), m_chips.end(), [&scope](const Chip &chip) {
        return chip.scope.kind == scope.kind && chip.scope.key == scope.key &&
               chip.scope.value == scope.value;
    });
    return same != m_chips.end() ? *same : *m_chips.insert(m_chips.end() - 1, Chip{scope, false, 0});
}

} // namespace muster
