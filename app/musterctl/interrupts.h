// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <thread>

namespace muster::ctl {

/// Ctrl+C and its like (app::stopSignals()). They end the program, as without this; from holdBack() on the
/// first of them only tells. Make it before any other thread, as threads inherit what is blocked.
class Interrupts {
public:
    Interrupts();
    ~Interrupts();
    Interrupts(const Interrupts &) = delete;
    Interrupts &operator=(const Interrupts &) = delete;

    void holdBack() { m_holdsBack = true; }
    bool came() const { return m_came; }
    /// Sleeps; true at once when one came.
    bool waitFor(int milliseconds);

private:
    void run();

    sigset_t m_set{};
    std::atomic<bool> m_holdsBack{false}, m_came{false}, m_isOver{false};
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::thread m_thread;
};

} // namespace muster::ctl
