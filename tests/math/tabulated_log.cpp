// SPDX-License-Identifier: MIT
#include <summit/math/tabulated_log.hpp>

#include "support/architectures.hpp"
#include "support/oracle.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
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

// What the header claims.
constexpr double bound = 0x1.12p-43; // 2^−42.9
constexpr double relative_bound = 0x1.12p-37;
constexpr double parts_bound = 0x1p-62;
constexpr double parts_relative_bound = 0x1.12p-54; // 2^−53.9

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

/// log(high + low), for a low that is small beside high.
support::real log_of(double high, double low) {
    const int exponent = static_cast<int>(to_bits(high) >> 52) - 1023;
    // 2^exponent · (1 + fraction), either part a real number with its exponent moved.
    const auto divided = [&](double part) {
        support::real x = support::real::of(part);
        if (!x.is_zero()) x.exponent -= exponent;
        return x;
    };
    const support::real fraction = divided(high) - support::real::of(1.0) + divided(low);
    const support::real ln2 = support::real::normalised(false, support::fixed_point::ln2, -127);
    const support::real log = support::real::of(static_cast<double>(exponent)) * ln2;
    if (!fraction.negative) return log + support::real::log1p(fraction);
    // Less than 1 by less than a last bit: −f − f²/2 is enough.
    return log + fraction - support::real::of(0.5) * fraction * fraction;
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

TEST_CASE("the parts of a tabulated log are within their bounds", "[math][tabulated_log][accuracy]") {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        using batch = xsimd::batch<double, Arch>;
        support::worst_case<double> absolute, relative, low_part;
        for (std::uint64_t i = 0; i < 128; i += support::thinning) {
            std::mt19937_64 random(i);
            doubles high, low, got_high, got_low, is_normalised;
            is_normalised.fill(1.0);
            for (std::size_t k = 0; k != chunk; ++k) {
                high[k] = any_sum(random);
                const double unit = static_cast<double>(random() >> 11) * 0x1p-53 - 0.5;
                low[k] = random() % 4 == 0 ? 0.0 : std::ldexp(high[k] * unit, -static_cast<int>(40 + random() % 40));
                if (std::abs(low[k]) > 0x1p-53 * high[k]) is_normalised[k] = 0.0;
            }
            for (std::size_t k = 0; k != chunk; k += batch::size) {
                const auto log = summit::math::tabulated_log_parts<Arch>(
                    {batch::load_unaligned(&high[k]), batch::load_unaligned(&low[k])});
                log.high.store_unaligned(&got_high[k]);
                log.low.store_unaligned(&got_low[k]);
            }
            for (std::size_t k = 0; k != chunk; ++k) {
                const support::real want = log_of(high[k], low[k]);
                const support::real got = support::real::of(got_high[k]) + support::real::of(got_low[k]);
                const double error = std::abs((got - want).to_double());
                const double magnitude = std::abs(want.to_double());
                if (!support::is_finite(got_high[k]) || !support::is_finite(got_low[k])) absolute.see(1e30, high[k]);
                absolute.see(error / std::max(1.0, magnitude), high[k]);
                // Beside a low part as large as the log itself there is no telling.
                if (magnitude != 0.0 && is_normalised[k] != 0.0) relative.see(error / magnitude, high[k]);
                low_part.see(std::abs(got_low[k]), high[k]);
            }
        }
        std::printf("%-28s %-12s 2^%.2f at %a, relative 2^%.2f at %a\n", "tabulated_log_parts", Arch::name(),
                    std::log2(absolute.error), absolute.input, std::log2(relative.error), relative.input);
        CAPTURE(Arch::name(), absolute.input, relative.input, low_part.input);
        CHECK(absolute.error <= parts_bound);
        CHECK(relative.error <= parts_relative_bound);
        CHECK(low_part.error <= 0x1p-10);

        const auto one = summit::math::tabulated_log_parts<Arch>({batch(1.0), batch(0.0)});
        CHECK(to_bits(one.high.get(0) + one.low.get(0)) == to_bits(0.0));
        const auto nothing_but_low = summit::math::tabulated_log_parts<Arch>({batch(1.0), batch(4e-30)});
        CHECK(nothing_but_low.high.get(0) + nothing_but_low.low.get(0) == 4e-30);
        for (const double lost : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
            const auto log = summit::math::tabulated_log_parts<Arch>({batch(lost), batch(0.0)});
            CHECK_FALSE(support::is_finite(log.high.get(0)));
        }
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

        using batch = xsimd::batch<double, Arch>;
        std::uint64_t of_parts = 0;
        for (int round = 0; round != 256; ++round) {
            doubles x, y;
            for (double& value : x) value = from_bits<double>(to_bits(0x1p-40) + random() % (std::uint64_t(104) << 52));
            support::map<Arch>(x, y, [](const batch& v) {
                const auto log = summit::math::tabulated_log_parts<Arch>({v, v * batch(0x1p-55)});
                return log.high + log.low;
            });
            for (const double value : y) of_parts = (of_parts ^ to_bits(value)) * 0x9e3779b97f4a7c15U;
        }
        CHECK(of_parts == 0x5765a28396c0953eU);
    });
}
