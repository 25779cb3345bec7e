// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/page.h"

#include "core/protocol/messages.h"
#include "table/columns.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <optional>
#include <vector>

namespace muster::table {

// A page, all numbers little-endian, lengths as varints (7 bits a byte, the lowest first):
//   "MPG", version; rows (4 bytes); columns (2 bytes)
//   keys: a length for each row, then their bytes
//   each column: type; flags; name's length and bytes;
//     with someAbsent: a bit a row, set where it has a value; and then of the rows that have one
//     Bool:      a bit each
//     Int, Time: the least value (8 bytes), a width of 0, 1, 2, 4 or 8 bytes, each value less the least
//     Double:    8 bytes each
//     Text:      the number of texts, a length for each, their bytes, a width, each value's place among them
//   checksum (8 bytes)

namespace {

constexpr std::string_view magic = "MPG";
constexpr std::uint8_t pageVersion = 1;
constexpr std::size_t checksumBytes = 8;

enum class Stored : std::uint8_t { Bool = 1, Int, Double, Time, Text };
constexpr std::uint8_t someAbsent = 1;
constexpr std::uint8_t smartOrder = 2; // of a Text: numbers among the texts stand by their value

Error damaged(const char *what)
{
    return {"page.damaged", std::string("A page of kept rows is damaged: ") + what + ".", {}};
}

// --- writing ---

template <typename T>
void put(std::string &out, T value)
{
    for (std::size_t i = 0; i < sizeof value; ++i)
        out += static_cast<char>((value >> (8 * i)) & 0xFF);
}

void putVarint(std::string &out, std::uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        out += static_cast<char>(0x80 | (value & 0x7F));
    out += static_cast<char>(value);
}

std::uint8_t widthFor(std::uint64_t largest)
{
    for (const unsigned width : {0U, 1U, 2U, 4U}) {
        if (largest < (std::uint64_t{1} << (8 * width)))
            return static_cast<std::uint8_t>(width);
    }
    return 8;
}

void putPlaces(std::string &out, const std::vector<std::uint64_t> &values, std::uint64_t largest)
{
    const std::uint8_t width = widthFor(largest);
    put(out, width);
    const std::size_t at = out.size();
    out.resize(at + values.size() * width);
    char *to = out.data() + at;
    for (const std::uint64_t value : values) {
        for (std::uint8_t i = 0; i < width; ++i)
            *to++ = static_cast<char>((value >> (8 * i)) & 0xFF);
    }
}

void putTexts(std::string &out, const std::vector<std::string_view> &texts)
{
    for (const std::string_view text : texts)
        putVarint(out, text.size());
    for (const std::string_view text : texts)
        out += text;
}

std::optional<Stored> storedType(Type type)
{
    switch (type) {
    case Type::Empty:
        return {};
    case Type::Bool:
        return Stored::Bool;
    case Type::Int:
        return Stored::Int;
    case Type::Double:
        return Stored::Double;
    case Type::Time:
        return Stored::Time;
    case Type::Version:
    case Type::Text:
        return Stored::Text;
    }
    return {};
}

void putBits(std::string &out, const std::vector<bool> &bits)
{
    const std::size_t at = out.size();
    out.resize(at + (bits.size() + 7) / 8, '\0');
    for (std::size_t i = 0; i < bits.size(); ++i) {
        if (bits[i])
            out[at + i / 8] = static_cast<char>(out[at + i / 8] | (1 << (i % 8)));
    }
}

void putColumn(std::string &out, const Column &column, Stored type, std::span<const RowId> rows,
               const std::vector<RowId> &present)
{
    put(out, static_cast<std::uint8_t>(type));
    std::uint8_t flags = present.size() < rows.size() ? someAbsent : 0;
    if (type == Stored::Text && column.order == TextOrder::Smart)
        flags |= smartOrder;
    put(out, flags);
    putVarint(out, column.name.size());
    out += column.name;
    if (flags & someAbsent) {
        std::vector<bool> bits(rows.size());
        for (std::size_t i = 0; i < rows.size(); ++i)
            bits[i] = column.has(rows[i]);
        putBits(out, bits);
    }
    const auto word = [&column](RowId row) {
        return column.chunkOf(row)->data<std::uint64_t>()[row % chunkRows];
    };
    switch (type) {
    case Stored::Bool: {
        std::vector<bool> bits(present.size());
        for (std::size_t i = 0; i < present.size(); ++i)
            bits[i] = column.cell(present[i]) == ValueView(true);
        putBits(out, bits);
        break;
    }
    case Stored::Int:
    case Stored::Time: {
        std::int64_t least = std::numeric_limits<std::int64_t>::max();
        std::int64_t most = std::numeric_limits<std::int64_t>::min();
        for (const RowId row : present) {
            const auto value = static_cast<std::int64_t>(word(row));
            least = std::min(least, value);
            most = std::max(most, value);
        }
        const auto base = static_cast<std::uint64_t>(least);
        std::vector<std::uint64_t> above;
        above.reserve(present.size());
        for (const RowId row : present)
            above.push_back(word(row) - base);
        put(out, base);
        putPlaces(out, above, static_cast<std::uint64_t>(most) - base);
        break;
    }
    case Stored::Double:
        for (const RowId row : present)
            put(out, word(row));
        break;
    case Stored::Text: {
        const auto code = [&column](RowId row) {
            return column.chunkOf(row)->data<std::uint32_t>()[row % chunkRows];
        };
        std::vector<std::uint32_t> codes;
        codes.reserve(present.size());
        for (const RowId row : present)
            codes.push_back(code(row));
        std::sort(codes.begin(), codes.end());
        codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
        std::vector<std::string_view> texts;
        texts.reserve(codes.size());
        for (const std::uint32_t one : codes)
            texts.push_back(column.dictionary->text(one));
        putVarint(out, texts.size());
        putTexts(out, texts);
        std::vector<std::uint64_t> places;
        places.reserve(present.size());
        for (const RowId row : present)
            places.push_back(static_cast<std::uint64_t>(
                std::lower_bound(codes.begin(), codes.end(), code(row)) - codes.begin()));
        putPlaces(out, places, codes.size() - 1);
        break;
    }
    }
}

// --- reading ---

/// What is left of a page. Asked for more than there is, it gives nothing and has failed for good.
class Source {
public:
    explicit Source(std::string_view bytes) : m_left(bytes) {}

    bool failed() const { return m_failed; }
    bool isEmpty() const { return m_left.empty(); }
    std::string_view take(std::uint64_t count)
    {
        if (m_failed || count > m_left.size()) {
            m_failed = true;
            return {};
        }
        const std::string_view taken = m_left.substr(0, static_cast<std::size_t>(count));
        m_left.remove_prefix(taken.size());
        return taken;
    }
    template <typename T>
    T number()
    {
        return static_cast<T>(littleEndian(take(sizeof(T))));
    }
    std::uint64_t varint()
    {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 63; shift += 7) {
            const auto byte = number<std::uint8_t>();
            value |= std::uint64_t{byte & 0x7FU} << shift;
            if (byte < 0x80)
                return value;
        }
        m_failed = true;
        return 0;
    }
    /// As many texts as there is room for: each has a length of at least a byte.
    bool texts(std::uint64_t count, std::vector<std::string_view> &out)
    {
        if (m_failed || count > m_left.size()) {
            m_failed = true;
            return false;
        }
        std::vector<std::uint64_t> lengths(static_cast<std::size_t>(count));
        for (std::uint64_t &length : lengths)
            length = varint();
        out.clear();
        out.reserve(lengths.size());
        for (const std::uint64_t length : lengths)
            out.push_back(take(length));
        return !m_failed;
    }

    static std::uint64_t littleEndian(std::string_view bytes)
    {
        std::uint64_t value = 0;
        for (std::size_t i = bytes.size(); i-- > 0;)
            value = (value << 8) | static_cast<unsigned char>(bytes[i]);
        return value;
    }

private:
    std::string_view m_left;
    bool m_failed = false;
};

bool bitAt(std::string_view bits, std::size_t i)
{
    return ((static_cast<unsigned char>(bits[i / 8]) >> (i % 8)) & 1) != 0;
}

/// A column of a page, read from the first row to the last.
class StoredColumn {
public:
    Status read(Source &source, std::size_t rows);

    std::string_view name() const { return m_name; }
    bool ordersAsNumbers() const { return m_ordersAsNumbers; }
    /// The next row's value; monostate where it has none.
    ValueView next(std::size_t row)
    {
        if (!m_present.empty() && !bitAt(m_present, row))
            return {};
        return value(m_next++);
    }

private:
    Status readPlaces(Source &source, std::size_t count);
    std::uint64_t place(std::size_t i) const
    {
        return Source::littleEndian(m_values.substr(i * m_width, m_width));
    }
    ValueView value(std::size_t i) const;

    std::string_view m_name, m_present, m_values;
    Stored m_type = Stored::Bool;
    std::size_t m_count = 0, m_width = 0, m_next = 0;
    std::uint64_t m_base = 0;
    std::vector<std::string_view> m_texts;
    bool m_ordersAsNumbers = false;
};

Status StoredColumn::readPlaces(Source &source, std::size_t count)
{
    m_width = source.number<std::uint8_t>();
    if (m_width > 8 || std::popcount(m_width) > 1)
        return damaged("a width that there is not");
    m_values = source.take(m_width * count);
    return {};
}

Status StoredColumn::read(Source &source, std::size_t rows)
{
    const auto type = source.number<std::uint8_t>();
    const auto flags = source.number<std::uint8_t>();
    m_name = source.take(source.varint());
    if (type < 1 || type > static_cast<std::uint8_t>(Stored::Text) || (flags & ~(someAbsent | smartOrder)))
        return damaged("a column of no known type");
    m_type = static_cast<Stored>(type);
    m_count = rows;
    if (flags & someAbsent) {
        m_present = source.take((rows + 7) / 8);
        if (source.failed())
            return damaged("it ends too early");
        m_count = 0;
        for (std::size_t row = 0; row < rows; ++row)
            m_count += bitAt(m_present, row) ? 1 : 0;
    }
    switch (m_type) {
    case Stored::Bool:
        m_values = source.take((m_count + 7) / 8);
        break;
    case Stored::Double:
        m_width = 8;
        m_values = source.take(m_width * m_count);
        break;
    case Stored::Int:
    case Stored::Time:
        m_base = source.number<std::uint64_t>();
        if (Status ok = readPlaces(source, m_count); !ok)
            return ok;
        break;
    case Stored::Text:
        if (!source.texts(source.varint(), m_texts))
            return damaged("it ends too early");
        if (Status ok = readPlaces(source, m_count); !ok)
            return ok;
        for (std::size_t i = 0; !source.failed() && i < m_count; ++i) {
            if (place(i) >= m_texts.size())
                return damaged("a text that there is not");
        }
        m_ordersAsNumbers = (flags & smartOrder) != 0;
        break;
    }
    return source.failed() ? Status(damaged("it ends too early")) : Status();
}

ValueView StoredColumn::value(std::size_t i) const
{
    switch (m_type) {
    case Stored::Bool:
        return bitAt(m_values, i);
    case Stored::Int:
        return static_cast<std::int64_t>(m_base + place(i));
    case Stored::Time:
        return UtcTime{static_cast<std::int64_t>(m_base + place(i))};
    case Stored::Double:
        return std::bit_cast<double>(place(i));
    case Stored::Text:
        return m_texts[static_cast<std::size_t>(place(i))];
    }
    return {};
}

} // namespace

std::uint64_t pageChecksum(std::string_view body)
{
    constexpr std::uint64_t prime = 0x9E3779B97F4A7C15;
    std::uint64_t sum = body.size() * prime;
    for (; !body.empty(); body.remove_prefix(std::min<std::size_t>(8, body.size()))) {
        sum = (sum ^ Source::littleEndian(body.substr(0, 8))) * prime;
        sum ^= sum >> 32;
    }
    return sum;
}

std::string encodePage(const Snapshot &snapshot, std::span<const RowId> rows)
{
    rows = rows.first(std::min(rows.size(), maxPageRows));
    std::string out(magic);
    put(out, pageVersion);
    put(out, static_cast<std::uint32_t>(rows.size()));
    const std::size_t countAt = out.size();
    put(out, std::uint16_t{0});

    std::vector<std::string_view> keys;
    keys.reserve(rows.size());
    for (const RowId row : rows) {
        const ValueView key = snapshot.columns.front().cell(row);
        const auto *text = std::get_if<std::string_view>(&key);
        keys.push_back(text ? *text : std::string_view());
    }
    putTexts(out, keys);

    std::uint16_t count = 0;
    std::vector<RowId> present;
    for (std::size_t c = 1; c < snapshot.columns.size(); ++c) {
        const Column &column = snapshot.columns[c];
        const std::optional<Stored> type = storedType(column.type);
        present.clear();
        for (const RowId row : rows) {
            if (column.has(row))
                present.push_back(row);
        }
        if (!type || present.empty())
            continue;
        putColumn(out, column, *type, rows, present);
        ++count;
    }
    out[countAt] = static_cast<char>(count & 0xFF);
    out[countAt + 1] = static_cast<char>(count >> 8);
    put(out, pageChecksum(out));
    return out;
}

Status decodePage(std::string_view page, Batch &batch)
{
    if (page.size() < magic.size() + 1 + checksumBytes || page.substr(0, magic.size()) != magic)
        return damaged("it is none");
    if (const auto version = static_cast<std::uint8_t>(page[magic.size()]); version > pageVersion)
        return Error{"page.version", "The kept rows were written by a later Muster.",
                     "Update Muster to read them."};
    const std::string_view body = page.substr(0, page.size() - checksumBytes);
    if (Source::littleEndian(page.substr(body.size())) != pageChecksum(body))
        return damaged("its checksum is wrong");

    Source source(body.substr(magic.size() + 1));
    const std::size_t rows = source.number<std::uint32_t>();
    const std::size_t count = source.number<std::uint16_t>();
    if (source.failed() || rows > maxPageRows || count > maxColumns)
        return damaged("more rows or columns than there can be");
    std::vector<std::string_view> keys;
    if (!source.texts(rows, keys))
        return damaged("it ends too early");
    std::vector<StoredColumn> columns(count);
    for (StoredColumn &column : columns) {
        if (Status read = column.read(source, rows); !read)
            return read;
    }
    if (!source.isEmpty())
        return damaged("there is more than its columns");

    for (const StoredColumn &column : columns) {
        if (column.ordersAsNumbers())
            batch.orderAsNumbers(column.name());
    }
    std::vector<protocol::Field> fields;
    for (std::size_t row = 0; row < rows; ++row) {
        fields.clear();
        for (StoredColumn &column : columns) {
            const ValueView value = column.next(row);
            if (!std::holds_alternative<std::monostate>(value))
                fields.push_back({column.name(), value});
        }
        batch.append(keys[row], fields);
    }
    return {};
}

} // namespace muster::table
