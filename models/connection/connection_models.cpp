// SPDX-License-Identifier: GPL-3.0-or-later
#include "connection/connection_models.h"

#include <algorithm>
#include <utility>

namespace muster {

ProfileListModel::ProfileListModel(QObject *parent) : QAbstractListModel(parent) {}

int ProfileListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_profiles.size());
}

QVariant ProfileListModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const connection::Profile &profile = m_profiles.at(index.row());
    switch (role) {
    case Qt::DisplayRole:
    case NameRole:
        return profile.name;
    case ServersRole: {
        QStringList servers;
        for (const std::string &server : profile.options.servers)
            servers.append(QString::fromStdString(server));
        return servers.join(QStringLiteral(", "));
    }
    case SignInRole:
        return connection::name(profile.signIn);
    case LastUsedRole:
        return profile.lastUsed;
    case CurrentRole:
        return profile.name == m_current;
    }
    return {};
}

QHash<int, QByteArray> ProfileListModel::roleNames() const
{
    return {{NameRole, "name"},
            {ServersRole, "servers"},
            {SignInRole, "signIn"},
            {LastUsedRole, "lastUsed"},
            {CurrentRole, "current"}};
}

void ProfileListModel::setProfiles(QList<connection::Profile> profiles)
{
    std::stable_sort(profiles.begin(), profiles.end(),
                     [](const connection::Profile &left, const connection::Profile &right) {
                         if (left.lastUsed != right.lastUsed)
                             return left.lastUsed > right.lastUsed;
                         return left.name < right.name;
                     });
    beginResetModel();
    m_profiles = std::move(profiles);
    endResetModel();
}

void ProfileListModel::setCurrent(const QString &name)
{
    if (m_current == name)
        return;
    m_current = name;
    if (!m_profiles.isEmpty())
        Q_EMIT dataChanged(index(0), index(rowCount() - 1), {CurrentRole});
}

ContextListModel::ContextListModel(QObject *parent) : QAbstractListModel(parent) {}

int ContextListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_entries.size());
}

QVariant ContextListModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Entry &entry = m_entries.at(index.row());
    switch (role) {
    case Qt::DisplayRole:
    case NameRole:
        return entry.name;
    case ServersRole:
        return entry.servers;
    case CheckedRole:
        return entry.checked;
    case UnsupportedRole:
        return entry.unsupported;
    }
    return {};
}

QHash<int, QByteArray> ContextListModel::roleNames() const
{
    return {{NameRole, "name"},
            {ServersRole, "servers"},
            {CheckedRole, "checked"},
            {UnsupportedRole, "unsupported"}};
}

int ContextListModel::checkedCount() const
{
    return int(std::count_if(m_entries.cbegin(), m_entries.cend(),
                             [](const Entry &entry) { return entry.checked; }));
}

void ContextListModel::setChecked(int row, bool checked)
{
    if (row < 0 || row >= m_entries.size() || m_entries.at(row).checked == checked)
        return;
    if (checked && !m_entries.at(row).unsupported.isEmpty())
        return;
    m_entries[row].checked = checked;
    Q_EMIT dataChanged(index(row), index(row), {CheckedRole});
    Q_EMIT checkedCountChanged();
}

void ContextListModel::setEntries(QList<Entry> entries)
{
    beginResetModel();
    m_entries = std::move(entries);
    endResetModel();
    Q_EMIT checkedCountChanged();
}

QStringList ContextListModel::checkedNames() const
{
    QStringList names;
    for (const Entry &entry : m_entries) {
        if (entry.checked)
            names.append(entry.name);
    }
    return names;
}

TestStepModel::TestStepModel(QObject *parent) : QAbstractListModel(parent) {}

int TestStepModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_steps.size());
}

QVariant TestStepModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Step &step = m_steps.at(index.row());
    switch (role) {
    case Qt::DisplayRole:
    case TitleRole:
        return step.title;
    case DetailRole:
        return step.detail;
    case RemedyRole:
        return step.remedy;
    case VerdictRole:
        return step.verdict;
    }
    return {};
}

QHash<int, QByteArray> TestStepModel::roleNames() const
{
    return {{TitleRole, "title"}, {DetailRole, "detail"}, {RemedyRole, "remedy"}, {VerdictRole, "verdict"}};
}

void TestStepModel::setSteps(QList<Step> steps)
{
    beginResetModel();
    m_steps = std::move(steps);
    endResetModel();
}

void TestStepModel::setStep(int row, Step step)
{
    if (row < 0 || row >= m_steps.size())
        return;
    m_steps[row] = std::move(step);
    Q_EMIT dataChanged(index(row), index(row));
}

} // namespace muster
