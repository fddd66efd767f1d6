// SPDX-License-Identifier: MIT
// Whatever the layout of a view, its result is that of a contiguous copy.
#include <summit/logsumexp.hpp>

#include "support/guarded.hpp"
#include "support/reference.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

using summit::array;
using summit::axes;
using summit::index_list;
using summit::logsumexp;
using summit::view;

namespace {

template <class T>
array<T> contiguous_copy(const view<const T>& v) {
    array<T> copy(v.shape());
    T* next = copy.data();
    support::for_each_element(v, 0, [&](const T& element, std::size_t) { *next++ = element; });
    return copy;
}

/// How many units of the promise lie between two results.
template <class T>
double distance(T a, T b) {
    return support::expected<T>{!support::is_finite(b), b, static_cast<long double>(b)}.error(a);
}

/// Each result right, and no further than that from the copy's.
template <class T>
bool like_its_copy(const view<const T>& v, const axes& which) {
    const auto y = logsumexp(v, which);
    const auto from_copy = logsumexp(contiguous_copy(v), which);
    if (y.shape() != from_copy.shape()) return false;
    const auto wanted = support::reference(v, which);
    if (support::worst_error(wanted, y) > support::promised_ulp<T>) return false;
    if (support::worst_error(wanted, from_copy) > support::promised_ulp<T>) return false;
    return std::equal(y.begin(), y.end(), from_copy.begin(),
                      [](T a, T b) { return distance(a, b) <= support::promised_ulp<T>; });
}

template <class T>
void fill(const view<T>& v, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<T> values(T(0), T(3));
    support::for_each_element(v, 0, [&](T& element, std::size_t) { element = values(random); });
}

std::vector<axes> every_choice(std::size_t rank) {
    std::vector<axes> all;
    for (unsigned chosen = 0; chosen != 1U << rank; ++chosen) {
        std::vector<unsigned> names;
        for (unsigned i = 0; i != rank; ++i)
            if ((chosen >> i & 1U) != 0) names.push_back(i);
        all.emplace_back(names);
    }
    return all;
}

/// Every choice of axes of one layout.
template <class T>
void check_layout(const view<const T>& v) {
    for (const axes& which : every_choice(v.rank())) {
        CAPTURE(to_string(v.shape()), to_string(v.strides()), to_string(which.names()));
        REQUIRE(like_its_copy(v, which));
    }
}

} // namespace

TEMPLATE_TEST_CASE("transposed: every order of three dimensions", "[layouts]", float, double) {
    array<TestType> a({5, 33, 18});
    fill(summit::as_view(a), 1);
    std::vector<int> order{0, 1, 2};
    do check_layout<TestType>(summit::as_view(a).transpose(order));
    while (std::next_permutation(order.begin(), order.end()));
}

TEMPLATE_TEST_CASE("transposed: some orders of five dimensions", "[layouts]", float, double) {
    array<TestType> a({3, 4, 2, 6, 5});
    fill(summit::as_view(a), 2);
    for (const index_list& order : {index_list{4, 3, 2, 1, 0}, index_list{1, 0, 3, 2, 4}, index_list{2, 4, 1, 0, 3}})
        check_layout<TestType>(summit::as_view(a).transpose(order));
}

TEMPLATE_TEST_CASE("sliced with steps, backwards, and through again", "[layouts]", float, double) {
    array<TestType> a({9, 40, 37});
    fill(summit::as_view(a), 3);
    const auto v = summit::as_view(a);
    check_layout<TestType>(v.slice(2, 1, 36, 3));
    check_layout<TestType>(v.slice(0, 8, -1, -2).slice(1, 2, 39));
    check_layout<TestType>(v.reverse(0).reverse(1).reverse(2));
    check_layout<TestType>(v.reverse(2));
    check_layout<TestType>(v.slice(1, 38, 0, -1).slice(2, 36, 3, -5).transpose({2, 0, 1}));
    check_layout<TestType>(v.select(1, 7).reverse(0));
    check_layout<TestType>(v.select(2, 36));
}

TEMPLATE_TEST_CASE("broadcast along kept and reduced axes", "[layouts]", float, double) {
    array<TestType> a({4, 1, 19});
    fill(summit::as_view(a), 4);
    check_layout<TestType>(summit::as_view(a).broadcast({4, 37, 19}));
    check_layout<TestType>(summit::as_view(a).broadcast({3, 4, 5, 19}).transpose());
    check_layout<TestType>(summit::as_view(a).select(2, 3).broadcast({3, 4, 40}).reverse(1));
}

TEMPLATE_TEST_CASE("unit dimensions anywhere", "[layouts]", float, double) {
    array<TestType> a({1, 6, 1, 1, 35, 1});
    fill(summit::as_view(a), 5);
    check_layout<TestType>(summit::as_view(a));
    check_layout<TestType>(summit::as_view(a).transpose());
    array<TestType> b({8, 1, 1, 16, 32});
    fill(summit::as_view(b), 6);
    check_layout<TestType>(summit::as_view(b));
}

TEMPLATE_TEST_CASE("outer and inner dimensions reduced at once", "[layouts]", float, double) {
    array<TestType> a({64, 8, 256});
    fill(summit::as_view(a), 7);
    CHECK(like_its_copy<TestType>(summit::as_view(a), {0, 2}));
    CHECK(like_its_copy<TestType>(summit::as_view(a).transpose({1, 2, 0}), {1, 2}));
    CHECK(like_its_copy<TestType>(summit::as_view(a), 1));
}

TEMPLATE_TEST_CASE("ranks from 0 to 8, and 16", "[layouts]", float, double) {
    for (std::size_t rank = 0; rank <= 8; ++rank) {
        array<TestType> a(index_list(std::vector<int>(rank, 2)));
        fill(summit::as_view(a), static_cast<unsigned>(rank));
        check_layout<TestType>(summit::as_view(a).transpose());
    }
    array<TestType> a(index_list{2, 1, 2, 1, 2, 2, 1, 3, 1, 1, 2, 2, 1, 2, 1, 2});
    fill(summit::as_view(a), 16);
    for (const axes& which : {axes(-1), axes{0, 4, 7, 15}, axes{2, 3, 10, 11, 13}, axes{}, summit::all_axes}) {
        CHECK(like_its_copy<TestType>(summit::as_view(a), which));
        CHECK(like_its_copy<TestType>(summit::as_view(a).transpose(), which));
    }
}

TEMPLATE_TEST_CASE("results whose first and last lie as far apart as neighbours would", "[layouts]", float, double) {
    // Of any 64, or 32, results from the first on, the last has the offset that it would have in a row.
    for (const auto& [shape, strides] : {std::pair{index_list{4, 3, 2, 4}, index_list{0, 54, 6, 1}},
                                         std::pair{index_list{4, 2, 8, 4}, index_list{0, 24, 1, 7}},
                                         std::pair{index_list{4, 2, 4, 4}, index_list{0, 19, 3, 1}}}) {
        support::guarded<TestType> buffer(shape, strides);
        fill(buffer.elements(), 8);
        check_layout(buffer.constant());
    }
}

TEMPLATE_TEST_CASE("windows that overlap", "[layouts]", float, double) {
    const std::size_t size = 2000;
    array<TestType> a({static_cast<std::ptrdiff_t>(size)});
    fill(summit::as_view(a), 9);
    // Some far above and some that are nothing, each in several windows.
    for (std::size_t i = 7; i < size; i += 61) a.data()[i] = i % 2 == 0 ? TestType(5000) : -support::infinity<TestType>;
    const TestType* const first = a.data();
    for (const std::ptrdiff_t extent : {2, 3, 7, 8, 16, 31, 33, 70, 100, 300})
        for (const std::ptrdiff_t step : {1, 2, 3, 5})
            for (const std::ptrdiff_t count : {1, 2, 15, 17, 40, 101})
                check_layout(view<const TestType>(first + 3, {count, extent}, {step, 1}));
    // Windows of a matrix of 40 columns, over every choice of axes, read forwards, backwards and with steps.
    check_layout(view<const TestType>(first, {20, 30, 5, 7}, {40, 1, 40, 1}));
    check_layout(view<const TestType>(first + 1999, {7, 18, 3, 10}, {-80, -2, -40, -1}));
    check_layout(view<const TestType>(first, {6, 3, 40}, {1, 2, 3}));
    check_layout(view<const TestType>(first + 50, {5, 33, 4}, {-1, 1, 1}));
}

TEMPLATE_TEST_CASE("thousands of layouts at random, among NaN", "[layouts]", float, double) {
    const unsigned seed = 20260307;
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const auto below = [&](int n) { return std::uniform_int_distribution<int>(0, n - 1)(random); };
    for (int round = 0; round != 3000; ++round) {
        const auto rank = static_cast<std::size_t>(below(9));
        index_list shape(std::vector<int>(rank, 1));
        index_list strides(std::vector<int>(rank, 0));
        std::ptrdiff_t size = 1;
        std::vector<std::size_t> order(rank);
        for (std::size_t i = 0; i != rank; ++i) {
            order[i] = i;
            const std::ptrdiff_t extent = below(8) == 0 ? 33 + below(40) : below(50) == 0 ? 0 : 1 + below(4);
            if (size * extent <= 3000) shape[i] = extent;
            size *= std::max<std::ptrdiff_t>(shape[i], 1);
        }
        std::shuffle(order.begin(), order.end(), random);
        std::ptrdiff_t step = below(3) == 0 ? 2 : 1;
        for (std::size_t i : order) {
            if (below(7) == 0) continue;
            strides[i] = below(3) == 0 ? -step : step;
            step = step * std::max<std::ptrdiff_t>(shape[i], 1) + (below(3) == 0 ? 1 + below(9) : 0);
        }
        support::guarded<TestType> buffer(shape, strides, static_cast<std::size_t>(below(16)));
        fill(buffer.elements(), static_cast<unsigned>(round));
        std::vector<int> names;
        for (int i = 0; i != static_cast<int>(rank); ++i)
            if (below(2) == 0) names.push_back(below(2) == 0 ? i : i - static_cast<int>(rank));
        std::shuffle(names.begin(), names.end(), random);
        CAPTURE(round, to_string(shape), to_string(strides), names);
        REQUIRE(like_its_copy(buffer.constant(), axes(names)));
    }
}
