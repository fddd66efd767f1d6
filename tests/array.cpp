// SPDX-License-Identifier: MIT
#include <summit/array.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>

#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

using Catch::Matchers::Message;
using summit::array;
using summit::index_list;

namespace {

constexpr std::ptrdiff_t most = std::numeric_limits<std::ptrdiff_t>::max();

template <class T>
std::vector<T> values(const array<T>& a) {
    return {a.begin(), a.end()};
}

} // namespace

TEST_CASE("an array owns its elements, row-major", "[array]") {
    array<int> a({2, 3}, {1, 2, 3, 4, 5, 6});
    CHECK(a.shape() == index_list{2, 3});
    CHECK(a.strides() == index_list{3, 1});
    CHECK(a.rank() == 2);
    CHECK(a.size() == 6);
    CHECK(a(1, 0) == 4);
    a(1, 0) = 40;
    CHECK(std::as_const(a)(1, 0) == 40);
    CHECK(a.data()[3] == 40);
    CHECK(values(a) == std::vector{1, 2, 3, 40, 5, 6});
}

TEST_CASE("elements not given are zero", "[array]") {
    CHECK(values(array<double>({2, 2})) == std::vector<double>(4, 0.0));
    CHECK(array<double>(index_list{}).item() == 0.0);
    CHECK(array<double>({0, most}).size() == 0);
    CHECK(array<float>::uninitialised({3, 2}).size() == 6);
}

TEST_CASE("the only element of an array", "[array]") {
    CHECK(array<int>({1, 1}, {7}).item() == 7);
    CHECK(array<int>({}, {7}).item() == 7);
    CHECK(array<int>({}, {7})() == 7);
    CHECK_THROWS_AS(static_cast<void>(array<int>({2}, {7, 8}).item()), std::invalid_argument);
}

TEST_CASE("a copy is deep, a move leaves an empty array", "[array]") {
    array<int> a({2}, {1, 2});
    array<int> copy = a;
    copy(0) = 10;
    CHECK(a(0) == 1);

    const int* elements = copy.data();
    array<int> moved = std::move(copy);
    CHECK(moved.data() == elements);
    CHECK(values(moved) == std::vector{10, 2});
    // What a moved-from array holds is part of its promise.
    CHECK(copy.size() == 0); // NOLINT(bugprone-use-after-move)
    CHECK(copy.shape() == index_list{0});

    copy = a;
    CHECK(values(copy) == std::vector{1, 2});
    copy = array<int>({1, 1}, {5});
    CHECK(copy.shape() == index_list{1, 1});
    CHECK(copy.item() == 5);
    STATIC_CHECK(std::is_nothrow_move_constructible_v<array<int>>);
}

TEST_CASE("an array that met no stream is ready", "[array][stream]") {
    array<int> a({2}, {1, 2});
    CHECK(a.ready());
    a.wait();
    CHECK(elements_of(a) == a.data());
    CHECK(elements_of(std::as_const(a)) == std::as_const(a).data());
    // A pointer and a shape: what streams need lies elsewhere, and only once there is one.
    STATIC_CHECK(sizeof(a) <= sizeof(index_list) + 3 * sizeof(void*));
}

TEST_CASE("an array that cannot be is an error", "[array][error]") {
    CHECK_THROWS_MATCHES(array<int>({2, 2}, {1, 2, 3}), std::invalid_argument,
                         Message("summit::array: values: 3 values for shape (2, 2)"));
    CHECK_THROWS_MATCHES(array<int>({}, {1, 2}), std::invalid_argument,
                         Message("summit::array: values: 2 values for shape ()"));
    CHECK_THROWS_MATCHES(array<int>({-2}), std::invalid_argument,
                         Message("summit::array: shape: extent -2 of dimension 0 is negative in (-2,)"));
    CHECK_THROWS_MATCHES(
        array<char>({most, 2}), std::length_error,
        Message("summit::array: shape: the number of elements of (9223372036854775807, 2) does not fit "
                "std::ptrdiff_t"));
    CHECK_THROWS_MATCHES(
        array<double>({most / 4}), std::length_error,
        Message("summit::array: shape: the bytes of (2305843009213693951,) do not fit std::ptrdiff_t"));
    CHECK_THROWS_AS(static_cast<void>(array<int>({2}, {1, 2})(2)), std::out_of_range);
    CHECK_THROWS_AS(static_cast<void>(array<int>({2}, {1, 2})(0, 0)), std::invalid_argument);
}
