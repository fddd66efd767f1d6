// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/simd/xsimd.hpp>

#include <array>
#include <concepts>
#include <cstddef>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

// Two doubles fill the narrowest vector there is: pairs, read where they lie, need one step to become columns. Where an
// architecture has none of it, transposes_pairs<> is false and a gather is what there is.

template <class Arch>
inline constexpr bool transposes_pairs = false;

#if XSIMD_WITH_SSE2
template <class Arch>
    requires std::derived_from<Arch, xsimd::sse2>
inline constexpr bool transposes_pairs<Arch> = true;

template <class Arch>
[[gnu::always_inline]] inline std::array<xsimd::batch<double, Arch>, 2>
columns_of_pairs_on(const xsimd::sse2&, const double* from, std::ptrdiff_t stride) noexcept {
    const __m128d a = _mm_loadu_pd(from), b = _mm_loadu_pd(from + stride);
    return {_mm_unpacklo_pd(a, b), _mm_unpackhi_pd(a, b)};
}
#endif

#if XSIMD_WITH_AVX
template <class Arch>
    requires std::derived_from<Arch, xsimd::avx>
inline constexpr bool transposes_pairs<Arch> = true;

/// Of the first row and of the third.
[[gnu::always_inline]] inline __m256d pairs_two_rows_apart(const double* first, std::ptrdiff_t stride) noexcept {
    return _mm256_insertf128_pd(_mm256_castpd128_pd256(_mm_loadu_pd(first)), _mm_loadu_pd(first + 2 * stride), 1);
}

template <class Arch>
[[gnu::always_inline]] inline std::array<xsimd::batch<double, Arch>, 2>
columns_of_pairs_on(const xsimd::avx&, const double* from, std::ptrdiff_t stride) noexcept {
    const __m256d even = pairs_two_rows_apart(from, stride), odd = pairs_two_rows_apart(from + stride, stride);
    return {_mm256_unpacklo_pd(even, odd), _mm256_unpackhi_pd(even, odd)};
}
#endif

#if XSIMD_WITH_AVX512F
template <class Arch>
    requires std::derived_from<Arch, xsimd::avx512f>
inline constexpr bool transposes_pairs<Arch> = true;

template <class Arch>
[[gnu::always_inline]] inline std::array<xsimd::batch<double, Arch>, 2>
columns_of_pairs_on(const xsimd::avx512f&, const double* from, std::ptrdiff_t stride) noexcept {
    // Halves first: there is no insertion of 128 bits of doubles without AVX512DQ, and two short chains are better than one.
    const auto every_second = [&](const double* first) __attribute__((always_inline)) {
        const __m256d lower = pairs_two_rows_apart(first, stride);
        const __m256d upper = pairs_two_rows_apart(first + 4 * stride, stride);
        return _mm512_insertf64x4(_mm512_castpd256_pd512(lower), upper, 1);
    };
    const __m512d even = every_second(from), odd = every_second(from + stride);
    return {_mm512_unpacklo_pd(even, odd), _mm512_unpackhi_pd(even, odd)};
}
#endif

#if XSIMD_WITH_NEON64
template <class Arch>
    requires std::derived_from<Arch, xsimd::neon64>
inline constexpr bool transposes_pairs<Arch> = true;

template <class Arch>
[[gnu::always_inline]] inline std::array<xsimd::batch<double, Arch>, 2>
columns_of_pairs_on(const xsimd::neon64&, const double* from, std::ptrdiff_t stride) noexcept {
    const float64x2_t a = vld1q_f64(from), b = vld1q_f64(from + stride);
    return {vzip1q_f64(a, b), vzip2q_f64(a, b)};
}
#endif

/// Of as many rows as a batch has lanes, `stride` apart, the first element each, and the second.
template <class Arch>
[[nodiscard, gnu::always_inline]] inline std::array<xsimd::batch<double, Arch>, 2>
columns_of_pairs(const double* from, std::ptrdiff_t stride) noexcept {
    return columns_of_pairs_on<Arch>(Arch{}, from, stride);
}

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
