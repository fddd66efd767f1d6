// SPDX-License-Identifier: MIT
#pragma once

#include <summit/simd/xsimd.hpp>

#include <type_traits>

namespace summit::inline version0::math {

/// The larger of a and b in each lane; on x86, b wherever one of them is NaN. AArch64 gives NaN there.
///
/// That is what xsimd::max does, until -ffinite-math-only lets the compiler swap the operands. There the instruction is
/// written out.
template <class T, class Arch>
[[nodiscard, gnu::always_inline]] inline xsimd::batch<T, Arch> ordered_max(const xsimd::batch<T, Arch>& a,
                                                                           const xsimd::batch<T, Arch>& b) noexcept {
#if defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__ && defined(__SSE2__)
    if constexpr (std::is_base_of_v<xsimd::sse2, Arch> || std::is_base_of_v<xsimd::avx, Arch> ||
                  std::is_base_of_v<xsimd::avx512f, Arch>) {
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
    } else
#endif
    {
        return xsimd::max(a, b);
    }
}

} // namespace summit::inline version0::math
