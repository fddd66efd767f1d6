// SPDX-License-Identifier: MIT
#include <summit/overlap.hpp>
#include <summit/view.hpp>

#include "support/random_case.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <set>
#include <string>
#include <vector>

using summit::index_list;
using summit::meets_itself;
using summit::stride_sums;
using summit::view;

namespace {

template <class T>
std::set<const std::byte*> bytes_of(const view<T>& v) {
    std::set<const std::byte*> bytes;
    support::for_each_index(v.shape(), [&](const index_list& index) {
        const auto* first = reinterpret_cast<const std::byte*>(v.data() + support::offset_of(index, v.strides()));
        for (std::size_t i = 0; i != sizeof(T); ++i) bytes.insert(first + i);
    });
    return bytes;
}

template <class T, class U>
bool plainly_have_common_bytes(const view<T>& a, const view<U>& b) {
    const auto of_a = bytes_of(a);
    for (const std::byte* byte : bytes_of(b))
        if (of_a.contains(byte)) return true;
    return false;
}

template <class T, class U>
bool have_common_bytes(const view<T>& a, const view<U>& b) {
    return summit::have_common_bytes({a.data(), sizeof(T), a.shape(), a.strides()},
                                     {b.data(), sizeof(U), b.shape(), b.strides()});
}

/// Whatever NumPy makes of an array by its basic indexing and transposing.
template <class T>
view<T> any_part_of(view<T> v, support::random_source& random) {
    for (std::size_t steps = random.below(5); steps != 0 && v.rank() != 0; --steps) {
        const auto axis = static_cast<std::ptrdiff_t>(random.below(v.rank()));
        const std::ptrdiff_t extent = v.shape()[static_cast<std::size_t>(axis)];
        const auto below = [&](std::ptrdiff_t n) {
            return static_cast<std::ptrdiff_t>(random.below(static_cast<std::size_t>(n)));
        };
        switch (random.below(5)) {
        case 0:
            v = v.transpose();
            break;
        case 1:
            v = v.reverse(axis);
            break;
        case 2:
            v = v.slice(axis, below(extent + 1), extent, 1 + below(3));
            break;
        case 3:
            if (extent != 0) v = v.slice(axis, below(extent), -1, -1 - below(3));
            break;
        default:
            if (extent != 0) v = v.select(axis, below(extent));
            break;
        }
    }
    return v;
}

} // namespace

TEST_CASE("sums of strides that meet a distance", "[overlap]") {
    using answer = stride_sums::answer;
    const auto sums = [](std::vector<std::pair<std::size_t, std::size_t>> terms, std::size_t distance) {
        stride_sums all;
        for (const auto& [stride, most] : terms) all.add(stride, most);
        return all.meet(distance);
    };
    CHECK(sums({}, 0) == answer::some);
    CHECK(sums({}, 1) == answer::none);
    CHECK(sums({{3, 2}}, 6) == answer::some);
    CHECK(sums({{3, 2}}, 9) == answer::none);
    CHECK(sums({{3, 2}}, 4) == answer::none);
    CHECK(sums({{3, 1}, {3, 1}}, 6) == answer::some);
    CHECK(sums({{0, 9}, {5, 0}}, 5) == answer::none);
    CHECK(sums({{6, 3}, {10, 3}, {15, 3}}, 31) == answer::some);
    CHECK(sums({{6, 3}, {10, 3}, {15, 3}}, 29) == answer::none);

    // Sums of even strides to an odd distance: each has to be tried.
    std::vector<std::pair<std::size_t, std::size_t>> hard;
    for (std::size_t i = 0; i != 12; ++i) hard.emplace_back(1000002 + 2 * i * i, 40);
    CHECK(sums(hard, 201000001) == answer::undecided);
}

TEST_CASE("views that meet themselves, and views that do not", "[overlap]") {
    CHECK_FALSE(meets_itself({}, {}));
    CHECK_FALSE(meets_itself({1}, {0}));
    CHECK(meets_itself({2}, {0}));
    CHECK(meets_itself({2, 2}, {1, 1}));
    CHECK(meets_itself({2, 2}, {1, -1}));
    CHECK_FALSE(meets_itself({2, 2}, {1, 2}));
    CHECK_FALSE(meets_itself({2, 2}, {-2, 1}));
    CHECK(meets_itself({2, 3}, {2, 1}));
    CHECK(meets_itself({3, 2}, {-1, 2}));
    CHECK_FALSE(meets_itself({0, 2, 2}, {1, 0, 0}));
    CHECK_FALSE(meets_itself({2, 1, 2}, {1, 1, 2}));
    CHECK_FALSE(meets_itself({2, 0}, {0, 1}));
    // A sliding window meets itself. Strides that are no multiples of each other do so only from some extent on.
    CHECK(meets_itself({8, 3}, {1, 1}));
    CHECK_FALSE(meets_itself({2, 3}, {3, 2}));
    CHECK_FALSE(meets_itself({3, 3}, {3, 2}));
    CHECK(meets_itself({3, 4}, {3, 2}));

    // Large ones at once.
    constexpr std::ptrdiff_t large = std::ptrdiff_t{1} << 30;
    CHECK_FALSE(meets_itself({large, large}, {large, 1}));
    CHECK_FALSE(meets_itself({large, large}, {-1, -large}));
    CHECK(meets_itself({large, large + 1}, {large, 1}));
    CHECK_FALSE(meets_itself(index_list(std::vector<int>(16, 2)),
                             {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768}));
}

TEST_CASE("any strides meet themselves as going through all indices says", "[overlap]") {
    const std::uint64_t seed = 20261128;
    INFO("seed " << seed);
    support::random_source random(seed);
    int met = 0;
    for (int round = 0; round != 20000; ++round) {
        index_list shape;
        index_list strides;
        for (std::size_t rank = random.below(5); rank != 0; --rank) {
            shape.push_back(static_cast<std::ptrdiff_t>(random.one_in(30) ? 0 : 1 + random.below(4)));
            strides.push_back(static_cast<std::ptrdiff_t>(random.below(random.one_in(2) ? 9 : 61)) - 4);
        }
        CAPTURE(round, to_string(shape), to_string(strides));
        const bool meets = meets_itself(shape, strides);
        REQUIRE(meets == support::meets_itself(shape, strides));
        met += meets ? 1 : 0;
    }
    CHECK(met > 2000);
    CHECK(met < 18000);
}

TEST_CASE("no part of an array meets itself", "[overlap]") {
    support::random_source random(20261129);
    std::vector<float> data(5 * 7 * 4 * 6);
    for (int round = 0; round != 5000; ++round) {
        const auto part = any_part_of(view<float>(data.data(), {5, 7, 4, 6}), random);
        CAPTURE(round, to_string(part.shape()), to_string(part.strides()));
        REQUIRE_FALSE(meets_itself(part.shape(), part.strides()));
    }
}

TEST_CASE("parts of one array have bytes in common as going through them says", "[overlap]") {
    support::random_source random(20261130);
    std::vector<float> data(4 * 5 * 6);
    int met = 0;
    for (int round = 0; round != 5000; ++round) {
        const view<float> all(data.data(), {4, 5, 6});
        const auto a = any_part_of(all, random);
        const auto b = any_part_of(all, random);
        CAPTURE(round, to_string(a.shape()), to_string(a.strides()), to_string(b.shape()), to_string(b.strides()),
                b.data() - a.data());
        const bool meet = have_common_bytes(a, b);
        REQUIRE(meet == plainly_have_common_bytes(a, b));
        met += meet ? 1 : 0;
        // Elements of another size in the same memory.
        const view<const std::int16_t> halves(reinterpret_cast<const std::int16_t*>(data.data()) + random.below(60),
                                              {3, 30}, {static_cast<std::ptrdiff_t>(random.below(50)), 2});
        REQUIRE(have_common_bytes(a, halves) == plainly_have_common_bytes(a, halves));
    }
    CHECK(met > 500);
    CHECK(met < 4500);
}

TEST_CASE("interleaved parts of a large matrix have nothing in common", "[overlap]") {
    // Nothing is read.
    constexpr std::ptrdiff_t n = 1 << 20;
    float first = 0;
    const view<float> matrix(&first, {n, n});
    const auto column = matrix.select(1, 0);
    CHECK_FALSE(have_common_bytes(matrix.slice(1, 1, n), column));
    CHECK_FALSE(have_common_bytes(matrix.slice(1, 1, n, 2), matrix.slice(1, 0, n, 2)));
    CHECK_FALSE(have_common_bytes(matrix.slice(0, 1, n, 2).transpose(), matrix.slice(0, 0, n, 2)));
    CHECK_FALSE(have_common_bytes(matrix.slice(1, 0, n / 2), matrix.slice(1, n / 2, n)));
    CHECK(have_common_bytes(matrix.slice(1, 0, n / 2 + 1), matrix.slice(1, n / 2, n)));
    CHECK(have_common_bytes(matrix, column));
    CHECK(have_common_bytes(column, matrix.reverse(0)));
    CHECK(have_common_bytes(matrix.select(0, n - 1), column.reverse(0).slice(0, 0, 1)));
    CHECK_FALSE(have_common_bytes(matrix, view<float>(&first, {0})));
}
