// SPDX-License-Identifier: MIT
#include <summit/math/opaque.hpp>

#include "support/architectures.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <limits>

TEMPLATE_TEST_CASE("an opaque value is the value", "[opaque]", float, double) {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        using batch = xsimd::batch<TestType, Arch>;
        for (TestType x : {TestType(0), TestType(-1.5), std::numeric_limits<TestType>::max()})
            for (std::size_t lane = 0; lane != batch::size; ++lane)
                CHECK(summit::math::opaque(batch(x)).get(lane) == x);
    });
}

TEMPLATE_TEST_CASE("each rounded step rounds once", "[opaque]", float, double) {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        using batch = xsimd::batch<TestType, Arch>;
        constexpr TestType epsilon = std::numeric_limits<TestType>::epsilon();
        // Regrouped, the small term would survive; so it would if the product below were fused with the difference.
        const batch one(TestType(1));
        const auto sum = summit::math::rounded_sum(one, batch(epsilon / 4));
        CHECK(summit::math::rounded_difference(sum, one).get(0) == TestType(0));
        const batch near_one(TestType(1) + epsilon);
        const auto square = summit::math::rounded_product(near_one, near_one);
        CHECK((square - batch(TestType(1) + 2 * epsilon)).get(0) == TestType(0));
    });
}
