// SPDX-License-Identifier: GPL-3.0-or-later
#include "connection/profile.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>
#include <QStandardPaths>

#include <array>
#include <utility>

namespace muster::connection {

namespace {

constexpr std::array<std::pair<SignIn, const char *>, 5> signInNames{{
    {SignIn::None, "none"},
    {SignIn::Password, "password"},
    {SignIn::Token, "token"},
    {SignIn::Credentials, "creds"},
    {SignIn::NKey, "nkey"},
}};

constexpr std::array<std::pair<nats::Tls, const char *>, 3> tlsNames{{
    {nats::Tls::WhenAsked, "asked"},
    {nats::Tls::Required, "required"},
    {nats::Tls::Off, "off"},
}};

QJsonObject toJson(const Profile &profile)
{
    QJsonArray servers;
    for (const std::string &server : profile.options.servers)
        servers.append(QString::fromStdString(server));
    QJsonObject json{
        {QStringLiteral("name"), profile.name},
        {QStringLiteral("servers"), servers},
        {QStringLiteral("sign_in"), name(profile.signIn)},
        {QStringLiteral("tls"), tlsName(profile.options.tls)},
        {QStringLiteral("root"), profile.subjectRoot},
        {QStringLiteral("connect_on_start"), profile.connectOnStart},
        {QStringLiteral("read_only"), profile.readOnly},
    };
    const auto keep = [&json](const char *key, const QString &value) {
        if (!value.isEmpty())
            json.insert(QLatin1String(key), value);
    };
    keep("user", QString::fromStdString(profile.options.user));
    keep("creds", QString::fromStdString(profile.options.credentialsFile));
    keep("nkey", QString::fromStdString(profile.options.nkeySeedFile));
    keep("ca", QString::fromStdString(profile.options.caFile));
    keep("cert", QString::fromStdString(profile.options.certificateFile));
    keep("key", QString::fromStdString(profile.options.keyFile));
    keep("domain", profile.jetStreamDomain);
    keep("last_used", profile.lastUsed.toUTC().toString(Qt::ISODateWithMs));
    return json;
}

Profile fromJson(const QJsonObject &json)
{
    const auto text = [&json](const char *key) { return json.value(QLatin1String(key)).toString(); };
    Profile profile;
    profile.name = text("name");
    const QJsonArray servers = json.value(QLatin1String("servers")).toArray();
    for (const auto &server : servers)
        profile.options.servers.push_back(server.toString().toStdString());
    profile.signIn = signInFromName(text("sign_in"));
    profile.options.tls = tlsFromName(text("tls"));
    profile.options.user = text("user").toStdString();
    profile.options.credentialsFile = text("creds").toStdString();
    profile.options.nkeySeedFile = text("nkey").toStdString();
    profile.options.caFile = text("ca").toStdString();
    profile.options.certificateFile = text("cert").toStdString();
    profile.options.keyFile = text("key").toStdString();
    if (const QString root = text("root"); !root.isEmpty())
        profile.subjectRoot = root;
    profile.jetStreamDomain = text("domain");
    profile.connectOnStart = json.value(QLatin1String("connect_on_start")).toBool();
    profile.readOnly = json.value(QLatin1String("read_only")).toBool();
    profile.lastUsed = QDateTime::fromString(text("last_used"), Qt::ISODateWithMs);
    return profile;
}

Error unreadable(const QString &file, const QString &why)
{
    return {"connection.file",
            QStringLiteral("Cannot read the saved connections in %1: %2.").arg(file, why).toStdString(),
            "Mend the file, or move it away to start with an empty list. Muster does not write over it."};
}

} // namespace

QString name(SignIn signIn)
{
    for (const auto &[value, text] : signInNames) {
        if (value == signIn)
            return QLatin1String(text);
    }
    return {};
}

SignIn signInFromName(const QString &name)
{
    for (const auto &[value, text] : signInNames) {
        if (name == QLatin1String(text))
            return value;
    }
    return SignIn::None;
}

QString tlsName(nats::Tls tls)
{
    for (const auto &[value, text] : tlsNames) {
        if (value == tls)
            return QLatin1String(text);
    }
    return {};
}

nats::Tls tlsFromName(const QString &name)
{
    for (const auto &[value, text] : tlsNames) {
        if (name == QLatin1String(text))
            return value;
    }
    return nats::Tls::WhenAsked;
}

ProfileStore::ProfileStore(QString file) : m_file(std::move(file)) {}

QString ProfileStore::defaultFile()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) +
           QStringLiteral("/muster/connections.json");
}

Result<QList<Profile>> ProfileStore::load() const
{
    QFile file(m_file);
    if (!file.exists())
        return QList<Profile>{};
    if (!file.open(QIODevice::ReadOnly))
        return unreadable(m_file, file.errorString());
    QJsonParseError parsing{};
    const QJsonDocument document = QJsonDocument::fromJson(file.readAll(), &parsing);
    if (parsing.error != QJsonParseError::NoError) {
        return unreadable(m_file,
                          QStringLiteral("%1 at byte %2").arg(parsing.errorString()).arg(parsing.offset));
    }
    QList<Profile> profiles;
    const QJsonArray entries = document.object().value(QLatin1String("connections")).toArray();
    for (const auto &entry : entries) {
        Profile profile = fromJson(entry.toObject());
        if (!profile.name.isEmpty())
            profiles.append(std::move(profile));
    }
    return profiles;
}

Status ProfileStore::save(const QList<Profile> &profiles) const
{
    QJsonArray entries;
    for (const Profile &profile : profiles)
        entries.append(toJson(profile));
    const QJsonObject root{{QStringLiteral("connections"), entries}};

    const auto failed = [this](const QString &why) {
        return Error{"connection.file",
                     QStringLiteral("Cannot save the connections to %1: %2.").arg(m_file, why).toStdString(),
                     "Make the folder writable, then save again."};
    };
    if (!QDir().mkpath(QFileInfo(m_file).absolutePath()))
        return failed(QStringLiteral("the folder cannot be made"));
    QSaveFile file(m_file);
    if (!file.open(QIODevice::WriteOnly))
        return failed(file.errorString());
    file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    file.write(QJsonDocument(root).toJson());
    if (!file.commit())
        return failed(file.errorString());
    return {};
}

} // namespace muster::connection
