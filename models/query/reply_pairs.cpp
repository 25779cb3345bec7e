// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/reply_pairs.h"

#include "query/run.h"
#include "table/columns.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <deque>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace muster::query {
namespace {

constexpr std::array<std::string_view, 6> nameFields{"id",       "field.device", "name",
                                                     "instance", "host",         "hostname"};
constexpr std::uint64_t noNumber = std::numeric_limits<std::uint64_t>::max();

/// What the replies do not say themselves.
bool isOurs(std::string_view column)
{
    return column == "outcome" || column == "reply_ms" || column == "late" || column == "error";
}

struct Reply {
    table::RowId row;
    std::uint64_t number = noNumber; ///< of `after`: once it is paired
    std::string name;                ///< empty: none
    bool isPaired = false;
};

/// The replies of one round, in the order in which they came.
class Round {
public:
    explicit Round(const table::Snapshot &rows) : m_rows(rows)
    {
        for (table::RowId row = 0; row < rows.rowLimit; ++row) {
            if (!rows.isLive(row))
                continue;
            const std::string key = toText(rows.columns.front().cell(row));
            Reply reply{row, noNumber, {}, false};
            std::from_chars(key.data(), key.data() + key.size(), reply.number);
            replies.push_back(std::move(reply));
        }
        std::stable_sort(replies.begin(), replies.end(),
                         [](const Reply &a, const Reply &b) { return a.number < b.number; });
    }

    bool saysSomething(const Reply &reply) const
    {
        return std::any_of(
            m_rows.columns.begin() + 1, m_rows.columns.end(),
            [&reply](const table::Column &column) { return !isOurs(column.name) && column.has(reply.row); });
    }

    /// Whether each reply that says something has a value of its own in this field; then that is its name.
    bool takeNames(std::string_view field)
    {
        const table::Column *column = m_rows.column(field);
        std::unordered_set<std::string> names;
        for (Reply &reply : replies) {
            reply.name.clear();
            if (!saysSomething(reply))
                continue;
            reply.name = column ? toText(column->cell(reply.row)) : std::string();
            if (reply.name.empty() || !names.insert(reply.name).second)
                return false;
        }
        return true;
    }

    std::string content(const Reply &reply, const std::vector<std::string> &columns) const
    {
        std::string text;
        for (const std::string &name : columns) {
            const table::Column *column = m_rows.column(name);
            if (!column || !column->has(reply.row))
                continue;
            std::string value = toText(column->cell(reply.row));
            if (name == "outcome" && value == unexpectedName)
                value = muster::query::name(Outcome::Answered); // which one is too many is chance
            text.append(name).append(1, '\0').append(std::to_string(value.size())).append(1, '\0');
            text += value;
        }
        return text;
    }

    std::vector<Reply> replies;

private:
    const table::Snapshot &m_rows;
};

std::vector<std::string> contentColumns(const table::Snapshot &before, const table::Snapshot &after)
{
    std::vector<std::string> names;
    for (const table::Snapshot *rows : {&before, &after}) {
        for (std::size_t i = 1; i < rows->columns.size(); ++i) {
            const std::string &name = rows->columns[i].name;
            if (name != "reply_ms" && name != "late")
                names.push_back(name);
        }
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

void pair(Reply &earlier, Reply &later)
{
    later.number = earlier.number;
    earlier.isPaired = later.isPaired = true;
}

void pairByContent(Round &before, Round &after, const std::vector<std::string> &columns)
{
    std::unordered_map<std::string, std::vector<Reply *>> waiting; // the one that came first is the last
    for (auto reply = before.replies.rbegin(); reply != before.replies.rend(); ++reply)
        waiting[before.content(*reply, columns)].push_back(&*reply);
    for (Reply &reply : after.replies) {
        const auto found = waiting.find(after.content(reply, columns));
        if (found == waiting.end() || found->second.empty())
            continue;
        pair(*found->second.back(), reply);
        found->second.pop_back();
    }
}

bool pairByName(Round &before, Round &after)
{
    for (const std::string_view field : nameFields) {
        if (!before.takeNames(field) || !after.takeNames(field))
            continue;
        std::unordered_map<std::string_view, Reply *> named;
        for (Reply &reply : before.replies) {
            if (!reply.name.empty())
                named.emplace(reply.name, &reply);
        }
        bool isAny = false;
        for (Reply &reply : after.replies) {
            const auto found = named.find(reply.name);
            if (found == named.end())
                continue;
            pair(*found->second, reply);
            isAny = true;
        }
        if (isAny)
            return true;
    }
    for (Round *round : {&before, &after}) {
        for (Reply &reply : round->replies)
            reply.name.clear();
    }
    return false;
}

/// In the order in which they came. A reply with a name goes with one that has none: a silent one, say.
void pairTheRest(Round &before, Round &after)
{
    std::deque<Reply *> nameless;
    std::deque<Reply *> named;
    for (Reply &reply : before.replies) {
        if (!reply.isPaired)
            (reply.name.empty() ? nameless : named).push_back(&reply);
    }
    for (const bool withName : {false, true}) {
        for (Reply &reply : after.replies) {
            if (reply.isPaired || withName == reply.name.empty())
                continue;
            std::deque<Reply *> &from = !nameless.empty() || withName ? nameless : named;
            if (from.empty())
                continue;
            pair(*from.front(), reply);
            from.pop_front();
        }
    }
}

} // namespace

table::Table pairReplies(const table::Snapshot &before, const table::Snapshot &after)
{
    Round earlier(before);
    Round later(after);
    if (!pairByName(earlier, later))
        pairByContent(earlier, later, contentColumns(before, after));
    pairTheRest(earlier, later);

    std::uint64_t last = 0;
    for (const Reply &reply : earlier.replies)
        last = reply.number == noNumber ? last : std::max(last, reply.number);
    for (Reply &reply : later.replies) {
        if (!reply.isPaired)
            reply.number = ++last;
    }
    std::sort(later.replies.begin(), later.replies.end(),
              [](const Reply &a, const Reply &b) { return a.number < b.number; });

    table::Table paired(after.columns.front().name);
    table::Batch batch;
    std::vector<protocol::Field> fields;
    for (std::size_t i = 1; i < after.columns.size(); ++i)
        paired.ensureColumn(after.columns[i].name);
    for (const Reply &reply : later.replies) {
        fields.clear();
        for (std::size_t i = 1; i < after.columns.size(); ++i) {
            const table::Column &column = after.columns[i];
            if (column.has(reply.row))
                fields.push_back({column.name, column.cell(reply.row)});
        }
        batch.append(std::to_string(reply.number), fields);
    }
    paired.apply(batch);
    return paired;
}

} // namespace muster::query
