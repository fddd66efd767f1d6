// SPDX-License-Identifier: MIT
// Through cpu::reduce, as the back end calls it.
#include <summit/cpu/reduce.hpp>
#include <summit/op/log_sum_exp.hpp>

#include "support/architectures.hpp"
#include "support/guarded.hpp"
#include "support/layouts.hpp"
#include "support/reference.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <vector>

namespace {

using support::infinity;
using support::layout;
using support::quiet_nan;

constexpr unsigned seed = 20260305;

/// The elements of a layout, named by result and term.
template <class T>
class elements {
public:
    explicit elements(const layout& way)
        : way_(way),
          plan_(summit::make_plan(way.shape, way.strides, way.selected,
                                  summit::row_major_strides(summit::without(way.shape, way.selected)),
                                  summit::short_row_of<T>)),
          buffer_(way.shape, way.strides) {}

    [[nodiscard]] T& at(std::ptrdiff_t result, std::ptrdiff_t term) {
        return buffer_.elements().data()[way_.offset(result, term)];
    }

    /// Numbers whose sums come out around `height`.
    void randomise(T height, std::uint32_t from = seed) {
        std::mt19937 random(from);
        const auto shift = height - static_cast<T>(std::log(static_cast<double>(way_.terms())));
        for (std::ptrdiff_t r = 0; r != way_.results(); ++r)
            for (std::ptrdiff_t k = 0; k != way_.terms(); ++k)
                at(r, k) = shift + static_cast<T>(random() % 4096) * T(0x1p-11) - T(1);
    }

    /// The bits of all results; what lies around them must stay as it is.
    template <class Arch>
    [[nodiscard]] std::vector<std::uint64_t> reduced() {
        const auto count = static_cast<std::size_t>(plan_.results);
        std::vector<T> results(count + 2, T(-77));
        summit::cpu::reduce<summit::op::log_sum_exp<T>, Arch>(plan_, buffer_.constant().data(), results.data() + 1);
        CHECK(results.front() == T(-77));
        CHECK(results.back() == T(-77));
        std::vector<std::uint64_t> bits;
        for (std::size_t i = 0; i != count; ++i) bits.push_back(support::to_bits(results[i + 1]));
        return bits;
    }

    /// The bits of the first result, where its tile makes it.
    template <class Arch>
    [[nodiscard]] std::uint64_t tiled() {
        using reduction =
            summit::cpu::tile_reduction<summit::op::log_sum_exp<T>, Arch, T, summit::cpu::thread_pool<false>>;
        T result;
        const summit::cpu::tiling tiles(plan_, reduction::tile_widths);
        const auto tile =
            std::make_unique<reduction>(plan_, tiles, buffer_.constant().data(), typename reduction::parts_room{});
        tile->run(0, 1, &result);
        return support::to_bits(result);
    }

private:
    layout way_;
    summit::plan plan_;
    support::guarded<T> buffer_;
};

template <class T>
T from_result(std::uint64_t bits) {
    return support::from_bits<T>(static_cast<support::bits_of<T>>(bits));
}

/// Tiles whole and narrow, regular and not; few terms, one block and several.
std::vector<layout> every_layout() {
    std::vector<layout> all;
    const auto add = [&](const std::vector<layout>& more) { all.insert(all.end(), more.begin(), more.end()); };
    add(support::row_layouts(19, 130));
    add(support::column_layouts(35, 70));
    add(support::column_layouts(270, 33));
    add(support::short_layouts(35, 7));
    add(support::short_layouts(35, 20));
    add(support::row_layouts(35, 64));
    return all;
}

// Without optimisation, or under a sanitizer: one result in nine.
constexpr std::ptrdiff_t sparse = support::thinning == 1 ? 1 : 9;

} // namespace

TEMPLATE_TEST_CASE("no result depends on its neighbours", "[tile_reduction]", float, double) {
    using T = TestType;
    using Arch = xsimd::default_arch;
    for (const auto& way : every_layout()) {
        // Where sums are in range; where floats are summed again in double; where everything is summed once more; where no sum
        // is in range.
        for (const T height : {T(30), T(2), T(1e-9), T(-1000)}) {
            elements<T> x(way);
            x.randomise(height);
            const auto alone = x.template reduced<Arch>();
            for (const T special :
                 {quiet_nan<T>, infinity<T>, -infinity<T>, T(1e30), T(-1e30), T(88.5), T(-90), T(-500)}) {
                for (const std::ptrdiff_t parity : {0, 1}) {
                    x.randomise(height);
                    for (std::ptrdiff_t r = parity; r < way.results(); r += 2) {
                        x.at(r, way.terms() / 2) = special;
                        x.at(r, r % way.terms()) = special;
                    }
                    const auto beside = x.template reduced<Arch>();
                    CAPTURE(way.name, way.results(), way.terms(), height, support::to_bits(special), parity);
                    for (std::ptrdiff_t r = 1 - parity; r < way.results(); r += 2)
                        REQUIRE(beside[static_cast<std::size_t>(r)] == alone[static_cast<std::size_t>(r)]);
                }
            }
        }
    }
}

TEMPLATE_TEST_CASE("a row without a tile has the bits of a tile", "[tile_reduction][bits]", float, double) {
    using T = TestType;
    // Far from 0; where floats are summed again in double; where everything is; where no direct sum holds it.
    for (const T height : {T(30), T(2), T(1e-9), T(3000)}) {
        for (const std::ptrdiff_t terms :
             {1, 2, 3, 8, 9, 15, 16, 17, 31, 32, 33, 64, 127, 128, 129, 300, 16384, 16385}) {
            for (const auto& way : support::row_layouts(1, terms)) {
                elements<T> row(way);
                row.randomise(height);
                support::for_each_architecture<support::architectures>([&]<class Arch>(Arch) {
                    CAPTURE(Arch::name(), way.name, terms, height);
                    REQUIRE(row.template reduced<Arch>()[0] == row.template tiled<Arch>());
                });
            }
        }
    }
}

TEST_CASE("hundreds of rows of eight floats and about as many have the bits of a tile", "[tile_reduction][bits]") {
    using Arch = xsimd::default_arch;
    for (const std::ptrdiff_t terms : {7, 8, 9, 16}) {
        elements<float> row(support::row_layouts(1, terms)[0]);
        for (std::uint32_t round = 0; round != 400; ++round) {
            row.randomise(round % 2 == 0 ? 30.0F : 5.0F, seed + round);
            CAPTURE(terms, round);
            REQUIRE(row.reduced<Arch>()[0] == row.tiled<Arch>());
        }
    }
}

TEMPLATE_TEST_CASE("every result is right beside all the others", "[tile_reduction][accuracy]", float, double) {
    using T = TestType;
    for (const auto& way : every_layout()) {
        elements<T> x(way);
        x.randomise(T(0.5));
        // A height of its own for each result: all the ways to sum, side by side.
        const std::vector<T> heights{T(0), T(85), T(-85), T(2000), T(-2000), T(-3.5), T(1e30), T(0.7)};
        for (std::ptrdiff_t r = 0; r != way.results(); ++r)
            for (std::ptrdiff_t k = 0; k != way.terms(); ++k) x.at(r, k) += heights[static_cast<std::size_t>(r) % 8];
        support::for_each_architecture<support::architectures>([&]<class Arch>(Arch) {
            const auto got = x.template reduced<Arch>();
            for (std::ptrdiff_t r = 0; r < way.results(); r += sparse) {
                std::vector<T> terms;
                for (std::ptrdiff_t k = 0; k != way.terms(); ++k) terms.push_back(x.at(r, k));
                CAPTURE(Arch::name(), way.name, way.results(), way.terms(), r);
                REQUIRE(support::log_sum_exp_of(terms).accepts(from_result<T>(got[static_cast<std::size_t>(r)])));
            }
        });
    }
}

TEMPLATE_TEST_CASE("the same bits on every architecture with FMA", "[tile_reduction][bits]", float, double) {
    using T = TestType;
    for (const auto& way : every_layout()) {
        for (const T height : {T(30), T(2), T(1e-9), T(-800)}) {
            elements<T> x(way);
            x.randomise(height);
            for (std::ptrdiff_t r = 0; r < way.results(); r += 3) x.at(r, 1) = r % 2 == 0 ? T(-1e4) : T(3000);
            std::vector<std::uint64_t> want;
            support::for_each_architecture<support::fused_architectures>([&]<class Arch>(Arch) {
                const auto got = x.template reduced<Arch>();
                if (want.empty()) want = got;
                CAPTURE(Arch::name(), way.name, way.results(), way.terms(), height);
                REQUIRE(got == want);
            });
        }
    }
}

TEMPLATE_TEST_CASE("blocks that no direct sum holds count for nothing beside a result near 0", "[tile_reduction]",
                   float, double) {
    using T = TestType;
    // More results than vectors hold evenly, so that what is summed again begins anywhere.
    for (const auto& ways :
         {support::row_layouts(3, 40000), support::column_layouts(35, 200), support::column_layouts(61, 200)}) {
        for (const auto& way : ways) {
            elements<T> x(way);
            const std::ptrdiff_t last = way.terms() - 1;
            for (std::ptrdiff_t r = 0; r != way.results(); ++r) {
                for (std::ptrdiff_t k = 0; k != way.terms(); ++k) x.at(r, k) = T(-1e4);
                x.at(r, last) = T(0.25);
                x.at(r, last - 1) = T(-1.5);
            }
            const auto want = support::log_sum_exp_of(std::vector<T>{T(0.25), T(-1.5)});
            support::for_each_architecture<support::architectures>([&]<class Arch>(Arch) {
                CAPTURE(Arch::name(), way.name, way.results());
                for (const auto bits : x.template reduced<Arch>()) REQUIRE(want.accepts(from_result<T>(bits)));
            });
        }
    }
}

TEMPLATE_TEST_CASE("results near 0 have the bits they have among few, however many tiles they are of",
                   "[tile_reduction][bits]", float, double) {
    using T = TestType;
    constexpr std::ptrdiff_t results = 5000, few = 40;
    for (const std::ptrdiff_t terms : {2, 3, 11, 50}) {
        const auto ways = support::short_layouts(results, terms), parts = support::short_layouts(few, terms);
        for (std::size_t i = 0; i != ways.size(); ++i) {
            elements<T> x(ways[i]);
            x.randomise(T(30));
            // In some tiles none is near 0, in others all, and in most some; beside these some are far from it.
            for (std::ptrdiff_t r = 1100; r != results; ++r)
                if (r < 2300 || r % 37 == 0)
                    for (std::ptrdiff_t k = 0; k != terms; ++k) x.at(r, k) -= r % 5 == 0 ? T(1000) : T(30);
            x.at(1234, 1) = quiet_nan<T>;
            x.at(results - 1, 0) = infinity<T>;
            support::for_each_architecture<support::architectures>([&]<class Arch>(Arch) {
                const auto got = x.template reduced<Arch>();
                for (std::ptrdiff_t first = 0; first != results; first += few) {
                    elements<T> part(parts[i]);
                    for (std::ptrdiff_t r = 0; r != few; ++r)
                        for (std::ptrdiff_t k = 0; k != terms; ++k) part.at(r, k) = x.at(first + r, k);
                    const auto want = part.template reduced<Arch>();
                    for (std::ptrdiff_t r = 0; r != few; ++r) {
                        CAPTURE(Arch::name(), ways[i].name, terms, first + r);
                        REQUIRE(got[static_cast<std::size_t>(first + r)] == want[static_cast<std::size_t>(r)]);
                    }
                }
            });
        }
    }
}

TEMPLATE_TEST_CASE("few results of very many terms, in parts", "[tile_reduction]", float, double) {
    using T = TestType;
    constexpr std::ptrdiff_t terms = support::thinning == 1 ? 30000 : 9000;
    const auto check = [](const layout& way) {
        elements<T> x(way);
        for (std::ptrdiff_t r = 0; r != way.results(); ++r)
            for (std::ptrdiff_t k = 0; k != way.terms(); ++k) x.at(r, k) = static_cast<T>(r % 9);
        support::for_each_architecture<support::fused_architectures>([&]<class Arch>(Arch) {
            const auto got = x.template reduced<Arch>();
            for (std::ptrdiff_t r = 0; r != way.results(); ++r) {
                const support::expected<T> want{
                    false, T(0), static_cast<long double>(r % 9) + std::log(static_cast<long double>(way.terms()))};
                CAPTURE(Arch::name(), way.name, way.results(), r);
                REQUIRE(want.accepts(from_result<T>(got[static_cast<std::size_t>(r)])));
            }
        });
    };
    for (const std::ptrdiff_t results : {17, 60, 100, 127, 200, 250, 257, 300})
        check({"columns", {terms, results}, {results, 1}, 0b01});
    for (const std::ptrdiff_t results : {1, 2, 3, 7}) check({"rows", {results, 9 * terms}, {9 * terms, 1}, 0b10});
    check({"runs of columns", {6, terms, 10}, {terms * 10, 10, 1}, 0b010});
    check({"runs of columns", {3, terms, 13}, {terms * 13, 13, 1}, 0b010});
}
