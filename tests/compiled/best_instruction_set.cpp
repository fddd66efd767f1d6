// SPDX-License-Identifier: MIT
// Of <summit/compiled/best_instruction_set.hpp>, in a program that links the kernels: the choice is in the library.
#include <summit/compiled/dispatched.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdlib>
#include <string_view>

// With a name in the environment where the test is run on processors that are known.
TEST_CASE("the best instruction set is chosen", "[compiled]") {
    const std::string_view name = summit::cpu::dispatched::name();
    CHECK(!name.empty());
    if (const char* expected = std::getenv("SUMMIT_EXPECTED_INSTRUCTION_SET")) CHECK(name == expected);
}
