// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/threads.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>

#if defined(_OPENMP)
#include <omp.h>
#if defined(__unix__) || defined(__APPLE__)
#include <pthread.h>
#endif
#endif

namespace summit::inline version0::cpu {

/// Set in a child of fork() whose parent shared work: OpenMP's threads are not there, and GNU's OpenMP would wait for them
/// forever. One for a program and all its libraries.
[[gnu::visibility("default")]] inline constinit std::atomic<bool> team_is_gone = false;

inline namespace SUMMIT_INSTRUCTION_SET {

/// Whether work may be shared among threads: with OpenMP, where the compiler was told to use it. A type, so that files built
/// with and without it never share a function.
template <bool OpenMP>
struct thread_pool {
    /// How many threads are to share `count` pieces of work: at most max_threads(), and one if the calling thread is already
    /// one of several.
    [[nodiscard]] static int team([[maybe_unused]] std::ptrdiff_t count) noexcept {
#if defined(_OPENMP)
        if constexpr (OpenMP) {
            if (count > 1 && omp_in_parallel() == 0 && !team_is_gone.load(std::memory_order_relaxed)) {
                const int most = std::min(omp_get_max_threads(), thread_limit.load(std::memory_order_relaxed));
                return static_cast<int>(std::min<std::ptrdiff_t>(count, most));
            }
        }
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
#if defined(__unix__) || defined(__APPLE__)
                [[maybe_unused]] static const int watching =
                    pthread_atfork(nullptr, nullptr, [] { team_is_gone.store(true, std::memory_order_relaxed); });
#endif
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

} // namespace SUMMIT_INSTRUCTION_SET

} // namespace summit::inline version0::cpu
