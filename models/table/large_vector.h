// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <new>
#include <utility>
#include <vector>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace muster::table {

/// What a million rows need is taken in large pages where the system has them: touching it for the first time
/// 4 KB at a time can cost more than what is then done with it. Numbers that are given no value have none.
template <typename T>
class LargePages {
public:
    using value_type = T;

    LargePages() = default;
    template <typename U>
    LargePages(const LargePages<U> &) // NOLINT(google-explicit-constructor): as of any allocator
    {
    }
    T *allocate(std::size_t count)
    {
        const std::size_t bytes = count * sizeof(T);
        if (bytes < worthIt)
            return static_cast<T *>(::operator new(bytes));
        const std::size_t size = (bytes + page - 1) / page * page;
        void *memory = ::operator new (size, std::align_val_t{page});
#ifdef __linux__
        madvise(memory, size, MADV_HUGEPAGE);
#endif
        return static_cast<T *>(memory);
    }
    void deallocate(T *memory, std::size_t count)
    {
        if (count * sizeof(T) < worthIt)
            ::operator delete(memory);
        else
            ::operator delete (memory, std::align_val_t{page});
    }
    template <typename U, typename... Arguments>
    void construct(U *place, Arguments &&...arguments)
    {
        if constexpr (sizeof...(arguments) == 0)
            ::new (static_cast<void *>(place)) U;
        else
            ::new (static_cast<void *>(place)) U(std::forward<Arguments>(arguments)...);
    }
    template <typename U>
    bool operator==(const LargePages<U> &) const
    {
        return true;
    }

private:
    static constexpr std::size_t page = std::size_t{2} << 20;
    static constexpr std::size_t worthIt = page / 2; // what is smaller would take too much more than it needs
};

template <typename T>
using LargeVector = std::vector<T, LargePages<T>>;

} // namespace muster::table
