// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "connection/profile.h"

#include <QVariantMap>

namespace muster::connection {

/// A profile as the fields of the Connect page, text as typed: what does not validate stays as it is.
QVariantMap toForm(const Profile &profile);

struct FormReading {
    Profile profile;
    QVariantMap errors; ///< field -> what is wrong with it and what to do; empty when the profile can be used
};
FormReading readForm(const QVariantMap &form, const QStringList &otherNames);

/// Who a credentials file signs in and until when, read from its JWT without checking its signature: the
/// server does. Empty when the file is not a credentials file.
struct Credentials {
    QString user;
    QDateTime expires; ///< invalid: never
};
Credentials readCredentials(const QString &file);

/// "~" and "$NAME" as a shell would have them.
QString expandPath(const QString &path);

} // namespace muster::connection
