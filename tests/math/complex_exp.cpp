// SPDX-License-Identifier: MIT
#include <summit/math/complex_exp.hpp>

#include "support/architectures.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <math.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>

namespace {

// The C library's, by pointer: -ffast-math would put the x87's own instructions here, which know 66 bits of π.
long double (*volatile true_sin)(long double) = ::sinl;
long double (*volatile true_cos)(long double) = ::cosl;
long double (*volatile true_exp)(long double) = ::expl;

struct number {
    double re;
    double im;
};

template <class Arch>
number exp_of(number z, double k) {
    using batch = xsimd::batch<double, Arch>;
    const auto y = summit::math::relative_complex_exp<true, Arch>(batch(k))(batch(z.re), batch(z.im));
    return {y.re.get(batch::size - 1), y.im.get(batch::size - 1)};
}

/// What the header claims, of sines and of exponentials.
template <class Arch>
constexpr number bounds = summit::math::fuses_multiply_add<Arch> ? number{1.6, 3.4} : number{2.2, 6.0};

} // namespace

TEST_CASE("sines for sums keep their bound from 0 to the largest number", "[math][complex_exp]") {
    support::for_each_architecture<support::architectures>([](auto arch) {
        using Arch = decltype(arch);
        INFO(Arch::name());
        std::mt19937_64 random(43);
        const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
        const auto check = [&](const char* name, const auto& draw) {
            INFO(name);
            double worst = 0.0;
            for (int round = 0; round != 64; ++round) {
                std::array<double, 512> x, sin, cos;
                for (double& value : x) value = (random() & 1) != 0 ? draw() : -draw();
                support::map<Arch>(x, sin, [](const auto& b) { return summit::math::absolute_sincos<true>(b).sin; });
                support::map<Arch>(x, cos, [](const auto& b) { return summit::math::absolute_sincos<true>(b).cos; });
                for (std::size_t i = 0; i != x.size(); ++i) {
                    const auto exact = static_cast<long double>(x[i]);
                    const auto off = [](double got, long double want) {
                        return static_cast<double>(std::abs(static_cast<long double>(got) - want) * 0x1p53L);
                    };
                    worst = std::max({worst, off(sin[i], true_sin(exact)), off(cos[i], true_cos(exact))});
                }
            }
            CHECK(worst <= bounds<Arch>.re);
        };
        check("one quadrant", [&] { return uniform() * 1.6; });
        check("turns", [&] { return uniform() * 100; });
        check("many turns", [&] { return uniform() * 0x1p20; });
        check("up to the integer reduction", [&] { return uniform() * 0x1p36; });
        check("around its border", [&] { return 0x1p36 * (0.999 + uniform() * 0.002); });
        check("all magnitudes", [&] { return std::ldexp(0.5 + uniform() / 2, static_cast<int>(random() % 1024) + 1); });
        check("small", [&] { return std::ldexp(uniform(), -static_cast<int>(random() % 1000)); });
        check("next to multiples of a quarter turn", [&] {
            const double x = static_cast<double>(random() % 600000) * 0x1.921fb54442d18p0;
            return (random() & 1) != 0 ? x : std::nextafter(x, 0.0);
        });
    });
}

TEST_CASE("the exponential of a complex number, relative to a power of two", "[math][complex_exp]") {
    support::for_each_architecture<support::architectures>([](auto arch) {
        using Arch = decltype(arch);
        INFO(Arch::name());
        std::mt19937_64 random(47);
        const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
        double worst = 0.0;
        for (int round = 0; round != 20000; ++round) {
            const double k = static_cast<double>(static_cast<int>(random() % 4000) - 2000);
            const number z{k * 0.693 + (uniform() - 0.5) * 1000, (uniform() - 0.5) * 1000};
            const number y = exp_of<Arch>(z, k);
            const auto re = static_cast<long double>(z.re), im = static_cast<long double>(z.im);
            // Near 1, so that long doubles hold it.
            const long double nearest = std::nearbyint(z.re / 0.6931471805599453);
            const long double size = true_exp(re - nearest * 0xb.17217f7d1cf79abp-4L + nearest * 0x1.b19e1780a1ep-66L);
            const double down = static_cast<double>(static_cast<long double>(k) - nearest);
            const auto off = [&](double got, long double want) {
                const long double scaled = std::ldexp(static_cast<long double>(got), static_cast<int>(down));
                return static_cast<double>(std::abs(scaled - want) / size * 0x1p53L);
            };
            worst = std::max({worst, off(y.re, size * true_cos(im)), off(y.im, size * true_sin(im))});
        }
        CHECK(worst <= bounds<Arch>.im);
        // What real numbers rely on.
        for (double im : {0.0, -0.0}) {
            const number one = exp_of<Arch>({0.0, im}, 0.0);
            CHECK(support::to_bits(one.re) == support::to_bits(1.0));
            CHECK(support::magnitude_bits(one.im) == 0);
        }
    });
}

TEST_CASE("few turns or any, and whatever the neighbours: the same bits, on every architecture with FMA",
          "[math][complex_exp][bits]") {
    std::array<double, 512> x;
    std::mt19937_64 random(53);
    for (double& value : x) value = static_cast<double>(random() >> 11) * 0x1p-53 * 1e4;
    std::array<double, 512> mixed = x;
    for (std::size_t i = 0; i < mixed.size(); i += 7) mixed[i] = 1e300;
    std::array<double, 512> first{};
    bool is_first = true;
    support::for_each_architecture<support::fused_architectures>([&](auto arch) {
        using Arch = decltype(arch);
        INFO(Arch::name());
        std::array<double, 512> few, any;
        support::map<Arch>(x, few, [](const auto& b) { return summit::math::absolute_sincos<false>(b).cos; });
        support::map<Arch>(mixed, any, [](const auto& b) { return summit::math::absolute_sincos<true>(b).cos; });
        if (is_first) first = few;
        is_first = false;
        int different = 0;
        for (std::size_t i = 0; i != x.size(); ++i) {
            different += support::to_bits(few[i]) != support::to_bits(first[i]);
            different += i % 7 != 0 && support::to_bits(any[i]) != support::to_bits(few[i]);
        }
        CHECK(different == 0);
    });
}
