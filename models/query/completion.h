// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace muster::query {

/// One way to go on with a filter that is being typed.
struct Completion {
    enum class Kind { Field, Operator, Keyword, Value };
    Kind kind = Kind::Field;
    std::string insert;   ///< takes the place of the text from `from` to the cursor
    std::size_t from = 0; ///< bytes
};

/// What a field may be compared with.
struct Offer {
    Offer(std::vector<std::string> values) : texts(std::move(values)) {}
    Offer(std::vector<std::string> values, bool areNumbers)
        : texts(std::move(values)),
          areLiterals(areNumbers)
    {
    }

    std::vector<std::string> texts; ///< best first
    bool areLiterals = false;       ///< as a filter writes them; else values, which may need quotes
};

/// What can stand at byte `cursor` of a filter: a field where a comparison begins, an operator behind a
/// field, a value that was seen behind an operator, `and` and `or` behind a comparison. At most `limit`, best
/// first.
std::vector<Completion> complete(std::string_view text, std::size_t cursor,
                                 const std::vector<std::string> &fields,
                                 const std::function<Offer(const std::string &)> &valuesOf,
                                 std::size_t limit = 20);

/// Of numbers that hardly ever repeat, how large they are: a few rounded ones from small to large, as a
/// filter writes them. Empty when a value is no number.
std::vector<std::string> magnitudes(const std::vector<std::string> &values, bool areBytes);

/// Which of the fields one may be a slip of the pen for; empty when it is like none of them.
std::string likeliest(std::string_view typed, const std::vector<std::string> &fields);

/// A value as it is written in a filter: numbers and flags bare, text in quotes.
std::string quoted(std::string_view value);

} // namespace muster::query
