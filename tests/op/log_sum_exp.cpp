// SPDX-License-Identifier: MIT
#include <summit/op/log_sum_exp.hpp>

#include "support/architectures.hpp"
#include "support/reference.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <tuple>
#include <type_traits>
#include <vector>

namespace {

using support::infinity;
using support::quiet_nan;

/// Near 0, where no reference is wanted, and far from it.
const std::vector<double> heights{0.0,    1.0,   -1.0,   15.0,   -15.0,   17.0, -17.0, 100.0,
                                  -100.0, 700.0, -745.0, 5000.0, -5000.0, 1e5,  -1e5};

template <class T>
using op = summit::op::log_sum_exp<T>;

/// The log of some terms' sum in C, relative to what the algebra chooses for the largest of them.
template <class T, class C, class Arch>
double log_of(const std::vector<T>& terms, std::ptrdiff_t repeats = 1) {
    using pass = typename op<T>::template single_pass<C>;
    using batch = xsimd::batch<C, Arch>;
    using wide = xsimd::batch<double, Arch>;
    batch max(-infinity<C>);
    for (const T x : terms) max = op<T>::larger(max, batch(static_cast<C>(x)));
    const batch k = op<T>::template reference_exponent<C>(max);
    const typename pass::template relative_term<false, Arch> term(k);
    typename pass::template sum<Arch> sum{};
    for (const T x : terms) sum.add(term(batch(static_cast<C>(x))));
    std::array<double, batch::size> high, low;
    summit::math::store(sum, high.data(), low.data());
    CHECK(op<T>::template in_range<C, Arch>(wide(high[0])).get(0));
    const double log_terms = std::log(static_cast<double>(terms.size()));
    return op<T>::template finish<C, Arch>({wide(high[0]), wide(low[0])}, summit::math::exact_count(repeats), log_terms,
                                           wide(static_cast<double>(k.get(0))))
        .get(0);
}

/// Doubles to 2 ulp of max(|log|, 1); floats so that nothing of it shows in them, or as near as terms in float are.
template <class T, class C>
bool is_log_sum_exp_of(double got, const std::vector<T>& terms) {
    const auto wanted = support::log_sum_exp_of(std::vector<double>(terms.begin(), terms.end()));
    const long double magnitude = std::abs(wanted.value);
    long double allowed = 2.0L * std::max(magnitude, 1.0L) * std::numeric_limits<double>::epsilon();
    if (sizeof(T) == sizeof(float)) allowed = magnitude * 0x1p-40L;
    if (sizeof(C) == sizeof(float)) allowed += 0x1.4p-23L;
    return std::abs(static_cast<long double>(got) - wanted.value) <= allowed;
}

} // namespace

TEMPLATE_TEST_CASE("finish is log Σ exp at every height, and repeats add their logarithm", "[log_sum_exp]",
                   (std::tuple<float, float>), (std::tuple<float, double>), (std::tuple<double, double>)) {
    using T = std::tuple_element_t<0, TestType>;
    using C = std::tuple_element_t<1, TestType>;
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        for (const double height : heights) {
            const std::vector<T> terms{static_cast<T>(height), static_cast<T>(height - 0.5),
                                       static_cast<T>(height - 30)};
            CAPTURE(Arch::name(), height);
            CHECK(is_log_sum_exp_of<T, C>(log_of<T, C, Arch>(terms), terms));
            std::vector<T> thrice = terms;
            for (int i = 0; i != 2; ++i) thrice.insert(thrice.end(), terms.begin(), terms.end());
            CHECK(is_log_sum_exp_of<T, C>(log_of<T, C, Arch>(terms, 3), thrice));
        }
    });
}

TEST_CASE("finish without a reference has the bits of one that is 0", "[log_sum_exp][bits]") {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        using wide = xsimd::batch<double, Arch>;
        for (const double sum : {1.0, 0.25, 3.75, 1e9, 0x1p-40}) {
            const auto check = []<class T, class C>(T, C, double total) {
                const summit::math::exact_count once(1);
                const auto log = op<T>::template finish<C, Arch>({wide(total), wide(total * 0x1p-55)}, once, 2.0);
                const auto relative =
                    op<T>::template finish<C, Arch>({wide(total), wide(total * 0x1p-55)}, once, 2.0, wide(0.0));
                CAPTURE(Arch::name(), sizeof(T), sizeof(C), total);
                CHECK(support::to_bits(log.get(0)) == support::to_bits(relative.get(0)));
            };
            check(0.0f, 0.0f, sum / summit::math::positive_sum_unit);
            check(0.0f, 0.0, sum);
            check(0.0, 0.0, sum);
        }
    });
}

TEMPLATE_TEST_CASE("the larger of two is never NaN where one of them is a number and came first", "[log_sum_exp]",
                   float, double) {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        using batch = xsimd::batch<TestType, Arch>;
        const auto larger = [](TestType a, TestType b) { return op<TestType>::larger(batch(a), batch(b)).get(0); };
        CAPTURE(Arch::name());
        CHECK(larger(TestType(1), TestType(2)) == TestType(2));
        CHECK(larger(TestType(2), TestType(1)) == TestType(2));
        CHECK(larger(-infinity<TestType>, TestType(-1e30)) == TestType(-1e30));
        CHECK(support::to_bits(larger(TestType(1), infinity<TestType>)) == support::infinity_bits<TestType>);
        if constexpr (!std::is_base_of_v<xsimd::neon, Arch>) {
            CHECK(larger(TestType(1), quiet_nan<TestType>) == TestType(1));
            CHECK(larger(TestType(1), -quiet_nan<TestType>) == TestType(1));
        }
    });
}

TEMPLATE_TEST_CASE("of what is out of range, NaN and what was too large lie above", "[log_sum_exp]", float, double) {
    using pass = typename op<TestType>::template single_pass<TestType>;
    const auto is_above = [](double sum) { return op<TestType>::template is_above_range<TestType>(sum); };
    CHECK(is_above(pass::largest));
    CHECK(is_above(std::numeric_limits<double>::max()));
    CHECK(is_above(infinity<double>));
    CHECK(is_above(quiet_nan<double>));
    CHECK(is_above(-quiet_nan<double>));
    CHECK_FALSE(is_above(0.0));
    CHECK_FALSE(is_above(pass::smallest));
    CHECK_FALSE(is_above(pass::largest * 0.5));
    CHECK(support::to_bits(op<TestType>::empty) == support::to_bits(-infinity<double>));
}

TEST_CASE("floats are summed again where half of their last bit is less than a sum in float is wrong by",
          "[log_sum_exp]") {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        using wide = xsimd::batch<double, Arch>;
        for (const double epsilon : {0x1p-23, 0x1p-10, 0x1p-7}) {
            const double least = 2.0 * op<float>::single_pass<float>::error<Arch>(epsilon) / epsilon;
            const auto needs = [&](double log) {
                return bool(op<float>::needs_double<Arch>(wide(log), epsilon).get(0));
            };
            CAPTURE(Arch::name(), epsilon);
            for (const double sign : {1.0, -1.0}) {
                CHECK(needs(sign * least * 0.999));
                CHECK_FALSE(needs(sign * least));
            }
            CHECK(needs(0.0));
            CHECK_FALSE(needs(infinity<double>));
        }
    });
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
        CHECK(support::is_nan(sum_of(quiet_nan<T>)));
        CHECK(support::is_nan(sum_of(-quiet_nan<T>)));
        CHECK(support::is_nan(
            sum_of(support::from_bits<T>(static_cast<support::bits_of<T>>(support::infinity_bits<T> + 1)))));
    });
}
