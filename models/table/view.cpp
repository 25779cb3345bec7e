// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/view.h"

#include "table/columns.h"
#include "table/filter_kernel.h"
#include "table/group.h"
#include "table/order.h"
#include "table/parallel.h"

#include <algorithm>
#include <array>
#include <bit>
#include <set>
#include <unordered_map>

namespace muster::table {

namespace {

constexpr std::array<std::string_view, 9> functionNames = {"count",    "min", "max", "avg", "sum",
                                                           "distinct", "p50", "p95", "p99"};

/// The live rows that the kernel lets through, ascending.
RowList filterRows(const Snapshot &snapshot, const Kernel *kernel, const CancelFlag *cancel)
{
    const std::size_t chunks = snapshot.chunkCount();
    const Column &keys = snapshot.columns.front();
    std::vector<Words> words(kernel ? chunks : 0);
    std::vector<std::uint32_t> counts(chunks);
    const auto passing = [&](std::size_t c) -> const Words & {
        return kernel ? words[c] : keys.chunks[c]->valid;
    };
    const std::size_t parts = workerCount(snapshot.rowLimit);
    const std::size_t counters = kernel ? parts : 1; // without a kernel there is hardly anything to do
    inParallel(counters, [&](std::size_t part) {
        const std::size_t end = partBegin(chunks, part + 1, counters);
        for (std::size_t c = partBegin(chunks, part, counters); c < end && !isCancelled(cancel); ++c) {
            if (kernel) {
                kernel->pass(c, words[c]);
                for (std::size_t w = 0; w < chunkWords; ++w)
                    words[c][w] &= keys.chunks[c]->valid[w];
            }
            std::uint32_t count = 0;
            for (const std::uint64_t word : passing(c))
                count += static_cast<std::uint32_t>(std::popcount(word));
            counts[c] = count;
        }
    });
    if (isCancelled(cancel))
        return {};

    std::vector<std::size_t> begins(chunks + 1);
    for (std::size_t c = 0; c < chunks; ++c)
        begins[c + 1] = begins[c] + counts[c];
    RowList rows(begins[chunks]);
    inParallel(parts, [&](std::size_t part) {
        const std::size_t end = partBegin(chunks, part + 1, parts);
        for (std::size_t c = partBegin(chunks, part, parts); c < end; ++c) {
            RowId *out = rows.data() + begins[c];
            auto first = static_cast<RowId>(c << chunkBits);
            for (const std::uint64_t word : passing(c)) {
                if (word == ~std::uint64_t{0}) {
                    for (RowId i = 0; i < 64; ++i)
                        *out++ = first + i;
                } else {
                    for (std::uint64_t left = word; left != 0; left &= left - 1)
                        *out++ = first + static_cast<RowId>(std::countr_zero(left));
                }
                first += 64;
            }
        }
    });
    return rows;
}

/// Whether any of these columns is one that the view depends on.
bool concerns(const Snapshot &snapshot, const ViewSpec &spec, const std::vector<ColumnIndex> &columns)
{
    std::set<std::string_view> names;
    const std::vector<std::string> fields = spec.filter.fields();
    names.insert(fields.begin(), fields.end());
    if (!spec.quickText.empty())
        names.insert(spec.quickColumns.begin(), spec.quickColumns.end());
    for (const SortKey &key : spec.sort)
        names.insert(key.column);
    names.insert(spec.groupBy.begin(), spec.groupBy.end());
    if (!spec.groupBy.empty()) {
        for (const Aggregate &aggregate : spec.aggregates)
            names.insert(aggregate.column);
    }
    return std::any_of(columns.begin(), columns.end(), [&](ColumnIndex column) {
        return names.contains(snapshot.columns[static_cast<std::size_t>(column)].name);
    });
}

/// Takes `touched` out of the rows; returns before which of those that stay each stood, and who.
std::vector<std::pair<std::size_t, RowId>> takeOut(RowList &rows, const std::vector<RowId> &touched,
                                                   std::size_t chunks)
{
    std::vector<std::uint64_t> isTouched(chunks * chunkWords);
    for (const RowId row : touched)
        isTouched[row / 64] |= std::uint64_t{1} << (row % 64);
    std::vector<std::pair<std::size_t, RowId>> places;
    auto kept = rows.begin();
    for (const RowId row : rows) {
        if (((isTouched[row / 64] >> (row % 64)) & 1) == 0)
            *kept++ = row;
        else
            places.emplace_back(static_cast<std::size_t>(kept - rows.begin()), row);
    }
    rows.erase(kept, rows.end());
    return places;
}

void putIn(RowList &rows, const std::vector<std::pair<std::size_t, RowId>> &places)
{
    auto from = static_cast<std::ptrdiff_t>(rows.size());
    rows.resize(rows.size() + places.size());
    auto to = rows.end();
    for (auto place = places.rbegin(); place != places.rend(); ++place) {
        const auto begin = static_cast<std::ptrdiff_t>(place->first);
        to = std::move_backward(rows.begin() + begin, rows.begin() + from, to);
        from = begin;
        *--to = place->second;
    }
}

bool replaceBy(View &view, std::optional<View> evaluated)
{
    const auto same = [](const Group &a, const Group &b) {
        return a.level == b.level && a.begin == b.begin && a.end == b.end && a.value == b.value &&
               a.aggregates == b.aggregates;
    };
    const bool changed =
        view.rows != evaluated->rows || !std::equal(view.groups.begin(), view.groups.end(),
                                                    evaluated->groups.begin(), evaluated->groups.end(), same);
    view = std::move(*evaluated);
    return changed;
}

} // namespace

std::string_view name(Function function)
{
    return functionNames[static_cast<std::size_t>(function)];
}

std::optional<Function> functionFromName(std::string_view name)
{
    const auto found = std::find(functionNames.begin(), functionNames.end(), name);
    if (found == functionNames.end())
        return {};
    return static_cast<Function>(found - functionNames.begin());
}

std::optional<View> evaluate(const Snapshot &snapshot, const ViewSpec &spec, const CancelFlag *cancel)
{
    View view;
    const auto kernel = compileFilter(snapshot, spec, Extent::AllRows, cancel);
    if (isCancelled(cancel))
        return {};
    Grouping grouping(snapshot, spec);
    if (!kernel && spec.sort.empty() && grouping.canGroupAll()) {
        if (!grouping.groupAll(view, cancel))
            return {};
        return view;
    }
    view.rows = filterRows(snapshot, kernel.get(), cancel);
    for (auto key = spec.sort.rbegin(); key != spec.sort.rend() && !isCancelled(cancel); ++key) {
        const Column *column = snapshot.column(key->column);
        if (!column || view.rows.size() < 2)
            continue;
        const OrderKeys order(snapshot, *column, view.rows, cancel);
        stableSort(order, key->descending, view.rows, cancel);
    }
    if (isCancelled(cancel) || !grouping.groupRows(view, cancel))
        return {};
    return view;
}

bool update(View &view, const Snapshot &snapshot, const ViewSpec &spec, const Change &change)
{
    const bool rowsCameOrWent = change.firstNew != noRow || !change.reused.empty() || !change.removed.empty();
    if (!rowsCameOrWent && !concerns(snapshot, spec, change.columns))
        return false;

    std::vector<RowId> touched = change.changed;
    touched.insert(touched.end(), change.removed.begin(), change.removed.end());
    touched.insert(touched.end(), change.reused.begin(), change.reused.end());
    for (RowId row = std::min(change.firstNew, snapshot.rowLimit); row < snapshot.rowLimit; ++row)
        touched.push_back(row);
    constexpr std::size_t share = 16;
    if (!spec.groupBy.empty() || touched.size() > snapshot.rowCount / share ||
        concerns(snapshot, spec, change.retyped))
        return replaceBy(view, evaluate(snapshot, spec));

    const auto kernel = compileFilter(snapshot, spec, Extent::FewRows);
    const RowOrder order(snapshot, spec.sort);
    using Place = std::pair<std::size_t, RowId>; // before which of the rows that nobody touched, and who
    const bool onlyNew = change.changed.empty() && change.reused.empty() && change.removed.empty();
    const std::vector<Place> before =
        onlyNew ? std::vector<Place>() : takeOut(view.rows, touched, snapshot.chunkCount());
    std::sort(touched.begin(), touched.end());
    touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
    std::erase_if(touched,
                  [&](RowId row) { return !snapshot.isLive(row) || (kernel && !kernel->passes(row)); });
    std::sort(touched.begin(), touched.end(), order);
    std::vector<Place> after;
    after.reserve(touched.size());
    auto next = view.rows.begin();
    for (const RowId row : touched) {
        next = std::upper_bound(next, view.rows.end(), row, order);
        after.emplace_back(static_cast<std::size_t>(next - view.rows.begin()), row);
    }
    putIn(view.rows, after);
    return before != after;
}

std::vector<ValueCount> distinctValues(const Snapshot &snapshot, std::string_view column, std::size_t limit)
{
    const Column *found = snapshot.column(column);
    if (!found || (found->type == Type::Empty && !found->isKey))
        return {};
    std::vector<ValueCount> counts;
    if (isTextual(found->type) && !found->isKey) {
        std::vector<std::size_t> byCode(found->codeLimit);
        for (const ChunkRef &chunk : found->chunks) {
            for (std::size_t i = 0; chunk && i < chunkRows; ++i)
                ++byCode[chunk->data<std::uint32_t>()[i]];
        }
        std::vector<std::uint32_t> codes;
        for (std::uint32_t code = 1; code < found->codeLimit; ++code) {
            if (byCode[code] > 0)
                codes.push_back(code);
        }
        const std::size_t shown = std::min(limit, codes.size());
        std::partial_sort(codes.begin(), codes.begin() + static_cast<std::ptrdiff_t>(shown), codes.end(),
                          [&](std::uint32_t a, std::uint32_t b) {
                              if (byCode[a] != byCode[b])
                                  return byCode[a] > byCode[b];
                              return compareTexts(found->dictionary->text(a), found->dictionary->text(b),
                                                  found->textOrder()) < 0;
                          });
        for (std::size_t i = 0; i < shown; ++i)
            counts.push_back({std::string(found->dictionary->text(codes[i])), byCode[codes[i]]});
        return counts;
    }

    View view;
    view.rows = filterRows(snapshot, nullptr, nullptr);
    const OrderKeys order(snapshot, *found, view.rows);
    stableSort(order, false, view.rows, nullptr);
    std::uint64_t last = 0;
    std::vector<std::pair<RowId, std::size_t>> runs; // first row, count
    for (const RowId row : view.rows) {
        std::uint64_t key = 0;
        if (!order.key(row, key))
            break;
        if (runs.empty() || key != last)
            runs.emplace_back(row, 0);
        ++runs.back().second;
        last = key;
    }
    const std::size_t shown = std::min(limit, runs.size());
    std::stable_sort(runs.begin(), runs.end(),
                     [](const auto &a, const auto &b) { return a.second > b.second; });
    for (std::size_t i = 0; i < shown; ++i)
        counts.push_back({own(found->cell(runs[i].first)), runs[i].second});
    return counts;
}

std::vector<std::string> keysContaining(const Snapshot &snapshot, std::string_view text, std::size_t limit,
                                        const CancelFlag *cancel)
{
    const Column &keys = snapshot.columns.front();
    const TextFinder finder(text);
    std::vector<std::string> found;
    for (std::size_t c = 0; c < snapshot.chunkCount() && found.size() < limit; ++c) {
        if (isCancelled(cancel))
            return {};
        const Chunk &chunk = *keys.chunk(c);
        for (std::size_t i = 0; i < chunkRows && found.size() < limit; ++i) {
            if (chunk.has(i) && finder.isIn(chunk.data<StoredText>()[i]))
                found.emplace_back(textOf(chunk.data<StoredText>()[i]));
        }
    }
    return found;
}

} // namespace muster::table
