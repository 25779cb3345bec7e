// SPDX-License-Identifier: GPL-3.0-or-later
// muster-bench-window: Qt Quick alone, the floor of `muster-bench startup`.
#include <QGuiApplication>
#include <QQmlApplicationEngine>

int main(int argc, char **argv)
{
    QGuiApplication application(argc, argv);
    QQmlApplicationEngine engine;
    engine.loadData("import QtQuick\nWindow { width: 1440; height: 900; visible: true }");
    return engine.rootObjects().isEmpty() ? 1 : QGuiApplication::exec();
}
