// SPDX-License-Identifier: MIT
#pragma once

#include <summit/op/names.hpp>

/// In place of the kernels where SUMMIT_COMPILED is defined: they are in the library that summit::compiled links.
namespace summit::inline version0::cpu {

/// The best of the instruction sets that the compiled library was built for and the processor has, chosen at the first
/// call. Visible, because it may be in a shared library.
struct [[gnu::visibility("default")]] dispatched {
    /// What it is on this machine, as xsimd names it: "avx512bw", "fma3+avx2", "sse2", "arm64+neon".
    [[nodiscard]] static const char* name() noexcept;
};

using default_architecture = dispatched;

} // namespace summit::inline version0::cpu
