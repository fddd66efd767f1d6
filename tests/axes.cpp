// SPDX-License-Identifier: MIT
#include <summit/axes.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <type_traits>
#include <vector>

using Catch::Matchers::Message;
using summit::axes;
using summit::index_list;

namespace {

constexpr std::ptrdiff_t most = std::numeric_limits<std::ptrdiff_t>::max();

} // namespace

TEST_CASE("axes come from an int of any kind, braces, any range, or all_axes", "[axes]") {
    const auto names = [](const axes& which) { return which.names(); };
    CHECK(names(1) == index_list{1});
    CHECK(names(-1) == index_list{-1});
    CHECK(names(std::int8_t{-2}) == index_list{-2});
    CHECK(names(std::uint16_t{2}) == index_list{2});
    CHECK(names(std::size_t{2}) == index_list{2});
    CHECK(names(2LL) == index_list{2});
    CHECK(names({0, 2}) == index_list{0, 2});
    CHECK(names({std::size_t{0}, -1, std::int8_t{1}}) == index_list{0, -1, 1});
    CHECK(names(std::vector<int>{0, 2}) == index_list{0, 2});
    CHECK(names(std::array<std::ptrdiff_t, 2>{0, 2}) == index_list{0, 2});
    CHECK(names(index_list{0, 2}) == index_list{0, 2});
    CHECK(names({}) == index_list{});
    CHECK(names(std::vector<int>{}) == index_list{});

    CHECK(summit::all_axes.is_all());
    CHECK_FALSE(axes{}.is_all());
    CHECK_FALSE(axes(0).is_all());
}

TEST_CASE("a truth value or a real number is no axis", "[axes]") {
    STATIC_CHECK_FALSE(std::is_convertible_v<bool, axes>);
    STATIC_CHECK_FALSE(std::is_constructible_v<axes, bool>);
    STATIC_CHECK_FALSE(std::is_convertible_v<std::vector<bool>, axes>);
    STATIC_CHECK_FALSE(std::is_convertible_v<double, axes>);
}

TEST_CASE("an axis that no rank has stays one that no rank has", "[axes]") {
    CHECK(axes(std::numeric_limits<std::uint64_t>::max()).names()[0] == most);
    CHECK(axes{std::numeric_limits<std::uint64_t>::max()}.names()[0] == most);
    CHECK(axes(std::vector<std::uint64_t>{~std::uint64_t{0}}).names()[0] == most);
}

TEST_CASE("more axes than any rank has are an error", "[axes][error]") {
    const auto expected = Message("summit::axes: names: 17 dimensions are more than the 16 that are supported");
    CHECK_THROWS_MATCHES(axes(std::vector<int>(17, 0)), std::invalid_argument, expected);
    CHECK_THROWS_MATCHES((axes{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}), std::invalid_argument, expected);
}
