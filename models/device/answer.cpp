// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/filter/expression.h"
#include "device/device.h"

#include <algorithm>

namespace muster::device {

namespace {

ValueView lookUp(std::string_view device, const Row &row, std::string_view field)
{
    const auto it =
        std::find_if(row.begin(), row.end(), [&](const OwnedField &f) { return f.name == field; });
    if (it != row.end())
        return view(it->value);
    return field == "device" ? ValueView(device) : ValueView();
}

/// "mem" asks for everything under it as well.
bool asksFor(std::string_view wanted, std::string_view name)
{
    return name.starts_with(wanted) && (name.size() == wanted.size() || name[wanted.size()] == '.');
}

std::vector<protocol::Field> chosen(const Row &row, const std::vector<std::string> &select)
{
    std::vector<protocol::Field> fields;
    for (const OwnedField &field : row) {
        const bool wanted =
            select.empty() || std::any_of(select.begin(), select.end(),
                                          [&](const std::string &s) { return asksFor(s, field.name); });
        if (wanted && fields.size() < protocol::maxFields)
            fields.push_back({field.name, view(field.value)});
    }
    return fields;
}

} // namespace

std::string answer(const std::string &device, const protocol::QueryRequest &request, const Row &row)
{
    if (!request.where.empty()) {
        const auto filter = filter::fromJsonLogic(request.where);
        // A filter that is beyond us: the asker applies it again, to everything we have.
        if (!filter)
            return protocol::encodeRow(device, chosen(row, {}));
        if (!filter->matches([&](std::string_view field) { return lookUp(device, row, field); }))
            return request.replyEmpty ? protocol::encodeEmpty(device) : std::string();
    }
    return protocol::encodeRow(device, chosen(row, request.select));
}

} // namespace muster::device
