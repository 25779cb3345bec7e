// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/seen_fields.h"

#include "query/completion.h"
#include "table/columns.h"
#include "table/format.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace muster::query {
namespace {

constexpr std::size_t mostFields = 500;
constexpr std::size_t mostValues = 50;
constexpr std::size_t looked = 2'000; // rows
constexpr std::size_t valueBytes = 200;
constexpr std::size_t few = 20; // of a measured quantity every device has another

/// How an answer came about, which no filter asks for.
bool isOfTheRun(std::string_view column)
{
    constexpr std::array ours{std::string_view("outcome"), std::string_view("reply_ms"),
                              std::string_view("error"), std::string_view("late")};
    return std::find(ours.begin(), ours.end(), column) != ours.end();
}

SeenField lookAt(const table::Column &column, const table::Snapshot &answers)
{
    std::unordered_map<std::string, std::size_t> counts;
    const std::size_t step = std::max<std::size_t>(1, answers.rowLimit / looked);
    for (std::size_t row = 0; row < answers.rowLimit; row += step) {
        const auto id = static_cast<table::RowId>(row);
        if (!answers.isLive(id) || !column.has(id))
            continue;
        if (std::string text = toText(column.cell(id)); text.size() <= valueBytes)
            ++counts[std::move(text)];
    }
    std::vector<std::pair<std::string, std::size_t>> sorted(counts.begin(), counts.end());
    std::sort(sorted.begin(), sorted.end(), [](const auto &a, const auto &b) {
        return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    SeenField seen{column.name, {}, {}};
    for (auto &[text, count] : sorted)
        seen.values.push_back(std::move(text));
    if (seen.values.size() > few)
        seen.sizes =
            magnitudes(seen.values, table::fieldKind(column.name, table::Type::Double) == table::Kind::Bytes);
    seen.values.resize(std::min(seen.values.size(), mostValues));
    return seen;
}

} // namespace

std::vector<SeenField> seenFields(const table::Snapshot &answers)
{
    std::vector<SeenField> fields;
    for (const table::Column &column : answers.columns) {
        if (fields.size() >= mostFields)
            break;
        if (column.isKey || isOfTheRun(column.name))
            continue;
        if (SeenField seen = lookAt(column, answers); !seen.values.empty())
            fields.push_back(std::move(seen));
    }
    return fields;
}

} // namespace muster::query
