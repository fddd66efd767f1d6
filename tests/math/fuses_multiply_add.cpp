// SPDX-License-Identifier: MIT
#include <summit/math/fuses_multiply_add.hpp>

#include <summit/math/opaque.hpp>

#include "support/architectures.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <limits>

TEMPLATE_TEST_CASE("an architecture that is said to fuse a product and a sum rounds them once",
                   "[math][fuses_multiply_add]", float, double) {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        using batch = xsimd::batch<TestType, Arch>;
        // The square is 1 + 2 · small + small², the last of which no rounded product holds.
        constexpr TestType small = std::numeric_limits<TestType>::epsilon();
        const batch x = summit::math::opaque(batch(1 + small));
        const TestType rest = xsimd::fma(x, x, batch(-(1 + 2 * small))).get(0);
        CAPTURE(Arch::name());
        // On others it is for the compiler to say.
        if constexpr (summit::math::fuses_multiply_add<Arch>) CHECK(rest == small * small);
    });
}
