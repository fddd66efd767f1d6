// SPDX-License-Identifier: MIT
#include <summit/cpu/load.hpp>

#include "support/architectures.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

TEMPLATE_TEST_CASE("every 16-bit number is loaded as the float it is", "[load]", summit::float16, summit::bfloat16) {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        constexpr std::size_t lanes = xsimd::batch<float, Arch>::size;
        bool right = true;
        for (std::uint32_t first = 0; first != 65536; first += lanes) {
            std::array<TestType, lanes> elements;
            for (std::size_t i = 0; i != lanes; ++i) elements[i].bits = static_cast<std::uint16_t>(first + i);
            const auto loaded = summit::cpu::load<Arch>(elements.data());
            for (std::size_t i = 0; i != lanes; ++i) {
                const auto want = static_cast<float>(elements[i]);
                right = right && (support::is_nan(want) ? support::is_nan(loaded.get(i))
                                                        : support::to_bits(loaded.get(i)) == support::to_bits(want));
            }
        }
        CAPTURE(Arch::name());
        CHECK(right);
    });
}

TEMPLATE_TEST_CASE("integers are loaded as the nearest float", "[load]", std::int8_t, std::uint8_t, std::int16_t,
                   std::uint16_t, std::int32_t, std::uint32_t, std::int64_t, std::uint64_t, bool) {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        constexpr std::size_t lanes = xsimd::batch<float, Arch>::size;
        std::array<TestType, lanes> elements;
        for (std::size_t i = 0; i != lanes; ++i) {
            const TestType limits[] = {std::numeric_limits<TestType>::max(), std::numeric_limits<TestType>::min(),
                                       static_cast<TestType>(std::numeric_limits<TestType>::max() / 2 + 1),
                                       static_cast<TestType>(16777217), static_cast<TestType>(i)};
            elements[i] = limits[i % 5];
        }
        const auto loaded = summit::cpu::load<Arch>(elements.data());
        for (std::size_t i = 0; i != lanes; ++i) CHECK(loaded.get(i) == static_cast<float>(elements[i]));
    });
}

TEMPLATE_TEST_CASE("every narrow integer is loaded as the float it is", "[load]", std::int8_t, std::uint8_t,
                   std::int16_t, std::uint16_t) {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        constexpr std::size_t lanes = xsimd::batch<float, Arch>::size;
        constexpr std::uint32_t count = sizeof(TestType) == 1 ? 256 : 65536;
        bool right = true;
        for (std::uint32_t first = 0; first != count; first += lanes) {
            std::array<TestType, lanes> elements;
            for (std::size_t i = 0; i != lanes; ++i) elements[i] = static_cast<TestType>(first + i);
            const auto loaded = summit::cpu::load<Arch>(elements.data());
            for (std::size_t i = 0; i != lanes; ++i) right &= loaded.get(i) == static_cast<float>(elements[i]);
        }
        CAPTURE(Arch::name());
        CHECK(right);
    });
}
