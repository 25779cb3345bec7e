// SPDX-License-Identifier: GPL-3.0-or-later
#include "connection/profile_form.h"

#include "core/device_id.h"
#include "core/subjects.h"
#include "nats/server_probe.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTimeZone>

namespace muster::connection {

namespace {

/// Where translators find these texts.
struct FormText {
    Q_DECLARE_TR_FUNCTIONS(FormText)
};

QString joined(const std::vector<std::string> &servers)
{
    QStringList list;
    for (const std::string &server : servers)
        list.append(QString::fromStdString(server));
    return list.join(QStringLiteral(", "));
}

/// The problem with one server's address; empty when there is none. `url` becomes what nats.c is given.
QString readServer(const QString &text, std::string *url)
{
    const auto address = nats::parseAddress(text.toStdString());
    if (!address)
        return QString::fromStdString(address.error().message + ' ' + address.error().remedy);
    if (!address->user.empty() || !address->token.empty())
        return FormText::tr(
            "Type the user and password in their own fields: addresses are saved as plain text.");
    *url = address->url();
    return {};
}

QString readableFile(const QString &path)
{
    const QFileInfo info(expandPath(path));
    if (!info.exists())
        return FormText::tr("There is no file %1.").arg(info.absoluteFilePath());
    if (!info.isFile() || !info.isReadable())
        return FormText::tr("%1 cannot be read. Check its owner and permissions.")
            .arg(info.absoluteFilePath());
    return {};
}

} // namespace

QString expandPath(const QString &path)
{
    QString expanded = path.trimmed();
    if (expanded == QStringLiteral("~") || expanded.startsWith(QStringLiteral("~/")))
        expanded.replace(0, 1, QDir::homePath());
    static const QRegularExpression variable(QStringLiteral("\\$\\{?([A-Za-z_][A-Za-z0-9_]*)\\}?"));
    QRegularExpressionMatch match;
    qsizetype from = 0;
    while ((from = expanded.indexOf(variable, from, &match)) >= 0) {
        const QString value = qEnvironmentVariable(match.captured(1).toLocal8Bit().constData());
        expanded.replace(from, match.capturedLength(), value);
        from += value.size();
    }
    return expanded;
}

QVariantMap toForm(const Profile &profile)
{
    const nats::ConnectOptions &options = profile.options;
    return {
        {QStringLiteral("name"), profile.name},
        {QStringLiteral("servers"), joined(options.servers)},
        {QStringLiteral("signIn"), name(profile.signIn)},
        {QStringLiteral("user"), QString::fromStdString(options.user)},
        {QStringLiteral("password"), QString::fromStdString(options.password)},
        {QStringLiteral("token"), QString::fromStdString(options.token)},
        {QStringLiteral("credsFile"), QString::fromStdString(options.credentialsFile)},
        {QStringLiteral("nkeyFile"), QString::fromStdString(options.nkeySeedFile)},
        {QStringLiteral("tls"), tlsName(options.tls)},
        {QStringLiteral("caFile"), QString::fromStdString(options.caFile)},
        {QStringLiteral("certFile"), QString::fromStdString(options.certificateFile)},
        {QStringLiteral("keyFile"), QString::fromStdString(options.keyFile)},
        {QStringLiteral("root"), profile.subjectRoot},
        {QStringLiteral("domain"), profile.jetStreamDomain},
        {QStringLiteral("connectOnStart"), profile.connectOnStart},
        {QStringLiteral("readOnly"), profile.readOnly},
    };
}

FormReading readForm(const QVariantMap &form, const QStringList &otherNames)
{
    FormReading reading;
    Profile &profile = reading.profile;
    const auto text = [&form](const char *field) {
        return form.value(QLatin1String(field)).toString().trimmed();
    };
    const auto wrong = [&reading](const char *field, const QString &message) {
        reading.errors.insert(QLatin1String(field), message);
    };

    profile.name = text("name");
    if (profile.name.isEmpty())
        wrong("name", FormText::tr("Give the connection a name."));
    else if (profile.name.size() > 64)
        wrong("name", FormText::tr("Use at most 64 characters."));
    else if (otherNames.contains(profile.name))
        wrong("name", FormText::tr("There is a connection named %1 already.").arg(profile.name));

    static const QRegularExpression separator(QStringLiteral("[,\\s]+"));
    const QStringList servers = text("servers").split(separator, Qt::SkipEmptyParts);
    if (servers.isEmpty())
        wrong("servers", FormText::tr("Name at least one server, like nats://host:4222."));
    for (const QString &server : servers) {
        std::string url;
        if (const QString problem = readServer(server, &url); !problem.isEmpty())
            wrong("servers", problem);
        else
            profile.options.servers.push_back(std::move(url));
    }

    // A path that is empty is an error only where the way of signing in needs it.
    const auto file = [&](const char *field, bool needed, const QString &whenEmpty) {
        const QString path = text(field);
        if (path.isEmpty()) {
            if (needed)
                wrong(field, whenEmpty);
        } else if (const QString problem = readableFile(path); !problem.isEmpty()) {
            wrong(field, problem);
        }
        return path.toStdString();
    };

    profile.signIn = signInFromName(text("signIn"));
    switch (profile.signIn) {
    case SignIn::None:
        break;
    case SignIn::Password:
        profile.options.user = text("user").toStdString();
        profile.options.password = form.value(QStringLiteral("password")).toString().toStdString();
        if (profile.options.user.empty())
            wrong("user", FormText::tr("Type the user's name."));
        if (profile.options.password.empty())
            wrong("password",
                  FormText::tr("Type the password. Muster keeps it until it closes and does not save it."));
        break;
    case SignIn::Token:
        profile.options.token = text("token").toStdString();
        if (profile.options.token.empty())
            wrong("token",
                  FormText::tr("Type the token. Muster keeps it until it closes and does not save it."));
        break;
    case SignIn::Credentials:
        profile.options.credentialsFile = file(
            "credsFile", true, FormText::tr("Choose the .creds file that holds the user's JWT and seed."));
        if (!reading.errors.contains(QStringLiteral("credsFile")) &&
            readCredentials(text("credsFile")).user.isEmpty())
            wrong("credsFile",
                  FormText::tr("This file has no user JWT in it. Choose a .creds file as nsc makes it."));
        break;
    case SignIn::NKey:
        profile.options.nkeySeedFile =
            file("nkeyFile", true, FormText::tr("Choose the file that holds the user's NKey seed."));
        break;
    }

    profile.options.tls = tlsFromName(text("tls"));
    if (profile.options.tls != nats::Tls::Off) {
        profile.options.caFile = file("caFile", false, {});
        profile.options.certificateFile =
            file("certFile", !text("keyFile").isEmpty(), FormText::tr("A client key needs its certificate."));
        profile.options.keyFile =
            file("keyFile", !text("certFile").isEmpty(), FormText::tr("A client certificate needs its key."));
    }

    profile.subjectRoot = text("root");
    if (const auto subjects = Subjects::withRoot(profile.subjectRoot.toStdString()); !subjects)
        wrong("root", QString::fromStdString(subjects.error().message));
    profile.jetStreamDomain = text("domain");
    if (!profile.jetStreamDomain.isEmpty() && !isToken(profile.jetStreamDomain.toStdString()))
        wrong("domain", QString::fromStdString(
                            notAToken("JetStream domain", profile.jetStreamDomain.toStdString()).message));
    profile.connectOnStart = form.value(QStringLiteral("connectOnStart")).toBool();
    profile.readOnly = form.value(QStringLiteral("readOnly")).toBool();
    return reading;
}

Credentials readCredentials(const QString &path)
{
    constexpr qint64 largestFile = qint64{64} * 1024;
    QFile file(expandPath(path));
    // Nothing but a file: a pipe or a terminal would keep us waiting.
    if (!QFileInfo(file).isFile() || !file.open(QIODevice::ReadOnly))
        return {};
    const QString content = QString::fromUtf8(file.read(largestFile));
    static const QRegularExpression jwt(QStringLiteral(
        "-----BEGIN NATS USER JWT-----\\s+([A-Za-z0-9_-]+)\\.([A-Za-z0-9_-]+)\\.[A-Za-z0-9_-]+"));
    const QRegularExpressionMatch match = jwt.match(content);
    if (!match.hasMatch())
        return {};
    const QByteArray claims =
        QByteArray::fromBase64(match.captured(2).toLatin1(), QByteArray::Base64UrlEncoding);
    const QJsonObject json = QJsonDocument::fromJson(claims).object();
    Credentials credentials;
    credentials.user = json.value(QLatin1String("name")).toString();
    if (credentials.user.isEmpty())
        credentials.user = json.value(QLatin1String("sub")).toString();
    if (const QJsonValue expires = json.value(QLatin1String("exp")); expires.isDouble())
        credentials.expires = QDateTime::fromSecsSinceEpoch(expires.toInteger(), QTimeZone::utc());
    return credentials;
}

} // namespace muster::connection
