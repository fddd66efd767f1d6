// SPDX-License-Identifier: MIT
#include <summit/op/online_sum.hpp>

#include "support/architectures.hpp"
#include "support/oracle.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <random>
#include <vector>

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

template <class Arch>
double log_of(const std::vector<double>& row) {
    summit::op::online_sum<Arch> sum;
    for (const double x : row) sum.add(xsimd::batch<double, Arch>(x));
    return sum.log().get(0);
}

} // namespace

TEST_CASE("the log of an online sum far from 0 is within its bound, in whatever order the terms come",
          "[online_sum][accuracy]") {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        support::worst_case<double> worst, worst_ulp;
        std::mt19937_64 random(5);
        const auto unit = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
        for (std::uint64_t round = 0; round < 6000; round += support::thinning) {
            const std::size_t terms = 1 + random() % 71;
            const double sign = random() % 2 == 0 ? 1.0 : -1.0;
            const double at =
                sign * std::ldexp(340.0 + 340.0 * unit(), static_cast<int>(random() % 3 == 0 ? random() % 40 : 0));
            const double spread = std::ldexp(1.0, static_cast<int>(random() % 11) - 4);
            std::vector<double> row(terms);
            for (double& x : row) x = at - spread * unit();
            if (random() % 3 == 0) std::sort(row.begin(), row.end());
            if (random() % 3 == 0) std::sort(row.rbegin(), row.rend());
            const double got = log_of<Arch>(row);
            const auto want = support::exact_log_sum_exp<double>(row);
            const double error = std::abs((support::real::of(got) - want.value).to_double());
            const double last = std::nextafter(std::abs(got), infinity) - std::abs(got);
            worst.see((error - 0.5 * last) * 0x1p53 / static_cast<double>(terms), got);
            worst_ulp.see(error / last, got);
        }
        std::printf("%-28s %-12s %.3f units of 2^-53 a term before it is rounded, %.4f ulp at %a\n", "online_sum",
                    Arch::name(), worst.error, worst_ulp.error, worst_ulp.input);
        CAPTURE(Arch::name(), worst.input, worst_ulp.input);
        CHECK(worst.error <= 2.9);
        CHECK(worst_ulp.error <= 1.0);
    });
}

TEST_CASE("an online sum takes any size, and does not hide what it cannot tell", "[online_sum]") {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        CAPTURE(Arch::name());
        CHECK(log_of<Arch>({-1e300}) == -1e300);
        CHECK(log_of<Arch>({-1e300, 1e300, 0.0}) == 1e300);
        CHECK(log_of<Arch>({-1000.0, -400.0, -2000.0}) == -400.0);
        CHECK(log_of<Arch>({-2000.0, -infinity}) == -2000.0);
        CHECK(log_of<Arch>({-infinity, -2000.0}) == -2000.0);
        CHECK(log_of<Arch>({1000.0, 1000.0}) == 1000.0 + std::log(2.0));
        for (const std::vector<double>& row : {std::vector{not_a_number, -1000.0},
                                               {-1000.0, not_a_number},
                                               {-1000.0, not_a_number, -500.0},
                                               {-500.0, -not_a_number, -1000.0, -400.0},
                                               {infinity, not_a_number},
                                               {not_a_number, infinity},
                                               {infinity, infinity}})
            CHECK(support::is_nan(log_of<Arch>(row)));
        // Right, or left to others.
        for (const std::vector<double>& row : {std::vector{infinity, 1.0}, {1.0, infinity}, {-infinity, infinity}}) {
            const double log = log_of<Arch>(row);
            CHECK((support::is_nan(log) || support::to_bits(log) == support::infinity_bits<double>));
        }
        CHECK(log_of<Arch>({-infinity, -infinity, -1e300, -infinity}) == -1e300);
        CHECK(support::is_nan(log_of<Arch>({-infinity, -infinity})));
    });
}
