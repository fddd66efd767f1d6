// SPDX-License-Identifier: MIT
#include <summit/cpu/far_rows.hpp>
#include <summit/cpu/tile_sums.hpp>
#include <summit/op/log_sum_exp.hpp>

#include "support/architectures.hpp"
#include "support/oracle.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <vector>

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

template <class T, class Arch>
summit::cpu::shifted_sum<Arch> sum_of(const std::vector<T>& row, const summit::cpu::far_range& range) {
    return summit::cpu::sum_shifted<summit::op::log_sum_exp<T>, T, Arch>(
        row.data(), static_cast<std::ptrdiff_t>(row.size()), range);
}

/// The result that such a sum stands for.
template <class T, class Arch>
double log_of(const summit::cpu::shifted_sum<Arch>& sum, std::size_t terms) {
    const double log_terms =
        summit::cpu::tile_sums<summit::op::log_sum_exp<T>, Arch, T>::log_of(static_cast<std::ptrdiff_t>(terms), 1);
    return summit::op::log_sum_exp<T>::template finish_total<T, Arch>(sum.total, 1, log_terms).get(0) + sum.maximum;
}

} // namespace

// Where there is no FMA the sums of floats are not taken so.
TEMPLATE_TEST_CASE("rows far from 0 have their sums less the maximum, of any length", "[far_rows][accuracy]", float,
                   double) {
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        std::mt19937_64 random(9);
        const auto unit = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
        support::worst_case<double> worst;
        const double nearest = sizeof(TestType) == 4 ? 100.0 : 750.0;
        for (std::size_t terms = 1; terms <= 600; terms += 1 + terms / 64) {
            for (int round = 0; round != 6; ++round) {
                const double at = (round % 2 == 0 ? 1.0 : -1.0) * std::ldexp(nearest * (1.0 + unit()), round / 2 * 10);
                const double spread = std::ldexp(1.0, static_cast<int>(random() % 9) - 2);
                std::vector<TestType> row(terms);
                for (TestType& x : row) x = static_cast<TestType>(at - spread * unit());
                if (round % 3 == 0) row[random() % terms] = static_cast<TestType>(-infinity);
                const auto want = support::exact_log_sum_exp<TestType>(row);
                const auto sum = sum_of<TestType, Arch>(row, summit::cpu::far_rows<TestType>);
                CAPTURE(Arch::name(), terms, at);
                REQUIRE(sum.is_known == (want.is == support::exact_result::kind::number));
                if (!sum.is_known) continue;
                const auto got = static_cast<TestType>(log_of<TestType>(sum, terms));
                worst.see(want.error(got), static_cast<double>(got));
            }
        }
        CAPTURE(Arch::name(), worst.input);
        CHECK(worst.error <= (sizeof(TestType) == 4 ? 0.6 : 1.1));
    });
}

TEMPLATE_TEST_CASE("only rows in the range asked for, finite and without NaN are summed so", "[far_rows]", float,
                   double) {
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        const auto is_known = [](const std::vector<TestType>& row, const summit::cpu::far_range& range) {
            return sum_of<TestType, Arch>(row, range).is_known;
        };
        constexpr summit::cpu::far_range range{-400.0, 700.0};
        constexpr auto lowest = static_cast<TestType>(-infinity);
        constexpr TestType not_a_number = std::numeric_limits<TestType>::quiet_NaN();
        CAPTURE(Arch::name());
        CHECK(is_known({-401, -1000, lowest}, range));
        CHECK(is_known({lowest, -1e5, -1e30f}, range));
        CHECK(is_known({701, -1000}, range));
        CHECK_FALSE(is_known({-399, -1000}, range));
        CHECK_FALSE(is_known({699, -1000}, range));
        CHECK_FALSE(is_known({0, -1000}, range));
        CHECK_FALSE(is_known({lowest, lowest}, range));
        CHECK_FALSE(is_known({-lowest, 1000}, range));
        for (std::size_t place = 0; place != 70; ++place) {
            std::vector<TestType> row(70, -1000);
            row[place] = not_a_number;
            CHECK_FALSE(is_known(row, range));
        }
        CHECK_FALSE(is_known({not_a_number}, range));
    });
}

TEMPLATE_TEST_CASE("a row seems far if three of its elements are", "[far_rows]", float, double) {
    const auto seems = [](const std::vector<TestType>& row) {
        return summit::cpu::seems_far<TestType>(row.data(), static_cast<std::ptrdiff_t>(row.size()));
    };
    CHECK(seems({-1000}));
    CHECK(seems({1000, 1000}));
    CHECK(seems({-1000, -1000, -1000}));
    CHECK_FALSE(seems({-1000, -1000, 3}));
    CHECK_FALSE(seems({3, -1000, -1000}));
    CHECK_FALSE(seems({-1000, 3, -1000}));
    CHECK_FALSE(seems({3}));
}
