// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/protocol/plain_messages.h"

#include "core/device_id.h"
#include "core/ulid.h"

#include <array>
#include <bit>
#include <cstring>

namespace muster::protocol::plain {

namespace {

constexpr std::size_t maxTextBytes = maxLabelBytes; // of a member that is no row

constexpr bool readsWords = std::endian::native == std::endian::little;

constexpr std::array<double, 16> powersOfTen{1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                             1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

constexpr std::uint64_t each(std::uint8_t byte)
{
    return ~std::uint64_t{0} / 255 * byte;
}

/// Eight bytes at once; the first is the lowest. A mask of them is right up to its lowest byte that is set.
std::uint64_t wordAt(const char *at)
{
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    return word;
}

std::uint64_t zeroBytes(std::uint64_t word)
{
    return (word - each(1)) & ~word & each(0x80);
}

/// Quotes, escapes, controls, and what is not ASCII: a text without them is taken as it stands.
std::uint64_t notPlain(std::uint64_t word)
{
    return ((word - each(0x20)) & ~word & each(0x80)) | (word & each(0x80)) | zeroBytes(word ^ each('"')) |
           zeroBytes(word ^ each('\\'));
}

std::uint64_t notDigits(std::uint64_t word)
{
    return ((word & each(0xF0)) | (((word + each(0x06)) & each(0xF0)) >> 4)) ^ each(0x33);
}

std::size_t bytesBefore(std::uint64_t mask)
{
    return mask == 0 ? 8 : static_cast<std::size_t>(std::countr_zero(mask)) / 8;
}

/// The value of the first `count` of a word's digits, 1 to 8.
std::uint64_t valueOf(std::uint64_t word, std::size_t count)
{
    word = (word << ((8 - count) * 8)) & each(0x0F);
    word = (word * 2561 >> 8) & 0x00FF00FF00FF00FF;            // pairs
    word = (word * 6553601 >> 16) & 0x0000FFFF0000FFFF;        // fours
    return (word * 42949672960001 >> 32) & 0x00000000FFFFFFFF; // all
}

/// Reads on to a NUL, which stands nowhere in JSON: no byte is looked at before the one ahead of it is known,
/// but for words that reach into the slack behind the message.
class Reader {
public:
    explicit Reader(std::string_view text) : m_at(text.data()), m_end(text.data() + text.size()) {}

    bool take(char c)
    {
        if (*m_at != c)
            return false;
        ++m_at;
        return true;
    }

    bool take(std::string_view word)
    {
        const char *at = m_at;
        for (const char c : word) {
            if (*at++ != c)
                return false;
        }
        m_at = at;
        return true;
    }

    bool isAtEnd() const { return m_at == m_end; }
    bool isAt(char c) const { return *m_at == c; }

    bool text(std::string_view &out)
    {
        if (!take('"'))
            return false;
        const char *const begin = m_at;
        std::size_t plain = 0;
        do {
            plain = bytesBefore(notPlain(wordAt(m_at)));
            m_at += plain;
        } while (plain == 8);
        out = {begin, static_cast<std::size_t>(m_at - begin)};
        return take('"');
    }

    bool key(std::string_view &out) { return text(out) && !out.empty() && take(':'); }

    /// Between members: whether there is another. `fits` becomes false for what is neither.
    bool another(bool &fits)
    {
        if (take(','))
            return true;
        fits = fits && take('}');
        return false;
    }

    bool boolean(bool &out)
    {
        out = isAt('t');
        return take(out ? "true" : "false");
    }

    /// Numbers that need no care: integers of 16 digits, and decimals that are a quotient of two doubles
    /// which hold their values exactly, so that dividing rounds once, as reading the text does.
    bool number(ValueView &out)
    {
        constexpr std::size_t decimalDigits = 15;
        const bool isNegative = take('-');
        const char first = *m_at;
        std::uint64_t digits = 0;
        const std::size_t whole = takeDigits(digits);
        if (whole == 0 || (whole > 1 && first == '0'))
            return false;
        if (!take('.')) {
            if (isNegative && digits == 0)
                return false;
            const auto value = static_cast<std::int64_t>(digits); // of 16 digits at most
            out = isNegative ? -value : value;
            return isPast();
        }
        if (whole > decimalDigits)
            return false;
        const std::size_t after = takeDigits(digits);
        if (after == 0 || whole + after > decimalDigits)
            return false;
        const double value = static_cast<double>(digits) / powersOfTen[after];
        out = isNegative ? -value : value;
        return isPast();
    }

    bool integer(std::int64_t low, std::int64_t high, std::int64_t &out)
    {
        ValueView value;
        if (!number(value))
            return false;
        const auto *whole = std::get_if<std::int64_t>(&value);
        if (!whole || *whole < low || *whole > high)
            return false;
        out = *whole;
        return true;
    }

    bool scalar(ValueView &out)
    {
        switch (*m_at) {
        case '"': {
            std::string_view made;
            if (!text(made))
                return false;
            out = made;
            return true;
        }
        case 't':
        case 'f': {
            bool flag = false;
            if (!boolean(flag))
                return false;
            out = flag;
            return true;
        }
        case 'n':
            out = std::monostate();
            return take("null");
        default:
            return number(out);
        }
    }

private:
    /// Up to 16 digits, behind those that `digits` has already; how many there were. More than fit wrap
    /// around: whoever asks counts them.
    std::size_t takeDigits(std::uint64_t &digits)
    {
        constexpr std::array<std::uint64_t, 9> tens{1,       10,        100,        1'000,      10'000,
                                                   100'000, 1'000'000, 10'000'000, 100'000'000};
        std::size_t taken = 0;
        std::size_t count = 0;
        do {
            const std::uint64_t word = wordAt(m_at);
            count = bytesBefore(notDigits(word));
            if (count == 0)
                break;
            digits = digits * tens[count] + valueOf(word, count);
            m_at += count;
            taken += count;
        } while (count == 8 && taken < 16);
        return taken;
    }

    /// A number ends where the member does.
    bool isPast() const { return *m_at == ',' || *m_at == '}'; }

    const char *m_at;
    const char *m_end;
};

/// Takes the members of a row, those of objects within it by joined names. Messages look alike: what was
/// there of the last one is written over.
class RowReader {
public:
    RowReader(std::vector<Field> &fields, TextArena &arena) : m_fields(fields), m_arena(arena) {}

    bool read(Reader &in)
    {
        const bool fits = read(in, {}, 1);
        m_fields.resize(m_count);
        return fits;
    }

private:
    bool read(Reader &in, std::string_view prefix, int depth)
    {
        if (!in.take('{'))
            return false;
        if (in.take('}'))
            return true;
        bool fits = true;
        do {
            std::string_view name;
            if (!in.key(name) || prefix.size() + 1 + name.size() > maxFieldNameBytes)
                return false;
            if (!prefix.empty())
                name = m_arena.join(prefix, name);
            if (in.isAt('{')) {
                if (depth == maxDepth || !read(in, name, depth + 1))
                    return false;
                continue;
            }
            if (m_count == maxFields)
                return false;
            if (m_count == m_fields.size())
                m_fields.emplace_back();
            Field &field = m_fields[m_count++];
            field.name = name;
            if (!in.scalar(field.value))
                return false;
        } while (in.another(fits));
        return fits;
    }

    std::vector<Field> &m_fields;
    TextArena &m_arena;
    std::size_t m_count = 0;
};

/// Of a message's members each may come once.
class Once {
public:
    bool operator()(unsigned member)
    {
        const unsigned bit = 1U << member;
        const bool isFirst = (m_seen & bit) == 0;
        m_seen |= bit;
        return isFirst;
    }
    bool has(unsigned member) const { return (m_seen & (1U << member)) != 0; }

private:
    unsigned m_seen = 0;
};

bool isVersion(Reader &in)
{
    std::int64_t number = 0;
    return in.integer(version, version, number);
}

bool readLabels(Reader &in, std::vector<Label> &labels)
{
    if (!in.take('{'))
        return false;
    if (in.take('}'))
        return true;
    bool fits = true;
    do {
        std::string_view key;
        std::string_view value;
        if (labels.size() == maxLabels || !in.key(key) || !in.text(value) || key.size() > maxLabelBytes ||
            value.size() > maxLabelBytes)
            return false;
        if ((key == "site" || key == "group") && !value.empty() && !isToken(value))
            return false;
        if (!labels.empty() && key <= labels.back().key)
            return false; // to be sorted, or there already
        labels.push_back({std::string(key), std::string(value)});
    } while (in.another(fits));
    return fits;
}

} // namespace

bool readReply(std::string_view payload, QueryReply &out, std::vector<Field> &fields, TextArena &arena)
{
    enum : unsigned { Version, Device, Row, Empty };
    Reader in(payload);
    if (!readsWords || !in.take('{'))
        return false;
    Once once;
    bool fits = true;
    bool isEmpty = false;
    do {
        std::string_view key;
        if (!in.key(key))
            return false;
        if (key == "v")
            fits = once(Version) && isVersion(in);
        else if (key == "device")
            fits = once(Device) && in.text(out.device) && isToken(out.device);
        else if (key == "row")
            fits = once(Row) && RowReader(fields, arena).read(in);
        else if (key == "empty")
            fits = once(Empty) && in.boolean(isEmpty);
        else
            return false; // an error's text, or a member of a later version
    } while (fits && in.another(fits));
    if (!fits || !in.isAtEnd() || !once.has(Version) || !once.has(Device) || !(once.has(Row) || isEmpty))
        return false;
    out.kind = once.has(Row) ? QueryReply::Kind::Row : QueryReply::Kind::Empty;
    out.row = once.has(Row) ? &fields : nullptr;
    return true;
}

bool readTelemetry(std::string_view device, std::string_view payload, Telemetry &out,
                   std::vector<Field> &fields, TextArena &arena)
{
    enum : unsigned { Version, Device, At, Seq, Values };
    Reader in(payload);
    if (!readsWords || !in.take('{'))
        return false;
    Once once;
    bool fits = true;
    do {
        std::string_view key;
        std::string_view text;
        if (!in.key(key))
            return false;
        if (key == "v")
            fits = once(Version) && isVersion(in);
        else if (key == "device")
            fits = once(Device) && in.text(text) && text == device;
        else if (key == "at")
            fits = once(At) && in.text(text) && text.size() <= maxTextBytes &&
                   (out.at = UtcTime::parse(text)).has_value();
        else if (key == "seq")
            fits = once(Seq) && in.integer(0, INT64_MAX, out.seq);
        else if (key == "values")
            fits = once(Values) && RowReader(fields, arena).read(in);
        else
            return false;
    } while (fits && in.another(fits));
    if (!fits || !in.isAtEnd() || !once.has(Version) || !once.has(Values))
        return false;
    out.device = device;
    out.values = &fields;
    return true;
}

bool readPresence(std::string_view device, std::string_view payload, Presence &out)
{
    enum : unsigned { Version, Device, Interval, Boot, Seq, State, Firmware, Labels, Config };
    Reader in(payload);
    if (!readsWords || !in.take('{'))
        return false;
    Once once;
    bool fits = true;
    do {
        std::string_view key;
        std::string_view text;
        std::int64_t number = 0;
        if (!in.key(key))
            return false;
        if (key == "v") {
            fits = once(Version) && isVersion(in);
        } else if (key == "device") {
            fits = once(Device) && in.text(text) && text == device;
        } else if (key == "interval") {
            fits = once(Interval) && in.integer(1, 86400, number);
            out.intervalSeconds = static_cast<int>(number);
        } else if (key == "boot") {
            fits = once(Boot) && in.text(text) && (text.empty() || isUlid(text));
            out.boot = text;
        } else if (key == "seq") {
            fits = once(Seq) && in.integer(0, INT64_MAX, out.seq);
        } else if (key == "state") {
            fits = once(State) && in.text(text) && (text == "online" || text == "closing");
            out.state = text == "closing" ? DeviceState::Closing : DeviceState::Online;
        } else if (key == "fw") {
            fits = once(Firmware) && in.text(text) && text.size() <= maxTextBytes;
            out.firmware = text;
        } else if (key == "labels") {
            fits = once(Labels) && readLabels(in, out.labels);
        } else if (key == "config") {
            fits = once(Config) && in.take("{\"rev\":") && in.integer(0, INT64_MAX, number) && in.take('}');
            out.configRevision = number;
        } else {
            return false;
        }
    } while (fits && in.another(fits));
    if (!fits || !in.isAtEnd() || !once.has(Version))
        return false;
    out.device = device;
    return true;
}

} // namespace muster::protocol::plain
