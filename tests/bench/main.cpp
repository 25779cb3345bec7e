// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench.h"

#include <QCommandLineParser>
#include <QGuiApplication>
#include <QJsonDocument>
#include <QTextStream>

using namespace muster::bench;

namespace {

void print(const QJsonObject &result, bool asJson)
{
    QTextStream out(stdout);
    if (asJson) {
        out << QString::fromUtf8(QJsonDocument(result).toJson(QJsonDocument::Compact)) << Qt::endl;
        return;
    }
    out << result.value(QStringLiteral("case")).toString() << Qt::endl;
    out << QString::fromUtf8(QJsonDocument(result).toJson(QJsonDocument::Indented)) << Qt::endl;
}

} // namespace

int main(int argc, char **argv)
{
    // Without a display `frames` draws offscreen, as fast as that goes.
    if (qEnvironmentVariableIsEmpty("DISPLAY") && qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY") &&
        qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QGuiApplication application(argc, argv);
    QCommandLineParser parser;
    parser.setApplicationDescription(
        QStringLiteral("Measures Muster beside the floor and what one would use instead."));
    parser.addHelpOption();
    const QCommandLineOption json(QStringLiteral("json"),
                                  QStringLiteral("Print one JSON object a case, on one line."));
    const QCommandLineOption list(QStringLiteral("list"), QStringLiteral("List the cases."));
    const QCommandLineOption rows(QStringLiteral("rows"), QStringLiteral("Rows of a table (1,000,000)."),
                                  QStringLiteral("count"), QStringLiteral("1000000"));
    const QCommandLineOption runs(QStringLiteral("runs"), QStringLiteral("Runs of each contender (5)."),
                                  QStringLiteral("count"), QStringLiteral("5"));
    const QCommandLineOption devices(QStringLiteral("devices"),
                                     QStringLiteral("Devices of frames' fleet (10,000)."),
                                     QStringLiteral("count"), QStringLiteral("10000"));
    const QCommandLineOption heartbeat(
        QStringLiteral("heartbeat"),
        QStringLiteral("Seconds between their heartbeats (2: 10,000 rows a second)."),
        QStringLiteral("seconds"), QStringLiteral("2"));
    const QCommandLineOption seconds(QStringLiteral("seconds"),
                                     QStringLiteral("How long frames scrolls (20)."),
                                     QStringLiteral("seconds"), QStringLiteral("20"));
    parser.addOptions({json, list, rows, runs, devices, heartbeat, seconds});
    parser.addPositionalArgument(QStringLiteral("case"), QStringLiteral("A case, or \"all\"."));
    parser.process(application);

    QTextStream err(stderr);
    if (parser.isSet(list)) {
        QTextStream out(stdout);
        for (const Case &known : cases())
            out << known.name.leftJustified(16) << known.summary << Qt::endl;
        return 0;
    }
    Options options;
    options.rows = parser.value(rows).toULongLong();
    options.runs = parser.value(runs).toInt();
    options.devices = parser.value(devices).toInt();
    options.heartbeat = parser.value(heartbeat).toDouble();
    options.seconds = parser.value(seconds).toInt();
    if (options.devices < 1 || options.devices > 1'000'000 || options.heartbeat < 0.1 ||
        options.seconds < 1) {
        err << "--devices takes 1..1000000, --heartbeat 0.1 or more, --seconds 1 or more" << Qt::endl;
        return 2;
    }
    if (options.rows < 1 || options.rows > 50'000'000 || options.runs < 1 ||
        parser.positionalArguments().size() != 1) {
        err << "usage: muster-bench CASE|all [--json] [--rows 1..50000000] [--runs N]; --list names the cases"
            << Qt::endl;
        return 2;
    }
    const QString wanted = parser.positionalArguments().constFirst();
    bool found = false;
    bool measured = true;
    for (const Case &known : cases()) {
        if (wanted != known.name && wanted != QLatin1String("all"))
            continue;
        found = true;
        const auto begin = std::chrono::steady_clock::now();
        QJsonObject result = known.run(options);
        result.insert(QStringLiteral("case"), known.name);
        result.insert(QStringLiteral("taken_s"), millisecondsSince(begin) / 1000);
        measured = measured && !result.contains(QStringLiteral("error"));
        print(result, parser.isSet(json));
    }
    if (!found) {
        err << "no case is named \"" << wanted << "\"; --list names them" << Qt::endl;
        return 2;
    }
    return measured ? 0 : 1;
}
