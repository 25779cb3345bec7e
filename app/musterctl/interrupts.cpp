// SPDX-License-Identifier: GPL-3.0-or-later
#include "interrupts.h"

#include "common/stop_signals.h"

#include <chrono>
#include <ctime>

namespace muster::ctl {

Interrupts::Interrupts() : m_set(app::stopSignals())
{
    pthread_sigmask(SIG_BLOCK, &m_set, nullptr);
    m_thread = std::thread([this] { run(); });
}

Interrupts::~Interrupts()
{
    m_isOver = true;
    m_thread.join();
    pthread_sigmask(SIG_UNBLOCK, &m_set, nullptr);
}

void Interrupts::run()
{
    while (!m_isOver) {
        const timespec time{0, 50'000'000};
        const int number = sigtimedwait(&m_set, nullptr, &time);
        if (number <= 0)
            continue;
        if (!m_holdsBack || m_came) { // as it would have without us
            std::signal(number, SIG_DFL);
            pthread_sigmask(SIG_UNBLOCK, &m_set, nullptr);
            std::raise(number);
        }
        const std::lock_guard lock(m_mutex);
        m_came = true;
        m_wake.notify_all();
    }
}

bool Interrupts::waitFor(int milliseconds)
{
    std::unique_lock lock(m_mutex);
    return m_wake.wait_for(lock, std::chrono::milliseconds(milliseconds), [this] { return m_came.load(); });
}

} // namespace muster::ctl
