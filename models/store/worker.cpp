// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/worker.h"

#include <cstdio>
#include <exception>
#include <utility>

namespace muster::store {

Worker::Worker() : m_thread([this] { work(); }) {}

Worker::~Worker()
{
    {
        const std::lock_guard lock(m_mutex);
        m_ending = true;
    }
    m_wake.notify_one();
    m_thread.join();
}

void Worker::post(std::function<void()> task)
{
    {
        const std::lock_guard lock(m_mutex);
        m_tasks.push_back(std::move(task));
    }
    m_wake.notify_one();
}

void Worker::work()
{
    std::unique_lock lock(m_mutex);
    while (true) {
        m_wake.wait(lock, [this] { return m_ending || !m_tasks.empty(); });
        if (m_tasks.empty())
            return;
        {
            const std::function<void()> task = std::move(m_tasks.front());
            m_tasks.pop_front();
            lock.unlock();
            try {
                task();
            } catch (const std::exception &e) {
                std::fprintf(stderr, "muster: a task in the background failed: %s\n", e.what());
            }
        } // what the task holds goes before the next begins, and without the lock
        lock.lock();
    }
}

} // namespace muster::store
