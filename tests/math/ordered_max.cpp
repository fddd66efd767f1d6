// SPDX-License-Identifier: MIT
#include <summit/math/ordered_max.hpp>

#include "support/architectures.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <limits>

TEMPLATE_TEST_CASE("a maximum in which NaN has a known fate", "[ordered_max]", float, double) {
    using T = TestType;
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        using batch = xsimd::batch<T, Arch>;
        constexpr T nan = std::numeric_limits<T>::quiet_NaN();
        constexpr T infinity = std::numeric_limits<T>::infinity();
        const auto max = [](T a, T b) { return summit::math::ordered_max(batch(a), batch(b)).get(0); };
        CHECK(max(T(1), T(2)) == T(2));
        CHECK(max(T(2), T(1)) == T(2));
        CHECK(max(-infinity, T(-3)) == T(-3));
        CHECK(max(infinity, T(3)) == infinity);
        // The second operand is NaN: so is the maximum, everywhere.
        CHECK(support::is_nan(max(T(1), nan)));
        CHECK(support::is_nan(max(infinity, nan)));
        // The first one is: the second, or NaN where the instruction says so.
        const T kept = max(nan, T(1));
        CHECK((kept == T(1) || support::is_nan(kept)));
    });
}
