// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/text_store.h"

#include "table/order.h"
#include "table/parallel.h"

#include <algorithm>
#include <bit>
#include <iterator>
#include <limits>
#include <random>

namespace muster::table {

namespace {

__extension__ using Wide = unsigned __int128;

std::uint64_t fold(std::uint64_t a, std::uint64_t b)
{
    const Wide product = Wide(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

template <typename Word>
std::uint64_t load(const char *bytes)
{
    Word word;
    std::memcpy(&word, bytes, sizeof word);
    return word;
}

struct Secrets {
    std::uint64_t first, second;
    Secrets()
    {
        std::random_device random;
        const auto word = [&random] { return (std::uint64_t{random()} << 32) | random() | 1; };
        first = word();
        second = word();
    }
};

const Secrets &secretsOfProcess()
{
    static const Secrets secrets;
    return secrets;
}

} // namespace

WordHash::WordHash() : m_first(secretsOfProcess().first), m_second(secretsOfProcess().second) {}

std::uint64_t hashText(std::string_view text)
{
    const Secrets &secrets = secretsOfProcess();
    const char *bytes = text.data();
    const std::size_t size = text.size();
    std::uint64_t state = secrets.first;
    std::uint64_t a = 0;
    std::uint64_t b = 0;
    if (size > 16) {
        std::size_t left = size;
        for (; left > 16; left -= 16, bytes += 16)
            state = fold(load<std::uint64_t>(bytes) ^ secrets.second, load<std::uint64_t>(bytes + 8) ^ state);
        a = load<std::uint64_t>(bytes + left - 16);
        b = load<std::uint64_t>(bytes + left - 8);
    } else if (size >= 8) {
        a = load<std::uint64_t>(bytes);
        b = load<std::uint64_t>(bytes + size - 8);
    } else if (size >= 4) {
        a = load<std::uint32_t>(bytes);
        b = load<std::uint32_t>(bytes + size - 4);
    } else if (size > 0) {
        a = (load<std::uint8_t>(bytes) << 16) | (load<std::uint8_t>(bytes + size / 2) << 8) |
            load<std::uint8_t>(bytes + size - 1);
    }
    return fold(secrets.second ^ size, fold(a ^ secrets.second, b ^ state));
}

namespace {

constexpr std::size_t padding = 16; // behind the last text: it may be read

} // namespace

void Arena::addBlock(std::size_t size)
{
    m_blocks.emplace_back(size);
    m_bytes += size;
    m_next = m_blocks.back().data();
    m_left = size;
}

void Arena::reserve(std::size_t bytes)
{
    if (bytes + padding > m_left)
        addBlock(bytes + padding);
}

StoredText Arena::store(std::string_view text)
{
    constexpr std::size_t largestBlock = std::size_t{256} * 1024;
    const auto length = static_cast<std::uint32_t>(
        std::min<std::size_t>(text.size(), std::numeric_limits<std::uint32_t>::max()));
    const std::size_t need = sizeof length + length;
    if (need + padding > m_left) {
        addBlock(std::max(m_blockSize, need + padding));
        m_blockSize = std::min(m_blockSize * 2, largestBlock);
    }
    char *place = m_next;
    std::memcpy(place, &length, sizeof length);
    if (length > 0)
        std::memcpy(place + sizeof length, text.data(), length);
    m_next += need;
    m_left -= need;
    return place;
}

void Arena::absorb(Arena &&other)
{
    if (m_blocks.empty()) {
        *this = std::move(other);
        return;
    }
    m_blocks.insert(m_blocks.begin(), std::make_move_iterator(other.m_blocks.begin()),
                    std::make_move_iterator(other.m_blocks.end()));
    m_bytes += other.m_bytes;
}

void Arena::clear()
{
    if (m_blocks.empty())
        return;
    // Only the last block stays: it is the largest, short of a text that was larger still.
    m_blocks.erase(m_blocks.begin(), m_blocks.end() - 1);
    const auto used = static_cast<std::size_t>(m_next - m_blocks.back().data());
    m_next = m_blocks.back().data();
    m_left += used;
    m_bytes = m_left;
}

void HashIndex::grow()
{
    LargeVector<Slot> old = std::move(m_slots);
    m_slots.assign(std::max<std::size_t>(16, old.size() * 2), vacant);
    m_mask = m_slots.size() - 1;
    for (const Slot &slot : old) {
        if (slot.id == none)
            continue;
        std::size_t i = slot.tag & m_mask;
        while (m_slots[i].id != none)
            i = (i + 1) & m_mask;
        m_slots[i] = slot;
    }
}

void HashIndex::build(const LargeVector<std::uint32_t> &tags, std::size_t parts)
{
    m_slots = LargeVector<Slot>(std::bit_ceil(std::max<std::size_t>(16, tags.size() * 4 / 3 + 2)));
    m_mask = m_slots.size() - 1;
    m_count = 0;
    // Each thread fills a stretch of the slots. What does not fit into its own is put in at the end.
    std::vector<std::vector<std::uint32_t>> over(parts);
    inParallel(parts, [&](std::size_t part) {
        const std::size_t begin = partBegin(m_slots.size(), part, parts);
        const std::size_t end = partBegin(m_slots.size(), part + 1, parts);
        constexpr std::size_t ahead = 12;
        std::fill(m_slots.begin() + static_cast<std::ptrdiff_t>(begin),
                  m_slots.begin() + static_cast<std::ptrdiff_t>(end), vacant);
        for (std::size_t k = 0; k < tags.size(); ++k) {
            __builtin_prefetch(&m_slots[tags[std::min(k + ahead, tags.size() - 1)] & m_mask], 1);
            std::size_t i = tags[k] & m_mask;
            if (i < begin || i >= end)
                continue;
            while (i < end && m_slots[i].id != none)
                ++i;
            if (i < end)
                m_slots[i] = {tags[k], static_cast<std::uint32_t>(k + 1)};
            else
                over[part].push_back(static_cast<std::uint32_t>(k));
        }
    });
    m_count = tags.size();
    for (const auto &ofPart : over) {
        m_count -= ofPart.size();
        for (const std::uint32_t k : ofPart)
            insertTag(tags[k], k + 1);
    }
}

void HashIndex::insertTag(std::uint32_t tag, std::uint32_t id)
{
    if ((m_count + 1) * 4 > m_slots.size() * 3)
        grow();
    std::size_t i = tag & m_mask;
    while (m_slots[i].id != none)
        i = (i + 1) & m_mask;
    m_slots[i] = {tag, id};
    ++m_count;
}

void HashIndex::erase(std::uint64_t hash, std::uint32_t id)
{
    if (m_slots.empty())
        return;
    std::size_t hole = tagOf(hash) & m_mask;
    while (m_slots[hole].id != id) {
        if (m_slots[hole].id == none)
            return;
        hole = (hole + 1) & m_mask;
    }
    // Whatever was pushed past the hole moves back into it, so that no search stops short.
    for (std::size_t i = (hole + 1) & m_mask; m_slots[i].id != none; i = (i + 1) & m_mask) {
        const std::size_t home = m_slots[i].tag & m_mask;
        if (((i - home) & m_mask) >= ((i - hole) & m_mask)) {
            m_slots[hole] = m_slots[i];
            hole = i;
        }
    }
    m_slots[hole] = vacant;
    --m_count;
}

void HashIndex::clear()
{
    std::fill(m_slots.begin(), m_slots.end(), vacant);
    m_count = 0;
}

std::uint32_t Dictionary::find(std::string_view text, std::uint64_t hash) const
{
    const std::uint32_t code = m_index.find(hash, [&](std::uint32_t id) { return this->text(id) == text; });
    return code == HashIndex::none ? absent : code;
}

std::uint32_t Dictionary::codeFor(std::string_view text, std::uint64_t hash)
{
    const std::uint32_t known = find(text, hash);
    if (known != absent)
        return known;
    const std::uint32_t code = m_limit++;
    entryAt(code) = m_arena.store(text);
    m_index.insert(hash, code);
    m_textBytes += bytesOf(text);
    return code;
}

/// Makes room for it where there is none.
StoredText &Dictionary::entryAt(std::uint32_t code)
{
    const std::uint32_t place = code + firstBlock;
    const int block = 31 - __builtin_clz(place) - firstBlockBits;
    auto &entries = m_blocks[static_cast<std::size_t>(block)];
    if (entries.empty()) {
        entries.resize(std::size_t{firstBlock} << block);
        if (block == 0)
            entries[0] = m_arena.store({});
    }
    return entries[place - (firstBlock << block)];
}

Dictionary::Builder::Builder(std::uint32_t count, std::size_t parts)
    : m_made(std::make_shared<Dictionary>()),
      m_parts(parts),
      m_tags(count)
{
    for (std::uint32_t block = firstBlock; block <= count + firstBlock; block *= 2)
        m_made->entryAt(block - firstBlock);
    m_made->m_limit = count + 1;
}

void Dictionary::Builder::set(std::size_t part, std::uint32_t code, std::string_view text)
{
    m_made->entryAt(code) = m_parts[part].arena.store(text);
    m_tags[code - 1] = HashIndex::tagOf(hashText(text));
    m_parts[part].textBytes += bytesOf(text);
}

std::shared_ptr<Dictionary> Dictionary::Builder::finish()
{
    for (Part &part : m_parts) {
        m_made->m_arena.absorb(std::move(part.arena));
        m_made->m_textBytes += part.textBytes;
    }
    m_made->m_index.build(m_tags, m_parts.size());
    return std::move(m_made);
}

std::size_t Dictionary::memoryBytes() const
{
    std::size_t bytes = sizeof *this + m_arena.memoryBytes() + m_index.memoryBytes();
    for (std::size_t i = 0; i < m_blocks.size() && !m_blocks[i].empty(); ++i)
        bytes += (std::size_t{firstBlock} << i) * sizeof(StoredText);
    const std::lock_guard lock(m_ranksMutex);
    if (m_ranks)
        bytes += m_ranks->capacity() * sizeof(std::uint32_t);
    return bytes;
}

void Dictionary::clear()
{
    m_index.clear();
    m_arena.clear();
    for (auto &block : m_blocks)
        block = {};
    m_limit = 1;
    m_textBytes = 0;
    const std::lock_guard lock(m_ranksMutex);
    m_ranks.reset();
}

std::shared_ptr<const std::vector<std::uint32_t>> Dictionary::ranks(std::uint32_t limit, TextOrder order,
                                                                    const CancelFlag *cancel) const
{
    const std::lock_guard lock(m_ranksMutex);
    if (m_ranks && m_ranks->size() == limit && m_ranksOrder == order)
        return m_ranks;
    std::vector<StoredText> texts(limit);
    for (std::uint32_t code = 1; code < limit; ++code)
        texts[code] = stored(code);
    auto ranks = std::make_shared<std::vector<std::uint32_t>>(limit);
    if (!rankTexts({texts.data() + 1, limit - 1}, order, ranks->data() + 1, cancel))
        return nullptr;
    m_ranks = ranks;
    m_ranksOrder = order;
    return ranks;
}

} // namespace muster::table
