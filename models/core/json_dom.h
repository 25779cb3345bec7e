// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/json_writer.h"

#include <simdjson.h>

/// What the readers of JSON share. Everything goes through simdjson's error codes; nothing here throws.
namespace muster::json {

constexpr std::size_t maxNesting = 512; ///< deeper documents are refused by the parser

/// A number, bool, text or null as a value; monostate for null and for what is not a scalar. A whole number
/// past int64 becomes a double.
inline ValueView scalar(const simdjson::dom::element &element)
{
    using simdjson::dom::element_type;
    switch (element.type()) {
    case element_type::STRING: {
        std::string_view text;
        return element.get(text) == simdjson::SUCCESS ? ValueView(text) : ValueView();
    }
    case element_type::INT64: {
        std::int64_t number = 0;
        return element.get(number) == simdjson::SUCCESS ? ValueView(number) : ValueView();
    }
    case element_type::UINT64:
    case element_type::DOUBLE: {
        double number = 0;
        return element.get(number) == simdjson::SUCCESS ? ValueView(number) : ValueView();
    }
    case element_type::BOOL: {
        bool flag = false;
        return element.get(flag) == simdjson::SUCCESS ? ValueView(flag) : ValueView();
    }
    default:
        return {};
    }
}

/// The element as compact JSON. Recursion ends at maxNesting, which the parser has checked.
inline void write(JsonWriter &out, const simdjson::dom::element &element)
{
    simdjson::dom::array array;
    simdjson::dom::object object;
    if (element.get(array) == simdjson::SUCCESS) {
        out.beginArray();
        for (const simdjson::dom::element item : array)
            write(out, item);
        out.endArray();
    } else if (element.get(object) == simdjson::SUCCESS) {
        out.beginObject();
        for (const simdjson::dom::key_value_pair member : object) {
            out.key(member.key);
            write(out, member.value);
        }
        out.endObject();
    } else {
        out.value(scalar(element));
    }
}

} // namespace muster::json
