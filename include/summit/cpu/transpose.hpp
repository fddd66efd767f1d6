// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/simd/xsimd.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

// As many rows as a batch has lanes, read where they lie, come out as columns, a batch each: in a third of the steps of a
// gather. Where an architecture has none of it, transposes<> is false and a gather is what there is.

template <class Arch, class T>
inline constexpr bool transposes = false;

template <class Arch>
using four_batches = std::array<xsimd::batch<float, Arch>, 4>;

#if XSIMD_WITH_AVX2
template <class Arch>
    requires std::derived_from<Arch, xsimd::avx2>
inline constexpr bool transposes<Arch, float> = true;

/// Of 128 bits each: four numbers of each row, from `first` on.
[[gnu::always_inline]] inline __m256 blocks_four_rows_apart(const xsimd::avx2&, const float* first,
                                                            std::ptrdiff_t stride) noexcept {
    return _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(first)), _mm_loadu_ps(first + 4 * stride), 1);
}

/// In each block of four numbers rows become columns.
template <class Arch>
[[gnu::always_inline]] inline four_batches<Arch> blocks_transposed_on(const xsimd::avx2&,
                                                                      const four_batches<Arch>& x) noexcept {
    const __m256d ab_low = _mm256_castps_pd(_mm256_unpacklo_ps(x[0], x[1])),
                  ab_high = _mm256_castps_pd(_mm256_unpackhi_ps(x[0], x[1]));
    const __m256d cd_low = _mm256_castps_pd(_mm256_unpacklo_ps(x[2], x[3])),
                  cd_high = _mm256_castps_pd(_mm256_unpackhi_ps(x[2], x[3]));
    return {_mm256_castpd_ps(_mm256_unpacklo_pd(ab_low, cd_low)), _mm256_castpd_ps(_mm256_unpackhi_pd(ab_low, cd_low)),
            _mm256_castpd_ps(_mm256_unpacklo_pd(ab_high, cd_high)),
            _mm256_castpd_ps(_mm256_unpackhi_pd(ab_high, cd_high))};
}

template <std::size_t Count, class Arch>
[[gnu::always_inline]] inline std::array<xsimd::batch<float, Arch>, Count>
columns_of_rows_on(const xsimd::avx2&, const float* from) noexcept {
    if constexpr (Count == 2) {
        const __m256 first = _mm256_loadu_ps(from), second = _mm256_loadu_ps(from + 8);
        constexpr int even = 0x88, odd = 0xdd, pairs_in_order = 0xd8;
        return {_mm256_castpd_ps(
                    _mm256_permute4x64_pd(_mm256_castps_pd(_mm256_shuffle_ps(first, second, even)), pairs_in_order)),
                _mm256_castpd_ps(
                    _mm256_permute4x64_pd(_mm256_castps_pd(_mm256_shuffle_ps(first, second, odd)), pairs_in_order))};
    } else {
        // Of rows 0 to 3, and of rows 4 to 7 in the upper half: xyzx, yzxy, zxyz.
        const __m256 a = blocks_four_rows_apart(Arch{}, from, Count),
                     b = blocks_four_rows_apart(Arch{}, from + 4, Count),
                     c = blocks_four_rows_apart(Arch{}, from + 8, Count);
        const __m256 xy = _mm256_shuffle_ps(b, c, _MM_SHUFFLE(2, 1, 3, 2)); // of the last two rows of four
        const __m256 yz = _mm256_shuffle_ps(a, b, _MM_SHUFFLE(1, 0, 2, 1)); // of the first two
        return {_mm256_shuffle_ps(a, xy, _MM_SHUFFLE(2, 0, 3, 0)), _mm256_shuffle_ps(yz, xy, _MM_SHUFFLE(3, 1, 2, 0)),
                _mm256_shuffle_ps(yz, c, _MM_SHUFFLE(3, 0, 3, 1))};
    }
}
#endif

#if XSIMD_WITH_AVX512F
template <class Arch>
    requires std::derived_from<Arch, xsimd::avx512f>
inline constexpr bool transposes<Arch, float> = true;

[[gnu::always_inline]] inline __m512 blocks_four_rows_apart(const xsimd::avx512f&, const float* first,
                                                            std::ptrdiff_t stride) noexcept {
    __m512 four = _mm512_castps128_ps512(_mm_loadu_ps(first));
    four = _mm512_insertf32x4(four, _mm_loadu_ps(first + 4 * stride), 1);
    four = _mm512_insertf32x4(four, _mm_loadu_ps(first + 8 * stride), 2);
    return _mm512_insertf32x4(four, _mm_loadu_ps(first + 12 * stride), 3);
}

template <class Arch>
[[gnu::always_inline]] inline four_batches<Arch> blocks_transposed_on(const xsimd::avx512f&,
                                                                      const four_batches<Arch>& x) noexcept {
    const __m512d ab_low = _mm512_castps_pd(_mm512_unpacklo_ps(x[0], x[1])),
                  ab_high = _mm512_castps_pd(_mm512_unpackhi_ps(x[0], x[1]));
    const __m512d cd_low = _mm512_castps_pd(_mm512_unpacklo_ps(x[2], x[3])),
                  cd_high = _mm512_castps_pd(_mm512_unpackhi_ps(x[2], x[3]));
    return {_mm512_castpd_ps(_mm512_unpacklo_pd(ab_low, cd_low)), _mm512_castpd_ps(_mm512_unpackhi_pd(ab_low, cd_low)),
            _mm512_castpd_ps(_mm512_unpacklo_pd(ab_high, cd_high)),
            _mm512_castpd_ps(_mm512_unpackhi_pd(ab_high, cd_high))};
}

/// Of sixteen rows of `Count`, side by side, column `Column`, when vector k of them joins those before it: for each lane
/// where it comes from, that vector (from 16 on) or what is there already.
template <std::int32_t Count, std::int32_t Column, std::int32_t k>
inline constexpr std::array<std::int32_t, 16> column_of_rows = [] {
    std::array<std::int32_t, 16> from{};
    for (std::int32_t i = 0; i != 16; ++i) {
        const std::int32_t place = Column + Count * i;
        const std::int32_t before = k == 1 ? place % 16 : i;
        from[static_cast<std::size_t>(i)] = place / 16 == k ? 16 + place % 16 : before;
    }
    return from;
}();

template <std::size_t Count, class Arch>
[[gnu::always_inline]] inline std::array<xsimd::batch<float, Arch>, Count>
columns_of_rows_on(const xsimd::avx512f&, const float* from) noexcept {
    const auto column = [&]<std::int32_t C>(std::integral_constant<std::int32_t, C>) __attribute__((always_inline)) {
        alignas(64) static constexpr auto second = column_of_rows<Count, C, 1>;
        alignas(64) static constexpr auto third = column_of_rows<Count, C, 2>;
        const __m512 two =
            _mm512_permutex2var_ps(_mm512_loadu_ps(from), _mm512_load_si512(second.data()), _mm512_loadu_ps(from + 16));
        if constexpr (Count == 2) return two;
        return _mm512_permutex2var_ps(two, _mm512_load_si512(third.data()), _mm512_loadu_ps(from + 32));
    };
    return [&]<std::int32_t... C>(std::integer_sequence<std::int32_t, C...>) __attribute__((always_inline))
        ->std::array<xsimd::batch<float, Arch>, Count> {
        return {column(std::integral_constant<std::int32_t, C>{})...};
    }
    (std::make_integer_sequence<std::int32_t, Count>{});
}

/// By blocks of two rows side by side, half as many loads as by blocks of one.
template <class Arch>
[[gnu::always_inline]] inline std::array<xsimd::batch<float, Arch>, 8>
eight_columns_on(const xsimd::avx512f&, const float* from, std::ptrdiff_t stride) noexcept {
    const auto rows = [&](const float* first) __attribute__((always_inline)) {
        const __m512d two = _mm512_castpd256_pd512(_mm256_castps_pd(_mm256_loadu_ps(first)));
        return _mm512_castpd_ps(_mm512_insertf64x4(two, _mm256_castps_pd(_mm256_loadu_ps(first + 4 * stride)), 1));
    };
    const auto transposed = [&](const float* first) __attribute__((always_inline)) {
        return blocks_transposed_on<Arch>(
            Arch{}, {rows(first), rows(first + stride), rows(first + 2 * stride), rows(first + 3 * stride)});
    };
    const auto x = transposed(from), y = transposed(from + 8 * stride);
    constexpr int even = 0x88, odd = 0xdd; // blocks
    return {_mm512_shuffle_f32x4(x[0], y[0], even), _mm512_shuffle_f32x4(x[1], y[1], even),
            _mm512_shuffle_f32x4(x[2], y[2], even), _mm512_shuffle_f32x4(x[3], y[3], even),
            _mm512_shuffle_f32x4(x[0], y[0], odd),  _mm512_shuffle_f32x4(x[1], y[1], odd),
            _mm512_shuffle_f32x4(x[2], y[2], odd),  _mm512_shuffle_f32x4(x[3], y[3], odd)};
}
#endif

#if XSIMD_WITH_NEON64
template <class Arch>
    requires std::derived_from<Arch, xsimd::neon64>
inline constexpr bool transposes<Arch, float> = true;

[[gnu::always_inline]] inline float32x4_t blocks_four_rows_apart(const xsimd::neon64&, const float* first,
                                                                 std::ptrdiff_t) noexcept {
    return vld1q_f32(first);
}

template <class Arch>
[[gnu::always_inline]] inline four_batches<Arch> blocks_transposed_on(const xsimd::neon64&,
                                                                      const four_batches<Arch>& x) noexcept {
    const float64x2_t ab_low = vreinterpretq_f64_f32(vzip1q_f32(x[0], x[1])),
                      ab_high = vreinterpretq_f64_f32(vzip2q_f32(x[0], x[1]));
    const float64x2_t cd_low = vreinterpretq_f64_f32(vzip1q_f32(x[2], x[3])),
                      cd_high = vreinterpretq_f64_f32(vzip2q_f32(x[2], x[3]));
    return {vreinterpretq_f32_f64(vzip1q_f64(ab_low, cd_low)), vreinterpretq_f32_f64(vzip2q_f64(ab_low, cd_low)),
            vreinterpretq_f32_f64(vzip1q_f64(ab_high, cd_high)), vreinterpretq_f32_f64(vzip2q_f64(ab_high, cd_high))};
}

template <std::size_t Count, class Arch>
[[gnu::always_inline]] inline std::array<xsimd::batch<float, Arch>, Count>
columns_of_rows_on(const xsimd::neon64&, const float* from) noexcept {
    if constexpr (Count == 2) {
        const float32x4x2_t x = vld2q_f32(from);
        return {x.val[0], x.val[1]};
    } else {
        const float32x4x3_t x = vld3q_f32(from);
        return {x.val[0], x.val[1], x.val[2]};
    }
}
#endif

template <class Arch>
[[gnu::always_inline]] inline four_batches<Arch> four_columns(const float* from, std::ptrdiff_t stride) noexcept {
    return blocks_transposed_on<Arch>(Arch{}, {blocks_four_rows_apart(Arch{}, from, stride),
                                               blocks_four_rows_apart(Arch{}, from + stride, stride),
                                               blocks_four_rows_apart(Arch{}, from + 2 * stride, stride),
                                               blocks_four_rows_apart(Arch{}, from + 3 * stride, stride)});
}

template <class Arch>
[[gnu::always_inline]] inline std::array<xsimd::batch<float, Arch>, 8>
eight_columns_on(const simd::common&, const float* from, std::ptrdiff_t stride) noexcept {
    const auto first = four_columns<Arch>(from, stride), last = four_columns<Arch>(from + 4, stride);
    return {first[0], first[1], first[2], first[3], last[0], last[1], last[2], last[3]};
}

/// As many batches as rows, side by side, have columns: two or three.
template <std::size_t Count, class Arch>
[[nodiscard, gnu::always_inline]] inline std::array<xsimd::batch<float, Arch>, Count>
columns_of_rows(const float* from) noexcept {
    static_assert(Count == 2 || Count == 3);
    return columns_of_rows_on<Count, Arch>(Arch{}, from);
}

/// Four batches or eight: of rows `stride` apart the first element each, the second, and so on.
template <std::size_t Count, class Arch>
[[nodiscard, gnu::always_inline]] inline std::array<xsimd::batch<float, Arch>, Count>
columns(const float* from, std::ptrdiff_t stride) noexcept {
    static_assert(Count == 4 || Count == 8);
    if constexpr (Count == 4)
        return four_columns<Arch>(from, stride);
    else
        return eight_columns_on<Arch>(Arch{}, from, stride);
}

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
