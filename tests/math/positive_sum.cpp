// SPDX-License-Identifier: MIT
#include <summit/math/positive_sum.hpp>

#include "support/architectures.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>

namespace {

using summit::math::positive_sum_unit;

/// More than the largest float.
constexpr double beyond = 0x1p128 / positive_sum_unit;
using support::from_bits;
using support::to_bits;

/// A sum's lanes in the order of the terms', in units of 1.
template <class Arch, class Sum>
auto lanes_of(const Sum& sum) {
    constexpr std::size_t lanes = xsimd::batch<float, Arch>::size;
    std::array<double, lanes> high;
    std::array<double, lanes> low;
    summit::math::store(sum, high.data(), low.data());
    for (std::size_t i = 0; i != lanes; ++i) {
        CHECK(to_bits(low[i]) == 0);
        high[i] *= positive_sum_unit;
    }
    return high;
}

} // namespace

TEST_CASE("a positive float is itself in a sum, in its own lane", "[positive_sum]") {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        using batch = xsimd::batch<float, Arch>;
        CAPTURE(Arch::name());
        std::mt19937 random(11);
        for (int round = 0; round != 20000; ++round) {
            // Any normal number, with the fraction's ends among them.
            std::array<float, batch::size> x;
            for (float& value : x) {
                constexpr auto smallest = to_bits(std::numeric_limits<float>::min());
                value = from_bits<float>(smallest + static_cast<std::uint32_t>(random() % (0x7f800000U - smallest)));
                if (round % 3 == 0) value = from_bits<float>(to_bits(value) | 0x7fffffU);
                if (round % 3 == 1) value = from_bits<float>(to_bits(value) & ~0x7fffffU);
            }
            summit::math::positive_sum<Arch> sum{};
            sum.add(batch::load_unaligned(x.data()));
            const auto got = lanes_of<Arch>(sum);
            for (std::size_t i = 0; i != batch::size; ++i) REQUIRE(got[i] == static_cast<double>(x[i]));
        }
    });
}

TEST_CASE("sums of up to four terms meet as two pairs, then in double", "[positive_sum]") {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        using batch = xsimd::batch<float, Arch>;
        CAPTURE(Arch::name());
        std::mt19937 random(12);
        std::uniform_real_distribution<float> values(0.5f, 1000.0f);
        std::array<double, batch::size> want{};
        summit::math::positive_sum<Arch> sum{};
        summit::math::positive_sum<Arch> by_groups{};
        for (int round = 0; round != 1000; ++round) {
            std::array<batch, 4> terms;
            for (batch& term : terms) {
                std::array<float, batch::size> x;
                for (float& value : x) value = values(random);
                term = batch::load_unaligned(x.data());
            }
            const auto& [a, b, c, d] = terms;
            const auto count = static_cast<std::size_t>(round % 4 + 1);
            switch (count) {
            case 1:
                sum.add(a);
                break;
            case 2:
                sum.add(a, b);
                break;
            case 3:
                sum.add(a, b, c);
                break;
            default:
                sum.add(a, b, c, d);
                break;
            }
            typename summit::math::positive_sum<Arch>::group group{};
            for (std::size_t k = 0; k != count; ++k) group.add(terms[k]);
            by_groups.add(group);
            for (std::size_t i = 0; i != batch::size; ++i) {
                // Volatile, so that -ffast-math does not regroup.
                volatile float first = count > 1 ? a.get(i) + b.get(i) : a.get(i);
                volatile float second = count > 3 ? c.get(i) + d.get(i) : count > 2 ? c.get(i) : 0.0f;
                volatile float both = first + second;
                want[i] += static_cast<double>(both);
            }
        }
        const auto got = lanes_of<Arch>(sum);
        const auto grouped = lanes_of<Arch>(by_groups);
        for (std::size_t i = 0; i != batch::size; ++i) {
            CAPTURE(i);
            CHECK(to_bits(got[i]) == to_bits(want[i]));
            CHECK(to_bits(grouped[i]) == to_bits(want[i]));
        }
    });
}

TEST_CASE("an infinity, a NaN or a negative number is beyond every float in a sum", "[positive_sum]") {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        using batch = xsimd::batch<float, Arch>;
        CAPTURE(Arch::name());
        for (const float special :
             {infinity, -infinity, nan, -nan, -1.0f, -0x1p-126f, std::numeric_limits<float>::lowest(),
              from_bits<float>(0x7f800001U), from_bits<float>(0xffffffffU)}) {
            for (std::size_t lane = 0; lane != batch::size; ++lane) {
                std::array<float, batch::size> x;
                x.fill(3.0f);
                x[lane] = special;
                summit::math::positive_sum<Arch> sum{};
                sum.add(batch(2.0f));
                sum.add(batch::load_unaligned(x.data()));
                sum.add(batch(1.0f));
                std::array<double, batch::size> high;
                std::array<double, batch::size> low;
                summit::math::store(sum, high.data(), low.data());
                CAPTURE(to_bits(special), lane);
                for (std::size_t i = 0; i != batch::size; ++i) {
                    if (i == lane)
                        REQUIRE(to_bits(high[i]) >= to_bits(beyond));
                    else
                        REQUIRE(to_bits(high[i]) == to_bits(6.0 / positive_sum_unit));
                }
            }
        }
    });
}

TEST_CASE("a plain sum in float comes out in the same units and the same order", "[positive_sum]") {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        using batch = xsimd::batch<float, Arch>;
        CAPTURE(Arch::name());
        std::array<float, batch::size> x;
        for (std::size_t i = 0; i != batch::size; ++i) x[i] = static_cast<float>(i + 1);
        const auto term = batch::load_unaligned(x.data());
        summit::math::plain_sum<float, Arch> sum{};
        sum.add(term);
        sum.add(term, term, term, term);
        const auto got = lanes_of<Arch>(sum);
        for (std::size_t i = 0; i != batch::size; ++i) CHECK(got[i] == 5.0 * static_cast<double>(i + 1));
        sum.add(batch(std::numeric_limits<float>::max()), batch(std::numeric_limits<float>::max()));
        for (const double lane : lanes_of<Arch>(sum)) CHECK(lane >= 0x1p128);
    });
}
