// SPDX-License-Identifier: MIT
#pragma once

#include "support/architectures.hpp"
#include "support/ulp.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

// What the tests of exponentials relative to 2^k have in common.
namespace support {

/// Exponents k: none, small ones, those of ordinary data, and up to the largest.
template <class T>
[[nodiscard]] std::vector<T> heights(T largest) {
    return {T(0),     T(1),     T(-1),      T(40),           T(100),  T(-100), T(1443),
            T(-1443), T(65537), T(-100001), largest / 2 + 1, largest, -largest};
}

template <class T>
inline constexpr std::size_t numbers_at_once = 4096 / sizeof(T);

template <class T>
using some_numbers = std::array<T, numbers_at_once<T>>;

/// Arguments from k ln 2 + low to k ln 2 + high: evenly, around where an exponential rounds to the next multiple of ln 2 / 16, and
/// as small as there are.
template <class T>
[[nodiscard]] some_numbers<T> arguments_around(std::mt19937_64& random, T k, T low, T high) {
    constexpr double ln2 = 0x1.62e42fefa39efp-1;
    const auto unit = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
    const double first = static_cast<double>(k) * ln2 + static_cast<double>(low);
    const double last = static_cast<double>(k) * ln2 + static_cast<double>(high);
    some_numbers<T> x;
    for (T& value : x) {
        double at = first + (last - first) * unit();
        const auto kind = random() % 4;
        if (kind == 0) at = (std::floor(at / ln2 * 32.0) + 0.5) / 32.0 * ln2;
        if (kind == 1 && first < 0.0 && last > 0.0)
            at = std::ldexp(2.0 * unit() - 1.0, -static_cast<int>(random() % 64));
        value = static_cast<T>(at);
        if (kind == 0) value = from_bits<T>(to_bits(value) + static_cast<bits_of<T>>(random() % 9) - 4);
        value = std::clamp(value, static_cast<T>(first), static_cast<T>(last));
    }
    return x;
}

/// Whether a term, or a sum of such, shows that it has overflowed: as integers, every infinity, NaN and negative number lies above.
template <class T>
[[nodiscard]] bool has_overflowed(T term) {
    constexpr T least = sizeof(T) == sizeof(float) ? T(0x1p127) : T(0x1p1022);
    return to_bits(term) >= to_bits(least);
}

/// What is too large for a term relative to 2^k whose arguments reach to `highest` above k ln 2.
template <class T>
[[nodiscard]] std::vector<T> too_large(T k, T highest) {
    const T from = k * T(0.6931471805599453) + highest;
    std::vector<T> all{std::numeric_limits<T>::max(), std::numeric_limits<T>::infinity()};
    for (const T more : {T(1), T(2), T(40), T(600), T(700), T(1000), T(5e4), T(0x1p22), T(1e9), T(1e30)})
        all.push_back(from + more);
    return all;
}

} // namespace support
