// SPDX-License-Identifier: GPL-3.0-or-later
#include "connection/connection_controller_p.h"
#include "nats/jetstream.h"
#include "nats/provision.h"

#include <QCoreApplication>
#include <QLocale>

Q_LOGGING_CATEGORY(lcConnection, "muster.connection")

namespace muster {

namespace {

constexpr int roundTripIntervalMs = 5000;
constexpr int demoWatchIntervalMs = 300;
constexpr int draftDelayMs = 500;

} // namespace

QString words(const Error &error)
{
    QString text = QString::fromStdString(error.message);
    if (!error.remedy.empty())
        text += QLatin1Char(' ') + QString::fromStdString(error.remedy);
    return text;
}

void ConnectionController::Private::clearTest()
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

void ConnectionController::Private::runTest()
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
    auto report = [this, generation, controller = q](connection::CheckStep which, TestStepModel::Step step) {
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
              testTime = QLocale().toString(QDateTime::currentDateTime().time(), QStringLiteral("HH:mm:ss"));
              Q_EMIT q->testChanged();
          });
}

void ConnectionController::Private::openDemo()
{
    Profile profile;
    profile.name = ConnectionController::tr("Demo fleet");
    profile.options.servers = {demo->url()};
    open(profile, false);
    demoConnected = true;
    Q_EMIT q->demoChanged();
}

void ConnectionController::Private::watchDemo()
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
    options.sim = demo::SimOptions::paced(devices);
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
