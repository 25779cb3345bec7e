// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <csignal>

namespace muster::app {

/// SIGINT, SIGTERM and SIGHUP, but not what whoever started the program had it ignore, as nohup does.
sigset_t stopSignals();

/// stopSignals(), taken by whoever waits here and by no thread. Make it first in main(), before any thread,
/// as threads inherit what is blocked.
class StopSignals {
public:
    StopSignals();
    void wait();
    /// Whether one came within the time.
    bool waitFor(int milliseconds);

private:
    sigset_t m_set{};
};

} // namespace muster::app
