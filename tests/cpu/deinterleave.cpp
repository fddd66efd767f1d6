// SPDX-License-Identifier: MIT
#include <summit/cpu/deinterleave.hpp>

#include "support/architectures.hpp"

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#if XSIMD_WITH_AVX512F
namespace {

/// Numbers that tell where they stood, as many as 16 elements `stride` apart and their neighbours take up.
std::vector<float> numbers(std::size_t stride, std::size_t neighbours) {
    std::vector<float> all(15 * stride + neighbours);
    for (std::size_t i = 0; i != all.size(); ++i) all[i] = static_cast<float>(i);
    return all;
}

template <class Arch>
std::vector<float> lanes_of(const xsimd::batch<float, Arch>& batch) {
    std::vector<float> lanes(batch.size);
    batch.store_unaligned(lanes.data());
    return lanes;
}

std::vector<float> every(std::size_t stride, std::size_t first) {
    std::vector<float> want;
    for (std::size_t i = 0; i != 16; ++i) want.push_back(static_cast<float>(first + i * stride));
    return want;
}

} // namespace

TEST_CASE("elements a few places apart are picked out of dense vectors", "[deinterleave]") {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        if constexpr (summit::cpu::deinterleaves<Arch, float>) {
            const auto check = [&]<std::size_t Stride>(std::integral_constant<std::size_t, Stride>) {
                constexpr auto stride = static_cast<std::ptrdiff_t>(Stride);
                const auto memory = numbers(Stride, 1);
                CAPTURE(Arch::name(), Stride);
                CHECK(lanes_of(summit::cpu::deinterleaved<stride, Arch>(memory.data())) == every(Stride, 0));
                // The loads together want each element once, and no other.
                std::vector<int> wanted(memory.size(), 0);
                for (std::ptrdiff_t k = 0; k != stride; ++k)
                    for (std::ptrdiff_t i = 0; i != 16; ++i)
                        if ((summit::cpu::interleaved<stride>::wanted(k) >> i & 1U) != 0)
                            ++wanted.at(static_cast<std::size_t>(summit::cpu::interleaved<stride>::start(k) + i));
                for (std::size_t i = 0; i != wanted.size(); ++i) CHECK(wanted[i] == (i % Stride == 0 ? 1 : 0));
            };
            check(std::integral_constant<std::size_t, 2>{});
            check(std::integral_constant<std::size_t, 3>{});
            check(std::integral_constant<std::size_t, 4>{});
        }
    });
}

TEST_CASE("sixteen rows that lie side by side come out as columns", "[deinterleave]") {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        if constexpr (summit::cpu::deinterleaves<Arch, float>) {
            const auto check = [&]<std::int32_t Count>(std::integral_constant<std::int32_t, Count>) {
                const auto memory = numbers(Count, Count);
                const auto columns = summit::cpu::columns_of_rows<Count, Arch>(memory.data());
                for (std::size_t k = 0; k != Count; ++k) {
                    CAPTURE(Arch::name(), Count, k);
                    CHECK(lanes_of(columns[k]) == every(Count, k));
                }
            };
            check(std::integral_constant<std::int32_t, 2>{});
            check(std::integral_constant<std::int32_t, 3>{});
        }
    });
}

TEST_CASE("four or eight neighbours of sixteen rows come out as so many vectors", "[deinterleave]") {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        if constexpr (summit::cpu::deinterleaves<Arch, float>) {
            const auto check = [&]<std::size_t Count>(std::integral_constant<std::size_t, Count>) {
                for (const std::size_t stride : std::array<std::size_t, 5>{Count, Count + 1, 10, 16, 33}) {
                    // To the last element of the last row, and no further.
                    const auto memory = numbers(stride, Count);
                    const auto columns =
                        summit::cpu::columns<Count, Arch>(memory.data(), static_cast<std::ptrdiff_t>(stride));
                    for (std::size_t k = 0; k != Count; ++k) {
                        CAPTURE(Arch::name(), Count, stride, k);
                        CHECK(lanes_of(columns[k]) == every(stride, k));
                    }
                }
            };
            check(std::integral_constant<std::size_t, 4>{});
            check(std::integral_constant<std::size_t, 8>{});
        }
    });
}
#endif
