// SPDX-License-Identifier: MIT
#include <summit/op/compensated_sum.hpp>

#include "support/architectures.hpp"
#include "support/oracle.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_test_macros.hpp>

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

/// Of x[term][lane], added in twos as the kernels do.
template <class Arch>
std::vector<double> log_of(const std::vector<std::vector<double>>& x) {
    using batch = xsimd::batch<double, Arch>;
    const auto term = [&](std::size_t i) { return batch::load_unaligned(x[i].data()); };
    summit::op::compensated_sum<Arch> sum(term(0), term(1));
    std::size_t i = 2;
    for (; i + 2 <= x.size(); i += 2) sum.add(term(i), term(i + 1));
    if (i != x.size()) sum.add(term(i));
    std::vector<double> logs(batch::size);
    sum.log().store_unaligned(logs.data());
    return logs;
}

template <class Arch>
double log_of_row(const std::vector<double>& row) {
    std::vector<std::vector<double>> x;
    for (const double value : row) x.emplace_back(xsimd::batch<double, Arch>::size, value);
    return log_of<Arch>(x).front();
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
                const auto logs = log_of<Arch>(x);
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
