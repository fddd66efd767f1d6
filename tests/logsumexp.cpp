// SPDX-License-Identifier: MIT
#include <summit/logsumexp.hpp>

#include "support/guarded.hpp"
#include "support/mdspan.hpp"
#include "support/reference.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstdint>
#include <limits>
#include <numbers>
#include <numeric>
#include <random>
#include <span>
#include <type_traits>
#include <vector>

using Catch::Matchers::Message;
using summit::all_axes;
using summit::array;
using summit::index_list;
using summit::logsumexp;
using summit::logsumexp_into;
using summit::view;
using support::infinity;
using support::quiet_nan;

namespace {

constexpr std::ptrdiff_t two_to_31 = std::ptrdiff_t{1} << 31;

template <class T>
bool near(T a, T b) {
    return std::abs(a - b) <= 4 * std::numeric_limits<T>::epsilon() * std::max(std::abs(b), T(1));
}

template <class T>
bool same(const array<T>& a, const array<T>& b) {
    return a.shape() == b.shape() && std::equal(a.begin(), a.end(), b.begin(), b.end());
}

template <class T>
array<T> counting(const index_list& shape) {
    array<T> a(shape);
    std::iota(a.begin(), a.end(), T(1));
    return a;
}

/// The result of all axes of a few elements.
template <class T>
T of(std::vector<T> elements) {
    return logsumexp(elements).item();
}

} // namespace

// Forms -----------------------------------------------------------------------------------------------------------------

TEMPLATE_TEST_CASE("axes are given in every way there is", "[logsumexp]", float, double) {
    const auto a = counting<TestType>({2, 3, 4});
    CHECK(logsumexp(a).shape() == index_list{});
    CHECK(logsumexp(a, all_axes, true).shape() == index_list{1, 1, 1});
    CHECK(logsumexp(a, 1).shape() == index_list{2, 4});
    CHECK(logsumexp(a, {0, 2}).shape() == index_list{3});
    CHECK(logsumexp(a, {0, 2}, true).shape() == index_list{1, 3, 1});
    CHECK(logsumexp(a, {}).shape() == index_list{2, 3, 4});
    CHECK(logsumexp(a, {}, true).shape() == index_list{2, 3, 4});

    const auto by_last = logsumexp(a, 2);
    CHECK(same(by_last, logsumexp(a, -1)));
    CHECK(same(by_last, logsumexp(a, {2})));
    CHECK(same(by_last, logsumexp(a, std::size_t{2})));
    CHECK(same(by_last, logsumexp(a, std::int8_t{-1})));
    CHECK(same(by_last, logsumexp(a, std::uint64_t{2}, false)));
    CHECK(same(by_last, logsumexp(a, 2, false, summit::device::cpu{})));

    const auto by_two = logsumexp(a, {0, 2});
    const int in_c[] = {0, 2};
    CHECK(same(by_two, logsumexp(a, {-1, 0})));
    CHECK(same(by_two, logsumexp(a, {std::size_t{0}, -1})));
    CHECK(same(by_two, logsumexp(a, std::vector<int>{0, 2})));
    CHECK(same(by_two, logsumexp(a, std::array<long, 2>{2, 0})));
    CHECK(same(by_two, logsumexp(a, std::span<const int>(in_c))));
    CHECK(same(by_two, logsumexp(a, in_c)));
    CHECK(same(by_two, logsumexp(a, index_list{0, 2})));
    CHECK(same(logsumexp(a), logsumexp(a, {0, 1, 2})));
    CHECK(same(logsumexp(a), logsumexp(a, all_axes)));
}

namespace foreign {

template <class T>
struct tensor {
    T elements[6];
};

template <class T>
view<const T> as_view(const tensor<T>& t) {
    return {t.elements, {2, 3}};
}

} // namespace foreign

TEMPLATE_TEST_CASE("data are taken from every kind of owner, const or not", "[logsumexp]", float, double) {
    using T = TestType;
    array<T> a({2, 3}, {1, 2, 3, 4, 5, 6});
    const auto wanted = logsumexp(a, 1);
    const auto whole = logsumexp(a);

    const array<T>& constant = a;
    T nested[2][3] = {{1, 2, 3}, {4, 5, 6}};
    const T constant_nested[2][3] = {{1, 2, 3}, {4, 5, 6}};
    const view<T> v(a.data(), {2, 3});
    const T transposed[6] = {1, 4, 2, 5, 3, 6};
    CHECK(same(wanted, logsumexp(constant, 1)));
    CHECK(same(wanted, logsumexp(nested, 1)));
    CHECK(same(wanted, logsumexp(constant_nested, 1)));
    CHECK(same(wanted, logsumexp(v, 1)));
    CHECK(same(wanted, logsumexp(view<const T>(v), 1)));
    CHECK(same(wanted, logsumexp(view<const T>(transposed, {2, 3}, {1, 2}), 1)));
    CHECK(same(wanted, logsumexp(support::mdspan<const T, 2>(transposed, {{2, 3}, {1, 2}}), 1)));
    CHECK(same(wanted, logsumexp(foreign::tensor<T>{{1, 2, 3, 4, 5, 6}}, 1)));

    std::vector<T> vector(a.begin(), a.end());
    const std::array<T, 6> in_array{1, 2, 3, 4, 5, 6};
    CHECK(same(whole, logsumexp(vector)));
    CHECK(same(whole, logsumexp(std::vector<T>{1, 2, 3, 4, 5, 6})));
    CHECK(same(whole, logsumexp(in_array)));
    CHECK(same(whole, logsumexp(std::span(vector))));
    CHECK(same(whole, logsumexp(std::span<const T>(vector))));
    CHECK(same(whole, logsumexp(std::span<const T, 6>(in_array))));
    STATIC_CHECK(std::is_same_v<decltype(logsumexp(vector)), array<T>>);
}

// Meaning ---------------------------------------------------------------------------------------------------------------

TEMPLATE_TEST_CASE("the naive sum fails where this one does not", "[logsumexp][meaning]", float, double) {
    const TestType large = 1000;
    CHECK(std::log(std::exp(large) + std::exp(large)) == infinity<TestType>);
    CHECK(near(of<TestType>({large, large}), TestType(1000.6931471805599)));
    CHECK(near(of<TestType>({-large, -large}), TestType(-999.3068528194401)));
}

TEMPLATE_TEST_CASE("NaN beats +inf, which beats numbers, which beat −inf", "[logsumexp][meaning]", float, double) {
    using T = TestType;
    CHECK(support::is_nan(of<T>({1, quiet_nan<T>, 2})));
    CHECK(support::is_nan(of<T>({infinity<T>, quiet_nan<T>})));
    CHECK(support::is_nan(of<T>({quiet_nan<T>, infinity<T>})));
    CHECK(support::is_nan(of<T>({quiet_nan<T>, -infinity<T>})));
    CHECK(support::is_nan(of<T>({-infinity<T>, -quiet_nan<T>})));
    CHECK(of<T>({1, infinity<T>, 2}) == infinity<T>);
    CHECK(of<T>({-infinity<T>, infinity<T>}) == infinity<T>);
    CHECK(of<T>({infinity<T>, infinity<T>}) == infinity<T>);
    CHECK(of<T>({-infinity<T>, -infinity<T>, -infinity<T>}) == -infinity<T>);
    CHECK(near(of<T>({-infinity<T>, 3}), T(3)));
}

TEMPLATE_TEST_CASE("nothing to sum is −inf, and no results are none", "[logsumexp][meaning]", float, double) {
    using T = TestType;
    const array<T> a({3, 0, 2});
    const auto y = logsumexp(a, 1);
    CHECK(y.shape() == index_list{3, 2});
    CHECK(std::all_of(y.begin(), y.end(), [](T x) { return x == -infinity<T>; }));
    CHECK(logsumexp(a).item() == -infinity<T>);
    CHECK(logsumexp(a, all_axes, true).shape() == index_list{1, 1, 1});
    CHECK(logsumexp(a, {0, 1}, true).shape() == index_list{1, 1, 2});
    CHECK(logsumexp(std::vector<T>{}).item() == -infinity<T>);

    CHECK(logsumexp(a, 0).shape() == index_list{0, 2});
    CHECK(logsumexp(a, 0).size() == 0);
    CHECK(logsumexp(a, {}).size() == 0);
    CHECK(logsumexp(array<T>({0, 0}), 0).size() == 0);
}

TEMPLATE_TEST_CASE("without axes the result is x, bit for bit", "[logsumexp][meaning]", float, double) {
    using T = TestType;
    using limits = std::numeric_limits<T>;
    std::vector<T> x{T(0),
                     T(-0.0),
                     limits::max(),
                     limits::lowest(),
                     limits::min(),
                     -limits::min(),
                     infinity<T>,
                     -infinity<T>,
                     T(1),
                     T(-1),
                     T(1e-9),
                     T(-1e-9),
                     limits::epsilon(),
                     T(0.6931471805599453),
                     T(-0.6931471805599453)};
    if (!support::flushes_subnormals()) {
        for (T subnormal : {limits::denorm_min(), limits::min() / 2}) {
            x.push_back(subnormal);
            x.push_back(-subnormal);
        }
    }
    // Numbers of every magnitude, by steps that no power of two divides.
    for (support::bits_of<T> bits = 1; bits < support::infinity_bits<T>; bits += support::infinity_bits<T> / 20011) {
        const T number = support::from_bits<T>(bits);
        if (number >= limits::min()) {
            x.push_back(number);
            x.push_back(-number);
        }
    }
    for (T near_a_border : {T(2), T(4), T(256), T(2048)}) {
        for (int i = -2; i <= 2; ++i) {
            x.push_back(support::from_bits<T>(static_cast<support::bits_of<T>>(support::to_bits(near_a_border) +
                                                                               static_cast<support::bits_of<T>>(i))));
            x.push_back(-x.back());
        }
    }
    const auto unchanged = [](T got, T was) { return support::to_bits(got) == support::to_bits(was); };
    const auto y = logsumexp(x, {});
    for (std::size_t i = 0; i != x.size(); ++i) {
        CAPTURE(x[i], y.data()[i]);
        REQUIRE(unchanged(y.data()[i], x[i]));
    }
    // The same by dimensions that hold one element, and by repeats of strides that do not move.
    const auto units = logsumexp(view<const T>(x.data(), {1, static_cast<std::ptrdiff_t>(x.size()), 1}), {0, 2});
    CHECK(std::equal(units.begin(), units.end(), x.begin(), x.end(), unchanged));
    for (T one : x) REQUIRE(unchanged(of<T>({one}), one));
    CHECK(support::is_nan(of<T>({quiet_nan<T>})));
    CHECK(support::is_nan(logsumexp(std::vector<T>{quiet_nan<T>}, {})(0)));
}

TEMPLATE_TEST_CASE("rank 0 has one element and no axes", "[logsumexp][meaning]", float, double) {
    const array<TestType> a(index_list{}, {TestType(2.5)});
    CHECK(logsumexp(a).item() == TestType(2.5));
    CHECK(logsumexp(a, all_axes, true).rank() == 0);
    CHECK(logsumexp(a, {}).item() == TestType(2.5));
}

TEMPLATE_TEST_CASE("small results keep their digits", "[logsumexp][meaning]", float, double) {
    using T = TestType;
    CHECK(near(of<T>({0, -40}) * T(1e18), T(4.248354255291589)));
    CHECK(near(of<T>({-40, 0}) * T(1e18), T(4.248354255291589)));
    // log(1/3) thrice, as T has it, sums to almost 1.
    const T third = -std::log(T(3));
    CHECK(support::log_sum_exp_of<T>({third, third, third}).accepts(of<T>({third, third, third})));
}

TEMPLATE_TEST_CASE("the largest numbers do not overflow", "[logsumexp][meaning]", float, double) {
    using limits = std::numeric_limits<TestType>;
    CHECK(of<TestType>({limits::max(), limits::max()}) == limits::max());
    CHECK(of<TestType>({limits::lowest(), limits::lowest()}) == limits::lowest());
    CHECK(of<TestType>({limits::max(), limits::lowest()}) == limits::max());
}

// Errors ----------------------------------------------------------------------------------------------------------------

TEMPLATE_TEST_CASE("errors name the function, the argument and the values", "[logsumexp][error]", float, double) {
    using T = TestType;
    const array<T> a({2, 3});
    CHECK_THROWS_MATCHES(static_cast<void>(logsumexp(a, 3)), std::invalid_argument,
                         Message("summit::logsumexp: axes: axis 3 is out of range for rank 2"));
    CHECK_THROWS_MATCHES(static_cast<void>(logsumexp(a, -3)), std::invalid_argument,
                         Message("summit::logsumexp: axes: axis -3 is out of range for rank 2"));
    CHECK_THROWS_MATCHES(static_cast<void>(logsumexp(a, {1, -1})), std::invalid_argument,
                         Message("summit::logsumexp: axes: axis -1 is named twice in (1, -1) for rank 2"));
    CHECK_THROWS_MATCHES(static_cast<void>(logsumexp(array<T>(index_list{}), 0)), std::invalid_argument,
                         Message("summit::logsumexp: axes: axis 0 is out of range for rank 0"));

    constexpr std::ptrdiff_t huge = std::numeric_limits<std::ptrdiff_t>::max();
    CHECK_THROWS_AS(static_cast<void>(logsumexp(view<const T>(nullptr, {0, huge, huge}), 0)), std::length_error);

    array<T> y({3});
    CHECK_THROWS_MATCHES(logsumexp_into(y, a, 2), std::invalid_argument,
                         Message("summit::logsumexp_into: axes: axis 2 is out of range for rank 2"));
    CHECK_THROWS_MATCHES(logsumexp_into(y, a, {0, 0}), std::invalid_argument,
                         Message("summit::logsumexp_into: axes: axis 0 is named twice in (0, 0) for rank 2"));
    CHECK_THROWS_MATCHES(logsumexp_into(y, a, 1), std::invalid_argument,
                         Message("summit::logsumexp_into: out: shape (3,) where the result has shape (2,)"));
    CHECK_THROWS_MATCHES(logsumexp_into(y, a, 0, true), std::invalid_argument,
                         Message("summit::logsumexp_into: out: shape (3,) where the result has shape (1, 3)"));
    CHECK_THROWS_MATCHES(logsumexp_into(y, a), std::invalid_argument,
                         Message("summit::logsumexp_into: out: shape (3,) where the result has shape ()"));
    CHECK_THROWS_MATCHES(
        logsumexp_into(view<T>(y.data(), {3}, {0}), a, 0), std::invalid_argument,
        Message("summit::logsumexp_into: out: strides (0,) put several results of shape (3,) in one place"));
    CHECK(std::all_of(y.begin(), y.end(), [](T x) { return x == T(0); }));
}

TEMPLATE_TEST_CASE("results that would overwrite each other, or what is yet to be read, are refused",
                   "[logsumexp][into][error]", float, double) {
    using T = TestType;
    const auto a = counting<T>({2, 3, 2});
    T out[12] = {};
    for (const index_list& strides : {index_list{1, 1}, index_list{1, -1}, index_list{0, 1}, index_list{-2, 2}}) {
        CAPTURE(to_string(strides));
        CHECK_THROWS_MATCHES(logsumexp_into(view<T>(out + 6, {2, 2}, strides), a, 1), std::invalid_argument,
                             Message("summit::logsumexp_into: out: strides " + to_string(strides) +
                                     " put several results of shape (2, 2) in one place"));
    }
    CHECK(std::all_of(std::begin(out), std::end(out), [](T x) { return x == T(0); }));

    T matrix[3][4] = {{1, 2, 3, 4}, {5, 6, 7, 8}, {9, 10, 11, 12}};
    const auto m = summit::as_view(matrix);
    CHECK_THROWS_MATCHES(logsumexp_into(m.select(1, 0), m, 1), std::invalid_argument,
                         Message("summit::logsumexp_into: out: shape (3,) with strides (4,) shares memory with a, of "
                                 "shape (3, 4) with strides (4, 1)"));
    CHECK_THROWS_AS(logsumexp_into(m, m, {}), std::invalid_argument);
    CHECK_THROWS_AS(logsumexp_into(m.select(1, 3).reverse(0), m.slice(1, 1, 4), 1), std::invalid_argument);
    array<T> y({3}, {1, 2, 3});
    CHECK_THROWS_AS(logsumexp_into(y, y, {}), std::invalid_argument);
    CHECK(matrix[0][0] == T(1));
    CHECK(matrix[1][3] == T(8));

    // A column beside those that are read, every other row, nothing to read or to write.
    const auto wanted = logsumexp(m.slice(1, 1, 4), 1);
    logsumexp_into(m.select(1, 0), m.slice(1, 1, 4), 1);
    for (std::ptrdiff_t i = 0; i != 3; ++i) CHECK(matrix[i][0] == wanted(i));
    const auto of_columns = logsumexp(m.slice(0, 0, 3, 2), 0);
    logsumexp_into(m.select(0, 1), m.slice(0, 0, 3, 2), 0);
    for (std::ptrdiff_t j = 0; j != 4; ++j) CHECK(matrix[1][j] == of_columns(j));
    logsumexp_into(m.select(0, 0), m.slice(0, 1, 1), 0);
    CHECK(matrix[0][3] == -infinity<T>);
    logsumexp_into(m.slice(0, 1, 1).select(1, 0), m.slice(0, 1, 1), 1);
}

// Into ------------------------------------------------------------------------------------------------------------------

TEMPLATE_TEST_CASE("results go where the caller wants them, and nowhere else", "[logsumexp][into]", float, double) {
    using T = TestType;
    for (std::ptrdiff_t n : {5, 40}) {
        const auto a = counting<T>({7, n, 9});
        const auto y = logsumexp(a, 1);
        for (const index_list& strides : {index_list{9, 1}, index_list{1, 7}, index_list{31, 3}, index_list{-20, 2},
                                          index_list{2, -15}, index_list{-1, -7}}) {
            CAPTURE(n, to_string(strides));
            support::guarded<T> out({7, 9}, strides);
            logsumexp_into(out.elements(), a, 1);
            for (std::ptrdiff_t i = 0; i != 7; ++i)
                for (std::ptrdiff_t j = 0; j != 9; ++j) REQUIRE(out.elements()(i, j) == y(i, j));
            CHECK(out.guards_intact([](const view<T>& v, const auto& visit) {
                support::for_each_element(v, 0, [&](T& element, std::size_t) { visit(element); });
            }));
        }
        // The kept unit dimension's stride means nothing.
        support::guarded<T> kept({7, 1, 9}, {11, 1000, 1});
        logsumexp_into(kept.elements(), a, 1, true);
        CHECK(kept.elements()(6, 0, 8) == y(6, 8));
        CHECK(kept.elements()(0, 0, 1) == y(0, 1));
    }
}

TEMPLATE_TEST_CASE("results go into every kind of owner", "[logsumexp][into]", float, double) {
    using T = TestType;
    const auto a = counting<T>({2, 3});
    const auto y = logsumexp(a, 1);
    array<T> in_array({2});
    std::vector<T> in_vector(2);
    T in_c[2] = {};
    T in_one[1][1] = {};
    logsumexp_into(in_array, a, 1);
    logsumexp_into(in_vector, a, 1, false, summit::device::cpu{});
    logsumexp_into(in_c, a, 1);
    logsumexp_into(in_one, a, all_axes, true);
    CHECK(same(in_array, y));
    CHECK(std::equal(y.begin(), y.end(), in_vector.begin()));
    CHECK(std::equal(y.begin(), y.end(), in_c));
    CHECK(in_one[0][0] == logsumexp(a).item());
    logsumexp_into(std::span(in_vector).first(1), view<const T>(a.data(), {1, 6}), 1);
    CHECK(in_vector[0] == in_one[0][0]);

    T one = T(0);
    logsumexp_into(view<T>(&one, {}), a);
    CHECK(one == in_one[0][0]);
    logsumexp_into(view<T>(nullptr, {0}), array<T>({0, 3}), 1);
    logsumexp_into(in_vector, array<T>({2, 0}), 1);
    CHECK(in_vector == std::vector<T>(2, -infinity<T>));
}

// Properties ------------------------------------------------------------------------------------------------------------

TEMPLATE_TEST_CASE("a few thousand small cases against long double", "[logsumexp][accuracy]", float, double) {
    using T = TestType;
    const unsigned seed = 20260305;
    INFO("seed " << seed);
    std::mt19937 random(seed);
    double worst = 0.0;
    for (int round = 0; round != 6000; ++round) {
        const int n = std::uniform_int_distribution<int>(1, round % 3 == 0 ? 200 : 12)(random);
        const T centre =
            std::array{T(0), T(-2), T(5), T(255), T(-300), T(2047), T(-1e6)}[static_cast<std::size_t>(round % 7)];
        std::normal_distribution<T> values(
            centre, std::array{T(1), T(0.01), T(20), T(200)}[static_cast<std::size_t>(round % 4)]);
        std::vector<T> x(static_cast<std::size_t>(n));
        for (T& element : x) element = values(random);
        // Some of the sums near 1, where the logarithm loses everything that was not kept.
        if (round % 5 == 0) {
            const auto sum = static_cast<T>(support::log_sum_exp_of(x).value);
            for (T& element : x) element -= sum;
        }
        const auto wanted = support::log_sum_exp_of(x);
        const double error = wanted.error(of(x));
        CAPTURE(round, n, centre, wanted.value);
        REQUIRE(error <= support::promised_ulp<T>);
        worst = std::max(worst, error);
    }
    INFO("worst " << worst << " ulp");
    CHECK(worst > 0.0);
}

TEMPLATE_TEST_CASE("shifts, orders, parts and bounds", "[logsumexp]", float, double) {
    using T = TestType;
    const unsigned seed = 20260306;
    INFO("seed " << seed);
    std::mt19937 random(seed);
    for (int round = 0; round != 300; ++round) {
        const auto n = static_cast<std::size_t>(std::uniform_int_distribution<int>(2, 3000)(random));
        // Multiples of 1/64, so that adding 1024 to them rounds nothing.
        std::uniform_int_distribution<int> values(-64 * 20, 64 * 20);
        std::vector<T> x(n);
        for (T& element : x) element = static_cast<T>(values(random)) / 64;
        const T y = of(x);
        CAPTURE(round, n, y);

        const T max = *std::max_element(x.begin(), x.end());
        REQUIRE(y >= max);
        REQUIRE(y <= (max + std::log(static_cast<T>(n))) * (1 + 4 * std::numeric_limits<T>::epsilon()));

        auto shifted = x;
        for (T& element : shifted) element += 1024;
        REQUIRE(near(of(shifted), y + 1024));

        auto shuffled = x;
        std::shuffle(shuffled.begin(), shuffled.end(), random);
        REQUIRE(near(of(shuffled), y));

        const auto middle = x.begin() + static_cast<std::ptrdiff_t>(n / 3 + 1);
        REQUIRE(near(of<T>({of(std::vector<T>(x.begin(), middle)), of(std::vector<T>(middle, x.end()))}), y));
    }
}

// Size ------------------------------------------------------------------------------------------------------------------

TEMPLATE_TEST_CASE("more than 2^31 elements by strides of 0", "[logsumexp][large]", float, double) {
    using T = TestType;
    const T x[3] = {T(1.5), T(-0.25), T(-100)};
    const auto count = static_cast<long double>(two_to_31 + 5);
    const auto wanted = [&](T one) {
        return support::expected<T>{false, T(0), static_cast<long double>(one) + std::log(count)};
    };
    CHECK(wanted(x[0]).accepts(logsumexp(view<const T>(x, {two_to_31 + 5}, {0})).item()));
    const auto rows = logsumexp(view<const T>(x, {3, two_to_31 + 5}, {1, 0}), 1);
    const auto columns = logsumexp(view<const T>(x, {two_to_31 + 5, 3}, {0, 1}), 0);
    for (std::ptrdiff_t i = 0; i != 3; ++i) {
        CHECK(wanted(x[i]).accepts(rows(i)));
        CHECK(wanted(x[i]).accepts(columns(i)));
    }
    const T special[2] = {-infinity<T>, infinity<T>};
    CHECK(logsumexp(view<const T>(special, {two_to_31 + 5}, {0})).item() == -infinity<T>);
    CHECK(logsumexp(view<const T>(special, {two_to_31 + 5, 2}, {0, 1})).item() == infinity<T>);

    // 2^31 + 5 times exp(−log(2^31 + 5)): a result near 0, whose digits the repeats must not cost.
    const T small = -static_cast<T>(std::log(count));
    CHECK(wanted(small).accepts(logsumexp(view<const T>(&small, {two_to_31 + 5}, {0})).item()));
}

// Minutes without optimisation or under a sanitizer, and no other code runs.
#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__)
TEST_CASE("more than 2^31 elements by strides that overlap", "[logsumexp][large]") {
    constexpr std::ptrdiff_t outer = 65537;
    constexpr std::ptrdiff_t inner = 32769;
    static_assert(outer * inner > two_to_31);
    std::vector<float> x(static_cast<std::size_t>(outer + inner - 1));
    for (std::size_t i = 0; i != x.size(); ++i) x[i] = static_cast<float>(i % 1013) / 64;

    // Element s is met as i + j once for each i; the sum is Σ of that many exp.
    long double sum = 0.0L;
    for (std::ptrdiff_t s = 0; s != outer + inner - 1; ++s) {
        const std::ptrdiff_t times = std::min({s + 1, inner, outer, outer + inner - 1 - s});
        sum += static_cast<long double>(times) * std::exp(static_cast<long double>(x[static_cast<std::size_t>(s)]));
    }
    const support::expected<float> wanted{false, 0.0F, std::log(sum)};
    CHECK(wanted.accepts(logsumexp(view<const float>(x.data(), {outer, inner}, {1, 1})).item()));
}
#endif

TEST_CASE("every kind of element goes through the public forms", "[logsumexp][types]") {
    const std::uint8_t bytes[2][2] = {{255, 0}, {1, 1}};
    const auto of_bytes = summit::logsumexp(bytes, 1);
    STATIC_CHECK(std::is_same_v<decltype(of_bytes), const summit::array<float>>);
    CHECK(of_bytes(0) == 255.0F);
    CHECK(of_bytes(1) == 1.69314718055995F);

    const bool flags[3] = {true, false, true};
    CHECK(summit::logsumexp(flags).item() == 1.86199480405825F);

    // 65,536 zeros: their sum alone is beyond float16.
    const std::vector<summit::float16> halves(65536);
    CHECK(summit::logsumexp(halves).item().bits == summit::float16(11.090355).bits);
    const std::vector<summit::bfloat16> brains{summit::bfloat16(0.0), summit::bfloat16(-40.0)};
    CHECK(summit::logsumexp(brains).item().bits == summit::bfloat16(4.248354e-18).bits);

    using namespace std::complex_literals;
    const std::complex<double> z[2][2] = {{0.0, 1i * std::numbers::pi}, {1000.0 + 1i, 1000.0 + 1i}};
    const auto of_z = summit::logsumexp(z, 1);
    STATIC_CHECK(std::is_same_v<decltype(of_z), const summit::array<std::complex<double>>>);
    // 1 − 1: nothing is left but the rounding of π.
    CHECK(of_z(0).real() < -36.0);
    CHECK(std::abs(of_z(1) - (1000.0 + std::log(2.0) + 1i)) < 1e-12);
    std::complex<double> out[2];
    summit::logsumexp_into(out, z, 1);
    CHECK(out[1] == of_z(1));
}

TEST_CASE("a complex number whose imaginary part goes round comes back within half a turn", "[logsumexp][complex]") {
    // As scipy.special.logsumexp has it: log(exp(z)) is z but for multiples of 2πi, with axes {} too.
    const std::complex<double> z[3] = {{1.0, 2.0}, {1.0, 4.0}, {-3.0, -10.0}};
    for (const summit::axes& which : {summit::axes{}, summit::axes{1}}) {
        const auto y = summit::logsumexp(view<const std::complex<double>>(z, {3, 1}), which);
        for (std::ptrdiff_t i = 0; i != 3; ++i) {
            CAPTURE(i, y.data()[i]);
            CHECK(y.data()[i].real() == z[i].real());
            CHECK(std::abs(y.data()[i].imag() - std::remainder(z[i].imag(), 2 * std::numbers::pi)) < 1e-14);
        }
    }
    CHECK(summit::logsumexp(z, {})(0) == std::complex<double>(1.0, 2.0));
}

TEMPLATE_TEST_CASE("a complex number alone keeps its real part and its phase to the last bit", "[logsumexp][complex]",
                   float, double) {
    using T = std::complex<TestType>;
    const T nothing(-std::numeric_limits<TestType>::infinity(), 0);
    // Alone as the only one, and beside some that are nothing; of either sign, in every lane.
    for (const std::ptrdiff_t terms : {1, 2, 5, 40}) {
        for (const std::ptrdiff_t results : {1, 3, 300}) {
            std::vector<T> x(static_cast<std::size_t>(terms * results), nothing);
            const view<const T> rows(x.data(), {results, terms});
            const view<const T> columns(x.data(), {results, terms}, {1, results});
            for (const auto& v : {rows, columns}) {
                std::fill(x.begin(), x.end(), nothing);
                std::vector<T> alone;
                for (std::ptrdiff_t r = 0; r != results; ++r) {
                    const auto part = static_cast<TestType>(r + 1) / TestType(300);
                    alone.emplace_back(part * 7 - 3, (r % 2 == 0 ? -1 : 1) * part * TestType(3.14159));
                    x[static_cast<std::size_t>(r * v.strides()[0] + r % terms * v.strides()[1])] = alone.back();
                }
                CAPTURE(results, terms);
                const auto y = summit::logsumexp(v, 1);
                CHECK(std::equal(y.begin(), y.end(), alone.begin(), alone.end(), [](T got, T want) {
                    return support::to_bits(got.real()) == support::to_bits(want.real()) &&
                           support::to_bits(got.imag()) == support::to_bits(want.imag());
                }));
            }
        }
    }
}
