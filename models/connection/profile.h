// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nats/connection.h"

#include <QDateTime>
#include <QList>
#include <QString>

namespace muster::connection {

enum class SignIn { None, Password, Token, Credentials, NKey };
QString name(SignIn signIn); ///< "none", "password", "token", "creds", "nkey": in the file and in the form
SignIn signInFromName(const QString &name);
QString tlsName(nats::Tls tls); ///< "asked", "required", "off"
nats::Tls tlsFromName(const QString &name);

/// A saved connection. Of secrets only the paths of their files are kept; a password or token typed in stays
/// in memory for this run.
struct Profile {
    QString name;
    SignIn signIn = SignIn::None;
    nats::ConnectOptions options;
    QString subjectRoot = QStringLiteral("fleet");
    QString jetStreamDomain;
    bool connectOnStart = false;
    bool readOnly = false;
    QDateTime lastUsed;
};

/// Profiles as <config>/muster/connections.json, written atomically, mode 0600.
class ProfileStore {
public:
    explicit ProfileStore(QString file = defaultFile());
    static QString defaultFile();

    /// A file that cannot be read is an error that names it; a missing one is an empty list.
    Result<QList<Profile>> load() const;
    Status save(const QList<Profile> &profiles) const;

private:
    QString m_file;
};

} // namespace muster::connection
