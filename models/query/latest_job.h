// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMetaObject>
#include <QObject>
#include <QThreadPool>

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

namespace muster {

/// Work off the GUI thread, one at a time: of what is asked for meanwhile, only the latest is done. GUI
/// thread.
template <typename T>
class LatestJob {
public:
    /// `context` outlives it; `done` is called on its thread.
    explicit LatestJob(QObject *context) : m_context(context) { m_pool.setMaxThreadCount(1); }
    LatestJob(const LatestJob &) = delete;
    LatestJob &operator=(const LatestJob &) = delete;
    ~LatestJob()
    {
        m_next = {};
        m_pool.waitForDone();
    }

    /// `work` runs on another thread and must own what it reads.
    void start(std::function<T()> work, std::function<void(T)> done)
    {
        m_next = {std::move(work), std::move(done)};
        if (!m_busy)
            launch();
    }
    /// What is under way comes to nothing.
    void drop()
    {
        ++m_generation;
        m_next = {};
    }
    bool busy() const { return m_busy || m_next.work; }

private:
    struct Task {
        std::function<T()> work;
        std::function<void(T)> done;
    };

    void launch()
    {
        m_busy = true;
        m_pool.start([this, task = std::exchange(m_next, {}), generation = m_generation] {
            auto result = std::make_shared<T>(task.work());
            QMetaObject::invokeMethod(
                m_context,
                [this, done = task.done, result, generation] {
                    m_busy = false;
                    if (m_next.work)
                        launch();
                    if (generation == m_generation)
                        done(std::move(*result));
                },
                Qt::QueuedConnection);
        });
    }

    QObject *m_context;
    QThreadPool m_pool;
    Task m_next;
    bool m_busy = false;
    std::uint64_t m_generation = 0;
};

} // namespace muster
