// SPDX-License-Identifier: MIT
#include <summit/cpu/transpose.hpp>

#include "support/architectures.hpp"
#include "support/lanes.hpp"

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

using support::every;
using support::lanes_of;
using support::numbers;

TEST_CASE("rows that lie side by side come out as columns", "[transpose]") {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        if constexpr (summit::cpu::transposes<Arch, float>) {
            constexpr std::size_t lanes = xsimd::batch<float, Arch>::size;
            const auto check = [&]<std::int32_t Count>(std::integral_constant<std::int32_t, Count>) {
                const auto memory = numbers(lanes, Count, Count);
                const auto columns = summit::cpu::columns_of_rows<Count, Arch>(memory.data());
                for (std::size_t k = 0; k != Count; ++k) {
                    CAPTURE(Arch::name(), Count, k);
                    CHECK(lanes_of(columns[k]) == every(Count, k, lanes));
                }
            };
            check(std::integral_constant<std::int32_t, 2>{});
            check(std::integral_constant<std::int32_t, 3>{});
        }
    });
}

TEST_CASE("four or eight neighbours of a batch of rows come out as so many vectors", "[transpose]") {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        if constexpr (summit::cpu::transposes<Arch, float>) {
            constexpr std::size_t lanes = xsimd::batch<float, Arch>::size;
            const auto check = [&]<std::size_t Count>(std::integral_constant<std::size_t, Count>) {
                for (const std::size_t stride : std::array<std::size_t, 5>{Count, Count + 1, 10, 16, 33}) {
                    // To the last element of the last row, and no further.
                    const auto memory = numbers(lanes, stride, Count);
                    const auto columns =
                        summit::cpu::columns<Count, Arch>(memory.data(), static_cast<std::ptrdiff_t>(stride));
                    for (std::size_t k = 0; k != Count; ++k) {
                        CAPTURE(Arch::name(), Count, stride, k);
                        CHECK(lanes_of(columns[k]) == every(stride, k, lanes));
                    }
                }
            };
            check(std::integral_constant<std::size_t, 4>{});
            check(std::integral_constant<std::size_t, 8>{});
        }
    });
}

TEST_CASE("every vector of 128 bits and more transposes where it can be told how", "[transpose]") {
    // Not so that the cases above pass for want of anything to do.
    std::size_t transposing = 0;
    support::for_each_architecture<support::architectures>([&]<class Arch>(Arch) {
        if constexpr (summit::cpu::transposes<Arch, float>) ++transposing;
    });
#if defined(__AVX2__) || defined(__aarch64__)
    CHECK(transposing != 0);
#else
    CHECK(transposing == 0);
#endif
}
