// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QProcess>
#include <QStringList>

/// The built program, run as an operator would.
namespace muster::test {

struct Run {
    int code = -1;
    QString out, err;
    qint64 ms = 0;
};

inline Run run(const QStringList &arguments, int timeoutMs = 120'000)
{
    QProcess process;
    QElapsedTimer timer;
    timer.start();
    process.start(QString::fromLocal8Bit(qgetenv("MUSTER_BIN_DIR")) + QStringLiteral("/musterctl"),
                  arguments);
    Run result;
    if (!process.waitForFinished(timeoutMs)) {
        process.kill();
        process.waitForFinished();
        return result;
    }
    result.ms = timer.elapsed();
    result.code = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -2;
    result.out = QString::fromUtf8(process.readAllStandardOutput());
    result.err = QString::fromUtf8(process.readAllStandardError());
    return result;
}

} // namespace muster::test
