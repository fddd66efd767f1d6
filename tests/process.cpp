// SPDX-License-Identifier: MIT
#include <summit/process.hpp>

#include <catch2/catch_test_macros.hpp>

// That a child of fork() has another: tests/threads/fork.cpp.
TEST_CASE("a process keeps its number", "[stream]") { CHECK(summit::process_number() == summit::process_number()); }
