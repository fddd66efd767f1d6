// SPDX-License-Identifier: MIT
#include <summit/device.hpp>

#include <catch2/catch_test_macros.hpp>

#include <type_traits>

TEST_CASE("a device is a tag: nothing to hold, free to make", "[device]") {
    STATIC_CHECK(std::is_empty_v<summit::device::cpu>);
    STATIC_CHECK(std::is_empty_v<summit::device::metal>);
    STATIC_CHECK(std::is_trivially_default_constructible_v<summit::device::cpu>);
    STATIC_CHECK_FALSE(std::is_same_v<summit::device::cpu, summit::device::metal>);
}

TEST_CASE("this processor is available, a back end that is not included is not", "[device]") {
    STATIC_CHECK(summit::is_available(summit::device::cpu{}));
    STATIC_CHECK_FALSE(summit::is_available(summit::device::metal{}));
}
