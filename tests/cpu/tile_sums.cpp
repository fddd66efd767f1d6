// SPDX-License-Identifier: MIT
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
#include <memory>
#include <vector>

namespace {

template <class T>
using op = summit::op::log_sum_exp<T>;

/// Some kinds of results side by side: in range, out of it, and with one block of many that is.
template <class T>
T element(std::ptrdiff_t result, std::ptrdiff_t term) {
    const auto x = static_cast<T>((result * 31 + term * 17) % 64) / T(16);
    switch (result % 5) {
    case 1:
        return x + T(5000);
    case 2:
        return x - T(5000);
    case 3:
        return term < 70 ? x - T(5000) : x;
    case 4:
        return term < 70 ? x : -support::infinity<T>;
    default:
        return x + T(8);
    }
}

/// The sums of one tile of a layout, of all its lanes or of some.
template <class C, class Arch, class T, class Use>
void sum_tiles(const support::layout& way, const Use& use) {
    using sums_type = summit::cpu::tile_sums<op<T>, Arch, T>;
    support::guarded<T> buffer(way.shape, way.strides);
    std::vector<std::vector<T>> rows;
    for (std::ptrdiff_t r = 0; r != way.results(); ++r) {
        rows.emplace_back();
        for (std::ptrdiff_t k = 0; k != way.terms(); ++k) {
            rows.back().push_back(element<T>(r, k));
            buffer.elements().data()[way.offset(r, k)] = rows.back().back();
        }
    }
    const auto p = summit::make_plan(way.shape, way.strides, way.selected,
                                     summit::row_major_strides(summit::without(way.shape, way.selected)));
    const summit::cpu::tiling tiles(p, sums_type::tile_widths);
    const auto sums = std::make_unique<sums_type>(p, buffer.constant().data());
    for (std::ptrdiff_t index = 0; index != tiles.count(); ++index) {
        summit::cpu::tile t;
        tiles.place(index, t);
        const auto want = [&](std::size_t lane, std::ptrdiff_t first, std::ptrdiff_t count) {
            const auto& row = rows[static_cast<std::size_t>(t.result_offset_of(lane))];
            return support::log_sum_exp_of(std::vector<T>(row.begin() + first, row.begin() + first + count));
        };
        use(*sums, t, p, want);
    }
}

/// Ways whose terms stand in the order in which they are walked.
std::vector<support::layout> some_layouts() {
    return {{"rows", {21, 130}, {130, 1}, 0b10},
            {"rows with gaps", {21, 130}, {400, 3}, 0b10},
            {"rows in pieces", {21, 10, 13}, {400, 40, 1}, 0b110},
            {"columns", {130, 37}, {37, 1}, 0b01},
            {"columns with gaps", {130, 37}, {200, 2}, 0b01},
            {"columns in short runs", {5, 130, 6}, {780, 6, 1}, 0b010}};
}

template <class C, class Sums>
double log_of(const Sums& sums, std::size_t lane) {
    alignas(64) summit::cpu::lane_values value;
    sums.template log<C>({lane, lane + 1}, 1.0, value);
    return value[lane];
}

/// What floats may be off where the result is not summed again.
template <class C, class T>
constexpr double allowed = sizeof(C) == sizeof(T) && sizeof(T) == sizeof(float) ? 2.0 : support::promised_ulp<T>;

template <class C, class T>
void check_all() {
    for (const auto& way : some_layouts()) {
        support::for_each_architecture<support::architectures>([&]<class Arch>(Arch) {
            sum_tiles<C, Arch, T>(way, [&](auto& sums, const auto& t, const auto& p, const auto& want) {
                CAPTURE(Arch::name(), way.name);
                const auto near = [&](double got, const support::expected<T>& of) {
                    return of.error(static_cast<T>(got)) <= allowed<C, T>;
                };
                sums.template sum<C>(t, {0, t.width}, {0, p.terms});
                for (std::size_t lane = 0; lane != t.width; ++lane) {
                    CAPTURE(lane);
                    REQUIRE(near(log_of<C>(sums, lane), want(lane, 0, p.terms)));
                    REQUIRE(near(op<T>::finish(sums.template state<C>(lane), 1).get(0), want(lane, 0, p.terms)));
                }
                sums.template sum_all<C>(t, {0, t.width});
                for (std::size_t lane = 0; lane != t.width; ++lane) {
                    CAPTURE(lane);
                    REQUIRE(near(log_of<C>(sums, lane), want(lane, 0, p.terms)));
                }
                // Some terms, and one more sum with the same object.
                sums.template sum<C>(t, {0, t.width}, {66, 64});
                for (std::size_t lane = 0; lane != t.width; ++lane) {
                    CAPTURE(lane);
                    REQUIRE(near(log_of<C>(sums, lane), want(lane, 66, 64)));
                }
                // A row alone, or a vector of columns that begins anywhere: the same bits as in the whole tile.
                if (p.lie == summit::orientation::columns && !t.is_regular) return;
                const std::size_t count = t.is_regular ? static_cast<std::size_t>(sums.tile_widths.least_run) : 1;
                std::vector<double> whole;
                for (std::size_t lane = 0; lane != t.width; ++lane) whole.push_back(log_of<C>(sums, lane));
                for (std::size_t first = 0; first + count <= t.width; first += 3) {
                    sums.template sum<C>(t, {first, first + count}, {66, 64});
                    for (std::size_t lane = first; lane != first + count; ++lane) {
                        CAPTURE(first, lane);
                        REQUIRE(support::to_bits(log_of<C>(sums, lane)) == support::to_bits(whole[lane]));
                    }
                }
            });
        });
    }
}

} // namespace

TEST_CASE("sums of tiles, in range and out of it", "[tile_sums]") {
    SECTION("floats") { check_all<float, float>(); }
    SECTION("floats in double") { check_all<double, float>(); }
    SECTION("doubles") { check_all<double, double>(); }
}
