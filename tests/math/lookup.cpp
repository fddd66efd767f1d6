// SPDX-License-Identifier: MIT
#include <summit/math/lookup.hpp>

#include "support/architectures.hpp"

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

TEST_CASE("each lane looks up its own entry, whatever lies above the index's three bits", "[math][lookup]") {
    constexpr std::array<float, 8> table = {0.5f, -1.0f, 2.0f, 3.25f, -0.0f, 5.0f, 1e30f, 0x1p-100f};
    support::for_each_architecture<support::architectures>([&](auto arch) {
        using Arch = decltype(arch);
        using indices = xsimd::batch<std::uint32_t, Arch>;
        CAPTURE(Arch::name());
        // Every entry meets every lane.
        for (std::uint32_t first = 0; first != 64; ++first) {
            for (const std::uint32_t above : {0U, 8U, 0x49400000U, 0x7fc00000U, 0xfffffff8U}) {
                std::array<std::uint32_t, indices::size> index;
                for (std::size_t i = 0; i != indices::size; ++i)
                    index[i] = above + (first + static_cast<std::uint32_t>(i) * (first / 8 + 1)) % 8;
                std::array<float, indices::size> found;
                summit::math::lookup<Arch>(table, indices::load_unaligned(index.data())).store_unaligned(found.data());
                for (std::size_t i = 0; i != indices::size; ++i) {
                    CAPTURE(i, index[i]);
                    REQUIRE(std::bit_cast<std::uint32_t>(found[i]) ==
                            std::bit_cast<std::uint32_t>(table[index[i] % 8]));
                }
            }
        }
    });
}
