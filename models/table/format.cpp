// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/format.h"

namespace muster::table {

Kind fieldKind(std::string_view column, Type type)
{
    const std::size_t dot = column.rfind('.');
    const std::string_view last = dot == std::string_view::npos ? column : column.substr(dot + 1);
    const std::string_view first = column.substr(0, column.find('.'));
    const bool isNested = first.size() < column.size();

    if (column == "device" || last == "id")
        return Kind::Identifier;
    if (column == "presence")
        return Kind::Presence;
    if (column == "outcome")
        return Kind::Outcome;
    if (column == "last_seen")
        return Kind::Age;

    const bool isNumber = type == Type::Int || type == Type::Double || type == Type::Empty;
    if (isNumber) {
        if (column == "reply_ms")
            return Kind::Milliseconds;
        if (last == "uptime")
            return Kind::Duration;
        if (last == "pct" || last.ends_with("_pct"))
            return Kind::Percent;
        if (last == "bytes" || last.ends_with("_bytes") || (first == "mem" && isNested))
            return Kind::Bytes;
        if (first == "disk" && isNested && (last == "total" || last == "free" || last == "used"))
            return Kind::Bytes;
        if (first == "temp" && isNested)
            return Kind::Celsius;
    }
    switch (type) {
    case Type::Bool:
        return column == "late" ? Kind::Late : Kind::Flag;
    case Type::Int:
    case Type::Double:
        return Kind::Number;
    case Type::Time:
        return Kind::Time;
    case Type::Version:
        return Kind::Version;
    case Type::Empty:
    case Type::Text:
        break;
    }
    return Kind::Text;
}

bool isRightAligned(Kind kind)
{
    switch (kind) {
    case Kind::Number:
    case Kind::Bytes:
    case Kind::Percent:
    case Kind::Duration:
    case Kind::Celsius:
    case Kind::Age:
    case Kind::Milliseconds:
        return true;
    case Kind::Text:
    case Kind::Time:
    case Kind::Version:
    case Kind::Flag:
    case Kind::Late:
    case Kind::Presence:
    case Kind::Outcome:
    case Kind::Identifier:
        break;
    }
    return false;
}

} // namespace muster::table
