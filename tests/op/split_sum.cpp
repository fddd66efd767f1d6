// SPDX-License-Identifier: MIT
#include <summit/op/doubt.hpp>
#include <summit/op/split_sum.hpp>

#include "support/architectures.hpp"
#include "support/few.hpp"
#include "support/oracle.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <optional>
#include <random>
#include <vector>

namespace {

constexpr std::ptrdiff_t most_terms = 31;
constexpr double float_epsilon = 0x1p-23;

template <class Arch>
using plain_sum = summit::op::split_sum<Arch>;
template <class Arch>
using relative_sum = summit::op::split_sum<Arch, true>;

/// One vector of results from x[term][lane].
template <class Arch>
struct results : support::few_logs<summit::op::split_sum<Arch>, float, Arch> {
    results(const std::vector<std::vector<float>>& x, std::size_t first, float least)
        : support::few_logs<summit::op::split_sum<Arch>, float, Arch>(x, first),
          doubtful(summit::op::doubt<float, Arch>(least)(xsimd::batch<float, Arch>::load_unaligned(this->log.data()))) {
    }
    std::uint64_t doubtful;
};

/// Of all sizes; close together, where every term counts; one far above the rest; and with sums near 1.
std::vector<std::vector<float>> some_terms(std::mt19937_64& random, std::ptrdiff_t terms, std::size_t lanes) {
    std::vector<std::vector<float>> x(static_cast<std::size_t>(terms), std::vector<float>(lanes));
    const auto unit = [&] { return static_cast<float>(random() >> 40) * 0x1p-24f; };
    for (std::size_t lane = 0; lane != lanes; ++lane) {
        const float spread = std::ldexp(1.0f, static_cast<int>(random() % 8) - 3);
        const float at = random() % 2 == 0 ? 80.0f * unit() - 40.0f : -std::log(static_cast<float>(terms));
        for (auto& row : x) row[lane] = at + spread * (2.0f * unit() - 1.0f);
        if (random() % 4 == 0) x[random() % x.size()][lane] += 8.0f * unit();
    }
    return x;
}

template <class Arch>
auto sum_of(const std::vector<float>& x) {
    return support::few_logs_of<plain_sum<Arch>, float, Arch>(x);
}

} // namespace

TEST_CASE("the log of a split sum is within its bound, and within one ulp where it is certain",
          "[split_sum][accuracy]") {
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        constexpr std::size_t lanes = 4096;
        for (std::ptrdiff_t terms = 2; terms <= most_terms; ++terms) {
            std::mt19937_64 random(static_cast<std::uint64_t>(terms));
            const double bound = summit::op::split_sum<Arch>::error(terms);
            const float least = summit::op::split_sum<Arch>::least_certain(terms, float_epsilon);
            support::worst_case<float> worst, worst_ulp;
            for (std::uint64_t round = 0; round < 16; round += support::thinning) {
                const auto x = some_terms(random, terms, lanes);
                for (std::size_t first = 0; first != lanes; first += xsimd::batch<float, Arch>::size) {
                    const results<Arch> got(x, first, least);
                    for (std::size_t i = 0; i != got.log.size(); ++i) {
                        long double sum = 0.0L;
                        for (const auto& row : x) sum += std::exp(static_cast<long double>(row[first + i]));
                        const auto want = static_cast<double>(std::log(sum));
                        const float magnitude = std::abs(got.log[i]);
                        const double last = std::nextafter(magnitude, 1e9f) - magnitude;
                        const double error = std::abs(static_cast<double>(got.log[i]) - want);
                        worst.see((error - 0.5 * last) / bound, got.log[i]);
                        const bool is_doubtful = (got.doubtful >> i & 1U) != 0;
                        // Where the two disagree about the border the log is right next to it.
                        if (is_doubtful != (magnitude < least)) worst_ulp.see(1e30, got.log[i]);
                        if (!is_doubtful && magnitude < 56.0f) worst_ulp.see(error / last, got.log[i]);
                    }
                }
            }
            if (terms % 8 == 3)
                std::printf("split_sum %-18td %-12s %.3f of its bound, %.4f ulp from %g on\n", terms, Arch::name(),
                            worst.error, worst_ulp.error, static_cast<double>(least));
            CAPTURE(Arch::name(), terms, worst.input, worst_ulp.input);
            CHECK(worst.error <= 1.0);
            CHECK(worst_ulp.error <= 1.0);
        }
    });
}

TEST_CASE("logs are certain from the power of two on whose last bit is twice their error", "[split_sum]") {
    using sum = summit::op::split_sum<xsimd::best_arch>;
    for (const double epsilon : {0x1p-23, 0x1p-10, 0x1p-7})
        for (std::ptrdiff_t terms = 2; terms <= most_terms; ++terms) {
            const auto least = static_cast<double>(sum::least_certain(terms, epsilon));
            CAPTURE(epsilon, terms, least);
            int exponent = 0;
            CHECK(std::frexp(least, &exponent) == 0.5);
            CHECK(least * epsilon >= 2.0 * sum::error(terms));
            CHECK(least * epsilon < 4.0 * sum::error(terms));
        }
    CHECK(sum::least_certain(3, float_epsilon) == 0.25f);
}

TEST_CASE("a split sum says when it is out of range or has a NaN", "[split_sum]") {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        const auto among = [](float lost) {
            return std::vector<std::vector<float>>{{lost, 1.0f},       {1.0f, lost},
                                                   {1.0f, lost, 1.0f}, {-infinity, lost, 2.0f},
                                                   {lost, lost},       {2.0f, 1.0f, lost}};
        };
        for (const float lost : {nan, -nan, infinity, 57.0f, 88.0f, 89.0f, 1e30f, std::numeric_limits<float>::max()})
            for (const std::vector<float>& x : among(lost)) {
                CAPTURE(Arch::name(), support::to_bits(lost), x);
                CHECK_FALSE(sum_of<Arch>(x).fits);
            }
        for (const float lost : {-60.0f, -80.0f, -81.0f, -1e30f, -infinity}) {
            CAPTURE(Arch::name(), lost);
            CHECK_FALSE(sum_of<Arch>({lost, lost, lost}).fits);
            // Nothing beside a term in range.
            CHECK(sum_of<Arch>({lost, 3.0f, lost}).log[0] == 3.0f);
            CHECK(sum_of<Arch>({-40.0f, lost}).log[0] == -40.0f);
        }
        // Elements that are left out tell nothing of the others.
        CHECK(sum_of<Arch>({-infinity, 3.0f}).fits);
        CHECK(sum_of<Arch>({-infinity, -infinity, 3.0f}).fits);
        CHECK(sum_of<Arch>({-infinity, -infinity, 3.0f}).log[0] == 3.0f);
    });
}

TEST_CASE("a split sum has the bits it always had, on every architecture with FMA", "[split_sum][bits]") {
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        INFO(Arch::name());
        std::mt19937_64 random(11);
        std::uint64_t bits = 0;
        for (std::ptrdiff_t terms = 2; terms <= most_terms; ++terms) {
            std::vector<std::vector<float>> x(static_cast<std::size_t>(terms), std::vector<float>(1024));
            for (auto& row : x)
                for (float& value : row) value = static_cast<float>(random() >> 44) * 0x1p-14f - 32.0f;
            for (std::size_t first = 0; first != 1024; first += xsimd::batch<float, Arch>::size)
                for (const float log : results<Arch>(x, first, 1.0f).log)
                    bits = (bits ^ support::to_bits(log)) * 0x9e3779b97f4a7c15U;
        }
        CHECK(bits == 0x55275debb615ee23U);
    });
}

TEST_CASE("relative to nothing a split sum has the bits it has otherwise", "[split_sum][bits]") {
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        constexpr std::size_t lanes = xsimd::batch<float, Arch>::size;
        std::mt19937_64 random(5);
        const auto unit = [&] { return static_cast<float>(static_cast<double>(random() >> 40) * 0x1p-24); };
        for (const std::size_t terms : {2U, 3U, 4U, 9U, 31U}) {
            for (int round = 0; round != 64; ++round) {
                std::vector<std::vector<float>> x(terms, std::vector<float>(lanes));
                for (auto& row : x)
                    for (float& value : row) value = float(30) * (unit() - float(0.5));
                const support::few_logs<plain_sum<Arch>, float, Arch> plain(x);
                const support::few_logs<relative_sum<Arch>, float, Arch> relative(x);
                CAPTURE(Arch::name(), terms);
                CHECK(plain.fits);
                CHECK(relative.fits);
                for (std::size_t i = 0; i != lanes; ++i) {
                    REQUIRE(support::to_bits(plain.log[i]) == support::to_bits(relative.log[i]));
                    float largest = x[0][i];
                    for (const auto& row : x) largest = std::max(largest, row[i]);
                    REQUIRE(relative.largest[i] == largest);
                }
            }
        }
    });
}

TEST_CASE("far from 0 the log of a relative split sum is right, however far its first terms", "[split_sum][accuracy]") {
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        std::mt19937_64 random(6);
        const auto unit = [&] { return static_cast<float>(static_cast<double>(random() >> 40) * 0x1p-24); };
        support::worst_case<float> worst;
        for (const std::size_t terms : {2U, 3U, 8U, 31U, 71U}) {
            for (const float height : {-100000.0f, -5000.0f, -200.0f, 200.0f, 5000.0f, 100000.0f}) {
                for (int round = 0; round != 40; ++round) {
                    std::vector<float> row(terms);
                    for (float& x : row) x = height - float(20) * unit();
                    // The first two as far below the largest term as they may be.
                    row[0] -= static_cast<float>(round * 2);
                    row[1] -= static_cast<float>(round * 2);
                    row[random() % terms] = height;
                    const auto got = support::few_logs_of<relative_sum<Arch>, float, Arch>(row);
                    const auto want = support::exact_log_sum_exp<float>(row);
                    worst.see(want.error(got.log[0]), got.log[0]);
                }
            }
        }
        CAPTURE(Arch::name(), worst.input);
        CHECK(worst.error <= 0.6);
    });
}

TEST_CASE(
    "a relative split sum whose first terms are far from its maximum says so, and is right where its maximum is known",
    "[split_sum]") {
    using limits = std::numeric_limits<float>;
    constexpr float nothing = -limits::infinity(), nan = limits::quiet_NaN();
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        constexpr auto unknown = support::to_bits(relative_sum<Arch>::unknown);
        const auto log_of = [](const std::vector<float>& row, std::optional<float> maximum = {}) {
            return support::few_logs_of<relative_sum<Arch>, float, Arch>(row, maximum);
        };
        const auto is_unknown = [&](const auto& of) { return support::to_bits(of.log[0]) == unknown; };
        CAPTURE(Arch::name());
        const std::vector<std::vector<float>> rows{{1, 1, 5000},
                                                   {-5000, -5000, 2, -5000},
                                                   {-9000, -9000, -3000},
                                                   {nothing, nothing, 7000, nothing},
                                                   {nothing, nothing, -7000}};
        for (const auto& row : rows) {
            const auto first = log_of(row);
            CAPTURE(row);
            CHECK(is_unknown(first));
            CHECK_FALSE(first.fits);
            CHECK(first.largest[0] == row[2]);
            CHECK(log_of(row, row[2]).log[0] == row[2]);
        }
        // Beside a number in range nothing counts.
        CHECK(log_of({nothing, nothing, 3, nothing}).log[0] == 3);
        CHECK(log_of({nothing, -7000}).log[0] == -7000);
        CHECK(support::to_bits(log_of({nothing, nothing, nothing}).log[0]) == support::to_bits(nothing));
        CHECK(support::to_bits(log_of({nothing, nothing}).log[0]) == support::to_bits(nothing));
        // Terms none of which overflows, but their sum does: that is no NaN.
        for (std::size_t terms = 3; terms <= 71; ++terms)
            for (const float large : {85.0f, 86.0f, 87.0f, 87.3f, 87.4f}) {
                std::vector<float> row(terms, large);
                row[0] = row[1] = 0.0f;
                const auto first = log_of(row);
                CAPTURE(terms, large, first.log[0]);
                CHECK_FALSE(support::is_nan(first.log[0]));
                if (is_unknown(first))
                    CHECK(std::abs(log_of(row, large).log[0] - large - std::log(static_cast<double>(terms) - 2.0)) <
                          1e-4);
            }
        // What no reference reaches is known neither way.
        for (const float far : {200000.0f, 1e30f, limits::max()})
            for (const float sign : {float(1), float(-1)}) {
                CAPTURE(sign * far);
                CHECK(is_unknown(log_of({sign * far, sign * far})));
                CHECK(is_unknown(log_of({sign * far, sign * far}, sign * far)));
            }
        // Never a number beside NaN, nor anything but +inf beside that, whether or not the maximum is known.
        for (const float others : {float(1), float(-5000), float(5000), nothing, limits::max(), limits::lowest()})
            for (std::size_t terms = 2; terms != 8; ++terms)
                for (std::size_t place = 0; place != terms; ++place)
                    for (const float special : {nan, -nan, -nothing}) {
                        std::vector<float> row(terms, others);
                        row[place] = special;
                        const auto first = log_of(row);
                        CAPTURE(others, terms, place, support::to_bits(special));
                        if (!support::is_nan(first.log[0])) CHECK_FALSE(first.fits);
                        for (const auto& got : {first, log_of(row, first.largest[0])}) {
                            CAPTURE(got.log[0]);
                            CHECK((is_unknown(got) || (support::is_nan(special) ? support::is_nan(got.log[0])
                                                                                : support::to_bits(got.log[0]) ==
                                                                                      support::infinity_bits<float>)));
                        }
                    }
    });
}
