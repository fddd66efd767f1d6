// SPDX-License-Identifier: MIT
#include <summit/math/exp_parts.hpp>

#include "support/architectures.hpp"
#include "support/oracle.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <random>

namespace {

/// Σ exp over lanes, checked where the oracle is a law: exp(a) · exp(b) = exp(a + b) with a + b exact.
template <class Arch>
double product_law(double a, double b) {
    using batch = xsimd::batch<double, Arch>;
    const auto x = summit::math::exp_parts(batch(a));
    const auto y = summit::math::exp_parts(batch(b));
    const auto whole = summit::math::exp_parts(batch(a + b));
    const auto product = summit::math::two_product(x.high, y.high);
    const auto cross = xsimd::fma(x.high, y.low, summit::math::rounded_product(x.low, y.high));
    const auto difference = summit::math::two_sum(product.high, -whole.high);
    const auto low = summit::math::rounded_sum(product.low, summit::math::rounded_difference(cross, whole.low));
    const auto error = summit::math::rounded_sum(difference.high, summit::math::rounded_sum(difference.low, low));
    return std::abs(error.get(0)) / whole.high.get(0);
}

} // namespace

TEST_CASE("exp in two parts obeys exp(a) exp(b) = exp(a + b) to 2^-90", "[exp_parts][accuracy]") {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        std::mt19937_64 generator(20260501);
        double worst = 0;
        double worst_a = 0;
        double worst_b = 0;
        for (int i = 0; i != 100000; ++i) {
            // Multiples of 2^-40: their sum is exact.
            const double range = i % 3 == 0 ? 1.0 : i % 3 == 1 ? 20.0 : 250.0;
            const auto draw = [&] {
                return -std::floor(std::uniform_real_distribution<double>(0, range)(generator) * 0x1p40) * 0x1p-40;
            };
            const double a = draw();
            const double b = draw();
            const double error = product_law<Arch>(a, b);
            if (error > worst) {
                worst = error;
                worst_a = a;
                worst_b = b;
            }
        }
        INFO(Arch::name() << ": 2^" << std::log2(worst) << " at " << worst_a << " and " << worst_b);
        CHECK(worst < 0x1p-90);
    });
}

TEST_CASE("exp in two parts of known numbers", "[exp_parts]") {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        using batch = xsimd::batch<double, Arch>;
        const auto parts = [](double x) { return summit::math::exp_parts(batch(x)); };
        CHECK(parts(0.0).high.get(0) == 1.0);
        CHECK(parts(0.0).low.get(0) == 0.0);
        CHECK(parts(-0.0).high.get(0) == 1.0);
        // 1/e to 2^-106, as any table has it.
        CHECK(parts(-1.0).high.get(0) == 0x1.78b56362cef38p-2);
        CHECK(std::abs(parts(-1.0).low.get(0) - -0x1.ca8a4270fadf5p-57) < 0x1p-83);
        CHECK(parts(-601.0).high.get(0) == 0.0);
        CHECK(parts(-std::numeric_limits<double>::infinity()).high.get(0) == 0.0);
        CHECK(parts(-std::numeric_limits<double>::infinity()).low.get(0) == 0.0);
    });
}
