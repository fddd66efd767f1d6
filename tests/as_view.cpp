// SPDX-License-Identifier: MIT
#include <summit/as_view.hpp>

#include "support/mdspan.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>

#include <array>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <valarray>
#include <vector>

using summit::as_view;
using summit::index_list;
using summit::view;

namespace {

using two_dimensional = support::mdspan<float, 2>;

/// Finds elements where none of the mapping's offsets say.
struct displaced : support::default_accessor<float> {
    static constexpr float& access(float* p, std::size_t i) { return p[2 * i]; }
};

/// A mapping of which only each object knows whether it has strides.
struct perhaps_strided : support::strided<2> {
    [[nodiscard]] static constexpr bool is_always_strided() { return false; }
    [[nodiscard]] static constexpr bool is_strided() { return false; }
};

} // namespace

namespace foreign {

struct tensor {
    std::vector<float> storage = {1, 2, 3, 4};
};

view<const float> as_view(const tensor& t) { return {t.storage.data(), {2, 2}, {1, 2}}; }

} // namespace foreign

TEST_CASE("containers that lie in a row are seen as rank 1", "[as_view]") {
    std::vector<float> vector{1, 2, 3};
    const auto& constant = vector;
    std::array<double, 2> array{1, 2};
    const std::span<float, 3> span(vector);

    CHECK(as_view(vector).shape() == index_list{3});
    CHECK(as_view(vector).data() == vector.data());
    CHECK(as_view(array).shape() == index_list{2});
    CHECK(as_view(span)(2) == 3);
    std::valarray<float> numbers{4, 5};
    CHECK(as_view(numbers)(1) == 5);
    STATIC_CHECK(std::is_same_v<decltype(as_view(vector)), view<float>>);
    STATIC_CHECK(std::is_same_v<decltype(as_view(constant)), view<const float>>);
    STATIC_CHECK(std::is_same_v<decltype(as_view(std::as_const(array))), view<const double>>);
    STATIC_CHECK(std::is_same_v<decltype(as_view(span)), view<float>>);

    std::vector<float> none;
    CHECK(as_view(none).size() == 0);
    CHECK(as_view(none).rank() == 1);
}

TEST_CASE("C arrays are seen with all their dimensions", "[as_view]") {
    float row[3] = {1, 2, 3};
    double nested[2][3][2] = {{{1, 2}, {3, 4}, {5, 6}}, {{7, 8}, {9, 10}, {11, 12}}};
    const float constant[2][2] = {{1, 2}, {3, 4}};
    CHECK(as_view(row).shape() == index_list{3});
    CHECK(as_view(nested).shape() == index_list{2, 3, 2});
    CHECK(as_view(nested).strides() == index_list{6, 2, 1});
    CHECK(as_view(nested)(1, 2, 1) == 12);
    CHECK(as_view(constant)(1, 0) == 3);
    STATIC_CHECK(std::is_same_v<decltype(as_view(nested)), view<double>>);
    STATIC_CHECK(std::is_same_v<decltype(as_view(constant)), view<const float>>);
    as_view(nested)(0, 1, 0) = 33;
    CHECK(nested[0][1][0] == 33);
}

TEST_CASE("Summit's own views and arrays are seen as they are", "[as_view]") {
    summit::array<float> a({2, 2}, {1, 2, 3, 4});
    CHECK(as_view(a).data() == a.data());
    CHECK(as_view(a).shape() == index_list{2, 2});
    STATIC_CHECK(std::is_same_v<decltype(as_view(a)), view<float>>);
    STATIC_CHECK(std::is_same_v<decltype(as_view(std::as_const(a))), view<const float>>);

    const auto v = as_view(a).transpose();
    CHECK(as_view(v).strides() == index_list{1, 2});
    STATIC_CHECK(std::is_same_v<decltype(as_view(v)), view<float>>);
}

TEST_CASE("an mdspan keeps its strides and its offset", "[as_view]") {
    float data[12] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    const two_dimensional column_major(data, {{2, 3}, {1, 2}});
    const auto v = as_view(column_major);
    CHECK(v.shape() == index_list{2, 3});
    CHECK(v.strides() == index_list{1, 2});
    CHECK(v(1, 2) == 5);
    CHECK(v(1, 0) == 1);
    STATIC_CHECK(std::is_same_v<decltype(v), const view<float>>);

    CHECK(as_view(two_dimensional(data, {{2, 3}, {6, 2}, 1}))(1, 2) == 11);
    CHECK(as_view(two_dimensional(data, {{2, 3}, {-6, -2}, 11}))(1, 2) == 1);
    CHECK(as_view(two_dimensional(nullptr, {{0, 3}, {1, 2}, 1})).size() == 0);
    const support::mdspan<const float, 0> one(data + 3, {});
    CHECK(as_view(one).item() == 3);
    STATIC_CHECK(std::is_same_v<decltype(as_view(one)), view<const float>>);
}

TEST_CASE("an mdspan that has its elements elsewhere is an error", "[as_view][error]") {
    using Catch::Matchers::Message;
    float data[12] = {};
    CHECK_THROWS_MATCHES(
        static_cast<void>(as_view(support::mdspan<float, 1, support::strided<1>, displaced>(data, {{4}, {1}}))),
        std::invalid_argument, Message("summit::as_view: accessor: the element at offset 3 lies elsewhere"));
    CHECK_THROWS_MATCHES(static_cast<void>(as_view(support::mdspan<float, 2, perhaps_strided>(data, {}))),
                         std::invalid_argument,
                         Message("summit::as_view: mapping: the elements of shape (0, 0) do not lie at strides"));
}

TEST_CASE("what borrows its elements may be a temporary, what owns them may not", "[as_view]") {
    std::vector<float> x{1, 2, 3};
    CHECK(as_view(std::span(x).last(2))(0) == 2);
    CHECK(as_view(view<float>(x.data(), {3}))(2) == 3);
    const auto takes = []<class T>(std::type_identity<T>) {
        return requires { as_view(std::declval<T>()); };
    };
    STATIC_CHECK(takes(std::type_identity<std::vector<float>&>{}));
    STATIC_CHECK_FALSE(takes(std::type_identity<std::vector<float>>{}));
    STATIC_CHECK_FALSE(takes(std::type_identity<const std::vector<float>>{}));
    STATIC_CHECK_FALSE(takes(std::type_identity<summit::array<float>>{}));
    STATIC_CHECK_FALSE(takes(std::type_identity<const summit::array<float>>{}));
    STATIC_CHECK_FALSE(takes(std::type_identity<std::array<float, 2>>{}));
}

TEST_CASE("a foreign type joins in by an as_view of its own", "[as_view]") {
    const foreign::tensor t;
    CHECK(as_view(t)(0, 1) == 3);
    STATIC_CHECK(summit::viewable<const foreign::tensor>);
    STATIC_CHECK(std::is_same_v<summit::element_t<const foreign::tensor>, float>);
}

TEST_CASE("what holds no elements in a row is not viewable", "[as_view]") {
    STATIC_CHECK(summit::viewable<std::vector<float>>);
    STATIC_CHECK(summit::viewable<const float[2][3]>);
    STATIC_CHECK_FALSE(summit::viewable<std::vector<bool>>);
    STATIC_CHECK_FALSE(summit::viewable<float>);
    STATIC_CHECK_FALSE(summit::viewable<float*>);
    STATIC_CHECK(std::is_same_v<summit::element_t<const std::vector<double>>, double>);
}
