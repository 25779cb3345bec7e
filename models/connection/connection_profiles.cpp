// SPDX-License-Identifier: GPL-3.0-or-later
#include "connection/connection_controller_p.h"
#include "nats/context.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>
#include <QSaveFile>

#include <algorithm>

namespace muster {

namespace {

QString draftFile()
{
    return QFileInfo(connection::ProfileStore::defaultFile()).absolutePath() +
           QStringLiteral("/connection-draft.json");
}

} // namespace

QStringList ConnectionController::Private::otherNames() const
{
    QStringList names;
    for (const Profile &profile : profiles.profiles()) {
        if (profile.name != editing)
            names.append(profile.name);
    }
    return names;
}

void ConnectionController::Private::setForm(const Profile &profile, const QString &name)
{
    editing = name;
    form = connection::toForm(profile);
    saved = form;
    showErrors = false;
    profiles.setCurrent(name);
    clearTest();
    readForm();
}

void ConnectionController::Private::readForm()
{
    reading = connection::readForm(form, otherNames());
    const QString path = form.value(QStringLiteral("credsFile")).toString();
    const connection::Credentials credentials =
        path.isEmpty() ? connection::Credentials{} : connection::readCredentials(path);
    if (credentials.user.isEmpty())
        credsHint.clear();
    else if (credentials.expires.isValid())
        credsHint =
            ConnectionController::tr("User JWT for %1, valid until %2")
                .arg(credentials.user, QLocale().toString(credentials.expires.date(), QLocale::ShortFormat));
    else
        credsHint = ConnectionController::tr("User JWT for %1, without an end").arg(credentials.user);
    Q_EMIT q->formChanged();
}

void ConnectionController::Private::storeProfiles(QList<Profile> list)
{
    profiles.setProfiles(std::move(list));
    profiles.setCurrent(editing);
    // A file that could not be read holds connections that a save would wipe out.
    if (const Status status = unreadable ? Status(*unreadable) : store.save(profiles.profiles()); !status) {
        qCWarning(lcConnection) << words(status.error());
        problem = words(status.error());
        Q_EMIT q->stateChanged();
    }
    loadContexts();
}

void ConnectionController::Private::loadContexts()
{
    const QString chosen = QString::fromStdString(nats::selectedContext());
    QList<ContextListModel::Entry> entries;
    for (const std::string &name : nats::contextNames()) {
        const QString title = QString::fromStdString(name);
        const auto sameName = [&title](const Profile &profile) { return profile.name == title; };
        const auto &known = profiles.profiles();
        if (std::any_of(known.cbegin(), known.cend(), sameName))
            continue;
        ContextListModel::Entry entry;
        entry.name = title;
        if (const auto context = nats::readContext(name); context) {
            QStringList servers;
            for (const std::string &server : context->options.servers)
                servers.append(QString::fromStdString(server));
            entry.servers = servers.join(QStringLiteral(", "));
            if (!context->unsupported.empty()) {
                QStringList members;
                for (const std::string &member : context->unsupported)
                    members.append(QString::fromStdString(member));
                entry.unsupported = ConnectionController::tr("This build of Muster cannot do: %1.")
                                        .arg(members.join(QStringLiteral(", ")));
            }
        } else {
            entry.unsupported = words(context.error());
        }
        entry.checked = entry.name == chosen && entry.unsupported.isEmpty();
        entries.append(entry);
    }
    contexts.setEntries(std::move(entries));
}

void ConnectionController::Private::saveDraft() const
{
    if (form == saved) {
        QFile::remove(draftFile());
        return;
    }
    QJsonObject json = QJsonObject::fromVariantMap(form);
    json.remove(QStringLiteral("password"));
    json.remove(QStringLiteral("token"));
    json.insert(QStringLiteral("editing"), editing);
    QDir().mkpath(QFileInfo(draftFile()).absolutePath());
    QSaveFile file(draftFile());
    if (!file.open(QIODevice::WriteOnly))
        return;
    file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    file.write(QJsonDocument(json).toJson());
    file.commit();
}

bool ConnectionController::Private::restoreDraft()
{
    QFile file(draftFile());
    if (!file.open(QIODevice::ReadOnly))
        return false;
    QVariantMap draft = QJsonDocument::fromJson(file.readAll()).object().toVariantMap();
    if (draft.isEmpty())
        return false;
    const QString name = draft.take(QStringLiteral("editing")).toString();
    const auto &list = profiles.profiles();
    const auto known = std::find_if(list.cbegin(), list.cend(),
                                    [&name](const Profile &profile) { return profile.name == name; });
    setForm(known == list.cend() ? Profile{} : *known, known == list.cend() ? QString() : name);
    form.insert(draft);
    readForm();
    return true;
}

ProfileListModel *ConnectionController::profiles() const
{
    return &d->profiles;
}

ContextListModel *ConnectionController::contexts() const
{
    return &d->contexts;
}

QString ConnectionController::contextFolder() const
{
    QString folder = QString::fromStdString(nats::contextRoot()) + QStringLiteral("/context");
    if (folder.startsWith(QDir::homePath()))
        folder.replace(0, QDir::homePath().size(), QStringLiteral("~"));
    return folder;
}

QVariantMap ConnectionController::form() const
{
    return d->form;
}

QVariantMap ConnectionController::formErrors() const
{
    if (d->showErrors)
        return d->reading.errors;
    // Before the first use of the form, only what was typed is judged: an empty form is not full of
    // complaints.
    QVariantMap errors;
    for (auto error = d->reading.errors.cbegin(); error != d->reading.errors.cend(); ++error) {
        if (!d->form.value(error.key()).toString().isEmpty())
            errors.insert(error.key(), error.value());
    }
    return errors;
}

QString ConnectionController::credsHint() const
{
    return d->credsHint;
}

bool ConnectionController::formDirty() const
{
    return d->form != d->saved;
}

void ConnectionController::newProfile()
{
    Profile profile;
    profile.options.servers = {"nats://127.0.0.1:4222"};
    d->setForm(profile, {});
}

void ConnectionController::editProfile(const QString &name)
{
    for (const Profile &profile : d->profiles.profiles()) {
        if (profile.name == name) {
            d->setForm(profile, name);
            return;
        }
    }
}

void ConnectionController::setField(const QString &field, const QVariant &value)
{
    if (!d->form.contains(field) || d->form.value(field) == value)
        return;
    d->form.insert(field, value);
    d->draftTimer.start();
    d->readForm();
}

bool ConnectionController::save()
{
    d->showErrors = true;
    d->readForm();
    // A secret that is not saved is no reason to refuse the rest.
    QVariantMap errors = d->reading.errors;
    errors.remove(QStringLiteral("password"));
    errors.remove(QStringLiteral("token"));
    if (!errors.isEmpty())
        return false;
    QList<Profile> list = d->profiles.profiles();
    Profile profile = d->reading.profile;
    const auto known = std::find_if(list.begin(), list.end(),
                                    [this](const Profile &entry) { return entry.name == d->editing; });
    if (known != list.end()) {
        profile.lastUsed = known->lastUsed;
        *known = profile;
    } else {
        list.append(profile);
    }
    if (profile.connectOnStart) {
        for (Profile &entry : list)
            entry.connectOnStart = entry.name == profile.name;
    }
    d->editing = profile.name;
    d->saved = d->form;
    d->saveDraft();
    d->storeProfiles(list);
    d->readForm();
    return true;
}

void ConnectionController::duplicate()
{
    Profile copy = d->reading.profile;
    copy.connectOnStart = false;
    const QString name = copy.name;
    QStringList names = d->otherNames();
    names.append(d->editing);
    for (int i = 2; names.contains(copy.name); ++i)
        copy.name = QStringLiteral("%1-%2").arg(name).arg(i);
    d->setForm(copy, {});
    d->saved.clear();
    Q_EMIT formChanged();
}

void ConnectionController::remove()
{
    QList<Profile> list = d->profiles.profiles();
    list.removeIf([this](const Profile &profile) { return profile.name == d->editing; });
    const QString next = list.isEmpty() ? QString() : list.constFirst().name;
    QFile::remove(draftFile());
    d->storeProfiles(list);
    if (next.isEmpty())
        newProfile();
    else
        editProfile(next);
}

void ConnectionController::importChecked()
{
    QList<Profile> list = d->profiles.profiles();
    QString first;
    for (const QString &name : d->contexts.checkedNames()) {
        const auto context = nats::readContext(name.toStdString());
        if (!context)
            continue;
        Profile profile;
        profile.name = name;
        profile.options = context->options;
        profile.jetStreamDomain = QString::fromStdString(context->jetStreamDomain);
        if (!profile.options.credentialsFile.empty())
            profile.signIn = connection::SignIn::Credentials;
        else if (!profile.options.nkeySeedFile.empty())
            profile.signIn = connection::SignIn::NKey;
        else if (!profile.options.user.empty())
            profile.signIn = connection::SignIn::Password;
        else if (!profile.options.token.empty())
            profile.signIn = connection::SignIn::Token;
        list.append(profile);
        if (first.isEmpty())
            first = name;
    }
    if (first.isEmpty())
        return;
    d->storeProfiles(list);
    editProfile(first);
}

} // namespace muster
