// SPDX-License-Identifier: MIT
#include <summit/error.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>

using Catch::Matchers::Message;

TEST_CASE("a message names the function, the argument and the problem", "[error]") {
    CHECK(summit::error_message("view", "shape", "is odd") == "summit::view: shape: is odd");
    CHECK_THROWS_MATCHES(summit::throw_invalid_argument("f", "a", "b"), std::invalid_argument,
                         Message("summit::f: a: b"));
    CHECK_THROWS_MATCHES(summit::throw_length_error("f", "a", "b"), std::length_error, Message("summit::f: a: b"));
    CHECK_THROWS_MATCHES(summit::throw_out_of_range("f", "a", "b"), std::out_of_range, Message("summit::f: a: b"));
}
