// SPDX-License-Identifier: MIT
#include <summit/view.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>

#include <array>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>
#include <type_traits>
#include <vector>

using Catch::Matchers::Message;
using summit::index_list;
using summit::view;

namespace {

constexpr std::ptrdiff_t most = std::numeric_limits<std::ptrdiff_t>::max();
constexpr std::ptrdiff_t least = std::numeric_limits<std::ptrdiff_t>::min();

/// 0, 1, 2, … so that an element is its own address.
struct counted {
    std::array<int, 24> elements;
    counted() { std::iota(elements.begin(), elements.end(), 0); }
    view<int> as(const index_list& shape) { return {elements.data(), shape}; }
};

std::vector<int> row(const view<int>& v) {
    std::vector<int> values;
    for (std::ptrdiff_t i = 0; i != v.shape()[0]; ++i) values.push_back(v(i));
    return values;
}

} // namespace

TEST_CASE("a view is a pointer, a shape and strides, row-major when left out", "[view]") {
    counted data;
    const auto v = data.as({2, 3, 4});
    CHECK(v.data() == data.elements.data());
    CHECK(v.shape() == index_list{2, 3, 4});
    CHECK(v.strides() == index_list{12, 4, 1});
    CHECK(v.rank() == 3);
    CHECK(v.size() == 24);
    CHECK(v(1, 2, 3) == 23);
    CHECK(v(std::size_t{1}, 0L, short{1}) == 13);

    const view<int> transposed(data.elements.data(), {3, 2}, {1, 3});
    CHECK(transposed(2, 1) == 5);
    v(0, 0, 1) = 7;
    CHECK(data.elements[1] == 7);
}

TEST_CASE("a view of mutable elements converts to one of const elements, and not back", "[view]") {
    counted data;
    const view<const int> v = data.as({4, 6}).transpose();
    CHECK(v.shape() == index_list{6, 4});
    CHECK(v(5, 3) == 23);
    STATIC_CHECK_FALSE(std::is_constructible_v<view<int>, view<const int>>);
    STATIC_CHECK(std::is_same_v<view<const int>::value_type, int>);
}

TEST_CASE("the only element of any rank", "[view]") {
    counted data;
    CHECK(data.as({}).item() == 0);
    CHECK(data.as({1, 1, 1}).item() == 0);
    CHECK(data.as({}).rank() == 0);
    CHECK(data.as({})() == 0);
    CHECK_THROWS_MATCHES(static_cast<void>(data.as({2}).item()), std::invalid_argument,
                         Message("summit::view: item: shape (2,) does not hold exactly one element"));
    CHECK_THROWS_MATCHES(static_cast<void>(data.as({1, 0}).item()), std::invalid_argument,
                         Message("summit::view: item: shape (1, 0) does not hold exactly one element"));
}

TEST_CASE("indices are counted and checked", "[view][error]") {
    counted data;
    const auto v = data.as({2, 3});
    CHECK_THROWS_MATCHES(static_cast<void>(v(1)), std::invalid_argument,
                         Message("summit::view: indices: 1 indices for rank 2"));
    CHECK_THROWS_MATCHES(static_cast<void>(v(1, 1, 1)), std::invalid_argument,
                         Message("summit::view: indices: 3 indices for rank 2"));
    CHECK_THROWS_MATCHES(static_cast<void>(v(1, 3)), std::out_of_range,
                         Message("summit::view: index: 3 is outside dimension 1 of shape (2, 3)"));
    CHECK_THROWS_MATCHES(static_cast<void>(v(-1, 0)), std::out_of_range,
                         Message("summit::view: index: -1 is outside dimension 0 of shape (2, 3)"));
    CHECK_THROWS_AS(static_cast<void>(v(0, std::numeric_limits<std::uint64_t>::max())), std::out_of_range);
}

TEST_CASE("what no memory can hold is an error", "[view][error]") {
    int one = 0;
    CHECK_THROWS_MATCHES(
        view<int>(&one, {2, 3}, {1}), std::invalid_argument,
        Message("summit::view: strides: (1,) does not have one stride for each dimension of shape (2, 3)"));
    CHECK_THROWS_MATCHES(
        view<int>(&one, {0, 3}, {1, 2, 3}), std::invalid_argument,
        Message("summit::view: strides: (1, 2, 3) does not have one stride for each dimension of shape (0, 3)"));
    CHECK_THROWS_MATCHES(view<int>(&one, {2, -1}), std::invalid_argument,
                         Message("summit::view: shape: extent -1 of dimension 1 is negative in (2, -1)"));
    CHECK_THROWS_MATCHES(view<int>(nullptr, {2}), std::invalid_argument,
                         Message("summit::view: data: a null pointer cannot hold shape (2,)"));
    CHECK_THROWS_MATCHES(view<int>(nullptr, {}), std::invalid_argument,
                         Message("summit::view: data: a null pointer cannot hold shape ()"));
    CHECK_THROWS_MATCHES(
        view<int>(&one, {most, 2}, {0, 0}), std::length_error,
        Message("summit::view: shape: the number of elements of (9223372036854775807, 2) does not fit std::ptrdiff_t"));
    CHECK_THROWS_MATCHES(
        view<int>(&one, {3, 2}, {most / 4, 0}), std::length_error,
        Message("summit::view: strides: an element of shape (3, 2) with strides (2305843009213693951, 0) "
                "lies beyond std::ptrdiff_t"));
    CHECK_THROWS_AS(view<int>(&one, {2, 2}, {most / 8 + 1, most / 8 + 1}), std::length_error);
    CHECK_THROWS_AS(view<int>(&one, {2}, {least}), std::length_error);
    CHECK_THROWS_AS(view<int>(&one, {most}), std::length_error);
    CHECK_THROWS_MATCHES(view<int>(&one, std::vector<int>(17, 1)), std::invalid_argument,
                         Message("summit::index_list: values: 17 dimensions are more than the 16 that are supported"));
    // The product of extent and stride fits, and the sum of two does not.
    CHECK_THROWS_AS(view<char>(reinterpret_cast<char*>(&one), {2, 2}, {most - 1, 2}), std::length_error);
    // The product itself does not fit.
    CHECK_THROWS_AS(view<int>(&one, {most / 2, 1, 3}, {3, 0, 0}), std::length_error);
    std::size_t rows = 2;
    const std::size_t huge = std::size_t{1} << 63;
    counted data;
    CHECK(view(data.elements.data(), {rows, rows + 1})(1, 2) == 5);
    CHECK_THROWS_AS(view(data.elements.data(), {rows, huge}), std::length_error);
}

TEST_CASE("a view without elements needs no memory", "[view]") {
    CHECK(view<int>(nullptr, {2, 0}).size() == 0);
    CHECK(view<int>(nullptr, {0, most, most}).size() == 0);
    CHECK(view<int>(nullptr, {0}, {most}).size() == 0);
    int one = 0;
    CHECK(view<int>(&one, {1, 1}, {most, least}).item() == 0);
    CHECK(view<int>(&one, {most}, {0}).size() == most);
}

TEST_CASE("offsets of a view without elements are not computed", "[view]") {
    // As they would overflow.
    constexpr std::ptrdiff_t far_away = std::ptrdiff_t{1} << 40;
    const view<int> first(nullptr, {0, far_away, far_away});
    CHECK(first.select(1, far_away / 2).shape() == index_list{0, far_away});
    CHECK(first.slice(1, 0, far_away, far_away / 4).shape() == index_list{0, 4, far_away});
    CHECK(first.slice(2, far_away - 1, -1, -far_away / 4).shape() == index_list{0, far_away, 4});
    CHECK(first.reverse(1).size() == 0);
    CHECK(first.transpose().size() == 0);
    CHECK_THROWS_AS(static_cast<void>(first(0, 0, 0)), std::out_of_range);

    int one = 0;
    const view<int> last(&one, {far_away, far_away, 0});
    CHECK(last.select(0, far_away / 2).data() == &one);
    CHECK(last.select(0, far_away / 2).select(0, far_away - 1).shape() == index_list{0});
    CHECK(last.slice(0, far_away / 2, far_away, 3).data() == &one);
    CHECK_THROWS_AS(static_cast<void>(last.select(2, 0)), std::out_of_range);
    CHECK_THROWS_AS(static_cast<void>(last(far_away / 2, far_away / 2, 0)), std::out_of_range);

    // Strides of the caller's that mean nothing.
    const view<int> odd(&one, {3, 0, 5}, {most, most, least});
    CHECK(odd.select(0, 2).select(1, 4).size() == 0);
    CHECK(odd.slice(0, 2, -1, -2).slice(2, 1, 5, 2).shape() == index_list{2, 0, 2});
    CHECK_THROWS_AS(static_cast<void>(odd(2, 0, 4)), std::out_of_range);
}

TEST_CASE("a slice holds the elements from start on, step by step, before stop", "[view]") {
    counted data;
    const auto v = data.as({10});
    CHECK(row(v.slice(0, 2, 5)) == std::vector{2, 3, 4});
    CHECK(row(v.slice(0, 0, 10, 3)) == std::vector{0, 3, 6, 9});
    CHECK(row(v.slice(0, 1, 9, 4)) == std::vector{1, 5});
    CHECK(row(v.slice(0, 9, -1, -1)) == std::vector{9, 8, 7, 6, 5, 4, 3, 2, 1, 0});
    CHECK(row(v.slice(0, 8, 1, -3)) == std::vector{8, 5, 2});
    CHECK(row(v.slice(-1, 9, 3, -4)) == std::vector{9, 5});
    CHECK(row(v.slice(0, 3, 4, least)) == std::vector<int>{});
    CHECK(row(v.slice(0, 4, 3, least)) == std::vector{4});
    CHECK(row(v.slice(0, 3, 9, most)) == std::vector{3});
    CHECK(row(v.slice(0, 1, 10, 2).slice(0, 4, 0, -2)) == std::vector{9, 5});
    CHECK(v.slice(0, 4, 4).size() == 0);
    CHECK(v.slice(0, 5, 2).size() == 0);
    for (std::ptrdiff_t step : {2, 3, 4, 10, 11}) {
        CAPTURE(step);
        for (std::ptrdiff_t at : {0, 1, 2, 9}) {
            CHECK(v.slice(0, at, at, step).size() == 0);
            CHECK(v.slice(0, at, at, -step).size() == 0);
        }
        CHECK(v.slice(0, 10, 10, step).size() == 0);
        CHECK(v.slice(0, 5, 4, step).size() == 0);
        CHECK(v.slice(0, 9, 0, step).size() == 0);
        CHECK(v.slice(0, 4, 5, -step).size() == 0);
        CHECK(v.slice(0, 0, 10, -step).size() == 0);
        CHECK(v.slice(0, 0, 1, step).size() == 1);
        CHECK(v.slice(0, 0, -1, -step).size() == 1);
    }
    CHECK(v.slice(0, 10, 10).size() == 0);

    const auto inner = data.as({4, 6}).slice(1, 1, 6, 2);
    CHECK(inner.shape() == index_list{4, 3});
    CHECK(inner.strides() == index_list{6, 2});
    CHECK(inner(3, 2) == 23);
}

TEST_CASE("a slice that leaves its axis is an error", "[view][error]") {
    counted data;
    const auto v = data.as({4, 6});
    CHECK_THROWS_MATCHES(static_cast<void>(v.slice(2, 0, 1)), std::invalid_argument,
                         Message("summit::view::slice: axis: axis 2 is out of range for rank 2"));
    CHECK_THROWS_MATCHES(static_cast<void>(v.slice(0, 0, 1, 0)), std::invalid_argument,
                         Message("summit::view::slice: step: 0 does not move"));
    CHECK_THROWS_MATCHES(static_cast<void>(v.slice(1, 2, 7)), std::out_of_range,
                         Message("summit::view::slice: start, stop: 2, 7 leave axis 1 of shape (4, 6)"));
    CHECK_THROWS_AS(static_cast<void>(v.slice(1, -1, 2)), std::out_of_range);
    CHECK_THROWS_AS(static_cast<void>(v.slice(1, 7, 7)), std::out_of_range);
    CHECK_THROWS_AS(static_cast<void>(v.slice(1, 0, -1)), std::out_of_range);
    CHECK_THROWS_AS(static_cast<void>(v.slice(1, 6, 0, -1)), std::out_of_range);
    CHECK_THROWS_AS(static_cast<void>(v.slice(1, 5, -2, -1)), std::out_of_range);
}

TEST_CASE("select drops an axis at one index", "[view]") {
    counted data;
    const auto v = data.as({2, 3, 4});
    CHECK(v.select(1, 2).shape() == index_list{2, 4});
    CHECK(v.select(1, 2).strides() == index_list{12, 1});
    CHECK(v.select(1, 2)(1, 3) == 23);
    CHECK(row(v.select(0, 1).select(-1, 3)) == std::vector{15, 19, 23});
    CHECK(v.select(0, 1).select(0, 0).select(0, 0).item() == 12);
    CHECK_THROWS_MATCHES(static_cast<void>(v.select(3, 0)), std::invalid_argument,
                         Message("summit::view::select: axis: axis 3 is out of range for rank 3"));
    CHECK_THROWS_MATCHES(static_cast<void>(v.select(1, 3)), std::out_of_range,
                         Message("summit::view: index: 3 is outside dimension 1 of shape (2, 3, 4)"));
    CHECK_THROWS_AS(static_cast<void>(v.select(1, -1)), std::out_of_range);
}

TEST_CASE("reverse walks an axis from its end", "[view]") {
    counted data;
    const auto v = data.as({2, 3}).reverse(1);
    CHECK(v.strides() == index_list{3, -1});
    CHECK(row(v.select(0, 1)) == std::vector{5, 4, 3});
    CHECK(v.reverse(-1).data() == data.elements.data());
    CHECK(view<int>(nullptr, {0, 3}).reverse(1).size() == 0);
    CHECK_THROWS_MATCHES(static_cast<void>(v.reverse(-3)), std::invalid_argument,
                         Message("summit::view::reverse: axis: axis -3 is out of range for rank 2"));
}

TEST_CASE("transpose reorders the dimensions", "[view]") {
    counted data;
    const auto v = data.as({2, 3, 4});
    CHECK(v.transpose().shape() == index_list{4, 3, 2});
    CHECK(v.transpose()(3, 1, 0) == 7);
    CHECK(v.transpose({1, 2, 0}).shape() == index_list{3, 4, 2});
    CHECK(v.transpose({1, 2, 0}).strides() == index_list{4, 1, 12});
    CHECK(v.transpose({1, -1, 0})(2, 3, 1) == 23);
    CHECK(data.as({}).transpose().item() == 0);

    const auto wrong = [](const char* order) {
        return Message("summit::view::transpose: order: " + std::string(order) +
                       " does not name each axis of rank 3 once");
    };
    CHECK_THROWS_MATCHES(static_cast<void>(v.transpose({0, 1})), std::invalid_argument, wrong("(0, 1)"));
    CHECK_THROWS_MATCHES(static_cast<void>(v.transpose({0, 1, 1})), std::invalid_argument, wrong("(0, 1, 1)"));
    CHECK_THROWS_MATCHES(static_cast<void>(v.transpose({0, 2, -1})), std::invalid_argument, wrong("(0, 2, -1)"));
    CHECK_THROWS_MATCHES(static_cast<void>(v.transpose({0, 1, 2, 0})), std::invalid_argument, wrong("(0, 1, 2, 0)"));
    CHECK_THROWS_MATCHES(static_cast<void>(v.transpose({0, 1, 3})), std::invalid_argument,
                         Message("summit::view::transpose: axis: axis 3 is out of range for rank 3"));
}

TEST_CASE("broadcast repeats by NumPy's rule, with strides of 0", "[view]") {
    counted data;
    const auto v = data.as({2, 1, 3}).broadcast({4, 2, 5, 3});
    CHECK(v.shape() == index_list{4, 2, 5, 3});
    CHECK(v.strides() == index_list{0, 3, 0, 1});
    CHECK(v(3, 1, 4, 2) == 5);
    CHECK(data.as({}).broadcast({2, 2})(1, 1) == 0);
    CHECK(data.as({3}).broadcast({3}).strides() == index_list{1});
    CHECK(data.as({1}).broadcast({0}).size() == 0);
    CHECK(data.as({}).broadcast({}).item() == 0);

    CHECK_THROWS_MATCHES(static_cast<void>(data.as({2, 3}).broadcast({2, 4})), std::invalid_argument,
                         Message("summit::view::broadcast: shape: (2, 3) does not broadcast to (2, 4)"));
    CHECK_THROWS_MATCHES(static_cast<void>(data.as({2, 3}).broadcast({3})), std::invalid_argument,
                         Message("summit::view::broadcast: shape: (2, 3) does not broadcast to (3,)"));
    CHECK_THROWS_MATCHES(static_cast<void>(data.as({1}).broadcast({})), std::invalid_argument,
                         Message("summit::view::broadcast: shape: (1,) does not broadcast to ()"));
    CHECK_THROWS_AS(static_cast<void>(data.as({1}).broadcast({-1})), std::invalid_argument);
    CHECK_THROWS_AS(static_cast<void>(data.as({1}).broadcast({most, 2})), std::length_error);
}
