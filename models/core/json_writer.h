// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/value.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace muster {

/// Appends compact JSON to a string. Commas are its business, nesting the caller's:
///   JsonWriter w(out); w.beginObject(); w.member("v", 1); w.key("select"); w.beginArray(); ...
/// Text that is not UTF-8 is written with U+FFFD; numbers that JSON has no way to say (NaN, infinity) as
/// null.
class JsonWriter {
public:
    explicit JsonWriter(std::string &out) : m_out(out) {}

    JsonWriter &beginObject();
    JsonWriter &endObject();
    JsonWriter &beginArray();
    JsonWriter &endArray();
    JsonWriter &key(std::string_view name);
    JsonWriter &value(const ValueView &value); ///< absent is null
    JsonWriter &raw(std::string_view json);    ///< already JSON
    JsonWriter &member(std::string_view name, const ValueView &v) { return key(name).value(v); }

private:
    void separate();
    std::string &m_out;
    bool m_first = true;
};

} // namespace muster
