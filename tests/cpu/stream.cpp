// SPDX-License-Identifier: MIT
#include <summit/cpu/stream.hpp>
#include <summit/op/log_sum_exp.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cmath>

TEST_CASE("work on the processor is done when the call returns", "[stream]") {
    const std::array<float, 6> x{0, 0, 0, 1, 1, 1};
    std::array<float, 2> y{-1, -1};
    const auto p = summit::make_plan({2, 3}, {3, 1}, 0b10, {1});
    summit::stream<summit::device::cpu>::reduce<summit::op::log_sum_exp, xsimd::default_arch>(p, x.data(), y.data());
    CHECK(std::abs(y[0] - 1.0986123F) < 1e-6F);
    CHECK(std::abs(y[1] - 2.0986123F) < 1e-6F);
}
