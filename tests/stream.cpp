// SPDX-License-Identifier: MIT
#include <summit/stream.hpp>

#include <catch2/catch_test_macros.hpp>

#include <type_traits>

TEST_CASE("a device and a stream on it stand for the same stream", "[stream]") {
    using on_cpu = summit::stream<summit::device::cpu>;
    STATIC_CHECK(std::is_same_v<summit::stream_for<summit::device::cpu>::type, on_cpu>);
    STATIC_CHECK(std::is_same_v<summit::stream_for<on_cpu>::type, on_cpu>);
    STATIC_CHECK(summit::is_stream<on_cpu>);
    STATIC_CHECK_FALSE(summit::is_stream<summit::device::cpu>);
}
