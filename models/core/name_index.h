// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace muster {

/// Numbers short names 0, 1, 2, ... in order of arrival, and finds the number of a name without an
/// allocation: open addressing, 14 to 24 bytes a name beside its text. The hash is seeded, so that nobody can
/// choose names that collide. Names are not removed. At most 2^32 - 2 names and 4 GiB of text. One thread at
/// a time.
class NameIndex {
public:
    static constexpr std::uint32_t none = ~std::uint32_t{0};

    std::uint32_t find(std::string_view name) const
    {
        if (m_slots.empty())
            return none;
        const std::uint32_t hash = hashOf(name);
        for (std::size_t at = hash & m_mask;; at = (at + 1) & m_mask) {
            const Slot slot = m_slots[at];
            if (slot.number == 0)
                return none;
            if (slot.hash == hash && (*this)[slot.number - 1] == name)
                return slot.number - 1;
        }
    }

    /// Brings what find() and insert() of the name look at first into the cache: for who has other work until
    /// then.
    void prefetch(std::string_view name) const
    {
        if (!m_slots.empty())
            __builtin_prefetch(&m_slots[hashOf(name) & m_mask]);
    }

    /// The name's number, new or not; `added` says which.
    std::uint32_t insert(std::string_view name, bool &added)
    {
        if ((m_begins.size() + 1) * 5 > m_slots.size() * 4)
            grow(m_slots.empty() ? 64 : m_slots.size() * 2);
        const std::uint32_t hash = hashOf(name);
        std::size_t at = hash & m_mask;
        for (; m_slots[at].number != 0; at = (at + 1) & m_mask) {
            const Slot slot = m_slots[at];
            if (slot.hash == hash && (*this)[slot.number - 1] == name) {
                added = false;
                return slot.number - 1;
            }
        }
        const auto id = static_cast<std::uint32_t>(m_begins.size());
        m_begins.push_back(static_cast<std::uint32_t>(m_text.size()));
        m_text.append(name);
        m_slots[at] = {hash, id + 1};
        added = true;
        return id;
    }
    std::uint32_t insert(std::string_view name)
    {
        bool added = false;
        return insert(name, added);
    }

    /// Valid until the next insert().
    std::string_view operator[](std::uint32_t id) const
    {
        const std::size_t begin = m_begins[id];
        const std::size_t end = id + 1 < m_begins.size() ? m_begins[id + 1] : m_text.size();
        return std::string_view(m_text).substr(begin, end - begin);
    }

    std::size_t size() const { return m_begins.size(); }
    void reserve(std::size_t names)
    {
        constexpr std::size_t usualBytes = 16;
        m_begins.reserve(names);
        m_text.reserve(names * usualBytes);
        std::size_t slots = 64;
        while (slots * 4 < names * 5)
            slots *= 2;
        if (slots > m_slots.size())
            grow(slots);
    }

private:
    /// The hash stands beside the number, so that a look-up touches no other name's text on its way.
    struct Slot {
        std::uint32_t hash = 0;
        std::uint32_t number = 0; ///< and 1; 0 is free
    };

    std::uint32_t hashOf(std::string_view name) const
    {
        constexpr std::uint64_t k = 0x9E3779B97F4A7C15u;
        std::uint64_t h = m_seed ^ (name.size() * k);
        const char *at = name.data();
        std::size_t left = name.size();
        for (; left >= 8; left -= 8, at += 8) {
            std::uint64_t word = 0;
            std::memcpy(&word, at, 8);
            h = (h ^ word) * k;
            h ^= h >> 29;
        }
        std::uint64_t tail = 0;
        if (left > 0)
            std::memcpy(&tail, at, left);
        h = (h ^ tail) * k;
        h ^= h >> 32;
        h *= 0xD6E8FEB86659FD93u;
        return static_cast<std::uint32_t>(h >> 32);
    }

    void place(Slot slot)
    {
        std::size_t at = slot.hash & m_mask;
        while (m_slots[at].number != 0)
            at = (at + 1) & m_mask;
        m_slots[at] = slot;
    }

    void grow(std::size_t slots)
    {
        const std::vector<Slot> before = std::exchange(m_slots, std::vector<Slot>(slots));
        m_mask = slots - 1;
        for (const Slot &slot : before) {
            if (slot.number != 0)
                place(slot);
        }
    }

    static std::uint64_t newSeed()
    {
        std::random_device source;
        return (static_cast<std::uint64_t>(source()) << 32) | source();
    }

    std::vector<Slot> m_slots;
    std::size_t m_mask = 0;
    std::vector<std::uint32_t> m_begins; // of each name in m_text
    std::string m_text;
    std::uint64_t m_seed = newSeed();
};

} // namespace muster
