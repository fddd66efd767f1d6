// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/simd/xsimd.hpp>

#include <array>
#include <cstddef>

namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET {

/// The lanes of a float batch as doubles, the lower half first.
template <class Arch>
using widened = std::array<xsimd::batch<double, Arch>, 2>;

// xsimd converts between widths through memory only, so each family of instructions has its own line here. The call
// picks the overload of the nearest base class of its architecture.

template <class Arch>
[[gnu::always_inline]] inline widened<Arch> widen_on(const simd::common&, const xsimd::batch<float, Arch>& x) noexcept {
    constexpr std::size_t half = xsimd::batch<double, Arch>::size;
    std::array<float, 2 * half> narrow;
    std::array<double, 2 * half> wide;
    x.store_unaligned(narrow.data());
    for (std::size_t i = 0; i != 2 * half; ++i) wide[i] = static_cast<double>(narrow[i]);
    return {xsimd::batch<double, Arch>::load_unaligned(wide.data()),
            xsimd::batch<double, Arch>::load_unaligned(wide.data() + half)};
}

template <class Arch>
[[gnu::always_inline]] inline xsimd::batch<float, Arch> narrow_on(const simd::common&,
                                                                  const widened<Arch>& x) noexcept {
    constexpr std::size_t half = xsimd::batch<double, Arch>::size;
    std::array<double, 2 * half> wide;
    std::array<float, 2 * half> narrow;
    x[0].store_unaligned(wide.data());
    x[1].store_unaligned(wide.data() + half);
    for (std::size_t i = 0; i != 2 * half; ++i) narrow[i] = static_cast<float>(wide[i]);
    return xsimd::batch<float, Arch>::load_unaligned(narrow.data());
}

#if XSIMD_WITH_SSE2
template <class Arch>
[[gnu::always_inline]] inline widened<Arch> widen_on(const xsimd::sse2&, const xsimd::batch<float, Arch>& x) noexcept {
    return {_mm_cvtps_pd(x), _mm_cvtps_pd(_mm_movehl_ps(x, x))};
}

template <class Arch>
[[gnu::always_inline]] inline xsimd::batch<float, Arch> narrow_on(const xsimd::sse2&, const widened<Arch>& x) noexcept {
    return _mm_movelh_ps(_mm_cvtpd_ps(x[0]), _mm_cvtpd_ps(x[1]));
}
#endif

#if XSIMD_WITH_AVX
template <class Arch>
[[gnu::always_inline]] inline widened<Arch> widen_on(const xsimd::avx&, const xsimd::batch<float, Arch>& x) noexcept {
    return {_mm256_cvtps_pd(_mm256_castps256_ps128(x)), _mm256_cvtps_pd(_mm256_extractf128_ps(x, 1))};
}

template <class Arch>
[[gnu::always_inline]] inline xsimd::batch<float, Arch> narrow_on(const xsimd::avx&, const widened<Arch>& x) noexcept {
    return _mm256_insertf128_ps(_mm256_castps128_ps256(_mm256_cvtpd_ps(x[0])), _mm256_cvtpd_ps(x[1]), 1);
}
#endif

#if XSIMD_WITH_AVX512F
template <class Arch>
[[gnu::always_inline]] inline widened<Arch> widen_on(const xsimd::avx512f&,
                                                     const xsimd::batch<float, Arch>& x) noexcept {
    const __m256 upper = _mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(x), 1));
    return {_mm512_cvtps_pd(_mm512_castps512_ps256(x)), _mm512_cvtps_pd(upper)};
}

template <class Arch>
[[gnu::always_inline]] inline xsimd::batch<float, Arch> narrow_on(const xsimd::avx512f&,
                                                                  const widened<Arch>& x) noexcept {
    const __m512d lower = _mm512_castps_pd(_mm512_castps256_ps512(_mm512_cvtpd_ps(x[0])));
    return _mm512_castpd_ps(_mm512_insertf64x4(lower, _mm256_castps_pd(_mm512_cvtpd_ps(x[1])), 1));
}
#endif

#if XSIMD_WITH_NEON64
template <class Arch>
[[gnu::always_inline]] inline widened<Arch> widen_on(const xsimd::neon64&,
                                                     const xsimd::batch<float, Arch>& x) noexcept {
    return {vcvt_f64_f32(vget_low_f32(x)), vcvt_high_f64_f32(x)};
}

template <class Arch>
[[gnu::always_inline]] inline xsimd::batch<float, Arch> narrow_on(const xsimd::neon64&,
                                                                  const widened<Arch>& x) noexcept {
    return vcvt_high_f32_f64(vcvt_f32_f64(x[0]), x[1]);
}
#endif

/// The same values, exactly, in two batches of double.
template <class Arch>
[[nodiscard, gnu::always_inline]] inline widened<Arch> widen(const xsimd::batch<float, Arch>& x) noexcept {
    return widen_on(Arch{}, x);
}

/// The lanes of two batches of double as floats, rounded to nearest.
template <class Arch>
[[nodiscard, gnu::always_inline]] inline xsimd::batch<float, Arch> narrow(const widened<Arch>& x) noexcept {
    return narrow_on(Arch{}, x);
}

} // namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET
