// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nats/connection.h"
#include "nats/local_server.h"

#include <QtTest>

#include <chrono>
#include <mutex>
#include <string>
#include <vector>

namespace muster::nats {

/// What a result says when it is not a value, for QVERIFY2.
template <typename R>
std::string why(const R &result)
{
    return result.ok() ? std::string() : result.error().code + ": " + result.error().message;
}

inline ConnectOptions optionsFor(const LocalServer &server)
{
    ConnectOptions o;
    o.servers = {server.url()};
    return o;
}

/// Collects what handlers see, from any thread.
template <typename T>
class Recorder {
public:
    void add(T value)
    {
        const std::lock_guard lock(m_mutex);
        m_all.push_back(std::move(value));
    }
    std::vector<T> all() const
    {
        const std::lock_guard lock(m_mutex);
        return m_all;
    }
    std::size_t count() const { return all().size(); }

private:
    mutable std::mutex m_mutex;
    std::vector<T> m_all;
};

inline std::int64_t millisSince(std::chrono::steady_clock::time_point begin)
{
    return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begin).count();
}

} // namespace muster::nats

#define VERIFY_OK(expression)                                                                                \
    do {                                                                                                     \
        const auto &result_ = (expression);                                                                  \
        QVERIFY2(result_.ok(), muster::nats::why(result_).c_str());                                          \
    } while (false)

#define COMPARE_CODE(expression, expected)                                                                   \
    do {                                                                                                     \
        const auto &result_ = (expression);                                                                  \
        QCOMPARE(QString::fromStdString(result_.ok() ? std::string("ok") : result_.error().code),            \
                 QString::fromLatin1(expected));                                                             \
    } while (false)
