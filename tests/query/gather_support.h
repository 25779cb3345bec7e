// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/filter/expression.h"
#include "query/run.h"
#include "support/fleet.h"

#include <memory>
#include <string>
#include <string_view>

namespace muster::test {

inline filter::Expression parsed(const std::string &text)
{
    auto filter = filter::Expression::parse(text);
    if (!filter)
        qWarning("%s", filter.error().message.c_str());
    return filter ? *filter : filter::Expression();
}

/// A run, and the table that its answers come into.
struct RunAsker {
    std::unique_ptr<query::Run> run;
    table::Table table{"device"};
    table::Batch batch;

    template <typename Query>
    bool take(Result<std::unique_ptr<Query>> started)
    {
        if (!started)
            qWarning("%s", started.error().message.c_str());
        run = started ? std::move(*started) : nullptr;
        return run != nullptr;
    }
    int drain() ///< how many times there was something, and once not
    {
        int times = 1;
        for (; run->drain(batch); ++times)
            table.apply(batch);
        return times;
    }
    std::int64_t of(query::Outcome outcome) const { return run->tally().of(outcome); }
    std::int64_t sum() const { return run->tally().sum(); }
    std::size_t rows()
    {
        drain();
        return table.rowCount();
    }
    std::string text(std::string_view key, std::string_view column)
    {
        drain();
        return textAt(table, key, column);
    }
};

} // namespace muster::test
