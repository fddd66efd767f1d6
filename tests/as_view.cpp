// SPDX-License-Identifier: MIT
#include <summit/as_view.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

using summit::as_view;
using summit::index_list;
using summit::view;

namespace {

/// std::mdspan's interface, as much of it as matters.
struct column_major {
    using rank_type = std::size_t;
    float* elements;
    static constexpr rank_type rank() { return 2; }
    [[nodiscard]] float* data_handle() const { return elements; }
    [[nodiscard]] int extent(rank_type i) const { return i == 0 ? 2 : 3; }
    [[nodiscard]] int stride(rank_type i) const { return i == 0 ? 1 : 2; }
};

/// As a layout whose extents do not fit would report them.
struct too_large : column_major {
    [[nodiscard]] std::uint64_t extent(rank_type) const { return ~std::uint64_t{0}; }
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

TEST_CASE("mdspan-like types keep their strides", "[as_view]") {
    float data[6] = {1, 2, 3, 4, 5, 6};
    const column_major m{data};
    const auto v = as_view(m);
    CHECK(v.shape() == index_list{2, 3});
    CHECK(v.strides() == index_list{1, 2});
    CHECK(v(1, 2) == 6);
    CHECK(v(1, 0) == 2);

    const too_large t{{data}};
    CHECK_THROWS_MATCHES(
        static_cast<void>(as_view(t)), std::length_error,
        Catch::Matchers::Message("summit::as_view: extent: 18446744073709551615 does not fit std::ptrdiff_t"));
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
