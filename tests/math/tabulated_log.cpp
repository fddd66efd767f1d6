// SPDX-License-Identifier: MIT
#include <summit/math/tabulated_log.hpp>

#include "support/architectures.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <random>
#include <thread>

namespace {

using support::from_bits;
using support::to_bits;

// What the header claims.
constexpr double bound = 0x1.12p-43; // 2^−42.9
constexpr double relative_bound = 0x1.12p-37;

constexpr std::size_t chunk = 1024;
using doubles = std::array<double, chunk>;

template <class Arch>
doubles tabulated_log(const doubles& x) {
    doubles y;
    support::map<Arch>(x, y, [](const auto& batch) { return summit::math::tabulated_log(batch); });
    return y;
}

/// Any magnitude of a sum; around 1, close by and not so close; and where one interval ends and the next begins.
double any_sum(std::mt19937_64& random) {
    const double unit = static_cast<double>(random() >> 11) * 0x1p-53;
    switch (random() % 4) {
    case 0:
        return from_bits<double>(to_bits(0x1p-1000) + random() % (std::uint64_t(2000) << 52));
    case 1:
        return 0.5 + 2.0 * unit;
    case 2:
        return 1.0 + std::ldexp(unit - 0.5, -static_cast<int>(random() % 52));
    default: {
        const std::uint64_t edge =
            to_bits(summit::math::tabulated_logarithm_constants::lowest) + (random() % 32) * (std::uint64_t(1) << 48);
        return from_bits<double>(edge + random() % 64 - 32);
    }
    }
}

} // namespace

TEST_CASE("tabulated log is within its bounds", "[math][tabulated_log][accuracy]") {
    // Not std::log, and read anew each time: g++ -ffast-math puts inaccurate x87 code in its place.
    long double (*volatile oracle)(long double) = ::logl;
    support::for_each_architecture<support::architectures>([&]<class Arch>(Arch) {
        struct worst_cases {
            support::worst_case<double> absolute;
            support::worst_case<double> relative;
        } seen[2];
        const auto half = [&](std::uint64_t parity) {
            for (std::uint64_t i = parity; i < 4096; i += 2 * support::thinning) {
                std::mt19937_64 random(i);
                doubles x;
                for (double& value : x) value = any_sum(random);
                const doubles got = tabulated_log<Arch>(x);
                for (std::size_t k = 0; k != chunk; ++k) {
                    const long double want = oracle(static_cast<long double>(x[k]));
                    const auto error = static_cast<double>(std::abs(static_cast<long double>(got[k]) - want));
                    const auto magnitude = static_cast<double>(std::abs(want));
                    if (!support::is_finite(got[k])) seen[parity].absolute.see(1e30, x[k]);
                    // Beyond 1, what a log has in digits of its own is not the polynomial's.
                    seen[parity].absolute.see(error / std::max(1.0, magnitude), x[k]);
                    if (magnitude != 0.0) seen[parity].relative.see(error / magnitude, x[k]);
                }
            }
        };
        std::thread other(half, 1);
        half(0);
        other.join();
        seen[0].absolute.see(seen[1].absolute);
        seen[0].relative.see(seen[1].relative);
        std::printf("%-28s %-12s 2^%.2f at %a, relative 2^%.2f at %a\n", "tabulated_log", Arch::name(),
                    std::log2(seen[0].absolute.error), seen[0].absolute.input, std::log2(seen[0].relative.error),
                    seen[0].relative.input);
        CAPTURE(Arch::name(), seen[0].absolute.input, seen[0].relative.input);
        CHECK(seen[0].absolute.error <= bound);
        CHECK(seen[0].relative.error <= relative_bound);

        doubles ones;
        ones.fill(1.0);
        CHECK(to_bits(tabulated_log<Arch>(ones)[0]) == to_bits(0.0));
    });
}

TEST_CASE("tabulated log has the bits it always had, on every architecture with FMA", "[math][tabulated_log][bits]") {
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        INFO(Arch::name());
        std::mt19937_64 random(7);
        std::uint64_t sum = 0;
        for (int round = 0; round != 256; ++round) {
            doubles x;
            for (double& value : x) value = from_bits<double>(to_bits(0x1p-40) + random() % (std::uint64_t(104) << 52));
            for (const double value : tabulated_log<Arch>(x)) sum = (sum ^ to_bits(value)) * 0x9e3779b97f4a7c15U;
        }
        CHECK(sum == 0xd59adbb93d80b203U);
    });
}
