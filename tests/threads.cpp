// SPDX-License-Identifier: MIT
#include <summit/threads.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>

#include <limits>
#include <stdexcept>

using Catch::Matchers::Message;
using summit::max_threads;

// That calls keep to it: tests/threads/openmp.cpp.
TEST_CASE("the number of threads has no limit until one is set", "[threads]") {
    CHECK(max_threads() == std::numeric_limits<int>::max());
    max_threads(1);
    CHECK(max_threads() == 1);
    max_threads(std::numeric_limits<int>::max());
    CHECK(max_threads() == std::numeric_limits<int>::max());
}

TEST_CASE("fewer threads than one are an error, and change nothing", "[threads][error]") {
    CHECK_THROWS_MATCHES(max_threads(0), std::invalid_argument,
                         Message("summit::max_threads: n: 0 where 1 thread is the least"));
    CHECK_THROWS_MATCHES(max_threads(-2), std::invalid_argument,
                         Message("summit::max_threads: n: -2 where 1 thread is the least"));
    CHECK(max_threads() == std::numeric_limits<int>::max());
}
