// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "connection/connection_models.h"
#include "core/subjects.h"
#include "nats/connection.h"

#include <QObject>
#include <QVariantMap>

#include <memory>

namespace muster {

/// The connection of the dashboard: which there are, the one being edited, the one in use and how it is.
/// GUI thread; everything that blocks runs on a worker and comes back as a signal.
class ConnectionController : public QObject {
    Q_OBJECT
    Q_PROPERTY(muster::ProfileListModel *profiles READ profiles CONSTANT)
    Q_PROPERTY(muster::ContextListModel *contexts READ contexts CONSTANT)
    Q_PROPERTY(QString contextFolder READ contextFolder CONSTANT)
    Q_PROPERTY(muster::TestStepModel *testSteps READ testSteps CONSTANT)
    Q_PROPERTY(bool testing READ testing NOTIFY testChanged)
    Q_PROPERTY(
        QString testTime READ testTime NOTIFY testChanged) ///< of the last test; empty before the first
    Q_PROPERTY(bool canPrepare READ canPrepare NOTIFY
                   testChanged) ///< the account lacks fleet streams and may make them
    Q_PROPERTY(
        QString prepareText READ prepareText NOTIFY testChanged) ///< what preparing would create, by name

    /// The form: name, servers, signIn ("none", "password", "token", "creds", "nkey"), user, password, token,
    /// credsFile, nkeyFile, tls ("required", "asked", "off"), caFile, certFile, keyFile, root, domain,
    /// connectOnStart, readOnly.
    Q_PROPERTY(QVariantMap form READ form NOTIFY formChanged)
    Q_PROPERTY(QVariantMap formErrors READ formErrors NOTIFY formChanged) ///< field -> what is wrong with it
    Q_PROPERTY(QString credsHint READ credsHint NOTIFY
                   formChanged) ///< "User JWT for op_mara, valid until 2025-12-31"
    Q_PROPERTY(bool formDirty READ formDirty NOTIFY formChanged)

    Q_PROPERTY(State state READ state NOTIFY stateChanged)
    Q_PROPERTY(QString currentName READ currentName NOTIFY stateChanged)
    Q_PROPERTY(QString currentUrl READ currentUrl NOTIFY stateChanged)
    Q_PROPERTY(QString userName READ userName NOTIFY stateChanged)
    Q_PROPERTY(bool readOnly READ readOnly NOTIFY stateChanged)
    Q_PROPERTY(QString problem READ problem NOTIFY
                   stateChanged) ///< why there is no connection, and what to do; else empty
    Q_PROPERTY(int downSeconds READ downSeconds NOTIFY stateChanged) ///< since the link went down
    Q_PROPERTY(int roundTripMs READ roundTripMs NOTIFY roundTripChanged) ///< -1: not known
    Q_PROPERTY(
        QString jetStreamText READ jetStreamText NOTIFY stateChanged) ///< "JetStream ok", "no JetStream"

    Q_PROPERTY(bool demoRunning READ demoRunning NOTIFY demoChanged)
    Q_PROPERTY(bool demoStarting READ demoStarting NOTIFY demoChanged)
    Q_PROPERTY(
        bool demoConnected READ demoConnected NOTIFY demoChanged) ///< the demo is the fleet in the window
    Q_PROPERTY(
        bool demoServerDown READ demoServerDown NOTIFY demoChanged) ///< it ended under a window that shows it
    Q_PROPERTY(QString demoText READ demoText NOTIFY demoChanged)   ///< progress, or why it could not start
    Q_PROPERTY(QString demoServerCommand READ demoServerCommand NOTIFY demoChanged)

public:
    enum State { Disconnected, Connecting, Connected, Reconnecting, Failed };
    Q_ENUM(State)

    explicit ConnectionController(QObject *parent = nullptr);
    ~ConnectionController() override;

    ProfileListModel *profiles() const;
    ContextListModel *contexts() const;
    QString contextFolder() const;
    TestStepModel *testSteps() const;
    bool testing() const;
    QString testTime() const;
    bool canPrepare() const;
    QString prepareText() const;
    QVariantMap form() const;
    QVariantMap formErrors() const;
    QString credsHint() const;
    bool formDirty() const;
    State state() const;
    QString currentName() const;
    QString currentUrl() const;
    QString userName() const;
    bool readOnly() const;
    QString problem() const;
    int downSeconds() const;
    int roundTripMs() const;
    QString jetStreamText() const;
    bool demoRunning() const;
    bool demoStarting() const;
    bool demoConnected() const;
    bool demoServerDown() const;
    QString demoText() const;
    QString demoServerCommand() const;

    /// The link in use; null before the first connect. `subjects` and `domain` are its profile's.
    std::shared_ptr<nats::Connection> link() const;
    Subjects subjects() const;
    QString domain() const;

    Q_INVOKABLE void newProfile();
    Q_INVOKABLE void editProfile(const QString &name);
    Q_INVOKABLE void setField(const QString &field, const QVariant &value);
    Q_INVOKABLE bool save(); ///< false: formErrors says why
    Q_INVOKABLE void duplicate();
    Q_INVOKABLE void remove();
    Q_INVOKABLE void importChecked();
    Q_INVOKABLE void test();
    Q_INVOKABLE void cancelTest();
    Q_INVOKABLE void prepare(); ///< creates the missing streams, then tests again
    Q_INVOKABLE void connectForm();
    Q_INVOKABLE void connectTo(const QString &name);
    Q_INVOKABLE void connectAtStart(); ///< to the profile that is marked so; nothing when none is
    Q_INVOKABLE void disconnectFromServer();
    Q_INVOKABLE void startDemo(int devices = 200);
    Q_INVOKABLE void restartDemoServer();
    Q_INVOKABLE void stopDemo();

Q_SIGNALS:
    void testChanged();
    void formChanged();
    void stateChanged();
    void roundTripChanged();
    void demoChanged();
    void linkOpened(); ///< link() is a new connection
    void linkClosed();
    void linkUpChanged(bool up);

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace muster
