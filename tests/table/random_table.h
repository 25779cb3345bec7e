// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/filter/expression.h"
#include "table/table.h"

#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace muster::table {

/// What a table should hold, kept the plainest way there is.
using PlainRow = std::map<std::string, Value>;
using PlainTable = std::map<std::string, PlainRow>;

/// Batches and expressions drawn at random; the same seed gives the same ones.
class RandomTable {
public:
    explicit RandomTable(unsigned seed) : m_random(seed) {}

    std::size_t below(std::size_t limit)
    {
        return std::uniform_int_distribution<std::size_t>(0, limit - 1)(m_random);
    }
    bool chance(int percent) { return static_cast<int>(below(100)) < percent; }

    std::string key() { return "dev-" + std::to_string(below(keys)); }
    std::string column() { return columns()[below(columns().size())]; }

    static const std::vector<std::string> &columns()
    {
        static const std::vector<std::string> names = {"int",  "real",  "flag",  "time", "fw",
                                                       "name", "mixed", "group", "rare", "huge",
                                                       "odd",  "wide",  "build"};
        return names;
    }

    Value value(const std::string &column)
    {
        if (chance(4))
            return {};
        if (column == "int")
            return integer();
        if (column == "real")
            return chance(20) ? Value(integer()) : Value(real());
        if (column == "flag")
            return chance(50);
        if (column == "time")
            return time();
        if (column == "fw")
            return version();
        if (column == "name")
            return text();
        if (column == "group")
            return "group_" + std::to_string(below(5));
        if (column == "huge")
            return hugeInteger();
        if (column == "odd")
            return oddReal();
        if (column == "wide")
            return wideText();
        if (column == "build")
            return build();
        switch (below(6)) {
        case 0:
            return integer();
        case 1:
            return real();
        case 2:
            return chance(50);
        case 3:
            return version();
        case 4:
            return time();
        default:
            return text();
        }
    }

    std::int64_t integer()
    {
        if (chance(3))
            return chance(50) ? std::numeric_limits<std::int64_t>::max()
                              : std::numeric_limits<std::int64_t>::min();
        return static_cast<std::int64_t>(below(40)) - 20;
    }
    double real()
    {
        if (chance(2))
            return std::numeric_limits<double>::quiet_NaN();
        if (chance(2))
            return chance(50) ? -0.0 : 1e300;
        return (static_cast<double>(below(80)) - 40) / 4;
    }
    /// Where a double no longer tells neighbours apart.
    std::int64_t hugeInteger()
    {
        const std::int64_t edge =
            chance(50) ? std::int64_t{1} << 53 : std::numeric_limits<std::int64_t>::max() - 8;
        const std::int64_t near = edge + (static_cast<std::int64_t>(below(17)) - 8);
        return chance(50) ? near : -near;
    }
    double oddReal()
    {
        constexpr double infinity = std::numeric_limits<double>::infinity();
        constexpr double values[] = {std::numeric_limits<double>::quiet_NaN(),
                                     -std::numeric_limits<double>::quiet_NaN(),
                                     infinity,
                                     -0.0,
                                     0.0,
                                     std::numeric_limits<double>::denorm_min(),
                                     0x1p53,
                                     0x1p63,
                                     0.1};
        return values[below(std::size(values))];
    }
    /// Letters of many scripts, marks, directions, and bytes that are no text at all.
    std::string wideText()
    {
        static const std::vector<std::string> pieces = {"é",
                                                        "e\u0301",
                                                        "Ä",
                                                        "ß",
                                                        "日本",
                                                        "🛰",
                                                        "👩\u200D🔧",
                                                        "\u202E",
                                                        "\u0627\u0644",
                                                        "\uFEFF",
                                                        "\xc3",
                                                        "\xed\xa0\x80",
                                                        "\xf5",
                                                        std::string(1, '\0'),
                                                        "\u2028",
                                                        "'",
                                                        "A",
                                                        "z",
                                                        " ",
                                                        "\x7f"};
        std::string text;
        for (std::size_t i = below(5); i > 0; --i)
            text += pieces[below(pieces.size())];
        return text;
    }
    UtcTime time()
    {
        return {(1'700'000'000'000 + static_cast<std::int64_t>(below(50)) * 86'400'000) * 1000};
    }
    std::string version()
    {
        return (chance(10) ? "v1." : "1.") + std::to_string(below(12)) + (chance(50) ? ".0" : "") +
               (chance(10) ? "-rc" + std::to_string(below(12)) : "");
    }
    /// Versions that as numbers would stand in another order, and now and then something else.
    std::string build()
    {
        if (chance(1))
            return chance(50) ? "unknown" : std::to_string(below(9));
        return std::to_string(3 + below(3)) + '.' + std::to_string(below(12)) + (chance(30) ? ".1" : "");
    }
    std::string text()
    {
        static const std::vector<std::string> texts = {
            "",     "alpha", "Alpha",       "beta", "12",       "7.5",       "1e3",  "n/a",     "-4",
            "a\"b", "a,b",   "line\nbreak", "=1+1", "\xff\xfe", "\u202Eabc", "1.10", "gamma-a", "gamma-b"};
        return chance(10) ? std::string(below(40), 'x') + std::to_string(below(100))
                          : texts[below(texts.size())];
    }

    /// Fills `batch`, and does the same to `plain`.
    void fill(Batch &batch, PlainTable &plain, std::size_t operations, bool remove = true,
              bool replace = false)
    {
        for (std::size_t i = 0; i < operations; ++i) {
            const std::string name = key();
            if (remove && chance(8)) {
                batch.remove(name);
                plain.erase(name);
                continue;
            }
            std::vector<std::pair<std::string, Value>> held;
            const std::size_t count = below(6);
            for (std::size_t f = 0; f < count; ++f) {
                std::string field = column();
                if (field == "rare" && !chance(5))
                    field = "name";
                Value drawn = value(field);
                held.emplace_back(std::move(field), std::move(drawn));
            }
            std::vector<protocol::Field> fields;
            const bool replaces = replace && chance(20);
            PlainRow &row = plain[name];
            if (replaces)
                row.clear();
            for (const auto &[field, drawn] : held) {
                fields.push_back({field, view(drawn)});
                row[field] = drawn;
            }
            if (replaces)
                batch.replace(name, fields);
            else
                batch.upsert(name, fields);
        }
    }

    std::shared_ptr<const filter::Node> expression(int depth = 0)
    {
        auto node = std::make_shared<filter::Node>();
        using Kind = filter::Node::Kind;
        if (depth < 3 && chance(45)) {
            node->kind = chance(40) ? Kind::And : chance(60) ? Kind::Or : Kind::Not;
            const std::size_t children = node->kind == Kind::Not ? 1 : 2 + below(2);
            for (std::size_t i = 0; i < children; ++i)
                node->children.push_back(expression(depth + 1));
            return node;
        }
        node->field = chance(5) ? "missing" : chance(8) ? "device" : column();
        constexpr Kind kinds[] = {Kind::Compare, Kind::Compare,  Kind::Compare, Kind::In,
                                  Kind::Matches, Kind::Contains, Kind::Has};
        node->kind = kinds[below(std::size(kinds))];
        node->op = static_cast<filter::Op>(below(6));
        const std::size_t literals = node->kind == Kind::Has ? 0 : node->kind == Kind::In ? below(4) : 1;
        for (std::size_t i = 0; i < literals; ++i)
            node->literals.push_back({literal(node->field, node->kind), {}});
        return node;
    }

private:
    static constexpr std::size_t keys = 400;

    Value literal(const std::string &field, filter::Node::Kind kind)
    {
        if (kind == filter::Node::Kind::Matches) {
            static const std::vector<std::string> globs = {"*",  "group_[0-2]", "dev-1*", "?",
                                                           "*a", "1.*",         ""};
            return globs[below(globs.size())];
        }
        if (kind == filter::Node::Kind::Contains) {
            static const std::vector<std::string> parts = {
                "", "a", "A", "-1", "1", "ALPHA", "xxxxxxxxxxxxxxxxxx", "v-2"};
            return parts[below(parts.size())];
        }
        if (field == "device" && chance(70))
            return key();
        if (field == "time" && chance(30))
            return time().toString();
        return chance(70) ? value(field) : value("mixed");
    }

    std::mt19937 m_random;
};

} // namespace muster::table
