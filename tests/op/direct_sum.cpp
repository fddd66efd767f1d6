// SPDX-License-Identifier: MIT
#include <summit/math/exp.hpp>
#include <summit/op/direct_sum.hpp>

#include "support/architectures.hpp"
#include "support/sums.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <random>
#include <vector>

namespace {

template <class Arch>
using wide = xsimd::batch<double, Arch>;

/// The log of what a direct sum of `terms`, all of them in every lane, stands for.
template <class T, class Arch>
long double log_of(const std::vector<T>& terms, double log_terms) {
    using direct = summit::op::direct_sum<T>;
    typename direct::template sum<Arch> sum{};
    for (const T x : terms) sum.add(direct::template term<false>(xsimd::batch<T, Arch>(x)));
    std::array<double, xsimd::batch<T, Arch>::size> high;
    std::array<double, xsimd::batch<T, Arch>::size> low;
    summit::math::store(sum, high.data(), low.data());
    CHECK(summit::op::in_range<T>(wide<Arch>(high[0])).get(0));
    return support::log_of_total<T, Arch>(high[0], low[0], log_terms);
}

long double true_log(const std::vector<float>& terms) {
    long double sum = 0.0L;
    for (const float x : terms) sum += std::exp(static_cast<long double>(x));
    return std::log(sum);
}

} // namespace

TEST_CASE("the log of a direct sum of floats is within its bound", "[direct_sum][accuracy]") {
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        std::mt19937 random(21);
        support::worst_case<double> worst;
        double worst_part = 0.0;
        for (const int count : {1, 2, 3, 10, 100, 1000, 16384}) {
            const double log_terms = std::log(static_cast<double>(count));
            // One at a time no pairs are rounded: 1.35 from the terms, and what unstretched() adds.
            const double bound = 1.35 + 0.023 * log_terms + 0.02;
            for (const float height : {-34.0f, -10.0f, -0.1f, 0.0f, 3.0f, 40.0f, 80.0f - std::log(16384.0f), 77.0f}) {
                for (const float spread : {0.0f, 0.1f, 5.0f, 80.0f}) {
                    std::vector<float> terms;
                    for (int i = 0; i != count; ++i)
                        terms.push_back(
                            std::max(-71.0f, height - spread * static_cast<float>(random() % 65536) * 0x1p-16f));
                    terms[0] = height;
                    const auto got = log_of<float, Arch>(terms, log_terms);
                    const auto error = static_cast<double>(std::abs(got - true_log(terms))) * 0x1p24;
                    CAPTURE(Arch::name(), count, height, spread, error);
                    CHECK(error <= bound);
                    worst.see(error, static_cast<double>(height));
                    worst_part = std::max(worst_part, error / bound);
                }
            }
        }
        std::printf("%-28s %-12s %.4f of 2^-24 at height %g, %.2f of the bound\n", "direct_sum(float)", Arch::name(),
                    worst.error, worst.input, worst_part);
    });
}

TEST_CASE("the log of a direct sum of coarse terms, added up in float, is within its bound", "[direct_sum][accuracy]") {
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        using batch = xsimd::batch<float, Arch>;
        using direct = summit::op::direct_sum<float>;
        std::mt19937 random(22);
        support::worst_case<double> worst;
        for (const int count : {1, 2, 3, 10, 128}) {
            for (const float height : {-22.0f, -4.5f, -0.1f, 0.0f, 3.0f, 22.0f}) {
                for (const float spread : {0.0f, 0.1f, 5.0f, 80.0f}) {
                    summit::math::plain_sum<float, Arch> sum{};
                    std::vector<float> terms;
                    for (int i = 0; i != count; ++i) {
                        terms.push_back(height -
                                        (i == 0 ? 0.0f : spread * static_cast<float>(random() % 65536) * 0x1p-16f));
                        sum.add(direct::term<true>(batch(terms.back())));
                    }
                    std::array<double, batch::size> high, low;
                    summit::math::store(sum, high.data(), low.data());
                    const long double got =
                        support::log_of_total<float, Arch>(high[0], low[0], std::log(static_cast<double>(count)));
                    worst.see(static_cast<double>(std::abs(got - true_log(terms))), static_cast<double>(height));
                }
            }
        }
        CAPTURE(Arch::name(), worst.input);
        CHECK(worst.error <= direct::error<Arch>(0x1p-10));
        CHECK(worst.error > direct::error<Arch>(0x1p-23));
        std::printf("%-28s %-12s %.4f of 2^-24 at height %g\n", "direct_sum(float), coarse", Arch::name(),
                    worst.error * 0x1p24, worst.input);
    });
}

// Uncorrected, the stretch alone would be 80 · 2.7e-9 · 2^24 = 3.7 units.
TEST_CASE("values far from 0 are put back where they were", "[direct_sum]") {
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        CAPTURE(Arch::name());
        // Equal terms, whose own errors are the same: only what unstretched() does differs.
        for (int i = -34; i <= 80; ++i) {
            const auto x = static_cast<float>(i);
            const auto alone = log_of<float, Arch>({x}, 0.0);
            CAPTURE(i);
            CHECK(std::abs(static_cast<double>(alone) - static_cast<double>(x)) <= 1.38 * 0x1p-24);
        }
    });
}

TEST_CASE("a direct sum of doubles stands for itself", "[direct_sum]") {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        CAPTURE(Arch::name());
        for (const double x : {-300.0, -40.0, 0.0, 1.0, 80.0, 640.0}) {
            const auto got = static_cast<double>(log_of<double, Arch>({x, x, x, x}, std::log(4.0)));
            CHECK(std::abs(got - (x + 2 * 0.6931471805599453)) <= 0x1p-51 * std::max(1.0, std::abs(x)));
        }
    });
}

TEST_CASE("a sum is in range from the smallest to the largest, and not as NaN, infinite or negative", "[direct_sum]") {
    using limits = std::numeric_limits<double>;
    const auto check = []<class T, class Arch>(T, Arch) {
        using direct = summit::op::direct_sum<T>;
        const auto in_range = [](double sum) { return bool(summit::op::in_range<T>(wide<Arch>(sum)).get(0)); };
        CAPTURE(Arch::name(), sizeof(T));
        CHECK(in_range(direct::smallest));
        CHECK(in_range(direct::largest * (1.0 - 0x1p-53)));
        CHECK(!in_range(direct::smallest * (1.0 - 0x1p-53)));
        CHECK(!in_range(direct::largest));
        for (const double sum : {0.0, -0.0, -1.0, -direct::smallest, -direct::largest, limits::max(), limits::lowest(),
                                 limits::infinity(), -limits::infinity(), limits::quiet_NaN(), -limits::quiet_NaN()}) {
            CAPTURE(support::to_bits(sum));
            CHECK(!in_range(sum));
        }
    };
    support::for_each_architecture<support::architectures>([&](auto arch) {
        check(0.0f, arch);
        check(0.0, arch);
    });
}

TEST_CASE("whatever a term alone cannot hold leaves the range", "[direct_sum]") {
    const auto check = []<class T, class Sum, class Arch>(T, Sum, Arch, auto term) {
        using limits = std::numeric_limits<T>;
        const T highest = sizeof(T) == sizeof(float) ? T(89) : T(709);
        CAPTURE(Arch::name(), sizeof(T));
        for (const T x : {highest, T(1e4), T(1e30), limits::max(), limits::infinity(), limits::quiet_NaN(),
                          -limits::quiet_NaN(), T(-1e4), limits::lowest(), -limits::infinity()}) {
            Sum sum{};
            // As many as a block has, where they are small.
            const bool is_small = support::to_bits(x) > support::infinity_bits<T> && !support::is_nan(x);
            for (int i = 0; i != (is_small ? 16384 : 1); ++i) sum.add(term(xsimd::batch<T, Arch>(x)));
            std::array<double, xsimd::batch<T, Arch>::size> high;
            std::array<double, xsimd::batch<T, Arch>::size> low;
            summit::math::store(sum, high.data(), low.data());
            CAPTURE(support::to_bits(x));
            for (const double lane : high) CHECK(!summit::op::in_range<T>(wide<Arch>(lane)).get(0));
        }
    };
    support::for_each_architecture<support::fused_architectures>([&]<class Arch>(Arch arch) {
        using floats = summit::op::direct_sum<float>;
        using doubles = summit::op::direct_sum<double>;
        check(0.0f, floats::sum<Arch>{}, arch, [](const auto& x) { return floats::term<false>(x); });
        check(0.0f, summit::math::plain_sum<float, Arch>{}, arch, [](const auto& x) { return floats::term<true>(x); });
        check(0.0, doubles::sum<Arch>{}, arch, [](const auto& x) { return doubles::term<false>(x); });
    });
}

TEMPLATE_TEST_CASE("far from 0 the log of a sum relative to a power of two is within its bound",
                   "[direct_sum][accuracy]", float, double) {
    using direct = summit::op::direct_sum<TestType>;
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        using batch = xsimd::batch<TestType, Arch>;
        std::mt19937 random(23);
        for (const int count : {1, 2, 10, 1000}) {
            for (const TestType height : {TestType(-100000), TestType(-900), TestType(150), TestType(5000)}) {
                // The sampled term is the largest, or so far below it as it may be.
                for (const TestType missed : {TestType(0), TestType(40), TestType(80)}) {
                    const batch k = direct::reference.exponent(batch(height - missed));
                    const typename direct::template relative_term<false, Arch> term(k);
                    typename direct::template sum<Arch> sum{};
                    long double exact = 0.0L;
                    for (int i = 0; i != count; ++i) {
                        const TestType x =
                            height -
                            (i == 0 ? TestType(0) : static_cast<TestType>(random() % 65536) * TestType(0x1p-10));
                        sum.add(term(batch(x)));
                        exact += std::exp(static_cast<long double>(x) - static_cast<long double>(height));
                    }
                    std::array<double, batch::size> high, low;
                    summit::math::store(sum, high.data(), low.data());
                    CAPTURE(Arch::name(), count, height, missed);
                    CHECK(summit::op::in_range<TestType>(wide<Arch>(high[0])).get(0));
                    const long double got = support::log_of_total<TestType, Arch>(
                        high[0], low[0], std::log(static_cast<double>(count)), k.get(0));
                    const long double want = static_cast<long double>(height) + std::log(exact);
                    const long double bound = sizeof(TestType) == sizeof(float)
                                                  ? 2.0L * 0x1p-24L
                                                  : 4.0L * 0x1p-53L + std::abs(height) * 0x1p-62L;
                    CHECK(std::abs(got - want) <= bound);
                }
            }
        }
    });
}
