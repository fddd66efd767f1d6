// SPDX-License-Identifier: MIT
#include <summit/math/running_sum.hpp>

#include "support/architectures.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cmath>
#include <limits>
#include <random>

namespace {

template <class Arch>
using wide = xsimd::batch<double, Arch>;

} // namespace

TEST_CASE("a two-sum loses nothing, whichever is larger", "[running_sum]") {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        CAPTURE(Arch::name());
        for (double small : {1e-20, -1e-20, 0x1p-53, 0x1p-54, -0x1p-60}) {
            const auto a = summit::math::two_sum(wide<Arch>(1.0), wide<Arch>(small));
            const auto b = summit::math::two_sum(wide<Arch>(small), wide<Arch>(1.0));
            const double rounded = 1.0 + small;
            CHECK(a.high.get(0) == rounded);
            CHECK(a.low.get(0) == small - (rounded - 1.0));
            CHECK(b.high.get(0) == rounded);
            CHECK(b.low.get(0) == a.low.get(0));
        }
        const auto cancelled = summit::math::two_sum(wide<Arch>(1.0), wide<Arch>(-1.0));
        CHECK(cancelled.high.get(0) == 0.0);
        CHECK(cancelled.low.get(0) == 0.0);
    });
}

TEST_CASE("two sums become one, low parts and all", "[running_sum]") {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        using pair = summit::math::double_pair<Arch>;
        const auto sum = summit::math::add_pairs<Arch>(pair{wide<Arch>(1.0), wide<Arch>(0x1p-60)},
                                                       pair{wide<Arch>(0x1p-55), wide<Arch>(0x1p-61)});
        CHECK(sum.high.get(0) == 1.0);
        CHECK(sum.low.get(0) == 0x1p-55 + 0x1p-60 + 0x1p-61);
    });
}

TEMPLATE_TEST_CASE("lanes come out as doubles in the order of their terms", "[running_sum]", float, double) {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        using batch = xsimd::batch<TestType, Arch>;
        using sum_type = summit::math::running_sum<TestType, Arch>;
        STATIC_REQUIRE(sum_type::wide_count * wide<Arch>::size == batch::size);
        std::array<TestType, batch::size> lanes;
        for (std::size_t i = 0; i != batch::size; ++i) lanes[i] = static_cast<TestType>(i + 1);
        const auto x = batch::load_unaligned(lanes.data());
        sum_type sum{};
        sum.add(x);
        sum.add(x, x, x, x);
        sum.add(x + x);
        for (std::size_t i = 0; i != batch::size; ++i) {
            const auto total = sum.total(i / wide<Arch>::size);
            const std::size_t lane = i % wide<Arch>::size;
            CAPTURE(Arch::name(), i);
            CHECK(total.high.get(lane) + total.low.get(lane) == 7.0 * static_cast<double>(i + 1));
        }
    });
}

TEMPLATE_TEST_CASE("a long sum is far better than its type", "[running_sum]", float, double) {
    // What a plain sum does first: 2^24 + 1 + 1 + … stays where it is in float, 2^53 + 1 + 1 + … in double.
    const TestType large = std::ldexp(TestType(1), std::numeric_limits<TestType>::digits);
    TestType naive = large;
    for (int i = 0; i != 1000; ++i) naive += TestType(1);
    CHECK(naive == large);

    support::for_each_architecture<support::architectures>([&]<class Arch>(Arch) {
        using batch = xsimd::batch<TestType, Arch>;
        summit::math::running_sum<TestType, Arch> sum{};
        sum.add(batch(large));
        for (int i = 0; i != 1000; ++i) { sum.add(batch(TestType(1))); }
        const auto total = sum.total(0);
        CAPTURE(Arch::name());
        CHECK((total.high.get(0) - static_cast<double>(large)) + total.low.get(0) == 1000.0);
    });
}

TEMPLATE_TEST_CASE("a random sum is right to the error that is left", "[running_sum]", float, double) {
    const unsigned seed = 20260303;
    INFO("seed " << seed);
    support::for_each_architecture<support::architectures>([&]<class Arch>(Arch) {
        using batch = xsimd::batch<TestType, Arch>;
        std::mt19937 random(seed);
        std::uniform_real_distribution<TestType> values(TestType(0), TestType(1));
        summit::math::running_sum<TestType, Arch> sum{};
        long double exact = 0.0L;
        for (int i = 0; i != 4096; ++i) {
            const TestType term = values(random);
            exact += static_cast<long double>(term);
            sum.add(batch(term));
        }
        const auto total = sum.total(0);
        const long double got =
            static_cast<long double>(total.high.get(0)) + static_cast<long double>(total.low.get(0));
        // In float two terms round once, and rarely all the same way; in double what is left is the reference's error.
        const long double bound = sizeof(TestType) == sizeof(float) ? 0x1p-24L : 0x1p-58L;
        CAPTURE(Arch::name());
        CHECK(std::abs(got - exact) <= bound * exact);
    });
}

TEST_CASE("a plain sum adds pairs, each lane by itself", "[running_sum]") {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        using batch = xsimd::batch<float, Arch>;
        CAPTURE(Arch::name());
        std::array<float, batch::size> lanes;
        for (std::size_t i = 0; i != batch::size; ++i) lanes[i] = static_cast<float>(i + 1);
        const auto x = batch::load_unaligned(lanes.data());
        summit::math::plain_sum<float, Arch> sum{};
        sum.add(x);
        sum.add(x, x);
        sum.add(x, x, x);
        sum.add(x, x, x, x);
        for (std::size_t i = 0; i != batch::size; ++i) CHECK(sum.total().get(i) == 10.0F * lanes[i]);
        // Two small terms reach the sum together, where one by one each would be lost.
        summit::math::plain_sum<float, Arch> large{};
        large.add(batch(0x1p24F));
        large.add(batch(1.0F), batch(1.0F));
        CHECK(large.total().get(0) == 0x1p24F + 2.0F);
    });
}

TEST_CASE("a running sum in double stores what it keeps, and groups add to it", "[running_sum]") {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        using batch = wide<Arch>;
        CAPTURE(Arch::name());
        summit::math::running_sum<double, Arch> sum{};
        sum.add(batch(1.0));
        typename summit::math::running_sum<double, Arch>::group small{};
        for (int i = 0; i != 3; ++i) small.add(batch(0x1p-60));
        sum.add(small);
        sum.add(batch(0x1p-61), batch(0x1p-61));
        std::array<double, batch::size> high;
        std::array<double, batch::size> low;
        summit::math::store(sum, high.data(), low.data());
        for (std::size_t i = 0; i != batch::size; ++i) {
            CHECK(high[i] == 1.0);
            CHECK(low[i] == 0x1p-58);
        }
    });
}
