// SPDX-License-Identifier: MIT
#include <summit/math/split_log.hpp>

#include <summit/math/split_exp.hpp>

#include "support/architectures.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <random>
#include <thread>

namespace {

using support::from_bits;
using support::to_bits;

// What the header claims, in units of 2^−30.
constexpr double bound = 4.5;

constexpr std::size_t chunk = 1024;
using floats = std::array<float, chunk>;

template <class Arch>
floats split_log(const floats& high, const floats& low) {
    using batch = xsimd::batch<float, Arch>;
    floats y;
    for (std::size_t i = 0; i != chunk; i += batch::size) {
        const auto log = summit::math::split_log(batch::load_unaligned(&high[i]), batch::load_unaligned(&low[i]));
        summit::math::rounded_sum(log.head, log.rest).store_unaligned(&y[i]);
    }
    return y;
}

/// Any magnitude of a sum; around 1; and where one interval ends and the next begins. The low part of any size it may have.
void any_sum(std::mt19937_64& random, float& high, float& low) {
    const auto unit = [&] { return static_cast<float>(random() >> 40) * 0x1p-24f; };
    switch (random() % 3) {
    case 0:
        high = from_bits<float>(to_bits(0x1p-80f) + static_cast<std::uint32_t>(random() % (std::uint64_t(160) << 23)));
        break;
    case 1:
        high = 0.5f + 2.0f * unit();
        break;
    default: {
        const std::uint32_t edge =
            to_bits(summit::math::split_logarithm_constants::lowest) + static_cast<std::uint32_t>(random() % 32 << 19);
        high = from_bits<float>(edge + static_cast<std::uint32_t>(random() % 64) - 32);
    }
    }
    low = high * 0.0222f *
          (random() % 2 == 0 ? 2.0f * unit() - 1.0f : std::ldexp(unit(), -static_cast<int>(random() % 24)));
}

} // namespace

TEST_CASE("split log is within its bound", "[math][split_log][accuracy]") {
    support::for_each_architecture<support::fused_architectures>([&]<class Arch>(Arch) {
        support::worst_case<float> seen[2];
        const auto half = [&](std::uint64_t parity) {
            for (std::uint64_t i = parity; i < 8192; i += 2 * support::thinning) {
                std::mt19937_64 random(i);
                floats high, low;
                for (std::size_t k = 0; k != chunk; ++k) any_sum(random, high[k], low[k]);
                const floats got = split_log<Arch>(high, low);
                for (std::size_t k = 0; k != chunk; ++k) {
                    const double want = (1.0 + summit::math::tabulated_exponential_constants::stretch) *
                                            std::log(static_cast<double>(high[k]) + static_cast<double>(low[k])) -
                                        summit::math::split_logarithm_constants::centre;
                    const float magnitude = std::abs(got[k]);
                    const double last = std::nextafter(magnitude, 1e9f) - magnitude;
                    const double error = std::abs(static_cast<double>(got[k]) - want) - 0.5 * last;
                    seen[parity].see(support::is_finite(got[k]) ? error * 0x1p30 : 1e30, high[k]);
                }
            }
        };
        std::thread other(half, 1);
        half(0);
        other.join();
        seen[0].see(seen[1]);
        std::printf("%-28s %-12s %.4f of 2^-30 at %a\n", "split_log", Arch::name(), seen[0].error,
                    static_cast<double>(seen[0].input));
        CAPTURE(Arch::name(), seen[0].input);
        CHECK(seen[0].error <= bound);
    });
}

TEST_CASE("split log of what is no sum is no number of one", "[math][split_log]") {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    support::for_each_architecture<support::fused_architectures>([&]<class Arch>(Arch) {
        for (const float high : {1.0f, 0x1p-60f, infinity, nan, -nan})
            for (const float low : {0.0f, infinity, -infinity, nan, -nan}) {
                if (support::is_finite(high) && low == 0.0f) continue;
                floats highs, lows;
                highs.fill(high);
                lows.fill(low);
                CAPTURE(Arch::name(), to_bits(high), to_bits(low));
                // As bits, infinity and NaN are the largest.
                CHECK(support::magnitude_bits(split_log<Arch>(highs, lows)[0]) > to_bits(88.0f));
            }
    });
}

TEST_CASE("split log has the bits it always had, on every architecture with FMA", "[math][split_log][bits]") {
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        INFO(Arch::name());
        std::mt19937_64 random(7);
        std::uint64_t sum = 0;
        for (int round = 0; round != 256; ++round) {
            floats high, low;
            for (std::size_t k = 0; k != chunk; ++k) {
                high[k] = from_bits<float>(to_bits(0x1p-40f) +
                                           static_cast<std::uint32_t>(random() % (std::uint64_t(104) << 23)));
                // A power of two times it: exact.
                low[k] = std::ldexp(high[k], -6 - static_cast<int>(random() % 20));
            }
            for (const float value : split_log<Arch>(high, low)) sum = (sum ^ to_bits(value)) * 0x9e3779b97f4a7c15U;
        }
        CHECK(sum == 0x7f3f07bedcba7afeU);
    });
}
