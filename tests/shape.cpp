// SPDX-License-Identifier: MIT
#include <summit/axes.hpp>
#include <summit/shape.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

using Catch::Matchers::Message;
using summit::axes;
using summit::index_list;

namespace {

constexpr std::ptrdiff_t most = std::numeric_limits<std::ptrdiff_t>::max();

} // namespace

TEST_CASE("a list of indices comes from braces or from any range of integers", "[shape]") {
    const index_list list{2, 3};
    REQUIRE(list.size() == 2);
    CHECK(list[0] == 2);
    CHECK(list[1] == 3);
    CHECK_FALSE(list.empty());
    CHECK(index_list{}.empty());

    const int in_c[] = {2, 3};
    const std::vector<std::int8_t> bytes{2, 3};
    CHECK(index_list(in_c) == list);
    CHECK(index_list(bytes) == list);
    CHECK(index_list(std::array<std::uint64_t, 2>{2, 3}) == list);
    CHECK(index_list(std::span<const int>(in_c)) == list);
    CHECK(index_list(std::vector<long>(list.begin(), list.end())) == list);
}

TEST_CASE("lists and axes may be constants, and copies of them too", "[shape]") {
    constexpr index_list list{2, 3};
    constexpr index_list copy = list;
    constexpr axes which{0, -1};
    STATIC_CHECK(copy == index_list(std::array{2, 3}));
    STATIC_CHECK(which.names() == index_list{0, -1});
    STATIC_CHECK(index_list{}.empty());
}

TEST_CASE("lists are equal when length and values are", "[shape]") {
    CHECK(index_list{1, 2} != index_list{1, 2, 1});
    CHECK(index_list{1, 2} != index_list{1, 3});
    CHECK(index_list{} != index_list{0});
    CHECK(index_list{} == index_list{});
}

TEST_CASE("a list prints as NumPy prints a shape", "[shape]") {
    CHECK(to_string(index_list{}) == "()");
    CHECK(to_string(index_list{3}) == "(3,)");
    CHECK(to_string(index_list{2, -3, 4}) == "(2, -3, 4)");
}

TEST_CASE("a list holds sixteen indices and no more", "[shape][error]") {
    CHECK(index_list(std::vector<int>(16, 1)).size() == summit::max_rank);
    const auto too_many = [](const char* function, const char* argument, int count) {
        return Message("summit::" + std::string(function) + ": " + argument + ": " + std::to_string(count) +
                       " dimensions are more than the 16 that are supported");
    };
    CHECK_THROWS_MATCHES(index_list(std::vector<int>(17, 1)), std::invalid_argument,
                         too_many("index_list", "values", 17));
    CHECK_THROWS_MATCHES(index_list(std::vector<int>(64, 1)), std::invalid_argument,
                         too_many("index_list", "values", 64));
    CHECK_THROWS_MATCHES((index_list{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}), std::invalid_argument,
                         too_many("index_list", "values", 18));
    index_list full(std::vector<int>(16, 1));
    CHECK_THROWS_MATCHES(full.push_back(1), std::invalid_argument, too_many("index_list::push_back", "value", 17));
    CHECK(full.size() == 16);
}

TEST_CASE("braces hold integers of any type that need not be constants", "[shape]") {
    std::size_t rows = 2;
    unsigned char columns = 3;
    const long long depth = -4;
    CHECK(index_list{rows, columns} == index_list{2, 3});
    CHECK(index_list{rows, columns, depth}[2] == -4);
    std::size_t huge = std::size_t{1} << 63;
    CHECK_THROWS_MATCHES((index_list{rows, huge}), std::length_error,
                         Message("summit::index_list: values: 9223372036854775808 does not fit std::ptrdiff_t"));
}

TEST_CASE("characters are letters, not indices", "[shape]") {
    STATIC_CHECK_FALSE(summit::index_like<char>);
    STATIC_CHECK_FALSE(summit::index_like<const wchar_t>);
    STATIC_CHECK_FALSE(summit::index_like<char16_t>);
    STATIC_CHECK_FALSE(summit::index_like<char32_t>);
#if defined(__cpp_char8_t)
    STATIC_CHECK_FALSE(summit::index_like<char8_t>);
#endif
    STATIC_CHECK(summit::index_like<signed char>);
    STATIC_CHECK(summit::index_like<unsigned char>);
    STATIC_CHECK_FALSE(std::is_convertible_v<char, axes>);
    STATIC_CHECK_FALSE(std::is_convertible_v<std::string, axes>);
    STATIC_CHECK_FALSE(std::is_convertible_v<std::string, index_list>);
}

TEST_CASE("keepdims is a bool and no other number", "[shape]") {
    using summit::keepdims_flag;
    STATIC_CHECK(std::is_convertible_v<bool, keepdims_flag>);
    STATIC_CHECK_FALSE(std::is_convertible_v<int, keepdims_flag>);
    STATIC_CHECK_FALSE(std::is_convertible_v<float*, keepdims_flag>);
    STATIC_CHECK(keepdims_flag(true));
    STATIC_CHECK_FALSE(keepdims_flag(false));
}

TEST_CASE("an index beyond std::ptrdiff_t is an error, not another index", "[shape][error]") {
    const std::vector<std::uint64_t> huge{std::uint64_t{1} << 63};
    CHECK_THROWS_MATCHES(index_list(huge), std::length_error,
                         Message("summit::index_list: values: 9223372036854775808 does not fit std::ptrdiff_t"));
}

TEST_CASE("truth values are no indices", "[shape]") {
    STATIC_CHECK_FALSE(std::is_convertible_v<std::vector<bool>, index_list>);
}

TEST_CASE("the number of elements", "[shape]") {
    CHECK(summit::element_count("f", {}) == 1);
    CHECK(summit::element_count("f", {2, 3, 4}) == 24);
    CHECK(summit::element_count("f", {2, 0, 4}) == 0);
    CHECK(summit::element_count("f", {most}) == most);
    CHECK(summit::element_count("f", {most, most, 0}) == 0);
    CHECK(summit::element_count("f", {std::ptrdiff_t{1} << 31, 2}) == std::ptrdiff_t{1} << 32);
}

TEST_CASE("a size that is negative or too large is an error in the caller's name", "[shape][error]") {
    CHECK_THROWS_MATCHES(summit::element_count("f", {2, -3}), std::invalid_argument,
                         Message("summit::f: shape: extent -3 of dimension 1 is negative in (2, -3)"));
    CHECK_THROWS_MATCHES(summit::element_count("f", {0, -3}), std::invalid_argument,
                         Message("summit::f: shape: extent -3 of dimension 1 is negative in (0, -3)"));
    CHECK_THROWS_MATCHES(
        summit::element_count("f", {most, 2}), std::length_error,
        Message("summit::f: shape: the number of elements of (9223372036854775807, 2) does not fit std::ptrdiff_t"));
    CHECK_THROWS_AS(summit::element_count("f", {std::ptrdiff_t{1} << 32, std::ptrdiff_t{1} << 31}), std::length_error);
}

TEST_CASE("row-major strides", "[shape]") {
    CHECK(summit::row_major_strides({}) == index_list{});
    CHECK(summit::row_major_strides({5}) == index_list{1});
    CHECK(summit::row_major_strides({2, 3, 4}) == index_list{12, 4, 1});
    CHECK(summit::row_major_strides({2, 1, 4}) == index_list{4, 4, 1});
    CHECK(summit::row_major_strides({2, 0, 4}).size() == 3);
}
