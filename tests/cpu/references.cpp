// SPDX-License-Identifier: MIT
#include <summit/cpu/references.hpp>
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
#include <tuple>
#include <vector>

namespace {

using support::infinity;
using support::layout;
using support::quiet_nan;

template <class T>
using op = summit::op::log_sum_exp<T>;

std::vector<layout> layouts() {
    auto all = support::row_layouts(21, 40);
    for (const auto& more :
         {support::row_layouts(3, 700), support::column_layouts(53, 40), support::short_layouts(53, 9)})
        all.insert(all.end(), more.begin(), more.end());
    return all;
}

/// Near 0, far from it, and of what no reference is for.
template <class T>
T element(std::ptrdiff_t result, std::ptrdiff_t term) {
    const auto little = static_cast<T>((result * 31 + term * 17) % 64) / T(16);
    switch (result % 8) {
    case 0:
        return T(3000) + little;
    case 1:
        return T(-3000) + little;
    case 2:
        return -infinity<T>;
    case 3:
        return term % 5 == 0 ? T(-3000) + little : -infinity<T>;
    case 4:
        return term % 7 == 0 ? quiet_nan<T> : T(3000) + little;
    case 5:
        return infinity<T>;
    case 6:
        return T(1e30);
    default:
        return little;
    }
}

} // namespace

TEMPLATE_TEST_CASE("each result has the reference of the largest of its sampled terms, wherever they lie",
                   "[references]", (std::tuple<float, float>), (std::tuple<float, double>),
                   (std::tuple<double, double>)) {
    using T = std::tuple_element_t<0, TestType>;
    using C = std::tuple_element_t<1, TestType>;
    for (const bool is_plain : {false, true}) {
        for (const auto& way : layouts()) {
            const auto at = [&](std::ptrdiff_t r, std::ptrdiff_t k) {
                return is_plain ? element<T>(7, r + k) : element<T>(r, k);
            };
            support::guarded<T> buffer(way.shape, way.strides);
            for (std::ptrdiff_t r = 0; r != way.results(); ++r)
                for (std::ptrdiff_t k = 0; k != way.terms(); ++k) buffer.elements().data()[way.offset(r, k)] = at(r, k);
            const auto p = summit::make_plan(way.shape, way.strides, way.selected,
                                             summit::row_major_strides(summit::without(way.shape, way.selected)));
            const T* const from = buffer.constant().data();
            const summit::cpu::term_sample sample(p);
            support::for_each_architecture<support::architectures>([&]<class Arch>(Arch) {
                const summit::cpu::tiling tiles(p, summit::cpu::tile_sums<op<T>, Arch, T>::tile_widths);
                const auto references = std::make_unique<summit::cpu::lane_references<C>>();
                for (std::ptrdiff_t i = 0; i != tiles.count(); ++i) {
                    summit::cpu::tile t;
                    tiles.place(i, t);
                    references->exponent.fill(C(-77));
                    summit::cpu::sample_references<op<T>, C, Arch>(p, from, t, {0, t.width}, sample, *references);
                    CAPTURE(Arch::name(), way.name, i, is_plain);
                    if constexpr (!summit::cpu::has_references<C, Arch>) {
                        CHECK_FALSE(references->any);
                        continue;
                    }
                    // Where all are near 0 there are none; where one has one, there are.
                    if (is_plain) CHECK_FALSE(references->any);
                    if (!is_plain && t.width >= 8) CHECK(references->any);
                    for (std::size_t lane = 0; lane != t.width; ++lane) {
                        C max = -infinity<C>;
                        for (const auto& piece : sample)
                            for (std::ptrdiff_t k = 0; k != piece.count; ++k) {
                                const auto x =
                                    static_cast<C>(from[t.offset_of(lane) + piece.offset + k * sample.stride()]);
                                if (!support::is_nan(x)) max = std::max(max, x);
                            }
                        const C want = op<T>::template reference_exponent<C>(xsimd::batch<C, Arch>(max)).get(0);
                        CAPTURE(lane, max);
                        // Where there are none, none is written.
                        REQUIRE((references->any ? references->exponent[lane] : C(0)) == want);
                    }
                }
            });
        }
    }
}
