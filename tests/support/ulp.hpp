// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Summit authors
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

// Everything here asks the bits, not the arithmetic, what is NaN, infinite or subnormal: the tests are built with
// -ffast-math too, where the compiler takes x != x for false.
namespace support {

template <class T>
using bits_of = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;

template <class T>
[[nodiscard]] constexpr bits_of<T> to_bits(T x) noexcept {
    return std::bit_cast<bits_of<T>>(x);
}

template <class T>
[[nodiscard]] constexpr T from_bits(bits_of<T> bits) noexcept {
    return std::bit_cast<T>(bits);
}

template <class T>
inline constexpr bits_of<T> infinity_bits = to_bits(std::numeric_limits<T>::infinity());

template <class T>
[[nodiscard]] constexpr bits_of<T> magnitude_bits(T x) noexcept {
    return to_bits(x) & ~(bits_of<T>(1) << (8 * sizeof(T) - 1));
}

template <class T>
[[nodiscard]] constexpr bool is_nan(T x) noexcept {
    return magnitude_bits(x) > infinity_bits<T>;
}

template <class T>
[[nodiscard]] constexpr bool is_finite(T x) noexcept {
    return magnitude_bits(x) < infinity_bits<T>;
}

/// The floor of log2 |x|, or the exponent of the smallest normal number where that is larger.
[[nodiscard]] constexpr int exponent_of(double x, int smallest) noexcept {
    return std::max(static_cast<int>(magnitude_bits(x) >> 52) - 1023, smallest);
}

/// |got − want| in units in the last place of T at `want`, which is finite and of a wider type; very large for a `got`
/// that is not finite. Below the smallest normal number the unit is the smallest subnormal.
template <class T, class Wide>
[[nodiscard]] double ulp_error(T got, Wide want) noexcept {
    using limits = std::numeric_limits<T>;
    if (!is_finite(got)) return 1e30;
    const int ulp = exponent_of(static_cast<double>(want), limits::min_exponent - 1) - (limits::digits - 1);
    const Wide distance = std::abs(static_cast<Wide>(got) - want);
    if constexpr (std::is_same_v<Wide, double>)
        return distance * from_bits<double>(static_cast<std::uint64_t>(1023 - ulp) << 52);
    else
        return static_cast<double>(std::ldexp(distance, -ulp));
}

/// Whether the hardware is set to replace subnormal results by zeros, as linking with g++ -ffast-math sets it.
[[nodiscard]] inline bool flushes_subnormals() noexcept {
    volatile double smallest = std::numeric_limits<double>::min();
    volatile double half = smallest * 0.5;
    volatile double again = half * 2.0;
    return to_bits<double>(again) == 0;
}

/// How many of the chunks of an exhaustive test are passed over for each that is looked at, plus one. Unoptimised, the
/// exhaustive tests would take many minutes; the optimised builds leave nothing out.
#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__)
inline constexpr std::uint64_t thinning = 1;
#else
inline constexpr std::uint64_t thinning = 61;
#endif

/// The largest error seen, and where.
template <class T>
struct worst_case {
    double error = 0.0;
    T input = T(0);

    void see(double candidate, T at) noexcept {
        if (candidate > error) *this = {candidate, at};
    }
    void see(const worst_case& other) noexcept { see(other.error, other.input); }
};

} // namespace support
