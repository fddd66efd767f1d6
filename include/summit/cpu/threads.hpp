// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>

#if defined(_OPENMP)
#include <omp.h>
#endif

namespace summit::inline version0::cpu {

/// Whether work may be shared among threads: with OpenMP, where the compiler was told to use it. A type, so that files built
/// with and without it never share a function.
template <bool OpenMP>
struct thread_pool {
    /// How many threads are to share `count` pieces of work: one if the calling thread is already one of several.
    [[nodiscard]] static int team([[maybe_unused]] std::ptrdiff_t count) noexcept {
#if defined(_OPENMP)
        if constexpr (OpenMP)
            if (count > 1 && omp_in_parallel() == 0)
                return static_cast<int>(std::min<std::ptrdiff_t>(count, omp_get_max_threads()));
#endif
        return 1;
    }

    /// Calls body(i, worker) for i from 0 to count − 1, each once, in any order, on up to `team` threads; all are done on
    /// return. No two threads are the same worker, from 0 to team − 1.
    template <class Body>
    static void for_each(std::ptrdiff_t count, [[maybe_unused]] int team, const Body& body) {
#if defined(_OPENMP)
        if constexpr (OpenMP) {
            if (team > 1) {
// Long runs first, then ever shorter ones: what lies side by side is asked for ahead, and by the thread that reads it.
#pragma omp parallel for schedule(guided) num_threads(team)
                for (std::ptrdiff_t i = 0; i < count; ++i) body(i, omp_get_thread_num());
                return;
            }
        }
#endif
        for (std::ptrdiff_t i = 0; i != count; ++i) body(i, 0);
    }
};

#if defined(_OPENMP)
using threads = thread_pool<true>;
#else
using threads = thread_pool<false>;
#endif

} // namespace summit::inline version0::cpu
