// SPDX-License-Identifier: MIT
#pragma once

#include <xsimd/xsimd.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace summit::inline version0::cpu {

// What a gather does for elements that lie close together, in a third of the steps. Where an architecture has none of it,
// deinterleaves<> is false and a gather is what there is.

template <class Arch, class T>
inline constexpr bool deinterleaves = false;

#if XSIMD_WITH_AVX512F
template <class Arch>
    requires std::derived_from<Arch, xsimd::avx512f>
inline constexpr bool deinterleaves<Arch, float> = true;

/// Where the elements of one batch, `Stride` apart, lie in as many dense vectors. The last of these ends with the last
/// element, so that nothing is read behind it.
template <std::ptrdiff_t Stride>
struct interleaved {
    static constexpr std::ptrdiff_t lanes = 16;

    static constexpr std::ptrdiff_t start(std::ptrdiff_t k) noexcept {
        return k == Stride - 1 ? (lanes - 1) * k : lanes * k;
    }
    static constexpr bool holds(std::ptrdiff_t k, std::ptrdiff_t i) noexcept {
        return i * Stride >= start(k) && i * Stride < start(k) + lanes &&
               (k == 0 || i * Stride >= start(k - 1) + lanes);
    }
    static constexpr __mmask16 wanted(std::ptrdiff_t k) noexcept {
        unsigned mask = 0;
        for (std::ptrdiff_t i = 0; i != lanes; ++i)
            if (holds(k, i)) mask |= 1U << (i * Stride - start(k));
        return static_cast<__mmask16>(mask);
    }
    /// For each lane where it comes from when vector k joins: that vector (from 16 on), or what is there already.
    static constexpr std::array<std::int32_t, lanes> join(std::ptrdiff_t k) noexcept {
        std::array<std::int32_t, lanes> from{};
        for (std::ptrdiff_t i = 0; i != lanes; ++i) {
            const std::ptrdiff_t before = k == 1 && holds(0, i) ? i * Stride : i;
            from[static_cast<std::size_t>(i)] =
                static_cast<std::int32_t>(holds(k, i) ? lanes + i * Stride - start(k) : before);
        }
        return from;
    }
};

/// Elements `Stride` apart. What lies between them is not touched.
template <std::ptrdiff_t Stride, class Arch>
[[nodiscard, gnu::always_inline]] inline xsimd::batch<float, Arch> deinterleaved(const float* from) noexcept {
    using places = interleaved<Stride>;
    const auto read = [&]<std::ptrdiff_t K>(std::integral_constant<std::ptrdiff_t, K>) __attribute__((always_inline)) {
        // Constants, so that Clang calls nothing here that was compiled for another instruction set.
        constexpr __mmask16 wanted = places::wanted(K);
        constexpr std::ptrdiff_t start = places::start(K);
        return _mm512_maskz_loadu_ps(wanted, from + start);
    };
    __m512 joined = read(std::integral_constant<std::ptrdiff_t, 0>{});
    [&]<std::ptrdiff_t... K>(std::integer_sequence<std::ptrdiff_t, K...>) __attribute__((always_inline)) {
        const auto join = [&]<std::ptrdiff_t k>(std::integral_constant<std::ptrdiff_t, k> next)
            __attribute__((always_inline)) {
            alignas(64) static constexpr auto which = places::join(k);
            joined = _mm512_permutex2var_ps(joined, _mm512_load_si512(which.data()), read(next));
        };
        (join(std::integral_constant<std::ptrdiff_t, K + 1>{}), ...);
    }
    (std::make_integer_sequence<std::ptrdiff_t, Stride - 1>{});
    return joined;
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

/// As many batches as sixteen rows, side by side, have columns: two or three.
template <std::int32_t Count, class Arch>
[[nodiscard, gnu::always_inline]] inline std::array<xsimd::batch<float, Arch>, Count>
columns_of_rows(const float* from) noexcept {
    static_assert(Count == 2 || Count == 3);
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

/// Four batches or eight: of rows `stride` apart the first element each, the second, and so on.
template <std::size_t Count, class Arch>
[[nodiscard, gnu::always_inline]] inline std::array<xsimd::batch<float, Arch>, Count>
columns(const float* from, std::ptrdiff_t stride) noexcept {
    static_assert(Count == 4 || Count == 8);
    // Four rows to a vector, four apart, a block of four lanes each; or two rows of two blocks.
    const auto rows = [&](const float* first) __attribute__((always_inline)) {
        if constexpr (Count == 4) {
            __m512 four = _mm512_castps128_ps512(_mm_loadu_ps(first));
            four = _mm512_insertf32x4(four, _mm_loadu_ps(first + 4 * stride), 1);
            four = _mm512_insertf32x4(four, _mm_loadu_ps(first + 8 * stride), 2);
            return _mm512_insertf32x4(four, _mm_loadu_ps(first + 12 * stride), 3);
        } else {
            const __m512d two = _mm512_castpd256_pd512(_mm256_castps_pd(_mm256_loadu_ps(first)));
            return _mm512_castpd_ps(_mm512_insertf64x4(two, _mm256_castps_pd(_mm256_loadu_ps(first + 4 * stride)), 1));
        }
    };
    // In each block rows become columns.
    struct four_vectors {
        __m512 a, b, c, d;
    };
    const auto transposed = [&](const float* first) __attribute__((always_inline)) {
        const __m512 a = rows(first), b = rows(first + stride), c = rows(first + 2 * stride),
                     d = rows(first + 3 * stride);
        const __m512d ab_low = _mm512_castps_pd(_mm512_unpacklo_ps(a, b)),
                      ab_high = _mm512_castps_pd(_mm512_unpackhi_ps(a, b));
        const __m512d cd_low = _mm512_castps_pd(_mm512_unpacklo_ps(c, d)),
                      cd_high = _mm512_castps_pd(_mm512_unpackhi_ps(c, d));
        return four_vectors{_mm512_castpd_ps(_mm512_unpacklo_pd(ab_low, cd_low)),
                            _mm512_castpd_ps(_mm512_unpackhi_pd(ab_low, cd_low)),
                            _mm512_castpd_ps(_mm512_unpacklo_pd(ab_high, cd_high)),
                            _mm512_castpd_ps(_mm512_unpackhi_pd(ab_high, cd_high))};
    };
    const four_vectors x = transposed(from);
    if constexpr (Count == 4) {
        return {x.a, x.b, x.c, x.d};
    } else {
        const four_vectors y = transposed(from + 8 * stride);
        constexpr int even = 0x88, odd = 0xdd; // blocks
        return {_mm512_shuffle_f32x4(x.a, y.a, even), _mm512_shuffle_f32x4(x.b, y.b, even),
                _mm512_shuffle_f32x4(x.c, y.c, even), _mm512_shuffle_f32x4(x.d, y.d, even),
                _mm512_shuffle_f32x4(x.a, y.a, odd),  _mm512_shuffle_f32x4(x.b, y.b, odd),
                _mm512_shuffle_f32x4(x.c, y.c, odd),  _mm512_shuffle_f32x4(x.d, y.d, odd)};
    }
}
#endif

} // namespace summit::inline version0::cpu
