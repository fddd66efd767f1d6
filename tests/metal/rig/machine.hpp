// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace rig {

using size3 = std::array<std::uint32_t, 3>;

/// What a kernel's parameters can ask for, besides buffers. translate.cpp writes the same struct into the kernels' text.
struct thread_position {
    size3 thread_position_in_grid, thread_position_in_threadgroup, threadgroup_position_in_grid,
        threads_per_threadgroup, threads_per_grid, threadgroups_per_grid;
    std::uint32_t thread_index_in_threadgroup, thread_index_in_simdgroup, simdgroup_index_in_threadgroup,
        simdgroups_per_threadgroup, threads_per_simdgroup;
};

using kernel_entry = void (*)(void* const* buffers, const thread_position*);

struct launch {
    kernel_entry entry = nullptr;
    std::vector<void*> buffers;
    size3 groups{};
    size3 threads{}; ///< in each group
};

enum class order { forward, reverse, random };

struct settings {
    order in = order::forward;
    std::uint64_t seed = 1;
    std::uint32_t width = 32; ///< threads that run in step
    int math_error = 0;       ///< precise functions are off by what the specification allows: −1, +1, 2 for either
    std::size_t most_memory = 32768; ///< of a threadgroup, in bytes
};

/// Runs a grid, one threadgroup after another, each thread a fiber. Threadgroup memory starts as 0xff in every byte.
/// Returns what went wrong, or nothing: an operation that not every thread of its group reaches, too much memory.
[[nodiscard]] std::string run(const launch& work, const settings& how);

/// Threads simulated so far.
[[nodiscard]] std::uint64_t threads_run();

} // namespace rig
