// SPDX-License-Identifier: MIT
// What xtensor has in memory, read and written in place.
#include <summit/summit.hpp>

#include "support/random_case.hpp"

#include <xtensor/xadapt.hpp>
#include <xtensor/xarray.hpp>
#include <xtensor/xdynamic_view.hpp>
#include <xtensor/xfixed.hpp>
#include <xtensor/xmanipulation.hpp>
#include <xtensor/xmath.hpp>
#include <xtensor/xstrided_view.hpp>
#include <xtensor/xtensor.hpp>
#include <xtensor/xview.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cmath>
#include <cstddef>
#include <numeric>
#include <type_traits>
#include <utility>
#include <vector>

using summit::as_view;
using summit::index_list;
using summit::logsumexp;
using summit::logsumexp_into;

namespace {

/// Whether a view has the shape of an expression and its elements, which all differ.
template <class X>
bool sees(const summit::view<const float>& v, const X& x) {
    if (v.shape() != index_list(std::vector<std::size_t>(x.shape().begin(), x.shape().end()))) return false;
    auto wanted = x.template begin<xt::layout_type::row_major>();
    bool same = true;
    support::for_each_index(v.shape(), [&](const index_list& index) {
        same = same && v.data()[support::offset_of(index, v.strides())] == *wanted++;
    });
    return same;
}

template <class X>
X counting(X x) {
    std::iota(x.storage().begin(), x.storage().end(), 0.0F);
    return x;
}

template <class A>
constexpr bool takes = summit::viewable<std::remove_reference_t<A>>;

} // namespace

TEST_CASE("containers of either order, and adaptors", "[xtensor]") {
    auto rows = counting(xt::xtensor<float, 3>::from_shape({2, 3, 4}));
    auto columns = counting(xt::xtensor<float, 3, xt::layout_type::column_major>::from_shape({2, 3, 4}));
    auto any = counting(xt::xarray<float>::from_shape({2, 1, 4}));
    auto dynamic = counting(
        xt::xarray<float, xt::layout_type::dynamic>(std::vector<std::size_t>{2, 3, 4}, xt::layout_type::column_major));
    xt::xtensor_fixed<float, xt::xshape<2, 3>> fixed{{0, 1, 2}, {3, 4, 5}};
    CHECK(sees(as_view(rows), rows));
    CHECK(as_view(rows).strides() == index_list{12, 4, 1});
    CHECK(sees(as_view(columns), columns));
    CHECK(as_view(columns).strides() == index_list{1, 2, 6});
    CHECK(sees(as_view(any), any));
    CHECK(sees(as_view(dynamic), dynamic));
    CHECK(sees(as_view(fixed), fixed));
    CHECK(sees(as_view(std::as_const(rows)), rows));
    STATIC_CHECK(std::is_same_v<decltype(as_view(rows)), summit::view<float>>);
    STATIC_CHECK(std::is_same_v<decltype(as_view(std::as_const(rows))), summit::view<const float>>);

    std::vector<float> data(12);
    std::iota(data.begin(), data.end(), 0.0F);
    auto adaptor = xt::adapt(data, std::vector<std::size_t>{3, 4});
    auto pointed = xt::adapt(data.data(), 6, xt::no_ownership(), std::vector<std::size_t>{2, 3});
    CHECK(sees(as_view(adaptor), adaptor));
    CHECK(sees(as_view(pointed), pointed));
    auto none = xt::xtensor<float, 2>::from_shape({0, 3});
    CHECK(as_view(none).shape() == index_list{0, 3});
    xt::xarray<float> scalar(3.0F);
    CHECK(as_view(scalar).rank() == 0);
    CHECK(as_view(scalar).item() == 3.0F);
}

TEST_CASE("views with strides", "[xtensor]") {
    auto x = counting(xt::xtensor<float, 3>::from_shape({4, 5, 6}));
    const auto check = [](auto&& part) { CHECK(sees(as_view(part), part)); };
    check(xt::view(x, 1));
    check(xt::view(x, xt::all(), 2));
    check(xt::view(x, xt::range(1, 4), xt::all(), xt::range(0, 6, 2)));
    check(xt::view(x, xt::all(), xt::range(4, 0, -2)));
    check(xt::view(x, xt::newaxis(), 1, xt::all(), 3));
    auto outer = xt::view(x, xt::range(1, 4), xt::range(1, 5));
    check(xt::view(outer, 1, xt::range(1, 4, 2)));
    check(xt::strided_view(x, {xt::range(1, 4), xt::ellipsis(), xt::range(5, 0, -2)}));
    check(xt::strided_view(outer, {1, xt::all(), xt::range(1, 5)}));
    check(xt::transpose(x));
    check(xt::transpose(x, {1, 2, 0}));
    check(xt::row(xt::xtensor<float, 2>(xt::view(x, 1)), 2));
    const auto& constant = x;
    check(xt::view(constant, 2, xt::all(), xt::range(1, 3)));
}

TEST_CASE("results go where they belong", "[xtensor]") {
    const float a[3][2] = {{0, 0}, {1, 1}, {2, 2}};
    const auto wanted = logsumexp(a, 1);
    auto x = counting(xt::xtensor<float, 2>::from_shape({3, 3}));
    CHECK(logsumexp(x, 0).shape() == index_list{3});
    logsumexp_into(xt::col(x, 1), a, 1);
    CHECK(x(0, 1) == wanted(0));
    CHECK(x(2, 1) == wanted(2));
    CHECK(x(2, 0) == 6);
    CHECK(x(2, 2) == 8);
    xt::xtensor<float, 1> y = xt::zeros<float>({3});
    logsumexp_into(y, a, 1);
    CHECK(y(1) == wanted(1));
    CHECK_THROWS_AS(logsumexp_into(xt::col(x, 1), x, 1), std::invalid_argument);
}

TEST_CASE("what is not in memory, or not at strides, is not taken", "[xtensor]") {
    auto x = counting(xt::xtensor<float, 2>::from_shape({4, 6}));
    STATIC_CHECK_FALSE(takes<decltype(x + x)>);
    STATIC_CHECK_FALSE(takes<decltype(xt::exp(x))>);
    STATIC_CHECK_FALSE(takes<decltype(xt::view(x, xt::keep(0, 1, 3)))>);
    STATIC_CHECK_FALSE(takes<decltype(xt::view(x + x, 1))>);
    STATIC_CHECK_FALSE(takes<decltype(xt::dynamic_view(x, {xt::keep(0, 1, 3)}))>);
    STATIC_CHECK_FALSE(takes<decltype(xt::zeros<float>({3}))>);
    STATIC_CHECK_FALSE(takes<decltype(xt::broadcast(x, {2, 4, 6}))>);
}
