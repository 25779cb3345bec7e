// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/stop_signals.h"

#include <cerrno>
#include <ctime>
#include <initializer_list>

namespace muster::app {

StopSignals::StopSignals()
{
    std::signal(SIGPIPE, SIG_IGN);
    sigemptyset(&m_set);
    for (const int number : {SIGINT, SIGTERM, SIGHUP})
        sigaddset(&m_set, number);
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
