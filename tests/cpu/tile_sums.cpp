// SPDX-License-Identifier: MIT
#include <summit/cpu/tile_sums.hpp>
#include <summit/cpu/totals.hpp>
#include <summit/op/log_sum_exp.hpp>

#include "support/architectures.hpp"
#include "support/guarded.hpp"
#include "support/layouts.hpp"
#include "support/reference.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>
#include <vector>

namespace {

template <class T>
using op = summit::op::log_sum_exp<T>;

/// Results at several heights side by side, some with nothing in a part of their terms.
template <class T>
T element(std::ptrdiff_t result, std::ptrdiff_t term) {
    const auto x = static_cast<T>((result * 31 + term * 17) % 64) / T(16);
    switch (result % 5) {
    case 1:
        return x + T(5000);
    case 2:
        return x - T(5000);
    case 3:
        return term < 70 ? x - T(60) : x;
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

/// What floats may be off where the result is not summed again.
template <class C, class T>
constexpr double allowed = sizeof(C) == sizeof(T) && sizeof(T) == sizeof(float) ? 2.0 : support::promised_ulp<T>;

/// References next to some term of each result: the larger of its first and its last.
template <class C, class Arch, class T>
summit::cpu::lane_references<C> references_of(const summit::cpu::tile& t) {
    summit::cpu::lane_references<C> references;
    references.any = true;
    references.exponent.fill(C(0));
    for (std::size_t lane = 0; lane != t.width; ++lane) {
        const std::ptrdiff_t result = t.result_offset_of(lane);
        const T largest = std::max(element<T>(result, 0), element<T>(result, 129));
        using batch = xsimd::batch<C, Arch>;
        references.exponent[lane] = op<T>::template reference_exponent<C>(batch(static_cast<C>(largest))).get(0);
    }
    return references;
}

template <class C, class T>
void check_all() {
    using pass = typename op<T>::template single_pass<C>;
    support::for_each_architecture<support::architectures>([&]<class Arch>(Arch) {
        if constexpr (summit::cpu::has_references<C, Arch>) {
            for (const auto& way : some_layouts()) {
                sum_tiles<C, Arch, T>(way, [&](auto& sums, const auto& t, const auto& p, const auto& want) {
                    CAPTURE(Arch::name(), way.name);
                    const auto references = references_of<C, Arch, T>(t);
                    const auto log_of = [&](std::size_t lane, std::ptrdiff_t terms) {
                        const xsimd::batch<double, Arch> exponent(static_cast<double>(references.exponent[lane]));
                        return op<T>::template finish<C, Arch>(sums.total_of(lane), 1,
                                                               summit::cpu::log_count_estimate(terms, 1), exponent)
                            .get(0);
                    };
                    const auto near = [&](double got, const support::expected<T>& of) {
                        return of.error(static_cast<T>(got)) <= allowed<C, T>;
                    };
                    sums.template sum<pass>(t, {0, t.width}, {0, p.terms}, &references);
                    for (std::size_t lane = 0; lane != t.width; ++lane) {
                        CAPTURE(lane);
                        REQUIRE(near(log_of(lane, p.terms), want(lane, 0, p.terms)));
                    }
                    if (p.lie == summit::orientation::columns)
                        for (std::size_t lane = 0; lane != t.width; ++lane) {
                            T largest = -support::infinity<T>;
                            for (std::ptrdiff_t k = 0; k != p.terms; ++k)
                                largest = std::max(largest, element<T>(t.result_offset_of(lane), k));
                            REQUIRE(sums.largest(lane).get(0) == static_cast<double>(largest));
                        }
                    // Some terms, and one more sum with the same object.
                    sums.template sum<pass>(t, {0, t.width}, {46, 64}, &references);
                    for (std::size_t lane = 0; lane != t.width; ++lane) {
                        CAPTURE(lane);
                        REQUIRE(near(log_of(lane, 64), want(lane, 46, 64)));
                    }
                    // A row alone, or a vector of columns that begins anywhere: the same bits as in the whole tile.
                    if (p.lie == summit::orientation::columns && !t.is_regular) return;
                    const std::size_t count = t.is_regular ? static_cast<std::size_t>(sums.tile_widths.least_run) : 1;
                    std::vector<double> whole;
                    for (std::size_t lane = 0; lane != t.width; ++lane) whole.push_back(log_of(lane, 64));
                    for (std::size_t first = 0; first + count <= t.width; first += 3) {
                        sums.template sum<pass>(t, {first, first + count}, {46, 64}, &references);
                        for (std::size_t lane = first; lane != first + count; ++lane) {
                            CAPTURE(first, lane);
                            REQUIRE(support::to_bits(log_of(lane, 64)) == support::to_bits(whole[lane]));
                        }
                    }
                });
            }
        }
    });
}

} // namespace

TEST_CASE("sums of tiles relative to references", "[tile_sums]") {
    SECTION("floats") { check_all<float, float>(); }
    SECTION("floats in double") { check_all<double, float>(); }
    SECTION("doubles") { check_all<double, double>(); }
}

TEMPLATE_TEST_CASE("numbers that no reference reaches are summed less their maximum", "[tile_sums]", float, double) {
    using T = TestType;
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        using sums_type = summit::cpu::tile_sums<op<T>, Arch, T>;
        for (const std::ptrdiff_t terms : {1, 7, 512, 513, 5000}) {
            for (const T largest :
                 {T(1e30), T(-1e30), std::numeric_limits<T>::max(), std::numeric_limits<T>::lowest()}) {
                std::vector<T> row(static_cast<std::size_t>(terms), -support::infinity<T>);
                row.back() = largest;
                row[row.size() / 2] = largest;
                const auto p = summit::make_plan({1, terms}, {terms, 1}, 0b10, {1});
                const summit::cpu::tiling tiles(p, sums_type::tile_widths);
                summit::cpu::tile t;
                tiles.place(0, t);
                const auto sums = std::make_unique<sums_type>(p, row.data());
                sums->template sum_less<T>(t, 0, {0, terms}, largest);
                const double log =
                    op<T>::template finish<T, Arch>(sums->total_of(0), 1, summit::cpu::log_count_estimate(terms, 1))
                        .get(0);
                CAPTURE(Arch::name(), terms, largest);
                CHECK(std::abs(log - (terms == 1 ? 0.0 : 0x1.62e42fefa39efp-1)) < 1e-6);
            }
        }
    });
}
