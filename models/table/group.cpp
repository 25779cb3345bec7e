// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/group.h"

#include "table/order.h"
#include "table/parallel.h"

#include <algorithm>
#include <array>
#include <bit>
#include <memory>
#include <numeric>
#include <utility>

namespace muster::table {

namespace {

/// Rows to be grouped: those of a list, or all that are live.
class Rows {
public:
    explicit Rows(const Snapshot &all) : m_snapshot(&all) {}
    Rows(const RowList &listed, bool areAscending) : m_listed(&listed), m_areAscending(areAscending) {}

    std::size_t count() const { return m_listed ? m_listed->size() : m_snapshot->rowCount; }
    std::size_t placeLimit() const { return m_listed ? m_listed->size() : m_snapshot->rowLimit; }

    /// Calls each(place, rows, count, isRun) for the blocks of one part of them; places are unique and
    /// ascend.
    template <typename Each>
    void inBlocks(std::size_t part, std::size_t parts, const Each &each) const
    {
        if (m_listed)
            listedBlocks(partBegin(m_listed->size(), part, parts),
                         partBegin(m_listed->size(), part + 1, parts), each);
        else
            liveBlocks(partBegin(m_snapshot->chunkCount(), part, parts),
                       partBegin(m_snapshot->chunkCount(), part + 1, parts), each);
    }

private:
    template <typename Each>
    void listedBlocks(std::size_t begin, std::size_t end, const Each &each) const
    {
        while (begin < end) {
            const RowId *rows = m_listed->data() + begin;
            const std::size_t count = std::min(end - begin, chunkRows - rows[0] % chunkRows);
            each(begin, rows, count, m_areAscending && rows[count - 1] - rows[0] == count - 1);
            begin += count;
        }
    }
    template <typename Each>
    void liveBlocks(std::size_t begin, std::size_t end, const Each &each) const
    {
        std::array<RowId, chunkRows> rows; // NOLINT(cppcoreguidelines-pro-type-member-init): filled below
        for (std::size_t c = begin; c < end; ++c) {
            const Chunk *keys = m_snapshot->columns.front().chunk(c);
            std::size_t count = 0;
            auto first = static_cast<RowId>(c << chunkBits);
            for (std::size_t w = 0; keys && w < chunkWords; ++w, first += 64) {
                std::uint64_t live = keys->valid[w];
                if (live == ~std::uint64_t{0}) {
                    std::iota(rows.begin() + static_cast<std::ptrdiff_t>(count),
                              rows.begin() + static_cast<std::ptrdiff_t>(count) + 64, first);
                    count += 64;
                    continue;
                }
                for (; live != 0; live &= live - 1)
                    rows[count++] = first + static_cast<RowId>(std::countr_zero(live));
            }
            if (count > 0)
                each(c << chunkBits, rows.data(), count, rows[count - 1] - rows[0] == count - 1);
        }
    }

    const Snapshot *m_snapshot = nullptr;
    const RowList *m_listed = nullptr;
    bool m_areAscending = false;
};

} // namespace

/// When all levels together have few values, each row's group is a sum of table look-ups and the rows are
/// dealt out by counting.
class Grouping::Dealer {
public:
    /// Null when there are too many groups, or values that are not codes.
    static std::unique_ptr<Dealer> make(const Snapshot &snapshot, const std::vector<Level> &levels)
    {
        constexpr std::size_t most = 65536;
        std::unique_ptr<Dealer> dealer(
            new Dealer(snapshot)); // NOLINT(modernize-make-unique): the constructor is private
        std::size_t product = 1;
        for (const Level &level : levels) {
            std::size_t values = 0;
            if (level.column) {
                if (level.column->isKey)
                    return nullptr;
                if (isTextual(level.column->type))
                    values = level.column->codeLimit - 1;
                else if (level.column->type == Type::Bool)
                    values = 2;
                else if (level.column->type != Type::Empty)
                    return nullptr;
            }
            product *= values + 1;
            if (product > most)
                return nullptr;
            dealer->m_sizes.push_back(static_cast<std::uint32_t>(values + 1));
        }
        dealer->m_groups = product;
        std::uint32_t stride = 1;
        for (std::size_t l = levels.size(); l-- > 0; stride *= dealer->m_sizes[l])
            dealer->addLevel(levels[l], dealer->m_sizes[l], stride);
        return dealer;
    }

    /// Fills the rows and the leaves, and hands each row with its leaf to the aggregates. False when
    /// cancelled.
    bool deal(const Rows &rows, View &view, Leaves &leaves, Aggregates &aggregates,
              const CancelFlag *cancel) const
    {
        using Number = std::uint16_t; // a group's: half the memory to go through twice
        const std::size_t parts = workerCount(rows.count());
        LargeVector<Number> groupOf(rows.placeLimit());
        std::vector<std::vector<std::uint32_t>> places(parts, std::vector<std::uint32_t>(m_groups));
        inParallel(parts, [&](std::size_t part) {
            std::array<std::uint32_t, chunkRows> groups; // NOLINT(cppcoreguidelines-pro-type-member-init)
            std::vector<std::uint32_t> &counts = places[part];
            rows.inBlocks(part, parts,
                          [&](std::size_t place, const RowId *row, std::size_t count, bool isRun) {
                              findGroups(row, count, isRun, groups.data());
                              for (std::size_t i = 0; i < count; ++i) {
                                  ++counts[groups[i]];
                                  groupOf[place + i] = static_cast<Number>(groups[i]);
                              }
                          });
        });
        if (isCancelled(cancel))
            return false;

        const std::vector<std::uint32_t> leafNumber = numberLeaves(places, leaves);
        aggregates.start(parts, leaves.count());
        view.rows.resize(rows.count());
        inParallel(parts, [&](std::size_t part) {
            std::array<std::uint32_t, chunkRows> leafOf; // NOLINT(cppcoreguidelines-pro-type-member-init)
            std::vector<std::uint32_t> &to = places[part];
            rows.inBlocks(part, parts,
                          [&](std::size_t place, const RowId *row, std::size_t count, bool isRun) {
                              for (std::size_t i = 0; i < count; ++i) {
                                  const Number group = groupOf[place + i];
                                  view.rows[to[group]++] = row[i];
                                  leafOf[i] = leafNumber[group];
                              }
                              aggregates.take(part, {row, leafOf.data(), count, isRun});
                          });
        });
        return !isCancelled(cancel);
    }

private:
    struct Codes {
        Reader<std::uint32_t> reader;
        std::vector<std::uint32_t> places; ///< by code, times the stride
    };
    struct Flags {
        const Column *column;
        std::array<std::uint32_t, 3> places; ///< false, true, absent
        std::size_t index(RowId row) const
        {
            const Chunk *chunk = column->chunkOf(row);
            const std::size_t i = row % chunkRows;
            return !chunk || !chunk->has(i) ? 2 : (chunk->data<std::uint64_t>()[i / 64] >> (i % 64)) & 1;
        }
    };

    explicit Dealer(const Snapshot &snapshot) : m_snapshot(snapshot) {}

    /// Groups that no row is in are left out; what is left gets the numbers of the leaves. Counts become
    /// where each part's rows of a group begin.
    std::vector<std::uint32_t> numberLeaves(std::vector<std::vector<std::uint32_t>> &counts,
                                            Leaves &leaves) const
    {
        std::vector<std::uint32_t> leafNumber(m_groups);
        std::uint32_t next = 0;
        leaves.keys.assign(m_sizes.size(), {});
        for (std::size_t group = 0; group < m_groups; ++group) {
            const std::uint32_t begin = next;
            for (std::vector<std::uint32_t> &ofPart : counts)
                next += std::exchange(ofPart[group], next);
            if (next == begin)
                continue;
            leafNumber[group] = static_cast<std::uint32_t>(leaves.begin.size());
            leaves.begin.push_back(begin);
            auto rest = static_cast<std::uint32_t>(group);
            for (std::size_t l = m_sizes.size(); l-- > 0; rest /= m_sizes[l])
                leaves.keys[l].push_back(rest % m_sizes[l]);
        }
        leaves.begin.push_back(next);
        return leafNumber;
    }

    /// The number of each row's group: the sum of its places on all levels.
    void findGroups(const RowId *rows, std::size_t count, bool isRun, std::uint32_t *groups) const
    {
        std::fill_n(groups, count, 0U);
        for (const Codes &codes : m_codes) {
            if (isRun) {
                const std::uint32_t *run = codes.reader.run(rows[0]);
                for (std::size_t i = 0; i < count; ++i)
                    groups[i] += codes.places[run[i]];
            } else {
                for (std::size_t i = 0; i < count; ++i)
                    groups[i] += codes.places[codes.reader[rows[i]]];
            }
        }
        for (const Flags &flags : m_flags) {
            for (std::size_t i = 0; i < count; ++i)
                groups[i] += flags.places[flags.index(rows[i])];
        }
    }

    void addLevel(const Level &level, std::uint32_t size, std::uint32_t stride)
    {
        const std::uint32_t values = size - 1;
        const auto place = [&](std::uint32_t rank) {
            return (level.descending ? values - 1 - rank : rank) * stride;
        };
        if (values == 0) { // all absent, and that is place 0
            return;
        } else if (level.column->type == Type::Bool) {
            m_flags.push_back({level.column, {place(0), place(1), values * stride}});
        } else {
            const auto ranks =
                level.column->dictionary->ranks(level.column->codeLimit, level.column->textOrder());
            std::vector<std::uint32_t> places(level.column->codeLimit);
            places[Dictionary::absent] = values * stride;
            for (std::uint32_t code = 1; code < level.column->codeLimit; ++code)
                places[code] = place((*ranks)[code]);
            m_codes.push_back(
                {Reader<std::uint32_t>(*level.column, m_snapshot.chunkCount()), std::move(places)});
        }
    }

    const Snapshot &m_snapshot;
    std::size_t m_groups = 1;
    std::vector<std::uint32_t> m_sizes; ///< by level: values, and one for absent
    std::vector<Codes> m_codes;
    std::vector<Flags> m_flags;
};

Grouping::Grouping(const Snapshot &snapshot, const ViewSpec &spec)
    : m_snapshot(snapshot),
      m_spec(spec),
      m_aggregates(snapshot, spec)
{
    constexpr std::size_t deepest = 3;
    for (const std::string &name : spec.groupBy) {
        if (m_levels.size() == deepest)
            break;
        const auto key = std::find_if(spec.sort.begin(), spec.sort.end(),
                                      [&name](const SortKey &sort) { return sort.column == name; });
        m_levels.push_back({snapshot.column(name), key != spec.sort.end() && key->descending});
    }
    if (!m_levels.empty())
        m_dealer = Dealer::make(snapshot, m_levels);
}

Grouping::~Grouping() = default;

bool Grouping::groupAll(View &view, const CancelFlag *cancel)
{
    if (m_snapshot.rowCount == 0)
        return true;
    Leaves leaves;
    if (!m_dealer->deal(Rows(m_snapshot), view, leaves, m_aggregates, cancel))
        return false;
    makeGroups(leaves, view);
    return m_aggregates.finish(view, leaves, cancel);
}

bool Grouping::groupRows(View &view, const CancelFlag *cancel)
{
    if (m_levels.empty() || view.rows.empty())
        return true;
    Leaves leaves;
    if (m_dealer) {
        const RowList rows = std::exchange(view.rows, {});
        if (!m_dealer->deal(Rows(rows, m_spec.sort.empty()), view, leaves, m_aggregates, cancel))
            return false;
    } else if (!sortIntoLeaves(view, leaves, cancel)) {
        return false;
    }
    makeGroups(leaves, view);
    return m_aggregates.finish(view, leaves, cancel);
}

/// Any columns: sorts by them, innermost first, and cuts where a key differs from the one before.
bool Grouping::sortIntoLeaves(View &view, Leaves &leaves, const CancelFlag *cancel)
{
    constexpr std::size_t fewLeaves = 65536;
    std::vector<std::unique_ptr<OrderKeys>> orders(m_levels.size());
    for (std::size_t l = m_levels.size(); l-- > 0;) {
        if (!m_levels[l].column)
            continue;
        orders[l] = std::make_unique<OrderKeys>(m_snapshot, *m_levels[l].column, view.rows, cancel);
        if (!stableSort(*orders[l], m_levels[l].descending, view.rows, cancel))
            return false;
    }
    std::vector<std::uint32_t> leafOf(view.rows.size());
    leaves.keys.assign(m_levels.size(), {});
    struct Place {
        int kind = -1; ///< 0 a key, 1 NaN, 2 absent
        std::uint64_t key = 0;
        bool operator==(const Place &) const = default;
    };
    std::vector<Place> last(m_levels.size());
    std::vector<std::uint32_t> numbers(m_levels.size(), 0);
    for (std::size_t i = 0; i < view.rows.size(); ++i) {
        bool cut = i == 0;
        for (std::size_t l = 0; l < m_levels.size(); ++l) {
            Place place;
            if (!orders[l])
                place.kind = 2;
            else if (orders[l]->key(view.rows[i], place.key))
                place.kind = 0;
            else
                place = {m_levels[l].column->has(view.rows[i]) ? 1 : 2, 0};
            if (cut || !(place == last[l])) {
                cut = true;
                ++numbers[l];
                last[l] = place;
            }
        }
        if (cut) {
            leaves.begin.push_back(static_cast<std::uint32_t>(i));
            for (std::size_t l = 0; l < m_levels.size(); ++l)
                leaves.keys[l].push_back(numbers[l]);
        }
        leafOf[i] = static_cast<std::uint32_t>(leaves.begin.size() - 1);
    }
    leaves.begin.push_back(static_cast<std::uint32_t>(view.rows.size()));
    if (isCancelled(cancel))
        return false;

    // Each thread keeps sums of its own for every leaf: one when there are many.
    const Rows rows(view.rows, false);
    const std::size_t parts = leaves.count() > fewLeaves ? 1 : workerCount(view.rows.size());
    m_aggregates.start(parts, leaves.count());
    inParallel(parts, [&](std::size_t part) {
        rows.inBlocks(part, parts, [&](std::size_t place, const RowId *row, std::size_t count, bool isRun) {
            m_aggregates.take(part, {row, leafOf.data() + place, count, isRun});
        });
    });
    return !isCancelled(cancel);
}

/// A group stands before its subgroups.
void Grouping::makeGroups(const Leaves &leaves, View &view) const
{
    std::vector<int> open(m_levels.size(), -1);
    for (std::size_t leaf = 0; leaf < leaves.count(); ++leaf) {
        bool differs = leaf == 0;
        for (std::size_t l = 0; l < m_levels.size(); ++l) {
            differs = differs || leaves.keys[l][leaf] != leaves.keys[l][leaf - 1];
            if (!differs)
                continue;
            Group group;
            group.level = static_cast<int>(l);
            group.parent = l == 0 ? -1 : open[l - 1];
            group.begin = leaves.begin[leaf];
            if (m_levels[l].column)
                group.value = own(m_levels[l].column->cell(view.rows[group.begin]));
            open[l] = static_cast<int>(view.groups.size());
            view.groups.push_back(std::move(group));
        }
        for (const int group : open)
            view.groups[static_cast<std::size_t>(group)].end = leaves.begin[leaf + 1];
    }
}

} // namespace muster::table
