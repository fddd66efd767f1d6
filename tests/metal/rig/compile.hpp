// SPDX-License-Identifier: MIT
#pragma once

#include "translate.hpp"

#include <string>
#include <vector>

namespace rig {

/// An environment variable of the rig:
/// RIG_FAIL             device, queue, commands, encoder, library, function, pipeline, buffer, scratch or execution: that
///                      call fails
/// RIG_ORDER, RIG_SEED  the order of a group's threads: forward, reverse or random
/// RIG_WIDTH            threads that run in step
/// RIG_MOST_THREADS     what a pipeline reports
/// RIG_MOST_BYTES       maxBufferLength
/// RIG_MATH_ERROR       −1, 1 or 2: precise functions are off by what Metal allows: below, above, either
/// RIG_OLD_SYSTEM       1: before macOS 15, without setMathMode:
/// RIG_DELAY            microseconds before a command buffer is begun
/// RIG_KERNEL_FLAGS     for clang
/// RIG_CACHE            a folder to keep compiled kernels in
/// RIG_MUTANT_FROM, _TO, _NTH  a change to the kernels' text, for tests/metal/mutate
[[nodiscard]] std::string variable(const char* name, const char* otherwise = "");
[[nodiscard]] bool fails(const char* what);

/// A library, loaded; or the compiler's messages.
struct compiled {
    void* handle = nullptr;
    std::string messages;
};
[[nodiscard]] compiled compile(const std::string& source, bool fast_math, std::vector<kernel_signature>& kernels);

} // namespace rig
