// SPDX-License-Identifier: MIT
#include <summit/cpu/tile_reduction.hpp>
#include <summit/cpu/tiles.hpp>
#include <summit/op/log_sum_exp.hpp>

#include "support/architectures.hpp"
#include "support/layouts.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace {

using summit::cpu::tile;
using summit::cpu::tiling;

template <class T, class Arch = xsimd::default_arch>
constexpr tiling::widths widths_of = summit::cpu::tile_sums<summit::op::log_sum_exp<T>, Arch, T>::tile_widths;
constexpr tiling::widths of_floats = widths_of<float>;
constexpr tiling::widths of_doubles = widths_of<double>;

summit::plan plan_of(const summit::index_list& shape, const summit::index_list& strides, summit::axis_set selected) {
    return summit::make_plan(shape, strides, selected, summit::row_major_strides(summit::without(shape, selected)));
}

summit::plan plan_of(const summit::index_list& shape, summit::axis_set selected) {
    return plan_of(shape, summit::row_major_strides(shape), selected);
}

/// Whether the tiles hold every result once, where it belongs, in tiles of a width that kernels can do.
void check_cover(const summit::plan& p, const tiling::widths& widths) {
    std::map<std::ptrdiff_t, std::ptrdiff_t> want;
    summit::cpu::cursor next(p.kept, p.origin, p.result_origin);
    for (std::ptrdiff_t i = 0; i != p.results; ++i, next.advance(1)) want[next.result_offset()] = next.offset();
    REQUIRE(std::ssize(want) == p.results);

    const tiling tiles(p, widths);
    std::ptrdiff_t seen = 0;
    for (std::ptrdiff_t index = 0; index != tiles.count(); ++index) {
        tile t;
        tiles.place(index, t);
        REQUIRE(t.width >= 1);
        REQUIRE(t.width <= summit::cpu::max_tile_width);
        if (t.is_regular) REQUIRE(std::cmp_greater_equal(t.width, widths.least_run));
        for (std::size_t i = 0; i != t.width; ++i, ++seen) {
            const auto found = want.find(t.result_offset_of(i));
            REQUIRE(found != want.end());
            REQUIRE(found->second == t.offset_of(i));
        }
    }
    // As many as there are, and each offset of a result is met: none twice.
    std::set<std::ptrdiff_t> offsets;
    for (std::ptrdiff_t index = 0; index != tiles.count(); ++index) {
        tile t;
        tiles.place(index, t);
        for (std::size_t i = 0; i != t.width; ++i) offsets.insert(t.result_offset_of(i));
    }
    REQUIRE(seen == p.results);
    REQUIRE(std::ssize(offsets) == p.results);
}

void check_parts(const summit::plan& p, const tiling::widths& widths) {
    const tiling tiles(p, widths);
    std::ptrdiff_t next = 0;
    for (std::ptrdiff_t i = 0; i != tiles.parts(); ++i) {
        const auto part = tiles.part(i);
        REQUIRE(part.first == next);
        REQUIRE(part.count > 0);
        next += part.count;
    }
    REQUIRE(next == p.terms);
    // Their states are kept in whole vectors, of which the widest has eight lanes.
    for (std::ptrdiff_t index = 0; index != tiles.count(); ++index) {
        tile t;
        tiles.place(index, t);
        REQUIRE(tiles.parts() * static_cast<std::ptrdiff_t>((t.width + 7) / 8 * 8) <= tiling::part_results);
    }
}

} // namespace

TEST_CASE("every result is in one tile, once", "[tiles]") {
    for (const auto& widths : {of_floats, of_doubles}) {
        CAPTURE(widths.least_run);
        // Around the widths of vectors and of tiles; beyond a tile the last may be narrow.
        for (std::ptrdiff_t run = 1; run <= 1100; run += run < 40 || (run + 20) % 256 < 40 ? 1 : 7) {
            CAPTURE(run);
            check_cover(plan_of({3, 5, run}, 0b010), widths);
            check_cover(plan_of({run, 40}, 0b10), widths);
            check_cover(plan_of({run, 5}, 0b10), widths);
            check_cover(plan_of({5, run}, {-2 * run, 2}, 0b01), widths);
            check_cover(plan_of({5, run}, {run, -1}, 0b01), widths);
        }
        for (const std::ptrdiff_t results : {1, 2, 17, 63, 64, 65, 300}) {
            for (const std::ptrdiff_t terms : {2, 33}) {
                for (const auto& ways :
                     {support::column_layouts(results, terms), support::short_layouts(results, terms),
                      support::row_layouts(results, terms + 40)})
                    for (const auto& way : ways) {
                        CAPTURE(way.name, results, terms);
                        check_cover(plan_of(way.shape, way.strides, way.selected), widths);
                    }
            }
        }
    }
}

TEST_CASE("the parts of a tile are all of its terms, in their order", "[tiles]") {
    for (const auto& widths : {of_floats, of_doubles}) {
        CAPTURE(widths.least_run);
        for (const std::ptrdiff_t terms : {1, 31, 255, 65535, 65536, 65537, 131072, 1000003, 1 << 26, (1 << 26) + 1}) {
            CAPTURE(terms);
            for (std::ptrdiff_t results = 1; results <= 2100; results += results < 300 ? 1 : 113) {
                CAPTURE(results);
                check_parts(plan_of({results, terms}, 0b10), widths);
                check_parts(plan_of({terms, results}, 0b01), widths);
                // In runs too short for tiles of their own.
                check_parts(plan_of({results, terms, 3}, 0b010), widths);
            }
        }
    }
}

TEST_CASE("many terms of few results are cut into parts, and little work is not", "[tiles]") {
    CHECK(tiling(plan_of({1, 1 << 26}, 0b10), of_floats).parts() > 8);
    CHECK(tiling(plan_of({1 << 20, 100}, 0b01), of_floats).parts() > 8);
    CHECK(tiling(plan_of({1, 65536}, 0b10), of_floats).parts() == 1);
    CHECK(tiling(plan_of({1000, 100000}, 0b10), of_floats).parts() == 1);
}

TEST_CASE("tiles are alike on every architecture", "[tiles]") {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        CAPTURE(Arch::name());
        for (const auto& [seen, want] :
             {std::pair(widths_of<float, Arch>, of_floats), std::pair(widths_of<double, Arch>, of_doubles)}) {
            CHECK(seen.rows == want.rows);
            CHECK(seen.pieces == want.pieces);
            CHECK(seen.least_run == want.least_run);
            CHECK(seen.irregular == want.irregular);
        }
    });
}
