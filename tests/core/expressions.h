// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/filter/expression.h"

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

/// Random expressions over a handful of fields, from a seed.
class Expressions {
public:
    using Node = muster::filter::Node;
    using Literal = muster::filter::Literal;

    explicit Expressions(unsigned seed) : m_dice(seed) {}

    std::mt19937 &dice() { return m_dice; }
    muster::filter::Expression next() { return muster::filter::Expression(node(3)); }

    static const std::vector<std::string> &fields()
    {
        static const std::vector<std::string> names{"a",     "b",        "c.d", "c.e",
                                                    "f_1-x", "my field", "not", "q`\\\n"};
        return names;
    }

    static const std::vector<std::string> &texts()
    {
        static const std::vector<std::string> all{"",
                                                  "eu",
                                                  "EU",
                                                  "eu-1",
                                                  "5",
                                                  "5.0",
                                                  " 5",
                                                  "0x5",
                                                  "1.5",
                                                  "1.10",
                                                  "v1.5.0-rc1",
                                                  "true",
                                                  "null",
                                                  "[1,2]",
                                                  "[1]",
                                                  "1,2",
                                                  "Infinity",
                                                  "\t\"\\",
                                                  "\u00E9",
                                                  "0",
                                                  "\U0001F680",
                                                  "1e3",
                                                  "9007199254740993",
                                                  "-0",
                                                  "1",
                                                  ".5",
                                                  "+5",
                                                  "\u00A05"};
        return all;
    }

private:
    template <typename T>
    const T &pick(const std::vector<T> &from)
    {
        return from[m_dice() % from.size()];
    }

    Literal literal()
    {
        switch (m_dice() % 6) {
        case 0:
            return {bool(m_dice() % 2), {}};
        case 1: {
            static const std::vector<std::int64_t> numbers{
                0, 1, -1, 5, 1000, 9007199254740992, 9007199254740993, -9007199254740993};
            return {pick(numbers), {}};
        }
        case 2: {
            static const std::vector<double> numbers{0.5, -1.5, 1e300, 5.25, 1e-9};
            return {pick(numbers), {}};
        }
        default:
            return {pick(texts()), {}};
        }
    }

    Literal glob()
    {
        static const std::vector<std::string> globs{"*",  "eu*", "eu",  "e?", "[a-f]*", "5*",
                                                    "*5", "t*",  "\\*", "[",  "E*\"",   "\u00E9*"};
        return {pick(globs), {}};
    }

    std::shared_ptr<const Node> node(int depth)
    {
        using Kind = Node::Kind;
        auto made = std::make_shared<Node>();
        const auto die = m_dice() % (depth > 0 ? 11 : 7);
        made->field = pick(fields());
        if (die < 3) {
            made->kind = Kind::Compare;
            made->op = static_cast<muster::filter::Op>(m_dice() % 6);
            made->literals = {literal()};
        } else if (die == 3) {
            made->kind = Kind::Has;
        } else if (die == 4) {
            made->kind = Kind::In;
            for (auto n = m_dice() % 4; n > 0; --n)
                made->literals.push_back(literal());
        } else if (die == 5) {
            made->kind = Kind::Matches;
            made->literals = {glob()};
        } else if (die == 6) {
            made->kind = Kind::Contains;
            made->literals = {{pick(texts()), {}}};
        } else if (die < 9) {
            made->field.clear();
            made->kind = Kind::Not;
            made->children = {node(depth - 1)};
        } else {
            made->field.clear();
            made->kind = die == 9 ? Kind::And : Kind::Or;
            for (auto n = m_dice() % 2 + 2; n > 0; --n) {
                const auto child = node(depth - 1);
                if (child->kind == made->kind) // as the parser flattens
                    made->children.insert(made->children.end(), child->children.begin(),
                                          child->children.end());
                else
                    made->children.push_back(child);
            }
        }
        return made;
    }

    std::mt19937 m_dice;
};

/// The same expression: structure and values, however its literals were typed.
inline bool same(const muster::filter::Node &left, const muster::filter::Node &right)
{
    return left.kind == right.kind && left.op == right.op && left.field == right.field &&
           std::equal(left.literals.begin(), left.literals.end(), right.literals.begin(),
                      right.literals.end(),
                      [](const auto &a, const auto &b) { return a.value == b.value; }) &&
           std::equal(left.children.begin(), left.children.end(), right.children.begin(),
                      right.children.end(), [](const auto &a, const auto &b) { return same(*a, *b); });
}
