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

/// Elements `Stride` apart. Unless `reads_between`, what lies between them is not touched.
template <std::ptrdiff_t Stride, bool reads_between, class Arch>
[[nodiscard, gnu::always_inline]] inline xsimd::batch<float, Arch> deinterleaved(const float* from) noexcept {
    using places = interleaved<Stride>;
    const auto read = [&]<std::ptrdiff_t K>(std::integral_constant<std::ptrdiff_t, K>) __attribute__((always_inline)) {
        if constexpr (reads_between)
            return _mm512_loadu_ps(from + places::start(K));
        else
            return _mm512_maskz_loadu_ps(places::wanted(K), from + places::start(K));
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

/// Four batches: of rows `stride` apart the first element each, the second, the third and the fourth.
template <class Arch>
[[nodiscard, gnu::always_inline]] inline std::array<xsimd::batch<float, Arch>, 4>
transposed(const float* from, std::ptrdiff_t stride) noexcept {
    // Four rows to a vector, four lanes apart.
    const auto four = [&](const float* first) __attribute__((always_inline)) {
        __m512 rows = _mm512_castps128_ps512(_mm_loadu_ps(first));
        rows = _mm512_insertf32x4(rows, _mm_loadu_ps(first + 4 * stride), 1);
        rows = _mm512_insertf32x4(rows, _mm_loadu_ps(first + 8 * stride), 2);
        return _mm512_insertf32x4(rows, _mm_loadu_ps(first + 12 * stride), 3);
    };
    const __m512 a = four(from), b = four(from + stride), c = four(from + 2 * stride), d = four(from + 3 * stride);
    const __m512d ab_low = _mm512_castps_pd(_mm512_unpacklo_ps(a, b)),
                  ab_high = _mm512_castps_pd(_mm512_unpackhi_ps(a, b));
    const __m512d cd_low = _mm512_castps_pd(_mm512_unpacklo_ps(c, d)),
                  cd_high = _mm512_castps_pd(_mm512_unpackhi_ps(c, d));
    return {_mm512_castpd_ps(_mm512_unpacklo_pd(ab_low, cd_low)), _mm512_castpd_ps(_mm512_unpackhi_pd(ab_low, cd_low)),
            _mm512_castpd_ps(_mm512_unpacklo_pd(ab_high, cd_high)),
            _mm512_castpd_ps(_mm512_unpackhi_pd(ab_high, cd_high))};
}
#endif

} // namespace summit::inline version0::cpu
