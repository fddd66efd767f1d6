// SPDX-License-Identifier: MIT
#include <summit/op/compensated_sum.hpp>

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

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nothing = -infinity;
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

template <class Arch>
using plain_sum = summit::op::compensated_sum<Arch>;
template <class Arch>
using relative_sum = summit::op::compensated_sum<Arch, true>;

template <class Arch>
double log_of_row(const std::vector<double>& row) {
    return support::few_logs_of<plain_sum<Arch>, double, Arch>(row).log[0];
}

} // namespace

TEST_CASE("the log of a compensated sum is within its bound", "[compensated_sum][accuracy]") {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        constexpr std::size_t lanes = xsimd::batch<double, Arch>::size;
        for (const std::size_t terms : {2U, 3U, 4U, 7U, 16U, 71U}) {
            std::mt19937_64 random(terms);
            const auto unit = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
            support::worst_case<double> worst, worst_ulp;
            for (std::uint64_t round = 0; round < 4096 / lanes; round += support::thinning) {
                std::vector<std::vector<double>> x(terms, std::vector<double>(lanes));
                for (std::size_t lane = 0; lane != lanes; ++lane) {
                    const double spread = std::ldexp(1.0, static_cast<int>(random() % 9) - 3);
                    const double at =
                        random() % 2 == 0 ? 600.0 * unit() - 300.0 : -std::log(static_cast<double>(terms));
                    for (auto& row : x) row[lane] = at + spread * (2.0 * unit() - 1.0);
                }
                const auto logs = support::few_logs<plain_sum<Arch>, double, Arch>(x).log;
                for (std::size_t lane = 0; lane != lanes; ++lane) {
                    std::vector<double> of_lane;
                    for (const auto& row : x) of_lane.push_back(row[lane]);
                    const auto want = support::exact_log_sum_exp<double>(of_lane);
                    const double error = std::abs((support::real::of(logs[lane]) - want.value).to_double());
                    const double magnitude = std::abs(logs[lane]);
                    const double last = std::nextafter(magnitude, infinity) - magnitude;
                    worst.see((error - 0.5 * last) * 0x1p53, logs[lane]);
                    if (magnitude >= summit::op::compensated_sum<Arch>::least_certain(2, 0x1p-52))
                        worst_ulp.see(error / last, logs[lane]);
                }
            }
            std::printf("compensated_sum of %-9zu %-12s %.3f units of 2^-53 before it is rounded, %.4f ulp\n", terms,
                        Arch::name(), worst.error, worst_ulp.error);
            CAPTURE(Arch::name(), terms, worst.input, worst_ulp.input);
            CHECK(worst.error <= 2.9);
            CHECK(worst_ulp.error <= 2.0);
        }
    });
}

TEST_CASE("the log of a compensated sum shows where the sum is out of range", "[compensated_sum]") {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        const double most = summit::op::compensated_sum<Arch>::most;
        const auto is_shown = [&](const std::vector<double>& row) {
            const double log = log_of_row<Arch>(row);
            return !(support::is_finite(log) && std::abs(log) < most);
        };
        for (const double lost :
             {not_a_number, -not_a_number, infinity, 341.0, 710.0, 1e5, 1e300, std::numeric_limits<double>::max()}) {
            CAPTURE(Arch::name(), lost);
            CHECK(is_shown({lost, 1.0}));
            CHECK(is_shown({1.0, lost}));
            CHECK(is_shown({1.0, 2.0, lost}));
            CHECK(is_shown({1.0, 2.0, lost, -3.0}));
            CHECK(is_shown({-infinity, 2.0, 1.0, lost, 1.0, lost}));
        }
        for (const double low : {-345.0, -640.0, -1e5, -1e300, -infinity}) {
            CAPTURE(Arch::name(), low);
            CHECK(is_shown({low, low, low}));
            // Nothing beside a term in range.
            CHECK(log_of_row<Arch>({low, 3.0, low}) == 3.0);
            CHECK(log_of_row<Arch>({-300.0, low}) == -300.0);
        }
        CHECK_FALSE(is_shown({339.0, 339.0}));
        CHECK_FALSE(is_shown({-339.0, -339.0}));
    });
}

TEST_CASE("relative to nothing a compensated sum has the bits it has otherwise", "[compensated_sum][bits]") {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        constexpr std::size_t lanes = xsimd::batch<double, Arch>::size;
        std::mt19937_64 random(5);
        const auto unit = [&] { return static_cast<double>(static_cast<double>(random() >> 40) * 0x1p-24); };
        for (const std::size_t terms : {2U, 3U, 4U, 9U, 31U}) {
            for (int round = 0; round != 64; ++round) {
                std::vector<std::vector<double>> x(terms, std::vector<double>(lanes));
                for (auto& row : x)
                    for (double& value : row) value = double(30) * (unit() - double(0.5));
                const support::few_logs<plain_sum<Arch>, double, Arch> plain(x);
                const support::few_logs<relative_sum<Arch>, double, Arch> relative(x);
                CAPTURE(Arch::name(), terms);
                CHECK(plain.fits);
                CHECK(relative.fits);
                for (std::size_t i = 0; i != lanes; ++i) {
                    REQUIRE(support::to_bits(plain.log[i]) == support::to_bits(relative.log[i]));
                    double largest = x[0][i];
                    for (const auto& row : x) largest = std::max(largest, row[i]);
                    REQUIRE(relative.largest[i] == largest);
                }
            }
        }
    });
}

TEST_CASE("far from 0 the log of a relative compensated sum is right, however far its first terms",
          "[compensated_sum][accuracy]") {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        std::mt19937_64 random(6);
        const auto unit = [&] { return static_cast<double>(static_cast<double>(random() >> 40) * 0x1p-24); };
        support::worst_case<double> worst;
        for (const std::size_t terms : {2U, 3U, 8U, 31U, 71U}) {
            for (const double height : {-1e9, -1e5, -800.0, 800.0, 1e5, 1e9}) {
                for (int round = 0; round != 40; ++round) {
                    std::vector<double> row(terms);
                    for (double& x : row) x = height - double(20) * unit();
                    // The first two as far below the largest term as they may be.
                    row[0] -= static_cast<double>(round * 15);
                    row[1] -= static_cast<double>(round * 15);
                    row[random() % terms] = height;
                    const auto got = support::few_logs_of<relative_sum<Arch>, double, Arch>(row);
                    const auto want = support::exact_log_sum_exp<double>(row);
                    worst.see(want.error(got.log[0]), got.log[0]);
                }
            }
        }
        CAPTURE(Arch::name(), worst.input);
        CHECK(worst.error <= 1.0);
    });
}

TEST_CASE("a relative compensated sum whose first terms are far from its maximum says so, and is right where its "
          "maximum is known",
          "[compensated_sum]") {
    using limits = std::numeric_limits<double>;
    constexpr double nan = limits::quiet_NaN();
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        constexpr auto unknown = support::to_bits(relative_sum<Arch>::unknown);
        const auto log_of = [](const std::vector<double>& row, std::optional<double> maximum = {}) {
            return support::few_logs_of<relative_sum<Arch>, double, Arch>(row, maximum);
        };
        const auto is_unknown = [&](const auto& of) { return support::to_bits(of.log[0]) == unknown; };
        CAPTURE(Arch::name());
        const std::vector<std::vector<double>> rows{{1, 1, 5000},
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
        // What no reference reaches is known neither way.
        for (const double far : {3e9, 1e100, limits::max()})
            for (const double sign : {double(1), double(-1)}) {
                CAPTURE(sign * far);
                CHECK(is_unknown(log_of({sign * far, sign * far})));
                CHECK(is_unknown(log_of({sign * far, sign * far}, sign * far)));
            }
        // Never a number beside NaN, nor anything but +inf beside that, whether or not the maximum is known.
        for (const double others : {double(1), double(-5000), double(5000), nothing, limits::max(), limits::lowest()})
            for (std::size_t terms = 2; terms != 8; ++terms)
                for (std::size_t place = 0; place != terms; ++place)
                    for (const double special : {nan, -nan, -nothing}) {
                        std::vector<double> row(terms, others);
                        row[place] = special;
                        const auto first = log_of(row);
                        CAPTURE(others, terms, place, support::to_bits(special));
                        if (!support::is_nan(first.log[0])) CHECK_FALSE(first.fits);
                        for (const auto& got : {first, log_of(row, first.largest[0])}) {
                            CAPTURE(got.log[0]);
                            CHECK((is_unknown(got) || (support::is_nan(special) ? support::is_nan(got.log[0])
                                                                                : support::to_bits(got.log[0]) ==
                                                                                      support::infinity_bits<double>)));
                        }
                    }
    });
}
