// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ulid.h"

#include <array>
#include <mutex>
#include <random>

namespace muster {

namespace {

constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

int digitOf(char c)
{
    const char upper = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    const std::size_t at = alphabet.find(upper);
    return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

/// 48 bits of milliseconds, then 80 bits that are random for a new millisecond and count on within one.
class Source {
public:
    std::string next()
    {
        const std::lock_guard lock(m_mutex);
        const auto now = static_cast<std::uint64_t>(UtcTime::now().millis());
        if (now > m_millis) {
            m_millis = now;
            m_high = m_random() & 0xFFFF;
            m_low = m_random();
        } else if (++m_low == 0 && ++m_high > 0xFFFF) {
            m_high = 0;
            ++m_millis;
        }

        std::string text(26, '0');
        std::uint64_t millis = m_millis & 0xFFFFFFFFFFFF;
        for (std::size_t i = 10; i-- > 0; millis >>= 5)
            text[i] = alphabet[millis & 31];
        std::uint64_t high = m_high;
        std::uint64_t low = m_low;
        for (std::size_t i = 26; i-- > 10;) {
            text[i] = alphabet[low & 31];
            low = (low >> 5) | (high << 59);
            high >>= 5;
        }
        return text;
    }

private:
    static std::mt19937_64 seeded()
    {
        std::random_device device;
        std::array<unsigned, 8> words{};
        for (unsigned &word : words)
            word = device();
        std::seed_seq seed(words.begin(), words.end());
        return std::mt19937_64(seed);
    }

    std::mutex m_mutex;
    std::mt19937_64 m_random = seeded();
    std::uint64_t m_millis = 0;
    std::uint64_t m_high = 0; // the upper 16 of the 80 bits
    std::uint64_t m_low = 0;
};

} // namespace

std::string newUlid()
{
    static Source source;
    return source.next();
}

bool isUlid(std::string_view text)
{
    if (text.size() != 26 || text.front() > '7')
        return false;
    for (const char c : text) {
        if (digitOf(c) < 0)
            return false;
    }
    return true;
}

UtcTime ulidTime(std::string_view ulid)
{
    std::int64_t millis = 0;
    for (const char c : ulid.substr(0, 10))
        millis = millis * 32 + digitOf(c);
    return {millis * 1000};
}

} // namespace muster
