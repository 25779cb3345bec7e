// SPDX-License-Identifier: GPL-3.0-or-later
// The dashboard: its command line, and what ends it.
#include "dashboard.h"
#include "qml/types/ui_settings.h"
#include "translations.h"

#include <QCommandLineParser>
#include <QGuiApplication>
#include <QLocale>
#include <QSocketNotifier>
#include <QTimer>

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <memory>
#include <optional>

namespace {

using muster::ConnectionController;

void connectAsAsked(ConnectionController &connection, const QCommandLineParser &options, int devices)
{
    if (options.isSet(QStringLiteral("demo"))) {
        connection.startDemo(devices);
    } else if (options.isSet(QStringLiteral("server"))) {
        connection.newProfile();
        connection.setField(QStringLiteral("name"), QStringLiteral("command line"));
        connection.setField(QStringLiteral("servers"), options.value(QStringLiteral("server")));
        connection.connectForm();
    } else if (options.isSet(QStringLiteral("connect"))) {
        connection.connectTo(options.value(QStringLiteral("connect")));
    } else {
        connection.connectAtStart();
    }
}

std::optional<int> demoDevices(const QCommandLineParser &options)
{
    const QStringList arguments = options.positionalArguments();
    if (arguments.isEmpty()) {
        return 200;
    }
    bool isNumber = false;
    const int devices = arguments.constFirst().toInt(&isNumber);
    const bool fits = isNumber && devices >= 1 && devices <= 1'000'000;
    if (!fits || arguments.size() > 1 || !options.isSet(QStringLiteral("demo"))) {
        return std::nullopt;
    }
    return devices;
}

/// SIGINT, SIGTERM and SIGHUP end the event loop, so that the demo's processes are stopped with us.
class QuitOnSignal {
public:
    QuitOnSignal()
    {
        if (::pipe2(s_pipe, O_CLOEXEC | O_NONBLOCK) != 0) {
            return;
        }
        m_notifier = std::make_unique<QSocketNotifier>(s_pipe[0], QSocketNotifier::Read);
        QObject::connect(m_notifier.get(), &QSocketNotifier::activated, qApp, &QCoreApplication::quit);
        std::signal(SIGINT, handle);
        std::signal(SIGTERM, handle);
        std::signal(SIGHUP, handle);
    }

private:
    static void handle(int)
    {
        const char byte = 0;
        [[maybe_unused]] const auto written = ::write(s_pipe[1], &byte, 1);
    }

    static inline int s_pipe[2] = {-1, -1};
    std::unique_ptr<QSocketNotifier> m_notifier;
};

} // namespace

int main(int argc, char **argv)
{
    QGuiApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("muster"));
    QCoreApplication::setApplicationVersion(QStringLiteral(MUSTER_VERSION));
    QGuiApplication::setDesktopFileName(QStringLiteral("muster"));

    muster::installTranslations(application, QLocale());

    QCommandLineParser options;
    options.setApplicationDescription(
        QCoreApplication::translate("main", "The roll-call for device fleets."));
    options.addHelpOption();
    options.addVersionOption();
    options.addOptions({
        {QStringLiteral("demo"), QCoreApplication::translate("main", "Start on an embedded demo fleet.")},
        {QStringLiteral("connect"),
         QCoreApplication::translate("main", "Connect to the saved connection <name>."),
         QStringLiteral("name")},
        {QStringLiteral("server"), QCoreApplication::translate("main", "Connect to the server at <url>."),
         QStringLiteral("url")},
        {QStringLiteral("theme"), QCoreApplication::translate("main", "dark, light or system; for this run."),
         QStringLiteral("theme")},
        {QStringLiteral("page"), QCoreApplication::translate("main", "Open on the page devices or query."),
         QStringLiteral("page")},
    });
    options.addPositionalArgument(
        QStringLiteral("devices"),
        QCoreApplication::translate("main", "After --demo: how many devices the fleet has, 200 unless said."),
        QStringLiteral("[devices]"));
    options.process(application);
    const std::optional<int> devices = demoDevices(options);
    if (!devices) {
        std::fputs("muster: --demo may be followed by a number of devices, 1 to 1000000\n", stderr);
        return 2;
    }
    QuitOnSignal quitOnSignal;

    muster::qml::UiSettings::instance()->overrideTheme(options.value(QStringLiteral("theme")));
    muster::Dashboard dashboard;
    QVariantMap properties;
    if (options.isSet(QStringLiteral("page"))) {
        properties.insert(QStringLiteral("startPage"), options.value(QStringLiteral("page")));
    }
    if (!dashboard.show(properties)) {
        return 1;
    }
    ConnectionController &connection = dashboard.connection();
    QTimer::singleShot(0, &connection, [&] { connectAsAsked(connection, options, *devices); });
    return application.exec();
}
