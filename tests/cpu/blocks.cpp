// SPDX-License-Identifier: MIT
#include <summit/cpu/architecture.hpp>
#include <summit/cpu/blocks.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <numeric>
#include <vector>

namespace {

using architecture = summit::cpu::default_architecture;
using reader = summit::cpu::block_reader<architecture, float>;

std::vector<float> counted(std::size_t count) {
    std::vector<float> x(count);
    std::iota(x.begin(), x.end(), 0.0F);
    return x;
}

summit::plan plan_of(const summit::index_list& shape, const summit::index_list& strides, const summit::axes& which) {
    const auto selected = summit::select_axes("test", which, shape.size());
    return summit::make_plan(shape, strides, selected,
                             summit::row_major_strides(summit::reduced_shape(shape, selected, false)));
}

} // namespace

TEST_CASE("a contiguous row is read where it lies, in blocks of fixed size", "[blocks]") {
    const auto x = counted(10000);
    const auto p = plan_of({10000}, {1}, 0);
    reader blocks(p, x.data());
    std::ptrdiff_t seen = 0;
    blocks.visit_row<float>(0, {0, p.terms}, [&](const float* block, std::ptrdiff_t count) {
        CHECK(block == x.data() + seen);
        CHECK(count == (seen < 8192 ? 4096 : 10000 - 8192));
        seen += count;
    });
    CHECK(seen == 10000);
}

TEST_CASE("a row of several runs is read once, element by element, in the order of the plan", "[blocks]") {
    const auto x = counted(40000);
    for (const auto& p : {plan_of({100, 20}, {400, 3}, summit::all_axes), plan_of({7, 3, 5}, {300, 2, 7}, {0, 2}),
                          plan_of({3, 1500}, {10000, 1}, summit::all_axes), plan_of({5000}, {-8}, 0)}) {
        std::vector<float> expected;
        for (summit::cpu::cursor next(p.reduced); std::ssize(expected) != p.terms; next.advance(1))
            expected.push_back(x[static_cast<std::size_t>(next.offset())]);
        reader blocks(p, x.data());
        std::vector<double> in_double;
        blocks.visit_row<double>(0, {0, p.terms}, [&](const double* block, std::ptrdiff_t count) {
            in_double.insert(in_double.end(), block, block + count);
        });
        std::vector<float> in_float;
        blocks.visit_row<float>(0, {0, p.terms}, [&](const float* block, std::ptrdiff_t count) {
            CHECK(count <= 4096);
            in_float.insert(in_float.end(), block, block + count);
        });
        CHECK(in_float == expected);
        CHECK(in_double == std::vector<double>(expected.begin(), expected.end()));

        // A part of it is what a part of the whole is.
        std::vector<float> part;
        const auto append = [&](const float* block, std::ptrdiff_t count) {
            part.insert(part.end(), block, block + count);
        };
        blocks.visit_row<float>(0, {0, 17}, append);
        blocks.visit_row<float>(0, {17, p.terms - 17}, append);
        CHECK(part == expected);
    }
}

TEST_CASE("columns come in rows padded to whole vectors, in place where they are neighbours", "[blocks]") {
    constexpr std::size_t lanes = xsimd::batch<float, architecture>::size;
    const auto x = counted(100 * 1000);
    for (std::size_t width : {std::size_t{1}, std::size_t{3}, lanes, reader::tile_width}) {
        const auto p = plan_of({100, 1000}, {1000, 1}, 0);
        reader blocks(p, x.data());
        std::vector<std::ptrdiff_t> offsets(width);
        std::iota(offsets.begin(), offsets.end(), std::ptrdiff_t{5});
        std::ptrdiff_t row = 0;
        blocks.visit_columns<float>(
            offsets.data(), width, {0, p.terms}, [&](const summit::cpu::column_block<float>& block) {
                CHECK(block.width % lanes == 0);
                CHECK(block.width >= width);
                for (std::ptrdiff_t r = 0; r != block.count; ++r, ++row) {
                    CHECK((block.rows[r] == x.data() + row * 1000 + 5) == (width % lanes == 0));
                    for (std::size_t i = 0; i != block.width; ++i) {
                        const float want = i < width
                                               ? static_cast<float>(row * 1000 + 5 + static_cast<std::ptrdiff_t>(i))
                                               : static_cast<float>(reader::padding);
                        REQUIRE(block.rows[r][i] == want);
                    }
                }
            });
        CHECK(row == 100);
    }
}
