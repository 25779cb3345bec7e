// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace muster {

/// Numbers short names 0, 1, 2, ... in order of arrival, and finds the number of a name without an
/// allocation: open addressing, 8 to 16 bytes a name beside its text. The hash is seeded, so that nobody can
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
            const std::uint32_t slot = m_slots[at];
            if (slot == 0)
                return none;
            const std::uint32_t id = slot - 1;
            if (m_entries[id].hash == hash && (*this)[id] == name)
                return id;
        }
    }

    /// The name's number, new or not; `added` says which.
    std::uint32_t insert(std::string_view name, bool &added)
    {
        const std::uint32_t known = find(name);
        added = known == none;
        if (!added)
            return known;
        if ((m_entries.size() + 1) * 5 > m_slots.size() * 4)
            grow(m_slots.empty() ? 64 : m_slots.size() * 2);
        const auto id = static_cast<std::uint32_t>(m_entries.size());
        const std::uint32_t hash = hashOf(name);
        m_entries.push_back({hash, static_cast<std::uint32_t>(m_text.size())});
        m_text.append(name);
        place(hash, id);
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
        const std::size_t begin = m_entries[id].begin;
        const std::size_t end = id + 1 < m_entries.size() ? m_entries[id + 1].begin : m_text.size();
        return std::string_view(m_text).substr(begin, end - begin);
    }

    std::size_t size() const { return m_entries.size(); }
    void reserve(std::size_t names)
    {
        m_entries.reserve(names);
        std::size_t slots = 64;
        while (slots * 4 < names * 5)
            slots *= 2;
        if (slots > m_slots.size())
            grow(slots);
    }

private:
    struct Entry {
        std::uint32_t hash, begin;
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

    void place(std::uint32_t hash, std::uint32_t id)
    {
        std::size_t at = hash & m_mask;
        while (m_slots[at] != 0)
            at = (at + 1) & m_mask;
        m_slots[at] = id + 1;
    }

    void grow(std::size_t slots)
    {
        m_slots.assign(slots, 0);
        m_mask = slots - 1;
        for (std::uint32_t id = 0; id < m_entries.size(); ++id)
            place(m_entries[id].hash, id);
    }

    static std::uint64_t newSeed()
    {
        std::random_device source;
        return (static_cast<std::uint64_t>(source()) << 32) | source();
    }

    std::vector<std::uint32_t> m_slots; // number + 1; 0 is free
    std::size_t m_mask = 0;
    std::vector<Entry> m_entries;
    std::string m_text;
    std::uint64_t m_seed = newSeed();
};

} // namespace muster
