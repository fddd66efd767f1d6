// SPDX-License-Identifier: MIT
#include <summit/math/scaled.hpp>

#include "support/architectures.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <cmath>
#include <limits>

namespace {

/// Adding it rounds to a multiple of 2^−Fraction and leaves the exponent's bias in the lowest bits.
template <int Fraction, class T>
constexpr T to_fractions() {
    constexpr int digits = std::numeric_limits<T>::digits - 1;
    T power = T(1.5);
    for (int i = 0; i != digits - Fraction; ++i) power *= 2;
    return power + (std::numeric_limits<T>::max_exponent - 1);
}

template <int Fraction, class T>
void check() {
    constexpr int least = std::numeric_limits<T>::min_exponent - 1;
    constexpr int most = std::numeric_limits<T>::max_exponent;
    constexpr int steps = 1 << Fraction;
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        using batch = xsimd::batch<T, Arch>;
        for (int i = least * steps; i != (most + 3) * steps; ++i) {
            const T n = static_cast<T>(i) / steps;
            const T biased = n + to_fractions<Fraction, T>();
            const T y = T(1) + static_cast<T>((i % 7 + 7) % 7) / 8;
            const T got = summit::math::scaled<Fraction>(batch(y), batch(n), batch(biased)).get(0);
            const T want = std::ldexp(y, static_cast<int>(std::floor(n)));
            CAPTURE(Arch::name(), Fraction, n, y);
            // By their bits: under -ffast-math there is no infinity to compare with.
            REQUIRE(support::to_bits(got) == support::to_bits(want));
        }
    });
}

} // namespace

TEMPLATE_TEST_CASE("a number times a power of two, from the smallest to infinity", "[math][scaled]", float, double) {
    check<3, TestType>();
    check<4, TestType>();
}
