// SPDX-License-Identifier: MIT
#pragma once

#include <summit/error.hpp>
#include <summit/instruction_set.hpp>

#include <atomic>
#include <limits>
#include <string>

namespace summit::inline version0 {

/// One for a program and all its libraries, that of summit::compiled too: hence its visibility.
[[gnu::visibility("default")]] inline constinit std::atomic<int> thread_limit = std::numeric_limits<int>::max();

inline namespace SUMMIT_INSTRUCTION_SET {

/// From now on at most `n` threads, the caller among them, share the work of one call: 1 keeps every call on the thread
/// that makes it. Where OpenMP gives fewer, that holds. A stream's own thread is beside these: its calls are shared alike.
///
/// In a child of fork() whose parent shared work before, calls stay on one thread by themselves: OpenMP's threads are not
/// there. Of parallel regions that a program had of its own Summit knows nothing: say max_threads(1) in the child.
/// domain   the whole program, at once; calls under way keep their threads. The bits of a result do not depend on it
/// cost     one store; from any thread
/// throws   std::invalid_argument: n is less than 1
inline void max_threads(int n) {
    if (n < 1) throw_invalid_argument("max_threads", "n", std::to_string(n) + " where 1 thread is the least");
    thread_limit.store(n, std::memory_order_relaxed);
}

/// What was last said to max_threads(n); the largest int if nothing was.
[[nodiscard]] inline int max_threads() noexcept { return thread_limit.load(std::memory_order_relaxed); }

} // namespace SUMMIT_INSTRUCTION_SET

} // namespace summit::inline version0
