// SPDX-License-Identifier: GPL-3.0-or-later
#include "connection/connection_controller.h"
#include "nats/context.h"
#include "nats/jetstream.h"
#include "nats/local_server.h"

#include <QAbstractItemModelTester>
#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace muster;

/// The Connect page's controller against a real nats-server.
class TestConnectionController : public QObject {
    Q_OBJECT

    static constexpr int patienceMs = 15'000;
    QTemporaryDir m_config;

    static std::unique_ptr<nats::LocalServer> startServer(const std::string &extra = {},
                                                          bool jetStream = true)
    {
        nats::LocalServer::Options options;
        options.jetStream = jetStream;
        options.extraConfig = extra;
        auto server = nats::LocalServer::start(options);
        if (!server) {
            qWarning("%s", server.error().message.c_str());
            return nullptr;
        }
        return std::move(*server);
    }

    static void fill(ConnectionController &controller, const QString &servers)
    {
        controller.newProfile();
        controller.setField(QStringLiteral("name"), QStringLiteral("hub"));
        controller.setField(QStringLiteral("servers"), servers);
    }

    static TestStepModel::Verdict verdict(const ConnectionController &controller, int step)
    {
        const TestStepModel *steps = controller.testSteps();
        return steps->index(step).data(TestStepModel::VerdictRole).value<TestStepModel::Verdict>();
    }

    static QString remedy(const ConnectionController &controller, int step)
    {
        return controller.testSteps()->index(step).data(TestStepModel::RemedyRole).toString();
    }

    enum Step { Reach, Tls, SignIn, JetStream, Streams, Queries };

private Q_SLOTS:
    void init()
    {
        // Every test has a configuration folder of its own.
        QVERIFY(m_config.isValid());
        QDir(m_config.path()).removeRecursively();
        QDir().mkpath(m_config.path());
        qputenv("XDG_CONFIG_HOME", m_config.path().toLocal8Bit());
    }

    void testPreparesAnEmptyAccount()
    {
        const auto server = startServer();
        QVERIFY(server);
        ConnectionController controller;
        QAbstractItemModelTester tester(controller.testSteps());
        fill(controller, QString::fromStdString(server->url()));
        controller.test();
        QTRY_VERIFY_WITH_TIMEOUT(!controller.testTime().isEmpty(), patienceMs);
        QCOMPARE(verdict(controller, Reach), TestStepModel::Passed);
        QCOMPARE(verdict(controller, SignIn), TestStepModel::Passed);
        QCOMPARE(verdict(controller, JetStream), TestStepModel::Passed);
        QCOMPARE(verdict(controller, Streams), TestStepModel::Limited);
        QCOMPARE(verdict(controller, Queries), TestStepModel::Passed);
        QVERIFY(controller.canPrepare());
        QVERIFY(controller.prepareText().contains(QStringLiteral("PRESENCE")));

        controller.prepare();
        QTRY_COMPARE_WITH_TIMEOUT(verdict(controller, Streams), TestStepModel::Passed, patienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(!controller.testing(), patienceMs);
        QVERIFY(!controller.canPrepare());
    }

    void testNamesTheStepThatFailsAndTheRemedy()
    {
        const auto server = startServer("accounts { A { users: [ {user: mara, password: right} ] } }", false);
        QVERIFY(server);
        ConnectionController controller;

        fill(controller, QStringLiteral("nats://127.0.0.1:1"));
        controller.test();
        QTRY_VERIFY_WITH_TIMEOUT(!controller.testTime().isEmpty(), patienceMs);
        QCOMPARE(verdict(controller, Reach), TestStepModel::Failed);
        QVERIFY(!remedy(controller, Reach).isEmpty());
        QCOMPARE(verdict(controller, SignIn), TestStepModel::Skipped);

        fill(controller, QString::fromStdString(server->url()));
        controller.setField(QStringLiteral("signIn"), QStringLiteral("password"));
        controller.setField(QStringLiteral("user"), QStringLiteral("mara"));
        controller.setField(QStringLiteral("password"), QStringLiteral("wrong"));
        controller.test();
        QTRY_VERIFY_WITH_TIMEOUT(!controller.testTime().isEmpty(), patienceMs);
        QCOMPARE(verdict(controller, Reach), TestStepModel::Passed);
        QCOMPARE(verdict(controller, SignIn), TestStepModel::Failed);
        QVERIFY(!remedy(controller, SignIn).isEmpty());

        controller.setField(QStringLiteral("password"), QStringLiteral("right"));
        controller.test();
        QTRY_VERIFY_WITH_TIMEOUT(!controller.testTime().isEmpty(), patienceMs);
        QCOMPARE(verdict(controller, SignIn), TestStepModel::Passed);
        QCOMPARE(verdict(controller, JetStream), TestStepModel::Failed);
        QVERIFY(!remedy(controller, JetStream).isEmpty());
        QVERIFY(!controller.canPrepare());
    }

    void connectsMeasuresAndDisconnects()
    {
        const auto server = startServer();
        QVERIFY(server);
        ConnectionController controller;
        QSignalSpy opened(&controller, &ConnectionController::linkOpened);
        fill(controller, QString::fromStdString(server->url()));
        controller.connectForm();
        QTRY_COMPARE_WITH_TIMEOUT(controller.state(), ConnectionController::Connected, patienceMs);
        QCOMPARE(opened.size(), 1);
        QVERIFY(controller.link());
        QTRY_VERIFY_WITH_TIMEOUT(controller.roundTripMs() >= 0, patienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(controller.jetStreamText().contains(QStringLiteral("ok")), patienceMs);
        controller.disconnectFromServer();
        QCOMPARE(controller.state(), ConnectionController::Disconnected);
        QVERIFY(!controller.link());
    }

    void aKilledServerIsReconnectedTo()
    {
        const auto server = startServer();
        QVERIFY(server);
        ConnectionController controller;
        QSignalSpy up(&controller, &ConnectionController::linkUpChanged);
        fill(controller, QString::fromStdString(server->url()));
        controller.connectForm();
        QTRY_COMPARE_WITH_TIMEOUT(controller.state(), ConnectionController::Connected, patienceMs);
        server->kill();
        QTRY_COMPARE_WITH_TIMEOUT(controller.state(), ConnectionController::Reconnecting, patienceMs);
        QVERIFY(!controller.problem().isEmpty());
        QVERIFY(server->restart().ok());
        QTRY_COMPARE_WITH_TIMEOUT(controller.state(), ConnectionController::Connected, 3000);
        QCOMPARE(up.size(), 3); // up, down, up
        QVERIFY(controller.problem().isEmpty());
    }

    void aRefusedConnectionSaysWhy()
    {
        ConnectionController controller;
        fill(controller, QStringLiteral("nats://127.0.0.1:1"));
        controller.connectForm();
        QTRY_COMPARE_WITH_TIMEOUT(controller.state(), ConnectionController::Failed, patienceMs);
        QVERIFY(!controller.problem().isEmpty());
        QVERIFY(!controller.link());
    }

    void aBadFormIsNotSavedAndNothingTypedIsLost()
    {
        {
            ConnectionController controller;
            fill(controller, QStringLiteral("http://wrong"));
            QVERIFY(!controller.save());
            QVERIFY(controller.formErrors().contains(QStringLiteral("servers")));
            QCOMPARE(controller.profiles()->rowCount(), 0);
            QCOMPARE(controller.form().value(QStringLiteral("servers")).toString(),
                     QStringLiteral("http://wrong"));
        }
        // Closed without saving: the draft is there at the next start.
        ConnectionController again;
        QCOMPARE(again.form().value(QStringLiteral("servers")).toString(), QStringLiteral("http://wrong"));
        QVERIFY(again.formDirty());
    }

    void savesDuplicatesAndRemoves()
    {
        ConnectionController controller;
        QAbstractItemModelTester tester(controller.profiles());
        fill(controller, QStringLiteral("nats://one:4222"));
        QVERIFY(controller.save());
        QVERIFY(!controller.formDirty());
        QCOMPARE(controller.profiles()->rowCount(), 1);
        controller.duplicate();
        QCOMPARE(controller.form().value(QStringLiteral("name")).toString(), QStringLiteral("hub-2"));
        QVERIFY(controller.save());
        QCOMPARE(controller.profiles()->rowCount(), 2);
        controller.remove();
        QCOMPARE(controller.profiles()->rowCount(), 1);

        ConnectionController again;
        QCOMPARE(again.profiles()->rowCount(), 1);
        QCOMPARE(again.form().value(QStringLiteral("name")).toString(), QStringLiteral("hub"));
    }

    void aFileThatCannotBeReadIsNotWrittenOver()
    {
        const QString path = connection::ProfileStore::defaultFile();
        QVERIFY(QDir().mkpath(QFileInfo(path).absolutePath()));
        const QByteArray broken = "{ \"connections\": [ {";
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(broken);
        file.close();

        QTest::ignoreMessage(QtWarningMsg,
                             QRegularExpression(QStringLiteral("Cannot read the saved connections")));
        ConnectionController controller;
        QVERIFY(controller.problem().contains(path));
        fill(controller, QStringLiteral("nats://one:4222"));
        QTest::ignoreMessage(QtWarningMsg,
                             QRegularExpression(QStringLiteral("Cannot read the saved connections")));
        controller.save();
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), broken);
    }

    void contextsOfTheCommandLineAreImported()
    {
        nats::Context context;
        context.name = "edge-eu";
        context.options.servers = {"tls://eu.example.net:4222"};
        context.options.credentialsFile = "/keys/eu.creds";
        QVERIFY(nats::writeContext(context).ok());

        ConnectionController controller;
        QAbstractItemModelTester tester(controller.contexts());
        QCOMPARE(controller.contexts()->rowCount(), 1);
        QCOMPARE(controller.contexts()->checkedCount(), 0);
        controller.contexts()->setChecked(0, true);
        QCOMPARE(controller.contexts()->checkedCount(), 1);
        controller.importChecked();
        QCOMPARE(controller.contexts()->rowCount(), 0);
        QCOMPARE(controller.profiles()->rowCount(), 1);
        QCOMPARE(controller.form().value(QStringLiteral("signIn")).toString(), QStringLiteral("creds"));
        QCOMPARE(controller.form().value(QStringLiteral("credsFile")).toString(),
                 QStringLiteral("/keys/eu.creds"));
    }

    void theDemoFleetStartsAndStops()
    {
        ConnectionController controller;
        controller.startDemo(20);
        QTRY_COMPARE_WITH_TIMEOUT(controller.state(), ConnectionController::Connected, patienceMs);
        QVERIFY(controller.demoRunning());
        QVERIFY(controller.demoConnected());
        QVERIFY(controller.demoServerCommand().contains(QStringLiteral("nats-server")));

        // Another connection leaves the demo running in the background, and one can go back to it.
        const auto server = startServer();
        QVERIFY(server);
        fill(controller, QString::fromStdString(server->url()));
        controller.connectForm();
        QTRY_VERIFY_WITH_TIMEOUT(controller.currentUrl().contains(QString::number(server->port())) &&
                                     controller.state() == ConnectionController::Connected,
                                 patienceMs);
        QVERIFY(controller.demoRunning());
        QVERIFY(!controller.demoConnected());
        controller.startDemo();
        QTRY_VERIFY_WITH_TIMEOUT(
            controller.demoConnected() && controller.state() == ConnectionController::Connected, patienceMs);
        controller.stopDemo();
        QVERIFY(!controller.demoRunning());
        QCOMPARE(controller.state(), ConnectionController::Disconnected);
    }
};

QTEST_GUILESS_MAIN(TestConnectionController)
#include "tst_connection_controller.moc"
