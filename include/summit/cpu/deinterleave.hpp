// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/simd/xsimd.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

// What a gather does for elements that lie close together, in a third of the steps. Where an architecture has none of it,
// deinterleaves<> is false and a gather is what there is.

template <class Arch, class T>
inline constexpr bool deinterleaves = false;

#if XSIMD_WITH_AVX2
template <class Arch>
    requires std::derived_from<Arch, xsimd::avx2>
inline constexpr bool deinterleaves<Arch, float> = true;

/// Where the elements of eight lanes, `Stride` apart, lie in as many dense vectors, which begin so that no two elements lie in
/// the same lane: to join the vectors nothing has to be moved, and then all at once.
template <std::ptrdiff_t Stride>
struct interleaved_eighths {
    static constexpr std::ptrdiff_t lanes = 8;

    static constexpr std::ptrdiff_t start(std::ptrdiff_t k) noexcept {
        return (Stride % 2 == 0 ? lanes - 1 : lanes) * k;
    }
    /// Which vector element i lies in.
    static constexpr std::ptrdiff_t vector_of(std::ptrdiff_t i) noexcept {
        std::ptrdiff_t k = 0;
        while (i * Stride >= start(k) + lanes) ++k;
        return k;
    }
    static constexpr std::ptrdiff_t lane_of(std::ptrdiff_t i) noexcept { return i * Stride - start(vector_of(i)); }

    static constexpr std::array<std::int32_t, lanes> wanted(std::ptrdiff_t k) noexcept {
        std::array<std::int32_t, lanes> mask{};
        for (std::ptrdiff_t i = 0; i != lanes; ++i)
            if (vector_of(i) == k) mask[static_cast<std::size_t>(lane_of(i))] = -1;
        return mask;
    }
    static constexpr std::array<std::int32_t, lanes> order() noexcept {
        std::array<std::int32_t, lanes> from{};
        for (std::ptrdiff_t i = 0; i != lanes; ++i)
            from[static_cast<std::size_t>(i)] = static_cast<std::int32_t>(lane_of(i));
        return from;
    }
};

template <std::ptrdiff_t Stride, class Arch>
[[gnu::always_inline]] inline xsimd::batch<float, Arch> deinterleaved_on(const xsimd::avx2&,
                                                                         const float* from) noexcept {
    using places = interleaved_eighths<Stride>;
    const auto constant = [](const auto& lanes) __attribute__((always_inline)) {
        return _mm256_load_si256(reinterpret_cast<const __m256i*>(lanes.data()));
    };
    // What is not wanted is not read, and 0.
    const auto read = [&]<std::ptrdiff_t K>(std::integral_constant<std::ptrdiff_t, K>) __attribute__((always_inline)) {
        alignas(32) static constexpr auto wanted = places::wanted(K);
        return _mm256_maskload_ps(from + places::start(K), constant(wanted));
    };
    __m256 joined = read(std::integral_constant<std::ptrdiff_t, 0>{});
    [&]<std::ptrdiff_t... K>(std::integer_sequence<std::ptrdiff_t, K...>) __attribute__((always_inline)) {
        ((joined = _mm256_or_ps(joined, read(std::integral_constant<std::ptrdiff_t, K + 1>{}))), ...);
    }
    (std::make_integer_sequence<std::ptrdiff_t, Stride - 1>{});
    alignas(32) static constexpr auto order = places::order();
    return _mm256_permutevar8x32_ps(joined, constant(order));
}
#endif

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

template <std::ptrdiff_t Stride, class Arch>
[[gnu::always_inline]] inline xsimd::batch<float, Arch> deinterleaved_on(const xsimd::avx512f&,
                                                                         const float* from) noexcept {
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
#endif

/// Elements `Stride` apart, from 2 to 4. What lies between them is not touched.
template <std::ptrdiff_t Stride, class Arch>
[[nodiscard, gnu::always_inline]] inline xsimd::batch<float, Arch> deinterleaved(const float* from) noexcept {
    static_assert(2 <= Stride && Stride <= 4);
    return deinterleaved_on<Stride, Arch>(Arch{}, from);
}

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
