// SPDX-License-Identifier: MIT
#include <summit/cpu/short_tiles.hpp>

#include "support/architectures.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

namespace {

template <class Element>
Element element(std::ptrdiff_t row, std::ptrdiff_t term) {
    const auto place = static_cast<double>((term * 53 + row * 29) % 97);
    if (std::unsigned_integral<Element>) return static_cast<Element>(place < 48.0 ? 0.0 : place / 4.0);
    return static_cast<Element>(std::integral<Element> ? place / 4.0 - 12.0 : place * 0.071 - 3.4);
}

/// The logs of contiguous rows, in the type they are computed in.
template <class Arch, class Element>
auto expected(std::ptrdiff_t rows, std::ptrdiff_t terms) {
    using compute = summit::compute_t<Element>;
    std::vector<compute> x;
    std::vector<std::ptrdiff_t> offsets;
    for (std::ptrdiff_t i = 0; i != terms; ++i) offsets.push_back(i);
    for (std::ptrdiff_t r = 0; r != rows; ++r)
        for (std::ptrdiff_t i = 0; i != terms; ++i) x.push_back(static_cast<compute>(element<Element>(r, i)));
    std::vector<compute> logs(static_cast<std::size_t>(rows));
    summit::cpu::few_terms<Arch, compute>(terms, offsets.data(), terms).take_logs(x.data(), logs.size(), logs.data());
    return logs;
}

bool is_marked(const summit::cpu::doubtful_results& marks, std::size_t i) { return (marks[i / 64] >> i % 64 & 1) != 0; }

} // namespace

TEST_CASE("logs near 0, those of no sum in range and NaN are marked, and no others", "[short_tiles]") {
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();
        // A number of them that shares no factor with the lanes.
        constexpr float values[] = {0.25f, 0.0f,   0.2499f, -0.25f,  -0.2f,        55.0f, -55.9f,
                                    57.0f, -57.0f, 1.0f,    -1e-40f, not_a_number, -0.26f};
        constexpr bool doubtful[] = {false, true, true,  false, true, false, false,
                                     true,  true, false, true,  true, false};
        for (std::size_t width = 16; width <= 300; ++width) {
            std::vector<float> logs(width);
            for (std::size_t i = 0; i != width; ++i) logs[i] = values[i % 13];
            summit::cpu::doubtful_results marks{};
            // What was there stays.
            marks.front() = 32;
            marks.back() = 4;
            summit::cpu::mark_doubtful<Arch>(logs.data(), width, 0.25f, marks);
            CAPTURE(Arch::name(), width);
            for (std::size_t i = 0; i != width; ++i) {
                CAPTURE(i, logs[i]);
                REQUIRE(is_marked(marks, i) == (doubtful[i % 13] || i == 5));
            }
            for (std::size_t i = width; i != 64 * marks.size(); ++i)
                REQUIRE(is_marked(marks, i) == (i == 64 * marks.size() - 62));
        }
    });
}

TEMPLATE_TEST_CASE(
    "short rows of every type have the logs they have as contiguous floats or doubles, wherever they lie",
    "[short_tiles][bits]", float, double, bool, std::int8_t, std::uint16_t, std::int64_t, summit::float16,
    summit::bfloat16) {
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        using reduction_widths = summit::cpu::tiling::widths;
        using compute = summit::compute_t<TestType>;
        constexpr reduction_widths widths{.rows = 16, .pieces = 128, .least_run = 16, .irregular = 64};
        for (const std::ptrdiff_t terms : {2, 3, 4, 7, 8, 10, 17, 31, 32, 45, 71}) {
            for (const std::ptrdiff_t rows : {16, 17, 63, 64, 65, 129, 200}) {
                const auto logs = expected<Arch, TestType>(rows, terms);
                summit::cpu::doubtful_results doubtful{};
                summit::cpu::mark_doubtful<Arch>(logs.data(), logs.size(),
                                                 summit::cpu::sum_of_few<compute, Arch>::least_certain(
                                                     terms, summit::element_traits<TestType>::epsilon),
                                                 doubtful);
                const auto check = [&](const summit::index_list& strides) {
                    // Not one element behind the last; what lies between would drown every sum.
                    const std::ptrdiff_t last = (rows - 1) * strides[0] + (terms - 1) * strides[1];
                    const auto memory = std::make_unique<TestType[]>(static_cast<std::size_t>(last) + 1);
                    std::fill_n(memory.get(), last + 1, static_cast<TestType>(99.0));
                    for (std::ptrdiff_t r = 0; r != rows; ++r)
                        for (std::ptrdiff_t i = 0; i != terms; ++i)
                            memory[static_cast<std::size_t>(r * strides[0] + i * strides[1])] = element<TestType>(r, i);
                    const auto plan = summit::make_plan(summit::index_list{rows, terms}, strides, 0b10,
                                                        summit::index_list{1}, summit::short_row_of<TestType>);
                    REQUIRE(plan.has_few_terms());
                    const summit::cpu::tiling tiles(plan, widths);
                    summit::cpu::tile tile;
                    tiles.place(0, tile);
                    REQUIRE(static_cast<std::ptrdiff_t>(tile.width) == rows);
                    const TestType* const from = memory.get();
                    summit::cpu::block_reader<Arch, TestType> blocks(plan, from);
                    std::vector<compute> got(tile.width + 1, -77);
                    summit::cpu::doubtful_results marks{};
                    summit::cpu::reduce_short_tile<Arch>(plan, tile, from, blocks, got.data(), marks);
                    CAPTURE(Arch::name(), terms, rows, strides[0], strides[1]);
                    CHECK(got.back() == -77);
                    for (std::size_t r = 0; r != tile.width; ++r)
                        REQUIRE(support::to_bits(got[r]) == support::to_bits(logs[r]));
                    REQUIRE(marks == doubtful);
                };
                check({terms, 1});
                check({terms + 3, 1});
                // Longer rows are short ones only where each lies in one piece.
                if (terms >= summit::short_row) continue;
                check({2 * terms, 2});
                check({1, rows});
            }
        }
    });
}
