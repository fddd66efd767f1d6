// SPDX-License-Identifier: MIT
// The laws of the algebra, on states made element by element in long double.
#include <summit/op/log_sum_exp.hpp>

#include "support/architectures.hpp"
#include "support/reference.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace {

using arch = xsimd::default_arch;
using wide = xsimd::batch<double, arch>;
using support::infinity;

/// Both sides of every border between the ways a sum is held, and far from all of them.
const std::vector<double> heights{0.0,    1.0,   -1.0,   100.0,   -100.0, 255.9,   256.1,  -255.9,
                                  -256.1, 300.0, -300.0, 700.0,   -745.0, 1500.25, 2047.5, -2047.5,
                                  2048.5, -2049, 5000.0, -5000.0, 1e30,   -1e30};

template <class T>
using op = summit::op::log_sum_exp<T>;

template <class T>
auto state_of(const std::vector<T>& terms) {
    const double max = static_cast<double>(*std::max_element(terms.begin(), terms.end()));
    const auto at = op<T>::reference(wide(max));
    long double sum = 0.0L;
    for (T x : terms)
        sum += std::exp(static_cast<long double>(x) - static_cast<long double>(at.offset.get(0)) -
                        static_cast<long double>(at.exponent.get(0)) * 0.693147180559945309417232121458L);
    const auto high = static_cast<double>(sum);
    const auto low = static_cast<double>(sum - static_cast<long double>(high));
    return typename op<T>::template state<arch>{wide(max), {wide(high), wide(low)}};
}

template <class T, class State>
double finished(const State& s) {
    return op<T>::finish(s, 1).get(0);
}

/// finish() before it is rounded to T: right to 4 ulp of double, or the refinement near 0 has its turn.
template <class T>
bool is_log_sum_exp_of(double got, const std::vector<T>& terms) {
    const auto wanted = support::log_sum_exp_of(std::vector<double>(terms.begin(), terms.end()));
    if (wanted.is_special) return wanted.error(got) == 0.0;
    const long double unit = std::max(std::abs(wanted.value), 1.0L) * std::numeric_limits<double>::epsilon();
    return std::abs(static_cast<long double>(got) - wanted.value) <= 4 * unit;
}

} // namespace

TEMPLATE_TEST_CASE("the reference keeps every sum in reach", "[log_sum_exp]", float, double) {
    for (double max : heights) {
        const auto at = op<TestType>::reference(wide(max));
        CAPTURE(max);
        CHECK(at.max.get(0) == max);
        CHECK((at.offset.get(0) == 0.0 || at.exponent.get(0) == 0.0));
        // Near 0 a power of two, so that subtracting it rounds nothing; far from 0 the maximum itself.
        CHECK((at.offset.get(0) == 0.0) == (std::abs(max) <= op<TestType>::near_limit));
        CHECK(at.exponent.get(0) == std::round(at.exponent.get(0)));
        CHECK(std::abs(max - at.offset.get(0) - at.exponent.get(0) * std::log(2.0)) < 0.35);
    }
}

TEMPLATE_TEST_CASE("the reference of an infinite maximum is finite", "[log_sum_exp]", float, double) {
    const double largest = std::numeric_limits<TestType>::max();
    const auto above = op<TestType>::reference(wide(infinity<double>));
    const auto below = op<TestType>::reference(wide(-infinity<double>));
    CHECK(above.max.get(0) == largest);
    CHECK(above.offset.get(0) == largest);
    CHECK(above.exponent.get(0) == 0.0);
    CHECK(below.max.get(0) == -largest);
    CHECK(below.offset.get(0) == -largest);
}

TEMPLATE_TEST_CASE("the identity is the empty sum, and adds nothing from either side", "[log_sum_exp]", float, double) {
    const auto none = op<TestType>::template identity<arch>();
    CHECK(finished<TestType>(none) == -infinity<double>);
    CHECK(op<TestType>::empty == -infinity<double>);
    CHECK(finished<TestType>(op<TestType>::merge(none, none)) == -infinity<double>);
    for (double height : heights) {
        const auto s = state_of<TestType>({static_cast<TestType>(height), static_cast<TestType>(height - 1)});
        CAPTURE(height);
        for (const auto& merged : {op<TestType>::merge(none, s), op<TestType>::merge(s, none)}) {
            CHECK(merged.max.get(0) == s.max.get(0));
            CHECK(merged.sum.high.get(0) == s.sum.high.get(0));
            CHECK(merged.sum.low.get(0) == s.sum.low.get(0));
        }
    }
}

TEMPLATE_TEST_CASE("finish is log Σ exp at every height", "[log_sum_exp]", float, double) {
    for (double height : heights) {
        const std::vector<TestType> terms{static_cast<TestType>(height), static_cast<TestType>(height - 0.5),
                                          static_cast<TestType>(height - 30)};
        CAPTURE(height);
        CHECK(is_log_sum_exp_of(finished<TestType>(state_of(terms)), terms));
    }
}

TEMPLATE_TEST_CASE("repeats add their logarithm", "[log_sum_exp]", float, double) {
    for (double height : heights) {
        const std::vector<TestType> terms{static_cast<TestType>(height), static_cast<TestType>(height - 2)};
        const std::vector<TestType> thrice{terms[0], terms[1], terms[0], terms[1], terms[0], terms[1]};
        CAPTURE(height);
        CHECK(is_log_sum_exp_of(op<TestType>::finish(state_of(terms), 3).get(0), thrice));
    }
}

TEMPLATE_TEST_CASE("a merge is the state of both, in either order, between any heights", "[log_sum_exp]", float,
                   double) {
    for (double one : heights) {
        for (double other : heights) {
            const std::vector<TestType> a{static_cast<TestType>(one), static_cast<TestType>(one - 3)};
            const std::vector<TestType> b{static_cast<TestType>(other - 0.25)};
            const auto ab = op<TestType>::merge(state_of(a), state_of(b));
            const auto ba = op<TestType>::merge(state_of(b), state_of(a));
            CAPTURE(one, other);
            CHECK(ab.max.get(0) == std::max(static_cast<double>(a[0]), static_cast<double>(b[0])));
            CHECK(support::to_bits(finished<TestType>(ab)) == support::to_bits(finished<TestType>(ba)));
            CHECK(is_log_sum_exp_of(finished<TestType>(ab), std::vector{a[0], a[1], b[0]}));
        }
    }
}

TEMPLATE_TEST_CASE("how merges are grouped does not matter, within the bound", "[log_sum_exp]", float, double) {
    const unsigned seed = 20260308;
    INFO("seed " << seed);
    std::mt19937 random(seed);
    for (int round = 0; round != 2000; ++round) {
        const double height = heights[std::uniform_int_distribution<std::size_t>(0, heights.size() - 1)(random)];
        std::normal_distribution<double> values(height, round % 2 == 0 ? 1.0 : 300.0);
        std::vector<TestType> x(3);
        for (TestType& element : x) element = static_cast<TestType>(values(random));
        const auto a = state_of<TestType>({x[0]});
        const auto b = state_of<TestType>({x[1]});
        const auto c = state_of<TestType>({x[2]});
        CAPTURE(round, x);
        REQUIRE(is_log_sum_exp_of(finished<TestType>(op<TestType>::merge(op<TestType>::merge(a, b), c)), x));
        REQUIRE(is_log_sum_exp_of(finished<TestType>(op<TestType>::merge(a, op<TestType>::merge(b, c))), x));
    }
}

TEMPLATE_TEST_CASE("states with infinities and NaN merge by their meaning", "[log_sum_exp][meaning]", float, double) {
    using state = typename op<TestType>::template state<arch>;
    const auto number = state_of<TestType>({TestType(2)});
    const state above{wide(infinity<double>), {wide(1.0), wide(0.0)}};
    const state nan{wide(2.0), {wide(support::quiet_nan<double>), wide(0.0)}};
    const state nan_above{wide(infinity<double>), {wide(support::quiet_nan<double>), wide(0.0)}};
    const auto none = op<TestType>::template identity<arch>();
    const auto merged = [](const state& a, const state& b) { return finished<TestType>(op<TestType>::merge(a, b)); };
    for (const state& other : {number, above, none}) {
        CHECK(merged(above, other) == infinity<double>);
        CHECK(merged(other, above) == infinity<double>);
    }
    for (const state& other : {number, above, none, nan, nan_above}) {
        CHECK(support::is_nan(merged(nan, other)));
        CHECK(support::is_nan(merged(other, nan)));
        CHECK(support::is_nan(merged(nan_above, other)));
        CHECK(support::is_nan(merged(other, nan_above)));
    }
}

TEMPLATE_TEST_CASE("a scan for NaN finds it beside +inf alone", "[log_sum_exp][meaning]", float, double) {
    using T = TestType;
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        using batch = xsimd::batch<T, Arch>;
        const auto sum_of = [](T x) {
            summit::math::running_sum<T, Arch> sum{};
            sum.add(typename op<T>::template nan_terms<Arch>{}(batch(x)));
            return sum.total(0).high.get(0);
        };
        for (T x : {T(0), T(-1), infinity<T>, -infinity<T>, std::numeric_limits<T>::max()}) CHECK(sum_of(x) == 0.0);
        CHECK(support::is_nan(sum_of(support::quiet_nan<T>)));
        CHECK(support::is_nan(sum_of(-support::quiet_nan<T>)));
        CHECK(support::is_nan(
            sum_of(support::from_bits<T>(static_cast<support::bits_of<T>>(support::infinity_bits<T> + 1)))));
    });
}
