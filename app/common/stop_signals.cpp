// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/stop_signals.h"

#include <cerrno>
#include <ctime>
#include <initializer_list>

namespace muster::app {

sigset_t stopSignals()
{
    sigset_t set;
    sigemptyset(&set);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        struct sigaction now {};
        // One that is blocked is kept for who waits for it, ignored or not.
        if (sigaction(number, nullptr, &now) != 0 || now.sa_handler != SIG_IGN)
            sigaddset(&set, number);
    }
    return set;
}

StopSignals::StopSignals() : m_set(stopSignals())
{
    std::signal(SIGPIPE, SIG_IGN);
    sigprocmask(SIG_BLOCK, &m_set, nullptr);
}

void StopSignals::wait()
{
    while (sigwaitinfo(&m_set, nullptr) < 0 && errno == EINTR) {
    }
}

bool StopSignals::waitFor(int milliseconds)
{
    const timespec time{milliseconds / 1000, (milliseconds % 1000) * 1'000'000L};
    return sigtimedwait(&m_set, nullptr, &time) > 0;
}

} // namespace muster::app
