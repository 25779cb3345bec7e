// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "query/query_composer.h"
#include "query/query_library.h"

#include <QObject>
#include <QVariantMap>

#include <memory>

namespace muster {

/// Which saved query the composer shows, if any, and whether it was edited since. What is typed is only
/// replaced by load(), startAnew() and loadTheirs(); replace() puts it aside. GUI thread.
class QueryDocument : public QObject {
    Q_OBJECT
    Q_PROPERTY(QString id READ id NOTIFY changed)     ///< empty: not a saved one
    Q_PROPERTY(QString name READ name NOTIFY changed) ///< as it was last known
    Q_PROPERTY(bool shared READ shared NOTIFY changed)
    Q_PROPERTY(bool edited READ edited NOTIFY changed) ///< other than as saved, or loaded
    /// save() would change what everybody uses, or make a question of another kind of it.
    Q_PROPERTY(bool saveSurprises READ saveSurprises NOTIFY changed)
    Q_PROPERTY(bool saving READ saving NOTIFY changed)
    Q_PROPERTY(QString problem READ problem NOTIFY changed) ///< why it could not be saved; until the next try
    Q_PROPERTY(
        QString conflictText READ conflictText NOTIFY changed) ///< somebody else changed it: who; else empty
    Q_PROPERTY(QString asideText READ asideText NOTIFY
                   draftChanged) ///< what replace() put aside, in one line; empty: nothing
    Q_PROPERTY(QVariantMap draft READ draft NOTIFY draftChanged) ///< all that is typed, to be restored

public:
    /// Both outlive it.
    QueryDocument(QueryComposer *composer, QueryLibrary *library, QObject *parent = nullptr);
    ~QueryDocument() override;

    QString id() const;
    QString name() const;
    bool shared() const;
    bool edited() const;
    bool saveSurprises() const;
    bool saving() const;
    QString problem() const;
    QString conflictText() const;
    QString asideText() const;
    QVariantMap draft() const;

    Q_INVOKABLE void restore(const QVariantMap &draft);
    Q_INVOKABLE void load(const QString &id);
    Q_INVOKABLE void startAnew();
    Q_INVOKABLE void save(); ///< under its name
    /// As another query; or instead of the one that has this name in the same place.
    Q_INVOKABLE void saveAs(const QString &name, bool shared);
    Q_INVOKABLE void loadTheirs();      ///< after a conflict
    Q_INVOKABLE void dismissConflict(); ///< what is typed stays, and saving it again replaces theirs
    void detach();                      ///< what is typed is no longer the saved one
    /// Composes another question. What was typed is put aside, until it is taken back or dropped.
    void replace(const query::Composition &question);
    Q_INVOKABLE void takeBack();
    Q_INVOKABLE void dropAside();

Q_SIGNALS:
    void changed();
    void draftChanged();
    void saved(const QString &name);

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace muster
