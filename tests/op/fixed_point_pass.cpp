// SPDX-License-Identifier: MIT
#include <summit/op/fixed_point_pass.hpp>

#include "support/architectures.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <random>
#include <vector>

namespace {

/// Log-probabilities as floats: their sum is 1 but for what they are rounded by. `spread` is how far apart they may be.
std::vector<float> normalised(std::size_t count, float spread, std::mt19937_64& random) {
    std::uniform_real_distribution<float> logits(0.0f, spread);
    std::vector<float> x(count);
    for (float& each : x) each = logits(random);
    long double sum = 0.0L;
    for (const float each : x) sum += std::exp(static_cast<long double>(each));
    for (float& each : x) each = static_cast<float>(each - std::log(sum));
    return x;
}

/// The log of a sum near 1, with nothing lost to the largest term's own 1.
long double wanted(const std::vector<float>& x) {
    const auto largest = std::max_element(x.begin(), x.end());
    long double less_one = std::expm1(static_cast<long double>(*largest));
    for (auto each = x.begin(); each != x.end(); ++each)
        if (each != largest) less_one += std::exp(static_cast<long double>(*each));
    return std::log1p(less_one);
}

} // namespace

TEST_CASE("logs of few normalised terms are right to the last bit, or said not to be", "[fixed_point_pass]") {
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        using batch = xsimd::batch<float, Arch>;
        using sum = summit::op::fixed_point_sum_of_few<Arch>;
        std::mt19937_64 random(1);
        std::size_t unknown = 0, all = 0;
        for (const std::size_t terms : {2U, 3U, 5U, 10U, 31U, 71U}) {
            for (const float spread : {0.1f, 3.0f, 20.0f, 60.0f}) {
                for (int round = 0; round != 30; ++round) {
                    std::array<std::vector<float>, batch::size> rows;
                    for (auto& row : rows) row = normalised(terms, spread, random);
                    const auto term = [&](std::size_t i) {
                        std::array<float, batch::size> lanes;
                        for (std::size_t lane = 0; lane != lanes.size(); ++lane) lanes[lane] = rows[lane][i];
                        return batch::load_unaligned(lanes.data());
                    };
                    sum few(term(0), term(1), term(0), term(0), nullptr);
                    for (std::size_t i = 2; i != terms; ++i) few.add(term(i));
                    const batch log = few.log(static_cast<std::ptrdiff_t>(terms));
                    for (std::size_t lane = 0; lane != batch::size; ++lane, ++all) {
                        if (support::to_bits(log.get(lane)) == support::to_bits(sum::unknown)) {
                            ++unknown;
                            continue;
                        }
                        const long double want = wanted(rows[lane]);
                        const auto nearest = static_cast<float>(want);
                        const long double last = std::abs(std::nextafter(nearest, 4.0f) - nearest);
                        CAPTURE(Arch::name(), terms, spread, lane, nearest);
                        REQUIRE(std::abs(static_cast<long double>(log.get(lane)) - want) <= last);
                    }
                }
            }
        }
        // Or there would be no use for it.
        CHECK(unknown < all / 8);
    });
}

TEST_CASE("a fixed-point sum says that it does not know what it has no digits for", "[fixed_point_pass]") {
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        using batch = xsimd::batch<float, Arch>;
        using sum = summit::op::fixed_point_sum_of_few<Arch>;
        // exp(−40) is 2^−57.7, of which 2^−80 are known.
        const batch zero(0.0f), far(-40.0f);
        CHECK(support::to_bits(sum(zero, far, zero, zero, nullptr).log(2).get(0)) == support::to_bits(sum::unknown));
        CHECK(support::to_bits(sum(far, zero, zero, zero, nullptr).log(2).get(0)) == support::to_bits(sum::unknown));
        // Where the largest term is far from 0, the sum of two is 1 to 2^−57.
        const batch half(-0x1.62e43p-1f);
        CHECK(support::to_bits(sum(half, half, half, half, nullptr).log(2).get(0)) != support::to_bits(sum::unknown));
    });
}
