// SPDX-License-Identifier: MIT
#include <summit/math/fixed_point_sum.hpp>

#include "support/architectures.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <vector>

namespace {

/// The lanes' sum, as high and low, of terms that come four at a time and then one by one.
template <class Arch>
struct total_of {
    explicit total_of(const std::vector<double>& x) {
        using batch = xsimd::batch<double, Arch>;
        summit::math::fixed_point_sum<Arch> sum{};
        std::size_t i = 0;
        for (; i + 4 <= x.size(); i += 4) sum.add(batch(x[i]), batch(x[i + 1]), batch(x[i + 2]), batch(x[i + 3]));
        for (; i != x.size(); ++i) sum.add(batch(x[i]));
        high = sum.total().high.get(0);
        low = sum.total().low.get(0);
    }
    double high;
    double low;
};

} // namespace

TEST_CASE("a term of a fixed-point sum is within its bound", "[fixed_point_sum]") {
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        std::mt19937_64 random(1);
        std::uniform_real_distribution<float> anywhere(-60.0f, 4.0f), near(-1.0f, 1.0f);
        long double worst = 0.0L;
        float at = 0.0f;
        for (int i = 0; i != 200000; ++i) {
            const float x = i % 2 == 0 ? anywhere(random) : near(random);
            const total_of<Arch> got({x});
            const long double want = std::exp(static_cast<long double>(x));
            const long double error = std::abs(static_cast<long double>(got.high) - want + got.low);
            const long double relative = std::max(error - 0x1.1p-81L, 0.0L) / want;
            if (relative > worst) {
                worst = relative;
                at = x;
            }
        }
        CAPTURE(Arch::name(), at, std::log2(worst));
        CHECK(worst <= 0x1p-57L);
    });
}

TEST_CASE("near 0 a term is as near as what it differs from 1 by", "[fixed_point_sum]") {
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        std::mt19937_64 random(2);
        std::uniform_real_distribution<float> exponent(-40.0f, -6.0f);
        for (int i = 0; i != 20000; ++i) {
            const float x = std::exp2(exponent(random)) * (i % 2 == 0 ? 1.0f : -1.0f);
            const total_of<Arch> got({x});
            const long double want = std::expm1(static_cast<long double>(x));
            const long double error = std::abs((static_cast<long double>(got.high) - 1.0L) - want + got.low);
            CAPTURE(Arch::name(), x);
            REQUIRE(error <= 0x1.6ap-52L * std::abs(want) + 0x1p-81L);
        }
    });
}

TEST_CASE("fixed-point sums do not depend on the order of their terms", "[fixed_point_sum][bits]") {
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        std::mt19937_64 random(3);
        std::uniform_real_distribution<float> height(-30.0f, 1.0f);
        for (const std::size_t count : {2U, 5U, 71U, 1000U, 16000U}) {
            std::vector<double> x(count);
            for (double& each : x) each = height(random) - std::log(static_cast<float>(count));
            const total_of<Arch> known(x);
            for (int i = 0; i != 5; ++i) {
                std::shuffle(x.begin(), x.end(), random);
                const total_of<Arch> got(x);
                CAPTURE(Arch::name(), count, i);
                CHECK(support::to_bits(got.high) == support::to_bits(known.high));
                CHECK(support::to_bits(got.low) == support::to_bits(known.low));
            }
        }
    });
}

TEST_CASE("fixed-point sums of special values", "[fixed_point_sum]") {
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        constexpr double infinity = std::numeric_limits<double>::infinity();
        CAPTURE(Arch::name());
        CHECK(total_of<Arch>({-infinity}).high == 0.0);
        CHECK(total_of<Arch>({-infinity, 0.0}).high == 1.0);
        CHECK(std::isnan(total_of<Arch>({0.0, std::numeric_limits<double>::quiet_NaN()}).high));
        CHECK(!(total_of<Arch>({infinity, 0.0}).high < 0x1p60));
    });
}
