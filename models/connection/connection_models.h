// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "connection/profile.h"

#include <QAbstractListModel>
#include <QList>
#include <QString>

namespace muster {

/// Saved connections, newest use first.
class ProfileListModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role { NameRole = Qt::UserRole + 1, ServersRole, SignInRole, LastUsedRole, CurrentRole };
    Q_ENUM(Role)
    explicit ProfileListModel(QObject *parent = nullptr);
    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    void setProfiles(QList<connection::Profile> profiles); ///< sorts them: newest use first, then by name
    const QList<connection::Profile> &profiles() const { return m_profiles; }
    void setCurrent(const QString &name); ///< the one in the form

private:
    QList<connection::Profile> m_profiles;
    QString m_current;
};

/// Contexts of the NATS command line that are not imported yet, each with a check mark.
class ContextListModel : public QAbstractListModel {
    Q_OBJECT
    Q_PROPERTY(int checkedCount READ checkedCount NOTIFY checkedCountChanged)
public:
    enum Role { NameRole = Qt::UserRole + 1, ServersRole, CheckedRole, UnsupportedRole };
    Q_ENUM(Role)
    explicit ContextListModel(QObject *parent = nullptr);
    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;
    int checkedCount() const;
    Q_INVOKABLE void setChecked(int row, bool checked);

    struct Entry {
        QString name, servers;
        QString unsupported; ///< what this build cannot do with it, in words; empty: all is well
        bool checked = false;
    };
    void setEntries(QList<Entry> entries);
    QStringList checkedNames() const;

Q_SIGNALS:
    void checkedCountChanged();

private:
    QList<Entry> m_entries;
};

/// The steps of a test, each with a verdict and, when it failed, what to do.
class TestStepModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Verdict { Pending, Running, Passed, Limited, Failed, Skipped };
    Q_ENUM(Verdict)
    enum Role { TitleRole = Qt::UserRole + 1, DetailRole, RemedyRole, VerdictRole };
    Q_ENUM(Role)
    explicit TestStepModel(QObject *parent = nullptr);
    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    struct Step {
        QString title, detail, remedy;
        Verdict verdict = Pending;
    };
    void setSteps(QList<Step> steps);
    void setStep(int row, Step step);

private:
    QList<Step> m_steps;
};

} // namespace muster
