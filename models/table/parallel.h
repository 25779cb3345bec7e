// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace muster::table {

/// How many threads work of so many steps is worth: a thread costs some tens of microseconds to start.
inline std::size_t workerCount(std::size_t steps)
{
    constexpr std::size_t worthAThread = 32768;
    const std::size_t cores = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 4);
    return std::clamp<std::size_t>(steps / worthAThread, 1, cores);
}

/// Calls work(0) ... work(parts - 1), each on a thread of its own as far as the system gives them; returns
/// when all are done. What one of them throws is thrown here then: memory may run out.
template <typename Work>
void inParallel(std::size_t parts, const Work &task)
{
    std::exception_ptr failure;
    std::mutex failing;
    const auto work = [&](std::size_t part) {
        try {
            task(part);
        } catch (...) {
            const std::lock_guard lock(failing);
            failure = std::current_exception();
        }
    };
    std::vector<std::thread> threads;
    threads.reserve(parts);
    std::size_t next = 1;
    try {
        for (; next < parts; ++next)
            threads.emplace_back([&work, next] { work(next); });
    } catch (const std::system_error &) {
        // No more threads to be had: this one does the rest.
    }
    work(0);
    for (; next < parts; ++next)
        work(next);
    for (std::thread &thread : threads)
        thread.join();
    if (failure)
        std::rethrow_exception(failure);
}

/// The bounds of part `part` of `parts` over `count` things.
inline std::size_t partBegin(std::size_t count, std::size_t part, std::size_t parts)
{
    return count * part / parts;
}

} // namespace muster::table
