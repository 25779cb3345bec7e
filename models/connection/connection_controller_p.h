// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "connection/connection_check.h"
#include "connection/connection_controller.h"
#include "connection/profile_form.h"
#include "demo/demo_fleet.h"
#include "nats/connection.h"

#include <QDateTime>
#include <QLoggingCategory>
#include <QThreadPool>
#include <QTimer>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

Q_DECLARE_LOGGING_CATEGORY(lcConnection)

namespace muster {

using connection::Profile;

/// An error's message, and what to do.
QString words(const Error &error);

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

    QStringList otherNames() const;
    void setForm(const Profile &profile, const QString &name);
    void readForm();
    void clearTest();
    void storeProfiles(QList<Profile> list);
    void loadContexts();
    void setState(State next, const QString &why = {});
    /// Closing waits for handlers that may be running; the GUI thread does not.
    void closeOnWorker(std::shared_ptr<nats::Connection> closing);
    void dropLink();
    void open(const Profile &profile, bool keepTrying);
    void openDemo();
    void rememberUse();
    void linkIsUp();
    void handle(int generation, const nats::Event &event);
    void measure();
    void runTest();
    void watchDemo();
    void saveDraft() const;
    /// What was typed before a crash comes back, beside what is saved.
    bool restoreDraft();

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

} // namespace muster
