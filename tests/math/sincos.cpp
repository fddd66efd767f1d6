// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Summit authors
#include <summit/math/exp.hpp>
#include <summit/math/sincos.hpp>

#include "support/architectures.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <math.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>

namespace {

// What the header claims.
constexpr double fused_bound = 0.85;
constexpr double bound = 1.3;

// The C library's, by pointer: -ffast-math would put the x87's own instructions here, which know 66 bits of π.
long double (*volatile true_sin)(long double) = ::sinl;
long double (*volatile true_cos)(long double) = ::cosl;

template <class Arch>
double worst_error(const std::array<double, 512>& x) {
    std::array<double, 512> sin, cos;
    support::map<Arch>(x, sin, [](const auto& batch) { return summit::math::sincos(batch).sin; });
    support::map<Arch>(x, cos, [](const auto& batch) { return summit::math::sincos(batch).cos; });
    double worst = 0.0;
    for (std::size_t i = 0; i != x.size(); ++i) {
        const auto exact = static_cast<long double>(x[i]);
        worst = std::max(worst, support::ulp_error(sin[i], true_sin(exact)));
        worst = std::max(worst, support::ulp_error(cos[i], true_cos(exact)));
    }
    return worst;
}

} // namespace

TEST_CASE("sincos keeps its bound from 0 to the largest number", "[math][sincos]") {
    const unsigned seed = 11;
    CAPTURE(seed);
    support::for_each_architecture<support::architectures>([&](auto arch) {
        using Arch = decltype(arch);
        INFO(Arch::name());
        const double allowed = summit::math::fuses_multiply_add<Arch> ? fused_bound : bound;
        std::mt19937_64 random(seed);
        const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
        const auto check = [&](const char* name, const auto& draw) {
            INFO(name);
            double worst = 0.0;
            for (int round = 0; round != 64; ++round) {
                std::array<double, 512> x;
                for (double& value : x) value = (random() & 1) != 0 ? draw() : -draw();
                worst = std::max(worst, worst_error<Arch>(x));
            }
            CHECK(worst <= allowed);
        };
        check("one quadrant", [&] { return uniform() * 1.6; });
        check("turns", [&] { return uniform() * 100; });
        check("up to the integer reduction", [&] { return uniform() * 0x1p20; });
        check("around its border", [&] { return 0x1p20 * (0.999 + uniform() * 0.002); });
        check("all magnitudes", [&] { return std::ldexp(0.5 + uniform() / 2, static_cast<int>(random() % 1024) + 1); });
        check("small", [&] { return std::ldexp(uniform(), -static_cast<int>(random() % 1000)); });
        check("next to multiples of a quarter turn", [&] {
            const double x = static_cast<double>(random() % 600000) * 0x1.921fb54442d18p0;
            return (random() & 1) != 0 ? x : std::nextafter(x, 0.0);
        });
    });
}

TEST_CASE("sincos at its hardest argument, and where there is none", "[math][sincos]") {
    support::for_each_architecture<support::architectures>([](auto arch) {
        using batch = xsimd::batch<double, decltype(arch)>;
        INFO(decltype(arch)::name());
        const auto sin = [](double x) { return summit::math::sincos(batch(x)).sin.get(batch::size - 1); };
        const auto cos = [](double x) { return summit::math::sincos(batch(x)).cos.get(batch::size - 1); };
        // 6381956970095103 · 2^797: no double is nearer to an odd multiple of π/2.
        CHECK(support::to_bits(cos(0x1.6ac5b262ca1ffp+849)) == support::to_bits(-0x1.14ae72e6ba22fp-61));
        CHECK(support::to_bits(cos(-0x1.6ac5b262ca1ffp+849)) == support::to_bits(-0x1.14ae72e6ba22fp-61));
        CHECK(support::to_bits(sin(-0x1.6ac5b262ca1ffp+849)) == support::to_bits(-1.0));
        CHECK(support::to_bits(cos(0.0)) == support::to_bits(1.0));
        CHECK(support::to_bits(cos(-0.0)) == support::to_bits(1.0));
        CHECK(support::magnitude_bits(sin(0.0)) == 0);
        CHECK(support::magnitude_bits(sin(-0.0)) == 0);
        for (double x : {std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
            CHECK(support::is_nan(sin(x)));
            CHECK(support::is_nan(sin(-x)));
            CHECK(support::is_nan(cos(x)));
        }
    });
}

// xsimd::sincos chooses its reduction by all lanes together.
TEST_CASE("a lane of sincos does not depend on its neighbours", "[math][sincos]") {
    support::for_each_architecture<support::architectures>([](auto arch) {
        using batch = xsimd::batch<double, decltype(arch)>;
        INFO(decltype(arch)::name());
        for (double x : {0.3, 1.57, 44.7, 1e5, 1e7, 1e300}) {
            for (double other : {0.0, 1.5, 1e3, 1e9}) {
                alignas(batch) std::array<double, batch::size> lanes;
                lanes.fill(other);
                lanes[0] = x;
                const auto mixed = summit::math::sincos(batch::load_aligned(lanes.data()));
                const auto alone = summit::math::sincos(batch(x));
                CHECK(support::to_bits(mixed.sin.get(0)) == support::to_bits(alone.sin.get(0)));
                CHECK(support::to_bits(mixed.cos.get(0)) == support::to_bits(alone.cos.get(0)));
            }
        }
    });
}

TEST_CASE("sincos has the same bits on every architecture with FMA", "[math][sincos][bits]") {
    support::for_each_architecture<support::fused_architectures>([](auto arch) {
        INFO(decltype(arch)::name());
        std::mt19937_64 random(7);
        std::uint64_t sum = 0;
        const auto add = [&](double value) { sum = (sum ^ support::to_bits(value)) * 0x9e3779b97f4a7c15U; };
        for (int round = 0; round != 64; ++round) {
            std::array<double, 512> x, sin, cos;
            for (double& value : x) {
                const auto mantissa = static_cast<double>(static_cast<std::int64_t>(random()));
                // Not std::ldexp: g++ -ffast-math has a vector exp2 for it, which is not exact.
                value = mantissa * support::from_bits<double>((943 + random() % 60) << 52);
            }
            support::map<decltype(arch)>(x, sin, [](const auto& batch) { return summit::math::sincos(batch).sin; });
            support::map<decltype(arch)>(x, cos, [](const auto& batch) { return summit::math::sincos(batch).cos; });
            for (double value : sin) add(value);
            for (double value : cos) add(value);
        }
        CHECK(sum == 0xfc52378a15795fe6);
    });
}
