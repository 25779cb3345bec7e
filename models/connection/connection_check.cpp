// SPDX-License-Identifier: GPL-3.0-or-later
#include "connection/connection_check.h"

#include "connection/profile_form.h"
#include "core/subjects.h"
#include "core/ulid.h"
#include "nats/jetstream.h"
#include "nats/provision.h"
#include "nats/server_probe.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFileInfo>

namespace muster::connection {

namespace {

using Step = TestStepModel::Step;
using Verdict = TestStepModel::Verdict;

constexpr nats::milliseconds reachTimeout{3000};

/// Where translators find these texts.
struct CheckText {
    Q_DECLARE_TR_FUNCTIONS(CheckText)
};

QString title(CheckStep step)
{
    switch (step) {
    case CheckStep::Reach:
        return CheckText::tr("Server reached");
    case CheckStep::Tls:
        return CheckText::tr("TLS verified");
    case CheckStep::SignIn:
        return CheckText::tr("Signed in");
    case CheckStep::JetStream:
        return CheckText::tr("JetStream");
    case CheckStep::Streams:
        return CheckText::tr("Fleet streams");
    case CheckStep::Queries:
        return CheckText::tr("Live queries");
    }
    return {};
}

Step step(CheckStep which, Verdict verdict, const QString &detail = {}, const QString &remedy = {})
{
    return {title(which), detail, remedy, verdict};
}

Step failed(CheckStep which, const Error &error)
{
    return step(which, Verdict::Failed, QString::fromStdString(error.message),
                QString::fromStdString(error.remedy));
}

/// The first of the profile's servers that answers, or the last one's refusal.
struct Greeting {
    Step step;
    bool tlsRequired = false;
};

Greeting greet(const std::string &url)
{
    QElapsedTimer timer;
    timer.start();
    const auto address = nats::parseAddress(url);
    if (!address)
        return {failed(CheckStep::Reach, address.error())};
    const auto server = nats::probeServer(*address, reachTimeout);
    if (!server)
        return {failed(CheckStep::Reach, server.error())};
    return {step(CheckStep::Reach, Verdict::Passed,
                 CheckText::tr("%1 ms, nats-server %2")
                     .arg(timer.elapsed())
                     .arg(QString::fromStdString(server->version))),
            server->tlsRequired};
}

QString signedInAs(const Profile &profile)
{
    switch (profile.signIn) {
    case SignIn::None:
        return CheckText::tr("without a name");
    case SignIn::Password:
        return QString::fromStdString(profile.options.user);
    case SignIn::Token:
        return CheckText::tr("with a token");
    case SignIn::Credentials:
        return readCredentials(QString::fromStdString(profile.options.credentialsFile)).user;
    case SignIn::NKey:
        return CheckText::tr("with an NKey");
    }
    return {};
}

Step checkStreams(nats::JetStream &jetStream, const Subjects &subjects, CheckOutcome &outcome)
{
    const auto checks = nats::checkFleet(jetStream, subjects, 1);
    if (!checks)
        return failed(CheckStep::Streams, checks.error());
    QStringList different;
    for (const nats::StreamCheck &check : *checks) {
        const QString name = QString::fromStdString(check.wanted.name);
        switch (check.verdict) {
        case nats::StreamCheck::Verdict::Missing:
            outcome.missingStreams.append(name);
            break;
        case nats::StreamCheck::Verdict::Different:
            different.append(QStringLiteral("%1 (%2)").arg(
                name, QString::fromStdString(check.differences.empty() ? std::string()
                                                                       : check.differences.front())));
            break;
        case nats::StreamCheck::Verdict::Failed:
            return failed(CheckStep::Streams, check.error);
        case nats::StreamCheck::Verdict::Present:
        case nats::StreamCheck::Verdict::Created:
        case nats::StreamCheck::Verdict::Updated:
            break;
        }
    }
    if (!outcome.missingStreams.isEmpty()) {
        return step(CheckStep::Streams, Verdict::Limited,
                    CheckText::tr("%n missing", nullptr, int(outcome.missingStreams.size())),
                    CheckText::tr("Prepare the account to create: %1.")
                        .arg(outcome.missingStreams.join(QStringLiteral(", "))));
    }
    if (!different.isEmpty()) {
        return step(
            CheckStep::Streams, Verdict::Limited,
            CheckText::tr("%n set up otherwise", nullptr, int(different.size())),
            CheckText::tr("Muster leaves them as they are: %1. \"musterctl setup\" lists every difference.")
                .arg(different.join(QStringLiteral("; "))));
    }
    return step(CheckStep::Streams, Verdict::Passed, CheckText::tr("%n there", nullptr, int(checks->size())));
}

/// Asks a device that cannot exist: nobody answers where it is allowed, and the server says so at once.
Step checkQueries(nats::Connection &connection, const Subjects &subjects)
{
    const auto reply =
        connection.request(subjects.queryDevice("muster-test-" + newUlid()), "{}", nats::milliseconds(1500));
    if (reply || reply.error().code == "nats.no-responders")
        return step(CheckStep::Queries, Verdict::Passed, CheckText::tr("allowed"));
    for (const Error &error : connection.asyncErrors()) {
        if (error.code == "nats.permission") {
            return step(
                CheckStep::Queries, Verdict::Limited, CheckText::tr("not allowed for this user"),
                CheckText::tr(
                    "To ask devices, the user needs to publish on %1.query.> and subscribe to its inbox.")
                    .arg(QString::fromStdString(subjects.root())));
        }
    }
    return step(CheckStep::Queries, Verdict::Limited, QString::fromStdString(reply.error().message),
                QString::fromStdString(reply.error().remedy));
}

} // namespace

QList<Step> pendingSteps()
{
    QList<Step> steps;
    for (int i = 0; i < checkStepCount; ++i)
        steps.append(step(CheckStep(i), Verdict::Pending));
    return steps;
}

CheckOutcome check(const Profile &profile, const std::function<void(CheckStep, Step)> &report,
                   const std::atomic<bool> &cancelled)
{
    CheckOutcome outcome;
    const auto skipFrom = [&report](CheckStep first) {
        for (int i = int(first); i < checkStepCount; ++i)
            report(CheckStep(i), step(CheckStep(i), Verdict::Skipped));
    };
    const auto begin = [&report](CheckStep which) { report(which, step(which, Verdict::Running)); };

    begin(CheckStep::Reach);
    Greeting greeting;
    for (const std::string &server : profile.options.servers) {
        greeting = greet(server);
        if (greeting.step.verdict == Verdict::Passed || cancelled)
            break;
    }
    report(CheckStep::Reach, greeting.step);
    if (greeting.step.verdict != Verdict::Passed || cancelled) {
        skipFrom(CheckStep::Tls);
        return outcome;
    }

    begin(CheckStep::Tls);
    nats::ConnectOptions options = profile.options;
    options.name = "muster test";
    options.retryFirstConnect = false;
    const auto connection = nats::Connection::open(options);
    if (!connection) {
        const std::string &code = connection.error().code;
        const bool aboutTls = code == "nats.tls" || code == "nats.file";
        if (aboutTls) {
            report(CheckStep::Tls, failed(CheckStep::Tls, connection.error()));
            skipFrom(CheckStep::SignIn);
            return outcome;
        }
        report(CheckStep::Tls,
               step(CheckStep::Tls, greeting.tlsRequired ? Verdict::Passed : Verdict::Skipped));
        report(CheckStep::SignIn, failed(CheckStep::SignIn, connection.error()));
        skipFrom(CheckStep::JetStream);
        return outcome;
    }
    bool secure = greeting.tlsRequired || options.tls == nats::Tls::Required;
    for (const std::string &server : options.servers)
        secure = secure || server.starts_with("tls://");
    if (secure && options.tls != nats::Tls::Off) {
        report(CheckStep::Tls,
               step(CheckStep::Tls, Verdict::Passed,
                    options.caFile.empty() ? CheckText::tr("by this computer's authorities")
                                           : QFileInfo(QString::fromStdString(options.caFile)).fileName()));
    } else {
        report(CheckStep::Tls, step(CheckStep::Tls, Verdict::Skipped,
                                    CheckText::tr("not used: everything goes in plain text")));
    }
    report(CheckStep::SignIn, step(CheckStep::SignIn, Verdict::Passed, signedInAs(profile)));
    outcome.canConnect = true;
    if (cancelled) {
        skipFrom(CheckStep::JetStream);
        return outcome;
    }

    const auto subjects = Subjects::withRoot(profile.subjectRoot.toStdString());
    if (!subjects) {
        report(CheckStep::Streams, failed(CheckStep::Streams, subjects.error()));
        skipFrom(CheckStep::Queries);
        return outcome;
    }

    begin(CheckStep::JetStream);
    nats::JetStream jetStream(*connection, profile.jetStreamDomain.toStdString());
    const auto account = jetStream.accountInfo();
    if (!account) {
        report(CheckStep::JetStream, failed(CheckStep::JetStream, account.error()));
        report(CheckStep::Streams, step(CheckStep::Streams, Verdict::Skipped));
    } else {
        outcome.jetStream = true;
        report(CheckStep::JetStream,
               step(CheckStep::JetStream, Verdict::Passed,
                    CheckText::tr("%n stream(s) in this account", nullptr, account->streams)));
        begin(CheckStep::Streams);
        report(CheckStep::Streams, checkStreams(jetStream, *subjects, outcome));
    }
    if (cancelled) {
        skipFrom(CheckStep::Queries);
        return outcome;
    }
    begin(CheckStep::Queries);
    report(CheckStep::Queries, checkQueries(**connection, *subjects));
    return outcome;
}

} // namespace muster::connection
