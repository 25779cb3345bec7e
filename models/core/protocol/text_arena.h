// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstring>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace muster::protocol {

/// Texts that live until the next message, in blocks that stay.
class TextArena {
public:
    void clear()
    {
        m_used = 0;
        if (!m_texts.empty())
            m_texts.clear();
    }

    /// The two joined by a dot.
    std::string_view join(std::string_view head, std::string_view tail)
    {
        const std::size_t size = head.size() + 1 + tail.size();
        if (m_block.size() - m_used < size) {
            if (m_block.empty())
                m_block.resize(blockBytes);
            else
                return m_texts.emplace_back(std::string(head) + '.' + std::string(tail));
        }
        char *out = m_block.data() + m_used;
        std::memcpy(out, head.data(), head.size());
        out[head.size()] = '.';
        std::memcpy(out + head.size() + 1, tail.data(), tail.size());
        m_used += size;
        return {out, size};
    }

    std::string &text() { return m_texts.emplace_back(); }

private:
    static constexpr std::size_t blockBytes = std::size_t{16} << 10;
    std::vector<char> m_block;
    std::size_t m_used = 0;
    std::deque<std::string> m_texts;
};

} // namespace muster::protocol
