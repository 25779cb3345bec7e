// SPDX-License-Identifier: GPL-3.0-or-later
// Devices that are not ours, in the languages of other people's clients; musterctl is the operator.
#include "nats/local_server.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTest>

using namespace muster;

namespace {

/// A device as a process of its own. Asked to stop at the end, so that it takes its own children along.
class Device {
public:
    void start(const QString &program, const QStringList &arguments)
    {
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(program, arguments);
    }
    bool stop()
    {
        m_process.terminate();
        return m_process.waitForFinished(10'000);
    }
    ~Device()
    {
        if (m_process.state() != QProcess::NotRunning)
            stop();
    }

private:
    QProcess m_process;
};

} // namespace

class InteropTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void javaScriptDeviceIsSeenAndQueried();
    void javaScriptDeviceSaysThatItCloses();
    void javaScriptServiceIsQueried();
    void javaScriptServicesAreToldApart();
    void mqttDeviceIsSeenAndMeasured();
    void mqttDeviceIsClosedByItsWill();
    void mqttDeviceAnswersQueries();

private:
    QByteArray operate(const QStringList &arguments);
    /// What `musterctl devices` knows of a device; empty when it knows none.
    QJsonObject device(const QString &id, const QStringList &columns, double listenSeconds = 0);
    QJsonObject query(const QStringList &arguments);
    void startJavaScript(const QString &id);
    void startMqtt(const QString &id);
    void startService(Device &process, const QString &name, const QString &metadata, int instances = 1);

    std::unique_ptr<nats::LocalServer> m_server;
    std::unique_ptr<Device> m_device;
};

void InteropTest::init()
{
    nats::LocalServer::Options options;
    options.mqtt = true;
    auto server = nats::LocalServer::start(options);
    QVERIFY2(server, server ? "" : server.error().message.c_str());
    m_server = std::move(*server);
    operate({QStringLiteral("setup")});
    m_device = std::make_unique<Device>();
}

void InteropTest::cleanup()
{
    m_device.reset();
    m_server.reset();
}

QByteArray InteropTest::operate(const QStringList &arguments)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::SeparateChannels);
    process.start(qEnvironmentVariable("MUSTER_BIN_DIR") + QStringLiteral("/musterctl"),
                  arguments +
                      QStringList{QStringLiteral("--server"), QString::fromStdString(m_server->url())});
    const bool finished = process.waitForFinished(60'000);
    if (!finished || process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0)
        qCritical("musterctl %s: %s", qPrintable(arguments.join(QLatin1Char(' '))),
                  process.readAllStandardError().constData());
    return process.readAllStandardOutput();
}

QJsonObject InteropTest::device(const QString &id, const QStringList &columns, double listenSeconds)
{
    QStringList arguments{QStringLiteral("devices"),   QStringLiteral("--json"),
                          QStringLiteral("--where"),   QStringLiteral("device = \"%1\"").arg(id),
                          QStringLiteral("--columns"), columns.join(QLatin1Char(','))};
    if (listenSeconds > 0)
        arguments += {QStringLiteral("--wait"), QString::number(listenSeconds)};
    return QJsonDocument::fromJson(operate(arguments)).object();
}

QJsonObject InteropTest::query(const QStringList &arguments)
{
    return QJsonDocument::fromJson(
               operate(QStringList{QStringLiteral("query"), QStringLiteral("--json")} + arguments))
        .object();
}

void InteropTest::startJavaScript(const QString &id)
{
    m_device->start(QStringLiteral(MUSTER_NODE),
                    {QStringLiteral(MUSTER_INTEROP_DIR "/js_device.mjs"),
                     QString::fromStdString(m_server->url()), id,
                     QStringLiteral(R"({"site":"lab","group":"bench","region":"eu"})"), QStringLiteral("1")});
    QTRY_COMPARE_WITH_TIMEOUT(device(id, {QStringLiteral("presence")}).value(QStringLiteral("presence")),
                              QStringLiteral("online"), 30'000);
}

void InteropTest::startMqtt(const QString &id)
{
    m_device->start(QStringLiteral(MUSTER_INTEROP_SOURCE_DIR "/mqtt_device.sh"),
                    {QStringLiteral("127.0.0.1"), QString::number(m_server->mqttPort()), id,
                     QStringLiteral("lab"), QStringLiteral("1")});
    QTRY_COMPARE_WITH_TIMEOUT(device(id, {QStringLiteral("presence")}).value(QStringLiteral("presence")),
                              QStringLiteral("online"), 30'000);
}

void InteropTest::javaScriptDeviceIsSeenAndQueried()
{
    startJavaScript(QStringLiteral("js-1"));
    const QJsonObject known = device(
        QStringLiteral("js-1"), {QStringLiteral("device"), QStringLiteral("site"), QStringLiteral("group"),
                                 QStringLiteral("region"), QStringLiteral("fw")});
    const QJsonObject expected{{QStringLiteral("device"), QStringLiteral("js-1")},
                               {QStringLiteral("site"), QStringLiteral("lab")},
                               {QStringLiteral("group"), QStringLiteral("bench")},
                               {QStringLiteral("region"), QStringLiteral("eu")},
                               {QStringLiteral("fw"), QStringLiteral("1.4.2")}};
    QCOMPARE(known, expected);

    // It runs on this computer, so it can be told what it must answer.
    const QStringList select{QStringLiteral("--select"), QStringLiteral("fw,mem.total")};
    QJsonObject answer =
        query(select + QStringList{QStringLiteral("--where"),
                                   QStringLiteral("region = \"eu\" and mem.total > 1MB and fw < \"1.10\"")});
    QCOMPARE(answer.value(QStringLiteral("roster")), 1);
    QCOMPARE(answer.value(QStringLiteral("tally")).toObject().value(QStringLiteral("answered")), 1);
    const QJsonObject row = answer.value(QStringLiteral("rows")).toArray().at(0).toObject();
    QCOMPARE(row.value(QStringLiteral("device")), QStringLiteral("js-1"));
    QCOMPARE(row.value(QStringLiteral("outcome")), QStringLiteral("answered"));
    QCOMPARE(row.value(QStringLiteral("fw")), QStringLiteral("1.4.2"));
    QVERIFY(row.value(QStringLiteral("mem.total")).toDouble() > 1e6);
    QVERIFY2(!row.contains(QStringLiteral("runtime")), "a field came that was not asked for");

    // A condition that only the device can decide, and that it does not meet: asked, and empty.
    answer = query(select + QStringList{QStringLiteral("--where"), QStringLiteral("mem.total < 1MB")});
    QCOMPARE(answer.value(QStringLiteral("tally")).toObject().value(QStringLiteral("empty")), 1);

    for (const QString &scope :
         {QStringLiteral("site=lab"), QStringLiteral("group=bench"), QStringLiteral("device=js-1")}) {
        answer = query(select + QStringList{QStringLiteral("--scope"), scope});
        QVERIFY2(answer.value(QStringLiteral("tally")).toObject().value(QStringLiteral("answered")) == 1,
                 qPrintable(scope));
    }
}

void InteropTest::javaScriptDeviceSaysThatItCloses()
{
    startJavaScript(QStringLiteral("js-2"));
    QVERIFY(m_device->stop());
    QCOMPARE(device(QStringLiteral("js-2"), {QStringLiteral("presence")}).value(QStringLiteral("presence")),
             QStringLiteral("offline"));
}

void InteropTest::startService(Device &process, const QString &name, const QString &metadata, int instances)
{
    process.start(QStringLiteral(MUSTER_NODE), {QStringLiteral(MUSTER_INTEROP_DIR "/js_service.mjs"),
                                                QString::fromStdString(m_server->url()), name, metadata});
    QTRY_COMPARE_WITH_TIMEOUT(query({QStringLiteral("--service"), name}).value(QStringLiteral("roster")),
                              instances, 30'000);
}

void InteropTest::javaScriptServiceIsQueried()
{
    startService(*m_device, QStringLiteral("orders"), QStringLiteral(R"({"zone":"a"})"));
    const auto order = [this](const QString &amount) {
        return query({QStringLiteral("--subject"), QStringLiteral("orders.create"),
                      QStringLiteral("--payload"), QStringLiteral(R"({"amount":%1})").arg(amount),
                      QStringLiteral("--count"), QStringLiteral("1")})
            .value(QStringLiteral("rows"))
            .toArray()
            .at(0)
            .toObject();
    };
    const QJsonObject done = order(QStringLiteral("3"));
    QCOMPARE(done.value(QStringLiteral("outcome")), QStringLiteral("answered"));
    QCOMPARE(done.value(QStringLiteral("amount")), 3);
    QCOMPARE(done.value(QStringLiteral("tags")), QStringLiteral(R"(["new"])"));
    const QJsonObject refused = order(QStringLiteral("-1"));
    QCOMPARE(refused.value(QStringLiteral("outcome")), QStringLiteral("error"));
    QCOMPARE(refused.value(QStringLiteral("error")),
             QStringLiteral("422: an amount of -1 cannot be ordered"));

    const QJsonObject answer = query({QStringLiteral("--source"), QStringLiteral("services")});
    QCOMPARE(answer.value(QStringLiteral("roster")), 1);
    QCOMPARE(answer.value(QStringLiteral("tally")).toObject().value(QStringLiteral("answered")), 1);
    QCOMPARE(answer.value(QStringLiteral("rejected")), 0);
    const QJsonArray rows = answer.value(QStringLiteral("rows")).toArray();
    QCOMPARE(rows.size(), 2);
    const QJsonObject create = rows.at(0).toObject();
    const QJsonObject expected{{QStringLiteral("service"), QStringLiteral("orders")},
                               {QStringLiteral("version"), QStringLiteral("1.2.3")},
                               {QStringLiteral("description"), QStringLiteral("takes orders")},
                               {QStringLiteral("endpoint"), QStringLiteral("create")},
                               {QStringLiteral("subject"), QStringLiteral("orders.create")},
                               {QStringLiteral("queue_group"), QStringLiteral("q")},
                               {QStringLiteral("num_requests"), 2},
                               {QStringLiteral("num_errors"), 1},
                               {QStringLiteral("metadata.zone"), QStringLiteral("a")},
                               {QStringLiteral("endpoint_metadata.unit"), QStringLiteral("pieces")},
                               {QStringLiteral("data.cache.hits"), 7}};
    for (auto fact = expected.begin(); fact != expected.end(); ++fact)
        QVERIFY2(create.value(fact.key()) == fact.value(), qPrintable(fact.key()));
    QVERIFY(
        create.value(QStringLiteral("last_error")).toString().contains(QStringLiteral("cannot be ordered")));
    QVERIFY(create.value(QStringLiteral("processing_time_ms")).isDouble());
    QVERIFY(create.value(QStringLiteral("started")).toString().startsWith(QStringLiteral("20")));
    QCOMPARE(create.value(QStringLiteral("device")).toString(),
             create.value(QStringLiteral("instance")).toString() + QStringLiteral("/create"));
    QCOMPARE(rows.at(1).toObject().value(QStringLiteral("endpoint")), QStringLiteral("list"));
}

void InteropTest::javaScriptServicesAreToldApart()
{
    Device second;
    Device other;
    startService(*m_device, QStringLiteral("orders"), QStringLiteral("{}"));
    startService(second, QStringLiteral("orders"), QStringLiteral("{}"), 2);
    startService(other, QStringLiteral("stock"), QStringLiteral("{}"));
    QCOMPARE(query({QStringLiteral("--source"), QStringLiteral("services")}).value(QStringLiteral("roster")),
             3);
    const QJsonObject stock = query({QStringLiteral("--source"), QStringLiteral("services"),
                                     QStringLiteral("--where"), QStringLiteral("service = \"stock\"")});
    QCOMPARE(stock.value(QStringLiteral("tally")).toObject().value(QStringLiteral("answered")), 1);
    QCOMPARE(stock.value(QStringLiteral("tally")).toObject().value(QStringLiteral("empty")), 2);
    QVERIFY(second.stop());
    QTRY_COMPARE_WITH_TIMEOUT(
        query({QStringLiteral("--service"), QStringLiteral("orders")}).value(QStringLiteral("roster")), 1,
        20'000);
}

void InteropTest::mqttDeviceIsSeenAndMeasured()
{
    startMqtt(QStringLiteral("mqtt-1"));
    const QJsonObject known =
        device(QStringLiteral("mqtt-1"),
               {QStringLiteral("site"), QStringLiteral("fw"), QStringLiteral("temp.soc")}, 2.5);
    QCOMPARE(known.value(QStringLiteral("site")), QStringLiteral("lab"));
    QCOMPARE(known.value(QStringLiteral("fw")), QStringLiteral("2.0.1"));
    const double temperature = known.value(QStringLiteral("temp.soc")).toDouble();
    QVERIFY2(temperature >= 40 && temperature < 60, qPrintable(QString::number(temperature)));
}

void InteropTest::mqttDeviceIsClosedByItsWill()
{
    startMqtt(QStringLiteral("mqtt-2"));
    QVERIFY(m_device->stop());
    QTRY_COMPARE_WITH_TIMEOUT(
        device(QStringLiteral("mqtt-2"), {QStringLiteral("presence")}).value(QStringLiteral("presence")),
        QStringLiteral("offline"), 20'000);
}

void InteropTest::mqttDeviceAnswersQueries()
{
    startMqtt(QStringLiteral("mqtt-3"));
    // It knows no filters: what it says is filtered here.
    QJsonObject answer = query({QStringLiteral("--select"), QStringLiteral("fw,os")});
    QCOMPARE(answer.value(QStringLiteral("tally")).toObject().value(QStringLiteral("answered")), 1);
    QCOMPARE(answer.value(QStringLiteral("rows")).toArray().at(0).toObject().value(QStringLiteral("os")),
             QStringLiteral("rtos"));
    answer = query({QStringLiteral("--where"), QStringLiteral("uptime < 0")});
    QCOMPARE(answer.value(QStringLiteral("tally")).toObject().value(QStringLiteral("empty")), 1);
}

QTEST_GUILESS_MAIN(InteropTest)
#include "tst_interop.moc"
