// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Summit authors
#include <summit/math/exp.hpp>

#include "support/architectures.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <random>
#include <thread>
#include <tuple>
#include <vector>

namespace {

using support::from_bits;
using support::to_bits;
using support::worst_case;

// What the header claims.
constexpr double mantissa_bound = 0.90;
constexpr double exp_bound = 0.90;

constexpr std::size_t chunk = 1024;

template <class T>
using chunk_of = std::array<T, chunk>;

template <class T>
struct scaled_chunk {
    chunk_of<T> mantissa;
    std::array<xsimd::as_integer_t<T>, chunk> exponent;
};

template <class Arch, class T>
void exp_scaled(const chunk_of<T>& x, scaled_chunk<T>& y) {
    using batch = xsimd::batch<T, Arch>;
    for (std::size_t i = 0; i != chunk; i += batch::size) {
        const auto e = summit::math::exp_scaled(batch::load_unaligned(&x[i]));
        e.mantissa.store_unaligned(&y.mantissa[i]);
        e.exponent.store_unaligned(&y.exponent[i]);
    }
}

/// The exponent that the low bits hold, without its bias.
template <class T>
int unbiased(xsimd::as_integer_t<T> exponent) {
    constexpr int digits = std::numeric_limits<T>::digits;
    constexpr auto biased_zero =
        to_bits(T(3) / (2 * std::numeric_limits<T>::epsilon())) + std::numeric_limits<T>::max_exponent - 1;
    static_assert(digits == 24 || digits == 53);
    return static_cast<int>(exponent - static_cast<xsimd::as_integer_t<T>>(biased_zero));
}

/// Runs work(index, worst) for the indices below count (see thinning), on two threads; the worst that each architecture saw.
using worst_list = std::vector<worst_case<double>>;

template <class Work>
worst_list on_two_threads(std::uint64_t count, Work work) {
    constexpr std::size_t kinds = std::tuple_size_v<support::architectures>;
    worst_list seen[2] = {worst_list(kinds), worst_list(kinds)};
    const auto half = [&](std::uint64_t parity) {
        for (std::uint64_t i = parity * support::thinning; i < count; i += 2 * support::thinning) work(i, seen[parity]);
    };
    std::thread other(half, 1);
    half(0);
    other.join();
    for (std::size_t i = 0; i != kinds; ++i) seen[0][i].see(seen[1][i]);
    return seen[0];
}

void report(const char* what, const worst_list& worst, double bound) {
    std::size_t i = 0;
    support::for_each_architecture<support::architectures>([&](auto arch) {
        std::printf("%-28s %-12s %.4f ulp at %a\n", what, decltype(arch)::name(), worst[i].error, worst[i].input);
        INFO(what << " on " << decltype(arch)::name() << " at " << worst[i].input);
        CHECK(worst[i].error <= bound);
        ++i;
    });
}

/// exp of every x of the chunk, wide enough to judge a T by.
template <class T>
auto oracle(const chunk_of<T>& x) {
    using wide = std::conditional_t<sizeof(T) == 4, double, long double>;
    std::array<wide, chunk> y;
    if constexpr (sizeof(T) == 4) {
        for (std::size_t i = 0; i != chunk; ++i) y[i] = std::exp(static_cast<wide>(x[i]));
    } else {
        // Not std::exp, and through a pointer that is read anew: g++ -ffast-math puts x87 code in its place that is 2 ulp
        // of double off.
        long double (*volatile exp)(long double) = ::expl;
        long double (*const of)(long double) = exp;
        for (std::size_t i = 0; i != chunk; ++i) y[i] = of(static_cast<wide>(x[i]));
    }
    return y;
}

template <class T>
void judge_exp(const chunk_of<T>& x, worst_list& worst) {
    const auto want = oracle(x);
    const bool flushing = support::flushes_subnormals();
    std::size_t kind = 0;
    support::for_each_architecture<support::architectures>([&](auto arch) {
        chunk_of<T> got;
        support::map<decltype(arch)>(x, got, [](const auto& batch) { return summit::math::exp(batch); });
        for (std::size_t i = 0; i != chunk; ++i) {
            // What lies a rounding away from the smallest normal number may be flushed or not.
            if (flushing && want[i] < std::numeric_limits<T>::min() * (1 + 2 * std::numeric_limits<T>::epsilon())) {
                if (support::magnitude_bits(got[i]) > to_bits(std::numeric_limits<T>::min()))
                    worst[kind].see(1e30, x[i]);
            } else {
                worst[kind].see(support::ulp_error(got[i], want[i]), x[i]);
            }
        }
        ++kind;
    });
}

template <class T>
void judge_mantissa(const chunk_of<T>& x, worst_list& worst) {
    const auto want = oracle(x);
    std::size_t kind = 0;
    support::for_each_architecture<support::architectures>([&](auto arch) {
        scaled_chunk<T> got;
        exp_scaled<decltype(arch)>(x, got);
        for (std::size_t i = 0; i != chunk; ++i) {
            const int n = unbiased<T>(got.exponent[i]);
            const auto mantissa = [&] {
                if constexpr (sizeof(T) == 4)
                    return want[i] * from_bits<double>(static_cast<std::uint64_t>(1023 - n) << 52);
                else
                    return std::ldexp(want[i], -n);
            }();
            const bool in_range = got.mantissa[i] > T(0.70) && got.mantissa[i] < T(1.42);
            worst[kind].see(in_range ? support::ulp_error(got.mantissa[i], mantissa) : 1e30, x[i]);
        }
        ++kind;
    });
}

/// Every stride-th float of magnitude up to 512, tiny ones apart, with both signs.
worst_list float_mantissas(std::uint32_t stride) {
    // Below 2^−26 both 1 + x and the result round to 1 or its neighbour.
    constexpr std::uint32_t first = to_bits(0x1p-26f);
    constexpr std::uint32_t last = to_bits(512.0f);
    const std::uint64_t per_chunk = std::uint64_t(stride) * (chunk / 2);
    return on_two_threads((last - first) / per_chunk + 1, [=](std::uint64_t index, worst_list& worst) {
        chunk_of<float> x;
        for (std::size_t i = 0; i != chunk; i += 2) {
            const std::uint64_t bits = first + index * per_chunk + (i / 2) * stride;
            x[i] = from_bits<float>(static_cast<std::uint32_t>(std::min<std::uint64_t>(bits, last)));
            x[i + 1] = -x[i];
        }
        judge_mantissa(x, worst);
    });
}

/// Points of [−limit, limit_above] where an exp goes wrong if it goes wrong: anywhere, around the multiples of ln 2 / 2
/// where n changes, tiny, and at the lower end.
double interesting_double(std::mt19937_64& random, double below, double above) {
    const double u = static_cast<double>(random() >> 11) * 0x1p-53;
    const double anywhere = below + (above - below) * u;
    switch (random() % 4) {
    case 0:
        return anywhere;
    case 1: {
        const double half_steps = std::floor(anywhere * 2.8853900817779268);
        const double edge = half_steps * 0.34657359027997264;
        return std::min(
            std::max(edge + edge * 0x1p-52 * static_cast<double>(static_cast<int>(random() % 65) - 32), below), above);
    }
    case 2: {
        const double tiny = from_bits<double>(to_bits(1.0) - (random() % (std::uint64_t(70) << 52)));
        return random() % 2 == 0 && above > 0 ? tiny : -tiny;
    }
    default:
        return below + 45.0 * u;
    }
}

} // namespace

TEST_CASE("float exp is within its bound for every x <= 0", "[math][exp][accuracy]") {
    SECTION("where the result is neither 1 nor 0") {
        constexpr std::uint32_t first = to_bits(0x1p-26f);
        constexpr std::uint32_t last = to_bits(104.5f);
        report("exp(float)",
               on_two_threads((last - first) / chunk + 1,
                              [=](std::uint64_t index, worst_list& worst) {
                                  chunk_of<float> x;
                                  for (std::size_t i = 0; i != chunk; ++i)
                                      x[i] = -from_bits<float>(static_cast<std::uint32_t>(first + index * chunk + i));
                                  judge_exp(x, worst);
                              }),
               exp_bound);
    }
    SECTION("1 for every smaller magnitude, 0 for every larger one") {
        const auto count_wrong = [](float begin, float end, float want) {
            std::uint64_t wrong[2] = {0, 0};
            on_two_threads((to_bits(end) - to_bits(begin)) / chunk + 1, [&](std::uint64_t index, worst_list& worst) {
                using arch = xsimd::default_arch;
                chunk_of<float> x;
                for (std::size_t i = 0; i != chunk; ++i)
                    x[i] = from_bits<float>(static_cast<std::uint32_t>(
                        std::min<std::uint64_t>(to_bits(begin) + index * chunk + i, to_bits(end)) | 0x80000000u));
                chunk_of<float> got;
                support::map<arch>(x, got, [](const auto& batch) { return summit::math::exp(batch); });
                for (std::size_t i = 0; i != chunk; ++i)
                    if (to_bits(got[i]) != to_bits(want)) worst[0].see(1.0, x[i]), ++wrong[index % 2];
            });
            return wrong[0] + wrong[1];
        };
        CHECK(count_wrong(0.0f, 0x1p-26f, 1.0f) == 0);
        CHECK(count_wrong(104.0f, std::numeric_limits<float>::infinity(), 0.0f) == 0);
    }
}

TEST_CASE("float exp_scaled is within its bound", "[math][exp][accuracy]") {
    report("exp_scaled(float)", float_mantissas(13), mantissa_bound);
}

TEST_CASE("float exp_scaled is within its bound for every |x| <= 512", "[.slow][math][exp][accuracy]") {
    report("exp_scaled(float), every x", float_mantissas(1), mantissa_bound);
}

TEST_CASE("double exp is within its bound", "[math][exp][accuracy]") {
    const auto sampled = [](double below, double above, auto judge) {
        return on_two_threads(4096, [=](std::uint64_t index, worst_list& worst) {
            std::mt19937_64 random(index);
            chunk_of<double> x;
            for (double& value : x) value = interesting_double(random, below, above);
            judge(x, worst);
        });
    };
    report("exp(double)", sampled(-750.0, 0.0, judge_exp<double>), exp_bound);
    report("exp_scaled(double)", sampled(-4096.0, 4096.0, judge_mantissa<double>), mantissa_bound);
}

TEMPLATE_TEST_CASE("exp of special values", "[math][exp]", float, double) {
    using T = TestType;
    using limits = std::numeric_limits<T>;
    support::for_each_architecture<support::architectures>([](auto arch) {
        using batch = xsimd::batch<T, decltype(arch)>;
        INFO(decltype(arch)::name());
        const auto exp = [](T x) { return summit::math::exp(batch(x)).get(batch::size - 1); };
        const auto bits = [](T x) { return to_bits(x); };
        CHECK(bits(exp(T(0))) == bits(T(1)));
        CHECK(bits(exp(-T(0))) == bits(T(1)));
        CHECK(bits(exp(-limits::denorm_min())) == bits(T(1)));
        CHECK(bits(exp(-limits::infinity())) == bits(T(0)));
        CHECK(bits(exp(limits::lowest())) == bits(T(0)));
        CHECK(bits(exp(T(-1e4))) == bits(T(0)));
        CHECK(support::is_nan(exp(limits::quiet_NaN())));
        CHECK(support::is_nan(exp(-limits::quiet_NaN())));
        CHECK(support::is_nan(exp(from_bits<T>(support::infinity_bits<T> + 1))));
        CHECK(support::is_nan(exp(from_bits<T>(~support::bits_of<T>(0)))));
        // The smallest results: half the smallest subnormal is the border.
        const T border = sizeof(T) == 4 ? T(-0x1.9fe368p+6) : T(-0x1.74910d52d3051p+9);
        CHECK(bits(exp(std::nextafter(border, T(-1e9)))) == bits(T(0)));
        if (!support::flushes_subnormals()) CHECK(bits(exp(border)) == 1);

        const auto zero = summit::math::exp_scaled(batch(T(0)));
        CHECK(bits(zero.mantissa.get(0)) == bits(T(1)));
        CHECK(unbiased<T>(zero.exponent.get(0)) == 0);
        CHECK(support::is_nan(summit::math::exp_scaled(batch(limits::quiet_NaN())).mantissa.get(0)));
        CHECK(support::is_nan(summit::math::exp_scaled(batch(-limits::quiet_NaN())).mantissa.get(0)));
    });
}

TEMPLATE_TEST_CASE("scale is an exact power of two", "[math][exp]", float, double) {
    using T = TestType;
    using limits = std::numeric_limits<T>;
    using integer = xsimd::as_integer_t<T>;
    support::for_each_architecture<support::architectures>([](auto arch) {
        using batch = xsimd::batch<T, decltype(arch)>;
        INFO(decltype(arch)::name());
        std::uint64_t wrong = 0;
        const int largest = sizeof(T) == 4 ? 512 : 4096;
        for (int x = -largest; x <= largest; x += sizeof(T) == 4 ? 1 : 7) {
            const auto e = summit::math::exp_scaled(batch(T(x)));
            const int exponent = unbiased<T>(e.exponent.get(0));
            for (int want = limits::min_exponent - 1; want < limits::max_exponent; ++want) {
                const auto got =
                    summit::math::scale(e, xsimd::batch<integer, decltype(arch)>(integer(want - exponent))).get(0);
                wrong += to_bits(got) != static_cast<support::bits_of<T>>(want + limits::max_exponent - 1)
                                             << (limits::digits - 1);
            }
        }
        CHECK(wrong == 0);
    });
}

// One sum for all architectures, pinned: a build for AArch64 and one for AVX-512 must both produce it, with every compiler
// and every flag.
TEMPLATE_TEST_CASE("exp has the same bits on every architecture with FMA", "[math][exp][bits]", float, double) {
    using T = TestType;
    const std::uint64_t want = sizeof(T) == 4 ? 0x3e7112522354af5f : 0x37221fc6be5a4c60;
    support::for_each_architecture<support::fused_architectures>([=](auto arch) {
        INFO(decltype(arch)::name());
        std::mt19937_64 random(7);
        std::uint64_t sum = 0;
        const auto add = [&](auto value) { sum = (sum ^ static_cast<std::uint64_t>(value)) * 0x9e3779b97f4a7c15u; };
        for (int round = 0; round != 256; ++round) {
            chunk_of<T> x, y;
            for (T& value : x)
                value = static_cast<T>(static_cast<double>(random() >> 40) * 0x1p-24) * T(sizeof(T) == 4 ? 87 : 708);
            scaled_chunk<T> scaled;
            exp_scaled<decltype(arch)>(x, scaled);
            for (const T value : scaled.mantissa) add(to_bits(value));
            for (const auto value : scaled.exponent) add(value);
            for (T& value : x) value = -value;
            support::map<decltype(arch)>(x, y, [](const auto& batch) { return summit::math::exp(batch); });
            for (const T value : y) add(to_bits(value));
        }
        CHECK(sum == want);
    });
}
