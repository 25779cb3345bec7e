// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/json_writer.h"

#include "core/utf8.h"

#include <cmath>

namespace muster {

namespace {

void appendQuoted(std::string &out, std::string_view text)
{
    constexpr std::string_view digits = "0123456789abcdef";
    out += '"';
    std::size_t written = 0; // text before this is in `out`
    std::size_t i = 0;
    while (i < text.size()) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\') {
            ++i;
            continue;
        }
        const utf8::Character c = utf8::first(text.substr(i));
        if (byte >= 0x80 && c.valid) {
            i += c.length;
            continue;
        }
        out += text.substr(written, i - written);
        if (!c.valid) {
            out += utf8::replacement;
        } else if (byte == '"' || byte == '\\') {
            out += '\\';
            out += text[i];
        } else if (byte == '\n') {
            out += "\\n";
        } else if (byte == '\r') {
            out += "\\r";
        } else if (byte == '\t') {
            out += "\\t";
        } else {
            out += "\\u00";
            out += digits[byte >> 4];
            out += digits[byte & 15];
        }
        i += c.length;
        written = i;
    }
    out += text.substr(written);
    out += '"';
}

} // namespace

void JsonWriter::separate()
{
    if (!m_first)
        m_out += ',';
    m_first = false;
}

JsonWriter &JsonWriter::beginObject()
{
    separate();
    m_out += '{';
    m_first = true;
    return *this;
}

JsonWriter &JsonWriter::endObject()
{
    m_out += '}';
    m_first = false;
    return *this;
}

JsonWriter &JsonWriter::beginArray()
{
    separate();
    m_out += '[';
    m_first = true;
    return *this;
}

JsonWriter &JsonWriter::endArray()
{
    m_out += ']';
    m_first = false;
    return *this;
}

JsonWriter &JsonWriter::key(std::string_view name)
{
    separate();
    appendQuoted(m_out, name);
    m_out += ':';
    m_first = true; // its value follows without a comma
    return *this;
}

JsonWriter &JsonWriter::value(const ValueView &value)
{
    separate();
    if (const auto *text = std::get_if<std::string_view>(&value)) {
        appendQuoted(m_out, *text);
    } else if (const auto *time = std::get_if<UtcTime>(&value)) {
        appendQuoted(m_out, time->toString());
    } else {
        const auto *number = std::get_if<double>(&value);
        const bool isNull =
            std::holds_alternative<std::monostate>(value) || (number && !std::isfinite(*number));
        m_out += isNull ? "null" : toText(value);
    }
    return *this;
}

JsonWriter &JsonWriter::raw(std::string_view json)
{
    separate();
    m_out += json;
    return *this;
}

} // namespace muster
