// SPDX-License-Identifier: MIT
#include <summit/cpu/cursor.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>

using summit::loop_nest;
using summit::cpu::cursor;

TEST_CASE("a cursor walks a nest in order, one step or many at a time", "[cursor]") {
    loop_nest nest;
    nest.push_back({3, 100, -7});
    nest.push_back({2, 30, 1});
    nest.push_back({5, 4, 2});

    for (std::ptrdiff_t pace = 1; pace <= 5; ++pace) {
        cursor at(nest, 1000, 500);
        std::ptrdiff_t walked = 0;
        while (walked != nest.count()) {
            const std::ptrdiff_t i = walked / 10, j = walked / 5 % 2, k = walked % 5;
            REQUIRE(at.offset() == 1000 + 100 * i + 30 * j + 4 * k);
            REQUIRE(at.result_offset() == 500 - 7 * i + j + 2 * k);
            REQUIRE(at.run() == 5 - k);
            REQUIRE(at.stride() == 4);
            REQUIRE(at.result_stride() == 2);
            const std::ptrdiff_t step = std::min(pace, at.run());
            at.advance(step);
            walked += step;
        }
        for (std::ptrdiff_t count = 0; count != nest.count(); ++count) {
            cursor sought(nest, 1000, 500);
            sought.seek(count);
            const std::ptrdiff_t i = count / 10, j = count / 5 % 2, k = count % 5;
            REQUIRE(sought.offset() == 1000 + 100 * i + 30 * j + 4 * k);
            REQUIRE(sought.result_offset() == 500 - 7 * i + j + 2 * k);
            REQUIRE(sought.run() == 5 - k);
        }
        // Round once, and at the beginning again.
        CHECK(at.offset() == 1000);
        CHECK(at.result_offset() == 500);
    }
}

TEST_CASE("an empty nest is one place", "[cursor]") {
    const loop_nest nest{};
    cursor at(nest, 5, 6);
    CHECK(at.run() == 1);
    at.advance(1);
    CHECK(at.offset() == 5);
    CHECK(at.result_offset() == 6);
}

TEST_CASE("a cursor counts beyond 2^31", "[cursor]") {
    constexpr std::ptrdiff_t two_to_31 = std::ptrdiff_t{1} << 31;
    loop_nest nest;
    nest.push_back({3, 1, 1});
    nest.push_back({two_to_31 + 5, 8, 4});
    cursor at(nest);
    CHECK(at.run() == two_to_31 + 5);
    at.advance(two_to_31 + 1);
    CHECK(at.run() == 4);
    CHECK(at.offset() == 8 * (two_to_31 + 1));
    CHECK(at.result_offset() == 4 * (two_to_31 + 1));
    at.advance(4);
    CHECK(at.offset() == 1);
}
