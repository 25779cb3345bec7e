// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/subjects.h"
#include "nats/connection.h"
#include "presence/fleet_tracker.h"
#include "table/table_model.h"

#include <QAbstractListModel>
#include <QObject>

#include <memory>

namespace muster {

/// Messages that were refused, newest first.
class RejectedListModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role { SubjectRole = Qt::UserRole + 1, ReasonRole, DetailRole, TimeRole };
    Q_ENUM(Role)
    explicit RejectedListModel(QObject *parent = nullptr);
    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;
    void setEntries(
        std::vector<presence::Rejected> entries); ///< newest first; what stayed at the end stays in place

private:
    std::vector<presence::Rejected> m_entries;
};

/// The live fleet: the devices' table, their states, and how fresh all of it is. Takes a batch from the
/// tracker once a frame. GUI thread.
class FleetController : public QObject {
    Q_OBJECT
    Q_PROPERTY(muster::TableModel *devices READ devices CONSTANT)
    Q_PROPERTY(muster::RejectedListModel *rejected READ rejected CONSTANT)
    Q_PROPERTY(int rejectedCount READ rejectedCount NOTIFY statisticsChanged)
    Q_PROPERTY(int total READ total NOTIFY countsChanged)
    Q_PROPERTY(int online READ online NOTIFY countsChanged)
    Q_PROPERTY(int late READ late NOTIFY countsChanged)
    Q_PROPERTY(int offline READ offline NOTIFY countsChanged)
    Q_PROPERTY(int never READ never NOTIFY countsChanged)
    Q_PROPERTY(int unknown READ unknown NOTIFY countsChanged)
    Q_PROPERTY(QString stateFilter READ stateFilter WRITE setStateFilter NOTIFY
                   stateFilterChanged) ///< "" or "online" ...
    Q_PROPERTY(
        bool active READ active NOTIFY activeChanged) ///< follows a fleet, live or waiting for the link
    Q_PROPERTY(bool loading READ loading NOTIFY activeChanged) ///< the snapshot has not ended yet
    Q_PROPERTY(bool live READ live NOTIFY activeChanged)       ///< the link is up
    Q_PROPERTY(double dataAgeSeconds READ dataAgeSeconds NOTIFY
                   statisticsChanged) ///< of the newest message; -1: none yet
    Q_PROPERTY(int messagesPerSecond READ messagesPerSecond NOTIFY statisticsChanged)
    Q_PROPERTY(int droppedCount READ droppedCount NOTIFY statisticsChanged)
    Q_PROPERTY(bool followsStream READ followsStream NOTIFY activeChanged)
    Q_PROPERTY(QString problem READ problem NOTIFY
                   activeChanged) ///< why devices may be missing, and what to do; empty when fine

public:
    explicit FleetController(QObject *parent = nullptr);
    ~FleetController() override;

    TableModel *devices() const;
    RejectedListModel *rejected() const;
    int rejectedCount() const;
    int total() const;
    int online() const;
    int late() const;
    int offline() const;
    int never() const;
    int unknown() const;
    QString stateFilter() const;
    void setStateFilter(const QString &state);
    bool active() const;
    bool loading() const;
    bool live() const;
    double dataAgeSeconds() const;
    int messagesPerSecond() const;
    int droppedCount() const;
    bool followsStream() const;
    QString problem() const;

    void follow(std::shared_ptr<nats::Connection> connection, const Subjects &subjects,
                const QString &domain);
    void setLinkUp(bool up);
    void stop();
    const presence::FleetTracker *tracker() const;
    /// Fields that are labels of the devices, for whoever asks by label.
    std::vector<std::string> labelNames() const;

    /// Names of every field a device has shown, for completion.
    Q_INVOKABLE QStringList fieldNames() const;
    Q_INVOKABLE QStringList valuesOf(const QString &field) const;

Q_SIGNALS:
    void statisticsChanged();
    void countsChanged();
    void stateFilterChanged();
    void activeChanged();

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace muster
