// SPDX-License-Identifier: MIT
#include <summit/foreign.hpp>

#include "support/mdspan.hpp"

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <initializer_list>
#include <list>
#include <span>
#include <utility>
#include <valarray>
#include <vector>

using summit::contiguous_container;
using summit::has_geometry;

namespace {

// Other libraries' matrices, each with the names by which it tells its shape. All of them hold their elements side by side,
// and have data(), size(), begin() and end().
using row = std::vector<float>;

struct with_rows : row { // Blaze, Eigen
    [[nodiscard]] static std::size_t rows() { return 2; }
};
struct with_members : row { // OpenCV
    int rows = 2, cols = 3;
};
struct with_n_rows : row { // Armadillo
    const unsigned n_rows = 2, n_cols = 3;
};
struct with_nr : row { // dlib
    [[nodiscard]] static long nr() { return 2; }
};
struct with_num_rows : row { // NumCpp
    [[nodiscard]] static unsigned numRows() { return 2; }
    [[nodiscard]] static std::pair<unsigned, unsigned> shape() { return {2, 3}; }
};
struct with_shape : row { // xtensor, Boost.MultiArray, pybind11
    [[nodiscard]] static const std::ptrdiff_t* shape() { return nullptr; }
};
struct with_stride : row { // Blitz++
    [[nodiscard]] static std::ptrdiff_t stride(int) { return 2; }
};
struct with_rank : row { // mdarray
    [[nodiscard]] static constexpr std::size_t rank() { return 2; }
};
struct with_dimensions : row { // Eigen's tensors
    [[nodiscard]] static std::array<long, 2> dimensions() { return {2, 3}; }
};

/// Tells an address and a number, and not that the elements lie side by side.
struct no_range {
    using value_type = float;
    [[nodiscard]] float* data() const { return nullptr; }
    [[nodiscard]] std::size_t size() const { return 3; }
};

struct by_value : support::default_accessor<float> {
    using reference = float;
};
struct with_state : support::default_accessor<float> {
    std::size_t turn = 0;
};

template <class Accessor>
using with_accessor = support::mdspan<float, 2, support::strided<2>, Accessor>;

} // namespace

TEST_CASE("contiguous ranges are rows", "[foreign]") {
    STATIC_CHECK(contiguous_container<std::vector<float>>);
    STATIC_CHECK(contiguous_container<const std::vector<float>>);
    STATIC_CHECK(contiguous_container<std::array<float, 3>>);
    STATIC_CHECK(contiguous_container<const std::span<const float, 3>>);
    STATIC_CHECK(contiguous_container<std::valarray<float>>);
    STATIC_CHECK(contiguous_container<std::initializer_list<float>>);
    STATIC_CHECK_FALSE(contiguous_container<std::vector<bool>>);
    STATIC_CHECK_FALSE(contiguous_container<std::list<float>>);
    STATIC_CHECK_FALSE(contiguous_container<float[2][3]>);
    STATIC_CHECK_FALSE(contiguous_container<no_range>);
    STATIC_CHECK_FALSE(contiguous_container<summit::array<float>>);
    STATIC_CHECK_FALSE(contiguous_container<summit::view<float>>);
}

TEST_CASE("what tells a geometry is no row", "[foreign]") {
    const auto is_known = []<class... T>(T...) { return (has_geometry<T> && ...) && (has_geometry<const T> && ...); };
    CHECK(is_known(with_rows{}, with_members{}, with_n_rows{}, with_nr{}, with_num_rows{}));
    CHECK(is_known(with_shape{}, with_stride{}, with_rank{}, with_dimensions{}));
    STATIC_CHECK_FALSE(contiguous_container<with_rows>);
    STATIC_CHECK_FALSE(contiguous_container<const with_members>);
    STATIC_CHECK_FALSE(contiguous_container<with_n_rows>);
    STATIC_CHECK_FALSE(has_geometry<std::vector<float>>);
    STATIC_CHECK_FALSE(has_geometry<std::span<float>>);
    STATIC_CHECK_FALSE(has_geometry<std::valarray<float>>);
}

TEST_CASE("an mdspan is taken with strides and an accessor that does nothing", "[foreign]") {
    using plain = support::mdspan<float, 2>;
    STATIC_CHECK(summit::mdspan_like<plain>);
    STATIC_CHECK(summit::strided_mdspan<plain>);
    STATIC_CHECK(summit::strided_mdspan<const plain>);
    STATIC_CHECK(summit::strided_mdspan<const support::mdspan<const float, 0>>);
    STATIC_CHECK(summit::mdspan_like<with_accessor<by_value>>);
    STATIC_CHECK_FALSE(summit::strided_mdspan<with_accessor<by_value>>);
    STATIC_CHECK_FALSE(summit::strided_mdspan<with_accessor<with_state>>);
    STATIC_CHECK_FALSE(summit::mdspan_like<std::span<float>>);
}

TEST_CASE("what borrows its elements outlives a call as a temporary", "[foreign]") {
    STATIC_CHECK(summit::borrows<std::span<float>>);
    STATIC_CHECK(summit::borrows<summit::view<float>>);
    STATIC_CHECK(summit::borrows<support::mdspan<float, 2>>);
    STATIC_CHECK_FALSE(summit::borrows<std::vector<float>>);
    STATIC_CHECK_FALSE(summit::borrows<std::initializer_list<float>>);
    STATIC_CHECK_FALSE(summit::borrows<summit::array<float>>);
    STATIC_CHECK(summit::outlives_call<summit::array<float>&>);
    STATIC_CHECK_FALSE(summit::outlives_call<const summit::array<float>>);
}
