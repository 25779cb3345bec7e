// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table/columns.h"
#include "table/view.h"

#include <memory>
#include <string_view>
#include <vector>

namespace muster::table {

/// Looks for a text in stored texts, ASCII case ignored; 16 bytes at a time where the processor can.
class TextFinder {
public:
    explicit TextFinder(std::string_view part);
    bool isIn(StoredText stored) const;

private:
    bool isAt(const char *place) const;
    std::string m_lower;
    char m_first[2] = {}; // lower and upper case
    char m_last[2] = {};
};

/// A node of a filter, bound to the columns of one snapshot.
class Kernel {
public:
    virtual ~Kernel() = default;
    /// Which rows of a chunk pass. Rows that are not live may pass.
    virtual void pass(std::size_t chunk, Words &out) const = 0;
    virtual bool passes(RowId row) const = 0;
};

/// Whether the kernel will be asked about all rows or about a few: then nothing is worked out beforehand.
enum class Extent { AllRows, FewRows };

/// The filter and the quick text of `spec`; null when every row passes. When cancelled it is not to be asked.
std::unique_ptr<Kernel> compileFilter(const Snapshot &snapshot, const ViewSpec &spec, Extent extent,
                                      const CancelFlag *cancel = nullptr);

} // namespace muster::table
