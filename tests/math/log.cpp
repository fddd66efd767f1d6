// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Summit authors
#include <summit/math/log.hpp>

#include "support/architectures.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <random>
#include <thread>
#include <vector>

namespace {

using support::from_bits;
using support::to_bits;
using support::worst_case;

// What the header claims.
constexpr double log_bound = 0.69;
constexpr double log1p_bound = 0.69;
constexpr double parts_bound = 0x1p-64;

__extension__ typedef unsigned __int128 uint128;
__extension__ typedef __int128 int128;

constexpr std::size_t chunk = 1024;
using doubles = std::array<double, chunk>;

/// A real number times 2^116: holds logarithms up to 2^11.
constexpr int fixed_point = 116;

/// The upper half of the 256-bit product.
uint128 multiply_high(uint128 a, uint128 b) {
    constexpr uint128 low = ~std::uint64_t(0);
    const uint128 middle = (a >> 64) * (b & low) + (((a & low) * (b & low)) >> 64);
    const uint128 other = (a & low) * (b >> 64) + (middle & low);
    return (a >> 64) * (b >> 64) + (middle >> 64) + (other >> 64);
}

/// log(x) · 2^116, right to a few units, for x ≥ 1. Squaring m doubles log2 m: each squaring yields one bit of it. In
/// integers, so that no flag changes the oracle.
int128 log_fixed(double x) {
    const std::uint64_t bits = to_bits(x);
    uint128 m = uint128((bits & ((std::uint64_t(1) << 52) - 1)) | (std::uint64_t(1) << 52))
                << 75; // m · 2^127, 1 ≤ m < 2
    uint128 log2 = uint128((bits >> 52) - 1023) << fixed_point;
    for (int bit = fixed_point - 1; bit >= 0; --bit) {
        m = multiply_high(m, m); // m² · 2^126
        if (m >> 127)
            log2 |= uint128(1) << bit;
        else
            m <<= 1;
    }
    // ln 2 · 2^128
    constexpr uint128 ln2 = (uint128(0xb17217f7d1cf79ab) << 64) | 0xc9e3b39803f2f6af;
    return static_cast<int128>(multiply_high(log2, ln2));
}

/// x · 2^116, right to one unit.
int128 to_fixed(double x) {
    const std::uint64_t bits = support::magnitude_bits(x);
    const int shift = static_cast<int>(bits >> 52) - 1075 + fixed_point;
    const auto integer = static_cast<int128>((bits & ((std::uint64_t(1) << 52) - 1)) | (std::uint64_t(1) << 52));
    const int128 magnitude = bits == 0 || shift < -53 ? 0 : shift < 0 ? integer >> -shift : integer << shift;
    return to_bits(x) >> 63 ? -magnitude : magnitude;
}

/// Calls judge(index, worst) for the indices below count (see thinning), on two threads.
template <class Judge>
worst_case<double> on_two_threads(std::uint64_t count, Judge judge) {
    worst_case<double> seen[2];
    const auto half = [&](std::uint64_t parity) {
        for (std::uint64_t i = parity * support::thinning; i < count; i += 2 * support::thinning)
            judge(i, seen[parity]);
    };
    std::thread other(half, 1);
    half(0);
    other.join();
    seen[0].see(seen[1]);
    return seen[0];
}

void report(const char* what, const char* where, const worst_case<double>& worst, double bound) {
    std::printf("%-28s %-12s %.4f ulp at %a\n", what, where, worst.error, worst.input);
    INFO(what << " on " << where << " at " << worst.input);
    CHECK(worst.error <= bound);
}

double uniform(std::mt19937_64& random) { return static_cast<double>(random() >> 11) * 0x1p-53; }

/// Any positive number, subnormals too; near 1, where log cancels; and in the range of log_parts.
double positive_double(std::mt19937_64& random) {
    switch (random() % 6) {
    case 0:
        return from_bits<double>(1 + random() % (support::infinity_bits<double> - 1));
    case 1:
        return from_bits<double>(1 + random() % (std::uint64_t(1) << (1 + random() % 52)));
    case 2:
        return 1.0 + uniform(random);
    case 3:
        return 0.25 + 0.75 * uniform(random);
    case 4:
        return from_bits<double>(to_bits(1.0) + random() % (std::uint64_t(1) << (1 + random() % 52)));
    default:
        return from_bits<double>(to_bits(1.0) + random() % (std::uint64_t(64) << 52));
    }
}

template <class Function, class Oracle>
void judge_double(const char* what, Function function, Oracle oracle, double bound) {
    support::for_each_architecture<support::architectures>([&](auto arch) {
        const auto worst = on_two_threads(2048, [&](std::uint64_t index, worst_case<double>& seen) {
            std::mt19937_64 random(index);
            doubles x, got;
            for (double& value : x) value = positive_double(random);
            support::map<decltype(arch)>(x, got, function);
            for (std::size_t i = 0; i != chunk; ++i) {
                if (support::flushes_subnormals() && to_bits(x[i]) < to_bits(std::numeric_limits<double>::min()))
                    continue;
                seen.see(support::ulp_error(got[i], oracle(static_cast<long double>(x[i]))), x[i]);
            }
        });
        report(what, decltype(arch)::name(), worst, bound);
    });
}

} // namespace

TEST_CASE("log is within its bound", "[math][log][accuracy]") {
    // Not std::log, and read anew each time: g++ -ffast-math puts inaccurate x87 code in its place.
    long double (*volatile oracle)(long double) = ::logl;
    judge_double(
        "log", [](const auto& x) { return summit::math::log(x); }, [&](long double x) { return oracle(x); }, log_bound);
}

TEST_CASE("log1p is within its bound", "[math][log][accuracy]") {
    long double (*volatile oracle)(long double) = ::log1pl;
    judge_double(
        "log1p", [](const auto& x) { return summit::math::log1p(x); }, [&](long double x) { return oracle(x); },
        log1p_bound);
}

TEST_CASE("log of every positive float, rounded to float, is right but for the hardest ties", "[math][log][accuracy]") {
    // A double within 2^−48 of the logarithm rounds to a float within 0.5 + 2^−24 ulp of it.
    constexpr double tolerance = 0x1p-48;
    constexpr std::uint32_t significands = 1u << 23;
    const auto log = [](const auto& batch) { return summit::math::log(batch); };

    SECTION("normal floats") {
        // The oracle takes the logarithm of every significand once: log(2^k m) = k ln 2 + log m, m in [√½, √2), in double;
        // the sum never cancels, so that it is right to 2 or 3 units of double.
        constexpr std::uint32_t above_root_two = 0x3504f4;
        std::vector<double> log_of(significands);
        for (std::uint32_t i = 0; i != significands; ++i)
            log_of[i] = std::log((1.0 + i * 0x1p-23) * (i < above_root_two ? 1.0 : 0.5));
        const auto worst =
            on_two_threads(254 * (significands / chunk), [&](std::uint64_t index, worst_case<double>& seen) {
                const int exponent = static_cast<int>(index / (significands / chunk)) - 126;
                const std::size_t first = index % (significands / chunk) * chunk;
                doubles x, got;
                for (std::size_t i = 0; i != chunk; ++i)
                    x[i] = from_bits<double>((static_cast<std::uint64_t>(exponent + 1023) << 52) | (first + i) << 29);
                support::map<xsimd::default_arch>(x, got, log);
                std::uint64_t not_finite = 0;
                double excess = -1.0;
                for (std::size_t i = 0; i != chunk; ++i) {
                    const double k = exponent + (first + i < above_root_two ? 0 : 1);
                    const double want = k * 0.6931471805599453 + log_of[first + i];
                    not_finite += !support::is_finite(got[i]);
                    excess = std::max(excess, std::abs(got[i] - want) - tolerance * std::abs(want));
                }
                if (not_finite > 0 || excess > 0.0) seen.see(1e30, x[0]);
            });
        INFO("in the 1024 floats from " << worst.input);
        CHECK(worst.error == 0.0);
    }
    SECTION("subnormal floats") {
        const auto worst = on_two_threads(significands / chunk, [&](std::uint64_t index, worst_case<double>& seen) {
            doubles x, got;
            for (std::size_t i = 0; i != chunk; ++i)
                x[i] = static_cast<double>(index * chunk + i + (index == 0)) * 0x1p-149;
            support::map<xsimd::default_arch>(x, got, log);
            for (std::size_t i = 0; i != chunk; ++i) {
                const double want = std::log(x[i]);
                if (!support::is_finite(got[i]) || std::abs(got[i] - want) > tolerance * std::abs(want))
                    seen.see(1e30, x[i]);
            }
        });
        INFO("at " << worst.input);
        CHECK(worst.error == 0.0);
    }
}

TEST_CASE("log_parts is within its bound", "[math][log][accuracy]") {
    support::for_each_architecture<support::architectures>([](auto arch) {
        using batch = xsimd::batch<double, decltype(arch)>;
        std::uint64_t overlapping = 0;
        worst_case<double> near_one[2];
        const auto worst = on_two_threads(256, [&](std::uint64_t index, worst_case<double>& seen) {
            std::mt19937_64 random(index);
            doubles x, high, low;
            for (double& value : x) {
                do value = positive_double(random);
                while (!(value > 1.0 && value < 0x1p64));
            }
            for (std::size_t i = 0; i != chunk; i += batch::size) {
                const auto parts = summit::math::log_parts(batch::load_unaligned(&x[i]));
                parts.high.store_unaligned(&high[i]);
                parts.low.store_unaligned(&low[i]);
            }
            for (std::size_t i = 0; i != chunk; ++i) {
                if (std::abs(low[i]) > std::abs(high[i]) * 0x1p-53) ++overlapping;
                // -ffast-math would regroup what is subtracted in two steps.
                volatile const double exact = x[i] - 1.0;
                const double f = exact;
                if (f < 0x1p-40) {
                    // The oracle has too few bits here, but log(1 + f) − f = −f²/2 + f³/3 needs few.
                    volatile const double excess = high[i] - f;
                    const double got = excess + low[i];
                    const double want = f * f * (f / 3.0 - 0.5);
                    near_one[index % 2].see(std::abs(got - want) / f, x[i]);
                } else {
                    const int128 error = to_fixed(high[i]) + to_fixed(low[i]) - log_fixed(x[i]);
                    seen.see(std::abs(static_cast<double>(error)) / static_cast<double>(to_fixed(high[i])), x[i]);
                }
            }
        });
        near_one[0].see(near_one[1]);
        std::printf("%-28s %-12s 2^%.2f at %a\n", "log_parts", decltype(arch)::name(), std::log2(worst.error),
                    worst.input);
        INFO(decltype(arch)::name() << " at " << worst.input << " and " << near_one[0].input);
        CHECK(worst.error <= parts_bound);
        CHECK(near_one[0].error <= 0x1p-76);
        CHECK(overlapping == 0);
    });
}

TEST_CASE("log_parts takes a pair", "[math][log][accuracy]") {
    support::for_each_architecture<support::architectures>([](auto arch) {
        using batch = xsimd::batch<double, decltype(arch)>;
        INFO(decltype(arch)::name());
        std::mt19937_64 random(3);
        worst_case<double> worst;
        for (int i = 0; i != 20000; ++i) {
            const double high = 1.0 + uniform(random) * 1000.0;
            const double low = (uniform(random) - 0.5) * 0x1p-53 * high;
            const auto parts = summit::math::log_parts(batch(high), batch(low));
            // log(high + low) − log(high) = low / high within a 2^−54th of itself.
            const double got =
                static_cast<double>(to_fixed(parts.high.get(0)) + to_fixed(parts.low.get(0)) - log_fixed(high)) *
                0x1p-116;
            worst.see(std::abs(got - low / high) / parts.high.get(0), high);
        }
        CHECK(worst.error <= parts_bound);
        // From exactly 1, nothing but the low part is left.
        const auto one = summit::math::log_parts(batch(1.0), batch(0x1.8p-60));
        CHECK(to_bits(one.high.get(0)) == to_bits(0x1.8p-60));
        CHECK(std::abs(one.low.get(0)) <= 0x1p-112);
    });
}

TEST_CASE("log of special values", "[math][log]") {
    using limits = std::numeric_limits<double>;
    support::for_each_architecture<support::architectures>([](auto arch) {
        using batch = xsimd::batch<double, decltype(arch)>;
        INFO(decltype(arch)::name());
        const auto log = [](double x) { return summit::math::log(batch(x)).get(batch::size - 1); };
        CHECK(to_bits(log(0.0)) == to_bits(-limits::infinity()));
        CHECK(to_bits(log(-0.0)) == to_bits(-limits::infinity()));
        CHECK(to_bits(log(1.0)) == to_bits(0.0));
        CHECK(to_bits(log(limits::infinity())) == to_bits(limits::infinity()));
        CHECK(support::is_nan(log(-limits::infinity())));
        CHECK(support::is_nan(log(-1.0)));
        CHECK(support::is_nan(log(-limits::denorm_min())));
        CHECK(support::is_nan(log(limits::quiet_NaN())));
        CHECK(support::is_nan(log(-limits::quiet_NaN())));
        CHECK(support::is_nan(log(from_bits<double>(support::infinity_bits<double> + 1))));
        // Also where the hardware takes subnormals for zeros.
        CHECK(log(from_bits<double>(1)) == -0x1.74385446d71c3p+9);
        CHECK(log(limits::max()) == 0x1.62e42fefa39efp+9);
    });
}

TEST_CASE("log1p of special values", "[math][log]") {
    using limits = std::numeric_limits<double>;
    support::for_each_architecture<support::architectures>([](auto arch) {
        using batch = xsimd::batch<double, decltype(arch)>;
        INFO(decltype(arch)::name());
        const auto log1p = [](double x) { return summit::math::log1p(batch(x)).get(batch::size - 1); };
        CHECK(to_bits(log1p(0.0)) == to_bits(0.0));
        CHECK(to_bits(log1p(4.2e-18)) == to_bits(4.2e-18));
        CHECK(to_bits(log1p(limits::min())) == to_bits(limits::min()));
        if (!support::flushes_subnormals()) CHECK(to_bits(log1p(from_bits<double>(1))) == 1);
        CHECK(log1p(0x1p53) == 0x1.25e4f7b2737fap+5);
        CHECK(log1p(limits::max()) == 0x1.62e42fefa39efp+9);
        CHECK(to_bits(log1p(limits::infinity())) == to_bits(limits::infinity()));
        CHECK(support::is_nan(log1p(limits::quiet_NaN())));
        CHECK(support::is_nan(log1p(-limits::quiet_NaN())));
    });
}

// One sum for all architectures, pinned: a build for AArch64 and one for AVX-512 must both produce it, with every compiler
// and every flag.
TEST_CASE("the logarithms have the same bits on every architecture with FMA", "[math][log][bits]") {
    support::for_each_architecture<support::fused_architectures>([](auto arch) {
        using batch = xsimd::batch<double, decltype(arch)>;
        INFO(decltype(arch)::name());
        std::mt19937_64 random(7);
        std::uint64_t sum = 0;
        const auto add = [&](const doubles& values) {
            for (const double value : values) sum = (sum ^ to_bits(value)) * 0x9e3779b97f4a7c15u;
        };
        for (int round = 0; round != 256; ++round) {
            doubles x, y, high, low;
            for (double& value : x) value = from_bits<double>(to_bits(0x1p-40) + random() % (std::uint64_t(104) << 52));
            support::map<decltype(arch)>(x, y, [](const auto& v) { return summit::math::log(v); });
            add(y);
            support::map<decltype(arch)>(x, y, [](const auto& v) { return summit::math::log1p(v); });
            add(y);
            for (double& value : x) value = from_bits<double>(to_bits(1.0) + random() % (std::uint64_t(64) << 52));
            for (std::size_t i = 0; i != chunk; i += batch::size) {
                const auto v = batch::load_unaligned(&x[i]);
                const auto parts = summit::math::log_parts(v, v * batch(0x1p-55));
                parts.high.store_unaligned(&high[i]);
                parts.low.store_unaligned(&low[i]);
            }
            add(high);
            add(low);
        }
        CHECK(sum == 0xe95cda85e453acdb);
    });
}
