// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"
#include "query/plan.h"

#include <string>
#include <string_view>
#include <vector>

namespace muster::query {

/// Who is asked.
enum class Source { Fleet, Services, Subject };
std::string_view name(Source source); ///< "fleet", "services", "subject"

/// A question as an operator composes, saves and repeats it. Text is as typed: a filter that does not parse
/// is kept.
struct Composition {
    Source source = Source::Fleet;
    std::vector<Scope> scopes; ///< Fleet
    std::string where;
    std::vector<std::string> select, groupBy, aggregates; ///< aggregates as "avg cpu.pct"
    int deadlineMs = 2000;                                ///< 100 to 600,000

    std::string service; ///< Services: a name, or all when empty

    // Subject
    std::string subject, payload;
    int expected = 0; ///< replies after which it ends; 0: not by count
    int quietMs = 0;  ///< ends when nothing came for so long after the first reply; 0: not by a gap

    int watchSeconds = 0; ///< asked again so often; 0: once

    bool operator==(const Composition &) const = default;
};

/// Whether both ask the same of the same. How long they wait, how often they ask, and how answers are grouped
/// makes no other question of it.
bool asksTheSame(Composition one, Composition other);

/// As a JSON object, `"v":1`; what is at its default is left out.
std::string encode(const Composition &composition);
/// "query.document" when it is none, or of a later version.
Result<Composition> decodeComposition(std::string_view json);

} // namespace muster::query
