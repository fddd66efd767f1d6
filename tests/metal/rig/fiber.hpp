// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

namespace rig {

/// A stack of its own that runs a function in pieces. Told to the sanitisers, to whom each fiber is a thread.
class fiber {
public:
    fiber() = default;
    fiber(const fiber&) = delete;
    fiber& operator=(const fiber&) = delete;
    ~fiber();

    /// Sets `body` up to run with `argument`. What ran before must have ended, or is abandoned.
    void start(void (*body)(void*), void* argument);

    /// Runs on until the body pauses or ends; returns whether it ended.
    bool resume();

    /// Within a body: back to resume().
    static void pause();

private:
    static void enter() noexcept;

    char* stack_ = nullptr;
    void* position_ = nullptr;
    [[maybe_unused]] void* thread_ = nullptr; ///< ThreadSanitizer's
    void* saved_ = nullptr;                   ///< AddressSanitizer's
    void (*body_)(void*) = nullptr;
    void* argument_ = nullptr;
    bool ended_ = true;
};

/// Orders memory between fibers for ThreadSanitizer: what came before a release comes before what follows an acquire.
void release(void* point);
void acquire(void* point);

/// Whether the rig is built for ThreadSanitizer.
extern const bool watches_threads;

} // namespace rig
