// SPDX-License-Identifier: MIT
#include <summit/plan.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <random>
#include <utility>
#include <vector>

using Catch::Matchers::Message;
using summit::index_list;
using summit::loop;
using summit::plan;

namespace {

constexpr std::ptrdiff_t two_to_31 = std::ptrdiff_t{1} << 31;

plan plan_of(const index_list& shape, const index_list& strides, const summit::axes& which) {
    const auto selected = summit::select_axes("plan_of", which, shape.size());
    return summit::make_plan(shape, strides, selected, summit::row_major_strides(summit::without(shape, selected)));
}

plan plan_of(const index_list& shape, const summit::axes& which) {
    return plan_of(shape, summit::row_major_strides(shape), which);
}

bool same(const loop& a, const loop& b) {
    return a.extent == b.extent && a.stride == b.stride && a.result_stride == b.result_stride;
}

/// (result, element) by their offsets, and how often the element counts.
using visits = std::map<std::pair<std::ptrdiff_t, std::ptrdiff_t>, std::ptrdiff_t>;

std::vector<std::pair<std::ptrdiff_t, std::ptrdiff_t>> walk(const summit::loop_nest& nest) {
    std::vector<std::pair<std::ptrdiff_t, std::ptrdiff_t>> offsets{{0, 0}};
    for (std::size_t i = 0; i != nest.size(); ++i) {
        decltype(offsets) longer;
        for (const auto& [element, result] : offsets)
            for (std::ptrdiff_t k = 0; k != nest[i].extent; ++k)
                longer.emplace_back(element + k * nest[i].stride, result + k * nest[i].result_stride);
        offsets = longer;
    }
    return offsets;
}

visits visits_of(const plan& p) {
    visits seen;
    for (const auto& [kept, result] : walk(p.kept))
        for (const auto& [reduced, nothing] : walk(p.reduced))
            seen[{p.result_origin + result + nothing, p.origin + kept + reduced}] += p.repeats;
    return seen;
}

visits visits_of(const index_list& shape, const index_list& strides, summit::axis_set selected,
                 const index_list& result_strides) {
    summit::loop_nest every;
    std::size_t kept = 0;
    for (std::size_t i = 0; i != shape.size(); ++i)
        every.push_back({shape[i], strides[i], (selected >> i & 1U) != 0 ? 0 : result_strides[kept++]});
    visits seen;
    for (const auto& [element, result] : walk(every)) ++seen[{result, element}];
    return seen;
}

} // namespace

TEST_CASE("axes are selected by name, negative ones from the end", "[plan]") {
    CHECK(summit::select_axes("f", 0, 3) == 0b001);
    CHECK(summit::select_axes("f", -1, 3) == 0b100);
    CHECK(summit::select_axes("f", {2, -3}, 3) == 0b101);
    CHECK(summit::select_axes("f", {}, 3) == 0);
    CHECK(summit::select_axes("f", summit::all_axes, 3) == 0b111);
    CHECK(summit::select_axes("f", summit::all_axes, 0) == 0);
    CHECK(summit::select_axes("f", summit::all_axes, 16) == 0xFFFF);
    CHECK(summit::select_axes("f", -16, 16) == 1);
}

TEST_CASE("an axis that is not there, or named twice, is an error in the caller's name", "[plan][error]") {
    const auto selecting = [](const summit::axes& which, std::size_t rank) {
        static_cast<void>(summit::select_axes("f", which, rank));
    };
    CHECK_THROWS_MATCHES(selecting(3, 2), std::invalid_argument,
                         Message("summit::f: axes: axis 3 is out of range for rank 2"));
    CHECK_THROWS_MATCHES(selecting(-3, 2), std::invalid_argument,
                         Message("summit::f: axes: axis -3 is out of range for rank 2"));
    CHECK_THROWS_MATCHES(selecting({0, 2}, 2), std::invalid_argument,
                         Message("summit::f: axes: axis 2 is out of range for rank 2"));
    CHECK_THROWS_MATCHES(selecting(0, 0), std::invalid_argument,
                         Message("summit::f: axes: axis 0 is out of range for rank 0"));
    CHECK_THROWS_MATCHES(selecting(-1, 0), std::invalid_argument,
                         Message("summit::f: axes: axis -1 is out of range for rank 0"));
    CHECK_THROWS_MATCHES(selecting(16, 16), std::invalid_argument,
                         Message("summit::f: axes: axis 16 is out of range for rank 16"));
    CHECK_THROWS_MATCHES(selecting({1, 1}, 2), std::invalid_argument,
                         Message("summit::f: axes: axis 1 is named twice in (1, 1) for rank 2"));
    CHECK_THROWS_MATCHES(selecting({0, 1, -2}, 2), std::invalid_argument,
                         Message("summit::f: axes: axis -2 is named twice in (0, 1, -2) for rank 2"));
    CHECK_THROWS_MATCHES(selecting(~std::uint64_t{0}, 2), std::invalid_argument,
                         Message("summit::f: axes: axis 9223372036854775807 is out of range for rank 2"));
    CHECK_THROWS_AS(selecting(std::numeric_limits<std::ptrdiff_t>::min(), 2), std::invalid_argument);
}

TEST_CASE("the shape of a result", "[plan]") {
    CHECK(summit::reduced_shape({2, 3, 4}, 0b010, false) == index_list{2, 4});
    CHECK(summit::reduced_shape({2, 3, 4}, 0b010, true) == index_list{2, 1, 4});
    CHECK(summit::reduced_shape({2, 3, 4}, 0b111, false) == index_list{});
    CHECK(summit::reduced_shape({2, 0, 4}, 0b010, true) == index_list{2, 1, 4});
    CHECK(summit::reduced_shape({}, 0, true) == index_list{});
}

TEST_CASE("a place for the results has their shape and one element for each", "[plan][error]") {
    CHECK_NOTHROW(summit::check_result("f", {2, 3}, {-1, 7}, {2, 3}));
    CHECK_NOTHROW(summit::check_result("f", {2, 1}, {1, 0}, {2, 1}));
    CHECK_THROWS_MATCHES(summit::check_result("f", {3}, {1}, {2, 3}), std::invalid_argument,
                         Message("summit::f: out: shape (3,) where the result has shape (2, 3)"));
    CHECK_THROWS_MATCHES(summit::check_result("f", {2, 3}, {0, 1}, {2, 3}), std::invalid_argument,
                         Message("summit::f: out: strides (0, 1) put several results of shape (2, 3) in one place"));
    CHECK_THROWS_MATCHES(summit::check_result("f", {2, 2}, {1, -1}, {2, 2}), std::invalid_argument,
                         Message("summit::f: out: strides (1, -1) put several results of shape (2, 2) in one place"));
    CHECK_NOTHROW(summit::check_result("f", {0, 2}, {0, 0}, {0, 2}));
}

TEST_CASE("a place for the results lies apart from the input", "[plan][error]") {
    const float elements[8] = {};
    const index_list shape{4};
    const index_list strides{2};
    const auto from = [&](int first) { return summit::placement{elements + first, sizeof(float), shape, strides}; };
    CHECK_NOTHROW(summit::check_apart("f", from(1), from(0)));
    CHECK_THROWS_MATCHES(
        summit::check_apart("f", from(2), from(0)), std::invalid_argument,
        Message("summit::f: out: shape (4,) with strides (2,) shares memory with a, of shape (4,) with "
                "strides (2,)"));
}

TEST_CASE("neighbouring dimensions fold into one loop", "[plan]") {
    const auto outer_and_inner = plan_of({64, 128, 256}, {0, 2});
    REQUIRE(outer_and_inner.reduced.size() == 2);
    REQUIRE(outer_and_inner.kept.size() == 1);
    CHECK(same(outer_and_inner.reduced[0], {64, 128 * 256, 0}));
    CHECK(same(outer_and_inner.reduced[1], {256, 1, 0}));
    CHECK(same(outer_and_inner.kept[0], {128, 256, 1}));
    CHECK(outer_and_inner.lie == summit::orientation::rows);
    CHECK(outer_and_inner.results == 128);
    CHECK(outer_and_inner.terms == 64 * 256);

    const auto with_units = plan_of({8, 1, 1, 16, 32}, {3, 4});
    REQUIRE(with_units.reduced.size() == 1);
    REQUIRE(with_units.kept.size() == 1);
    CHECK(same(with_units.reduced[0], {512, 1, 0}));
    CHECK(same(with_units.kept[0], {8, 512, 1}));
    CHECK(with_units.lie == summit::orientation::rows);

    const auto everything = plan_of({4, 5, 6, 7}, summit::all_axes);
    REQUIRE(everything.reduced.size() == 1);
    CHECK(same(everything.reduced[0], {840, 1, 0}));
    CHECK(everything.kept.empty());
}

TEST_CASE("vectors lie across rows that are short", "[plan]") {
    using enum summit::orientation;
    const auto lie = [](const index_list& shape, const index_list& strides, summit::axis_set selected,
                        std::ptrdiff_t short_terms) {
        const plan p = summit::make_plan(shape, strides, selected,
                                         summit::row_major_strides(summit::without(shape, selected)), short_terms);
        return std::pair(p.lie, p.has_few_terms());
    };
    using way = std::pair<summit::orientation, bool>;
    // Of any type, however they lie, if there is more than one.
    CHECK(lie({2, 31}, {31, 1}, 0b10, 32) == way(columns, true));
    CHECK(lie({20, 31}, {62, 2}, 0b10, 32) == way(columns, true));
    CHECK(lie({31, 20}, {20, 1}, 0b01, 32) == way(columns, true));
    CHECK(lie({1, 31}, {31, 1}, 0b10, 32) == way(rows, false));
    CHECK(lie({20, 32}, {32, 1}, 0b10, 32) == way(rows, false));
    CHECK(lie({32, 20}, {20, 1}, 0b01, 32) == way(columns, false));
    // Longer ones, if there are many, each in one piece, and every term counts once.
    CHECK(lie({16, 71}, {71, 1}, 0b10, 72) == way(columns, true));
    CHECK(lie({16, 32}, {40, 1}, 0b10, 72) == way(columns, true));
    CHECK(lie({16, 72}, {72, 1}, 0b10, 72) == way(rows, false));
    CHECK(lie({15, 71}, {71, 1}, 0b10, 72) == way(rows, false));
    CHECK(lie({16, 71}, {142, 2}, 0b10, 72) == way(rows, false));
    CHECK(lie({16, 2, 32}, {100, 50, 1}, 0b110, 72) == way(rows, false));
    CHECK(lie({9, 4, 40}, {400, 50, 1}, 0b100, 72) == way(rows, false));
    CHECK(lie({16, 2, 40}, {40, 0, 1}, 0b110, 72) == way(rows, false));
    CHECK(lie({16, 40}, {0, 1}, 0b10, 72) == way(rows, false));
    CHECK(lie({71, 16}, {16, 1}, 0b01, 72) == way(columns, false));
}

TEST_CASE("order, sign and unit dimensions do not keep loops apart", "[plan]") {
    const auto transposed = plan_of({7, 5, 6}, {1, 42, 7}, summit::all_axes);
    REQUIRE(transposed.reduced.size() == 1);
    CHECK(same(transposed.reduced[0], {210, 1, 0}));

    const auto reversed = plan_of({5, 6}, {-6, -1}, summit::all_axes);
    REQUIRE(reversed.reduced.size() == 1);
    CHECK(same(reversed.reduced[0], {30, 1, 0}));
    CHECK(reversed.origin == -29);

    // The unit dimensions' strides mean nothing.
    const auto units = plan_of({1, 5, 1, 6, 1}, {-3, 6, 1000, 1, 0}, summit::all_axes);
    REQUIRE(units.reduced.size() == 1);
    CHECK(same(units.reduced[0], {30, 1, 0}));
    CHECK(units.origin == 0);
    CHECK(units.repeats == 1);
}

TEST_CASE("loops fold only where element and result both continue", "[plan]") {
    CHECK(plan_of({5, 6}, {7, 1}, summit::all_axes).reduced.size() == 2);
    CHECK(plan_of({5, 6}, {6, 1}, {}).kept.size() == 1);
    CHECK(summit::make_plan({5, 6}, {6, 1}, 0, {7, 1}).kept.size() == 2);
    CHECK(summit::make_plan({5, 6}, {6, 1}, 0, {1, 5}).kept.size() == 2);
    CHECK(summit::make_plan({5, 6}, {1, 5}, 0, {1, 5}).kept.size() == 1);
}

TEST_CASE("a reduced dimension of stride 0 is a factor, not a loop", "[plan]") {
    const auto p = plan_of({5, 6, 7}, {6, 1, 0}, {0, 2});
    CHECK(p.repeats == 7);
    CHECK(p.terms == 5);
    REQUIRE(p.reduced.size() == 1);
    CHECK(same(p.reduced[0], {5, 6, 0}));
}

TEST_CASE("a vector lies where the data do", "[plan]") {
    using enum summit::orientation;
    CHECK(plan_of({100, 100}, 1).lie == rows);
    CHECK(plan_of({100, 100}, 0).lie == columns);
    CHECK(plan_of({100, 100}, summit::all_axes).lie == rows);
    CHECK(plan_of({3}, 0).lie == rows);
    CHECK(plan_of({1000, 3}, 1).lie == columns);
    CHECK(plan_of({1000, 3}, 0).lie == rows);
    CHECK(plan_of({100, 100}, {}).lie == columns);
}

TEST_CASE("nothing to keep, or nothing to sum", "[plan]") {
    CHECK(plan_of({3, 0}, 1).results == 3);
    CHECK(plan_of({3, 0}, 1).terms == 0);
    CHECK(plan_of({3, 0}, 0).results == 0);
    CHECK(plan_of({0, 0}, 0).results == 0);
    CHECK(plan_of({}, summit::all_axes).results == 1);
    CHECK(plan_of({}, summit::all_axes).terms == 1);
    const std::ptrdiff_t huge = std::numeric_limits<std::ptrdiff_t>::max();
    CHECK(plan_of({0, huge, huge}, {1, 2}).results == 0);
}

TEST_CASE("extents above 2^31", "[plan]") {
    const auto kept = plan_of({two_to_31 + 5, 3}, 1);
    CHECK(kept.results == two_to_31 + 5);
    REQUIRE(kept.kept.size() == 1);
    CHECK(same(kept.kept[0], {two_to_31 + 5, 3, 1}));

    const auto reduced = plan_of({3, two_to_31 + 5}, 1);
    CHECK(reduced.terms == two_to_31 + 5);
    CHECK(same(reduced.kept[0], {3, two_to_31 + 5, 1}));
    CHECK(plan_of({two_to_31, 4}, summit::all_axes).reduced[0].extent == 4 * two_to_31);
    CHECK(plan_of({two_to_31 + 5}, {0}, 0).repeats == two_to_31 + 5);
    CHECK(plan_of({two_to_31 + 5}, {-4}, 0).origin == -4 * (two_to_31 + 4));
}

TEST_CASE("a plan visits each element for its result, as often as it stands there", "[plan]") {
    const unsigned seed = 20260301;
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const auto below = [&](int n) { return std::uniform_int_distribution<int>(0, n - 1)(random); };
    for (int round = 0; round != 3000; ++round) {
        index_list shape;
        index_list strides;
        index_list result_strides;
        summit::axis_set selected = 0;
        const int rank = below(7);
        // Row-major in a random order, so that some neighbours fold; gaps, signs and zeros in between, so that some do not.
        std::vector<std::ptrdiff_t> steps;
        std::ptrdiff_t step = 1;
        for (int i = 0; i != rank; ++i) {
            shape.push_back(below(4) == 0 ? 1 : 1 + below(4));
            strides.push_back(0);
        }
        std::vector<std::size_t> order(shape.size());
        for (std::size_t i = 0; i != order.size(); ++i) order[i] = i;
        if (below(2) == 0) std::shuffle(order.begin(), order.end(), random);
        for (std::size_t i : order) {
            const bool zero = below(6) == 0;
            strides[i] = zero ? 0 : step * (below(3) == 0 ? -1 : 1);
            if (!zero) step = step * shape[i] + (below(4) == 0 ? 3 : 0);
        }
        std::ptrdiff_t result_step = 1;
        for (std::size_t i = shape.size(); i-- != 0;)
            if (below(2) == 0) selected |= summit::axis_set{1} << i;
        std::vector<std::ptrdiff_t> reversed;
        for (std::size_t i = shape.size(); i-- != 0;) {
            if ((selected >> i & 1U) != 0) continue;
            reversed.push_back(result_step * (below(4) == 0 ? -1 : 1));
            result_step = result_step * shape[i] + (below(4) == 0 ? 2 : 0);
        }
        for (std::size_t i = reversed.size(); i-- != 0;) result_strides.push_back(reversed[i]);

        const plan p = summit::make_plan(shape, strides, selected, result_strides);
        CAPTURE(round, to_string(shape), to_string(strides), selected, to_string(result_strides));
        REQUIRE(p.kept.count() == p.results);
        REQUIRE(p.reduced.count() == p.terms);
        for (std::size_t i = 0; i != p.reduced.size(); ++i) REQUIRE(p.reduced[i].stride > 0);
        for (std::size_t i = 0; i != p.kept.size(); ++i) REQUIRE(p.kept[i].stride >= 0);
        REQUIRE(visits_of(p) == visits_of(shape, strides, selected, result_strides));
    }
}
