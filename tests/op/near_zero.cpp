// SPDX-License-Identifier: MIT
#include <summit/op/near_zero.hpp>

#include "support/architectures.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cmath>
#include <initializer_list>
#include <limits>

namespace {

template <class Refinement, class Arch>
double refined(double max, std::initializer_list<double> elements, std::ptrdiff_t repeats = 1) {
    using batch = xsimd::batch<double, Arch>;
    const typename Refinement::template terms<Arch> terms{batch(max)};
    summit::math::running_sum<double, Arch> sum{};
    for (double x : elements) sum.add(terms(batch(x)));
    return Refinement::finish(batch(max), sum.total(0), repeats).get(0);
}

} // namespace

TEST_CASE("results are good enough from where half of a last bit is more than the first sum's error", "[near_zero]") {
    CHECK(summit::op::exact_log_sum_exp::least_certain(0x1p-52) == 2.0);
    using cancelling = summit::op::cancelling_log_sum_exp;
    for (const double epsilon : {0x1p-23, 0x1p-10, 0x1p-7}) {
        const double least = cancelling::least_certain(epsilon);
        CAPTURE(epsilon);
        CHECK(0.5 * least * epsilon >= cancelling::error);
        // No more often than has to be.
        CHECK(0.25 * least * epsilon < cancelling::error);
    }
}

TEST_CASE("the small term beside the maximum's 1 is kept", "[near_zero]") {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        using exact = summit::op::exact_log_sum_exp;
        CHECK(refined<exact, Arch>(0, {0, -40}) == 4.248354255291589e-18);
        CHECK(refined<exact, Arch>(0, {0, -std::numeric_limits<double>::infinity()}) == 0.0);
        CHECK(refined<exact, Arch>(0.1, {0.1}) == 0.1);
        CHECK(std::signbit(refined<exact, Arch>(-0.0, {-0.0})));
        CHECK(refined<exact, Arch>(0, {0, 0}) == std::log(2.0));
        CHECK(refined<exact, Arch>(0, {0}, 2) == std::log(2.0));
    });
}

TEST_CASE("sums that all but cancel keep their digits", "[near_zero]") {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        using cancelling = summit::op::cancelling_log_sum_exp;
        // log(2 exp(x)) = x + ln 2, with ln 2 = 0x1.62e42fefa39ef35793c7673p-1.
        const double x = -0x1.62e43p-1;
        const double want = -0x1.05c610ca86c39p-29;
        CHECK(std::abs(refined<cancelling, Arch>(x, {x, x}) / want - 1.0) < 0x1p-48);
        CHECK(std::abs(refined<cancelling, Arch>(x, {x}, 2) / want - 1.0) < 0x1p-48);
        CHECK(refined<cancelling, Arch>(0, {0, -40}) == 4.248354255291589e-18);
        CHECK(refined<cancelling, Arch>(1e-30, {1e-30}) == 1e-30);
        CHECK(std::signbit(refined<cancelling, Arch>(-0.0, {-0.0})));
        // log(exp(−t) + exp(−100)), t = 2^-50: −t and the other term.
        const double t = 0x1p-50;
        CHECK(std::abs(refined<cancelling, Arch>(-t, {-t, -100}) / (-t + std::exp(-100.0)) - 1.0) < 0x1p-40);
    });
}
