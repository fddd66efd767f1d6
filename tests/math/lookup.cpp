// SPDX-License-Identifier: MIT
#include <summit/math/lookup.hpp>

#include "support/architectures.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <tuple>

TEMPLATE_TEST_CASE("each lane looks up its own entry, whatever lies above the index's bits", "[math][lookup]",
                   (std::array<float, 8>), (std::array<float, 16>)) {
    constexpr std::size_t size = std::tuple_size_v<TestType>;
    TestType table = {0.5f, -1.0f, 2.0f, 3.25f, -0.0f, 5.0f, 1e30f, 0x1p-100f};
    for (std::size_t i = 8; i < size; ++i) table[i] = 0.75f - static_cast<float>(i * i);
    support::for_each_architecture<support::architectures>([&](auto arch) {
        using Arch = decltype(arch);
        using indices = xsimd::batch<std::uint32_t, Arch>;
        CAPTURE(Arch::name());
        // Every entry meets every lane.
        for (std::uint32_t first = 0; first != size * size; ++first) {
            for (const std::uint32_t above : {0U, 16U, 0x49400000U, 0x7fc00000U, 0xfffffff0U}) {
                std::array<std::uint32_t, indices::size> index;
                for (std::size_t i = 0; i != indices::size; ++i)
                    index[i] = above + (first + static_cast<std::uint32_t>(i) * (first / size + 1)) % size;
                std::array<float, indices::size> found;
                summit::math::lookup<Arch>(table, indices::load_unaligned(index.data())).store_unaligned(found.data());
                for (std::size_t i = 0; i != indices::size; ++i) {
                    CAPTURE(i, index[i]);
                    REQUIRE(std::bit_cast<std::uint32_t>(found[i]) ==
                            std::bit_cast<std::uint32_t>(table[index[i] % size]));
                }
            }
        }
    });
}

TEST_CASE("each lane looks up its own double of sixteen, whatever lies above the index's four bits", "[math][lookup]") {
    std::array<double, 16> table;
    for (std::size_t i = 0; i != table.size(); ++i) table[i] = 0.75 - static_cast<double>(i * i);
    support::for_each_architecture<support::architectures>([&](auto arch) {
        using Arch = decltype(arch);
        using indices = xsimd::batch<std::uint64_t, Arch>;
        CAPTURE(Arch::name());
        for (std::uint64_t first = 0; first != 256; ++first) {
            for (const std::uint64_t above : {0ULL, 16ULL, 0x42f8000000003ff0ULL, 0x7ff8000000000000ULL, ~15ULL}) {
                std::array<std::uint64_t, indices::size> index;
                for (std::size_t i = 0; i != indices::size; ++i) index[i] = above + (first + i * (first / 16 + 1)) % 16;
                std::array<double, indices::size> found;
                summit::math::lookup<Arch>(table, indices::load_unaligned(index.data())).store_unaligned(found.data());
                for (std::size_t i = 0; i != indices::size; ++i) {
                    CAPTURE(i, index[i]);
                    REQUIRE(std::bit_cast<std::uint64_t>(found[i]) ==
                            std::bit_cast<std::uint64_t>(table[index[i] % 16]));
                }
            }
        }
    });
}
