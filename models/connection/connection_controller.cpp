// SPDX-License-Identifier: GPL-3.0-or-later
#include "connection/connection_controller.h"

#include "connection/connection_check.h"
#include "connection/profile_form.h"
#include "demo/demo_fleet.h"
#include "nats/context.h"
#include "nats/jetstream.h"
#include "nats/provision.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>
#include <QLoggingCategory>
#include <QSaveFile>
#include <QThreadPool>
#include <QTimer>

#include <algorithm>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

Q_LOGGING_CATEGORY(lcConnection, "muster.connection")

namespace muster {

using connection::Profile;

namespace {

constexpr int roundTripIntervalMs = 5000;
constexpr int demoWatchIntervalMs = 300;
constexpr int draftDelayMs = 500;

QString words(const Error &error)
{
    QString text = QString::fromStdString(error.message);
    if (!error.remedy.empty())
        text += QLatin1Char(' ') + QString::fromStdString(error.remedy);
    return text;
}

QString draftFile()
{
    return QFileInfo(connection::ProfileStore::defaultFile()).absolutePath() +
           QStringLiteral("/connection-draft.json");
}

} // namespace

struct ConnectionController::Private {
    explicit Private(ConnectionController *controller) : q(controller)
    {
        workers.setMaxThreadCount(4);
        post->controller = q;
    }

    /// Where NATS threads find the controller, as long as there is one: a connection may outlive it, in the
    /// hands of whoever still waits for an answer.
    struct Post {
        std::mutex mutex;
        ConnectionController *controller = nullptr;

        void operator()(std::function<void()> work)
        {
            const std::lock_guard lock(mutex);
            if (controller)
                QMetaObject::invokeMethod(controller, std::move(work), Qt::QueuedConnection);
        }
    };

    /// Runs `work` on a worker and `done(its result)` on the GUI thread, unless the controller is gone by
    /// then.
    template <typename Work, typename Done>
    void async(Work work, Done done)
    {
        workers.start([controller = q, work = std::move(work), done = std::move(done)]() mutable {
            auto result = std::make_shared<decltype(work())>(work());
            QMetaObject::invokeMethod(
                controller, [result, done = std::move(done)]() mutable { done(std::move(*result)); },
                Qt::QueuedConnection);
        });
    }

    QStringList otherNames() const
    {
        QStringList names;
        for (const Profile &profile : profiles.profiles()) {
            if (profile.name != editing)
                names.append(profile.name);
        }
        return names;
    }

    void setForm(const Profile &profile, const QString &name)
    {
        editing = name;
        form = connection::toForm(profile);
        saved = form;
        showErrors = false;
        profiles.setCurrent(name);
        clearTest();
        readForm();
    }

    void readForm()
    {
        reading = connection::readForm(form, otherNames());
        const QString path = form.value(QStringLiteral("credsFile")).toString();
        const connection::Credentials credentials =
            path.isEmpty() ? connection::Credentials{} : connection::readCredentials(path);
        if (credentials.user.isEmpty())
            credsHint.clear();
        else if (credentials.expires.isValid())
            credsHint = ConnectionController::tr("User JWT for %1, valid until %2")
                            .arg(credentials.user,
                                 QLocale().toString(credentials.expires.date(), QLocale::ShortFormat));
        else
            credsHint = ConnectionController::tr("User JWT for %1, without an end").arg(credentials.user);
        Q_EMIT q->formChanged();
    }

    void clearTest()
    {
        ++testGeneration;
        if (testCancel)
            *testCancel = true;
        testing = false;
        testTime.clear();
        missing.clear();
        testSteps.setSteps({});
        Q_EMIT q->testChanged();
    }

    void storeProfiles(QList<Profile> list)
    {
        profiles.setProfiles(std::move(list));
        profiles.setCurrent(editing);
        // A file that could not be read holds connections that a save would wipe out.
        if (const Status status = unreadable ? Status(*unreadable) : store.save(profiles.profiles());
            !status) {
            qCWarning(lcConnection) << words(status.error());
            problem = words(status.error());
            Q_EMIT q->stateChanged();
        }
        loadContexts();
    }

    void loadContexts()
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

    void setState(State next, const QString &why = {})
    {
        state = next;
        problem = why;
        Q_EMIT q->stateChanged();
    }

    /// Closing waits for handlers that may be running; the GUI thread does not.
    void closeOnWorker(std::shared_ptr<nats::Connection> closing)
    {
        workers.start([closing = std::move(closing)]() mutable {
            closing->close();
            closing.reset();
        });
    }

    void dropLink()
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

    void open(const Profile &profile, bool keepTrying)
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

    void openDemo()
    {
        Profile profile;
        profile.name = ConnectionController::tr("Demo fleet");
        profile.options.servers = {demo->url()};
        open(profile, false);
        demoConnected = true;
        Q_EMIT q->demoChanged();
    }

    void rememberUse()
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

    void linkIsUp()
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

    void handle(int generation, const nats::Event &event)
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

    void measure()
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

    void runTest()
    {
        showErrors = true;
        readForm();
        clearTest();
        if (!reading.errors.isEmpty())
            return;
        testing = true;
        testSteps.setSteps(connection::pendingSteps());
        Q_EMIT q->testChanged();
        const int generation = testGeneration;
        testCancel = std::make_shared<std::atomic<bool>>(false);
        auto report = [this, generation, controller = q](connection::CheckStep which,
                                                         TestStepModel::Step step) {
            QMetaObject::invokeMethod(
                controller,
                [this, generation, which, step = std::move(step)] {
                    if (generation == testGeneration)
                        testSteps.setStep(int(which), step);
                },
                Qt::QueuedConnection);
        };
        async([profile = reading.profile, report,
               cancel = testCancel] { return connection::check(profile, report, *cancel); },
              [this, generation](const connection::CheckOutcome &outcome) {
                  if (generation != testGeneration)
                      return;
                  testing = false;
                  missing = outcome.missingStreams;
                  testTime =
                      QLocale().toString(QDateTime::currentDateTime().time(), QStringLiteral("HH:mm:ss"));
                  Q_EMIT q->testChanged();
              });
    }

    void watchDemo()
    {
        if (!demo)
            return;
        const bool down = !demo->serverRunning();
        if (down == demoDown)
            return;
        demoDown = down;
        if (down)
            demoText = ConnectionController::tr("The demo fleet's nats-server has ended.");
        else
            demoText.clear();
        Q_EMIT q->demoChanged();
    }

    void saveDraft() const
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

    /// What was typed before a crash comes back, beside what is saved.
    bool restoreDraft()
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

    ConnectionController *q;
    std::shared_ptr<Post> post = std::make_shared<Post>();
    connection::ProfileStore store;
    std::optional<Error> unreadable; ///< why the saved connections could not be read
    ProfileListModel profiles;
    ContextListModel contexts;
    TestStepModel testSteps;

    QString editing; ///< the saved name of the profile in the form; empty: a new one
    QVariantMap form, saved;
    connection::FormReading reading;
    bool showErrors = false;
    QString credsHint;
    QTimer draftTimer;

    bool testing = false;
    int testGeneration = 0;
    std::shared_ptr<std::atomic<bool>> testCancel;
    QString testTime;
    QStringList missing;

    State state = Disconnected;
    Profile current;
    Subjects subjects;
    std::shared_ptr<nats::Connection> link;
    int linkGeneration = 0;
    QString problem, jetStreamText;
    QDateTime downSince;
    int roundTrip = -1;
    bool measuring = false;
    QTimer roundTripTimer, downTimer;

    std::shared_ptr<demo::DemoFleet> demo;
    bool demoStarting = false, demoDown = false, demoConnected = false;
    QString demoText;
    QTimer demoTimer;

    QThreadPool workers; ///< last: its destructor waits for what uses the members above
};

ConnectionController::ConnectionController(QObject *parent)
    : QObject(parent),
      d(std::make_unique<Private>(this))
{
    d->roundTripTimer.setInterval(roundTripIntervalMs);
    connect(&d->roundTripTimer, &QTimer::timeout, this, [this] { d->measure(); });
    d->downTimer.setInterval(1000);
    connect(&d->downTimer, &QTimer::timeout, this, [this] {
        if (d->state != Reconnecting) {
            d->downTimer.stop();
            return;
        }
        Q_EMIT stateChanged(); // downSeconds() moved on
    });
    d->demoTimer.setInterval(demoWatchIntervalMs);
    connect(&d->demoTimer, &QTimer::timeout, this, [this] { d->watchDemo(); });
    d->draftTimer.setSingleShot(true);
    d->draftTimer.setInterval(draftDelayMs);
    connect(&d->draftTimer, &QTimer::timeout, this, [this] { d->saveDraft(); });

    if (auto loaded = d->store.load(); loaded) {
        d->profiles.setProfiles(*loaded);
    } else {
        qCWarning(lcConnection) << words(loaded.error());
        d->unreadable = loaded.error();
        d->problem = words(loaded.error());
    }
    d->loadContexts();
    if (!d->restoreDraft()) {
        if (d->profiles.profiles().isEmpty())
            newProfile();
        else
            editProfile(d->profiles.profiles().constFirst().name);
    }
}

ConnectionController::~ConnectionController()
{
    if (d->testCancel)
        *d->testCancel = true;
    if (d->draftTimer.isActive())
        d->saveDraft();
    {
        const std::lock_guard lock(d->post->mutex);
        d->post->controller = nullptr;
    }
    d->workers.waitForDone();
    if (d->link)
        d->link->close();
    d->link.reset();
    d->demo.reset();
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

TestStepModel *ConnectionController::testSteps() const
{
    return &d->testSteps;
}

bool ConnectionController::testing() const
{
    return d->testing;
}

QString ConnectionController::testTime() const
{
    return d->testTime;
}

bool ConnectionController::canPrepare() const
{
    return !d->testing && !d->missing.isEmpty() && !d->reading.profile.readOnly;
}

QString ConnectionController::prepareText() const
{
    return d->missing.join(QStringLiteral(", "));
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

bool ConnectionController::demoRunning() const
{
    return d->demo != nullptr;
}

bool ConnectionController::demoStarting() const
{
    return d->demoStarting;
}

bool ConnectionController::demoConnected() const
{
    return d->demoConnected;
}

bool ConnectionController::demoServerDown() const
{
    return d->demoDown && d->demoConnected;
}

QString ConnectionController::demoText() const
{
    return d->demoText;
}

QString ConnectionController::demoServerCommand() const
{
    return d->demo ? QString::fromStdString(d->demo->serverCommand()) : QString();
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

void ConnectionController::test()
{
    d->runTest();
}

void ConnectionController::cancelTest()
{
    d->clearTest();
}

void ConnectionController::prepare()
{
    if (!canPrepare())
        return;
    const Profile profile = d->reading.profile;
    d->testing = true;
    Q_EMIT testChanged();
    const int generation = d->testGeneration;
    d->async(
        [profile]() -> Result<std::vector<nats::StreamCheck>> {
            const auto subjects = Subjects::withRoot(profile.subjectRoot.toStdString());
            if (!subjects)
                return subjects.error();
            const auto link = nats::Connection::open(profile.options);
            if (!link)
                return link.error();
            nats::JetStream jetStream(*link, profile.jetStreamDomain.toStdString());
            return nats::prepareFleet(jetStream, *subjects, 1, false);
        },
        [this, generation](const Result<std::vector<nats::StreamCheck>> &prepared) {
            if (generation != d->testGeneration)
                return;
            d->testing = false;
            if (prepared) {
                d->runTest(); // its steps say what is there now, and what could not be made
                return;
            }
            d->testSteps.setStep(int(connection::CheckStep::Streams),
                                 {tr("Fleet streams"), QString::fromStdString(prepared.error().message),
                                  QString::fromStdString(prepared.error().remedy), TestStepModel::Failed});
            Q_EMIT testChanged();
        });
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

void ConnectionController::startDemo(int devices)
{
    if (d->demoStarting)
        return;
    if (d->demo) {
        if (!d->demoConnected)
            d->openDemo();
        return;
    }
    d->demoStarting = true;
    d->demoText = tr("Starting the demo fleet");
    Q_EMIT demoChanged();
    const auto progress = [this](const std::string &text) {
        QMetaObject::invokeMethod(
            this,
            [this, text = QString::fromStdString(text)] {
                if (!d->demoStarting)
                    return;
                d->demoText = text;
                Q_EMIT demoChanged();
            },
            Qt::QueuedConnection);
    };
    demo::DemoFleet::Options options;
    options.sim.devices = devices;
    options.agentExecutable =
        (QCoreApplication::applicationDirPath() + QStringLiteral("/muster-agent")).toStdString();
    d->async([options, progress] { return demo::DemoFleet::start(options, progress); },
             [this](Result<std::unique_ptr<demo::DemoFleet>> started) {
                 d->demoStarting = false;
                 if (!started) {
                     d->demoText = words(started.error());
                     Q_EMIT demoChanged();
                     return;
                 }
                 d->demo = std::move(*started);
                 d->demoText.clear();
                 d->demoDown = false;
                 d->demoTimer.start();
                 Q_EMIT demoChanged();

                 d->openDemo();
             });
}

void ConnectionController::restartDemoServer()
{
    if (!d->demo || !d->demoDown)
        return;
    d->demoText = tr("Starting nats-server again");
    Q_EMIT demoChanged();
    d->async([demo = d->demo] { return demo->restartServer(); },
             [this](const Status &status) {
                 if (!status) {
                     d->demoText = words(status.error());
                     Q_EMIT demoChanged();
                     return;
                 }
                 d->watchDemo();
             });
}

void ConnectionController::stopDemo()
{
    if (!d->demo)
        return;
    d->demoTimer.stop();
    d->demoDown = false;
    d->demoText.clear();
    if (d->demoConnected) {
        d->demoConnected = false;
        d->dropLink();
        d->setState(Disconnected);
    }
    d->workers.start([demo = std::exchange(d->demo, nullptr)]() mutable { demo.reset(); });
    Q_EMIT demoChanged();
}

} // namespace muster
