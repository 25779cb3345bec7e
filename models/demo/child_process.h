// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace muster::demo {

/// A program that runs beside this one and never outlives it, however this one ends. The destructor asks it
/// to end (SIGTERM), and after two seconds makes it (SIGKILL). All calls from any thread.
class ChildProcess {
public:
    /// `command` begins with the path of the program. What it writes goes to the file `output`.
    static Result<std::unique_ptr<ChildProcess>> start(std::vector<std::string> command, std::string output);
    ~ChildProcess();
    ChildProcess(const ChildProcess &) = delete;
    ChildProcess &operator=(const ChildProcess &) = delete;

    std::int64_t pid() const { return m_pid; }
    bool isRunning() const;

private:
    ChildProcess() = default;
    void signal(int number);

    std::int64_t m_pid = -1;
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_reported = false, m_ended = false;
    int m_startError = 0;
    std::thread
        m_thread; ///< started the child, and lives as long: Linux ends a child with its parent's thread
};

} // namespace muster::demo
