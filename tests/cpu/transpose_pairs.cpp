// SPDX-License-Identifier: MIT
#include <summit/cpu/transpose_pairs.hpp>

#include "support/architectures.hpp"

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <vector>

TEST_CASE("pairs that lie anywhere come out as two columns", "[transpose_pairs]") {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        REQUIRE(summit::cpu::transposes_pairs<Arch>);
        using batch = xsimd::batch<double, Arch>;
        for (const std::size_t stride :
             {std::size_t(0), std::size_t(1), std::size_t(2), std::size_t(3), std::size_t(10), std::size_t(71)}) {
            // To the last number of the last pair, and no further.
            std::vector<double> memory((batch::size - 1) * stride + 2);
            for (std::size_t i = 0; i != memory.size(); ++i) memory[i] = static_cast<double>(i);
            const auto columns =
                summit::cpu::columns_of_pairs<Arch>(memory.data(), static_cast<std::ptrdiff_t>(stride));
            for (std::size_t k = 0; k != 2; ++k)
                for (std::size_t i = 0; i != batch::size; ++i) {
                    CAPTURE(Arch::name(), stride, k, i);
                    CHECK(columns[k].get(i) == static_cast<double>(i * stride + k));
                }
        }
    });
}
