// SPDX-License-Identifier: GPL-3.0-or-later
// The built dashboard in a process of its own, with nothing kept from earlier; beside it a window of Qt
// Quick's with nothing in it.
#include "cases.h"
#include "children.h"
#include "raw_nats.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QTemporaryDir>

namespace muster::bench {

namespace {

QProcessEnvironment environmentFor(const QString &home, const QString &platform, const QString &display)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("HOME"), home);
    for (const char *name : {"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"})
        environment.insert(QString::fromLatin1(name),
                           home + QLatin1Char('/') + QString::fromLatin1(name).toLower());
    for (const char *name : {"QT_QUICK_BACKEND", "QSG_RHI_BACKEND", "WAYLAND_DISPLAY"})
        environment.remove(QString::fromLatin1(name));
    environment.insert(QStringLiteral("QT_QPA_PLATFORM"), platform);
    environment.insert(QStringLiteral("DISPLAY"), display);
    return environment;
}

class Starts {
public:
    explicit Starts(QString url) : m_url(std::move(url)) {}

    QJsonObject measure(const QString &platform, const QString &display, int runs)
    {
        const QDir programs(QCoreApplication::applicationDirPath());
        const QString muster = programs.filePath(QStringLiteral("muster"));
        const QString empty = programs.filePath(QStringLiteral("muster-bench-window"));
        for (const QString &program : {muster, empty}) {
            if (!QFileInfo::exists(program))
                return failure(QStringLiteral("%1 is not built").arg(program));
        }
        std::vector<double> ours;
        std::vector<double> floor;
        std::vector<double> software;
        // One start of each first, for the pages of their files and the fonts' cache.
        for (int round = -1; round < runs; ++round) {
            const auto take = [&](std::vector<double> &times, const QString &program,
                                  const QStringList &arguments, const QString &backend) {
                QTemporaryDir home;
                QProcessEnvironment environment = environmentFor(home.path(), platform, display);
                if (!backend.isEmpty())
                    environment.insert(QStringLiteral("QT_QUICK_BACKEND"), backend);
                const auto time = timeToFirstFrame(program, arguments, environment);
                if (round >= 0 && time)
                    times.push_back(*time);
            };
            take(ours, muster, {QStringLiteral("--server"), m_url}, {});
            take(floor, empty, {}, {});
            take(software, empty, {}, QStringLiteral("software"));
        }
        if (ours.empty() || floor.empty())
            return failure(
                QStringLiteral("%1 drew no frame on %2").arg(ours.empty() ? muster : empty, platform));
        QJsonObject result = resultOf(median(ours), median(floor));
        result.insert(QStringLiteral("n"), 1);
        result.insert(QStringLiteral("runs"), static_cast<int>(ours.size()));
        result.insert(QStringLiteral("platform"), platform);
        result.insert(QStringLiteral("floor_software_ms"), median(software));
        result.insert(QStringLiteral("ratio_floor_software"), median(ours) / median(software));
        return result;
    }

private:
    QString m_url;
};

} // namespace

QJsonObject startup(const Options &options)
{
    auto server = nats::LocalServer::start({});
    if (!server)
        return failure(QStringLiteral("nats-server could not be started: package nats-server"));
    Starts starts(QString::fromStdString((*server)->url()));
    QJsonObject result = starts.measure(QStringLiteral("offscreen"), {}, options.runs);
    VirtualDisplay display;
    result.insert(QStringLiteral("xvfb"),
                  display.start() ? starts.measure(QStringLiteral("xcb"), display.name(), options.runs)
                                  : failure(display.problem()));
    return result;
}

} // namespace muster::bench
