// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProcess>
#include <QProcessEnvironment>
#include <QString>
#include <QStringList>

#include <cstdint>
#include <optional>
#include <string>

namespace muster::bench {

/// The official JavaScript client of NATS in a process of its own, asking when told.
class JsGatherer {
public:
    ~JsGatherer();
    /// False when node or the client is not there, or it does not connect; problem() says which.
    bool start(const std::string &url, const std::string &question, int devices);
    /// One requestMany, its answers parsed and kept; how many came, or 0.
    std::int64_t gather(bool knowingTheCount);
    const QString &problem() const { return m_problem; }

private:
    QString readLine();
    QProcess m_process;
    QString m_problem;
};

/// An X server without a screen, while it lives.
class VirtualDisplay {
public:
    ~VirtualDisplay();
    bool start();
    const QString &name() const { return m_name; } ///< for DISPLAY
    const QString &problem() const { return m_problem; }

private:
    QProcess m_process;
    QString m_name, m_problem;
};

/// Starts a program and ends it when it has drawn its first frame. Milliseconds from the start of the process
/// until then; nothing when none came within a minute.
std::optional<double> timeToFirstFrame(const QString &program, const QStringList &arguments,
                                       const QProcessEnvironment &environment);

} // namespace muster::bench
