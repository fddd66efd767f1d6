// SPDX-License-Identifier: MIT
// Results of every kind side by side, wherever what decides about them stands.
#include <summit/cpu/threads.hpp>
#include <summit/cpu/totals.hpp>
#include <summit/op/log_sum_exp.hpp>

#include "support/architectures.hpp"
#include "support/guarded.hpp"
#include "support/layouts.hpp"
#include "support/reference.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <tuple>
#include <vector>

namespace {

using support::infinity;
using support::quiet_nan;

/// What most terms of a result are, and what stands among them, where it is not known beforehand.
template <class T>
struct kind {
    const char* name;
    T height; ///< of most terms, to which a little is added
    std::vector<T> among;
};

template <class T>
const std::vector<kind<T>>& kinds() {
    constexpr T nothing = -infinity<T>;
    constexpr T largest = std::numeric_limits<T>::max();
    // So far from 0 that no reference reaches it, and yet so near that a little counts.
    constexpr T far = sizeof(T) == sizeof(float) ? T(200000) : T(3e9);
    static const std::vector<kind<T>> all = {
        {"numbers", T(8), {}},
        {"large numbers", T(5000), {}},
        {"small numbers", T(-5000), {}},
        {"one far above", T(8), {T(5008)}},
        {"one number above small ones", T(-5000), {T(20)}},
        {"one number above the lowest", -largest, {T(20)}},
        {"one above large numbers", T(5000), {T(12000)}},
        {"-inf", nothing, {}},
        {"a number among -inf", nothing, {T(9)}},
        {"a small number among -inf", nothing, {T(-3000)}},
        {"a large number among -inf", nothing, {T(6000)}},
        {"NaN among -inf", nothing, {quiet_nan<T>}},
        {"NaN among numbers", T(8), {quiet_nan<T>}},
        {"NaN among small numbers", T(-5000), {-quiet_nan<T>}},
        {"NaN beside one far above", T(8), {T(5008), quiet_nan<T>}},
        {"+inf", infinity<T>, {}},
        {"+inf among numbers", T(8), {infinity<T>}},
        {"+inf among -inf", nothing, {infinity<T>}},
        {"NaN and +inf", T(8), {quiet_nan<T>, infinity<T>}},
        {"NaN and +inf among -inf", nothing, {infinity<T>, quiet_nan<T>}},
        {"NaN and +inf among small numbers", T(-5000), {infinity<T>, quiet_nan<T>}},
        {"huge numbers", T(1e30), {}},
        {"huge numbers below 0", T(-1e30), {}},
        {"numbers beyond every reference", far, {}},
        {"numbers below every reference", -far, {}},
        {"a number beyond every reference", T(8), {far}},
        {"the largest", largest, {}},
        {"the lowest", -largest, {}},
        {"NaN beside the largest", largest, {quiet_nan<T>}},
        {"NaN beside the lowest", -largest, {quiet_nan<T>}},
        {"+inf and NaN beside the largest", largest, {infinity<T>, quiet_nan<T>}},
    };
    return all;
}

/// Rows and columns, some of them cut in parts.
std::vector<support::layout> some_layouts() {
    return {{"rows", {40, 130}, {130, 1}, 0b10},
            {"rows with gaps", {40, 130}, {400, 3}, 0b10},
            {"rows in pieces", {40, 65, 2}, {400, 5, 1}, 0b110},
            {"columns", {130, 77}, {77, 1}, 0b01},
            {"columns with gaps", {130, 77}, {200, 2}, 0b01},
            {"columns in short runs", {7, 130, 6}, {780, 6, 1}, 0b010},
            {"rows in parts", {5, 40000}, {40000, 1}, 0b10},
            {"rows of many pieces in parts", {5, 4000, 10}, {44000, 11, 1}, 0b110},
            {"columns in parts", {4000, 37}, {37, 1}, 0b01},
            {"columns with gaps in parts", {4000, 37}, {74, 2}, 0b01}};
}

/// The elements of a layout, and what their sums' logs are.
template <class T>
struct problem {
    explicit problem(const support::layout& r)
        : way(r),
          plan(summit::make_plan(r.shape, r.strides, r.selected,
                                 summit::row_major_strides(summit::without(r.shape, r.selected)))),
          buffer(r.shape, r.strides) {}

    /// Makes one result of a kind: what stands among its terms, from `place` on, each one a seventh of the terms behind the other.
    void set(std::ptrdiff_t result, const kind<T>& of, std::ptrdiff_t place) {
        std::vector<T> row;
        for (std::ptrdiff_t k = 0; k != way.terms(); ++k) {
            const T little = static_cast<T>((result * 31 + k * 17) % 64) / T(16);
            // Towards 0, so that the largest number stays one.
            row.push_back(of.height > T(0) && support::is_finite(of.height) ? of.height - little : of.height + little);
        }
        for (const T x : of.among) {
            row[static_cast<std::size_t>(place % way.terms())] = x;
            place += way.terms() / 7;
        }
        for (std::ptrdiff_t k = 0; k != way.terms(); ++k)
            buffer.elements().data()[way.offset(result, k)] = row[static_cast<std::size_t>(k)];
        const auto at = static_cast<std::size_t>(result);
        if (wanted.size() <= at) {
            wanted.resize(at + 1);
            names.resize(at + 1);
        }
        wanted[at] = support::log_sum_exp_of(row);
        names[at] = of.name;
    }

    /// The logs of all results, computed in C.
    template <class C, class Arch>
    std::vector<double> logs() {
        using totals = summit::cpu::tile_totals<summit::op::log_sum_exp<T>, Arch, T, summit::cpu::thread_pool<false>>;
        const summit::cpu::tiling tiles(plan, summit::cpu::tile_sums<summit::op::log_sum_exp<T>, Arch, T>::tile_widths);
        is_in_parts = tiles.parts() != 1;
        summit::cpu::workspace<Arch> memory(totals::parts_bytes(tiles, 1));
        const auto parts = totals::take_parts(memory, tiles, 1);
        const auto of_tile = std::make_unique<totals>(plan, tiles, buffer.constant().data(), parts);
        std::vector<double> all(static_cast<std::size_t>(way.results()));
        for (std::ptrdiff_t i = 0; i != tiles.count(); ++i) {
            summit::cpu::tile t;
            tiles.place(i, t);
            alignas(64) summit::cpu::lane_values value;
            of_tile->template logs<C>(t, {0, t.width}, value);
            for (std::size_t lane = 0; lane != t.width; ++lane)
                all[static_cast<std::size_t>(t.result_offset_of(lane))] = value[lane];
        }
        return all;
    }

    /// On every architecture: right, and the same bits where there is FMA.
    template <class C>
    void check() {
        // Before they are rounded to T they may be off by more than the result may.
        const double allowed = sizeof(C) == sizeof(float) ? 2.0 : support::promised_ulp<T>;
        std::vector<double> known;
        support::for_each_architecture<support::architectures>([&]<class Arch>(Arch) {
            const auto got = logs<C, Arch>();
            if (known.empty() && summit::math::fuses_multiply_add<Arch>) known = got;
            for (std::size_t i = 0; i != got.size(); ++i) {
                CAPTURE(Arch::name(), way.name, i, names[i], got[i]);
                REQUIRE(wanted[i].error(static_cast<T>(got[i])) <= allowed);
                if (summit::math::fuses_multiply_add<Arch> && !support::is_nan(got[i]))
                    REQUIRE(support::to_bits(got[i]) == support::to_bits(known[i]));
            }
        });
    }

    support::layout way;
    summit::plan plan;
    support::guarded<T> buffer;
    std::vector<support::expected<T>> wanted;
    std::vector<const char*> names;
    bool is_in_parts = false;
};

} // namespace

TEMPLATE_TEST_CASE("results of every kind beside all others, whatever was not seen beforehand", "[totals]",
                   (std::tuple<float, float>), (std::tuple<float, double>), (std::tuple<double, double>)) {
    using T = std::tuple_element_t<0, TestType>;
    using C = std::tuple_element_t<1, TestType>;
    for (const auto& way : some_layouts()) {
        std::mt19937_64 random(3);
        problem<T> x(way);
        for (std::uint64_t round = 0; round < 12; round += support::thinning == 1 ? 1 : 5) {
            for (std::ptrdiff_t r = 0; r != way.results(); ++r) {
                // Any beside any; a few kinds; any but only among the last; and here and there one.
                const std::size_t most = round % 4 == 1 ? 4 : kinds<T>().size();
                const bool is_plain = round % 4 == 2 ? r + 20 < way.results() : round % 4 == 3 && random() % 8 != 0;
                const std::size_t which = is_plain ? 0 : random() % most;
                x.set(r, kinds<T>()[which], static_cast<std::ptrdiff_t>(random() % 1000000));
            }
            x.template check<C>();
        }
        CHECK(x.is_in_parts == (way.name.find("parts") != std::string::npos));
    }
}

TEMPLATE_TEST_CASE("each kind alone, with what decides in every place", "[totals]", (std::tuple<float, float>),
                   (std::tuple<double, double>)) {
    using T = std::tuple_element_t<0, TestType>;
    using C = std::tuple_element_t<1, TestType>;
    constexpr std::ptrdiff_t terms = 75;
    for (const auto& ways : {support::row_layouts(terms, terms), support::column_layouts(terms, terms)}) {
        for (const auto& way : ways) {
            problem<T> x(way);
            for (const auto& of : kinds<T>()) {
                if (of.among.empty()) continue;
                for (std::ptrdiff_t r = 0; r != way.results(); ++r) x.set(r, of, r);
                x.template check<C>();
            }
        }
    }
}
