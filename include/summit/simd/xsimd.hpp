// SPDX-License-Identifier: MIT
#pragma once

// The one place that includes xsimd. What differs between its releases has one name here, and nowhere else asks for a
// release.
#include <xsimd/config/xsimd_config.hpp>

#if XSIMD_VERSION_MAJOR < 13
// No such file: the compiler says so and stops. After an #error it would go on, to a page of errors about the old xsimd.
#include "summit needs xsimd 13 or newer"
#endif

// xsimd has no vectors for this processor or was not told of them, or it has none of double: its emulated ones serve, arrays
// with loops over them.
#if defined(XSIMD_NO_SUPPORTED_ARCHITECTURE) || (XSIMD_WITH_NEON && !XSIMD_WITH_NEON64)
#if defined(XSIMD_HPP) && (defined(XSIMD_NO_SUPPORTED_ARCHITECTURE) || !defined(XSIMD_WITH_EMULATED))
#include "summit has to be included before xsimd, which has no vectors of double for this processor"
#endif
#if defined(__FLT_EVAL_METHOD__) && __FLT_EVAL_METHOD__ == 2
#include "summit needs arithmetic that rounds to the type at hand, which x87 does not: -msse2 -mfpmath=sse"
#endif
#undef XSIMD_NO_SUPPORTED_ARCHITECTURE
#undef XSIMD_WITH_EMULATED
#define XSIMD_WITH_EMULATED 1
#endif

#include <xsimd/xsimd.hpp>

#include <summit/instruction_set.hpp>

namespace summit::inline version0::simd::inline SUMMIT_INSTRUCTION_SET {

/// What every architecture derives from: a function that takes it is the one for those that have none of their own.
#if XSIMD_VERSION_MAJOR >= 14
using common = xsimd::common;
#else
using common = xsimd::generic;
#endif

/// Lane i of the constant batch is Source::get(i, lanes).
template <class T, class Source, class Arch>
[[nodiscard, gnu::always_inline]] constexpr auto batch_constant() noexcept {
#if XSIMD_VERSION_MAJOR >= 14
    return xsimd::make_batch_constant<T, Source, Arch>();
#else
    return xsimd::make_batch_constant<T, Arch, Source>();
#endif
}

} // namespace summit::inline version0::simd::inline SUMMIT_INSTRUCTION_SET
