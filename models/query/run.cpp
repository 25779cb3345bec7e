// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/run.h"

namespace muster::query {

Run::~Run() = default;

std::string_view name(Outcome outcome)
{
    switch (outcome) {
    case Outcome::Answered:
        return "answered";
    case Outcome::Empty:
        return "empty";
    case Outcome::Error:
        return "error";
    case Outcome::Silent:
        return "silent";
    case Outcome::Offline:
        return "offline";
    case Outcome::Waiting:
        return "waiting";
    }
    return "waiting";
}

std::string_view name(Hindrance hindrance)
{
    switch (hindrance) {
    case Hindrance::None:
        return "none";
    case Hindrance::SomeNotAsked:
        return "some-not-asked";
    case Hindrance::LinkLost:
        return "link-lost";
    case Hindrance::NobodyAsked:
        return "nobody-asked";
    }
    return "none";
}

std::int64_t Tally::sum() const
{
    std::int64_t sum = 0;
    for (const std::int64_t count : counts)
        sum += count;
    return sum;
}

} // namespace muster::query
