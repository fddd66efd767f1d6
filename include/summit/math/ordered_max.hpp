// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/simd/xsimd.hpp>

#include <type_traits>

namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET {

/// The larger of a and b in each lane; b wherever one of them is NaN, or, on ARM, NaN.
///
/// That is what xsimd::max does on x86, until -ffinite-math-only lets the compiler swap the operands. There the instruction
/// is written out. What xsimd's emulated vectors and other processors do with NaN differs, so there a comparison selects.
template <class T, class Arch>
[[nodiscard, gnu::always_inline]] inline xsimd::batch<T, Arch> ordered_max(const xsimd::batch<T, Arch>& a,
                                                                           const xsimd::batch<T, Arch>& b) noexcept {
    constexpr bool is_x86 = std::is_base_of_v<xsimd::sse2, Arch> || std::is_base_of_v<xsimd::avx, Arch> ||
                            std::is_base_of_v<xsimd::avx512f, Arch>;
    if constexpr (!is_x86 && !std::is_base_of_v<xsimd::neon, Arch>) return xsimd::select(a > b, a, b);
#if defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__ && defined(__SSE2__)
    else if constexpr (is_x86) {
        auto result = a.data;
#if defined(__AVX__)
        if constexpr (sizeof(T) == sizeof(float))
            asm("vmaxps %2, %1, %0" : "=v"(result) : "v"(a.data), "v"(b.data));
        else
            asm("vmaxpd %2, %1, %0" : "=v"(result) : "v"(a.data), "v"(b.data));
#else
        if constexpr (sizeof(T) == sizeof(float))
            asm("maxps %1, %0" : "+x"(result) : "x"(b.data));
        else
            asm("maxpd %1, %0" : "+x"(result) : "x"(b.data));
#endif
        return result;
    }
#endif
    else
        return xsimd::max(a, b);
}

} // namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET
