// SPDX-License-Identifier: GPL-3.0-or-later
#include "children.h"

#include "bench.h"

#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>

namespace muster::bench {

namespace {

constexpr int patienceMs = 120'000;

void stop(QProcess &process)
{
    if (process.state() == QProcess::NotRunning)
        return;
    process.terminate();
    if (!process.waitForFinished(10'000)) {
        process.kill();
        process.waitForFinished();
    }
}

} // namespace

JsGatherer::~JsGatherer()
{
    m_process.closeWriteChannel();
    if (m_process.state() != QProcess::NotRunning && !m_process.waitForFinished(10'000))
        stop(m_process);
}

bool JsGatherer::start(const std::string &url, const std::string &question, int devices)
{
    const QString node = QStringLiteral(MUSTER_NODE);
    const QString client = qEnvironmentVariable("MUSTER_NATS_JS", QStringLiteral(MUSTER_INTEROP_DIR));
    if (node.isEmpty() || !QFileInfo::exists(node)) {
        m_problem = QStringLiteral("node was not there when this was built");
        return false;
    }
    if (!QFileInfo::exists(client + QStringLiteral("/node_modules/nats/package.json"))) {
        m_problem =
            QStringLiteral("no NATS client in %1: ctest -R interop_npm fetches it, or MUSTER_NATS_JS names "
                           "the folder with node_modules")
                .arg(client);
        return false;
    }
    m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_process.start(node, {QStringLiteral(MUSTER_BENCH_SOURCE_DIR "/gather.mjs"), client,
                           QString::fromStdString(url), QString::fromStdString(question),
                           QString::number(devices)});
    if (readLine() != QLatin1String("ready")) {
        m_problem = QStringLiteral("the NATS client in %1 does not connect").arg(client);
        return false;
    }
    return true;
}

std::int64_t JsGatherer::gather(bool knowingTheCount)
{
    m_process.write(knowingTheCount ? "knowing\n" : "not knowing\n");
    return readLine().toLongLong();
}

QString JsGatherer::readLine()
{
    while (!m_process.canReadLine()) {
        if (!m_process.waitForReadyRead(patienceMs))
            return {};
    }
    return QString::fromUtf8(m_process.readLine()).trimmed();
}

VirtualDisplay::~VirtualDisplay()
{
    stop(m_process);
}

bool VirtualDisplay::start()
{
    const QString program = QStandardPaths::findExecutable(QStringLiteral("Xvfb"));
    if (program.isEmpty()) {
        m_problem = QStringLiteral("Xvfb is not installed: package xvfb");
        return false;
    }
    // It chooses a free number itself, and says it on the descriptor: its standard output.
    m_process.setProcessChannelMode(QProcess::SeparateChannels);
    m_process.start(program, {QStringLiteral("-displayfd"), QStringLiteral("1"), QStringLiteral("-screen"),
                              QStringLiteral("0"), QStringLiteral("1600x1000x24"),
                              QStringLiteral("-nolisten"), QStringLiteral("tcp")});
    while (!m_process.canReadLine()) {
        if (!m_process.waitForReadyRead(10'000)) {
            m_problem = QStringLiteral("Xvfb does not start: %1")
                            .arg(QString::fromLocal8Bit(m_process.readAllStandardError()).trimmed());
            return false;
        }
    }
    m_name = QLatin1Char(':') + QString::fromLatin1(m_process.readLine()).trimmed();
    return true;
}

std::optional<double> timeToFirstFrame(const QString &program, const QStringList &arguments,
                                       const QProcessEnvironment &environment)
{
    // Qt Quick's render loops say each frame right after it was swapped.
    QProcessEnvironment told = environment;
    told.insert(QStringLiteral("QT_LOGGING_RULES"),
                QStringLiteral("qt.scenegraph.time.renderloop.debug=true"));
    told.insert(QStringLiteral("QT_FORCE_STDERR_LOGGING"), QStringLiteral("1"));
    told.insert(QStringLiteral("QT_MESSAGE_PATTERN"), QStringLiteral("%{category} %{message}"));
    QProcess process;
    process.setProcessEnvironment(told);
    process.setStandardOutputFile(QProcess::nullDevice());
    process.setReadChannel(QProcess::StandardError);
    const auto begin = std::chrono::steady_clock::now();
    process.start(program, arguments);
    std::optional<double> taken;
    while (!taken && millisecondsSince(begin) < 60'000) {
        if (!process.canReadLine() && !process.waitForReadyRead(60'000))
            break;
        while (!taken && process.canReadLine()) {
            const QByteArray line = process.readLine();
            if (line.startsWith("qt.scenegraph.time.renderloop") && line.contains("rendered"))
                taken = millisecondsSince(begin);
        }
    }
    stop(process);
    return taken;
}

} // namespace muster::bench
