// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#if defined(_OPENMP)
#include <omp.h>
#endif

namespace summit::inline version0::cpu {

/// Whether work may be shared among threads: with OpenMP, where the compiler was told to use it. A type, so that files built
/// with and without it never share a function.
template <bool OpenMP>
struct thread_pool {
    /// Calls body(0) … body(count − 1), each once, in any order; all are done on return. On the calling thread alone if
    /// it is not worth sharing, or if that thread is already one of several.
    template <class Body>
    static void for_each(std::ptrdiff_t count, bool worth_sharing, const Body& body) {
#if defined(_OPENMP)
        if constexpr (OpenMP) {
            if (worth_sharing && count > 1 && omp_get_max_threads() > 1 && omp_in_parallel() == 0) {
// Long runs first, then ever shorter ones: what lies side by side is asked for ahead, and by the thread that reads it.
#pragma omp parallel for schedule(guided)
                for (std::ptrdiff_t i = 0; i < count; ++i) body(i);
                return;
            }
        }
#endif
        static_cast<void>(worth_sharing);
        for (std::ptrdiff_t i = 0; i != count; ++i) body(i);
    }
};

#if defined(_OPENMP)
using threads = thread_pool<true>;
#else
using threads = thread_pool<false>;
#endif

} // namespace summit::inline version0::cpu
