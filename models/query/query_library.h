// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/protocol/messages.h"
#include "core/subjects.h"
#include "nats/connection.h"
#include "query/composition.h"

#include <QAbstractListModel>

#include <memory>
#include <optional>

namespace muster {

/// A question in one line, for lists: its filter and scope.
QString questionText(const query::Composition &composition);
/// The same in some thousand letters, for where there is room.
QString wholeQuestionText(const query::Composition &composition);

/// Saved queries: this computer's and the account's, sorted by name. GUI thread; the file and the server are
/// asked on workers. Shared ones are shown as they were last known while the link is down.
class QueryLibrary : public QAbstractListModel {
    Q_OBJECT
    Q_PROPERTY(int count READ count NOTIFY countChanged)
    Q_PROPERTY(bool canShare READ canShare NOTIFY linkChanged) ///< the link is up, and the bucket is there
    Q_PROPERTY(QString cannotShareReason READ cannotShareReason NOTIFY linkChanged)
    Q_PROPERTY(QString problem READ problem NOTIFY problemChanged)     ///< stays until the next success
    Q_PROPERTY(int skippedCount READ skippedCount NOTIFY countChanged) ///< shared entries that are no query

public:
    enum Role {
        IdRole = Qt::UserRole + 1,
        NameRole,
        SharedRole,
        ByRole,
        AtRole,
        DetailRole, ///< the question in one line
        AsOfRole    ///< a time when this is what was last known of a shared query; else invalid
    };
    Q_ENUM(Role)

    explicit QueryLibrary(const QString &databaseFile, QObject *parent = nullptr);
    ~QueryLibrary() override;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override; ///< id, name, shared, by, at, detail, asOf

    int count() const;
    bool canShare() const;
    QString cannotShareReason() const;
    QString problem() const;
    int skippedCount() const;

    /// The revision that this hands out is the one that a later save() is based on.
    std::optional<query::Composition> composition(const QString &id) const;
    Q_INVOKABLE QString nameOf(const QString &id) const;
    Q_INVOKABLE bool isShared(const QString &id) const;
    Q_INVOKABLE QString idOfName(const QString &name, bool shared) const; ///< empty: none

    /// An empty `id` makes a new one. With another `shared` than before, the query moves: one that is no
    /// longer shared gets a new id.
    void save(const QString &id, const QString &name, bool shared, const query::Composition &composition);
    Q_INVOKABLE void rename(const QString &id, const QString &name);
    Q_INVOKABLE void remove(const QString &id);

    /// `connection` null: no link any more.
    void setLink(std::shared_ptr<nats::Connection> connection, const Subjects &subjects,
                 const QString &domain, const QString &operatorName);
    void setLinkUp(bool up);

Q_SIGNALS:
    void countChanged();
    void linkChanged();
    void problemChanged();
    void saved(const QString &id);
    void removed(const QString &id);
    void failed(const QString &message);
    void conflict(const QString &id); ///< somebody else changed it: it now shows theirs

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace muster
