// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/chunk_pool.h"

#include <QtTest>

#include <algorithm>
#include <array>
#include <cstring>
#include <random>
#include <set>
#include <thread>
#include <vector>

using namespace muster::table;

class TestChunkPool : public QObject {
    Q_OBJECT

    static constexpr std::size_t bytes = 33'345; // no multiple of anything
    static constexpr std::size_t many = 200; // of which the first megabyte is plain, the others several slabs

    struct Taken {
        ChunkPlace place;
        std::uint8_t mark;
    };
    static bool isAsMarked(const Taken &taken)
    {
        const auto *memory = static_cast<const std::uint8_t *>(taken.place.memory);
        return std::all_of(memory, memory + bytes,
                           [&taken](std::uint8_t byte) { return byte == taken.mark; });
    }
    static Taken takeMarked(std::uint8_t mark)
    {
        const Taken taken{takeChunkMemory(bytes), mark};
        std::memset(taken.place.memory, mark, bytes);
        return taken;
    }
    /// Takes and gives at random; whether each had its memory to itself throughout.
    static bool takesAndGives(unsigned seed)
    {
        std::mt19937 random(seed);
        std::vector<Taken> held;
        bool fine = true;
        for (int step = 0; step < 2'000; ++step) {
            if (held.size() < many && random() % 2 == 0) {
                held.push_back(takeMarked(static_cast<std::uint8_t>(random())));
            } else if (!held.empty()) {
                std::swap(held[random() % held.size()], held.back());
                fine = fine && isAsMarked(held.back());
                giveChunkMemory(held.back().place, bytes);
                held.pop_back();
            }
        }
        for (const Taken &taken : held) {
            fine = fine && isAsMarked(taken);
            giveChunkMemory(taken.place, bytes);
        }
        return fine;
    }

private Q_SLOTS:
    void eachHasItsMemoryToItself()
    {
        QVERIFY(takesAndGives(1));
        std::array<bool, 4> fine{};
        std::vector<std::thread> threads;
        for (std::size_t i = 0; i < fine.size(); ++i)
            threads.emplace_back([&fine, i] { fine[i] = takesAndGives(static_cast<unsigned>(i) + 2); });
        for (std::thread &thread : threads)
            thread.join();
        QVERIFY(std::all_of(fine.begin(), fine.end(), [](bool one) { return one; }));
    }

    void manyLieInLargePages()
    {
#ifdef __SANITIZE_ADDRESS__
        QSKIP("AddressSanitizer is given each chunk to watch");
#endif
        std::vector<ChunkPlace> places;
        for (std::size_t i = 0; i < many; ++i)
            places.push_back(takeChunkMemory(bytes));
        QVERIFY(!places.front().slab);
        const auto inSlabs = std::count_if(places.begin(), places.end(),
                                           [](const ChunkPlace &place) { return place.slab != nullptr; });
        QCOMPARE(static_cast<std::size_t>(inSlabs), many - (std::size_t{1} << 20) / bytes);
        std::set<const ChunkSlab *> slabs;
        std::set<std::uintptr_t> pages;
        for (const ChunkPlace &place : places) {
            const auto address = reinterpret_cast<std::uintptr_t>(place.memory);
            QCOMPARE(address % 64, std::uintptr_t{0});
            if (!place.slab)
                continue;
            slabs.insert(place.slab);
            pages.insert(address >> 21);
        }
        QCOMPARE(slabs.size(), std::size_t{3}); // 62 to a slab
        QCOMPARE(pages.size(), slabs.size());
        // A slot that was given back is the next to be taken: no slab more.
        const ChunkPlace given = places.back();
        giveChunkMemory(given, bytes);
        places.back() = takeChunkMemory(bytes);
        QCOMPARE(places.back().memory, given.memory);
        for (const ChunkPlace &place : places)
            giveChunkMemory(place, bytes);
    }
};

QTEST_APPLESS_MAIN(TestChunkPool)
#include "tst_chunk_pool.moc"
