// SPDX-License-Identifier: MIT
#include <summit/math/double_pair.hpp>

#include "support/architectures.hpp"
#include "support/oracle.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <random>

// Sums and products of integers whose exact values fit 128 bits: what a pair holds can be checked exactly.
namespace {

__extension__ using wide_integer = __int128;

template <class Arch>
wide_integer value_of(const summit::math::double_pair<Arch>& pair) {
    return static_cast<wide_integer>(pair.high.get(0)) + static_cast<wide_integer>(pair.low.get(0));
}

double random_integer(std::mt19937_64& generator) {
    const int bits = 1 + static_cast<int>(generator() % 53);
    const auto magnitude = static_cast<double>(generator() >> (64 - bits));
    return generator() % 2 == 0 ? magnitude : -magnitude;
}

} // namespace

TEST_CASE("sums and products of two doubles are exact", "[double_pair]") {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        using batch = xsimd::batch<double, Arch>;
        std::mt19937_64 generator(20260502);
        for (int i = 0; i != 20000; ++i) {
            const double a = random_integer(generator);
            const double b = random_integer(generator);
            CAPTURE(Arch::name(), a, b);
            const auto exact_a = static_cast<wide_integer>(a);
            const auto exact_b = static_cast<wide_integer>(b);
            REQUIRE(value_of(summit::math::two_sum(batch(a), batch(b))) == exact_a + exact_b);
            REQUIRE(value_of(summit::math::two_product(batch(a), batch(b))) == exact_a * exact_b);
        }
    });
}

TEST_CASE("a pair times a factor, and the sum of two pairs", "[double_pair]") {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        using batch = xsimd::batch<double, Arch>;
        const summit::math::double_pair<Arch> x{batch(0x1.fffffffffffffp80), batch(1.0)};
        const auto tripled = summit::math::times(x, 3);
        CHECK(value_of(tripled) == 3 * value_of(x));
        const auto doubled = summit::math::add_pairs(x, x);
        CHECK(value_of(doubled) == 2 * value_of(x));
        // The low part is brought below the last bit of the high one.
        const auto settled = summit::math::times(summit::math::double_pair<Arch>{batch(1.0), batch(2.0)}, 1);
        CHECK(settled.high.get(0) == 3.0);
        CHECK(settled.low.get(0) == 0.0);
    });
}

TEST_CASE("a count is kept to its last digit, and multiplies to that", "[double_pair]") {
    constexpr std::ptrdiff_t most = std::numeric_limits<std::ptrdiff_t>::max();
    for (const std::ptrdiff_t count :
         {std::ptrdiff_t{1}, std::ptrdiff_t{3}, (std::ptrdiff_t{1} << 53) - 1, (std::ptrdiff_t{1} << 53) + 1,
          std::ptrdiff_t{235385266837019985}, most - 512, most - 511, most}) {
        const summit::math::exact_count kept(count);
        CAPTURE(count, kept.high, kept.low);
        const auto value = [](double x) { return support::real::of(x); };
        CHECK((value(kept.high) + value(kept.low) -
               support::real::normalised(false, static_cast<support::uint128>(count), 0))
                  .is_zero());
        support::for_each_architecture<support::architectures>([&]<class Arch>(Arch) {
            using batch = xsimd::batch<double, Arch>;
            const summit::math::double_pair<Arch> third{batch(1.0 / 3.0), batch(0x1.5555555555555p-56)};
            const auto got = summit::math::times(third, count);
            const auto want =
                (value(third.high.get(0)) + value(third.low.get(0))) * (value(kept.high) + value(kept.low));
            const auto lost = value(got.high.get(0)) + value(got.low.get(0)) - want;
            CHECK((lost.is_zero() || lost.magnitude() <= want.magnitude() - 104));
        });
    }
}
