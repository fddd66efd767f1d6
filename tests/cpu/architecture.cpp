// SPDX-License-Identifier: MIT
#include <summit/cpu/architecture.hpp>
#include <summit/math/exp.hpp>

#include <catch2/catch_test_macros.hpp>

TEST_CASE("the architecture compiled for runs here, and fuses where the compiler may", "[architecture]") {
    using architecture = summit::cpu::default_architecture;
    STATIC_CHECK(architecture::supported());
#if defined(__FMA__) || defined(__aarch64__)
    STATIC_CHECK(summit::math::fuses_multiply_add<architecture>);
#endif
    CHECK(xsimd::batch<float, architecture>::size >= 4);
}
