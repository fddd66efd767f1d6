// SPDX-License-Identifier: MIT
#include <summit/op/compensated_sum.hpp>
#include <summit/op/direct_sum.hpp>
#include <summit/op/reference.hpp>
#include <summit/op/split_sum.hpp>

#include "support/architectures.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <vector>

namespace {

/// The rules that there are.
template <class T>
std::vector<summit::op::reference_rule<T>> rules() {
    if constexpr (sizeof(T) == sizeof(float))
        return {summit::op::direct_sum<float>::reference, summit::op::split_sum<xsimd::default_arch>::reference};
    else
        return {summit::op::direct_sum<double>::reference, summit::op::compensated_sum<xsimd::default_arch>::reference};
}

template <class T, class Arch>
T exponent(const summit::op::reference_rule<T>& rule, T largest) {
    return rule.exponent(xsimd::batch<T, Arch>(largest)).get(0);
}

} // namespace

TEMPLATE_TEST_CASE("near 0, too far from it, and of an infinity or NaN there is no reference", "[reference]", float,
                   double) {
    using T = TestType;
    using limits = std::numeric_limits<T>;
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        for (const auto& rule : rules<T>()) {
            const T beyond = std::nextafter(rule.farthest, limits::max());
            for (const T x : {T(0), T(1e-30), limits::denorm_min(), rule.near_zero, beyond, T(1e30), limits::max(),
                              limits::infinity(), limits::quiet_NaN()})
                for (const T sign : {T(1), T(-1)}) {
                    CAPTURE(Arch::name(), x, sign);
                    CHECK(support::to_bits(exponent<T, Arch>(rule, sign * x)) == 0);
                }
            CHECK(exponent<T, Arch>(rule, std::nextafter(rule.near_zero, limits::max())) > rule.lead);
            CHECK(exponent<T, Arch>(rule, -std::nextafter(rule.near_zero, limits::max())) < rule.lead);
            CHECK(exponent<T, Arch>(rule, rule.farthest) > rule.farthest);
            CHECK(exponent<T, Arch>(rule, -rule.farthest) < -rule.farthest);
        }
    });
}

TEMPLATE_TEST_CASE("a reference is the power of two next to a term, and so many further, on every architecture",
                   "[reference][bits]", float, double) {
    using T = TestType;
    std::mt19937_64 random(4);
    const auto unit = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
    for (const auto& rule : rules<T>()) {
        const double octaves = std::log2(static_cast<double>(rule.farthest) / static_cast<double>(rule.near_zero));
        for (int round = 0; round != 20000; ++round) {
            auto x = static_cast<T>(static_cast<double>(rule.near_zero) * std::exp2(octaves * unit()));
            if (!(std::abs(x) > rule.near_zero && std::abs(x) <= rule.farthest)) continue;
            if (random() % 2 == 0) x = -x;
            const T known = exponent<T, xsimd::default_arch>(rule, x);
            CAPTURE(x);
            CHECK(known == std::round(known));
            // In the middle of two powers either will do.
            const long double power = static_cast<long double>(x) * 1.44269504088896340736L;
            REQUIRE(std::abs(static_cast<long double>(known - rule.lead) - power) <= 0.5L + 1e-2L);
            support::for_each_architecture<support::fused_architectures>(
                [&]<class Arch>(Arch) { REQUIRE(exponent<T, Arch>(rule, x) == known); });
        }
    }
}

TEMPLATE_TEST_CASE("where there is to be a reference, may be said otherwise, lane by lane", "[reference]", float,
                   double) {
    using T = TestType;
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        using batch = xsimd::batch<T, Arch>;
        const auto rule = rules<T>()[0];
        std::array<T, batch::size> x, told;
        for (std::size_t i = 0; i != batch::size; ++i) {
            x[i] = i % 3 == 0 ? T(1) : T(1000);
            told[i] = static_cast<T>(i % 2);
        }
        const batch got =
            rule.exponent_where(batch::load_unaligned(told.data()) == batch(T(1)), batch::load_unaligned(x.data()));
        for (std::size_t i = 0; i != batch::size; ++i) {
            const T power = i % 3 == 0 ? T(1) : T(1443);
            CAPTURE(Arch::name(), i);
            CHECK(got.get(i) == (i % 2 == 0 ? T(0) : power + rule.lead));
        }
    });
}

// What the rules promise of the terms that they are for.
TEST_CASE("relative to a reference no term within reach overflows, and the sampled one is in range", "[reference]") {
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        using batch = xsimd::batch<float, Arch>;
        constexpr auto rule = summit::op::direct_sum<float>::reference;
        for (const float x : {17.0f, -17.0f, 1000.0f, -1000.0f, 131072.0f, -131072.0f}) {
            const batch k = rule.exponent(batch(x));
            const summit::math::relative_tabulated_exp<float, Arch> term(k);
            CAPTURE(Arch::name(), x);
            CHECK(term(batch(x)).get(0) >= 0x1p-42f);
            const float reach = (k.get(0) + rule.reach) * 0.6931472f;
            CHECK(term(batch(reach)).get(0) < 0x1p126f);
            // The maximum may be a hundred above the sampled term.
            CHECK(term(batch(x + 100.0f)).get(0) < 0x1p127f);
        }
    });
}
