// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/simd/xsimd.hpp>

#include <type_traits>

namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET {

#if defined(__SSE2__)
/// x86's instruction, which returns b wherever one of the two is NaN. The compiler may swap its operands where it assumes
/// that nothing is NaN: there the instruction is written out.
template <class T, class Register>
[[nodiscard, gnu::always_inline]] inline Register x86_max(Register a, Register b) noexcept {
    constexpr bool is_float = sizeof(T) == sizeof(float);
#if defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__
#if defined(__AVX__)
    if constexpr (is_float)
        asm("vmaxps %2, %1, %0" : "=v"(a) : "v"(a), "v"(b));
    else
        asm("vmaxpd %2, %1, %0" : "=v"(a) : "v"(a), "v"(b));
#else
    if constexpr (is_float)
        asm("maxps %1, %0" : "+x"(a) : "x"(b));
    else
        asm("maxpd %1, %0" : "+x"(a) : "x"(b));
#endif
    return a;
#else
    if constexpr (sizeof(Register) == 16 && is_float) return _mm_max_ps(a, b);
    if constexpr (sizeof(Register) == 16 && !is_float) return _mm_max_pd(a, b);
#if defined(__AVX__)
    if constexpr (sizeof(Register) == 32 && is_float) return _mm256_max_ps(a, b);
    if constexpr (sizeof(Register) == 32 && !is_float) return _mm256_max_pd(a, b);
#endif
#if defined(__AVX512F__)
    if constexpr (sizeof(Register) == 64 && is_float) return _mm512_max_ps(a, b);
    if constexpr (sizeof(Register) == 64 && !is_float) return _mm512_max_pd(a, b);
#endif
#endif
}
#endif

/// The larger of a and b in each lane; b wherever one of them is NaN, or, on ARM, NaN.
///
/// Not xsimd::max on x86, where some releases of xsimd swap the operands for some instruction sets. What its emulated vectors
/// and those of other processors do with NaN differs too, so there a comparison selects.
template <class T, class Arch>
[[nodiscard, gnu::always_inline]] inline xsimd::batch<T, Arch> ordered_max(const xsimd::batch<T, Arch>& a,
                                                                           const xsimd::batch<T, Arch>& b) noexcept {
    constexpr bool is_x86 = std::is_base_of_v<xsimd::sse2, Arch> || std::is_base_of_v<xsimd::avx, Arch> ||
                            std::is_base_of_v<xsimd::avx512f, Arch>;
    if constexpr (std::is_base_of_v<xsimd::neon, Arch>) {
        return xsimd::max(a, b);
#if defined(__SSE2__)
    } else if constexpr (is_x86) {
        return x86_max<T>(a.data, b.data);
#endif
    } else {
        static_assert(!is_x86);
        return xsimd::select(a > b, a, b);
    }
}

} // namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET
