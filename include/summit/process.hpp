// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>

#include <atomic>

#if defined(__unix__) || defined(__APPLE__)
#include <pthread.h>
#endif

namespace summit::inline version0 {

/// One for a program and all its libraries.
[[gnu::visibility("default")]] inline constinit std::atomic<unsigned> forks_seen = 0;

inline namespace SUMMIT_INSTRUCTION_SET {

/// Another number in a child of fork() than in its parent, which has none of its parent's threads. Only forks after the
/// first call count. A number of our own, counted where fork() happens: getpid() enters the system at each call.
[[nodiscard]] inline unsigned process_number() noexcept {
#if defined(__unix__) || defined(__APPLE__)
    [[maybe_unused]] static const int watching =
        pthread_atfork(nullptr, nullptr, [] { forks_seen.fetch_add(1, std::memory_order_relaxed); });
#endif
    return forks_seen.load(std::memory_order_relaxed);
}

} // namespace SUMMIT_INSTRUCTION_SET

} // namespace summit::inline version0
