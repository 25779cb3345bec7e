// SPDX-License-Identifier: GPL-3.0-or-later
#include "connection/connection_controller_p.h"
#include "nats/jetstream.h"

namespace muster {

void ConnectionController::Private::setState(State next, const QString &why)
{
    state = next;
    problem = why;
    Q_EMIT q->stateChanged();
}

void ConnectionController::Private::closeOnWorker(std::shared_ptr<nats::Connection> closing)
{
    workers.start([closing = std::move(closing)]() mutable {
        closing->close();
        closing.reset();
    });
}

void ConnectionController::Private::dropLink()
{
    ++linkGeneration;
    roundTripTimer.stop();
    roundTrip = -1;
    measuring = false;
    if (!link)
        return;
    auto closing = std::exchange(link, nullptr);
    Q_EMIT q->linkClosed();
    closeOnWorker(std::move(closing));
    Q_EMIT q->roundTripChanged();
}

void ConnectionController::Private::open(const Profile &profile, bool keepTrying)
{
    const auto root = Subjects::withRoot(profile.subjectRoot.toStdString());
    if (!root) {
        setState(Failed, words(root.error()));
        return;
    }
    dropLink();
    demoConnected = false; // until openDemo() says that this is the demo's
    Q_EMIT q->demoChanged();
    const int generation = linkGeneration;
    current = profile;
    subjects = *root;
    jetStreamText.clear();
    setState(Connecting);

    nats::ConnectOptions options = profile.options;
    options.name = "muster";
    options.retryFirstConnect = keepTrying;
    auto onEvent = [this, generation, to = post](const nats::Event &event) {
        (*to)([this, generation, event] { handle(generation, event); });
    };
    async([options, onEvent] { return nats::Connection::open(options, onEvent); },
          [this, generation](Result<std::shared_ptr<nats::Connection>> opened) {
              if (generation != linkGeneration) { // another connection was asked for meanwhile
                  if (opened)
                      closeOnWorker(*opened);
                  return;
              }
              if (!opened) {
                  setState(Failed, words(opened.error()));
                  return;
              }
              link = *opened;
              rememberUse();
              Q_EMIT q->linkOpened();
              if (link->state() == nats::State::Connected)
                  linkIsUp();
              else
                  setState(Connecting);
          });
}

void ConnectionController::Private::rememberUse()
{
    QList<Profile> list = profiles.profiles();
    for (Profile &profile : list) {
        if (profile.name == current.name) {
            profile.lastUsed = QDateTime::currentDateTimeUtc();
            storeProfiles(list);
            return;
        }
    }
}

void ConnectionController::Private::linkIsUp()
{
    setState(Connected);
    Q_EMIT q->linkUpChanged(true);
    measure();
    roundTripTimer.start();
    const int generation = linkGeneration;
    async(
        [link = link, domain = current.jetStreamDomain.toStdString()] {
            return nats::JetStream(link, domain).accountInfo();
        },
        [this, generation](const Result<nats::AccountInfo> &account) {
            if (generation != linkGeneration)
                return;
            if (account)
                jetStreamText = ConnectionController::tr("JetStream ok");
            else if (account.error().code == "jetstream.unavailable")
                jetStreamText = ConnectionController::tr("no JetStream");
            else
                jetStreamText = ConnectionController::tr("JetStream does not answer");
            Q_EMIT q->stateChanged();
        });
}

void ConnectionController::Private::handle(int generation, const nats::Event &event)
{
    if (generation != linkGeneration)
        return;
    switch (event.kind) {
    case nats::Event::Kind::Connected:
    case nats::Event::Kind::Reconnected:
        if (link && state != Connected)
            linkIsUp();
        break;
    case nats::Event::Kind::Disconnected:
        roundTripTimer.stop();
        roundTrip = -1;
        downSince = QDateTime::currentDateTimeUtc();
        setState(Reconnecting, event.error.message.empty()
                                   ? ConnectionController::tr("The server is out of reach.")
                                   : words(event.error));
        Q_EMIT q->linkUpChanged(false);
        Q_EMIT q->roundTripChanged();
        downTimer.start();
        break;
    case nats::Event::Kind::Closed:
        break; // only ever of our own doing
    case nats::Event::Kind::Error:
        if (state == Connecting || state == Reconnecting || event.error.code == "nats.permission") {
            problem = words(event.error);
            Q_EMIT q->stateChanged();
        }
        qCInfo(lcConnection) << words(event.error);
        break;
    }
}

void ConnectionController::Private::measure()
{
    if (!link || measuring || state != Connected)
        return;
    measuring = true;
    async([link = link] { return link->roundTrip(); },
          [this, generation = linkGeneration](const Result<nats::milliseconds> &took) {
              if (generation != linkGeneration)
                  return;
              measuring = false;
              roundTrip = took && state == Connected ? int(took->count()) : -1;
              Q_EMIT q->roundTripChanged();
          });
}

ConnectionController::State ConnectionController::state() const
{
    return d->state;
}

QString ConnectionController::currentName() const
{
    return d->state == Disconnected ? QString() : d->current.name;
}

QString ConnectionController::currentUrl() const
{
    if (d->link) {
        if (const std::string url = d->link->connectedUrl(); !url.empty())
            return QString::fromStdString(url);
    }
    return d->current.options.servers.empty() ? QString()
                                              : QString::fromStdString(d->current.options.servers.front());
}

QString ConnectionController::userName() const
{
    if (d->state == Disconnected)
        return {};
    if (d->current.signIn == connection::SignIn::Credentials)
        return connection::readCredentials(QString::fromStdString(d->current.options.credentialsFile)).user;
    return QString::fromStdString(d->current.options.user);
}

bool ConnectionController::readOnly() const
{
    return d->current.readOnly;
}

QString ConnectionController::problem() const
{
    return d->problem;
}

int ConnectionController::downSeconds() const
{
    return d->state == Reconnecting ? int(d->downSince.secsTo(QDateTime::currentDateTimeUtc())) : 0;
}

int ConnectionController::roundTripMs() const
{
    return d->roundTrip;
}

QString ConnectionController::jetStreamText() const
{
    return d->jetStreamText;
}

std::shared_ptr<nats::Connection> ConnectionController::link() const
{
    return d->link;
}

Subjects ConnectionController::subjects() const
{
    return d->subjects;
}

QString ConnectionController::domain() const
{
    return d->current.jetStreamDomain;
}

void ConnectionController::connectForm()
{
    d->showErrors = true;
    d->readForm();
    if (!d->reading.errors.isEmpty())
        return;
    d->open(d->reading.profile, false);
}

void ConnectionController::connectTo(const QString &name)
{
    for (const Profile &profile : d->profiles.profiles()) {
        if (profile.name == name) {
            editProfile(name);
            // Asked for by name at the start: a server that is not there yet is waited for.
            d->open(profile, true);
            return;
        }
    }
    d->setState(Failed, tr("There is no saved connection named %1.").arg(name));
}

void ConnectionController::connectAtStart()
{
    for (const Profile &profile : d->profiles.profiles()) {
        if (profile.connectOnStart) {
            connectTo(profile.name);
            return;
        }
    }
}

void ConnectionController::disconnectFromServer()
{
    d->dropLink();
    if (d->demoConnected)
        stopDemo();
    d->setState(Disconnected);
}

} // namespace muster
