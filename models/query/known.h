// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/value.h"

#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

namespace muster::query {

/// What we know of a device, in the order of Plan::known; may be shorter. Never changes once made, and copies
/// share it: the devices of a fleet have few combinations of labels among them.
class Known {
public:
    Known() = default;
    Known(std::vector<Value> values)
        : m_values(values.empty() ? nullptr : std::make_shared<const std::vector<Value>>(std::move(values)))
    {
    }
    Known(std::initializer_list<Value> values) : Known(std::vector<Value>(values)) {}

    const std::vector<Value> &values() const
    {
        static const std::vector<Value> none;
        return m_values ? *m_values : none;
    }
    operator const std::vector<Value> &() const { return values(); }
    std::size_t size() const { return values().size(); }
    const Value &operator[](std::size_t i) const { return values()[i]; }

private:
    std::shared_ptr<const std::vector<Value>> m_values;
};

} // namespace muster::query
