// SPDX-License-Identifier: MIT
#include <summit/summit.hpp>

#include <catch2/catch_test_macros.hpp>

#include <concepts>
#include <string>

TEST_CASE("the inline namespace is named for the major version", "[version]") {
    STATIC_REQUIRE(SUMMIT_VERSION_MAJOR == 0);
    // One type under both names: version0 is there, and it is the inline one.
    STATIC_REQUIRE(std::same_as<summit::version0::array<float>, summit::array<float>>);
}

TEST_CASE("CMake and the header agree on the version", "[version]") {
    const std::string header = std::to_string(SUMMIT_VERSION_MAJOR) + "." + std::to_string(SUMMIT_VERSION_MINOR) + "." +
                               std::to_string(SUMMIT_VERSION_PATCH);
    CHECK(header == SUMMIT_CMAKE_VERSION);
}
