// SPDX-License-Identifier: MIT
#include <summit/math/scaled.hpp>
#include <summit/math/split_exp.hpp>
#include <summit/math/tabulated_exp.hpp>

#include "support/architectures.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <type_traits>

using summit::math::to_biased;

namespace {

template <const auto& Table>
void check() {
    using T = typename std::remove_cvref_t<decltype(Table)>::value_type;
    constexpr int size = Table.size();
    constexpr int least = std::numeric_limits<T>::min_exponent - 1;
    constexpr int most = std::numeric_limits<T>::max_exponent;
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        using batch = xsimd::batch<T, Arch>;
        const auto scaled = [](T n, T biased) { return summit::math::scaled<Table>(batch(n), batch(biased)).get(0); };
        for (int i = least * size; i != (most + 3) * size; ++i) {
            const T n = static_cast<T>(i) / size;
            const T got = scaled(n, n + to_biased<T, Table.size()>);
            const auto index = static_cast<std::size_t>((i % size + size) % size);
            const T want = std::ldexp(Table[index], static_cast<int>(std::floor(n)));
            CAPTURE(Arch::name(), Table.size(), n);
            // By their bits: under -ffast-math there is no infinity to compare with.
            if (support::is_finite(want))
                REQUIRE(support::to_bits(got) == support::to_bits(want));
            else
                REQUIRE(!support::is_finite(got));
        }
        // As far beyond as it goes.
        for (int exponent = 12; exponent <= most; ++exponent) {
            const T n = exponent == most ? std::numeric_limits<T>::infinity() : std::ldexp(T(1), exponent);
            const T biased = n + to_biased<T, Table.size()>;
            CAPTURE(Arch::name(), Table.size(), exponent);
            REQUIRE(!support::is_finite(scaled(biased - to_biased<T, Table.size()>, biased)));
        }
    });
}

} // namespace

TEST_CASE("what rounds to fractions leaves the exponent's bias in the lowest bits", "[math][scaled]") {
    CHECK(to_biased<float, 8> == 0x1.8p20f + 127);
    CHECK(to_biased<float, 16> == 0x1.8p19f + 127);
    CHECK(to_biased<double, 16> == 0x1.8p48 + 1023);
    const float two_and_three_eighths = 2.375f + to_biased<float, 8>;
    CHECK((support::to_bits(two_and_three_eighths) & 0xfffU) == (2 + 127) * 8 + 3);
}

TEST_CASE("an entry of a table times a power of two, from the smallest to what no number holds", "[math][scaled]") {
    check<summit::math::tabulated_exponential_constants::table>();
    check<summit::math::split_exponential_constants::table>();
    check<summit::math::tabulated_exponential_sixteenths::table>();
}
