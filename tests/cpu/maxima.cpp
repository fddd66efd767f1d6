// SPDX-License-Identifier: MIT
#include <summit/cpu/maxima.hpp>
#include <summit/cpu/tile_sums.hpp>
#include <summit/op/log_sum_exp.hpp>

#include "support/architectures.hpp"
#include "support/guarded.hpp"
#include "support/layouts.hpp"
#include "support/reference.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <memory>
#include <vector>

namespace {

using support::infinity;
using support::layout;
using support::quiet_nan;

template <class T>
using op = summit::op::log_sum_exp<T>;

/// Rows and columns side by side, packed and in pieces, whose terms stand in the order in which they are walked.
std::vector<layout> layouts() {
    return {{"rows", {21, 130}, {130, 1}, 0b10},
            {"rows with gaps", {21, 130}, {400, 3}, 0b10},
            {"rows in pieces", {21, 10, 13}, {400, 40, 1}, 0b110},
            {"columns", {131, 37}, {37, 1}, 0b01},
            {"many columns", {33, 1100}, {1100, 1}, 0b01},
            {"columns of two loops", {13, 10, 37}, {400, 37, 1}, 0b011},
            {"columns with gaps", {131, 37}, {200, 2}, 0b01},
            {"columns in short runs", {5, 131, 6}, {786, 6, 1}, 0b010}};
}

/// The elements of a layout, and what is looked for in each tile.
template <class T>
class elements {
public:
    explicit elements(const layout& way)
        : way_(way),
          plan_(summit::make_plan(way.shape, way.strides, way.selected,
                                  summit::row_major_strides(summit::without(way.shape, way.selected)))),
          buffer_(way.shape, way.strides) {}

    [[nodiscard]] T& at(std::ptrdiff_t result, std::ptrdiff_t term) {
        return buffer_.elements().data()[way_.offset(result, term)];
    }

    /// Numbers whose order is none.
    void fill() {
        for (std::ptrdiff_t r = 0; r != way_.results(); ++r)
            for (std::ptrdiff_t k = 0; k != way_.terms(); ++k)
                at(r, k) = static_cast<T>((r * 31 + k * 57) % 101 - 50) * (r % 3 == 0 ? T(1e5) : T(0.25));
    }

    /// Calls look(plan, elements, blocks, tile, lanes, terms, values) for all lanes of all tiles, and check(result, term range,
    /// value) for each of them.
    template <class Arch, class Look, class Check>
    void visit(const Look& look, const Check& check) {
        const summit::cpu::tiling tiles(plan_, summit::cpu::tile_sums<op<T>, Arch, T>::tile_widths);
        const T* const from = buffer_.constant().data();
        const auto blocks = std::make_unique<summit::cpu::block_reader<Arch, T>>(plan_, from);
        for (std::ptrdiff_t i = 0; i != tiles.count(); ++i) {
            summit::cpu::tile t;
            tiles.place(i, t);
            for (const summit::cpu::term_range& terms :
                 {summit::cpu::term_range{0, plan_.terms}, summit::cpu::term_range{5, 27},
                  summit::cpu::term_range{7, 1}}) {
                summit::cpu::lane_values values;
                values.fill(-7.0);
                // Of rows any of them, of columns whole vectors or all.
                summit::cpu::lane_range lanes{0, t.width};
                if (terms.count != plan_.terms && (plan_.lie == summit::orientation::rows || t.is_regular))
                    lanes = {3, plan_.lie == summit::orientation::rows ? 5U : 19U};
                look(plan_, from, *blocks, t, lanes, terms, values);
                for (std::size_t lane = lanes.first; lane != lanes.last; ++lane) {
                    CAPTURE(Arch::name(), way_.name, i, lane, terms.first, terms.count, values[lane]);
                    check(t.result_offset_of(lane), terms, values[lane]);
                }
                CHECK(values[lanes.last] == -7.0);
                if (lanes.first != 0) CHECK(values[lanes.first - 1] == -7.0);
            }
        }
    }

private:
    layout way_;
    summit::plan plan_;
    support::guarded<T> buffer_;
};

} // namespace

TEMPLATE_TEST_CASE("the largest of some terms, wherever they lie", "[maxima]", float, double) {
    using T = TestType;
    for (const auto& way : layouts()) {
        elements<T> x(way);
        x.fill();
        // In some results it stands alone, and −inf or NaN stands among the others.
        for (std::ptrdiff_t r = 0; r != way.results(); ++r) {
            if (r % 4 == 1) x.at(r, r % way.terms()) = T(3e7);
            if (r % 4 == 2)
                for (std::ptrdiff_t k = 0; k != way.terms(); ++k)
                    if (k % 9 != 7) x.at(r, k) = -infinity<T>;
            if (r % 8 == 3) x.at(r, (r * 5) % way.terms()) = r % 16 == 3 ? quiet_nan<T> : -quiet_nan<T>;
            if (r % 8 == 7) x.at(r, (r * 3) % way.terms()) = infinity<T>;
        }
        support::for_each_architecture<support::architectures>([&]<class Arch>(Arch) {
            x.template visit<Arch>(
                [](const auto& plan, const T* from, auto& blocks, const auto& t, const auto& lanes, const auto& terms,
                   auto& values) {
                    summit::cpu::find_maxima<op<T>, Arch>(plan, from, blocks, t, lanes, terms, values);
                },
                [&](std::ptrdiff_t result, const summit::cpu::term_range& terms, double got) {
                    T want = -infinity<T>;
                    bool has_nan = false;
                    for (std::ptrdiff_t k = terms.first; k != terms.first + terms.count; ++k) {
                        const T term = x.at(result, k);
                        if (support::is_nan(term))
                            has_nan = true;
                        else
                            want = std::max(want, term);
                    }
                    // Beside a NaN any other term, or −inf.
                    REQUIRE(!support::is_nan(got));
                    if (has_nan)
                        REQUIRE(got <= static_cast<double>(want));
                    else
                        REQUIRE(support::to_bits(got) == support::to_bits(static_cast<double>(want)));
                });
        });
    }
}

TEMPLATE_TEST_CASE("whether there is a NaN among some terms, wherever they lie", "[maxima]", float, double) {
    using T = TestType;
    for (const auto& way : layouts()) {
        elements<T> x(way);
        x.fill();
        for (std::ptrdiff_t r = 0; r != way.results(); ++r) {
            x.at(r, (r * 3) % way.terms()) = r % 3 == 0 ? infinity<T> : -infinity<T>;
            if (r % 3 == 1) x.at(r, r % way.terms()) = quiet_nan<T>;
            if (r % 3 == 2) x.at(r, way.terms() / 2) = std::numeric_limits<T>::max();
        }
        support::for_each_architecture<support::architectures>([&]<class Arch>(Arch) {
            x.template visit<Arch>(
                [](const auto& plan, const T*, auto& blocks, const auto& t, const auto& lanes, const auto& terms,
                   auto& values) { summit::cpu::find_nans<op<T>, Arch>(plan, blocks, t, lanes, terms, values); },
                [&](std::ptrdiff_t result, const summit::cpu::term_range& terms, double got) {
                    bool has_nan = false;
                    for (std::ptrdiff_t k = terms.first; k != terms.first + terms.count; ++k)
                        has_nan |= support::is_nan(x.at(result, k));
                    if (has_nan)
                        REQUIRE(support::is_nan(got));
                    else
                        REQUIRE(got == 0.0);
                });
        });
    }
}
