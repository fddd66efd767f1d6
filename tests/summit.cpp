// SPDX-License-Identifier: MIT
#include <summit/summit.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cmath>

TEST_CASE("one include is all that a user needs", "[summit]") {
    const summit::array<double> a({2, 3}, {1, 2, 3, 4, 5, 6});
    const summit::view<const double> v(a.data(), {3, 2}, {1, 3});
    const auto y = summit::logsumexp(v, summit::axes{0}, false, summit::device::cpu{});
    STATIC_CHECK(std::is_same_v<decltype(y), const summit::array<summit::result_t<double>>>);
    CHECK(std::abs(y(0) - 3.4076059644443803) < 1e-15);
    CHECK(std::abs(y(1) - 6.4076059644443803) < 1e-15);
    STATIC_CHECK(SUMMIT_VERSION_MAJOR >= 0);
}
